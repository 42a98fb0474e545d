"""Performs AssessTriage: what has been said, scanned once per segment, judged as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar
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
from gateway.speech.model import Leg, Reading, TranscriptSegment, counts
from gateway.triage.model import AlarmClass, Assessment, Context, Utterance, Veto, VetoCode
from gateway.triage.words import utterance_of

T = TypeVar("T")

DOUBT_PRIORITY = 3
"""Of a call of which not all was read."""
PARTIAL_INDEX = -1
"""Segment index of an utterance that is not final yet."""
SCANNED_AT_ONCE = 2_000
"""Characters of an utterance that the loop scans itself, in some ms (a minute of talk has 250). A longer one
waits until the verdict is asked for; until that is there the one before stands."""
READ_AT_ONCE = 10_000
"""Characters of stored segments, words with their times included, that the loop reads and scans itself. More
are read in a thread."""
PARTIAL_AT_ONCE = 2_000
"""New characters of one hypothesis that are looked through for danger. A recognizer tells some at a time; of
more only the last are looked through at once, all of it when the utterance is final."""
JUDGED_CHARACTERS = 100_000
"""Of one utterance that is judged at all: hours of talk without a pause. What is said beyond is not read, so
the verdict on such a call is never “non-police”."""


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

    def vetoes(self, utterance: Utterance, before: str = "") -> tuple[Veto, ...]: ...


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
        self._cut: set[str] = set()
        """Calls with an utterance that was not read whole."""
        self._hypotheses: dict[tuple[str, Leg], tuple[Engine, str]] = {}
        """By call and side, what was looked through last while they speak, and by whom."""
        self._fired: dict[str, set[VetoCode]] = {}
        self._standing: dict[str, list[Veto]] = {}
        self._spoke: dict[str, int] = {}
        """By call, when the caller's last recognised word ended, partial text included."""
        self._repeats: dict[str, int] = {}

    def heard(self, call_id: str, segment: TranscriptSegment, reading: str = Reading.LIVE) -> None:
        """A final segment was committed. A long one is scanned when the verdict is asked for, in a thread."""
        said = self._scans.setdefault(call_id, {})
        if (key := _key(segment, reading)) not in said and len(segment.text) <= SCANNED_AT_ONCE:
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
        engine, anew = await self._scanned(effect)
        context = await self._context(effect, session)
        if self._packs is not engine:
            return ()
        judge = partial(
            engine.judge, self._said(effect), context, self._last.get(effect.call_id),
            self._standing.get(effect.call_id, ()),
        )  # fmt: skip
        assessment = await self._beside(judge) if anew else judge()
        if self._packs is not engine:
            return ()
        if effect.call_id in self._cut:
            assessment = _in_doubt(assessment)
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
        engine = self._engine()
        by, before = self._hypotheses.get((call_id, leg), (engine, ""))
        self._hypotheses[call_id, leg] = (engine, text)
        if by is not engine:
            before = ""
        known = len(before) if text.startswith(before) else 0
        if len(text) - known > PARTIAL_AT_ONCE:
            before = text[:-PARTIAL_AT_ONCE]
        utterance = Utterance(
            segment_index=PARTIAL_INDEX,
            speaker=leg,
            text=text,
            started_ms=started_ms,
            ended_ms=ended_ms,
        )
        fired = self._fired.setdefault(call_id, set(session.vetoes))
        fresh = {veto.code: veto for veto in engine.vetoes(utterance, before) if veto.code not in fired}
        fired.update(fresh)
        return tuple(VetoFired(call_id=call_id, at=self._clock.now(), veto=veto) for veto in fresh.values())

    def forget(self, call_id: str) -> None:
        """The call is closed."""
        self._scans.pop(call_id, None)
        self._cut.discard(call_id)
        for leg in Leg:
            self._hypotheses.pop((call_id, leg), None)
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

    async def _scanned(self, effect: AssessTriage) -> tuple[Engine, bool]:
        """See to it that every segment is scanned; who scans, and whether much was new. The store is read
        only when memory misses some (a restart, another pack, a long utterance). Much is scanned beside the
        loop, which goes on taking calls meanwhile. When another pack came in that time, the verdict is owed
        anew."""
        call_id = effect.call_id
        self._follow()
        engine, known = self._packs, self._scans.get(call_id, {})
        if len(known) >= effect.segments:
            return engine, False
        rows = await self._store.segments(call_id)
        read = partial(_read, engine, rows, frozenset(known))
        anew = sum(len(row.payload) for row in rows) > READ_AT_ONCE
        scans, segments = await self._beside(read) if anew else read()
        if self._packs is engine:
            self._scans[call_id] = {**scans, **self._scans.get(call_id, {})}
        for segment in segments:
            self._words(call_id, segment.speaker, segment.text, segment.ended_ms)
            if len(segment.text) > JUDGED_CHARACTERS:
                self._cut.add(call_id)
        return engine, anew

    async def _beside(self, work: Callable[[], T]) -> T:
        """Do it in a thread, one long call after another."""
        async with self._reading:
            return await asyncio.to_thread(work)

    def _said(self, effect: AssessTriage) -> list[Any]:
        """Scans in the order of speaking; of a side that was heard a second time, of that text."""
        said = self._scans.get(effect.call_id, {})
        basis = {leg.value: Reading.REVIEW if leg in effect.reviewed else Reading.LIVE for leg in Leg}
        return [said[key] for key in sorted(said) if counts(key[3], key[2], basis[key[1]])]


Key = tuple[int, str, str, int]


def _key(segment: TranscriptSegment, reading: str) -> Key:
    return segment.started_ms, segment.speaker.value, str(reading), segment.index


def _read(
    engine: Engine, rows: Sequence[SegmentRow], known: Set[Key]
) -> tuple[dict[Key, Any], list[TranscriptSegment]]:
    """The scans of those that are not known, and all the segments."""
    said = [(row.reading, decode(TranscriptSegment, from_text(row.payload))) for row in rows]
    fresh = {_key(segment, reading): segment for reading, segment in said}
    return {key: engine.scan(_judged(segment)) for key, segment in fresh.items() if key not in known}, [
        segment for _, segment in said
    ]


def _judged(segment: TranscriptSegment) -> Utterance:
    utterance = utterance_of(segment)
    return replace(utterance, text=utterance.text[:JUDGED_CHARACTERS])


def _in_doubt(found: Assessment) -> Assessment:
    """Not all of it was read: nobody can say that it is nothing for the police."""
    if found.alarm_class is not AlarmClass.NON_POLICE:
        return found
    return replace(found, alarm_class=AlarmClass.UNSURE, priority=min(found.priority, DOUBT_PRIORITY))
