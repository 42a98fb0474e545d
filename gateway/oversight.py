"""Who judges, and who looks after the verdicts, put together: rule packs, the second opinion beside them, the
quality watch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from threading import Thread
from zoneinfo import ZoneInfo

from gateway.clock import Clock
from gateway.config import Config
from gateway.programs import cache_home
from gateway.runtime.house import House
from gateway.runtime.opinions import OpinionSources
from gateway.runtime.packs import PackSources
from gateway.runtime.quality import QualityWatch
from gateway.runtime.workshop import WorkshopSources
from gateway.store.backtests import StoredMaterial
from gateway.store.corpora import read_corpus_folder
from gateway.store.opinions import StoredOpinions
from gateway.store.packs import StoredPacks
from gateway.store.quality import QualityTables
from gateway.store.shadows import StoredShadow
from gateway.store.store import SqlStore
from gateway.triage.classifier import files_of
from gateway.triage.engine import Triage, read_sources
from gateway.triage.seen import FOLDER, Seen

Part = Callable[[], Awaitable[None]]
CORPUS = "corpus"
"""Folder beside the packs: what every draft is tried on."""


def rules(config: Config, store: SqlStore) -> WorkshopSources:
    """The site's rule packs and second opinion: those of the store, the folders that seed it, and what drafts
    are tried on."""
    database, folder, model = store.database, config.triage.rules, config.triage.second_opinion
    zone = ZoneInfo(config.site.timezone)
    opinions = None
    if model is not None:
        opinions = OpinionSources(library=StoredOpinions(database), folder=partial(files_of, model))
    return WorkshopSources(
        packs=PackSources(library=StoredPacks(database), folder=partial(read_sources, folder), build=_built),
        material=StoredMaterial(database, zone, partial(read_corpus_folder, folder / CORPUS)),
        notes=StoredShadow(database, zone),
        opinions=opinions,
    )


def _built(sources: Mapping[str, bytes]) -> Triage:
    """A pack that was in order before is not checked again; what its check would have made ready is made
    ready beside the first calls. Who ends meanwhile waits for that second: a thread torn off in the middle of
    native code aborts the process."""
    made = Triage.build(sources, Seen(cache_home() / FOLDER))
    Thread(target=made.warm, name="rules-warm").start()
    return made


def parts(config: Config, store: SqlStore, house: House, clock: Clock) -> dict[str, Part]:
    """What must run for ever, by name."""
    zone = ZoneInfo(config.site.timezone)
    watch = QualityWatch(
        QualityTables(store.database, zone), health=house.health, offer=house.intake.offer, clock=clock,
        zone=zone,
    )  # fmt: skip
    own = {"quality": watch.run, "silence": house.silence.watch, "timers": house.timers.watch}
    own["directory"] = house.directory.watch
    return {**own, **house.workshop.parts, **house.together.parts}
