"""A PBX whose events are a script."""

from __future__ import annotations

import pytest

from .scripted import Script


@pytest.fixture
def pbx() -> Script:
    return Script()
