from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from gateway import logs


@pytest.fixture
def as_before() -> Iterator[None]:
    """Logging is one for the process: later tests find it as they left it."""
    root = logging.getLogger()
    handlers, level, configuration = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**configuration)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13800138000", "138****8000"),
        ("057188880000", "057****0000"),
        ("12345", "****45"),
        ("110", "****"),
        ("", "****"),
    ],
)
def test_a_masked_number_cannot_be_rung(number: str, shown: str) -> None:
    assert logs.mask(number) == shown


@pytest.mark.usefixtures("as_before")
def test_a_log_line_is_json_and_shows_no_number_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("info", "json")
    structlog.get_logger("gateway.a_test").info("call came", pii_ani="13800138000", line="110", pii_name=None)
    told = json.loads(capsys.readouterr().err)
    assert {key: told[key] for key in ("event", "level", "pii_ani", "pii_name", "line")} == {
        "event": "call came",
        "level": "info",
        "pii_ani": "138****8000",
        "pii_name": None,
        "line": "110",
    }
