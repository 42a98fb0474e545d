"""Texts that reach nobody: a sender in memory, and a provider of them over HTTP.

python -m gateway.testing.fake_sender --port 9130 --secret-env INTAKE110_TEXT_SECRET
prints every text it takes: for trying a configuration, never for people.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from gateway.ports_text import Outcome, Receipt, SentText, TextMessage

DEMO_SECRET = "s3cret"


class FakeTextSender:
    """Implements `gateway.ports_text.TextSender`: keeps what it was given. `outcome`: what it answers."""

    def __init__(self) -> None:
        self.sent: list[TextMessage] = []
        """Each text once, however often it was handed over."""
        self.outcome, self.reason = Outcome.ACCEPTED, ""
        self.closed = False

    async def send(self, message: TextMessage) -> Receipt:
        if self.outcome is not Outcome.ACCEPTED:
            return Receipt(outcome=self.outcome, reason=self.reason or "told so by the test")
        if message.message_id not in {one.message_id for one in self.sent}:
            self.sent.append(message)
        return Receipt(outcome=Outcome.ACCEPTED, provider_id=f"fake-{message.message_id}")

    async def close(self) -> None:
        self.closed = True


class MemoryTexts:
    """Implements `gateway.ports_text.SentTexts`."""

    def __init__(self) -> None:
        self.rows: dict[str, SentText] = {}

    async def keep(self, row: SentText) -> None:
        self.rows[row.message_id] = row

    async def find(self, message_id: str | None, provider_id: str | None) -> SentText | None:
        if message_id is not None:
            return self.rows.get(message_id)
        found = [row for row in self.rows.values() if row.provider_id == provider_id is not None]
        return max(found, key=lambda row: row.at, default=None)

    async def forget(self, before: Any) -> int:
        gone = [key for key, row in self.rows.items() if row.at < before]
        for key in gone:
            del self.rows[key]
        return len(gone)


class FakeTextProvider:
    """One listening provider. `behave` may be replaced: it is given each text and gives (status, answer), or
    never returns. The same id again is answered as before and sent no second time."""

    def __init__(self, secret: str = DEMO_SECRET, auth: str = "bearer") -> None:
        self.secret, self.auth = secret, auth
        self.sent: list[dict[str, Any]] = []
        self.tries = 0
        self.came = asyncio.Event()
        self.behave: Callable[[dict[str, Any]], Awaitable[tuple[int, Any]]] = self._accept
        self._known: dict[str, Any] = {}
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        app = web.Application()
        app.router.add_post("/send", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port or self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    async def _take(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.tries += 1
        self.came.set()
        if not self._proved(request, raw):
            return web.json_response({"reason": "wrong secret"}, status=401)
        status, answer = await self.behave({**json.loads(raw), "_key": request.headers["Idempotency-Key"]})
        if isinstance(answer, bytes):
            return web.Response(body=answer, status=status)
        return web.json_response(answer, status=status)

    async def _accept(self, text: dict[str, Any]) -> tuple[int, Any]:
        key = text.pop("_key")
        if key not in self._known:
            self.sent.append(text)
            self._known[key] = {"id": f"p-{len(self.sent)}"}
        return 202, self._known[key]

    def _proved(self, request: web.Request, raw: bytes) -> bool:
        if self.auth == "bearer":
            return request.headers.get("Authorization") == f"Bearer {self.secret}"
        stamp = request.headers.get("X-Timestamp", "")
        signed = hmac.new(self.secret.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
        return hmac.compare_digest(signed, request.headers.get("X-Signature", ""))


async def _serve(port: int, secret: str, auth: str) -> None:
    provider = FakeTextProvider(secret, auth)
    await provider.start(port=port)
    print(f"takes texts at {provider.url}")
    told = 0
    while True:
        provider.came.clear()
        await provider.came.wait()
        await asyncio.sleep(0.05)
        for text in provider.sent[told:]:
            print(json.dumps(text, ensure_ascii=False), flush=True)
        told = len(provider.sent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=9130)
    parser.add_argument("--secret-env", default="INTAKE110_TEXT_SECRET")
    parser.add_argument("--auth", choices=("bearer", "hmac"), default="bearer")
    given = parser.parse_args()
    asyncio.run(_serve(given.port, os.environ.get(given.secret_env, DEMO_SECRET), given.auth))


if __name__ == "__main__":
    main()
