"""A source's answer for its test line: known or not, slow, unreadable, in the wrong frame, elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gateway.checks import location as checks
from gateway.checks import testline
from gateway.checks.line import Line
from gateway.clock import SystemClock
from gateway.location.datum import convert
from gateway.location.locator import Asked
from gateway.location.model import (
    Additional,
    BodyFault,
    BodyReading,
    Datum,
    Extent,
    LocationSource,
    Point,
    Shape,
    Stated,
)
from gateway.location.places import Gazetteer, load
from gateway.testing.clock import ManualClock
from gateway.testing.fake_ali import EXAMPLE, FakeAli

from .conftest import configured, told

PLACES = Path(__file__).parents[3] / "conf/places"
ADDRESS = "中山路10号"
THERE = (31.230327, 121.419915)
"""Where the shipped places have that house, in WGS-84."""


@cache
def ground() -> Gazetteer:
    return load(PLACES)


@dataclass
class Source:
    reading: BodyReading
    clock: ManualClock
    takes_s: float = 0.0
    name: str = "fixed"
    source: LocationSource = LocationSource.ALI
    datum: Datum | None = None

    def concerns(self, asked: Asked) -> bool:
        return True

    async def locate(self, asked: Asked) -> BodyReading:
        await self.clock.advance(self.takes_s)
        return self.reading

    async def close(self) -> None:
        return None


def at(point: Point, datum: Datum | None, address: str | None = ADDRESS) -> BodyReading:
    place = Stated(
        shape=Shape.CIRCLE, latitude=point[0], longitude=point[1], datum=datum, address=address,
        extent=Extent(shape=Shape.CIRCLE, outer_m=20.0),
    )  # fmt: skip
    return BodyReading(kind="ali", locations=(place,))


async def lines(reading: BodyReading, places: Gazetteer | None = None, **more: Any) -> dict[str, Line]:
    clock = ManualClock()
    found = await testline.asked("x", Source(reading, clock, **more), "02161234567", clock, places)
    return {line.name: line for line in found}


async def test_an_answer_that_can_be_used_is_shown_as_it_would_stand_on_the_card() -> None:
    found = await lines(at(THERE, Datum.WGS_84), ground())
    assert {name: line.state for name, line in found.items()} == {"x": "ok"}
    assert "31.23033,121.41992 WGS-84 ± 20 m 中山路10号" in found["x"].en


@pytest.mark.parametrize(
    ("reading", "state", "part"),
    [
        (BodyReading(kind="ali"), "warn", "does not know the test line"),
        (
            BodyReading(kind="ali", faults=(BodyFault(what="latitude 95", where="26"),)),
            "fail",
            "26: latitude 95",
        ),
        (at(THERE, None), "fail", "coordinates without a datum"),
        (
            BodyReading(kind="ali", additional=(Additional(block="x", fields=(("a", "b"),)),)),
            "ok",
            "no place",
        ),
    ],
)
async def test_what_is_missing_or_cannot_be_read_is_told_with_its_cure(
    reading: BodyReading, state: str, part: str
) -> None:
    line = (await lines(reading))["x"]
    assert (line.state, part in line.en) == (state, True), line.en
    assert line.state == "ok" or (line.cure_en and line.cure_zh)


async def test_a_slow_answer_is_told_beside_it() -> None:
    found = await lines(at(THERE, Datum.WGS_84), takes_s=3.2)
    assert (found["x"].state, found["x.time"].state) == ("ok", "warn")
    assert "after 3.2 s" in found["x.time"].en


@pytest.mark.parametrize(("really", "tagged"), [(Datum.GCJ_02, Datum.WGS_84), (Datum.WGS_84, Datum.GCJ_02)])
async def test_a_wrong_datum_is_seen_by_the_address_of_the_same_answer(really: Datum, tagged: Datum) -> None:
    told_of = at(convert(THERE, Datum.WGS_84, really), tagged)
    line = (await lines(told_of, ground()))["x.datum"]
    assert line.state == "fail"
    assert f"as {tagged}, and do as {really}" in line.en


async def test_a_place_outside_of_the_sites_ground_is_doubted() -> None:
    found = await lines(at((39.9, 116.4), Datum.WGS_84, None), ground())
    assert (found["x.place"].state, "outside the site's ground" in found["x.place"].en) == ("warn", True)


# ---- through the check itself


async def tried(folder: Path, fake: FakeAli, **more: Any) -> dict[str, Line]:
    one = {
        "name": "fixed", "host": "127.0.0.1", "port": fake.port, "connect_within_s": 0.5, "within_s": 0.5,
        "check_number": "02161234567", **more,
    }  # fmt: skip
    return await told(checks.sources(configured(folder, location={"ali": [one]}), SystemClock()))


async def test_the_check_asks_for_the_test_line_alone(tmp_path: Path) -> None:
    fake = FakeAli({"02161234567": EXAMPLE})
    await fake.start()
    found = await tried(tmp_path, fake)
    assert found["location.fixed"].state == "ok", found
    assert "建国路88号" in found["location.fixed"].en
    assert fake.asked == ["02161234567"]
    await fake.stop()


@pytest.mark.parametrize(
    ("more", "part"),
    [
        ({"frame_start": "<", "frame_end": ">"}, "bytes came that make no record: compare frame_start"),
        ({"query": "{number:<16}\r"}, "no answer within 0.5 s"),
    ],
)
async def test_a_wrong_layout_is_told_by_what_does_not_fit(
    tmp_path: Path, more: dict[str, Any], part: str
) -> None:
    fake = FakeAli({"02161234567": EXAMPLE})
    await fake.start()
    line = (await tried(tmp_path, fake, **more))["location.fixed"]
    assert (line.state, part in line.en) == ("fail", True), line.en
    await fake.stop()


async def test_an_answer_about_another_number_hints_at_the_layout(tmp_path: Path) -> None:
    fake = FakeAli({"02161234567": EXAMPLE})
    fake.answer = lambda number, sequence: fake.answer_of("02199999999", sequence)
    await fake.start()
    line = (await tried(tmp_path, fake))["location.fixed"]
    assert (line.state, "answer no question: compare the layout's fields number" in line.en) == ("fail", True)
    await fake.stop()


async def test_a_provider_that_is_gone_or_silent_says_which(tmp_path: Path) -> None:
    fake = FakeAli({})
    fake.answer = lambda number, sequence: None
    await fake.start()
    silent = (await tried(tmp_path, fake))["location.fixed"]
    assert (silent.state, "no answer within 0.5 s; ask the provider" in silent.en) == ("fail", True)
    await fake.stop()
    gone = (await tried(tmp_path, fake))["location.fixed"]
    assert (gone.state, "no link within 0.5 s" in gone.en) == ("fail", True)
