"""The canary: a test call through the real trunk, on a schedule, followed from its first ring to the archive.

Nobody's duty depends on it. The PBX itself rings 110 (`Originate`), plays a known sentence, and an
automatic desk of the dialplan takes the call, so that no call-taker is disturbed; the gateway then looks
for what it should have made of it. The call carries the mark `test-call`: it is shown as one and counted
nowhere. What failed, and how old the last good one is, stands on the health page as the service `canary`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, Protocol

import structlog

from gateway.calls.model import TEST_MARK, CallSession, RecordingStatus, TapStatus
from gateway.clock import Clock
from gateway.desk.board import stamp
from gateway.ports import Store
from gateway.runtime.book import Book
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.text.fold import fold, is_han

log = structlog.get_logger(__name__)

STAGES = ("placed", "arrived", "heard", "transcribed", "judged", "published", "archived")
"""In the order of the call's way; `archived` means kept, measured and hashed."""
LOOK_EVERY_S = 0.5
SETTLED_WITHIN_S = 60.0
"""After the start the links get so long to come up before a call is placed all the same."""
ALIKE = 0.6
"""Share of the sentence's characters that must have come out, in their order: a recognizer may err, not be
deaf."""
STALE_AFTER = 2.5
"""No good call for so many intervals: the service is degraded, whatever the reason."""


class Prober(Protocol):
    """`gateway.pbx.feed.PbxFeed`, as far as the canary needs it."""

    @property
    def up(self) -> bool: ...

    async def place_canary(self, plan: CanaryPlan) -> str | None:
        """Ring 110 from the PBX itself; None when it accepted, else why not."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryPlan:
    """One scheduled test call. `number` is the caller number that marks it, `sound` a file of the PBX
    without its ending, `says` its words, `alarm_class` what triage must make of them."""

    pbx: str
    endpoint: str
    dial: str
    number: str
    sound: str
    says: str
    alarm_class: str
    every_s: float
    within_s: float


@dataclass(slots=True, kw_only=True)
class CanaryRun:
    """One call: when each stage was reached, in seconds from placing it, and why it stopped."""

    at: datetime
    reached: dict[str, float] = field(default_factory=dict)
    call_id: str = ""
    heard: str = ""
    fault: str = ""

    @property
    def missing(self) -> str:
        """The first stage that was not reached; empty when all were."""
        return next((stage for stage in STAGES if stage not in self.reached), "")

    @property
    def ok(self) -> bool:
        return not self.missing and not self.fault


class Calls(Protocol):
    """`gateway.runtime.intake.Intake`, as far as the canary looks into it."""

    @property
    def book(self) -> Book: ...

    async def call(self, call_id: str) -> CallSession | None: ...


class Canary:
    def __init__(
        self, plan: CanaryPlan, *, pbx: Prober, intake: Calls, store: Store, health: Health, clock: Clock
    ) -> None:
        self._plan, self._pbx, self._store, self._health, self._clock = plan, pbx, store, health, clock
        self._intake = intake
        self._last_good: datetime | None = None
        self._began = clock.now()

    async def run(self) -> None:
        """For ever, one call each interval; the first when every link is up, or has had its time for it."""
        self._health.set("canary", ServiceState.DEGRADED, _NOT_YET)
        for _ in range(round(SETTLED_WITHIN_S / LOOK_EVERY_S)):
            if all(one.state is ServiceState.UP for one in self._health.services if one.name != "canary"):
                break
            await self._clock.sleep(LOOK_EVERY_S)
        while True:
            self.report(await self.once())
            await self._clock.sleep(self._plan.every_s)

    async def once(self) -> CanaryRun:
        """One call, followed until it is whole, fails, or its time is over."""
        run = CanaryRun(at=self._clock.now())
        began = self._clock.monotonic()
        refused = "the PBX link is down" if not self._pbx.up else await self._pbx.place_canary(self._plan)
        if refused is not None:
            run.fault = refused
            return run
        run.reached["placed"] = 0.0
        while self._clock.monotonic() - began < self._plan.within_s and not run.ok:
            for stage in await self._stages(run):
                run.reached.setdefault(stage, round(self._clock.monotonic() - began, 1))
            if not run.ok:
                await self._clock.sleep(LOOK_EVERY_S)
        return run

    async def _stages(self, run: CanaryRun) -> tuple[str, ...]:
        run.call_id = run.call_id or self._found(run.at)
        session = await self._intake.call(run.call_id) if run.call_id else None
        if session is None:
            return ()
        reached = ["arrived"]
        if session.segments or any(tap.status is TapStatus.LIVE for tap in session.taps):
            reached.append("heard")
        rows = await self._store.segments(run.call_id)
        run.heard = "".join(row.text for row in rows if row.speaker == "caller")
        if alike(run.heard, self._plan.says) >= ALIKE:
            reached.append("transcribed")
        if session.triage is not None and session.triage.alarm_class.value == self._plan.alarm_class:
            reached.append("judged")
        waiting = await self._store.outbox_pending(0, limit=1000)
        if session.ended_at is not None and not any(row.call_id == run.call_id for row in waiting):
            reached.append("published")
        if any(recording.status is RecordingStatus.STORED for recording in session.recordings):
            reached.append("archived")
        return tuple(reached)

    def _found(self, since: datetime) -> str:
        """The newest call of the canary's number that came after it was placed."""
        earliest = since - timedelta(seconds=2)  # the PBX's clock may be behind ours
        ours = [
            live.state
            for live in self._intake.book.of_kind("call").values()
            if self._is_ours(live.state) and live.state.seized_at >= earliest
        ]
        return max(ours, key=lambda session: session.seized_at).call_id if ours else ""

    def _is_ours(self, session: CallSession) -> bool:
        return TEST_MARK in session.marks and session.ani == self._plan.number

    def report(self, run: CanaryRun) -> None:
        """What the health page says of it."""
        if run.ok:
            self._last_good = run.at
        figures: dict[str, Any] = {"last": stamp(run.at), "seconds": max(run.reached.values(), default=0.0)}
        figures["good"] = stamp(self._last_good) if self._last_good else "–"
        state = (
            ServiceState.UP if run.ok else ServiceState.DEGRADED if not self._stale() else ServiceState.DOWN
        )
        self._health.set("canary", state, None if run.ok else _fault(run), **figures)
        said = {
            "call_id": run.call_id,
            "reached": dict(run.reached),
            "missing": run.missing,
            "reason": run.fault,
        }
        (log.info if run.ok else log.error)("canary call", ok=run.ok, **said)

    def _stale(self) -> bool:
        since = self._last_good or self._began
        return (self._clock.now() - since).total_seconds() > STALE_AFTER * self._plan.every_s


def alike(heard: str, said: str) -> float:
    """Share of the characters of `said` that stand in `heard` in their order, 0 to 1."""
    wanted, found = _letters(said), _letters(heard)
    if not wanted:
        return 1.0
    blocks = SequenceMatcher(None, found, wanted, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(wanted)


def _letters(text: str) -> str:
    return "".join(char for char in fold(text) if is_han(char) or char.isalnum())


_NOT_YET = Fault(fault_zh="尚未拨出测试电话", fault_en="no test call has been placed yet")
_ZH = {
    "placed": "交换机拒绝拨出测试电话", "arrived": "测试电话没有进线", "heard": "测试电话没有声音",
    "transcribed": "测试电话没有转出文字", "judged": "测试电话研判不对",
    "published": "测试电话的事件没有送达", "archived": "测试电话没有录音归档",
}  # fmt: skip
_EN = {
    "placed": "the PBX did not place the test call", "arrived": "the test call did not come in",
    "heard": "the test call was not heard", "transcribed": "the test call was not written down",
    "judged": "the test call was judged wrongly", "published": "the test call's events were not delivered",
    "archived": "the test call's recording was not kept",
}  # fmt: skip
_CURE_ZH = {
    "placed": "检查 [canary] 的 endpoint 与账号的 originate 权限", "arrived": "检查中继与 [canary] 的 number",
    "heard": "检查监听端口与 tap_address", "transcribed": "检查语音模型与 [canary] 的 says",
    "judged": "检查规则包与 [canary] 的 verdict", "published": "检查消息总线", "archived": "检查录音目录",
}  # fmt: skip
_CURE_EN = {
    "placed": "look at endpoint in [canary] and the account's originate right",
    "arrived": "look at the trunk and at number in [canary]",
    "heard": "look at the listener's port and tap_address",
    "transcribed": "look at the speech model and at says in [canary]",
    "judged": "look at the rule packs and at verdict in [canary]", "published": "look at the broker",
    "archived": "look at the recordings folder",
}  # fmt: skip


def _fault(run: CanaryRun) -> Fault:
    stage = run.missing or STAGES[-1]
    why = (
        f": {run.fault}" if run.fault else f" ({run.heard!r})" if stage == "transcribed" and run.heard else ""
    )
    return Fault(
        fault_zh=_ZH[stage] + why, fault_en=_EN[stage] + why, cure_zh=_CURE_ZH[stage], cure_en=_CURE_EN[stage]
    )
