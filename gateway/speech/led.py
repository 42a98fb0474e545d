"""The listener's end of the control line: a Unix socket in the state folder, and a TCP port where other
machines' gateways may lead it. One gateway leads at a time.

Over the Unix socket a new connection takes over from the one before: it is the same user's. Over TCP a
gateway proves itself first (`handshake`); the one that leads keeps its place until its line ends or it has
been silent for SILENT_S. The same gateway may always come again: its old line is dead, or it would not.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError

from gateway.clock import Clock
from gateway.speech.control import (
    MAX_LINE_BYTES,
    SOCKET_NAME,
    TO_LISTENER,
    ListenerConfig,
    Stop,
    line,
    socket_path,
)
from gateway.speech.handshake import MIN_SECRET_CHARS, Caller, HandshakeError, Host, receive

log = structlog.get_logger(__name__)

UNSENT_BYTES = 8 * 1024 * 1024
"""A gateway that does not read so much is cut off; it gets the segments again when it comes back."""
PARTIAL_UNSENT_BYTES = 256 * 1024
"""Partial text is left out while so much waits to be sent."""
SILENT_S = 20.0
"""A gateway on another machine asks every 5 s; after so long without a word its place is free."""
MAX_STRANGERS = 16
"""Connections that have not proved themselves yet; more are closed at once."""
OURS = ""
"""The gateway on the Unix socket: it is this machine's own and needs no name."""


class DoorError(Exception):
    """The listener cannot be led from other machines: the message says why and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where gateways on other machines may lead this listener. `port` 0: any free one."""

    listener: str
    site: str
    secret: str
    host: str = "0.0.0.0"
    port: int = 0

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET_CHARS:
            raise DoorError(
                "speech.listeners_secret_file: other machines lead a listener only with a shared secret of "
                f"at least {MIN_SECRET_CHARS} characters; make one with: openssl rand -hex 32"
            )


class Led:
    """`on_line`: a gateway leads from now on; `on_told`: what it says. Messages while nobody leads are
    dropped: the next gateway is told the whole picture."""

    def __init__(
        self,
        config: ListenerConfig,
        clock: Clock,
        door: Door | None,
        *,
        on_line: Callable[[], None],
        on_told: Callable[[Any], None],
    ) -> None:
        self._config, self._clock, self._door = config, clock, door
        self._on_line, self._on_told = on_line, on_told
        self._gateway: asyncio.StreamWriter | None = None
        self._servers: list[asyncio.Server] = []
        self._lines: set[asyncio.Task[None]] = set()
        self._strangers: set[asyncio.StreamWriter] = set()
        self.spoken_at = clock.monotonic()
        """When a gateway last said anything."""
        self.led_by: str | None = None
        """The gateway that leads; OURS over the Unix socket, None: nobody."""
        self.port: int | None = None
        """The TCP port, once it is open."""

    async def start(self) -> None:
        """Opens the socket, and the door where there is one. Raises DoorError."""
        (self._config.state_dir / SOCKET_NAME).unlink(missing_ok=True)
        mask = os.umask(0o177)
        try:
            with socket_path(self._config.state_dir) as path:
                self._servers.append(await asyncio.start_unix_server(self._own, path, limit=MAX_LINE_BYTES))
        finally:
            os.umask(mask)
        if self._door is None:
            return
        door = self._door
        try:
            server = await asyncio.start_server(self._stranger, door.host, door.port, limit=MAX_LINE_BYTES)
        except OSError as error:
            raise DoorError(
                f"gateways cannot be let in at {door.host}:{door.port}: {error.strerror}; "
                "free the port or choose another --control-port"
            ) from error
        self._servers.append(server)
        self.port = server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for writer in (self._gateway, *self._strangers):
            if writer is not None:
                writer.transport.abort()
        await asyncio.gather(*self._lines, return_exceptions=True)
        (self._config.state_dir / SOCKET_NAME).unlink(missing_ok=True)

    def tend(self) -> None:
        """Once a second: a gateway that has gone without a word loses its place."""
        if self.led_by and self._gateway is not None and self._silent:
            log.warning("gateway is silent, its line is closed", gateway=self.led_by, after_s=SILENT_S)
            self._gateway.transport.abort()

    @property
    def _silent(self) -> bool:
        return self._clock.monotonic() - self.spoken_at > SILENT_S

    @property
    def has_room(self) -> bool:
        """Whether text that is worthless a moment later may be sent now."""
        return (
            self._gateway is not None
            and self._gateway.transport.get_write_buffer_size() < PARTIAL_UNSENT_BYTES
        )

    def send(self, message: BaseModel) -> None:
        if self._gateway is None:
            return
        waiting = self._gateway.transport.get_write_buffer_size()
        if waiting > UNSENT_BYTES:
            log.error("gateway does not read, connection closed", unsent_bytes=waiting)
            self._gateway.transport.abort()
            self._gateway = None
        else:
            self._gateway.write(line(message))

    # ---- who comes

    async def _own(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._kept(self._led(OURS, reader, writer))

    async def _stranger(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._strangers) >= MAX_STRANGERS:
            log.warning("too many who have not proved themselves, this one is closed", limit=MAX_STRANGERS)
            writer.transport.abort()
            return
        self._strangers.add(writer)
        await self._kept(self._received(reader, writer))

    async def _kept(self, work: Any) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            await work
        finally:
            self._lines.discard(task)

    async def _received(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        door, peer = self._door, writer.get_extra_info("peername")
        assert door is not None
        host = Host(listener=door.listener, site=door.site, secret=door.secret)
        try:
            caller = await receive(reader, writer, host, self._clock, self._may_lead)
        except HandshakeError as error:
            log.warning("gateway is refused", reason=str(error), cause=error.cause, peer=peer)
            writer.close()
            return
        except ConnectionError:
            return
        finally:
            self._strangers.discard(writer)
        if caller.probe:
            writer.close()
            return
        log.info("gateway leads", gateway=caller.gateway, peer=peer)
        await self._led(caller.gateway, reader, writer)

    def _may_lead(self, caller: Caller) -> str | None:
        if self.led_by is None or self.led_by == caller.gateway or self._silent:
            return None
        return f"it is led by {'its own machine' if self.led_by == OURS else f'gateway {self.led_by}'}"

    async def _led(self, gateway: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One gateway leads, until its line ends."""
        if self._gateway is not None:
            self._gateway.transport.abort()
        self._gateway, self.led_by = writer, gateway
        self.spoken_at = self._clock.monotonic()
        self._on_line()
        try:
            while told := await reader.readline():
                if self._gateway is not writer:
                    break
                self.spoken_at = self._clock.monotonic()
                message = TO_LISTENER.validate_json(told)
                if isinstance(message, Stop) and gateway != OURS:
                    log.warning("a gateway on another machine may not stop this listener", gateway=gateway)
                else:
                    self._on_told(message)
        except (ValidationError, ValueError) as error:
            log.error("gateway speaks another language, connection closed", error=str(error)[:300])
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()
            if self._gateway is writer or self._gateway is None:
                self._gateway, self.led_by = None, None
