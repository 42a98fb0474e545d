"""Invented abandoned calls for looking at the pages and for their tests: nobody waits until `abandon()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.calls.tasking import TRIES
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, stamp


class DemoTasks:
    """`asked`: what pages posted, by path; `aside`: how many calls of a flood are counted."""

    def __init__(self, calls: Mapping[str, DemoCall], push: Callable[[str, Json], None]) -> None:
        self._calls, self._push = calls, push
        self.asked: list[tuple[str, Json]] = []
        self.aside = 0

    def abandon(self) -> list[str]:
        """The abandoned calls of the scene wait to be rung back: one late, one withheld, two in time."""
        gone = [name for name, call in self._calls.items() if call.summary["end_reason"] == "ABANDONED"]
        now = datetime.now(UTC)
        for number, call_id in enumerate(reversed(gone)):
            since = now - timedelta(seconds=250 - 80 * min(number, 2))
            summary = self._calls[call_id].summary
            summary["task"] = {
                "state": "open", "since": stamp(since), "due_at": stamp(since + timedelta(seconds=180)),
                "overdue": number == 0, "reachable": number != 1, "claimed_by": None, "claimed_at": None,
                "tries": 0, "outcome": None, "closed_at": None, "closed_by": None, "merged_into": None,
            }  # fmt: skip
            if number == 1:
                summary |= {"ani": None, "anonymous": True}
        return list(reversed(gone))

    def routes(self) -> list[web.RouteDef]:
        task = "/api/v1/calls/{id}/task"
        return [
            web.get("/api/v1/call-back-tasks", self._list),
            web.post(f"{task}/claim", self._claim),
            web.post(f"{task}/outcome", self._outcome),
        ]

    async def _list(self, request: web.Request) -> web.Response:
        open_ = [
            {
                **summary["task"], "call_id": name, "number": summary["ani"], "district": None,
                "waited_ms": 9_000,
            }
            for name, call in self._calls.items()
            if (summary := call.summary)["task"] and summary["task"]["state"] != "closed"
        ]  # fmt: skip
        items = sorted(open_, key=lambda each: str(each["since"]))
        now = datetime.now(UTC)
        return web.json_response(
            {
                "items": items, "beyond": 0, "aside": self.aside, "tries": TRIES,
                "aside_since": stamp(now - timedelta(hours=2)) if self.aside else None,
                "server_time": stamp(now),
            }
        )  # fmt: skip

    async def _claim(self, request: web.Request) -> web.Response:
        return await self._moved(request, state="claimed", claimed_by="demo", claimed_at=_now())

    async def _outcome(self, request: web.Request) -> web.Response:
        outcome = (await request.json())["outcome"]
        summary = self._calls[request.match_info["id"]].summary
        if outcome == "no_answer" and summary["task"]["tries"] < TRIES - 1:
            return await self._moved(request, tries=summary["task"]["tries"] + 1)
        return await self._moved(
            request, state="closed", outcome=outcome, closed_at=_now(), closed_by="demo"
        )  # fmt: skip

    async def _moved(self, request: web.Request, **facts: Any) -> web.Response:
        self.asked.append((request.path, await request.json()))
        summary = self._calls[request.match_info["id"]].summary
        summary["task"] = {**summary["task"], **facts}
        summary["rev"] += 1
        self._push("call", summary)
        return web.json_response({"outcome": "accepted", "rev": summary["rev"], "task": summary["task"]})


def _now() -> str:
    return stamp(datetime.now(UTC))
