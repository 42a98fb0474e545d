"""Which language is this? Every model in question hears the leg's first words; the surer one goes on.

What is compared is each model's confidence, summed over the time of its words and divided by the longest
time any model heard words for: a model that finds no words in a foreign tongue, or doubtful ones, falls
behind. Until that is decided no segment leaves (it may be the wrong model's), partial text is the leader's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gateway.speech.recognizer import Ear, Final, Partial

SURE_MS = 2_000
"""So much speech must have been heard before a model can win."""
LISTEN_MS = 6_000
"""After so much speech it is decided: the default goes on unless another is ahead by MARGIN. Silence does
not count: a caller may wait in the queue for minutes; so long every model hears the leg."""
MARGIN = 0.15


class Choice:
    """Ears of several models on one leg, as one Ear. The first is the default.

    `model`: whose words the items just returned are; for good once `decided`.
    """

    def __init__(self, ears: Mapping[str, Ear]) -> None:
        self._ears = dict(ears)
        self._default = self.model = next(iter(ears))
        self._held: dict[str, list[Final]] = {key: [] for key in ears}

    @property
    def decided(self) -> bool:
        return len(self._ears) == 1

    def hear(self, pcm: bytes) -> Sequence[Partial | Final]:
        if self.decided:
            return self._ears[self.model].hear(pcm)
        return self._weighed({key: ear.hear(pcm) for key, ear in self._ears.items()}, last=False)

    def finish(self) -> Sequence[Partial | Final]:
        if self.decided:
            return self._ears[self.model].finish()
        return self._weighed({key: ear.finish() for key, ear in self._ears.items()}, last=True)

    def weight(self) -> tuple[float, int]:
        return self._ears[self.model].weight()

    def _weighed(
        self, heard: dict[str, Sequence[Partial | Final]], *, last: bool
    ) -> Sequence[Partial | Final]:
        for key, items in heard.items():
            self._held[key] += [item for item in items if isinstance(item, Final)]
        if not any(heard.values()):
            return ()
        surest, longest_ms = self._surest(last=last)
        if last or longest_ms >= LISTEN_MS or (longest_ms >= SURE_MS and self._ahead(surest)):
            return self._decide(surest, heard[surest])
        self.model = surest
        if not longest_ms:
            return self._silence(heard)
        return [item for item in heard[surest] if isinstance(item, Partial)]

    def _decide(self, key: str, fresh: Sequence[Partial | Final]) -> Sequence[Partial | Final]:
        """What the winner said so far; the others' words are forgotten."""
        self.model, self._ears = key, {key: self._ears[key]}
        new = [item for item in fresh if isinstance(item, Final)]
        early = self._held[key][: len(self._held[key]) - len(new)]
        self._held = {}
        return [*(replace(item, late=True) for item in early), *fresh]

    def _silence(self, heard: dict[str, Sequence[Partial | Final]]) -> Sequence[Partial | Final]:
        """Nobody found a word so far: the end of an utterance without words may be told at once."""
        for held in self._held.values():
            held.clear()
        return [item for item in heard[self._default] if isinstance(item, Final)]

    def _surest(self, *, last: bool) -> tuple[str, int]:
        """The model that leads by MARGIN, else the default; the longest time of words."""
        self._sums = {key: self._sum(key, unfinished=not last) for key in self._ears}
        longest_ms = max(span for _, span in self._sums.values())
        leader = max(self._sums, key=lambda key: (self._sums[key][0], key == self._default))
        return leader if self._ahead(leader) else self._default, longest_ms

    def _ahead(self, key: str) -> bool:
        longest_ms = max(1, *(span for _, span in self._sums.values()))
        others = max(sure for other, (sure, _) in self._sums.items() if other != key)
        return (self._sums[key][0] - others) / longest_ms >= MARGIN

    def _sum(self, key: str, *, unfinished: bool) -> tuple[float, int]:
        """Confidence times milliseconds, and the milliseconds, of all this model heard."""
        words = [word for final in self._held[key] for word in final.words]
        sure, span = self._ears[key].weight() if unfinished else (0.0, 0)
        for word in words:
            sure += word.confidence * (word.ended_ms - word.started_ms)
            span += word.ended_ms - word.started_ms
        return sure, span
