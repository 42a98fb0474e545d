"""What was named and what may be meant by it: mentions and guesses, and what is told of one place alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.location.model import Point
from gateway.location.places import said
from gateway.location.places.model import How, Junction, Kind, Place, Road
from gateway.location.places.names import NEARLY_NAMED, Hit
from gateway.location.places.plane import moved
from gateway.location.places.roads import JUNCTION_M, Crossroads

WORTH = {
    Kind.ADDRESS: 0.92, Kind.JUNCTION: 0.92, Kind.POST: 0.92, Kind.POI: 0.82, Kind.COMMUNITY: 0.78,
    Kind.ROAD: 0.5, Kind.DIVISION: 0.25,
}  # fmt: skip
"""Score of a place of a kind that was said in its very words and is alone."""
SIZE_M = {Kind.POI: 60.0, Kind.COMMUNITY: 200.0, Kind.JUNCTION: JUNCTION_M, Kind.DIVISION: 5_000.0}
OTHER_SOUND = 0.7
"""What only sounds so is worth less where another place is called exactly so."""


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
    nearly: bool = False
    """Its road is only nearly called so: nothing that fits makes it believed."""
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
    for one, other in pairwise(made):
        if said.HOME.search(text[max(0, one.start - 6) : one.start]) and said.NOW.search(
            text[one.end : other.start]
        ):
            one.dropped = True
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


def alone(hit: Hit, text: str) -> Guess | None:
    """The place of the only name in the text, on a shorter way: the commonest case. Else None."""
    place = hit.name.place
    if place.kind not in SIZE_M or place.point is None or said.heading(text, hit.start, hit.end):
        return None
    guess = Guess(
        place.place_id, place.name, place.kind, how(hit), place.point, SIZE_M[place.kind],
        WORTH[place.kind] * worth(hit), hit.start, hit.end, heard(hit, text), (), place=place,
    )  # fmt: skip
    turn(guess, text, hit.end, len(text))
    return guess


def turn(guess: Guess, text: str, at: int, until: int) -> None:
    """Moves and widens a guess by what is told of its surroundings."""
    turn = said.shift(text, at, until)
    if turn is not None:
        if turn.bearing_deg is not None:
            guess.point = moved(guess.point, turn.bearing_deg, turn.metres)
        guess.uncertainty_m += turn.wider_m
        guess.end = max(guess.end, turn.end)
        guess.why.append(turn.why)


def worth(hit: Hit) -> float:
    return hit.likeness * hit.name.worth


def nearly(hit: Hit) -> bool:
    """Whether its name is not what was said, only nearly."""
    return hit.name.worth <= NEARLY_NAMED


def how(hit: Hit) -> How:
    if hit.likeness < 1:
        return How.SOUNDS_ALIKE
    if hit.name.worth == 1:
        return How.EXACT
    return How.NEAR_NAME if nearly(hit) else How.ALIAS


def heard(hit: Hit, text: str) -> list[str]:
    if hit.likeness == 1 == hit.name.worth:
        return []
    place, heard = hit.name.place, text[hit.start : hit.end]
    if hit.likeness < 1:
        return [f"{heard} sounds like {hit.name.text}"]
    return [f"{heard} is {'nearly' if nearly(hit) else 'a name of'} {place.name}"]
