"""The held link to a provider's ALI database."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from gateway.location.aliframe import Framing
from gateway.location.alirecord import SHIPPED, FieldKind, RecordField, RecordLayout
from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import Datum
from gateway.locators.ali import AliProvider, AliSettings
from gateway.testing.clock import ManualClock
from gateway.testing.fake_ali import EXAMPLE, FakeAli, written

ONE, OTHER = "02161234567", "02161234568"
BOOK = {ONE: EXAMPLE, OTHER: EXAMPLE | {"Name": "李小红"}}


def asked(number: str) -> Asked:
    return Asked(call_id="c1", ani=number)


@asynccontextmanager
async def linked(fake: FakeAli, clock: ManualClock, **more: Any) -> AsyncIterator[AliProvider]:
    await fake.start()
    provider = AliProvider(AliSettings(name="p", host="127.0.0.1", port=fake.port, **more), clock)
    try:
        yield provider
    finally:
        await provider.close()
        await fake.stop()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - the thing itself is waited for
            await asyncio.sleep(0)


def name(reading: Any) -> str:
    return next(value for block in reading.additional for label, value in block.fields if label == "Name")


async def test_one_connection_is_held_for_all_questions() -> None:
    fake = FakeAli(BOOK)
    async with linked(fake, ManualClock()) as provider:
        for number in (ONE, OTHER, ONE):
            assert (await provider.locate(asked(number))).locations
        assert (fake.connections, fake.asked) == (1, [ONE, OTHER, ONE])


async def test_answers_that_overtake_each_other_find_their_questions() -> None:
    fake, late = FakeAli(BOOK), list[bytes]()

    def swapped(number: str, sequence: str) -> bytes | None:
        late.append(fake.answer_of(number, sequence) or b"")
        return b"".join(reversed(late)) if len(late) == 2 else None

    fake.answer = swapped
    async with linked(fake, ManualClock()) as provider:
        one, other = await asyncio.gather(provider.locate(asked(ONE)), provider.locate(asked(OTHER)))
        assert (name(one), name(other)) == ("王小明", "李小红")


async def test_nobody_gets_a_strangers_record() -> None:
    fake, clock = FakeAli(BOOK), ManualClock()
    fake.answer = lambda number, sequence: fake.answer_of(OTHER, sequence)
    async with linked(fake, clock) as provider:
        asking = asyncio.create_task(provider.locate(asked(ONE)))
        await until(lambda: provider.unmatched == 1)
        await clock.advance(5)
        with pytest.raises(LocatorFailed, match="no answer within 5 s"):
            await asking


async def test_a_late_answer_is_not_taken_for_the_next_questions() -> None:
    fake, clock = FakeAli(BOOK), ManualClock()
    fake.answer = lambda number, sequence: None
    async with linked(fake, clock) as provider:
        asking = asyncio.create_task(provider.locate(asked(ONE)))
        await fake.came.wait()
        await clock.advance(5)
        with pytest.raises(LocatorFailed):
            await asking
        fake.say(fake.answer_of(ONE, "000001") or b"")
        await until(lambda: provider.unmatched == 1)
        fake.answer = fake.answer_of
        assert name(await provider.locate(asked(OTHER))) == "李小红"


async def test_a_broken_link_fails_what_was_asked_and_is_made_again() -> None:
    fake, clock = FakeAli(BOOK), ManualClock()
    fake.answer = lambda number, sequence: None
    async with linked(fake, clock) as provider:
        asking = asyncio.create_task(provider.locate(asked(ONE)))
        await fake.came.wait()
        fake.drop()
        with pytest.raises(LocatorFailed, match="the link was lost"):
            await asking
        fake.answer = fake.answer_of
        again = asyncio.create_task(provider.locate(asked(ONE)))
        await clock.advance(0.3)
        assert (await again).locations
        assert fake.connections == 2


async def test_the_wait_between_two_attempts_grows_to_its_limit() -> None:
    clock, attempts = ManualClock(), list[float]()
    provider = AliProvider(AliSettings(name="p", host="127.0.0.1", port=1), clock)

    async def refused() -> asyncio.StreamReader:
        attempts.append(clock.monotonic())
        raise OSError("refused")

    provider._connected = refused  # type: ignore[method-assign]
    provider.open()
    for _ in range(80):
        await clock.advance(0.25)
    await provider.close()
    waits = [later - earlier for earlier, later in itertools.pairwise(attempts)]
    assert waits[:6] == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0]


async def test_the_provider_may_want_its_own_query_digits_and_acknowledgement() -> None:
    layout = RecordLayout(
        fields=(
            RecordField(kind=FieldKind.NUMBER, start=3, length=10),
            RecordField(kind=FieldKind.ADDRESS, start=13, length=30),
        ),
    )
    query, framing = "{position:02d}{number:>10}\r", Framing(start=b"", end=b"\r")
    fake = FakeAli({}, layout=layout, framing=framing, query=query)
    fake.answer = lambda number, sequence: fake.framed(
        written({"number": number, "address": "建国路88号"}, layout)
    )
    more = {"layout": layout, "framing": framing, "query": query, "position": 7, "digits": 10}
    async with linked(fake, ManualClock(), **more, acknowledge=b"\x06") as provider:
        reading = await provider.locate(asked("+862161234567"))
        assert [place.address for place in reading.locations] == ["建国路88号"]
        await provider.locate(asked("+862161234567"))
        assert fake.asked == ["2161234567", "2161234567"]
        assert fake.other == [b"\x06"]


async def test_records_that_name_nothing_are_asked_for_one_at_a_time() -> None:
    layout = RecordLayout(fields=(RecordField(kind=FieldKind.ADDRESS, start=1, length=30),))
    query, out = "{number}\r", list[int]()
    fake = FakeAli({}, layout=layout, framing=Framing(start=b"", end=b"\r"), query=query)

    def answered(number: str, sequence: str) -> bytes:
        out.append(len(fake.asked))
        return fake.framed(written({"address": f"line {number}"}, layout))

    fake.answer = answered
    more = {"layout": layout, "framing": fake.framing, "query": query}
    async with linked(fake, ManualClock(), **more) as provider:
        readings = await asyncio.gather(*(provider.locate(asked(number)) for number in (ONE, OTHER)))
        assert [place.address for reading in readings for place in reading.locations] == [
            f"line {ONE}",
            f"line {OTHER}",
        ]


async def test_an_unnamed_answer_that_did_not_come_in_time_costs_the_link_not_the_next_caller() -> None:
    layout = RecordLayout(fields=(RecordField(kind=FieldKind.ADDRESS, start=1, length=30),))
    fake, clock = (
        FakeAli({}, layout=layout, framing=Framing(start=b"", end=b"\r"), query="{number}\r"),
        ManualClock(),
    )
    fake.answer = lambda number, sequence: None
    more = {"layout": layout, "framing": fake.framing, "query": "{number}\r"}
    async with linked(fake, clock, **more) as provider:
        asking = asyncio.create_task(provider.locate(asked(ONE)))
        await fake.came.wait()
        await clock.advance(5)
        with pytest.raises(LocatorFailed):
            await asking
        fake.answer = lambda number, sequence: fake.framed(written({"address": number}, layout))
        again = asyncio.create_task(provider.locate(asked(OTHER)))
        while not again.done():
            await clock.advance(0.1)
        assert [place.address for place in again.result().locations] == [OTHER]
        assert fake.connections == 2


async def test_a_refusal_says_why() -> None:
    fake = FakeAli({ONE: {"status": "E"}, OTHER: {"status": "?"}})
    async with linked(fake, ManualClock()) as provider:
        with pytest.raises(LocatorFailed, match="the provider refuses the query"):
            await provider.locate(asked(ONE))
        with pytest.raises(LocatorFailed, match="status '\\?' is not in the layout's codes"):
            await provider.locate(asked(OTHER))


async def test_heartbeats_go_both_ways_and_a_silent_provider_is_left() -> None:
    fake, clock = FakeAli(BOOK), ManualClock()
    beats = {"heartbeat": b"H\r", "heartbeat_reply": b"h\r", "heartbeat_every_s": 10.0}
    async with linked(fake, clock, **beats) as provider:
        await provider.locate(asked(ONE))
        await clock.advance(10)
        fake.say(fake.framed(written({"status": "H"}, SHIPPED)))
        await until(lambda: provider._heard_at == 10.0)
        await provider.locate(asked(ONE))
        assert b"".join(fake.other) == b"H\rh\r"
        await clock.advance(30)
        await until(lambda: not provider._linked.is_set())
        again = asyncio.create_task(provider.locate(asked(ONE)))
        while not again.done():
            await clock.advance(0.1)
        assert fake.connections == 2


async def test_a_number_of_no_digits_is_not_asked_for() -> None:
    provider = AliProvider(AliSettings(name="p", host="127.0.0.1", port=1), ManualClock())
    assert not provider.concerns(asked("anonymous"))
    assert (await provider.locate(asked("anonymous"))).locations == ()
    await provider.close()


async def test_its_datum_is_the_configured_one() -> None:
    provider = AliProvider(AliSettings(name="p", host="127.0.0.1", port=1, datum=Datum.GCJ_02), ManualClock())
    assert provider.datum is Datum.GCJ_02
