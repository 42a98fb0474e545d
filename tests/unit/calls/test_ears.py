"""Two ears that heard the same words: one after the other, cut off and back, or a recording."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.ears import MAX_EARS
from gateway.calls.events import TranscriptSegmentEvent
from gateway.calls.model import TapStatus
from gateway.calls.signals import SegmentTranscribed, TapEnded, TapLive
from gateway.speech.model import INDEXES_EACH, Leg, TranscriptSegment, Word

from .conftest import T0

AWAY = INDEXES_EACH


def said(index: int, *words: tuple[str, int], gap: bool = False) -> TranscriptSegment:
    """Each word lasts 400 ms from its time on."""
    found = tuple(Word(text=text, started_ms=at, ended_ms=at + 400, confidence=1.0) for text, at in words)
    return TranscriptSegment(
        index=index,
        speaker=Leg.CALLER,
        started_ms=found[0].started_ms,
        ended_ms=found[-1].ended_ms,
        text="".join(word.text for word in found),
        words=found,
        model_id="m",
        gap=gap,
    )


def texts(call: Any) -> list[tuple[str, bool]]:
    return [(event.segment.text, event.segment.gap) for event in call.published(TranscriptSegmentEvent)]


def tap(call: Any) -> str:
    (found,) = [tap.tap_id for tap in call.session.taps if tap.status is TapStatus.WANTED]
    return str(found)


def live(call: Any, at_ms: int) -> str:
    wanted = tap(call)
    call.tell(TapLive, leg=Leg.CALLER, tap_id=wanted, at=T0 + timedelta(milliseconds=at_ms))
    return wanted


def lost(call: Any, tap_id: str, at_ms: int) -> None:
    call.tell(
        TapEnded, leg=Leg.CALLER, tap_id=tap_id, reason="listener lost", failed=True,
        at=T0 + timedelta(milliseconds=at_ms),
    )  # fmt: skip


@pytest.fixture
def moved(call: Any) -> tuple[Any, str, str]:
    """The caller's leg heard by one tap from 2 s on, lost at 30 s, by another from 31 s on."""
    first = live(call.queued(), 2_000)
    lost(call, first, 30_000)
    return call, first, live(call, 31_000)


def test_words_a_lost_listener_heard_before_it_was_replaced_are_kept_as_a_gap_filled(moved: Any) -> None:
    call, first, second = moved
    call.tell(SegmentTranscribed, segment=said(AWAY, ("在", 31_500)), source=second)
    call.tell(SegmentTranscribed, segment=said(3, ("抢", 28_000), ("劫", 29_000)), source=first)
    call.tell(SegmentTranscribed, segment=said(4, ("快", 30_200)), source=first)
    assert texts(call) == [("在", False), ("抢劫", True), ("快", True)]


def test_words_that_the_next_listener_hears_too_are_not_doubled(moved: Any) -> None:
    call, first, second = moved
    call.tell(
        SegmentTranscribed, segment=said(0, ("中", 30_500), ("山", 31_200), ("路", 31_700)), source=first
    )
    call.tell(SegmentTranscribed, segment=said(1, ("三", 33_000), ("号", 33_500)), source=first)
    call.tell(SegmentTranscribed, segment=said(AWAY, ("山", 31_200), ("路", 31_700)), source=second)
    assert texts(call) == [("中", True), ("山路", False)]
    (whole,) = [e.segment for e in call.published(TranscriptSegmentEvent) if e.segment.gap]
    assert (whole.started_ms, whole.ended_ms) == (30_500, 30_900)
    before = call.session
    assert call.step(SegmentTranscribed, segment=said(1, ("三", 33_000)), source=first).state is before, (
        "delivered again it is still known"
    )


def test_what_only_the_lost_listener_heard_after_the_next_one_was_lost_too_is_kept(moved: Any) -> None:
    call, first, second = moved
    lost(call, second, 40_000)
    live(call, 45_000)
    call.tell(SegmentTranscribed, segment=said(0, ("甲", 35_000)), source=first)
    call.tell(SegmentTranscribed, segment=said(1, ("乙", 42_000)), source=first)
    call.tell(SegmentTranscribed, segment=said(2, ("丙", 46_000)), source=first)
    assert texts(call) == [("乙", True)]


def test_a_segment_without_words_counts_by_its_middle(moved: Any) -> None:
    call, first, _ = moved
    for index, at in enumerate((20_000, 50_000)):
        bare = TranscriptSegment(
            index=index, speaker=Leg.CALLER, started_ms=at, ended_ms=at + 500, text=str(at), model_id="m"
        )
        call.tell(SegmentTranscribed, segment=bare, source=first)
    assert texts(call) == [("20000", True)]


def test_what_was_filled_from_the_recording_is_not_told_again_by_a_listener_that_comes_back(
    moved: Any,
) -> None:
    call, first, _ = moved
    call.tell(SegmentTranscribed, segment=said(0, ("救", 29_000), gap=True), source="job")
    call.tell(SegmentTranscribed, segment=said(1, ("命", 30_000), gap=True), source="job")
    call.tell(SegmentTranscribed, segment=said(2, ("来", 27_000), ("救", 29_000)), source=first)
    assert texts(call) == [("救", True), ("命", True), ("来", True)]


def test_a_fill_is_kept_although_a_tap_was_there_for_that_tap_may_have_been_deaf(moved: Any) -> None:
    call, _, _ = moved
    call.tell(SegmentTranscribed, segment=said(0, ("枪", 35_000), gap=True), source="job")
    assert texts(call) == [("枪", True)]


def test_one_ear_alone_changes_nothing(call: Any) -> None:
    first = live(call.queued(), 2_000)
    call.tell(SegmentTranscribed, segment=said(0, ("喂", 3_000)), source=first)
    call.tell(SegmentTranscribed, segment=said(1, ("喂", 4_000)))
    assert texts(call) == [("喂", False), ("喂", False)]


def test_ears_that_are_remembered_have_a_limit(call: Any) -> None:
    call.queued()
    for job in range(MAX_EARS + 9):
        at = 1_000 * job
        call.tell(SegmentTranscribed, segment=said(job, ("嗯", at), gap=True), source=f"job{job}")
    assert len(call.session.ears) == MAX_EARS
    assert min(ear.from_ms for ear in call.session.ears) == 9_000
