"""The listener's process and the line to it: one that lives is found, else one is started; it is stopped,
in the end killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import struct
import sys
from pathlib import Path

import structlog
from pydantic import BaseModel

from gateway.clock import Clock, within
from gateway.speech.control import (
    MAX_LINE_BYTES,
    PROTOCOL,
    Hello,
    ListenerConfig,
    Stop,
    line,
    socket_path,
)

log = structlog.get_logger(__name__)

CONNECT_EVERY_S = 0.05
CONNECT_WITHIN_S = 10.0
"""A new listener opens its control socket before it loads the model: well within this."""
STOP_WITHIN_S = 4.0
"""A clean stop; then the listener is killed."""
LOOK_EVERY_S = 0.02


class ListenerProcess:
    """One listener at a time. What is sent while there is no line is dropped: the next hello tells the whole
    picture."""

    own = True
    tap_host = ""
    """This machine, as each PBX reaches it (`pbx.tap_address`)."""

    def __init__(self, config: ListenerConfig, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._writer: asyncio.StreamWriter | None = None
        self._child: asyncio.subprocess.Process | None = None

    def unfit(self, hello: Hello) -> str | None:
        """Why the listener that answers is not the one of this configuration."""
        if hello.protocol != PROTOCOL or hello.fingerprint != self._config.fingerprint():
            return "a listener of another configuration"
        return None

    async def connect(self) -> asyncio.StreamReader:
        """To the listener that is there, else to one started now. Raises ConnectionError."""
        reader = await self._open()
        if reader is not None:
            return reader
        await self._spawn()
        for _ in range(round(CONNECT_WITHIN_S / CONNECT_EVERY_S)):
            await self._clock.sleep(CONNECT_EVERY_S)
            if (reader := await self._open()) is not None:
                return reader
            if self._child is not None and self._child.returncode is not None:
                raise ConnectionError(
                    f"the listener ended at once with code {self._child.returncode}; its log says why"
                )
        raise ConnectionError(f"a new listener did not answer within {CONNECT_WITHIN_S:.0f} s")

    async def _open(self) -> asyncio.StreamReader | None:
        with (
            contextlib.suppress(FileNotFoundError, ConnectionRefusedError),
            socket_path(self._config.state_dir) as path,
        ):
            reader, self._writer = await asyncio.open_unix_connection(path, limit=MAX_LINE_BYTES)
            return reader
        return None

    async def _spawn(self) -> None:
        self._config.state_dir.mkdir(parents=True, exist_ok=True)
        self._child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway.speech.listener",
            self._config.model_dump_json(),
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
        log.info("listener started", pid=self._child.pid)

    def send(self, message: BaseModel) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(line(message))

    def hang_up(self) -> None:
        """The line ends at once; the process goes on."""
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None

    def kill(self) -> None:
        """Whoever is at the other end."""
        if self._writer is not None:
            _kill(_peer(self._writer))
            self._writer.transport.abort()

    async def stop(self) -> None:
        """Asks it to end, waits STOP_WITHIN_S, kills it in the end."""
        writer, self._writer = self._writer, None
        if writer is not None:
            pid = _peer(writer)
            with contextlib.suppress(ConnectionError):
                writer.write(line(Stop()))
            try:
                await within(self._clock, STOP_WITHIN_S, _gone(pid, self._clock))
            except TimeoutError:
                _kill(pid)
            writer.transport.abort()
        if self._child is not None:
            if writer is None:
                _kill(self._child.pid)
            await self._child.wait()
            self._child = None


def _peer(writer: asyncio.StreamWriter) -> int | None:
    """The process at the other end, by the kernel's word (SO_PEERCRED): it alone may be killed."""
    sock = writer.get_extra_info("socket")
    if sock is None:
        return None
    pid: int = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    return pid or None


def _kill(pid: int | None) -> None:
    if pid is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


async def _gone(pid: int | None, clock: Clock) -> None:
    """When the process has ended (a child that waits to be reaped counts as ended)."""
    while pid is not None and _runs(pid):
        await clock.sleep(LOOK_EVERY_S)


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"
