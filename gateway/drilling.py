"""Puts the training (演练) together: the same house as the hall's, on a store and a site name of its own,
with a simulator in the place of everything that leads outside. The counterpart of `app.py`, for `intake110
training`.

Why a house of its own and no switch in the hall's: what is not there cannot be reached. This process opens
its own database file and the port of its pages, and makes no broker, no AMI link, no source of locations, no
sender of texts and no listener; the import rules forbid it to know one. A mistake in the training can
therefore break the training only.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway import __version__, oversight
from gateway.calls.hall import AgentChanged, AgentState, PbxChanged, PbxState
from gateway.calls.model import CallState, EndReason
from gateway.calls.signals import CallEnded
from gateway.clock import Clock, SystemClock
from gateway.config import Config
from gateway.ports import Commit, Message, OutboxRow
from gateway.runtime.book import Change
from gateway.runtime.dispatch_desk import DispatchSources
from gateway.runtime.drill.desk import DrillDesk
from gateway.runtime.drill.exchange import TrainingPbx
from gateway.runtime.drill.run import Stage
from gateway.runtime.drill.simulator import NoRecordings, ScriptedEars
from gateway.runtime.house import House
from gateway.runtime.order_desk import OrderSources
from gateway.runtime.supervise import supervise
from gateway.runtime.whereabouts import PlaceSources
from gateway.store import users
from gateway.store.drill_runs import FiledRuns
from gateway.store.orders import StoredAsides
from gateway.store.store import SqlStore, open_store
from gateway.store.together import StoredPast
from gateway.web.accounts import create_user
from gateway.web.app import make_app
from gateway.web.routes import WebDeps, WebSettings

PBX = "sim"
SUFFIX = "_train"
"""Behind the site's name, in every call id and event: `-` may not stand in a site's name."""
MAX_SITE = 32
FIRST_PEOPLE = {"trainer": "supervisor", "trainee": "call_taker"}
"""Made with fresh passwords when nobody can sign in yet."""
TAPS_EVERY_S = 0.2


class Nowhere:
    """In the place of the relay: events are in the training's own outbox, marked as done with, and leave for
    nowhere."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._rows: asyncio.Queue[Sequence[int]] = asyncio.Queue()

    def offer(self, rows: Sequence[OutboxRow]) -> None:
        self._rows.put_nowait([row.site_seq for row in rows])

    def show(self, message: Message, *, ended_at: datetime | None = None) -> None:
        return None

    def tell(self, message: Message) -> None:
        return None

    @property
    def waiting(self) -> int:
        return self._rows.qsize()

    @property
    def parked(self) -> int:
        return 0

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._store.outbox_sent(await self._rows.get())


def folder_of(config: Config) -> Path:
    """Where the training keeps its store and its records."""
    return config.training.state_dir or config.gateway.state_dir / "training"


def site_of(config: Config) -> str:
    return config.site.name[: MAX_SITE - len(SUFFIX)] + SUFFIX


async def open_training(config: Config, clock: Clock | None = None) -> Training:
    """Its folder and its own store, made when they are not there."""
    folder = folder_of(config)
    folder.mkdir(parents=True, exist_ok=True)
    store = await open_store(f"sqlite:///{folder / 'training.db'}")
    return Training(config, store, clock or SystemClock())


class Training:
    """One running training."""

    def __init__(self, config: Config, store: SqlStore, clock: Clock) -> None:
        self._config, self._store, self._clock = config, store, clock
        self.site = site_of(config)
        zone = ZoneInfo(config.site.timezone)
        self._relay = Nowhere(store)
        self.house = House(
            store=store, relay=self._relay, listener=cast(Any, ScriptedEars()), clock=clock, site=self.site,
            zone=zone, version=__version__, rules=oversight.rules(config, store),
            kept=folder_of(config).absolute(), places=PlaceSources(places=config.location.places),
            orders=OrderSources(asides=StoredAsides(store.database), usual=config.orders.usual()),
            dispatch=DispatchSources(), past=StoredPast(store.database),
            directory=config.directory.file, calendar=config.directory.calendar_file,
            plans=config.plans.folder, call_back_within=timedelta(seconds=config.desk.call_back_within_s),
        )  # fmt: skip
        self.pbx = TrainingPbx(PBX, lambda: self.house.intake, clock)
        self.house.add_pbx(PBX, self.pbx, NoRecordings())
        numbers = itertools.count(1)
        began = int(clock.now().timestamp())
        stage = Stage(
            loop=self.house.intake, clock=clock, site=self.site, pbx=PBX,
            unique=lambda: f"{began}.{next(numbers)}",
        )  # fmt: skip
        self.drills = DrillDesk(
            config.training.folder, intake=self.house.intake, hub=self.house.hub, health=self.house.health,
            stage=stage, shelf=FiledRuns(folder_of(config) / "runs"),
        )  # fmt: skip
        self.pbx.find = self.drills.find
        self._loop: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self.url: str | None = None

    @property
    def positions(self) -> Sequence[str]:
        """Seats of the training: those of the hall, else four."""
        return [each.extension for each in self._config.desk.positions] or ["1101", "1102", "1103", "1104"]

    async def people(self) -> dict[str, str]:
        """On a store in which nobody can sign in yet: a trainer and a trainee, with their passwords, which
        are told once and kept nowhere."""
        if await self._store.database.read(users.list_users):
            return {}
        return {name: await self.person(name, role) for name, role in FIRST_PEOPLE.items()}

    async def person(self, username: str, role: str, name: str = "") -> str:
        """One more who may sign in; gives the password. Raises AccountError."""
        password = secrets.token_urlsafe(9)
        await create_user(
            self._store.database, username=username, password=password, roles=(role,), clock=self._clock,
            display_name=name or username.title(),
        )  # fmt: skip
        return password

    async def close(self) -> None:
        """Of one that was opened and not started."""
        await self._store.close()

    async def start(self, *, pages: bool = True) -> None:
        house = self.house
        house.status.expect("database")
        await house.load()
        self._loop = self._keep("loop", house.intake.run)
        await house.workshop.start()
        await self._hall()
        await self.drills.load()
        told = house.intake.on_committed

        def committed(changes: Sequence[Change], commit: Commit) -> None:
            told(changes, commit)
            self.drills.committed(changes)

        house.intake.on_committed = committed
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            "nowhere": self._relay.run, "taps": self._taps, "drills": self.drills.watch,
            "silence": house.silence.watch, "timers": house.timers.watch, "directory": house.directory.watch,
            "plans": house.plans.watch, "sweep": house.sweep, "status": house.status.watch,
            **house.workshop.parts, **house.together.parts, **house.whereabouts.parts,
        }  # fmt: skip
        self._tasks = [self._keep(name, part) for name, part in parts.items()]
        house.owe()
        if pages:
            await self._serve_pages()

    async def _hall(self) -> None:
        """The simulated exchange is there, every seat is free, and callers of a training that was stopped in
        the middle are gone with it."""
        intake, now = self.house.intake, self._clock.now()
        for live in list(intake.book.of_kind("call").values()):
            if live.state.state is not CallState.ENDED:
                await intake.offer_pbx(
                    CallEnded(call_id=live.state.call_id, at=now, reason=EndReason.LOST, inferred=True)
                )
        await intake.offer_pbx(PbxChanged(pbx=PBX, at=now, state=PbxState.UP))
        for agent in self.positions:
            await intake.offer_pbx(AgentChanged(pbx=PBX, at=now, agent=agent, state=AgentState.IDLE))

    async def _taps(self) -> None:
        while True:
            await self.pbx.live_taps(self.house.intake, self._clock)
            await self._clock.sleep(TAPS_EVERY_S)

    def _keep(self, name: str, part: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        return asyncio.create_task(supervise(name, part, self._clock))

    async def stop(self) -> None:
        """What runs is broken off and said so at the next start."""
        if self._runner is not None:
            await self._runner.cleanup()
        await self.house.close()
        self.house.intake.lanes.close()
        if self._loop is not None:
            await self._loop
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store.close()

    async def _serve_pages(self) -> None:
        house, config = self.house, self._config
        settings = WebSettings(
            site=self.site, archive=folder_of(config), timezone=config.site.timezone, training=True,
            positions={each.extension: each.name for each in config.desk.positions},
            map_tiles=config.location.map.tiles, map_geojson=config.location.map.geojson,
            map_attribution=config.location.map.attribution, behind_tls=config.web.behind_tls,
        )  # fmt: skip
        deps = WebDeps(
            database=self._store.database, submit=house.intake.submit, hub=house.hub,
            health=house.status.body, clock=self._clock, settings=settings,
            saving=lambda: house.intake.saving, markers=house.whereabouts.markers,
            around=house.whereabouts.placing.around, named_places=house.whereabouts.placing.named_in,
            directory=house.directory,
            duties=lambda: house.workshop.packs.running.rules.duties, hall=lambda: house.hall,
            plans=house.plans, call_backs=house.call_backs.waiting, drills=self.drills,
        )  # fmt: skip
        self._runner = web.AppRunner(make_app(deps), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, config.training.host, config.training.port)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
