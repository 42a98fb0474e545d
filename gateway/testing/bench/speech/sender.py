"""The other end of a round: sends the legs' sound to a listener (AudioSocket) or to vosk-server.

`python -m gateway.testing.bench.speech.sender audiosocket|websocket` says that it is there, then reads Jobs;
for each it prints when each leg began (seconds of the machine's monotonic clock), and for the websocket what
came back.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from websockets.asyncio.client import connect

from gateway.clock import SystemClock
from gateway.speech.assemble import BYTES_PER_MS
from gateway.testing.bench.speech.clips import Due, Job
from gateway.testing.tap_stream import FRAME_BYTES, frames, named

CLOCK = SystemClock()
CHUNK_BYTES = 200 * BYTES_PER_MS
"""What vosk-server's own clients send at once, and what a recognizer module of a PBX does."""
AHEAD_S = 0.3
"""A round begins so long after the sender is ready."""


async def audiosocket(job: Job, number: int, pcm: bytes) -> dict[str, Any]:
    """Frames of 20 ms; in a paced round each when it is spoken."""
    assert job.names is not None
    _, writer = await asyncio.open_connection("127.0.0.1", job.port)
    writer.write(named(UUID(job.names[number])))
    start = CLOCK.monotonic()
    if job.paced:
        for at in range(0, len(pcm), FRAME_BYTES):
            await _until(start + (at + FRAME_BYTES) / BYTES_PER_MS / 1000)
            writer.write(frames(pcm[at : at + FRAME_BYTES]))
    else:
        writer.write(frames(pcm))
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    return {"began": start}


async def websocket(job: Job, number: int, pcm: bytes) -> dict[str, Any]:
    """Chunks in lock step with the replies; in a paced round each when it is spoken."""
    texts: list[str] = []
    first: float | None = None
    async with connect(f"ws://127.0.0.1:{job.port}", compression=None) as line:
        start = CLOCK.monotonic()
        for at in range(0, len(pcm), CHUNK_BYTES):
            chunk = pcm[at : at + CHUNK_BYTES]
            if job.paced:
                await _until(start + (at + len(chunk)) / BYTES_PER_MS / 1000)
            await line.send(chunk)
            told = json.loads(await line.recv())
            if first is None and (told.get("partial") or told.get("text")):
                first = CLOCK.monotonic()
            texts.append(told.get("text", ""))
        await line.send('{"eof" : 1}')
        texts.append(json.loads(await line.recv()).get("text", ""))
    return {"began": start, "first": first, "text": "".join(texts).replace(" ", "")}


async def _until(moment: float) -> None:
    await CLOCK.sleep(moment - CLOCK.monotonic())


async def run(job: Job, send: Callable[[Job, int, bytes], Awaitable[dict[str, Any]]]) -> list[dict[str, Any]]:
    """All legs: when each is due, or `at_once` of them at any time."""
    sounds = [Path(due.clip.file).read_bytes() for due in job.due]  # noqa: ASYNC240 - before the clock runs
    began = CLOCK.monotonic() + AHEAD_S
    room = asyncio.Semaphore(job.at_once)

    async def one(number: int, due: Due) -> dict[str, Any]:
        if job.paced:
            await _until(began + due.at_s)
            return await send(job, number, sounds[number])
        async with room:
            return await send(job, number, sounds[number])

    return await asyncio.gather(*(one(number, due) for number, due in enumerate(job.due)))


if __name__ == "__main__":
    how = {"audiosocket": audiosocket, "websocket": websocket}[sys.argv[1]]
    print("ready", flush=True)
    for asked in sys.stdin:
        print(json.dumps(asyncio.run(run(Job.load(asked), how))), flush=True)
