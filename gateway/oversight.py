"""Who judges, and who looks after the verdicts, put together: rule packs, the second opinion beside them, the
quality watch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from gateway.clock import Clock
from gateway.config import Config
from gateway.rulebook.content import Sources
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.house import House
from gateway.runtime.packs import PackSources, Rules
from gateway.runtime.quality import QualityWatch
from gateway.runtime.workshop import WorkshopSources
from gateway.store.backtests import StoredMaterial
from gateway.store.corpora import read_corpus_folder
from gateway.store.packs import StoredPacks
from gateway.store.quality import QualityTables
from gateway.store.shadows import StoredShadow
from gateway.store.store import SqlStore
from gateway.triage.classifier import Classifier, Files, ModelFileError, files_of, made_of
from gateway.triage.engine import Triage, read_sources
from gateway.triage.second import beside

log = structlog.get_logger(__name__)

Part = Callable[[], Awaitable[None]]
SERVICE = "second_opinion"
CORPUS = "corpus"
"""Folder beside the packs: what every draft is tried on."""


class Oversight:
    """A model that cannot be used is told, and the rules judge alone."""

    def __init__(self, config: Config, store: SqlStore) -> None:
        self._config, self._store = config, store
        self._model: Classifier | None = None
        self._files: Files | None = None
        self._fault: ModelFileError | None = None
        if (folder := config.triage.second_opinion) is not None:
            try:
                files = files_of(folder)
                self._model, self._files = made_of(files, folder), files
            except ModelFileError as error:
                self._fault = error
                log.error("the second opinion cannot be used, rules judge alone", error=str(error))

    @property
    def rules(self) -> WorkshopSources:
        """The site's rule packs: those of the store, the folder that seeds it, and what drafts are tried
        on."""
        database, folder = self._store.database, self._config.triage.rules
        zone = ZoneInfo(self._config.site.timezone)
        return WorkshopSources(
            packs=PackSources(
                library=StoredPacks(database), folder=partial(read_sources, folder), build=self.build
            ),
            material=StoredMaterial(database, zone, partial(read_corpus_folder, folder / CORPUS)),
            notes=StoredShadow(database, zone),
            opinion=lambda: self._files,
        )

    def build(self, sources: Sources) -> Rules:
        """The engine that judges with a pack. Raises RulePackError."""
        return beside(Triage.build(sources), self._model)

    def parts(self, house: House, clock: Clock) -> dict[str, Part]:
        """What must run for ever, by name; how the model is, is told at once."""
        self.tell(house.health)
        zone = ZoneInfo(self._config.site.timezone)
        watch = QualityWatch(
            QualityTables(self._store.database, zone), health=house.health, offer=house.intake.offer,
            clock=clock, zone=zone,
        )  # fmt: skip
        own = {"quality": watch.run, "silence": house.silence.watch, "timers": house.timers.watch}
        own["directory"] = house.directory.watch
        return {**own, **house.workshop.parts, **house.together.parts}

    def tell(self, health: Health) -> None:
        """How the model is; nothing where none is wanted."""
        if self._fault is not None:
            health.set(SERVICE, ServiceState.DEGRADED, Fault(
                fault_zh=f"第二意见模型不可用，仅由规则研判：{self._fault.what}",
                fault_en=f"the model cannot be used, rules judge alone: {self._fault.what}",
                cure_zh="用 intake110 rules train 重新训练，或从 gateway.toml 中去掉",
                cure_en=self._fault.cure,
            ))  # fmt: skip
        elif self._model is not None:
            taught = self._model.card["examples"]["used"]
            health.set(SERVICE, ServiceState.UP, model=self._model.name, examples=taught)
