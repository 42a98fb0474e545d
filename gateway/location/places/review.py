"""A set looked over: how much it holds, and what looks odd though it can be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from statistics import median

from gateway.location.places.model import Kind, PlaceSet
from gateway.location.places.plane import Areas, distance_m

FAR_KM = 300.0
"""Farther than this from the middle of all places is odd, even in a large prefecture."""
MAX_REMARKS = 50
_LOOKED_AT = 20_000
"""Places whose district and beat are looked up for remarks; more would only say the same."""


def counts(places: PlaceSet) -> dict[str, int]:
    """How many of each."""
    kinds = Counter(place.kind for place in places.places)
    return {
        "divisions": kinds[Kind.DIVISION],
        "roads": kinds[Kind.ROAD],
        "junctions": len(places.junctions),
        "communities": kinds[Kind.COMMUNITY],
        "pois": kinds[Kind.POI],
        "aliases": len(places.aliases),
        "house numbers": sum(len(road.numbers) for road in places.roads.values()),
        "kilometre posts": sum(len(road.posts) for road in places.roads.values()),
        "division areas": len(places.division_areas),
        "station areas": len(places.station_areas),
    }


def remarks(places: PlaceSet) -> list[str]:
    """What a person should look at, at most MAX_REMARKS."""
    return list(islice(_remarks(places), MAX_REMARKS))


def _remarks(places: PlaceSet) -> Iterator[str]:
    for fault in places.set_aside:
        yield f"left out: {fault}"
    if not places.city:
        yield "places.toml names no city: addresses begin with the district"
    for road in places.roads.values():
        if not (road.lines or road.numbers or road.posts):
            yield f"road {road.road_id} ({road.name}) has no line, no number and no post: it has no place"
    placed = [(place, place.point) for place in places.places if place.point is not None]
    if not placed:
        return
    centre = (median(point[0] for _, point in placed), median(point[1] for _, point in placed))
    for place, point in placed:
        away = distance_m(centre, point) / 1000
        if away > FAR_KM:
            yield f"{place.place_id} ({place.name}) is {away:.0f} km from the rest: is its coordinate right?"
    yield from _ownerless(places)


def _ownerless(places: PlaceSet) -> Iterator[str]:
    for what, areas in (("district", places.division_areas), ("police station", places.station_areas)):
        if not areas:
            yield f"no areas of a {what}: nobody is told whose a point is"
            continue
        owners = Areas.of(areas)
        for place in islice(places.places, _LOOKED_AT):
            if place.point is None or place.kind is Kind.DIVISION:
                continue
            if not owners.owner(place.point):
                yield f"{place.place_id} ({place.name}) lies in the area of no {what}"
            elif areas is places.station_areas and len(holders := owners.holders(place.point)) > 1:
                both = " and ".join(sorted(area.area_id for area in holders)[:2])
                yield f"{place.place_id} ({place.name}) lies in two beats, {both}: the first is told"
