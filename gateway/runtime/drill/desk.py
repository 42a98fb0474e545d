"""The trainer's desk: scenarios as their files say, runs that go on, records of those that are over."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog

from gateway.clock import Clock, new_uuid
from gateway.desk.board import stamp
from gateway.desk.card import Card
from gateway.desk.drill.marking import progress, sheet
from gateway.desk.drill.model import Act, Event, OrderAct, Scenario
from gateway.desk.drill.scenario_file import MAX_SCENARIOS, ScenarioError, read_scenarios
from gateway.desk.orders import signals as order_asks
from gateway.desk.orders.model import Order
from gateway.runtime.book import Change
from gateway.runtime.drill.noting import note_call, note_order
from gateway.runtime.drill.run import LASTS_S, SPEEDS, DrillRun, Line, RunState, Stage
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake

log = structlog.get_logger(__name__)

TICK_S = 0.2
LOOK_EVERY_TICKS = 15
"""How soon a changed scenario is taken."""
MAX_FILE_BYTES = 200_000
"""A longer file is refused unread."""
MAX_RUNS = 50
"""Runs at once; more are refused."""
SERVICE = "training"


class Shelf(Protocol):
    """Where records of runs are kept."""

    def keep(self, record: Mapping[str, Any]) -> None: ...

    def all(self) -> list[dict[str, Any]]: ...


class DrillRefused(Exception):
    """The trainer's or trainee's wish cannot be done; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def texts(folder: Path) -> Mapping[str, str]:
    """Name to text of every scenario's file. Raises OSError, UnicodeDecodeError, ScenarioError."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml"))[: MAX_SCENARIOS + 1]:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ScenarioError(f"{path.name}: longer than {MAX_FILE_BYTES} bytes; is it the right file?")
        found[path.name] = path.read_text(encoding="utf-8")
    return found


class DrillDesk:
    """`scenarios` are those read last without a fault. `shelf` is read and written in a thread."""

    def __init__(
        self, folder: Path, *, intake: Intake, hub: Hub, health: Health, stage: Stage, shelf: Shelf
    ) -> None:  # fmt: skip
        self._folder, self._intake, self._hub, self._health = folder, intake, hub, health
        self._stage, self._shelf = stage, shelf
        self.scenarios: tuple[Scenario, ...] = ()
        self.fault: str | None = None
        self._seen: Mapping[str, str] | None = None
        self.runs: dict[str, DrillRun] = {}
        self.records: list[dict[str, Any]] = []
        self._cards: dict[str, Card] = {}
        self._orders: set[str] = set()

    @property
    def _clock(self) -> Clock:
        return self._stage.clock

    # ---- scenarios

    async def look(self) -> None:
        """Once: read the files if they are others than those seen last. A faulty one changes nothing."""
        try:
            seen = await asyncio.to_thread(texts, self._folder)
            if seen == self._seen:
                return
            self._seen = seen
            self.scenarios, self.fault = read_scenarios(seen), None
        except (OSError, UnicodeDecodeError, ScenarioError) as error:
            if self.fault != str(error):
                self.fault = str(error)
                log.error("the scenarios cannot be read, those before stay in use", error=self.fault)
        fault = self.fault.splitlines()[0] if self.fault else ""
        told = Fault(
            fault_zh=f"演练脚本有误，仍使用旧脚本：{fault}",
            fault_en=f"{fault} (the scenarios before stay in use)",
            cure_zh="运行 intake110 training check 查看全部错误",
            cure_en="run intake110 training check: it lists them all",
        )  # fmt: skip
        state = ServiceState.DEGRADED if fault else ServiceState.UP
        self._health.set(SERVICE, state, told if fault else None, scenarios=len(self.scenarios))

    async def load(self) -> None:
        """Records of before; a run that was under way when the training stopped is broken off."""
        self.records = await asyncio.to_thread(self._shelf.all)
        for record in self.records:
            if record["state"] in (RunState.RUNNING, RunState.PAUSED):
                record["state"] = RunState.BROKEN_OFF.value
                await asyncio.to_thread(self._shelf.keep, record)
        await self.look()

    async def watch(self) -> None:
        """For ever: scripts go on, changed files are taken."""
        ticks = 0
        while True:
            ticks += 1
            if ticks % LOOK_EVERY_TICKS == 0:
                await self.look()
            await self.tick()
            await self._clock.sleep(TICK_S)

    async def tick(self) -> None:
        for run in list(self.runs.values()):
            before = self._shown(run)
            await run.tick()
            await self._ended(run)
            if self._shown(run) != before:
                self._tell(run)

    def _shown(self, run: DrillRun) -> dict[str, Any]:
        return {**run.json(), "script_s": None, "lived_s": None}

    async def _ended(self, run: DrillRun) -> None:
        """All callers are gone and the card is finished; what a department still sends back is awaited."""
        waits = run.scenario.gold.reassign is not None and not run.marks.reassigned
        if run.live and (run.lived_s > LASTS_S or (run.finished and run.idle and not waits)):
            await self._over(run, RunState.DONE)

    # ---- what trainer and trainee do

    async def start(
        self, code: str, *, position: str, trainee: str, trainer: str, speed: float
    ) -> DrillRun:  # fmt: skip
        scenario = next((one for one in self.scenarios if one.code == code), None)
        if scenario is None:
            raise DrillRefused("unknown_scenario")
        if any(run.position == position for run in self.runs.values()):
            raise DrillRefused("run_under_way")
        if len(self.runs) >= MAX_RUNS:
            raise DrillRefused("too_many_runs")
        run = DrillRun(
            run_id=new_uuid(self._clock), scenario=scenario, position=position, trainee=trainee,
            trainer=trainer, speed=_speed(speed), stage=self._stage,
        )  # fmt: skip
        self.runs[run.run_id] = run
        self.records.append(run.json())
        await asyncio.to_thread(self._shelf.keep, run.json())
        self._tell(run)
        return run

    def run(self, run_id: str) -> DrillRun:
        if run_id not in self.runs:
            raise DrillRefused("unknown_training_run")
        return self.runs[run_id]

    async def answer(self, run_id: str) -> None:
        await self._done(run_id, self.run(run_id).answer(), "nobody_rings")

    async def say(self, run_id: str, text: str) -> None:
        await self._done(run_id, self.run(run_id).say(text), "nobody_on_line")

    async def hang_up(self, run_id: str) -> None:
        await self._done(run_id, self.run(run_id).hang_up(), "nobody_on_line")

    async def _done(self, run_id: str, work: Any, refusal: str) -> None:
        if not await work:
            raise DrillRefused(refusal)
        self._tell(self.run(run_id))

    def change(self, run_id: str, *, paused: bool | None, speed: float | None) -> DrillRun:
        run = self.run(run_id)
        if paused is not None:
            run.state = RunState.PAUSED if paused else RunState.RUNNING
        if speed is not None:
            run.speed = _speed(speed)
        self._tell(run)
        return run

    async def inject(self, run_id: str, event: Event) -> None:
        """Something that the script does not have happens now, to the caller on the line, else the last."""
        run = self.run(run_id)
        line = run.talking or run.ringing or next(reversed(list(run.lines.values())), None)
        if line is None or line.over or (event.act is Act.SAY and not line.answered):
            raise DrillRefused("nobody_on_line")
        await run.happens(line, event)
        self._tell(run)

    async def end(self, run_id: str) -> None:
        await self._over(self.run(run_id), RunState.STOPPED)

    async def _over(self, run: DrillRun, state: RunState) -> None:
        await run.stop(state)
        card: dict[str, Any] = {}
        for call_id, line in run.lines.items():
            if line.script.id == run.scenario.main.id:
                card |= self._cards.get(call_id, {})
        for call_id in run.lines:
            self._cards.pop(call_id, None)
        record = {
            **run.json(), "ended_at": stamp(self._clock.now()),
            "sheet": sheet(run.scenario, run.marks, card),
        }  # fmt: skip
        self.runs.pop(run.run_id, None)
        self.records = [*(one for one in self.records if one["run_id"] != run.run_id), record]
        await asyncio.to_thread(self._shelf.keep, record)
        self._hub.publish("drill", None, record)

    def _tell(self, run: DrillRun) -> None:
        self._hub.publish("drill", None, run.json())

    # ---- what pages read

    def listed(self, trainee: str | None = None) -> list[dict[str, Any]]:
        """Newest first: those under way as they are now, then the records. `trainee`: that one's only."""
        live = [run.json() for run in self.runs.values()]
        over = [record for record in self.records if record["run_id"] not in self.runs]
        found = [*reversed(live), *reversed(over)]
        return [record for record in found if trainee is None or record["trainee"] == trainee]

    def progress_of(self, trainees: Sequence[str]) -> dict[str, Any]:
        mine = {name: [record for record in self.records if record["trainee"] == name] for name in trainees}
        return {name: progress(list(records)) for name, records in mine.items()}

    # ---- what the loop has committed

    def find(self, call_id: str) -> tuple[DrillRun, Line] | None:
        """The run and the line of a call."""
        for run in self.runs.values():
            for known, line in run.lines.items():
                if known == call_id:
                    return run, line
        return None

    def committed(self, changes: Sequence[Change]) -> None:
        for change in changes:
            kind, key = change.address
            if kind == "call" and (found := self.find(key)) is not None:
                self._cards[key] = change.after.card
                note_call(found[0], change)
            elif kind == "incident":
                self._linked(change)
            elif kind == "order":
                self._order(change)

    def _linked(self, change: Change) -> None:
        members = {str(member.call_id) for member in change.after.state.members}
        for run in self.runs.values():
            ours = members & set(run.lines)
            if any(run.lines[one].script.id == run.scenario.main.id for one in run.lines if one in ours):
                run.marks.linked = max(run.marks.linked, len(ours))

    def _order(self, change: Change) -> None:
        order: Order = change.after.state
        found = self.find(order.call_id or "")
        if found is None:
            return
        run = found[0]
        note_order(run, change)
        for n, act in enumerate(run.scenario.orders):
            name = f"{order.order_id}/{n}"
            if act.department == order.department and order.sent_at is not None and name not in self._orders:
                self._orders.add(name)
                run.awaited += 1
                run.after(act.after_s, partial(self._department, run, order.order_id, act))

    async def _department(self, run: DrillRun, order_id: str, act: OrderAct) -> None:
        """The simulated department does what its script says."""
        run.awaited -= 1
        kinds = {"accept": order_asks.AcceptOrder, "return": order_asks.ReturnOrder,
                 "answer": order_asks.AnswerOrder}  # fmt: skip
        words = {"return": {"reason": act.text}, "answer": {"answer": act.text}}.get(act.act, {})
        asked: Any = kinds[act.act]
        await self._intake.submit(
            asked(
                order_id=order_id, at=self._clock.now(), request_id=new_uuid(self._clock),
                actor=f"{act.department}/training", for_department=act.department, **words,
            )
        )  # fmt: skip


def _speed(wanted: float) -> float:
    if wanted not in SPEEDS:
        raise DrillRefused("unknown_speed")
    return wanted
