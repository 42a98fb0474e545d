"""Links that callers were sent, invented for looking at the pages and for their tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from aiohttp import web

from gateway.calls.sharing import MAX_LINKS
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import DemoCall, stamp
from gateway.testing.memory_share import a_picture

COLOURS = ("teal", "orange", "navy")


class DemoShares:
    """`asked`: what pages posted, by path; `missing` and `doubts`: what stands in the way of a link."""

    def __init__(self, calls: Mapping[str, DemoCall], push: Callable[[str, Json], None]) -> None:
        self._calls, self._push = calls, push
        self.asked: list[tuple[str, Json]] = []
        self.missing: str | None = None
        self.doubts: list[str] = []
        self.items: dict[str, list[Json]] = {}
        self.files: dict[str, bytes] = {}

    def routes(self) -> list[web.RouteDef]:
        call = "/api/v1/calls/{id}"
        return [
            web.get(f"{call}/shared", self._show),
            web.post(f"{call}/share-link", self._send),
            web.post(f"{call}/share-link/revoke", self._revoke),
            web.post(f"{call}/pictures/open", self._open),
            web.get(f"{call}/pictures/{{digest}}/{{size}}", self._picture),
        ]

    def shares(self, call_id: str, pictures: int = 2) -> None:
        """The caller opens the link and sends words, a position and pictures."""
        for number, colour in enumerate(COLOURS[:pictures]):
            data = a_picture(size=(800, 600), colour=colour)
            digest = sha256(data).hexdigest()
            self.files[digest] = data
            place = {"latitude": 31.23, "longitude": 121.47} if number == 0 else {}
            self.items.setdefault(call_id, []).append(
                {
                    "kind": "picture", "at": stamp(datetime.now(UTC)), "link": 1, "text": None,
                    "digest": digest, "media_type": "image/jpeg", "size_bytes": 214_000, "width": 800,
                    "height": 600, "latitude": None, "longitude": None, "viewed_by": [], "opened": False,
                    **place,
                }
            )  # fmt: skip
        self._tell(call_id, state="opened", texts=1, positions=4, pictures=pictures)

    async def _show(self, request: web.Request) -> web.Response:
        call_id = request.match_info["id"]
        summary = self._calls[call_id].summary
        sending = {
            "number": summary["ani"], "missing": self.missing, "doubts": self.doubts,
            "left": MAX_LINKS - (summary["share"]["link"] if summary["share"] else 0),
        }  # fmt: skip
        items = self.items.get(call_id, [])
        return web.json_response({"share": summary["share"], "sending": sending, "items": items})

    async def _send(self, request: web.Request) -> web.Response:
        now, call_id = datetime.now(UTC), request.match_info["id"]
        before = self._calls[call_id].summary["share"]
        self._calls[call_id].summary["share"] = {
            "link": before["link"] + 1 if before else 1, "state": "sent", "by": "demo",
            "asked_at": stamp(now), "expires_at": stamp(now + timedelta(minutes=30)), "delivery": None,
            "fault": None, "texts": 0, "pictures": 0, "positions": 0,
        }  # fmt: skip
        return await self._done(request)

    async def _revoke(self, request: web.Request) -> web.Response:
        return await self._done(request, state="revoked")

    async def _open(self, request: web.Request) -> web.Response:
        wanted = (await request.json())["digests"]
        for item in self.items.get(request.match_info["id"], []):
            if item["digest"] in wanted:
                item |= {"opened": True, "viewed_by": ["demo"]}
        return await self._done(request)

    async def _picture(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["digest"]], content_type="image/jpeg")

    async def _done(self, request: web.Request, **facts: Any) -> web.Response:
        self.asked.append((request.path, await request.json()))
        summary = self._tell(request.match_info["id"], **facts)
        return web.json_response({"outcome": "accepted", "rev": summary["rev"], "share": summary["share"]})

    def _tell(self, call_id: str, **facts: Any) -> Json:
        summary = self._calls[call_id].summary
        if summary["share"]:
            summary["share"] = {**summary["share"], **facts}
        summary["rev"] += 1
        self._push("call", summary)
        return summary
