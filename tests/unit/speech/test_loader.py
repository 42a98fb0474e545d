"""The loader by itself, as a real process: whatever way its pool goes, no recognizer outlives it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.speech import worker
from gateway.testing.fake_recognizer import HANG, MODULE, say


class Loaded:
    """A loader, and the pool's end of the line to it."""

    def __init__(self, control: socket.socket, process: asyncio.subprocess.Process) -> None:
        self.control, self.process = control, process
        self._rest = b""

    async def told(self, kind: str) -> dict[str, Any]:
        while True:
            while b"\n" in self._rest:
                message, _, self._rest = self._rest.partition(b"\n")
                if (word := json.loads(message))["type"] == kind:
                    return dict(word)
            self._rest += await asyncio.get_running_loop().sock_recv(self.control, 4096)

    def fork(self) -> socket.socket:
        """Asks for a worker; its line."""
        ours, theirs = socket.socketpair()
        socket.send_fds(self.control, [b"f"], [theirs.fileno()])
        theirs.close()
        return ours


async def readable(descriptor: int) -> None:
    """Waits until there is something to read; of a process descriptor, until the process has ended."""
    ready = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, ready.set)
    try:
        async with asyncio.timeout(20):
            await ready.wait()
    finally:
        asyncio.get_running_loop().remove_reader(descriptor)


@pytest.fixture
async def loaded(tmp_path: Path) -> AsyncIterator[Loaded]:
    ours, theirs = socket.socketpair()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.speech.loader", "--engine", MODULE,
        "--models", json.dumps({"": str(tmp_path)}), stdin=theirs.fileno(),
    )  # fmt: skip
    theirs.close()
    ours.setblocking(False)
    yield Loaded(ours, process)
    ours.close()
    await process.wait()


async def hanging(loaded: Loaded, hangs: socket.socket) -> int:
    """The first worker hears what makes it hang; a descriptor of its process."""
    pid = (await loaded.told("forked"))["pid"]
    opened = worker.pack_json({"type": "open", "leg": 1, "models": [""], "started_ms": 0})
    hangs.sendall(opened + worker.pack_sound(1, say(chr(HANG))))
    return os.pidfd_open(pid)


async def test_a_pool_that_went_with_words_unread_leaves_no_hanging_recognizer(loaded: Loaded) -> None:
    await loaded.told("ready")
    hangs = loaded.fork()
    end = await hanging(loaded, hangs)
    loaded.fork().close()
    await readable(loaded.control.fileno())
    loaded.control.close()
    hangs.close()
    await readable(end)
    os.close(end)


async def test_a_worker_that_ends_after_its_pool_went_leaves_no_hanging_one_behind(loaded: Loaded) -> None:
    await loaded.told("ready")
    hangs = loaded.fork()
    end = await hanging(loaded, hangs)
    idle = loaded.fork()
    idle_end = os.pidfd_open((await loaded.told("forked"))["pid"])
    loaded.process.send_signal(signal.SIGSTOP)
    loaded.control.close()
    idle.close()
    await readable(idle_end)
    hangs.close()
    loaded.process.send_signal(signal.SIGCONT)
    await readable(end)
    os.close(idle_end)
    os.close(end)
