"""A record without a call: entered, added to, linked with the PBX's own call. Pure.

A record is a call whose line was never ours: it is over when it is written down, its card is open until
somebody finishes it, and text, verdict, place and history are those of any call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.calls import findings, places
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.callback import DIALLABLE
from gateway.calls.entered import (
    EnterRecord,
    LinkRecord,
    RecordEntered,
    RecordLink,
    RecordLinked,
    RecordUnlinked,
    TypeWords,
    UnlinkRecord,
)
from gateway.calls.events import CallEnd, CallerIdentity, CallEvent, CallStart
from gateway.calls.manual import Manual, Origin
from gateway.calls.model import CallSession, CallState, EndReason, Medium
from gateway.calls.people import Changed
from gateway.calls.signals import CallRequest, CallSignal, SegmentTranscribed
from gateway.calls.wrapping import Wrap
from gateway.ids import MANUAL_PBX, is_manual, uniqueid_of
from gateway.location.model import Location, LocationSource
from gateway.speech.model import Leg, TranscriptSegment

AHEAD = timedelta(seconds=60)
"""So much later than now may the time of an event be: clocks differ, and people round up."""
BACK = timedelta(days=31)
"""Older events are not entered: their day's figures are closed."""
LATE_AFTER = timedelta(minutes=10)
"""Entered so long after the event it is marked as entered afterwards; what an outage left always is."""
MAX_WORDS_CHARS = 5_000
"""Of one entry; more is refused, not cut."""
MAX_LINES = 200
"""Lines of one entry."""
MAX_PLACE_CHARS = 500
MAX_SHEET_CHARS = 64
TYPED = "typed"
"""The `model_id` of words that a person wrote."""
LINE_MS = 1_000
"""Written words have no time line: each line stands a second after the one before."""

Asked = tuple[CallSession, tuple[CallEvent, ...], Answer]


# ---- entering


def enter(signal: EnterRecord) -> tuple[CallSession | None, tuple[CallEvent, ...], Answer]:
    """The record, what is told of it, and the answer; a refusal makes none."""
    if (told := refusal(signal)) is not None:
        return None, (), Refused(code=told[0], text=told[1])
    late = is_late(signal)
    happened = min(signal.happened_at, signal.at)
    session = CallSession(
        call_id=signal.call_id, site=signal.site, pbx=MANUAL_PBX, uniqueid=uniqueid_of(signal.call_id),
        linkedid="", line="", seized_at=happened, ended_at=happened, medium=Medium.MANUAL,
        state=CallState.ENDED, end_reason=EndReason.COMPLETED, ani=signal.number,
        ani_source="entered" if signal.number else None, callback_number=signal.number, inferred=late,
        manual=Manual(
            origin=signal.origin, by=signal.actor, at=signal.at, late=late, sheet=signal.sheet or None
        ),
        wrap=Wrap(keeper=signal.position), rev=1, person_rev=1,
    )  # fmt: skip
    session, said = _typed(session, signal.words, signal)
    session, placed = _placed(session, signal)
    events = (*_beginning(session, signal, late), *placed, *said, _end(happened, late))
    return session, events, Accepted(rev=session.rev)


def is_late(signal: EnterRecord) -> bool:
    """Entered afterwards."""
    return signal.origin is Origin.OUTAGE or signal.at - signal.happened_at > LATE_AFTER


def refusal(signal: EnterRecord) -> tuple[str, str] | None:
    """(code, text) of why it is not entered; None: it is."""
    happened, number = signal.happened_at, signal.number
    if not is_manual(signal.call_id):
        return "invalid", "the id of a record is <site>-man-<uuid>"
    if happened > signal.at + AHEAD:
        return "in_the_future", f"it is {signal.at.isoformat(timespec='seconds')} now"
    if happened < signal.at - BACK:
        return "too_long_ago", f"at most {BACK.days} days back"
    if number is not None and DIALLABLE.fullmatch(number) is None:
        return "invalid", "a number has 3 to 32 digits"
    if len(signal.place) > MAX_PLACE_CHARS or len(signal.sheet or "") > MAX_SHEET_CHARS:
        told = f"a place has at most {MAX_PLACE_CHARS} characters, the number of a sheet {MAX_SHEET_CHARS}"
        return "invalid", told
    return _unplaceable(signal) or _unreadable(signal.words)


def _unplaceable(signal: EnterRecord) -> tuple[str, str] | None:
    given = (signal.latitude, signal.longitude, signal.datum)
    if all(each is None for each in given):
        return None
    if signal.latitude is None or signal.longitude is None or signal.datum is None:
        return "invalid", "a position needs latitude, longitude and datum"
    if not (-90 <= signal.latitude <= 90 and -180 <= signal.longitude <= 180):
        return "invalid", "latitude is -90 to 90, longitude -180 to 180"
    return None


def _unreadable(words: str) -> tuple[str, str] | None:
    if len(words) > MAX_WORDS_CHARS or len(_lines(words)) > MAX_LINES:
        return "invalid", f"at most {MAX_WORDS_CHARS} characters in {MAX_LINES} lines at once"
    return None


def _beginning(session: CallSession, signal: EnterRecord, late: bool) -> tuple[CallEvent, ...]:
    happened = session.seized_at
    start = CallStart(occurred_at=happened, inferred=late, pbx=session.pbx, linkedid="", medium=Medium.MANUAL)
    entered = RecordEntered(
        occurred_at=signal.at, inferred=late, origin=signal.origin, by=signal.actor, happened_at=happened,
        entered_at=signal.at, late=late, sheet=signal.sheet or None,
    )  # fmt: skip
    if session.ani is None:
        return start, entered
    known = CallerIdentity(
        occurred_at=happened, inferred=late, ani=session.ani, ani_source=session.ani_source
    )
    return start, entered, known


def _end(happened: datetime, late: bool) -> CallEnd:
    return CallEnd(
        occurred_at=happened, inferred=late, end_reason=EndReason.COMPLETED, released_by=None, duration_ms=0,
        queue_wait_ms=None,
    )  # fmt: skip


def _placed(session: CallSession, signal: EnterRecord) -> Changed:
    if not signal.place.strip() and signal.latitude is None:
        return session, ()
    fix = Location(
        location_id=f"{LocationSource.PERSON.value}-entered", source=LocationSource.PERSON,
        obtained_at=session.seized_at, latitude=signal.latitude, longitude=signal.longitude,
        datum=signal.datum, address=signal.place.strip() or None, provided_by=signal.actor,
    )  # fmt: skip
    return places.chosen(session, fix, signal)


# ---- more words


def typed(session: CallSession, signal: TypeWords) -> Asked:
    if (told := _not_open(session)) is not None:
        return session, (), told
    if not _lines(signal.words):
        return session, (), Refused(code="invalid", text="there are no words")
    if (wrong := _unreadable(signal.words)) is not None:
        return session, (), Refused(code=wrong[0], text=wrong[1])
    after, events = _typed(replace(session, rev=session.rev + 1), signal.words, signal)
    return after, events, Accepted(rev=after.rev)


def _not_open(session: CallSession) -> Refused | None:
    if session.medium is not Medium.MANUAL:
        return Refused(code="not_manual", text="this is no record that a person entered")
    done = session.wrap.finished
    if done is None:
        return None
    return Refused(code="finished", text=f"{done.by}, {done.at.isoformat(timespec='seconds')}")


def _typed(session: CallSession, words: str, signal: CallRequest) -> Changed:
    """Each line as a final segment of the caller's side; places named in it are looked for."""
    events: tuple[CallEvent, ...] = ()
    lines = _lines(words)
    for text in lines:
        index = session.next_index[0]
        said = TranscriptSegment(
            index=index, speaker=Leg.CALLER, started_ms=index * LINE_MS, ended_ms=index * LINE_MS, text=text,
            model_id=TYPED,
        )  # fmt: skip
        heard = SegmentTranscribed(
            call_id=session.call_id, at=signal.at, inferred=session.inferred, segment=said
        )
        session, told = findings.segment(session, heard)
        events = (*events, *told)
    return places.put(session, spoken=session.locating.spoken + len(lines)), events


def _lines(words: str) -> list[str]:
    return [line.strip() for line in words.splitlines() if line.strip()]


# ---- the PBX's own call of it


def link(session: CallSession, signal: LinkRecord) -> Asked:
    if session.medium is not Medium.MANUAL:
        return session, (), Refused(code="not_manual", text="only a record is linked with a call of the PBX")
    if signal.other == session.call_id or is_manual(signal.other):
        return session, (), Refused(code="invalid", text="a record is linked with a call of the PBX")
    if session.same_as == signal.other:
        return session, (), Accepted(rev=session.rev)
    if session.same_as is not None:
        return session, (), Refused(code="record_linked", text=session.same_as)
    after = replace(session, same_as=signal.other, rev=session.rev + 1)
    told = RecordLink(occurred_at=signal.when, linked=True, other=signal.other, by=signal.actor)
    return after, (told,), Accepted(rev=after.rev)


def again(session: CallSession, signal: EnterRecord) -> Asked:
    return session, (), Refused(code="already_entered", text=session.call_id)


def unlink(session: CallSession, signal: UnlinkRecord) -> Asked:
    if session.medium is not Medium.MANUAL or session.same_as is None:
        return session, (), Refused(code="not_linked", text="this record is linked with no call")
    after = replace(session, same_as=None, rev=session.rev + 1)
    told = RecordLink(occurred_at=signal.when, linked=False, other=session.same_as, by=signal.actor)
    return after, (told,), Accepted(rev=after.rev)


def linked(session: CallSession, signal: RecordLinked) -> Changed:
    """The PBX's call hears of it. One that has a record already keeps that: `tells` says so."""
    if session.same_as is not None:
        return session, ()
    told = RecordLink(occurred_at=signal.when, linked=True, other=signal.record, by=signal.by)
    return replace(session, same_as=signal.record), (told,)


def unlinked(session: CallSession, signal: RecordUnlinked) -> Changed:
    if session.same_as != signal.other:
        return session, ()
    told = RecordLink(occurred_at=signal.when, linked=False, other=signal.other, by=signal.by)
    return replace(session, same_as=None), (told,)


REQUESTS: dict[type[CallRequest], Callable[[CallSession, Any], Asked]] = {
    EnterRecord: again, TypeWords: typed, LinkRecord: link, UnlinkRecord: unlink,
}  # fmt: skip
"""What people ask of a record that is there."""


def tells(before: CallSession, after: CallSession, signal: CallSignal) -> tuple[CallSignal, ...]:
    """What the other of the two is told."""
    common: dict[str, Any] = {"at": signal.at, "source_at": signal.source_at}
    about: dict[str, Any]
    if isinstance(signal, LinkRecord) and after.same_as is not None and before.same_as is None:
        about = {"call_id": after.same_as, "record": after.call_id}
        return (RecordLinked(**about, by=signal.actor, **common),)
    if isinstance(signal, UnlinkRecord) and before.same_as is not None and after.same_as is None:
        about = {"call_id": before.same_as, "other": after.call_id}
        return (RecordUnlinked(**about, by=signal.actor, **common),)
    if isinstance(signal, RecordLinked) and before.same_as not in (None, signal.record):
        about = {"call_id": signal.record, "other": after.call_id}
        return (RecordUnlinked(**about, by=signal.by, **common),)
    return ()
