"""What a gateway and a dispatch core promise each other: over MQTT in memory, and over a real broker with its
shipped rights. `FakeDispatchCore` is the side of the core; it checks every form as it goes. And where reports
are kept that fit no call."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gateway.calls.model import PartyRole
from gateway.calls.signals import CallSeized, PartyJoined, SetDisposition
from gateway.clock import SystemClock
from gateway.desk.dispatched import dispatch_json
from gateway.dispatch.asyncapi import FOLDER
from gateway.dispatch.dispatch_contract import DispatchReport
from gateway.ids import CallId
from gateway.ports_asides import ReportAside, ReportAsides
from gateway.runtime.answers import Accepted
from gateway.store.dispatch import StoredReportAsides
from gateway.store.store import open_store
from gateway.testing.fake_dispatch_core import FakeDispatchCore
from gateway.testing.memory_reports import MemoryReportAsides
from gateway.testing.memory_store import MemoryStore
from gateway.testing.whole import PBX, SITE, Whole
from gateway.triage.model import AlarmClass, Nature

from .links import mosquitto

CALL = CallId(f"{SITE}-{PBX}-1767600000.1")
KINDS = ("instruction", "sign_off", "departure", "arrival", "feedback", "cancel")


@dataclass
class Both:
    gateway: Whole
    core: FakeDispatchCore

    async def answered(self, call_id: CallId = CALL) -> None:
        at: dict[str, Any] = {"call_id": call_id, "at": self.gateway.clock.now()}
        uniqueid = call_id.rpartition("-")[2]
        await self.gateway.give(
            CallSeized(**at, site=SITE, pbx=PBX, uniqueid=uniqueid, linkedid=uniqueid, line="PJSIP/t-1"),
            PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-2"),
        )

    async def alarm(self) -> None:
        request = SetDisposition(
            call_id=CALL, at=self.gateway.clock.now(), request_id=str(uuid.uuid4()), actor="wang",
            alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIRE,
        )  # fmt: skip
        assert isinstance(await self.gateway.ask(request), Accepted)

    async def shown(self, call_id: CallId = CALL) -> dict[str, Any]:
        session = await self.gateway.house.intake.call(call_id)
        assert session is not None
        return dispatch_json(session)

    def steps(self) -> list[str]:
        return [each["step"] for each in self.core.of("DispatchChange")]


@pytest.fixture(params=["memory", pytest.param("mosquitto", marks=pytest.mark.system)])
async def both(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Both]:
    made = in_memory() if request.param == "memory" else on_mosquitto(tmp_path)
    async with asyncio.timeout(60):
        both = await anext(made)
    yield both
    await both.gateway.crash()
    await made.aclose()


async def in_memory() -> AsyncIterator[Both]:
    gateway = Whole(clock=SystemClock(), ack_within_s=0.5)
    await gateway.start()
    core = FakeDispatchCore(gateway.broker, SITE, SystemClock())
    await core.open()
    yield Both(gateway, core)


async def on_mosquitto(folder: Path) -> AsyncIterator[Both]:
    """Each side with its own link and account."""
    async with mosquitto(folder) as link:
        core = FakeDispatchCore(await link("dispatch"), SITE, SystemClock())
        await core.open()
        store = MemoryStore()
        gateway = Whole(clock=SystemClock(), store=store, broker=await link("gateway"), ack_within_s=0.5)
        await gateway.start()
        yield Both(gateway, core)


async def test_the_core_hears_an_alarm_and_its_acknowledgement_stands_on_the_card(both: Both) -> None:
    await both.answered()
    await both.alarm()
    # a machine that is slow tells "missing" first: half a second is short
    await both.core.until(lambda: both.steps()[-1:] == ["acknowledged"])
    assert (await both.shown())["acked_by"] == "auto"


async def test_a_core_that_keeps_silent_hears_that_its_acknowledgement_is_missing(both: Both) -> None:
    both.core.acknowledges = False
    await both.answered()
    await both.alarm()
    await both.core.until(lambda: both.steps() == ["ack_missing"])
    assert (await both.core.tell("ack", CALL)).outcome == "accepted"
    await both.core.until(lambda: both.steps() == ["ack_missing", "acknowledged"])


async def test_every_report_is_taken_and_told_to_all(both: Both) -> None:
    await both.answered()
    for kind in KINDS:
        words = {"text": "携带防护装备前往", "unit": "101"} if kind in ("instruction", "feedback") else {}
        reply = await both.core.tell(kind, CALL, instruction_id="ins-1", **words)
        assert (reply.outcome, reply.code) == ("accepted", None)
    steps = ["instructed", "signed_off", "departed", "arrived", "fed_back", "cancelled"]
    await both.core.until(lambda: both.steps() == steps)
    assert [each["step"] for each in (await both.shown())["instructions"]] == ["cancel"]


async def test_the_same_report_hears_the_same_reply_and_is_done_once(both: Both) -> None:
    await both.answered()
    report = both.core.report("feedback", CALL, instruction_id="ins-1", text="已处置")
    assert [(await both.core.told(report)).outcome for _ in range(3)] == ["accepted"] * 3
    assert [each["feedbacks"] for each in (await both.shown())["instructions"]] == [1]


async def test_a_report_of_an_unknown_call_is_kept_and_given_to_it(both: Both) -> None:
    late = CallId(f"{SITE}-{PBX}-1767600000.2")
    reply = await both.core.tell("instruction", late, instruction_id="ins-2", text="前往", unit="102")
    assert (reply.outcome, reply.code) == ("kept", "unknown_call")
    await both.core.until(lambda: both.core.of("DispatchUnmatched"))
    await both.answered(late)
    await both.core.until(lambda: both.steps() == ["instructed"])
    assert [each["unit"] for each in (await both.shown(late))["instructions"]] == ["102"]


# ---- the written form


def test_the_shipped_schema_and_the_form_agree_on_the_example() -> None:
    document = json.loads((FOLDER / "asyncapi.json").read_text(encoding="utf-8"))
    message = document["components"]["messages"]["DispatchReport"]
    schema = {"$ref": "#/components/schemas/DispatchReport", "components": document["components"]}
    for example in message["examples"]:
        jsonschema.Draft7Validator(schema).validate(example["payload"])
        DispatchReport.model_validate(example["payload"])
    assert document["operations"]["receiveDispatchReport"]["action"] == "receive"
    assert document["channels"]["DispatchReport"]["address"] == "110/{site}/in/dispatch"


# ---- where reports are kept that fit no call

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
async def kept(url_or_none: str | None) -> AsyncIterator[ReportAsides]:
    if url_or_none is None:
        yield MemoryReportAsides()
        return
    opened = await open_store(url_or_none)
    yield StoredReportAsides(opened.database)
    await opened.close()


def aside(number: int, call_id: str = "a", code: str = "unknown_call") -> ReportAside:
    return ReportAside(
        digest=f"{number:064x}", at=NOON + timedelta(minutes=number), code=code, why="no call",
        message_id=f"m{number}", call_id=call_id, kind="ack", payload=b"{\x00\xff",
    )  # fmt: skip


async def test_reports_wait_for_their_call_in_order_until_it_has_them(kept: ReportAsides) -> None:
    rows = [aside(3), aside(1), aside(2, "b"), aside(4, "", "unreadable")]
    assert [await kept.keep(row) for row in (*rows, rows[0])] == [True] * 4 + [False]
    assert list(await kept.awaited(10)) == ["a", "b"]
    assert list(await kept.awaited(1)) == ["a"]
    assert list(await kept.waiting_for("a")) == [aside(1), aside(3)]
    await kept.given(aside(1).digest)
    assert list(await kept.waiting_for("a")) == [aside(3)]
    assert list(await kept.waiting_for("")) == []


async def test_the_old_and_the_many_are_forgotten_and_named(kept: ReportAsides) -> None:
    for number in range(6):
        await kept.keep(aside(number))
    gone = await kept.forget(NOON + timedelta(minutes=2), 3)
    assert sorted(row.message_id for row in gone) == ["m0", "m1", "m2"]
    assert list(await kept.waiting_for("a")) == [aside(3), aside(4), aside(5)]
