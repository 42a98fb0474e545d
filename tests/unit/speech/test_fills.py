"""Recordings heard afterwards by the listener: a whole side again, in pieces that fit on the control line."""

from __future__ import annotations

import base64
import wave
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gateway.speech.control import (
    REVIEWED_AT_ONCE,
    Review,
    Reviewed,
    Segment,
    Sound,
    Transcribed,
    Want,
)
from gateway.speech.fills import GIVEN_WITHIN_S
from gateway.speech.model import Leg
from gateway.testing.clock import ManualClock
from gateway.testing.fake_recognizer import pause, say


def recording(folder: Path, pcm: bytes) -> Path:
    path = folder / "1.0-rx.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(pcm)
    return path


def asked(path: Path, **more: Any) -> Review:
    return Review(job_id=uuid4(), call_id="c1", leg=Leg.CALLER, path=str(path), base_ms=500, **more)


def with_accurate(make_house: Any, folder: Path) -> Any:
    (folder / "large").mkdir()
    return make_house(accurate=folder / "large")


async def test_a_whole_side_is_heard_again_with_the_accurate_model_and_numbered_by_itself(
    make_house: Any, tmp_path: Path
) -> None:
    led = await with_accurate(make_house, tmp_path).line()
    led.say(asked(recording(tmp_path, say("报警") + pause() + say("快来") + pause()), first_index=7))
    told = await led.until(Reviewed)
    assert [(s.index, s.text) for s in told.segments] == [(7, "报警"), (8, "快来")]
    assert told.segments[0].started_ms == 500
    assert told.segments[0].model_id.endswith(":accurate")
    assert (await led.until(Transcribed)).failed is None
    assert not [message for message in led.seen if isinstance(message, Segment)]


async def test_what_is_asked_again_is_heard_again(make_house: Any, tmp_path: Path) -> None:
    led = await with_accurate(make_house, tmp_path).line()
    job = asked(recording(tmp_path, say("报警") + pause()))
    for _ in range(2):
        led.say(job)
        assert [s.text for s in (await led.until(Reviewed)).segments] == ["报警"]
        await led.until(Transcribed)


async def test_a_long_text_comes_in_pieces(make_house: Any, tmp_path: Path) -> None:
    led = await with_accurate(make_house, tmp_path).line()
    led.say(asked(recording(tmp_path, (say("嗯") + pause()) * (REVIEWED_AT_ONCE + 3))))
    sizes = [len((await led.until(Reviewed)).segments) for _ in range(2)]
    assert sizes == [REVIEWED_AT_ONCE, 3]


async def test_a_file_that_is_no_recording_is_told(make_house: Any, tmp_path: Path) -> None:
    led = await make_house().line()
    led.say(asked(tmp_path / "missing.wav"))
    told = await led.until(Transcribed)
    assert "missing.wav" in told.failed


async def test_without_an_accurate_model_nothing_is_heard_a_second_time(
    make_house: Any, tmp_path: Path
) -> None:
    led = await make_house().line()
    led.say(asked(recording(tmp_path, say("报警") + pause())))
    assert "no accurate model" in (await led.until(Transcribed)).failed


def given(job: Review, at: int, pcm: bytes) -> Sound:
    return Sound(job_id=job.job_id, at=at, pcm=base64.b64encode(pcm).decode())


async def test_a_gateway_on_another_machine_gives_the_sound_piece_by_piece(
    make_house: Any, tmp_path: Path
) -> None:
    led = await with_accurate(make_house, tmp_path).line()
    pcm = say("报警") + pause()
    job = asked(Path(), sound_bytes=len(pcm)).model_copy(update={"path": ""})
    led.say(job)
    led.say(given(asked(Path()), 0, pcm))
    for low, high in ((0, 1_000), (1_000, len(pcm))):
        assert (await led.until(Want)).at == low
        led.say(given(job, low, pcm[low:high]))
    assert [s.text for s in (await led.until(Reviewed)).segments] == ["报警"]
    assert (await led.until(Transcribed)).failed is None


@pytest.mark.parametrize(
    ("at", "pcm", "why"),
    [(8, bytes(2), "another piece"), (0, b"", "another piece"), (0, bytes(3), "another piece")],
)
async def test_another_piece_than_was_asked_for_ends_the_job(
    make_house: Any, tmp_path: Path, at: int, pcm: bytes, why: str
) -> None:
    led = await with_accurate(make_house, tmp_path).line()
    job = asked(Path(), sound_bytes=1_000)
    led.say(job)
    await led.until(Want)
    led.say(given(job, at, pcm))
    assert why in (await led.until(Transcribed)).failed


async def test_a_gateway_that_gives_no_sound_is_asked_again_later(make_house: Any, tmp_path: Path) -> None:
    clock = ManualClock()
    (tmp_path / "large").mkdir()
    led = await make_house(clock, accurate=tmp_path / "large").line()
    led.say(asked(Path(), sound_bytes=1_000))
    await led.until(Want)
    await clock.advance(GIVEN_WITHIN_S + 1)
    assert "ask again later" in (await led.until(Transcribed)).failed
