"""A call together with others: what is suggested, what people link, what looks like part of a flood."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from gateway.calls.events import CallEvent
from gateway.calls.linked import (
    CallSuspected,
    ClearSuspicion,
    IncidentJoined,
    IncidentLeft,
    IncidentLink,
    LinkCall,
    PairCompared,
    SuggestionsMade,
    TogetherRequest,
    UnlinkCall,
)
from gateway.calls.model import TEST_MARK, CallSession, CallState, Medium
from gateway.calls.people import Changed
from gateway.calls.signals import CallerIdentified, CallSignal
from gateway.calls.together import MAX_SUGGESTIONS, MAX_WORDS, Suggestion
from gateway.ids import CallId
from gateway.triage.model import Nature

JUDGED_STEP = 3
"""So many more judged segments make what a call tells worth another comparison."""
MAX_SOURCE_CHARS = 64
MAX_REASON_CHARS = 500


def basis(session: CallSession) -> str:
    """What of the call suggestions rest on; empty where nothing could be compared yet."""
    nature = session.triage.nature if session.triage else Nature.NONE
    if session.leading_location is None and nature is Nature.NONE:
        return ""
    described = session.locating.description
    return "/".join(
        (
            session.leading_location or "", described.location_id if described else "", nature.value,
            str(max(session.judged, 0) // JUDGED_STEP),
        )
    )  # fmt: skip


def wants_suggestions(session: CallSession) -> str | None:
    """The basis on which the call is to be compared with others now; None: nothing is owed."""
    over = session.state is CallState.ENDED and session.medium is not Medium.MANUAL
    if over or TEST_MARK in session.marks:
        return None
    now = basis(session)
    return now if now and now != session.together.basis else None


# ---- what is learnt


def suggested(session: CallSession, signal: SuggestionsMade) -> Changed:
    after = replace(
        session.together, basis=signal.basis, words=signal.words[:MAX_WORDS],
        suggestions=_best(signal.suggestions),
    )  # fmt: skip
    return replace(session, together=after), ()


def compared(session: CallSession, signal: PairCompared) -> Changed:
    """The pair as it is now; all others stay."""
    rest = [each for each in session.together.suggestions if each.call_id != signal.other]
    fresh = [] if signal.suggestion is None else [signal.suggestion]
    return replace(session, together=replace(session.together, suggestions=_best([*rest, *fresh]))), ()


def _best(suggestions: list[Suggestion] | tuple[Suggestion, ...]) -> tuple[Suggestion, ...]:
    """The same five in whatever order they came."""
    ranked = sorted(suggestions, key=lambda each: (-each.score, each.call_id))
    return tuple(ranked[:MAX_SUGGESTIONS])


def suspected(session: CallSession, signal: CallSuspected) -> Changed:
    """Never a call that spoke of danger, nor one that a person has cleared."""
    state = session.together
    if state.cleared is not None or session.vetoes or state.suspicion is not None:
        return session, ()
    return replace(session, together=replace(state, suspicion=signal.suspicion)), ()


def follow(before: CallSession, after: CallSession, signal: CallSignal) -> CallSession:
    """Danger clears a caller at once; where a call comes from is kept."""
    state = after.together
    if after.vetoes and not before.vetoes and state.cleared is None:
        state = replace(state, suspicion=None, cleared="veto")
    if isinstance(signal, CallerIdentified) and signal.remote_address and state.source is None:
        state = replace(state, source=host_of(signal.remote_address))
    return after if state is after.together else replace(after, together=state)


def host_of(address: str) -> str:
    """Without the port: a flood rings from one machine and many ports."""
    host, _, port = address.rpartition(":")
    return (host if host and port.isdigit() and (":" not in host or "]" in host) else address)[
        :MAX_SOURCE_CHARS
    ]


# ---- told by an incident


def joined(session: CallSession, signal: IncidentJoined) -> Changed:
    """Unless a person linked it elsewhere at the same moment: the incident then hears of that."""
    state = session.together
    if state.incident not in (None, signal.moved_from) or state.incident == signal.incident_id:
        return session, ()
    told = IncidentLink(
        occurred_at=signal.when, incident_id=signal.incident_id, linked=True, by=signal.by,
        others=signal.others, reasons=tuple(reason.code.value for reason in signal.reasons),
        moved_from=signal.moved_from,
    )  # fmt: skip
    return _linked(session, signal.incident_id, signal.by, signal.when), (told,)


def left(session: CallSession, signal: IncidentLeft) -> Changed:
    if session.together.incident != signal.incident_id:
        return session, ()
    told = IncidentLink(
        occurred_at=signal.when, incident_id=signal.incident_id, linked=False, by=signal.by, why=signal.why
    )
    return _linked(session, None, None, None), (told,)


def _linked(
    session: CallSession, incident: str | None, by: str | None, at: datetime | None
) -> CallSession:  # fmt: skip
    return replace(session, together=replace(session.together, incident=incident, linked_by=by, linked_at=at))


# ---- requests of people


def refusal(session: CallSession, signal: TogetherRequest) -> tuple[str, str] | None:
    """Code and text; None: it may be done."""
    state = session.together
    match signal:
        case LinkCall(incident_id=wanted) if state.incident not in (None, wanted):
            return "linked_elsewhere", f"linked with incident {state.incident}: unlink it, or merge the two"
        case LinkCall(other=other) if other == session.call_id:
            return "invalid", "a call is not linked with itself"
        case UnlinkCall() if state.incident is None:
            return "not_linked", "this call is linked with no incident"
        case UnlinkCall(reason=reason) if len(reason) > MAX_REASON_CHARS:
            return "invalid", f"a reason has at most {MAX_REASON_CHARS} characters"
        case ClearSuspicion() if state.suspicion is None:
            return "not_suspected", "this call is not suspected"
    return None


def requested(
    session: CallSession, signal: TogetherRequest
) -> tuple[CallSession, tuple[CallEvent, ...]]:  # fmt: skip
    """The call after it. Nobody's entry becomes stale by it."""
    after, events = _requested(session, signal)
    return (session, ()) if after is session else (replace(after, rev=session.rev + 1), events)


def _requested(session: CallSession, signal: TogetherRequest) -> Changed:
    state = session.together
    if isinstance(signal, ClearSuspicion):
        cleared = replace(state, suspicion=None, cleared=signal.actor)
        return replace(session, together=cleared), ()
    if isinstance(signal, UnlinkCall):
        told = IncidentLink(
            occurred_at=signal.when, incident_id=state.incident or "", linked=False, by=signal.actor,
            why=signal.reason or None,
        )  # fmt: skip
        return _linked(session, None, None, None), (told,)
    if state.incident == signal.incident_id:
        return session, ()
    others: tuple[CallId, ...] = () if signal.other is None else (signal.other,)
    told = IncidentLink(
        occurred_at=signal.when, incident_id=signal.incident_id, linked=True, by=signal.actor, others=others,
        reasons=tuple(reason.code.value for reason in signal.reasons),
    )  # fmt: skip
    return _linked(session, signal.incident_id, signal.actor, signal.when), (told,)
