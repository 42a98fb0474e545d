"""English text as the language model sees it, and the words that everybody knows (SCOWL)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from pathlib import Path

from gateway.training.english import WORD, words_of
from gateway.training.numbers_en import LETTERS, written_out

STOP = re.compile("[.!?;…]+")
PAUSE = re.compile("[,:–—]+")
JOINED = 0.7
"""How often words go on over a comma."""
CLASSES = {"10": 60, "20": 12, "35": 3}
"""SCOWL's size classes (smaller is commoner) and how much oftener a word of each is expected."""
LISTS = ("english-words", "american-words", "british-words", "english-contractions")
LETTER_WEIGHT = 20


def utterances(lines: Iterable[str], seed: int) -> list[list[str]]:
    """Lines of free text as utterances: parted at full stops, and now and then at commas."""
    rng = random.Random(seed)
    found: list[list[str]] = []
    for line in lines:
        for sentence in STOP.split(written_out(line)):
            words: list[str] = []
            for part in PAUSE.split(sentence):
                if words and rng.random() > JOINED:
                    found.append(words)
                    words = []
                words = words + words_of(part)
            if words:
                found.append(words)
    return found


def dictionary(folder: Path) -> dict[str, int]:
    """Words of SCOWL's lists with a weight for how common they are; letters are words too."""
    found: dict[str, int] = dict.fromkeys(LETTERS, LETTER_WEIGHT)
    for size, weight in CLASSES.items():
        for name in LISTS:
            path = folder / f"{name}.{size}"
            for word in path.read_text(encoding="latin-1").split() if path.exists() else ():
                if WORD.fullmatch(word) and not word.endswith("'s"):
                    found.setdefault(word, weight)
    return found
