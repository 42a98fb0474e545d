"""The second pass over the whole recording, and a leg's language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.calls.effects import AssessTriage, FillGap, ReviewRecording, SpeakLanguage
from gateway.calls.events import SpeechStateChange, TranscriptReviewed
from gateway.calls.heard import (
    GapFilled,
    HearingChanged,
    LanguageChosen,
    RecordingReviewed,
    ReviewFailed,
    TapSpeaks,
)
from gateway.calls.signals import (
    CallEnded,
    SegmentTranscribed,
    SetDisposition,
    TapAnnounced,
    TapEnded,
    VetoFired,
)
from gateway.calls.speech import MAX_TRIES, doubtful
from gateway.speech.differ import WordChange
from gateway.speech.model import HearingState, Leg
from gateway.triage.model import AlarmClass, Nature, Span, Veto, VetoCode

from .conftest import CALL
from .spoken import (
    FOUND,
    effects,
    hearing,
    judged,
    live,
    owes_only_its_call_back,
    recorded,
    said,
    stored,
    tap,
)

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
