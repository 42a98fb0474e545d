"""More legs than the machine can hear: callers first, nothing lost, nothing twice, and it is said."""

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
