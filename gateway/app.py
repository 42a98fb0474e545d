"""Puts one gateway together: the only file that names concrete adapters."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway import __version__
from gateway.archive.recording import Folder, Recordings
from gateway.calls.effects import AssessTriage, FetchRecording, StartTap
from gateway.clock import SystemClock
from gateway.config import Config, PbxConfig
from gateway.desk import board
from gateway.dispatch.encode import card_message, outbox_rows, partial_message, status_message
from gateway.dispatch.publisher import MqttBroker, MqttSettings
from gateway.dispatch.relay import Relay
from gateway.journal.chain import SALT_BYTES
from gateway.location.model import Datum
from gateway.pbx.account import AmiLinkConfig, LinkState
from gateway.pbx.feed import PbxFeed
from gateway.pbx.gap import GapSources
from gateway.pbx.shape import PbxShape
from gateway.runtime.book import Live
from gateway.runtime.health import Health
from gateway.runtime.hearing import Hearing
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.judging import Judging
from gateway.runtime.keeping import Keeping
from gateway.runtime.machines import CallMachine, HallMachine, journal_codec
from gateway.runtime.news import News
from gateway.runtime.perform import Performer
from gateway.runtime.status import Status
from gateway.runtime.supervise import supervise
from gateway.speech import models
from gateway.speech.client import SpeechClient, SpeechState
from gateway.speech.listener import ListenerConfig
from gateway.store.store import SqlStore, open_store
from gateway.triage.engine import Triage
from gateway.web.app import make_app
from gateway.web.routes import WebDeps, WebSettings

LAST_WORDS_S = 0.5
"""A clean stop waits so long for the broker to take what was just committed; the rest leaves at the next start."""


async def compose(config: Config) -> Gateway:
    """Open what must be there before anything starts: folders, the database, the rule packs."""
    config.gateway.state_dir.mkdir(parents=True, exist_ok=True)
    config.archive.folder.mkdir(parents=True, exist_ok=True)
    triage = await asyncio.to_thread(Triage.load, config.triage.rules)
    return Gateway(config, await open_store(config.store_url()), triage)


class Gateway:
    """One running gateway. `start` returns when pages are served and every link is being held."""

    def __init__(self, config: Config, store: SqlStore, triage: Triage) -> None:
        self._config, self._store, self._clock = config, store, SystemClock()
        self._hub, site = Hub(), config.site.name
        self.intake = Intake(
            store=store, clock=self._clock, machines=(CallMachine(), HallMachine(site)), codec=journal_codec(),
            encode=partial(outbox_rows, site=site), salt=partial(secrets.token_bytes, SALT_BYTES),
        )  # fmt: skip
        self._health = Health(self._clock)
        self._broker = MqttBroker(_mqtt(config), self._clock)
        self._relay = Relay(store, self._broker, self._clock, on_parked=lambda row, reason: self._status.parked(row.event_id, reason))
        self._judging = Judging(
            engine=lambda: triage, store=store, book=self.intake.book, clock=self._clock, zone=ZoneInfo(config.site.timezone),
        )  # fmt: skip
        self._speech = SpeechClient(_listener(config), clock=self._clock, on_state=self._heard)
        self._archives = {pbx.name: _recordings(pbx, config, self._clock) for pbx in config.pbx}
        self._feeds = {pbx.name: self._feed(pbx) for pbx in config.pbx}
        self._hearing = Hearing(
            listener=self._speech, pbxs=self._feeds, intake=self.intake,
            judging=self._judging, hub=self._hub, clock=self._clock, publish_partial=self._publish_partial,
        )  # fmt: skip
        keeping = Keeping(archives=self._archives, book=self.intake.book, clock=self._clock)
        self._performer = Performer(
            {StartTap: self._hearing.start_tap, AssessTriage: self._judging.assess, FetchRecording: keeping.fetch},
            self.intake.offer, self._clock, {AssessTriage: self._judging.failed}, self.intake.first_time,
        )  # fmt: skip
        self._status = Status(
            health=self._health, hub=self._hub, intake=self.intake, relay=self._relay, clock=self._clock, version=__version__
        )
        self._loop: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._runner: web.AppRunner | None = None
        self._connect()

    def _connect(self) -> None:
        news = News(hub=self._hub, judging=self._judging, wake_relay=self._relay.offer, retain_card=self._retain_card)
        self.intake.on_committed, self.intake.on_owed = news.committed, self._performer.perform
        self.intake.on_saving = self._status.saving
        self._broker.on_connected, self._broker.on_state = self._relay.link_up, self._status.broker
        for name, feed in self._feeds.items():
            feed.on_state = partial(self._pbx_changed, name)

    def _feed(self, pbx: PbxConfig) -> PbxFeed:
        return PbxFeed(
            AmiLinkConfig(
                pbx=pbx.name, host=pbx.host, port=pbx.port, username=pbx.username, secret=pbx.secret(),
                connect_within_s=pbx.connect_within_s, login_within_s=pbx.connect_within_s, ping_every_s=pbx.ping_every_s,
            ),
            sources=GapSources(
                site=self._config.site.name, pbx=pbx.name, shape=_shape(pbx), cel_csv=pbx.cel_csv, cdr_csv=pbx.cdr_csv,
                recorded_since=lambda since: self._archives[pbx.name].unclaimed((), since),
            ),
            calls=self.intake, tap_address=pbx.tap_address, clock=self._clock, offer=self.intake.offer_pbx,
        )  # fmt: skip

    def _pbx_changed(self, name: str, state: str, news: LinkState) -> None:
        """What waited for the link is asked for now."""
        self._status.pbx(name, state, news)
        if state == "up":
            self._performer.perform(self.intake.owed())

    def _heard(self, state: SpeechState) -> None:
        figures = {"model": state.model_id, "workers": state.workers, "live": len(state.live), "behind": state.behind}
        self._status.speech(state.up, state.reason, figures)
        if state.up:
            self._hearing.present(state.live)

    async def start(self) -> None:
        """Memory first, then what the world owes, then the links: recovery is the same path as work."""
        speech = ("speech",) if self._config.speech.enabled else ()
        self._status.expect("database", "broker", *speech, *(f"pbx:{name}" for name in self._feeds))
        await self.intake.load()
        self._relay.show(self._gateway_status(online=True))
        for live in self.intake.book.of_kind("call").values():
            self._retain_card(live)
        self._loop = asyncio.create_task(supervise("loop", self.intake.run, self._clock))
        for name, part in {"broker": self._broker.run, "relay": self._relay.run}.items():
            self._tasks.append(asyncio.create_task(supervise(name, part, self._clock)))
        if self._config.speech.enabled:
            await self._speech.start(self._hearing)
        for feed in self._feeds.values():
            await feed.start()
        self._performer.perform(self.intake.owed())
        self._tasks.append(asyncio.create_task(self._performer.sweep(self.intake.owed)))
        self._tasks.append(asyncio.create_task(self._status.watch()))
        if self._config.web.enabled:
            await self._serve_pages()

    async def stop(self) -> None:
        """Sources first, then the loop between two groups, then the sinks; what is unfinished is owed at the next start."""
        if self._runner is not None:
            await self._runner.cleanup()
        await asyncio.gather(*(feed.close() for feed in self._feeds.values()), self._speech.close())
        await self._hearing.close()
        await self._performer.close()
        self.intake.lanes.close()
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
        config = self._config
        settings = WebSettings(
            site=config.site.name, archive=config.archive.folder, demo=config.site.demo,
            speech_demo_model=_synthetic_only(config.speech.model), behind_tls=config.web.behind_tls,
            session_idle_s=config.web.session_idle_min * 60.0, session_max_s=config.web.session_max_h * 3600.0,
        )  # fmt: skip
        deps = WebDeps(
            database=self._store.database, submit=self.intake.submit, hub=self._hub, health=self._status.body,
            clock=self._clock, settings=settings, saving=lambda: self.intake.saving,
        )  # fmt: skip
        self._runner = web.AppRunner(make_app(deps), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, config.web.host, config.web.port).start()

    def _publish_partial(self, call_id: str, speaker: str, text: str, started_ms: int) -> None:
        site = self._config.site.name
        self._relay.tell(partial_message(site=site, call_id=call_id, speaker=speaker, text=text, started_ms=started_ms))

    def _retain_card(self, live: Live) -> None:
        session, ended = live.state, live.state.ended_at is not None
        self._relay.show(card_message(
            site=session.site, call_id=session.call_id, rev=session.rev, at=self._clock.now(), ended=ended,
            call=board.summary(session, live.card, live.last), fields=board.card_json(live.card),
        ), ended_at=session.ended_at)  # fmt: skip

    def _gateway_status(self, *, online: bool) -> Any:
        return status_message(
            site=self._config.site.name, gateway_id=self._config.gateway.id, online=online, at=self._clock.now(), version=__version__
        )


def _mqtt(config: Config) -> MqttSettings:
    mqtt, site, gateway = config.mqtt, config.site.name, config.gateway.id
    return MqttSettings(
        host=mqtt.host, port=mqtt.port, client_id=f"intake110-{site}-{gateway}", username=mqtt.username, password=mqtt.password(),
        tls=mqtt.tls, ca_file=mqtt.ca_file, keepalive_s=mqtt.keepalive_s, publish_within_s=mqtt.publish_within_s,
        will=status_message(site=site, gateway_id=gateway, online=False, at=None, version=__version__),
    )  # fmt: skip


def _synthetic_only(model: Path) -> bool:
    """Whether pages must say that the model hears no people; a broken model is told by the speech service."""
    try:
        return models.check(model).synthetic_only
    except models.ModelError:
        return False


def _shape(pbx: PbxConfig) -> PbxShape:
    return PbxShape(
        intake_contexts=frozenset(pbx.intake_contexts), intake_numbers=frozenset(pbx.intake_numbers),
        department_contexts=frozenset(pbx.department_contexts), xali_datum=Datum(pbx.xali_datum),
    )  # fmt: skip


def _listener(config: Config) -> ListenerConfig:
    speech = config.speech
    return ListenerConfig(
        model=speech.model, state_dir=config.gateway.state_dir, host=speech.listener_host, port=speech.listener_port,
        workers=speech.workers, spool_max_mb=speech.spool_max_mb,
    )  # fmt: skip


def _recordings(pbx: PbxConfig, config: Config, clock: SystemClock) -> Recordings:
    folders = [Folder(pbx=PurePosixPath(folder.pbx), local=folder.local) for folder in pbx.recordings]
    return Recordings(folders, config.archive.folder, clock, settle_within_s=config.archive.settle_within_s)
