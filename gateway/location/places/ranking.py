"""Places that may be meant, weighed against one another and put in order.

What else was named nearby speaks for a place, what was named far away against it. What stays in doubt stays
several candidates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gateway.location.model import Point
from gateway.location.places import roads as spots
from gateway.location.places.guess import WORTH, Guess, Mention, World
from gateway.location.places.model import Kind, Road
from gateway.location.places.plane import distance_m

NEAR_M = {Kind.ROAD: 400.0, Kind.POI: 800.0, Kind.COMMUNITY: 1_000.0, Kind.JUNCTION: 500.0}
"""Named within so many metres, another place speaks for a candidate …"""
FAR_M = {Kind.ROAD: 2_500.0, Kind.POI: 4_000.0, Kind.COMMUNITY: 4_000.0, Kind.JUNCTION: 3_000.0}
"""… and beyond that against it."""
FOR, AGAINST = 0.35, 0.7
"""How much of the doubt a witness takes away; what one against it leaves of the score."""
ROADS_APART_M = 400.0
"""Two roads may be so much farther apart, for a road is long."""
OF_REACH = 4
"""Characters between a place and what lies there: 旁边的, 那家."""
_FRAMES = (Kind.JUNCTION, Kind.ADDRESS, Kind.POI, Kind.COMMUNITY)
_OF = re.compile("(?:的|那个|那家|这家)$")
LEAST = 0.12
"""A lower score is not shown."""


def weigh(guesses: Sequence[Guess], all_mentions: Sequence[Mention], world: World) -> None:
    """What else was named speaks for or against each."""
    for guess in guesses:
        for mention in () if any(used.dropped for used in guess.uses) else all_mentions:
            if mention.dropped or any(mention is used for used in guess.uses):
                continue
            near = _speaks(guess, mention, world)
            if near is True and not guess.nearly:
                guess.score += (1 - guess.score) * FOR
                guess.fitting = (*guess.fitting, mention)
                guess.why.append(f"{mention.hits[0].name.place.name} fits")
            elif near is False:
                guess.score *= AGAINST
                guess.why.append(f"{mention.hits[0].name.place.name} does not fit")


def headed(guesses: Sequence[Guess], text: str) -> None:
    """中山路人民路东北角的百姓大药房: what stands behind 的 is what is meant, where it lies there."""
    for guess in guesses:
        if guess.kind not in (Kind.POI, Kind.COMMUNITY) or not _OF.search(text[: guess.start]):
            continue
        for frame in guesses:
            told = frame.kind in _FRAMES and 0 <= guess.start - frame.end <= OF_REACH
            near = distance_m(frame.point, guess.point) <= NEAR_M[Kind.JUNCTION] + frame.uncertainty_m
            if told and near and guess.score < frame.score and not any(used.dropped for used in guess.uses):
                guess.score = min(1.0, frame.score + 0.01)
                guess.why.append(f"at {frame.name}")


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
            fits = _beside(guess, world.roads[place.place_id], world)
        else:
            away = None if place.point is None else distance_m(place.point, guess.point)
            fits = _near(away, place.kind, guess.uncertainty_m)
        if fits is not None:
            said_so.append(fits)
    if not said_so:
        return None
    return any(said_so)


def _beside(guess: Guess, road: Road, world: World) -> bool | None:
    """Whether a guess lies at a road; of two roads, how near they come to each other."""
    if road.road_id in guess.roads:
        return True
    if guess.kind is Kind.ROAD and guess.place_id in world.roads:
        away = spots.apart_m(world.roads[guess.place_id], road)
        return _near(away, Kind.ROAD, ROADS_APART_M)
    return _near(spots.away_m(road, guess.point), Kind.ROAD, guess.uncertainty_m)


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
    for guess in sorted(guesses, key=lambda one: (-one.score, one.uncertainty_m)):
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
