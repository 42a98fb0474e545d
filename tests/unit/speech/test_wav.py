from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from gateway.speech import wav

TONE = (np.sin(np.arange(8000) * 0.3) * 8000).astype(np.int16)


def riff(
    body: bytes, *, tag: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, size: int | None = None
) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)
    told = len(body) if size is None else size
    return (
        b"RIFF\0\0\0\0WAVEfmt "
        + struct.pack("<I", len(form))
        + form
        + b"LIST\x03\0\0\0abc\0data"
        + struct.pack("<I", told)
        + body
    )


def read(folder: Path, data: bytes) -> list[bytes]:
    (folder / "a.wav").write_bytes(data)
    return wav.read(folder / "a.wav")


def test_recording_is_read_as_python_wrote_it(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(TONE.tobytes())
    assert wav.read(tmp_path / "a.wav") == [TONE.tobytes()]


def test_recording_of_a_killed_recorder_is_read_to_its_last_whole_sample(tmp_path: Path) -> None:
    assert read(tmp_path, riff(TONE.tobytes() + b"\x01", size=0)) == [TONE.tobytes()]
    assert read(tmp_path, riff(TONE.tobytes()[:1000], size=99_999)) == [TONE.tobytes()[:1000]]


def test_sides_of_a_stereo_recording_come_apart(tmp_path: Path) -> None:
    both = np.stack([TONE, -TONE], axis=1)
    assert read(tmp_path, riff(both.tobytes(), channels=2)) == [TONE.tobytes(), (-TONE).tobytes()]


@pytest.mark.parametrize("tag", [6, 7])
def test_telephone_coding_is_read(tmp_path: Path, tag: int) -> None:
    (sound,) = read(tmp_path, riff(bytes(range(256)) * 4, tag=tag, bits=8))
    assert len(np.unique(np.frombuffer(sound, np.int16))) > 200


@pytest.mark.parametrize("rate", [16000, 44100])
def test_other_rates_become_the_telephones(tmp_path: Path, rate: int) -> None:
    tone = (np.sin(np.arange(rate) * 2 * np.pi * 400 / rate) * 8000).astype(np.int16)
    samples = np.frombuffer(read(tmp_path, riff(tone.tobytes(), rate=rate))[0], np.int16)
    assert len(samples) == 8000
    assert abs(int(np.argmax(np.abs(np.fft.rfft(samples)))) - 400) <= 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not a WAV file"),
        (b"ID3\x03mp3 data follows", "not a WAV file"),
        (b"RIFF\0\0\0\0WAVE", "no sound in it"),
        (b"RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd", "sound before its format"),
        (riff(b"ab", tag=85), "format 85"),
        (riff(b"ab", rate=0), "0 Hz is not read"),
        (riff(b"ab", channels=0), "0 channels"),
    ],
)
def test_what_is_no_recording_is_told(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(wav.WavError, match=told):
        read(tmp_path, data)


def test_missing_recording_is_told(tmp_path: Path) -> None:
    with pytest.raises(wav.WavError, match="cannot be read"):
        wav.read(tmp_path / "none.wav")


def test_empty_recording_is_empty(tmp_path: Path) -> None:
    assert read(tmp_path, riff(b"")) == [b""]
