"""The dispatch core's side through the whole gateway: acknowledgements, reports in any order, what does not
come, and what fits no call."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.model import CallSession, PartyRole
from gateway.calls.signals import CallEnded, CallSeized, PartyJoined, SetDisposition
from gateway.desk.board import summary
from gateway.desk.dispatched import dispatch_json
from gateway.dispatch.dispatch_contract import DispatchReply
from gateway.ids import CallId
from gateway.runtime import dispatch_desk
from gateway.runtime.answers import Accepted
from gateway.runtime.dispatch_desk import SERVICE
from gateway.runtime.health import ServiceState
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.fake_dispatch_core import FakeDispatchCore
from gateway.testing.whole import PBX, SITE, Whole
from gateway.triage.model import AlarmClass, Nature

CALL = CallId(f"{SITE}-{PBX}-1767600000.1")
ACK_WITHIN_S = 15.0
INSTRUCTION: dict[str, Any] = {"instruction_id": "ins-1", "unit": "城西所101", "text": "建国路88号有人持刀"}


async def started(gateways: list[Whole], before: Whole | None = None, **more: Any) -> Whole:
    """A gateway whose core acknowledges within 15 s; `before`: the one that died."""
    if before is not None:
        more = {name: getattr(before, name) for name in ("store", "broker", "clock", "reports")}
    made = Whole(**more, ack_within_s=ACK_WITHIN_S)
    gateways.append(made)
    await made.start()
    return made


@pytest.fixture
async def gateway(gateways: list[Whole]) -> Whole:
    return await started(gateways)


async def core_of(gateway: Whole, **more: Any) -> FakeDispatchCore:
    made = FakeDispatchCore(gateway.broker, SITE, gateway.clock, **more)
    await made.open()
    return made


async def answered(gateway: Whole, call_id: CallId = CALL) -> None:
    at: dict[str, Any] = {"call_id": call_id, "at": gateway.clock.now()}
    uniqueid = call_id.rpartition("-")[2]
    await gateway.give(
        CallSeized(**at, site=SITE, pbx=PBX, uniqueid=uniqueid, linkedid=uniqueid, line="PJSIP/t-1"),
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-2"),
    )


async def decided(gateway: Whole, alarm_class: AlarmClass = AlarmClass.VALID_ALARM, n: int = 1) -> None:
    answer = await gateway.ask(
        SetDisposition(
            call_id=CALL, at=gateway.clock.now(), request_id=f"d{n}", actor="wang", alarm_class=alarm_class,
            nature=Nature.ROBBERY,
        )
    )  # fmt: skip
    assert isinstance(answer, Accepted)
    await gateway.settle()


async def ended(gateway: Whole) -> None:
    await gateway.give(CallEnded(call_id=CALL, at=gateway.clock.now()))
    await gateway.settle()


async def sent(gateway: Whole, core: FakeDispatchCore, kind: str, call_id: str = CALL, **more: Any) -> str:
    """One report; the outcome that the core hears."""
    report = core.report(kind, call_id, **more)
    await core.send(report)
    await gateway.settle()
    await gateway.house.dispatch.idle()
    await gateway.settle()
    return replies(gateway)[report.message_id].outcome


def replies(gateway: Whole) -> dict[str, DispatchReply]:
    assert isinstance(gateway.broker, FakeBroker)
    told = [m for m in gateway.broker.messages if m.topic == f"110/{SITE}/dispatch/replies"]
    found = [DispatchReply.model_validate_json(m.payload) for m in told]
    return {reply.message_id or "": reply for reply in found}


async def session(gateway: Whole, call_id: str = CALL) -> CallSession:
    found = await gateway.house.intake.call(call_id)
    assert found is not None
    return found


def steps(gateway: Whole) -> list[str]:
    return [change["step"] for change in gateway.events("DispatchChange")]


def health(gateway: Whole) -> tuple[ServiceState, dict[str, Any]]:
    gateway.house.dispatch.look()
    service = gateway.house.health.get(SERVICE)
    assert service is not None
    return service.state, dict(service.figures)


# ---- the acknowledgement


async def test_an_alarm_that_the_core_acknowledges_is_told_and_nothing_is_missed(gateway: Whole) -> None:
    core = await core_of(gateway)
    await answered(gateway)
    await decided(gateway)
    await gateway.pass_time(60)
    assert steps(gateway) == ["acknowledged"]
    assert summary(await session(gateway), {}, None)["dispatch"]["ack"] == "acknowledged"
    assert core.acknowledged == {CALL}
    assert health(gateway)[0] is ServiceState.UP


async def test_an_acknowledgement_that_does_not_come_is_told_once_on_event_card_and_health(
    gateway: Whole,
) -> None:
    core = await core_of(gateway, acknowledges=False)
    await answered(gateway)
    await decided(gateway)
    await gateway.pass_time(ACK_WITHIN_S - 1)
    assert steps(gateway) == []
    assert dispatch_json(await session(gateway))["ack"] == "awaited"
    await gateway.pass_time(2)
    assert steps(gateway) == ["ack_missing"]
    await ended(gateway)
    await gateway.pass_time(600)
    assert steps(gateway) == ["ack_missing"]
    assert dispatch_json(await session(gateway))["ack"] == "missing"
    state, figures = health(gateway)
    assert (state, figures["unacknowledged"]) == (ServiceState.DOWN, 1)
    assert [row["kind"] for row in gateway.house.dispatch.waiting()] == ["ack"]
    assert await sent(gateway, core, "ack", by="值班员") == "accepted"
    assert steps(gateway) == ["ack_missing", "acknowledged"]
    assert gateway.events("DispatchChange")[-1]["late"]
    assert health(gateway)[0] is ServiceState.UP
    assert (await session(gateway)).closed


async def test_an_acknowledgement_missing_for_long_leaves_health_page_and_memory_but_not_the_card(
    gateway: Whole,
) -> None:
    await answered(gateway)
    await decided(gateway)
    await ended(gateway)
    await gateway.pass_time(ACK_WITHIN_S + 2)
    await gateway.pass_time(30 * 60)
    assert health(gateway)[0] is ServiceState.UP
    assert gateway.house.intake.book.get(("call", CALL)) is None
    assert dispatch_json(await session(gateway))["ack"] == "missing"
    assert steps(gateway) == ["ack_missing"]


async def test_a_missing_acknowledgement_is_told_after_a_restart_too_and_not_twice(
    gateways: list[Whole],
) -> None:
    first = await started(gateways)
    await answered(first)
    await decided(first)
    await first.crash()
    await first.pass_time(60)
    second = await started(gateways, first)
    await second.pass_time(3)
    assert steps(second) == ["ack_missing"]
    await second.crash()
    third = await started(gateways, second)
    await third.pass_time(60)
    assert steps(third) == ["ack_missing"]
    assert health(third)[1]["unacknowledged"] == 1


async def test_a_call_that_a_person_found_to_be_no_alarm_waits_for_nobody(gateway: Whole) -> None:
    await answered(gateway)
    await decided(gateway)
    await decided(gateway, AlarmClass.NON_POLICE, n=2)
    await gateway.pass_time(60)
    assert steps(gateway) == []


async def test_without_a_core_that_acknowledges_nothing_is_awaited(gateways: list[Whole]) -> None:
    quiet = Whole()
    gateways.append(quiet)
    await quiet.start()
    await answered(quiet)
    await decided(quiet)
    await quiet.pass_time(600)
    assert steps(quiet) == []
    quiet.house.dispatch.look()
    assert quiet.house.health.get(SERVICE) is None


# ---- reports


async def test_an_instruction_goes_its_way_onto_the_card(gateway: Whole) -> None:
    core = await core_of(gateway)
    await answered(gateway)
    assert await sent(gateway, core, "instruction", **INSTRUCTION, by="调度台3") == "accepted"
    for kind in ("sign_off", "departure", "arrival"):
        await gateway.pass_time(20)
        assert await sent(gateway, core, kind, instruction_id="ins-1", by="王某") == "accepted"
    assert await sent(gateway, core, "feedback", instruction_id="ins-1", text="嫌疑人已控制") == "accepted"
    assert steps(gateway) == ["instructed", "signed_off", "departed", "arrived", "fed_back"]
    [shown] = dispatch_json(await session(gateway))["instructions"]
    assert (shown["step"], shown["signed_within_s"], shown["feedback"]) == ("feedback", 20.0, "嫌疑人已控制")
    assert [change["after_s"] for change in gateway.events("DispatchChange")][:4] == [0, 20, 40, 60]


async def test_reports_in_any_order_come_to_the_same_card(gateways: list[Whole]) -> None:
    order = ("instruction", "sign_off", "departure", "arrival", "feedback")
    cards = []
    for turned in (order, order[::-1], (order[2], order[0], order[4], order[1], order[3])):
        gateway = Whole()
        gateways.append(gateway)
        await gateway.start()
        core = await core_of(gateway)
        await answered(gateway)
        begun = gateway.clock.now()
        await gateway.pass_time(200)
        for kind in turned:
            at = begun + timedelta(seconds=10 * order.index(kind))
            words = {"unit": "城西所101", "text": kind} if kind in ("instruction", "feedback") else {}
            assert await sent(gateway, core, kind, instruction_id="ins-1", at=at, **words) == "accepted"
        cards.append(dispatch_json(await session(gateway))["instructions"])
        await gateway.pass_time(200)
        assert "sign_off_late" not in steps(gateway)
    assert cards[0] == cards[1] == cards[2]


async def test_the_same_message_twice_is_done_once_and_answered_twice(gateway: Whole) -> None:
    core = await core_of(gateway)
    await answered(gateway)
    report = core.report("feedback", CALL, instruction_id="ins-1", text="现场无异常")
    for _ in range(3):
        await core.send(report)
        await gateway.settle()
    assert steps(gateway) == ["fed_back"]
    assert (await session(gateway)).dispatch.instructions[0].feedbacks == 1
    assert replies(gateway)[report.message_id].outcome == "accepted"


async def test_an_instruction_nobody_signs_is_told_once_and_stays_in_sight_after_the_call(
    gateway: Whole,
) -> None:
    core = await core_of(gateway)
    await answered(gateway)
    await sent(gateway, core, "instruction", **INSTRUCTION)
    await ended(gateway)
    await gateway.pass_time(178)
    assert steps(gateway) == ["instructed"]
    await gateway.pass_time(4)
    assert steps(gateway) == ["instructed", "sign_off_late"]
    assert [row["unit"] for row in gateway.house.dispatch.waiting()] == ["城西所101"]
    await sent(gateway, core, "sign_off", instruction_id="ins-1")
    assert gateway.events("DispatchChange")[-1] | {"step": "", "text": None} == {
        "occurred_at": gateway.events("DispatchChange")[-1]["occurred_at"], "inferred": False, "step": "",
        "instruction_id": "ins-1", "unit": "城西所101", "text": None, "by": None, "after_s": 182.0,
        "late": True,
    }  # fmt: skip
    assert gateway.house.dispatch.waiting() == []
    assert gateway.house.intake.book.get(("call", CALL)) is None


async def test_a_report_of_a_call_that_is_long_over_still_reaches_its_card(gateway: Whole) -> None:
    core = await core_of(gateway)
    await answered(gateway)
    await ended(gateway)
    assert gateway.house.intake.book.get(("call", CALL)) is None
    assert await sent(gateway, core, "feedback", instruction_id="ins-9", text="已调解") == "accepted"
    assert (await session(gateway)).dispatch.instructions[0].feedback == "已调解"
    assert gateway.house.intake.book.get(("call", CALL)) is None


async def test_a_core_whose_clock_is_ahead_tells_of_the_present(gateway: Whole) -> None:
    core = await core_of(gateway)
    await answered(gateway)
    now = gateway.clock.now()
    await sent(gateway, core, "instruction", **INSTRUCTION, at=now + timedelta(hours=9))
    assert (await session(gateway)).dispatch.instructions[0].issued_at == now


# ---- what fits no call


async def test_a_report_that_comes_before_its_call_waits_for_it(gateway: Whole) -> None:
    core = await core_of(gateway)
    assert await sent(gateway, core, "instruction", **INSTRUCTION) == "kept"
    await gateway.pass_time(1)
    assert await sent(gateway, core, "sign_off", instruction_id="ins-1") == "kept"
    [first, _] = gateway.events("DispatchUnmatched")
    assert (first["step"], first["code"], first["kind"]) == ("kept", "unknown_call", "instruction")
    state, figures = health(gateway)
    assert (state, figures["set_aside"], figures["calls_awaited"]) == (ServiceState.DEGRADED, 2, 1)
    await answered(gateway)
    await gateway.house.dispatch.idle()
    await gateway.settle()
    assert steps(gateway) == ["instructed", "signed_off"]
    assert [each["step"] for each in gateway.events("DispatchUnmatched")] == ["kept"] * 2 + ["given"] * 2
    assert gateway.reports.rows == {}


async def test_a_report_waits_through_a_restart(gateways: list[Whole]) -> None:
    first = await started(gateways)
    core = await core_of(first)
    await sent(first, core, "instruction", **INSTRUCTION)
    await first.crash()
    second = await started(gateways, first)
    await answered(second)
    await second.house.dispatch.idle()
    await second.settle()
    assert steps(second) == ["instructed"]


async def test_the_same_unknown_report_again_is_told_once_and_forgotten_when_it_is_old(
    gateway: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch_desk, "KEPT", timedelta(minutes=5))
    core = await core_of(gateway)
    report = core.report("ack", "hz-pbx1-1.1")
    for _ in range(3):
        await core.send(report)
        await gateway.settle()
    assert [each["step"] for each in gateway.events("DispatchUnmatched")] == ["kept"]
    await gateway.pass_time(601)
    assert [each["step"] for each in gateway.events("DispatchUnmatched")] == ["kept", "forgotten"]
    assert gateway.reports.rows == {}


def form(**more: str) -> bytes:
    known = {"message_id": "m", "kind": "ack", "call_id": CALL, "at": "2026-01-05T08:00:00Z"}
    return json.dumps({**known, **more}).encode()


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"\xff\x00 no json", "Invalid JSON"),
        (b"{}", "message_id"),
        (form(kind="arrival"), "instruction_id"),
        (form(at="2026-01-05T08:00:00"), "at"),
        (b"x" * 20_000, "longer than"),
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_kept_with_its_reason(gateway: Whole, payload: bytes, why: str) -> None:
    core = await core_of(gateway)
    await core.send_raw(payload)
    await gateway.settle()
    [row] = gateway.reports.rows.values()
    assert row.code == "unreadable"
    assert why in row.why
    assert gateway.events("DispatchUnmatched")[0]["digest"] == row.digest


async def test_a_stranger_without_the_key_silences_no_alarm(gateways: list[Whole]) -> None:
    gateway = await started(gateways, dispatch_key="secret")
    stranger = await core_of(gateway, key="guess")
    await answered(gateway)
    await decided(gateway)
    assert await sent(gateway, stranger, "ack") == "refused"
    await gateway.pass_time(ACK_WITHIN_S + 2)
    assert steps(gateway) == ["ack_missing"]
    core = await core_of(gateway, key="secret", acknowledges=False)
    core._ids = iter(range(100, 200))  # type: ignore[assignment]
    assert await sent(gateway, core, "ack") == "accepted"


async def test_while_the_store_does_not_answer_a_report_is_tried_until_it_does(gateway: Whole) -> None:
    core = await core_of(gateway)
    await answered(gateway)
    assert hasattr(gateway.store, "fail_next")
    gateway.store.fail_next(3)
    report = core.report("instruction", CALL, **INSTRUCTION)
    await core.send(report)
    await gateway.pass_time(10)
    assert replies(gateway)[report.message_id].outcome == "accepted"
    assert steps(gateway) == ["instructed"]
