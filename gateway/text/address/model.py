# ruff: noqa: E501 (a table is read more easily in one line)
"""An address in speech or writing as data: its elements with their place in the text, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a piece of an address is: the labels that Chinese delivery addresses are commonly cut by."""

    COUNTRY = "country"
    PROV = "prov"
    CITY = "city"
    DISTRICT = "district"
    DEV_ZONE = "devZone"
    TOWN = "town"
    COMMUNITY = "community"
    ROAD = "road"
    SUB_ROAD = "subRoad"
    ROAD_NO = "roadno"
    SUB_ROAD_NO = "subroadno"
    POI = "poi"
    SUB_POI = "subpoi"
    HOUSE_NO = "houseno"
    CELL_NO = "cellno"
    FLOOR_NO = "floorno"
    ROOM_NO = "roomno"
    ASSIST = "assist"
    PERSON = "person"
    REDUNDANT = "redundant"
    OTHER = "otherinfo"


Piece = tuple[int, int, Kind]
"""Start, end and kind of a piece of folded text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressElement:
    """One piece. `text` is the characters `start` to `end` of what was given; `value` is the same for
    machines: simplified, half width, spoken numerals as figures, its unit completed (88号, 3单元, 102室).
    `replaced`: the speaker took it back.
    """

    kind: Kind
    text: str
    start: int
    end: int
    value: str
    replaced: bool = False


_CIVIC: tuple[tuple[str, tuple[Kind, ...]], ...] = (
    ("A1", (Kind.PROV,)), ("A2", (Kind.CITY,)), ("A3", (Kind.DISTRICT,)), ("A4", (Kind.TOWN,)),
    ("A5", (Kind.COMMUNITY,)), ("A6", (Kind.DEV_ZONE,)), ("RD", (Kind.ROAD,)), ("RDSEC", (Kind.SUB_ROAD,)),
    ("HNO", (Kind.ROAD_NO, Kind.SUB_ROAD_NO)), ("LMK", (Kind.POI, Kind.SUB_POI)), ("BLD", (Kind.HOUSE_NO,)),
    ("UNIT", (Kind.CELL_NO,)), ("FLR", (Kind.FLOOR_NO,)), ("ROOM", (Kind.ROOM_NO,)), ("LOC", (Kind.ASSIST,)),
)  # fmt: skip
"""RFC 5139 elements, China's levels as RFC 4776 (section 3.4) has them; LOC: what is said beside the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """All of one text that says where. `elements` in the order of the text, not overlapping; `normalised`: one
    line from large to small, None when nothing says where.

    The accessors give the value that stands (the last, where a speaker corrected one), None when unsaid.
    """

    source: str
    elements: tuple[AddressElement, ...] = ()
    normalised: str | None = None

    def first(self, *kinds: Kind) -> str | None:
        """The value of the first element of one of `kinds` that was not taken back."""
        return next((one.value for one in self.elements if one.kind in kinds and not one.replaced), None)

    def every(self, *kinds: Kind) -> tuple[str, ...]:
        """The values of all elements of `kinds` that were not taken back, in the order said."""
        return tuple(one.value for one in self.elements if one.kind in kinds and not one.replaced)

    @property
    def province(self) -> str | None:
        return self.first(Kind.PROV)

    @property
    def city(self) -> str | None:
        return self.first(Kind.CITY)

    @property
    def district(self) -> str | None:
        """County, district or county-level city."""
        return self.first(Kind.DISTRICT)

    @property
    def town(self) -> str | None:
        """Street office, town or township."""
        return self.first(Kind.TOWN)

    @property
    def community(self) -> str | None:
        """Village or urban community."""
        return self.first(Kind.COMMUNITY)

    @property
    def roads(self) -> tuple[str, ...]:
        """Every road and lane said: two of them may name a junction."""
        return self.every(Kind.ROAD, Kind.SUB_ROAD)

    @property
    def road(self) -> str | None:
        return self.first(Kind.ROAD)

    @property
    def number(self) -> str | None:
        """The number in the road, or a kilometre post (K1052+300)."""
        return self.first(Kind.ROAD_NO, Kind.SUB_ROAD_NO)

    @property
    def poi(self) -> str | None:
        """The estate, building or other place with a name."""
        return self.first(Kind.POI)

    @property
    def building(self) -> str | None:
        return self.first(Kind.HOUSE_NO)

    @property
    def unit(self) -> str | None:
        """The staircase (单元)."""
        return self.first(Kind.CELL_NO)

    @property
    def floor(self) -> str | None:
        return self.first(Kind.FLOOR_NO)

    @property
    def room(self) -> str | None:
        return self.first(Kind.ROOM_NO)

    @property
    def relation(self) -> str | None:
        """How the place lies to what was named: 对面, 十字路口东南角."""
        return "".join(self.every(Kind.ASSIST)) or None

    def to_civic(self) -> tuple[tuple[str, str], ...]:
        """Civic elements for HELD and PIDF-LO (RFC 5139, 6848) in their order; empty when nothing was said."""
        made = []
        for name, kinds in _CIVIC:
            values = self.every(*kinds)
            if values:
                made.append((name, "".join(values) if name in ("LOC", "LMK") else values[0]))
        return (("country", "CN"), *made) if made else ()
