from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.model import (
    TEST_MARK,
    CallSession,
    CallState,
    Recording,
    RecordingStatus,
    Tap,
    TapStatus,
    TriageSummary,
)
from gateway.ids import CallId
from gateway.ports import Commit, OutboxRow, SegmentRow
from gateway.runtime.book import Book, Live
from gateway.runtime.canary import STAGES, STALE_AFTER, Canary, CanaryPlan, alike
from gateway.runtime.health import Health, ServiceState
from gateway.speech.model import Leg
from gateway.testing.clock import ManualClock
from gateway.testing.memory_store import MemoryStore
from gateway.triage.model import AlarmClass, Nature

CALL = CallId("s-p-1")
SAYS = "建国路八十八号有人打架"
PLAN = CanaryPlan(
    pbx="p", endpoint="trunk", dial="110", number="110110", sound="canary", says=SAYS,
    alarm_class="valid_alarm", every_s=600.0, within_s=30.0,
)  # fmt: skip


class Trunk:
    """Takes the call, and lets the test say what becomes of it."""

    def __init__(self, *, refuses: str | None = None) -> None:
        self.up, self.placed, self.refuses = True, 0, refuses

    async def place_canary(self, plan: CanaryPlan) -> str | None:
        self.placed += 1
        return self.refuses


class Calls:
    def __init__(self) -> None:
        self.book = Book()

    async def call(self, call_id: str) -> CallSession | None:
        live = self.book.get(("call", call_id))
        return live.state if live else None


class Rig:
    def __init__(self, **trunk: Any) -> None:
        self.clock, self.trunk, self.calls, self.store = ManualClock(), Trunk(**trunk), Calls(), MemoryStore()
        self.health = Health(self.clock)
        self.canary = Canary(
            PLAN, pbx=self.trunk, intake=self.calls, store=self.store, health=self.health, clock=self.clock
        )

    def shows(self, session: CallSession) -> None:
        self.calls.book.put(("call", session.call_id), Live(state=session))

    async def says(self, text: str) -> None:
        row = SegmentRow(call_id=CALL, speaker="caller", index=0, started_ms=0, text=text, payload="{}")
        await self.store.commit(Commit(segments=[row]))

    async def followed(self, seconds: float = PLAN.within_s + 1) -> Any:
        run = asyncio.create_task(self.canary.once())
        await self.clock.advance(seconds)
        return await run


def arrived(rig: Rig, **changes: Any) -> CallSession:
    session = CallSession(
        call_id=CALL, site="s", pbx="p", uniqueid="1", linkedid="1", line="PJSIP/trunk-1",
        seized_at=rig.clock.now() + timedelta(seconds=1), ani="110110", marks=(TEST_MARK,),
        state=CallState.QUEUED,
    )  # fmt: skip
    return replace(session, **changes)


def whole(rig: Rig) -> CallSession:
    return arrived(
        rig, state=CallState.ENDED, ended_at=rig.clock.now(), segments=1,
        taps=(Tap(leg=Leg.CALLER, line="x", tap_id="t", status=TapStatus.LIVE),),
        triage=TriageSummary(
            alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, priority=2, department=None,
            pack_hash="h", segments=1,
        ),
        recordings=(
            Recording(recording_id="r", file="f", started_at=rig.clock.now(), status=RecordingStatus.STORED),
        ),
    )  # fmt: skip


async def test_a_call_that_reaches_every_stage_is_good() -> None:
    rig = Rig()
    rig.shows(whole(rig))
    await rig.says("建国路八十八号有人打假")
    run = await rig.followed(1.0)
    assert run.ok
    assert list(run.reached) == list(STAGES)
    rig.canary.report(run)
    service = rig.health.get("canary")
    assert service is not None
    assert service.state is ServiceState.UP
    assert service.figures["good"] == service.figures["last"]


@pytest.mark.parametrize(
    ("broken", "stage"),
    [
        ({"ani": "13800138000"}, "arrived"),
        ({"marks": ()}, "arrived"),
        ({"segments": 0, "taps": ()}, "heard"),
        ({"triage": None}, "judged"),
        ({"ended_at": None}, "published"),
        ({"recordings": ()}, "archived"),
    ],
)
async def test_the_first_stage_that_is_not_reached_is_named_with_its_cure(
    broken: dict[str, Any], stage: str
) -> None:
    rig = Rig()
    rig.shows(replace(whole(rig), **broken))
    await rig.says(SAYS)
    run = await rig.followed()
    assert run.missing == stage
    rig.canary.report(run)
    service = rig.health.get("canary")
    assert service is not None
    assert service.state is ServiceState.DEGRADED
    assert service.fault is not None
    assert service.fault.cure_zh
    assert service.fault.cure_en


async def test_words_that_differ_too_much_are_no_transcript_and_are_shown() -> None:
    rig = Rig()
    rig.shows(whole(rig))
    await rig.says("今天天气不错")
    run = await rig.followed()
    assert run.missing == "transcribed"
    rig.canary.report(run)
    service = rig.health.get("canary")
    assert service is not None
    assert service.fault is not None
    assert "今天天气不错" in service.fault.fault_en


async def test_an_event_that_waits_for_the_broker_is_not_published() -> None:
    rig = Rig()
    rig.shows(whole(rig))
    await rig.says(SAYS)
    row = OutboxRow(
        site_seq=1, call_id=CALL, call_seq=1, event_id="e", topic="t", payload=b"{}", expiry_s=None,
        at=rig.clock.now(),
    )  # fmt: skip
    await rig.store.commit(Commit(outbox=[row]))
    assert (await rig.followed()).missing == "published"


async def test_a_pbx_that_refuses_or_is_away_is_said_at_once() -> None:
    rig = Rig(refuses="Permission denied")
    run = await rig.followed(0.0)
    assert (run.fault, run.missing) == ("Permission denied", "placed")
    rig.trunk.up = False
    assert (await rig.followed(0.0)).fault == "the PBX link is down"
    assert rig.trunk.placed == 1


async def test_calls_come_at_their_interval_and_a_long_series_of_bad_ones_is_down() -> None:
    rig = Rig(refuses="Permission denied")
    running = asyncio.create_task(rig.canary.run())
    await rig.clock.advance(0.0)
    assert rig.trunk.placed == 1
    await rig.clock.advance(PLAN.every_s * (STALE_AFTER + 1))
    assert rig.trunk.placed == 4
    service = rig.health.get("canary")
    assert service is not None
    assert service.state is ServiceState.DOWN
    running.cancel()


async def test_the_first_call_waits_until_every_link_is_up() -> None:
    rig = Rig(refuses="x")
    rig.health.set("speech", ServiceState.DOWN)
    running = asyncio.create_task(rig.canary.run())
    await rig.clock.advance(10.0)
    assert rig.trunk.placed == 0
    rig.health.set("speech", ServiceState.UP)
    await rig.clock.advance(1.0)
    assert rig.trunk.placed == 1
    running.cancel()


@pytest.mark.parametrize(
    ("heard", "share"), [(SAYS, 1.0), ("", 0.0), ("建国路八十八号", 7 / 11), ("嗯" + SAYS, 1.0)]
)
def test_how_much_of_the_sentence_came_out(heard: str, share: float) -> None:
    assert alike(heard, SAYS) == pytest.approx(share)
    assert alike("x", "") == 1.0
