"""Mandarin: pinyin syllables as an initial and a tonal final (`bao4` -> `b`, `ao4`)."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from gateway.training.phones import PhoneSet

INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
FINALS = [
    "a",
    "ai",
    "an",
    "ang",
    "ao",
    "e",
    "ei",
    "en",
    "eng",
    "er",
    "o",
    "ong",
    "ou",
    "i",
    "ia",
    "ian",
    "iang",
    "iao",
    "ie",
    "in",
    "ing",
    "iong",
    "iu",
    "u",
    "ua",
    "uai",
    "uan",
    "uang",
    "ui",
    "un",
    "uo",
    "ueng",
    "v",
    "van",
    "ve",
    "vn",
    "ii",
    "iii",
]
"""`ii` is the vowel of zi, ci, si; `iii` that of zhi, chi, shi, ri; `v` is ü."""
TONES = "12345"
"""5 is the light tone."""

AFTER_Y = {
    "a": "ia",
    "an": "ian",
    "ang": "iang",
    "ao": "iao",
    "e": "ie",
    "ong": "iong",
    "ou": "iu",
    "u": "v",
    "uan": "van",
    "ue": "ve",
    "un": "vn",
}
AFTER_W = {
    "a": "ua",
    "ai": "uai",
    "an": "uan",
    "ang": "uang",
    "ei": "ui",
    "en": "un",
    "eng": "ueng",
    "o": "uo",
}
WITHOUT_VOWEL = {"n": "en", "ng": "en", "m": "en", "hm": "en", "hng": "en", "r": "er", "ê": "ei"}
"""Interjections (嗯, 呣, 哼) and the r of 玩儿."""

PHONES = PhoneSet(
    {
        **dict.fromkeys(INITIALS, 1),
        **{final + tone: 2 for final in FINALS for tone in TONES},
    }
)


def is_spoken(word: str) -> bool:
    """Whether a word is made of Han characters alone and each of its syllables is known."""
    return bool(re.fullmatch("[\u4e00-\u9fff]+", word)) and all(
        phone in PHONES.states for syllable in syllables(word) for phone in phones_of(syllable)
    )


@lru_cache(maxsize=200_000)
def syllables(text: str) -> tuple[str, ...]:
    """Toned syllables as the voice is told them: `报警` -> `bao4`, `jing3`."""
    read = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True, v_to_u=False)
    return tuple(s if s[-1:] in TONES else s + "5" for s in read)


@lru_cache(maxsize=10_000)
def phones_of(syllable: str) -> tuple[str, ...]:
    """An initial and a tonal final, or a final alone."""
    sound, tone = syllable[:-1].replace("ü", "v"), syllable[-1]
    sound = WITHOUT_VOWEL.get(sound, sound)
    initial = next((i for i in INITIALS if sound.startswith(i) and len(sound) > len(i)), "")
    final = _final(initial, sound[len(initial) :])
    return (initial, final + tone) if initial else (final + tone,)


def _final(initial: str, rest: str) -> str:
    if initial == "y":
        return AFTER_Y.get(rest, rest)
    if initial == "w":
        return AFTER_W.get(rest, rest)
    if initial in ("j", "q", "x") and rest.startswith("u"):
        return "v" + rest[1:]
    if rest == "i" and initial in ("z", "c", "s"):
        return "ii"
    if rest == "i" and initial in ("zh", "ch", "sh", "r"):
        return "iii"
    return "ve" if rest == "ue" else rest


def pronunciation(word: str) -> tuple[str, ...]:
    """A word's phones as pypinyin reads the word alone."""
    return tuple(phone for syllable in syllables(word) for phone in phones_of(syllable))
