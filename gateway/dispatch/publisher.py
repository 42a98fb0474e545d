"""The link to the MQTT broker: connects, reconnects for ever, and never keeps a message for later (the
outbox does).
"""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiomqtt
import structlog
from paho.mqtt.reasoncodes import ReasonCode

from gateway.clock import Clock
from gateway.dispatch.mqtt_client import Connection, received, will_of
from gateway.ports import BrokerUnavailable, Message

log = structlog.get_logger(__name__)

Handler = Callable[[Message], Awaitable[None]]

WINDOW = 100
"""Messages under way at once; fewer when the broker announces a smaller Receive Maximum."""
CONNECT_WITHIN_S = 5.0
FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 10.0
"""The pause between attempts doubles up to this, with jitter: a city's gateways do not all knock at once."""
CALM_S = 10.0
"""After a connection that stood this long the pauses start small again; a shorter one is a quarrel."""
REFUSED_PAUSE_S = 30.0
"""After a refusal that only a person can mend."""
GOODBYE_WITHIN_S = 1.0

CURES = {
    0x85: "change gateway.id: the broker does not take this client id",
    0x86: "correct mqtt.username and its secret",
    0x87: "give the account the right to connect, or correct mqtt.username",
    0x8A: "the broker has banned this client: ask its administrator",
    0x8C: "the broker wants another way of signing in",
    0x8E: "another gateway uses the same gateway.id: give each its own",
}
"""Reason codes (MQTT 5, 2.4) that trying again does not mend, and what does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MqttSettings:
    """`publish_within_s`: when nothing was acknowledged for so long, the broker counts as frozen and the
    link is cut.
    """

    host: str
    port: int
    client_id: str
    username: str | None = None
    password: str | None = None
    tls: bool = False
    ca_file: Path | None = None
    keepalive_s: int = 10
    publish_within_s: float = 5.0
    will: Message | None = None
    goodbye: Message | None = None
    """What is said at a clean end; None: the will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """How the link stands. `cure`: what a person must do, where trying again does not help."""

    connected: bool
    reason: str | None = None
    cure: str | None = None


class MqttBroker:
    """Implements `ports.Broker`. `run` holds the link; `on_connected` is called for each new connection."""

    def __init__(
        self,
        settings: MqttSettings,
        clock: Clock,
        *,
        on_connected: Callable[[], None] = lambda: None,
        on_state: Callable[[LinkState], None] = lambda state: None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._settings, self._clock, self._jitter = settings, clock, jitter
        self.on_connected, self.on_state = on_connected, on_state
        self._connection: Connection | None = None
        self._handlers: dict[str, Handler] = {}
        self._tls: ssl.SSLContext | None = None
        self.state = LinkState(connected=False, reason="not started")

    @property
    def connected(self) -> bool:
        return self._connection is not None and self._connection.standing

    async def publish(self, message: Message) -> None:
        """QoS 1: returns when acknowledged. QoS 0: returns when handed over."""
        if self._connection is None:
            raise BrokerUnavailable(self.state.reason or "not connected")
        if message.qos == 0:
            self._connection.send_now(message)
        else:
            await self._connection.send(message)

    async def subscribe(self, topic_filter: str, handler: Handler) -> None:
        """From now on, and again after every reconnect."""
        self._handlers[topic_filter] = handler
        if self._connection is not None:
            await self._connection.subscribe(topic_filter, qos=1)

    async def run(self) -> None:
        """Hold the link for ever. Cancelled: says goodbye with the will's message, and disconnects."""
        self._tls = await asyncio.to_thread(self._tls_context) if self._settings.tls else None
        pause = FIRST_PAUSE_S
        while True:
            began = self._clock.monotonic()
            cure = await self._one_connection()
            if self._clock.monotonic() - began > CALM_S:
                pause = FIRST_PAUSE_S
            await self._clock.sleep((REFUSED_PAUSE_S if cure else pause) * (0.5 + self._jitter() / 2))
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _one_connection(self) -> str | None:
        """From connecting to the end; gives the cure when only a person can mend it."""
        connection = self._new_connection()
        try:
            async with connection:
                try:
                    await self._serve(connection)
                finally:
                    await self._goodbye(connection)
        except aiomqtt.MqttError as error:
            return self._down(connection, error)
        finally:
            connection.abort()
        return None

    async def _serve(self, connection: Connection) -> None:
        """Until the link is lost, which is raised as MqttError."""
        for topic_filter in self._handlers:
            await connection.subscribe(topic_filter, qos=1)
        self._connection = connection
        self._become(LinkState(connected=True))
        self.on_connected()
        watch = asyncio.create_task(self._watch(connection))
        try:
            async for message in connection.messages:
                await self._hand_in(received(message))
        finally:
            watch.cancel()

    async def _watch(self, connection: Connection) -> None:
        """A frozen broker or a half-open link is noticed by what is not acknowledged."""
        limit = self._settings.publish_within_s
        while connection.stuck_s < limit:
            await self._clock.sleep(limit / 4)
        connection.ended = f"no acknowledgement for {limit:g} s"
        connection.abort()

    async def _goodbye(self, connection: Connection) -> None:
        """Also after a lost link: nothing more is taken, and what waits for an acknowledgement fails."""
        standing, self._connection = self._connection is not None and connection.ended is None, None
        last = self._settings.goodbye or self._settings.will
        if standing and last is not None and asyncio.current_task().cancelling():  # type: ignore[union-attr]
            with suppress(TimeoutError, BrokerUnavailable):
                await asyncio.wait_for(connection.send(last), GOODBYE_WITHIN_S)
        connection.fail(connection.ended or "the link was lost")

    async def _hand_in(self, message: Message) -> None:
        for topic_filter, handler in self._handlers.items():
            if aiomqtt.Topic(message.topic).matches(topic_filter):
                await handler(message)

    def _down(self, connection: Connection, error: aiomqtt.MqttError) -> str | None:
        cause = error.__cause__ or error
        code = cause.rc if isinstance(cause, aiomqtt.MqttCodeError) else None
        cure = CURES.get(code.value) if isinstance(code, ReasonCode) else None
        self._become(LinkState(connected=False, reason=connection.ended or str(cause), cure=cure))
        return cure

    def _become(self, state: LinkState) -> None:
        if state != self.state:
            self.state = state
            if state.connected:
                log.info("broker connected", host=self._settings.host, port=self._settings.port)
            else:
                log.warning("broker not connected", reason=state.reason, cure=state.cure)
            self.on_state(state)

    def _new_connection(self) -> Connection:
        settings = self._settings
        return Connection(
            window=WINDOW,
            now=self._clock.monotonic,
            hostname=settings.host,
            port=settings.port,
            identifier=settings.client_id,
            username=settings.username,
            password=settings.password,
            keepalive=settings.keepalive_s,
            timeout=CONNECT_WITHIN_S,
            tls_context=self._tls,
            will=will_of(settings.will) if settings.will else None,
        )

    def _tls_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._settings.ca_file)
