"""The hard cases of place and evidence: who drifts away, and a recording that is missing or too short."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gateway.archive.model import NotStored, Stored
from gateway.calls.model import RecordedFile, RecordingStatus
from gateway.calls.places import MOVING_MARK
from gateway.calls.signals import LocationAnswered, RecordingStarted
from gateway.desk import board
from gateway.location.model import Datum, Location, LocationSource
from gateway.location.places import load
from gateway.runtime.keeping import TRY_FOR
from gateway.store.wall import StoredWall
from gateway.testing.call_script import Caller, WholeGateway
from gateway.testing.whole import PBX

PLACES = Path(__file__).parents[2] / "conf" / "places"
INSIDE, NORTH, BEYOND = (31.2303, 121.4612), (31.2450, 121.4612), (31.9000, 121.4612)
"""In the invented city, some way to its north, and far beyond it."""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[WholeGateway]:
    async with WholeGateway(tmp_path) as made:
        made.house.whereabouts.placing.gazetteer = load(PLACES)
        yield made


async def answered(site: WholeGateway) -> Caller:
    caller = await site.caller("13800138000").rings()
    await caller.is_answered()
    await site.quiet()
    return caller


def flags(site: WholeGateway) -> list[str]:
    return [each["code"] for each in site.events("LocationFlag")]


# ---- location drifts


async def test_who_drifts_is_followed_with_every_fix_and_an_alarm_comes_on_leaving_the_jurisdiction(
    site: WholeGateway,
) -> None:
    caller = await answered(site)
    for number, (latitude, longitude) in enumerate((INSIDE, NORTH, BEYOND, (BEYOND[0] + 0.01, BEYOND[1]))):
        await caller.is_located(latitude, longitude, 20.0, f"AML-{number}")
        await site.advance(20)
    session = await caller.session()
    assert [fix.location_id for fix in session.locations] == ["AML-0", "AML-1", "AML-2", "AML-3"]
    assert session.leading_location == "AML-3"
    assert len(session.locating.trail) == 4
    assert MOVING_MARK in session.marks
    assert len(site.events("LocationResponse")) >= 4
    assert flags(site).count("moving") == 1
    assert flags(site).count("outside_jurisdiction") == 1
    assert session.locating.description is not None
    assert session.locating.description.outside
    await caller.is_located(*INSIDE, 20.0, "AML-4")
    await site.advance(20)
    back = (await caller.session()).locating.description
    assert back is not None
    assert not back.outside, "and home again"


async def test_a_phone_that_shares_where_it_goes_is_noticed_when_it_leaves_the_jurisdiction(
    site: WholeGateway,
) -> None:
    """Its fixes have one name: what was said of the first is not said of the last."""
    caller = await answered(site)
    for latitude, longitude in (INSIDE, NORTH, BEYOND):
        fix = Location(
            location_id="shared-1", source=LocationSource.SHARED, obtained_at=site.clock.now(),
            latitude=latitude, longitude=longitude, datum=Datum.WGS_84, uncertainty_m=10.0,
        )  # fmt: skip
        await caller.tell(LocationAnswered, location=fix)
        await site.advance(15)
    session = await caller.session()
    assert flags(site).count("outside_jurisdiction") == 1
    assert session.locating.description is not None
    assert (session.locating.description.outside, session.locating.description.district) == (True, None)
    assert len(session.locating.trail) == 3


# ---- a recording that is missing, or not as long as the call


@dataclass
class Shelf:
    """An archive that answers as told."""

    answer: Stored | NotStored
    expected_s: float | None = None

    async def store(
        self, file: str, *, call_id: str, started_at: datetime, expected_s: float | None = None
    ) -> Stored | NotStored:
        self.expected_s = expected_s
        return self.answer


async def recorded(site: WholeGateway, shelf: Shelf) -> Caller:
    """A call of half a minute whose recording that archive is asked for."""
    site.house.add_pbx(PBX, site.pbx, shelf)
    caller = await answered(site)
    await caller.tell(RecordingStarted, recording_id="0x1", file="/rec/1-mix.wav")
    await site.advance(30)
    await caller.hangs_up()
    await site.quiet()
    return caller


async def test_a_missing_recording_is_looked_for_given_up_within_two_hours_shown_published_and_counted(
    site: WholeGateway,
) -> None:
    caller = await recorded(site, Shelf(NotStored(text="no such file; is the folder mounted?", final=False)))
    (recording,) = (await caller.session()).recordings
    assert (recording.status, recording.fault) == (
        RecordingStatus.STOPPED, "no such file; is the folder mounted?",
    )  # fmt: skip
    assert site.events("RecordingFailed") == []
    await site.advance(TRY_FOR.total_seconds() + 60)
    site.house.owe()
    await site.quiet()
    session = await site.call(caller.call_id)
    shown = board.recording_json(session.recordings[0], session.seized_at)
    assert (shown["status"], shown["fault"]) == ("failed", "no such file; is the folder mounted?")
    assert [each["fault"] for each in site.events("RecordingFailed")] == [shown["fault"]]
    day = await StoredWall(site.store.database, ZoneInfo("Asia/Shanghai")).day(site.clock.now())
    assert sum(each.unrecorded for each in day.today) == 1


async def test_a_recording_of_the_wrong_length_is_kept_shown_with_its_doubt_and_published(
    site: WholeGateway,
) -> None:
    file = RecordedFile(part="mix", path="2026/x/1-mix.wav", seconds=8.0, size_bytes=128_044, sha256="ab")
    doubt = "lengths differ: mix 8.0 s, call 30.0 s"
    shelf = Shelf(Stored(files=(file,), doubts=(doubt,)))
    caller = await recorded(site, shelf)
    assert shelf.expected_s == 30.0
    session = await caller.session()
    shown = board.recording_json(session.recordings[0], session.seized_at)
    assert (shown["status"], shown["fault"]) == ("stored", doubt)
    (event,) = site.events("RecMediaEnd")
    assert event["doubts"] == [doubt]
