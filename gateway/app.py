"""Puts one gateway together: this file and its parts beside it alone name concrete adapters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway import __version__, frontdesk, oversight, settings, whereabouts
from gateway.archive.recording import Recordings
from gateway.clock import SystemClock
from gateway.config import Config, PbxConfig
from gateway.dispatch.publisher import MqttBroker
from gateway.dispatch.relay import Relay
from gateway.ears import Ears
from gateway.pbx.feed import PbxFeed
from gateway.pbx.gap import GapSources
from gateway.runtime.house import House
from gateway.runtime.supervise import supervise
from gateway.store.store import SqlStore, open_store
from gateway.web.app import make_app
from gateway.web.caller import serve
from gateway.web.routes import WebDeps

LAST_WORDS_S = 0.5
"""A clean stop waits so long for the broker to take what was just committed; the rest leaves next time."""


async def compose(config: Config) -> Gateway:
    """Open what must be there before anything starts: folders, the database."""
    config.gateway.state_dir.mkdir(parents=True, exist_ok=True)
    config.archive.folder.mkdir(parents=True, exist_ok=True)
    return Gateway(config, await open_store(config.store_url()))


class Gateway:
    """One running gateway. `start` returns when pages are served and every link is being held."""

    def __init__(self, config: Config, store: SqlStore) -> None:
        self._config, self._store, self._clock = config, store, SystemClock()
        self._broker = MqttBroker(settings.mqtt(config), self._clock)
        self._relay = Relay(
            store, self._broker, self._clock,
            on_parked=lambda row, reason: self.house.status.parked(row, reason),
        )  # fmt: skip
        self._ears = Ears(config, self._clock, store, lambda: self.house)
        self.house = House(
            store=store, relay=self._relay, rules=oversight.rules(config, store), clock=self._clock,
            listener=self._ears.fleet if config.speech.enabled else None,
            reader=self._ears.reader if config.speech.enabled else None,
            site=config.site.name, zone=ZoneInfo(config.site.timezone), version=__version__,
            kept=config.archive.folder.absolute(), second_pass=config.speech.accurate_model is not None,
            places=whereabouts.place_sources(config, self._clock, store),
            orders=frontdesk.order_sources(config, store),
            dispatch=frontdesk.dispatch_sources(config, store),
            together=settings.together(config), past=frontdesk.past(store),
            directory=config.directory.file, calendar=config.directory.calendar_file,
            plans=config.plans.folder,
            call_back_within=timedelta(seconds=config.desk.call_back_within_s),
            texts=frontdesk.text_sources(config, self._clock, store, self._broker),
            share=frontdesk.share_sources(config, store), code_words=config.quiet.code_words,
            threads=frontdesk.thread_sources(config, store),
        )  # fmt: skip
        self._broker.on_connected, self._broker.on_state = self._relay.link_up, self.house.status.broker
        self._feeds = [self._feed(pbx) for pbx in config.pbx]
        self._loop: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self._callers: web.AppRunner | None = None

    def _feed(self, pbx: PbxConfig) -> PbxFeed:
        kept, settled_s = self._config.archive.folder, self._config.archive.settle_within_s
        archive = Recordings(settings.folders(pbx), kept, self._clock, settle_within_s=settled_s)
        sources = GapSources(
            site=self._config.site.name, pbx=pbx.name, shape=settings.shape(pbx, self._config),
            cel_csv=pbx.cel_csv, cdr_csv=pbx.cdr_csv, recorded_since=partial(archive.unclaimed, ()),
        )  # fmt: skip
        intake = self.house.intake
        feed = PbxFeed(
            settings.account(pbx), sources=sources, calls=intake, tap_address=pbx.tap_address,
            clock=self._clock, offer=intake.offer_pbx, desk_phones=pbx.desk_phones,
        )  # fmt: skip
        feed.on_state = partial(self.house.pbx_changed, pbx.name)
        self.house.add_pbx(pbx.name, feed, archive, settings.languages(pbx))
        return feed

    async def start(self) -> None:
        """Memory first, then what the world owes, then the links: recovery is the same path as work."""
        house, config, broker = self.house, self._config, self._broker
        speech = ("speech",) if config.speech.enabled else ()
        house.status.expect("database", "broker", *speech, *(f"pbx:{pbx.name}" for pbx in config.pbx))
        await house.load()
        self._relay.show(settings.online(config, self._clock.now()))
        self._loop = self._keep("loop", house.intake.run)
        await house.workshop.start()
        self._tasks = [self._keep("broker", self._broker.run), self._keep("relay", self._relay.run)]
        if config.speech.enabled:
            self._tasks.append(self._keep("hot words", await self._ears.start(house, broker)))
        parts = await whereabouts.start(config, house, broker)
        parts |= oversight.parts(config, self._store, house, self._clock)
        parts |= await frontdesk.start(config, house, broker)
        self._tasks += [self._keep(name, part) for name, part in parts.items()]
        for feed in self._feeds:
            await feed.start()
        house.owe()
        self._tasks += [self._keep("sweep", house.sweep), self._keep("status", house.status.watch)]
        if config.canary.enabled:
            self._tasks.append(self._keep("canary", house.canary(settings.canary(config)).run))
        if config.web.enabled:
            await self._serve_pages()
        if config.texts.share is not None:
            self._callers = await serve(config.texts.share, house.sharing, self._clock)

    def _keep(self, name: str, part: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        return asyncio.create_task(supervise(name, part, self._clock))

    async def stop(self) -> None:
        """Sources first, then the loop between two groups, then the sinks; the rest is owed next time."""
        for runner in filter(None, (self._runner, self._callers)):
            await runner.cleanup()
        await asyncio.gather(*(feed.close() for feed in self._feeds), self._ears.close())
        await self.house.close()
        self.house.intake.lanes.close()
        if self._loop is not None:
            await self._loop
        with suppress(TimeoutError):
            await asyncio.wait_for(self._relay.idle(), LAST_WORDS_S)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store.close()

    @property
    def address(self) -> str | None:
        web = self._config.web
        return f"http://{web.host}:{web.port}" if web.enabled else None

    async def _serve_pages(self) -> None:
        house, pages, fleet = self.house, settings.pages(self._config), self._ears.fleet
        wall = frontdesk.wall(
            self._config, self._store, house, self._clock,
            lambda: pages.speech_demo_languages or fleet.state.demo_languages,
        )  # fmt: skip
        self._tasks.append(self._keep("wall", wall.watch))
        deps = WebDeps(
            database=self._store.database, submit=house.intake.submit, hub=house.hub,
            health=house.status.body, clock=self._clock,
            settings=pages,
            saving=lambda: house.intake.saving,
            receiving=house.whereabouts.receiving,
            markers=house.whereabouts.markers,
            around=house.whereabouts.placing.around, named_places=house.whereabouts.placing.named_in,
            directory=house.directory, duties=lambda: house.workshop.packs.running.rules.duties,
            active_rules=lambda: house.workshop.packs.running.rules.rule_ids,
            workshop=house.workshop, hall=lambda: house.hall, plans=house.plans,
            dispatch_waiting=house.dispatch.waiting, call_backs=house.call_backs.waiting,
            texting=house.texting, sharing=house.sharing, threads=house.threads,
            sounds=house.quiet.levels,
            wall=wall,
            demo_languages=lambda: fleet.state.demo_languages,
        )  # fmt: skip
        self._runner = web.AppRunner(make_app(deps), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._config.web.host, self._config.web.port).start()
