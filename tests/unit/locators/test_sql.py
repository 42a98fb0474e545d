"""Subscribers in a database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import Datum
from gateway.locators.sql import MAX_ANSWERS, SqlSettings, SubscriberSql
from gateway.testing.clock import ManualClock


def source(folder: Path, select: str) -> SubscriberSql:
    file = folder / "lines.db"
    with sqlite3.connect(file) as own:
        own.execute("CREATE TABLE lines (number TEXT, full TEXT, ext INTEGER)")
        own.executemany(
            "INSERT INTO lines VALUES (?, ?, ?)",
            [("02161234567", "+862161234567", at) for at in range(MAX_ANSWERS + 2)],
        )
    settings = SqlSettings(name="lines", url=f"sqlite:///{file}", select=select, datum=Datum.GCJ_02)
    return SubscriberSql(settings, ManualClock())


ASKED = Asked(call_id="c", ani="+86 21 6123 4567")


async def test_every_row_of_a_number_is_read_up_to_a_limit(tmp_path: Path) -> None:
    lines = source(tmp_path, "SELECT 'x' || ext AS 地址, NULL AS 姓名 FROM lines WHERE number = :number")
    reading = await lines.locate(ASKED)
    assert [place.address for place in reading.locations] == [f"x{at}" for at in range(MAX_ANSWERS)]
    assert reading.additional == ()
    await lines.close()


async def test_the_number_may_be_asked_for_in_its_international_form(tmp_path: Path) -> None:
    lines = source(
        tmp_path, "SELECT full AS address FROM lines WHERE full = :e164 AND number = :number LIMIT 1"
    )
    assert [place.address for place in (await lines.locate(ASKED)).locations] == ["+862161234567"]
    await lines.close()


async def test_a_select_the_database_refuses_says_why(tmp_path: Path) -> None:
    lines = source(tmp_path, "SELECT nope FROM lines WHERE number = :number")
    with pytest.raises(LocatorFailed, match="lines: the database refuses the question: no such column: nope"):
        await lines.locate(ASKED)
    await lines.close()
