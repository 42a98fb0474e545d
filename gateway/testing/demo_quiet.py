"""An invented caller who says nothing, for looking at the pages and for their tests: nobody is silent until
`hush()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, stamp

SECONDS = 60
_SOUND = "qqqbbbqqqbbqqqqqttqqbbbqqq"
"""What is heard, over and over: q quiet, b breath, t taps."""
_KINDS = {"q": ("quiet", -62), "b": ("breath", -44), "t": ("taps", -22)}


def second(n: int) -> Json:
    """The n-th second of the silent caller."""
    kind, db = _KINDS[_SOUND[n % len(_SOUND)]]
    return {"at_ms": n * 1000, "db": db + n % 3, "kind": kind, "taps": 2 if kind == "taps" else 0}


class DemoQuiet:
    """`asked`: what pages posted, by path."""

    def __init__(self, calls: Mapping[str, DemoCall], push: Callable[[str, Json], None]) -> None:
        self._calls, self._push = calls, push
        self.asked: list[tuple[str, Json]] = []
        self.silent: str | None = None

    def hush(self, call_id: str) -> None:
        """This caller says nothing: the prompt was played, 1 was pressed, the silent alarm stands."""
        call, now = self._calls[call_id], datetime.now(UTC)
        self.silent = call_id
        call.fields = {name: call.fields[name] for name in ("caller_number", "dialed") if name in call.fields}
        call.segments, call.vetoes, call.assessment = call.segments[:1], [], None
        ago = {name: stamp(now - timedelta(seconds=each)) for name, each in (("p", 21), ("k", 9), ("t", 40))}
        call.summary |= {
            "last_text": None, "last_speaker": None, "class": "valid_alarm", "nature": "person_in_danger",
            "priority": 1, "vetoes": ["cannot_speak"],
            "quiet": {
                "prompt": {"state": "stopped", "since": ago["k"], "by": None, "times": 1, "running": False},
                "keys": [{"key": "1", "at": ago["k"]}], "key_count": 1, "taps": 2, "talking": False,
                "talk_since": ago["t"],
                "alarm": {
                    "cause": "key", "standing": True, "at": ago["k"], "key": "1", "by": None,
                    "seen_by": None, "seen_at": None, "ended_by": None, "ended_at": None,
                },
            },
        }  # fmt: skip

    def routes(self) -> list[web.RouteDef]:
        call = "/api/v1/calls/{id}"
        return [
            web.get(f"{call}/quiet", self._show),
            web.post(f"{call}/quiet/prompt", self._prompt),
            web.post(f"{call}/silent-alarm", self._raise),
            web.post(f"{call}/silent-alarm/seen", self._seen),
            web.post(f"{call}/silent-alarm/end", self._end),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        summary = self._calls[request.match_info["id"]].summary
        heard = request.match_info["id"] == self.silent
        seconds = [second(n) for n in range(SECONDS)] if heard else []
        return web.json_response({"quiet": summary["quiet"], "seconds": seconds})

    async def _prompt(self, request: web.Request) -> web.Response:
        start = (await request.json())["action"] == "start"
        state = "playing" if start else "stopped"
        prompt = {"state": state, "since": _now(), "by": "demo", "times": 1, "running": start}
        return await self._moved(request, prompt=prompt)

    async def _raise(self, request: web.Request) -> web.Response:
        alarm = {
            "cause": "person", "standing": True, "at": _now(), "key": None, "by": "demo", "seen_by": None,
            "seen_at": None, "ended_by": None, "ended_at": None,
        }  # fmt: skip
        return await self._moved(request, alarm=alarm)

    async def _seen(self, request: web.Request) -> web.Response:
        return await self._alarm(request, seen_by="demo", seen_at=_now())

    async def _end(self, request: web.Request) -> web.Response:
        return await self._alarm(request, standing=False, ended_by="demo", ended_at=_now())

    async def _alarm(self, request: web.Request, **facts: Any) -> web.Response:
        quiet = self._calls[request.match_info["id"]].summary["quiet"]
        return await self._moved(request, alarm={**quiet["alarm"], **facts})

    async def _moved(self, request: web.Request, **facts: Any) -> web.Response:
        self.asked.append((request.path, await request.json()))
        summary = self._calls[request.match_info["id"]].summary
        nothing: Json = {
            "prompt": None, "keys": [], "key_count": 0, "taps": 0, "talking": None, "talk_since": None,
            "alarm": None,
        }  # fmt: skip
        summary["quiet"] = {**(summary["quiet"] or nothing), **facts}
        summary["rev"] += 1
        self._push("call", summary)
        return web.json_response({"outcome": "accepted", "rev": summary["rev"], "quiet": summary["quiet"]})


def _now() -> str:
    return stamp(datetime.now(UTC))
