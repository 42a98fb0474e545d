"""What the listener does with streams, disks, gateways and models that are not as they should be."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.control import (
    ORPHAN_S,
    Announce,
    Announced,
    LegState,
    Stop,
    TapEnded,
    TapLive,
)
from gateway.speech.listener import ListenerError
from gateway.speech.model import Leg
from gateway.speech.taps import COMES_WITHIN_S, IDLE_S, NAMED_WITHIN_S
from gateway.testing.clock import ManualClock
from gateway.testing.fake_recognizer import pause, say
from gateway.testing.tap_stream import FRAME_BYTES, frames, named

MakeHouse = Callable[..., Any]
WAV_HEAD = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0"
"""8 kHz, mono; no lengths, as a recorder that died leaves it."""


async def closed(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(10):
        try:
            return await reader.read() == b""
        except ConnectionError:
            return True


async def test_unknown_second_and_garbled_streams_are_closed_and_the_listener_lives(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, good = await house.stream()
    good.write(named(tap) + frames(say("甲")))
    await led.until(TapLive)
    chance = random.Random(5)
    bad = [
        named(uuid4()),
        named(tap),
        named(uuid4()) + named(tap),
        frames(say("甲")),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x01\xff\xff",
        b"\x01\x00\x10short",
    ]
    for data in (*bad, *(chance.randbytes(200) for _ in range(20))):
        reader, writer = await house.stream()
        writer.write(data)
        writer.write_eof()
        assert await closed(reader)
    good.write(frames(say("乙")))
    good.write_eof()
    assert await led.texts(1) == ["甲乙"]


async def test_stream_that_turns_to_garbage_ends_as_failed_and_keeps_what_was_said(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    reader, writer = await house.stream()
    writer.write(named(tap) + frames(say("救命")) + b"\x10\x00\x03abc")
    ended = await led.until(TapEnded)
    assert ended.failed
    assert "half a sample" in ended.reason
    assert await led.texts(1) == ["救命"]
    assert await closed(reader)


async def test_stream_that_names_itself_twice_ends_as_failed(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    tap, other = await house.announce(led), await house.announce(led, leg=Leg.CALL_TAKER)
    await led.until(Announced, lambda a: a.tap_id == other)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("甲")) + named(other) + frames(say("乙")))
    ended = await led.until(TapEnded)
    assert (ended.tap_id, ended.failed) == (tap, True)
    assert await led.texts(1) == ["甲"]


async def test_disk_that_is_full_costs_no_word(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    led = await house.line()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gateway.speech.spool.os.pwrite", full)
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("救命") + pause() + say("着火了")))
    writer.write_eof()
    assert await led.texts(2) == ["救命", "着火了"]


async def test_wideband_sound_is_heard_as_well(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + (b"\x12\x02\x80" + bytes(640)) * 50)
    writer.write_eof()
    ended = await led.until(TapEnded)
    assert not ended.failed
    (pcm,) = (house.config.state_dir / "spool").glob("*.pcm")
    assert abs(pcm.stat().st_size - 1000 * BYTES_PER_MS) < 20 * BYTES_PER_MS


async def test_deadlines_close_what_never_names_itself_never_comes_or_falls_silent(
    make_house: MakeHouse,
) -> None:
    clock = ManualClock()
    house = make_house(clock)
    led = await house.line()
    silent, absent = await house.announce(led), await house.announce(led, leg=Leg.CALL_TAKER)
    await led.until(Announced, lambda a: a.tap_id == absent)
    nameless, keep = await house.stream()
    nameless_writer = keep
    reader, writer = await house.stream()
    writer.write(named(silent) + frames(say("甲")))
    await led.until(TapLive)
    await clock.advance(NAMED_WITHIN_S + 2)
    assert await closed(nameless)
    await clock.advance(max(IDLE_S, COMES_WITHIN_S))
    ended = {(told := await led.until(TapEnded)).tap_id: (told.failed, told.reason) for _ in range(2)}
    assert ended == {silent: (True, "no sound for 12 s"), absent: (True, "no sound came within 10 s")}
    assert await closed(reader)
    nameless_writer.close()


async def test_stream_that_sends_a_little_now_and_then_is_not_taken_for_dead(make_house: MakeHouse) -> None:
    clock = ManualClock()
    house = make_house(clock)
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("甲")))
    await led.until(TapLive)
    for _ in range(10):
        writer.write(frames(bytes(FRAME_BYTES)))
        for _ in range(4):
            await clock.advance(1)
    writer.write_eof()
    ended = await led.until(TapEnded)
    assert (ended.reason, ended.failed) == ("stream closed", False)


async def test_listener_nobody_needs_ends_by_itself(make_house: MakeHouse) -> None:
    clock = ManualClock()
    house = make_house(clock)
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("甲")))
    await led.until(TapLive)
    led.close()
    for _ in range(round(ORPHAN_S) + 5):
        writer.write(frames(bytes(FRAME_BYTES)))
        await clock.advance(1)
    assert not house.task.done(), "a live tap is still heard"
    writer.close()
    async with asyncio.timeout(20):
        while not house.task.done():
            await clock.advance(1)
    await house.task


async def test_gateway_that_speaks_another_language_is_cut_off(make_house: MakeHouse) -> None:
    house = make_house()
    for told in (b"hello\n", b'{"type":"stop","now":true}\n', b"x" * 600_000 + b"\n"):
        led = await house.line()
        led.writer.write(told)
        with pytest.raises((EOFError, ConnectionError)):
            await led.until(LegState)
    assert not house.task.done()


async def test_second_listener_in_the_same_folder_is_refused(make_house: MakeHouse, tmp_path: Path) -> None:
    clock = ManualClock()
    house = make_house()
    await house.line()
    second = make_house(clock)
    while not second.task.done():
        await clock.advance(1)
    with pytest.raises(ListenerError, match="another listener works in"):
        await second.task
    assert not house.task.done()


async def test_model_that_cannot_be_used_is_a_fault_the_gateway_hears_of(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house(missing_model=True)
    led = await house.line()
    assert "no such model" in led.seen[-1].fault
    led.say(Announce(tap_id=uuid4(), call_id="c1", leg=Leg.CALLER, offset_ms=0, first_index=0))
    assert "no such model" in (await led.until(Announced)).refused


async def test_stop_ends_it(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    led.say(Stop())
    async with asyncio.timeout(5):
        await house.task
