"""How each side is heard: gaps begin and end, doubt goes to a person, what nobody heard is owed from the
recording, the second pass replaces no person and lowers no alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.effects import AssessTriage, FillGap, ReviewRecording, SpeakLanguage, StartTap
from gateway.calls.events import SpeechStateChange, TranscriptReviewed, TriageAssessedEvent
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
from gateway.calls.located import SpokenPlacesRead
from gateway.calls.model import LegHearing, RecordedFile
from gateway.calls.owed import MARGIN_MS, owed
from gateway.calls.signals import (
    CallEnded,
    RecordingStarted,
    RecordingStored,
    SegmentTranscribed,
    SetDisposition,
    TapAnnounced,
    TapEnded,
    TapLive,
    TriageAssessed,
    VetoFired,
)
from gateway.calls.speech import MAX_GAPS, MAX_TRIES, MIN_GAP_MS, doubtful, with_gap
from gateway.speech.differ import WordChange
from gateway.speech.model import HearingState, Leg, TranscriptSegment, Word
from gateway.triage.model import AlarmClass, Assessment, Nature, Span, Veto, VetoCode

from .conftest import CALL, CALLER_LINE, T0

RX = RecordedFile(part="rx", path="a-rx.wav", seconds=60.0, size_bytes=960_044, sha256="1" * 64)
TX = replace(RX, part="tx", path="a-tx.wav")
FOUND = Assessment(
    alarm_class=AlarmClass.NON_POLICE, nature=Nature.NONE, nature_alternatives=(), priority=4,
    department=None,
    department_reason_zh=None, department_reason_en=None, partners=(), findings=(), vetoes=(), extracted=(),
    next_question_zh=None, next_question_en=None, pack_hash="p", veto_hash="v", basis="text",
)  # fmt: skip


def hearing(call: Any, leg: Leg = Leg.CALLER) -> LegHearing:
    (found,) = [each for each in call.session.hearing if each.leg is leg]
    return found


def tap(call: Any, line: str = CALLER_LINE) -> StartTap:
    (found,) = [e for e in owed(call.session) if isinstance(e, StartTap) and e.line == line]
    return found


def live(call: Any, at_s: float | None = None, line: str = CALLER_LINE) -> str:
    """The tap of this line lives; its id."""
    asked = tap(call, line)
    if at_s is not None:
        call.seconds = at_s
    call.tell(TapLive, leg=asked.leg, tap_id=asked.tap_id)
    return asked.tap_id


def said(index: int, text: str, started_ms: int = 3_000, gap: bool = False) -> TranscriptSegment:
    words = (Word(text=text, started_ms=started_ms, ended_ms=started_ms + 500, confidence=1.0),)
    return TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=started_ms, ended_ms=started_ms + 500, text=text,
        words=words, model_id="m", gap=gap,
    )  # fmt: skip


def judged(call: Any, found: Assessment = FOUND, **more: Any) -> None:
    """The rules' answer to what is owed."""
    (asked,) = [e for e in owed(call.session) if isinstance(e, AssessTriage)]
    call.tell(
        TriageAssessed, assessment=found, segments=asked.segments, speech_dead=asked.speech_dead, **more
    )
    call.tell(SpokenPlacesRead, segments=call.session.locating.spoken)


def stored(call: Any, *, review: bool = False, files: Any = (RX, TX)) -> None:
    call.tell(RecordingStored, recording_id="0x1", files=files, review=review)


def recorded(call: Any, started_s: float = 0.0) -> Any:
    call.tell(RecordingStarted, recording_id="0x1", file="/a-mix.wav", at=T0 + timedelta(seconds=started_s))
    return call


def effects(call: Any, kind: type) -> list[Any]:
    return [effect for effect in owed(call.session) if isinstance(effect, kind)]


# ---- gaps


def owes_only_its_call_back(call: Any) -> bool:
    """Nobody answered these calls: the task that they leave is all that keeps them open."""
    return {getattr(effect, "name", "") for effect in owed(call.session)} <= {"task:due"}


def test_from_the_queue_to_the_first_frame_nobody_hears_the_caller(call: Any) -> None:
    call.queued()
    assert (hearing(call).state, hearing(call).unheard_from_ms) == (HearingState.WANTED, 1_000)
    live(call, 4)
    assert (hearing(call).state, hearing(call).gaps) == (HearingState.LIVE, ((1_000, 4_000),))


def test_a_tap_that_comes_at_once_leaves_no_gap(call: Any) -> None:
    call.queued()
    live(call, 1 + (MIN_GAP_MS - 1) / 1000)
    assert hearing(call).gaps == ()


def test_between_a_listeners_death_and_the_next_tap_lies_a_gap(call: Any) -> None:
    call.queued()
    first = live(call, 1.2)
    call.seconds = 10
    call.tell(TapEnded, leg=Leg.CALLER, tap_id=first, reason="listener lost", failed=True)
    assert (hearing(call).state, hearing(call).reason) == (HearingState.BROKEN, "listener lost")
    live(call, 13)
    assert hearing(call).gaps == ((10_000, 13_000),)
    assert hearing(call).reason is None


def test_a_hole_in_the_sound_is_a_gap_and_so_is_a_tap_that_sends_nothing(call: Any) -> None:
    call.queued()
    first = live(call, 1.2)
    call.tell(SoundLost, leg=Leg.CALLER, started_ms=5_000, ended_ms=6_500)
    call.seconds = 20
    call.tell(
        HearingChanged, leg=Leg.CALLER, tap_id=first, state=HearingState.NO_FRAMES, since_ms=17_000,
        reason="no sound for 3 s",
    )  # fmt: skip
    call.tell(HearingChanged, leg=Leg.CALLER, tap_id=first, state=HearingState.LIVE, since_ms=19_500)
    assert hearing(call).gaps == ((5_000, 6_500), (17_000, 19_500))
    told = [(e.state, e.since_ms) for e in call.published(SpeechStateChange)]
    assert told == [("live", None), ("no_frames", 17_000), ("live", 19_500)]


def test_a_call_whose_tap_never_came_is_one_gap_up_to_its_end(call: Any) -> None:
    call.queued()
    call.seconds = 31
    call.tell(CallEnded)
    assert (hearing(call).state, hearing(call).gaps) == (HearingState.OVER, ((1_000, 31_000),))


def test_a_call_learnt_of_after_its_end_is_unheard_as_a_whole(call: Any) -> None:
    call.seized()
    call.seconds = 20
    call.tell(CallEnded, inferred=True)
    assert hearing(call).gaps == ((0, 20_000),)


def test_gaps_are_few_near_ones_are_joined_and_nothing_is_lost() -> None:
    gaps: tuple[tuple[int, int], ...] = ()
    for number in range(3 * MAX_GAPS):
        gaps = with_gap(gaps, number * 10_000 + number, number * 10_000 + 5_000)
    assert len(gaps) == MAX_GAPS
    assert (gaps[0][0], gaps[-1][1]) == (0, (3 * MAX_GAPS - 1) * 10_000 + 5_000)
    assert with_gap(((0, 5_000),), 5_100, 8_000) == ((0, 8_000),)


def test_the_word_on_a_tap_that_is_over_comes_too_late(call: Any) -> None:
    call.queued()
    before = call.session
    assert call.tell(HearingChanged, leg=Leg.CALLER, tap_id="old", state=HearingState.DEAF) is before


# ---- doubt


def deaf(call: Any, state: HearingState = HearingState.DEAF) -> str:
    call.queued()
    first = live(call, 1.2)
    call.tell(SegmentTranscribed, segment=said(0, "咨询社保"))
    judged(call)
    call.tell(
        HearingChanged,
        leg=Leg.CALLER,
        tap_id=first,
        state=state,
        since_ms=9_000,
        reason="8 s of speech, no text",
    )
    return first


@pytest.mark.parametrize("state", [HearingState.DEAF, HearingState.NO_FRAMES, HearingState.SET_ASIDE])
def test_while_the_caller_is_not_heard_non_police_becomes_unsure_and_it_is_lifted_with_the_text(
    call: Any, state: HearingState
) -> None:
    first = deaf(call, state)
    assert doubtful(call.session)
    (asked,) = effects(call, AssessTriage)
    assert (asked.speech_dead, asked.segments) == (True, 1)
    judged(call)
    assert call.session.triage.alarm_class is AlarmClass.UNSURE
    assert call.published(TriageAssessedEvent)[-1].assessment.alarm_class is AlarmClass.UNSURE
    call.tell(HearingChanged, leg=Leg.CALLER, tap_id=first, state=HearingState.LIVE, since_ms=17_000)
    judged(call)
    assert call.session.triage.alarm_class is AlarmClass.NON_POLICE


def test_an_alarm_stays_an_alarm_while_the_caller_is_not_heard(call: Any) -> None:
    deaf(call)
    judged(call, replace(FOUND, alarm_class=AlarmClass.VALID_ALARM, priority=1))
    assert call.session.triage.alarm_class is AlarmClass.VALID_ALARM


def test_a_verdict_made_before_the_doubt_does_not_settle_it(call: Any) -> None:
    deaf(call)
    call.tell(TriageAssessed, assessment=FOUND, segments=1, speech_dead=False)
    assert call.session.triage.alarm_class is AlarmClass.UNSURE
    assert effects(call, AssessTriage)


def test_a_call_taker_who_is_not_heard_is_no_doubt_about_the_caller(call: Any) -> None:
    call.answered()
    desk = live(call, line="PJSIP/1101-00000001")
    live(call)
    call.tell(HearingChanged, leg=Leg.CALL_TAKER, tap_id=desk, state=HearingState.DEAF, since_ms=9_000)
    assert hearing(call, Leg.CALL_TAKER).state is HearingState.DEAF
    assert not doubtful(call.session)


def test_much_unheard_at_the_end_is_doubt_until_the_recording_has_been_transcribed(call: Any) -> None:
    recorded(call.queued())
    call.seconds = 31
    call.tell(CallEnded)
    judged(call)
    stored(call)
    assert doubtful(call.session)
    (fill,) = effects(call, FillGap)
    call.tell(SegmentTranscribed, segment=said(0, "咨询社保", gap=True), source=fill.job_id)
    call.tell(GapFilled, leg=Leg.CALLER, recording_id="0x1", gaps=fill.gaps)
    judged(call)
    assert call.session.triage.alarm_class is AlarmClass.NON_POLICE
    assert owes_only_its_call_back(call)


# ---- what is owed


def test_what_nobody_heard_is_owed_from_the_stored_recording_with_a_margin(call: Any) -> None:
    recorded(call.queued(), started_s=0.5)
    live(call, 4)
    call.seconds = 40
    call.tell(CallEnded)
    assert effects(call, FillGap) == []
    stored(call)
    (fill,) = effects(call, FillGap)
    assert (fill.leg, fill.path, fill.base_ms) == (Leg.CALLER, "a-rx.wav", 500)
    assert fill.spans == ((1_000 - MARGIN_MS, 4_000 + MARGIN_MS),)
    assert not owes_only_its_call_back(call)


def test_words_beside_a_gap_that_a_live_ear_had_are_not_doubled(call: Any) -> None:
    recorded(call.queued())
    live(call, 4)
    call.seconds = 40
    call.tell(CallEnded)
    stored(call)
    (fill,) = effects(call, FillGap)
    words = tuple(
        Word(text=text, started_ms=at, ended_ms=at + 300, confidence=1.0)
        for text, at in (("在", 3_200), ("中山路", 3_600), ("一号", 3_950))
    )
    segment = replace(said(0, "在中山路一号", 3_200, gap=True), words=words, ended_ms=4_250)
    step = call.step(SegmentTranscribed, segment=segment, source=fill.job_id)
    assert [event.segment.text for event in step.events] == ["在中山路"]


def test_a_desks_side_is_read_from_what_was_sent_to_the_caller(call: Any) -> None:
    recorded(call.answered())
    call.seconds = 40
    call.tell(CallEnded)
    stored(call)
    assert {(fill.leg, fill.path) for fill in effects(call, FillGap)} == {
        (Leg.CALLER, "a-rx.wav"),
        (Leg.CALL_TAKER, "a-tx.wav"),
    }


def test_without_a_file_of_its_own_a_side_cannot_be_filled(call: Any) -> None:
    recorded(call.queued())
    call.seconds = 40
    call.tell(CallEnded)
    stored(call, files=(replace(RX, part="mix"),))
    assert effects(call, FillGap) == []


def test_filling_is_tried_a_few_times_and_then_told(call: Any) -> None:
    recorded(call.queued())
    call.seconds = 40
    call.tell(CallEnded)
    stored(call)
    for _ in range(MAX_TRIES):
        assert effects(call, FillGap)
        call.tell(GapUnfilled, leg=Leg.CALLER, fault="the file is gone")
    assert effects(call, FillGap) == []
    assert hearing(call).fault == "the file is gone"
    assert call.published(SpeechStateChange)[-1].state == "unfilled"
    assert doubtful(call.session)


# ---- the second pass


def reviewable(call: Any) -> None:
    recorded(call.queued())
    live(call, 1.2)
    call.tell(SegmentTranscribed, segment=said(0, "有人打架"))
    call.seconds = 40
    call.tell(CallEnded)
    stored(call, review=True)


def review(call: Any, text: str = "有人打了", **more: Any) -> None:
    (asked,) = effects(call, ReviewRecording)
    call.tell(
        RecordingReviewed, leg=asked.leg, recording_id=asked.recording_id, model_id="large",
        segments=(said(asked.first_index, text),), difference=0.25,
        changes=(WordChange(started_ms=3_000, ended_ms=3_500, live="架", review="了"),), **more,
    )  # fmt: skip


def test_a_second_pass_is_owed_only_where_the_site_wants_one(call: Any) -> None:
    reviewable(call)
    (asked,) = effects(call, ReviewRecording)
    assert (asked.leg, asked.path, asked.first_index) == (Leg.CALLER, "a-rx.wav", 0)


def test_gaps_are_filled_before_the_second_pass(call: Any) -> None:
    recorded(call.queued())
    live(call, 9)
    call.seconds = 40
    call.tell(CallEnded)
    stored(call, review=True)
    assert effects(call, ReviewRecording) == []
    (fill,) = effects(call, FillGap)
    call.tell(GapFilled, leg=Leg.CALLER, recording_id="0x1", gaps=fill.gaps)
    assert effects(call, ReviewRecording)


def test_the_reviewed_text_is_judged_anew_and_told_with_its_difference(call: Any) -> None:
    reviewable(call)
    judged(call)
    review(call)
    (event,) = call.published(TranscriptReviewed)
    assert (event.difference, event.trusted, event.changes[0].review) == (0.25, True, "了")
    assert event.segments[0].words == ()
    (asked,) = effects(call, AssessTriage)
    assert (asked.segments, asked.reviewed) == (2, (Leg.CALLER,))
    judged(call)
    assert owes_only_its_call_back(call)
    assert effects(call, ReviewRecording) == []


def test_the_same_review_told_twice_counts_once(call: Any) -> None:
    reviewable(call)
    (asked,) = effects(call, ReviewRecording)
    review(call)
    before = call.session
    call.tell(
        RecordingReviewed, leg=asked.leg, recording_id="0x1", model_id="large",
        segments=(said(0, "有人打了"),), difference=0.25,
    )  # fmt: skip
    assert call.session is before


def test_a_second_pass_that_heard_much_less_is_not_believed(call: Any) -> None:
    reviewable(call)
    review(call, trusted=False)
    (asked,) = effects(call, AssessTriage)
    assert asked.reviewed == ()


def test_the_second_pass_never_makes_an_alarm_non_police_nor_touches_what_a_person_decided(call: Any) -> None:
    reviewable(call)
    judged(call, replace(FOUND, alarm_class=AlarmClass.VALID_ALARM, priority=1))
    call.tell(
        SetDisposition,
        request_id="r1",
        actor="zhang",
        alarm_class=AlarmClass.VALID_ALARM,
        nature=Nature.FIGHT,
    )
    decided = call.session.disposition
    review(call)
    for _ in range(2):
        if effects(call, AssessTriage):
            judged(call)
    assert call.session.triage.alarm_class is AlarmClass.UNSURE
    assert call.session.disposition == decided


def test_danger_heard_live_stands_after_the_second_pass(call: Any) -> None:
    reviewable(call)
    danger = Veto(
        code=VetoCode.WEAPON, segment_index=None, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="刀",
        started_ms=3_000, ended_ms=3_500, list_hash="h", partial=True,
    )  # fmt: skip
    call.tell(VetoFired, veto=danger)
    judged(call)
    review(call)
    judged(call)
    assert call.session.vetoes == (VetoCode.WEAPON,)
    assert call.session.triage.alarm_class is AlarmClass.UNSURE


def test_a_second_pass_that_fails_is_tried_again_then_told_and_the_live_text_stands(call: Any) -> None:
    reviewable(call)
    judged(call)
    for _ in range(MAX_TRIES):
        assert effects(call, ReviewRecording)
        call.tell(ReviewFailed, leg=Leg.CALLER, fault="no such model")
    assert effects(call, ReviewRecording) == []
    assert owes_only_its_call_back(call)
    assert call.published(SpeechStateChange)[-1].state == "unreviewed"


# ---- language


def test_another_language_is_owed_to_every_live_tap_until_the_listener_has_been_told(call: Any) -> None:
    call.queued()
    asked = tap(call)
    call.tell(TapAnnounced, leg=Leg.CALLER, tap_id=asked.tap_id, language="auto")
    live(call)
    call.tell(LanguageChosen, language="en")
    (speak,) = effects(call, SpeakLanguage)
    assert (speak.tap_id, speak.language) == (asked.tap_id, "en")
    assert call.published(SpeechStateChange)[-1].language == "en"
    call.tell(TapSpeaks, tap_id=asked.tap_id, language="en")
    assert effects(call, SpeakLanguage) == []


def test_the_dialplans_word_counts_until_the_caller_presses_a_key(call: Any) -> None:
    call.queued()
    call.tell(LanguageChosen, language="en", by_dialplan=True)
    assert call.session.language == "en"
    call.tell(LanguageChosen, language="ru", by_dialplan=True)
    assert call.session.language == "ru"
    call.tell(LanguageChosen, language="ru")
    call.tell(LanguageChosen, language="en", by_dialplan=True)
    assert (call.session.language, len(call.published(SpeechStateChange))) == ("ru", 2)


def test_a_new_tap_is_told_its_language_anew(call: Any) -> None:
    call.queued()
    call.tell(LanguageChosen, language="en")
    first = tap(call)
    call.tell(TapAnnounced, leg=Leg.CALLER, tap_id=first.tap_id, language="en")
    live(call)
    call.tell(TapEnded, leg=Leg.CALLER, tap_id=first.tap_id, reason="listener lost", failed=True)
    assert call.session.taps[0].language is None


def test_a_call_of_an_older_version_that_ended_owes_nothing_new(call: Any) -> None:
    recorded(call.queued())
    call.seconds = 40
    call.tell(CallEnded)
    call.session = replace(call.session, hearing=())
    stored(call)
    assert call.session.hearing == ()
    assert call.session.call_id == CALL
    assert effects(call, FillGap) == []


def test_words_of_a_model_for_another_language_stay_in_doubt_until_a_second_pass_is_believed(
    call: Any,
) -> None:
    call.queued()
    recorded(call)
    first = live(call, 1.2)
    call.tell(
        HearingChanged, leg=Leg.CALLER, tap_id=first, state=HearingState.NO_MODEL, since_ms=1_200,
        reason="no model for en",
    )  # fmt: skip
    assert doubtful(call.session)
    call.tell(HearingChanged, leg=Leg.CALLER, tap_id=first, state=HearingState.LIVE, since_ms=9_000)
    assert doubtful(call.session), "what was written before stays as it is"
    assert not hearing(call).gaps
    call.tell(CallEnded)
    assert doubtful(call.session)
    stored(call, review=True)
    (effect,) = [e for e in effects(call, ReviewRecording) if e.leg is Leg.CALLER]
    call.tell(
        RecordingReviewed, leg=Leg.CALLER, recording_id=effect.recording_id, model_id="large",
        segments=(said(0, "help"),), difference=1.0,
    )  # fmt: skip
    assert not doubtful(call.session)
