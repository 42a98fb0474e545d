"""What a call knows beside its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.calls.locating import PlaceDescription
from gateway.calls.model import CallSession, Tap, TapStatus
from gateway.location.model import Datum, Location, LocationSource
from gateway.runtime.context import WIDE_M, location_kind, silent_ms
from gateway.speech.model import Leg

from .conftest import Bench
from .test_intake import ANSWERED, ENDED, ID, QUEUED, SEIZED, START


async def session(bench: Bench, *signals: object) -> CallSession:
    await bench.give(SEIZED, QUEUED, *signals)
    live = bench.intake.book.get(("call", ID))
    assert live is not None
    state: CallSession = live.state
    tap = Tap(tap_id="t", leg=Leg.CALLER, line="PJSIP/trunk-1", status=TapStatus.LIVE)
    return replace(state, taps=(tap,), hearing=())


async def test_silence_counts_from_the_answer_and_from_the_last_word(bench: Bench) -> None:
    call = await session(bench, ANSWERED)
    now = START + timedelta(seconds=12)
    assert silent_ms(call, None, now) == 10_000
    assert silent_ms(call, 9_500, now) == 2_500
    assert silent_ms(call, 1_000, now) == 10_000
    assert silent_ms(call, 13_000, now) == 0


async def test_before_the_answer_and_while_nobody_hears_silence_is_not_known(bench: Bench) -> None:
    now = START + timedelta(seconds=12)
    assert silent_ms(await session(bench), None, now) is None
    call = await session(bench, ANSWERED)
    assert silent_ms(replace(call, taps=()), None, now) is None


async def test_after_the_end_silence_grows_no_more(bench: Bench) -> None:
    call = await session(bench, ANSWERED, ENDED)
    assert silent_ms(call, 20_000, START + timedelta(hours=1)) == 10_000


def fix(**more: object) -> Location:
    return Location(
        location_id="l1", source=LocationSource.AML, obtained_at=START, latitude=30.0, longitude=120.0,
        datum=Datum.WGS_84, **more,  # type: ignore[arg-type]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"uncertainty_m": 20.0}, "point"),
        ({}, "point"),
        ({"uncertainty_m": WIDE_M + 1}, "area"),
        ({"uncertainty_m": WIDE_M + 1, "address": "文景路1号"}, "address"),
    ],
)
async def test_the_kind_of_place_is_that_of_the_fix_that_leads(
    bench: Bench, more: dict[str, object], kind: str
) -> None:
    call = await session(bench)
    assert location_kind(call) == "none"
    call = replace(call, locations=(fix(**more),), leading_location="l1")
    assert location_kind(call) == kind
    outside = PlaceDescription(location_id="l1", outside=True)
    assert location_kind(replace(call, locating=replace(call.locating, description=outside))) == "outside"
