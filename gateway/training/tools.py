"""What is not Python's: espeak-ng and the word lists of SCOWL, from the system or Debian's packages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gateway.testing.lab.cache import Cache

SYSTEM_SCOWL = Path("/usr/share/dict/scowl")


def voice_environment(cache: Cache) -> Mapping[str, str]:
    """The environment in which `libespeak-ng` and its voices are found. Raises CacheError with its cure."""
    return cache.program("espeak-ng").environment()


def english_words(cache: Cache) -> Path:
    """The folder of SCOWL's word lists. Raises CacheError with its cure."""
    if SYSTEM_SCOWL.is_dir():
        return SYSTEM_SCOWL
    cache.ensure("scowl")
    folder = cache.folder("scowl")
    assert folder is not None
    return folder / "usr/share/dict/scowl"
