"""Mandarin text as the language model sees it: words without punctuation, numbers digit by digit."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice

import jieba

from gateway.training.mandarin import is_spoken, phones_of, syllables

jieba.setLogLevel(60)
NUMERALS = "零〇一二三四五六七八九十百千万亿两幺"
RUN = re.compile(f"([{NUMERALS}]{{2,}})")
STOP = re.compile("[。！？；…!?;]+")
PAUSE = re.compile("[^\u4e00-\u9fff]+")
JOINED, RUN_ON = 0.85, 0.6
"""How often words go on over a comma and over a full stop; who waits half a second begins a new utterance."""
DICTIONARY_WORDS = 14_000
RARE_READING = 0.08
"""A reading of a word that is rarer than this share of its readings is left out."""


def words_of(text: str) -> list[str]:
    """Han characters as jieba parts them; runs of two numerals and more, one by one."""
    words: list[str] = []
    for part in RUN.split(text):
        if RUN.fullmatch(part):
            words += part
        elif part:
            words += jieba.cut(part, HMM=False)
    return [word for word in words if is_spoken(word)]


def utterances(lines: Iterable[str], seed: int) -> list[list[str]]:
    """Lines of free text as utterances: parted now and then at commas, oftener at full stops."""
    rng = random.Random(seed)
    found: list[list[str]] = []
    for line in lines:
        words: list[str] = []
        for sentence in STOP.split(line):
            for number, part in enumerate(part for part in PAUSE.split(sentence) if part):
                if words and rng.random() > (JOINED if number else RUN_ON):
                    found.append(words)
                    words = []
                words = words + words_of(part)
        if words:
            found.append(words)
    return found


def dictionary() -> dict[str, int]:
    """The commonest words of jieba's dictionary with their frequency, no numbers; all common characters."""
    jieba.initialize()
    ranked = sorted((-count, word) for word, count in jieba.dt.FREQ.items() if count and len(word) <= 4)
    spoken = ((word, -count) for count, word in ranked if not RUN.search(word) and is_spoken(word))
    common = dict(islice(spoken, DICTIONARY_WORDS))
    return {**dict.fromkeys(filter(is_spoken, _characters()), 0), **common}


def _characters() -> list[str]:
    """The 3,755 common characters (GB 2312, first level): names and new words are made of them."""
    codes = (bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF))
    return [code.decode("gb2312", "ignore") for code in codes if code.decode("gb2312", "ignore")]


def readings(lines: Iterable[str], words: Iterable[str]) -> dict[str, list[tuple[tuple[str, ...], float]]]:
    """How each word is read, alone and in these lines: phones and their share."""
    seen: dict[str, Counter[tuple[str, ...]]] = {word: Counter({syllables(word): 3}) for word in words}
    for line in lines:
        for part in PAUSE.split(line):
            _count(part, seen)
    return {word: _shares(counts) for word, counts in seen.items()}


def _count(part: str, seen: dict[str, Counter[tuple[str, ...]]]) -> None:
    """Whole phrases are read at once, as the voice is told them: 觉得, 睡觉."""
    said = syllables(part)
    parted = words_of(part)
    if len(said) != len(part) or sum(map(len, parted)) != len(part):
        return
    at = 0
    for word in parted:
        if word in seen:
            seen[word][said[at : at + len(word)]] += 1
        at += len(word)


def _shares(counts: Counter[tuple[str, ...]]) -> list[tuple[tuple[str, ...], float]]:
    total = sum(counts.values())
    phones: Counter[tuple[str, ...]] = Counter()
    for reading, count in counts.items():
        if count / total >= RARE_READING:
            phones[tuple(phone for syllable in reading for phone in phones_of(syllable))] += count
    whole = sum(phones.values())
    return [(reading, count / whole) for reading, count in sorted(phones.items())]


def spoken_text(text: str) -> Sequence[str]:
    """Phrases of a text, for scoring: Han characters only."""
    return [part for part in PAUSE.split(text) if part]
