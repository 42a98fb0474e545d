"""Who looks after the verdicts, put together: the quality watch on the store's tables."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from zoneinfo import ZoneInfo

from gateway.clock import Clock
from gateway.config import Config
from gateway.runtime.house import House
from gateway.runtime.packs import PackSources
from gateway.runtime.quality import QualityWatch
from gateway.store.packs import StoredPacks
from gateway.store.quality import QualityTables
from gateway.store.store import SqlStore
from gateway.triage.engine import Triage, read_sources

Part = Callable[[], Awaitable[None]]


def parts(config: Config, house: House, store: SqlStore, clock: Clock) -> dict[str, Part]:
    """What must run for ever, by name."""
    zone = ZoneInfo(config.site.timezone)
    watch = QualityWatch(
        QualityTables(store.database, zone), health=house.health, offer=house.intake.offer, clock=clock,
        zone=zone,
    )  # fmt: skip
    return {"quality": watch.run, "rule packs": house.packs.watch}


def pack_sources(config: Config, store: SqlStore) -> PackSources:
    """The site's rule packs: those of the store, and the folder that seeds it."""
    return PackSources(
        library=StoredPacks(store.database), folder=partial(read_sources, config.triage.rules),
        build=Triage.build,
    )  # fmt: skip
