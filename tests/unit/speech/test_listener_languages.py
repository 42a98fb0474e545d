"""Several models in one listener: by language, by key pressed, by listening, and for the second pass."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from gateway.speech.control import (
    Announce,
    Announced,
    Hello,
    LegState,
    PartialText,
    Review,
    Segment,
    Speak,
    Status,
    TapLive,
    Transcribe,
    Transcribed,
)
from gateway.speech.model import HearingState, Leg
from gateway.testing.clock import ManualClock
from gateway.testing.fake_recognizer import MODULE, pause, say
from gateway.testing.tap_stream import frames, named

MakeHouse = Callable[..., Any]


def tongues(folder: Path) -> dict[str, Any]:
    """Settings: the default model knows three letters, "en" the Latin ones."""
    for name, letters in (("model", "甲乙丙"), ("en", "abcdefghijklmnopqrstuvwxyz")):
        (folder / name).mkdir()
        (folder / name / "letters").write_text(letters)
    return {"languages": {"en": folder / "en"}}


def sound_file(folder: Path) -> Path:
    with wave.open(str(folder / "rx.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(say("甲乙"))
    return folder / "rx.wav"


async def test_leg_is_heard_in_its_language_and_segments_name_the_model(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house(**tongues(tmp_path))
    led = await house.line()
    assert list(led.seen[-1].languages) == ["en"]
    tap = uuid4()
    led.say(Announce(tap_id=tap, call_id="c1", leg=Leg.CALLER, offset_ms=0, first_index=0, language="auto"))
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("thereisafireinthehouse") + pause()))
    first = (await led.until(Segment)).segment
    assert first.text.replace(" ", "") == "thereisafireinthehouse"
    led.say(Speak(tap_id=tap, language=""))
    led.say(Speak(tap_id=uuid4(), language="en"))
    led.say(Status())
    await led.until(Hello)
    writer.write(frames(say("甲乙丙")))
    writer.write_eof()
    second = (await led.until(Segment)).segment
    assert second.text == "甲乙丙"
    assert (first.model_id, second.model_id) == (f"{MODULE}:en", MODULE)


async def test_next_listener_goes_on_in_the_language_of_the_leg(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    settings = tongues(tmp_path)
    house = make_house(**settings)
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("甲")))
    await led.until(TapLive)
    led.say(Speak(tap_id=tap, language="en"))
    assert (await led.until(Segment)).segment.text == "甲"
    writer.write(frames(say("fire")))
    await led.until(PartialText, lambda p: p.text == "f i r e")
    await house.end()
    led = await make_house(**settings).line()
    rest = (await led.until(Segment, lambda m: m.segment.index == 1)).segment
    assert (rest.text, rest.model_id) == ("f i r e", f"{MODULE}:en")


async def test_second_pass_is_heard_with_the_accurate_model(make_house: MakeHouse, tmp_path: Path) -> None:
    (tmp_path / "large").mkdir()
    house = make_house(accurate=tmp_path / "large")
    led = await house.line()
    assert led.seen[-1].accurate_id == f"{MODULE}:accurate"
    recording = sound_file(tmp_path)
    led.say(
        Transcribe(
            job_id=uuid4(),
            call_id="c1",
            leg=Leg.CALLER,
            path=str(recording),
            ranges=[(0, 200)],
            first_index=0,
            model="accurate",
        )
    )
    heard = (await led.until(Segment)).segment
    assert (heard.text, heard.model_id) == ("甲乙", f"{MODULE}:accurate")


def broken_tongues(folder: Path) -> dict[str, Any]:
    """Settings: "en" ends whoever loads it, "ru" and the accurate model are not there."""
    (folder / "en").mkdir()
    (folder / "en" / "deadly").touch()
    return {"languages": {"en": folder / "en", "ru": folder / "ru"}, "accurate": folder / "large"}


async def test_models_that_cannot_be_used_are_left_out_told_and_the_others_hear(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house(**broken_tongues(tmp_path))
    led = await house.line()
    hello = led.seen[-1]
    assert (hello.fault, hello.languages, hello.accurate_id) == (None, {}, None)
    assert {*hello.left_out} == {"en", "ru", "accurate"}
    assert str(tmp_path / "en") in hello.left_out["en"]
    assert "no such model" in hello.left_out["accurate"]
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("救命")))
    writer.write_eof()
    assert (await led.until(Segment)).segment.model_id == MODULE


async def test_a_leg_whose_language_is_left_out_is_heard_by_the_default_and_its_words_are_doubted(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    clock = ManualClock()
    house = make_house(clock, **broken_tongues(tmp_path))
    led = await house.line()
    tap = uuid4()
    led.say(Announce(tap_id=tap, call_id="c1", leg=Leg.CALLER, offset_ms=0, first_index=0, language="en-GB"))
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("救命") + pause()))
    assert (await led.until(Segment)).segment.text == "救命"
    await clock.advance(1)
    doubted = await led.until(LegState)
    assert (doubted.state, doubted.tap_id) == (HearingState.NO_MODEL, tap)
    led.say(Speak(tap_id=tap, language=""))
    led.say(Status())
    await led.until(Hello)
    await clock.advance(1)
    assert (await led.until(LegState)).state is HearingState.LIVE
    writer.close()


async def test_no_gap_is_filled_and_nothing_heard_again_with_a_model_of_another_language(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    led = await make_house(**broken_tongues(tmp_path)).line()
    job = {"call_id": "c1", "leg": Leg.CALLER, "path": str(sound_file(tmp_path)), "language": "en"}
    led.say(Transcribe(job_id=uuid4(), ranges=[(0, 200)], first_index=0, **job))
    assert "the model for en is left out" in (await led.until(Transcribed)).failed
    led.say(Review(job_id=uuid4(), **{**job, "language": ""}))
    assert "the accurate model is left out" in (await led.until(Transcribed)).failed
