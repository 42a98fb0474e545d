"""Taps and recordings: what is owed for them, and what becomes of them."""

from __future__ import annotations

from typing import Any

from gateway.calls.effects import AssessTriage, FetchRecording, StartTap
from gateway.calls.events import RecMediaEnd, RecordingFailed, SpeechStateChange
from gateway.calls.evidence import MAX_RECORDINGS
from gateway.calls.model import PartyRole, RecordedFile, RecordingStatus, TapStatus
from gateway.calls.reducer import owed
from gateway.calls.signals import (
    CallEnded,
    PartyLeft,
    RecordingFaulted,
    RecordingStarted,
    RecordingStopped,
    RecordingStored,
    TapAnnounced,
    TapEnded,
    TapLive,
)
from gateway.calls.taps import MAX_TAP_ATTEMPTS
from gateway.speech.model import Leg

FILES = (RecordedFile(part="mix", path="/a-mix.wav", seconds=4.0, size_bytes=64_044, sha256="0" * 64),)


def taps(session: Any) -> dict[str, StartTap]:
    return {effect.line: effect for effect in owed(session) if isinstance(effect, StartTap)}


def test_the_caller_is_heard_from_the_queue_on(call: Any) -> None:
    assert taps(call.seized().session) == {}
    (tap,) = taps(call.queued().session).values()
    assert (tap.leg, tap.line, tap.pbx) == (Leg.CALLER, "PJSIP/trunk-00000000", "main")


def test_a_call_taker_is_heard_while_connected(call: Any) -> None:
    assert set(taps(call.answered().session)) == {"PJSIP/trunk-00000000", "PJSIP/1101-00000001"}
    session = call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-00000001")
    assert set(taps(session)) == {"PJSIP/trunk-00000000"}


def test_a_department_is_not_heard(call: Any) -> None:
    call.queued().join("120", PartyRole.DEPARTMENT)
    assert set(taps(call.session)) == {"PJSIP/trunk-00000000"}


def test_a_tap_is_owed_under_the_same_id_until_it_lives(call: Any) -> None:
    before = taps(call.queued().session)
    (tap,) = before.values()
    call.tell(TapAnnounced, leg=Leg.CALLER, tap_id=tap.tap_id)
    assert taps(call.session) == before
    assert taps(call.tell(TapLive, leg=Leg.CALLER, tap_id=tap.tap_id)) == {}


def test_a_broken_tap_is_tried_again_under_another_id_until_it_is_given_up(call: Any) -> None:
    call.queued()
    seen = set()
    for _ in range(MAX_TAP_ATTEMPTS):
        (tap,) = taps(call.session).values()
        seen.add(tap.tap_id)
        call.tell(TapEnded, leg=Leg.CALLER, tap_id=tap.tap_id, reason="connection refused", failed=True)
    assert len(seen) == MAX_TAP_ATTEMPTS
    assert taps(call.session) == {}
    assert call.session.speech_dead
    assert [event.state for event in call.published(SpeechStateChange)] == ["broken"] * (
        MAX_TAP_ATTEMPTS - 1
    ) + ["dead"]


def test_a_tap_that_nobody_can_hear_is_not_tried_again(call: Any) -> None:
    call.queued()
    (tap,) = taps(call.session).values()
    call.tell(
        TapEnded, leg=Leg.CALLER, tap_id=tap.tap_id, reason="speech is switched off", failed=True, final=True
    )
    assert taps(call.session) == {}
    assert call.session.speech_dead


def test_a_call_that_cannot_be_heard_is_judged_once_as_such(call: Any) -> None:
    test_a_broken_tap_is_tried_again_under_another_id_until_it_is_given_up(call)
    assert AssessTriage(call_id=call.session.call_id, segments=0, speech_dead=True) in owed(call.session)


def test_a_call_taker_who_is_not_heard_does_not_make_the_caller_unheard(call: Any) -> None:
    call.answered()
    for _ in range(MAX_TAP_ATTEMPTS):
        tap = taps(call.session)["PJSIP/1101-00000001"]
        call.tell(TapEnded, leg=Leg.CALL_TAKER, tap_id=tap.tap_id, reason="x", failed=True)
    assert not call.session.speech_dead
    assert [tap.status for tap in call.session.taps] == [TapStatus.WANTED, TapStatus.DEAD]


def test_a_tap_that_ends_with_its_leg_is_not_tried_again(call: Any) -> None:
    tap = taps(call.answered().session)["PJSIP/1101-00000001"]
    call.tell(TapLive, leg=Leg.CALL_TAKER, tap_id=tap.tap_id)
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-00000001")
    session = call.tell(TapEnded, leg=Leg.CALL_TAKER, tap_id=tap.tap_id, reason="closed")
    assert [tap.leg for tap in session.taps] == [Leg.CALLER]


def test_a_live_tap_goes_on_when_its_call_taker_comes_back(call: Any) -> None:
    tap = taps(call.answered().session)["PJSIP/1101-00000001"]
    call.tell(TapLive, leg=Leg.CALL_TAKER, tap_id=tap.tap_id)
    call.tell(PartyLeft, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-00000001")
    assert "PJSIP/1101-00000001" not in taps(call.join("1101"))


def test_news_of_a_tap_nobody_started_changes_nothing(call: Any) -> None:
    before = call.answered().session
    assert call.step(TapLive, leg=Leg.CALLER, tap_id="stranger").state is before
    assert call.step(TapEnded, leg=Leg.CALLER, tap_id="stranger", reason="x").state is before


def test_nothing_is_heard_after_the_end(call: Any) -> None:
    session = call.answered().tell(CallEnded)
    assert session.taps == ()
    assert taps(session) == {}


def test_a_recording_is_owed_from_its_end_until_it_is_stored(call: Any) -> None:
    call.answered().tell(RecordingStarted, recording_id="0x1", file="/rec/a-mix.wav")
    assert not [effect for effect in owed(call.session) if isinstance(effect, FetchRecording)]
    call.tell(CallEnded)
    fetch = FetchRecording(
        call_id=call.session.call_id, pbx="main", recording_id="0x1", file="/rec/a-mix.wav"
    )
    assert fetch in owed(call.session)
    call.tell(RecordingFaulted, recording_id="0x1", fault="still growing")
    assert fetch in owed(call.session)
    call.tell(RecordingStored, recording_id="0x1", files=FILES)
    assert fetch not in owed(call.session)
    assert call.published(RecMediaEnd)[0].files[0].seconds == 4.0


def test_what_is_doubtful_about_a_stored_recording_is_kept_with_it_and_published(call: Any) -> None:
    call.answered().tell(RecordingStarted, recording_id="0x1", file="/rec/a-mix.wav")
    call.tell(CallEnded)
    doubts = ("rx: the file is missing", "lengths differ: mix 4.0 s, call 30.0 s")
    session = call.tell(RecordingStored, recording_id="0x1", files=FILES, doubts=doubts)
    assert session.recordings[0].status is RecordingStatus.STORED
    assert session.recordings[0].fault == "; ".join(doubts)
    assert call.published(RecMediaEnd)[0].doubts == doubts


def test_a_recording_given_up_is_told_and_owed_no_more(call: Any) -> None:
    call.answered().tell(RecordingStarted, recording_id="0x1", file="/rec/a-mix.wav")
    call.tell(CallEnded)
    call.tell(RecordingFaulted, recording_id="0x1", fault="missing", final=True)
    call.tell(RecordingFaulted, recording_id="0x1", fault="missing", final=True)
    assert call.session.recordings[0].status is RecordingStatus.FAILED
    assert len(call.published(RecordingFailed)) == 1


def test_a_recording_found_after_it_was_given_up_is_kept(call: Any) -> None:
    test_a_recording_given_up_is_told_and_owed_no_more(call)
    assert (
        call.tell(RecordingStored, recording_id="0x1", files=FILES).recordings[0].status
        is RecordingStatus.STORED
    )


def test_a_recorder_stopped_early_is_fetched_early(call: Any) -> None:
    call.answered().tell(RecordingStarted, recording_id="0x1", file="/rec/a-mix.wav")
    call.tell(RecordingStarted, recording_id="0x2", file="/rec/b-mix.wav")
    session = call.tell(RecordingStopped, recording_id="0x2")
    assert [recording.status for recording in session.recordings] == [
        RecordingStatus.RUNNING,
        RecordingStatus.STOPPED,
    ]
    session = call.tell(RecordingStopped)
    assert {recording.status for recording in session.recordings} == {RecordingStatus.STOPPED}


def test_a_recording_learnt_of_after_the_end_is_owed_at_once(call: Any) -> None:
    call.answered().tell(CallEnded)
    session = call.tell(RecordingStarted, recording_id="0x1", file="/rec/a-mix.wav", inferred=True)
    assert session.recordings[0].status is RecordingStatus.STOPPED


def test_recorders_followed_are_bounded(call: Any) -> None:
    call.answered()
    for number in range(2 * MAX_RECORDINGS):
        call.tell(RecordingStarted, recording_id=f"0x{number}", file="/rec/a-mix.wav")
    assert len(call.session.recordings) == MAX_RECORDINGS


def test_a_call_is_closed_when_nothing_is_owed_any_more(call: Any) -> None:
    test_a_recording_is_owed_from_its_end_until_it_is_stored(call)
    assert not call.session.closed
    assert {type(effect) for effect in owed(call.session)} == {AssessTriage}
