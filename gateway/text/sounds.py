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
MAX_READINGS = 3
SEVERAL = frozenset(
    "长行重乐还都得地调传便朝曾藏厦单弹当度恶干更好和会几间角教觉空量率没难宁屏铺强曲少舍省盛数宿为系相校兴血要应载扎着"
    "只中种转奔柏堡埔解华任盖缪翟查仇区尉"
)
"""Characters whose other readings are common in names and speech; dictionaries list rare ones of many."""


@lru_cache(maxsize=_CACHED_CHARACTERS)
def syllable(char: str) -> str:
    """The folded syllable of one Chinese character; any other character stands for itself."""
    if not is_han(char):
        return char
    return wide(pinyin(char, style=Style.NORMAL)[0][0])


def wide(sound: str) -> str:
    """A syllable as speakers say it who do not tell near sounds apart: `zhang` is `zan`."""
    for near, narrow in _INITIALS:
        if sound.startswith(near) and len(sound) > len(near):
            sound = narrow + sound[len(near) :]
            break
    return sound[:-1] if sound.endswith("ng") else sound


@lru_cache(maxsize=_CACHED_CHARACTERS)
def readings(char: str) -> tuple[str, ...]:
    """The syllables, without tone, that one Chinese character is commonly read as; the commonest first."""
    found = pinyin(char, style=Style.NORMAL, heteronym=char in SEVERAL)[0]
    return tuple(dict.fromkeys(found))[:MAX_READINGS]


@lru_cache(maxsize=_CACHED_CHARACTERS)
def toned(char: str) -> str:
    """The commonest syllable with its tone: `dao1`."""
    return str(pinyin(char, style=Style.TONE3)[0][0])


def sounds(text: str) -> tuple[str, ...]:
    """The folded syllables of `text`, one for each character."""
    return tuple(syllable(char) for char in text)
