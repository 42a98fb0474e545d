"""The whole product on a laboratory stage: PBX, city, broker and the real gateway as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

import gateway
from gateway.clock import SystemClock
from gateway.store.store import open_store
from gateway.testing.lab.broker import LabBroker
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.city import City
from gateway.testing.lab.pbx import LabPbx
from gateway.testing.lab.service import ServiceError, die_with_parent, free_port
from gateway.web.accounts import AccountError, create_user
from gateway.web.auth import HEADER

ROOT = Path(gateway.__file__).resolve().parent.parent
READY_WITHIN_S = 90.0
STOP_WITHIN_S = 10.0
LOOK_EVERY_S = 0.1


class LabGateway:
    """`intake110 serve` in a process of its own, told where the stage's services are."""

    def __init__(
        self,
        folder: Path,
        pbx: LabPbx,
        broker: LabBroker,
        *,
        site: str = "demo",
        store_url: str | None = None,
        web_port: int = 0,
        settings: str = "",
        speech: str = "",
        location: str = "",
        model: Path = ROOT / "asr_models/demo-cn",
        rules: Path = ROOT / "conf/rules",
    ) -> None:
        self.folder = folder.resolve()
        self.site = site
        self.web_port = web_port or free_port()
        self.config = self.folder / "gateway.toml"
        self.log = self.folder / "gateway.log"
        self._pbx, self._broker, self._store_url, self._settings = pbx, broker, store_url, settings
        self._speech, self._location, self._model, self._rules = speech, location, model, rules
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def store_url(self) -> str:
        """Where it keeps its books."""
        return self._store_url or f"sqlite:///{self.folder / 'state' / 'intake110.db'}"

    async def start(self, *states: str) -> None:
        """Start, or start again after a stop or a kill;
        returns when its state is one of these (usual: up)."""
        self.write_config()
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "gateway.cli",
                "serve",
                "-c",
                str(self.config),
                stdout=log,
                stderr=log,
                env=dict(os.environ, PYTHONUNBUFFERED="1"),
                preexec_fn=partial(die_with_parent, signal.SIGTERM),
            )
        await self.ready(*states)

    async def ready(self, *states: str) -> None:
        """Until /health answers with one of `states`; up: every link is."""
        assert self._process is not None
        async with aiohttp.ClientSession() as session, asyncio.timeout(READY_WITHIN_S):
            while self._process.returncode is None:
                try:
                    async with session.get(f"{self.url}/health") as answer:
                        if (await answer.json()).get("state") in (states or ("up",)):
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(LOOK_EVERY_S)
        raise ServiceError(f"the gateway ended with {self._process.returncode}; see {self.log}")

    async def stop(self) -> float:
        """A clean stop; the seconds it took."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def services(
        self, holds: Callable[[dict[str, Any]], bool] = lambda _: True
    ) -> dict[str, dict[str, Any]]:
        """What the health page shows, by the service's name, once it is so."""
        shown: dict[str, Any] = {}
        async with await self.sign_in("supervisor") as session:
            with suppress(TimeoutError):
                async with asyncio.timeout(READY_WITHIN_S):
                    while True:
                        async with session.get("/api/v1/health") as answer:
                            told = (await answer.json())["services"]
                        shown = {service["name"]: service for service in told}
                        if holds(shown):
                            return shown
                        await asyncio.sleep(LOOK_EVERY_S)
        raise ServiceError(f"the health page never showed what was waited for; at last: {shown}")

    async def sign_in(self, role: str, department: str | None = None) -> aiohttp.ClientSession:
        """A person with this role, made now and signed in over HTTP; close the session afterwards."""
        name, password = role.replace("_", "-"), "a laboratory password"
        store = await open_store(self.store_url)
        try:
            with suppress(AccountError):  # there since an earlier sign-in
                await create_user(
                    store.database, username=name, password=password, roles=(role,), clock=SystemClock(),
                    department=department,
                )  # fmt: skip
        finally:
            await store.close()
        session = aiohttp.ClientSession(
            self.url, headers={HEADER: "lab"}, cookie_jar=aiohttp.CookieJar(unsafe=True)
        )
        async with session.post("/api/v1/session", json={"username": name, "password": password}) as answer:
            answer.raise_for_status()
        return session

    def freeze(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def _end(self, how: signal.Signals) -> float:
        process, began = self._process, asyncio.get_running_loop().time()
        if process is None or process.returncode is not None:
            return 0.0
        # not process.send_signal: it would reap a child that asyncio is waiting for
        with suppress(ProcessLookupError):
            os.kill(process.pid, how)
        try:
            await asyncio.wait_for(process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            process.kill()
            await process.wait()
        return asyncio.get_running_loop().time() - began

    def write_config(self) -> None:
        secrets = {"pbx": self._pbx.ami_secret, "mqtt": self._broker.users["gateway"]}
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, secret in secrets.items():
            file = self.folder / f"{name}.secret"
            file.write_text(secret)
            file.chmod(0o600)
        store = f'[store]\nurl = "{self._store_url}"\n' if self._store_url else ""
        (self.folder / "calendar.toml").write_text(_CALENDAR, encoding="utf-8")
        self.config.write_text(
            _CONFIG.format(
                site=self.site,
                root=ROOT,
                store=store,
                web_port=self.web_port,
                mqtt_port=self._broker.port,
                pbx=self._pbx.name,
                ami_port=self._pbx.ami_port,
                ami_user=self._pbx.ami_user,
                recordings=self._pbx.recording_dir,
                cel=self._pbx.cel_csv,
                cdr=self._pbx.cdr_csv,
                speech=self._speech,
                location=self._location,
                model=self._model,
                rules=self._rules,
            )
            + self._settings,
            encoding="utf-8",
        )


_CALENDAR = """\
[[year]]
year = 2026
source = "invented: the laboratory has no holidays"
valid_until = 2026-12-31
[[year]]
year = 2027
source = "invented: the laboratory has no holidays"
valid_until = 2027-12-31
"""
"""Beyond any test: a calendar that ends is told on the health page."""

_CONFIG = """\
[site]
name = "{site}"
title_zh = "演示 110 接警"
title_en = "110 intake demonstration"
demo = true
[gateway]
state_dir = "state"
{store}[mqtt]
port = {mqtt_port}
username = "gateway"
secret_file = "mqtt.secret"
keepalive_s = 5
[[pbx]]
name = "{pbx}"
port = {ami_port}
username = "{ami_user}"
secret_file = "pbx.secret"
cel_csv = "{cel}"
cdr_csv = "{cdr}"
[[pbx.recordings]]
pbx = "{recordings}"
local = "{recordings}"
[speech]
model = "{model}"
listener_host = "127.0.0.1"
listener_port = 0
{speech}
[triage]
rules = "{rules}"
second_opinion = "{root}/conf/second_opinion"
[directory]
file = "{root}/conf/departments.toml"
calendar = "calendar.toml"
[location.map]
geojson = "{root}/conf/places/map.geojson"
[location]
places = "{root}/conf/places"
{location}
[archive]
folder = "archive"
[web]
port = {web_port}
"""


class Stage:
    """`async with Stage(folder) as stage:` everything runs; `stage.pbx`, `.city`, `.broker`, `.gateway`."""

    def __init__(
        self,
        folder: Path,
        *,
        cache: Cache | None = None,
        with_gateway: bool = True,
        pbx: Mapping[str, Any] | None = None,
        **gateway: Any,
    ) -> None:
        self.cache = cache or Cache()
        self.pbx = LabPbx("pbx1", folder / "pbx1", cache=self.cache, **(pbx or {}))
        self.city = City(self.pbx, cache=self.cache)
        self.broker = LabBroker(folder / "broker", cache=self.cache)
        self.gateway = LabGateway(folder / "gateway", self.pbx, self.broker, **gateway)
        self._with_gateway = with_gateway
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for part in (self.broker, self.pbx, self.city, self.gateway):
            self._stack.push_async_callback(part.stop)
        try:
            await asyncio.gather(self.broker.start(), self.pbx.start(), self.city.start())
            if self._with_gateway:
                await self.gateway.start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
