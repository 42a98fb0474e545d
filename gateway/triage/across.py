"""Evidence made of several utterances: 我老公他… and then 他又打我了, 谁打你 and then 我老公.

People breathe, are interrupted, answer. So the end of what one side said before is read on into its next
words, and a short answer of the caller into the question it answers (`answers`). Only what needs words of
both counts here, for what one utterance says alone is found there; and how words were meant is asked in the
utterance they stand in, so that an “if” or “not” of one reaches no other.

What was said before stands before a comma, or, when it was a whole sentence that ended, before a full stop: a
gap (`…`) crosses the one and not the other, a word crosses none, and the characters count for a rule's
distance. No civil wish is made of pieces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.answers import restated
from gateway.triage.index import Seen
from gateway.triage.match import HITS_OF_A_RULE, MASK, MAX_HITS, Matcher, Place, mask
from gateway.triage.model import Utterance
from gateway.triage.ruleset import CompiledRule, Side
from gateway.triage.scope import LOOKED_AT_AFTER, WINDOW_BEFORE_EN, Scope, scope_of
from gateway.triage.terms import MAX_REACH

BACK = 2
"""Utterances of the same speaker before the last that evidence may reach into; what was said before those is
another matter."""
KEPT_CHARACTERS = 2 * MAX_REACH + WINDOW_BEFORE_EN + LOOKED_AT_AFTER
"""Of an utterance before, its last characters that a rule (its reach, and its distance) can reach; of the
last one its first. A longer one is cut, and what is cut away was heard alone."""
REMEMBERED = 4_096
"""Neighbours whose common evidence is kept (some hours of talk of all calls together); of those not asked for
the longest time it is found anew."""
NEAR = 24
"""Characters that evidence of several utterances spans at most, from its first word to its last: what stands
further apart is no one sentence any more, and loose words of two make a third meaning."""
NEAR_EN = 72
FRAGMENT = 8
"""Characters up to which an utterance is a piece of a sentence, though a recognizer set a full stop after
it."""
FRAGMENT_EN = 20
FULL_STOP = "。"
"""Stands between a whole sentence that ended and what follows."""
_END = re.compile(r"[\s，,、；;…~。！!.]+$")
_FULL_STOP = re.compile(r"[。！!]|\.\s*$")
ASKS = re.compile(r"(?:[？?]|吗|么)\s*$")
ANSWERS = re.compile(
    r"\s*(?:没有|没|不是|不|有|是的?|对的?|嗯+|好的?|行|没事|(?:no|nope|yes|yeah|yep|okay|ok)\b)(?:啊|呀|呢|了|吧|)(?=[，。！,.!\s]|$)"
)
"""Who begins so answers the other and does not go on with own words."""
_DOUBTFUL_FIRST = (
    Scope.INVENTED, Scope.DENIED, Scope.ASKED, Scope.SUPPOSED, Scope.LIKENED, Scope.PAST,
    Scope.HEARSAY, Scope.SAID,
)  # fmt: skip
"""Words of two utterances were meant as the more doubtful of them."""


class Part(NamedTuple):
    """Characters `start` to `end` of one of the utterances (its number among those looked at)."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Common:
    """What one rule rests on in several utterances: a part of each, the last one's first."""

    rule: CompiledRule
    parts: tuple[Part, ...]
    weight: float


class Joined(NamedTuple):
    """Utterances as one text. `origins`: of every character the utterance and its place there, None for
    a seam. `restated`: an answer put into its question, which is then meant as the whole says."""

    pieces: tuple[str, ...]
    text: str
    masked: str
    origins: tuple[tuple[int, int] | None, ...]
    restated: bool = False

    @property
    def affirmed(self) -> bool:
        """A question that was answered with yes: none of the answer stands in the text."""
        return self.restated and not any(origin and origin[0] for origin in self.origins)


class Across:
    """The rules of the caller or of the call-taker, tried on neighbouring utterances. What was found is
    remembered by the texts alone, so that judging a growing call costs only its new neighbours."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self.continued = lru_cache(maxsize=REMEMBERED)(self._continued)
        self.answered = lru_cache(maxsize=REMEMBERED)(self._answered)

    def _continued(self, *texts: str) -> tuple[Common, ...]:
        """What the last text means together with those before it."""
        if ANSWERS.match(fold(texts[-1])):
            return ()
        return self._found(_joined(texts, self._side))

    def _answered(self, question: str, answer: str) -> tuple[Common, ...]:
        """What a question means together with its short answer."""
        put = restated(fold(question), fold(answer))
        if put is None:
            return ()
        text = "".join(char for char, _ in put)
        joined = Joined(
            (question, answer), text, mask(text, self._side.harmless), tuple(at for _, at in put), True
        )
        return self._found(joined)

    def _found(self, joined: Joined) -> tuple[Common, ...]:
        side, seen, found = self._side, Seen({}, {}), []
        side.index.read(joined.text, 0, seen)
        able = set(side.index.anywhere(joined.text))
        for which, places in seen.places.items():
            trigger = side.index.triggers[which]
            if side.index.able(trigger, seen, places[0], len(joined.text)):
                able.add(trigger.words)
        for number in sorted(able - {len(side.rules)}):
            rule = side.rules[number]
            if rule.matcher is not None and not rule.civil:
                found += list(_of_rule(rule, rule.matcher, joined))[:HITS_OF_A_RULE]
        return tuple(found)


def common(sides: dict[Leg, Across], said: Sequence[Utterance]) -> Iterator[tuple[Common, list[Utterance]]]:
    """Everything that neighbours among `said` (in the order of time) mean together, with the utterances that
    the parts count."""
    before: dict[Leg, list[Utterance]] = {leg: [] for leg in Leg}
    previous: Utterance | None = None
    for one in said:
        if not one.text.strip():
            continue
        own = before[one.speaker]
        if own:
            near = [*own, one]
            for found in sides[one.speaker].continued(*(tail(each.text) for each in own), head(one.text)):
                yield _moved(found, near), near
        if one.speaker is Leg.CALLER and previous is not None and previous.speaker is Leg.CALL_TAKER:
            near = [previous, one]
            for found in sides[Leg.CALLER].answered(tail(previous.text), head(one.text)):
                yield _moved(found, near), near
        own.append(one)
        del own[:-BACK]
        previous = one


def tail(text: str) -> str:
    """The end of an utterance, as far as what follows can reach."""
    return text if len(text) <= KEPT_CHARACTERS else MASK + text[-KEPT_CHARACTERS:]


def head(text: str) -> str:
    """The beginning of an utterance, as far as what stands before can reach."""
    return text if len(text) <= KEPT_CHARACTERS else text[:KEPT_CHARACTERS] + MASK


def _moved(found: Common, near: Sequence[Utterance]) -> Common:
    """With places in the whole utterances, of which those before the last were cut."""
    cut = [max(0, len(one.text) - KEPT_CHARACTERS - 1) for one in near[:-1]]
    if not any(cut):
        return found
    shift = [*cut, 0]
    parts = (
        Part(one.number, one.start + shift[one.number], one.end + shift[one.number]) for one in found.parts
    )
    return Common(found.rule, tuple(parts), found.weight)


def _joined(texts: Sequence[str], side: Side) -> Joined:
    """The texts one after the other. What ends in a question is not gone on with."""
    pieces = tuple(map(fold, texts))
    text, masked = "", ""
    origins: list[tuple[int, int] | None] = []
    for number, piece in enumerate(pieces):
        if ASKS.search(piece) and number < len(pieces) - 1:
            text, masked, origins = "", "", []
            continue
        said, sign = seam(piece) if number < len(pieces) - 1 else (piece, "")
        text += said + sign
        masked += mask(piece, side.harmless)[: len(said)] + sign
        origins += [*((number, at) for at in range(len(said))), *(None for _ in sign)]
    return Joined(pieces, text, masked, tuple(origins))


def seam(piece: str) -> tuple[str, str]:
    """What was said without the sign it ends in, and the sign that stands between it and what follows."""
    ended = _END.search(piece)
    if ended is None:
        return piece, "，"
    said = piece[: ended.start()]
    latin = any("a" <= char <= "z" for char in said)
    whole = _FULL_STOP.search(ended[0]) is not None and len(said) > (FRAGMENT_EN if latin else FRAGMENT)
    return said, FULL_STOP if whole else "，"


def _of_rule(rule: CompiledRule, matcher: Matcher, joined: Joined) -> Iterator[Common]:
    """Where one rule needs the last utterance and one before it."""
    text = joined.text if rule.civil else joined.masked
    last = len(joined.pieces) - 1
    begins = next((at for at, origin in enumerate(joined.origins) if origin and origin[0] == last), 0)
    reach = matcher.words.longest + (matcher.distance if matcher.every else 0)
    low, high = (0, len(text)) if joined.restated else (max(0, begins - reach), begins + reach)
    for looked, place in enumerate(matcher.words.between(text, low, min(high, len(text)))):
        if looked == MAX_HITS:
            return
        parts = _parts(matcher, place, text, joined)
        if len(parts) > 1 and any(part.number == last for part in parts):
            scope = _scope(matcher, place, parts, joined)
            if scope in matcher.scopes and not _forbidden(matcher, place, joined):
                weight = rule.weight_of(scope)
                yield Common(rule, tuple(sorted(parts, key=lambda part: -part.number)), weight)


def _forbidden(matcher: Matcher, place: Place, joined: Joined) -> bool:
    return matcher.none is not None and matcher.none.near(
        joined.text, place.start, place.end, matcher.distance
    )


def _parts(matcher: Matcher, place: Place, text: str, joined: Joined) -> list[Part]:
    """The parts of a place, and of the nearest words of each group that must stand by; empty when one is
    missing. Of each utterance one part."""
    spans = [(place.start, place.end)]
    own = {origin[0] for origin in joined.origins[place.start : place.end] if origin}
    for group in matcher.every:
        low, high = max(0, place.start - matcher.distance), min(len(text), place.end + matcher.distance)
        near = [(one.start, one.end) for one in group.between(text, low, high)]
        if not near:
            return []
        # words of the same utterance say it alone
        spans.append(next((span for span in near if _numbers(joined, span) <= own), near[0]))
    first, stop = min(start for start, _ in spans), max(end for _, end in spans)
    if not joined.restated and stop - first > (NEAR_EN if "a" <= text[first] <= "z" else NEAR):
        return []
    found: dict[int, tuple[int, int]] = {}
    for start, end in spans:
        for origin in joined.origins[start:end]:
            if origin is not None:
                number, at = origin
                first, stop = found.get(number, (at, at + 1))
                found[number] = (min(first, at), max(stop, at + 1))
    if joined.affirmed:
        found[1] = (0, len(joined.pieces[1]))
    return [_bare(Part(number, *span), joined.pieces[number]) for number, span in found.items()]


def _bare(part: Part, text: str) -> Part:
    """Without blanks around it."""
    said = text[part.start : part.end]
    return Part(
        part.number, part.start + len(said) - len(said.lstrip()), part.end - len(said) + len(said.rstrip())
    )


def _numbers(joined: Joined, span: tuple[int, int]) -> set[int]:
    return {origin[0] for origin in joined.origins[span[0] : span[1]] if origin}


def _scope(matcher: Matcher, place: Place, parts: Sequence[Part], joined: Joined) -> Scope:
    if place.denied:
        return Scope.DENIED
    if joined.restated:
        return scope_of(joined.text, place.start, place.end)
    meant = {scope_of(joined.pieces[number], start, end) for number, start, end in parts}
    return next(scope for scope in _DOUBTFUL_FIRST if scope in meant)
