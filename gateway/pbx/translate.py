"""AMI messages in, signals out: what the PBX does, told in the field's words. Pure, with a memory of what is live.

Three doubts stand before every fact. A message must hang together by itself (`message.malformed`); it must not lie
inside a torn one, where only a stranger can have written; and its channels must be those we know, uniqueid and name
together. What fails is counted once, kept with its text and touches no call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from gateway.calls.hall import HallSignal, MalformedReceived
from gateway.calls.model import TransferKind
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallSeized,
    CallSignal,
    KeyPressed,
    RecordingStopped,
    TalkingChanged,
)
from gateway.ids import CallId, call_id, is_uniqueid
from gateway.pbx.course import Course, Moment
from gateway.pbx.desks import Desks
from gateway.pbx.message import AmiMessage, malformed, torn
from gateway.pbx.notes import told_by_dialplan
from gateway.pbx.shape import MAX_TEXT, PbxShape, endpoint, is_dialled, number_in
from gateway.pbx.view import Channel, View
from gateway.speech.model import Leg

Signal = CallSignal | HallSignal

MAX_RAW_CHARS = 8_192
"""Characters of a doubtful message that are kept; the rest is cut."""
MAX_TEAR = 64
"""Messages that a torn one can hold back as forged; then its tail is taken for lost and the stream believed again."""

_OVER = frozenset(
    {"Hangup", "HangupRequest", "SoftHangupRequest", "BridgeLeave", "ChannelTalkingStop", "DialEnd"}
)
"""Last words of a channel: one we do not know is not made known by them."""


class Doubt(Exception):
    """A message contradicts what is known."""


class Translator:
    """One PBX's stream. `feed` never raises; the same stream gives the same signals."""

    def __init__(self, site: str, pbx: str, shape: PbxShape | None = None) -> None:
        self.shape = shape or PbxShape()
        self.view = View(self.shape)
        self.desks = Desks(pbx, self.shape)
        self.courses: dict[str, Course] = {}
        """Live calls by the uniqueid of the caller's leg."""
        self.missing: dict[CallId, Course] = {}
        """Calls that went down with their PBX: ask CEL, CDR and the folder, then `give_up`."""
        self._site, self._pbx = site, pbx
        self._party_of: dict[str, Course] = {}
        self._system: str | None = None
        self._tear: tuple[str, int] | None = None
        self._logged_in = False
        self._connections = 0
        self._optimizing: set[str] = set()
        self._handlers = self._table()

    # ---- doubt

    def feed(self, message: AmiMessage) -> tuple[Signal, ...]:
        """What follows from one message."""
        why = malformed(message) or self._inside_torn(message)
        if why is not None:
            return (self._malformed(message, why),)
        head = torn(message)
        if head is not None:
            if head.startswith("ends before"):
                self._tear = (message.get("Channel") or "", MAX_TEAR)
            return ()
        if message.event is None:
            self._response(message)
            return ()
        handler = self._handlers.get(message.event)
        if handler is None:
            return ()
        try:
            self._same_system(message)
            return tuple(handler(message, Moment(message.at, message.source_at)))
        except Doubt as doubt:
            return (self._malformed(message, str(doubt)),)
        finally:
            self._logged_in = False

    def _response(self, message: AmiMessage) -> None:
        """A log-in begins a new connection: what follows may be another boot."""
        self._logged_in = message.get("Message") == "Authentication accepted"
        if self._logged_in:
            self._connections += 1
            self._system = None

    def _inside_torn(self, message: AmiMessage) -> str | None:
        """Asterisk writes a message whole: what stands between a torn head and its tail is a stranger's."""
        if self._tear is None:
            return None
        channel, left = self._tear
        is_tail = message.get("Channel") == channel
        self._tear = None if is_tail or left <= 1 else (channel, left - 1)
        return "stands inside a torn message"

    def _malformed(self, message: AmiMessage, why: str) -> MalformedReceived:
        if malformed(message):
            self._tear = None
        raw = (message.raw or b"").decode("utf-8", "backslashreplace")[:MAX_RAW_CHARS]
        return MalformedReceived(pbx=self._pbx, at=message.at, source_at=message.source_at, raw=raw, why=why)

    def _same_system(self, message: AmiMessage) -> None:
        system = message.get("SystemName")
        if system is None:
            return
        if self._system is None:
            self._system = system
        elif system != self._system:
            raise Doubt(f"from another system ({system[:40]!r})")

    def _channel(self, message: AmiMessage, prefix: str = "") -> Channel | None:
        """The leg a message speaks of, brought up to date; None when it has none or ends an unknown one."""
        uniqueid, name = message.get(prefix + "Uniqueid"), message.get(prefix + "Channel")
        linkedid = message.get(prefix + "Linkedid")
        if uniqueid is None or name is None or linkedid is None:
            return None
        if not (is_uniqueid(uniqueid) and is_uniqueid(linkedid)):
            raise Doubt("no such uniqueid")
        channel = self.view.channels.get(uniqueid)
        if channel is None:
            if message.event in _OVER:
                return None
            channel = self._appeared(message, uniqueid, linkedid, name)
        elif channel.name != name:
            raise Doubt(f"channel {uniqueid} bears another name")
        channel.linkedid = linkedid
        channel.context = (message.get(prefix + "Context") or "")[:MAX_TEXT]
        channel.exten = (message.get(prefix + "Exten") or "")[:MAX_TEXT]
        channel.number = (message.get(prefix + "CallerIDNum") or "")[:MAX_TEXT]
        return channel

    def _appeared(self, message: AmiMessage, uniqueid: str, linkedid: str, name: str) -> Channel:
        if name in self.view.names:
            raise Doubt(f"channel name of {self.view.names[name].uniqueid} under another uniqueid")
        born_at = message.source_at or message.at
        channel = Channel(uniqueid=uniqueid, linkedid=linkedid, name=name, born_at=born_at)
        self.view.add(channel)
        return channel

    # ---- what the handlers make of it

    def _table(self) -> Mapping[str, Callable[[AmiMessage, Moment], list[Signal]]]:
        own: dict[str, Callable[[AmiMessage, Moment], list[Signal]]] = dict.fromkeys(("NewCallerid", "NewConnectedLine", "Newstate", "Newexten", "HangupHandlerPush", "MixMonitorStart", "MusicOnHoldStart", "MusicOnHoldStop"), self._seen)  # fmt: skip
        return own | {
            "AgentCalled": self._agent_called,
            "AgentConnect": self._agent_connect,
            "AgentRingNoAnswer": self._agent_silent,
            "AttendedTransfer": self._attended_transfer,
            "BlindTransfer": self._blind_transfer,
            "BridgeEnter": self._bridge_enter,
            "BridgeLeave": self._bridge_leave,
            "ChannelTalkingStart": self._talking,
            "ChannelTalkingStop": self._talking,
            "ConfbridgeJoin": self._confbridge_join,
            "DTMFEnd": self._dtmf,
            "DialBegin": self._dial_begin,
            "DialEnd": self._dial_end,
            "FullyBooted": self._fully_booted,
            "Hangup": self._hangup,
            "HangupRequest": self._hangup_request,
            "Hold": self._hold,
            "LocalOptimizationBegin": self._optimization,
            "LocalOptimizationEnd": self._optimization,
            "MixMonitorStop": self._mixmonitor_stop,
            "Newchannel": self._newchannel,
            "QueueCallerAbandon": self._queue_left,
            "QueueCallerJoin": self._queue_join,
            "QueueCallerLeave": self._queue_left,
            "QueueMemberAdded": self._member,
            "QueueMemberPause": self._member,
            "QueueMemberRemoved": self._member,
            "QueueMemberStatus": self._member,
            "Rename": self._rename,
            "Shutdown": self._shutdown,
            "SoftHangupRequest": self._soft_hangup,
            "Unhold": self._hold,
            "UserEvent": self._user_event,
        }

    def _seen(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        """Any sign of life; an intake extension makes an inbound leg a call."""
        channel = self._channel(message)
        return [*self._perhaps_call(channel, moment)] if channel else []

    def _newchannel(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        uniqueid, name = message.get("Uniqueid") or "", message.get("Channel") or ""
        if uniqueid not in self.view.channels and name in self.view.names and self._was_restarted:
            self._vanished()
        channel = self._channel(message)
        if channel is None:
            return []
        channel.inbound = (
            channel.context in self.shape.intake_contexts
            and channel.uniqueid == channel.linkedid
            and message.get("ChannelState") == "4"
            and not self.shape.is_helper(channel.name)
        )
        channel.seen_from_birth = True
        return [*self._perhaps_call(channel, moment)]

    def _perhaps_call(self, channel: Channel, moment: Moment, *, sure: bool = False) -> list[CallSignal]:
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
        return self._seize(channel, moment)

    def _seize(self, channel: Channel, moment: Moment) -> list[CallSignal]:
        course = Course(call_id(self._site, self._pbx, channel.uniqueid), channel, self.shape)
        self.courses[channel.uniqueid] = course
        born = channel.born_at if moment.source_at else None
        dialed = channel.exten if is_dialled(channel.exten) else None
        return [CallSeized(
            call_id=course.call_id, at=moment.at, source_at=born, inferred=moment.inferred, site=self._site, pbx=self._pbx,
            uniqueid=channel.uniqueid, linkedid=channel.linkedid, line=channel.name, dialed=dialed,
        )]  # fmt: skip

    def _tell_caller(self, course: Course, moment: Moment) -> list[CallSignal]:
        """The caller's number from the leg itself, where no dialplan has told it."""
        number = course.caller.number
        if course.caller_told or len(number) < 3 or not is_dialled(number.removeprefix("+")):
            return []
        course.caller_told = True
        return [CallerIdentified(
            call_id=course.call_id, at=moment.at, source_at=moment.source_at, ani=number, ani_source="CallerID",
            test=number in self.shape.test_callers,
        )]  # fmt: skip

    def _user_event(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        if channel is None:
            return []
        signals: list[Signal] = []
        if message.get("UserEvent") == "Alarm110" and message.get("CallId") == channel.uniqueid:
            signals += self._perhaps_call(channel, moment, sure=True)
        course = self.courses.get(message.get("CallId") or "")
        if course is None or course.caller.linkedid != channel.linkedid:
            return signals
        return [*signals, *told_by_dialplan(message, course, moment)]

    # ---- queue and desks

    def _queue_join(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        if channel is None:
            return []
        queue = (message.get("Queue") or "")[:MAX_TEXT]
        signals: list[Signal] = [*self._perhaps_call(channel, moment, sure=channel.inbound)]
        if (course := self.courses.get(channel.uniqueid)) is not None:
            signals += self._tell_caller(course, moment)
            signals += course.queue_joined(queue, _number(message.get("Position")), moment)
        return [*signals, *self.desks.queue_moved(message, queue, channel.uniqueid, moment)]

    def _queue_left(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        if channel is None:
            return []
        signals: list[Signal] = []
        abandoned = message.event == "QueueCallerAbandon"
        if (course := self.courses.get(channel.uniqueid)) is not None:
            signals += course.queue_left(moment, abandoned=abandoned)
        if not abandoned:
            signals += self.desks.queue_moved(
                message, (message.get("Queue") or "")[:MAX_TEXT], channel.uniqueid, moment
            )
        return signals

    def _agent_called(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel, desk = self._channel(message), self._channel(message, "Dest")
        agent = self.desks.learn(message)
        course = self.courses.get(channel.uniqueid) if channel else None
        if course is None or desk is None:
            return []
        return [*course.desk_called(desk, agent, moment), *self.desks.rang(agent, moment)]

    def _agent_connect(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel, desk = self._channel(message), self._channel(message, "Dest")
        agent = self.desks.learn(message)
        course = self.courses.get(channel.uniqueid) if channel else None
        if course is None or desk is None:
            return []
        return [
            *self._tell_caller(course, moment),
            *self._noted(course, course.answered(desk, agent, moment)),
        ]

    def _agent_silent(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel, desk = self._channel(message), self._channel(message, "Dest")
        course = self.courses.get(channel.uniqueid) if channel else None
        return [*course.desk_stopped(desk.uniqueid, moment)] if course and desk else []

    def _member(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        return [*self.desks.member(message, moment)]

    def _dial_begin(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel, leg = self._channel(message), self._channel(message, "Dest")
        if leg is None:
            return []
        leg.dialled = (message.get("DialString") or "")[:MAX_TEXT]
        course = self.courses.get(channel.uniqueid) if channel else None
        agent = number_in(endpoint(leg.name))
        if course is None or leg.uniqueid in course.agents or not self.desks.is_desk(agent):
            return []
        return [*course.desk_called(leg, agent, moment)]

    def _dial_end(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel, leg = self._channel(message), self._channel(message, "Dest")
        if leg is None or message.get("DialStatus") == "ANSWER":
            return []
        course = self._course_near(channel or leg)
        if course is None:
            return []
        signals: list[Signal] = [*course.desk_stopped(leg.uniqueid, moment)]
        if message.get("DialStatus") not in ("CANCEL", "ABORT"):
            half = channel.other_half if channel else leg.name
            helper = self.view.names.get(half or leg.name)
            signals += course.dial_failed(helper.uniqueid if helper else None, moment)
        return signals

    # ---- bridges

    def _bridge_enter(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel, bridge = self._channel(message), message.get("BridgeUniqueid")
        if channel is None or not bridge:
            return []
        signals: list[Signal] = [*self._perhaps_call(channel, moment)]
        self.view.enter(channel, bridge[:MAX_TEXT])
        around = self.view.joined_to(channel.bridge)
        signals += self._consultation(channel, moment)
        for course in self._courses_of([channel, *around]):
            if course.caller.bridge is not None:
                signals += self._settle(course, moment)
        return signals

    def _bridge_leave(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        if channel is None or channel.bridge != message.get("BridgeUniqueid"):
            return []
        around = self.view.joined_to(channel.bridge)
        self.view.leave(channel)
        signals: list[Signal] = []
        for course in self._courses_of([channel, *around]):
            if course.caller is channel:
                signals += self._noted(course, course.caller_left_bridge(moment))
            else:
                signals += self._settle(course, moment)
        return signals

    def _settle(self, course: Course, moment: Moment) -> list[CallSignal]:
        """Who speaks with the caller now? Not asked while a Local channel is being taken out of the middle."""
        if self._optimizing and any(
            leg.uniqueid in self._optimizing for leg in self.view.linked(course.caller.linkedid)
        ):
            return []
        partners = self.view.partners(course.caller)
        return self._noted(course, course.settle(partners, moment, callers=frozenset(self.courses)))

    def _noted(self, course: Course, signals: list[CallSignal]) -> list[CallSignal]:
        """Remember whose party a leg is, so that its next step is looked at for this call."""
        for uniqueid in (*course.parties, *course.absent):
            self._party_of[uniqueid] = course
        return signals

    def _courses_of(self, channels: list[Channel]) -> list[Course]:
        found: dict[str, Course] = {}
        for channel in channels:
            course = self.courses.get(channel.uniqueid) or self._party_of.get(channel.uniqueid)
            if course is not None:
                found[course.caller.uniqueid] = course
        return list(found.values())

    def _course_near(self, channel: Channel) -> Course | None:
        """The call a leg belongs to: its own, its party's, or that of its linkedid."""
        course = self.courses.get(channel.uniqueid) or self._party_of.get(channel.uniqueid)
        return course or self.courses.get(channel.linkedid)

    def _consultation(self, channel: Channel, moment: Moment) -> list[CallSignal]:
        """A call-taker who left the caller meets, in another bridge, the Local channel that dials a third party."""
        members = self.view.bridges.get(channel.bridge or "", {}).values()
        helper = next((member for member in members if member.other_half is not None), None)
        if helper is None:
            return []
        signals: list[CallSignal] = []
        for member in members:
            course = self._party_of.get(member.uniqueid)
            if course is not None and course.caller.bridge not in (None, channel.bridge):
                signals += course.consulting(member, helper, moment)
        return signals

    def _optimization(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        halves = [self._channel(message, prefix) for prefix in ("LocalOne", "LocalTwo")]
        known = {half.uniqueid for half in halves if half is not None}
        if message.event == "LocalOptimizationBegin":
            self._optimizing |= known
            return []
        self._optimizing -= known
        courses = {
            id(course): course for half in halves if half for course in [self._course_near(half)] if course
        }
        return [signal for course in courses.values() for signal in self._settle(course, moment)]

    def _confbridge_join(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        course = self.courses.get(channel.uniqueid) if channel else None
        return (
            [*course.conference_joined((message.get("Conference") or "")[:MAX_TEXT], moment)]
            if course
            else []
        )

    def _hold(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        course = self._party_of.get(channel.uniqueid) if channel else None
        return [*course.hold(channel.uniqueid, message.event == "Hold", moment)] if channel and course else []

    # ---- transfers

    def _blind_transfer(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        desk, caller = self._channel(message, "Transferer"), self._channel(message, "Transferee")
        course = (
            self.courses.get(caller.uniqueid)
            if caller
            else self._party_of.get(desk.uniqueid)
            if desk
            else None
        )
        target = (message.get("Extension") or "")[:MAX_TEXT]
        if course is None or desk is None or not target:
            return []
        return [*course.blind(target, message.get("Result") == "Success", moment)]

    def _attended_transfer(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        first, second = self._channel(message, "OrigTransferer"), self._channel(message, "SecondTransferer")
        caller = self._channel(message, "Transferee")
        course = self.courses.get(caller.uniqueid) if caller else None
        for leg in (first, second):
            course = course or (self._party_of.get(leg.uniqueid) if leg else None)
        if course is None:
            return []
        threeway = message.get("DestType") == "Threeway"
        kind = TransferKind.THREEWAY if threeway else TransferKind.ATTENDED
        dialled = second.exten if second and is_dialled(second.exten) else None
        return [*course.attended(kind, dialled, message.get("Result") == "Success", moment)]

    # ---- sounds and keys

    def _dtmf(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel, key = self._channel(message), message.get("Digit") or ""
        if channel is None or channel.uniqueid not in self.courses or message.get("Direction") != "Received":
            return []
        if not (len(key) == 1 and key in "0123456789*#ABCD"):
            raise Doubt("no such key")
        course = self.courses[channel.uniqueid]
        return [KeyPressed(call_id=course.call_id, at=moment.at, source_at=moment.source_at, key=key)]

    def _talking(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        if channel is None:
            return []
        leg = Leg.CALLER if channel.uniqueid in self.courses else Leg.CALL_TAKER
        course = self.courses.get(channel.uniqueid) or self._party_of.get(channel.uniqueid)
        if course is None:
            return []
        talking = message.event == "ChannelTalkingStart"
        return [
            TalkingChanged(
                call_id=course.call_id, at=moment.at, source_at=moment.source_at, leg=leg, talking=talking
            )
        ]

    def _mixmonitor_stop(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        course = self.courses.get(channel.uniqueid) if channel else None
        return (
            [RecordingStopped(call_id=course.call_id, at=moment.at, source_at=moment.source_at)]
            if course
            else []
        )

    # ---- the end

    def _hangup_request(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        if channel is not None:
            course = self._course_near(channel)
            channel.asked = True
            if course is not None:
                course.asked_to_hang_up(channel)
        return []

    def _soft_hangup(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        course = self._course_near(channel) if channel else None
        if channel is not None and course is not None:
            course.cut_off(channel)
        return []

    def _hangup(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self._channel(message)
        if channel is None:
            return []
        signals: list[Signal] = []
        if (course := self.courses.get(channel.uniqueid)) is not None:
            signals += self._tell_caller(course, moment)
            signals.append(course.ended(_number(message.get("Cause")), moment))
            self._forget(course)
        elif (near := self._course_near(channel)) is not None:
            signals += near.desk_stopped(channel.uniqueid, moment)
            self.view.leave(channel)
            signals += self._settle(near, moment) if near.caller.bridge is not None else []
            signals += near.helper_gone(channel.uniqueid, moment)
            near.absent.pop(channel.uniqueid, None)
        self._optimizing.discard(channel.uniqueid)
        self._party_of.pop(channel.uniqueid, None)
        self.view.remove(channel)
        return signals

    def _forget(self, course: Course) -> None:
        self.courses.pop(course.caller.uniqueid, None)
        for uniqueid in [leg for leg, its in self._party_of.items() if its is course]:
            del self._party_of[uniqueid]

    def _rename(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        channel = self.view.channels.get(message.get("Uniqueid") or "")
        name = message.get("Newname") or ""
        if (
            channel is not None
            and channel.name == message.get("Channel")
            and name
            and name not in self.view.names
        ):
            self.view.rename(channel, name)
        return []

    # ---- the PBX itself

    @property
    def _was_restarted(self) -> bool:
        """The names of a new boot begin anew; only a new connection can bring one."""
        return self._connections > 1

    def _fully_booted(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        """Answers a log-in. A PBX that is younger than its oldest call is another boot: all of that boot are gone."""
        if not self._logged_in:
            raise Doubt("FullyBooted without a log-in")
        up_s = _number(message.get("Uptime"))
        if up_s is not None and self.view.channels:
            booted_at = moment.at - timedelta(seconds=up_s)
            if any(channel.born_at <= booted_at for channel in self.view.channels.values()):
                self._vanished()
        return []

    def _shutdown(self, message: AmiMessage, moment: Moment) -> list[Signal]:
        self._vanished()
        return []

    def _vanished(self) -> None:
        """Everything that was live is gone with the PBX."""
        self.missing.update({course.call_id: course for course in self.courses.values()})
        self.courses.clear()
        self._party_of.clear()
        self._optimizing.clear()
        self.view = View(self.shape)

    def give_up(self, at: datetime, source_at: datetime | None = None) -> tuple[CallEnded, ...]:
        """Calls that vanished and whose end no source knows."""
        gone, self.missing = self.missing, {}
        return tuple(course.lost(Moment(at, source_at, inferred=True)) for course in gone.values())

    def end_of_stream(self, at: datetime, source_at: datetime | None = None) -> tuple[CallEnded, ...]:
        """The stream ends here: whatever still lives is lost to it."""
        self._vanished()
        return self.give_up(at, source_at)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
