"""After every (re)connect: what is live in the PBX, brought together with what was known. Pure.

The snapshot is the truth about what lives now. A call known before is carried on, one that began meanwhile
is taken up, one that is gone is `missing`: CEL, CDR and the recording folder may know its end (see `cel`),
else it is LOST. Everything learnt here is marked inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from gateway.calls.handing import RINGS_FOR, move_of
from gateway.calls.model import (
    CallSession,
    CallState,
    RecordingStatus,
    Transfer,
    TransferKind,
    TransferResult,
)
from gateway.calls.signals import (
    CallerIdentified,
    CallSignal,
    DeskStoppedRinging,
    PartyLeft,
    RecordingStarted,
)
from gateway.ids import is_uniqueid
from gateway.pbx.course import ROLE_RELEASES, Course, Met, Moment, Passing
from gateway.pbx.message import AmiMessage
from gateway.pbx.moved import called_back
from gateway.pbx.shape import MAX_TEXT, PbxShape, dialled_in, endpoint, is_dialled, number_in
from gateway.pbx.translate import Signal, Translator
from gateway.pbx.view import Channel, View

RINGING = "5"
"""ChannelState of a leg that rings."""


class Adopted(NamedTuple):
    """What follows from a snapshot. `missing`: open calls of this PBX that live no more."""

    signals: tuple[Signal, ...]
    missing: tuple[CallSession, ...]


def adopt(
    translator: Translator,
    messages: Sequence[AmiMessage],
    sessions: Iterable[CallSession],
    at: datetime,
    begun_at: datetime | None = None,
) -> Adopted:
    """Replace the translator's view by the snapshot. `sessions`: the calls of this PBX that are not ended
    yet. `begun_at`: what arrived before it is older than the snapshot, and will be passed over.
    """
    moment = Moment(at, None, inferred=True)
    view, births = _view(messages, translator.shape, at)
    waiting = {entry.get("Uniqueid") or "": entry for entry in messages if entry.event == "QueueEntry"}
    ringing = {
        message.get("Uniqueid") or ""
        for message in messages
        if message.event == "CoreShowChannel" and message.get("ChannelState") == RINGING
    }
    known = {session.uniqueid: session for session in sessions if session.state is not CallState.ENDED}
    taken_in = [channel.name for channel in births if channel.context in translator.shape.intake_contexts]
    translator.trunks |= {
        endpoint(line) for line in (*taken_in, *(session.line for session in known.values()))
    }
    trunks = frozenset(translator.trunks)
    translator.begin_anew(view, begun_at or translator.believed_from)
    signals: list[Signal] = []
    for message in messages:
        if message.event == "QueueMember":
            signals += translator.desks.member(message, moment)
    for channel in sorted(births, key=lambda channel: channel.uniqueid not in known):
        session = known.get(channel.uniqueid)
        is_party = channel.uniqueid in translator.party_of
        if session is not None or (not is_party and _is_call(channel, translator.shape, waiting, trunks)):
            signals += _take_up(translator, channel, session, waiting.get(channel.uniqueid), moment)
    signals += _rung_by_us(translator, messages, births, known, moment)
    for channel in births:
        signals += _still_rings(translator, channel, moment) if channel.uniqueid in ringing else []
    for session in known.values():
        if (course := translator.courses.get(session.uniqueid)) is not None:
            signals += _gone_from(course, session, moment)
    signals += _recorded(messages, translator, known, moment)
    missing = tuple(session for uniqueid, session in known.items() if uniqueid not in translator.courses)
    return Adopted(tuple(signals), missing)


def _view(messages: Sequence[AmiMessage], shape: PbxShape, at: datetime) -> tuple[View, list[Channel]]:
    """Channels with their bridges, the oldest first."""
    view = View(shape)
    for message in messages:
        uniqueid, name = message.get("Uniqueid") or "", message.get("Channel") or ""
        if message.event != "CoreShowChannel" or not is_uniqueid(uniqueid) or not name:
            continue
        channel = Channel(
            uniqueid=uniqueid,
            linkedid=message.get("Linkedid") or uniqueid,
            name=name,
            born_at=at - _duration(message.get("Duration") or ""),
            context=(message.get("Context") or "")[:MAX_TEXT],
            exten=(message.get("Exten") or "")[:MAX_TEXT],
            number=(message.get("CallerIDNum") or "")[:MAX_TEXT],
        )
        view.add(channel)
        if bridge := message.get("BridgeId"):
            view.enter(channel, bridge[:MAX_TEXT])
    return view, sorted(view.channels.values(), key=lambda channel: channel.born_at)


def _duration(text: str) -> timedelta:
    """`00:01:30`."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return timedelta(0)
    return timedelta(hours=int(parts[0]), minutes=int(parts[1]), seconds=int(parts[2]))


def _is_call(
    channel: Channel, shape: PbxShape, waiting: Mapping[str, AmiMessage], trunks: frozenset[str]
) -> bool:
    """A caller's leg: it began its own call, is nobody's desk, and is taken in, waits, or was passed on. Who
    was passed on must have come over a trunk we know: a department that was called in stands there too.
    """
    own = endpoint(channel.name)
    if channel.uniqueid != channel.linkedid or shape.is_helper(channel.name) or shape.is_desk_number(own):
        return False
    taken_in = channel.context in shape.intake_contexts and channel.exten in shape.intake_numbers
    passed_on = channel.context in shape.department_contexts and own in trunks
    return taken_in or channel.uniqueid in waiting or passed_on


def _rung_by_us(
    translator: Translator,
    messages: Sequence[AmiMessage],
    births: Sequence[Channel],
    known: Mapping[str, CallSession],
    moment: Moment,
) -> list[CallSignal]:
    """Whom a desk rang for a call meanwhile: the leg beside one of ours that dials for it."""
    dialling = {
        message.get("Uniqueid") or "": dialled_in(message.get("ApplicationData") or "")
        for message in messages
        if message.event == "CoreShowChannel" and message.get("Context") == RINGS_FOR
    }
    signals: list[CallSignal] = []
    for channel in births:
        number = dialling.get(channel.linkedid)
        ours = move_of(channel.linkedid) is not None and channel.uniqueid != channel.linkedid
        if (
            not ours
            or number is None
            or channel.uniqueid in known
            or translator.shape.is_helper(channel.name)
        ):
            continue
        signals += called_back(translator, channel, number, moment._replace(source_at=channel.born_at))
        signals += translator.settle(translator.courses[channel.uniqueid], moment)
    return signals


def _take_up(
    translator: Translator,
    channel: Channel,
    session: CallSession | None,
    entry: AmiMessage | None,
    moment: Moment,
) -> list[CallSignal]:
    channel.inbound = channel.seen_from_birth = True
    signals: list[CallSignal] = (
        translator.seize(channel, moment._replace(source_at=channel.born_at)) if session is None else []
    )
    course = translator.courses.get(channel.uniqueid) or translator.follow(channel)
    if session is not None:
        _remember(translator, course, session)
    if (
        (session is None or session.ani is None)
        and is_dialled(channel.number.removeprefix("+"))
        and len(channel.number) > 2
    ):
        course.caller_told = True
        signals.append(
            CallerIdentified(
                call_id=course.call_id, at=moment.at, inferred=True, ani=channel.number, ani_source="CallerID"
            )
        )
    course.place = (channel.context, channel.exten)
    if entry is not None:
        signals += _waits(course, session, entry, moment)
    return signals + translator.settle(course, moment) + _concluded(course, moment)


def _remember(translator: Translator, course: Course, session: CallSession) -> None:
    course.caller_told = session.ani is not None
    course.held = session.state is CallState.HELD
    course.conference = session.conference
    lines = {party.line: party for party in session.parties}
    for leg in translator.view.linked(session.linkedid):
        if (party := lines.get(leg.name)) is not None:
            known = course.parties if party.left_at is None else course.absent
            known[leg.uniqueid] = Met(party.role, party.number, leg)
    pending = _pending(session)
    if pending is not None:
        helper = _helper(translator, session, pending)
        other = translator.view.names.get(helper.other_half or "") if helper else None
        course.passing = Passing(
            kind=pending.kind,
            target=pending.target,
            since=pending.started_at,
            helper=helper.uniqueid if helper else None,
            spoke=other is not None and other.bridge is not None,
        )
    elif session.state in (CallState.ANSWERED, CallState.HELD) and all(p.left_at for p in session.parties):
        course.released = ROLE_RELEASES[session.parties[-1].role]


def _helper(translator: Translator, session: CallSession, pending: Transfer) -> Channel | None:
    """The Local channel of a consultation under way."""
    for leg in translator.view.linked(session.linkedid):
        if pending.kind is TransferKind.ATTENDED and leg.name.endswith(";1") and leg.exten == pending.target:
            return leg
    return None


def _pending(session: CallSession) -> Transfer | None:
    return next((each for each in reversed(session.transfers) if each.result is TransferResult.PENDING), None)


def _waits(
    course: Course, session: CallSession | None, entry: AmiMessage, moment: Moment
) -> list[CallSignal]:
    if session is not None and session.state in (CallState.QUEUED, CallState.RINGING):
        course.queued = True
        return []
    waited, position = entry.get("Wait") or "", entry.get("Position") or ""
    since = moment.at - timedelta(seconds=int(waited)) if waited.isascii() and waited.isdigit() else None
    where = int(position) if position.isascii() and position.isdigit() else None
    return course.queue_joined((entry.get("Queue") or "")[:MAX_TEXT], where, moment._replace(source_at=since))


def _concluded(course: Course, moment: Moment) -> list[CallSignal]:
    """A consultation that was under way when the link was lost, and is not any more."""
    if course.passing is None or course.passing.kind is not TransferKind.ATTENDED or not course.parties:
        return []
    return [] if course.passing.helper is not None else course.consultation_over(moment)


def _still_rings(translator: Translator, leg: Channel, moment: Moment) -> list[CallSignal]:
    course, agent = translator.courses.get(leg.linkedid), number_in(endpoint(leg.name))
    if course is None or leg is course.caller or not translator.desks.is_desk(agent):
        return []
    return course.desk_called(leg, agent, moment)


def _gone_from(course: Course, session: CallSession, moment: Moment) -> list[CallSignal]:
    """Who left the call, and which desks stopped ringing, while nobody looked."""
    lines = {met.channel.name for met in course.parties.values()}
    signals: list[CallSignal] = [
        PartyLeft(
            call_id=session.call_id,
            at=moment.at,
            inferred=True,
            role=party.role,
            number=party.number,
            line=party.line,
        )
        for party in session.parties
        if party.left_at is None and party.line not in lines
    ]
    signals += (
        DeskStoppedRinging(call_id=session.call_id, at=moment.at, inferred=True, agent=agent)
        for agent in session.ringing
        if agent not in course.ringing.values()
    )
    return signals


def _recorded(
    messages: Sequence[AmiMessage], translator: Translator, known: dict[str, CallSession], moment: Moment
) -> list[CallSignal]:
    """Recorders of calls that began in the gap: the PBX tells the file, not the recorder's id, nor when it
    began. The dialplan records from the first moment: a later one would put its words in the wrong place,
    and what nobody heard would not be found in it."""
    signals: list[CallSignal] = []
    for message in messages:
        course = translator.courses.get(message.get("Uniqueid") or "")
        if message.event != "Status" or course is None:
            continue
        session = known.get(course.caller.uniqueid)
        if session is not None and any(each.status is RecordingStatus.RUNNING for each in session.recordings):
            continue
        for variable in message.all("Variable"):
            name, _, file = variable.partition("=")
            if name == "MIXMONITOR_FILENAME" and file not in ("", "(null)"):
                signals.append(
                    RecordingStarted(
                        call_id=course.call_id,
                        at=moment.at,
                        source_at=session.seized_at if session else course.caller.born_at,
                        inferred=True,
                        recording_id=f"found-{course.caller.uniqueid}",
                        file=file,
                    )
                )
    return signals
