"""Who sits at which position, and pauses: what people ask of the hall, what calls tell it. Signals like those
of `hall`; moved in `desk.positions`."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.hall import HallSignal
from gateway.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSignal(HallSignal):
    """What concerns people at positions. `pbx` is the one whose phone stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallRequest(SeatSignal):
    """What a person asks of the hall. The same `request_id` gets the same answer."""

    pbx: str = ""
    request_id: str
    actor: str
    expected_rev: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSeat(HallRequest):
    """`actor` sits down at the position of this extension and leaves the one before. `take_over`: whoever sat
    there is gone."""

    position: str
    display_name: str = ""
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveSeat(HallRequest):
    """`actor` gets up, from wherever it sits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverSeat(HallRequest):
    """Shift change: `actor` gets up and leaves a note, and the names of its open cards, for whoever sits at
    `to` next."""

    to: str
    note: str
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNote(HallRequest):
    """The note left at the position where `actor` sits was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseDesk(HallRequest):
    """No calls from the queues to this desk, for a reason; or calls again."""

    agent: str
    paused: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseAnswered(SeatSignal):
    """What the PBX said to a pause. `order`: the request it answers; `fault` None: it was accepted."""

    agent: str
    order: str
    fault: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpBegun(SeatSignal):
    """A call of this desk is over, its card is not finished."""

    agent: str
    call_id: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpDone(SeatSignal):
    agent: str
    call_id: CallId
