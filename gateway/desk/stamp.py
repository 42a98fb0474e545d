"""Times as they leave the house."""

from __future__ import annotations

from datetime import datetime


def stamp(moment: datetime | None) -> str | None:
    """ISO 8601, UTC, with Z: the form of every time that leaves the house."""
    return None if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
