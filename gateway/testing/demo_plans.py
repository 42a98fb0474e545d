"""Invented runs of the shipped response plans, and an invented dispatch core, for looking at the pages and
for their tests. The runs move by the gateway's own reducer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway.calls.answers import Accepted
from gateway.calls.instructions import Alarm, Dispatch, Instruction
from gateway.calls.model import CallSession
from gateway.desk.dispatched import dispatch_json, dispatch_summary, waiting
from gateway.desk.plans import signals as ask
from gateway.desk.plans import view
from gateway.desk.plans.model import PlanRun, Reason
from gateway.desk.plans.plan_file import read_plans
from gateway.desk.plans.reducer import reduce
from gateway.desk.plans.suggest import Suggested
from gateway.ids import CallId
from gateway.runtime.plan_desk import texts
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall
from gateway.web.errors import MESSAGES

SHIPPED = Path(__file__).parents[2] / "conf/plans"


class DemoPlans:
    """`asked`: what pages posted, by path. Nothing is suggested or awaited until a test asks for it."""

    def __init__(self, calls: Mapping[str, DemoCall], push: Callable[[str, Json], None]) -> None:
        self._calls, self._push = calls, push
        self.plans = read_plans(texts(SHIPPED))
        self.suggested: dict[str, list[Suggested]] = {}
        self.runs: dict[str, PlanRun] = {}
        self.dispatch: dict[str, CallSession] = {}
        self.asked: list[tuple[str, Json]] = []

    # ---- what a test makes happen

    def suggest(self, call_id: str, code: str, *reasons: Reason) -> None:
        plan = next(plan for plan in self.plans if plan.code == code)
        self.suggested.setdefault(call_id, []).append(Suggested(plan=plan, reasons=reasons))

    def alarm(self, call_id: str, *, missing: bool = False) -> None:
        """The core has not acknowledged the alarm (yet)."""
        now = datetime.now(UTC)
        alarm = Alarm(since=now - timedelta(seconds=20), due_at=now, missing_at=now if missing else None)
        self._put(call_id, replace(self._of(call_id), alarm=alarm))

    def instruct(self, call_id: str, *, ago_s: float = 75, **more: Any) -> None:
        """A unit was told to go so long ago."""
        now = datetime.now(UTC)
        alarm = Alarm(since=now, acked_at=now - timedelta(seconds=ago_s), acked_by="调度台3")
        fresh = Instruction(
            instruction_id=f"ins-{len(self._of(call_id).instructions) + 1}", unit="城西所101",
            text="建国路88号有人持刀，请携带防护装备前往", issued_at=now - timedelta(seconds=ago_s), **more,
        )  # fmt: skip
        state = self._of(call_id)
        self._put(call_id, replace(state, alarm=alarm, instructions=(*state.instructions, fresh)))

    def _of(self, call_id: str) -> Dispatch:
        known = self.dispatch.get(call_id)
        return known.dispatch if known else Dispatch()

    def _put(self, call_id: str, state: Dispatch) -> None:
        session = CallSession(
            call_id=CallId(call_id), site="demo", pbx="pbx1", uniqueid="1", linkedid="1", line="x",
            seized_at=datetime.now(UTC), dispatch=state,
        )  # fmt: skip
        self.dispatch[call_id] = session
        summary = self._calls[call_id].summary
        summary["dispatch"] = dispatch_summary(session)
        self._push("call", summary)
        self._push("dispatch", {"call_id": call_id, "dispatch": dispatch_json(session)})

    def shown(self, call_id: str) -> Json | None:
        session = self.dispatch.get(call_id)
        return dispatch_json(session) if session else None

    # ---- the API

    def routes(self) -> list[web.RouteDef]:
        of_call, run = "/api/v1/calls/{id}/plans", "/api/v1/plan-runs/{run}"
        return [
            web.get("/api/v1/plans", self._all),
            web.get(of_call, self._of_call),
            web.post(of_call, self._start),
            web.post(run + "/items", self._tick),
            web.post(run + "/end", self._end),
            web.get("/api/v1/dispatch/waiting", self._waiting),
        ]

    async def _all(self, request: web.Request) -> web.Response:
        running = [view.brief(run) for run in self.runs.values() if not run.over]
        return web.json_response({"plans": [view.plan_json(plan) for plan in self.plans], "running": running})

    async def _of_call(self, request: web.Request) -> web.Response:
        call_id = request.match_info["id"]
        runs = [run for run in self.runs.values() if run.call_id == call_id]
        busy = {run.plan.code for run in runs if not run.over}
        found = [one for one in self.suggested.get(call_id, []) if one.plan.code not in busy]
        return web.json_response(
            {
                "suggested": [view.suggested_json(one) for one in found],
                "runs": [view.run_json(run) for run in runs],
            }
        )

    async def _start(self, request: web.Request) -> web.Response:
        call_id, body = request.match_info["id"], await request.json()
        plan = next(plan for plan in self.plans if plan.code == body["code"])
        reasons = next((one.reasons for one in self.suggested.get(call_id, []) if one.plan is plan), ())
        return self._take(
            request, body,
            ask.StartPlan(
                **_common(body), run_id=str(uuid.uuid4()), plan=plan, call_id=CallId(call_id),
                reasons=reasons,
            ),
        )  # fmt: skip

    async def _tick(self, request: web.Request) -> web.Response:
        body, run_id = await request.json(), request.match_info["run"]
        kind = ask.TickItem if body["done"] else ask.UntickItem
        return self._take(request, body, kind(**_common(body), run_id=run_id, item_id=body["item_id"]))

    async def _end(self, request: web.Request) -> web.Response:
        body, run_id = await request.json(), request.match_info["run"]
        return self._take(request, body, ask.EndPlan(**_common(body), run_id=run_id, note=body["note"]))

    async def _waiting(self, request: web.Request) -> web.Response:
        return web.json_response({"items": waiting(self.dispatch.values())})

    def _take(self, request: web.Request, body: Json, signal: ask.PlanRequest) -> web.Response:
        self.asked.append((request.path, body))
        outcome = reduce(self.runs.get(signal.run_id), signal)
        if isinstance(outcome.answer, Accepted) and outcome.state is not None:
            self.runs[signal.run_id] = outcome.state
            self._push("plan", view.brief(outcome.state))
            return web.json_response({"outcome": "accepted", "rev": outcome.answer.rev})
        code = getattr(outcome.answer, "code", "refused")
        status, zh, en = MESSAGES[code]
        error = {"code": code, "message": zh, "message_zh": zh, "message_en": en, "field": None}
        return web.json_response({"error": error}, status=status)


def _common(body: Json) -> dict[str, Any]:
    return {"at": datetime.now(UTC), "request_id": body["request_id"], "actor": "demo"}
