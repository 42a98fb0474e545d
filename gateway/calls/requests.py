"""What people ask of a call, and what they are answered: data, sent after the commit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from gateway.calls import (
    asking,
    callback,
    dispatching,
    entering,
    erasing,
    linking,
    places,
    quieting,
    referral,
    sharing,
    supervision,
    tasking,
    texting,
    wrapup,
)
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.dispatched import DispatchReported
from gateway.calls.erased import EraseCall
from gateway.calls.events import CallEvent
from gateway.calls.handed import CallBack, CancelTransfer, CompleteTransfer, HandOver, Supervise
from gateway.calls.linked import ClearSuspicion, LinkCall, TogetherRequest, UnlinkCall
from gateway.calls.located import RefreshLocation, SetPosition, WithdrawPosition
from gateway.calls.model import CallSession, CallState, Label, Medium, RecordingStatus
from gateway.calls.printed import PrintSheet
from gateway.calls.quieted import StartPrompt, StopPrompt
from gateway.calls.signals import (
    CallRequest,
    ConfirmCardField,
    LabelCall,
    OpenRecording,
    SetCardField,
    SetDisposition,
)
from gateway.calls.tasked import ClaimTask, ResolveTask
from gateway.calls.texted import ClaimText, PassText, ReleaseText, ResendText, WriteText
from gateway.calls.wrapped import FinishCall, MarkAsked, WrapRequest
from gateway.location.model import Location, LocationSource

MAX_VALUE_CHARS = 500
MAX_NOTE_CHARS = 2_000
"""Longer entries of a person are refused, not cut: nobody's words are changed silently."""


Asked = Callable[[CallSession, Any], tuple[CallSession, tuple[CallEvent, ...], Answer]]

MOVING: Mapping[type[CallRequest], Asked] = {
    HandOver: referral.hand_over,
    CompleteTransfer: referral.complete,
    CancelTransfer: referral.cancel,
    CallBack: callback.call_back,
    Supervise: supervision.supervise,
    DispatchReported: dispatching.reported,
    ClaimTask: tasking.claim,
    ResolveTask: tasking.resolve,
    PrintSheet: lambda session, _: (session, (), Accepted(rev=session.rev)),
    **entering.REQUESTS,
    **quieting.REQUESTS,
    **sharing.REQUESTS,
    ClaimText: texting.claim,
    ReleaseText: texting.release,
    PassText: texting.pass_on,
    WriteText: texting.write,
    ResendText: texting.resend,
    EraseCall: erasing.erase,
}
"""Requests that move people, here or at the scene, add to a record or forget it.
Nobody's entry becomes stale by them."""


NEED_A_LINE = (HandOver, CompleteTransfer, CancelTransfer, CallBack, Supervise, StartPrompt, StopPrompt)
"""What the PBX does, with the caller's leg."""


def request(session: CallSession, signal: CallRequest) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """The call after the request, what is told of it, and the answer. A refusal changes nothing."""
    if session.medium is Medium.TEXT and isinstance(signal, NEED_A_LINE):
        return session, (), Refused(code="no_line", text=f"no telephone call: {session.medium.value}")
    if (moving := MOVING.get(type(signal))) is not None:
        stale = _stale(session, signal)
        return (session, (), stale) if stale else moving(session, signal)
    refusal = _closed(session, signal) or _stale(session, signal) or _invalid(session, signal)
    if refusal is not None:
        return session, (), refusal
    if isinstance(signal, OpenRecording):
        return session, (), Accepted(rev=session.rev)
    if isinstance(signal, RefreshLocation):
        return _refreshed(session, signal)
    if isinstance(signal, TogetherRequest):
        linked, told = linking.requested(session, signal)
        return linked, told, Accepted(rev=linked.rev)
    if isinstance(signal, LabelCall):
        after = _labelled(session, signal)
        return after, (), Accepted(rev=after.rev)
    if isinstance(signal, MarkAsked):
        after, _ = wrapup.requested(replace(session, rev=session.rev + 1), signal)
        return after, (), Accepted(rev=after.rev)
    after = replace(session, rev=session.rev + 1, person_rev=session.rev + 1)
    events: tuple[CallEvent, ...] = ()
    if isinstance(signal, WrapRequest):
        after, events = wrapup.requested(after, signal)
    elif isinstance(signal, SetDisposition):
        after, events = wrapup.disposed(after, signal)
    elif isinstance(signal, SetPosition):
        after, events = places.chosen(after, _entered(after, signal), signal)
    elif isinstance(signal, WithdrawPosition):
        after, events = places.withdrawn(after, signal)
    return wrapup.noted(after, signal), events, Accepted(rev=after.rev)


def _labelled(session: CallSession, signal: LabelCall) -> CallSession:
    """Nobody's entry becomes stale by it, and nothing of it leaves the house."""
    label = Label(
        alarm_class=signal.alarm_class, nature=signal.nature, department=signal.department, note=signal.note,
        by=signal.actor, at=signal.when,
    )  # fmt: skip
    return replace(session, label=label, rev=session.rev + 1)


def _refreshed(
    session: CallSession, signal: RefreshLocation
) -> tuple[CallSession, tuple[CallEvent, ...], Answer]:
    """A round more, unless one is under way that asks everybody, as the first and a person's do: its answers
    are new enough. No entry becomes stale by it."""
    state = session.locating
    if state.asked > state.answered and (state.asked_by is not None or state.asked == 1):
        return session, (), Accepted(rev=session.rev)
    wanted = asking.want_round(session, signal.when, signal.actor)
    after = replace(wanted, rev=session.rev + 1)
    return after, (), Accepted(rev=after.rev)


def _entered(session: CallSession, signal: SetPosition) -> Location:
    """What a person says, as a fix; or the one that they chose."""
    for fix in session.locations:
        if fix.location_id == signal.location_id:
            return fix
    digest = sha256(signal.request_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return Location(
        location_id=f"{LocationSource.PERSON.value}-{digest}", source=LocationSource.PERSON,
        obtained_at=signal.when, latitude=signal.latitude, longitude=signal.longitude, datum=signal.datum,
        uncertainty_m=signal.uncertainty_m, address=signal.address.strip() or None, provided_by=signal.actor,
        method=places.BY_HAND, note=signal.note.strip() or None,
    )  # fmt: skip


def _stale(session: CallSession, signal: CallRequest) -> Refused | None:
    """Only another person's entry in the same part of the card makes what somebody saw stale; a request about
    the call as a whole, anybody's entry. Text that arrives meanwhile does neither."""
    seen = signal.expected_rev
    if (before := wrapup.written_before(session, signal)) is not None:
        return Refused(code="written_before", text=f"{before.by}, {before.at.isoformat(timespec='seconds')}")
    whole = wrapup.part_of(signal) is None
    if seen is None or (seen <= session.rev and (not whole or session.person_rev <= seen)):
        return None
    return Refused(
        code="stale_rev", text=f"somebody changed this call meanwhile (rev {session.rev}): look again"
    )


def _closed(session: CallSession, signal: CallRequest) -> Refused | None:
    told = wrapup.refusal(session, signal)
    return told and Refused(code=told[0], text=told[1])


def _invalid(session: CallSession, signal: CallRequest) -> Refused | None:
    match signal:
        case SetCardField(name=name, value=value) | ConfirmCardField(name=name, value=value):
            if not name.strip() or not value.strip() or len(value) > MAX_VALUE_CHARS:
                return Refused(
                    code="invalid", text=f"a field needs a name and 1 to {MAX_VALUE_CHARS} characters"
                )
        case SetDisposition(note=note) | LabelCall(note=note) | FinishCall(note=note):
            if len(note) > MAX_NOTE_CHARS:
                return Refused(code="invalid", text=f"a note has at most {MAX_NOTE_CHARS} characters")
        case LinkCall() | UnlinkCall() | ClearSuspicion():
            told = linking.refusal(session, signal)
            return told and Refused(code=told[0], text=told[1])
        case RefreshLocation():
            return _unaskable(session)
        case SetPosition():
            return _unplaceable(session, signal)
        case WithdrawPosition(location_id=location_id):
            if not places.is_persons_word(session, location_id):
                return Refused(code="not_set", text="nobody set or chose this place, or it leads no more")
        case OpenRecording(recording_id=wanted, purpose=purpose):
            return _unopenable(session, wanted, purpose)
        case WrapRequest():
            return None
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


def _unaskable(session: CallSession) -> Refused | None:
    if session.state is CallState.ENDED:
        return Refused(code="ended", text="the call is over: its place is not asked for any more")
    if not asking.has_something_to_ask_by(session):
        return Refused(code="nothing_to_ask", text="neither a number nor a reference came with this call")
    if session.locating.asked >= asking.MAX_ROUNDS:
        return Refused(code="limit", text=f"asked {asking.MAX_ROUNDS} times: no more in this call")
    return None


def _unplaceable(session: CallSession, signal: SetPosition) -> Refused | None:
    if signal.location_id is not None:
        if any(fix.location_id == signal.location_id for fix in session.locations):
            return None
        return Refused(code="unknown_location", text="this call has no such fix: look again")
    if len(signal.address) > MAX_VALUE_CHARS:
        return Refused(code="invalid", text=f"an address has at most {MAX_VALUE_CHARS} characters")
    if len(signal.note.strip()) > places.MAX_TEXT:
        return Refused(code="invalid", text=f"a remark has at most {places.MAX_TEXT} characters")
    if not signal.address.strip() and signal.latitude is None:
        return Refused(code="invalid", text="a place needs a position or an address")
    radius = signal.uncertainty_m
    if radius is not None and not 0 <= radius <= places.MAX_RADIUS_M:
        return Refused(code="invalid", text=f"a radius is 0 to {places.MAX_RADIUS_M:.0f} m")
    return _no_position(signal)


def _no_position(signal: SetPosition) -> Refused | None:
    """Both coordinates and their datum, or none of them."""
    if signal.latitude is None and signal.longitude is None:
        return None
    if signal.latitude is None or signal.longitude is None:
        return Refused(code="invalid", text="a position needs latitude and longitude")
    if signal.datum is None:
        return Refused(code="invalid", text="a position needs its datum: WGS-84, GCJ-02 or CGCS2000")
    if not (math.isfinite(signal.latitude) and math.isfinite(signal.longitude)):
        return Refused(code="invalid", text="a coordinate is a number")
    if not (-90 <= signal.latitude <= 90 and -180 <= signal.longitude <= 180):
        return Refused(code="invalid", text="latitude is -90 to 90, longitude -180 to 180")
    return None
