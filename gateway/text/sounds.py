"""Sounds-alike: what a recognizer that mishears a character still gives away.

Mandarin recognizers put homophones for what they do not know (持刀抢劫 comes out as 吃刀抢节). Each
character is turned into its syllable without tone, with the pairs folded that many speakers do not tell
apart (zh/z ch/c sh/s n/l ing/in). It matches much that was not meant: give it a low weight.
"""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, pinyin

from gateway.text.fold import is_han

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_CACHED_CHARACTERS = 8_192


@lru_cache(maxsize=_CACHED_CHARACTERS)
def syllable(char: str) -> str:
    """The folded syllable of one Chinese character; any other character stands for itself."""
    if not is_han(char):
        return char
    sound = pinyin(char, style=Style.NORMAL)[0][0]
    for wide, narrow in _INITIALS:
        if sound.startswith(wide) and len(sound) > len(wide):
            sound = narrow + sound[len(wide) :]
            break
    return sound[:-1] if sound.endswith("ng") else sound


def sounds(text: str) -> tuple[str, ...]:
    """The folded syllables of `text`, one for each character."""
    return tuple(syllable(char) for char in text)
