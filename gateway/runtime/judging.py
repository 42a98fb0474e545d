"""Performs AssessTriage: what has been said, scanned once per segment, judged as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from gateway.calls.effects import AssessTriage
from gateway.calls.model import CallSession
from gateway.calls.signals import CallSignal, TriageAssessed, TriageFailed, VetoFired
from gateway.clock import Clock
from gateway.ids import CallId
from gateway.journal.codec import decode, from_text
from gateway.ports import SegmentRow, Store
from gateway.runtime.book import Book
from gateway.runtime.context import REPEATS_WITHIN, location_kind, silent_ms
from gateway.speech.model import Leg, Reading, TranscriptSegment
from gateway.triage.model import Assessment, Context, Utterance, Veto, VetoCode
from gateway.triage.words import utterance_of

PARTIAL_INDEX = -1
"""Segment index of an utterance that is not final yet."""
SCANNED_AT_ONCE = 20
"""Segments that the loop scans itself, in a few ms; more of them are scanned in a thread."""


class Engine(Protocol):
    """`gateway.triage.engine.Triage`, as far as the loop needs it."""

    def scan(self, utterance: Utterance) -> Any: ...

    def judge(
        self,
        scans: Sequence[Any],
        context: Context,
        previous: Assessment | None = None,
        standing: Sequence[Veto] = (),
    ) -> Assessment: ...

    def vetoes(self, utterance: Utterance) -> tuple[Veto, ...]: ...


class Judging:
    """Keeps the scans of open calls; after a restart they are made again from the store."""

    def __init__(
        self, *, engine: Callable[[], Engine], store: Store, book: Book, clock: Clock, zone: ZoneInfo,
        pack: Callable[[], str] = lambda: "",
    ) -> None:  # fmt: skip
        """`pack`: hash of what `engine` was made of; every verdict carries it."""
        self._engine, self._store, self._book, self._clock, self._zone = engine, store, book, clock, zone
        self._pack = pack
        self._packs, self._hash = engine(), pack()
        self._reading = asyncio.Lock()
        """One long call is scanned anew at a time: threads together would keep the loop from its turn."""
        self._scans: dict[str, dict[Key, Any]] = {}
        """By call, then (started_ms, speaker, reading, index): each segment is scanned once."""
        self._last: dict[str, Assessment] = {}
        self._fired: dict[str, set[VetoCode]] = {}
        self._standing: dict[str, list[Veto]] = {}
        self._spoke: dict[str, int] = {}
        """By call, when the caller's last recognised word ended, partial text included."""
        self._repeats: dict[str, int] = {}

    def heard(self, call_id: str, segment: TranscriptSegment, reading: str = Reading.LIVE) -> None:
        """A final segment was committed."""
        said = self._scans.setdefault(call_id, {})
        if (key := _key(segment, reading)) not in said:
            said[key] = self._packs.scan(utterance_of(segment))
        self._words(call_id, segment.speaker, segment.text, segment.ended_ms)

    def _words(self, call_id: str, speaker: Leg, text: str, ended_ms: int) -> None:
        if speaker is Leg.CALLER and text.strip():
            self._spoke[call_id] = max(ended_ms, self._spoke.get(call_id, 0))

    def silent_ms(self, session: CallSession) -> int | None:
        """How long the caller has said nothing."""
        return silent_ms(session, self._spoke.get(session.call_id), self._clock.now())

    def stands(self, call_id: str, veto: Veto) -> None:
        """A veto was committed: it stands, whatever the final text says (after a restart the reducer alone
        holds it)."""
        self._standing.setdefault(call_id, []).append(veto)

    async def assess(self, effect: AssessTriage) -> Iterable[CallSignal]:
        """The verdict on all final segments the store has of the call; of a side that was heard a second
        time, on that text."""
        session = self._session(effect.call_id)
        if session is None:
            return ()
        scans = await self._scanned(effect)
        if scans is None:
            return ()
        context = await self._context(effect, session)
        assessment = self._packs.judge(
            scans, context, self._last.get(effect.call_id), self._standing.get(effect.call_id, ())
        )
        self._last[effect.call_id] = assessment
        return (
            TriageAssessed(
                call_id=effect.call_id,
                at=self._clock.now(),
                assessment=assessment,
                segments=effect.segments,
                speech_dead=effect.speech_dead,
                pack=self._hash,
            ),
        )

    async def _context(self, effect: AssessTriage, session: CallSession) -> Context:
        return Context(
            ended=effect.ended,
            speech_dead=effect.speech_dead,
            local_hour=self._clock.now().astimezone(self._zone).hour,
            silent_ms=self.silent_ms(session),
            repeat_calls_30d=await self._earlier_calls(session),
            language=session.language,
            location_kind=location_kind(session),
        )

    async def _earlier_calls(self, session: CallSession) -> int | None:
        """Of this number; asked of the store once a call. None: the number is not known."""
        if not session.ani or session.anonymous:
            return None
        if (known := self._repeats.get(session.call_id)) is None:
            since = session.seized_at - REPEATS_WITHIN
            known = await self._store.calls_of(session.ani, since, session.seized_at)
            self._repeats[session.call_id] = known
        return known

    def failed(self, effect: AssessTriage, error: Exception) -> Iterable[CallSignal]:
        """A broken rule set means "unsure": the reducer makes it so."""
        return (
            TriageFailed(
                call_id=effect.call_id,
                at=self._clock.now(),
                reason=repr(error)[:500],
                segments=effect.segments,
                speech_dead=effect.speech_dead,
                pack=self._hash,
            ),
        )

    def danger_in(
        self, call_id: CallId, leg: Leg, text: str, started_ms: int, ended_ms: int
    ) -> tuple[VetoFired, ...]:
        """Vetoes that partial text sets off and the call does not have yet."""
        self._words(call_id, leg, text, ended_ms)
        session = self._session(call_id)
        if session is None:
            return ()
        utterance = Utterance(
            segment_index=PARTIAL_INDEX,
            speaker=leg,
            text=text,
            started_ms=started_ms,
            ended_ms=ended_ms,
        )
        fired = self._fired.setdefault(call_id, set(session.vetoes))
        fresh = {veto.code: veto for veto in self._engine().vetoes(utterance) if veto.code not in fired}
        fired.update(fresh)
        return tuple(VetoFired(call_id=call_id, at=self._clock.now(), veto=veto) for veto in fresh.values())

    def forget(self, call_id: str) -> None:
        """The call is closed."""
        self._scans.pop(call_id, None)
        self._last.pop(call_id, None)
        self._fired.pop(call_id, None)
        self._standing.pop(call_id, None)
        self._spoke.pop(call_id, None)
        self._repeats.pop(call_id, None)

    def _session(self, call_id: str) -> CallSession | None:
        live = self._book.get(("call", call_id))
        return live.state if live else None

    def _follow(self) -> bool:
        """True: another pack judges now. Nothing that the old one saw counts, but danger that it found
        stands."""
        if self._packs is (engine := self._engine()):
            return False
        self._packs, self._hash, self._scans = engine, self._pack(), {}
        for call_id, last in self._last.items():
            known = {veto.code for veto in self._standing.get(call_id, ())}
            self._standing.setdefault(call_id, []).extend(v for v in last.vetoes if v.code not in known)
        self._last = {}
        return True

    async def _scanned(self, effect: AssessTriage) -> list[Any] | None:
        """Scans in the order of speaking; read from the store only when memory misses some (a restart,
        another pack). Many are scanned beside the loop, which goes on taking calls meanwhile; None: another
        pack came while they were, and its verdict is owed anew."""
        call_id = effect.call_id
        self._follow()
        if len(self._scans.get(call_id, ())) < effect.segments:
            rows = await self._store.segments(call_id)
            beside = len(rows) > SCANNED_AT_ONCE
            engine = self._packs
            if beside:
                async with self._reading:
                    read = await asyncio.to_thread(_read, engine, rows)
            else:
                read = _read(engine, rows)
            if self._packs is not engine:
                return None
            self._scans[call_id] = {**read, **self._scans.get(call_id, {})}
            for row in rows:
                segment = decode(TranscriptSegment, from_text(row.payload))
                self._words(call_id, segment.speaker, segment.text, segment.ended_ms)
        said = self._scans.get(call_id, {})
        counts = {leg.value: Reading.REVIEW if leg in effect.reviewed else Reading.LIVE for leg in Leg}
        return [said[key] for key in sorted(said) if key[2] == counts[key[1]]]


Key = tuple[int, str, str, int]


def _key(segment: TranscriptSegment, reading: str) -> Key:
    return segment.started_ms, segment.speaker.value, str(reading), segment.index


def _read(engine: Engine, rows: Sequence[SegmentRow]) -> dict[Key, Any]:
    said = [(row.reading, decode(TranscriptSegment, from_text(row.payload))) for row in rows]
    return {_key(segment, reading): engine.scan(utterance_of(segment)) for reading, segment in said}
