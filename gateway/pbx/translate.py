"""AMI messages in, signals out: what the PBX does, told in the field's words. Pure, with a memory of what
is live.

Three doubts stand before every fact. A message must hang together by itself (`message.malformed`); it must
not lie inside a torn one, where only a stranger can have written; and its channels must be those we know,
uniqueid and name together. What fails is counted once, kept with its text and touches no call.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.calls.hall import HallSignal, MalformedReceived
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallSeized,
    CallSignal,
)
from gateway.ids import CallId, call_id, is_uniqueid
from gateway.pbx.course import Course, Moment
from gateway.pbx.desks import Desks
from gateway.pbx.doubt import Doubt, Doubter, Late
from gateway.pbx.message import AmiMessage
from gateway.pbx.moved import moved_for
from gateway.pbx.readings import READINGS
from gateway.pbx.shape import MAX_TEXT, PbxShape, endpoint, is_dialled
from gateway.pbx.view import Channel, View

Signal = CallSignal | HallSignal

MAX_RAW_CHARS = 8_192
"""Characters of a doubtful message that are kept; the rest is cut."""

MAX_GONE = 4_096
"""Channels remembered after their end; what comes later than so many others do is believed to be new."""
MAX_TRUNKS = 256
"""Trunk endpoints remembered; more are not told from departments after a restart in the middle of a call."""

_OVER = frozenset(
    {"Hangup", "HangupRequest", "SoftHangupRequest", "BridgeLeave", "ChannelTalkingStop", "DialEnd"}
)
"""Last words of a channel: one we do not know is not made known by them."""


class Translator:
    """One PBX's stream. `feed` never raises; the same stream gives the same signals."""

    def __init__(self, site: str, pbx: str, shape: PbxShape | None = None) -> None:
        self.site, self.pbx = site, pbx
        self.shape = shape or PbxShape()
        self.view = View(self.shape)
        self.desks = Desks(pbx, self.shape)
        self.courses: dict[str, Course] = {}
        """Live calls by the uniqueid of the caller's leg."""
        self.missing: dict[CallId, Course] = {}
        """Calls that went down with their PBX: ask CEL, CDR and the folder, then `give_up`."""
        self.party_of: dict[str, Course] = {}
        """Calls by the uniqueids of everybody who is or was connected with the caller."""
        self.gone: dict[str, None] = {}
        """Uniqueids that have hung up, the oldest first."""
        self.trunks: set[str] = set()
        """Endpoints over which calls have come."""
        self.optimizing: set[str] = set()
        """Local channels that the PBX is taking out of the middle just now."""
        self.believed_from = datetime.min.replace(tzinfo=UTC)
        """What arrived earlier is older than the snapshot that the view was made of."""
        self.logged_in = False
        """The message before was the answer to a log-in."""
        self.connections = 0
        self._doubter = Doubter()

    def feed(self, message: AmiMessage) -> tuple[Signal, ...]:
        """What follows from one message."""
        if message.at < self.believed_from:
            return ()
        why = self._doubter.judge(message)
        if why is not None:
            return (self._malformed(message, why),) if why else ()
        if message.event is None:
            self._response(message)
            return ()
        reading = READINGS.get(message.event)
        if reading is None:
            return ()
        try:
            return tuple(reading(self, message, Moment(message.at, message.source_at)))
        except Late:
            return ()
        except Doubt as doubt:
            return (self._malformed(message, str(doubt)),)
        finally:
            self.logged_in = False

    def _response(self, message: AmiMessage) -> None:
        """A log-in begins a new connection: what follows may be another boot."""
        self.logged_in = message.get("Message") == "Authentication accepted"
        if self.logged_in:
            self.connections += 1
            self._doubter.anew()

    def _malformed(self, message: AmiMessage, why: str) -> MalformedReceived:
        raw = (message.raw or b"").decode("utf-8", "backslashreplace")[:MAX_RAW_CHARS]
        return MalformedReceived(pbx=self.pbx, at=message.at, source_at=message.source_at, raw=raw, why=why)

    def channel(self, message: AmiMessage, prefix: str = "") -> Channel | None:
        """The leg a message speaks of, brought up to date; None when it has none or ends an unknown one."""
        uniqueid, name = message.get(prefix + "Uniqueid"), message.get(prefix + "Channel")
        linkedid = message.get(prefix + "Linkedid")
        if uniqueid is None or name is None or linkedid is None:
            return None
        if not (is_uniqueid(uniqueid) and is_uniqueid(linkedid)):
            raise Doubt("no such uniqueid")
        channel = self.view.channels.get(uniqueid)
        if channel is None:
            if message.event in _OVER or uniqueid in self.gone:
                return None
            channel = self._appeared(message, uniqueid, linkedid, name)
        elif channel.name != name:
            raise Doubt(f"channel {uniqueid} bears another name")
        channel.linkedid = linkedid
        channel.context = (message.get(prefix + "Context") or "")[:MAX_TEXT]
        channel.exten = (message.get(prefix + "Exten") or "")[:MAX_TEXT]
        channel.number = (message.get(prefix + "CallerIDNum") or "")[:MAX_TEXT]
        return channel

    def leg(self, message: AmiMessage) -> Channel:
        """The leg of an event that always has one."""
        channel = self.channel(message)
        if channel is None:
            raise Late
        return channel

    def knew(self, uniqueid: str) -> bool:
        """Such a leg is, or was, there: what becomes of it is told by itself."""
        return uniqueid in self.view.channels or uniqueid in self.gone

    def forget(self, channel: Channel) -> None:
        """It has hung up. Asterisk still says a thing or two of it, which must not bring it back."""
        self.view.remove(channel)
        self.party_of.pop(channel.uniqueid, None)
        self.optimizing.discard(channel.uniqueid)
        self.gone[channel.uniqueid] = None
        while len(self.gone) > MAX_GONE:
            del self.gone[next(iter(self.gone))]

    def _appeared(self, message: AmiMessage, uniqueid: str, linkedid: str, name: str) -> Channel:
        if name in self.view.names:
            raise Doubt(f"channel name of {self.view.names[name].uniqueid} under another uniqueid")
        born_at = message.source_at or message.at
        channel = Channel(uniqueid=uniqueid, linkedid=linkedid, name=name, born_at=born_at)
        self.view.add(channel)
        return channel

    def perhaps_call(self, channel: Channel, moment: Moment, *, sure: bool = False) -> list[CallSignal]:
        """Make it a call when it is a caller's leg on an emergency line (`sure`: something else said so)."""
        if channel.uniqueid in self.courses:
            return []
        if (
            not channel.seen_from_birth
            and channel.uniqueid == channel.linkedid
            and not self.shape.is_helper(channel.name)
        ):
            channel.inbound = channel.inbound or channel.context in self.shape.intake_contexts or sure
        here = channel.context in self.shape.intake_contexts and channel.exten in self.shape.intake_numbers
        if not channel.inbound or not (here or sure):
            return []
        return self.seize(channel, moment)

    def follow(self, channel: Channel) -> Course:
        """From now on this leg is a caller's."""
        course = Course(call_id(self.site, self.pbx, channel.uniqueid), channel, self.shape)
        self.courses[channel.uniqueid] = course
        if len(self.trunks) < MAX_TRUNKS:
            self.trunks.add(endpoint(channel.name))
        return course

    def begin_anew(self, view: View, believed_from: datetime) -> None:
        """Forget what was live; `view` is what a snapshot found that was begun at `believed_from`."""
        self.believed_from = believed_from
        self.view = view
        self._doubter.anew()
        self.courses.clear()
        self.missing.clear()
        self.party_of.clear()
        self.optimizing.clear()

    def seize(self, channel: Channel, moment: Moment, **facts: Any) -> list[CallSignal]:
        course = self.follow(channel)
        born = channel.born_at if moment.source_at else None
        dialed = channel.exten if is_dialled(channel.exten) else None
        return [
            CallSeized(
                call_id=course.call_id,
                at=moment.at,
                source_at=born,
                inferred=moment.inferred,
                site=self.site,
                pbx=self.pbx,
                uniqueid=channel.uniqueid,
                linkedid=channel.linkedid,
                line=channel.name,
                dialed=dialed,
                **facts,
            )
        ]

    def tell_caller(self, course: Course, moment: Moment) -> list[CallSignal]:
        """The caller's number from the leg itself, where no dialplan has told it."""
        number = course.caller.number
        if course.caller_told or len(number) < 3 or not is_dialled(number.removeprefix("+")):
            return []
        course.caller_told = True
        return [
            CallerIdentified(
                call_id=course.call_id,
                at=moment.at,
                source_at=moment.source_at,
                ani=number,
                ani_source="CallerID",
                test=number in self.shape.test_callers,
            )
        ]

    def settle(self, course: Course, moment: Moment) -> list[CallSignal]:
        """Who speaks with the caller now? Not asked while a Local channel is taken out of the middle."""
        if self.optimizing and any(
            leg.uniqueid in self.optimizing for leg in self.view.linked(course.caller.linkedid)
        ):
            return []
        partners = self.view.partners(course.caller)
        return self.noted(course, course.settle(partners, moment, callers=frozenset(self.courses)))

    def noted(self, course: Course, signals: list[CallSignal]) -> list[CallSignal]:
        """Remember whose party a leg is, so that its next step is looked at for this call."""
        for uniqueid in (*course.parties, *course.absent):
            self.party_of[uniqueid] = course
        return signals

    def courses_of(self, channels: list[Channel]) -> list[Course]:
        found: dict[str, Course] = {}
        for channel in channels:
            course = self.courses.get(channel.uniqueid) or self.party_of.get(channel.uniqueid)
            if course is not None:
                found[course.caller.uniqueid] = course
        return list(found.values())

    def course_near(self, channel: Channel) -> Course | None:
        """The call a leg belongs to: its own, its party's, or that of its linkedid."""
        course = self.courses.get(channel.uniqueid) or self.party_of.get(channel.uniqueid)
        return course or self.courses.get(channel.linkedid) or self.courses.get(moved_for(channel))

    def consultation(self, channel: Channel, moment: Moment) -> list[CallSignal]:
        """A call-taker who left the caller meets, in another bridge, the Local channel that dials a third
        party.
        """
        members = self.view.bridges.get(channel.bridge or "", {}).values()
        helper = next((member for member in members if member.other_half is not None), None)
        if helper is None:
            return []
        signals: list[CallSignal] = []
        for member in members:
            course = self.party_of.get(member.uniqueid)
            if course is not None and course.caller.bridge not in (None, channel.bridge):
                signals += course.consulting(member, helper, moment)
        return signals

    def release(self, course: Course) -> None:
        self.courses.pop(course.caller.uniqueid, None)
        for uniqueid in [leg for leg, its in self.party_of.items() if its is course]:
            del self.party_of[uniqueid]

    @property
    def may_have_restarted(self) -> bool:
        """The names of a new boot begin anew; only a new connection can bring one."""
        return self.connections > 1

    def vanished(self) -> None:
        """Everything that was live is gone with the PBX."""
        self.missing.update({course.call_id: course for course in self.courses.values()})
        self.courses.clear()
        self.party_of.clear()
        self.optimizing.clear()
        self.view = View(self.shape)

    def give_up(self, at: datetime, source_at: datetime | None = None) -> tuple[CallEnded, ...]:
        """Calls that vanished and whose end no source knows."""
        gone, self.missing = self.missing, {}
        return tuple(course.lost(Moment(at, source_at, inferred=True)) for course in gone.values())

    def end_of_stream(self, at: datetime, source_at: datetime | None = None) -> tuple[CallEnded, ...]:
        """The stream ends here: whatever still lives is lost to it."""
        self.vanished()
        return self.give_up(at, source_at)
