"""From names that were heard to places that may be meant: roads with numbers, kilometres and other roads
combined, moved and widened by what is told of them.

A house number, a junction or a kilometre says more than a building, a building more than a road, a road more
than a district. `ranking` weighs them against one another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.location.model import Point
from gateway.location.places import roads as spots
from gateway.location.places import said
from gateway.location.places.model import How, Junction, Kind, Place, Road
from gateway.location.places.names import Hit
from gateway.location.places.plane import distance_m, moved
from gateway.location.places.roads import JUNCTION_M, Crossroads, Spot
from gateway.location.places.said import Door

WORTH = {
    Kind.ADDRESS: 0.92, Kind.JUNCTION: 0.92, Kind.POST: 0.92, Kind.POI: 0.82, Kind.COMMUNITY: 0.78,
    Kind.ROAD: 0.5, Kind.DIVISION: 0.25,
}  # fmt: skip
"""Score of a place of a kind that was said in its very words and is alone."""
SIZE_M = {Kind.POI: 60.0, Kind.COMMUNITY: 200.0, Kind.JUNCTION: JUNCTION_M, Kind.DIVISION: 5_000.0}
CORNER_M = 20.0
"""From the middle of a junction to its corner."""
TAKEN_BACK = 0.35
"""What is left of a place that the caller took back."""
ABOUT = 0.8
"""What 四百多号 leaves of the score; each number that may be meant widens the place by NUMBER_M."""
NUMBER_M = 5.0
LOOSE_M = 150.0
"""On one road and close to another is not at the junction itself."""
OTHER_SOUND = 0.7
"""What only sounds so is worth less where another place is called exactly so."""
ROAD_GAP = 12
"""Characters between two roads that may still be a junction."""
MAX_COMBINED = 64
"""Combinations of places of the same names that are tried for one group of words."""


@dataclass(slots=True)
class Mention:
    """One stretch of the words and the places that are called so."""

    start: int
    end: int
    hits: list[Hit]
    dropped: bool = False
    """Taken back by the caller, ruled out, or where somebody goes to."""

    @property
    def kind(self) -> Kind:
        return self.hits[0].name.place.kind

    def roads(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.name.place.kind is Kind.ROAD]


@dataclass(slots=True)
class Guess:
    """One place that may be meant. `uses` are the mentions it rests on."""

    place_id: str
    name: str
    kind: Kind
    how: How
    point: Point
    uncertainty_m: float
    score: float
    start: int
    end: int
    why: list[str]
    uses: tuple[Mention, ...]
    roads: tuple[str, ...] = ()
    number: str = ""
    place: Place | None = None
    junction: Junction | None = None
    fitting: tuple[Mention, ...] = ()
    """Others that spoke for it."""


@dataclass(slots=True)
class World:
    """What guessing needs to know of the city."""

    roads: dict[str, Road]
    crossroads: Crossroads
    within: Callable[[Point, Place], bool | None]
    """Whether a point lies in a division; None when nobody drew it."""
    under: Callable[[Place, Place], bool | None]
    """Whether a place is listed in a division."""


def mentions(hits: Sequence[Hit], text: str) -> list[Mention]:
    """Hits at the same words together. What was taken back is marked; where somebody only goes to
    (往机场方向) is left out, unless nothing else was named.
    """
    if len(hits) == 1:
        only = hits[0]
        dropped = said.heading(text, only.start, only.end)
        return [Mention(only.start, only.end, [only], dropped)]
    made: list[Mention] = []
    for hit in hits:
        if made and (made[-1].start, made[-1].end) == (hit.start, hit.end):
            if hit.likeness < 1 == made[-1].hits[0].likeness:
                hit = hit._replace(likeness=hit.likeness * OTHER_SOUND)
            made[-1].hits.append(hit)
        else:
            made.append(Mention(hit.start, hit.end, [hit]))
    heading = [one for one in made if said.heading(text, one.start, one.end)]
    for mention in heading:
        mention.dropped = True
    if len(made) > len(heading):
        made = [one for one in made if not one.dropped]
    if len(made) > 1:
        _take_back(made, text)
    return made


def _take_back(made: list[Mention], text: str) -> None:
    for mention in made:
        if said.denied(text, mention.start) and len(made) > 1:
            mention.dropped = True
    for slip in said.SLIP.finditer(text):
        after = next((one for one in made if one.start >= slip.end() and not one.dropped), None)
        before = [one for one in made if one.end <= slip.start() and not one.dropped]
        if after is None or after.start - slip.end() > 6:
            continue
        for one in reversed(before):
            if one.kind is after.kind or {one.kind, after.kind} <= {Kind.POI, Kind.COMMUNITY}:
                one.dropped = True
                break


@dataclass(slots=True)
class Guesser:
    """Guesses for one text."""

    world: World
    text: str
    mentions: list[Mention]
    guesses: list[Guess] = field(default_factory=list)

    def run(self) -> list[Guess]:
        taken: set[int] = set()
        for index, mention in enumerate(self.mentions):
            if roads := mention.roads():
                taken |= self._on_road(index, mention, roads)
        for index, mention in enumerate(self.mentions):
            if index not in taken:
                self._plain(index, mention)
        return self.guesses

    def _until(self, index: int) -> int:
        return self.mentions[index + 1].start if index + 1 < len(self.mentions) else len(self.text)

    def _add(self, guess: Guess, at: int, until: int) -> None:
        """With what is told of its surroundings: moved, widened."""
        _turn(guess, self.text, at, until)
        for one in guess.uses:
            if one.dropped:
                guess.score *= TAKEN_BACK
                guess.why.append("taken back by the caller, or only where somebody goes")
                break
        self.guesses.append(guess)

    def _on_road(self, index: int, mention: Mention, roads: Sequence[Hit]) -> set[int]:
        """Everything more exact than the road itself; the mentions that it uses up."""
        until = self._until(index)
        used: set[int] = set()
        text = self.text if until == len(self.text) else self.text[:until]
        numbered = said.house_number(text, mention.end)
        for hit in roads:
            road = self.world.roads[hit.name.place.place_id]
            if numbered is not None:
                self._number(index, hit, road, numbered)
                used.add(index)
                continue
            post = said.post(self.text, mention.end, until)
            spot = spots.at_post(road, post[0]) if post else None
            if post is not None and spot is not None:
                self._add(self._posted(mention, hit, spot, *post), post[1], until)
                used.add(index)
            elif post is not None:
                self._plain(index, mention, only=hit, why=f"kilometre {post[0]:g} is not known on it")
                used.add(index)
        if numbered is None:
            used |= self._junctions(index, mention)
        return used

    def _number(self, index: int, hit: Hit, road: Road, door: Door) -> None:
        mention, number = self.mentions[index], door.number
        if door.about:
            number = str(int(number) + door.about // 2)
        spot = spots.numbered(road, number)
        if spot is None:
            self._plain(index, mention, only=hit, why=f"number {number} is not known on it")
            return
        name = f"{road.name}{door.number}{'多' if door.about else ''}号"
        score = WORTH[Kind.ADDRESS] * spot.sure * _worth(hit) * (ABOUT if door.about else 1.0)
        why = [*_heard(hit, self.text), spot.why]
        guess = Guess(
            f"{road.road_id}#{number}", name, Kind.ADDRESS, How.NUMBER, spot.point,
            spot.uncertainty_m + door.about * NUMBER_M, score, mention.start, door.end, why, (mention,),
            (road.road_id,), number, hit.name.place,
        )  # fmt: skip
        self._add(guess, door.end, self._until(index))

    def _posted(self, mention: Mention, hit: Hit, spot: Spot, km: float, end: int) -> Guess:
        road = hit.name.place
        told = f"K{int(km)}+{round(km % 1 * 1000):03}"
        return Guess(
            f"{road.place_id}#{told}", f"{road.name}{told}", Kind.POST, How.POST, spot.point,
            spot.uncertainty_m, WORTH[Kind.POST] * spot.sure * _worth(hit), mention.start, end,
            [*_heard(hit, self.text), spot.why], (mention,), (road.place_id,), place=road,
        )  # fmt: skip

    def _junctions(self, index: int, mention: Mention) -> set[int]:
        """Where this road meets the next one that was named."""
        for further in range(index + 1, min(index + 3, len(self.mentions))):
            other = self.mentions[further]
            if not other.roads() or other.start - mention.end > ROAD_GAP:
                continue
            if other.dropped != mention.dropped:
                continue
            between = said.BETWEEN.fullmatch(self.text, mention.end, other.start)
            crossing = said.CROSSING.match(self.text, other.end)
            if not between and not crossing:
                continue
            found = self._meeting(mention, other, crossing.end() if crossing else other.end)
            stretch = self._stretch(mention, other, further + 1) if found else None
            if stretch is not None:
                self._add(stretch, stretch.end, self._until(further + 1))
                return {index, further, further + 1}
            loose = between and said.CLOSE_TO.search(between[0])
            for guess in found:
                if not crossing:
                    guess.score *= 0.9
                    guess.uncertainty_m += LOOSE_M if loose else 0.0
                self._add(guess, guess.end, self._until(further))
            if found:
                return {index, further}
        return set()

    def _stretch(self, road: Mention, one: Mention, third: int) -> Guess | None:
        """长江路和平路到新华路那一段: on the first road, from the second to the third."""
        other = self.mentions[third] if third < len(self.mentions) else None
        if other is None or not other.roads() or other.start - one.end > ROAD_GAP:
            return None
        match = said.STRETCH.match(self.text, other.end)
        ends = self._meeting(road, one, 0)[:1] + self._meeting(road, other, 0)[:1]
        if match is None or len(ends) < 2:
            return None
        start, end = ends
        half = distance_m(start.point, end.point) / 2
        centre = (start.point[0] + end.point[0]) / 2, (start.point[1] + end.point[1]) / 2
        place = road.roads()[0].name.place
        name = f"{place.name}（{one.hits[0].name.place.name}至{other.hits[0].name.place.name}）"
        return Guess(
            f"{place.place_id}#{start.place_id}..{end.place_id}", name,
            Kind.ROAD, How.JUNCTION, centre, half + 50, min(start.score, end.score) * 0.95, road.start,
            match.end(), [f"from {start.name} to {end.name}"], (road, one, other), start.roads + end.roads,
            place=place,
        )  # fmt: skip

    def _meeting(self, mention: Mention, other: Mention, end: int) -> list[Guess]:
        made: list[Guess] = []
        pairs = [(a, b) for a in mention.roads() for b in other.roads()][:MAX_COMBINED]
        corner = said.corner(self.text, other.end, len(self.text))
        for one, two in pairs:
            a, b = one.name.place, two.name.place
            meets = self.world.crossroads.between(a.place_id, b.place_id)
            for junction in meets:
                why = [*_heard(one, self.text), *_heard(two, self.text), f"{a.name} meets {b.name}"]
                if len(meets) > 1:
                    why.append(f"the two meet {len(meets)} times")
                point = junction.point
                if corner is not None:
                    point = moved(point, corner[1], CORNER_M)
                    why.append(f"its corner {corner[0]}")
                name = junction.name or f"{a.name}与{b.name}交叉口"
                score = WORTH[Kind.JUNCTION] * min(_worth(one), _worth(two))
                made.append(
                    Guess(
                        junction.junction_id, name, Kind.JUNCTION, How.JUNCTION, point, JUNCTION_M, score,
                        mention.start, max(end, corner[2] if corner else 0), why, (mention, other),
                        (a.place_id, b.place_id), junction=junction,
                    )
                )  # fmt: skip
        return made

    def _plain(self, index: int, mention: Mention, *, only: Hit | None = None, why: str = "") -> None:
        """The places of this name as they are."""
        until = self._until(index)
        for hit in mention.hits if only is None else [only]:
            place = hit.name.place
            spot = self._spot(place)
            if spot is None:
                continue
            guess = Guess(
                place.place_id, place.name, place.kind, _how(hit), spot.point, spot.uncertainty_m,
                WORTH[place.kind] * _worth(hit), mention.start, mention.end, _heard(hit, self.text),
                (mention,), (place.place_id,) if place.kind is Kind.ROAD else (), place=place,
            )  # fmt: skip
            guess.why += [why] if why else []
            self._add(guess, mention.end, until)

    def _spot(self, place: Place) -> Spot | None:
        if place.kind is Kind.ROAD:
            return self.world.crossroads.whole(self.world.roads[place.place_id])
        return None if place.point is None else Spot(place.point, SIZE_M[place.kind], 1.0, "")


def alone(hit: Hit, text: str) -> Guess | None:
    """The place of the only name in the text, on a shorter way: the commonest case. Else None."""
    place = hit.name.place
    if place.kind not in SIZE_M or place.point is None or said.heading(text, hit.start, hit.end):
        return None
    guess = Guess(
        place.place_id, place.name, place.kind, _how(hit), place.point, SIZE_M[place.kind],
        WORTH[place.kind] * _worth(hit), hit.start, hit.end, _heard(hit, text), (), place=place,
    )  # fmt: skip
    _turn(guess, text, hit.end, len(text))
    return guess


def _turn(guess: Guess, text: str, at: int, until: int) -> None:
    """Moves and widens a guess by what is told of its surroundings."""
    turn = said.shift(text, at, until)
    if turn is not None:
        if turn.bearing_deg is not None:
            guess.point = moved(guess.point, turn.bearing_deg, turn.metres)
        guess.uncertainty_m += turn.wider_m
        guess.end = max(guess.end, turn.end)
        guess.why.append(turn.why)


def _worth(hit: Hit) -> float:
    return hit.likeness * hit.name.worth


def _how(hit: Hit) -> How:
    if hit.likeness < 1:
        return How.SOUNDS_ALIKE
    return How.EXACT if hit.name.worth == 1 else How.ALIAS


def _heard(hit: Hit, text: str) -> list[str]:
    place, heard = hit.name.place, text[hit.start : hit.end]
    if hit.likeness < 1:
        return [f"{heard} sounds like {hit.name.text}"]
    return [] if hit.name.worth == 1 else [f"{heard} is a name of {place.name}"]
