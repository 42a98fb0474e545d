"""Invented text calls for looking at the pages and for their tests: nobody writes until `write_in()`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, assessment, stamp

LINES = (
    ("有人跟着我，我不敢出声", 200, (), ()),
    ("在和平路地铁站B口，穿黑衣服的男人", 150, (), ("现场.jpg",)),
    ("他手里有[…]我在便利店里", 90, (2,), ()),
)
"""Text, seconds ago, missing parts, attachments."""


class DemoThreads:
    """`asked`: what pages posted, by path; `taken_by`: somebody else is quicker; `outcome`, `reason`: of
    answers."""

    def __init__(
        self, calls: Mapping[str, DemoCall], push: Callable[[str, Json], None], desk: Callable[[], str]
    ) -> None:
        self._calls, self._push, self._desk = calls, push, desk
        self.asked: list[tuple[str, Json]] = []
        self.taken_by: str | None = None
        self.outcome, self.reason, self.sending = "sent", "号码停机", True
        self._messages: dict[str, list[Json]] = {}
        self.awaited: list[Json] = []

    def write_in(self, count: int = 2) -> list[str]:
        """The first waiting calls of the scene are text calls: the first is late."""
        live = [call for call in self._calls.values() if call.summary["state"] in ("QUEUED", "RINGING")]
        now = datetime.now(UTC)
        for number, call in enumerate(live[:count]):
            since = now - timedelta(seconds=200 - 100 * number)
            call.summary |= {
                "medium": "text", "state": "QUEUED", "ringing": [], "agents": [], "dialed": None,
                "queue": "texts", "queued_at": stamp(since), "seized_at": stamp(since), "answered_at": None,
                "queue_wait_ms": None, "speech": "none", "hearing": [], "last_text": LINES[number][0],
                "text": {
                    "provider": "sms12110", "state": "waiting", "claimed_by": None, "position": None,
                    "waiting_since": stamp(since), "due_at": stamp(since + timedelta(seconds=180)),
                    "overdue": number == 0, "unanswered_since": stamp(since), "received": 3, "written": 0,
                    "undelivered": 0, "answerable": True, "answers_by": "sms",
                },
            }  # fmt: skip
            self._messages[call.summary["call_id"]] = [
                _message("caller", index, text, now - timedelta(seconds=ago), missing, files)
                for index, (text, ago, missing, files) in enumerate(LINES)
            ]
        return [call.summary["call_id"] for call in live[:count]]

    def judge(self, call_id: str) -> None:
        """Something speaks for a verdict, two words tell of danger: one before its message was whole."""
        call = self._calls[call_id]
        call.assessment = {
            **assessment(call.story), "class": "valid_alarm", "nature": "other_crime", "priority": 2,
            "findings": [{
                "rule_id": "demo.followed", "explanation_zh": "有人跟踪", "explanation_en": "Followed",
                **_found(0, "跟着我"),
            }],
        }  # fmt: skip
        call.vetoes = [
            {"code": "cannot_speak", "partial": False, **_found(0, "不敢出声")},
            {"code": "weapon", "partial": True, **_found(2, "他手里有"), "segment_index": -1},
        ]

    def by_app(self, call_id: str) -> None:
        """It came from an app whose users have no telephone number."""
        summary = self._calls[call_id].summary
        text = {**summary["text"], "provider": "police_app", "answers_by": "channel"}
        summary |= {"ani": None, "text": text}
        self.sending = False

    def routes(self) -> list[web.RouteDef]:
        text = "/api/v1/calls/{id}/text"
        return [
            web.get(text, self._show),
            web.post(f"{text}/claim", self._claim),
            web.post(f"{text}/release", self._release),
            web.post(f"{text}/pass", self._pass),
            web.post(f"{text}/messages", self._answer),
            web.post(f"{text}/messages/again", self._again),
        ]

    async def _show(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        return web.json_response(
            {
                "text": self._calls[name].summary["text"], "messages": self._messages.get(name, []),
                "awaited": self.awaited, "sending": self.sending, "max_chars": 500,
            }
        )  # fmt: skip

    async def _claim(self, request: web.Request) -> web.Response:
        if self.taken_by is not None:
            words = f"已由他人认领： {self.taken_by}, 1107"
            error = {"code": "text_claimed", "message": words, "field": None}
            return web.json_response({"error": error}, status=409)
        return await self._moved(
            request, "ANSWERED", [self._desk()], state="claimed", claimed_by="demo", position=self._desk(),
            waiting_since=None, due_at=None, overdue=False,
        )  # fmt: skip

    async def _release(self, request: web.Request) -> web.Response:
        now = datetime.now(UTC)
        return await self._moved(
            request, "QUEUED", None, state="waiting", claimed_by=None, position=None,
            waiting_since=stamp(now), due_at=stamp(now + timedelta(seconds=180)),
        )  # fmt: skip

    async def _pass(self, request: web.Request) -> web.Response:
        to = (await request.json())["to"]
        return await self._moved(request, "ANSWERED", [to], claimed_by="li", position=to)

    async def _answer(self, request: web.Request) -> web.Response:
        messages = self._messages[request.match_info["id"]]
        index = sum(each["speaker"] == "call_taker" for each in messages)
        words = (await request.json())["text"]
        told = _message("call_taker", index, words, datetime.now(UTC))
        bad = self.outcome in ("failed", "unknown")
        messages.append({**told, "by": "demo", "state": self.outcome, "reason": self.reason if bad else None})
        return await self._moved(
            request, None, None, written=index + 1, unanswered_since=None, undelivered=int(bad)
        )  # fmt: skip

    async def _again(self, request: web.Request) -> web.Response:
        index = (await request.json())["index"]
        for each in self._messages[request.match_info["id"]]:
            if (each["speaker"], each["index"]) == ("call_taker", index):
                each |= {"state": self.outcome, "reason": None}
        return await self._moved(request, None, None, undelivered=0)

    async def _moved(
        self, request: web.Request, now: str | None, agents: list[str] | None, **facts: Any
    ) -> web.Response:
        self.asked.append((request.path, await request.json()))
        summary = self._calls[request.match_info["id"]].summary
        summary["text"] = {**summary["text"], **facts}
        summary["state"] = now or summary["state"]
        summary["agents"] = summary["agents"] if agents is None else [*summary["agents"], *agents]
        summary["rev"] += 1
        self._push("call", summary)
        self._push("thread", {"call_id": summary["call_id"], "text": summary["text"]})
        return web.json_response({"outcome": "accepted", "rev": summary["rev"], "text": summary["text"]})


def _found(index: int, quote: str) -> Json:
    at = LINES[index][0].index(quote)
    return {
        "segment_index": index, "speaker": "caller", "span": {"start": at, "end": at + len(quote)},
        "quote": quote, "started_ms": 0, "ended_ms": 0,
    }  # fmt: skip


def _message(
    speaker: str, index: int, text: str, at: datetime, missing: tuple[int, ...] = (),
    files: tuple[str, ...] = (),
) -> Json:  # fmt: skip
    return {
        "speaker": speaker, "index": index, "text": text, "sent_at": stamp(at), "by": None,
        "missing": list(missing), "state": "incomplete" if missing else "received", "reason": None,
        "attachments": [
            {"digest": "9f" * 32, "size_bytes": 184_320, "media_type": "image/jpeg", "name": name}
            for name in files
        ],
    }  # fmt: skip
