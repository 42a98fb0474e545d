"""The listener over its real sockets; recognizers are processes that hear the fake language."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gateway.speech.control import (
    Ack,
    Announce,
    Announced,
    Hello,
    LegState,
    PartialText,
    Revoke,
    Segment,
    Sounded,
    Status,
    TapEnded,
    TapLive,
    Transcribe,
    Transcribed,
)
from gateway.speech.level import Kind
from gateway.speech.model import HearingState, Leg
from gateway.speech.taps import SPEAKING_WAKE_BYTES, WAKE_BYTES
from gateway.testing.clock import ManualClock
from gateway.testing.fake_recognizer import pause, say
from gateway.testing.tap_stream import frames, named

MakeHouse = Callable[..., Any]
WAV_HEAD = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0"
"""8 kHz, mono; no lengths, as a recorder that died leaves it."""


async def closed(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(10):
        try:
            return await reader.read() == b""
        except ConnectionError:
            return True


async def test_tap_becomes_live_is_heard_and_ends_after_its_last_words(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    assert (await led.until(Announced)).refused is None
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("中山路二号") + pause() + say("有人打架")))
    assert (await led.until(TapLive)).tap_id == tap
    writer.close()
    assert await led.texts(2) == ["中山路二号", "有人打架"]
    ended = await led.until(TapEnded)
    assert (ended.reason, ended.failed) == ("stream closed", False)
    assert any(isinstance(m, PartialText) for m in led.seen)


async def test_segments_of_a_leg_are_numbered_on_over_a_second_tap(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    indexes = []
    for first_index in (3, 3):
        tap = await house.announce(led, first_index=first_index)
        await led.until(Announced)
        _, writer = await house.stream()
        writer.write(named(tap) + frames(say("甲") + pause() + say("乙")))
        writer.write_eof()
        indexes += [(await led.until(Segment)).segment.index for _ in range(2)]
        await led.until(TapEnded)
    assert indexes == [3, 4, 5, 6]


async def test_how_the_caller_sounds_is_told_second_by_second_and_of_the_call_taker_nothing(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    led = await house.line()
    for leg in (Leg.CALL_TAKER, Leg.CALLER):
        tap = await house.announce(led, leg=leg)
        await led.until(Announced)
        _, writer = await house.stream()
        writer.write(named(tap) + frames(pause(3_000)))
    told = await led.until(Sounded)
    assert (told.leg, told.seconds[0].kind, told.seconds[0].taps) == (Leg.CALLER, Kind.QUIET, 0)
    assert {message.leg for message in led.seen if isinstance(message, Sounded)} == {Leg.CALLER}


async def test_both_legs_are_heard_apart(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    spoken = {Leg.CALLER: "救命", Leg.CALL_TAKER: "你在哪里"}
    for leg, text in spoken.items():
        tap = await house.announce(led, leg=leg)
        await led.until(Announced)
        _, writer = await house.stream()
        writer.write(named(tap) + frames(say(text)))
        writer.write_eof()
    heard = [(await led.until(Segment)).segment for _ in range(2)]
    assert {s.speaker: s.text for s in heard} == spoken


SPOKEN = (say("喂喂") + pause(200)) * 24
"""Nearly ten seconds that rise and fall as speech does."""


async def test_a_deaf_recognizer_is_seen_replaced_and_what_it_missed_is_heard_again(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "deaf").write_text("1")
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(SPOKEN))
    told = await led.until(LegState, lambda m: m.state is HearingState.DEAF)
    assert (told.reason, told.tap_id) == ("8 s of speech without a word", tap)
    await led.until(LegState, lambda m: m.state is HearingState.LIVE)
    writer.write(frames(pause()))
    writer.write_eof()
    (text,) = await led.texts(1)
    assert text.count("喂") >= 18, "8 s of it were heard again, one word each 0.4 s"


async def test_sound_in_which_two_recognizers_find_no_words_is_told_once(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "deaf").write_text("9")
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(SPOKEN))
    await led.until(LegState, lambda m: m.state is HearingState.DEAF)
    writer.write(frames(SPOKEN))
    await led.until(LegState, lambda m: m.state is HearingState.NO_WORDS)
    assert (tmp_path / "model" / "deaf").read_text() == "7"
    writer.close()


async def test_a_tap_that_sends_nothing_any_more_is_told_before_it_is_closed(make_house: MakeHouse) -> None:
    clock = ManualClock()
    house = make_house(clock)
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("甲") + pause()))
    await led.until(Segment)
    while not [message for message in led.seen if isinstance(message, LegState)]:
        await clock.advance(1)
        led.say(Status())
        await led.until(Hello)
    told = next(message for message in led.seen if isinstance(message, LegState))
    assert (told.state, told.since_ms) == (HearingState.NO_FRAMES, 700)
    writer.close()


async def test_unacknowledged_segments_come_again_to_the_next_gateway(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    _, writer = await house.stream()
    await led.until(Announced)
    writer.write(named(tap) + frames(say("甲") + pause() + say("乙") + pause()))
    first, second = [await led.until(Segment) for _ in range(2)]
    led.say(Ack(seq=first.seq))
    led.say(Status())
    await led.until(Hello)
    led.close()
    again = await house.line()
    assert (await again.until(TapLive)).tap_id == tap, "the tap went on without a gateway"
    assert (await again.until(Segment)).seq == second.seq
    writer.write(frames(say("丙")))
    writer.write_eof()
    assert (await again.until(Segment)).segment.text == "丙"


async def test_next_listener_sends_what_was_not_acknowledged_and_hears_what_was_not_heard(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    led = await house.line()
    tap = await house.announce(led, first_index=7)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("甲") + pause() + say("乙丙")))
    first = await led.until(Segment)
    await led.until(PartialText, lambda p: p.text == "乙丙")
    await house.end()
    led = await make_house().line()
    again, rest = [await led.until(Segment) for _ in range(2)]
    assert (again.seq, again.segment) == (first.seq, first.segment)
    assert (rest.segment.index, rest.segment.text, rest.segment.gap) == (8, "乙丙", True)
    assert rest.seq > first.seq


async def test_revoked_tap_is_refused_when_it_comes_and_closed_when_it_is_there(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    led = await house.line()
    here, later = await house.announce(led), await house.announce(led, leg=Leg.CALL_TAKER)
    await led.until(Announced, lambda a: a.tap_id == later)
    reader, writer = await house.stream()
    writer.write(named(here) + frames(say("甲")))
    await led.until(TapLive)
    led.say(Revoke(tap_id=here))
    led.say(Revoke(tap_id=later))
    led.say(Revoke(tap_id=uuid4()))
    assert (await led.until(TapEnded)).reason == "revoked"
    assert await closed(reader)
    refused, writer = await house.stream()
    writer.write(named(later))
    assert await closed(refused)


async def test_used_tap_cannot_be_announced_again(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("甲")))
    await led.until(TapLive)
    led.say(Announce(tap_id=tap, call_id="c1", leg=Leg.CALLER, offset_ms=9, first_index=0))
    assert (await led.until(Announced)).refused is None, (
        "a gateway that came back asks again; the tap is there"
    )


async def test_gap_is_filled_from_a_recording_and_asked_again_is_not_doubled(
    make_house: MakeHouse, tmp_path: Path
) -> None:
    house = make_house()
    led = await house.line()
    recording = tmp_path / "rx.wav"
    sound = say("甲乙丙丁") + pause() + say("戊己")
    recording.write_bytes(WAV_HEAD + sound)
    job = Transcribe(
        job_id=uuid4(),
        call_id="c1",
        leg=Leg.CALLER,
        path=str(recording),
        ranges=[(1100, 1200), (1000, 1300)],
        base_ms=1000,
        first_index=2,
    )
    for _ in range(2):
        led.say(job)
        assert (await led.until(Transcribed)).failed is None
    found = [m.segment for m in led.seen if isinstance(m, Segment)]
    assert sorted((s.text, s.started_ms) for s in found) == [("乙", 1100), ("甲乙丙", 1000)]
    assert {s.index for s in found} == {2, 3}
    assert all(s.gap for s in found)


@pytest.mark.parametrize(("name", "told"), [("none.wav", "cannot be read"), ("text.wav", "not a WAV file")])
async def test_recording_that_cannot_be_read_is_an_answer(
    make_house: MakeHouse, tmp_path: Path, name: str, told: str
) -> None:
    house = make_house()
    led = await house.line()
    (tmp_path / "text.wav").write_text("not sound")
    led.say(
        Transcribe(
            job_id=uuid4(),
            call_id="c1",
            leg=Leg.CALLER,
            path=str(tmp_path / name),
            ranges=[(0, 100)],
            first_index=0,
        )
    )
    assert told in ((await led.until(Transcribed)).failed or "")


async def test_a_tap_is_read_half_as_often_while_words_come_and_as_before_once_they_end(
    make_house: MakeHouse,
) -> None:
    """The first word of an utterance must not come later; what follows is told five times a second anyway."""
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("甲")))
    await led.until(PartialText)
    writer.write(frames(say("乙丙")))
    await read_at(house, SPEAKING_WAKE_BYTES)
    writer.write(frames(pause()))
    await led.until(Segment)
    writer.write(frames(pause(200)))
    await read_at(house, WAKE_BYTES)
    writer.close()


async def read_at(house: Any, size: int) -> None:
    """Returns when the kernel wakes the listener for so many bytes of its only stream."""
    (stream,) = house.listener._taps._streams
    sock = stream.transport.get_extra_info("socket")
    async with asyncio.timeout(20):
        while sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT) != size:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0)
