"""Vetoes that two utterances make: 他手里那个… and then 亮亮的东西, or 他拿刀了吗 and its answer 拿了.

The lists are tried on the end of what the same side said before with its next words after it, and on the
call-taker's question with the caller's short answer put into it (`answers`). Only what needs both counts:
each utterance was looked through alone. Whole sentences that ended, words with the call-taker's between them
and answers are not gone on with: where words of two whole sentences meet they mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.across import (
    ANSWERS,
    ASKS,
    FRAGMENT,
    FULL_STOP,
    NEAR,
    NEAR_EN,
    REMEMBERED,
    head,
    seam,
    tail,
)
from gateway.triage.answers import restated
from gateway.triage.model import Utterance, Veto, VetoCode
from gateway.triage.veto import VetoLists
from gateway.triage.words import span_of, times

_DENIES = re.compile(r"(?:那|这)?倒(?:不|没)|那没")
"""那倒不是: who begins so answers."""


class Made(NamedTuple):
    """A code, the characters of the last utterance that count, and the words of both."""

    code: VetoCode
    start: int
    end: int
    quote: str


class Joint:
    """The veto lists on neighbouring utterances. What was found is remembered by the texts alone, so that a
    growing call costs only its new neighbours."""

    def __init__(self, lists: VetoLists) -> None:
        self._lists = lists
        self._continued = lru_cache(maxsize=REMEMBERED)(self._of_two)
        self._answered = lru_cache(maxsize=REMEMBERED)(self._of_answer)

    def vetoes(self, said: Sequence[Utterance]) -> Iterator[Veto]:
        """All that neighbours among `said` (in the order of time) make together."""
        own: Utterance | None = None
        previous: Utterance | None = None
        for one in said:
            if not one.text.strip():
                continue
            if one.speaker is Leg.CALLER:
                if own is not None:
                    yield from self._told(one, self._continued(tail(own.text), head(one.text)))
                if previous is not None and previous.speaker is Leg.CALL_TAKER:
                    yield from self._told(one, self._answered(tail(previous.text), head(one.text)))
                own = one
            elif len(one.text.strip()) > FRAGMENT:
                own = None  # a call-taker's 嗯 or 您说 is between one person's words, a question is not
            previous = one

    def _told(self, last: Utterance, made: Sequence[Made]) -> Iterator[Veto]:
        for one in made:
            started, ended = times(last, one.start, one.end)
            yield Veto(
                code=one.code, segment_index=last.segment_index, speaker=last.speaker,
                span=span_of((one.start, one.end)), quote=one.quote, started_ms=started, ended_ms=ended,
                list_hash=self._lists.list_hash,
            )  # fmt: skip

    def _of_two(self, before: str, last: str) -> tuple[Made, ...]:
        """What the last words mean after those before them."""
        said, sign = seam(fold(before))
        answers = ANSWERS.match(fold(last)) or _DENIES.match(fold(last))
        if not said or sign == FULL_STOP or ASKS.search(before) or answers:
            return ()
        found = {
            made.code: made
            for between in (sign, _close(said))
            for made in self._across(before[: len(said)] + between, last)
        }
        return tuple(found.values())

    def _across(self, first: str, last: str) -> Iterator[Made]:
        for veto in self._lists.find(_caller(first + last), before=first):
            end = veto.span.end - len(first)
            if veto.span.start < len(first.rstrip("， ")) and end > 0 and _near(veto):
                yield Made(veto.code, 0, end, veto.quote)

    def _of_answer(self, question: str, answer: str) -> tuple[Made, ...]:
        """What a question means with its short answer."""
        put = restated(fold(question), fold(answer))
        if put is None:
            return ()
        whole = _caller("".join(char for char, _ in put))
        found = self._lists.find(whole)
        answered = [place[1] for _, place in put if place is not None and place[0] == 1]
        start, end = (min(answered), max(answered) + 1) if answered else (0, len(answer))
        return tuple(Made(veto.code, start, end, veto.quote) for veto in found)


def _close(said: str) -> str:
    """What stands between words that are one phrase: a breath within it sets no comma."""
    return " " if "a" <= said[-1] <= "z" else ""


def _near(veto: Veto) -> bool:
    latin = any("a" <= char <= "z" for char in veto.quote)
    return len(veto.quote) <= (NEAR_EN if latin else NEAR)


def _caller(text: str) -> Utterance:
    return Utterance(segment_index=0, speaker=Leg.CALLER, text=text, started_ms=0, ended_ms=0)
