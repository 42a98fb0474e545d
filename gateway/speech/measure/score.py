"""Errors counted: the whole, by group and by voice, and whether the recognizer knew when it was wrong."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.speech.measure.align import Op, Step, align
from gateway.speech.measure.corpus import Utterance
from gateway.speech.measure.spelling import flat, heard_tokens, slots
from gateway.speech.model import Word

WORST = 10
BUCKETS = (0.5, 0.7, 0.8, 0.9, 0.95)
"""Borders between which the share of right words is told."""


@dataclass(slots=True)
class Errors:
    """`rate`: errors by tokens said; over 1 when more was invented than said."""

    said: int = 0
    substituted: int = 0
    deleted: int = 0
    inserted: int = 0
    utterances: int = 0
    faultless: int = 0

    def count(self, steps: Iterable[Step]) -> None:
        before = self.wrong
        for step in steps:
            self.said += step.op is not Op.INSERTED
            self.substituted += step.op is Op.SUBSTITUTED
            self.deleted += step.op is Op.DELETED
            self.inserted += step.op is Op.INSERTED
        self.utterances += 1
        self.faultless += self.wrong == before

    @property
    def wrong(self) -> int:
        return self.substituted + self.deleted + self.inserted

    @property
    def rate(self) -> float:
        return self.wrong / self.said if self.said else float(self.wrong > 0)

    def facts(self) -> dict[str, Any]:
        return {
            "rate": round(self.rate, 4), "said": self.said, "substituted": self.substituted,
            "deleted": self.deleted, "inserted": self.inserted, "utterances": self.utterances,
            "faultless": self.faultless,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One utterance, judged. `sure`: confidence and rightness of each word that was heard."""

    utterance: Utterance
    voice: str
    steps: tuple[Step, ...]
    sure: tuple[tuple[float, bool], ...]

    @property
    def chinese(self) -> bool:
        return self.utterance.language == "zh"

    @property
    def wrong(self) -> int:
        return sum(step.op is not Op.RIGHT for step in self.steps)

    def lines(self) -> tuple[str, str]:
        """Said and heard, wrong places in brackets; · stands for what is missing on one side."""
        marks = [step.op is not Op.RIGHT for step in self.steps]
        said, heard = ([getattr(s, side) or "·" for s in self.steps] for side in ("said", "heard"))
        return flat(said, marks), flat(heard, marks)


def judge(utterance: Utterance, words: Sequence[Word], voice: str = "") -> Heard:
    """The words that were heard against what was said."""
    chinese = utterance.language == "zh"
    said = slots(utterance.text, chinese=chinese)
    best: list[Step] | None = None
    owners: list[int] = []
    for reading in (0, -1):
        tokens, mine = _tokens(words, chinese=chinese, reading=reading)
        steps = align(said, tokens)
        if best is None or _wrong(steps) < _wrong(best):
            best, owners = steps, mine
    assert best is not None
    right = [True] * len(words)
    for owner, step in zip(owners, (s for s in best if s.heard), strict=True):
        right[owner] = right[owner] and step.op is Op.RIGHT
    sure = tuple(
        (word.confidence, right[number]) for number, word in enumerate(words) if number in set(owners)
    )
    return Heard(utterance=utterance, voice=voice, steps=tuple(best), sure=sure)


def _tokens(words: Sequence[Word], *, chinese: bool, reading: int) -> tuple[list[str], list[int]]:
    """Tokens of all words, and the word each belongs to."""
    pairs = [
        (token, number)
        for number, word in enumerate(words)
        for token in heard_tokens(word.text, chinese=chinese)[reading]
    ]
    return [token for token, _ in pairs], [number for _, number in pairs]


def _wrong(steps: Sequence[Step]) -> int:
    return sum(step.op is not Op.RIGHT for step in steps)


@dataclass(slots=True)
class Score:
    """All utterances so far. `cer` counts Chinese characters, `wer` words of utterances without any."""

    cer: Errors = field(default_factory=Errors)
    wer: Errors = field(default_factory=Errors)
    groups: dict[str, Errors] = field(default_factory=dict)
    voices: dict[str, Errors] = field(default_factory=dict)
    worst: list[Heard] = field(default_factory=list)
    sure: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, heard: Heard) -> None:
        (self.cer if heard.chinese else self.wer).count(heard.steps)
        if heard.utterance.group:
            self.groups.setdefault(heard.utterance.group, Errors()).count(heard.steps)
        if heard.voice:
            self.voices.setdefault(heard.voice, Errors()).count(heard.steps)
        self.sure += heard.sure
        if heard.wrong:
            self.worst = sorted([*self.worst, heard], key=lambda one: -one.wrong)[:WORST]

    def confidence(self) -> dict[str, Any]:
        """Mean confidence of right and of wrong words, and how many of each stand between the borders."""
        borders = (0.0, *BUCKETS, 1.01)
        return {
            "right": _mean([sure for sure, right in self.sure if right]),
            "wrong": _mean([sure for sure, right in self.sure if not right]),
            "words": len(self.sure),
            "buckets": [
                {
                    "from": low,
                    "to": min(high, 1.0),
                    "words": len(inside := [right for sure, right in self.sure if low <= sure < high]),
                    "right": _mean([float(right) for right in inside]),
                }
                for low, high in itertools.pairwise(borders)
            ],
        }

    def facts(self) -> dict[str, Any]:
        """The score as JSON."""
        return {
            "cer": self.cer.facts() if self.cer.utterances else None,
            "wer": self.wer.facts() if self.wer.utterances else None,
            "groups": {name: errors.facts() for name, errors in sorted(self.groups.items())},
            "voices": {name: errors.facts() for name, errors in sorted(self.voices.items())},
            "confidence": self.confidence(),
            "worst": [
                {
                    "name": heard.utterance.name, "voice": heard.voice, "wrong": heard.wrong,
                    "said": heard.lines()[0], "heard": heard.lines()[1],
                }
                for heard in self.worst
            ],
        }  # fmt: skip


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None
