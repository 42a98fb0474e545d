"""A listener led from another machine: who may, who may not, and what each side is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.clock import SystemClock
from gateway.speech import handshake, led
from gateway.speech.control import MAX_LINE_BYTES, PROTOCOL, Announced, Hello, Segment, Status, Stop
from gateway.speech.handshake import HandshakeError, introduce
from gateway.speech.led import MAX_STRANGERS, SILENT_S, Door, DoorError
from gateway.speech.model import INDEXES_EACH
from gateway.testing.clock import ManualClock
from gateway.testing.fake_recognizer import pause, say

from .conftest import House, Line

SECRET = "a secret of the laboratory"
DOOR = Door(listener="asr2", site="demo", secret=SECRET, host="127.0.0.1")

MakeHouse = Callable[..., House]


async def so(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            if holds():
                return
            await asyncio.sleep(0)


async def opened(house: House) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    await so(lambda: house.listener.control_port is not None)
    assert house.listener.control_port is not None
    return await asyncio.open_connection("127.0.0.1", house.listener.control_port, limit=MAX_LINE_BYTES)


async def lead(house: House, **told: Any) -> Line:
    """As a gateway on another machine; returns when the listener hears."""
    reader, writer = await opened(house)
    given = {"secret": SECRET, "site": "demo", "gateway": "gw1", "listener": "asr2", **told}
    await introduce(reader, writer, SystemClock(), **given)
    line = Line(reader, writer)
    hello = await line.until(Hello, lambda h: h.port is not None)
    house.port = hello.port
    return line


async def test_a_gateway_that_knows_the_secret_leads_and_hears_from_another_machine(
    make_house: MakeHouse,
) -> None:
    house = make_house(door=DOOR)
    line = await lead(house)
    tap = await house.announce(line, first_index=3 * INDEXES_EACH)
    await line.until(Announced)
    _, writer = await house.stream()
    writer.write(b"\x01\x00\x10" + tap.bytes)
    sound = say("救命") + pause()
    for at in range(0, len(sound), 320):
        writer.write(b"\x10\x01\x40" + sound[at : at + 320])
    segment = await line.until(Segment)
    assert (segment.segment.index, segment.source) == (3 * INDEXES_EACH, str(tap))
    writer.close()


async def test_a_wrong_secret_is_told_on_both_sides_and_opens_nothing(
    make_house: MakeHouse,
) -> None:
    house = make_house(door=DOOR)
    with capture_logs() as logged:
        with pytest.raises(HandshakeError, match="another secret") as refused:
            await lead(house, secret="not the one of the laboratory")
        await so(lambda: any(told["event"] == "gateway is refused" for told in logged))
    assert refused.value.cause == "secret"
    assert house.listener._led.led_by is None


async def test_a_listener_that_does_not_know_the_secret_is_not_believed(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(door=DOOR)
    reader, writer = await opened(house)
    monkeypatch.setattr(
        handshake, "_mac", lambda secret, speaker, *rest: "a" * 64 if speaker == "gateway" else "b" * 64
    )
    monkeypatch.setattr(handshake.hmac, "compare_digest", lambda a, b: a == b == "a" * 64)
    with pytest.raises(HandshakeError, match="does not know our secret"):
        await introduce(
            reader, writer, SystemClock(), secret=SECRET, site="demo", gateway="gw1", listener="asr2"
        )


async def test_the_answer_to_one_number_is_no_answer_to_another(make_house: MakeHouse) -> None:
    house = make_house(door=DOOR)
    reader, writer = await opened(house)
    await reader.readline()
    told: list[bytes] = []
    real = writer.write
    writer.write = lambda data: told.append(data) or real(data)  # type: ignore[method-assign,assignment,func-returns-value]
    challenge = handshake.Challenge(
        protocol=PROTOCOL, version="x", listener="asr2", site="demo", nonce="0" * 64
    )
    stale = asyncio.StreamReader()
    stale.feed_data(challenge.model_dump_json().encode() + b"\n")
    stale.feed_eof()
    with pytest.raises(HandshakeError):
        await introduce(
            stale, writer, SystemClock(), secret=SECRET, site="demo", gateway="gw1", listener="asr2"
        )
    answer = json.loads(await reader.readline())
    assert (answer["type"], answer["cause"]) == ("refused", "secret")
    assert json.loads(told[0])["mac"] != "0" * 64


@pytest.mark.parametrize(
    ("changed", "cause", "told"),
    [
        ({"site": "elsewhere"}, "site", "belongs to site demo"),
        ({"listener": "asr9"}, "garbled", "there answers listener asr2"),
    ],
)
async def test_who_comes_to_the_wrong_listener_is_told(
    make_house: MakeHouse, changed: dict[str, str], cause: str, told: str
) -> None:
    house = make_house(door=DOOR)
    with pytest.raises(HandshakeError, match=told) as refused:
        await lead(house, **changed)
    assert refused.value.cause == cause


async def test_a_listener_of_another_protocol_is_named_and_left_alone(
    make_house: MakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(door=DOOR)
    reader, writer = await opened(house)
    monkeypatch.setattr(handshake, "PROTOCOL", 99)
    with pytest.raises(HandshakeError, match=f"speaks protocol {PROTOCOL}") as refused:
        await introduce(
            reader, writer, SystemClock(), secret=SECRET, site="demo", gateway="gw1", listener="asr2"
        )
    assert refused.value.cause == "protocol"
    monkeypatch.undo()
    await lead(house)


async def test_a_second_gateway_is_refused_while_one_leads_and_the_same_one_may_come_again(
    make_house: MakeHouse,
) -> None:
    house = make_house(door=DOOR)
    first = await lead(house)
    with pytest.raises(HandshakeError, match="it is led by gateway gw1") as refused:
        await lead(house, gateway="gw2")
    assert refused.value.cause == "busy"
    again = await lead(house)
    with pytest.raises((EOFError, ConnectionError)):
        await first.until(Segment)
    again.close()
    await so(lambda: house.listener._led.led_by is None)
    await lead(house, gateway="gw2")


async def test_this_machines_own_gateway_is_not_pushed_aside_from_outside(make_house: MakeHouse) -> None:
    house = make_house(door=DOOR)
    own = await house.line()
    with pytest.raises(HandshakeError, match="led by its own machine"):
        await lead(house)
    own.close()


async def test_a_gateway_on_another_machine_cannot_stop_it(make_house: MakeHouse) -> None:
    house = make_house(door=DOOR)
    line = await lead(house)
    line.say(Stop())
    line.say(Status())
    await line.until(Hello)
    assert not house.task.done()


async def test_a_look_from_outside_does_not_disturb_the_gateway_that_leads(make_house: MakeHouse) -> None:
    house = make_house(door=DOOR)
    line = await lead(house)
    reader, writer = await opened(house)
    told = await introduce(
        reader, writer, SystemClock(), secret=SECRET, site="demo", gateway="gw1", listener="asr2", probe=True
    )
    assert told.listener == "asr2"
    assert await reader.read() == b""
    line.say(Status())
    await line.until(Hello)


async def test_a_gateway_that_falls_silent_loses_its_place(make_house: MakeHouse) -> None:
    clock = ManualClock()
    house = make_house(clock, door=DOOR)
    line = await lead(house)
    for _ in range(round(SILENT_S) + 2):
        await clock.advance(1)
    with pytest.raises((EOFError, ConnectionError)):
        await line.until(Segment)


@pytest.mark.parametrize("data", [b"hello\n", b"{}\n", b"x" * 5000 + b"\n", b"x" * 600_000, b""])
async def test_what_does_not_speak_as_a_gateway_does_is_closed_and_the_listener_lives(
    make_house: MakeHouse, data: bytes
) -> None:
    house = make_house(door=DOOR)
    reader, writer = await opened(house)
    writer.write(data)
    writer.write_eof()
    async with asyncio.timeout(10):
        try:
            answers = await reader.read()
        except ConnectionError:
            answers = b""
    assert b"hello" not in answers
    await lead(house)


async def test_who_says_nothing_is_hung_up_on(make_house: MakeHouse) -> None:
    clock = ManualClock()
    house = make_house(clock, door=DOOR)
    reader, writer = await opened(house)
    await reader.readline()
    await clock.advance(handshake.WITHIN_S + 1)
    async with asyncio.timeout(10):
        assert b"no word within 3 s" in await reader.read()
    writer.close()


async def test_strangers_have_a_limit(make_house: MakeHouse) -> None:
    house = make_house(door=DOOR)
    waiting = [await opened(house) for _ in range(MAX_STRANGERS)]
    for reader, _ in waiting:
        await reader.readline()
    reader, writer = await opened(house)
    with contextlib.suppress(ConnectionError):
        assert await reader.readline() == b""
    for _, writer in waiting:
        writer.transport.abort()
    await so(lambda: not house.listener._led._strangers)
    await lead(house)


def test_a_door_without_a_secret_does_not_open() -> None:
    with pytest.raises(DoorError, match="openssl rand -hex 32"):
        Door(listener="asr2", site="demo", secret="short")


async def test_a_port_that_is_taken_is_named(make_house: MakeHouse) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    house = make_house(door=Door(listener="asr2", site="demo", secret=SECRET, host="127.0.0.1", port=port))
    with pytest.raises(led.DoorError, match="choose another --control-port"):
        await house.task
    taken.close()


async def test_numbers_of_a_listener_are_its_own_and_stay_with_its_folder(make_house: MakeHouse) -> None:
    house = make_house(door=DOOR)
    first = await lead(house)
    origin = house.listener.news.origin
    assert origin > 0
    first.close()
    await house.end()
    again = make_house(door=DOOR)
    await lead(again)
    assert again.listener.news.origin == origin
