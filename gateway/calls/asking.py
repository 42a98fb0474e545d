"""Sources asked where the caller is, in rounds: as soon as there is a number or a reference to ask by, again
when time has passed or a person wants it, and never after the end of a call that was answered.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from gateway.calls.events import AliLocationQuery, AliLocationResponse, CallEvent, LocationQuery
from gateway.calls.heard import RecordingReviewed
from gateway.calls.located import (
    LocationQueryEnded,
    LocationQuerySent,
    LocationReferenced,
    LocationRefreshDue,
    LocationRoundEnded,
    SpokenPlacesRead,
)
from gateway.calls.locating import LocationReference, QueryState, SourceQuery
from gateway.calls.model import CallSession, CallState
from gateway.calls.people import Changed
from gateway.calls.places import fault, led_anew, put
from gateway.calls.signals import CallSignal, SegmentTranscribed
from gateway.location.model import LocationSource
from gateway.speech.model import Leg

MAX_ROUNDS = 60
"""Rounds of asking in one call; beyond, neither timer nor person starts another."""
MAX_REFERENCES, MAX_URIS_CHARS = 6, 600
"""References kept, and how long they may be together; beyond, the oldest goes."""
MAX_URI_CHARS = 500
"""A longer reference is told as a fault and not fetched: cut it would be another one."""
MAX_QUERIES = 7
"""Sources whose newest question is kept; beyond, the oldest goes, first one that has been answered. The
outcome of a question that went unanswered is not told; what it finds is."""
MAX_FAULT_CHARS = 50
"""Characters of a fault that the state keeps; it is published whole."""
MAX_NAME_CHARS = 40

T = TypeVar("T")


def follow(before: CallSession, after: CallSession, signal: CallSignal) -> CallSession:
    """What every signal may bring: a number or a reference to ask by, words that may name a place."""
    if after.segments > before.segments and _speaker(signal) is Leg.CALLER:
        after = put(after, spoken=after.locating.spoken + after.segments - before.segments)
    if _known_by(after) != _known_by(before) and _may_ask(after):
        after = want_round(after, signal.when)
    return after


def _speaker(signal: CallSignal) -> Leg | None:
    match signal:
        case SegmentTranscribed(segment=segment):
            return segment.speaker
        case RecordingReviewed(leg=leg):
            return leg
        case _:
            return None


def _known_by(session: CallSession) -> tuple[object, ...]:
    uris = tuple(reference.uri for reference in session.locating.references)
    return session.ani, session.sip_call_id, uris


def has_something_to_ask_by(session: CallSession) -> bool:
    return bool(session.ani or session.sip_call_id or session.locating.references)


def _may_ask(session: CallSession) -> bool:
    """While the call lasts; of one that has ended only what it was never asked about."""
    return has_something_to_ask_by(session) and (
        session.state is not CallState.ENDED or session.locating.asked == 0
    )


def want_round(session: CallSession, at: datetime, by: str | None = None) -> CallSession:
    """One round more is owed. Beyond MAX_ROUNDS nothing changes."""
    if session.locating.asked >= MAX_ROUNDS:
        return session
    return put(session, asked=session.locating.asked + 1, asked_at=at, asked_by=by)


def refresh_due(session: CallSession, signal: LocationRefreshDue) -> Changed:
    """The timer's word; while a round is under way, or of one before the last, it changes nothing."""
    state = session.locating
    late = signal.round != state.answered or state.asked > state.answered
    if late or session.state is CallState.ENDED or not has_something_to_ask_by(session):
        return session, ()
    return want_round(session, signal.when), ()


def referenced(session: CallSession, signal: LocationReferenced) -> Changed:
    """A place to be fetched. The same one again may be valid for longer."""
    if len(signal.uri) > MAX_URI_CHARS:
        reason = f"a reference of {len(signal.uri)} characters is not fetched: at most {MAX_URI_CHARS} are"
        return session, (fault(signal, signal.source.value, reason),)
    known = next((each for each in session.locating.references if each.uri == signal.uri), None)
    came = LocationReference(
        uri=signal.uri, source=signal.source, expires_at=signal.expires_at,
        state=known.state if known else None,
    )  # fmt: skip
    if came == known:
        return session, ()
    if known is not None:
        return put(session, references=_swapped(session.locating.references, known, came)), ()
    return put(session, references=_fitting((*session.locating.references, came))), ()


def _fitting(references: tuple[LocationReference, ...]) -> tuple[LocationReference, ...]:
    while len(references) > MAX_REFERENCES or sum(len(each.uri) for each in references) > MAX_URIS_CHARS:
        references = references[1:]
    return references


def _key(text: str) -> str:
    """What the state calls a reference or a question by, where only its being the same one counts."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def query_sent(session: CallSession, signal: LocationQuerySent) -> Changed:
    """A source was asked: its newest question takes the place of the one before."""
    key = _key(signal.query_id)
    if any(each.key == key for each in session.locating.queries):
        return session, ()
    query = SourceQuery(
        key=key, name=signal.name[:MAX_NAME_CHARS], source=signal.source, round=signal.round,
        asked_at=signal.when, by=signal.by, reference=signal.uri and _key(signal.uri),
    )  # fmt: skip
    rest = tuple(
        each
        for each in session.locating.queries
        if (each.name, each.reference) != (query.name, query.reference)
    )
    after = put(session, queries=_kept((*rest, query)))
    kind = AliLocationQuery if signal.source is LocationSource.ALI else LocationQuery
    event = kind(
        occurred_at=signal.when, inferred=signal.inferred, query_id=signal.query_id, name=query.name,
        source=query.source, round=query.round, by=query.by,
    )  # fmt: skip
    return after, (event,)


def _kept(queries: tuple[SourceQuery, ...]) -> tuple[SourceQuery, ...]:
    while len(queries) > MAX_QUERIES:
        gone = next((each for each in queries if each.state is not QueryState.ASKING), queries[0])
        queries = tuple(each for each in queries if each is not gone)
    return queries


def query_ended(session: CallSession, signal: LocationQueryEnded) -> Changed:
    """How asking went; of a question that is not kept any more, or has ended, it comes too late."""
    key = _key(signal.query_id)
    query = next((each for each in session.locating.queries if each.key == key), None)
    if query is None or query.state is not QueryState.ASKING or signal.state is QueryState.ASKING:
        return session, ()
    ended = replace(
        query, state=signal.state, ended_at=signal.when, fault=(signal.fault or "")[:MAX_FAULT_CHARS] or None
    )
    references = tuple(
        replace(each, state=signal.state) if _key(each.uri) == query.reference else each
        for each in session.locating.references
    )
    after = put(session, queries=_swapped(session.locating.queries, query, ended), references=references)
    if query.source is LocationSource.ALI:
        took = max(0, round((signal.when - query.asked_at).total_seconds() * 1000))
        event: CallEvent = AliLocationResponse(
            occurred_at=signal.when, inferred=signal.inferred, query_id=signal.query_id, name=query.name,
            source=query.source, outcome=signal.state, fault=signal.fault, took_ms=took,
        )  # fmt: skip
        return after, (event,)
    if signal.state is QueryState.ANSWERED:
        return after, ()
    reason = signal.fault or "it knows nothing"
    return after, (fault(signal, query.source.value, reason, signal.query_id, query.name),)


def round_ended(session: CallSession, signal: LocationRoundEnded) -> Changed:
    """What was still being asked in it has given no answer. A round that nobody wanted is no round."""
    state = session.locating
    if not state.answered < signal.round <= state.asked:
        return session, ()
    queries = tuple(
        replace(each, state=QueryState.FAILED, ended_at=signal.when, fault="no answer within the round")
        if each.state is QueryState.ASKING and each.round <= signal.round
        else each
        for each in state.queries
    )
    after = put(session, answered=signal.round, answered_at=signal.when, queries=queries)
    return led_anew(after, signal)


def _swapped(items: tuple[T, ...], old: T, new: T) -> tuple[T, ...]:
    return tuple(new if item is old else item for item in items)


def spoken_read(session: CallSession, signal: SpokenPlacesRead) -> Changed:
    read = min(signal.segments, session.locating.spoken)
    if read <= session.locating.spoken_read:
        return session, ()
    return put(session, spoken_read=read), ()
