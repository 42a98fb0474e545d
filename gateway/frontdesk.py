"""Work orders, the dispatch core's side and calls together of one gateway, put together: deadlines, keys,
what comes in over MQTT; thresholds of surges and floods, and what the store knows of earlier calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from gateway import settings
from gateway.archive.pictures import Pictures
from gateway.clock import Clock
from gateway.config import Config
from gateway.dispatch.inbox import Inbox
from gateway.ports import Broker
from gateway.runtime.dispatch_desk import DispatchSources
from gateway.runtime.house import House
from gateway.runtime.order_desk import OrderSources
from gateway.runtime.sharing import TEXT_EN, TEXT_ZH, ShareSettings, ShareSources
from gateway.runtime.texting import TextSources
from gateway.runtime.thread_desk import ThreadSources
from gateway.runtime.wall import Wall, WallSources
from gateway.store.dispatch import StoredReportAsides
from gateway.store.orders import StoredAsides
from gateway.store.share_links import StoredShareLinks
from gateway.store.store import SqlStore
from gateway.store.texts import StoredTexts
from gateway.store.together import StoredPast
from gateway.store.wall import StoredWall

KIND, DISPATCH, TEXT_REPORTS, TEXTS = "orders", "dispatch", "text-reports", "texts"
Part = Callable[[], Awaitable[None]]


def order_sources(config: Config, store: SqlStore) -> OrderSources:
    """What gateway.toml says under [orders]."""
    orders = config.orders
    return OrderSources(asides=StoredAsides(store.database), usual=orders.usual(), keys=orders.keys())


def past(store: SqlStore) -> StoredPast:
    """What is known of earlier calls: the last hour, and a number's history."""
    return StoredPast(store.database)


def dispatch_sources(config: Config, store: SqlStore) -> DispatchSources:
    """What gateway.toml says under [dispatch]."""
    dispatch = config.dispatch
    return DispatchSources(
        asides=StoredReportAsides(store.database), ack_within_s=dispatch.ack_within_s, key=dispatch.key()
    )


def text_sources(config: Config, clock: Clock, store: SqlStore, broker: Broker) -> TextSources:
    """What gateway.toml says under [texts]."""
    return TextSources(
        sender=settings.text_sender(config, clock), sent=StoredTexts(store.database), broker=broker
    )


def share_sources(config: Config, store: SqlStore) -> ShareSources | None:
    """What gateway.toml says under [texts.share]; None: no page for callers."""
    told = config.texts.share
    if told is None:
        return None
    page = ShareSettings(
        public_url=told.public_url, valid_s=told.valid_min * 60, text_zh=told.text_zh or TEXT_ZH,
        text_en=told.text_en or TEXT_EN,
    )  # fmt: skip
    return ShareSources(
        settings=page, links=StoredShareLinks(store.database),
        pictures=Pictures(config.archive.folder.absolute()),
    )  # fmt: skip


def thread_sources(config: Config, store: SqlStore) -> ThreadSources:
    """How text calls are taken in: [texts], and numbers as [location] reads them."""
    return ThreadSources(
        within_s=config.texts.answer_within_s, asides=StoredAsides(store.database),
        country_code=config.location.country_code, keys=config.texts.keys(),
    )  # fmt: skip


def wall(
    config: Config, store: SqlStore, house: House, clock: Clock, demo_languages: Callable[[], Sequence[str]]
) -> Wall:
    """The big screen of the site, fed by memory and store."""
    sources = WallSources(
        figures=StoredWall(store.database, ZoneInfo(config.site.timezone)),
        positions=[each.extension for each in config.desk.positions],
        demo_languages=demo_languages,
    )
    return Wall(
        sources, book=house.intake.book, hall=lambda: house.hall, health=house.health, hub=house.hub,
        clock=clock, site=config.site.name, saving=lambda: house.intake.saving,
    )  # fmt: skip


async def start(config: Config, house: House, broker: Broker) -> dict[str, Part]:
    """Listens to departments and to the dispatch core; gives what must run for ever, by name."""
    takers = {
        KIND: house.orders.heard, DISPATCH: house.dispatch.heard, TEXT_REPORTS: house.texting.heard,
        TEXTS: house.threads.heard,
    }  # fmt: skip
    inbox = Inbox(broker, config.site.name, takers)
    house.orders.dropped = lambda: inbox.dropped
    await inbox.open()
    return {
        **{f"inbox {kind}": partial(inbox.run, kind) for kind in takers},
        "orders set aside": house.orders.watch,
        "reports set aside": house.dispatch.watch,
        "plans": house.plans.watch,
        "sent texts": house.texting.watch,
        "links to callers": house.sharing.watch,
    }
