"""The site's response plans as they are read from their folder, again whenever that changes; and what pages
hear of runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from gateway.clock import Clock
from gateway.desk.plans.model import Plan, PlanRun
from gateway.desk.plans.plan_file import MAX_PLANS, PlanError, read_plans
from gateway.desk.plans.reducer import KIND
from gateway.desk.plans.view import brief
from gateway.runtime.book import Change
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 3.0
"""How soon a changed file is taken."""
MAX_FILE_BYTES = 200_000
"""A longer file is refused unread."""
SERVICE = "plans"


def texts(folder: Path) -> Mapping[str, str]:
    """Name to text of every plan's file. Raises OSError, UnicodeDecodeError, PlanError."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml"))[: MAX_PLANS + 1]:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise PlanError(f"{path.name}: longer than {MAX_FILE_BYTES} bytes; is it the right file?")
        found[path.name] = path.read_text(encoding="utf-8")
    return found


class PlanDesk:
    """`current`: the plans as read last without a fault; a faulty file leaves those before in use."""

    def __init__(
        self, folder: Path | None, *, intake: Intake, hub: Hub, health: Health, clock: Clock
    ) -> None:
        self._folder, self._intake, self._hub = folder, intake, hub
        self._health, self._clock = health, clock
        self.current: tuple[Plan, ...] = ()
        self._seen: Mapping[str, str] | None = None
        self._fault: str | None = None

    async def watch(self) -> None:
        """For ever."""
        while True:
            await self.look()
            await self._clock.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Once: read the files if they are others than those seen last."""
        if self._folder is None:
            return
        try:
            seen = await asyncio.to_thread(texts, self._folder)
            if seen == self._seen:
                return
            self._seen = seen
            self.current = read_plans(seen)
        except (OSError, UnicodeDecodeError, PlanError) as error:
            self._failed(str(error))
            return
        self._fault = None
        self._health.set(SERVICE, ServiceState.UP, plans=len(self.current))

    def plan(self, code: str) -> Plan | None:
        return next((plan for plan in self.current if plan.code == code), None)

    def running(self) -> list[PlanRun]:
        """Runs that are not over, the oldest first."""
        runs: list[PlanRun] = [live.state for live in self._intake.book.of_kind(KIND).values()]
        return sorted(runs, key=lambda run: (run.started_at, run.run_id))

    def committed(self, changes: Sequence[Change]) -> None:
        """Every screen hears of every step; a card fetches its own runs anew."""
        for change in changes:
            if change.address[0] == KIND:
                self._hub.publish("plan", None, brief(change.after.state))

    def _failed(self, what: str) -> None:
        if what == self._fault:
            return
        self._fault = what
        log.error("response plans cannot be read, those before stay in use", error=what)
        first = what.splitlines()[0]
        self._health.set(
            SERVICE, ServiceState.DEGRADED,
            Fault(
                fault_zh=f"预案有误，仍使用原有 {len(self.current)} 个：{first}",
                fault_en=f"{first} (the {len(self.current)} plans before stay in use)",
                cure_zh="运行 intake110 check --only plans 查看全部错误",
                cure_en="run intake110 check --only plans: it lists them all",
            ),
            plans=len(self.current),
        )  # fmt: skip
