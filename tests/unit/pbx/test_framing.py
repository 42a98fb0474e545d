from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.pbx.framing import AmiFramer, Frame, event_name

STREAM = (
    b"Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nMessage: \xe5\x8c\x97\xe4\xba\xac\r\n\r\n"
    b"Event: Hangup\r\nPrivilege: call,all\r\n\r\n\r\n\r\nEvent: Cdr\r\nUserField: \r\n\r\n"
)
WHOLE = AmiFramer().feed(STREAM)


def fed(pieces: list[bytes], **limits: int) -> list[Frame]:
    framer = AmiFramer(**limits)
    return [frame for piece in pieces for frame in framer.feed(piece)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_messages_are_the_same_wherever_the_network_cuts(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert fed([STREAM[a:b] for a, b in pairwise(edges)]) == WHOLE


def test_blank_lines_between_messages_are_nothing() -> None:
    assert [frame.raw for frame in WHOLE] == [
        STREAM[: STREAM.index(b"\r\n\r\n")],
        b"Event: Hangup\r\nPrivilege: call,all",
        b"Event: Cdr\r\nUserField: ",
    ]
    assert not any(frame.fault for frame in WHOLE)


def test_a_file_with_bare_line_feeds_reads_alike() -> None:
    frames = fed([STREAM.replace(b"\r\n", b"\n")])
    assert [frame.raw.replace(b"\n", b"\r\n") for frame in frames] == [frame.raw for frame in WHOLE]


def test_a_bare_line_feed_inside_a_crlf_stream_ends_no_message() -> None:
    frames = fed([b"Event: A\r\nB: 138\n\nEvent: Evil\r\n\r\n"])
    assert [frame.raw for frame in frames] == [b"Event: A\r\nB: 138\n\nEvent: Evil"]


def test_the_last_message_of_a_file_may_lack_its_blank_line() -> None:
    framer = AmiFramer()
    assert framer.feed(b"Event: A\r\n\r\nEvent: B\r\n") == [Frame(b"Event: A")]
    assert framer.flush() == [Frame(b"Event: B")]
    assert framer.flush() == []


@given(st.integers(1, 300))
def test_an_overlong_message_is_cut_once_and_reading_goes_on_after_it(piece: int) -> None:
    stream = b"Event: A\r\n\r\nEvent: B\r\nX: " + b"x" * 5_000 + b"\r\n\r\nEvent: C\r\n\r\n"
    frames = fed([stream[at : at + piece] for at in range(0, len(stream), piece)], max_message_bytes=400)
    assert [frame.fault for frame in frames] == [None, "longer than 400 bytes", None]
    assert [frame.raw[:8] for frame in frames] == [b"Event: A", b"Event: B", b"Event: C"]
    assert len(frames[1].raw) <= 400


def test_endless_bytes_without_a_line_end_cost_no_memory() -> None:
    framer = AmiFramer(max_message_bytes=1_000)
    frames = [frame for _ in range(100) for frame in framer.feed(b"x" * 1_000)]
    assert len(frames) == 1
    assert framer.feed(b"\r\n\r\nEvent: A\r\n\r\n") == [Frame(b"Event: A")]
    assert framer.flush() == []


def test_an_overlong_line_and_too_many_lines_are_cut() -> None:
    (line,) = fed([b"Event: A\r\nX: " + b"x" * 100 + b"\r\nY: 1\r\n\r\n"], max_line=20)
    assert line.fault == "a line longer than 20 bytes"
    assert line.raw == b"Event: A\r\nX: " + b"x" * 17 + b"\r\nY: 1"
    (many,) = fed([b"Event: A\r\n" + b"X: 1\r\n" * 9 + b"\r\n"], max_headers=5)
    assert many == Frame(b"Event: A\r\nX: 1\r\nX: 1\r\nX: 1\r\nX: 1", "more than 5 lines")


def test_the_event_name_is_known_without_parsing() -> None:
    assert event_name(b"Event: VarSet\r\nPrivilege: x") == b"VarSet"
    assert event_name(b"Event: VarSet\nPrivilege: x") == b"VarSet"
    assert event_name(b"Event: VarSet") == b"VarSet"
    assert event_name(b"Response: Success\r\nEvent: VarSet") == b""
