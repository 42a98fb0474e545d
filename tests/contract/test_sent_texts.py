"""What every store of sent texts must do, on the shipped fake and on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.ports_text import SentText, SentTexts
from gateway.store.store import open_store
from gateway.store.texts import StoredTexts
from gateway.testing.fake_sender import MemoryTexts
from gateway.testing.lab.postgres import LabPostgres
from gateway.testing.store_file import store_url

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
TEXT = SentText(message_id="m-1", family="share", key="c1", at=NOON)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def postgres() -> AsyncIterator[LabPostgres]:
    async with LabPostgres() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: LabPostgres) -> str:
    return await postgres.empty_database()


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.system)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    if request.param == "sqlite":
        return store_url(tmp_path)
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else None


@pytest.fixture
async def texts(url: str | None) -> AsyncIterator[SentTexts]:
    if url is None:
        yield MemoryTexts()
        return
    store = await open_store(url)
    yield StoredTexts(store.database)
    await store.close()


async def test_a_text_is_found_by_either_id(texts: SentTexts) -> None:
    await texts.keep(TEXT)
    assert await texts.find("m-1", None) == TEXT
    await texts.keep(replace(TEXT, provider_id="p-1"))
    assert (
        await texts.find(None, "p-1") == await texts.find("m-1", "else") == replace(TEXT, provider_id="p-1")
    )


async def test_an_unknown_text_is_not_found(texts: SentTexts) -> None:
    await texts.keep(TEXT)
    assert await texts.find("m-2", None) is None
    assert await texts.find(None, "p-1") is None
    assert await texts.find(None, None) is None


async def test_old_ones_are_forgotten(texts: SentTexts) -> None:
    await texts.keep(TEXT)
    await texts.keep(replace(TEXT, message_id="m-2", at=NOON + timedelta(hours=1)))
    assert await texts.forget(NOON + timedelta(minutes=1)) == 1
    assert await texts.find("m-1", None) is None
    assert await texts.find("m-2", None) is not None
