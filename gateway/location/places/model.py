"""What a city's places are: divisions, roads, communities, points of interest, junctions, posts and areas.

All points of one set are in one frame (`PlaceSet.datum`); the files they came from may be in several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.location.model import Datum, Point

MAX_FAULTS_TOLD = 20
"""Faults that an error's text lists; `faults` holds up to `files.MAX_FAULTS` of them."""


class Kind(StrEnum):
    """What stands behind a name or a place in the text."""

    DIVISION = "division"
    ROAD = "road"
    COMMUNITY = "community"
    POI = "poi"
    ADDRESS = "address"
    JUNCTION = "junction"
    POST = "km-post"


class How(StrEnum):
    """How a candidate came out of the words."""

    EXACT = "exact"
    ALIAS = "alias"
    NEAR_NAME = "near-name"
    SOUNDS_ALIKE = "sounds-alike"
    NUMBER = "number"
    JUNCTION = "junction"
    POST = "km-post"
    BETWEEN = "between"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a file, where (a line, a feature), and what mends it."""

    file: str
    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{place}: {self.what}. {self.cure}"


class PlacesError(Exception):
    """The places cannot be used. All faults that were found are in `faults`."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        told = [str(fault) for fault in self.faults[:MAX_FAULTS_TOLD]]
        if len(self.faults) > MAX_FAULTS_TOLD:
            told.append(f"… and {len(self.faults) - MAX_FAULTS_TOLD} more")
        super().__init__("\n".join(told))


@dataclass(frozen=True, slots=True)
class Place:
    """Something with a name. `division`: its GB/T 2260 code where the file gives one; `road` and `number`:
    its address; `category`: the file's own word (school, hospital …). A road or division may lack a point.
    """

    place_id: str
    kind: Kind
    name: str
    point: Point | None = None
    division: str = ""
    road: str = ""
    number: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division: GB/T 2260 code, name, the code above it (empty at the top)."""

    code: str
    name: str
    parent: str = ""


Ring = tuple[Point, ...]
"""First point repeated at the end."""
Polygon = tuple[Ring, ...]
"""The outer ring, then its holes."""


@dataclass(frozen=True, slots=True)
class Area:
    """Ground with an owner: a division or the beat of a police station; one or several polygons."""

    area_id: str
    name: str
    polygons: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True)
class Junction:
    """Where two roads meet."""

    junction_id: str
    roads: tuple[str, str]
    point: Point
    name: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A spot along a road whose place is known: a house number or a kilometre."""

    at: float
    point: Point
    text: str = ""


@dataclass(slots=True)
class Road:
    """A road: its lines (as drawn), house numbers and kilometre posts, each in order."""

    road_id: str
    name: str
    lines: tuple[tuple[Point, ...], ...] = ()
    numbers: list[Known] = field(default_factory=list)
    posts: list[Known] = field(default_factory=list)


@dataclass(slots=True)
class PlaceSet:
    """One city's places as read and checked, not yet indexed."""

    city: str = ""
    version: str = ""
    datum: Datum = Datum.WGS_84
    divisions: dict[str, Division] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    roads: dict[str, Road] = field(default_factory=dict)
    junctions: list[Junction] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    """Place id and one more name of it."""
    division_areas: list[Area] = field(default_factory=list)
    station_areas: list[Area] = field(default_factory=list)
    set_aside: list[Fault] = field(default_factory=list)
    """Ground whose border cannot be right: left out, while the rest of its file is used."""
