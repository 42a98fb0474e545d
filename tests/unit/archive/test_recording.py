"""Recordings come into the archive whole, or it is said why not."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import wave
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

import pytest

from gateway.archive import recording
from gateway.archive.audio import NotSound, header, inspect, span
from gateway.archive.model import NotStored, Stored
from gateway.archive.recording import Folder, Recordings
from gateway.testing.clock import ManualClock

CALL = "hz-p1-1767600000.42"
SEIZED = datetime(2026, 1, 5, 23, 59, tzinfo=UTC)
PBX = PurePosixPath("/var/spool/asterisk/intake110")
SECOND = 16_000
"""Bytes of a second at 8 kHz, 16 bit, one channel."""


class PassingClock(ManualClock):
    """Every sleep is over at once, after `meanwhile` has happened."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], None] = lambda: None

    async def sleep(self, seconds: float) -> None:
        self._elapsed += seconds
        self.meanwhile()
        await asyncio.sleep(0)


def wav(path: Path, seconds: float, *, rate: int = 8_000, channels: int = 1) -> bytes:
    sound = bytes(index * 7 % 251 for index in range(int(seconds * rate) * 2 * channels))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound)
    return sound


class House:
    def __init__(self, tmp_path: Path) -> None:
        self.spool, self.archive = tmp_path / "spool", tmp_path / "archive"
        self.spool.mkdir()
        self.clock = PassingClock()
        self.recordings = Recordings([Folder(pbx=PBX, local=self.spool)], self.archive, self.clock)

    def record(
        self, uniqueid: str = "1767600000.42", *, mix: float = 8, rx: float = 8, tx: float = 8
    ) -> None:
        for part, seconds in (("mix", mix), ("rx", rx), ("tx", tx)):
            if seconds:
                wav(self.spool / f"{uniqueid}-{part}.wav", seconds)

    async def store(self, file: str | None = None, **options) -> Stored | NotStored:
        wanted = str(PBX / "1767600000.42-mix.wav") if file is None else file
        return await self.recordings.store(wanted, **{"call_id": CALL, "started_at": SEIZED, **options})

    def kept(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.archive)) for path in self.archive.rglob("*") if path.is_file()
        )


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


async def test_the_three_files_are_kept_measured_and_hashed(house):
    house.record()
    stored = await house.store(expected_s=8.2)
    assert stored.doubts == ()
    assert [(f.part, f.seconds, f.repaired) for f in stored.files] == [
        ("mix", 8.0, False),
        ("rx", 8.0, False),
        ("tx", 8.0, False),
    ]
    for file in stored.files:
        assert file.path == f"2026/01/05/{CALL}/1767600000.42-{file.part}.wav"
        content = (house.archive / file.path).read_bytes()
        assert content == (house.spool / Path(file.path).name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file.sha256
        assert len(content) == file.size_bytes


async def test_fetching_again_gives_the_same_and_leaves_nothing_else(house):
    house.record()
    first, second = await house.store(), await house.store()
    assert first == second
    assert len(house.kept()) == 3


async def test_another_sound_of_the_same_name_never_overwrites_evidence(house):
    house.record()
    first = await house.store()
    wav(house.spool / "1767600000.42-mix.wav", 3)
    second = await house.store()
    assert second.files[0].path.endswith("/1767600000.42-mix.2.wav")
    kept = (house.archive / first.files[0].path).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == first.files[0].sha256


@pytest.mark.parametrize("told", [0, 100, 2**32 - 1])
async def test_the_header_of_a_killed_recorder_is_repaired_in_the_copy_alone(house, told):
    house.record()
    source = house.spool / "1767600000.42-rx.wav"
    broken = source.read_bytes()[:-1]
    broken = broken[:4] + told.to_bytes(4, "little") + broken[8:40] + told.to_bytes(4, "little") + broken[44:]
    source.write_bytes(broken)
    stored = await house.store()
    repaired = stored.files[1]
    assert repaired.repaired
    assert repaired.seconds == pytest.approx(8, abs=0.001)
    assert source.read_bytes() == broken
    with wave.open(str(house.archive / repaired.path)) as file:
        assert file.getnframes() == 8 * 8_000 - 1
        assert file.readframes(-1) == broken[44 : 44 + 2 * file.getnframes()]


async def test_a_recorder_that_still_writes_is_waited_for(house):
    house.record()
    mixed = house.spool / "1767600000.42-mix.wav"
    whole = mixed.read_bytes()
    pieces = [whole[: 44 + SECOND * n] for n in range(1, 8)]
    growing = iter([header(8_000, 1, 0) + piece[44:] for piece in pieces] + [whole])
    mixed.write_bytes(next(growing))
    house.clock.meanwhile = lambda: mixed.write_bytes(next(growing, whole))
    stored = await house.store()
    assert (stored.files[0].seconds, stored.files[0].repaired) == (8.0, False)


async def test_a_file_that_never_stops_growing_is_fetched_another_time(house):
    house.record()
    mixed = house.spool / "1767600000.42-mix.wav"

    def grow() -> None:
        with mixed.open("ab") as file:
            file.write(bytes(3_200))

    house.clock.meanwhile = grow
    fault = await house.store()
    assert (fault.final, "still being written" in fault.text) == (False, True)
    assert house.clock.monotonic() <= recording.SETTLE_WITHIN_S + recording.LOOK_EVERY_S
    assert not house.archive.exists()


async def test_a_complete_recording_is_not_waited_for_longer_than_a_look(house):
    house.record()
    await house.store()
    assert house.clock.monotonic() == pytest.approx(recording.LOOK_EVERY_S)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"RIFF", "no WAV"),
        (b"\x00" * 5_000, "no WAV"),
        (b"OggS" + bytes(100), "no WAV"),
        (header(8_000, 1, 0), "no sound"),
        (header(8_000, 1, 0) + b"\x01", "no sound"),
        (header(8_000, 7, 800) + bytes(800), "7 channels"),
        (header(1, 1, 800) + bytes(800), "1 Hz"),
        (b"RIFF\xff\xff\xff\xffWAVEdata\x10\x00\x00\x00" + bytes(16), "format is not told"),
        (b"RIFF\x00\x00\x00\x00WAVE" + b"junk\x00\x00\x00\x00" * 100, "no sound"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x31\x00", "cut off"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x31\x00" + bytes(14), "GSM"),
    ],
)
async def test_a_file_that_is_no_sound_is_told_and_not_kept(house, content, told):
    house.record()
    (house.spool / "1767600000.42-mix.wav").write_bytes(content)
    fault = await house.store()
    assert fault.final
    assert told in fault.text
    assert house.kept() == []


async def test_a_part_that_is_missing_or_no_sound_does_not_cost_the_others(house):
    house.record(tx=0)
    (house.spool / "1767600000.42-rx.wav").write_bytes(b"")
    stored = await house.store()
    assert [file.part for file in stored.files] == ["mix"]
    assert stored.doubts == ("rx: the file is empty", "tx: the file is missing")


async def test_a_recording_that_is_not_there_names_the_cure_and_is_tried_again(house):
    fault = await house.store()
    assert not fault.final
    assert "mounted" in fault.text


async def test_lengths_that_differ_are_remarked(house):
    house.record(rx=6.5)
    stored = await house.store(expected_s=12)
    assert stored.doubts == ("lengths differ: mix 8.0 s, rx 6.5 s, tx 8.0 s, call 12.0 s",)


@pytest.mark.parametrize(("lasted", "doubted"), [(7.1, False), (9.4, False), (9.6, True), (6.4, True)])
async def test_a_length_is_doubted_once_it_differs_by_more_than_a_found_calls_begin_is_known_to(
    house, lasted: float, doubted: bool
):
    house.record()
    stored = await house.store(expected_s=lasted)
    assert bool(stored.doubts) is doubted


async def test_a_dialplan_that_records_one_file_is_fine(house):
    (house.spool / "in").mkdir()
    wav(house.spool / "in" / "call7.wav", 5, rate=16_000, channels=2)
    stored = await house.store(str(PBX / "in/call7.wav"))
    assert [(file.part, file.seconds) for file in stored.files] == [("mix", 5.0)]
    assert stored.doubts == ()


@pytest.mark.parametrize(
    "file",
    [
        "/etc/passwd",
        f"{PBX}/../../../../etc/passwd",
        f"{PBX}/a/../../x-mix.wav",
        "../x-mix.wav",
        "x-mix.wav",
        f"{PBX}",
        f"{PBX}2/x-mix.wav",
        f"{PBX}/out/x-mix.wav",
        f"{PBX}/x\x00-mix.wav",
        "",
    ],
)
async def test_a_forged_file_name_reaches_nothing_outside_the_recordings(house, tmp_path, file):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    wav(outside / "x-mix.wav", 1)
    (house.spool / "out").symlink_to(outside)
    fault = await house.store(file)
    assert fault.final
    assert "no recording folder" in fault.text
    assert not house.archive.exists()


@pytest.mark.parametrize("call_id", ["", "../../x", "a/b", ".hidden", "x" * 300])
async def test_a_call_id_that_is_no_name_writes_nowhere(house, call_id):
    house.record()
    fault = await house.store(call_id=call_id)
    assert fault.final
    assert not house.archive.exists()


async def test_a_full_disk_leaves_no_half_file_and_is_tried_again(house, monkeypatch):
    house.record()

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "archive")

    with monkeypatch.context() as patched:
        patched.setattr(recording.os, "fsync", full)
        fault = await house.store()
    assert not fault.final
    assert "make room" in fault.text
    assert house.kept() == []
    assert isinstance(await house.store(), Stored)


def test_recordings_of_unknown_calls_are_found_for_recovery(house):
    for uniqueid in ("1767600000.1", "1767600000.2", "pbx1-1767600000.3"):
        house.record(uniqueid, mix=1, rx=1, tx=1)
    wav(house.spool / "bad name!-mix.wav", 1)
    old = house.spool / "1767600000.4-mix.wav"
    wav(old, 1)
    os.utime(old, (0, 0))
    since = datetime.now(UTC) - timedelta(minutes=5)
    found = house.recordings.unclaimed({"1767600000.2"}, since)
    assert {one.uniqueid: one.file for one in found} == {
        "1767600000.1": f"{PBX}/1767600000.1-mix.wav",
        "pbx1-1767600000.3": f"{PBX}/pbx1-1767600000.3-mix.wav",
    }


def test_a_span_is_cut_to_what_there_is(tmp_path):
    sound = wav(tmp_path / "x.wav", 2)
    path = tmp_path / "x.wav"
    assert span(path, 500, 1_500) == sound[SECOND // 2 : 3 * SECOND // 2]
    assert span(path, 1_500, 99_000) == sound[3 * SECOND // 2 :]
    assert span(path, -5, 0) == b""
    assert span(path, 3_000, 4_000) == b""
    assert span(path, 1_500, 500) == b""


def test_chunks_before_and_after_the_sound_are_no_damage(tmp_path):
    sound = bytes(range(250)) * 4
    fmt = header(8_000, 1, 0)[12:36]
    body = b"WAVE" + b"LIST\x03\x00\x00\x00abc\x00" + fmt
    body += b"data" + len(sound).to_bytes(4, "little") + sound + b"id3 \x04\x00\x00\x00tail"
    path = tmp_path / "x.wav"
    path.write_bytes(b"RIFF" + len(body).to_bytes(4, "little") + body)
    found = inspect(path)
    assert (found.intact, found.data_bytes) == (True, len(sound))
    assert span(path, 0, 10_000) == sound


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_a_header_cut_anywhere_is_told_or_read(tmp_path, cut):
    path = tmp_path / "x.wav"
    wav(path, 0.01)
    path.write_bytes(path.read_bytes()[:cut])
    if cut <= 45:
        with pytest.raises(NotSound):
            inspect(path)
    else:
        assert inspect(path).data_bytes == (cut - 44) // 2 * 2
