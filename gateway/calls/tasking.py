"""Whoever hung up before anybody answered is rung back, within a time: opened, claimed, tried, closed, and
told once when it is late. Only a person says that a caller was reached. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.calls import moves
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.effects import SetTimer
from gateway.calls.events import CallEvent
from gateway.calls.hall import CallSetAside
from gateway.calls.handing import MoveKind, MoveState, Why
from gateway.calls.model import TEST_MARK, CallSession, EndReason
from gateway.calls.people import Changed
from gateway.calls.signals import CallSignal, TimerFired
from gateway.calls.task import CallBackTask, TaskOutcome
from gateway.calls.tasked import CallBackTaskChange, CallerAnswered, ClaimTask, ResolveTask, TaskStep

WITHIN = timedelta(seconds=180)
"""So soon an abandoned call is rung back where the configuration says nothing."""
TRIES = 3
"""Call-backs that nobody answered; with the last of them the task closes as no_answer."""
CLAIM_HOLDS = timedelta(minutes=10)
"""So long nobody else takes a claimed task; then whoever claims it has it."""
KEPT = timedelta(hours=24)
"""So long after the call an open task keeps it in memory; then it closes as lapsed, and that is told."""
TIMER = "task:"
"""Timers of this part are called `task:due` and `task:kept`."""
_DUE, _KEPT = f"{TIMER}due", f"{TIMER}kept"

OF_PERSONS = frozenset(
    {
        TaskOutcome.REACHED_SAFE, TaskOutcome.REACHED_EMERGENCY, TaskOutcome.NO_ANSWER,
        TaskOutcome.UNREACHABLE,
    }
)  # fmt: skip
"""What a person may say; the others come by themselves."""
_VAIN = frozenset({Why.NO_ANSWER, Why.BUSY, Why.DEAD_NUMBER})
"""How a call-back ends that rang the caller in vain."""


# ---- what the call itself brings


def follow(before: CallSession, after: CallSession, signal: CallSignal, within: timedelta | None) -> Changed:
    """The task opens with the end of a call that nobody answered, stands aside while the call looks like part
    of a flood, and counts call-backs that rang in vain. A veto or a person who clears the call brings it
    back, with its whole time."""
    within = within or WITHIN
    task = after.task
    if task is None:
        abandoned = after.end_reason is EndReason.ABANDONED and before.end_reason is None
        if not abandoned or after.outgoing or TEST_MARK in after.marks:
            return after, ()
        since = after.ended_at or signal.when
        fresh = CallBackTask(since=since, due_at=since + within, aside=_suspected(after))
        return _told(after, fresh, signal, _opening(fresh))
    if task.outcome is not None:
        return after, ()
    if task.aside != _suspected(after) and task.claimed_by is None:
        due_at = max(task.due_at, signal.at + within) if task.aside else task.due_at
        turned = replace(task, aside=not task.aside, due_at=due_at)
        return _told(after, turned, signal, _opening(turned))
    if (by := _rang_in_vain(before, after)) is not None:
        return _tried(after, replace(task, unconfirmed=True), signal, by)
    return after, ()


def _suspected(session: CallSession) -> bool:
    return session.together.suspicion is not None


def _opening(task: CallBackTask) -> TaskStep:
    return TaskStep.SET_ASIDE if task.aside else TaskStep.OPENED


def _rang_in_vain(before: CallSession, after: CallSession) -> str | None:
    """Who asked for the call-back that has just ended so; None: none has."""
    if after.moves is before.moves:
        return None
    known = {move.n: move.state for move in before.moves}
    for move in after.moves:
        ended = move.state is MoveState.ENDED and known.get(move.n) is not MoveState.ENDED
        rang_the_caller = move.kind is MoveKind.CALL_BACK and move.number == after.callback_number
        if ended and rang_the_caller and move.why in _VAIN:
            return move.by
    return None


def _tried(session: CallSession, task: CallBackTask, signal: CallSignal, by: str) -> Changed:
    """One try more; the last one closes."""
    counted = replace(task, tries=task.tries + 1)
    if counted.tries >= TRIES:
        return _closed(session, counted, signal, TaskOutcome.NO_ANSWER, by=by)
    return _told(session, counted, signal, TaskStep.TRIED, by=by)


def answered(session: CallSession, signal: CallerAnswered) -> Changed:
    """The caller has spoken with us after all. It closes a task set aside, too."""
    task = session.task
    if task is None or task.outcome is not None or signal.call == session.call_id:
        return session, ()
    return _closed(session, task, signal, TaskOutcome.MERGED, merged_into=signal.call)


# ---- what people ask


def claim(session: CallSession, signal: ClaimTask) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """Claimed again by the same person it is claimed anew; nothing is told twice."""
    task = _workable(session, signal)
    if isinstance(task, Refused):
        return session, (), task
    mine = replace(task, claimed_by=signal.actor, claimed_at=signal.at, aside=False)
    if task.claimed_by == signal.actor:
        return _asked(replace(session, task=mine), ())
    return _asked(*_told(session, mine, signal, TaskStep.CLAIMED, by=signal.actor))


def resolve(session: CallSession, signal: ResolveTask) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    task = _workable(session, signal)
    if isinstance(task, Refused):
        return session, (), task
    if signal.outcome not in OF_PERSONS:
        return session, (), Refused(code="invalid", text=f"{signal.outcome.value} is not for a person to say")
    if signal.outcome is not TaskOutcome.NO_ANSWER:
        return _asked(*_closed(session, task, signal, signal.outcome, by=signal.actor))
    if session.callback_number is None:
        return session, (), Refused(code="no_number", text="a caller without a number cannot be rung")
    rings = (m for m in session.moves if m.kind is MoveKind.CALL_BACK and m.number == session.callback_number)
    if any(not moves.is_done(move) for move in rings):
        return session, (), Refused(code="pending", text="the caller's phone still rings")
    if task.unconfirmed:
        return _asked(replace(session, task=replace(task, unconfirmed=False)), ())
    return _asked(*_tried(session, task, signal, signal.actor))


def _workable(session: CallSession, signal: ClaimTask | ResolveTask) -> CallBackTask | Refused:
    task = session.task
    if task is None:
        return Refused(code="no_task", text="this call left no call-back")
    if task.outcome is not None:
        return Refused(code="task_closed", text=f"{task.outcome.value}, {task.closed_by or 'by itself'}")
    other = task.claimed_by not in (None, signal.actor)
    if other and task.claimed_at is not None and signal.at < task.claimed_at + CLAIM_HOLDS:
        return Refused(code="task_claimed", text=f"{task.claimed_by}")
    return task


def _asked(
    session: CallSession, events: tuple[CallEvent, ...]
) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    after = replace(session, rev=session.rev + 1)
    return after, events, Accepted(rev=after.rev)


# ---- the clock


def owed(session: CallSession) -> Iterator[SetTimer]:
    """An open task keeps its call in memory, for a day at most; one set aside keeps nothing."""
    task = session.task
    if task is None or not task.open:
        return
    name, due_at = (_DUE, task.due_at) if task.overdue_at is None else (_KEPT, task.since + KEPT)
    yield SetTimer(kind="call", key=session.call_id, name=name, due_at=due_at)


def timer(session: CallSession, signal: TimerFired) -> Changed:
    """A waking that comes too early or twice changes nothing."""
    task = session.task
    due = next((each for each in owed(session) if each.name == signal.name), None)
    if task is None or due is None or signal.at < due.due_at:
        return session, ()
    if signal.name == _KEPT:
        return _closed(session, task, signal, TaskOutcome.LAPSED)
    return _told(session, replace(task, overdue_at=signal.at), signal, TaskStep.OVERDUE)


# ---- telling


def tells(before: CallSession | None, after: CallSession, signal: CallSignal) -> tuple[CallSetAside, ...]:
    """The hall counts what stands aside."""
    had, has = before is not None and _aside(before), _aside(after)
    if had == has:
        return ()
    return (CallSetAside(pbx=after.pbx, at=signal.at, source_at=signal.source_at, back=had),)


def _aside(session: CallSession) -> bool:
    return session.task is not None and session.task.aside and session.task.outcome is None


def _closed(
    session: CallSession, task: CallBackTask, signal: CallSignal, outcome: TaskOutcome, *,
    by: str | None = None, merged_into: Any = None,
) -> Changed:  # fmt: skip
    done = replace(
        task, outcome=outcome, closed_at=signal.when, closed_by=by, merged_into=merged_into, unconfirmed=False
    )
    return _told(session, done, signal, TaskStep.CLOSED, by=by)


def _told(
    session: CallSession, task: CallBackTask, signal: CallSignal, step: TaskStep, *, by: str | None = None
) -> Changed:
    event = CallBackTaskChange(
        occurred_at=signal.when, inferred=signal.inferred, step=step, since=task.since, due_at=task.due_at,
        callback_number=session.callback_number, tries=task.tries, by=by, outcome=task.outcome,
        merged_into=task.merged_into,
    )  # fmt: skip
    return replace(session, task=task), (event,)
