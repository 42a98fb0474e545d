# ruff: noqa: E501 (an expression is read more easily in one line)
"""Values for the card, read from the caller's words: each with its quote and its place in the recording.

Nothing is added that was not said. What was denied or taken back is left out; a denied injury is the value 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from gateway.speech.model import Leg
from gateway.text.addresses import find_addresses
from gateway.text.fold import fold, script
from gateway.text.normalise import normalise
from gateway.text.numerals import NUMBER_EN, NUMBER_ZH, chinese_number, english_number
from gateway.text.phones import find_phones
from gateway.text.plates import find_plates
from gateway.triage.model import Extracted, Span, Utterance
from gateway.triage.scope import Scope, scope_of
from gateway.triage.words import times

MAX_CHARACTERS = 20_000
"""Characters of one utterance that are read for values; no one says more without a pause."""
MAX_VALUES = 60
"""Values taken from one utterance."""

Found = tuple[str, str, int, int, float]
"""field, value, start, end, confidence"""

_WEAPON = re.compile(
    r"菜刀|水果刀|砍刀|匕首|弹簧刀|折叠刀|尖刀|杀猪刀|美工刀|西瓜刀|长刀|剪刀|手枪|气枪|猎枪|枪|斧头|斧子|锤子|榔头|棒球棍|棒球棒|铁棍|木棍|"
    r"甩棍|钢管|铁管|棍子|铁锹|啤酒瓶|酒瓶|皮带|板凳|凳子|砖头|扳手|撬棍|螺丝刀|电棍|电击器|汽油|刀子|小刀|刀|"
    r"\b(?:kitchen knife|knife|knives|gun|pistol|rifle|shotgun|machete|axe|hammer|baseball bat|iron bar|crowbar|bottle|belt|screwdriver|sword|bat)\b"
)
_IN_HAND_BEFORE = re.compile(
    r"(?:手[里上头](?:都|还|也)?有?|拿|持|带|抄|拎|用|举|挥|握|揣|掏|亮|拔|操|提|抡|架|[把根])[^。！？]{0,8}$|\b(?:with|has|had|got|holding|carrying|pulled|waving|using|'s)\b[^.!?]{0,25}$"
)
_IN_HAND_AFTER = re.compile(r"^[^。！？，,]{0,6}(?:捅|砍|砸|扎|抽|打|顶|架|划|刺|指|威胁|逼|堵)")
_NO_WEAPON = re.compile(r"^(?:两断|削|具|割麻|片|鱼|工|店|刀见血|手|战|法|疤|杆|口上)")

_HURT = re.compile(
    r"受伤|受了伤|伤得|伤了|重伤|流血|出血|满头血|满脸是?血|浑身是?血|头破|一摊血|有血|血流|骨折|(?:腿|胳膊|手|骨头|肋骨|脚)断|(?:人|腿|腰|我|他|她)动不了|起不来|不动了|昏迷|昏过去|晕过去|没呼吸|"
    r"没意识|不省人事|叫不醒|叫他不答应|没反应|被捅|捅伤|砍伤|扎伤|刺伤|烧伤|烫伤|烫着|压住了?|擦破|蹭破|划破|磕破|破皮|破了点?皮|膝盖破|扭伤|摔伤|撞伤|打伤|挫伤|大口子|起了个包|磕了一下|咳得不行|把人[轧撞碰]了|撞[着到了]?(?:小孩|人了|老人|老太太|孩子)|抽我妈|被?打得|"
    r"\b(?:injured|hurt|bleeding|blood|stabbed|wounded|unconscious|not moving|not breathing|broken (?:leg|arm|bone)|hit my head|burned|been shot|sprained|hurts|hit me|hit us)\b"
)
_UNHURT = re.compile(
    r"(?:没有?人|人(?:都)?没有?|人倒?没|没有?|我?都没|倒没|人没怎么)(?:受?伤|什么伤|伤着|伤到|大碍)|(?:人|我|大家|都)(?:都)?没(?:什么)?事|毫发无[伤损]|"
    r"\b(?:nobody|no one|no one's|nobody's|none of us|not|no)(?: is| was| are| got|'s)? ?(?:injured|hurt|injuries|burned)\b|\bi'm (?:okay|ok|fine|not hurt)\b"
)
_COUNT_BEFORE = re.compile(
    rf"({NUMBER_ZH})(?:个|名|位|人)[^。！？0-9]{{0,8}}$|({NUMBER_EN})\s+(?:people|persons|men|women|of us|injured|guys)?[^.!?]{{0,12}}$"
)
_COUNT_AFTER = re.compile(rf"^(?:了|的有)?({NUMBER_ZH})(?:个|名|人)")
_ASKS_INJURY = re.compile(r"受[伤傷]|伤没|有伤|人没事|人有事|人怎么样|\b(?:injured|hurt|injury)\b")
_NO_ANSWER = re.compile(r"^[，,\s]*(?:没有|没|倒没|都没|无|no\b|nobody|no one|nope)")

_COLOUR = "黑色?|白色?|红色?|灰色?|蓝色?|银色?|银灰色?|黄色?|绿色?|金色|棕色|紫色|深色|浅色"
_VEHICLE = re.compile(
    rf"(?:(?:{_COLOUR})的?)(?:小轿车|轿车|面包车|越野车|商务车|货车|卡车|出租车|摩托车?|电动车|电瓶车|三轮车?|suv|小车|车(?!子?里|牌|站))|"
    r"面包车|大货车|大卡车|罐车|渣土车|拖拉机|"
    r"\b(?:white|black|red|blue|silver|grey|gray|green|yellow)\s+(?:car|van|truck|suv|sedan|motorbike|motorcycle|scooter|bus|taxi|pickup)\b"
)
_CLOTHES = re.compile(
    rf"(?:戴|穿)着?[^，。！？,]{{1,10}}|(?:{_COLOUR}|花)(?:的)?(?:帽子|口罩|衣服|上衣|外套|卫衣|夹克|t恤|裤子|短裤|裙子|鞋|帽衫|连帽衫|雨衣)|"
    r"光头|纹身|短头发|长头发|寸头|眼镜|[二三四五六]十(?:来|多|几)?岁(?:左右)?|一米[五六七八九]\S{0,2}|"
    r"\b(?:in|wearing|with) an? [^.,!?]{2,40}\b(?:jacket|shirt|hoodie|cap|hat|mask|trousers|jeans|coat|dress|beard|bag)\b"
)
_DIRECTION = re.compile(
    r"(?:往|朝|向|奔)[^，。！？,\s]{1,10}(?:跑|走|逃|开|去|溜|方向)(?:了|去了)?|\b(?:ran|went|drove|heading|headed|moving|escaped|fled)\s+(?:off\s+)?(?:toward|towards|to|down|into|north|south|east|west)\b[^.,!?]{0,30}"
)
_TIME = re.compile(
    rf"(?:前天|昨天|昨晚|昨夜|今天|今晚|今早|刚才|刚刚|上午|下午|凌晨|半夜|晚上|早上|中午|夜里|傍晚|大前天|上周|上个星期)+(?:的)?(?:{NUMBER_ZH}点(?:半|多|钟|{NUMBER_ZH}分?)?)?(?:左右)?|"
    rf"(?:半|{NUMBER_ZH}来?)(?:个)?(?:小时|钟头|分钟|天|个多小时|个多月|个月|多分钟|来分钟)(?:以)?前|{NUMBER_ZH}点(?:半|多|钟|{NUMBER_ZH}分)|"
    rf"\b(?:maybe |about )?(?:{NUMBER_EN})\s+(?:minutes?|hours?|days?)\s+ago\b|\b(?:last night|yesterday(?: evening| morning)?|this morning|just now|tonight)\b"
)
_LOSS = re.compile(
    rf"({NUMBER_ZH})(?:多|来|几)?(?:块钱?|元|人民币|万块|千块|现金)|(?:转|汇|骗|借|偷|丢|损失|价值|充|交|付|存|抢)[^。！？,，]{{0,8}}?([一二两三四五六七八九十百千万0-9.]{{1,9}}[万千百](?:[一二三四五六七八九])?)(?![公平多]|人|米|户)|"
    rf"({NUMBER_EN})\s+(?:yuan|kuai|rmb|dollars|bucks|renminbi)\b"
)
_NAME = re.compile(
    r"(?:我叫|名字叫|大名|我的?名字是|姓名)([\u4e00-\u9fff]{2,3}?)(?=[，。,\s]|是|住|在|今|电话|$)|我姓([\u4e00-\u9fff])|\bmy name(?:'s| is) ([a-z]+(?: [a-z]+)?)"
)
_DIALECT = (("zh-wuu", re.compile(r"侬|阿拉|伊拉|勿|啥人")), ("zh-yue", re.compile(r"[冇唔佢喺咩嘅哋]")))


def extract(utterance: Utterance) -> tuple[Extracted, ...]:
    """Every value that the caller's utterance holds; a call-taker's words give none."""
    if utterance.speaker is not Leg.CALLER or not utterance.text.strip():
        return ()
    text = fold(utterance.text[:MAX_CHARACTERS])
    found = [one for reader in _READERS for one in reader(text)][:MAX_VALUES]
    return tuple(_made(utterance, *one) for one in found)


def injured(utterances: Sequence[Utterance], extracted: Sequence[Extracted]) -> list[Extracted]:
    """Nobody injured, when the call-taker asked and the caller only said no; nothing where an injury was
    named."""
    if any(one.field == "people_injured" for one in extracted):
        return []
    for asked, answer in pairwise(utterances):
        pair = (asked.speaker, answer.speaker) == (Leg.CALL_TAKER, Leg.CALLER)
        if pair and _ASKS_INJURY.search(asked.text) and (match := _NO_ANSWER.search(fold(answer.text))):
            return [_made(answer, "people_injured", "0", 0, match.end(), 0.7)]
    return []


def _made(utterance: Utterance, field: str, value: str, start: int, end: int, confidence: float) -> Extracted:
    started, ended = times(utterance, start, end)
    return Extracted(
        field=field,
        value=value,
        segment_index=utterance.segment_index,
        speaker=utterance.speaker,
        span=Span(start=start, end=end),
        quote=utterance.text[start:end],
        started_ms=started,
        ended_ms=ended,
        confidence=confidence,
    )


def _places(text: str) -> Iterator[Found]:
    for place, score in find_addresses(text):
        yield "address_text", normalise(place.value).text, place.start, place.end, min(0.9, 0.4 + score / 15)


def _plates(text: str) -> Iterator[Found]:
    for plate in find_plates(text):
        yield "plate", plate.value, plate.start, plate.end, 0.5 if plate.value.startswith("*") else 0.8


def _phones(text: str) -> Iterator[Found]:
    for phone in find_phones(text):
        yield "phone", phone.value, phone.start, phone.end, 0.8 if len(phone.value) == 11 else 0.5


def _weapons(text: str) -> Iterator[Found]:
    for match in _WEAPON.finditer(text):
        start, end = match.span()
        held = _IN_HAND_BEFORE.search(text[max(0, start - 30) : start]) or _IN_HAND_AFTER.search(
            text[end : end + 12]
        )
        if held and not _NO_WEAPON.match(text[end:]) and scope_of(text, start, end) is Scope.SAID:
            yield "weapon", match[0], start, end, 0.7


def _injuries(text: str) -> Iterator[Found]:
    hurt = [match for match in _HURT.finditer(text) if scope_of(text, *match.span()) is Scope.SAID]
    for match in hurt[:1]:
        yield "people_injured", str(max(_count(text, one) for one in hurt)), *match.span(), 0.6
    if not hurt and (unhurt := _UNHURT.search(text)):
        yield "people_injured", "0", *unhurt.span(), 0.6


def _count(text: str, match: re.Match[str]) -> int:
    before = _COUNT_BEFORE.search(text[max(0, match.start() - 16) : match.start()])
    after = _COUNT_AFTER.match(text[match.end() : match.end() + 8])
    spoken = (before and (before[1] or before[2])) or (after and after[1]) or ""
    number = chinese_number(spoken) or english_number(spoken)
    return number if number and number < 1_000 else 1


def _vehicles(text: str) -> Iterator[Found]:
    for match in _VEHICLE.finditer(text):
        yield "vehicle", match[0], *match.span(), 0.6


def _suspects(text: str) -> Iterator[Found]:
    for match in _CLOTHES.finditer(text):
        yield "suspect", match[0], *match.span(), 0.5
    for match in _DIRECTION.finditer(text):
        yield "direction", match[0], *match.span(), 0.6


def _times(text: str) -> Iterator[Found]:
    for match in _TIME.finditer(text):
        yield "time", normalise(match[0]).text, *match.span(), 0.6


def _losses(text: str) -> Iterator[Found]:
    for match in _LOSS.finditer(text):
        spoken = match[1] or match[2] or match[3]
        amount = chinese_number(spoken) or english_number(spoken)
        if amount and amount >= 10:
            yield "loss", str(amount), *match.span(), 0.6


def _names(text: str) -> Iterator[Found]:
    for match in _NAME.finditer(text):
        yield "name", match[1] or match[2] or match[3].title(), *match.span(), 0.7


def _language(text: str) -> Iterator[Found]:
    told = script(text)
    if told is not None:
        dialect = next((name for name, signs in _DIALECT if len(signs.findall(text)) > 1), None)
        yield "language", dialect or told, 0, min(len(text), 1), 0.6


_READERS = (
    _places, _plates, _phones, _weapons, _injuries, _vehicles, _suspects, _times, _losses, _names, _language,
)  # fmt: skip
