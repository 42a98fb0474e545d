"""A real broker for both sides of a contract, each with its own link and account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from gateway.clock import SystemClock
from gateway.dispatch.publisher import MqttBroker, MqttSettings
from gateway.testing.lab.broker import LabBroker

PATIENCE_S = 10.0
Link = Callable[[str], Awaitable[MqttBroker]]


@asynccontextmanager
async def mosquitto(folder: Path) -> AsyncIterator[Link]:
    """Gives what connects a user of the shipped rights; all links end with it."""
    links: list[asyncio.Task[None]] = []
    async with LabBroker(folder / "broker") as lab:

        async def link(user: str) -> MqttBroker:
            up = asyncio.Event()
            settings = MqttSettings(
                host=lab.host, port=lab.port, client_id=f"contract-{user}", username=user,
                password=lab.users[user],
            )  # fmt: skip
            broker = MqttBroker(settings, SystemClock(), on_connected=up.set)
            links.append(asyncio.create_task(broker.run()))
            await asyncio.wait_for(up.wait(), PATIENCE_S)
            return broker

        try:
            yield link
        finally:
            for task in links:
                task.cancel()
            await asyncio.gather(*links, return_exceptions=True)
