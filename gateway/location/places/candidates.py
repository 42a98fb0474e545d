"""From names that were heard to places that may be meant: combined, weighed against one another, ranked.

A house number, a junction or a kilometre says more than a building, a building more than a road, a road more
than a district. What else was named nearby speaks for a place, what was named far away against it. What
stays in doubt stays several candidates.
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

WORTH = {
    Kind.ADDRESS: 0.92, Kind.JUNCTION: 0.92, Kind.POST: 0.92, Kind.POI: 0.82, Kind.COMMUNITY: 0.78,
    Kind.ROAD: 0.5, Kind.DIVISION: 0.25,
}  # fmt: skip
"""Score of a place of a kind that was said in its very words and is alone."""
SIZE_M = {Kind.POI: 60.0, Kind.COMMUNITY: 200.0, Kind.JUNCTION: JUNCTION_M, Kind.DIVISION: 5_000.0}
CORNER_M = 20.0
"""From the middle of a junction to its corner."""
NEAR_M = {Kind.ROAD: 400.0, Kind.POI: 800.0, Kind.COMMUNITY: 1_000.0, Kind.JUNCTION: 500.0}
"""Named within so many metres, another place speaks for a candidate …"""
FAR_M = {Kind.ROAD: 2_500.0, Kind.POI: 4_000.0, Kind.COMMUNITY: 4_000.0, Kind.JUNCTION: 3_000.0}
"""… and beyond that against it."""
FOR, AGAINST = 0.35, 0.7
"""How much of the doubt a witness takes away; what one against it leaves of the score."""
TAKEN_BACK = 0.35
"""What is left of a place that the caller took back."""
ROAD_GAP = 12
"""Characters between two roads that may still be a junction."""
MAX_COMBINED = 64
"""Combinations of places of the same names that are tried for one group of words."""
LEAST = 0.12
"""A lower score is not shown."""


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
        turn = said.shift(self.text, at, until)
        if turn is not None:
            if turn.bearing_deg is not None:
                guess.point = moved(guess.point, turn.bearing_deg, turn.metres)
            guess.uncertainty_m += turn.wider_m
            guess.end = max(guess.end, turn.end)
            guess.why.append(turn.why)
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
        numbered = said.house_number(self.text[: max(until, mention.end)], mention.end)
        for hit in roads:
            road = self.world.roads[hit.name.place.place_id]
            if numbered is not None:
                self._number(index, hit, road, *numbered)
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

    def _number(self, index: int, hit: Hit, road: Road, number: str, end: int) -> None:
        mention = self.mentions[index]
        spot = spots.numbered(road, number)
        if spot is not None:
            self._add(self._numbered(mention, hit, spot, number, end), end, self._until(index))
        else:
            self._plain(index, mention, only=hit, why=f"number {number} is not known on it")

    def _numbered(self, mention: Mention, hit: Hit, spot: Spot, number: str, end: int) -> Guess:
        road = hit.name.place
        return Guess(
            f"{road.place_id}#{number}", f"{road.name}{number}号", Kind.ADDRESS, How.NUMBER, spot.point,
            spot.uncertainty_m, WORTH[Kind.ADDRESS] * spot.sure * _worth(hit), mention.start, end,
            [*_heard(hit, self.text), spot.why], (mention,), (road.place_id,), number, road,
        )  # fmt: skip

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
            for guess in found:
                if not crossing:
                    guess.score *= 0.9
                self._add(guess, guess.end, self._until(further))
            if found:
                return {index, further}
        return set()

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
            return spots.whole(self.world.roads[place.place_id])
        return None if place.point is None else Spot(place.point, SIZE_M[place.kind], 1.0, "")


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


def weigh(guesses: Sequence[Guess], all_mentions: Sequence[Mention], world: World) -> None:
    """What else was named speaks for or against each."""
    for guess in guesses:
        for mention in () if any(used.dropped for used in guess.uses) else all_mentions:
            if mention.dropped or any(mention is used for used in guess.uses):
                continue
            near = _speaks(guess, mention, world)
            if near is True:
                guess.score += (1 - guess.score) * FOR
                guess.fitting = (*guess.fitting, mention)
                guess.why.append(f"{mention.hits[0].name.place.name} fits")
            elif near is False:
                guess.score *= AGAINST
                guess.why.append(f"{mention.hits[0].name.place.name} does not fit")


def _speaks(guess: Guess, mention: Mention, world: World) -> bool | None:
    """Whether a mention fits to a guess; None when it says nothing. The best of its places counts."""
    said_so: list[bool] = []
    for hit in mention.hits:
        place = hit.name.place
        if place.kind is Kind.DIVISION:
            fits = world.within(guess.point, place)
            if fits is None and guess.place is not None:
                fits = world.under(guess.place, place)
        elif place.kind is Kind.ROAD:
            if guess.kind is Kind.DIVISION:
                continue
            road = world.roads[place.place_id]
            away = 0.0 if place.place_id in guess.roads else spots.away_m(road, guess.point)
            fits = _near(away, place.kind, guess.uncertainty_m)
        else:
            away = None if place.point is None else distance_m(place.point, guess.point)
            fits = _near(away, place.kind, guess.uncertainty_m)
        if fits is not None:
            said_so.append(fits)
    if not said_so:
        return None
    return any(said_so)


def _near(away: float | None, kind: Kind, unsure_m: float) -> bool | None:
    if away is None:
        return None
    unsure_m = min(unsure_m, 3_000.0)
    if away <= NEAR_M[kind] + unsure_m:
        return True
    return False if away > FAR_M[kind] + unsure_m else None


def ranked(guesses: Sequence[Guess], near: Point | None) -> list[Guess]:
    """The best first, each place once; what is only the wider frame of a better one is left out; places
    between which nothing decides share the doubt.
    """
    if near is not None:
        for guess in guesses:
            guess.score *= 1 - 0.2 * min(1.0, distance_m(near, guess.point) / 10_000)
    if len(guesses) == 1 and guesses[0].score >= LEAST:
        return list(guesses)
    kept: list[Guess] = []
    for guess in sorted(guesses, key=lambda one: -one.score):
        if guess.score >= LEAST and not any(_covers(better, guess) for better in kept):
            kept.append(guess)
    return _doubted(kept)


def _covers(better: Guess, guess: Guess) -> bool:
    """Whether a guess says nothing that a better one does not say more exactly."""
    if better.place_id == guess.place_id:
        return True
    if guess.kind is Kind.DIVISION:
        return better.kind is not Kind.DIVISION
    if better.uses == guess.uses or WORTH[guess.kind] > WORTH[better.kind]:
        return False
    return all(any(used is one for one in (*better.uses, *better.fitting)) for used in guess.uses)


def _doubted(kept: list[Guess]) -> list[Guess]:
    """Several places of one name that nothing tells apart: none of them is sure."""
    groups: dict[tuple[int, ...], list[Guess]] = {}
    for guess in kept:
        groups.setdefault(tuple(id(used) for used in guess.uses), []).append(guess)
    for alike in groups.values():
        close = [guess for guess in alike if guess.score > alike[0].score * 0.93]
        if len(close) > 1:
            for guess in close:
                guess.score *= max(0.5, 0.9 - 0.1 * len(close))
                guess.why.append(f"{len(close)} places are called so")
    return sorted(kept, key=lambda one: -one.score)
