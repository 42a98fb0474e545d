"""What the world still owes a call: computed from its state, listed nowhere else.

After a restart the same function says what to do, so no path of recovery can forget anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from gateway.calls import dispatching, moves, sharing, tasking, textdue
from gateway.calls.effects import (
    AssessTriage,
    DescribePlace,
    Effect,
    FetchRecording,
    FillGap,
    LocateSpoken,
    QueryLocation,
    ReviewRecording,
    SpeakLanguage,
    StartTap,
    SuggestTogether,
)
from gateway.calls.linking import wants_suggestions
from gateway.calls.locating import LocationReference
from gateway.calls.model import CallSession, CallState, LegHearing, Medium, RecordingStatus, TapStatus
from gateway.calls.speech import doubtful, sides
from gateway.calls.taps import heard_legs
from gateway.speech.model import Leg, TranscriptSegment
from gateway.speech.recognizer import joined

MARGIN_MS = 200
"""Heard beside a gap, on both sides: a word cut in two is heard by nobody."""

_JOBS = UUID("6f0d2c63-5a0e-5d0b-9a3e-110110110111")


def owed(session: CallSession) -> frozenset[Effect]:
    """Every effect that is due now. Performing one again is harmless: it is owed until its outcome has
    come.
    """
    return frozenset(
        (
            *_taps(session), *_triage(session), *_recordings(session), *_places(session),
            *_together(session), *moves.owed(session), *dispatching.owed(session),
            *tasking.owed(session), *sharing.owed(session), *textdue.owed(session),
            *(effect for leg in session.hearing for effect in _transcripts(session, leg)),
        )
    )  # fmt: skip


def _taps(session: CallSession) -> Iterator[Effect]:
    heard = heard_legs(session)
    for tap in session.taps:
        if tap.status is TapStatus.WANTED and (tap.leg, tap.line) in heard:
            yield StartTap(
                call_id=session.call_id, pbx=session.pbx, leg=tap.leg, line=tap.line, tap_id=tap.tap_id
            )
        elif tap.status is TapStatus.LIVE and session.language not in (None, tap.language):
            yield SpeakLanguage(call_id=session.call_id, tap_id=tap.tap_id, language=session.language or "")


def _triage(session: CallSession) -> Iterator[Effect]:
    """New text, or none at all by the end, a long silence, or nothing to hear with: judged once each. A
    record without words says nothing by that."""
    ended, unheard = session.state is CallState.ENDED, doubtful(session)
    unjudged = session.judged < 0 and (ended or unheard) and session.medium is not Medium.MANUAL
    if session.segments > max(session.judged, 0) or unjudged or session.silence_due:
        yield AssessTriage(
            call_id=session.call_id, segments=session.segments, pack=session.pack, speech_dead=unheard,
            ended=ended,
            reviewed=tuple(each.leg for each in session.hearing if each.review and each.review.trusted),
        )  # fmt: skip


def _places(session: CallSession) -> Iterator[Effect]:
    """A round while the call lasts, or the one that a caller is owed who hung up before anybody answered;
    words read for places; what the gazetteer says of the leading fix."""
    state = session.locating
    unanswered = session.answered_at is None and state.answered == 0
    if state.asked > state.answered and (session.state is not CallState.ENDED or unanswered):
        yield QueryLocation(
            call_id=session.call_id, round=state.asked, ani=session.ani, sip_call_id=session.sip_call_id,
            references=tuple(each.uri for each in state.references if not _past(each, state.asked_at)),
        )  # fmt: skip
    if state.spoken > state.spoken_read:
        yield LocateSpoken(call_id=session.call_id, segments=state.spoken)
    leading = next((fix for fix in session.locations if fix.location_id == session.leading_location), None)
    described = state.description.location_id if state.description and not state.description.stale else None
    if leading is not None and described != leading.location_id:
        yield DescribePlace(call_id=session.call_id, location_id=leading.location_id)


def _together(session: CallSession) -> Iterator[Effect]:
    if (basis := wants_suggestions(session)) is not None:
        yield SuggestTogether(call_id=session.call_id, basis=basis)


def _past(reference: LocationReference, at: datetime | None) -> bool:
    return reference.expires_at is not None and at is not None and reference.expires_at <= at


def _recordings(session: CallSession) -> Iterator[Effect]:
    for recording in session.recordings:
        if recording.status is RecordingStatus.STOPPED:
            yield FetchRecording(
                call_id=session.call_id,
                pbx=session.pbx,
                recording_id=recording.recording_id,
                file=recording.file,
            )


def _transcripts(session: CallSession, hearing: LegHearing) -> Iterator[Effect]:
    """What nobody heard of a side, from its recordings; then the second pass over each, one after the
    other."""
    filling = False
    taken: set[tuple[int, int]] = set()
    for recording, file, base_ms in sides(session, hearing.leg):
        ends_ms = base_ms + round(file.seconds * 1000)
        gaps = tuple(
            gap for gap in hearing.gaps if gap[0] < ends_ms and gap[1] > base_ms and gap not in taken
        )
        taken.update(gaps)
        if gaps and hearing.fault is None:
            filling = True
            spans = tuple(
                (max(base_ms, low - MARGIN_MS), min(ends_ms, high + MARGIN_MS)) for low, high in gaps
            )
            yield FillGap(
                call_id=session.call_id, leg=hearing.leg, recording_id=recording.recording_id, path=file.path,
                base_ms=base_ms, spans=spans, gaps=gaps, language=session.language,
                job_id=_job(session, hearing.leg, "gaps", recording.recording_id, spans),
            )  # fmt: skip
    if filling or hearing.review_fault is not None:
        return
    review = hearing.review
    for recording, file, base_ms in sides(session, hearing.leg):
        if recording.review and not (review and recording.recording_id in review.recordings):
            yield ReviewRecording(
                call_id=session.call_id, leg=hearing.leg, recording_id=recording.recording_id, path=file.path,
                base_ms=base_ms, first_index=review.segments if review else 0, language=session.language,
                job_id=_job(session, hearing.leg, "review", recording.recording_id, ()),
            )  # fmt: skip
            return


def gap_part(
    session: CallSession, segment: TranscriptSegment, source: str | None
) -> TranscriptSegment | None:
    """The words of a job that lie in the gaps it was to fill: those beside them a live ear has heard. None:
    all of them were."""
    if not segment.gap or not segment.words:
        return segment
    jobs = (effect for hearing in session.hearing for effect in _transcripts(session, hearing))
    job = next((each for each in jobs if isinstance(each, FillGap) and each.job_id == source), None)
    if job is None:
        return segment
    words = tuple(
        word
        for word in segment.words
        if any(low <= (word.started_ms + word.ended_ms) // 2 < high for low, high in job.gaps)
    )
    if not words:
        return None
    return replace(
        segment,
        words=words,
        text=joined(words),
        started_ms=words[0].started_ms,
        ended_ms=words[-1].ended_ms,
    )


def _job(
    session: CallSession, leg: Leg, kind: str, recording_id: str, spans: tuple[tuple[int, int], ...]
) -> str:
    """Derived, so that a restart asks for the same work."""
    return str(uuid5(_JOBS, f"{session.call_id}/{leg.value}/{kind}/{recording_id}/{spans}"))
