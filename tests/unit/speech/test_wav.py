from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

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


def test_recorder_killed_between_two_headers_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(riff(TONE.tobytes(), size=4000))
    found = wav.examine(file)
    assert found.sides == [TONE.tobytes()]
    assert found.faults == ("its header was never finished: 4,000 bytes of sound told, 16,000 there",)
    assert found.seconds == 1.0


def test_chunks_behind_the_sound_are_no_sound(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(riff(TONE.tobytes()) + b"LIST\x04\0\0\0abcd")
    assert wav.examine(file) == wav.Recording(sides=[TONE.tobytes()])


@pytest.mark.parametrize(("bits", "kind"), [(32, "<f4"), (64, "<f8")])
def test_float_sound_is_read_clipped_and_its_holes_are_silence(tmp_path: Path, bits: int, kind: str) -> None:
    floats = np.array([0.0, 0.5, -0.5, 2.0, -2.0, np.nan, np.inf], kind)
    (sound,) = read(tmp_path, riff(floats.tobytes(), tag=3, bits=bits))
    assert np.frombuffer(sound, np.int16).tolist() == [0, 16384, -16384, 32767, -32768, 0, 32767]


@pytest.mark.parametrize("bits", [8, 24, 32])
def test_other_widths_keep_their_loudness(tmp_path: Path, bits: int) -> None:
    wide = TONE.astype(np.int64) << 16
    body = {
        8: ((wide >> 24) + 128).astype(np.uint8).tobytes(),
        24: b"".join(int(x >> 8).to_bytes(3, "little", signed=True) for x in wide),
        32: wide.astype("<i4").tobytes(),
    }[bits]
    samples = np.frombuffer(read(tmp_path, riff(body, bits=bits))[0], np.int16).astype(int)
    assert np.abs(samples - TONE).max() <= (256 if bits == 8 else 1)


@pytest.mark.parametrize(
    ("ending", "form"), [("flac", "FLAC"), ("ogg", "OGG"), ("wav", "GSM610"), ("au", "AU")]
)
def test_what_libsndfile_reads_is_read(tmp_path: Path, ending: str, form: str) -> None:
    file = tmp_path / f"a.{ending}"
    kind = {"format": "WAV", "subtype": "GSM610"} if form == "GSM610" else {"format": form}
    soundfile.write(file, TONE, 8000, **kind)
    (sound,) = wav.read(file)
    assert len(sound) == pytest.approx(16_000, abs=700)
    heard = np.frombuffer(sound, np.int16)[:7000].astype(float)
    assert np.corrcoef(heard, TONE[:7000])[0, 1] > 0.9


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
