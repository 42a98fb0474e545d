"""Which second opinion stands beside the rules: taken from the store by its hash, exchanged between two
signals.

The rulebook says which model is in use; this makes it so. An empty store is seeded from the site's own
folder; afterwards a folder that holds another one is told and never taken silently. A model is read and
checked before the request that needs it is offered to the loop: one that fails its check is refused, and the
old one stays. Without a usable one the rules judge alone, and nothing is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import structlog

from gateway.clock import Clock
from gateway.ports import ModelLibrary, StoreUnavailable
from gateway.rulebook.model import Rulebook
from gateway.rulebook.signals import InstallOpinion, OpinionSeeded
from gateway.runtime.answers import Answer, Refused
from gateway.runtime.book import Change
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.intake import Intake
from gateway.runtime.packs import Rules
from gateway.runtime.supervise import Tasks
from gateway.triage import second
from gateway.triage.classifier import Classifier, Files, ModelFileError, made_of
from gateway.triage.engine import Triage
from gateway.triage.packfile import content_hash

log = structlog.get_logger(__name__)

SERVICE = "second_opinion"
LOOK_EVERY_S = 60.0
"""How soon a changed folder is told."""
MAX_REASON_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionSources:
    """Where a site has its models from. `folder`: reads its own one (in a thread); raises ModelFileError."""

    library: ModelLibrary
    folder: Callable[[], Files]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One that passed its check, ready to be asked."""

    files: Files
    classifier: Classifier


class Opinions:
    """`running`: who is asked beside the rules, None: nobody. `on_exchange`: called when it is another
    one."""

    def __init__(
        self, sources: OpinionSources | None, *, intake: Intake, health: Health, clock: Clock, site: str
    ) -> None:
        """`sources` None: the site wants none."""
        self._sources, self._intake, self._health = sources, intake, health
        self._clock, self._site = clock, site
        self.running: Model | None = None
        self.folder_hash = ""
        self.on_exchange: Callable[[], None] = lambda: None
        self._fault = ""
        self._checked: Model | None = None
        """What is about to be installed."""
        self._tasks = Tasks(limit=1)

    @property
    def book(self) -> Rulebook:
        live = self._intake.book.get(("rulebook", self._site))
        return live.state if live else Rulebook(site=self._site)

    @property
    def wanted(self) -> bool:
        return self._sources is not None

    @property
    def fault(self) -> str:
        """Why the rules judge alone, or "": they do not, or nobody wants more."""
        return self._fault if self.running is None else ""

    @property
    def folder_differs(self) -> bool:
        """The folder holds another model than it did when one was last taken or installed."""
        used = self.book.opinion.hash if self.book.opinion else ""
        return bool(self.folder_hash) and self.folder_hash not in (used, self.book.opinion_folder)

    def files(self) -> Files | None:
        """Of the model that is asked."""
        return self.running.files if self.running else None

    def beside(self, rules: Rules) -> Rules:
        """The engine that judges: a pack with the model beside it."""
        return second.beside(cast(Triage, rules), self.running.classifier if self.running else None)

    async def start(self) -> None:
        """Seed an empty store from the folder; take up the model in use."""
        if self._sources is None:
            return
        files = await self._look_into_folder()
        used = self.book.opinion
        if used is not None:
            await self._take_up(used.hash)
        elif files is not None:
            await self._seed(self._sources, files)
        self.tell()

    async def _seed(self, sources: OpinionSources, files: Files) -> None:
        try:
            self.running = await _checked(files)
        except ModelFileError as error:
            self._refused(_why(error))
            return
        digest = await sources.library.keep(files, self._clock.now(), "")
        await self._intake.settled(OpinionSeeded(
            site=self._site, at=self._clock.now(), hash=digest, **_card(self.running.classifier)
        ))  # fmt: skip

    async def _take_up(self, digest: str) -> None:
        """What the store holds; a model that an upgrade cannot read any more leaves the rules alone."""
        assert self._sources is not None
        try:
            files = await self._sources.library.files(digest)
            if files is None:
                self._refused(f"the store has no model {digest[:12]}: install one")
                return
            self.running = await _checked(files)
        except (ModelFileError, StoreUnavailable) as error:
            self._refused(_why(error))

    def _refused(self, reason: str) -> None:
        self.running, self._fault = None, reason[:MAX_REASON_CHARS]
        log.error("the second opinion cannot be used, rules judge alone", reason=self._fault)

    # ---- another one

    async def check(self, files: Files | None, digest: str = "") -> Model:
        """The model of these files, or the one kept under `digest`. Raises ModelFileError."""
        if files is None:
            assert self._sources is not None
            files = (await self._sources.library.files(digest)) or {}
        return await _checked(files)

    async def own_files(self) -> Files:
        """What the site's own folder holds. Raises ModelFileError."""
        assert self._sources is not None
        return await asyncio.to_thread(self._sources.folder)

    async def install(self, model: Model, **asked: Any) -> Answer:
        """Keep it, then ask the loop; `asked` are the request's own fields."""
        if self._sources is None:
            return Refused(
                code="no_opinion", text="gateway.toml wants no second opinion: write [triage] second_opinion"
            )
        digest = await self._sources.library.keep(model.files, self._clock.now(), asked["actor"])
        await self._look_into_folder()
        self._checked = model
        request = InstallOpinion(
            site=self._site, at=self._clock.now(), hash=digest, folder=self.folder_hash,
            **_card(model.classifier), **asked,
        )  # fmt: skip
        return await self._intake.submit(request)

    def committed(self, changes: Sequence[Change]) -> None:
        """Another one is in use: exchanged now, between two signals."""
        if self._sources is None or not any(change.address[0] == "rulebook" for change in changes):
            return
        used = self.book.opinion
        if used is None or (self.running is not None and self.running.classifier.hash == used.hash):
            self.tell()
            return
        if self._checked is not None and self._checked.classifier.hash == used.hash:
            self._exchange(self._checked)
        else:
            self._tasks.start("second opinion", self._fetch(used.hash))

    async def _fetch(self, digest: str) -> None:
        """Rarely needed: another request came between check and commit."""
        await self._take_up(digest)
        if self.running is not None:
            self._exchange(self.running)
        self.tell()

    def _exchange(self, model: Model) -> None:
        self.running, self._fault, self._checked = model, "", None
        log.info("another second opinion stands beside the rules", model=model.classifier.name)
        self.on_exchange()
        self.tell()

    # ---- the folder, and the health page

    async def watch(self) -> None:
        """For ever: tell when the folder holds another model."""
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            if self._sources is not None:
                await self._look_into_folder()
                self.tell()

    async def _look_into_folder(self) -> Files | None:
        """None: it holds no two files; that alone is no fault while a model is in use."""
        try:
            files = await self.own_files()
        except ModelFileError as error:
            self.folder_hash = ""
            self._fault = self._fault or _why(error)[:MAX_REASON_CHARS]
            return None
        self.folder_hash = content_hash(files)
        return files

    def tell(self) -> None:
        """How the model is, on the health page; nothing where none is wanted."""
        if self._sources is None:
            return
        if self.running is None:
            self._health.set(SERVICE, ServiceState.DEGRADED, _unusable(self._fault))
            return
        card, used = self.running.classifier.card, self.book.opinion
        self._health.set(
            SERVICE, ServiceState.DEGRADED if self.folder_differs else ServiceState.UP,
            FOLDER_DIFFERS if self.folder_differs else None, model=self.running.classifier.name,
            examples=card["examples"]["used"], taken=used.at.isoformat() if used else None,
        )  # fmt: skip

    async def close(self) -> None:
        await self._tasks.close()


async def _checked(files: Files) -> Model:
    """In a thread: calls go on being judged meanwhile."""
    return Model(files=files, classifier=await asyncio.to_thread(made_of, files))


def _why(error: Exception) -> str:
    """Without the cure, which the health page tells in its own words."""
    return f"{error.path}: {error.what}" if isinstance(error, ModelFileError) else str(error)


def _card(model: Classifier) -> dict[str, Any]:
    return {"name": str(model.card["name"])[:MAX_REASON_CHARS], "examples": model.card["examples"]["used"]}


FOLDER_DIFFERS = Fault(
    fault_zh="文件夹里有另一个第二意见模型，未自动采用；仍用下面这个",
    fault_en="the folder holds another model; it was not taken over, the one below is in use",
    cure_zh="执行 intake110 rules opinion 查看，用 intake110 rules install-opinion 换上（不需要重新启动）",
    cure_en="see intake110 rules opinion, then intake110 rules install-opinion; no restart is needed",
)


def _unusable(reason: str) -> Fault:
    return Fault(
        fault_zh=f"第二意见模型不可用，仅由规则研判：{reason}",
        fault_en=f"the model cannot be used, rules judge alone: {reason}",
        cure_zh="用 intake110 rules train 重新训练，再用 intake110 rules install-opinion 换上",
        cure_en="train it anew with intake110 rules train, then intake110 rules install-opinion",
    )
