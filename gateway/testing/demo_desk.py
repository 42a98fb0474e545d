"""Positions, hand-overs and the directory of the invented gateway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, stamp

SEATS = 20
DIRECTORY = (
    ("labour_bureau", "department", "劳动保障", "Labour bureau", "12333", "欠薪、工伤", "wages, injuries"),
    ("market_supervision", "department", "市场监管", "Market supervision", "12315", "消费", "consumers"),
    ("urban_construction", "department", "城建", "Urban construction", "12319", "路灯、井盖", "streets"),
    ("public_hotline_12345", "department", "政务热线", "Public hotline", "12345", "其他求助", "all else"),
    ("fire_119", "partner", "消防", "Fire", "119", "火灾、救援", "fire, rescue"),
    ("ambulance_120", "partner", "急救", "Ambulance", "120", "伤病", "injury, illness"),
    ("traffic_122", "partner", "交通", "Traffic police", "122", "交通事故", "accidents"),
)
PARTNERS = {"injury": "ambulance_120", "fire": "fire_119"}


class DemoDesk:
    """Who sits where and what was asked of the PBX. `asked`: (path, body) of every action."""

    def __init__(
        self, calls: dict[str, DemoCall], me: Callable[[], tuple[str, str | None]],
        sat: Callable[[str | None], Json], push: Callable[[str, Json], None], empty: bool,
    ) -> None:  # fmt: skip
        self._calls, self._me, self._sat, self._push = calls, me, sat, push
        self.asked: list[tuple[str, Json]] = []
        self.notes: list[Json] = []
        self.people: dict[str, tuple[str, str]] = {}
        self.paused: dict[str, str] = {}
        self.empty = empty
        self.closed = {"market_supervision"}
        self.on_duty: dict[str, str] = {}
        """Closed for a holiday, and the duty phone that answers."""
        if not empty:
            self.people = {str(1101 + n): (f"p{n}", f"接警员{n:02}") for n in range(3, SEATS - 4)}
            self.paused = {"1112": "meal", "1115": "training"}

    def routes(self) -> list[web.RouteDef]:
        call = "/api/v1/calls/{id}"
        return [
            web.get("/api/v1/positions", self._list),
            web.put("/api/v1/session/position", self._sit),
            web.post("/api/v1/session/position/handover", self._hand_over_seat),
            web.post("/api/v1/session/position/note-read", self._read),
            web.post("/api/v1/positions/{position}/pause", self._pause),
            web.get("/api/v1/directory", self._directory),
            web.post(call + "/handovers", self._hand_over),
            web.post(call + "/handovers/{n}/{step}", self._step),
            web.post(call + "/callbacks", self._call_back),
            web.post(call + "/supervisions", self._supervise),
        ]

    # ---- positions

    def shown(self, position: str) -> Json:
        user, own = self._me()
        person = (user, "演示员") if own == position else self.people.get(position)
        live = [c.summary for c in self._calls.values() if c.summary["state"] != "ENDED"]
        state, since = "idle", datetime.now(UTC) - timedelta(seconds=30 + int(position) % 7 * 41)
        if any(c["agents"][-1:] == [position] for c in live):
            state = "busy"
        elif position in self.paused:
            state = "paused"
        elif any(position in c["ringing"] for c in live):
            state = "ringing"
        elif int(position) % 9 == 0 and person:
            state = "wrap_up"
        elif person is None and int(position) % 5 == 0:
            state = "unreachable"
        return {
            "position": position, "name": "", "pbx": "main", "state": state, "since": stamp(since),
            "reason": self.paused.get(position), "user": person[0] if person else None,
            "display_name": person[1] if person else None, "seated_at": stamp(since) if person else None,
            "wrapping": ["x"] if state == "wrap_up" else [], "order": None,
        }  # fmt: skip

    async def _list(self, request: web.Request) -> web.Response:
        items = [] if self.empty else [self.shown(str(1101 + n)) for n in range(SEATS)]
        return web.json_response({"items": items, "notes": self.notes})

    async def _sit(self, request: web.Request) -> web.Response:
        body = await request.json()
        position = body["position"]
        if position in self.people and not body["take_over"]:
            return _refused("seat_taken", f"该席位已有人：{self.people[position][1]}")
        self.people.pop(position, None)
        me = self._sat(position)
        if position:
            self._push("position", self.shown(position))
        return web.json_response(me)

    async def _pause(self, request: web.Request) -> web.Response:
        body, position = await request.json(), request.match_info["position"]
        self.asked.append((f"pause {position}", body))
        if body["paused"]:
            self.paused[position] = body["reason"]
        else:
            self.paused.pop(position, None)
        self._push("position", self.shown(position))
        return web.json_response({"outcome": "accepted", "rev": 1})

    async def _hand_over_seat(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(("shift", body))
        self._sat(None)
        return web.json_response({"outcome": "accepted", "not_passed": {}})

    async def _read(self, request: web.Request) -> web.Response:
        self.notes = []
        return web.json_response({"outcome": "accepted", "rev": 1})

    # ---- hand-over

    def _presence(self, code: str) -> dict[str, Any]:
        if code in self.on_duty:
            duty = {"number": self.on_duty[code], "who_zh": "值班室", "who_en": "duty office"}
            return {"open": False, "opening": "holiday", "holiday_zh": "国庆节", "holiday_en": "National Day",
                    "duty": duty, "instead": None}  # fmt: skip
        shut = code in self.closed
        return {"open": not shut, "opening": "closed" if shut else "open", "holiday_zh": None,
                "holiday_en": None, "duty": None,
                "instead": "public_hotline_12345" if shut else None}  # fmt: skip

    async def _directory(self, request: web.Request) -> web.Response:
        items = [
            {
                "code": code, "kind": kind, "name_zh": zh, "name_en": en, "dial": number, "numbers": [number],
                "duties_zh": duty, "duties_en": duty_en, "hours": [], **self._presence(code), "until": None,
            }
            for code, kind, zh, en, number, duty, duty_en in DIRECTORY
        ]  # fmt: skip
        return web.json_response({"items": items, "supervisors": ["1190"], "fault": None})

    def handing(self, call: DemoCall) -> Json:
        kept: Json = call.handing
        vetoes = call.summary["vetoes"]
        agents = call.summary["agents"]
        return {
            "dangers": vetoes, "proposed": [PARTNERS[v] for v in vetoes if v in PARTNERS],
            "desk": agents[-1] if agents and call.summary["state"] != "ENDED" else None, "in_room": False,
            "outgoing": False, "callback_of": None, "callback_number": call.summary["ani"],
            "referrals": kept.get("referrals", []), "callbacks": kept.get("callbacks", []),
            "supervisions": kept.get("supervisions", []),
        }  # fmt: skip

    async def _asked(self, request: web.Request, name: str) -> tuple[DemoCall, Json]:
        body = await request.json()
        self.asked.append((name, body))
        return self._calls[request.match_info["id"]], body

    def _moved(self, call: DemoCall, kind: str, line: Json) -> web.Response:
        lines = call.handing.setdefault(kind, [])
        now = stamp(datetime.now(UTC))
        words = dict.fromkeys(("why_zh", "why_en", "fault_zh", "fault_en", "why", "fault"))
        lines.append({"n": len(lines) + 1, "by": "demo", "at": now, "changed_at": now, **words, **line})
        return web.json_response(
            {"outcome": "accepted", "rev": call.rev, "n": len(lines), "handing": self.handing(call)}
        )

    async def _hand_over(self, request: web.Request) -> web.Response:
        call, body = await self._asked(request, "handover")
        entry = next(each for each in DIRECTORY if each[0] == body["target"])
        if call.summary["vetoes"] and entry[1] == "department" and not body.get("confirm_danger"):
            return _refused("danger_unconfirmed", "转交前请确认。危险：凶器。")
        if body["target"] in self.closed and not body.get("confirm_closed"):
            return _refused("target_closed", "该部门现在无人。现由政务热线（12345）受理。")
        return self._moved(
            call, "referrals",
            {
                "kind": body["kind"], "target": entry[0], "number": entry[4], "target_kind": entry[1],
                "state": "ringing", "dangers": [], "may_complete": False, "may_cancel": True,
            },
        )  # fmt: skip

    async def _step(self, request: web.Request) -> web.Response:
        call, _ = await self._asked(request, request.match_info["step"])
        line = call.handing["referrals"][int(request.match_info["n"]) - 1]
        done = request.match_info["step"] == "complete"
        line |= {"state": "completed" if done else "cancelled", "may_complete": False, "may_cancel": False}
        return web.json_response({"outcome": "accepted", "rev": 1, "n": 1, "handing": self.handing(call)})

    async def _call_back(self, request: web.Request) -> web.Response:
        call, body = await self._asked(request, "callback")
        number = body.get("number") or call.summary["ani"]
        line = {
            "number": number,
            "whom": body.get("whom", "caller"),
            "position": "1101",
            "state": "sent",
            "call": None,
        }
        return self._moved(call, "callbacks", line)

    async def _supervise(self, request: web.Request) -> web.Response:
        call, body = await self._asked(request, "supervision")
        step = "rings" if body["kind"] == "take_over" else None
        line: Any = {
            "kind": body["kind"], "position": "1190", "state": "sent", "step": step,
            "there": list(call.summary["agents"]), "release_zh": None, "release_en": None,
        }  # fmt: skip
        return self._moved(call, "supervisions", line)

    def take_over(self, call_id: str, step: str, there: list[str], **facts: Any) -> None:
        """The PBX tells how far the last take-over of a call has come."""
        call = self._calls[call_id]
        call.handing["supervisions"][-1] |= {"step": step, "there": there, **facts}
        self._push("handing", {"call_id": call_id, "handing": self.handing(call)})


def _refused(code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message, "field": None}}, status=409)
