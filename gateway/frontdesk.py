"""Work orders and calls together of one gateway, put together: deadlines, the departments' keys, what they
send over MQTT; thresholds of surges and floods, and what the store knows of earlier calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from gateway.config import Config
from gateway.desk.orders.terms import Deadlines
from gateway.dispatch.inbox import Inbox
from gateway.ports import Broker
from gateway.runtime.house import House
from gateway.runtime.order_desk import OrderSources
from gateway.store.orders import StoredAsides
from gateway.store.store import SqlStore
from gateway.store.together import StoredPast

KIND = "orders"
Part = Callable[[], Awaitable[None]]


def order_sources(config: Config, store: SqlStore) -> OrderSources:
    """What gateway.toml says under [orders]."""
    orders = config.orders
    usual = Deadlines(accept_within_h=orders.accept_within_h, answer_within_h=orders.answer_within_h)
    return OrderSources(asides=StoredAsides(store.database), usual=usual, keys=orders.keys())


def past(store: SqlStore) -> StoredPast:
    """What is known of earlier calls: the last hour, and a number's history."""
    return StoredPast(store.database)


async def start(config: Config, house: House, broker: Broker) -> dict[str, Part]:
    """Listens to departments; gives what must run for ever, by name."""
    inbox = Inbox(broker, config.site.name, {KIND: house.orders.heard})
    await inbox.open()
    return {f"inbox {KIND}": partial(inbox.run, KIND), "orders set aside": house.orders.watch}
