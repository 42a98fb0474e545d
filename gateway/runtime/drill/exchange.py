"""What the house asks of the exchange while a training runs: done inside, by the script's clock.

A department or partner always answers after a moment; nothing is dialled, for there is no line to anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gateway.calls.effects import MovePeople
from gateway.calls.hall import AgentChanged, AgentState
from gateway.calls.handed import MoveLegGone, MoveLegUp, TargetAnswered, TargetRang
from gateway.calls.handing import MoveKind, Why, leg_id
from gateway.calls.model import PartyRole, TransferKind, TransferResult
from gateway.calls.signals import CallQueued, PartyJoined, PartyLeft, TransferEnded, TransferStarted
from gateway.clock import Clock
from gateway.runtime.drill.run import DrillRun, Line
from gateway.runtime.drill.simulator import QUEUE, Loop, ScriptedPbx
from gateway.runtime.moving import Outcome

TARGET_S = 2.0
"""So long a department or partner rings before it answers."""
SUPERVISOR_S = 8.0
"""So long a supervisor listens before the leg is let go."""
AFTER_HANDING_S = 15.0
"""So long caller and department speak before both hang up."""
UNREACHED_S = 20.0
"""So long a caller who does not answer is rung."""

Find = Callable[[str], tuple[DrillRun, Line] | None]
"""The run to which a call belongs."""


class TrainingPbx(ScriptedPbx):
    """The one PBX of the training house. `find`: set by who has the runs."""

    def __init__(self, name: str, loop: Callable[[], Loop], clock: Clock) -> None:
        super().__init__()
        self._name, self._loop, self._clock = name, loop, clock
        self.find: Find = lambda call_id: None

    async def move(self, effect: MovePeople) -> Outcome:
        found = self.find(effect.call_id)
        if found is None or not found[0].live:
            return Outcome(why=Why.LEG_GONE, text="the run of this call is over")
        move(*found, effect)
        return Outcome()

    async def pause_desk(self, agent: str, paused: bool, reason: str) -> str | None:
        state = AgentState.PAUSED if paused else AgentState.IDLE
        await self._loop().offer_pbx(
            AgentChanged(
                pbx=self._name, at=self._clock.now(), agent=agent, state=state,
                paused_reason=reason if paused else None,
            )
        )  # fmt: skip
        return None


def move(run: DrillRun, line: Line, effect: MovePeople) -> None:
    """Sets off what a real exchange would tell of it."""
    tell, number = line.caller.tell, effect.number
    match effect.kind:
        case MoveKind.BLIND | MoveKind.REDIRECT:
            run.after(0.2, partial(_passed_on, run, line, number))
        case MoveKind.CONSULT:
            line.consults = number
            run.after(0.1, partial(tell, TransferStarted, kind=TransferKind.ATTENDED, target=number))
            run.after(0.2, partial(tell, TargetRang, number=number))
            run.after(TARGET_S, partial(tell, TargetAnswered, number=number))
        case MoveKind.INVITE:
            run.after(0.2, partial(tell, TargetRang, number=number))
            run.after(TARGET_S, partial(tell, TargetAnswered, number=number))
            run.after(TARGET_S, partial(_joins, line, number))
        case MoveKind.LET_GO:
            run.after(0.2, partial(_let_go, run, line))
        case MoveKind.CALL_OFF:
            run.after(0.2, partial(_called_off, line))
        case MoveKind.DROP:
            run.after(0.2, partial(_dropped, line, number))
        case MoveKind.FETCH_BACK:
            run.after(0.2, partial(tell, CallQueued, queue=QUEUE))
        case MoveKind.CALL_BACK:
            run.after(1.0, partial(_rung_back, run, line, effect))
        case MoveKind.CONFERENCE:
            pass
        case _:
            run.after(0.5, partial(tell, MoveLegUp, n=effect.n))
            run.after(SUPERVISOR_S, partial(tell, MoveLegGone, n=effect.n))


def _target(number: str) -> dict[str, Any]:
    return {"role": PartyRole.DEPARTMENT, "number": number, "line": f"PJSIP/target-{number}"}


def _desk(line: Line) -> dict[str, Any]:
    return {
        "role": PartyRole.CALL_TAKER, "number": line.desk, "line": line.caller.desk_line(line.desk)
    }  # fmt: skip


async def _passed_on(run: DrillRun, line: Line, number: str) -> None:
    if line.over:
        return
    tell = line.caller.tell
    await tell(TransferStarted, kind=TransferKind.BLIND, target=number)
    await tell(PartyLeft, **_desk(line))
    await tell(TargetRang, number=number)
    await tell(PartyJoined, **_target(number))
    await tell(
        TransferEnded, kind=TransferKind.BLIND, target=number, result=TransferResult.COMPLETED
    )  # fmt: skip
    await _without_desk(run, line)


async def _joins(line: Line, number: str) -> None:
    if not line.over:
        await line.caller.tell(PartyJoined, **_target(number))


async def _let_go(run: DrillRun, line: Line) -> None:
    """The call-taker leaves: what was consulted takes the caller, who is in a room goes on there."""
    if line.over:
        return
    if line.consults:
        await line.caller.tell(PartyJoined, **_target(line.consults))
        await _consulted(line, TransferResult.COMPLETED)
    await line.caller.tell(PartyLeft, **_desk(line))
    await _without_desk(run, line)


async def _called_off(line: Line) -> None:
    if line.consults and not line.over:
        await _consulted(line, TransferResult.CANCELLED)


async def _consulted(line: Line, result: TransferResult) -> None:
    target, line.consults = line.consults, ""
    await line.caller.tell(TransferEnded, kind=TransferKind.ATTENDED, target=target, result=result)


async def _dropped(line: Line, number: str) -> None:
    if number and not line.over:
        await line.caller.tell(PartyLeft, **_target(number))


async def _without_desk(run: DrillRun, line: Line) -> None:
    """Caller and target speak on for a while; the trainee's phone is free."""
    await run.freed(line)
    line.desk = ""
    run.after(AFTER_HANDING_S, partial(run.over, line))


async def _rung_back(run: DrillRun, line: Line, effect: MovePeople) -> None:
    """The trainee's phone is picked up at once, and the caller answers if the script has words for it."""
    await line.caller.tell(MoveLegUp, n=effect.n)
    again = run.line_of(line.script)
    again.back = True
    await again.caller.seizes(
        linkedid=leg_id(effect.n, effect.uniqueid), outgoing=True, callback_of=line.caller.call_id,
        callback_move=effect.n, dialed=effect.number,
    )  # fmt: skip
    if line.script.back:
        run.answered()
        await run.desk_is(AgentState.BUSY)
        await run.picked_up(again, run.position)
    else:
        run.after(UNREACHED_S, partial(run.over, again))
