"""A sample subscriber: follows a site's events as any dispatch core would, and notices what it did not get.

It keeps its session with the broker (MQTT 5 session expiry), so that a short loss of the link loses no event.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from gateway.dispatch import topics

SESSION_S = 300
"""The broker keeps what came meanwhile, should the link be lost, for this long."""
RECONNECT_S = 1.0
KEEPALIVE_S = 10


class BadBrokerUrl(ValueError):
    """The broker's address must look like mqtt://user@host:1883 or mqtts://user@host:8883."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAddress:
    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = None

    @classmethod
    def parse(cls, url: str, password: str | None = None) -> BrokerAddress:
        """From a URL; `password` wins over one in the URL. Raises BadBrokerUrl."""
        parts = urlsplit(url if "://" in url else f"mqtt://{url}")
        try:
            port = parts.port
        except ValueError as error:
            raise BadBrokerUrl(f"{url}: {error}") from error
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise BadBrokerUrl(f"{url}: write it like mqtt://user@host:1883 or mqtts://user@host:8883")
        tls = parts.scheme == "mqtts"
        return cls(
            host=parts.hostname,
            port=port or (8883 if tls else 1883),
            tls=tls,
            username=unquote(parts.username) if parts.username else None,
            password=password or (unquote(parts.password) if parts.password else None),
        )


async def follow(
    address: BrokerAddress, site: str, *, call_id: str | None, client_id: str
) -> AsyncIterator[bytes]:
    """Every event from now on, as it came. Raises aiomqtt.MqttError when the first connection fails."""
    connected = False
    while True:
        try:
            async with connection(address, client_id) as client:
                for topic_filter in topics.event_filters(site, call_id):
                    await client.subscribe(topic_filter, qos=1)
                connected = True
                async for message in client.messages:
                    yield bytes(message.payload)
        except aiomqtt.MqttError:
            if not connected:
                raise
            await asyncio.sleep(RECONNECT_S)


def connection(address: BrokerAddress, client_id: str) -> aiomqtt.Client:
    """A connection that resumes the session of `client_id`, subscriptions and waiting events included."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_S
    return aiomqtt.Client(
        address.host,
        address.port,
        protocol=aiomqtt.ProtocolVersion.V5,
        username=address.username,
        password=address.password,
        identifier=client_id,
        clean_start=False,
        keepalive=KEEPALIVE_S,
        properties=properties,
        tls_context=ssl.create_default_context() if address.tls else None,
    )
