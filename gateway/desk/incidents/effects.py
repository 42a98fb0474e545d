"""What the world owes an incident."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.effects import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMatches(Effect):
    """Compare all open calls with its own; owed until CallsMatched names as many `links`."""

    incident_id: str
    links: int
