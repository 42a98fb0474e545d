"""A hand-over's target is told of the call before it answers, and again with every change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.calls.handed import HandOver, MoveRefused, TargetRang
from gateway.calls.handing import HandOverKind, Target, TargetKind, Why
from gateway.calls.model import PartyRole
from gateway.calls.signals import CallEnded, CallerIdentified, CallSeized, PartyJoined, SegmentTranscribed
from gateway.ids import CallId
from gateway.ports import Message, StoreUnavailable
from gateway.runtime.announcing import Announcing
from gateway.speech.model import Leg, TranscriptSegment

from .conftest import Bench

CALL = CallId("demo-p1-1.0")
AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LABOUR = Target(code="labour_bureau", number="12333", kind=TargetKind.DEPARTMENT)


@dataclass
class Outlet:
    shown: list[tuple[str, dict[str, Any], datetime | None]] = field(default_factory=list)

    def show(self, message: Message, *, ended_at: datetime | None = None) -> None:
        assert message.retain
        self.shown.append((message.topic, json.loads(message.payload), ended_at))


def said(index: int, text: str) -> SegmentTranscribed:
    segment = TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=index * 1000, ended_ms=index * 1000 + 500, text=text,
        model_id="m",
    )  # fmt: skip
    return SegmentTranscribed(call_id=CALL, at=AT, segment=segment)


@pytest.fixture
async def told(bench: Bench) -> Any:
    """A call that is being handed over, and what was announced of it."""
    outlet = Outlet()
    announcing = Announcing(store=bench.store, outlet=outlet)
    bench.intake.on_committed = lambda changes, commit: announcing.committed(changes)
    at: dict[str, Any] = {"call_id": CALL, "at": AT}
    await bench.give(
        CallSeized(**at, site="demo", pbx="p1", uniqueid="1.0", linkedid="1.0", line="PJSIP/t-1"),
        CallerIdentified(**at, ani="13800138000", ani_source="PAI"),
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"),
        said(0, "老板拖欠工资"),
    )

    async def give(*signals: Any) -> list[tuple[str, dict[str, Any], datetime | None]]:
        outlet.shown.clear()
        await bench.give(*signals)
        await announcing.idle()
        return list(outlet.shown)

    yield give
    await announcing.close()


def asked(target: Target = LABOUR, request_id: str = "r1") -> HandOver:
    return HandOver(
        call_id=CALL, at=AT, request_id=request_id, actor="zhang", kind=HandOverKind.BLIND,
        wanted=target.code, target=target,
    )  # fmt: skip


async def test_before_it_rings_the_target_knows_number_words_and_who_sends_it(told: Any) -> None:
    ((topic, state, ended_at),) = await told(asked())
    assert topic == "110/demo/departments/labour_bureau/announcements/demo-p1-1.0"
    assert (state["caller"], state["state"], state["by"], ended_at) == ("13800138000", "asked", "zhang", None)
    assert [one["text"] for one in state["said"]] == ["老板拖欠工资"]


async def test_what_is_said_and_done_meanwhile_is_told_too(told: Any) -> None:
    await told(asked())
    ((_, state, _),) = await told(said(1, "三个月了"))
    assert [one["text"] for one in state["said"]] == ["老板拖欠工资", "三个月了"]
    ((_, state, _),) = await told(TargetRang(call_id=CALL, at=AT, number="12333"))
    assert state["state"] == "ringing"


async def test_a_hand_over_that_came_to_nothing_or_a_call_that_is_over_is_cleared_later(told: Any) -> None:
    await told(asked())
    ((_, state, ended_at),) = await told(MoveRefused(call_id=CALL, at=AT, n=1, why=Why.PBX_DOWN))
    assert (state["state"], state["why"], ended_at) == ("refused", "pbx_down", AT)
    await told(asked(request_id="r2"))
    ((_, state, ended_at),) = await told(CallEnded(call_id=CALL, at=AT))
    assert (state["referral"], state["state"], ended_at) == (2, "cancelled", AT)


async def test_a_call_that_is_handed_to_nobody_is_announced_to_nobody(told: Any) -> None:
    assert await told(said(1, "你好")) == []


async def test_without_the_store_the_target_is_told_all_but_the_words(
    told: Any, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(call_id: str) -> Any:
        raise StoreUnavailable

    monkeypatch.setattr(bench.store, "segments", away)
    ((_, state, _),) = await told(asked())
    assert (state["said"], state["caller"]) == ([], "13800138000")


async def test_after_a_restart_whoever_is_being_called_is_told_again(told: Any, bench: Bench) -> None:
    await told(asked())
    outlet = Outlet()
    again = Announcing(store=bench.store, outlet=outlet)
    again.recover(bench.intake.book.of_kind("call").values())
    await again.idle()
    assert [state["state"] for _, state, _ in outlet.shown] == ["asked"]
    await again.close()
