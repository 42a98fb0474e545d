"""A provider's ALI database over TCP: one held connection, several queries on it at a time.

The layout of queries and answers is configuration. Nothing that comes from there ends the link but its own
end: a record that cannot be read fails the query it answers, and no other.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import structlog

from gateway.clock import Clock, within
from gateway.location.aliframe import Framing, Splitter, numbered, query
from gateway.location.alirecord import (
    SHIPPED,
    AliRecord,
    Answer,
    FieldKind,
    RecordLayout,
    read_record,
)
from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import BodyReading, Datum
from gateway.location.numbering import CHINA, national
from gateway.locators import tlsfault
from gateway.locators.by_number import ByNumber

log = structlog.get_logger(__name__)

MAX_PENDING = 200
"""Queries that wait for an answer; a further one fails at once."""
FIRST_BACKOFF_S = 0.25
LAST_BACKOFF_S = 5.0
"""Between two attempts to connect: doubled from the first to the last."""
SILENT_BEATS = 2.5
"""A provider that sends nothing for so many heartbeats is taken for gone."""
TLS_SETTLED_S = 0.3
"""A server that does not accept our certificate ends the link within this."""
CLOSED = "closed"
READ_BYTES = 65_536
MAX_SEQUENCE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AliSettings:
    """One provider. `digits`: only the last so many of the number are asked for. `heartbeat`: what is sent
    every `heartbeat_every_s`; `heartbeat_reply`: what answers theirs; `acknowledge`: what follows each record
    (ACK), where the provider wants it.
    """

    name: str
    host: str
    port: int
    layout: RecordLayout = SHIPPED
    framing: Framing = field(default_factory=Framing)
    query: str = "{sequence:06d}{number:<16}\r"
    position: int = 1
    digits: int | None = None
    country_code: str = CHINA
    datum: Datum | None = None
    heartbeat: bytes = b""
    heartbeat_reply: bytes = b""
    acknowledge: bytes = b""
    heartbeat_every_s: float = 30.0
    connect_within_s: float = 3.0
    within_s: float = 5.0
    tls: ssl.SSLContext | None = None


@dataclass(slots=True)
class _Query:
    number: str
    sequence: int
    answer: asyncio.Future[AliRecord]


class AliProvider(ByNumber):
    """Implements `Locator`. The link is opened at the first question or by `open`, then held."""

    def __init__(self, settings: AliSettings, clock: Clock) -> None:
        super().__init__(settings)
        self._settings, self._clock = settings, clock
        self._keeper: asyncio.Task[None] | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._linked = asyncio.Event()
        self._fault = "not connected yet"
        self._pending: deque[_Query] = deque()
        self._sequences = count(1)
        self._turn = asyncio.Lock()
        self._heard_at = 0.0
        kinds = {part.kind for part in settings.layout.fields}
        self._by_sequence = numbered(settings.query) and FieldKind.SEQUENCE in kinds
        self._in_order = not self._by_sequence and FieldKind.NUMBER not in kinds
        self._bytes = 0
        self.unmatched = 0
        """Records that answered no open question: late ones, mostly."""

    def open(self) -> None:
        """Hold the link from now on."""
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep())

    async def connected(self) -> None:
        """Ends when the link stands, and over TLS still stands a moment later: whether our certificate will
        do is told after the handshake (RFC 8446, 4.4.2.4). Raises LocatorFailed."""
        self.open()
        limit_s = self._settings.connect_within_s
        try:
            await within(self._clock, limit_s, self._linked.wait())
        except TimeoutError:
            raise LocatorFailed(f"{self._where}: no link within {limit_s:g} s ({self._fault})") from None
        if self._settings.tls is not None:
            await self._clock.sleep(TLS_SETTLED_S)
            if not self._linked.is_set():
                raise LocatorFailed(f"{self._where}: {tlsfault.CLOSED} ({self._fault})")

    async def locate(self, asked: Asked) -> BodyReading:
        number = national(asked.ani or "", self._settings.country_code)
        if self._settings.digits is not None:
            number = number[-self._settings.digits :]
        if not number:
            return BodyReading(kind="ali")
        self.open()
        before = self._came
        try:
            record = await within(self._clock, self._settings.within_s, self._asked(number))
        except TimeoutError:
            state = "no answer" if self._linked.is_set() else f"no link ({self._fault})"
            raise LocatorFailed(
                f"{self._where}: {state} within {self._settings.within_s:g} s; {self._hint(before)}"
            ) from None
        if record.answer is Answer.REFUSED:
            why = "; ".join(fault.what for fault in record.reading.faults)
            raise LocatorFailed(
                f"{self._where}: the provider refuses {('(' + why + ')') if why else 'the query'}"
            )
        return record.reading

    async def close(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        self._lost(CLOSED)

    @property
    def _came(self) -> tuple[int, int]:
        """Bytes that came, and records that fitted no question."""
        return self._bytes, self.unmatched

    def _hint(self, before: tuple[int, int]) -> str:
        """What most likely keeps an answer from being one."""
        if self.unmatched > before[1]:
            return "records came that answer no question: compare the layout's fields number and sequence"
        if self._bytes > before[0]:
            return "bytes came that make no record: compare frame_start, frame_end and record_length"
        return "ask the provider, or run intake110 check --only location"

    @property
    def _where(self) -> str:
        return f"{self.name} ({self._settings.host}:{self._settings.port})"

    async def _asked(self, number: str) -> AliRecord:
        if not self._in_order:
            return await self._answered(number)
        async with self._turn:  # answers that name nothing can only be told apart one at a time
            return await self._answered(number)

    async def _answered(self, number: str) -> AliRecord:
        await self._linked.wait()
        if len(self._pending) >= MAX_PENDING:
            raise LocatorFailed(f"{self._where}: {MAX_PENDING} queries wait already; the provider is slow")
        sequence = next(self._sequences) % MAX_SEQUENCE
        asked = _Query(number, sequence, asyncio.get_running_loop().create_future())
        self._pending.append(asked)
        try:
            self._send(
                query(
                    self._settings.query, number=number, position=self._settings.position, sequence=sequence
                )
            )
            return await asked.answer
        finally:
            with suppress(ValueError):
                self._pending.remove(asked)
            if self._in_order and (asked.answer.cancelled() or not asked.answer.done()):
                self._drop_link()  # its late answer would be taken for the next one's

    def _send(self, data: bytes) -> None:
        if data and self._writer is not None:
            self._writer.write(data)

    def _drop_link(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()

    async def _keep(self) -> None:
        """Connect, listen, and again; the wait between grows while it fails."""
        backoff_s = FIRST_BACKOFF_S
        while True:
            try:
                reader = await self._connected()
                backoff_s = FIRST_BACKOFF_S
                await self._listen(reader)
                self._lost("the provider closed the link")
            except TimeoutError:
                self._lost(f"no connection within {self._settings.connect_within_s:g} s")
            except (OSError, EOFError) as error:
                self._lost(tlsfault.told(error))
            await self._clock.sleep(backoff_s)
            backoff_s = min(LAST_BACKOFF_S, backoff_s * 2)

    async def _connected(self) -> asyncio.StreamReader:
        settings = self._settings
        opening = asyncio.open_connection(settings.host, settings.port, ssl=settings.tls)
        reader, self._writer = await within(self._clock, settings.connect_within_s, opening)
        self._heard_at = self._clock.monotonic()
        self._linked.set()
        log.info("the link to the ALI provider stands", source=self.name)
        return reader

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        splitter = Splitter(self._settings.framing)
        beating = asyncio.create_task(self._beat())
        try:
            while data := await reader.read(READ_BYTES):
                self._heard_at = self._clock.monotonic()
                self._bytes += len(data)
                for record in splitter.feed(data):
                    self._take(read_record(record, self._settings.layout))
        finally:
            beating.cancel()

    async def _beat(self) -> None:
        settings = self._settings
        while settings.heartbeat:
            await self._clock.sleep(settings.heartbeat_every_s)
            if self._clock.monotonic() - self._heard_at >= SILENT_BEATS * settings.heartbeat_every_s:
                self._drop_link()
                return
            self._send(settings.heartbeat)

    def _take(self, record: AliRecord) -> None:
        self._send(self._settings.acknowledge)
        if record.answer is Answer.HEARTBEAT:
            self._send(self._settings.heartbeat_reply)
            return
        asked = self._match(record)
        if asked is None:
            self.unmatched += 1
        elif not asked.answer.done():
            asked.answer.set_result(record)

    def _match(self, record: AliRecord) -> _Query | None:
        """By sequence, else by number; a record that names neither answers the only question there is.

        Nobody gets a stranger's record: where a number comes back it must be the one that was asked for.
        """
        open_ones = [asked for asked in self._pending if not asked.answer.done()]
        code = self._settings.country_code
        number = national(record.number or "", code)
        sequence = _number(record.sequence) if self._by_sequence else None
        if self._in_order or (not number and sequence is None and len(open_ones) == 1):
            return open_ones[0] if open_ones else None
        for asked in open_ones:
            mine = _same(number, asked.number) if number else sequence is not None
            if mine and (not self._by_sequence or sequence == asked.sequence):
                return asked
        return None

    def _lost(self, why: str) -> None:
        if why != CLOSED and (why != self._fault or self._linked.is_set()):  # each reason once, not each try
            log.warning("no link to the ALI provider", source=self.name, reason=why)
        self._linked.clear()
        self._fault = why
        self._drop_link()
        self._writer = None
        for asked in self._pending:
            if not asked.answer.done():
                asked.answer.set_exception(LocatorFailed(f"{self._where}: the link was lost: {why}"))
        self._pending.clear()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def _same(told: str, asked: str) -> bool:
    """Providers give the number back as they keep it: with or without its trunk 0."""
    return told == asked or told.lstrip("0") == asked.lstrip("0")
