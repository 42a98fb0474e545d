"""Records without a call, and calls made for one, invented for looking at the pages and for their tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, make_call, stamp


class DemoRecords:
    """`asked`: what pages posted, by path; `matches` and `parts`: what a call's record is answered with."""

    def __init__(self, calls: dict[str, DemoCall], push: Callable[[str, Json], None]) -> None:
        self._calls, self._push = calls, push
        self.asked: list[tuple[str, Json]] = []
        self.matches: dict[str, list[Json]] = {}
        self.parts: dict[str, list[Json]] = {}

    def routes(self) -> list[web.RouteDef]:
        call = "/api/v1/calls/{id}"
        return [
            web.post("/api/v1/records", self._enter),
            web.get(f"{call}/record", self._show),
            web.post(f"{call}/record/{{step}}", self._step),
            web.post(f"{call}/sheets", self._step),
            web.get("/calls/{id}/sheet", self._sheet),
        ]

    async def _enter(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append((request.path, body))
        known = next(iter(self._calls.values()))
        now = datetime.now(UTC)
        made = make_call(len(self._calls) + 500, known.story, "SEIZED", 0, now)
        call_id = f"demo-man-{len(self._calls):08x}-0000-7000-8000-000000000000"
        happened = datetime.fromisoformat(body["happened_at"])
        late = body["origin"] == "outage" or (now - happened).total_seconds() > 600
        made.summary |= {
            "call_id": call_id, "medium": "manual", "state": "ENDED", "ani": body["number"], "dialed": None,
            "agents": ["1101"], "queue": None, "seized_at": stamp(happened), "ended_at": stamp(happened),
            "queued_at": None, "duration_ms": 0, "end_reason": "COMPLETED", "inferred": late,
            "location": body["place"] or None, "speech": "none", "keeper": "1101",
            "manual": {
                "origin": body["origin"], "by": "demo", "entered_at": stamp(now), "late": late, "sheet": None,
            },
        }  # fmt: skip
        made.fields, made.events = {}, []
        self._calls[call_id] = made
        self._push("call", made.summary)
        done: Json = {"outcome": "entered", "call_id": call_id, "rev": 1, "late": late, "differs": []}
        return web.json_response(done)

    async def _show(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        return web.json_response({"matches": self.matches.get(name, []), "parts": self.parts.get(name, [])})

    async def _step(self, request: web.Request) -> web.Response:
        body, name = await request.json(), request.match_info["id"]
        self.asked.append((request.path, body))
        step = request.match_info.get("step")
        if step in ("link", "unlink"):
            same = body["other"] if step == "link" else None
            self.matches.pop(name, None)
            self._calls[name].summary |= {"same_as": same}
            self._push("call", self._calls[name].summary)
        return web.json_response({"outcome": "accepted", "rev": 1})

    async def _sheet(self, request: web.Request) -> web.Response:
        return web.Response(
            text="<!doctype html><title>sheet</title><h1>接警单</h1>", content_type="text/html"
        )

    def rang(self, call_id: str, *, number: str, whom: str, outcome: str | None = "reached") -> None:
        """A call was made for this one."""
        words: dict[str | None, tuple[str | None, str | None]] = {
            "reached": ("已接通", "reached"), "no_answer": ("对方无人接听", "nobody answered there"),
        }  # fmt: skip
        zh, en = words.get(outcome, (None, None))
        state = "ENDED" if outcome else "ANSWERED"
        summary: dict[str, Any] = self._calls[call_id].summary | {
            "call_id": f"{call_id}9", "state": state, "duration_ms": 42_000, "part_of": call_id,
        }  # fmt: skip
        said = {
            "index": 0, "speaker": "caller", "started_ms": 0, "ended_ms": 900, "text": "我看见两个人在打",
            "words": [], "final": True, "model_id": "demo", "gap": False,
        }  # fmt: skip
        recording = {"recording_id": "r", "started_ms": 0, "status": "stored", "fault": None, "parts": []}
        self.parts.setdefault(call_id, []).append(
            {
                "call": summary, "number": number, "by": "demo", "whom": whom, "outcome": outcome,
                "outcome_zh": zh, "outcome_en": en,
                "recordings": [recording] if outcome == "reached" else [],
                "segments": [said] if outcome == "reached" else [],
            }
        )  # fmt: skip
