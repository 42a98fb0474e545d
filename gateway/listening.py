"""Puts one announced listener together: hears for gateways on other machines, and tells them over MQTT where
it is. The counterpart of `app.py`, for `intake110 listen --announce`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog

from gateway import __version__, settings
from gateway.clock import Clock, SystemClock
from gateway.config import Config
from gateway.dispatch.encode import listener_message
from gateway.dispatch.publisher import MqttBroker
from gateway.ports import Broker, BrokerRefused, BrokerUnavailable
from gateway.speech.control import Hello
from gateway.speech.led import Door
from gateway.speech.listener import Listener
from gateway.speech.recognizer import VOSK

log = structlog.get_logger(__name__)

AT_MOST_EVERY_S = 1.0
"""Load changes with every leg; it is told no oftener."""
REFUSED_PAUSE_S = 30.0
"""The broker does not let us tell: a person must mend its access list."""
MAX_FAULT_CHARS = 500


class Announcer:
    """Keeps the listener's retained state as it is. `changed` may be called at any time, from the loop."""

    def __init__(
        self, broker: Broker, clock: Clock, *, site: str, name: str, state: Callable[[], dict[str, Any]]
    ) -> None:
        self._broker, self._clock, self._site, self._name, self._state = broker, clock, site, name, state
        self._news = asyncio.Event()
        self._told: dict[str, Any] | None = None
        self._rev = 0

    def changed(self) -> None:
        """Something may be new; what is the same is not told again."""
        self._news.set()

    def connected(self) -> None:
        """A new connection: the broker may hold our will, or nothing."""
        self._told = None
        self._news.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._news.wait()
            self._news.clear()
            state = self._state()
            if state != self._told and await self._tell(state):
                self._told = state
            await self._clock.sleep(AT_MOST_EVERY_S)

    async def _tell(self, state: dict[str, Any]) -> bool:
        self._rev += 1
        message = listener_message(
            site=self._site,
            listener=self._name,
            state={**state, "rev": self._rev},
            at=self._clock.now(),
            version=__version__,
        )
        try:
            await self._broker.publish(message)
        except BrokerRefused as error:
            log.error(
                "the broker does not let this listener tell where it is",
                topic=message.topic,
                reason=str(error),
                cure="give its account: topic write 110/+/listeners/+/status (conf/mosquitto/intake110.acl)",
            )
            await self._clock.sleep(REFUSED_PAUSE_S)
            self._news.set()
            return False
        except BrokerUnavailable:
            return False  # `connected` is called when it is back
        return True


def state_of(hello: Hello, *, host: str, control_port: int | None) -> dict[str, Any]:
    """What is announced of a listener."""
    return {
        "protocol": hello.protocol,
        "host": host,
        "control_port": control_port,
        "sound_port": hello.port,
        "model_id": hello.model_id,
        "languages": hello.languages,
        "synthetic_only": hello.synthetic_only,
        "workers": hello.workers,
        "legs": hello.legs,
        "live": len(hello.live),
        "behind": hello.behind,
        "fault": hello.fault[:MAX_FAULT_CHARS] if hello.fault else None,
    }


def own_address(config: Config) -> str:
    """This machine's address on the way to the broker; nothing is sent for it. Raises OSError."""
    mqtt = config.mqtt
    family, kind, _, _, address = socket.getaddrinfo(mqtt.host, mqtt.port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind) as probe:
        probe.connect(address)
        return str(probe.getsockname()[0])


async def serve(
    config: Config, *, name: str, host: str, control_port: int, stop: asyncio.Event, engine: str = VOSK
) -> None:
    """Hears and announces until `stop`, or until the listener ends by itself. Raises ListenerError,
    DoorError."""
    clock = SystemClock()
    door = Door(
        listener=name,
        site=config.site.name,
        secret=config.speech.listeners_secret() or "",
        host=config.speech.listener_host,
        port=control_port,
    )
    wanted = settings.listener(config).model_copy(update={"orphan_s": float("inf"), "engine": engine})
    listener = Listener(
        wanted, clock, door=door, legs=config.speech.legs, on_news=lambda: announcer.changed()
    )
    broker = MqttBroker(settings.listener_mqtt(config, name), clock)
    announcer = Announcer(
        broker, clock, site=config.site.name, name=name,
        state=lambda: state_of(listener.news, host=host, control_port=listener.control_port),
    )  # fmt: skip
    broker.on_connected = announcer.connected
    hearing = asyncio.create_task(listener.run())
    telling = [asyncio.create_task(broker.run()), asyncio.create_task(announcer.run())]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({hearing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (*telling, stopping):
            task.cancel()
        await asyncio.gather(*telling, return_exceptions=True)
        listener.stop()
        with suppress(asyncio.CancelledError):
            await hearing
