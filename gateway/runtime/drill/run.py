"""One run of a scenario: its callers ring, speak and answer by the script's clock, which the trainer sets
faster, slower, or stops; and what the trainee does is noted, by the trainee's own clock."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from gateway.calls.hall import AgentChanged, AgentState
from gateway.clock import Clock
from gateway.desk.board import stamp
from gateway.desk.drill.marking import Marks
from gateway.desk.drill.model import Act, Answered, Event, Scenario, ScriptedCall, replies_to
from gateway.ids import CallId
from gateway.runtime.drill.simulator import Loop, ScriptedCaller
from gateway.speech.model import Leg

OTHER_DESK = "2001"
"""The desk at which calls are answered that are not the trainee's; the simulator plays it."""
OTHER_ANSWERS_S = 3.0
"""So long after the ring it answers."""
REPLY_S = 1.5
"""So long the caller thinks before answering."""
LASTS_S = 1_800.0
"""A run is over after so long on the trainee's clock, whatever is left of it."""
SPEEDS = (0.5, 1.0, 1.5, 2.0, 4.0)
Step = Callable[[], Awaitable[None]]


class RunState(StrEnum):
    """done: all is said and the card finished; stopped: the trainer ended it; broken_off: the training was
    stopped in the middle."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    BROKEN_OFF = "broken_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where runs happen. `unique`: a fresh unique id for a leg."""

    loop: Loop
    clock: Clock
    site: str
    pbx: str
    unique: Callable[[], str]


@dataclass(slots=True)
class Line:
    """One caller on the line. `back`: the trainee rang it back."""

    caller: ScriptedCaller
    script: ScriptedCall
    answered: bool = False
    over: bool = False
    back: bool = False
    desk: str = ""
    fixes: int = 0
    consults: str = ""
    """The number that the trainee consults; the caller waits."""


@dataclass
class DrillRun:
    """`marks` and times: see `desk.drill.marking`. Nothing of it outlives the process but its record."""

    run_id: str
    scenario: Scenario
    position: str
    trainee: str
    trainer: str
    speed: float
    stage: Stage
    started_at: datetime = field(init=False)
    state: RunState = RunState.RUNNING
    marks: Marks = field(default_factory=Marks)
    lines: dict[CallId, Line] = field(default_factory=dict)
    script_s: float = 0.0
    lived_s: float = 0.0
    """The trainee's clock since the first answer."""
    rang_s: float = 0.0
    awaited: int = 0
    """What simulated departments are still to do with orders."""
    finished: bool = False
    """The trainee has finished the card of the main call, or of the call back."""

    def __post_init__(self) -> None:
        self.started_at = self.stage.clock.now()
        self._seen = self.stage.clock.monotonic()
        self._due: list[tuple[float, int, Step]] = []
        self._order = itertools.count()
        self._waiting: list[Line] = []
        for script in self.scenario.calls:
            self._at(script.starts_s, partial(self._ring, script))

    # ---- the script's clock

    def after(self, seconds: float, step: Step) -> None:
        self._at(self.script_s + seconds, step)

    def _at(self, script_s: float, step: Step) -> None:
        heapq.heappush(self._due, (script_s, next(self._order), step))

    async def tick(self) -> None:
        """What has become due since the last tick happens, in order."""
        now = self.stage.clock.monotonic()
        passed, self._seen = now - self._seen, now
        if self.state is not RunState.RUNNING:
            return
        self.script_s += passed * self.speed
        if self.marks.answer_s is not None:
            self.lived_s += passed
        elif self.lines:
            self.rang_s += passed
        while self._due and self._due[0][0] <= self.script_s:
            _, _, step = heapq.heappop(self._due)
            await step()

    @property
    def live(self) -> bool:
        return self.state in (RunState.RUNNING, RunState.PAUSED)

    @property
    def idle(self) -> bool:
        """Every caller has rung and is gone, and no department has anything left to do."""
        rung = {line.script.id for line in self.lines.values()}
        gone = all(line.over for line in self.lines.values())
        return gone and len(rung) == len(self.scenario.calls) and not self.awaited

    # ---- who rings

    async def _ring(self, script: ScriptedCall) -> None:
        line = self.line_of(script)
        await line.caller.seizes()
        await line.caller.is_identified()
        await line.caller.is_queued()
        if script.answered is Answered.TRAINEE:
            self._waiting.append(line)
            await self._next_rings()
            self.after(script.rings_s, partial(self._gives_up, line))
        elif script.answered is Answered.OTHER:
            self.after(OTHER_ANSWERS_S, partial(self.picked_up, line, OTHER_DESK))
        else:
            self.after(script.rings_s, partial(self._gives_up, line))

    def line_of(self, script: ScriptedCall) -> Line:
        uniqueid = self.stage.unique()
        caller = ScriptedCaller(
            self.stage.loop, self.stage.clock, site=self.stage.site, pbx=self.stage.pbx, uniqueid=uniqueid,
            line=f"PJSIP/training-{uniqueid.partition('.')[2]}", ani=script.number,
        )  # fmt: skip
        line = Line(caller=caller, script=script)
        self.lines[caller.call_id] = line
        return line

    @property
    def ringing(self) -> Line | None:
        return next((line for line in self._waiting if line.desk == self.position), None)

    @property
    def talking(self) -> Line | None:
        """With whom the trainee speaks."""
        mine = (line for line in self.lines.values() if line.answered and not line.over)
        return next((line for line in mine if line.desk == self.position), None)

    async def _next_rings(self) -> None:
        if self.talking is not None or self.ringing is not None or not self._waiting:
            return
        line = self._waiting[0]
        line.desk = self.position
        await line.caller.rings_at(self.position)
        await self.desk_is(AgentState.RINGING)

    async def desk_is(self, state: AgentState) -> None:
        stage = self.stage
        await stage.loop.offer_pbx(
            AgentChanged(pbx=stage.pbx, at=stage.clock.now(), agent=self.position, state=state)
        )

    async def _gives_up(self, line: Line) -> None:
        if not line.answered and not line.over:
            await self.over(line)

    async def answer(self) -> bool:
        """The trainee picks the ringing phone up. False: none rings."""
        line = self.ringing
        if line is None or not self.live:
            return False
        self._waiting.remove(line)
        self.answered()
        await self.desk_is(AgentState.BUSY)
        await self.picked_up(line, self.position)
        return True

    def answered(self) -> None:
        """The trainee speaks with a caller for the first time: from now on the trainee's clock runs."""
        if self.marks.answer_s is None:
            self.marks.answer_s = round(self.rang_s, 1)

    async def picked_up(self, line: Line, desk: str) -> None:
        if line.over:
            return
        line.answered, line.desk = True, desk
        await line.caller.speaks_with(desk)
        for event in line.script.back if line.back else line.script.events:
            self.after(event.at_s, partial(self.happens, line, event))

    # ---- what is said and done

    async def happens(self, line: Line, event: Event) -> None:
        if line.over:
            return
        match event.act:
            case Act.SAY:
                await line.caller.is_heard(Leg.CALLER, event.text)
            case Act.DESK:
                await line.caller.is_heard(Leg.CALL_TAKER, event.text)
            case Act.KEY:
                await line.caller.presses(event.text)
            case Act.FIX:
                line.fixes += 1
                name = f"AML-{line.caller.call_id}-{line.fixes}"
                await line.caller.is_located(event.latitude, event.longitude, event.radius_m, name)
            case Act.SOUND:
                await line.caller.sounds()
            case Act.HANG_UP:
                await self.over(line)

    async def say(self, text: str) -> bool:
        """The trainee speaks; a caller who has an answer to it gives it. False: nobody is on the line."""
        line = self.talking
        if line is None or not self.live:
            return False
        self.marks.said.append(text)
        await line.caller.is_heard(Leg.CALL_TAKER, text)
        found = [reply.say for reply in replies_to(line.script, text)]
        for n, answer in enumerate(found or filter(None, [line.script.otherwise]), 1):
            event = Event(at_s=0, act=Act.SAY, text=answer)
            self.after(n * REPLY_S, partial(self.happens, line, event))
        return True

    async def hang_up(self) -> bool:
        line = self.talking
        if line is None:
            return False
        await self.over(line)
        return True

    async def over(self, line: Line) -> None:
        """The caller is gone; once."""
        if line.over:
            return
        line.over = True
        if line in self._waiting:
            self._waiting.remove(line)
        await line.caller.leaves(answered=line.answered)
        await self.freed(line)

    async def freed(self, line: Line) -> None:
        if line.desk == self.position:
            await self.desk_is(AgentState.IDLE)
            await self._next_rings()

    async def stop(self, state: RunState) -> None:
        """Everybody hangs up."""
        self._due.clear()
        self._waiting.clear()
        for line in list(self.lines.values()):
            if not line.over:
                await self.over(line)
        self.state = state

    # ---- for pages

    def json(self) -> dict[str, Any]:
        ringing, talking = self.ringing, self.talking
        shown = talking or ringing
        return {
            "run_id": self.run_id, "scenario": self.scenario.code,
            "title_zh": self.scenario.title.zh, "title_en": self.scenario.title.en,
            "position": self.position, "trainee": self.trainee, "trainer": self.trainer, "speed": self.speed,
            "state": self.state.value, "started_at": stamp(self.started_at),
            "script_s": round(self.script_s, 1), "lived_s": round(self.lived_s, 1),
            "calls": len(self.lines), "ringing": ringing is not None, "talking": talking is not None,
            "call_id": shown.caller.call_id if shown else None,
        }  # fmt: skip
