"""Real services, one of each a test; what they logged stays in pytest's folder of a failed test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.testing.lab import Cache, City, LabAmi, LabPbx
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.stage import Stage

from .certificates import make


@pytest.fixture(scope="session")
def cache() -> Cache:
    return Cache()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, servers good and bad, a client, and an authority that signed nobody."""
    return make(tmp_path_factory.mktemp("tls"))


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


@pytest.fixture
async def stage(tmp_path: Path, cache: Cache) -> AsyncIterator[Stage]:
    """The whole product: PBX, city, broker, and the gateway as a process of its own."""
    async with Stage(tmp_path, cache=cache) as running:
        yield running


@pytest.fixture
async def core(stage: Stage) -> AsyncIterator[LabCore]:
    """A dispatch core that hears every event of `stage`."""
    async with LabCore(stage.broker) as listening:
        yield listening
