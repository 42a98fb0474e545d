"""The hall around the calls: desks, queues, PBXs. One small aggregate for the site;
what changes is told, once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.calls.hall import (
    AgentChanged,
    AgentState,
    CallSetAside,
    HallSignal,
    MalformedReceived,
    PbxChanged,
    PbxState,
    QueueChanged,
    ReportUnmatched,
    ServiceChanged,
)
from gateway.desk import positions
from gateway.desk.positions import PauseOrder, Seat, ShiftNote
from gateway.dispatch.site_events import (
    DispatchUnmatched,
    MalformedMessage,
    QueueStateChange,
    ServiceStateChange,
    SiteEvent,
    UnmatchedStep,
)

MAX_AGENTS = 500
MAX_QUEUES = 50
MAX_PBXS = 32
MAX_SERVICES = 32
"""More desks, queues, PBXs or services than this are told as events but not kept in the hall's state:
oldest first out."""

ASIDE_COUNTED = timedelta(hours=24)
"""So long abandoned calls of floods are counted together, from the first of them on; then the count begins
anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One call-taker's desk as it was heard of last."""

    agent: str
    pbx: str
    state: str
    reason: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    queue: str
    pbx: str
    waiting: int
    longest_wait_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxLink:
    """`since`: when it took this state; while it is not up, nobody saw this PBX's calls."""

    pbx: str
    state: str
    reason: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLink:
    service: str
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HallState:
    """Small for a hall of people, bounded by the limits here and in `positions`; `malformed` counts messages
    set aside since the journal began."""

    site: str
    desks: tuple[Desk, ...] = ()
    queues: tuple[Queue, ...] = ()
    pbxs: tuple[PbxLink, ...] = ()
    services: tuple[ServiceLink, ...] = ()
    seats: tuple[Seat, ...] = ()
    notes: tuple[ShiftNote, ...] = ()
    orders: tuple[PauseOrder, ...] = ()
    malformed: int = 0
    aside: int = 0
    """Abandoned calls that look like part of a flood, since `aside_since`; see `calls.tasking`."""
    aside_since: datetime | None = None
    rev: int = 0

    def blind_since(self, pbx: str) -> datetime | None:
        """Since when this PBX is not followed; None: it is, or nobody knows it."""
        return next((link.since for link in self.pbxs if link.pbx == pbx and link.state != PbxState.UP), None)


def reduce_hall(state: HallState, signal: HallSignal) -> tuple[HallState, tuple[SiteEvent, ...]]:
    """The hall after `signal`, and what the site is told. The same thing said again changes nothing."""
    if isinstance(signal, CallSetAside):
        return _aside(state, signal), ()
    changed, event = _moved(state, signal)
    if event is None:
        return state, ()
    return replace(changed, rev=state.rev + 1), (event,)


def _aside(state: HallState, signal: CallSetAside) -> HallState:
    """Their calls are told one by one; the hall only counts."""
    since = state.aside_since
    current = since is not None and signal.when < since + ASIDE_COUNTED
    if signal.back:
        return replace(state, aside=state.aside - 1, rev=state.rev + 1) if current and state.aside else state
    counted, since = (state.aside + 1, since) if current else (1, signal.when)
    return replace(state, aside=counted, aside_since=since, rev=state.rev + 1)


def _desk_changed(state: HallState, signal: AgentChanged) -> tuple[HallState, SiteEvent | None]:
    agent, pbx, reason = signal.agent, signal.pbx, signal.paused_reason
    before = next((other for other in state.desks if (other.agent, other.pbx) == (agent, pbx)), None)
    if before is not None and (before.state, before.reason) == (signal.state.value, reason):
        return state, None
    desk = Desk(agent=agent, pbx=pbx, state=signal.state.value, reason=reason, since=signal.when)
    others = tuple(other for other in state.desks if other is not before)
    after = replace(state, desks=(*others, desk)[-MAX_AGENTS:])
    after = positions.settled(after, agent, signal.state is AgentState.PAUSED)
    return after, replace(positions.told(after, agent, signal), pbx=pbx, reason=reason)


def _moved(state: HallState, signal: HallSignal) -> tuple[HallState, SiteEvent | None]:
    told: dict[str, Any] = {"occurred_at": signal.when, "inferred": signal.inferred}
    match signal:
        case AgentChanged():
            return _desk_changed(state, signal)
        case QueueChanged(queue=name, pbx=pbx, waiting=waiting, longest_wait_ms=longest):
            queue = Queue(queue=name, pbx=pbx, waiting=waiting, longest_wait_ms=longest)
            if queue in state.queues:
                return state, None
            others_q = tuple(other for other in state.queues if (other.queue, other.pbx) != (name, pbx))
            return replace(state, queues=(*others_q, queue)[-MAX_QUEUES:]), QueueStateChange(
                **told, queue=name, waiting=waiting, longest_wait_ms=longest, pbx=pbx
            )
        case PbxChanged(pbx=pbx, state=link_state, reason=reason):
            before = next((other for other in state.pbxs if other.pbx == pbx), None)
            if before is not None and (before.state, before.reason) == (link_state.value, reason):
                return state, None
            still_down = before is not None and PbxState.UP not in (before.state, link_state)
            since = before.since if before is not None and still_down else signal.when
            link = PbxLink(pbx=pbx, state=link_state.value, reason=reason, since=since)
            others_p = tuple(other for other in state.pbxs if other.pbx != pbx)
            return replace(state, pbxs=(*others_p, link)[-MAX_PBXS:]), ServiceStateChange(
                **told, service=f"pbx:{pbx}", state=link_state.value, reason=reason
            )
        case ServiceChanged(service=service, state=kind, reason=reason):
            told_last = ServiceLink(service=service, state=kind.value, reason=reason)
            others_s = tuple(other for other in state.services if other.service != service)
            never_ill = kind is PbxState.UP and len(others_s) == len(state.services)
            if told_last in state.services or never_ill:
                return state, None
            return replace(state, services=(*others_s, told_last)[-MAX_SERVICES:]), ServiceStateChange(
                **told, service=service, state=kind.value, reason=reason
            )
        case ReportUnmatched():
            return state, DispatchUnmatched(
                **told, step=UnmatchedStep(signal.step), code=signal.code, digest=signal.digest,
                message_id=signal.message_id or None, call_id=signal.call_id or None,
                kind=signal.kind or None,
            )  # fmt: skip
        case MalformedReceived(pbx=pbx, raw=raw, why=why):
            data = raw.encode("utf-8", "surrogateescape")
            return replace(state, malformed=state.malformed + 1), MalformedMessage(
                **told,
                source=f"pbx:{pbx}",
                why=why,
                size_bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
        case _:
            return state, None
