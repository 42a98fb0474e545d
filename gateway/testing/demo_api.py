"""The HTTP API of the pages with invented data: to look at the pages and to test them without a gateway.

`python -m gateway.testing.demo_api --scene usual` serves it on the loopback; user `demo`, password `demo`.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import wave
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import numpy as np
from aiohttp import web

from gateway.testing import demo_map, demo_speech, demo_writes
from gateway.testing.demo_desk import DemoDesk
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_orders import DemoOrders
from gateway.testing.demo_plans import DemoPlans
from gateway.testing.demo_quality import DemoQuality
from gateway.testing.demo_quiet import DemoQuiet
from gateway.testing.demo_records import DemoRecords
from gateway.testing.demo_rules import DemoRules
from gateway.testing.demo_scene import DemoCall, Scene, make_scene, segment, stamp, tell
from gateway.testing.demo_share import DemoShares
from gateway.testing.demo_sound import RATE, ranged, sound_of
from gateway.testing.demo_tasks import DemoTasks
from gateway.testing.demo_threads import DemoThreads
from gateway.testing.demo_together import DemoTogether
from gateway.testing.demo_wall import DemoWall
from gateway.web.roles import Permission, masked_where

STATIC = Path(__file__).parents[1] / "web" / "static"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
GENERAL = frozenset(
    (
        *("call", "service", "saving", "ping", "hello", "veto", "markers"),
        *("order", "incident", "flood", "position", "escalation", "plan", "wall"),
    )
)
"""News for every page."""
QUEUE_LIMIT = 1000
"""News kept for a reader that is slow; at the limit the oldest is dropped (this is a test double)."""


class DemoApi:
    """One invented gateway, driven by tests: `push` sends news, `tell` a line, `cut` ends the streams."""

    def __init__(
        self,
        scene: Scene = "usual",
        *,
        position: str | None = None,
        speech_demo_languages: tuple[str, ...] = ("zh-CN", "en"),
        drawn: bool = True,
        tiles: Path | None = None,
    ) -> None:
        self.scene: Scene = scene
        self.calls = make_scene(scene)
        self.position = position
        self.speech_demo_languages = speech_demo_languages
        self.drawn, self.tiles = drawn, tiles
        self.permissions = [
            *("see_board", "see_calls", "see_numbers", "see_places", "write_calls", "listen", "hand_over"),
            *("see_quality", "see_health", "label_calls", "see_rules", "edit_rules", "approve_rules"),
            *("see_orders", "work_orders", "write_orders", "supervise", "see_wall"),
        ]
        self.username = "demo"
        self.quality = DemoQuality(scene, self.calls)
        self.department: str | None = None
        """Whose orders alone the user sees; None: the hall."""
        self.orders = DemoOrders(scene, lambda: (self.username, self.permissions, self.department))
        self.orders.push = self.push
        self.rules = DemoRules(self.calls, lambda: (self.username, self.permissions))
        self.together = DemoTogether(self.calls)
        self.tasks = DemoTasks(self.calls, self.push)
        self.shares = DemoShares(self.calls, self.push)
        self.quiet = DemoQuiet(self.calls, self.push)
        self.records = DemoRecords(self.calls, self.push)
        self.threads = DemoThreads(self.calls, self.push, lambda: self.position or "")
        self.plans = DemoPlans(self.calls, self.push)
        self.wall = DemoWall(scene, self.calls)
        self.desk = DemoDesk(
            self.calls, lambda: (self.username, self.position), self._sat, self.push, scene == "nothing"
        )
        self.signed_in = False
        self.language = "zh-CN"
        self.requests: list[Json] = []
        self.opened: set[str] = set()
        self.others: dict[tuple[str, str], int] = {}
        """At which revision a colleague wrote which part of which call."""
        self.streams: dict[asyncio.Queue[tuple[str, Json] | None], str | None] = {}

    def numbered(self, number: int) -> str:
        """The call_id of a call of the scene, by its number there."""
        return next(call_id for call_id in self.calls if call_id.endswith(f".{number}"))

    def push(self, kind: str, data: Json) -> None:
        """Sends news to whom it concerns: the words of a call only to those who have it open."""
        for queue, followed in self.streams.items():
            if kind in GENERAL or followed == data.get("call_id"):
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait((kind, data))

    def tell(self, call_id: str) -> bool:
        """The next line of the call's story is said; False when there is none left."""
        news = tell(self.calls[call_id])
        for kind, data in news:
            self.push(kind, data)
        return bool(news)

    def cut(self) -> None:
        """Breaks every open stream, as a gateway that restarts does."""
        for queue in list(self.streams):
            queue.put_nowait(None)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[_policy, self._guard])
        app.on_shutdown.append(self._close)
        call = "/api/v1/calls/{id}"
        app.add_routes(
            [
                web.get("/api/v1/session", self._me),
                web.post("/api/v1/session", self._sign_in),
                web.delete("/api/v1/session", self._sign_out),
                web.patch("/api/v1/session", self._language),
                web.get("/api/v1/calls", self._calls),
                web.get(call, self._call),
                web.get(call + "/events", self._events),
                web.post(call + "/requests", self._request),
                web.get("/api/v1/health", self._health),
                web.get("/api/v1/speech/accuracy", self._accuracy),
                web.get(call + "/recordings/{rec}/{part}/peaks", self._peaks),
                web.get(call + "/recordings/{rec}/{part}", self._audio),
                *self.quality.routes(),
                *self.rules.routes(),
                *self.orders.routes(),
                *self.together.routes(),
                *self.plans.routes(),
                *self.wall.routes(),
                *self.tasks.routes(),
                *self.shares.routes(),
                *self.quiet.routes(),
                *self.records.routes(),
                *self.threads.routes(),
                *self.desk.routes(),
                *demo_map.routes(drawn=self.drawn, tiles=self.tiles),
                web.get("/api/v1/stream", self._stream),
                web.get("/{path:(?!api/).*}", _page),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if not self.signed_in and request.path.startswith("/api/") and request.method != "POST":
            return _refuse(401, "not_signed_in", "请先登录")
        return cast(web.StreamResponse, await handler(request))

    async def _close(self, app: web.Application) -> None:
        self.cut()

    async def _me(self, request: web.Request) -> web.Response:
        return web.json_response(self._who())

    async def _sign_in(self, request: web.Request) -> web.Response:
        body = await request.json()
        if (body["username"], body["password"]) != ("demo", "demo"):
            english = request.headers.get("Accept-Language") == "en"
            return _refuse(
                401, "bad_credentials", "User name or password is wrong." if english else "用户名或口令不对。"
            )
        self.signed_in, self.position = True, body.get("position") or self.position
        return web.json_response(self._who())

    async def _sign_out(self, request: web.Request) -> web.Response:
        self.signed_in = False
        return web.Response(status=204)

    async def _language(self, request: web.Request) -> web.Response:
        self.language = (await request.json())["language"]
        return web.json_response(self._who())

    def _who(self) -> Json:
        return {
            "username": self.username,
            "display_name": "演示员",
            "roles": ["department" if self.department else "call_taker"],
            "department": self.department,
            "permissions": self.permissions,
            "position": self.position,
            "language": self.language,
            "server_time": stamp(datetime.now(UTC)),
            "site": {
                "name": "demo",
                "demo": True,
                "speech_demo_languages": list(self.speech_demo_languages),
            },
        }

    def _sat(self, position: str | None) -> Json:
        self.position = position
        return self._who()

    async def _calls(self, request: web.Request) -> web.Response:
        over = request.query.get("state") == "ended"
        wanted = request.query.get("q", "")
        items = [
            c.summary
            for c in self.calls.values()
            if (c.summary["state"] == "ENDED") is over and wanted in json.dumps(c.summary, ensure_ascii=False)
        ]
        return web.json_response({"items": items, "next": None, "server_time": stamp(datetime.now(UTC))})

    async def _call(self, request: web.Request) -> web.Response:
        call = self._find(request)
        return web.json_response(
            {
                "call": call.summary,
                "card": {"rev": call.rev, "fields": call.fields},
                "segments": call.segments,
                "transcript": call.transcript,
                **self._where(call),
                "handing": self.desk.handing(call),
                "dispatch": self.plans.shown(request.match_info["id"]),
                "assessment": call.assessment,
                "vetoes": call.vetoes,
                "recordings": call.recordings,
                "events_next": None,
            }
        )

    def _where(self, call: DemoCall) -> Json:
        may = frozenset(Permission(name) for name in self.permissions)
        return masked_where(call.where, may)

    async def _events(self, request: web.Request) -> web.Response:
        return web.json_response({"items": self._find(request).events, "next": None})

    async def _request(self, request: web.Request) -> web.Response:
        call, body = self._find(request), await request.json()
        assert request.headers["X-Intake110"] == "1"
        refusal = demo_writes.refusal(self, call, body)
        if refusal is not None:
            return _refuse(409, *refusal)
        self.requests.append(body)
        call.rev += 1
        demo_writes.write(self, call, body["type"], body["data"])
        call.summary["rev"] = call.rev
        self.push("call", dict(call.summary))
        return web.json_response({"outcome": "accepted", "rev": call.rev})

    async def _peaks(self, request: web.Request) -> web.Response:
        sound = sound_of(self._find(request), request.match_info["part"]) / 32768
        buckets = np.array_split(sound, int(request.query["n"]))
        return web.json_response(
            {
                "seconds": len(sound) / RATE,
                "peaks": [[round(float(b.min()), 3), round(float(b.max()), 3)] for b in buckets],
            }
        )

    async def _audio(self, request: web.Request) -> web.Response:
        call = self._find(request)
        if call.summary["call_id"] not in self.opened:
            return _refuse(403, "open_recording_first", "请先说明为什么听")
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(sound_of(call, request.match_info["part"]).tobytes())
        return ranged(request, file.getvalue())

    async def _health(self, request: web.Request) -> web.Response:
        now = datetime.now(UTC)
        since = stamp(now - timedelta(minutes=72))
        nothing = dict.fromkeys(("detail", "fault_zh", "fault_en", "cure_zh", "cure_en"))
        services: list[Json] = [
            {"since": since, "figures": {}, **nothing, **link}
            for link in demo_speech.services(self.scene, now)
        ]
        worst = "degraded" if any(one["state"] != "up" for one in services) else "up"
        live = sum(c.summary["state"] != "ENDED" for c in self.calls.values())
        return web.json_response(
            {
                "state": worst,
                "services": services,
                "version": "0.1.0",
                "started_at": since,
                "counts": {"live_calls": live, "queued": 2, "outbox_waiting": 41, "journal_seq": 90210},
            }
        )

    async def _accuracy(self, request: web.Request) -> web.Response:
        return web.json_response(
            demo_speech.accuracy(int(request.query["days"]), self.scene, datetime.now(UTC))
        )

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        queue: asyncio.Queue[tuple[str, Json] | None] = asyncio.Queue(QUEUE_LIMIT)
        queue.put_nowait(("hello", {"server_time": stamp(datetime.now(UTC)), "boot_id": "demo"}))
        self.streams[queue] = request.query.get("call")
        try:
            while (news := await self.wall.next(queue)) is not None:
                await response.write(
                    f"event: {news[0]}\ndata: {json.dumps(news[1], ensure_ascii=False)}\n\n".encode()
                )
        except (ConnectionResetError, asyncio.CancelledError):
            pass
        finally:
            del self.streams[queue]
        return response

    def _find(self, request: web.Request) -> DemoCall:
        if (call := self.calls.get(request.match_info["id"])) is None:
            told = '{"error": {"code": "no_such_call", "message": "没有这通来电"}}'
            raise web.HTTPNotFound(text=told, content_type="application/json")
        return call


def _refuse(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message, "field": None}}, status=status)


@web.middleware
async def _policy(request: web.Request, handler: Any) -> web.StreamResponse:
    response = cast(web.StreamResponse, await handler(request))
    if not response.prepared:
        response.headers["Content-Security-Policy"] = CSP
    return response


async def _page(request: web.Request) -> web.FileResponse:
    """A built file, or the one page that routes by itself."""
    file = (STATIC / request.match_info["path"]).resolve()
    return web.FileResponse(file if file.is_file() and STATIC in file.parents else STATIC / "index.html")


async def _chatter(api: DemoApi) -> None:
    """One caller after another says the next line, so that the pages live."""
    while True:
        for call_id, call in list(api.calls.items()):
            if call.summary["state"] == "ANSWERED" and call.told < len(call.story.lines):
                said = segment(call.story, call.told)
                for letters in range(2, len(said["text"]), 2):
                    api.push(
                        "partial",
                        {
                            "call_id": call_id,
                            "speaker": said["speaker"],
                            "text": said["text"][:letters],
                            "started_ms": said["started_ms"],
                        },
                    )
                    await asyncio.sleep(0.3)
                api.tell(call_id)
        api.push("ping", {})
        await asyncio.sleep(2)


def main() -> None:
    options = argparse.ArgumentParser(description="The pages with invented data, on the loopback.")
    options.add_argument("--scene", choices=("nothing", "usual", "disaster"), default="usual")
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--position", help="the desk at which the user sits")
    given = options.parse_args()
    api = DemoApi(given.scene, position=given.position)

    async def chatter(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(_chatter(api))
        yield
        task.cancel()

    api.together.linked()
    api.together.surges()
    api.together.repeats()
    api.together.flood()
    api.tasks.abandon()
    app = api.app()
    app.cleanup_ctx.append(chatter)
    web.run_app(app, host="127.0.0.1", port=given.port)


if __name__ == "__main__":
    main()
