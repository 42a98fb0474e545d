"""What every store of rule packs must do, and what the workshop keeps beside them, on the fake and both
databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from gateway.journal.chain import Entry, link
from gateway.ports import Commit, Library, ModelLibrary
from gateway.rulebook.content import content_of
from gateway.store import backtests, opinions, packs, shadows
from gateway.store.backtests import KEPT, StoredMaterial
from gateway.store.opinions import StoredOpinions
from gateway.store.packs import StoredPacks
from gateway.store.shadows import StoredShadow
from gateway.store.store import SqlStore, open_store
from gateway.testing.lab.postgres import LabPostgres
from gateway.testing.memory_opinions import MemoryOpinions
from gateway.testing.memory_packs import MemoryPacks
from gateway.testing.store_file import store_url
from gateway.triage.backtest import Said, Tally
from gateway.triage.model import AlarmClass, Department, Nature
from gateway.triage.packfile import content_hash
from gateway.triage.tried_on import Corpora

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = {"zh-crime.yaml": "规则: 一\n".encode(), "veto/fire.yaml": b"code: fire\n"}
SECOND = {**FIRST, "zh-crime.yaml": "规则: 二\n".encode()}
FIGHT = Said(alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT)
HOTLINE = Said(alarm_class=AlarmClass.NON_POLICE, department=Department.PUBLIC_HOTLINE_12345)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def postgres() -> AsyncIterator[LabPostgres]:
    async with LabPostgres() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: LabPostgres) -> str:
    return await postgres.empty_database()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.system)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return store_url(tmp_path)
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    made = await open_store(url)
    yield made
    await made.close()


async def test_a_pack_is_kept_once_under_its_hash_and_read_back_as_it_was(store: SqlStore) -> None:
    libraries: tuple[Library, ...] = (StoredPacks(store.database), MemoryPacks())
    for library in libraries:
        kept = [await library.keep(FIRST, NOON + timedelta(seconds=at), "wang") for at in (0, 1)]
        assert kept == [content_of(FIRST).hash] * 2
        assert await library.sources(kept[0]) == FIRST
        assert await library.sources("unknown") is None


async def test_a_model_is_kept_once_under_its_hash_and_listed_newest_first(store: SqlStore) -> None:
    first, second = ({"card.json": name.encode(), "weights.npz": b"\x00\xff"} for name in ("一", "二"))
    libraries: tuple[ModelLibrary, ...] = (StoredOpinions(store.database), MemoryOpinions())
    for library in libraries:
        for at, files in enumerate((first, second, first)):
            assert await library.keep(files, NOON + timedelta(seconds=at), "li") == content_hash(files)
        assert await library.files(content_hash(first)) == first
        assert await library.files("unknown") is None
    listed = await store.database.read(opinions.listed)
    assert [(one.hash, one.created_by) for one in listed] == [
        (content_hash(second), "li"), (content_hash(first), "li"),
    ]  # fmt: skip
    assert await store.database.read(packs.list_packs) == []


async def test_packs_are_listed_newest_first_and_found_by_the_beginning_of_their_hash(
    store: SqlStore,
) -> None:
    for at, sources in enumerate((FIRST, SECOND)):
        await StoredPacks(store.database).keep(sources, NOON + timedelta(seconds=at), "wang")
    listed = await store.database.read(packs.list_packs)
    assert [row.content for row in listed] == [content_of(SECOND), content_of(FIRST)]
    found = await store.database.read(packs.find_pack, content_of(FIRST).hash[:12])
    assert found is not None
    assert (found.content, found.created_at, found.created_by) == (content_of(FIRST), NOON, "wang")
    assert await store.database.read(packs.find_pack, "") is None  # several
    assert await store.database.read(packs.find_pack, "zzz") is None


async def test_history_is_the_journal_of_one_site_page_by_page(store: SqlStore) -> None:
    head = await store.head()
    entries = [
        Entry(
            at=NOON, kind=kind, key=key, type="RollBack", version=1, payload="{}", salt=b"s" * 32
        )
        for kind, key in (("rulebook", "demo"), ("call", "demo"), ("rulebook", "other"), ("rulebook", "demo"))
    ]  # fmt: skip
    await store.commit(Commit(journal=link(head.journal_seq, head.journal_hash, entries)))
    assert [row.seq for row in await store.database.read(packs.history, "demo")] == [4, 1]
    assert [row.seq for row in await store.database.read(packs.history, "demo", 4, 1)] == [1]


async def test_the_shadows_newest_word_on_a_call_counts_and_flips_are_listed(store: SqlStore) -> None:
    shadow = StoredShadow(store.database, SHANGHAI)
    for at, (call, theirs) in enumerate((("c1", FIGHT), ("c1", HOTLINE), ("c2", FIGHT))):
        await shadow.keep(
            pack="p", base="b", call_id=call, at=NOON + timedelta(seconds=at), active=FIGHT, shadow=theirs,
            flipped=theirs != FIGHT,
        )  # fmt: skip
    assert await store.database.read(shadows.counts, "p") == (2, 1)
    (row,) = await store.database.read(shadows.flipped, "p")
    assert (row.call_id, row.shadow_class, row.shadow_department) == (
        "c1", "non_police", "public_hotline_12345",
    )  # fmt: skip
    found = await store.database.read(shadows.agreement, "p")
    assert [(one.active, one.shadow, one.calls) for one in found if one.what == "class"] == [
        ("valid_alarm", "non_police", 1), ("valid_alarm", "valid_alarm", 1),
    ]  # fmt: skip
    assert await store.database.read(shadows.counts, "another") == (0, 0)
    assert await shadow.case("nobody") is None


async def test_the_newest_results_of_a_draft_are_kept(store: SqlStore) -> None:
    material = StoredMaterial(store.database, SHANGHAI, Corpora)
    result = Tally().result(0.0, 0.0)
    for number in range(KEPT + 3):
        await material.keep(f"run{number:02}", "d", NOON + timedelta(seconds=number), result)
    last = await store.database.read(backtests.newest, "d")
    assert last is not None
    assert (last.run_id, backtests.read(last)) == (f"run{KEPT + 2}", result)
    assert await store.database.read(backtests.newest, "d", "run02") is None
    assert await material.calls(None) == ((), None)
