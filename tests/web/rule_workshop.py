"""A rule workshop for tests: the real loop, store and engine behind the API, with a pack of one rule."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio

from gateway.dispatch.encode import outbox_rows
from gateway.rulebook.model import BackTest
from gateway.rulebook.reducer import owed
from gateway.rulebook.signals import BackTested
from gateway.runtime.health import Health
from gateway.runtime.incident_machine import FloodMachine, IncidentMachine
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine, HallMachine, RulebookMachine, journal_codec
from gateway.runtime.opinions import OpinionSources
from gateway.runtime.packs import Packs, PackSources
from gateway.runtime.workshop import Workshop as RuntimeWorkshop
from gateway.runtime.workshop import WorkshopSources
from gateway.store.backtests import StoredMaterial
from gateway.store.opinions import StoredOpinions
from gateway.store.packs import StoredPacks
from gateway.store.shadows import StoredShadow
from gateway.testing.judged_calls import examples
from gateway.testing.memory_workshop import MemoryMaterial
from gateway.testing.veto_sentences import covered
from gateway.triage.classifier import CARD, WEIGHTS, Files, ModelFileError
from gateway.triage.engine import Triage, read_sources
from gateway.triage.learn import train
from gateway.triage.model import VetoCode
from gateway.web import rule_schema

from .site import POST, Client, Site

RULES = Path(__file__).parents[2] / "conf" / "rules"
API = "/api/v1/rules"
SMALL = """\
duties:
  public_hotline_12345: {zh: 12345热线受理非紧急诉求, en: The 12345 hotline takes what is not urgent}
rules:
  - id: zh.test.fight
    class: valid_alarm
    nature: fight
    priority: 2
    weight: 0.9
    any: [打架]
    explanation: {zh: 打架, en: A fight}
    examples: {match: [楼下有人打架], not: [路灯坏了]}
"""
MORE = (
    SMALL
    + """\
  - id: zh.test.lamp
    class: non_police
    department: public_hotline_12345
    priority: 4
    weight: 0.9
    any: [路灯坏了, 路灯不亮]
    explanation: {zh: 路灯, en: A street lamp}
    examples: {match: [小区路灯坏了], not: [楼下有人打架]}
"""
)
VETOES = {name: text for name, text in read_sources(RULES).items() if name.startswith("veto/")}


@cache
def taught(name: str) -> Files:
    """A second opinion taught with invented calls."""
    made = train(examples(), name=name)
    return {CARD: made.card_text.encode(), WEIGHTS: made.weights}


@dataclass
class Models:
    """The site's own folder of the second opinion; most tests have none."""

    files: Files | None = None

    @property
    def folder(self) -> Files:
        if self.files is None:
            raise ModelFileError(Path("second_opinion"), "No such file or directory")
        return self.files


@dataclass
class Workshop:
    site: Site
    intake: Intake
    packs: Packs
    made: RuntimeWorkshop
    material: MemoryMaterial
    """Its corpora are what drafts are tried on."""
    models: Models
    clients: dict[str, Client] = field(default_factory=dict)

    async def client(self, role: str = "rule_operator", who: str = "") -> Client:
        key = who or role
        if key not in self.clients:
            self.clients[key] = await self.site.signed_in(role)
        return self.clients[key]

    async def get(self, path: str, role: str = "rule_operator", **query: str) -> Any:
        answered = await (await self.client(role)).get(f"{API}{path}", params=query)
        assert answered.status == 200, await answered.text()
        return await answered.json()

    async def post(self, path: str, body: dict[str, Any], role: str = "rule_operator", who: str = "") -> Any:
        answered = await (await self.client(role, who)).post(f"{API}{path}", json=body, headers=POST)
        return await answered.json()

    async def ask(self, kind: str, role: str = "rule_operator", who: str = "", **data: Any) -> Any:
        body = {"type": kind, "request_id": str(uuid.uuid4()), "expected_rev": None, "data": data}
        return await self.post("/requests", body, role, who)

    async def open(self, text: str = MORE, **more: Any) -> str:
        draft_id = str(uuid.uuid4())
        told = await self.ask(
            "OpenDraft", draft_id=draft_id, files={"zh-test.yaml": text}, note="路灯", **more
        )
        assert told["outcome"] == "accepted", told
        return draft_id

    async def really_tested(self, draft_id: str) -> None:
        """Asked for, performed as the house would, told to the loop."""
        assert (await self.ask("StartBackTest", draft_id=draft_id))["outcome"] == "accepted"
        (effect,) = owed(self.packs.book)
        for told in await self.made.back_tests.perform(effect):
            await self.intake.settled(told)

    async def tested(
        self, draft_id: str, fired: Mapping[VetoCode, int] | None = None, **figures: int
    ) -> None:
        """A back-test with these figures, as the runner would tell it; `fired`: by veto code, of 3."""
        assert (await self.ask("StartBackTest", draft_id=draft_id))["outcome"] == "accepted"
        (effect,) = owed(self.packs.book)
        known = {"missed": 0, "vetoes": 3, "vetoes_missed": 0, "flipped": 1, "calls": 2, "texts": 5}
        summary = BackTest(
            run_id=effect.run_id, hash=effect.hash, base=effect.base, at=self.site.clock.now(), by=effect.by,
            agreement=0.8, veto_codes=covered(fired), **{**known, **figures},
        )  # fmt: skip
        await self.intake.settled(
            BackTested(site="hz", at=self.site.clock.now(), draft_id=draft_id, summary=summary)
        )

    async def approved(self) -> str:
        draft_id = await self.open()
        await self.tested(draft_id)
        assert (await self.ask("SubmitDraft", draft_id=draft_id))["outcome"] == "accepted"
        content = (await self.draft(draft_id))["content"]["hash"]
        told = await self.ask("ApproveDraft", "rule_approver", draft_id=draft_id, hash=content)
        assert told["outcome"] == "accepted", told
        return draft_id

    async def draft(self, draft_id: str, role: str = "rule_operator") -> Any:
        shown = await self.get("", role)
        rule_schema.RulebookShown.model_validate(shown)
        return next(draft for draft in shown["drafts"] if draft["draft_id"] == draft_id)


@pytest_asyncio.fixture(loop_scope="session")
async def workshop(site: Site) -> AsyncIterator[Workshop]:
    intake = Intake(
        store=site.store, clock=site.clock,
        machines=(
            CallMachine(), HallMachine("hz"), RulebookMachine("hz"), IncidentMachine(), FloodMachine("hz"),
        ),
        codec=journal_codec(), encode=partial(outbox_rows, site="hz"), salt=lambda: b"s" * 32,
    )  # fmt: skip
    folder = {**VETOES, "zh-test.yaml": SMALL.encode()}
    database, zone = site.store.database, ZoneInfo("Asia/Shanghai")
    material, models = MemoryMaterial(), Models()
    made = RuntimeWorkshop(
        WorkshopSources(
            packs=PackSources(library=StoredPacks(database), folder=lambda: folder, build=Triage.build),
            material=StoredMaterial(database, zone, lambda: material.tried_on),
            notes=StoredShadow(database, zone),
            opinions=OpinionSources(library=StoredOpinions(database), folder=lambda: models.folder),
        ),
        intake=intake, health=Health(site.clock), hub=site.hub, clock=site.clock, site="hz",
    )  # fmt: skip
    packs = made.packs
    intake.on_committed = lambda changes, commit: made.committed(changes)
    await intake.load()
    running = asyncio.create_task(intake.run())
    await made.start()
    site.workshop = made
    yield Workshop(site, intake, packs, made, material, models)
    await made.close()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
