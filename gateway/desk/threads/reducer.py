"""The one function in which a thread changes. Pure, total: a message that is here already changes nothing, in
whatever order messages and their parts come."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from gateway.calls.linked import CallSuspected
from gateway.calls.signals import CallerIdentified, CallQueued, CallSignal, LocationAnswered
from gateway.calls.text import TEXT_PBX, TEXT_QUEUE, AnswerWay, TextState
from gateway.calls.texted import TextCallOpened, TextDelivery, TextTold, TextWentQuiet
from gateway.calls.together import FloodKind, Suspicion
from gateway.desk.threads import parts
from gateway.desk.threads.effects import (
    CONFIRM,
    CONFIRMED_WITHIN,
    PARTS,
    PARTS_WITHIN,
    QUIET,
    QUIETNESS,
)
from gateway.desk.threads.model import Message, Outgoing, Thread
from gateway.desk.threads.signals import (
    AnswerPublished,
    CallLetGo,
    TextAgain,
    TextArrived,
    TextHandled,
    TextWritten,
    ThreadDue,
    ThreadSignal,
)
from gateway.ids import CallId, call_id, text_uniqueid
from gateway.location.model import Location, LocationSource
from gateway.speech.model import Leg, TranscriptSegment

MAX_SEEN = 500
"""Messages of a number that are known again when they come twice; one that comes again after so many newer
ones is shown a second time."""
MAX_IN_CALL = 500
"""Messages of the caller in one call; the next one begins another call."""
RATE_WITHIN = timedelta(seconds=60)
RATE = 20
"""More messages than this within that time look like a flood: the call comes after the others, and loses
nothing."""
MAX_OUTGOING = 40
"""Answers whose way is followed; beyond, the oldest that is settled is followed no more."""
NOT_CONFIRMED = "not_confirmed"
"""The reason of an answer of which its app has said nothing; pages have words for it."""

_RANK = {
    TextState.QUEUED: 0,
    TextState.UNKNOWN: 1,
    TextState.SENT: 2,
    TextState.FAILED: 3,
    TextState.DELIVERED: 4,
    TextState.READ: 5,
}
"""Reports come late and in any order: only a higher one counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`state` None: no such thread. `tells`: for its call, in the same commit."""

    state: Thread | None
    tells: tuple[CallSignal, ...] = ()


def reduce(thread: Thread | None, signal: ThreadSignal) -> Outcome:
    if isinstance(signal, TextArrived):
        return _counted(thread, _arrived(thread, signal))
    take = _MOVES.get(type(signal))
    if thread is None or take is None:
        return Outcome(state=thread)
    return _counted(thread, take(thread, signal))


def closed(thread: Thread) -> bool:
    """Nothing of it is under way: it may leave memory."""
    waits = any(each.state is TextState.QUEUED for each in thread.outgoing)
    return thread.call_id is None and not thread.awaited and not waits


def digest(message_id: str, n: int = 0) -> str:
    """What a message, or a part of one, is known again by."""
    return sha256(f"{message_id}\0{n}".encode("utf-8", "surrogatepass")).hexdigest()[:12]


def has(thread: Thread | None, message_id: str, n: int = 0) -> bool:
    return thread is not None and digest(message_id, n) in thread.seen


def _counted(before: Thread | None, outcome: Outcome) -> Outcome:
    after = outcome.state
    if after is None or after is before:
        return outcome
    return replace(outcome, state=replace(after, rev=(before.rev if before else 0) + 1))


# ---- in


def _arrived(thread: Thread | None, signal: TextArrived) -> Outcome:
    n = signal.part.n if signal.part else 0
    if thread is None:
        thread = Thread(
            thread=signal.thread, site=signal.site, provider=signal.provider, number=signal.number
        )
    if has(thread, signal.message_id, n):
        return Outcome(state=thread)
    after = replace(thread, seen=(*thread.seen, digest(signal.message_id, n))[-MAX_SEEN:], last_at=signal.at)
    if _begins(after):
        after = replace(after, sender=signal.sender, way=signal.way)
    after, tells = _with_call(after, signal.message_id, signal.at)
    after, whole = parts.joined(after, signal)
    for message in whole:
        after, told = _told(after, message, signal.at)
        tells += told
    after, flood = _rated(after, signal.at)
    return Outcome(state=after, tells=(*tells, *flood))


def _begins(thread: Thread) -> bool:
    return thread.call_id is None or thread.received >= MAX_IN_CALL


def _with_call(thread: Thread, message_id: str, at: datetime) -> tuple[Thread, list[CallSignal]]:
    """The open call, or a new one, named by this message: the first part of a long one suffices."""
    if not _begins(thread):
        return thread, []
    uniqueid = text_uniqueid(thread.provider, message_id)
    called = call_id(thread.site, TEXT_PBX, uniqueid)
    opened: list[CallSignal] = [
        TextCallOpened(
            call_id=called, at=at, site=thread.site, pbx=TEXT_PBX, uniqueid=uniqueid, linkedid="", line="",
            thread=thread.thread, provider=thread.provider, way=thread.way,
        ),
        CallerIdentified(
            call_id=called, at=at, ani=thread.number, ani_source=thread.provider,
            anonymous=thread.number is None,
        ),
        CallQueued(call_id=called, at=at, queue=TEXT_QUEUE),
    ]  # fmt: skip
    return replace(thread, call_id=called, received=0, suspected=False, rate=0, rate_since=None), opened


def _told(thread: Thread, message: Message, at: datetime) -> tuple[Thread, list[CallSignal]]:
    """Put a whole message on its call; one that waited for its parts beyond the end of it begins another."""
    thread, told = _with_call(thread, message.message_id, at)
    if thread.call_id is None:
        return thread, told
    said = TranscriptSegment(
        index=thread.received, speaker=Leg.CALLER, started_ms=0, ended_ms=0, text=message.text,
        model_id=thread.provider,
    )  # fmt: skip
    told.append(
        TextTold(
            call_id=thread.call_id, at=at, segment=said, message_id=message.message_id,
            sent_at=message.sent_at, missing=message.missing, attachments=message.attachments,
        )
    )  # fmt: skip
    if message.place is not None:
        told.append(_fix(thread.call_id, message, at))
    return replace(thread, received=thread.received + 1), told


def _fix(called: CallId, message: Message, at: datetime) -> LocationAnswered:
    place = message.place
    assert place is not None
    return LocationAnswered(
        call_id=called, at=at,
        location=Location(
            location_id=f"{LocationSource.SHARED.value}-{digest(message.message_id)}",
            source=LocationSource.SHARED,
            obtained_at=message.sent_at, latitude=place.latitude, longitude=place.longitude,
            datum=place.datum, uncertainty_m=place.uncertainty_m, method="text",
        ),
    )  # fmt: skip


def _rated(thread: Thread, at: datetime) -> tuple[Thread, list[CallSignal]]:
    """Told once for each call. A call that spoke of danger is never suspected: its reducer sees to that."""
    fresh = thread.rate_since is None or at - thread.rate_since > RATE_WITHIN
    after = replace(
        thread, rate_since=at if fresh else thread.rate_since, rate=1 if fresh else thread.rate + 1
    )
    if after.rate <= RATE or after.suspected or after.call_id is None:
        return after, []
    suspicion = Suspicion(
        kind=FloodKind.SAME_NUMBER, key=after.number or after.thread, calls=after.rate, at=at
    )
    return replace(after, suspected=True), [CallSuspected(call_id=after.call_id, at=at, suspicion=suspicion)]


def _due(thread: Thread, signal: ThreadDue) -> Outcome:
    """A waking that comes too early or twice changes nothing."""
    if signal.name == PARTS:
        after, late = parts.given_up(thread, signal.at, PARTS_WITHIN)
        tells: list[CallSignal] = []
        for message in late:
            after, told = _told(after, message, signal.at)
            tells += told
        return Outcome(state=after if late else thread, tells=tuple(tells))
    if signal.name == CONFIRM:
        return _unconfirmed(thread, signal.at)
    over = thread.last_at is not None and signal.at >= thread.last_at + QUIET
    if signal.name != QUIETNESS or thread.call_id is None or not over:
        return Outcome(state=thread)
    went = TextWentQuiet(call_id=thread.call_id, at=signal.at)
    return Outcome(state=replace(thread, last_at=signal.at), tells=(went,))


def _let_go(thread: Thread, signal: CallLetGo) -> Outcome:
    if thread.call_id != signal.call_id:
        return Outcome(state=thread)
    return Outcome(state=replace(thread, call_id=None, received=0))


# ---- out


def _written(thread: Thread, signal: TextWritten) -> Outcome:
    if _find(thread, lambda each: (each.call_id, each.index) == (signal.call_id, signal.index)) is not None:
        return Outcome(state=thread)
    fresh = Outgoing(
        call_id=signal.call_id, index=signal.index, state=TextState.QUEUED, at=signal.at, text=signal.text,
        channel=thread.way is AnswerWay.CHANNEL,
    )  # fmt: skip
    return Outcome(state=replace(thread, outgoing=_kept((*thread.outgoing, fresh)), last_at=signal.at))


def _again(thread: Thread, signal: TextAgain) -> Outcome:
    """What nobody knows of goes out under the same id: a provider that has it already sends it no second
    time. What certainly failed gets a new one."""
    known = _find(thread, lambda each: (each.call_id, each.index) == (signal.call_id, signal.index))
    if known is None or known.state not in (TextState.FAILED, TextState.UNKNOWN):
        return Outcome(state=thread)
    again = replace(
        known, state=TextState.QUEUED, text=signal.text, tries=known.tries + 1, at=signal.at, reason="",
        version=known.version + (known.state is TextState.FAILED), published=False,
    )  # fmt: skip
    return Outcome(state=_with(thread, known, again), tells=(_delivery(again, known, signal.at),))


def _published(thread: Thread, signal: AnswerPublished) -> Outcome:
    known = _find(thread, lambda each: each.message_id == signal.message_id)
    if known is None or signal.tries != known.tries or known.published:
        return Outcome(state=thread)
    return Outcome(state=_with(thread, known, replace(known, published=True)))


def _unconfirmed(thread: Thread, at: datetime) -> Outcome:
    """What its app should have said long ago that it took: nobody knows. It may still say so."""
    tells = []
    for each in thread.outgoing:
        if each.channel and each.state is TextState.QUEUED and at >= each.at + CONFIRMED_WITHIN:
            lost = replace(each, state=TextState.UNKNOWN, at=at, reason=NOT_CONFIRMED)
            tells.append(_delivery(lost, each, at))
            thread = _with(thread, each, lost)
    return Outcome(state=thread, tells=tuple(tells))


def _handled(thread: Thread, signal: TextHandled) -> Outcome:
    known = _find(thread, lambda each: each.message_id == signal.message_id)
    if known is None or (signal.tries is not None and signal.tries != known.tries):
        return Outcome(state=thread)
    if _RANK[signal.state] <= _RANK[known.state]:
        return Outcome(state=thread)
    keeps = signal.state in (TextState.FAILED, TextState.UNKNOWN)
    after = replace(
        known, state=signal.state, at=signal.at, reason=signal.reason, text=known.text if keeps else ""
    )
    return Outcome(state=_with(thread, known, after), tells=(_delivery(after, known, signal.at),))


def _delivery(now: Outgoing, was: Outgoing, at: datetime) -> TextDelivery:
    return TextDelivery(
        call_id=now.call_id, at=at, index=now.index, state=now.state, was=was.state, reason=now.reason
    )


def _find(thread: Thread, wanted: Callable[[Outgoing], bool]) -> Outgoing | None:
    return next((each for each in thread.outgoing if wanted(each)), None)


def _with(thread: Thread, old: Outgoing, new: Outgoing) -> Thread:
    return replace(thread, outgoing=tuple(new if each is old else each for each in thread.outgoing))


def _kept(outgoing: tuple[Outgoing, ...]) -> tuple[Outgoing, ...]:
    while len(outgoing) > MAX_OUTGOING:
        settled = (n for n, each in enumerate(outgoing) if each.state is not TextState.QUEUED)
        gone = next(settled, 0)
        outgoing = (*outgoing[:gone], *outgoing[gone + 1 :])
    return outgoing


_MOVES: Mapping[type[ThreadSignal], Callable[[Thread, Any], Outcome]] = {
    ThreadDue: _due,
    CallLetGo: _let_go,
    TextWritten: _written,
    TextAgain: _again,
    TextHandled: _handled,
    AnswerPublished: _published,
}
