"""What the archive answers, as the loop sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.calls.model import RecordedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A recording is in the archive. `doubts` are remarks for the auditor:
    a part is missing, or lengths differ."""

    files: tuple[RecordedFile, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotStored:
    """A recording is not in the archive. `final`: trying again will not help."""

    text: str
    final: bool


class Archive(Protocol):
    """Where the recordings of one PBX are kept."""

    async def store(
        self, file: str, *, call_id: str, started_at: datetime, expected_s: float | None = None
    ) -> Stored | NotStored:
        """Fetch the recording whose mixed file the PBX calls `file`;
        `expected_s` is how long the call was."""
        ...
