"""Text, verdicts and danger: each counted once, in whatever order they come."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.calls.effects import AssessTriage, LocateSpoken
from gateway.calls.events import (
    TranscriptSegmentEvent,
    TriageAssessedEvent,
    UnexpectedSignal,
    VetoRaised,
)
from gateway.calls.reducer import owed
from gateway.calls.signals import (
    CallEnded,
    PackReplaced,
    SegmentTranscribed,
    SetDisposition,
    TriageAssessed,
    TriageFailed,
    UnexpectedReported,
    VetoFired,
)
from gateway.speech.model import Leg, TranscriptSegment
from gateway.triage.model import AlarmClass, Assessment, Department, Nature, Span, Veto, VetoCode

WHEN = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def said(index: int, speaker: Leg = Leg.CALLER, *, final: bool = True) -> TranscriptSegment:
    return TranscriptSegment(
        index=index,
        speaker=speaker,
        started_ms=index * 1000,
        ended_ms=index * 1000 + 900,
        text="救命",
        final=final,
        model_id="m",
    )


def danger(code: VetoCode = VetoCode.WEAPON, *, partial: bool = True) -> Veto:
    return Veto(
        code=code,
        segment_index=0,
        speaker=Leg.CALLER,
        span=Span(start=0, end=2),
        quote="有刀",
        started_ms=0,
        ended_ms=900,
        list_hash="h",
        partial=partial,
    )


def verdict(alarm_class: AlarmClass = AlarmClass.VALID_ALARM, *vetoes: Veto, priority: int = 2) -> Assessment:
    return Assessment(
        alarm_class=alarm_class,
        nature=Nature.ROBBERY,
        nature_alternatives=(),
        priority=priority,
        department=Department.LABOUR_BUREAU if alarm_class is AlarmClass.NON_POLICE else None,
        department_reason_zh=None,
        department_reason_en=None,
        partners=(),
        findings=(),
        vetoes=vetoes,
        extracted=(),
        next_question_zh=None,
        next_question_en=None,
        pack_hash="p",
        veto_hash="v",
        basis="text",
    )


def test_a_segment_delivered_twice_is_kept_once(call: Any) -> None:
    call.answered().tell(SegmentTranscribed, segment=said(0))
    before = call.session
    assert call.step(SegmentTranscribed, segment=said(0)).state is before
    assert len(call.published(TranscriptSegmentEvent)) == 1


def test_segments_of_both_legs_count_for_themselves(call: Any) -> None:
    call.answered().tell(SegmentTranscribed, segment=said(0))
    session = call.tell(SegmentTranscribed, segment=said(0, Leg.CALL_TAKER))
    assert (session.segments, session.next_index) == (2, (1, 1))


def test_a_segment_that_a_later_one_overtook_is_not_lost(call: Any) -> None:
    call.answered()
    for index in (0, 3, 2, 1, 3, 2, 0):
        call.tell(SegmentTranscribed, segment=said(index))
    assert (call.session.segments, call.session.next_index, call.session.skipped) == (4, (4, 0), ())


def test_text_that_is_not_final_is_no_segment(call: Any) -> None:
    before = call.answered().session
    assert call.step(SegmentTranscribed, segment=said(0, final=False)).state is before


def test_text_that_comes_after_the_end_still_counts_and_is_judged(call: Any) -> None:
    call.answered().tell(CallEnded)
    call.tell(TriageAssessed, assessment=verdict(), segments=0)
    assert call.session.closed
    session = call.tell(SegmentTranscribed, segment=said(0))
    assert not session.closed
    assert owed(session) == {
        AssessTriage(call_id=session.call_id, segments=1, ended=True),
        LocateSpoken(call_id=session.call_id, segments=1),
    }


def test_a_verdict_on_less_text_came_late(call: Any) -> None:
    call.answered()
    for index in (0, 1):
        call.tell(SegmentTranscribed, segment=said(index))
    call.tell(TriageAssessed, assessment=verdict(), segments=2)
    before = call.session
    assert call.step(TriageAssessed, assessment=verdict(AlarmClass.UNSURE), segments=1).state is before
    assert len(call.published(TriageAssessedEvent)) == 1


def test_danger_is_told_once_and_stays(call: Any) -> None:
    call.answered().tell(VetoFired, veto=danger())
    call.tell(VetoFired, veto=danger())
    call.tell(TriageAssessed, assessment=verdict(AlarmClass.VALID_ALARM, danger(partial=False)), segments=0)
    assert call.session.vetoes == (VetoCode.WEAPON,)
    assert len(call.published(VetoRaised)) == 1


def test_danger_found_with_the_verdict_is_told_too(call: Any) -> None:
    call.answered().tell(
        TriageAssessed, assessment=verdict(AlarmClass.VALID_ALARM, danger(VetoCode.CHILD)), segments=0
    )
    assert [event.veto.code for event in call.published(VetoRaised)] == [VetoCode.CHILD]


@pytest.mark.parametrize("veto_first", [True, False])
def test_danger_forbids_non_police_whichever_comes_first(call: Any, *, veto_first: bool) -> None:
    call.answered()
    if veto_first:
        call.tell(VetoFired, veto=danger())
    call.tell(TriageAssessed, assessment=verdict(AlarmClass.NON_POLICE, priority=4), segments=0)
    if not veto_first:
        call.tell(VetoFired, veto=danger())
    triage = call.session.triage
    assert (triage.alarm_class, triage.priority, triage.department) == (AlarmClass.UNSURE, 2, None)


def test_broken_rules_mean_unsure(call: Any) -> None:
    call.answered().tell(TriageAssessed, assessment=verdict(AlarmClass.NON_POLICE, priority=4), segments=0)
    call.tell(TriageFailed, reason="no such rule", segments=1)
    assert call.session.triage.alarm_class is AlarmClass.UNSURE
    assert call.session.triage.priority == 2
    assert "no such rule" in call.published(UnexpectedSignal)[0].what


def test_broken_rules_do_not_take_an_alarm_back(call: Any) -> None:
    call.answered().tell(TriageAssessed, assessment=verdict(priority=1), segments=0)
    call.tell(TriageFailed, reason="x", segments=1)
    assert (call.session.triage.alarm_class, call.session.triage.priority) == (AlarmClass.VALID_ALARM, 1)


def test_a_failure_on_older_text_came_late(call: Any) -> None:
    call.answered().tell(TriageAssessed, assessment=verdict(), segments=2)
    before = call.session
    assert call.step(TriageFailed, reason="x", segments=1).state is before


def test_a_persons_decision_stands_whatever_the_machine_finds(call: Any) -> None:
    call.answered().tell(
        SetDisposition, request_id="r", actor="zhang", alarm_class=AlarmClass.NON_POLICE, nature=Nature.NONE
    )
    decided = call.session.disposition
    call.tell(TriageAssessed, assessment=verdict(priority=1), segments=0)
    call.tell(VetoFired, veto=danger())
    assert call.session.disposition == decided


def test_what_does_not_fit_is_told_and_changes_nothing(call: Any) -> None:
    before = call.seized().session
    assert call.step(UnexpectedReported, what="a Hold of a stranger").state is before
    assert call.published(UnexpectedSignal)[0].what == "a Hold of a stranger"


# ---- another pack


A, B = "a" * 64, "b" * 64


def packs_owed(call: Any) -> set[str]:
    assert call.session is not None
    return {effect.pack for effect in owed(call.session) if isinstance(effect, AssessTriage)}


def test_another_pack_owes_the_call_its_verdict_and_the_same_again_changes_nothing(call: Any) -> None:
    call.answered()
    call.tell(SegmentTranscribed, segment=said(0))
    session = call.tell(TriageAssessed, assessment=verdict(), segments=1, pack=A)
    assert (session.pack, packs_owed(call)) == (A, set())
    call.tell(PackReplaced, pack=A)
    assert packs_owed(call) == set()
    call.tell(PackReplaced, pack=B)
    assert packs_owed(call) == {B}
    session = call.tell(TriageAssessed, assessment=verdict(AlarmClass.UNSURE), segments=1, pack=B)
    assert session.triage is not None
    assert (packs_owed(call), session.triage.alarm_class) == (set(), AlarmClass.UNSURE)


def test_a_verdict_of_a_pack_that_judges_no_more_is_dropped_but_danger_it_found_stands(call: Any) -> None:
    call.answered()
    call.tell(SegmentTranscribed, segment=said(0))
    call.tell(PackReplaced, pack=B)
    late = verdict(AlarmClass.NON_POLICE, danger(partial=False))
    session = call.tell(TriageAssessed, assessment=late, segments=1, pack=A)
    assert (session.triage, session.vetoes) == (None, (VetoCode.WEAPON,))
    session = call.tell(TriageFailed, reason="old", segments=1, pack=A)
    assert (session.triage, packs_owed(call)) == (None, {B})


def test_a_call_that_is_over_is_judged_by_another_pack_too_while_it_is_open(call: Any) -> None:
    call.answered()
    call.tell(SegmentTranscribed, segment=said(0))
    call.tell(TriageAssessed, assessment=verdict(), segments=1, pack=A)
    call.tell(CallEnded)
    session = call.tell(PackReplaced, pack=B)
    assert (packs_owed(call), session.closed) == ({B}, False)
