from __future__ import annotations

import random

import pytest

from gateway.speech.audiosocket import HEADER_BYTES, MAX_PAYLOAD_BYTES, Frame, Frames, ProtocolFault, name_of

GOOD = b"\x01\x00\x10" + bytes(range(16)) + b"\x10\x01\x40" + bytes(320) + b"\x03\x00\x015" + b"\x00\x00\x00"


def test_frames_come_out_whole_however_the_bytes_are_cut() -> None:
    for size in (1, 2, 3, 7, 320, 4096):
        frames = Frames()
        found = [f for at in range(0, len(GOOD), size) for f in frames.feed(GOOD[at : at + size])]
        assert [f.kind for f in found] == [0x01, 0x10, 0x03, 0x00]
        assert [len(f.payload) for f in found] == [16, 320, 1, 0]


def test_the_first_frame_names_the_stream() -> None:
    assert name_of(Frames().feed(GOOD)[0]) == "00010203-0405-0607-0809-0a0b0c0d0e0f"
    with pytest.raises(ProtocolFault, match="not the stream's UUID"):
        name_of(Frame(kind=0x10, payload=b""))


@pytest.mark.parametrize("size", [1, 5, 323, 324, 1000, 100_000])
def test_equal_sound_frames_in_a_row_come_as_one_and_no_byte_moves(size: int) -> None:
    chance = random.Random(size)
    pieces = [
        (kind, chance.randbytes(length))
        for kind, length in [(0x10, 320)] * 9 + [(0x10, 160)] * 2 + [(0x03, 1), (0x12, 640), (0x10, 320)] * 3
    ]
    data = b"".join(bytes([kind]) + len(body).to_bytes(2, "big") + body for kind, body in pieces)
    frames = Frames()
    found = [f for at in range(0, len(data), size) for f in frames.feed(data[at : at + size])]
    assert b"".join(f.payload for f in found) == b"".join(body for _, body in pieces)
    assert len(found) == len(pieces) if size == 1 else len(found) <= len(pieces)
    assert len(Frames().feed(data)) == 2 + 9


def test_fault_after_a_run_of_frames_keeps_the_run() -> None:
    frames = Frames()
    (run,) = frames.feed((b"\x10\x00\x02ab") * 3 + b"\x10\x00\x03abc")
    assert run.payload == b"ababab"
    assert "half a sample" in str(frames.fault)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"GET / HTTP/1.1\r\n", "kind 0x47 is unknown"),
        (b"\x10\xff\xff", "a frame of 65535 bytes"),
        (b"\x10\x00\x03abc", "half a sample"),
        (b"\x01\x00\x04abcd", "a UUID of 4 bytes"),
        (b"\x16\x00\x02ab", "48000 Hz; ask the PBX for"),
    ],
)
def test_what_is_not_audiosocket_is_told_apart_at_its_header_and_what_came_before_is_kept(
    data: bytes, told: str
) -> None:
    frames = Frames()
    assert len(frames.feed(GOOD + data)) == 4
    assert told in str(frames.fault)
    assert frames.feed(GOOD) == []


def test_garbage_never_raises_and_never_piles_up() -> None:
    chance = random.Random(3)
    for _ in range(2000):
        frames = Frames()
        for _ in range(20):
            frames.feed(chance.randbytes(chance.randint(0, 400)))
            assert frames.fault is not None or len(frames._rest) <= HEADER_BYTES + MAX_PAYLOAD_BYTES
