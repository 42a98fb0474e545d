"""The line to a listener on another machine: found by its announcement, never stopped, never killed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.clock import Clock, within
from gateway.speech.control import MAX_LINE_BYTES, Hello, line
from gateway.speech.handshake import introduce

CONNECT_WITHIN_S = 3.0

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
Port = Annotated[int, Field(ge=1, le=65535)]


class Found(BaseModel):
    """What a listener tells of itself over MQTT (retained). Where it is counts; the rest is for people, and
    is asked again over the line."""

    model_config = ConfigDict(frozen=True)

    listener: Name
    state: Literal["online", "offline"]
    host: str = Field("", max_length=255)
    control_port: Port | None = None

    @property
    def reachable(self) -> bool:
        return self.state == "online" and bool(self.host) and self.control_port is not None


class RemoteLine:
    """`address` may change while it lives: the next connection goes to the new one. `admit`: why a listener
    that has proved itself cannot be used all the same."""

    own = False

    def __init__(
        self,
        found: Found,
        *,
        secret: str,
        site: str,
        gateway: str,
        clock: Clock,
        admit: Callable[[Hello], str | None] = lambda _: None,
    ) -> None:
        self._listener, self._secret, self._site, self._gateway = found.listener, secret, site, gateway
        self._clock, self.unfit = clock, admit
        self.address = (found.host, found.control_port or 0)
        self._writer: asyncio.StreamWriter | None = None

    @property
    def tap_host(self) -> str:
        """Where PBXs send the sound to."""
        return self.address[0]

    async def connect(self) -> asyncio.StreamReader:
        """Raises ConnectionError, HandshakeError among them, or OSError."""
        host, port = self.address
        try:
            opening = asyncio.open_connection(host, port, limit=MAX_LINE_BYTES)
            reader, writer = await within(self._clock, CONNECT_WITHIN_S, opening)
        except TimeoutError as error:
            raise ConnectionError(f"{host}:{port} does not answer within {CONNECT_WITHIN_S:g} s") from error
        try:
            await introduce(
                reader,
                writer,
                self._clock,
                secret=self._secret,
                site=self._site,
                gateway=self._gateway,
                listener=self._listener,
            )
        except BaseException:
            writer.transport.abort()
            raise
        self._writer = writer
        return reader

    def send(self, message: BaseModel) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(line(message))

    def hang_up(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None

    def kill(self) -> None:
        """It is not ours to kill: the line ends, the listener goes on."""
        self.hang_up()

    async def stop(self) -> None:
        """It is not ours to stop."""
        self.hang_up()
