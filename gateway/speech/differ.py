"""What two texts of the same sound do not say alike: the live ear's and the review's. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from gateway.speech.model import TranscriptSegment, Word

MAX_CHANGES = 100
"""Differing words kept of one side, the first ones; the share is of all of them."""
MAX_CHANGE_CHARS = 200
"""One change is cut there: a whole passage that one ear missed is told by its beginning."""
CHUNK_CHARS = 400
"""Compared together: longer texts are cut where both sides pause, else comparing takes the square of it."""
LONGEST_CHUNK_CHARS = 2000
"""Cut there even when nobody pauses."""
TRUSTED_SHARE = 0.5
"""A review that heard less than this share of the live characters is not believed: the live text stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordChange:
    """Words of one place: what the live ear heard there and what the review did. Either may be empty."""

    started_ms: int
    ended_ms: int
    live: str
    review: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`share`: characters that differ (the larger side of each place) of all characters, 0 to 1."""

    share: float
    changes: tuple[WordChange, ...]
    trusted: bool


@dataclass(frozen=True, slots=True)
class _Said:
    text: str
    started_ms: int
    ended_ms: int


def difference(live: Sequence[TranscriptSegment], review: Sequence[TranscriptSegment]) -> Difference:
    """Both in the order of time. Places are aligned character by character, told in whole runs."""
    old, new = _characters(live), _characters(review)
    changes: list[WordChange] = []
    differing = 0
    for before, after in _chunks(old, new):
        texts = [one.text for one in before], [one.text for one in after]
        for kind, a, b, c, d in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
            if kind == "equal":
                continue
            differing += max(b - a, d - c)
            if len(changes) < MAX_CHANGES:
                changes.append(_change(before[a:b], after[c:d]))
    longest = max(len(old), len(new), 1)
    return Difference(
        share=round(min(1.0, differing / longest), 4),
        changes=tuple(changes),
        trusted=len(new) >= TRUSTED_SHARE * len(old),
    )


def _chunks(old: Sequence[_Said], new: Sequence[_Said]) -> Iterator[tuple[list[_Said], list[_Said]]]:
    """Both sides, cut at the same pauses."""
    sides: tuple[list[_Said], list[_Said]] = ([], [])
    both = sorted(
        [*((one, 0) for one in old), *((one, 1) for one in new)], key=lambda each: each[0].started_ms
    )
    ends_ms = 0
    for one, side in both:
        size = len(sides[0]) + len(sides[1])
        if size >= LONGEST_CHUNK_CHARS or (size >= CHUNK_CHARS and one.started_ms >= ends_ms):
            yield sides
            sides = ([], [])
        sides[side].append(one)
        ends_ms = max(ends_ms, one.ended_ms)
    yield sides


def _change(old: Sequence[_Said], new: Sequence[_Said]) -> WordChange:
    there = [*old, *new]
    return WordChange(
        started_ms=min(one.started_ms for one in there),
        ended_ms=max(one.ended_ms for one in there),
        live=_cut("".join(one.text for one in old)),
        review=_cut("".join(one.text for one in new)),
    )


def _cut(text: str) -> str:
    return text if len(text) <= MAX_CHANGE_CHARS else text[: MAX_CHANGE_CHARS - 1] + "…"


def _characters(segments: Sequence[TranscriptSegment]) -> list[_Said]:
    """A Chinese word by its characters, any other one whole: what a reader would mark."""
    found: list[_Said] = []
    for segment in segments:
        for word in segment.words or (_whole(segment),):
            found += _split(word)
    return found


def _whole(segment: TranscriptSegment) -> Word:
    return Word(text=segment.text, started_ms=segment.started_ms, ended_ms=segment.ended_ms, confidence=1.0)


def _split(word: Word) -> list[_Said]:
    """A Latin word stays whole, with a space; Chinese goes by characters."""
    text = word.text
    parts = [f"{part} " for part in text.split()] if text.isascii() else list(text.replace(" ", ""))
    return [_Said(part, word.started_ms, word.ended_ms) for part in parts]
