"""The stream to and from a provider's ALI database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.aliframe import Framing, Splitter, checked_query, numbered, query
from gateway.location.alirecord import MAX_RECORD_BYTES


def test_records_come_out_whole_however_the_stream_is_cut() -> None:
    stream = b"noise\x02one\x03\r\n\x02two\x03\x02thr"
    for size in range(1, len(stream)):
        splitter = Splitter(Framing())
        pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
        assert [record for piece in pieces for record in splitter.feed(piece)] == [b"one", b"two"]


def test_a_record_that_was_broken_off_does_not_swallow_the_next() -> None:
    assert Splitter(Framing()).feed(b"\x02half\x02whole\x03") == [b"whole"]


def test_fixed_lengths_and_line_ends_frame_too() -> None:
    assert Splitter(Framing(start=b"", end=b"", length=3)).feed(b"abcdefg") == [b"abc", b"def"]
    assert Splitter(Framing(start=b"", end=b"\r")).feed(b"ab\rcd\r\r") == [b"ab", b"cd"]
    assert Splitter(Framing(start=b"\x01", end=b"", length=2)).feed(b"x\x01abyy\x01cd") == [b"ab", b"cd"]
    with pytest.raises(ValueError, match="records need an end"):
        Framing(end=b"")


def test_a_stream_without_an_end_is_dropped_and_the_next_record_counts() -> None:
    splitter = Splitter(Framing())
    assert splitter.feed(b"\x02" + b"x" * (MAX_RECORD_BYTES + 1)) == []
    assert splitter.feed(b"y\x03\x02good\x03") == [b"good"]
    assert splitter.dropped_bytes >= MAX_RECORD_BYTES
    assert splitter.feed(b"\x02" + b"x" * (MAX_RECORD_BYTES + 9) + b"\x03\x02good\x03") == [b"good"]


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_no_stream_breaks_the_splitter(pieces: list[bytes]) -> None:
    for framing in (Framing(), Framing(start=b"", end=b"\r"), Framing(start=b"", end=b"", length=7)):
        splitter = Splitter(framing)
        for piece in pieces:
            splitter.feed(piece)


def test_a_query_is_what_the_template_says() -> None:
    assert (
        query("{position:02d}{number:>10}\r", number="2161234567", position=7, sequence=1)
        == b"072161234567\r"
    )
    assert numbered("{sequence:06d}{number}")
    assert not numbered("{number}")
    assert checked_query("{number}\r") == "{number}\r"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{position}", "it does not say {number}"),
        ("{number}{name}", "unknown {name}"),
        ("{number.__class__}", "unknown {number.__class__}"),
        ("{number:zz}", "cannot be filled in"),
        ("路{number}", "codec"),
        ("{number}" + "x" * 300, "308 characters"),
    ],
)
def test_a_template_that_cannot_be_used_says_why(template: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked_query(template)
