"""What a contract is held to on: one real PostgreSQL for all of them, an empty database for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.store.store import SqlStore, open_store
from gateway.testing.lab.postgres import LabPostgres
from gateway.testing.store_file import store_url

POSTGRES = pytest.param("postgres", marks=pytest.mark.system)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def postgres() -> AsyncIterator[LabPostgres]:
    async with LabPostgres() as server:
        yield server


@pytest.fixture
async def postgres_url(postgres: LabPostgres) -> str:
    """An empty database of a real PostgreSQL."""
    return await postgres.empty_database()


@pytest.fixture(params=["sqlite", POSTGRES])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the store lies, on both databases."""
    on_file = request.param == "sqlite"
    return store_url(tmp_path) if on_file else str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["memory", "sqlite", POSTGRES])
def url_or_none(request: pytest.FixtureRequest, tmp_path: Path) -> str | None:
    """Where the store lies; None for the shipped fake in memory."""
    if request.param == "memory":
        return None
    on_file = request.param == "sqlite"
    return store_url(tmp_path) if on_file else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def store(url: str) -> AsyncIterator[SqlStore]:
    opened = await open_store(url)
    yield opened
    await opened.close()
