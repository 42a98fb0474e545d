"""Which contents of packs were found in order before, so that a start does not check them again.

A note is an empty file of the user's cache, named after the content and the program: other rules, another
program or another re2 are checked anew, and so is everything when the cache cannot be read. Nothing of a pack
is kept there. `rules check` never asks.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

FOLDER = Path("intake110", "rules")
"""Of the notes, in the user's cache."""
MAX_NOTES = 200
"""Contents that are kept in mind; of more the oldest are checked again."""
_CODE = ("triage", "text")
"""Packages whose code decides what a pack means."""
_LIBRARIES = ("google-re2", "pyahocorasick", "common-expression-language", "opencc", "pyyaml", "pydantic")
_KEY = re.compile(r"[0-9a-f]{64}")


class Seen:
    """Notes in one folder. What cannot be read or written there costs time and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, key: str) -> bool:
        """Whether this content (`content_hash` of all files) was in order for this program."""
        try:
            return self._note(key).exists()
        except OSError:
            return False

    def note(self, key: str) -> None:
        """This content is in order."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._note(key).touch()
            notes = sorted(self._notes(), key=lambda note: note.stat().st_mtime)
            for old in notes[:-MAX_NOTES]:
                old.unlink(missing_ok=True)
        except OSError:
            return

    def _note(self, key: str) -> Path:
        return self._folder / hashlib.sha256(f"{key} {program()}".encode()).hexdigest()

    def _notes(self) -> list[Path]:
        return [note for note in self._folder.iterdir() if _KEY.fullmatch(note.name)]


@lru_cache(maxsize=1)
def program() -> str:
    """SHA-256 over the code and libraries that read packs."""
    digest = hashlib.sha256()
    root = Path(__file__).parents[1]
    for path in sorted(path for name in _CODE for path in (root / name).rglob("*.py")):
        digest.update(path.read_bytes())
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()
