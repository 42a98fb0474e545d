"""More legs than the machine can hear, or more taps than legs: nothing lost, no number twice, all told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.speech.control import Announced, Hello, LegState, PartialText, Segment, Status, TapLive
from gateway.speech.model import HearingState, Leg
from gateway.speech.track import SET_ASIDE_MS
from gateway.testing.fake_recognizer import pause, say
from gateway.testing.tap_stream import frames, named

MakeHouse = Callable[..., Any]


async def test_set_aside_leg_gives_no_live_text_is_counted_and_comes_as_a_gap(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    writers = {}
    for leg in Leg:
        tap = await house.announce(led, leg=leg)
        await led.until(Announced)
        _, writers[leg] = await house.stream()
        writers[leg].write(named(tap) + frames(say("早")))
        await led.until(TapLive)
    await led.until(PartialText, lambda p: p.leg is Leg.CALL_TAKER)
    house.listener.pool.paused = True
    for leg in Leg:
        writers[leg].write(frames(pause() + say("甲乙") + pause(SET_ASIDE_MS) + say("丙")))
    state = await led.until(LegState, lambda s: s.state is HearingState.SET_ASIDE)
    assert state.leg is Leg.CALL_TAKER
    led.say(Status())
    hello = await led.until(Hello, lambda h: h.behind == 2)
    assert hello.set_aside == 1
    led.seen.clear()
    house.listener.pool.paused = False
    house.listener.pool.pump()
    for writer in writers.values():
        writer.write_eof()
    heard: dict[Leg, list[tuple[str, bool]]] = {leg: [] for leg in Leg}
    while any(len(segments) < 3 for segments in heard.values()):
        segment = (await led.until(Segment)).segment
        heard[segment.speaker].append((segment.text, segment.gap))
    assert heard[Leg.CALLER] == [("早", False), ("甲乙", False), ("丙", False)]
    assert [text for text, _ in heard[Leg.CALL_TAKER]] == ["早", "甲乙", "丙"]
    assert heard[Leg.CALL_TAKER][:2] == [("早", True), ("甲乙", True)]
    assert not any(
        isinstance(m, PartialText) and m.leg is Leg.CALL_TAKER and "甲" in m.text for m in led.seen
    )


async def test_two_taps_on_one_leg_are_both_heard_and_no_number_comes_twice(make_house: MakeHouse) -> None:
    house = make_house()
    led = await house.line()
    for text in ("甲", "乙"):
        tap = await house.announce(led)
        await led.until(Announced)
        _, writer = await house.stream()
        writer.write(named(tap) + frames(say(text) + pause() + say(text)))
        writer.write_eof()
    segments = [(await led.until(Segment)).segment for _ in range(4)]
    assert sorted(segment.text for segment in segments) == ["乙", "乙", "甲", "甲"]
    assert sorted(segment.index for segment in segments) == [0, 1, 2, 3]


async def test_sound_that_overtakes_itself_is_placed_as_it_came_and_costs_no_later_word(
    make_house: MakeHouse,
) -> None:
    """AudioSocket has no numbers: what comes out of order cannot be put right, what follows must be."""
    house = make_house()
    led = await house.line()
    tap = await house.announce(led)
    await led.until(Announced)
    _, writer = await house.stream()
    pieces = [say("甲乙")[at : at + 320] for at in range(0, 3200, 320)]
    pieces[4], pieces[5] = pieces[5], pieces[4]
    writer.write(named(tap) + b"".join(map(frames, pieces)) + frames(pause() + say("丙丁")))
    writer.write_eof()
    assert (await led.texts(2))[1] == "丙丁"
