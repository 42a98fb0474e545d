"""Hot words: place names, rule words and names of the day that a recognizer does not expect, put right by
their sound.

A language model that has never seen 柳塘区 writes 流淌去: the same sounds in likelier characters. Beside what
the recognizer wrote, every hot word of the same sounds is another reading of the same audio; it takes the
place when it is long enough, or the recognizer unsure enough, that it is the better bet. Sound decides:
nothing is put where nobody said it. What a word replaced stays in `Word.heard`.

Pure. Chinese is compared by syllables without tone (near ones folded: zh/z, n/l, ing/in …), Latin words by
their consonants. Times and confidence of replaced words carry over to the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from gateway.speech.model import Word
from gateway.speech.recognizer import joined
from gateway.text.fold import fold, is_han
from gateway.text.sounds import readings, toned, wide

MAX_WORDS = 5_000
"""Hot words at once; more are cut from the end of the list: a list that everything sounds like helps
nobody."""
MAX_CHARACTERS = 20
MAX_READINGS = 8
"""Readings of one hot word with characters of several sounds; further ones are not looked for."""

SURE_LENGTH = 4
"""So many syllables alike are no accident."""
UNSURE = {4: 1.01, 3: 0.985, 2: 0.8}
"""By length in syllables: below this mean confidence the recognizer's own words give way to exact sounds.
Two syllables must have the same tones too: 头了 is not 偷了."""
UNSURE_NEAR = {4: 0.97, 3: 0.8}
"""The same, for sounds that many speakers do not tell apart."""
UNSURE_LATIN = 0.9
_PIECES = re.compile(r"[\u3400-\u9fff]+|[^\s\u3400-\u9fff]+")
"""Chinese without its spaces, other words one by one."""


@dataclass(frozen=True, slots=True)
class _Char:
    """One character (or Latin word) as it was recognised, with its share of the word's time."""

    text: str
    started_ms: int
    ended_ms: int
    confidence: float
    first: bool
    """It begins a recognised word."""


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    word: str
    worth: float


@dataclass(slots=True)
class HotWords:
    """The words, made ready once. `HotWords.of(lines)` reads a list; an empty one changes nothing."""

    words: frozenset[str] = frozenset()
    _exact: dict[tuple[str, ...], str] = field(default_factory=dict)
    _near: dict[tuple[str, ...], str] = field(default_factory=dict)
    _latin: dict[tuple[str, ...], str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Iterable[str]) -> HotWords:
        """At most MAX_WORDS words of at most MAX_CHARACTERS characters; what is neither Chinese nor Latin is
        skipped."""
        made = cls(words=frozenset(clean(words)))
        for word in sorted(made.words):
            if all(map(is_han, word)):
                made._learn(word)
            else:
                made._latin.setdefault(tuple(map(_consonants, word.split())), word)
        return made

    def _learn(self, word: str) -> None:
        for index, (said, _) in enumerate(
            zip(product(*map(readings, word)), range(MAX_READINGS), strict=False)
        ):
            self._exact.setdefault(said, word)
            if len(word) > 2 or index == 0:
                self._near.setdefault(tuple(map(wide, said)), word)

    def put_right(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The same words, with hot words where they are the better reading. Total; order and times stay."""
        if not self.words or not words:
            return tuple(words)
        chars = [char for word in words for char in _split(word)]
        hits = _chosen([*self._chinese(chars), *self._english(chars)])
        if not hits:
            return tuple(words)
        return tuple(_joined(words, chars, hits))

    def put_right_text(self, text: str) -> str:
        """The same for unfinished text, which has no confidence: sounds that are alike over SURE_LENGTH
        syllables are put right, shorter ones wait for the final text. 0.3 ms with 200 words, 0.7 ms with
        5,000 (20 characters); partial text comes at most five times a second and leg."""
        if len(text) < SURE_LENGTH or not self.words:
            return text
        pieces = (match[0] for match in _PIECES.finditer(text))
        words = [Word(text=piece, started_ms=0, ended_ms=0, confidence=1.0) for piece in pieces]
        return joined(self.put_right(words))

    def _chinese(self, chars: Sequence[_Char]) -> Iterable[_Hit]:
        lengths = sorted({len(said) for said in self._near}, reverse=True)
        sounds = [readings(char.text) if is_han(char.text[:1]) else () for char in chars]
        for start in range(len(chars)):
            for length in lengths:
                window = sounds[start : start + length]
                if len(window) < length or not all(window):
                    continue
                heard = "".join(char.text for char in chars[start : start + length])
                hit = None if heard in self.words else self._hit(chars, start, window)
                if hit is not None:
                    yield hit

    def _hit(self, chars: Sequence[_Char], start: int, window: Sequence[tuple[str, ...]]) -> _Hit | None:
        length = len(window)
        sure = sum(char.confidence for char in chars[start : start + length]) / length
        size = min(length, SURE_LENGTH)
        for said, _ in zip(product(*window), range(MAX_READINGS), strict=False):
            word = self._exact.get(said)
            if word is not None and sure < UNSURE[size] and (length > 2 or _same_tones(chars, start, word)):
                return _Hit(start, start + length, word, length + 0.5 - sure)
            near = self._near.get(tuple(map(wide, said)))
            if near is not None and sure < UNSURE_NEAR.get(size, 0.0):
                return _Hit(start, start + length, near, length - sure)
        return None

    def _english(self, chars: Sequence[_Char]) -> Iterable[_Hit]:
        for length in sorted({len(said) for said in self._latin}, reverse=True):
            for start in range(len(chars) - length + 1):
                window = chars[start : start + length]
                if any(is_han(char.text[:1]) for char in window):
                    continue
                word = self._latin.get(tuple(_consonants(char.text) for char in window))
                sure = sum(char.confidence for char in window) / length
                if (
                    word is not None
                    and word != " ".join(char.text for char in window)
                    and sure < UNSURE_LATIN
                ):
                    yield _Hit(start, start + length, word, length + 0.5 - sure)


def _same_tones(chars: Sequence[_Char], start: int, word: str) -> bool:
    heard = (char.text for char in chars[start : start + len(word)])
    return all(toned(one) == toned(other) for one, other in zip(heard, word, strict=True))


def clean(lines: Iterable[str]) -> list[str]:
    """A list as people write it: one word a line, `#` begins a remark; in order, without doubles, at most
    MAX_WORDS."""
    kept: dict[str, None] = {}
    for line in lines:
        word = " ".join(fold(line.partition("#")[0]).split())
        chinese = word.replace(" ", "")
        if all(map(is_han, chinese)) and 2 <= len(chinese) <= MAX_CHARACTERS:
            kept.setdefault(chinese)
        elif re.fullmatch(r"[a-z][a-z' -]{2,39}", word):
            kept.setdefault(word.replace("-", " "))
        if len(kept) >= MAX_WORDS:
            break
    return list(kept)


def _split(word: Word) -> list[_Char]:
    text = word.text
    parts = list(text) if text and all(map(is_han, text)) else [text]
    span = (word.ended_ms - word.started_ms) / len(parts)
    return [
        _Char(
            part, round(word.started_ms + index * span), round(word.started_ms + (index + 1) * span),
            word.confidence, index == 0,
        )
        for index, part in enumerate(parts)
    ]  # fmt: skip


def _chosen(hits: Iterable[_Hit]) -> list[_Hit]:
    """The best of those that overlap: the longest, then the one over the least certain words."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (-hit.worth, hit.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _joined(words: Sequence[Word], chars: Sequence[_Char], hits: Sequence[_Hit]) -> Iterable[Word]:
    """Words that no hit touches as they were; a word that one cuts leaves its other characters behind."""
    at = 0
    owner = [index for index, word in enumerate(words) for _ in _split(word)]
    for hit in hits:
        yield from _between(words, chars, owner, at, hit.start)
        piece = chars[hit.start : hit.end]
        heard = ("" if is_han(hit.word[0]) else " ").join(char.text for char in piece)
        yield Word(
            text=hit.word, started_ms=piece[0].started_ms, ended_ms=piece[-1].ended_ms,
            confidence=round(sum(char.confidence for char in piece) / len(piece), 3), heard=heard,
        )  # fmt: skip
        at = hit.end
    yield from _between(words, chars, owner, at, len(chars))


def _between(
    words: Sequence[Word], chars: Sequence[_Char], owner: Sequence[int], start: int, end: int
) -> Iterable[Word]:
    at = start
    while at < end:
        stop = at
        while stop < end and owner[stop] == owner[at]:
            stop += 1
        word, piece = words[owner[at]], chars[at:stop]
        whole = piece[0].first and (stop == len(chars) or chars[stop].first)
        yield word if whole else replace(
            word, text="".join(char.text for char in piece), started_ms=piece[0].started_ms,
            ended_ms=piece[-1].ended_ms,
        )  # fmt: skip
        at = stop


_SOUNDS_LATIN = (("ph", "f"), ("ck", "k"), ("qu", "k"), ("q", "k"), ("x", "ks"), ("z", "s"), ("c", "k"))


def _consonants(word: str) -> str:
    """`shanghai` and `shang hi` sound alike: the consonants, and the first letter."""
    text = word.lower()
    for written, said in _SOUNDS_LATIN:
        text = text.replace(written, said)
    text = re.sub(r"[^a-z]", "", text)
    return re.sub(r"(.)\1+", r"\1", text[:1] + re.sub("[aeiouyhw]", "", text[1:]))
