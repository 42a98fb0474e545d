"""`intake110 orders`: what the database has, as lines and as JSON."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli.orders import app
from gateway.desk.orders.signals import CloseOrder, OpenOrder, OrderDue, ReturnOrder
from gateway.dispatch.encode import outbox_rows
from gateway.dispatch.order_events import OrderDeadline
from gateway.runtime.intake import Intake
from gateway.runtime.machines import journal_codec
from gateway.runtime.order_machine import OrderMachine
from gateway.store.store import open_store
from gateway.testing.clock import ManualClock

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
LATE, CLOSED = "0198c3a0-0000-7000-8000-00000000aaaa", "0198c3a0-0000-7000-8000-00000000bbbb"


async def fill(url: str) -> None:
    """An order whose time to accept has passed, and a closed one."""
    store = await open_store(url)
    intake = Intake(
        store=store, clock=ManualClock(NOON), machines=(OrderMachine(),), codec=journal_codec(),
        encode=partial(outbox_rows, site="hz"), salt=lambda: b"s" * 32,
    )  # fmt: skip
    for order_id in (LATE, CLOSED):
        await intake.offer(
            OpenOrder(
                order_id=order_id, at=NOON, request_id=order_id, actor="wang", department="labour_bureau",
                subject="拖欠工资", send=True,
            )
        )  # fmt: skip
    await intake.offer(OrderDue(order_id=LATE, at=NOON + timedelta(hours=3), deadline=OrderDeadline.ACCEPT))
    told = {"order_id": CLOSED, "at": NOON, "reason": "重复"}
    await intake.offer(ReturnOrder(**told, request_id="r", actor="x", for_department="labour_bureau"))
    await intake.offer(CloseOrder(**told, request_id="c", actor="wang"))
    await intake.drain()
    await store.close()


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    (tmp_path / "state").mkdir()
    file = tmp_path / "gateway.toml"
    file.write_text('[gateway]\nstate_dir = "state"\n', encoding="utf-8")
    asyncio.run(fill(f"sqlite:///{tmp_path / 'state' / 'intake110.db'}"))
    return str(file)


def run(configuration: str, *arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments, "-c", configuration])


def test_open_orders_are_listed_with_what_is_overdue_in_words(configuration: str) -> None:
    (line,) = run(configuration, "list").output.splitlines()
    assert line.startswith("0000AAAA  sent")
    assert line.endswith("拖欠工资  until 01-05 22:00  OVERDUE: accept")


def test_a_list_is_narrowed(configuration: str) -> None:
    def ids(*words: str) -> list[str]:
        return [item["number"] for item in json.loads(run(configuration, "list", "--json", *words).output)]

    assert ids() == ids("--overdue") == ids("--department", "labour_bureau") == ["0000AAAA"]
    assert ids("--state", "closed") == ["0000BBBB"]
    assert ids("--department", "market_supervision") == ids("--call", "c1") == []


@pytest.mark.parametrize("asked", [CLOSED, "0000BBBB", "0000bbbb"])
def test_one_order_is_shown_by_its_id_or_its_end(configuration: str, asked: str) -> None:
    body = json.loads(run(configuration, "show", asked, "--json").output)
    assert body["order"]["state"] == "closed"
    assert [step["step"] for step in body["history"]] == ["sent", "returned", "closed"]
    text = run(configuration, "show", asked).output
    assert "returned" in text
    assert "labour_bureau" in text


@pytest.mark.parametrize("asked", ["nobody", "bbb", "12345678"])
def test_an_order_that_is_not_there_is_told(configuration: str, asked: str) -> None:
    shown = run(configuration, "show", asked)
    assert shown.exit_code == 1
    assert "no work order is called" in shown.output
