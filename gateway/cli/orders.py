"""`intake110 orders`: work orders to departments, as the database has them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection

from gateway import config
from gateway.config import Config
from gateway.desk.orders.model import Order
from gateway.desk.orders.view import SHOWN_OF_ID, history_json, number, order_json
from gateway.dispatch.order_events import OrderState
from gateway.journal.codec import decode, from_text
from gateway.store import loop as queries
from gateway.store import orders as stored
from gateway.store.orders import Wanted
from gateway.store.store import open_store

app = typer.Typer(no_args_is_help=True, help="Work orders (工单) to departments.")
T = TypeVar("T")

Configuration = Annotated[
    Path, typer.Option("-c", "--config", help="gateway.toml, which names the database.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CONF = Path("conf/gateway.toml")


@app.command("list")
def list_orders(
    state: Annotated[
        OrderState | None, typer.Option(help="Only orders in this state; usual: all that are not closed.")
    ] = None,
    department: Annotated[str | None, typer.Option(help="Only those that this department has.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past a deadline.")] = False,
    call: Annotated[str | None, typer.Option(help="Only those of this call_id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, the newest.")] = 100,
    as_json: Json = False,
    configuration: Configuration = CONF,
) -> None:
    """List work orders, newest first.

    Example: intake110 orders list --department labour_bureau --overdue --json
    """
    wanted = Wanted(
        department=department, states=(state.value,) if state else (), overdue=overdue, call_id=call
    )
    settings = config.load(configuration)
    found = _read(settings, partial(stored.page, wanted=wanted, limit=limit))
    orders = [_order(text) for _, text in found]
    if as_json:
        typer.echo(json.dumps([order_json(order, None) for order in orders], ensure_ascii=False))
        return
    if not orders:
        typer.echo("no work order is like that", err=True)
    zone = ZoneInfo(settings.site.timezone)
    for order in orders:
        due = min((due_at for _, due_at in order.running), default=None)
        late = f"  OVERDUE: {', '.join(order.overdue)}" if order.overdue else ""
        until = f"  until {_local(due, zone)}" if due else ""
        typer.echo(
            f"{number(order.order_id)}  {order.state.value:10} {order.department:26} "
            f"{order.subject}{until}{late}"
        )


@app.command()
def show(
    order: Annotated[str, typer.Argument(help=f"The order's id, or its last {SHOWN_OF_ID} characters.")],
    as_json: Json = False,
    configuration: Configuration = CONF,
) -> None:
    """Show one work order with every step taken.

    Example: intake110 orders show 3F9A1C02
    """
    settings = config.load(configuration)
    found = _read(settings, lambda connection: _one(connection, order))
    if found is None:
        typer.echo(f"no work order is called {order}: see intake110 orders list", err=True)
        raise typer.Exit(1)
    one, history = found
    if as_json:
        body = {"order": order_json(one, None), "history": history}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    for name, value in order_json(one, None).items():
        if value not in (None, "", []):
            typer.echo(f"{name:16} {value}")
    for step in history:
        who = " ".join(str(step[key]) for key in ("by", "by_department") if step[key])
        typer.echo(f"{step['at']}  {step['step']:12} {who:30} {step['text'] or ''}".rstrip())


def _one(connection: Connection, asked: str) -> tuple[Order, list[dict[str, Any]]] | None:
    """By its id, or by the end of it where only one order ends so, closed ones too."""
    row = queries.aggregate(connection, stored.KIND, asked)
    if row is None:
        ends = [
            text
            for state in OrderState
            for cursor, text in stored.page(connection, Wanted(states=(state.value,), search=asked), limit=50)
            if cursor.order_id.endswith(asked.lower())
        ]
        if len(asked) < SHOWN_OF_ID or len(ends) != 1:
            return None
        found = _order(ends[0])
    else:
        found = _order(row.state)
    steps = stored.history(connection, found.order_id)
    return found, history_json([(at, kind, json.loads(payload)) for at, kind, payload in steps], None)


def _order(text: str) -> Order:
    order: Order = decode(Order, from_text(text))
    return order


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%m-%d %H:%M")


def _read(settings: Config, query: Callable[[Connection], T]) -> T:
    async def run() -> T:
        store = await open_store(settings.store_url())
        try:
            return await store.database.read(query)
        finally:
            await store.close()

    return asyncio.run(run())
