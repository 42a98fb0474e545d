"""What a reader collects on its way through a body, each list within its limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gateway.location.model import Additional, BodyFault, BodyReading, Stated

MAX_LOCATIONS = 32
"""Locations of one body; further ones are dropped, with a fault that says so."""
MAX_BLOCKS = 32
"""Blocks of additional data of one body; further ones are dropped, with a fault that says so."""
MAX_FAULTS = 32
"""Faults that are told of one body; the rest is counted in a last one."""
MAX_FAULT_CHARS = 300

T = TypeVar("T")


def whole_text(text: str) -> str:
    """Half a character (a lone surrogate, as JSON can escape one) cannot be written anywhere: it is `?`."""
    return text.encode("utf-8", "replace").decode()


@dataclass(slots=True)
class Gather:
    """Order is kept: it is the order in which the body states things."""

    locations: list[Stated] = field(default_factory=list)
    additional: list[Additional] = field(default_factory=list)
    faults: list[BodyFault] = field(default_factory=list)

    def fault(self, what: str, where: str) -> None:
        told, place = whole_text(what[:MAX_FAULT_CHARS]), whole_text(where[:MAX_FAULT_CHARS])
        self.faults.append(BodyFault(what=told, where=place))

    def take(self, other: Gather | BodyReading, where: str = "") -> None:
        """All of another's, its faults at `where`."""
        where = whole_text(where)
        self.locations += other.locations
        self.additional += other.additional
        self.faults += [
            replace(fault, where=f"{where}{fault.where}".rstrip(": ") or "body") for fault in other.faults
        ]

    def reading(self, kind: str) -> BodyReading:
        locations = self._within("locations", _distinct(self.locations), MAX_LOCATIONS)
        blocks = self._within("blocks of additional data", _distinct(self.additional), MAX_BLOCKS)
        faults = _distinct(self.faults)
        if len(faults) > MAX_FAULTS:
            told = f"{len(faults) - MAX_FAULTS + 1} more faults"
            faults = [*faults[: MAX_FAULTS - 1], BodyFault(what=told, where="body")]
        return BodyReading(
            kind=kind, locations=tuple(locations), additional=tuple(blocks), faults=tuple(faults)
        )

    def _within(self, name: str, items: Sequence[T], limit: int) -> Sequence[T]:
        if len(items) > limit:
            self.faults.insert(
                0, BodyFault(what=f"{len(items)} {name}; only the first {limit} are read", where="body")
            )
        return items[:limit]


def _distinct(items: Sequence[T]) -> list[T]:
    return list(dict.fromkeys(items))
