"""Work orders through the whole gateway: from the hand-over to the caller who knows, and what goes wrong."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.calls.handed import HandOver
from gateway.calls.handing import HandOverKind, Target, TargetKind
from gateway.calls.model import PartyRole, TransferKind, TransferResult
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallSeized,
    CallSignal,
    PartyJoined,
    SegmentTranscribed,
    SetCardField,
    TransferEnded,
    TransferStarted,
)
from gateway.desk.orders import signals as ask
from gateway.desk.orders.from_call import order_id_of
from gateway.desk.orders.model import Order, OrderDeadline
from gateway.desk.orders.terms import Deadlines, hours
from gateway.dispatch.gaps import GapDetector
from gateway.ids import CallId
from gateway.runtime.answers import Accepted, Answer, Refused
from gateway.runtime.order_desk import OrderSources
from gateway.speech.model import Leg, TranscriptSegment
from gateway.testing.clock import ManualClock
from gateway.testing.fake_broker import FakeBroker
from gateway.testing.fake_department import MqttDepartment
from gateway.testing.memory_asides import MemoryAsides
from gateway.testing.memory_store import MemoryStore
from gateway.testing.whole import PBX, SITE, Whole

CALL = CallId(f"{SITE}-{PBX}-1767600000.1")
ORDER = "0198c3a0-0000-7000-8000-0000000000a1"
LABOUR, MARKET = "labour_bureau", "market_supervision"
NUMBER = "12333"
SHORT = Deadlines(accept=hours(60 / 3600), answer=hours(180 / 3600))
"""One and three minutes."""


@pytest.fixture
async def gateway(gateways: list[Whole]) -> Whole:
    return await started(gateways)


async def started(gateways: list[Whole], before: Whole | None = None, **more: Any) -> Whole:
    """A gateway with short deadlines; `before`: the one that died, whose store and broker it takes over."""
    if before is not None:
        more = {name: getattr(before, name) for name in ("store", "broker", "clock", "asides")}
    asides = more.setdefault("asides", MemoryAsides())
    made = Whole(**more, orders=OrderSources(asides=asides, usual=SHORT))
    gateways.append(made)
    await made.start()
    return made


async def asked(gateway: Whole, kind: type[ask.OrderRequest], order_id: str = ORDER, **more: Any) -> Answer:
    asked.count += 1  # type: ignore[attr-defined]
    known: dict[str, Any] = {
        "order_id": order_id, "at": gateway.clock.now(), "actor": "wang", "request_id": f"r{asked.count}"  # type: ignore[attr-defined]
    }  # fmt: skip
    return await gateway.ask(kind(**{**known, **more}))


asked.count = 0  # type: ignore[attr-defined]


async def opened(gateway: Whole, **more: Any) -> None:
    known = {"department": LABOUR, "subject": "拖欠工资", "phone": "13800138000", "send": True}
    assert await asked(gateway, ask.OpenOrder, **{**known, **more}) == Accepted(rev=1)


async def department(gateway: Whole, name: str = LABOUR) -> MqttDepartment:
    made = MqttDepartment(gateway.broker, SITE, name)
    await made.open()
    return made


def order(gateway: Whole, order_id: str = ORDER) -> Order:
    live = gateway.house.intake.book.get(("order", order_id))
    assert live is not None
    state: Order = live.state
    return state


def steps(gateway: Whole) -> list[str]:
    return [change["step"] for change in gateway.events("WorkOrderChange")]


def code(answer: Answer) -> str:
    return answer.code if isinstance(answer, Refused) else "accepted"


# ---- with a call


def call_story(gateway: Whole) -> tuple[CallSignal, ...]:
    """A call that a call-taker has answered, and in which something was said."""
    at: dict[str, Any] = {"call_id": CALL, "at": gateway.clock.now()}
    said = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=2000, ended_ms=4000, text="老板两个月没发工资", model_id="m"
    )
    return (
        CallSeized(
            **at, site=SITE, pbx=PBX, uniqueid="1767600000.1", linkedid="1767600000.1", line="PJSIP/t-1",
            dialed="110",
        ),
        CallerIdentified(**at, ani="13800138000", ani_source="PAI"),
        CallQueued(**at, queue="q110"),
        PartyJoined(**at, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-2"),
        SegmentTranscribed(**at, segment=said),
    )  # fmt: skip


async def handed_over(gateway: Whole, kind: TargetKind = TargetKind.DEPARTMENT) -> None:
    """The call-taker passes the caller on, and whoever is called answers."""
    await gateway.give(*call_story(gateway))
    at: dict[str, Any] = {"call_id": CALL, "at": gateway.clock.now()}
    await gateway.ask(SetCardField(**at, actor="wang", request_id="f1", name="address", value="建国路88号"))
    target = Target(code=LABOUR, number=NUMBER, kind=kind)
    answer = await gateway.ask(
        HandOver(**at, actor="wang", request_id="h1", kind=HandOverKind.BLIND, wanted=LABOUR, target=target)
    )
    assert isinstance(answer, Accepted)
    await gateway.settle()
    ended = TransferEnded(**at, kind=TransferKind.BLIND, target=NUMBER, result=TransferResult.COMPLETED)
    await gateway.give(TransferStarted(**at, kind=TransferKind.BLIND, target=NUMBER), ended)
    await gateway.give(PartyJoined(**at, role=PartyRole.DEPARTMENT, number=NUMBER, line="PJSIP/d-3"))


async def test_a_hand_over_opens_its_order_with_what_the_card_knows(gateway: Whole) -> None:
    theirs = await department(gateway)
    await handed_over(gateway)
    await gateway.give(CallEnded(call_id=CALL, at=gateway.clock.now()))
    await gateway.settle()
    [told] = theirs.told
    assert (told["step"], told["phone"], told["place"]) == ("sent", "13800138000", "建国路88号")
    assert told["subject"] == "110来电转办：老板两个月没发工资"
    known = order(gateway, told["order_id"])
    assert (known.call_id, known.opened_by, known.order_id) == (CALL, "wang", order_id_of(CALL, 1))
    assert steps(gateway) == ["sent"]


async def test_a_partner_that_is_called_in_gets_no_order(gateway: Whole) -> None:
    await handed_over(gateway, TargetKind.PARTNER)
    await gateway.settle()
    assert steps(gateway) == []


# ---- deadlines


async def test_a_deadline_that_passes_is_supervised_once(gateway: Whole) -> None:
    theirs = await department(gateway)
    await opened(gateway)
    await gateway.pass_time(59)
    assert steps(gateway) == ["sent"]
    await gateway.pass_time(2)
    assert steps(gateway) == ["sent", "supervised"]
    await gateway.pass_time(30)
    assert steps(gateway) == ["sent", "supervised"]
    assert theirs.told[-1]["overdue"] == ["accept"]
    await gateway.pass_time(120)
    deadlines = [change["deadline"] for change in gateway.events("WorkOrderChange")]
    assert deadlines == [None, "accept", "answer"]
    assert isinstance(gateway.store, MemoryStore)
    assert gateway.store.timers == {}
    assert gateway.store.orders[ORDER].overdue


async def test_a_deadline_that_passes_while_the_gateway_is_away_is_supervised_when_it_is_back(
    gateways: list[Whole],
) -> None:
    first = await started(gateways)
    await opened(first)
    await first.crash()
    await first.pass_time(100)
    second = await started(gateways, first)
    await second.pass_time(3)
    assert steps(second) == ["sent", "supervised"]
    assert order(second).overdue == ("accept",)


async def test_a_crash_around_the_deadline_supervises_neither_twice_nor_never(gateways: list[Whole]) -> None:
    first = await started(gateways)
    await opened(first)
    await first.pass_time(61)
    await first.crash()
    second = await started(gateways, first)
    await second.pass_time(30)
    assert steps(second) == ["sent", "supervised"]


async def test_what_is_accepted_in_time_is_not_supervised(gateway: Whole) -> None:
    theirs = await department(gateway)
    await opened(gateway)
    assert (await theirs.ask(ORDER, "accept")).outcome == "accepted"
    await gateway.pass_time(120)
    assert steps(gateway) == ["sent", "accepted"]


async def test_a_department_has_the_deadlines_of_its_line_in_the_directory(
    gateways: list[Whole], tmp_path: Path
) -> None:
    file = tmp_path / "departments.toml"
    file.write_text(
        '[[department]]\ncode = "labour_bureau"\nname_zh = "人社局"\nname_en = "Labour"\n'
        'numbers = ["12333"]\nhours = ["always"]\n[department.deadlines]\naccept_within_h = 0.5\n',
        encoding="utf-8",
    )
    gateway = await started(gateways, directory=file)
    await opened(gateway)
    known = order(gateway)
    assert known.accept_by is not None
    assert known.answer_by is not None
    spans = [(due - known.opened_at).total_seconds() for due in (known.accept_by, known.answer_by)]
    assert spans == [1800, 180]


async def test_a_deadline_in_working_days_skips_the_holiday_and_another_calendar_does_not_move_it(
    gateways: list[Whole], tmp_path: Path
) -> None:
    file, calendar = tmp_path / "departments.toml", tmp_path / "calendar.toml"
    file.write_text(
        '[[department]]\ncode = "labour_bureau"\nname_zh = "人社局"\nname_en = "Labour"\n'
        'numbers = ["12333"]\nhours = ["mon-fri 08:30-17:30"]\nholidays = "closed"\n'
        '[department.deadlines]\naccept_within = "4 working hours"\nanswer_within = "1 working day"\n',
        encoding="utf-8",
    )
    gateway = await started(gateways, directory=file, calendar=calendar)
    zone = ZoneInfo("Asia/Shanghai")
    today = gateway.clock.now().astimezone(zone).date()
    ahead = (today + timedelta(days=n) for n in range(1, 20))
    first, second = [day for day in ahead if day.weekday() < 5][:2]
    year = f'[[year]]\nyear = {second.year}\nsource = "invented"\nvalid_until = {second.year}-12-31\n'
    calendar.write_text(
        year + f'holidays = [{{ days = "{first}", zh = "节", en = "Feast" }}]\n', encoding="utf-8"
    )
    await gateway.house.directory.look()
    await opened(gateway)
    known = order(gateway)
    assert known.answer_by is not None
    assert known.answer_by.astimezone(zone).strftime("%Y-%m-%d %H:%M") == f"{second} 17:30"
    assert (known.accept_within, known.answer_within) == ("4 working hours", "1 working days")
    calendar.write_text(year, encoding="utf-8")
    await gateway.house.directory.look()
    assert order(gateway).answer_by == known.answer_by
    assert isinstance(gateway.clock, ManualClock)
    await gateway.clock.leap((known.answer_by - gateway.clock.now()).total_seconds() - 60)
    assert [late.deadline for late in order(gateway).supervised] == [OrderDeadline.ACCEPT]
    await gateway.pass_time(120)
    assert [late.deadline for late in order(gateway).supervised] == [
        OrderDeadline.ACCEPT,
        OrderDeadline.ANSWER,
    ]


# ---- both sides, and what goes wrong between them


async def test_from_the_hall_to_the_department_and_back_to_the_caller(gateway: Whole) -> None:
    theirs = await department(gateway)
    await opened(gateway)
    assert (await theirs.ask(ORDER, "accept")).rev == 2
    assert (await theirs.ask(ORDER, "start")).rev == 3
    assert (await theirs.ask(ORDER, "answer", "已责令三日内支付")).rev == 4
    await asked(gateway, ask.TellCaller, note="电话告知")
    await asked(gateway, ask.FollowUpOrder, satisfaction=ask.Satisfaction.SATISFIED)
    assert await asked(gateway, ask.CloseOrder) == Accepted(rev=7)
    await gateway.settle()
    assert steps(gateway) == ["sent", "accepted", "started", "answered", "told", "followed_up", "closed"]
    assert [one["rev"] for one in theirs.told] == [1, 2, 3, 4, 5, 6, 7]
    late = await theirs.ask(ORDER, "answer", "补充材料")
    assert (late.outcome, late.code) == ("refused", "order_closed")
    assert gateway.asides.rows == {}


async def test_disputed_it_is_the_first_receivers_until_a_supervisor_decides(gateway: Whole) -> None:
    labour, market = await department(gateway), await department(gateway, MARKET)
    await opened(gateway)
    await labour.ask(ORDER, "return", "属市场监管")
    await asked(gateway, ask.ReassignOrder, department=MARKET, reason="退回改派")
    assert await labour.orders() == set()
    await market.ask(ORDER, "dispute", "属人社")
    assert (await labour.orders(), await market.orders()) == ({ORDER}, set())
    assert (await market.ask(ORDER, "accept")).code == "not_yours"
    await asked(gateway, ask.DecideOrder, department=MARKET, reason="按三定方案")
    assert (await market.ask(ORDER, "return", "不属")).code == "decided"
    assert (await market.ask(ORDER, "accept")).outcome == "accepted"
    assert order(gateway).first_receiver == LABOUR


async def test_of_two_departments_that_act_at_once_one_is_refused_and_nothing_is_lost(
    gateway: Whole,
) -> None:
    labour, market = await department(gateway), await department(gateway, MARKET)
    await opened(gateway)
    replies = await asyncio.gather(
        asked(gateway, ask.ReassignOrder, department=MARKET, reason="转"),
        labour.ask(ORDER, "accept"),
        market.ask(ORDER, "accept"),
    )
    accepted = [one for one in replies[1:] if one.outcome == "accepted"]
    assert len(accepted) <= 1 or order(gateway).department == MARKET
    assert {one.code for one in replies[1:]} - {None} <= {"not_yours"}
    revs = [change["rev"] for change in gateway.events("WorkOrderChange")]
    assert revs == list(range(1, order(gateway).rev + 1))


async def test_a_message_sent_ten_times_is_one_step(gateway: Whole) -> None:
    theirs = await department(gateway)
    await opened(gateway)
    replies = [await theirs.ask(ORDER, "note", "已联系", request_id="n1") for _ in range(10)]
    assert {reply.rev for reply in replies} == {2}
    assert order(gateway).rev == 2


async def test_an_order_that_nobody_knows_is_kept_aside_and_reported(gateway: Whole) -> None:
    theirs = await department(gateway)
    assert (await theirs.ask("no such order", "accept")).code == "unknown_order"
    [row] = gateway.asides.rows.values()
    assert (row.department, row.order_id) == (LABOUR, "no such order")
    services = {one["name"]: one for one in gateway.house.status.body()["services"]}
    assert services["work orders"]["state"] == "degraded"


# ---- between commit and publish


def events_of(broker: FakeBroker) -> list[dict[str, Any]]:
    found = [json.loads(message.payload) for message in broker.messages if "/events/" in message.topic]
    return [event for event in found if "siteseq" in event]


async def test_a_crash_between_commit_and_publish_loses_nothing_and_keeps_the_order(
    gateways: list[Whole],
) -> None:
    broker = FakeBroker()
    first = await started(gateways, broker=broker)
    theirs = await department(first)
    broker.drop()
    await opened(first)
    await asked(first, ask.NoteOrder, note="来电人再次来电")
    await first.crash()
    assert theirs.told == []
    second = await started(gateways, first)
    broker.on_connected = second.relay.link_up
    broker.connect()
    await second.pass_time(1)
    assert [one["step"] for one in theirs.told] == ["sent", "noted"]
    assert (await theirs.ask(ORDER, "accept")).rev == 3
    gaps = GapDetector()
    for event in events_of(broker):
        gaps.feed(event)
    assert (gaps.missing, order(second).rev) == (0, 3)


async def test_a_crash_before_the_acknowledgement_tells_twice_under_one_id(gateways: list[Whole]) -> None:
    broker = FakeBroker()
    first = await started(gateways, broker=broker)
    broker.freeze()
    await opened(first)
    await first.settle()
    await first.crash()
    broker.thaw()
    second = await started(gateways, first)
    await second.pass_time(1)
    ids = [event["id"] for event in events_of(broker)]
    assert set(ids) == {f"{SITE}:1", f"{SITE}:2"}
    assert order(second).state == "sent"
