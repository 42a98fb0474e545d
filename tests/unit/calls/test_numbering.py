"""Segment numbers of one leg, from several listeners, in any order."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.calls.events import TranscriptSegmentEvent
from gateway.calls.model import CallSession
from gateway.calls.numbering import MAX_SKIPPED, first_index
from gateway.calls.reducer import reduce
from gateway.calls.signals import SegmentTranscribed
from gateway.speech.model import INDEXES_EACH, MAX_ORIGIN, Leg, TranscriptSegment

from .conftest import T0, Telling

AWAY = 7 * INDEXES_EACH


def said(index: int, speaker: Leg = Leg.CALLER) -> TranscriptSegment:
    return TranscriptSegment(
        index=index, speaker=speaker, started_ms=index, ended_ms=index, text="救命", model_id="m"
    )


def kept(call: Any) -> list[int]:
    return [event.segment.index for event in call.published(TranscriptSegmentEvent)]


def test_a_lost_listeners_segments_come_after_another_ones_and_each_is_kept_once(call: Any) -> None:
    call.answered()
    for index in (0, 1, AWAY, AWAY + 1, 2, 3, AWAY + 2, 2, AWAY, 4):
        call.tell(SegmentTranscribed, segment=said(index))
    assert kept(call) == [0, 1, AWAY, AWAY + 1, 2, 3, AWAY + 2, 4]
    assert call.session.skipped == ((0, 5, AWAY - 1),)


def test_each_listener_numbers_on_behind_its_own_segments(call: Any) -> None:
    session = call.answered().session
    assert [first_index(session, Leg.CALLER, origin) for origin in (0, 7)] == [0, AWAY]
    for index in (0, 1, AWAY, AWAY + 1):
        session = call.tell(SegmentTranscribed, segment=said(index))
    numbers = [first_index(session, Leg.CALLER, origin) for origin in (0, 3, 7, 9)]
    assert numbers == [2, 3 * INDEXES_EACH, AWAY + 2, 9 * INDEXES_EACH]
    assert first_index(session, Leg.CALL_TAKER, 7) == AWAY, "a leg's numbers are its own"


def test_the_largest_number_fits_into_what_a_database_calls_an_integer() -> None:
    assert (MAX_ORIGIN + 1) * INDEXES_EACH - 1 < 2**31


def test_holes_in_the_numbers_have_a_limit_and_the_shortest_counts_as_lost(call: Any) -> None:
    call.answered().tell(SegmentTranscribed, segment=said(AWAY))
    for index in range(MAX_SKIPPED + 5):
        session = call.tell(SegmentTranscribed, segment=said(AWAY + 2 * index))
    assert len(session.skipped) == MAX_SKIPPED
    assert (0, 0, AWAY - 1) in session.skipped, "what another listener still has is never given up for it"


def test_a_hole_as_an_earlier_version_wrote_it_is_filled(call: Any) -> None:
    session = call.answered().tell(SegmentTranscribed, segment=said(2))
    old = {**{f: getattr(session, f) for f in session.__slots__}, "skipped": ((0, 0), (0, 1))}
    step = reduce(CallSession(**old), call.signal(SegmentTranscribed, segment=said(1)))
    assert step.state is not None
    assert step.state.skipped == ((0, 0, 0),)


@given(
    order=st.permutations([*range(5), *range(AWAY, AWAY + 5), *range(2 * AWAY, 2 * AWAY + 3)]),
    again=st.lists(st.integers(0, 12), max_size=20),
)
def test_whatever_the_order_every_segment_is_kept_and_none_twice(order: list[int], again: list[int]) -> None:
    call = Telling().answered()
    for place, index in enumerate(order):
        call.tell(SegmentTranscribed, segment=said(index), at=T0)
        for repeated in again[place : place + 2]:
            if repeated <= place:
                call.tell(SegmentTranscribed, segment=said(order[repeated]), at=T0)
    assert sorted(kept(call)) == sorted(order)
    assert call.session is not None
    assert call.session.segments == len(order)
