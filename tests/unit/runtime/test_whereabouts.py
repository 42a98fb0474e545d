"""Places put together: who performs what, what runs for ever, and how the health page speaks of it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from gateway.calls.effects import DescribePlace, LocateSpoken, QueryLocation
from gateway.runtime.health import Fault, Health, Service
from gateway.runtime.hub import Hub
from gateway.runtime.placing import PlacesState
from gateway.runtime.whereabouts import FAULTS_SHOWN_S, MAP_LOOK_EVERY_S, PlaceSources, Whereabouts
from gateway.testing.memory_bodies import MemoryBodies

from .conftest import Bench
from .test_intake import IDENTIFIED, SEIZED
from .test_locating import Source

UNIT = {"id": "1", "name": "巡 1", "lat": 31.2, "lon": 121.4, "datum": "WGS-84"}


@dataclass
class House:
    bench: Bench
    sources: PlaceSources
    owed: int = 0
    news: list[Service] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.health, self.hub = Health(self.bench.clock), Hub()
        self.health.on_change = self.news.append
        self.whereabouts = Whereabouts(
            self.sources, intake=self.bench.intake, store=self.bench.store, hub=self.hub, health=self.health,
            clock=self.bench.clock, owe=self._owe,
        )  # fmt: skip

    def _owe(self) -> None:
        self.owed += 1

    def state(self, name: str) -> tuple[str, str]:
        service = self.health.get(name)
        assert service is not None
        return service.state.value, service.fault.fault_en if service.fault else ""


@pytest.fixture
def house(bench: Bench) -> House:
    return House(bench, PlaceSources(locators=[Source("carrier")], bodies=MemoryBodies(), places=Path("x")))


def test_every_effect_of_places_is_performed(house: House) -> None:
    assert set(house.whereabouts.handlers) == {QueryLocation, LocateSpoken, DescribePlace}
    assert set(house.whereabouts.parts) == {"location refresh", "places", "location bodies"}


def test_a_source_that_fails_is_told_with_its_reason_until_it_answers_again(house: House) -> None:
    assert house.state("location:carrier") == ("up", "")
    house.whereabouts.locating._on_source("carrier", "no answer within 8 s")
    assert house.state("location:carrier") == ("degraded", "no answer within 8 s")
    house.whereabouts.locating._on_source("carrier", None)
    assert house.state("location:carrier") == ("up", "")
    service = house.health.get("location:carrier")
    assert service is not None
    assert service.figures == {"asked": 2, "failed": 1}


def test_areas_that_are_left_out_are_told_while_the_rest_is_in_use(house: House) -> None:
    left_out = ("stations.geojson, feature 3 (s3): its border crosses itself",)
    house.whereabouts.placing.on_state(PlacesState(loaded=True, city="样例市", places=363, left_out=left_out))
    assert house.state("places") == (
        "degraded",
        "1 areas are not used, the rest is: stations.geojson, feature 3 (s3): its border crosses itself",
    )


def test_messages_that_were_dropped_are_told(house: House) -> None:
    house.whereabouts.look()
    assert house.state("location bodies") == ("up", "")
    house.whereabouts.dropped = lambda: 7
    house.whereabouts.look()
    assert house.state("location bodies")[0] == "degraded"


@pytest.mark.parametrize(
    ("loaded", "words"), [(True, "the version before stays in use"), (False, "no place is found by name")]
)
def test_broken_places_degrade_and_say_what_still_works(house: House, loaded: bool, words: str) -> None:
    house.whereabouts.placing.on_state(
        PlacesState(loaded=loaded, fault="pois.csv, line 3: no such road\nmore")
    )
    state, fault = house.state("places")
    assert state == "degraded"
    assert "pois.csv, line 3" in fault
    assert words in fault
    house.whereabouts.placing.on_state(PlacesState(loaded=True, city="样例市", places=363))
    assert house.state("places") == ("up", "")


async def test_a_bad_marker_is_spoken_of_for_a_while(house: House) -> None:
    house.whereabouts.look()
    assert house.health.get("map markers") is None
    house.whereabouts.markers.told("units", json.dumps([UNIT, {**UNIT, "datum": None}]).encode())
    house.whereabouts.look()
    state, fault = house.state("map markers")
    assert (state, "datum" in fault) == ("degraded", True)
    await house.bench.clock.advance(FAULTS_SHOWN_S + 1)
    house.whereabouts.look()
    assert house.state("map markers") == ("up", "")


async def test_a_call_whose_number_is_committed_takes_what_waits_for_it(house: House) -> None:
    receiving = house.whereabouts.receiving
    assert receiving is not None
    body = b'A"ML=1;lt=+31.23040;lg=+121.47370;rd=18;top=20260105075950;lc=90;pm=G;ml=76'
    await receiving.take_aml(body, number=IDENTIFIED.ani, route="mqtt")
    house.bench.intake.on_committed = lambda changes, commit: house.whereabouts.committed(changes)
    await house.bench.give(SEIZED, replace(IDENTIFIED))
    while not house.bench.intake.lanes.waiting:
        await house.bench.clock.settle()
    await house.bench.intake.drain()
    session = next(iter(house.bench.intake.book.of_kind("call").values())).state
    assert [fix.source.value for fix in session.locations] == ["AML"]
    await house.whereabouts.close()


async def test_a_site_with_nothing_configured_asks_nobody_and_stands(bench: Bench) -> None:
    house = House(bench, PlaceSources())
    house.whereabouts.committed(())
    house.whereabouts.recover(())
    house.whereabouts.look()
    assert house.health.services == ()
    await house.whereabouts.close()


async def test_a_map_that_pages_cannot_draw_is_told_until_it_is_mended(bench: Bench) -> None:
    cut = Fault(fault_zh="瓦片文件不完整", fault_en="cut short", cure_zh="重新拷贝", cure_en="copy it again")
    faults, looked = [cut], asyncio.Event()
    house = House(bench, PlaceSources(map_faults=lambda: list(faults)))
    house.health.on_change = lambda service: looked.set()
    watching = asyncio.create_task(house.whereabouts.parts["map files"]())
    await asyncio.wait_for(looked.wait(), 20)
    assert house.state("map") == ("degraded", "cut short")
    faults.clear()
    looked.clear()
    await bench.clock.advance(MAP_LOOK_EVERY_S)
    await asyncio.wait_for(looked.wait(), 20)
    assert house.state("map") == ("up", "")
    watching.cancel()


def test_a_site_without_a_map_has_none_to_look_at(house: House) -> None:
    assert "map files" not in house.whereabouts.parts
    assert house.health.get("map") is None
