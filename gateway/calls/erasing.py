"""Lawful erasure of a call: what is left of its state is that it was there, when, and what it was counted as.
The store destroys the rest in the same commit (`ports.Erasure`). Pure."""

from __future__ import annotations

from dataclasses import replace

from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.erased import EraseCall
from gateway.calls.events import CallEvent
from gateway.calls.model import CallSession, CallState, Disposition

ERASED = "erased"
"""The mark of such a call, for lists and pages."""
MAX_GROUND_CHARS = 500


def erase(
    session: CallSession, signal: EraseCall
) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:  # fmt: skip
    """Only of a call that is over and owes nothing: what is still to be done needs what would be erased. The
    first person asks, a second one erases."""
    if session.state is not CallState.ENDED or not session.closed:
        return session, (), Refused(code="not_over", text="the call is not over, or something of it is owed")
    if is_erased(session):
        return session, (), Refused(code="already_erased", text="the call is erased already")
    if not signal.ground.strip() or len(signal.ground) > MAX_GROUND_CHARS:
        return session, (), Refused(code="invalid", text=f"a ground has 1 to {MAX_GROUND_CHARS} characters")
    if session.erasure_asked_by in (None, signal.actor):
        rev = session.rev + 1
        asked = replace(session, erasure_asked_by=signal.actor, rev=rev, person_rev=rev)
        return asked, (), Accepted(rev=rev)
    bare = bare_of(session)
    return bare, (), Accepted(rev=bare.rev)


def is_erased(session: CallSession) -> bool:
    return ERASED in session.marks


def bare_of(session: CallSession) -> CallSession:
    """Times, counts and codes; no number, place, word, name or leg."""
    return CallSession(
        call_id=session.call_id, site=session.site, pbx=session.pbx, uniqueid=session.uniqueid,
        linkedid=session.linkedid, line="", seized_at=session.seized_at, medium=session.medium,
        state=CallState.ENDED, outgoing=session.outgoing, callback_of=session.callback_of,
        same_as=session.same_as, queue=session.queue, queued_at=session.queued_at,
        queue_wait_ms=session.queue_wait_ms, answered_at=session.answered_at, ended_at=session.ended_at,
        end_reason=session.end_reason, released_by=session.released_by, triage=session.triage,
        vetoes=session.vetoes, disposition=session.disposition and _uncommented(session.disposition),
        inferred=session.inferred, call_seq=session.call_seq, rev=session.rev + 1,
        person_rev=session.rev + 1, closed=True,
        marks=(*(mark for mark in session.marks if not mark.startswith("key:") and mark != ERASED), ERASED),
    )  # fmt: skip


def _uncommented(decided: Disposition) -> Disposition:
    return Disposition(
        alarm_class=decided.alarm_class, nature=decided.nature, department=decided.department, note="",
        by=decided.by, at=decided.at,
    )  # fmt: skip
