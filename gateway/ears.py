"""The ears of one gateway, put together: its own listener, those of other machines, the hot words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gateway import settings
from gateway.clock import Clock
from gateway.config import Config
from gateway.dispatch import topics
from gateway.ports import Broker, Message
from gateway.runtime.house import House
from gateway.runtime.transcripts import Reader
from gateway.speech.child import ListenerProcess
from gateway.speech.client import SpeechClient
from gateway.speech.fleet import Fleet
from gateway.speech.hotlist import HotList
from gateway.speech.queued import JobReader
from gateway.store.reviews import Reviews
from gateway.store.store import SqlStore


class Ears:
    """`house` is asked for late: it is made after its ears."""

    def __init__(self, config: Config, clock: Clock, store: SqlStore, house: Callable[[], House]) -> None:
        self._config, speech, secret = config, config.speech, config.speech.listeners_secret()
        line = ListenerProcess(settings.listener(config), clock)
        self.fleet = Fleet(
            clock=clock, site=config.site.name, gateway=config.gateway.id, secret=secret,
            local=SpeechClient(line, clock=clock) if speech.own else None,
            on_state=lambda state: house().heard(state),
        )  # fmt: skip
        if secret is not None:
            self.fleet.on_listener = lambda name, state: house().listener_changed(name, state)
        self._hot_list = HotList(
            speech.hot_words,
            lambda: house().workshop.packs.running.rules.spoken_words,
            self.fleet.set_hot_words,
            clock,
        )

        self.reader: Reader = self.fleet
        """Who hears recordings: for a cluster any machine that works on its queue."""
        self._close_queue: Callable[[], Awaitable[None]] | None = None
        if speech.second_pass == "cluster":
            self.reader = self._queued(config, clock, store)

    def _queued(self, config: Config, clock: Clock, store: SqlStore) -> Reader:
        from gateway.speech.cluster import Queue  # an extra: loaded where it is asked for

        queue = Queue(config.store_url(), clock)
        self._close_queue = queue.close
        kept, results = config.archive.folder.absolute(), Reviews(store.database)
        return JobReader(self.fleet, kept=kept, defer=queue.defer, results=results, clock=clock)

    async def close(self) -> None:
        await self.fleet.close()
        if self._close_queue is not None:
            await self._close_queue()

    async def start(self, house: House, broker: Broker) -> Callable[[], Awaitable[None]]:
        """Begins to hear; what is returned keeps the hot words current, for ever."""
        await self.fleet.start(house.hearing)
        if self._config.speech.shared:
            await broker.subscribe(topics.listener_statuses(self._config.site.name), self._announced)
        return self._hot_list.run

    async def _announced(self, message: Message) -> None:
        self.fleet.announced(topics.listener_of(message.topic), message.payload)
