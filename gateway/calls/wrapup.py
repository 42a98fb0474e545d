"""Finishing a call, opening it again, passing its card on: what `wrapped` asks, done. And who wrote which
part of the card last, so that two people's entries meet only in the same part. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from gateway.calls.events import CallEvent, DispositionSet, WrapUpChange, WrapUpStep
from gateway.calls.hall import HallSignal
from gateway.calls.handing import JOINING
from gateway.calls.located import SetPosition, WithdrawPosition
from gateway.calls.model import TEST_MARK, CallSession, CallState, Disposition, PartyRole
from gateway.calls.seats import WrapUpBegun, WrapUpDone
from gateway.calls.signals import CallRequest, CallSignal, ConfirmCardField, SetCardField, SetDisposition
from gateway.calls.wrapped import FinishCall, MarkAsked, PassCard, ReopenCall, WrapRequest
from gateway.calls.wrapping import Finish, Written

MAX_WRITTEN = 24
"""Parts of a card whose last writer is remembered; of what was written longest ago nobody is told more."""
MAX_ASKED = 12
"""Questions marked as asked; the oldest mark goes first."""
MAX_REASON_CHARS = 500
MAX_QUESTION_CHARS = 100

Changed = tuple[CallSession, tuple[CallEvent, ...]]


def part_of(signal: CallRequest) -> str | None:
    """The part of the card that a request writes; None: the call as a whole."""
    match signal:
        case SetCardField(name=name) | ConfirmCardField(name=name):
            return f"field:{name}"
        case SetDisposition() | FinishCall():
            return "disposition"
        case SetPosition() | WithdrawPosition():
            return "position"
        case _:
            return None


def written_before(session: CallSession, signal: CallRequest) -> Written | None:
    """Another person's entry in the same part, newer than what was seen. One's own is no surprise."""
    part, seen = part_of(signal), signal.expected_rev
    if part is None or seen is None:
        return None
    last = next((each for each in session.wrap.written if each.part == part), None)
    return last if last is not None and last.rev > seen and last.by != signal.actor else None


def noted(session: CallSession, signal: CallRequest) -> CallSession:
    """The call after `signal` wrote its part; `session.rev` is the rev that holds it."""
    part = part_of(signal)
    if part is None:
        return session
    others = [each for each in session.wrap.written if each.part != part]
    now = Written(part=part, rev=session.rev, by=signal.actor, at=signal.when)
    return replace(session, wrap=replace(session.wrap, written=(*others, now)[-MAX_WRITTEN:]))


def refusal(session: CallSession, signal: CallRequest) -> tuple[str, str] | None:
    """(code, text) of why it cannot be done; None: it can. Finished cards take no more entries."""
    finished = session.wrap.finished
    match signal:
        case FinishCall() if finished is not None:
            return "already_finished", f"{finished.by}, {finished.at.isoformat(timespec='seconds')}"
        case ReopenCall() if finished is None:
            return "not_finished", "the card is open"
        case ReopenCall(reason=reason) if not reason.strip() or len(reason) > MAX_REASON_CHARS:
            return "reason_needed", f"a reason has 1 to {MAX_REASON_CHARS} characters"
        case MarkAsked(question=question) if not question.strip() or len(question) > MAX_QUESTION_CHARS:
            return "invalid", f"a question has 1 to {MAX_QUESTION_CHARS} characters"
        case PassCard(to=to, note=note) if not to.strip() or len(note) > MAX_REASON_CHARS:
            return "invalid", f"name a position; a note has at most {MAX_REASON_CHARS} characters"
        case PassCard() if finished is not None:
            return "finished", f"{finished.by}, {finished.at.isoformat(timespec='seconds')}"
    if finished is not None and part_of(signal) is not None:
        return "finished", f"{finished.by}, {finished.at.isoformat(timespec='seconds')}"
    return None


def requested(session: CallSession, signal: WrapRequest) -> Changed:
    """The call after a request that nothing refused; `rev` is counted by the caller."""
    wrap = session.wrap
    match signal:
        case FinishCall():
            decided, told = disposed(session, signal)
            done = Finish(by=signal.actor, at=signal.when)
            after = replace(decided, wrap=replace(wrap, finished=done))
            return after, (*told, _step(signal, WrapUpStep.FINISHED))
        case ReopenCall(reason=reason):
            after = replace(session, wrap=replace(wrap, finished=None, reopened=wrap.reopened + 1))
            return after, (_step(signal, WrapUpStep.REOPENED, reason=reason),)
        case MarkAsked(question=question):
            asked = (*(each for each in wrap.asked if each != question), question)[-MAX_ASKED:]
            return replace(session, wrap=replace(wrap, asked=asked)), ()
        case PassCard(to=to, note=note):
            after = replace(session, wrap=replace(wrap, keeper=to))
            return after, (_step(signal, WrapUpStep.PASSED, to=to, reason=note or None),)
        case _:
            return session, ()


def disposed(session: CallSession, signal: SetDisposition | FinishCall) -> Changed:
    """A person's decision on what the call was."""
    decided = Disposition(
        alarm_class=signal.alarm_class, nature=signal.nature, department=signal.department, note=signal.note,
        by=signal.actor, at=signal.when,
    )  # fmt: skip
    event = DispositionSet(
        occurred_at=signal.when, alarm_class=decided.alarm_class, nature=decided.nature,
        department=decided.department, by=decided.by, note=decided.note,
    )  # fmt: skip
    return replace(session, disposition=decided), (event,)


def _step(
    signal: WrapRequest, step: WrapUpStep, *, to: str | None = None, reason: str | None = None
) -> WrapUpChange:
    return WrapUpChange(occurred_at=signal.when, step=step, by=signal.actor, to=to, reason=reason)


# ---- what the hall is told


def keeper(session: CallSession) -> str | None:
    """The desk whose card it is: passed on to, else who is, or was, with the caller last; of those who are
    there together the one that came last, and a supervisor who joined only when nobody else is."""
    if session.wrap.keeper is not None:
        return session.wrap.keeper
    joined = {move.position for move in session.moves if move.kind in JOINING}
    desks = [
        (
            party.left_at is None,
            party.left_at or session.seized_at,
            party.number not in joined,
            at,
            party.number,
        )
        for at, party in enumerate(session.parties)
        if party.role is PartyRole.CALL_TAKER
    ]
    return max(desks)[-1] if desks else None


def tells(before: CallSession | None, after: CallSession, signal: CallSignal) -> tuple[HallSignal, ...]:
    """The desk has work after the talk from the call's end until its card is finished or passed on."""
    return tuple(_told(before, after, signal)) if TEST_MARK not in after.marks else ()


def _told(before: CallSession | None, after: CallSession, signal: CallSignal) -> Iterable[HallSignal]:
    had, has = None if before is None else _wrapping(before), _wrapping(after)
    if had == has:
        return
    about: dict[str, Any] = {
        "pbx": after.pbx,
        "at": signal.at,
        "source_at": signal.source_at,
        "inferred": signal.inferred,
    }
    if had is not None:
        yield WrapUpDone(agent=had, call_id=after.call_id, **about)
    if has is not None:
        yield WrapUpBegun(agent=has, call_id=after.call_id, **about)


def _wrapping(session: CallSession) -> str | None:
    """The desk that still has to finish this call; one that we made for another has no card of its own to
    finish."""
    over = session.state is CallState.ENDED and session.wrap.finished is None and session.callback_of is None
    return keeper(session) if over else None
