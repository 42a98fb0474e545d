"""What a caller wrote over a link counts whichever hearing of the call does."""

from __future__ import annotations

from gateway.journal.codec import encode, to_text
from gateway.ports import SegmentRow
from gateway.runtime.placing import _said
from gateway.speech.model import WRITTEN_FROM, Leg, Reading, TranscriptSegment, counts


def row(index: int, text: str, reading: Reading) -> SegmentRow:
    segment = TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=index % 100, ended_ms=index % 100, text=text, model_id="m"
    )
    return SegmentRow(
        call_id="c", speaker=Leg.CALLER, index=index, started_ms=index % 100, text=text,
        payload=to_text(encode(segment)), reading=reading,
    )  # fmt: skip


def test_written_words_count_in_both_readings_and_heard_ones_in_their_own() -> None:
    assert counts(0, Reading.LIVE, Reading.LIVE)
    assert not counts(0, Reading.LIVE, Reading.REVIEW)
    assert counts(WRITTEN_FROM, Reading.LIVE, Reading.REVIEW)


def test_a_place_that_was_written_is_found_after_the_second_pass_too() -> None:
    heard = [row(0, "人民路", Reading.LIVE), row(1, "人民大道", Reading.REVIEW)]
    said = _said([*heard, row(WRITTEN_FROM, "建国路88号", Reading.LIVE)], 3)
    assert said is not None
    assert said.text == "人民大道，建国路88号"
