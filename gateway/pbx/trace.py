"""Traces: raw AMI as it came off the wire, in a file `<situation>.ami.txt`, times in its Timestamp
headers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from gateway.clock import Clock, within
from gateway.pbx.account import AmiLinkConfig
from gateway.pbx.framing import AmiFramer
from gateway.pbx.message import AmiMessage, parse
from gateway.pbx.protocol import check
from gateway.pbx.scrub import TooManyNumbers, scrub, unscrubbed

__all__ = ["RecordingRefused", "TooManyNumbers", "read_trace", "record", "scrub", "unscrubbed"]

MAX_TRACE_BYTES = 1 << 30
"""A recording ends there and says so; about 25,000 calls through the recommended account."""
CHUNK_BYTES = 1 << 16

BEFORE_THE_FIRST_TIME = datetime(1970, 1, 1, tzinfo=UTC)


def read_trace(data: bytes) -> Iterator[AmiMessage]:
    """The messages of a trace, whole or cut. `at` is the PBX's time, or of the message before it: no clock
    is read."""
    framer, at = AmiFramer(), BEFORE_THE_FIRST_TIME
    for frame in framer.feed(data) + framer.flush():
        message = parse(frame.raw, at, frame.fault)
        at = message.source_at or at
        yield replace(message, at=at)


class RecordingRefused(Exception):
    """The PBX could not be recorded; the text says why and how to mend it."""


async def record(
    account: AmiLinkConfig,
    path: Path,
    *,
    clock: Clock,
    seconds: float,
    stop: asyncio.Event | None = None,
    redact: bool = False,
    max_bytes: int = MAX_TRACE_BYTES,
) -> int:
    """Write what the PBX sends, byte for byte, until `seconds` have passed, `stop` is set, `max_bytes` are
    written or the PBX closes; gives the number of bytes. With `redact` the file is scrubbed before this
    returns.

    Raises RecordingRefused; OSError when the file cannot be written.
    """
    reader, writer, first = await _log_in(account, clock)
    try:
        with path.open("wb") as file:
            file.write(first)
            copying = asyncio.ensure_future(_copy(reader, file, max_bytes - len(first)))
            stopping = asyncio.ensure_future((stop or asyncio.Event()).wait())
            await _first_of(copying, stopping, asyncio.ensure_future(clock.sleep(seconds)))
    finally:
        writer.transport.abort()
    return await asyncio.to_thread(_finish, path, redact)


def _finish(path: Path, redact: bool) -> int:
    if redact:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        path.write_bytes(scrub(text).encode("utf-8", "surrogateescape"))
    return path.stat().st_size


async def _first_of(*tasks: asyncio.Future[Any]) -> None:
    """Until one has ended; the others are cancelled. Raises what ended it."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _copy(reader: asyncio.StreamReader, file: BinaryIO, max_bytes: int) -> None:
    written = 0
    while written < max_bytes and (data := await reader.read(min(CHUNK_BYTES, max_bytes - written))):
        file.write(data)
        file.flush()  # a killed recorder leaves a whole trace up to its last chunk
        written += len(data)


async def _log_in(
    account: AmiLinkConfig, clock: Clock
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """Connected and accepted; the banner and the answer to the login are the trace's first bytes."""
    try:
        opening = asyncio.open_connection(account.host, account.port)
        reader, writer = await within(clock, account.connect_within_s, opening)
    except (OSError, TimeoutError) as error:
        raise RecordingRefused(f"no connection: {error or 'too slow'}; {account.cure_for_way}") from error
    name, secret = check("Username", account.username), check("Secret", account.secret)
    writer.write(b"Action: Login\r\nUsername: " + name + b"\r\nSecret: " + secret + b"\r\nEvents: on\r\n\r\n")
    try:
        answer = await within(clock, account.login_within_s, reader.readuntil(b"\r\n\r\n"))
    except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError) as error:
        writer.transport.abort()
        raise RecordingRefused(f"no answer to the login; {account.cure_for_way}") from error
    if b"Response: Success" not in answer:
        writer.transport.abort()
        raise RecordingRefused(f"the PBX refused the login; {account.cure_for_account}")
    return reader, writer, answer
