"""How each side of a call is heard, what nobody heard, and what becomes of that: gaps filled, the second
pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from gateway.calls.events import CallEvent, SpeechStateChange, TranscriptReviewed
from gateway.calls.heard import (
    GapFilled,
    GapUnfilled,
    HearingChanged,
    LanguageChosen,
    RecordingReviewed,
    ReviewFailed,
    SoundLost,
    TapSpeaks,
)
from gateway.calls.model import (
    CallSession,
    CallState,
    LegHearing,
    LegReview,
    Medium,
    RecordedFile,
    Recording,
    RecordingStatus,
    TapStatus,
)
from gateway.calls.people import Changed, marked
from gateway.calls.signals import (
    CallEnded,
    CallSignal,
    TapAnnounced,
    TapEnded,
)
from gateway.calls.taps import heard_legs
from gateway.speech.model import HearingState, Leg
from gateway.triage.model import AlarmClass

MIN_GAP_MS = 700
"""A shorter span that nobody heard is left: a tap needs so long to come, and no word fits in."""
JOIN_GAPS_MS = 1_000
"""Gaps nearer than this are one."""
MAX_GAPS = 12
"""Gaps kept of one side; beyond, the two nearest become one: what lies between is heard twice, nothing is
lost."""
DOUBT_MS = 8_000
"""A caller of whom so much is unheard after the call may not be "non-police" yet."""
MAX_TRIES = 5
"""Of filling one side's gaps, and of its second pass; then that is given up, and told."""

ALARM_HEARD_LIVE = "alarm-heard-live"
"""Mark: the live text was an alarm before the second pass, which may then not make it "non-police"."""
PART_OF = {Leg.CALLER: "rx", Leg.CALL_TAKER: "tx"}
"""Which file of a recording holds a side: what the PBX received from the caller, and what it sent there."""

_WITH_TAP = frozenset(
    {
        HearingState.LIVE,
        HearingState.BEHIND,
        HearingState.SET_ASIDE,
        HearingState.NO_FRAMES,
        HearingState.DEAF,
        HearingState.NO_WORDS,
        HearingState.NO_MODEL,
    }
)
_UNHEARD = frozenset(HearingState) - {
    HearingState.WANTED,
    HearingState.LIVE,
    HearingState.BEHIND,
    HearingState.OVER,
}
"""No text comes, though there may be speech: doubt goes to a person."""
_GIVES_TEXT = _WITH_TAP - {HearingState.NO_FRAMES}
"""The listener has the sound: a deaf one's is heard again, one that was set aside later, from the spool."""


def doubtful(session: CallSession) -> bool:
    """The caller is not heard now, was heard with a model of another language, or much of what was said is
    not transcribed yet."""
    caller = hearing_of(session, Leg.CALLER)
    if caller is None:
        return False
    if caller.misheard and not (caller.review is not None and caller.review.trusted):
        return True
    if caller.state is HearingState.OVER:
        return sum(high - low for low, high in caller.gaps) >= DOUBT_MS
    return caller.state in _UNHEARD


def hearing_of(session: CallSession, leg: Leg) -> LegHearing | None:
    return next((each for each in session.hearing if each.leg is leg), None)


# ---- after every signal


def follow(session: CallSession, signal: CallSignal) -> CallSession:
    """Each side as its taps and parties now stand: here a gap begins and ends."""
    wanted = {leg for leg, _ in heard_legs(session)}
    after = session
    for leg in Leg:
        known = hearing_of(session, leg)
        if known is None and leg not in wanted:
            continue
        known = known or LegHearing(leg=leg, state=HearingState.WANTED, since=signal.when)
        after = _put(after, _followed(after, known, leg in wanted, signal))
    spoken = session.medium is not Medium.TEXT
    if spoken and isinstance(signal, CallEnded) and hearing_of(after, Leg.CALLER) is None:
        after = _put(after, _never_seen(after, signal.when))
    return after


def _followed(session: CallSession, known: LegHearing, wanted: bool, signal: CallSignal) -> LegHearing:
    state = _state(session, known, wanted)
    told = (
        signal.reason if isinstance(signal, TapEnded | HearingChanged) and signal.leg is known.leg else None
    )
    after = known
    if state is not known.state:
        after = replace(known, state=state, since=signal.when, reason=told)
    elif told is not None and state in _UNHEARD:
        after = replace(known, reason=told)
    heard = state in _GIVES_TEXT or not wanted
    now_ms = _moment_ms(session, signal)
    if heard and after.unheard_from_ms is not None:
        gaps = with_gap(after.gaps, after.unheard_from_ms, now_ms)
        return replace(after, unheard_from_ms=None, gaps=gaps)
    if not heard and after.unheard_from_ms is None:
        return replace(after, unheard_from_ms=now_ms)
    return after


def _state(session: CallSession, known: LegHearing, wanted: bool) -> HearingState:
    if not wanted:
        return HearingState.OVER
    taps = [tap for tap in session.taps if tap.leg is known.leg]
    if any(tap.status is TapStatus.LIVE for tap in taps):
        return known.state if known.state in _WITH_TAP else HearingState.LIVE
    if any(tap.status is TapStatus.WANTED for tap in taps):
        again = known.state in _WITH_TAP or known.state is HearingState.BROKEN
        return HearingState.BROKEN if again or max(tap.attempt for tap in taps) > 1 else HearingState.WANTED
    return HearingState.DEAD if taps else HearingState.WANTED


def _never_seen(session: CallSession, when: datetime) -> LegHearing:
    """A call learnt of after its end, without its queue: all of it is a gap."""
    gaps = with_gap((), 0, ms_of(session, when))
    return LegHearing(leg=Leg.CALLER, state=HearingState.OVER, since=when, gaps=gaps)


def _moment_ms(session: CallSession, signal: CallSignal) -> int:
    if isinstance(signal, HearingChanged) and signal.since_ms is not None:
        return signal.since_ms
    return ms_of(session, signal.when)


def ms_of(session: CallSession, when: datetime) -> int:
    return max(0, round((when - session.seized_at).total_seconds() * 1000))


def _put(session: CallSession, hearing: LegHearing) -> CallSession:
    others = tuple(each for each in session.hearing if each.leg is not hearing.leg)
    order = tuple(Leg).index
    return replace(session, hearing=tuple(sorted((*others, hearing), key=lambda each: order(each.leg))))


def with_gap(gaps: Sequence[tuple[int, int]], low: int, high: int) -> tuple[tuple[int, int], ...]:
    """The gaps and one more, in order, near ones joined."""
    if high - low < MIN_GAP_MS:
        return tuple(gaps)
    joined: list[tuple[int, int]] = []
    for began, ended in sorted((*gaps, (low, high))):
        if joined and began - joined[-1][1] < JOIN_GAPS_MS:
            joined[-1] = (joined[-1][0], max(ended, joined[-1][1]))
        else:
            joined.append((began, ended))
    while len(joined) > MAX_GAPS:
        near = min(range(1, len(joined)), key=lambda at: joined[at][0] - joined[at - 1][1])
        joined[near - 1 : near + 1] = [(joined[near - 1][0], joined[near][1])]
    return tuple(joined)


# ---- what the listener and the recordings tell


def changed(session: CallSession, signal: HearingChanged) -> Changed:
    """The watchdog's word about a live tap; of any other tap it comes too late."""
    known = hearing_of(session, signal.leg)
    live = any(tap.tap_id == signal.tap_id and tap.status is TapStatus.LIVE for tap in session.taps)
    if known is None or not live or signal.state not in _WITH_TAP or signal.state is known.state:
        return session, ()
    told = replace(
        known, state=signal.state, since=signal.when, reason=signal.reason,
        misheard=known.misheard or signal.state is HearingState.NO_MODEL,
    )  # fmt: skip
    event = SpeechStateChange(
        occurred_at=signal.when, inferred=signal.inferred, leg=signal.leg, state=signal.state.value,
        reason=signal.reason, since_ms=signal.since_ms,
    )  # fmt: skip
    return _put(session, told), (event,)


def sound_lost(session: CallSession, signal: SoundLost) -> Changed:
    known = hearing_of(session, signal.leg)
    if known is None or known.unheard_from_ms is not None:
        return session, ()
    return _put(session, replace(known, gaps=with_gap(known.gaps, signal.started_ms, signal.ended_ms))), ()


def language_chosen(session: CallSession, signal: LanguageChosen) -> Changed:
    by_key = session.language_by_key or not signal.by_dialplan
    if session.language_by_key and signal.by_dialplan:
        return session, ()
    if session.language == signal.language:
        return replace(session, language_by_key=by_key), ()
    event = SpeechStateChange(
        occurred_at=signal.when, inferred=signal.inferred, leg=Leg.CALLER, state="language",
        language=signal.language,
    )  # fmt: skip
    return replace(session, language=signal.language, language_by_key=by_key), (event,)


def tap_announced(session: CallSession, signal: TapAnnounced) -> Changed:
    return _speaking(session, signal.tap_id, signal.language), ()


def tap_speaks(session: CallSession, signal: TapSpeaks) -> Changed:
    return _speaking(session, signal.tap_id, signal.language), ()


def _speaking(session: CallSession, tap_id: str, language: str | None) -> CallSession:
    taps = tuple(
        replace(tap, language=language) if tap.tap_id == tap_id and language is not None else tap
        for tap in session.taps
    )
    return replace(session, taps=taps)


def gap_filled(session: CallSession, signal: GapFilled) -> Changed:
    known = hearing_of(session, signal.leg)
    done = set(signal.gaps)
    if known is None or not done & set(known.gaps):
        return session, ()
    left = tuple(gap for gap in known.gaps if gap not in done)
    filled_s = sum(high - low for low, high in done) / 1000
    event = _told(signal, known.leg, "filled", f"{filled_s:.1f} s transcribed from the recording")
    return _put(session, replace(known, gaps=left, tries=0, fault=None)), (event,)


def gap_unfilled(session: CallSession, signal: GapUnfilled) -> Changed:
    """Tried again by the sweep, MAX_TRIES times; then told."""
    known = hearing_of(session, signal.leg)
    if known is None or not known.gaps or known.fault is not None:
        return session, ()
    tries = known.tries + 1
    if not signal.final and tries < MAX_TRIES:
        return _put(session, replace(known, tries=tries)), ()
    event = _told(signal, known.leg, "unfilled", signal.fault)
    return _put(session, replace(known, tries=tries, fault=signal.fault)), (event,)


def reviewed(session: CallSession, signal: RecordingReviewed) -> Changed:
    """The second pass over one side of one recording. Its segments count among those that are judged."""
    known = hearing_of(session, signal.leg)
    before = known.review if known else None
    if known is None or (before and signal.recording_id in before.recordings):
        return session, ()
    review = LegReview(
        model_id=signal.model_id,
        recordings=(*(before.recordings if before else ()), signal.recording_id),
        segments=(before.segments if before else 0) + len(signal.segments),
        difference=signal.difference,
        trusted=signal.trusted and (before is None or before.trusted),
    )
    after = _put(session, replace(known, review=review, review_tries=0))
    if session.triage is not None and session.triage.alarm_class is AlarmClass.VALID_ALARM:
        after = replace(after, marks=marked(after, ALARM_HEARD_LIVE))
    event = TranscriptReviewed(
        occurred_at=signal.when, inferred=signal.inferred, leg=signal.leg,
        recording_id=signal.recording_id, model_id=signal.model_id, trusted=review.trusted,
        difference=signal.difference, changes=signal.changes,
        segments=tuple(replace(segment, words=()) for segment in signal.segments),
    )  # fmt: skip
    return replace(after, segments=after.segments + len(signal.segments)), (event,)


def review_failed(session: CallSession, signal: ReviewFailed) -> Changed:
    known = hearing_of(session, signal.leg)
    if known is None or known.review_fault is not None:
        return session, ()
    tries = known.review_tries + 1
    if not signal.final and tries < MAX_TRIES:
        return _put(session, replace(known, review_tries=tries)), ()
    event = _told(signal, known.leg, "unreviewed", signal.fault)
    return _put(session, replace(known, review_tries=tries, review_fault=signal.fault)), (event,)


def _told(signal: CallSignal, leg: Leg, state: str, reason: str) -> CallEvent:
    return SpeechStateChange(
        occurred_at=signal.when, inferred=signal.inferred, leg=leg, state=state, reason=reason
    )


# ---- which recordings hold a side


def sides(session: CallSession, leg: Leg) -> Iterator[tuple[Recording, RecordedFile, int]]:
    """(recording, the side's file, where it begins in the call), once no recording is still to come."""
    if session.state is not CallState.ENDED or any(
        recording.status in (RecordingStatus.RUNNING, RecordingStatus.STOPPED)
        for recording in session.recordings
    ):
        return
    for recording in session.recordings:
        for file in recording.files:
            if recording.status is RecordingStatus.STORED and file.part == PART_OF[leg]:
                yield recording, file, ms_of(session, recording.started_at)
