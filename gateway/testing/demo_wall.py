"""The invented gateway's wall: nothing yet, a usual day, a disaster."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.reports.wall import ANSWERED_S, BAND_HIGH, BAND_LOW, BAND_MIDDLE, CHART_MINUTES, SIGNED_S
from gateway.runtime.wall import LINKS
from gateway.testing import demo_speech
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, Scene, stamp

BEAT_S = 5.0
"""As a gateway says how the hall is though nothing happened."""
_NATURES: Mapping[str, tuple[int, int]] = {
    "traffic_accident": (412, 390), "theft": (88, 101), "fight": (61, 58), "noise": (57, 40),
    "fraud": (39, 44), "lost_property": (31, 35), "public_disturbance": (22, 22), "missing_person": (9, 7),
    "domestic_violence": (8, 11), "drunk_driving": (7, 6), "fire": (4, 3), "person_in_danger": (3, 5),
}  # fmt: skip
"""Calls of each nature today, and yesterday by this time."""
_DISTRICTS = ("滨江区", "西湖区", "上城区", "拱墅区", "余杭区", "萧山区", "临平区")


class DemoWall:
    """`refuses`: the API does not answer; `silent`: no news of it go out."""

    def __init__(self, scene: Scene, calls: Mapping[str, DemoCall]) -> None:
        self._scene, self._calls = scene, calls
        self.refuses = self.silent = False
        self.changed: Json = {}
        """What a test wants otherwise than the scene has it."""

    async def next(self, queue: asyncio.Queue[tuple[str, Json] | None]) -> tuple[str, Json] | None:
        """The next news of a stream; when there is none, how the hall is."""
        while True:
            try:
                return await asyncio.wait_for(queue.get(), BEAT_S)
            except TimeoutError:
                if not self.silent:
                    return "wall", self.body()

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/v1/wall", self._show)]

    async def _show(self, request: web.Request) -> web.Response:
        if self.refuses:
            text = {"error": {"code": "unavailable", "message": "网关没有应答", "field": None}}
            return web.json_response(text, status=409)
        return web.json_response(self.body())

    def body(self) -> Json:
        """As the scene has it at this moment."""
        now = datetime.now(UTC)
        live = [c.summary for c in self._calls.values() if c.summary["state"] != "ENDED"]
        waits = [c for c in live if c["state"] in ("QUEUED", "RINGING", "SEIZED")]
        states = Counter(c["state"] for c in live)
        bad, empty = self._scene == "disaster", self._scene == "nothing"
        return {
            "at": stamp(now), "site": "demo", "saving": True,
            "waiting": {
                "count": len(waits), "since": min((c["queued_at"] for c in waits), default=None),
            },
            "texts": {**_counted(now, {"usual": 1, "disaster": 7}.get(self._scene, 0), 260 if bad else 64),
                      "late": 2 if bad else 0, "claimed": {"usual": 2, "disaster": 9}.get(self._scene, 0),
                      "left": 1 if bad else 0},
            "talking": states["ANSWERED"], "held": states["HELD"],
            "seats": _seats(self._scene, states["ANSWERED"] + states["HELD"]),
            "call_backs": {**_counted(now, {"usual": 2, "disaster": 14}.get(self._scene, 0), 95),
                           "overdue": 6 if bad else 0},
            "unacknowledged": _counted(now, 1 if bad else 0, 74),
            "unsigned": _unsigned(now, self._scene),
            "silent_alarms": {**_counted(now, 1 if bad else 0, 41), "unseen": 1 if bad else 0},
            "districts": _districts(len(live), bad),
            "archive": {**_counted(now, 0 if empty else 2, 700 if bad else 20), "running": len(live),
                        "late": bad},
            **_together(now, bad),
            "speech": _speech(now, self._scene), "links": _links(now, self._scene),
            "day": _day(now, self._scene), "chart": _chart(now, self._scene),
            **self.changed,
        }  # fmt: skip


def _counted(now: datetime, count: int, age_s: float) -> Json:
    return {"count": count, "since": stamp(now - timedelta(seconds=age_s)) if count else None}


def _seats(scene: Scene, talking: int) -> Json:
    if scene == "nothing":
        return {"of": 0, **dict.fromkeys(("idle", "ringing", "busy", "wrap_up", "paused", "unreachable"), 0)}
    of = 40 if scene == "disaster" else 20
    busy = min(talking, of - 4)
    rest = {"ringing": 1, "wrap_up": 1, "paused": 2 if scene == "usual" else 1, "unreachable": 0}
    idle = 0 if scene == "disaster" else of - busy - sum(rest.values())
    return {"of": of, "idle": idle, **rest, "busy": of - idle - sum(rest.values())}


def _unsigned(now: datetime, scene: Scene) -> Json:
    within, older = {"usual": ([2, 1, 0, 0], 0), "disaster": ([5, 4, 3, 1], 2)}.get(scene, ([0] * 4, 0))
    count = sum(within) + older
    return {**_counted(now, count, 340 if older else 42), "within": within, "older": older}


def _districts(live: int, bad: bool) -> Json:
    items = [
        {"district": name, "calls": max(1, (live - 2) // 2 ** (at + 1))}
        for at, name in enumerate(_DISTRICTS[: 7 if bad else 4])
        if live
    ]
    return {"items": items, "beyond": 0, "unknown": min(live, 2)}


def _together(now: datetime, bad: bool) -> Json:
    def ago(seconds: float) -> str:
        return stamp(now - timedelta(seconds=seconds)) or ""

    surge = {"since": ago(260), "calls": 31, "nature": "traffic_accident", "district": "滨江区"}
    flood = {"kind": "same_number", "since": ago(900), "calls": 208, "numbers": 1}
    plans = [
        {"code": "major_traffic", "title_zh": "重大交通事故", "title_en": "Major road accident",
         "major": True, "started_at": ago(240), "done": 5, "items": 12},
        {"code": "gas_leak", "title_zh": "燃气泄漏", "title_en": "Gas leak", "major": False,
         "started_at": ago(1200), "done": 7, "items": 9},
    ]  # fmt: skip
    return {
        "surges": {"items": [surge] if bad else [], "beyond": 0},
        "floods": {"items": [flood] if bad else [], "beyond": 0},
        "plans": {"items": plans if bad else [], "beyond": 0},
    }


def _links(now: datetime, scene: Scene) -> list[Json]:
    told = demo_speech.services(scene, now)
    known = [s for s in told if s["name"].partition(":")[0] in LINKS or s["state"] != "up"]
    known.sort(key=lambda s: LINKS.index(kind) if (kind := s["name"].partition(":")[0]) in LINKS else 99)
    return [_link(now, service) for service in known]


def _link(now: datetime, service: Json) -> Json:
    age = 2_400 if service["state"] != "up" else 183_000
    good = service.get("figures", {}).get("good") if service["name"] == "canary" else None
    return {
        "name": service["name"], "state": service["state"], "good": good,
        "since": service.get("since") or stamp(now - timedelta(seconds=age)),
    }  # fmt: skip


def _speech(now: datetime, scene: Scene) -> Json:
    bad = scene == "disaster"
    links = _links(now, scene)
    ears = next(link for link in links if link["name"] == "speech")
    lost = [link for link in links if link["name"].startswith("speech:")]
    return {
        "state": ears["state"], "since": ears["since"],
        "unheard": 9 if bad else 0, "behind": 9 if bad else 0, "set_aside": 3 if bad else 0,
        "lost": [link for link in lost if link["state"] == "down"], "demo_languages": ["zh-CN", "en"],
    }  # fmt: skip


def _day(now: datetime, scene: Scene) -> Json:
    scale = {"nothing": 0.0, "usual": 1.0, "disaster": 1.6}[scene]
    natures: list[Json] = [
        {"nature": name, "calls": round(calls * scale), "before": before}
        for name, (calls, before) in _NATURES.items()
        if scale
    ]
    valid, calls = sum(one["calls"] for one in natures), round(1_690 * scale)
    answered = round(calls * 0.93)
    shares = (0.71, 0.83, 0.9) if scene == "disaster" else (0.962, 0.984, 0.993)
    signed = {"usual": (690, 14, 4, 1, 1), "disaster": (904, 98, 41, 12, 9)}.get(scene, (0, 0, 0, 0, 0))
    bad = scene == "disaster"
    return {
        "at": stamp(now - timedelta(seconds=3)), "fault_since": None,
        "calls": calls, "calls_before": 1_655 if scale else 0, "rang": calls, "answered": answered,
        "within": [{"s": s, "calls": int(answered * share)}
                   for s, share in zip(ANSWERED_S, shares, strict=True)],
        "abandoned": calls - answered, "decided": round(calls * 0.8),
        "classes": {"valid_alarm": valid, "non_police": round(330 * scale), "unsure": round(560 * scale),
                    "none": max(0, calls - valid - round(330 * scale) - round(560 * scale))},
        "handed": round(230 * scale), "came_back": round(4 * scale), "unrecorded": 1 if bad else 0,
        "natures": natures,
        "signed": {"within": [{"s": s, "calls": n} for s, n in zip(SIGNED_S, signed, strict=False)],
                   "later": signed[-1], "not_yet": 0},
        "orders": {"open": round(61 * scale), "overdue": 4 if bad else 0, "returned": 2 if scale else 0},
    }  # fmt: skip


def _chart(now: datetime, scene: Scene) -> Json:
    middle = [round(4 + 1.5 * math.sin(at / 9), 1) for at in range(CHART_MINUTES)]
    calls = [max(0, round(m + 1.8 * math.sin(at * 2.4))) for at, m in enumerate(middle)]
    if scene == "disaster":
        calls = [n if at < 54 else n + (at - 53) * 6 for at, n in enumerate(calls)]
    empty = scene == "nothing"
    band: dict[str, Any] = {"low": [round(m - 2, 1) for m in middle], "middle": middle,
                            "high": [round(m + 2.5, 1) for m in middle]}  # fmt: skip
    return {
        "until": stamp(now.replace(second=0, microsecond=0)),
        "calls": [0] * CHART_MINUTES if empty else calls, "days": 0 if empty else 7,
        **({"low": None, "middle": None, "high": None} if empty else band),
        "quantiles": [BAND_LOW, BAND_MIDDLE, BAND_HIGH],
    }  # fmt: skip
