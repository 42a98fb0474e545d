"""The training from the ring to the result sheet, on a house of its own, by a manual clock."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.calls.handed import CallBack, HandOver
from gateway.calls.handing import HandOverKind, Target, TargetKind
from gateway.calls.linked import LinkCall
from gateway.calls.model import CallState
from gateway.calls.signals import ConfirmCardField, SetCardField, TimerFired
from gateway.calls.wrapped import FinishCall
from gateway.config import Config
from gateway.desk.drill.model import Act, Event
from gateway.desk.orders.signals import ReassignOrder
from gateway.drilling import Training, open_training
from gateway.ids import CallId
from gateway.runtime.answers import Accepted
from gateway.runtime.drill.desk import DrillRefused
from gateway.runtime.drill.run import DrillRun, RunState
from gateway.testing.clock import ManualClock
from gateway.triage.model import AlarmClass, Department, Nature

CONF = Path(__file__).parents[2] / "conf"
DESK = "1101"
PARTNERS = {"ambulance_120": "120", "fire_119": "119"}


def config(folder: Path) -> Config:
    return Config.model_validate({
        "site": {"name": "hz"}, "gateway": {"state_dir": folder / "state"},
        "triage": {"rules": CONF / "rules"}, "training": {"folder": CONF / "training"},
        "directory": {"file": CONF / "departments.toml"}, "plans": {"folder": CONF / "plans"},
        "mqtt": {"host": "192.0.2.1"},
    })  # fmt: skip


class Room:
    """The training, with hands for trainer and trainee."""

    def __init__(self, training: Training, clock: ManualClock) -> None:
        self.training, self.clock, self.drills = training, clock, training.drills
        self._numbers = itertools.count(1)
        self.run: DrillRun

    async def begins(self, code: str, speed: float = 1.0) -> DrillRun:
        self.run = await self.drills.start(code, position=DESK, trainee="wang", trainer="li", speed=speed)
        await self.passes(1)
        return self.run

    async def passes(self, seconds: float) -> None:
        """Time, and all that is set off by it."""
        house, still = self.training.house, 0
        await self.clock.advance(seconds)
        await self.drills.tick()  # its watch may be reading the scenarios' folder at the moment
        nobody = TimerFired(call_id=CallId("nobody"), at=self.clock.now(), name="quiet")
        while still < 3:
            under_way = (
                house.performer.running or house.together.shielding.waiting or house.intake.lanes.waiting
            )
            still = 0 if under_way else still + 1
            await asyncio.sleep(0)
            if not under_way:
                await house.intake.settled(nobody)  # comes last: the lanes before it are done with

    async def until(self, what: Any, seconds: int = 90) -> None:
        for _ in range(seconds):
            if what():
                return
            await self.passes(1)
        raise AssertionError("it never came")

    async def answers(self) -> CallId:
        await self.until(lambda: self.run.ringing is not None)
        await self.drills.answer(self.run.run_id)
        assert self.run.talking is not None
        return self.run.talking.caller.call_id

    async def asks(self, words: str) -> None:
        await self.drills.say(self.run.run_id, words)
        await self.passes(4)

    async def does(self, request: Any, /, **facts: Any) -> None:
        answer = await self.training.house.intake.submit(
            request(at=self.clock.now(), actor="wang", request_id=f"r{next(self._numbers)}", **facts)
        )
        assert isinstance(answer, Accepted), answer
        await self.passes(1)

    async def finishes(self, call: CallId, alarm: AlarmClass, nature: Nature, **more: Any) -> None:
        await self.does(FinishCall, call_id=call, alarm_class=alarm, nature=nature, **more)

    async def hands_over(self, call: CallId, code: str, number: str, kind: HandOverKind) -> None:
        role = TargetKind.PARTNER if code in PARTNERS else TargetKind.DEPARTMENT
        target = Target(code=code, number=number, kind=role)
        await self.does(HandOver, call_id=call, wanted=code, kind=kind, target=target, position=DESK)
        await self.passes(4)

    @property
    def record(self) -> dict[str, Any]:
        return next(one for one in self.drills.listed() if one["run_id"] == self.run.run_id)

    def right(self) -> dict[str, bool]:
        return {each.get("name") or each["what"]: each["right"] for each in self.record["sheet"]["checks"]}

    def card(self, call: CallId) -> dict[str, str]:
        live = self.training.house.intake.book.get(("call", call))
        assert live is not None
        return {name: values[0].value for name, values in live.card.items() if values}


@asynccontextmanager
async def room_in(folder: Path) -> AsyncIterator[Room]:
    clock = ManualClock()
    training = await open_training(config(folder), clock)
    await training.start(pages=False)
    try:
        yield Room(training, clock)
    finally:
        await training.stop()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with room_in(tmp_path) as made:
        yield made


async def test_a_run_from_the_ring_to_the_result_sheet(room: Room) -> None:
    await room.begins("wages")
    call = await room.answers()
    assert call.startswith("hz_train-sim-")
    await room.passes(3)
    await room.asks("对方有没有威胁您？")
    await room.asks("一共多少钱？")
    await room.does(SetCardField, call_id=call, name="loss", value="三万元")
    await room.does(SetCardField, call_id=call, name="address", value="开发区三号路工地")
    await room.hands_over(call, "labour_bureau", "12333", HandOverKind.BLIND)
    await room.finishes(call, AlarmClass.NON_POLICE, Nature.NONE, department=Department("labour_bureau"))
    await room.until(lambda: room.record["state"] == "done", 40)
    sheet = room.record["sheet"]
    assert (sheet["right"], sheet["of"], sheet["percent"]) == (4, 4, 100)
    assert sheet["times"]["answer"] is not None
    assert sheet["times"]["first_field"] < sheet["times"]["location"] < sheet["times"]["dispatch"]
    asked = {each["field"]: each["asked"] for each in sheet["asked"]}
    assert asked == {"weapon": True, "loss": True, "people": False, "address": False}


async def test_what_the_machine_filled_in_is_told_apart_from_what_the_trainee_did(room: Room) -> None:
    await room.begins("child")
    call = await room.answers()
    await room.passes(3)
    await room.asks("小朋友，你家住在哪里，小区叫什么？")
    assert "阳光花园" in room.card(call)["address"]
    await room.hands_over(call, "ambulance_120", "120", HandOverKind.THREEWAY)
    await room.finishes(call, AlarmClass.VALID_ALARM, Nature.PERSON_IN_DANGER)
    await room.drills.hang_up(room.run.run_id)
    await room.until(lambda: room.record["state"] == "done")
    assert all(room.right().values()), room.record["sheet"]["checks"]
    address = next(each for each in room.record["sheet"]["checks"] if each.get("name") == "address")
    assert (address["by_person"], address["at_s"]) == (False, None)
    danger = next(each for each in room.record["sheet"]["checks"] if each["what"] == "danger")
    assert danger["at_s"] is not None


async def test_who_does_everything_wrong_is_told_what(room: Room) -> None:
    await room.begins("gas_leak")
    call = await room.answers()
    await room.passes(3)
    await room.does(
        HandOver, call_id=call, wanted="urban_construction", kind=HandOverKind.BLIND, position=DESK,
        target=Target(code="urban_construction", number="12319", kind=TargetKind.DEPARTMENT),
        confirm_danger=True,
    )  # fmt: skip
    await room.passes(3)
    await room.finishes(call, AlarmClass.NON_POLICE, Nature.NONE)
    await room.until(lambda: room.record["state"] == "done")
    wrong = {name for name, right in room.right().items() if not right}
    assert wrong == {"class", "nature", "address", "hand_over", "never_hand_over"}


async def test_an_abandoned_caller_is_rung_back_and_the_second_call_counts(room: Room) -> None:
    run = await room.begins("abandoned_call")
    await room.passes(12)
    (first,) = run.lines
    await room.does(CallBack, call_id=first, position=DESK)
    await room.until(lambda: run.talking is not None)
    assert run.talking is not None
    second = run.talking.caller.call_id
    await room.passes(8)
    await room.asks("在什么地方？")
    await room.finishes(second, AlarmClass.VALID_ALARM, Nature.THEFT)
    await room.until(lambda: room.record["state"] == "done")
    assert all(room.right().values()), room.record["sheet"]["checks"]


async def test_calls_of_one_crash_are_linked_and_the_other_callers_are_played(room: Room) -> None:
    run = await room.begins("crash_many")
    call = await room.answers()
    await room.passes(6)
    other = next(one for one, line in run.lines.items() if line.script.id == "lorry_driver")
    theirs = room.training.house.intake.book.get(("call", other))
    assert theirs is not None
    await room.does(
        LinkCall, call_id=call, other=other, other_seized_at=theirs.state.seized_at,
        incident_id="018f3e5c-0000-7000-8000-000000000001",
    )  # fmt: skip
    await room.hands_over(call, "ambulance_120", "120", HandOverKind.THREEWAY)
    await room.until(lambda: "injury" in run.marks.dangers)
    await room.finishes(call, AlarmClass.VALID_ALARM, Nature.TRAFFIC_ACCIDENT)
    await room.until(lambda: room.record["state"] == "done", 120)
    assert all(room.right().values()), room.record["sheet"]["checks"]


async def test_a_department_sends_its_order_back_and_the_run_waits_for_the_reassignment(room: Room) -> None:
    await room.begins("returned_order")
    call = await room.answers()
    await room.passes(3)
    await room.hands_over(call, "urban_construction", "12319", HandOverKind.BLIND)
    await room.finishes(call, AlarmClass.NON_POLICE, Nature.NONE)
    book = room.training.house.intake.book

    def returned() -> list[str]:
        live = book.of_kind("order").values()
        return [one.state.order_id for one in live if one.state.state.value == "returned"]

    await room.until(lambda: bool(returned()))
    await room.passes(20)
    assert room.run.live
    await room.does(
        ReassignOrder, order_id=returned()[0], department="market_supervision", reason="属价格监管"
    )
    await room.until(lambda: room.record["state"] == "done")
    assert all(room.right().values()), room.record["sheet"]["checks"]


async def test_a_silent_caller_is_located_presses_a_key_and_speaks_late(room: Room) -> None:
    run = await room.begins("silent_call", speed=4.0)
    call = await room.answers()
    await room.passes(2)
    assert "position" in room.card(call)
    await room.asks("如果您需要警察但不能说话，请按1")
    await room.passes(13)
    assert "幸福小区" in room.card(call)["address"]
    await room.does(ConfirmCardField, call_id=call, name="address", value=room.card(call)["address"])
    await room.finishes(call, AlarmClass.VALID_ALARM, Nature.OTHER_CRIME)
    await room.until(lambda: not run.live)
    assert all(room.right().values()), room.record["sheet"]["checks"]


async def test_a_flood_rings_and_the_real_caller_is_heard_all_the_same(room: Room) -> None:
    run = await room.begins("flood")
    await room.answers()
    await room.until(lambda: len(run.lines) == 13)
    assert [line.script.id for line in run.lines.values() if line.answered] == ["main"]


async def test_a_paused_run_stands_still_and_the_trainer_lets_something_happen(room: Room) -> None:
    run = await room.begins("drunk")
    call = await room.answers()
    room.drills.change(run.run_id, paused=True, speed=2.0)
    before = (run.script_s, run.lived_s)
    await room.passes(30)
    assert (run.script_s, run.lived_s) == before
    await room.drills.inject(run.run_id, Event(at_s=0, act=Act.SAY, text="胜利街夜市着火了"))
    await room.passes(1)
    live = room.training.house.intake.book.get(("call", call))
    assert live is not None
    assert "fire" in {veto.value for veto in live.state.vetoes}
    room.drills.change(run.run_id, paused=False, speed=None)
    await room.passes(2)
    assert run.script_s - before[0] == pytest.approx(4.0, abs=0.6)


async def test_an_ended_run_frees_the_desk_and_the_next_can_begin(room: Room) -> None:
    run = await room.begins("suicide")
    await room.answers()
    with pytest.raises(DrillRefused) as refused:
        await room.drills.start("child", position=DESK, trainee="wang", trainer="li", speed=1.0)
    assert refused.value.code == "run_under_way"
    await room.drills.end(run.run_id)
    await room.passes(1)
    assert room.record["state"] == "stopped"
    desk = next(each for each in room.training.house.hall.desks if each.agent == DESK)
    assert desk.state == "idle"
    await room.begins("child")


SEAT = {"position": "1102", "trainee": "wang", "trainer": "li"}
WISHES: dict[str, Callable[[Room], Awaitable[Any]]] = {
    "unknown_scenario": lambda room: room.drills.start("nothing", speed=1.0, **SEAT),
    "unknown_speed": lambda room: room.drills.start("child", speed=7.0, **SEAT),
    "nobody_rings": lambda room: room.drills.answer(room.run.run_id),
    "nobody_on_line": lambda room: room.drills.say(room.run.run_id, "喂"),
    "unknown_training_run": lambda room: room.drills.end("nothing"),
}


@pytest.mark.parametrize("code", WISHES)
async def test_what_cannot_be_done_is_refused_by_name(room: Room, code: str) -> None:
    await room.begins("abandoned_call")
    with pytest.raises(DrillRefused) as refused:
        await WISHES[code](room)
    assert refused.value.code == code


async def test_every_shipped_scenario_rings_is_answered_and_comes_to_a_sheet(room: Room) -> None:
    for scenario in room.drills.scenarios:
        run = await room.begins(scenario.code, speed=4.0)
        if scenario.gold.call_back:
            await room.passes(5)
            (first,) = run.lines
            await room.does(CallBack, call_id=first, position=DESK)
            await room.until(lambda run=run: run.talking is not None)
        else:
            await room.answers()
        await room.asks(scenario.main.replies[0].asks[0])
        await room.passes(2)
        await room.drills.end(run.run_id)
        await room.passes(1)
        sheet = room.record["sheet"]
        assert sheet["of"] >= 2, scenario.code
        assert sheet["said"], scenario.code


async def test_a_training_that_was_stopped_says_which_runs_it_broke_off(tmp_path: Path) -> None:
    async with room_in(tmp_path) as room:
        await room.begins("child")
        call = await room.answers()
        await room.passes(1)
    async with room_in(tmp_path) as room:
        await room.passes(1)
        live = room.training.house.intake.book.get(("call", call))
        assert live is None or live.state.state is CallState.ENDED
        (record,) = room.drills.listed()
        assert record["state"] == RunState.BROKEN_OFF.value
        assert room.drills.progress_of(["wang"]) == {
            "wang": {"runs": 0, "percent_first": None, "percent_last": None, "times_last": {}}
        }
