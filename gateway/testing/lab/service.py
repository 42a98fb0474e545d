"""One real program run for a demonstration or a test: started, watched, frozen, killed, never left behind."""

from __future__ import annotations

import asyncio
import ctypes
import os
import pwd
import shutil
import signal
import socket
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from gateway.programs import Program

READY_SECONDS = 30.0
"""A service that does not answer by then has failed to start."""
STOP_SECONDS = 5.0
"""A service that has not gone by then is killed."""
POLL_SECONDS = 0.05
"""Between two looks whether a service answers."""
LOG_TAIL_BYTES = 2_000
"""What of a failed service's log goes into the error."""

_PR_SET_PDEATHSIG = 1


class ServiceError(Exception):
    """A real service did not do what it was started for: {sentence}"""


class Running(ABC):
    """What can be started and stopped: with `async with` it never outlives its block."""

    @abstractmethod
    async def start(self) -> None: ...

    @abstractmethod
    async def stop(self) -> None: ...

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


class Service:
    """A child process with its log in `log`. It dies with its parent, whatever happens to that."""

    def __init__(self, name: str, log: Path, *, as_user: str | None = None) -> None:
        self.name = name
        self.log = log
        self._as_user = as_user if os.getuid() == 0 else None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServiceError(f"{self.name} has not been started")
        return self._process.pid

    async def start(
        self,
        program: Program,
        arguments: Sequence[str],
        ready: Callable[[], Awaitable[bool]],
        *,
        cwd: Path,
        within_s: float = READY_SECONDS,
    ) -> None:
        """Start and wait until `ready` says so. Raises ServiceError with the end of the log."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *program.argv,
                *arguments,
                cwd=cwd,
                env=program.environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
                user=self._as_user,
                group=_group(self._as_user),
                extra_groups=[] if self._as_user else None,
            )
        try:
            async with asyncio.timeout(within_s):
                while not await ready():
                    if not self.running:
                        raise ServiceError(f"{self.name} ended at once; its log ends with: {self.log_tail()}")
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError:
            await self.kill()
            raise ServiceError(f"{self.name} did not answer in {within_s} s: {self.log_tail()}") from None

    async def stop(self) -> None:
        """Ask it to go, then make it go."""
        await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """As a power cut does it (SIGKILL)."""
        await self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """It holds its connections and answers nothing (SIGSTOP)."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it stood (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def log_tail(self) -> str:
        """The end of what it printed."""
        return self.log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace").strip()

    async def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        # not process.send_signal: it would reap a child that asyncio is waiting for
        with suppress(ProcessLookupError):
            os.kill(process.pid, how)
            os.kill(process.pid, signal.SIGCONT)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def until(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Wait for what a real service does in its own time; TimeoutError when it does not."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - another process's doing has no event
            await asyncio.sleep(POLL_SECONDS)


def free_port(host: str = "127.0.0.1", kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that the kernel says is free now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def give(folder: Path, user: str) -> None:
    """The folder and all in it belong to `user` now (root only)."""
    shutil.chown(folder, user)
    for path in folder.rglob("*"):
        shutil.chown(path, user)


async def answers(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


def ordinary_user() -> str | None:
    """Whom programs that refuse root run as; None when we are ordinary ourselves."""
    return "nobody" if os.getuid() == 0 else None


def _group(user: str | None) -> int | None:
    return pwd.getpwnam(user).pw_gid if user else None


def die_with_parent(how: signal.Signals = signal.SIGKILL) -> None:
    """In a child before it becomes another program: the kernel sends it `how` when its parent is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)
