"""A running gateway as a command talks to it: over its HTTP API, signed in as a person, for every change of
rules has one who answers for it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, NoReturn, Self, TypeVar

import aiohttp
import typer

from gateway import config
from gateway.clock import SystemClock, new_uuid
from gateway.web.auth import HEADER

T = TypeVar("T")

ANSWER_WITHIN_S = 60.0
"""For one answer; then the command gives up and says so."""
CONF = Path("conf/gateway.toml")

Url = Annotated[str, typer.Option(help="Where the gateway serves its pages; usual: as gateway.toml says.")]
User = Annotated[str, typer.Option("--user", "-u", help="Who asks; the role must allow it.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of input.")
]
PasswordFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the password; else it is asked for.")
]
Configuration = Annotated[Path, typer.Option("-c", "--config", help="gateway.toml, which names the port.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


class GatewayRefusedError(Exception):
    """The gateway did not do it: {text}"""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where the gateway is, and who comes in."""

    url: str
    user: str
    password: str


def door(url: str, user: str, configuration: Path, password_stdin: bool, password_file: Path | None) -> Door:
    """What the options say; a password is never an argument, which others on the machine could read."""
    if not url:
        web = config.load(configuration).web
        url = f"http://{web.host}:{web.port}"
    if not user:
        user = str(typer.prompt("User", err=True))
    if password_file is not None:
        password = password_file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    elif password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = str(typer.prompt("Password", hide_input=True, err=True))
    return Door(url=url, user=user, password=password)


class Api:
    """`async with Api(door) as api:` signed in, and signed out at the end."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            self._door.url, headers={HEADER: "cli", "Accept-Language": "en"},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S),
        )  # fmt: skip
        try:
            body = {"username": self._door.user, "password": self._door.password}
            await self._ask("POST", "/api/v1/session", json=body)
        except BaseException:
            await self._session.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        try:
            async with self._session.delete("/api/v1/session"):
                pass
        except aiohttp.ClientError:
            pass
        await self._session.close()

    async def get(self, path: str, **query: str) -> Any:
        return await self._ask("GET", f"/api/v1{path}", params=query)

    async def request(self, kind: str, data: Mapping[str, Any]) -> Any:
        """One request to the site's rulebook. Raises GatewayRefusedError."""
        body = {"type": kind, "request_id": new_uuid(SystemClock()), "data": dict(data)}
        return await self._ask("POST", "/api/v1/rules/requests", json=body)

    async def _ask(self, method: str, path: str, **told: Any) -> Any:
        assert self._session is not None
        try:
            async with self._session.request(method, path, **told) as answer:
                body = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            text = f"{self._door.url} does not answer as a gateway does ({error}): does it run? see --url"
            raise GatewayRefusedError("unreachable", text) from error
        if answer.status >= 400:
            told_error = body.get("error", {}) if isinstance(body, dict) else {}
            raise GatewayRefusedError(told_error.get("code", "refused"), told_error.get("message", path))
        return body


def with_gateway(door: Door, work: Callable[[Api], Awaitable[T]], *, as_json: bool) -> T:
    """`work`, signed in; a refusal ends the command with its words and exit code 1."""

    async def run() -> T:
        async with Api(door) as api:
            return await work(api)

    try:
        return asyncio.run(run())
    except GatewayRefusedError as error:
        fail(str(error), as_json=as_json, code=error.code)


def fail(what: str, *, as_json: bool, code: str = "failed") -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"ok": False, "code": code, "error": what}, ensure_ascii=False))
    else:
        typer.echo(what, err=True)
    raise typer.Exit(1)


def told(body: Mapping[str, Any], sentence: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else sentence)
