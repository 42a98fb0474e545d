"""The check of the pack that judges: the store's, beside the folder that may differ."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.checks.line import Line, State
from gateway.checks.packs import active_pack
from gateway.config import Config
from gateway.journal.codec import encode, to_text
from gateway.ports import AggregateRow, Commit
from gateway.rulebook.content import content_of
from gateway.rulebook.model import Pack, Rulebook
from gateway.store.packs import StoredPacks
from gateway.store.store import open_store
from gateway.triage.engine import read_sources

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SHIPPED = Path(__file__).parents[3] / "conf/rules"


class Place:
    """A site's folder of rules and its database."""

    def __init__(self, tmp_path: Path) -> None:
        self.rules, self.database = tmp_path / "rules", tmp_path / "intake110.db"
        shutil.copytree(SHIPPED, self.rules)
        self.config = Config.model_validate(
            {"store": {"url": f"sqlite:///{self.database}"}, "triage": {"rules": self.rules}}
        )

    async def seed(self, folder: str | None = None) -> None:
        """As the gateway leaves the store: the pack of now is active."""
        sources = read_sources(self.rules)
        content = content_of(sources)
        book = Rulebook(
            site="site", rev=1, versions=1, stack=(Pack(version=1, content=content, at=NOON, by=""),),
            folder=content.hash,
        )  # fmt: skip
        if folder is not None:
            book = replace(book, folder=folder)
        store = await open_store(f"sqlite:///{self.database}")
        await StoredPacks(store.database).keep(sources, NOON, "")
        row = AggregateRow(
            kind="rulebook", key="site", rev=1, closed=False, state=to_text(encode(book)), changed_at=NOON
        )
        await store.commit(Commit(aggregates=[row]))
        await store.close()

    async def told(self) -> Line:
        line = await active_pack(self.config)
        assert line is not None
        return line


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_before_the_first_start_the_folder_will_be_version_1(place: Place) -> None:
    line = await place.told()
    assert (line.state, "first start" in line.en) == (State.OK, True)


async def test_the_version_that_judges_is_told(place: Place) -> None:
    await place.seed()
    line = await place.told()
    assert (line.state, "version 1" in line.en) == (State.OK, True)


async def test_a_folder_that_differs_is_warned_of_with_its_way_in(place: Place) -> None:
    await place.seed()
    with (place.rules / "zh-crime.yaml").open("a", encoding="utf-8") as file:
        file.write("\n# another line\n")
    line = await place.told()
    assert (line.state, "rules import" in line.cure_en) == (State.WARN, True)


async def test_an_active_pack_that_cannot_be_used_fails_with_file_and_line(place: Place) -> None:
    (place.rules / "zh-crime.yaml").write_text("rules: {", encoding="utf-8")
    await place.seed()
    line = await place.told()
    assert (line.state, "zh-crime.yaml, line" in line.en) == (State.FAIL, True)


async def test_a_store_that_cannot_be_asked_is_another_checks_business(place: Place) -> None:
    place.database.write_text("no database")
    assert await active_pack(place.config) is None
