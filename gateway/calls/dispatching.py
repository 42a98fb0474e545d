"""What the dispatch core does with a call: its acknowledgement is waited for, its reports are taken in any
order by their own time, and what does not come is told once. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.dispatched import DispatchChange, DispatchReported, DispatchStep
from gateway.calls.effects import SetTimer
from gateway.calls.events import CallEvent
from gateway.calls.instructions import Alarm, Dispatch, Instruction, ReportKind
from gateway.calls.model import TEST_MARK, CallSession
from gateway.calls.people import Changed
from gateway.calls.signals import CallSignal, TimerFired
from gateway.triage.model import AlarmClass

SIGN_OFF_WITHIN = timedelta(seconds=180)
"""An instruction that nobody signed by then is told as late."""
WATCHED = timedelta(minutes=30)
"""So long after it was due the gateway goes on showing hall and health page what did not come; the card shows
it for good."""
MAX_INSTRUCTIONS = 4
"""Instructions of one call in its state; beyond, one that is done goes first, else the oldest."""
MAX_WORDS = 20
"""Characters of an instruction's or feedback's words that the state keeps: the card reads
the whole from the journal."""
MAX_NAME = 32
TIMER = "dispatch:"
"""Timers of this part are called `dispatch:ack` and `dispatch:sign:<instruction_id>`."""
_ACK, _SIGN = f"{TIMER}ack", f"{TIMER}sign:"

_TIMES: Mapping[ReportKind, tuple[str, DispatchStep]] = {
    ReportKind.SIGN_OFF: ("signed_at", DispatchStep.SIGNED_OFF),
    ReportKind.DEPARTURE: ("departed_at", DispatchStep.DEPARTED),
    ReportKind.ARRIVAL: ("arrived_at", DispatchStep.ARRIVED),
    ReportKind.CANCEL: ("cancelled_at", DispatchStep.CANCELLED),
}


# ---- what the core reports


def reported(
    session: CallSession, signal: DispatchReported
) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """The call after one report. What is said again, or earlier than what is known, changes nothing."""
    if signal.kind is not ReportKind.ACK and not signal.instruction_id:
        return session, (), Refused(code="invalid", text=f"{signal.kind.value} needs an instruction_id")
    acked = signal.kind is ReportKind.ACK
    after, told = (_acknowledged if acked else _instructed)(session.dispatch, signal)
    if after == session.dispatch:
        return session, (), Accepted(rev=session.rev)
    moved = replace(session, dispatch=after, rev=session.rev + 1)
    return moved, (told,), Accepted(rev=moved.rev)


def _acknowledged(state: Dispatch, signal: DispatchReported) -> tuple[Dispatch, DispatchChange]:
    """The first one counts: the core has the call."""
    alarm = state.alarm or Alarm(since=signal.when)
    told = _told(
        signal, DispatchStep.ACKNOWLEDGED, since=alarm.since, late=alarm.missing_at is not None,
    )  # fmt: skip
    if alarm.acked_at is None:
        alarm = replace(alarm, acked_at=signal.when, acked_by=signal.by[:MAX_NAME])
    return replace(state, alarm=alarm), told


def _instructed(state: Dispatch, signal: DispatchReported) -> tuple[Dispatch, DispatchChange]:
    name = signal.instruction_id
    before = next((each for each in state.instructions if each.instruction_id == name), None)
    known = before or Instruction(instruction_id=name)
    after, step = _stepped(known, signal)
    after = replace(after, unit=after.unit or signal.unit[:MAX_NAME])
    told = _told(signal, step, since=after.issued_at, unit=after.unit, late=_late(known, step))
    if before is not None:
        same = tuple(after if each is before else each for each in state.instructions)
        return replace(state, instructions=same), told
    return _with(state, after), told


def _stepped(known: Instruction, signal: DispatchReported) -> tuple[Instruction, DispatchStep]:
    """A step stands by its earliest time, words by their latest."""
    at, words = signal.when, signal.text[:MAX_WORDS]
    if signal.kind is ReportKind.INSTRUCTION:
        issued = replace(known, issued_at=_earlier(known.issued_at, at))
        if known.told_at is None or at > known.told_at:
            issued = replace(issued, text=words, unit=signal.unit[:MAX_NAME] or known.unit, told_at=at)
        return issued, DispatchStep.INSTRUCTED
    if signal.kind is ReportKind.FEEDBACK:
        counted = replace(known, feedbacks=known.feedbacks + 1)
        if known.feedback_at is None or at >= known.feedback_at:
            counted = replace(counted, feedback=words, feedback_at=at)
        return counted, DispatchStep.FED_BACK
    name, step = _TIMES[signal.kind]
    moved: dict[str, Any] = {name: _earlier(getattr(known, name), at)}
    return replace(known, **moved), step


def _earlier(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else min(known, at)


def _late(known: Instruction, step: DispatchStep) -> bool:
    return known.late and known.unsigned and step is not DispatchStep.INSTRUCTED


def _with(state: Dispatch, fresh: Instruction) -> Dispatch:
    rows = (*state.instructions, fresh)
    if len(rows) <= MAX_INSTRUCTIONS:
        return replace(state, instructions=rows)
    gone = next((each for each in rows if each.done), rows[0])
    kept = tuple(each for each in rows if each is not gone)
    return replace(state, instructions=kept, forgotten=state.forgotten + 1)


def _told(
    signal: DispatchReported, step: DispatchStep, *, since: datetime | None, unit: str = "", late: bool
) -> DispatchChange:
    return DispatchChange(
        occurred_at=signal.when, inferred=signal.inferred, step=step,
        instruction_id=signal.instruction_id or None, unit=unit or None, text=signal.text or None,
        by=signal.by or None, after_s=_seconds(since, signal.when), late=late,
    )  # fmt: skip


def _seconds(since: datetime | None, until: datetime) -> float | None:
    return None if since is None else round(max(0.0, (until - since).total_seconds()), 3)


# ---- the acknowledgement that an alarm waits for


def follow(
    before: CallSession, after: CallSession, signal: CallSignal, within: timedelta | None
) -> CallSession:
    """A call that became an alarm waits for the core; one that a person found to be none waits no more.

    `within`: how soon the core acknowledges; None: no core does here.
    """
    judged = after.disposition is not before.disposition or after.triage is not before.triage
    if within is None or not judged or TEST_MARK in after.marks:
        return after
    alarm = after.dispatch.alarm
    if alarm is None and _is_alarm(after):
        fresh = Alarm(since=signal.at, due_at=signal.at + within)
        return replace(after, dispatch=replace(after.dispatch, alarm=fresh))
    decided = after.disposition
    if decided is not None and decided.alarm_class is not AlarmClass.VALID_ALARM and _waits(alarm):
        return replace(after, dispatch=replace(after.dispatch, alarm=None))
    return after


def _is_alarm(session: CallSession) -> bool:
    """By the person who decided, else by the machine's verdict."""
    verdict = session.disposition or session.triage
    return verdict is not None and verdict.alarm_class is AlarmClass.VALID_ALARM


def _waits(alarm: Alarm | None) -> bool:
    return alarm is not None and alarm.due_at is not None and alarm.acked_at is None


# ---- what does not come


def owed(session: CallSession) -> Iterator[SetTimer]:
    """While something is awaited the call stays in memory, after its end too."""
    alarm = session.dispatch.alarm
    if alarm is not None and alarm.due_at is not None and alarm.acked_at is None and not alarm.left:
        due_at = alarm.due_at if alarm.missing_at is None else alarm.due_at + WATCHED
        yield SetTimer(kind="call", key=session.call_id, name=_ACK, due_at=due_at)
    for each in session.dispatch.instructions:
        if each.unsigned and each.issued_at is not None and not each.left:
            due_at = each.issued_at + (WATCHED if each.late else SIGN_OFF_WITHIN)
            name = f"{_SIGN}{each.instruction_id}"
            yield SetTimer(kind="call", key=session.call_id, name=name, due_at=due_at)


def timer(session: CallSession, signal: TimerFired) -> Changed:
    """Each lack is told once; a waking that comes too early or twice changes nothing."""
    due = next((each for each in owed(session) if each.name == signal.name), None)
    if due is None or signal.at < due.due_at:
        return session, ()
    if signal.name == _ACK:
        return _ack_due(session, signal)
    return _sign_off_due(session, signal, signal.name.removeprefix(_SIGN))


def _ack_due(session: CallSession, signal: TimerFired) -> Changed:
    alarm = session.dispatch.alarm
    assert alarm is not None  # `owed` named its timer
    if alarm.missing_at is not None:
        return _alarm(session, replace(alarm, left=True)), ()
    told = DispatchChange(
        occurred_at=signal.at, step=DispatchStep.ACK_MISSING, after_s=_seconds(alarm.since, signal.at)
    )
    return _alarm(session, replace(alarm, missing_at=signal.at)), (told,)


def _alarm(session: CallSession, alarm: Alarm) -> CallSession:
    return replace(session, dispatch=replace(session.dispatch, alarm=alarm))


def _sign_off_due(session: CallSession, signal: TimerFired, name: str) -> Changed:
    state = session.dispatch
    known = next(each for each in state.instructions if each.instruction_id == name)
    after = replace(known, left=True) if known.late else replace(known, late=True)
    told = DispatchChange(
        occurred_at=signal.at, step=DispatchStep.SIGN_OFF_LATE, instruction_id=name,
        unit=known.unit or None, after_s=_seconds(known.issued_at, signal.at),
    )  # fmt: skip
    rows = tuple(after if each is known else each for each in state.instructions)
    return replace(session, dispatch=replace(state, instructions=rows)), () if known.late else (told,)
