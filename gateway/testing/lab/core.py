"""A dispatch core of the laboratory: hears every event of a site, keeps its session,
and waits for what must come."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import aiomqtt

from gateway.dispatch import tail, topics
from gateway.testing.lab.broker import LabBroker
from gateway.testing.lab.report import CallStory, DemoReport

PATIENCE_S = 30.0
"""What has not happened by then does not happen: the wait fails and says what was heard."""
CLIENT_ID = "lab-core"
RECONNECT_S = 0.2


class LabCore:
    """`async with LabCore(broker, site) as core: await core.until(lambda: …)`."""

    def __init__(self, broker: LabBroker, site: str = "demo") -> None:
        self.report = DemoReport()
        self.site_numbers: list[int] = []
        """Sequence numbers of the site in the order they came."""
        self.site_events: list[dict[str, Any]] = []
        """Events that are about no call."""
        self._broker, self._site = broker, site
        self._address = tail.BrokerAddress(
            host=broker.host, port=broker.port, username="reader", password=broker.users["reader"]
        )
        self._news, self._listens = asyncio.Condition(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._hear())
        async with asyncio.timeout(PATIENCE_S):
            await self._listens.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def until(self, holds: Callable[[], Any], *, seconds: float = PATIENCE_S) -> None:
        """Looked at after every event. AssertionError with all calls as heard when it does not come."""
        async with self._news:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait_for(lambda: bool(holds())), seconds)
                return
        raise AssertionError(f"not within {seconds:g} s; heard: {self._heard()}")

    def call(self, number: str) -> CallStory | None:
        """The newest call of this caller."""
        return next((story for story in reversed(self.report.stories.values()) if story.ani == number), None)

    def story(self, number: str) -> CallStory:
        """The same, when it must be there."""
        found = self.call(number)
        assert found is not None, f"no call of {number}; heard: {self._heard()}"
        return found

    async def settled(self, *numbers: str, seconds: float = PATIENCE_S) -> None:
        """These callers' calls have ended, their recordings are kept or given up, their last words judged."""
        await self.until(
            lambda: all((story := self.call(number)) and story.settled for number in numbers), seconds=seconds
        )

    async def retained(self, *wanted: str, seconds: float = PATIENCE_S) -> dict[str, dict[str, Any]]:
        """The broker's retained states under these topics, once all are there."""
        states: dict[str, dict[str, Any]] = {}
        async with (
            aiomqtt.Client(
                self._broker.host,
                self._broker.port,
                username="dispatch",
                password=self._broker.users["dispatch"],
                protocol=aiomqtt.ProtocolVersion.V5,
            ) as client,
            asyncio.timeout(seconds),
        ):
            for topic in wanted:
                await client.subscribe(topic, qos=1)
            async for message in client.messages:
                if isinstance(message.payload, bytes) and message.payload:
                    states[message.topic.value] = json.loads(message.payload)
                if all(topic in states for topic in wanted):
                    break
        return states

    async def _hear(self) -> None:
        """For ever, through every loss of the broker: the session is resumed."""
        while True:
            with suppress(aiomqtt.MqttError):
                async with tail.connection(self._address, CLIENT_ID) as client:
                    for wanted in topics.event_filters(self._site):
                        await client.subscribe(wanted, qos=1)
                    self._listens.set()
                    async for message in client.messages:
                        await self._take(json.loads(bytes(message.payload)))
            await asyncio.sleep(RECONNECT_S)

    async def _take(self, event: dict[str, Any]) -> None:
        async with self._news:
            self.report.feed(event)
            self.site_numbers.append(event["siteseq"])
            if "subject" not in event:
                self.site_events.append(event)
            self._news.notify_all()

    def _heard(self) -> str:
        return "; ".join(
            f"{story.ani} {story.state} {[event['type'].split('.')[2] for event in story.events]}"
            for story in self.report.stories.values()
        )
