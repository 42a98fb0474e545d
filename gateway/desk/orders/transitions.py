"""Which request leads a work order from which state to which, and who may ask it: the only such table.

A draft is sent. The department accepts and works, or returns it with a reason; the hall then gives it to
another one. Where nobody wants it, it is disputed: the first receiver has it again and goes on working
(首接负责), it may answer, until a supervisor decides. An answer goes to the caller, is followed up, and the
order is closed. A caller who is not content sends the hall back one step: the order is reassigned, to the
same department too. Closed is closed: what comes later is refused, and a new order refers to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.desk.orders import signals as ask
from gateway.dispatch.order_events import OrderState as S
from gateway.dispatch.order_events import OrderStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One line of the table. `to` None: the state stays. `hall`: no department may ask it."""

    sources: frozenset[S]
    to: S | None
    step: OrderStep
    hall: bool = False


WITH_DEPARTMENT = frozenset({S.SENT, S.REASSIGNED, S.ACCEPTED, S.IN_WORK})
OPEN = frozenset(S) - {S.CLOSED}

MOVES: Mapping[type[ask.OrderRequest], Move] = {
    ask.EditOrder: Move(sources=frozenset({S.DRAFT}), to=None, step=OrderStep.EDITED, hall=True),
    ask.SendOrder: Move(sources=frozenset({S.DRAFT}), to=S.SENT, step=OrderStep.SENT, hall=True),
    ask.AcceptOrder: Move(
        sources=frozenset({S.SENT, S.REASSIGNED}), to=S.ACCEPTED, step=OrderStep.ACCEPTED
    ),
    ask.StartOrder: Move(sources=frozenset({S.ACCEPTED}), to=S.IN_WORK, step=OrderStep.STARTED),
    ask.ReturnOrder: Move(sources=WITH_DEPARTMENT, to=S.RETURNED, step=OrderStep.RETURNED),
    ask.ReassignOrder: Move(
        sources=WITH_DEPARTMENT | {S.RETURNED, S.ANSWERED, S.TOLD}, to=S.REASSIGNED,
        step=OrderStep.REASSIGNED, hall=True,
    ),
    ask.NoteOrder: Move(sources=OPEN - {S.DRAFT}, to=None, step=OrderStep.NOTED),
    ask.DisputeOrder: Move(
        sources=WITH_DEPARTMENT | {S.RETURNED}, to=S.DISPUTED, step=OrderStep.DISPUTED
    ),
    ask.DecideOrder: Move(
        sources=frozenset({S.DISPUTED}), to=S.REASSIGNED, step=OrderStep.DECIDED, hall=True
    ),
    ask.AnswerOrder: Move(
        sources=frozenset({S.ACCEPTED, S.IN_WORK, S.DISPUTED}), to=S.ANSWERED, step=OrderStep.ANSWERED
    ),
    ask.TellCaller: Move(sources=frozenset({S.ANSWERED}), to=S.TOLD, step=OrderStep.TOLD, hall=True),
    ask.FollowUpOrder: Move(
        sources=frozenset({S.ANSWERED, S.TOLD, S.CLOSED}), to=None, step=OrderStep.FOLLOWED_UP, hall=True
    ),
    ask.CloseOrder: Move(
        sources=OPEN - {S.DISPUTED}, to=S.CLOSED, step=OrderStep.CLOSED, hall=True
    ),
}  # fmt: skip


def possible(state: S, *, department: bool) -> tuple[str, ...]:
    """What may be asked of an order in this state, by the names of the requests: what a page offers."""
    return tuple(
        request.__name__
        for request, move in MOVES.items()
        if state in move.sources and not (department and move.hall)
    )
