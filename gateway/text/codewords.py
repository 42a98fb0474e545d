"""A site's own code words: what a caller says who cannot say what is wrong. Never shown to callers, never
published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.text.fold import fold, is_han
from gateway.text.sounds import sounds

BY_SOUND_FROM = 4
"""Chinese code words of so many characters and more are also found by their sound: recognizers mishear."""


@dataclass(frozen=True, slots=True)
class CodeWord:
    """One as it was configured, and as it is looked for."""

    said: str
    folded: str
    heard: tuple[str, ...]


def code_words(words: Sequence[str]) -> tuple[CodeWord, ...]:
    """Ready to be looked for; empty ones are left out."""
    found = []
    for word in words:
        folded = _bare(word)
        if folded:
            by_sound = len(folded) >= BY_SOUND_FROM and all(is_han(char) for char in folded)
            found.append(CodeWord(word, folded, sounds(folded) if by_sound else ()))
    return tuple(found)


def found_in(text: str, words: Sequence[CodeWord]) -> str | None:
    """The first code word in what was said, as configured; None: there is none. Blanks and marks between
    characters do not matter; Latin words count whole ones only."""
    bare = _bare(text)
    heard = sounds(bare) if any(word.heard for word in words) else ()
    for word in words:
        if _contains(bare, word.folded) or (word.heard and _runs(heard, word.heard)):
            return word.said
    return None


def _bare(text: str) -> str:
    """Without blanks and marks, but one blank between Latin words."""
    kept = "".join(char if char.isalnum() else " " for char in fold(text))
    pieces = kept.split()
    out = ""
    for piece in pieces:
        between = out and out[-1].isascii() and piece[0].isascii()
        out += f" {piece}" if between else piece
    return out


def _contains(text: str, word: str) -> bool:
    at = text.find(word)
    while at >= 0:
        ends = at + len(word)
        before = text[at - 1] if at else " "
        after = text[ends] if ends < len(text) else " "
        whole = not (_latin(before) and _latin(word[0])) and not (_latin(after) and _latin(word[-1]))
        if whole:
            return True
        at = text.find(word, at + 1)
    return False


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _runs(heard: tuple[str, ...], word: tuple[str, ...]) -> bool:
    return any(heard[at : at + len(word)] == word for at in range(len(heard) - len(word) + 1))
