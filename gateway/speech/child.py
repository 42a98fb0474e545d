"""Processes seen from outside: who is at the other end of a socket, is it gone; and waiting by the clock."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from gateway.clock import Clock

T = TypeVar("T")

LOOK_EVERY_S = 0.02


def peer(writer: asyncio.StreamWriter) -> int | None:
    """The process at the other end, by the kernel's word (SO_PEERCRED): it alone may be killed."""
    sock = writer.get_extra_info("socket")
    if sock is None:
        return None
    pid: int = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    return pid or None


async def gone(pid: int | None, clock: Clock) -> bool:
    """When the process has ended (a child that waits to be reaped counts as ended)."""
    while pid is not None and _runs(pid):
        await clock.sleep(LOOK_EVERY_S)
    return True


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in "ZX"


async def within(clock: Clock, seconds: float, work: Coroutine[Any, Any, T]) -> T | None:
    """The result, None when it takes longer by `clock`."""
    task = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        task.cancel()
        timer.cancel()
