"""A rulebook driven by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.answers import Accepted, Answer, Refused
from gateway.dispatch.site_events import RulePackChange
from gateway.rulebook.model import BackTest, Content, Draft, Rulebook
from gateway.rulebook.reducer import owed, reduce
from gateway.rulebook.signals import (
    ApproveDraft,
    BackTested,
    OpenDraft,
    PackSeeded,
    RulebookRequest,
    RulebookSignal,
    StartBackTest,
    SubmitDraft,
)
from gateway.testing.veto_sentences import covered

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


def content(name: str) -> Content:
    return Content(hash=f"{name}-hash", pack_hash=f"{name}-rules", veto_hash=f"{name}-vetoes")


@dataclass
class Desk:
    """One site's rulebook, the answers people got and what the site was told."""

    book: Rulebook = field(default_factory=lambda: Rulebook(site="demo"))
    told: list[RulePackChange] = field(default_factory=list)
    count: int = 0

    def take(self, signal: RulebookSignal) -> Answer | None:
        outcome = reduce(self.book, signal)
        self.book = outcome.state
        self.told += outcome.events
        return outcome.answer

    def ask(self, kind: type[RulebookRequest], actor: str = "wang", **more: Any) -> Answer | None:
        self.count += 1
        at = NOON + timedelta(seconds=self.count)
        return self.take(kind(site="demo", at=at, request_id=f"r{self.count}", actor=actor, **more))

    def seed(self) -> None:
        self.take(PackSeeded(site="demo", at=NOON, content=content("first")))

    def open(self, name: str = "d1", changed: tuple[str, ...] = ("zh-crime.yaml",)) -> None:
        assert self.book.active is not None
        base = self.book.active.content.hash
        opened = self.ask(
            OpenDraft, draft_id=name, base=base, content=content(name), changed=changed, note="灯会"
        )
        assert isinstance(opened, Accepted)

    def draft(self, name: str = "d1") -> Draft:
        found = self.book.draft(name)
        assert found is not None
        return found

    def test(self, name: str = "d1", **figures: Any) -> None:
        """Ask for a back-test and let it end with these figures."""
        assert isinstance(self.ask(StartBackTest, draft_id=name), Accepted)
        (effect,) = [one for one in owed(self.book) if one.draft_id == name]
        known = {
            "calls": 10,
            "texts": 20,
            "missed": 0,
            "vetoes": 5,
            "vetoes_missed": 0,
            "flipped": 1,
            "veto_codes": covered(),
        }
        summary = BackTest(
            run_id=effect.run_id, hash=effect.hash, base=effect.base, at=NOON, by="wang", agreement=0.9,
            **{**known, **figures},
        )  # fmt: skip
        self.take(BackTested(site="demo", at=NOON, draft_id=name, summary=summary))

    def approve(self, name: str = "d1", actor: str = "li") -> Answer | None:
        return self.ask(ApproveDraft, actor, draft_id=name, hash=self.draft(name).content.hash)

    def ready(self, name: str = "d1", **more: Any) -> None:
        """Opened, tested, submitted, approved."""
        self.open(name, **more)
        self.test(name)
        assert isinstance(self.ask(SubmitDraft, draft_id=name), Accepted)
        assert isinstance(self.approve(name), Accepted)


def code(answer: Answer | None) -> str:
    return answer.code if isinstance(answer, Refused) else "accepted"


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.seed()
    return made
