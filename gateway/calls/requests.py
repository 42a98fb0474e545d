"""What people ask of a call, and what they are answered: data, sent after the commit."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gateway.calls.events import CallEvent, DispositionSet
from gateway.calls.model import CallSession, Disposition, RecordingStatus
from gateway.calls.signals import CallRequest, ConfirmCardField, OpenRecording, SetCardField, SetDisposition

MAX_VALUE_CHARS = 500
MAX_NOTE_CHARS = 2_000
"""Longer entries of a person are refused, not cut: nobody's words are changed silently."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    rev: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """stale_rev, unknown_call, unknown_recording, not_stored, invalid."""

    code: str
    text: str


Answer = Accepted | Refused


def request(session: CallSession, signal: CallRequest) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """The call after the request, what is told of it, and the answer. A refusal changes nothing."""
    refusal = _stale(session, signal) or _invalid(session, signal)
    if refusal is not None:
        return session, (), refusal
    if isinstance(signal, OpenRecording):
        return session, (), Accepted(rev=session.rev)
    after = replace(session, rev=session.rev + 1, person_rev=session.rev + 1)
    if not isinstance(signal, SetDisposition):
        return after, (), Accepted(rev=after.rev)
    decided = Disposition(
        alarm_class=signal.alarm_class,
        nature=signal.nature,
        department=signal.department,
        note=signal.note,
        by=signal.actor,
        at=signal.when,
    )
    event = DispositionSet(
        occurred_at=signal.when,
        alarm_class=decided.alarm_class,
        nature=decided.nature,
        department=decided.department,
        by=decided.by,
        note=decided.note,
    )
    return replace(after, disposition=decided), (event,), Accepted(rev=after.rev)


def _stale(session: CallSession, signal: CallRequest) -> Refused | None:
    """Only another person's write makes what somebody saw stale; text that arrives meanwhile does not."""
    seen = signal.expected_rev
    if seen is None or session.person_rev <= seen <= session.rev:
        return None
    return Refused(
        code="stale_rev", text=f"somebody changed this call meanwhile (rev {session.rev}): look again"
    )


def _invalid(session: CallSession, signal: CallRequest) -> Refused | None:
    match signal:
        case SetCardField(name=name, value=value) | ConfirmCardField(name=name, value=value):
            if not name.strip() or not value.strip() or len(value) > MAX_VALUE_CHARS:
                return Refused(
                    code="invalid", text=f"a field needs a name and 1 to {MAX_VALUE_CHARS} characters"
                )
        case SetDisposition(note=note):
            if len(note) > MAX_NOTE_CHARS:
                return Refused(code="invalid", text=f"a note has at most {MAX_NOTE_CHARS} characters")
        case OpenRecording(recording_id=wanted, purpose=purpose):
            return _unopenable(session, wanted, purpose)
        case _:
            return Refused(code="invalid", text=f"no such request: {type(signal).__name__}")
    return None


def _unopenable(session: CallSession, wanted: str, purpose: str) -> Refused | None:
    found = next((each for each in session.recordings if each.recording_id == wanted), None)
    if found is None:
        return Refused(code="unknown_recording", text="this call has no such recording")
    if found.status is not RecordingStatus.STORED:
        return Refused(
            code="not_stored", text=f"the recording is {found.status.value}: wait until it is stored"
        )
    if not purpose.strip():
        return Refused(code="invalid", text="say what it is opened for")
    return None
