"""A running gateway as a command talks to it: over its HTTP API, signed in as a person, for every change of
rules has one who answers for it."""

from __future__ import annotations

import asyncio
import inspect
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

Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Configuration = Annotated[Path, typer.Option("-c", "--config", help="gateway.toml, which names the port.")]


HINTS: Mapping[str, str] = {
    "bad_credentials": "see intake110 users list, intake110 users passwd",
    "unknown_draft": "see intake110 rules drafts",
    "not_tested": "intake110 rules backtest DRAFT",
    "missed_alarms": "their texts: intake110 rules backtest DRAFT",
    "veto_uncovered": "the sentences: intake110 rules backtest DRAFT",
    "not_approved": "another person: intake110 rules approve DRAFT",
    "no_shadow": "intake110 rules shadow DRAFT, or --reason WHY",
    "wrong_status": "what stands before each: intake110 rules drafts",
}
"""By the code of a refusal, the command that helps."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The options that every command on a running gateway has. A password is never an argument, which others
    on the machine could read."""

    url: Annotated[
        str, typer.Option(help="Where the gateway serves its pages; usual: as gateway.toml says.")
    ] = ""
    user: Annotated[str, typer.Option("--user", "-u", help="Who asks; the role must allow it.")] = ""
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the first line of input.")
    ] = False
    password_file: Annotated[
        Path | None, typer.Option(help="A file whose first line is the password; else it is asked for.")
    ] = None
    configuration: Configuration = CONF
    as_json: Json = False

    def door(self) -> Door:
        """What the options say; what they leave out is asked for."""
        url = self.url or _page_url(self.configuration, as_json=self.as_json)
        user = self.user or str(typer.prompt("User", err=True))
        return Door(url=url, user=user, password=self._password())

    def _password(self) -> str:
        if self.password_file is not None:
            try:
                text = self.password_file.expanduser().read_text(encoding="utf-8")
            except OSError as error:
                fail(f"--password-file {self.password_file}: {error.strerror}", as_json=self.as_json)
            return text.partition("\n")[0].rstrip("\r")
        if self.password_stdin:
            return sys.stdin.readline().rstrip("\r\n")
        return str(typer.prompt("Password", hide_input=True, err=True))

    def work(self, work: Callable[[Api], Awaitable[T]]) -> T:
        """`work`, signed in; a refusal ends the command with its words and exit code 1."""
        door = self.door()

        async def run() -> T:
            async with Api(door) as api:
                return await work(api)

        try:
            return asyncio.run(run())
        except GatewayRefusedError as error:
            hint = HINTS.get(error.code, "")
            fail(f"{error}{hint and f' ({hint})'}", as_json=self.as_json, code=error.code)


def _page_url(configuration: Path, *, as_json: bool) -> str:
    try:
        web = config.load(configuration).web
    except config.ConfigError as error:
        fail(f"{error}; or name the gateway with --url", as_json=as_json)
    return f"http://{web.host}:{web.port}"


def on_gateway(command: Callable[..., None]) -> Callable[..., None]:
    """A command on a running gateway: beside its own options it has those of `Entry`, and is given them as
    `entry`."""
    own = inspect.signature(command, eval_str=True).parameters.values()
    common = inspect.signature(Entry, eval_str=True).parameters.values()
    parameters = [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *common) if each.name != "entry"
    ]

    def run(**given: Any) -> None:
        entry = Entry(**{each.name: given.pop(each.name) for each in common})
        command(entry=entry, **given)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


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
        return await self.post("/rules/requests", {"type": kind, "data": dict(data)})

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """A request of a person. Raises GatewayRefusedError."""
        told = {"request_id": new_uuid(SystemClock()), **body}
        return await self._ask("POST", f"/api/v1{path}", json=told)

    async def page(self, path: str, **query: str) -> str:
        """A page that the gateway makes, as it comes. Raises GatewayRefusedError."""
        assert self._session is not None
        try:
            async with self._session.get(path, params=query) as answer:
                if answer.status < 400:
                    return await answer.text()
                body = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise GatewayRefusedError("unreachable", f"{path}: {error}") from error
        raise GatewayRefusedError(body["error"]["code"], body["error"]["message"])

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


def fail(what: str, *, as_json: bool, code: str = "failed") -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"ok": False, "code": code, "error": what}, ensure_ascii=False))
    else:
        typer.echo(what, err=True)
    raise typer.Exit(1)


def told(body: Mapping[str, Any], sentence: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else sentence)
