"""What was found out: text, verdict, danger. All of it advice; a person's disposition is touched
nowhere here.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.calls import ears, numbering
from gateway.calls.events import (
    CallEvent,
    TranscriptSegmentEvent,
    TriageAssessedEvent,
    UnexpectedSignal,
    VetoRaised,
)
from gateway.calls.model import CallSession, TriageSummary
from gateway.calls.owed import gap_part
from gateway.calls.people import Changed
from gateway.calls.signals import (
    CallSignal,
    PackReplaced,
    SegmentTranscribed,
    TimerFired,
    TriageAssessed,
    TriageFailed,
    UnexpectedReported,
    VetoFired,
)
from gateway.calls.speech import ALARM_HEARD_LIVE, doubtful
from gateway.triage.model import AlarmClass, Assessment, Nature, Veto

SILENCE = "silence"
"""The timer that says: the caller has been silent for long."""
UNSURE_PRIORITY = 2
"""Urgency of a call that nothing could judge: soon, because nobody knows."""


def segment(session: CallSession, signal: SegmentTranscribed) -> Changed:
    """A final segment, kept once however often it is delivered, in whatever order; of what another ear has
    heard as well, nothing."""
    said = signal.segment
    if not said.final or numbering.taken(session, said.speaker, said.index):
        return session, ()
    after = numbering.take(session, said.speaker, said.index)
    own = ears.own_part(after, said, signal.source)
    own = own and gap_part(session, own, signal.source)
    if own is None:
        return after, ()
    after = replace(ears.filled(after, own, signal.source), segments=session.segments + 1)
    return after, (TranscriptSegmentEvent(occurred_at=signal.when, inferred=signal.inferred, segment=own),)


def assessed(session: CallSession, signal: TriageAssessed) -> Changed:
    """A verdict on at least as much text as the one before; older ones came late and are dropped, and so is
    that of a pack which judges no more: of it only the danger counts."""
    if signal.segments < session.judged:
        return session, ()
    after, raised = raise_vetoes(session, signal.assessment.vetoes, signal)
    if _by_another_pack(session, signal):
        return after, raised
    summary = _summary(after, signal.assessment, signal.segments)
    pack = session.pack or signal.pack
    after = replace(after, judged=_judged(session, signal), triage=summary, pack=pack, silence_due=False)
    event = TriageAssessedEvent(
        occurred_at=signal.when,
        inferred=signal.inferred,
        assessment=replace(
            signal.assessment,
            alarm_class=summary.alarm_class,
            nature=summary.nature,
            priority=summary.priority,
            department=summary.department,
        ),
        segments=signal.segments,
    )
    return after, (*raised, event)


def _by_another_pack(session: CallSession, signal: TriageAssessed | TriageFailed) -> bool:
    return bool(session.pack and signal.pack) and session.pack != signal.pack


def pack_replaced(session: CallSession, signal: PackReplaced) -> Changed:
    """Whatever another pack judged is owed a verdict of this one."""
    if session.pack == signal.pack:
        return session, ()
    return replace(session, pack=signal.pack, judged=-1), ()


def _judged(session: CallSession, signal: TriageAssessed | TriageFailed) -> int:
    """Judged as heard, and meanwhile it is not, or the other way round: it must be judged again."""
    return signal.segments if signal.speech_dead == doubtful(session) else -1


def _summary(session: CallSession, found: Assessment, segments: int) -> TriageSummary:
    """The verdict as the call carries it. Danger heard in partial text forbids "non-police" here too, and so
    does a caller whom nobody hears, and an alarm that the live ear heard before the second pass.
    """
    doubt = found.alarm_class is AlarmClass.NON_POLICE and (
        bool(session.vetoes) or doubtful(session) or ALARM_HEARD_LIVE in session.marks
    )
    verdict = TriageSummary(
        alarm_class=AlarmClass.UNSURE if doubt else found.alarm_class,
        nature=found.nature,
        priority=min(found.priority, UNSURE_PRIORITY) if doubt else found.priority,
        department=None if doubt else found.department,
        pack_hash=found.pack_hash,
        segments=segments,
    )
    return with_alarm(session, verdict)


def with_alarm(session: CallSession, verdict: TriageSummary) -> TriageSummary:
    """While a silent alarm stands the call counts as one, whatever was said: at least unsure; an alarm where
    the caller has said so by key or code word."""
    alarm = session.quiet.alarm
    if alarm is None or not alarm.stands:
        return verdict
    valid = AlarmClass.VALID_ALARM in (verdict.alarm_class, alarm.alarm_class)
    unnamed = valid and verdict.nature is Nature.NONE
    return replace(
        verdict, alarm_class=AlarmClass.VALID_ALARM if valid else AlarmClass.UNSURE, department=None,
        nature=Nature.PERSON_IN_DANGER if unnamed else verdict.nature,
        priority=min(verdict.priority, alarm.priority),
    )  # fmt: skip


def floor(session: CallSession) -> TriageSummary:
    """The verdict with a silent alarm that has just been raised, before the rules have judged again."""
    nothing = TriageSummary(
        alarm_class=AlarmClass.UNSURE, nature=Nature.NONE, priority=UNSURE_PRIORITY, department=None,
        pack_hash=session.pack, segments=0,
    )  # fmt: skip
    return with_alarm(session, session.triage or nothing)


def judging_failed(session: CallSession, signal: TriageFailed) -> Changed:
    """A broken rule set means "unsure", never "not an alarm"; an alarm that was found stays one."""
    if signal.segments < session.judged or _by_another_pack(session, signal):
        return session, ()
    before = session.triage
    if before is not None and before.alarm_class is AlarmClass.VALID_ALARM:
        verdict = replace(before, segments=signal.segments)
    else:
        verdict = TriageSummary(
            alarm_class=AlarmClass.UNSURE,
            nature=before.nature if before else Nature.NONE,
            priority=min(before.priority if before else UNSURE_PRIORITY, UNSURE_PRIORITY),
            department=None,
            pack_hash=before.pack_hash if before else "",
            segments=signal.segments,
        )
    verdict = with_alarm(session, verdict)
    after = replace(session, judged=_judged(session, signal), triage=verdict, silence_due=False)
    return after, (_unexpected(signal, f"triage failed: {signal.reason}"),)


def timer(session: CallSession, signal: TimerFired) -> Changed:
    """A silence is judged like new text: rules may rest on it."""
    if signal.name != SILENCE or session.silence_due:
        return session, ()
    return replace(session, silence_due=True), ()


def veto(session: CallSession, signal: VetoFired) -> Changed:
    """Danger was heard. It is told once, and it stands whatever the final text says."""
    after, raised = raise_vetoes(session, (signal.veto,), signal)
    verdict = after.triage
    if raised and verdict is not None and verdict.alarm_class is AlarmClass.NON_POLICE:
        unsure = replace(
            verdict,
            alarm_class=AlarmClass.UNSURE,
            department=None,
            priority=min(verdict.priority, UNSURE_PRIORITY),
        )
        after = replace(after, triage=unsure)
    return after, raised


def raise_vetoes(session: CallSession, vetoes: tuple[Veto, ...], signal: CallSignal) -> Changed:
    """Dangers that the call does not have yet; each is told once."""
    known, fresh = set(session.vetoes), []
    for found in vetoes:
        if found.code not in known:
            known.add(found.code)
            fresh.append(found)
    if not fresh:
        return session, ()
    events = tuple(_raised(found, signal) for found in fresh)
    return replace(session, vetoes=(*session.vetoes, *(found.code for found in fresh))), events


def _raised(found: Veto, signal: CallSignal) -> CallEvent:
    return VetoRaised(occurred_at=signal.when, inferred=signal.inferred, veto=found)


def unexpected(session: CallSession, signal: UnexpectedReported) -> Changed:
    return session, (_unexpected(signal, signal.what),)


def _unexpected(signal: CallSignal, what: str) -> UnexpectedSignal:
    return UnexpectedSignal(occurred_at=signal.when, inferred=signal.inferred, what=what)
