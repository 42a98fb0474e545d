"""The whole gateway on fakes, its time moved by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateway.testing.whole import Whole

from .sharing_scene import hall as hall


@pytest.fixture
async def gateways() -> AsyncIterator[list[Whole]]:
    """Gateways that a test started: whatever still runs is stopped at the end."""
    started: list[Whole] = []
    yield started
    for one in started:
        await one.crash()
