"""The places of a city by their names and by where they are: `Gazetteer`.

    places = load(Path("conf/places"))
    places.find("在建国路八十八号对面")       candidates, the best first
    places.describe((31.23, 121.47), Datum.WGS_84)

Pure: files are read by `load`, nothing else touches the world.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from gateway.location.datum import convert
from gateway.location.model import Datum, Point
from gateway.location.places import files
from gateway.location.places.alike import further
from gateway.location.places.around import Described, NearJunction, Surroundings
from gateway.location.places.candidates import Guesser
from gateway.location.places.guess import Guess, World, alone, mentions
from gateway.location.places.implied import named
from gateway.location.places.model import Area, Division, Fault, How, Kind, Place, PlacesError, PlaceSet
from gateway.location.places.names import Hit, Names, plain
from gateway.location.places.plane import middle
from gateway.location.places.ranking import headed, ranked, weigh
from gateway.location.places.roads import Crossroads
from gateway.location.places.said import house_number, number_before, post

__all__ = [
    "Area", "Candidate", "Described", "Division", "Fault", "Gazetteer", "How", "Kind", "NearJunction",
    "Place", "PlacesError", "load",
]  # fmt: skip

MAX_CHARACTERS = 2_000
"""Characters of a text that are looked through; nobody describes a place at greater length."""
LIMIT = 8
DISTRICT_FIGURES = 6
"""Of a division's code: province, city, district."""
POST_REACH = 20
"""Characters after a road in which its kilometre is told."""


class Candidate(NamedTuple):
    """A place that may be meant. `score` 0 to 1; `uncertainty_m` holds the caller as RFC 7459's 95 per cent
    would; `address` as an envelope would have it; `span` the characters of the text that it rests on; `why`
    in words for people.
    """

    place_id: str
    name: str
    kind: Kind
    how: How
    score: float
    point: Point
    datum: Datum
    uncertainty_m: float
    address: str
    span: tuple[int, int]
    why: tuple[str, ...] = ()


@dataclass(slots=True)
class Gazetteer:
    """The places of one city, ready to be asked."""

    places: PlaceSet
    names: Names
    surroundings: Surroundings
    world: World
    by_id: dict[str, Place] = field(repr=False)

    @classmethod
    def of(cls, places: PlaceSet) -> Gazetteer:
        """Indexes a set that `files.read` has checked."""
        _placed(places)
        by_id = {place.place_id: place for place in places.places}
        surroundings = Surroundings.of(places)

        def within(point: Point, division: Place) -> bool | None:
            chain = surroundings.chain(point)
            return any(one.code == division.place_id for one in chain) if chain else None

        def under(place: Place, division: Place) -> bool | None:
            chain = surroundings.above(place.division)
            return any(one.code == division.place_id for one in chain) if chain else None

        world = World(places.roads, Crossroads.of(places.roads, places.junctions), within, under)
        return cls(places, Names(named(places, by_id)), surroundings, world, by_id)

    @property
    def datum(self) -> Datum:
        """The frame of all points here."""
        return self.places.datum

    def find(self, text: str, *, near: Point | None = None, limit: int = LIMIT) -> list[Candidate]:
        """Places that the words may mean, the best first; empty when none of them was named. `near`: where
        the caller is thought to be, in the frame of the set. Total: any text is an answer.
        """
        said, places = _readable(text[:MAX_CHARACTERS])
        hits = self._heard(said)
        if not hits:
            return []
        if len(hits) == 1 and near is None and (only := alone(hits[0], said)) is not None:
            return [self._candidate(only, places)]
        heard = mentions(hits, said)
        guesses = Guesser(self.world, said, heard).run()
        if len(heard) > 1:
            weigh(guesses, heard, self.world)
            headed(guesses, said)
        best = ranked(guesses, near)[:limit]
        return [self._candidate(guess, places) for guess in best]

    def named_in(self, text: str) -> list[tuple[int, int]]:
        """Where the text names places, with a house number or kilometre told after them: start and end of
        each. Divisions down to the district are no such places. For who may not see them: a name that is only
        nearly heard counts too.
        """
        said, places = _readable(text)
        spots = {_with_number(said, hit) for hit in self._heard(said) if not _coarse(hit.name.place)}
        if places is not None:
            spots = {(places[start], places[end - 1] + 1) for start, end in spots}
        return sorted(spots)

    def _heard(self, said: str) -> list[Hit]:
        return further(said, self.names.heard(said), self.names) or self.names.nearly_heard(said)

    def describe(self, point: Point, datum: Datum) -> Described:
        """District, beat, nearest junctions and nearest address of a point in any frame."""
        return self.surroundings.describe(convert(point, datum, self.datum))

    def _candidate(self, guess: Guess, places: list[int] | None) -> Candidate:
        start, end = guess.start, guess.end
        if places is not None:
            start, end = places[start], places[end - 1] + 1
        return Candidate(
            guess.place_id, guess.name, guess.kind, guess.how, guess.score, guess.point,
            self.places.datum, guess.uncertainty_m, self._address(guess), (start, end),
            tuple(guess.why),
        )  # fmt: skip

    def _address(self, guess: Guess) -> str:
        around, place = self.surroundings, guess.place
        chain = around.chain(guess.point)
        if guess.junction is not None:
            return around.written(chain, around.meeting(guess.junction))
        if place is None:
            return around.written(chain, guess.name)
        if guess.kind is Kind.DIVISION:
            return around.written(around.above(place.division), guess.name)
        if not chain and place.division:
            chain = around.above(place.division)
        rest = guess.name
        if place.road and place.road in self.by_id:
            number = place.number.removesuffix("号")
            rest = f"{self.by_id[place.road].name}{number}{'号' if number else ''}{rest}"
        return around.written(chain, rest)


def load(folder: Path) -> Gazetteer:
    """The places of a folder such as conf/places. Raises PlacesError with every fault of its files."""
    return Gazetteer.of(files.read(folder))


def _coarse(place: Place) -> bool:
    """A district, or what is above one: six figures of GB/T 2260, further ones are streets."""
    return place.kind is Kind.DIVISION and not place.place_id[DISTRICT_FIGURES:].strip("0")


def _with_number(said: str, hit: Hit) -> tuple[int, int]:
    """Where a name and the number told with it begin and end."""
    start, end = hit.start, hit.end
    if (door := house_number(said, end) or number_before(said, start, end)) is not None:
        return min(start, door.begin), door.end
    told = post(said, end, min(len(said), end + POST_REACH))
    return start, told.end if told is not None else end


def _placed(places: PlaceSet) -> None:
    """A division without a point of its own is in the middle of its ground."""
    drawn = {area.area_id: area for area in places.division_areas}
    for number, place in enumerate(places.places):
        if place.kind is Kind.DIVISION and place.point is None and place.place_id in drawn:
            rim = [point for polygon in drawn[place.place_id].polygons for point in polygon[0]]
            places.places[number] = replace(place, point=middle(rim))


def _readable(text: str) -> tuple[str, list[int] | None]:
    """The text as names are compared, without blanks between characters, and where each character was."""
    said = plain(text)
    if " " not in said:
        return said, None
    kept = [at for at, char in enumerate(said) if char != " " or _latin(text, at)]
    return "".join(said[at] for at in kept), kept


def _latin(text: str, at: int) -> bool:
    """A blank between Latin words and figures keeps them apart."""
    return 0 < at < len(text) - 1 and text[at - 1].isascii() and text[at + 1].isascii()
