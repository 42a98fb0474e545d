"""How callers sound, shown in passing; knocks and code words become signals."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.quieted import TapsHeard
from gateway.runtime.hub import Hub
from gateway.runtime.quiet_desk import MAX_GROUPS, SHOWN, QuietDesk
from gateway.speech.level import Kind, Second
from gateway.speech.model import Leg

from .conftest import Bench
from .test_intake import ID, QUEUED, SEIZED


@pytest.fixture
async def desk(bench: Bench) -> QuietDesk:
    """A caller waits in the queue."""
    await bench.give(SEIZED, QUEUED)
    return QuietDesk(intake=bench.intake, hub=Hub(), clock=bench.clock)


def seconds(*kinds: Kind, first: int = 0) -> list[Second]:
    return [
        Second(at_ms=(first + n) * 1000, db=-50, kind=kind, taps=2 if kind is Kind.TAPS else 0)
        for n, kind in enumerate(kinds)
    ]


def offered(desk: QuietDesk, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    found: list[Any] = []
    monkeypatch.setattr(desk, "_offer", found.append)
    return found


async def test_the_last_minute_is_kept_and_told_to_the_page_of_that_call(desk: QuietDesk) -> None:
    news = desk._hub.subscribe()
    for n in range(0, 90, 3):
        desk.sounded(ID, Leg.CALLER, seconds(*[Kind.QUIET] * 3, first=n))
    assert len(desk.levels(ID)) == SHOWN
    assert desk.levels(ID)[-1]["at_ms"] == 89_000
    push = await news.next()
    assert push is not None
    assert (push.kind, push.call_id, len(push.data["seconds"])) == ("level", ID, 3)


async def test_of_an_unknown_call_and_of_the_call_taker_nothing_is_kept(desk: QuietDesk) -> None:
    desk.sounded("hz-pbx1-9.9", Leg.CALLER, seconds(Kind.VOICE))
    desk.sounded(ID, Leg.CALL_TAKER, seconds(Kind.VOICE))
    assert (desk.levels(ID), desk.levels("hz-pbx1-9.9")) == ([], [])


async def test_knocks_that_go_on_are_one_sign_each_few_seconds_and_a_single_click_is_none(
    desk: QuietDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = offered(desk, monkeypatch)
    desk.sounded(
        ID, Leg.CALLER, [Second(at_ms=0, db=-30, kind=Kind.TAPS, taps=1), *seconds(Kind.QUIET, first=1)]
    )
    assert found == []
    desk.sounded(ID, Leg.CALLER, seconds(*[Kind.TAPS] * 12, Kind.QUIET, first=10))
    assert [(one.taps, one.started_ms) for one in found] == [(12, 10_000), (12, 16_000)]
    assert all(isinstance(one, TapsHeard) for one in found)


async def test_a_line_that_clicks_for_ever_makes_no_more_than_so_many_signs(
    desk: QuietDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = offered(desk, monkeypatch)
    for n in range(0, 600, 2):
        desk.sounded(ID, Leg.CALLER, seconds(Kind.TAPS, Kind.QUIET, first=n))
    assert len(found) == MAX_GROUPS
