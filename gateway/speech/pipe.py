"""The pool's end of a worker's pipes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

import structlog

from gateway.speech.worker import HEADER, MAX_MESSAGE_BYTES

log = structlog.get_logger(__name__)

LAST_WORDS_S = 2.0
STDERR_BYTES = 2000
"""Of what a worker says in one go, so much is kept."""


async def read(process: asyncio.subprocess.Process) -> dict[str, Any] | None:
    """The next message of a worker, None at its end or when it is out of step."""
    assert process.stdout is not None
    try:
        size, _ = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
        if size > MAX_MESSAGE_BYTES:
            return None
        message = json.loads(await process.stdout.readexactly(size))
    except (asyncio.IncompleteReadError, ConnectionError, ValueError):
        return None
    return message if isinstance(message, dict) else None


async def last_words(process: asyncio.subprocess.Process) -> str:
    """The end of what a dying worker wrote: libvosk tells its reason there alone."""
    assert process.stderr is not None
    with contextlib.suppress(TimeoutError):
        told = (await asyncio.wait_for(process.stderr.read(1 << 20), LAST_WORDS_S)).decode("utf-8", "replace")
        lines = [
            line.strip()
            for line in told.splitlines()
            if "ERROR" in line or "ASSERT" in line or line.startswith("worker:")
        ]
        return (
            " | ".join(lines or told.strip().splitlines()[-3:])[-STDERR_BYTES:] or "it ended without a word"
        )
    return "it ended without a word"


async def log_words(process: asyncio.subprocess.Process) -> None:
    """What a worker writes on standard error goes into the log, so that its pipe never fills."""
    assert process.stderr is not None
    while told := await process.stderr.read(STDERR_BYTES):
        text = told.decode("utf-8", "replace").strip()
        if any(word in text for word in ("ERROR", "ASSERT", "worker:", "terminate")):
            log.warning("recognizer says", pid=process.pid, text=text)


async def end(process: asyncio.subprocess.Process) -> None:
    """Ends a worker: it has nothing to save."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
