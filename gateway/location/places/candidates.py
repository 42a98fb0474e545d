"""From names that were heard to places that may be meant: roads with numbers, kilometres and other roads
combined, moved and widened by what is told of them.

A house number, a junction or a kilometre says more than a building, a building more than a road, a road more
than a district. `ranking` weighs them against one another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.location.places import roads as spots
from gateway.location.places import said
from gateway.location.places.guess import (
    SIZE_M,
    WORTH,
    Guess,
    Mention,
    World,
    heard,
    how,
    nearly,
    turn,
    worth,
)
from gateway.location.places.model import How, Kind, Place, Road
from gateway.location.places.names import Hit
from gateway.location.places.plane import distance_m, moved
from gateway.location.places.roads import JUNCTION_M, Spot
from gateway.location.places.said import Door

CORNER_M = 20.0
"""From the middle of a junction to its corner."""
TAKEN_BACK = 0.35
"""What is left of a place that the caller took back."""
ABOUT = 0.8
"""What 四百多号 leaves of the score; each number that may be meant widens the place by NUMBER_M."""
NUMBER_M = 5.0
LOOSE_M = 150.0
"""On one road and close to another is not at the junction itself."""
ROAD_GAP = 12
"""Characters between two roads that may still be a junction."""
MAX_AMID_M = 3_000.0
"""Half of the way between two places; farther apart, between them is nowhere."""
_SPOTS = frozenset({Kind.POI, Kind.COMMUNITY, Kind.JUNCTION})
MAX_COMBINED = 64
"""Combinations of places of the same names that are tried for one group of words."""


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
        for index in range(len(self.mentions) - 1):
            if not taken.intersection((index, index + 1)):
                taken |= self._amid(index)
        for index, mention in enumerate(self.mentions):
            if index not in taken:
                self._plain(index, mention)
        return self.guesses

    def _amid(self, index: int) -> set[int]:
        """三中和人民公园之间: the middle of two places, and as wide as they are apart."""
        one, other = self.mentions[index], self.mentions[index + 1]
        amid = said.AMID.match(self.text, other.end)
        if amid is None or not said.AND.fullmatch(self.text, one.end, other.start):
            return set()
        pair = [(a, b) for a in one.hits for b in other.hits][:MAX_COMBINED]
        for a, b in pair:
            here, there = a.name.place, b.name.place
            if here.point is None or there.point is None or not {here.kind, there.kind} <= _SPOTS:
                continue
            middle = (here.point[0] + there.point[0]) / 2, (here.point[1] + there.point[1]) / 2
            wide = distance_m(here.point, there.point) / 2 + SIZE_M[here.kind]
            made = Guess(
                f"{here.place_id}..{there.place_id}", f"{here.name}与{there.name}之间", Kind.POI, How.BETWEEN,
                middle, wide, min(WORTH[here.kind] * worth(a), WORTH[there.kind] * worth(b)), one.start,
                amid.end(), [*heard(a, self.text), *heard(b, self.text), amid[0]], (one, other),
            )  # fmt: skip
            if wide <= MAX_AMID_M:
                self._add(made, amid.end(), self._until(index + 1))
        return {index, index + 1} if self.guesses and self.guesses[-1].how is How.BETWEEN else set()

    def _until(self, index: int) -> int:
        return self.mentions[index + 1].start if index + 1 < len(self.mentions) else len(self.text)

    def _until_past_divisions(self, index: int) -> int:
        """石鼓往云渡方向 between a motorway and its kilometre is no place of its own."""
        after = (one.start for one in self.mentions[index + 1 :] if one.kind is not Kind.DIVISION)
        return next(after, len(self.text))

    def _add(self, guess: Guess, at: int, until: int) -> None:
        """With what is told of its surroundings: moved, widened."""
        turn(guess, self.text, at, until)
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
        numbered = said.house_number(text, mention.end) or said.number_before(
            text, mention.start, mention.end
        )
        for hit in roads:
            road = self.world.roads[hit.name.place.place_id]
            if numbered is not None:
                self._number(index, hit, road, numbered)
                used.add(index)
                continue
            post = said.post(self.text, mention.end, self._until_past_divisions(index))
            spot = spots.at_post(road, post.km) if post else None
            if post is not None and spot is not None:
                self._add(self._posted(mention, hit, spot, post), post.end, until)
                used.add(index)
            elif post is not None:
                self._plain(index, mention, only=hit, why=f"kilometre {post.km:g} is not known on it")
                used.add(index)
        if numbered is None:
            used |= self._junctions(index, mention)
        return used

    def _number(self, index: int, hit: Hit, road: Road, door: Door) -> None:
        mention, number, told, wider = self.mentions[index], door.number, door.number, 0
        if door.about:
            number, told, wider = str(int(number) + door.about // 2), f"{told}多", door.about
        elif door.upto:
            wider = int(door.upto) - int(number)
            number, told = str(int(number) + wider // 4 * 2), f"{told}至{door.upto}"
        spot = spots.numbered(road, number)
        if spot is None:
            self._plain(index, mention, only=hit, why=f"number {number} is not known on it")
            return
        name = f"{road.name}{told}号"
        score = WORTH[Kind.ADDRESS] * spot.sure * worth(hit) * (ABOUT if door.about else 1.0)
        why = [*heard(hit, self.text), spot.why]
        guess = Guess(
            f"{road.road_id}#{number}", name, Kind.ADDRESS, How.NUMBER, spot.point,
            spot.uncertainty_m + wider * NUMBER_M, score, min(mention.start, door.begin), door.end, why,
            (mention,), (road.road_id,), number, hit.name.place, nearly=nearly(hit),
        )  # fmt: skip
        self._add(guess, door.end, self._until(index))

    def _posted(self, mention: Mention, hit: Hit, spot: Spot, post: said.Post) -> Guess:
        road, km, end = hit.name.place, post.km, post.end
        told = f"K{int(km)}+{round(km % 1 * 1000):03}"
        return Guess(
            f"{road.place_id}#{told}", f"{road.name}{told}", Kind.POST, How.POST, spot.point,
            spot.uncertainty_m + post.half * 1_000, WORTH[Kind.POST] * spot.sure * worth(hit),
            mention.start, end, [*heard(hit, self.text), spot.why], (mention,), (road.place_id,), place=road,
            nearly=nearly(hit),
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
                why = [*heard(one, self.text), *heard(two, self.text), f"{a.name} meets {b.name}"]
                if len(meets) > 1:
                    why.append(f"the two meet {len(meets)} times")
                point = junction.point
                if corner is not None:
                    point = moved(point, corner[1], CORNER_M)
                    why.append(f"its corner {corner[0]}")
                name = junction.name or f"{a.name}与{b.name}交叉口"
                score = WORTH[Kind.JUNCTION] * min(worth(one), worth(two))
                made.append(
                    Guess(
                        junction.junction_id, name, Kind.JUNCTION, How.JUNCTION, point, JUNCTION_M, score,
                        mention.start, max(end, corner[2] if corner else 0), why, (mention, other),
                        (a.place_id, b.place_id), junction=junction, nearly=nearly(one) or nearly(two),
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
                place.place_id, place.name, place.kind, how(hit), spot.point, spot.uncertainty_m,
                WORTH[place.kind] * worth(hit), mention.start, mention.end, heard(hit, self.text),
                (mention,), (place.place_id,) if place.kind is Kind.ROAD else (), place=place,
                nearly=nearly(hit),
            )  # fmt: skip
            guess.why += [why] if why else []
            self._add(guess, mention.end, until)

    def _spot(self, place: Place) -> Spot | None:
        if place.kind is Kind.ROAD:
            return self.world.crossroads.whole(self.world.roads[place.place_id])
        return None if place.point is None else Spot(place.point, SIZE_M[place.kind], 1.0, "")
