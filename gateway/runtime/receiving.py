"""Location bodies that are handed in: kept as they came, given to their call now or when it is known.

A body may come before its call, during it or after it. Whichever is known last finds the other: a body is
committed before its call is looked for, and a call before the bodies that wait for it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway.calls.model import CallSession
from gateway.clock import Clock
from gateway.location import aml
from gateway.location.body import read
from gateway.location.model import BodyReading, Datum
from gateway.location.numbering import CHINA, forms, national
from gateway.ports import Bodies, BodyRow, StoreUnavailable
from gateway.runtime.readings import signals_of, source_of
from gateway.runtime.supervise import Tasks

log = structlog.get_logger(__name__)

SIP_CALL_ID, NUMBER = "sip_call_id", "number"
"""What a body is keyed by."""
WAITS_S = {SIP_CALL_ID: 6 * 3600.0, NUMBER: 600.0}
"""How long a body waits for a call, and how long after its seizure a call still takes one. A number rings
again: what a phone said ten minutes ago is not where it is now. Older bodies stay for the auditor."""
WAITING_LIMIT = 2_000
WAITING_LIMIT_BYTES = 256 * 1024 * 1024
"""Bodies without a call, within the longest wait. At either limit the next one is refused with 503, so its
sender keeps it."""
PER_CALL_LIMIT = 64
"""Bodies of one call; further ones are kept without it, refused with 503, and the log says so."""
KEPT_DAYS = 180
"""Bodies are evidence for so long, then they are deleted; what was read of them stays in the journal."""
CLEAN_EVERY_S = 3600.0
RETRY_FIRST_S, RETRY_LONGEST_S = 0.5, 5.0
AT_ONCE = 4
"""Bodies read at a time, each in a thread: a large one takes a second of a core."""


class TooManyBodies(Exception):
    """Too many location bodies wait for a call: this one is not taken. Send it again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of a body. `call_id` None: its call is not known yet, it waits."""

    digest: str
    reading: BodyReading
    call_id: str | None


class Loop(Protocol):
    """`gateway.runtime.intake.Intake`, as far as bodies need it."""

    async def settled(self, signal: object) -> None: ...


class Receiving:
    """`datum`: that of coordinates in handed-in bodies which name none; None: such are refused.
    `country_code`: numbers of that country are compared without it.
    """

    def __init__(
        self, *, bodies: Bodies, loop: Loop, clock: Clock, datum: Datum | None = None,
        country_code: str = CHINA,
    ) -> None:  # fmt: skip
        self._bodies, self._loop, self._clock, self._datum = bodies, loop, clock, datum
        self._country_code = country_code
        self._reading = asyncio.Semaphore(AT_ONCE)
        self._tasks = Tasks(limit=64)
        self.unmatched = 0
        """Bodies that wait for a call, as counted last."""

    async def read(self, body: bytes, content_type: str) -> BodyReading:
        """What it says; in a thread, for a large one takes its time."""
        async with self._reading:
            return await asyncio.to_thread(read, body, content_type=content_type or None)

    async def take(
        self, body: bytes, *, content_type: str, key_kind: str, key: str, route: str,
        reading: BodyReading | None = None,
    ) -> Received:  # fmt: skip
        """Keep it, then give it to its call if that is known. An empty `key` finds no call: the body is kept
        for the auditor. Raises TooManyBodies, StoreUnavailable.
        """
        now = self._clock.now()
        reading = reading or await self.read(body, content_type)
        await self._room(now)
        kept = await self._bodies.keep(
            BodyRow(
                digest=_digest(route, key_kind, key, content_type, body), received_at=now, route=route,
                key_kind=key_kind, key=key, content_type=content_type, body=body, kind=reading.kind,
                found=len(reading.locations),
                faults=json.dumps([f"{fault.where}: {fault.what}" for fault in reading.faults]),
            )
        )  # fmt: skip
        if kept.call_id is not None:
            return Received(digest=kept.digest, reading=reading, call_id=kept.call_id)
        since = now - timedelta(seconds=WAITS_S[key_kind])
        keys = forms(key, self._country_code) if key_kind == NUMBER else (key,)
        call_id = await self._bodies.call_of(key_kind, keys, since) if key else None
        if call_id is not None:
            await self._not_too_many(call_id)
            self._tasks.start("location body", self._give(call_id, kept, reading))
        else:
            log.info("location body waits for its call", digest=kept.digest, kind=kept.kind, route=route)
        return Received(digest=kept.digest, reading=reading, call_id=call_id)

    async def take_aml(
        self, body: bytes, *, content_type: str = "", number: str | None = None, route: str
    ) -> Received:
        """An AML message, by the phone's number: `number` as its bearer tells it, else as the message does.
        Raises TooManyBodies, StoreUnavailable.
        """
        reading = await self.read(body, content_type)
        line = national(number or aml.caller(reading) or "", self._country_code)
        return await self.take(
            body, content_type=content_type, key_kind=NUMBER, key=line, route=route, reading=reading
        )

    async def heard(self, payload: bytes) -> None:
        """An AML message over MQTT, whose sender cannot be told to send again: tried until it is kept."""
        pause = RETRY_FIRST_S
        while True:
            try:
                await self.take_aml(payload, route="mqtt")
            except StoreUnavailable as error:
                log.error("AML message not kept yet: the store does not answer", error=str(error))
                await self._clock.sleep(pause)
                pause = min(RETRY_LONGEST_S, pause * 2)
            except TooManyBodies:
                log.error("AML message dropped: too many wait for a call", size_bytes=len(payload))
                return
            else:
                return

    def caller_known(self, session: CallSession) -> None:
        """A call's number or Call-ID was committed: what waits for it is given to it. Never waits."""
        self._tasks.start("location bodies", self._fetch(session))

    def recover(self, sessions: Iterable[CallSession]) -> None:
        """After a restart: what came while nobody was here."""
        for session in sessions:
            self.caller_known(session)

    async def watch(self) -> None:
        """For ever: count what waits, and delete what is past its keeping."""
        while True:
            now = self._clock.now()
            self.unmatched = (await self._bodies.waiting(now - _longest())).count
            if gone := await self._bodies.forget(now - timedelta(days=KEPT_DAYS)):
                log.info("location bodies past their keeping were deleted", count=gone, days=KEPT_DAYS)
            await self._clock.sleep(CLEAN_EVERY_S)

    async def idle(self) -> None:
        """Until everything that was to be given is given."""
        await self._tasks.idle()

    async def close(self) -> None:
        await self._tasks.close()

    # ---- inside

    async def _room(self, now: datetime) -> None:
        there = await self._bodies.waiting(now - _longest())
        self.unmatched = there.count
        if there.count >= WAITING_LIMIT or there.size_bytes >= WAITING_LIMIT_BYTES:
            log.error("location body refused: too many wait for a call", waiting=there.count)
            raise TooManyBodies(str(TooManyBodies.__doc__))

    async def _not_too_many(self, call_id: str) -> None:
        if await self._bodies.of_call(call_id) >= PER_CALL_LIMIT:
            log.error("location body refused: its call has too many", call_id=call_id, limit=PER_CALL_LIMIT)
            raise TooManyBodies(str(TooManyBodies.__doc__))

    async def _fetch(self, session: CallSession) -> None:
        keys = ((SIP_CALL_ID, session.sip_call_id), (NUMBER, national(session.ani or "", self._country_code)))
        for key_kind, key in keys:
            if key:
                since = max(session.seized_at, self._clock.now()) - timedelta(seconds=WAITS_S[key_kind])
                for row in await self._waiting(key_kind, key, since):
                    await self._not_too_many(session.call_id)
                    await self._give(session.call_id, row, await self.read(row.body, row.content_type))

    async def _waiting(self, key_kind: str, key: str, since: datetime) -> Sequence[BodyRow]:
        try:
            return await self._bodies.waiting_for(key_kind, key, since)
        except StoreUnavailable as error:
            log.error("waiting location bodies could not be looked up", error=str(error))
            return ()

    async def _give(self, call_id: str, row: BodyRow, reading: BodyReading) -> None:
        """The call's signals are committed before the body counts as matched: a crash between tells them
        again, which changes nothing."""
        for signal in signals_of(
            call_id, reading, source=source_of(reading), at=self._clock.now(),
            obtained_at=row.received_at, datum=self._datum,
        ):  # fmt: skip
            await self._loop.settled(signal)
        await self._bodies.matched(row.digest, call_id, self._clock.now())
        log.info("location body given to its call", call_id=call_id, digest=row.digest, kind=row.kind)


def _longest() -> timedelta:
    return timedelta(seconds=max(WAITS_S.values()))


def _digest(*parts: str | bytes) -> str:
    """Length before content: no two different bodies look alike."""
    made = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "replace") if isinstance(part, str) else part
        made.update(len(data).to_bytes(8, "big") + data)
    return made.hexdigest()
