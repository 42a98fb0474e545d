"""Real services, one of each a test; what they logged stays in pytest's folder of a failed test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.testing.lab import Cache, City, LabAmi, LabPbx


@pytest.fixture(scope="session")
def cache() -> Cache:
    return Cache()


@pytest.fixture
async def pbx(tmp_path: Path, cache: Cache) -> AsyncIterator[LabPbx]:
    """A 110 PBX with four desks signed in; a department may ring two seconds."""
    async with LabPbx("labpbx", tmp_path, cache=cache, ring_seconds=2) as running:
        yield running


@pytest.fixture
async def city(pbx: LabPbx, cache: Cache) -> AsyncIterator[City]:
    async with City(pbx, cache=cache) as running:
        yield running


@pytest.fixture
async def ami(pbx: LabPbx) -> AsyncIterator[LabAmi]:
    """What the PBX tells, everything, from before the first call."""
    client = await pbx.ami()
    yield client
    await client.close()
