"""The made-up city of the location benchmark, and that the benchmark gives its lines."""

from __future__ import annotations

from gateway.location.places import Gazetteer
from gateway.testing.bench.city import city, said
from gateway.testing.bench.location import location


def test_the_city_is_the_same_for_the_same_seed_and_no_name_stands_twice() -> None:
    one, other = city(1_000), city(1_000)
    assert [place.name for place in one.places] == [place.name for place in other.places]
    assert len({place.name for place in one.places}) == len(one.places) == 1_000


def test_every_caller_of_it_means_a_place_that_is_there() -> None:
    places = city(1_000)
    gazetteer = Gazetteer.of(places)
    for text, meant in said(places, 200):
        assert gazetteer.find(text)[0].place_id == meant, text


async def test_the_benchmark_gives_every_measure_with_its_peers() -> None:
    lines = {one.name: one async for one in location(places=2_000, seconds=0.05, say=lambda _: None)}
    assert list(lines) == ["location_addresses", "location_right", "location_index", "location_memory"]
    addresses = lines["location_addresses"]
    assert addresses.ours
    assert addresses.limit
    assert addresses.ours > 0
    assert addresses.ratio == addresses.ratio > 0  # NaN is no measure
    assert lines["location_right"].ours == 1.0
