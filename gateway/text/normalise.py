"""From words to facts: every number of an utterance with what it means and where its words stand; and the
utterance written with figures.

    normalise("我在建国路八十八号，电话幺三八零零幺三八零零零")
      .text   我在建国路88号，电话13800138000
      .facts  house_number 88, phone 13800138000

What the speaker took back (八号，不对，十八号) stands in `corrected` of what replaced it. Nothing is guessed:
十七八 (about) keeps its words, 一下 and 万一 are no numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from gateway.text.amounts import find_digits, find_id_cards, find_money, find_numbers, find_quantities
from gateway.text.doors import find_doors, find_posts
from gateway.text.facts import Fact, FactKind
from gateway.text.fold import fold, is_han
from gateway.text.phones import find_phones
from gateway.text.plates import find_plates
from gateway.text.whens import find_dates, find_durations, find_times

MAX_CHARACTERS = 100_000
"""A longer text is read up to here; the rest keeps its words."""

SLIP = re.compile(
    r"(?:[\s，,、。.…—]|呃|嗯|是|哦|啊|哎|诶)*"
    r"(?:不对+|不{2,}对?|不是?|[说讲搞记弄]错了?|错了|更正|等等|等一下|no,? wait|sorry|i mean|no)"
    r"(?:[\s，,、。.…—!！]|呃|嗯|不对|应该|是|说错了?|错了|啊|对)*"
)
"""Between two things of one kind: the second replaces the first."""
DENIED = re.compile(r"(?:不是|别是|不在|没在|not)\s?$")
"""Directly before a number: it is the one that was not meant (十八号，不是八号)."""
_AGAIN = frozenset({FactKind.DIGITS, FactKind.QUANTITY, FactKind.NUMBER})
"""A slip between two numbers without a meaning of their own mends nothing: 三个人，不是五刀."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normalised:
    """`source` as it was said (simplified or traditional), `text` with figures, `facts` by their place."""

    source: str
    text: str
    facts: tuple[Fact, ...]


def _phones(text: str) -> Iterator[Fact]:
    for found in find_phones(text):
        value = found.value
        yield Fact(kind=FactKind.PHONE, start=found.start, end=found.end, value=value, written=value)


def _plates(text: str) -> Iterator[Fact]:
    for found in find_plates(text):
        whole = not found.value.startswith("*")
        written = found.value if whole else text[found.start : found.end]
        yield Fact(
            kind=FactKind.PLATE, start=found.start, end=found.end, value=found.value, written=written,
            approximate=not whole,
        )  # fmt: skip


def _readers(today: date | None) -> tuple[Callable[[str], Iterable[Fact]], ...]:
    """Who reads first keeps the words: the longer and surer a number, the earlier it is looked for."""
    return (
        find_id_cards, _plates, _phones, find_posts, partial(find_dates, today=today), find_times, find_doors,
        find_money, find_durations, find_quantities, find_numbers, find_digits,
    )  # fmt: skip


def normalise(said: str, *, today: date | None = None) -> Normalised:
    """The facts of one utterance. `today` turns yesterday into a date; total: any text is an answer."""
    folded = fold(said[:MAX_CHARACTERS])
    taken = bytearray(len(folded) + 1)
    facts: list[Fact] = []
    for reader in _readers(today):
        for fact in sorted(reader(folded), key=lambda one: (one.start, -one.end)):
            if fact.start < fact.end and not any(taken[fact.start : fact.end]):
                taken[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
                facts.append(fact)
    mended, spans = _mended(folded, sorted(facts, key=lambda fact: fact.start))
    return Normalised(source=said, text=_written(said, mended, spans), facts=tuple(mended))


def _mended(text: str, facts: list[Fact]) -> tuple[list[Fact], list[tuple[int, int]]]:
    """Facts as they stand in the end, and the span of words that each one's figures replace."""
    kept: list[Fact] = []
    spans: list[tuple[int, int]] = []
    for fact in facts:
        before = kept[-1] if kept else None
        if fact.kind not in _AGAIN and DENIED.search(text[max(0, fact.start - 4) : fact.start]):
            continue
        if (
            before is not None
            and before.kind is fact.kind
            and fact.kind not in _AGAIN
            and SLIP.fullmatch(text[before.end : fact.start])
        ):
            fact = replace(fact, corrected=(*before.corrected, before.value))
            kept[-1], spans[-1] = fact, (spans[-1][0], fact.end)
        else:
            kept.append(fact)
            spans.append((fact.start, fact.end))
    return kept, spans


def _written(said: str, facts: list[Fact], spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for fact, (start, end) in zip(facts, spans, strict=True):
        script = dict(
            zip(fold(said[start:end]), said[start:end], strict=True)
        )  # traditional stays traditional
        parts += [
            said[at:start],
            "".join(script[char] if char in script and is_han(char) else char for char in fact.written),
        ]
        at = end
    return "".join((*parts, said[at:]))
