"""Queries are held to the same answers on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.store.store import SqlStore, open_store
from gateway.testing.lab.postgres import LabPostgres
from gateway.testing.store_file import store_url


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def postgres() -> AsyncIterator[LabPostgres]:
    async with LabPostgres() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: LabPostgres) -> str:
    """An empty database of a real PostgreSQL."""
    return await postgres.empty_database()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.system)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return store_url(tmp_path)
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(url)
    yield opened
    await opened.close()
