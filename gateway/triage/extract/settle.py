# ruff: noqa: E501 (an expression is read more easily in one line)
"""What stands in the end of all values of a call: corrections replace, answers count by what was asked, parts of
one address are joined. Pure and total."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gateway.speech.model import Leg
from gateway.text.address import Address, Kind, parse
from gateway.text.fold import fold
from gateway.text.normalise import SLIP
from gateway.text.numerals import NUMBER_EN, NUMBER_ZH, chinese_number, english_number
from gateway.triage.extract.found import Found, made
from gateway.triage.extract.places import SURE, line
from gateway.triage.model import Extracted, Utterance

ANSWER_MS = 60_000
"""A part of an address told later than this after the rest is another place."""
MAX_JOINED = 4
"""Parts of one address that are joined."""
MAX_PLACES = 4
"""Places of a call that stand side by side, the surest first."""

_ASKS_INJURY = re.compile(
    r"受[伤傷]|伤[没沒了到着]|有伤|有没有伤|人有[没沒]?有?事|人怎么样|人咋样|[碰撞砸摔压烧烫磕][着到伤](?:人|小孩|没|了没|谁|没有)|流血|[碰撞砸压]到?人|\b(?:injured|hurt|injury|injuries|wounded|bleeding|burned)\b|\bhit (?:you|anyone|somebody|someone)\b"
)
_NO = re.compile(
    r"^(?:[，,。.\s]|那|嗯|哦|呃|倒)*(?:没有|没|倒没|都没|暂时没|目前没|现在没|还没|无|不是|不严重|no\b|nope|nobody|no one|none|not (?:yet|really|at all)|thank god,? no|luckily,? no|fortunately,? no|i'm (?:fine|ok|okay)|we're (?:fine|ok|okay)|everyone is (?:fine|ok|okay))"
)
_YES = re.compile(
    r"^(?:[，,。.\s]|嗯|哦|呃|对)*(?:有(?!没|什么)|是的|受伤了|伤了|伤到|yes\b|yeah\b|yep\b|a little|a bit|i think so)"
)
_HOW_MANY = re.compile(r"几个|多少人|几位|几名|\bhow many\b")
_NUMBER_SAID = re.compile(
    rf"^(?:[，,。.\s]|嗯|有|大概|至少|可能|就|好像|about |maybe |at least |just |there are |there is )*(?P<n>{NUMBER_ZH}|{NUMBER_EN})(?:个|名|位|人|\b)"
)
_ONLY_ME = re.compile(r"^(?:[，,。.\s]|嗯)*(?:就我|我自己|我一个|只有我|just me|only me|me\b)")
_IN_JEST = re.compile(
    r"看电视[呢嘛啊]|电视里|放电视|在看电影|剧本杀|密室|打游戏[呢嘛]|在?玩游戏|以为是道具|拍戏|拍短视频|排练|孩子[^，。]{0,4}玩(?:的|手机)|\b(?:it's|it is|just|was) (?:a |an |my |the )?(?:video ?game|movie|film|tv|television|game|joke|play|rehearsal|prank|toy)\b|\bin the middle of class\b|\bmy phone did it\b"
)
"""Said by the caller, what sounded like a crime was none."""
_ASKS_PLACE = re.compile(
    r"哪[里儿个条家座栋边]?|地址|位置|什么地方|什么路|在何处|几号|几楼|几栋|几单元|\b(?:where|address|location|which (?:road|street|building|hotel|station|shop|gate|exit|floor))\b"
)
_GENERAL = {
    "刀": "刀",
    "枪": "枪",
    "棍": "棍",
    "棍子": "棍",
    "刀子": "刀",
    "小刀": "刀",
    "瓶": "瓶",
    "酒瓶": "酒瓶",
    "knife": "knife",
    "gun": "gun",
    "bat": "bat",
    "bottle": "bottle",
    "pipe": "pipe",
}
_REPLACED_WHEN_CORRECTED = frozenset(
    {"phone", "plate", "address_text", "time", "loss", "people_injured", "weapon", "name", "vehicle"}
)


def settle(utterances: Sequence[Utterance], found: Iterable[Extracted]) -> list[Extracted]:
    """The values of a call from those of its utterances; `utterances` in the order of time, both sides."""
    values = _corrected(utterances, found)
    places = [one for one in values if one.field == "address_text"]
    hurt = [one for one in values if one.field == "people_injured"]
    weapons = [one for one in values if one.field == "weapon"]
    plates = [one for one in values if one.field == "plate"]
    others = [one for one in values if one.field not in ("address_text", "people_injured", "weapon", "plate")]
    return [
        *_places(utterances, places), *_whole_plates(plates), *_specific(utterances, weapons), *_injured(utterances, hurt), *others,
    ]  # fmt: skip


def _corrected(utterances: Sequence[Utterance], found: Iterable[Extracted]) -> list[Extracted]:
    """Without what the caller's next words took back: 不对，是… with another value of the same field."""
    values = list(found)
    said = [one for one in utterances if one.speaker is Leg.CALLER]
    for before, now in itertools.pairwise(said):
        if not SLIP.match(fold(now.text[:40])):
            continue
        told = {one.field: one for one in values if _of(one, now) and one.field in _REPLACED_WHEN_CORRECTED}
        told.pop("address_text", None)  # its parts are mended one by one
        values = [one for one in values if not (_of(one, before) and one.field in told)]
    return values


def _of(value: Extracted, utterance: Utterance) -> bool:
    return value.segment_index == utterance.segment_index and value.speaker is utterance.speaker and (
        utterance.started_ms <= value.started_ms <= utterance.ended_ms
    )  # fmt: skip


def _specific(utterances: Sequence[Utterance], weapons: list[Extracted]) -> list[Extracted]:
    """A knife that was told more closely (水果刀) is no second one (刀); what turned out to be a film or a game
    is none."""
    if any(_IN_JEST.search(fold(one.text)) for one in utterances if one.speaker is Leg.CALLER):
        return []
    named = {one.value for one in weapons}
    return [
        one
        for one in weapons
        if not any(other != one.value and other.endswith(_GENERAL.get(one.value, "\0")) for other in named)
    ]


def _whole_plates(plates: list[Extracted]) -> list[Extracted]:
    """A plate heard in part falls away when the whole was told."""
    whole = [one.value for one in plates if "*" not in one.value]
    return [
        one
        for one in plates
        if "*" not in one.value or not any(one.value.strip("*") in plate for plate in whole)
    ]


def _injured(utterances: Sequence[Utterance], hurt: list[Extracted]) -> list[Extracted]:
    """The one number that stands: the largest that was told, else what was answered to the question after
    injuries, else nobody."""
    if any(_IN_JEST.search(fold(one.text)) for one in utterances if one.speaker is Leg.CALLER):
        hurt = [one for one in hurt if one.value == "0"]
    answered = _answers(utterances)
    most = max([*hurt, *answered], key=lambda one: int(one.value), default=None)
    return [] if most is None else [most]


def _answers(utterances: Sequence[Utterance]) -> list[Extracted]:
    found = []
    for asked, answer in itertools.pairwise(utterances):
        if (asked.speaker, answer.speaker) != (Leg.CALL_TAKER, Leg.CALLER) or not _ASKS_INJURY.search(
            fold(asked.text)
        ):
            continue
        text = fold(answer.text)
        if match := _NO.match(text):
            found.append(made(answer, Found("people_injured", "0", 0, match.end(), 0.7)))
        elif match := _YES.match(text) or _ONLY_ME.match(text):
            found.append(made(answer, Found("people_injured", "1", 0, match.end(), 0.6)))
        elif _HOW_MANY.search(fold(asked.text)) and (match := _NUMBER_SAID.match(text)):
            number = chinese_number(match["n"]) or english_number(match["n"])
            if number:
                found.append(made(answer, Found("people_injured", str(number), 0, match.end(), 0.7)))
    return found


def _places(utterances: Sequence[Utterance], places: list[Extracted]) -> list[Extracted]:
    """The surest place first, joined with parts of it told before or after; places that are only mentioned fall
    away, unless they answer the question where."""
    raised = [
        replace(one, confidence=max(SURE, one.confidence)) if _asked(utterances, one) else one
        for one in places
    ]
    if not raised:
        return []
    lead = max(raised, key=lambda one: (one.confidence, one.started_ms))
    rest = [one for one in raised if one is not lead]
    if lead.confidence < SURE and len(rest) == 0:
        return []
    joined, used = _joined(lead, rest)
    kept = [joined] if joined.confidence >= SURE else []
    others = sorted(
        (one for one in rest if one not in used and one.confidence >= SURE), key=lambda one: -one.confidence
    )
    return [*kept, *(one for one in others if one.value not in joined.value)][:MAX_PLACES]


def _asked(utterances: Sequence[Utterance], place: Extracted) -> bool:
    """Whether the call-taker asked where just before."""
    at = next((at for at, one in enumerate(utterances) if _of(place, one)), 0)
    return (
        at > 0
        and utterances[at - 1].speaker is Leg.CALL_TAKER
        and bool(_ASKS_PLACE.search(fold(utterances[at - 1].text)))
    )


_LARGE = (Kind.PROV, Kind.CITY, Kind.DISTRICT, Kind.DEV_ZONE, Kind.TOWN, Kind.COMMUNITY, Kind.ROAD, Kind.POI)
_SMALL = (Kind.ROAD_NO, Kind.SUB_ROAD_NO, Kind.HOUSE_NO, Kind.CELL_NO, Kind.FLOOR_NO, Kind.ROOM_NO)


def _joined(lead: Extracted, rest: list[Extracted]) -> tuple[Extracted, list[Extracted]]:
    """The leading place with what other utterances add to it, as one line and one quote."""
    used: list[Extracted] = []
    parts = [lead]
    kinds = _kinds(parse(fold(lead.quote)))
    for one in sorted(rest, key=lambda one: abs(one.started_ms - lead.started_ms)):
        if len(parts) == MAX_JOINED or abs(one.started_ms - lead.started_ms) > ANSWER_MS:
            break
        if one.quote in lead.quote:
            used.append(one)
            continue
        told = _kinds(parse(fold(one.quote)))
        smaller = one.started_ms >= lead.started_ms and told and told <= set(_SMALL) and not told & kinds
        larger = (
            told & set(_LARGE)
            and not told & kinds
            and kinds <= {*_SMALL, Kind.POI, Kind.SUB_POI}
            and one.confidence >= SURE - 0.1
        )
        if smaller or larger:
            parts.append(one)
            used.append(one)
            kinds |= told
    if len(parts) == 1:
        return lead, used
    parts.sort(key=lambda one: one.started_ms)
    quote = "，".join(part.quote for part in parts)
    value = line(fold(quote))
    return replace(lead, value=value, quote=quote, confidence=min(0.95, lead.confidence + 0.1)), used


def _kinds(address: Address) -> set[Kind]:
    return {
        one.kind for one in address.elements if one.kind in (*_LARGE, *_SMALL, Kind.SUB_ROAD, Kind.SUB_POI)
    }
