"""What comes over MQTT is taken in order, and a bad message holds up neither the link nor the next one."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from gateway.dispatch import inbox as module
from gateway.dispatch.inbox import Inbox
from gateway.ports import Message
from gateway.runtime.supervise import supervise
from gateway.testing.clock import ManualClock
from gateway.testing.fake_broker import FakeBroker


def message(kind: str, payload: bytes) -> Message:
    return Message(topic=f"110/hz/in/{kind}", payload=payload)


async def test_every_kind_is_asked_for_and_taken_in_order() -> None:
    broker, taken = FakeBroker(), []

    async def take(payload: bytes) -> None:
        taken.append(payload)

    inbox = Inbox(broker, "hz", {"aml": take})
    await inbox.open()
    running = asyncio.create_task(inbox.run("aml"))
    for payload in (b"1", b"2", b"3"):
        await broker.publish(message("aml", payload))
    for _ in range(10):
        await asyncio.sleep(0)
    running.cancel()
    assert taken == [b"1", b"2", b"3"]


async def test_a_message_that_cannot_be_taken_is_gone_and_the_next_one_comes() -> None:
    broker, taken, clock = FakeBroker(), [], ManualClock()

    async def take(payload: bytes) -> None:
        if payload == b"bad":
            raise RuntimeError("a fault of the program")
        taken.append(payload)

    inbox = Inbox(broker, "hz", {"units": take})
    await inbox.open()

    async def run() -> None:
        await inbox.run("units")

    running = asyncio.create_task(supervise("inbox", run, clock))
    await broker.publish(message("units", b"bad"))
    await broker.publish(message("units", b"good"))
    await clock.advance(1.0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert taken == [b"good"]


async def test_a_flood_is_dropped_and_counted_and_the_link_never_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "WAITING_LIMIT", 2)
    broker = FakeBroker()

    async def take(_payload: bytes) -> None:
        await asyncio.Event().wait()

    inbox = Inbox(broker, "hz", {"units": take})
    await inbox.open()
    for _ in range(5):
        await broker.publish(message("units", b"x"))
    assert inbox.dropped == 3


async def test_what_nobody_takes_is_let_go() -> None:
    broker = FakeBroker()
    inbox = Inbox(broker, "hz", {})
    await inbox.open()
    await inbox._heard(message("nothing", b""))
    assert inbox.dropped == 0
