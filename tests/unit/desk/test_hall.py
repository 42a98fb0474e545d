"""The hall around the calls: desks, queues, links; each change told once, strangers' words never."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.calls.hall import (
    AgentChanged,
    AgentState,
    HallSignal,
    MalformedReceived,
    PbxChanged,
    PbxState,
    QueueChanged,
    ServiceChanged,
)
from gateway.desk.hall import MAX_AGENTS, HallState, reduce_hall
from gateway.dispatch.site_events import MalformedMessage, ServiceStateChange, SiteEvent
from gateway.journal.codec import decode, encode

T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def at(seconds: float) -> dict[str, Any]:
    return {"pbx": "pbx1", "at": T0 + timedelta(seconds=seconds)}


def after(*signals: HallSignal, state: HallState | None = None) -> tuple[HallState, list[SiteEvent]]:
    state, told = state or HallState(site="demo"), []
    for signal in signals:
        state, events = reduce_hall(state, signal)
        told += events
    return state, told


def link(seconds: float, state: PbxState, reason: str | None = None) -> PbxChanged:
    return PbxChanged(**at(seconds), state=state, reason=reason)


def test_a_desk_is_told_when_it_changes_and_only_then() -> None:
    idle = AgentChanged(**at(0), agent="1101", state=AgentState.IDLE)
    busy = AgentChanged(**at(1), agent="1101", state=AgentState.BUSY)
    state, told = after(idle, idle, busy)
    assert [event.state for event in told] == ["idle", "busy"]  # type: ignore[attr-defined]
    assert [(desk.agent, desk.state) for desk in state.desks] == [("1101", "busy")]
    assert state.rev == 2


def test_the_same_desk_number_of_two_pbxs_is_two_desks() -> None:
    one = AgentChanged(**at(0), agent="1101", state=AgentState.IDLE)
    other = AgentChanged(pbx="pbx2", at=T0, agent="1101", state=AgentState.BUSY)
    assert len(after(one, other)[0].desks) == 2


def test_a_queue_is_told_with_how_many_wait_and_how_long() -> None:
    _, told = after(
        QueueChanged(**at(0), queue="q110", waiting=2, longest_wait_ms=900),
        QueueChanged(**at(1), queue="q110", waiting=2, longest_wait_ms=900),
        QueueChanged(**at(2), queue="q110", waiting=0),
    )
    assert [(event.waiting, event.longest_wait_ms) for event in told] == [(2, 900), (0, None)]  # type: ignore[attr-defined]


def test_the_hall_does_not_grow_beyond_its_limit() -> None:
    desks = [AgentChanged(**at(0), agent=str(n), state=AgentState.IDLE) for n in range(MAX_AGENTS + 3)]
    state, told = after(*desks)
    assert (len(state.desks), state.desks[0].agent, len(told)) == (MAX_AGENTS, "3", MAX_AGENTS + 3)


def test_a_malformed_message_is_told_by_its_hash_and_its_text_stays_behind() -> None:
    raw = "Event: Evil\udc80"
    state, (event,) = after(MalformedReceived(**at(0), raw=raw, why="no Privilege"))
    assert isinstance(event, MalformedMessage)
    data = raw.encode("utf-8", "surrogateescape")
    assert (event.size_bytes, event.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert "Evil" not in repr(event)
    assert "Evil" not in repr(state)
    assert state.malformed == 1


def test_a_link_is_told_when_its_state_or_its_reason_changes() -> None:
    _, told = after(
        link(0, PbxState.UP),
        link(1, PbxState.UP),
        link(2, PbxState.DOWN, "gone"),
        link(3, PbxState.DOWN, "refused"),
    )
    assert [(event.state, event.reason) for event in told if isinstance(event, ServiceStateChange)] == [
        ("up", None),
        ("down", "gone"),
        ("down", "refused"),
    ]


def test_nobody_saw_a_pbxs_calls_since_its_link_left_up_whatever_was_said_of_it_later() -> None:
    state, _ = after(
        link(0, PbxState.UP), link(5, PbxState.DOWN, "gone"), link(9, PbxState.DEGRADED, "behind")
    )
    assert state.blind_since("pbx1") == T0 + timedelta(seconds=5)
    state, _ = after(link(20, PbxState.UP), state=state)
    assert state.blind_since("pbx1") is None
    assert state.blind_since("another") is None


def test_a_hall_of_an_earlier_version_can_be_read() -> None:
    plain = encode(after(link(0, PbxState.DOWN, "gone"))[0])
    for old in plain["pbxs"]:
        del old["since"]
    assert decode(HallState, plain).blind_since("pbx1") is None


def test_a_signal_the_hall_does_not_know_changes_nothing() -> None:
    state = HallState(site="demo")
    assert reduce_hall(state, HallSignal(**at(0))) == (state, ())


def service(seconds: float, state: PbxState, reason: str | None = None) -> ServiceChanged:
    return ServiceChanged(at=T0 + timedelta(seconds=seconds), service="quality", state=state, reason=reason)


def test_a_service_in_trouble_is_told_once_and_again_when_it_is_well() -> None:
    ill = service(1, PbxState.DEGRADED, "drift")
    state, told = after(ill, service(2, PbxState.DEGRADED, "drift"), service(3, PbxState.UP))
    assert [(event.service, event.state) for event in told if isinstance(event, ServiceStateChange)] == [
        ("quality", "degraded"),
        ("quality", "up"),
    ]
    assert decode(HallState, encode(state)) == state


def test_that_a_service_is_well_which_was_never_in_trouble_is_no_news() -> None:
    assert after(service(1, PbxState.UP))[1] == []
