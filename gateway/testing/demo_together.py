"""Invented incidents, suggestions and floods for looking at the pages and for their tests.

Nothing is there until a test (or the demonstration) asks for it: `crash()`, `flood()`, `repeats()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from aiohttp import web

from gateway.calls.together import STRONG, FloodKind, Reason, Suspicion, Why
from gateway.desk.incidents import said
from gateway.testing import demo_floods
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, stamp
from gateway.triage.model import Nature

INCIDENT = "0198c3a0-0000-7000-8000-0000000000c1"
OTHER = "0198c3a0-0000-7000-8000-0000000000c2"
HERE = (30.6012, 114.9008)
"""In the invented city of `demo_places`."""
STEP = 0.0004
FIRST, SECOND, THIRD = 1, 0, 2
"""Numbers of the invented calls that tell of one crash; the second is open on the page."""


class DemoTogether:
    """`asked`: what pages posted, by path."""

    def __init__(self, calls: Mapping[str, DemoCall]) -> None:
        self._calls = calls
        self.told: dict[str, Json] = {}
        self.members: list[str] = []
        self.facts: list[Json] = []
        self.history: list[Json] = []
        self.seen: dict[str, int] = {}
        self.title = ""
        self.surge: str | None = None
        self.floods: list[Json] = []
        self.reserved = 2
        self.ranks = False
        """The PBX is told which numbers stand behind the others."""
        self.asked: list[tuple[str, Json]] = []

    # ---- what is there

    def _id(self, number: int) -> str:
        return next(call_id for call_id in self._calls if call_id.endswith(f".{number}"))

    def _nothing(self) -> Json:
        return {
            "suggestions": [], "incident": None, "surge": None, "repeat": None, "suspicion": None,
            "cleared": None,
        }  # fmt: skip

    def _of(self, call_id: str) -> Json:
        return self.told.setdefault(call_id, self._nothing())

    def crash(self) -> str:
        """Three calls tell of one crash, nobody has linked them. Gives the one whose page to look at."""
        one, two, three = self._id(FIRST), self._id(SECOND), self._id(THIRD)
        near = (
            Reason(code=Why.NEAR, value="62"), Reason(code=Why.WORDS, value="油罐车、侧翻"),
            Reason(code=Why.SAME_NATURE, value="traffic_accident"), Reason(code=Why.SOON, value="95"),
        )  # fmt: skip
        road = (
            Reason(code=Why.SAME_ROAD, value="某某大道"), Reason(code=Why.LIKE_NATURE, value="fire"),
            Reason(code=Why.SOON, value="240"),
        )  # fmt: skip
        self._of(two)["suggestions"] = [self._suggestion(one, 88, near), self._suggestion(three, 41, road)]
        self._calls[two].summary["likely"] = 1
        return two

    def _suggestion(self, call_id: str, score: int, reasons: tuple[Reason, ...]) -> Json:
        told = [(reason, said.sentence(reason)) for reason in reasons]
        return {
            "call_id": call_id, "score": score, "strong": score >= STRONG, "incident_id": None,
            "reasons": [
                {"code": r.code.value, "value": r.value, "zh": words.zh, "en": words.en} for r, words in told
            ],
            "call": self._calls[call_id].summary,
        }  # fmt: skip

    def repeats(self, number: int = SECOND) -> None:
        """The number has rung before, once out of fear."""
        earlier = [
            {
                "call_id": self._id(100 + at),
                "seized_at": stamp(datetime.now(UTC) - timedelta(hours=3 * at + 1)),
                "end_reason": "ABANDONED" if at == 1 else "COMPLETED", "class": "valid_alarm",
                "nature": "domestic_violence" if at == 0 else "noise",
                "decided": {"class": "valid_alarm", "nature": "domestic_violence"} if at == 0 else None,
                "vetoes": ["injury"] if at == 0 else [], "incident_id": None,
            }
            for at in range(3)
        ]  # fmt: skip
        risks = [("prank", said.PRANK), ("domestic_violence", said.VIOLENCE)]
        self._of(self._id(number))["repeat"] = {
            "count": 7, "abandoned": 2, "violence": 1, "calls": earlier,
            "risks": [{"code": code, "zh": each.zh, "en": each.en} for code, each in risks],
        }  # fmt: skip

    def linked(self) -> str:
        """The first two are linked, and the first told of an injury."""
        two = self.crash()
        self._link(two, self._id(FIRST))
        self.tell("injury", "", "司机流血了")
        self.tell("plate", "某A12345", "")
        return two

    def tell(self, kind: str, value: str, quote: str, number: int = FIRST) -> None:
        """One call of the incident tells something new."""
        self.facts.append(
            {
                "number": len(self.facts) + 1, "kind": kind, "value": value, "quote": quote,
                "call_id": self._id(number), "at": stamp(datetime.now(UTC)), "by": None,
            }
        )  # fmt: skip

    def surges(self) -> None:
        self.surge = stamp(datetime.now(UTC) - timedelta(minutes=2))

    def flood(self) -> None:
        """A prankster and a range of numbers; one of the calls is on the line."""
        for kind, key, calls, numbers in (
            (FloodKind.ONE_RING, "19990001234", 533, 1), (FloodKind.PREFIX, "1999555", 48, 41),
        ):  # fmt: skip
            words = said.flood(kind)
            self.floods.append(
                {
                    "kind": kind.value, "key": key, "since": stamp(datetime.now(UTC) - timedelta(minutes=9)),
                    "seen_at": stamp(datetime.now(UTC)), "ended_at": None, "calls": calls,
                    "numbers": numbers, "per_minute": 12.0, "zh": words.zh, "en": words.en,
                }
            )  # fmt: skip
        suspect = self._id(3)
        suspicion = Suspicion(kind=FloodKind.ONE_RING, key="19990001234", calls=533, at=datetime.now(UTC))
        words = said.suspicion(suspicion)
        self._calls[suspect].summary["suspected"] = FloodKind.ONE_RING.value
        self._of(suspect)["suspicion"] = {
            "kind": FloodKind.ONE_RING.value, "calls": 533, "at": stamp(datetime.now(UTC)), "zh": words.zh,
            "en": words.en,
        }  # fmt: skip

    # ---- the API

    def routes(self) -> list[web.RouteDef]:
        call, one = "/api/v1/calls/{id}", "/api/v1/incidents/{id}"
        return [
            web.get(f"{call}/suggestions", self._show),
            web.post(f"{call}/link", self._link_asked),
            web.post(f"{call}/unlink", self._unlink_asked),
            web.post(f"{call}/unsuspect", self._clear_asked),
            web.get("/api/v1/incidents", self._list),
            web.get(one, self._incident),
            web.post(f"{one}/title", self._title_asked),
            web.post(f"{one}/merge", self._merge_asked),
            web.post(f"{one}/seen", self._seen_asked),
            web.get("/api/v1/floods", self._floods),
            web.get("/api/v1/floods/suspects", self._shield),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        call_id = request.match_info["id"]
        body = dict(self.told.get(call_id) or self._nothing())
        if call_id in self.members:
            theirs = [fact for fact in self.facts if fact["call_id"] != call_id]
            fresh = [fact for fact in theirs if fact["number"] > self.seen.get(call_id, 0)]
            body["incident"] = {**self._brief(), "new": fresh, "facts": theirs}
            body["suggestions"] = [s for s in body["suggestions"] if s["call_id"] not in self.members]
        near = any(s["strong"] and s["call_id"] in self.members for s in body["suggestions"])
        if self.surge and (call_id in self.members or near):
            asked = said.questions(Nature.TRAFFIC_ACCIDENT)
            body["surge"] = {
                "incident_id": INCIDENT, "title": self.title, "calls": len(self.members), "since": self.surge,
                "nature": "traffic_accident", "questions": [{"zh": q.zh, "en": q.en} for q in asked],
            }  # fmt: skip
        return web.json_response(body)

    def _brief(self) -> Json:
        return {
            "incident_id": INCIDENT, "title": self.title, "rev": len(self.history),
            "calls": len(self.members),
            "opened_at": stamp(datetime.now(UTC) - timedelta(minutes=3)), "surge_since": self.surge,
            "over": not self.members, "merged_into": None, "facts_told": len(self.facts),
        }  # fmt: skip

    def _past(self, step: str, call_id: str | None = None, note: str = "") -> None:
        self.history.append(
            {"step": step, "at": stamp(datetime.now(UTC)), "by": "demo", "call_id": call_id, "note": note}
        )

    def _link(self, *call_ids: str) -> None:
        for call_id in call_ids:
            if call_id not in self.members:
                self.members.append(call_id)
                self._calls[call_id].summary["incident"] = INCIDENT
                self._past("linked", call_id)

    async def _taken(self, request: web.Request) -> Json:
        body: Json = await request.json()
        self.asked.append((request.path, body))
        return body

    def _done(self) -> web.Response:
        return web.json_response({"outcome": "accepted", "rev": 2, "incident_id": INCIDENT})

    async def _link_asked(self, request: web.Request) -> web.Response:
        body = await self._taken(request)
        self._link(request.match_info["id"], body["other"])
        return self._done()

    async def _unlink_asked(self, request: web.Request) -> web.Response:
        await self._taken(request)
        gone = [request.match_info["id"]] if len(self.members) > 2 else list(self.members)
        for call_id in gone:
            self.members.remove(call_id)
            self._calls[call_id].summary["incident"] = None
        self._past("unlinked", request.match_info["id"])
        return self._done()

    async def _clear_asked(self, request: web.Request) -> web.Response:
        await self._taken(request)
        self._of(request.match_info["id"])["suspicion"] = None
        self._calls[request.match_info["id"]].summary["suspected"] = None
        return self._done()

    async def _title_asked(self, request: web.Request) -> web.Response:
        self.title = (await self._taken(request))["title"]
        self._past("titled", note=self.title)
        return self._done()

    async def _merge_asked(self, request: web.Request) -> web.Response:
        await self._taken(request)
        self._past("merged")
        return self._done()

    async def _seen_asked(self, request: web.Request) -> web.Response:
        body = await self._taken(request)
        self.seen[body["call_id"]] = body["upto"]
        return self._done()

    def _line(self, incident_id: str, title: str, calls: int) -> Json:
        return {
            "incident_id": incident_id, "title": title, "opened_at": stamp(datetime.now(UTC)),
            "touched_at": stamp(datetime.now(UTC)), "calls": calls, "over": False,
            "surge_since": self.surge if incident_id == INCIDENT else None, "nature": "traffic_accident",
            "location": "某某大道与某某路路口",
        }  # fmt: skip

    async def _list(self, request: web.Request) -> web.Response:
        items = [self._line(INCIDENT, self.title, len(self.members))] if self.members else []
        return web.json_response({"items": [*items, *self._another()], "next": None})

    def _another(self) -> list[Json]:
        return [self._line(OTHER, "某某仓库冒烟", 2)] if self.members else []

    async def _incident(self, request: web.Request) -> web.Response:
        members = [
            {
                "call": self._calls[call_id].summary,
                "spot": {
                    "wgs84": [HERE[0] + STEP * at, HERE[1] + STEP * (at % 2)], "gcj02": None,
                    "radius_m": 30 + 40 * at, "source": "AML",
                },
                "linked_at": stamp(datetime.now(UTC)), "by": "demo", "score": 88, "seen": 0,
            }
            for at, call_id in enumerate(self.members)
        ]  # fmt: skip
        rate = {
            "since": self.surge, "recent": 6 if self.surge else len(members), "peak": 6, "begins_with": 5,
            "within_s": 300.0, "unlinked": [self._id(THIRD)] if self.surge else [],
        }  # fmt: skip
        return web.json_response(
            {
                **self._brief(), "touched_at": stamp(datetime.now(UTC)), "nature": "traffic_accident",
                "surge": rate, "facts": self.facts, "history": self.history, "members": members,
            }
        )  # fmt: skip

    async def _shield(self, request: web.Request) -> web.Response:
        return web.json_response(
            demo_floods.shield(self._calls, flooded=bool(self.floods), in_queue=self.ranks)
        )

    async def _floods(self, request: web.Request) -> web.Response:
        suspected = sum(1 for call in self._calls.values() if call.summary["suspected"])
        return web.json_response(
            {
                "now": self.floods, "past": [], "beyond": 0, "reserved_seats": self.reserved,
                "ranked_in_queue": self.ranks, "suspected": suspected,
            }
        )  # fmt: skip
