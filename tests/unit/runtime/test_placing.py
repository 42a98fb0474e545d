"""The site's places: read beside the loop, read again when they change, asked about fixes and words."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.calls.effects import DescribePlace, LocateSpoken
from gateway.calls.model import CallSession
from gateway.calls.signals import LocationAnswered, SegmentTranscribed
from gateway.location.conflicts import conflicts
from gateway.location.model import Datum, Location, LocationSource
from gateway.location.places.plane import BEARINGS, bearing_word
from gateway.runtime.placing import LOOK_EVERY_S, PlacesState, Placing
from gateway.speech.model import Leg, TranscriptSegment

from .conftest import Bench
from .test_intake import ID, IDENTIFIED, QUEUED, SEIZED

CITY = Path(__file__).parents[3] / "conf/places"
"""The invented city that is shipped."""
SQUARE = (31.235063, 121.474252)
"""人民广场 in it."""


@dataclass
class House:
    bench: Bench
    folder: Path | None = CITY
    states: list[PlacesState] = field(default_factory=list)
    ready: int = 0

    def __post_init__(self) -> None:
        self.placing = Placing(
            folder=self.folder, store=self.bench.store, book=self.bench.intake.book, clock=self.bench.clock,
            on_state=self._told, on_ready=self._is_ready,
        )  # fmt: skip
        self.news = asyncio.Event()

    def _told(self, state: PlacesState) -> None:
        self.states.append(state)
        self.news.set()

    def _is_ready(self) -> None:
        self.ready += 1

    @property
    def session(self) -> CallSession:
        return self.bench.intake.book.get(("call", ID)).state  # type: ignore[union-attr]

    async def read(self) -> None:
        """Until the files have been looked at once."""
        watching = asyncio.create_task(self.placing.run())
        await self.next_state()
        watching.cancel()

    async def next_state(self) -> None:
        async with asyncio.timeout(30):
            await self.news.wait()
        self.news.clear()

    async def say(self, *texts: str, speaker: Leg = Leg.CALLER) -> None:
        for text in texts:
            index = len([row for row in self.bench.store.segment_rows.values() if row.speaker == speaker])
            segment = TranscriptSegment(
                index=index, speaker=speaker, started_ms=1000 * index, ended_ms=1000 * index + 900, text=text,
                model_id="m",
            )  # fmt: skip
            await self.bench.give(SegmentTranscribed(call_id=ID, at=self.bench.clock.now(), segment=segment))

    async def perform(self, kind: type[Any]) -> list[Any]:
        """What is owed of this kind, performed."""
        told: list[Any] = []
        for effect in [one for one in self.bench.intake.owed() if isinstance(one, kind)]:
            work = self.placing.describe if kind is DescribePlace else self.placing.locate_spoken
            told += list(await work(effect))  # type: ignore[arg-type]
        await self.bench.give(*told)
        return told

    def owes(self, kind: type[Any]) -> bool:
        return any(isinstance(one, kind) for one in self.bench.intake.owed())


@pytest.fixture
async def house(bench: Bench) -> House:
    await bench.give(SEIZED, IDENTIFIED, QUEUED)
    made = House(bench)
    await made.read()
    return made


def fix(latitude: float, longitude: float, datum: Datum = Datum.WGS_84) -> LocationAnswered:
    place = Location(
        location_id=f"PIDF-{latitude}", source=LocationSource.PIDF, obtained_at=SEIZED.at, latitude=latitude,
        longitude=longitude, datum=datum, uncertainty_m=20.0,
    )  # fmt: skip
    return LocationAnswered(call_id=ID, at=SEIZED.at, location=place)


async def test_a_fix_gets_its_district_its_beat_and_the_junctions_near_it(house: House) -> None:
    await house.bench.give(fix(*SQUARE))
    await house.perform(DescribePlace)
    described = house.session.locating.description
    assert described is not None
    assert described.district
    assert described.jurisdiction
    assert len(described.junctions) == 3
    assert not described.outside
    assert not house.owes(DescribePlace)


def registered(civic: tuple[tuple[str, str], ...]) -> LocationAnswered:
    place = Location(location_id="ALI-1", source=LocationSource.ALI, obtained_at=SEIZED.at, civic=civic)
    return LocationAnswered(call_id=ID, at=SEIZED.at, location=place)


async def test_an_address_without_a_position_gets_the_district_and_beat_of_the_house(house: House) -> None:
    await house.bench.give(registered((("RD", "中山路"), ("HNO", "136号"))))
    await house.perform(DescribePlace)
    described = house.session.locating.description
    assert described is not None
    assert "中山路136号" in (described.standard_address or "")
    assert described.jurisdiction


@pytest.mark.parametrize("road", ["没有这条路", "医院"])
async def test_an_address_that_names_no_place_or_several_stays_undescribed(house: House, road: str) -> None:
    await house.bench.give(registered((("RD", road),)))
    await house.perform(DescribePlace)
    described = house.session.locating.description
    assert described is not None
    assert (described.jurisdiction, described.outside) == (None, False)
    assert not house.owes(DescribePlace)


async def test_a_fix_outside_the_site_says_so(house: House) -> None:
    await house.bench.give(fix(22.5, 114.0))
    await house.perform(DescribePlace)
    described = house.session.locating.description
    assert described is not None
    assert described.outside


async def test_what_is_near_is_drawn_with_its_direction_from_the_caller(house: House) -> None:
    around = house.placing.around(fix(*SQUARE).location)
    assert around is not None
    for junction in around["junctions"]:
        straight = BEARINGS[bearing_word(SQUARE, tuple(junction["wgs84"]))]
        assert abs((junction["bearing"] - straight + 180) % 360 - 180) <= 45
        assert 0 <= junction["distance_m"] < 3000
    assert house.placing.around(Location(
        location_id="x", source=LocationSource.PIDF, obtained_at=SEIZED.at, address="somewhere"
    )) is None  # fmt: skip


async def test_words_that_name_a_place_become_a_fix_with_its_evidence(house: House) -> None:
    await house.say("喂你好", "我在建国路八十八号，有人打架")
    told = await house.perform(LocateSpoken)
    (spoken,) = [one.location for one in told if isinstance(one, LocationAnswered)]
    assert spoken.source is LocationSource.SPEECH
    assert "建国路88号" in spoken.address
    evidence = json.loads(spoken.raw)
    assert (evidence["segment_index"], evidence["quote"]) == (1, "建国路八十八号")
    start, end = evidence["span"]
    assert "我在建国路八十八号，有人打架"[start:end] == evidence["quote"]
    assert not house.owes(LocateSpoken)


async def test_a_place_told_in_two_sentences_is_one_place_and_told_again_the_same_fix(house: House) -> None:
    await house.say("在建国路", "八十八号")
    first = await house.perform(LocateSpoken)
    await house.say("就是建国路八十八号，快来")
    second = await house.perform(LocateSpoken)
    ids = {one.location.location_id for one in (*first, *second) if isinstance(one, LocationAnswered)}
    assert len(ids) == 1
    assert [one.location_id for one in house.session.locations] == list(ids)


async def test_building_unit_and_room_told_with_a_place_stand_in_its_address(house: House) -> None:
    await house.say("我家在阳光花园", "十二号楼三单元五零二室")
    told = await house.perform(LocateSpoken)
    (spoken,) = [one.location for one in told if isinstance(one, LocationAnswered)]
    assert spoken.address.endswith("阳光花园12号楼3单元502室")
    assert spoken.civic == (("BLD", "12号楼"), ("UNIT", "3单元"), ("ROOM", "502室"))


async def test_words_that_name_no_place_and_the_call_takers_words_give_none(house: House) -> None:
    await house.say("快点来啊，救命", "他手里有刀")
    await house.say("您是在建国路八十八号吗", speaker=Leg.CALL_TAKER)
    told = await house.perform(LocateSpoken)
    assert [one for one in told if isinstance(one, LocationAnswered)] == []
    assert not house.owes(LocateSpoken)


async def test_a_spoken_place_far_from_the_fix_contradicts_it(house: House) -> None:
    await house.bench.give(fix(31.18, 121.45))
    await house.say("我在建国路八十八号")
    await house.perform(LocateSpoken)
    found = conflicts(house.session.locations, at=house.bench.clock.now())
    assert [one.kind.value for one in found] == ["spoken"]


# ---- the files


async def test_a_site_without_places_owes_nothing_for_it(bench: Bench) -> None:
    await bench.give(SEIZED, IDENTIFIED, QUEUED, fix(*SQUARE))
    house = House(bench, folder=None)
    await house.say("我在建国路八十八号")
    await house.perform(DescribePlace)
    await house.perform(LocateSpoken)
    assert not house.owes(DescribePlace)
    assert not house.owes(LocateSpoken)


async def test_before_the_places_are_read_what_needs_them_stays_owed(bench: Bench) -> None:
    await bench.give(SEIZED, IDENTIFIED, QUEUED, fix(*SQUARE))
    house = House(bench)
    assert await house.perform(DescribePlace) == []
    assert house.owes(DescribePlace)
    await house.read()
    assert house.ready == 1
    await house.perform(DescribePlace)
    assert not house.owes(DescribePlace)


async def test_a_broken_set_is_told_with_its_place_and_the_call_goes_on(bench: Bench, tmp_path: Path) -> None:
    await bench.give(SEIZED, IDENTIFIED, QUEUED, fix(*SQUARE))
    folder = tmp_path / "places"
    shutil.copytree(CITY, folder)
    (folder / "pois.csv").write_text(
        "# datum: WGS-84\nid,name,category,lat,lon,road,number\na,b,c,95,121,,\n"
    )
    house = House(bench, folder=folder)
    await house.read()
    assert not house.states[-1].loaded
    assert "pois.csv" in (house.states[-1].fault or "")
    await house.perform(DescribePlace)
    assert not house.owes(DescribePlace)


async def test_a_set_that_breaks_later_leaves_the_one_before_in_use(bench: Bench, tmp_path: Path) -> None:
    await bench.give(SEIZED, IDENTIFIED, QUEUED)
    folder = tmp_path / "places"
    shutil.copytree(CITY, folder)
    house = House(bench, folder=folder)
    watching = asyncio.create_task(house.placing.run())
    await house.next_state()
    (folder / "roads.csv").write_text("nonsense")
    await bench.clock.advance(LOOK_EVERY_S)
    await house.next_state()
    watching.cancel()
    assert (house.states[0].fault, house.states[1].loaded) == (None, True)
    assert "roads.csv" in (house.states[1].fault or "")
    await house.say("我在建国路八十八号")
    assert any(isinstance(one, LocationAnswered) for one in await house.perform(LocateSpoken))


async def test_a_beat_whose_border_crosses_itself_is_left_out_and_told(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "places"
    shutil.copytree(CITY, folder)
    told = json.loads((folder / "stations.geojson").read_text())
    ring = told["features"][0]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    (folder / "stations.geojson").write_text(json.dumps(told))
    house = House(bench, folder)
    await house.read()
    state = house.states[-1]
    assert (state.loaded, state.fault, len(state.left_out)) == (True, None, 1)
    assert "stations.geojson, feature 1" in state.left_out[0]


async def test_a_missing_folder_is_told(bench: Bench, tmp_path: Path) -> None:
    house = House(bench, folder=tmp_path / "nowhere")
    await house.read()
    assert not house.states[-1].loaded
    assert house.states[-1].fault
