"""A record without a call through the whole gateway: judged, told, finished, linked, and ended by no PBX."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from gateway.calls.entered import EnterRecord, LinkRecord, TypeWords
from gateway.calls.manual import Origin
from gateway.calls.model import CallSession, Medium
from gateway.calls.signals import CallEnded, CallerIdentified, CallSeized
from gateway.calls.wrapped import FinishCall
from gateway.desk.card import CardValue, Source
from gateway.ids import CallId, manual_id
from gateway.runtime.answers import Accepted
from gateway.testing.whole import PBX, SITE, Whole
from gateway.triage.model import AlarmClass, Assessment, Nature, Utterance

RECORD = manual_id(SITE, "019b8e5c-4a00-7000-8000-0123456789ab")
CALL = CallId(f"{SITE}-{PBX}-1767600000.1")
NUMBER = "13800138000"


class Judges:
    """Rules that find an alarm in whatever was said."""

    spoken_words = rule_ids = ()
    duties: ClassVar[dict[str, tuple[str, str]]] = {}

    def scan(self, utterance: Utterance) -> Utterance:
        return utterance

    def judge(self, *told: Any) -> Assessment:
        return Assessment(
            alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, nature_alternatives=(), priority=2,
            department=None, department_reason_zh=None, department_reason_en=None, partners=(), findings=(),
            vetoes=(), extracted=(), next_question_zh=None, next_question_en=None, pack_hash="0" * 64,
            veto_hash="0" * 64, basis="text",
        )  # fmt: skip

    def vetoes(self, utterance: Utterance, before: str = "") -> tuple[()]:
        return ()


async def started(gateways: list[Whole], before: Whole | None = None) -> Whole:
    """`before`: the one that died; store and broker outlive it."""
    more = {name: getattr(before, name) for name in ("store", "broker", "clock")} if before else {}
    made = Whole(**more, ack_within_s=30, engine=Judges)
    gateways.append(made)
    await made.start()
    if before is None:
        await made.house.workshop.start()
    return made


@pytest.fixture
async def gateway(gateways: list[Whole]) -> Whole:
    return await started(gateways)


async def asked(gateway: Whole, kind: Any, **facts: Any) -> None:
    common = {
        "call_id": RECORD,
        "at": gateway.clock.now(),
        "request_id": f"r-{kind.__name__}",
        "actor": "zhang",
    }
    assert isinstance(await gateway.ask(kind(**(common | facts))), Accepted)
    await gateway.settle()


async def entered(gateway: Whole, **facts: Any) -> None:
    usual = {"site": SITE, "origin": Origin.OUTAGE, "happened_at": gateway.clock.now() - timedelta(hours=2)}
    usual |= {"number": NUMBER, "words": "有人打架\n有刀", "place": "人民路12号", "position": "1101"}
    await asked(gateway, EnterRecord, **(usual | facts))


async def session(gateway: Whole, name: CallId = RECORD) -> CallSession:
    found = await gateway.house.intake.call(name)
    assert found is not None
    return found


async def test_a_paper_from_an_outage_is_judged_told_as_late_and_finished_like_a_call(gateway: Whole) -> None:
    await entered(gateway)
    (start,) = gateway.events("CallStart")
    assert (start["medium"], start["inferred"]) == ("manual", True)
    (told,) = gateway.events("RecordEntered")
    assert (told["late"], told["by"], told["origin"]) == (True, "zhang", "outage")
    assert told["happened_at"] < told["entered_at"]
    assert [each["segment"]["text"] for each in gateway.events("TranscriptSegment")] == ["有人打架", "有刀"]
    assert len(gateway.events("TriageAssessed")) == 1
    await asked(gateway, TypeWords, words="有人受伤")
    assert len(gateway.events("TriageAssessed")) == 2
    await asked(gateway, FinishCall, alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, note="已出警")
    assert gateway.events("DispositionSet")[-1]["by"] == "zhang"
    assert (await session(gateway)).dispatch.alarm is not None


async def test_no_pbx_and_no_restart_ends_a_record_or_misses_its_recording(
    gateways: list[Whole], gateway: Whole
) -> None:
    await entered(gateway)
    before = await session(gateway)
    assert [call.call_id for call in gateway.house.intake.open(PBX)] == []
    await gateway.crash()
    after = await started(gateways, gateway)
    await after.pass_time(120)
    now = await session(after)
    assert (now.end_reason, now.ended_at) == (before.end_reason, before.ended_at)
    assert after.events("RecordingFailed") == []
    assert len(after.events("CallEnd")) == 1
    assert after.trunk.moved == []


async def test_the_pbxs_own_call_that_turns_up_stays_a_document_of_its_own_until_a_person_links_the_two(
    gateway: Whole,
) -> None:
    await entered(gateway)
    at: dict[str, Any] = {"call_id": CALL, "at": gateway.clock.now(), "inferred": True}
    at["source_at"] = gateway.clock.now() - timedelta(hours=2)
    await gateway.give(
        CallSeized(**at, site=SITE, pbx=PBX, uniqueid="1767600000.1", linkedid="l", line="PJSIP/t-1"),
        CallerIdentified(**at, ani=NUMBER, ani_source="PAI"), CallEnded(**at),
    )  # fmt: skip
    await gateway.settle()
    assert (await session(gateway)).same_as is None
    assert (await session(gateway, CALL)).medium is Medium.VOICE
    await asked(gateway, LinkRecord, other=CALL)
    assert (await session(gateway)).same_as == CALL
    assert (await session(gateway, CALL)).same_as == RECORD
    told = gateway.events("RecordLink")
    assert sorted(each["other"] for each in told) == sorted((CALL, RECORD))
    counted = await gateway.store.calls_of(
        NUMBER, gateway.clock.now() - timedelta(days=1), gateway.clock.now() + timedelta(days=1)
    )
    assert counted == 1


async def test_a_record_of_a_number_is_history_of_its_next_call(gateway: Whole) -> None:
    await entered(gateway)
    counted = await gateway.store.calls_of(
        NUMBER, gateway.clock.now() - timedelta(days=1), gateway.clock.now()
    )
    assert counted == 1


async def test_a_record_and_a_call_of_one_place_are_suggested_for_one_incident(gateway: Whole) -> None:
    other = manual_id(SITE, "019b8e5c-4a00-7000-8000-0123456789ac")
    for name in (RECORD, other):
        await entered(
            gateway, call_id=name, request_id=name, happened_at=gateway.clock.now(), number=None,
            latitude=30.25, longitude=120.16, datum="WGS-84", origin=Origin.RADIO,
        )  # fmt: skip
    found = [each.call_id for each in (await session(gateway, other)).together.suggestions]
    assert found == [RECORD]


class Past:
    """The store, asked for what is long ago."""

    def __init__(self, gateway: Whole) -> None:
        self.gateway = gateway

    async def recent(self, since: datetime, limit: int, until: datetime | None = None) -> Any:
        found = await session(self.gateway)
        card = {"address": (CardValue(value="人民路12号", source=Source.PERSON),)}
        return [(found, card)] if since <= found.seized_at <= (until or found.seized_at) else []

    async def protected(self, number: str, since: datetime) -> bool:
        return False


async def test_papers_of_the_same_hour_long_ago_are_suggested_for_one_incident(gateway: Whole) -> None:
    gateway.house.together._past = Past(gateway)
    long_ago = gateway.clock.now() - timedelta(hours=30)
    other = manual_id(SITE, "019b8e5c-4a00-7000-8000-0123456789ac")
    spot = {"latitude": 30.25, "longitude": 120.16, "datum": "WGS-84", "number": None}
    await entered(gateway, happened_at=long_ago, **spot)
    await gateway.house.together.look()
    await entered(gateway, call_id=other, request_id="second", happened_at=long_ago, **spot)
    found = [each.call_id for each in (await session(gateway, other)).together.suggestions]
    assert found == [RECORD]
