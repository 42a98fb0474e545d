"""Gaps of hearing, the doubt they raise, and what is owed for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.calls.effects import AssessTriage, FillGap
from gateway.calls.events import SpeechStateChange, TriageAssessedEvent
from gateway.calls.heard import (
    GapFilled,
    GapUnfilled,
    HearingChanged,
    SoundLost,
)
from gateway.calls.owed import MARGIN_MS
from gateway.calls.signals import (
    CallEnded,
    SegmentTranscribed,
    TapEnded,
    TriageAssessed,
)
from gateway.calls.speech import MAX_GAPS, MAX_TRIES, MIN_GAP_MS, doubtful, with_gap
from gateway.speech.model import HearingState, Leg, Word
from gateway.triage.model import AlarmClass

from .spoken import FOUND, RX, effects, hearing, judged, live, owes_only_its_call_back, recorded, said, stored

# ---- gaps


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
