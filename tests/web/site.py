"""The pages' backend on a real store, with a loop that only records what people ask of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient

from gateway.calls.model import CallSession, CallState, EndReason, RecordedFile, Recording, RecordingStatus
from gateway.calls.signals import CallRequest, CallSignal
from gateway.desk import board
from gateway.desk.card import CardValue, Source
from gateway.desk.hall import HallState
from gateway.desk.where import Around
from gateway.dispatch.encode import outbox_rows
from gateway.ids import CallId
from gateway.journal.chain import Entry, link
from gateway.journal.codec import Codec, encode, encode_as, to_text
from gateway.ports import AggregateRow, CallRow, CardFieldRow, Commit, SegmentRow
from gateway.runtime.answers import Accepted, Answer
from gateway.runtime.book import Machine
from gateway.runtime.directory import DirectoryWatch
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.machines import journal_codec
from gateway.runtime.markers import Markers
from gateway.runtime.plan_desk import PlanDesk
from gateway.runtime.receiving import Receiving
from gateway.runtime.sharing import ShareDesk
from gateway.runtime.texting import Texting
from gateway.runtime.thread_desk import ThreadDesk
from gateway.runtime.wall import Wall
from gateway.runtime.workshop import Workshop
from gateway.speech.model import Leg, TranscriptSegment
from gateway.store import users
from gateway.store.bodies import StoredBodies
from gateway.store.store import SqlStore
from gateway.store.users import UserRow
from gateway.testing.clock import ManualClock
from gateway.web import auth
from gateway.web.routes import WebSettings
from gateway.web.veil import Spots, nothing_known

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse 110"
POST = {"X-Intake110": "1"}

Client = TestClient[Any, Any]


@dataclass
class Site:
    """One running backend and what is behind it."""

    store: SqlStore
    hub: Hub
    clock: ManualClock
    settings: WebSettings
    open_client: Callable[[], Awaitable[Client]]
    asked: list[CallRequest] = field(default_factory=list)
    answer: Answer = field(default_factory=lambda: Accepted(rev=7))
    health: dict[str, Any] = field(default_factory=dict)
    saving: bool = True
    workshop: Workshop | None = None
    threads: ThreadDesk | None = None
    directory: DirectoryWatch | None = None
    duties: dict[str, tuple[str, str]] = field(default_factory=dict)
    plans: PlanDesk | None = None
    texting: Texting | None = None
    sharing: ShareDesk | None = None
    wall: Wall | None = None
    active_rules: list[str] = field(default_factory=list)
    hall: Callable[[], HallState] = lambda: HallState(site="hz")
    call_backs: Callable[[], Sequence[CallSession]] = tuple
    sounds: Callable[[str], Sequence[Mapping[str, Any]]] = lambda call_id: ()
    around: Around = lambda fix: None
    named_places: Spots = nothing_known
    told: list[Any] = field(default_factory=list)
    """What handed-in bodies told the loop."""

    def __post_init__(self) -> None:
        self.markers = Markers(self.hub, self.clock)
        self.receiving = Receiving(bodies=StoredBodies(self.store.database), loop=self, clock=self.clock)

    async def settled(self, signal: Any) -> None:
        self.told.append(signal)

    async def submit(self, request: CallRequest) -> Answer:
        self.asked.append(request)
        if isinstance(self.answer, Accepted) and isinstance(request, CallSignal):
            await self.journal(request)
        return self.answer

    async def journal(self, signal: CallSignal) -> None:
        head = await self.store.head()
        name, version, payload = Codec([type(signal)]).dump(signal)
        entry = Entry(
            at=signal.at,
            kind="call",
            key=signal.call_id,
            type=name,
            version=version,
            payload=payload,
            salt=b"s" * 32,
        )
        await self.store.commit(Commit(journal=link(head.journal_seq, head.journal_hash, [entry])))

    async def add_user(self, username: str, roles: str, department: str | None = None) -> None:
        row = UserRow(
            username=username, display_name=f"{username} 警官", password_hash=auth.hash_password(PASSWORD),
            roles=roles, language="zh-CN", disabled=False, created_at=self.clock.now(),
            department=department,
        )  # fmt: skip
        await self.store.database.write(users.add_user, row)

    async def signed_in(self, roles: str = "call_taker", department: str | None = None) -> Client:
        """A browser of somebody with these roles."""
        client, username = await self.open_client(), f"u{uuid.uuid4().hex[:8]}"
        await self.add_user(username, roles, department)
        body = {"username": username, "password": PASSWORD}
        answered = await client.post("/api/v1/session", json=body, headers=POST)
        assert answered.status == 200, await answered.text()
        return client

    async def put_call(
        self, session: CallSession, card: Mapping[str, tuple[CardValue, ...]] | None = None,
        segments: tuple[TranscriptSegment, ...] = (),
    ) -> None:  # fmt: skip
        """The call as the loop would have committed it."""
        await self.store.commit(
            Commit(
                aggregates=[
                    AggregateRow(
                        kind="call", key=session.call_id, rev=session.rev, closed=session.closed,
                        state=to_text(encode(session)), changed_at=NOON,
                    )
                ],
                calls=[_call_row(session)],
                card_fields=[
                    CardFieldRow(
                        call_id=session.call_id, name=name, rev=1,
                        payload=to_text(encode_as(tuple[CardValue, ...], values)),
                    )
                    for name, values in (card or {}).items()
                ],
                segments=[
                    SegmentRow(
                        call_id=session.call_id, speaker=one.speaker, index=one.index,
                        started_ms=one.started_ms, text=one.text, payload=to_text(encode(one)),
                    )
                    for one in segments
                ],
            )
        )  # fmt: skip


def _call_row(session: CallSession) -> CallRow:
    return CallRow(
        call_id=session.call_id, pbx=session.pbx, state=session.state, seized_at=session.seized_at,
        ended_at=session.ended_at, ani=session.ani, dialed=session.dialed, end_reason=session.end_reason,
        alarm_class=None, nature=None, priority=None, department=None, agents="",
        duration_ms=board.duration_ms(session), sip_call_id=session.sip_call_id,
    )  # fmt: skip


def a_call(number: int = 1, *, ended: bool = False, archive: Path | None = None) -> CallSession:
    """Call `number`, seized so many seconds after noon; with a stored recording when its archive is given."""
    seized_at = NOON + timedelta(seconds=number)
    session = CallSession(
        call_id=CallId(f"hz-p1-1767614400.{number}"), site="hz", pbx="p1", uniqueid=f"1767614400.{number}",
        linkedid=f"1767614400.{number}", line="PJSIP/trunk-1", seized_at=seized_at, state=CallState.ANSWERED,
        ani="13800138000", dialed="110", rev=3,
    )  # fmt: skip
    if ended:
        session = replace(
            session, state=CallState.ENDED, ended_at=seized_at + timedelta(seconds=30),
            end_reason=EndReason.COMPLETED, closed=True,
        )  # fmt: skip
    if archive is not None:
        file = RecordedFile(part="mix", path=str(archive / "mix.wav"), seconds=1.0, size_bytes=1, sha256="0")
        stored = Recording(
            recording_id="0x7f",
            file="/spool/x.wav",
            started_at=NOON,
            status=RecordingStatus.STORED,
            files=(file,),
        )
        session = replace(session, recordings=(stored,))
    return session


CARD = {
    "address": (CardValue(value="建国路88号", source=Source.PIDF, confidence=0.95),),
    "caller_number": (CardValue(value="13800138000", source=Source.AMI),),
    "phone": (CardValue(value="13912345678、057188880000", source=Source.SPEECH, confidence=0.7),),
}


def said(index: int, text: str, started_ms: int = 1000) -> TranscriptSegment:
    return TranscriptSegment(
        index=index,
        speaker=Leg.CALLER,
        started_ms=started_ms,
        ended_ms=started_ms + 900,
        text=text,
        model_id="m",
    )


@asynccontextmanager
async def loop_behind(site: Site, *machines: Machine) -> AsyncIterator[Intake]:
    """The real loop with these machines; what people ask of the site goes through it."""
    made = Intake(
        store=site.store, clock=site.clock, machines=machines, codec=journal_codec(),
        encode=partial(outbox_rows, site="hz"), salt=lambda: b"s" * 32,
    )  # fmt: skip
    await made.load()
    running = asyncio.create_task(made.run())
    site.submit = made.submit  # type: ignore[method-assign]
    try:
        yield made
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
