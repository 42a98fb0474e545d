"""English: espeak-ng's own phonemes, American and British, as the phones of the model.

A word is read as espeak-ng reads it alone and inside sentences, by both voices: that is its lexicon.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from gateway.training.phones import PhoneSet
from gateway.training.voice import Espeak, Manner, Sound

VOICES = ("en-us", "en", "en-gb-x-rp")
"""American, British, British as announcers speak."""
VOWELS = [
    "a",
    "a#",
    "A:",
    "A@",
    "E",
    "I",
    "i",
    "i:",
    "i@",
    "0",
    "O:",
    "O@",
    "o@",
    "OI",
    "oU",
    "U",
    "U@",
    "u:",
    "V",
    "@",
    "3",
    "3:",
    "e@",
    "eI",
    "aI",
    "aI@",
    "aU",
    "@L",
]
CONSONANTS = [
    "b",
    "d",
    "D",
    "dZ",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "N",
    "p",
    "r",
    "s",
    "S",
    "t",
    "t#",
    "tS",
    "T",
    "v",
    "w",
    "z",
    "Z",
    "?",
]
SAME = {
    **dict.fromkeys(("@2", "@5", "@-"), "@"),
    **dict.fromkeys(("I2", "I#"), "I"),
    "t2": "t",
    "r-": "r",
    "n-": "n",
    "aI3": "aI@",
    "O2": "0",
    "i@3": "i@",
    "aa": "a",
    "e": "E",
    "u": "u:",
}
"""Shades that a telephone does not tell apart."""
DROPPED = {";"}

PHONES = PhoneSet({**dict.fromkeys(CONSONANTS, 1), **dict.fromkeys(VOWELS, 2)})

WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
FAST = Manner(speed=400)
"""For looking words up: the sound is not used, only which phonemes come."""
RARE_READING = 0.06

Reading = tuple[str, ...]


def words_of(text: str) -> list[str]:
    """Lower-case words; a hyphen parts, an apostrophe inside a word stays."""
    return WORD.findall(text.lower().replace("’", "'"))


def phone_of(sound: Sound) -> str | None:
    """The model's phone for one of espeak-ng's phonemes; None when it has none."""
    name = SAME.get(sound.name, sound.name)
    return None if name in DROPPED or name not in PHONES.states else name


def readings(
    espeak: Espeak, words: Iterable[str], sentences: Sequence[str], voices: Sequence[str] = VOICES[:2]
) -> dict[str, list[tuple[Reading, float]]]:
    """How each word is read: phones and their share. Words that cannot be read are left out."""
    seen: dict[str, Counter[Reading]] = {word: Counter() for word in words}
    for voice in voices:
        for word in seen:
            _, sounds = espeak.say(word, voice, FAST)
            seen[word][_phones(sounds)] += 2
        for sentence in sentences:
            for word, reading in in_context(espeak, sentence, voice):
                if word in seen:
                    seen[word][reading] += 1
    return {word: shares for word, counts in seen.items() if (shares := _shares(counts))}


def in_context(espeak: Espeak, sentence: str, voice: str) -> list[tuple[str, Reading]]:
    """Words of a sentence as they were said in it; words that espeak-ng runs together are left out."""
    plain = " ".join(words_of(sentence))
    _, sounds = espeak.say(plain, voice, FAST)
    starts = [match.start() + 1 for match in WORD.finditer(plain)]
    told: dict[int, list[Sound]] = {start: [] for start in starts}
    for sound in sounds:
        if sound.word in told:
            told[sound.word].append(sound)
    found: list[tuple[str, Reading]] = []
    for n, (word, start) in enumerate(zip(plain.split(), starts, strict=True)):
        follows = n + 1 == len(starts) or told[starts[n + 1]]
        if told[start] and follows:
            found.append((word, _phones(told[start])))
    return found


def _phones(sounds: Sequence[Sound]) -> Reading:
    return tuple(phone for sound in sounds if (phone := phone_of(sound)))


def _shares(counts: Counter[Reading]) -> list[tuple[Reading, float]]:
    total = sum(counts.values())
    kept = {r: n for r, n in counts.items() if r and n / total >= RARE_READING}
    whole = sum(kept.values())
    return [(reading, count / whole) for reading, count in sorted(kept.items())]
