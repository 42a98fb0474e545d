"""What is kept of a call's sound: the live taps, and the PBX's recordings."""

from __future__ import annotations

from dataclasses import replace

from gateway.calls import ears
from gateway.calls.events import (
    CallEvent,
    RecMediaEnd,
    RecMediaFile,
    RecMediaStart,
    RecordingFailed,
    SpeechStateChange,
)
from gateway.calls.model import (
    CallSession,
    CallState,
    RecordedFile,
    Recording,
    RecordingStatus,
    Tap,
    TapStatus,
)
from gateway.calls.people import Changed
from gateway.calls.signals import (
    CallSignal,
    RecordingFaulted,
    RecordingStarted,
    RecordingStopped,
    RecordingStored,
    TapEnded,
    TapLive,
)
from gateway.calls.taps import MAX_TAP_ATTEMPTS, heard_legs, tap_id
from gateway.speech.model import Leg

MAX_RECORDINGS = 8
"""Recorders of one call that are followed; later ones are not fetched (their start is journaled)."""
MAX_DOUBTS = 160
"""Characters of what is doubtful about a stored recording that the state keeps; the event has it whole."""


def tap_live(session: CallSession, signal: TapLive) -> Changed:
    tap = _tap(session, signal.tap_id)
    if tap is None or tap.status is not TapStatus.WANTED:
        return session, ()
    after = ears.opened(_with(session, tap, replace(tap, status=TapStatus.LIVE)), tap, signal.at)
    return after, (_speech(signal, tap, "live"),)


def tap_ended(session: CallSession, signal: TapEnded) -> Changed:
    """A stream closed: another is tried while its leg lives; a leg that is gone needs none any more."""
    tap = _tap(session, signal.tap_id)
    if tap is None or tap.status is TapStatus.DEAD:
        return session, ()
    session = ears.closed(session, tap.tap_id, signal.at)
    if (tap.leg, tap.line) not in heard_legs(session):
        return replace(session, taps=tuple(other for other in session.taps if other is not tap)), ()
    if signal.final or tap.attempt >= MAX_TAP_ATTEMPTS:
        after = _with(session, tap, replace(tap, status=TapStatus.DEAD))
        if tap.leg is Leg.CALLER:
            after = replace(after, speech_dead=True)
        return after, (_speech(signal, tap, "dead", signal.reason),)
    attempt = tap.attempt + 1
    fresh = replace(
        tap,
        tap_id=tap_id(session.call_id, tap.leg, tap.line, attempt),
        status=TapStatus.WANTED,
        attempt=attempt,
        language=None,
    )
    return _with(session, tap, fresh), (_speech(signal, tap, "broken", signal.reason),)


def _tap(session: CallSession, wanted: str) -> Tap | None:
    return next((tap for tap in session.taps if tap.tap_id == wanted), None)


def _with(session: CallSession, tap: Tap, instead: Tap) -> CallSession:
    return replace(session, taps=tuple(instead if other is tap else other for other in session.taps))


def _speech(signal: CallSignal, tap: Tap, state: str, reason: str | None = None) -> CallEvent:
    return SpeechStateChange(
        occurred_at=signal.when, inferred=signal.inferred, leg=tap.leg, state=state, reason=reason
    )


def recording_started(session: CallSession, signal: RecordingStarted) -> Changed:
    if _recording(session, signal.recording_id) is not None or len(session.recordings) >= MAX_RECORDINGS:
        return session, ()
    status = RecordingStatus.STOPPED if session.state is CallState.ENDED else RecordingStatus.RUNNING
    begun = Recording(
        recording_id=signal.recording_id, file=signal.file, started_at=signal.when, status=status
    )
    event = RecMediaStart(
        occurred_at=signal.when, inferred=signal.inferred, recording_id=signal.recording_id, file=signal.file
    )
    return replace(session, recordings=(*session.recordings, begun)), (event,)


def recording_stopped(session: CallSession, signal: RecordingStopped) -> Changed:
    """One recorder, or all that run when the PBX does not say which."""
    recordings = tuple(
        replace(each, status=RecordingStatus.STOPPED)
        if each.status is RecordingStatus.RUNNING and signal.recording_id in (None, each.recording_id)
        else each
        for each in session.recordings
    )
    return replace(session, recordings=recordings), ()


def recording_stored(session: CallSession, signal: RecordingStored) -> Changed:
    found = _recording(session, signal.recording_id)
    if found is None or found.status is RecordingStatus.STORED:
        return session, ()
    stored = replace(
        found, status=RecordingStatus.STORED, files=signal.files, review=signal.review,
        fault="; ".join(signal.doubts)[:MAX_DOUBTS] or None,
    )  # fmt: skip
    after = _instead(session, found, stored)
    after = replace(after, hearing=tuple(replace(each, tries=0, fault=None) for each in after.hearing))
    event = RecMediaEnd(
        occurred_at=signal.when, inferred=signal.inferred, recording_id=signal.recording_id,
        files=tuple(_published(file) for file in signal.files), doubts=signal.doubts,
    )  # fmt: skip
    return after, (event,)


def recording_faulted(session: CallSession, signal: RecordingFaulted) -> Changed:
    """Missing, too short, unreadable. Not final: it stays owed, and is told when it is given up."""
    found = _recording(session, signal.recording_id)
    if found is None or found.status in (RecordingStatus.STORED, RecordingStatus.FAILED):
        return session, ()
    if not signal.final:
        return _instead(session, found, replace(found, fault=signal.fault)), ()
    after = _instead(session, found, replace(found, status=RecordingStatus.FAILED, fault=signal.fault))
    event = RecordingFailed(
        occurred_at=signal.when,
        inferred=signal.inferred,
        recording_id=signal.recording_id,
        fault=signal.fault,
    )
    return after, (event,)


def _recording(session: CallSession, recording_id: str) -> Recording | None:
    return next((each for each in session.recordings if each.recording_id == recording_id), None)


def _instead(session: CallSession, old: Recording, new: Recording) -> CallSession:
    return replace(session, recordings=tuple(new if each is old else each for each in session.recordings))


def _published(file: RecordedFile) -> RecMediaFile:
    return RecMediaFile(
        part=file.part,
        seconds=file.seconds,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        repaired=file.repaired,
    )
