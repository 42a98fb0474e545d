"""One connection to the broker: aiomqtt 2.5, with what it leaves out.

aiomqtt drops the reason code of an acknowledgement, leaves a publish waiting when the link is lost, ignores
the limits that the broker announces, and makes a task for each message. All four matter to an ordered outbox,
so this subclass keeps the acknowledgements itself. It reaches into `aiomqtt.Client._client` (paho's client)
and its callbacks, which is why the version is pinned below 3; tests/contract/test_broker.py holds on a real
broker what is relied on here.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import aiomqtt
import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from gateway.ports import BrokerRefused, BrokerUnavailable, Message

MAX_UNSENT = 200
"""Packets in the client's own buffer above which QoS 0 messages are dropped: the link does not keep up."""
PROPERTY_BYTES = 512
"""Room for a message's MQTT header and properties, when its size is held against the broker's limit."""

BLAMED = frozenset({0x82, 0x90, 0x95, 0x99, 0x9A, 0x9B})
"""Ends of a connection that are about a message and not about the link (MQTT 5, 3.14.2.1): protocol error,
topic name invalid, packet too large, payload format invalid, retain or QoS not supported. The oldest one
under way is taken for the culprit. (To paho, mosquitto 2.0 refusing a large message is a protocol error.)
"""
BUSY = frozenset({0x89, 0x97})
"""Server busy, quota exceeded: passing, so not a refusal of the message."""


class Connection(aiomqtt.Client):
    """Lives for one connection; `send` hands a message over in order and gives its acknowledgement as a
    future.
    """

    def __init__(self, *, window: int, now: Callable[[], float], **options: Any) -> None:
        super().__init__(protocol=aiomqtt.ProtocolVersion.V5, max_inflight_messages=0, **options)
        self._window, self._now = window, now
        self._packet_limit: int | None = None
        self._queued: deque[tuple[Message, asyncio.Future[None]]] = deque()
        self._unacknowledged: dict[int, asyncio.Future[None]] = {}
        self._progress_at: float | None = None
        self.ended: str | None = None
        """Why the broker ended the connection, when it said so."""

    @property
    def standing(self) -> bool:
        return not self._disconnected.done()

    @property
    def stuck_s(self) -> float:
        """How long the broker has acknowledged nothing although something is under way, in seconds."""
        if not self._unacknowledged or self._progress_at is None:
            return 0.0
        return self._now() - self._progress_at

    def send(self, message: Message) -> asyncio.Future[None]:
        """QoS 1. At most `window` (or what the broker takes) are under way, the rest waits in order."""
        future: asyncio.Future[None] = self._loop.create_future()
        size = len(message.payload) + 3 * len(message.topic) + PROPERTY_BYTES
        if self._packet_limit is not None and size > self._packet_limit:
            told = f"{size} bytes, and the broker takes {self._packet_limit} at most"
            future.set_exception(BrokerRefused(told))
            return future
        self._queued.append((message, future))
        self._pump()
        return future

    def send_now(self, message: Message) -> None:
        """QoS 0. Raises BrokerUnavailable when the link does not keep up."""
        if len(self._client._out_packet) > MAX_UNSENT:
            raise BrokerUnavailable("the link does not keep up")
        self._hand_over(message)

    def fail(self, reason: str) -> None:
        """The link is gone: whatever waits for its acknowledgement will not get it."""
        waiting = [*self._unacknowledged.values(), *(future for _, future in self._queued)]
        self._unacknowledged.clear()
        self._queued.clear()
        for future in waiting:
            if not future.done():
                future.set_exception(BrokerUnavailable(reason))

    def abort(self) -> None:
        """Break the connection without a word, as a frozen broker would not hear one."""
        sock = self._client.socket()
        if isinstance(sock, socket.socket) and sock.fileno() >= 0:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # already broken, which is what is wanted

    def _pump(self) -> None:
        while self._queued and len(self._unacknowledged) < self._window:
            message, future = self._queued.popleft()
            if future.done():  # given up by its sender
                continue
            try:
                info = self._hand_over(message)
            except ValueError as error:  # a topic or payload that no broker would take
                future.set_exception(BrokerRefused(str(error)))
                continue
            if info.rc != paho.MQTT_ERR_SUCCESS:
                future.set_exception(BrokerUnavailable(paho.error_string(info.rc)))
                continue
            if not self._unacknowledged:
                self._progress_at = self._now()
            self._unacknowledged[info.mid] = future

    def _hand_over(self, message: Message) -> paho.MQTTMessageInfo:
        pairs = tuple(message.user_properties.items())
        properties = _properties(message.expiry_s, message.content_type, pairs)
        return self._client.publish(message.topic, message.payload, message.qos, message.retain, properties)

    # ---- paho's callbacks

    def _on_connect(
        self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None
    ) -> None:
        self._window = min(self._window, getattr(properties, "ReceiveMaximum", self._window))
        self._packet_limit = getattr(properties, "MaximumPacketSize", None)
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_publish(
        self, client: Any, userdata: Any, mid: int, reason_code: ReasonCode, properties: Any
    ) -> None:
        future = self._unacknowledged.pop(mid, None)
        if future is None:
            return
        self._progress_at = self._now()
        if not future.done():
            if not reason_code.is_failure:
                future.set_result(None)
            elif reason_code.value in BUSY:
                future.set_exception(BrokerUnavailable(str(reason_code)))
            else:
                future.set_exception(BrokerRefused(str(reason_code)))
        self._pump()

    def _on_disconnect(
        self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None
    ) -> None:
        if getattr(flags, "is_disconnect_packet_from_server", False):
            self.ended = str(reason_code)
        if reason_code.value in BLAMED:
            self._blame_oldest(str(reason_code))
        super()._on_disconnect(client, userdata, flags, reason_code, properties)

    def _blame_oldest(self, reason: str) -> None:
        for future in self._unacknowledged.values():
            if not future.done():
                future.set_exception(BrokerRefused(reason))
                return


@lru_cache(maxsize=64)
def _properties(expiry_s: int | None, content_type: str, pairs: tuple[tuple[str, str], ...]) -> Properties:
    """MQTT 5 properties of a PUBLISH; a handful of different ones exist, and building one costs more than
    sending.
    """
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.PayloadFormatIndicator = 1
    properties.ContentType = content_type
    if expiry_s is not None:
        properties.MessageExpiryInterval = expiry_s
    if pairs:
        properties.UserProperty = list(pairs)
    return properties


def will_of(message: Message) -> aiomqtt.Will:
    """What the broker publishes for us when we are gone without a word."""
    properties = Properties(PacketTypes.WILLMESSAGE)  # type: ignore[no-untyped-call]
    properties.ContentType = message.content_type
    return aiomqtt.Will(message.topic, message.payload, message.qos, message.retain, properties)


def received(message: aiomqtt.Message) -> Message:
    """An inbound message in the port's form."""
    properties = message.properties
    pairs: Mapping[str, str] = dict(getattr(properties, "UserProperty", ()))
    return Message(
        topic=str(message.topic),
        payload=bytes(message.payload) if isinstance(message.payload, bytes | bytearray) else b"",
        qos=message.qos,
        retain=message.retain,
        expiry_s=getattr(properties, "MessageExpiryInterval", None),
        content_type=getattr(properties, "ContentType", ""),
        user_properties=pairs,
    )
