"""What hot words change: errors on the words that were named, and everywhere else, with and without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.speech.hotwords import HotWords
from gateway.speech.measure.align import Op, Step
from gateway.speech.measure.score import Errors, Heard, judge
from gateway.speech.measure.spelling import slots


@dataclass(slots=True)
class Split:
    """`named`: characters of hot words that were said; `elsewhere`: all others."""

    named: Errors = field(default_factory=Errors)
    elsewhere: Errors = field(default_factory=Errors)

    def count(self, steps: Sequence[Step], inside: Sequence[bool]) -> None:
        """`inside` tells of each step whether it lies in a hot word."""
        for errors, wanted in ((self.named, True), (self.elsewhere, False)):
            errors.count(step for step, is_inside in zip(steps, inside, strict=True) if is_inside is wanted)


@dataclass(slots=True)
class HotScore:
    hot: HotWords
    without: Split = field(default_factory=Split)
    with_them: Split = field(default_factory=Split)

    def add(self, before: Heard, after: Heard) -> None:
        self.without.count(before.steps, self._inside(before))
        self.with_them.count(after.steps, self._inside(after))

    def judge(self, heard: Heard, words: Sequence[Any]) -> Heard:
        """The same utterance, its words put right."""
        return judge(heard.utterance, self.hot.put_right(words), heard.voice)

    def _inside(self, heard: Heard) -> list[bool]:
        """Steps within a hot word that was said; an insertion counts when it stands in the middle of one."""
        places = [number for number, step in enumerate(heard.steps) if step.op is not Op.INSERTED]
        said = [heard.steps[number].said for number in places]
        inside = [False] * len(heard.steps)
        for word in self.hot.words:
            tokens = [slot[0][0] for slot in slots(word, chinese=heard.chinese)]
            for start in range(len(said) - len(tokens) + 1):
                if said[start : start + len(tokens)] == tokens:
                    first, last = places[start], places[start + len(tokens) - 1]
                    inside[first : last + 1] = [True] * (last + 1 - first)
        return inside

    def facts(self) -> dict[str, Any]:
        """Rates and, over the hot words, the share of errors that went away (negative: there are more)."""
        named, others = self.without.named, self.without.elsewhere
        named_with, others_with = self.with_them.named, self.with_them.elsewhere
        fewer = 1 - named_with.wrong / named.wrong if named.wrong else 0.0
        return {
            "words": len(self.hot.words),
            "named": {
                "without": named.facts(), "with": named_with.facts(), "fewer": round(fewer, 4),
            },
            "elsewhere": {
                "without": others.facts(), "with": others_with.facts(),
                "more": round(others_with.rate - others.rate, 5),
            },
        }  # fmt: skip
