"""How each AMI event is read: one function an event, from what the PBX says to what it means for a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from gateway.calls.model import TransferKind
from gateway.calls.signals import KeyPressed, RecordingStopped, TalkingChanged
from gateway.pbx.course import Moment
from gateway.pbx.doubt import Doubt
from gateway.pbx.message import AmiMessage
from gateway.pbx.moved import (
    called_back,
    moved_for,
    own_leg_gone,
    own_leg_up,
    target_answered,
    target_missed,
    target_rang,
    whisper_over,
    whispers_to,
)
from gateway.pbx.notes import told_by_dialplan
from gateway.pbx.shape import MAX_TEXT, endpoint, is_dialled, number_in
from gateway.speech.model import Leg

if TYPE_CHECKING:
    from gateway.pbx.translate import Signal, Translator


UP = "6"
"""ChannelState of a leg that was answered."""


def _seen(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    """Any sign of life; an intake extension makes an inbound leg a call."""
    return [*t.perhaps_call(t.leg(message), moment)]


def _newchannel(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    uniqueid, name = message.get("Uniqueid") or "", message.get("Channel") or ""
    if uniqueid not in t.view.channels and name in t.view.names and t.may_have_restarted:
        t.vanished()
    channel = t.leg(message)
    channel.inbound = (
        channel.context in t.shape.intake_contexts
        and channel.uniqueid == channel.linkedid
        and message.get("ChannelState") == "4"
        and not t.shape.is_helper(channel.name)
    )
    channel.seen_from_birth = True
    return [*t.perhaps_call(channel, moment)]


def _newstate(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.leg(message)
    up = message.get("ChannelState") == UP
    return [*t.perhaps_call(channel, moment), *(own_leg_up(t, channel, moment) if up else ())]


def _user_event(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    if channel is None:
        return []
    signals: list[Signal] = []
    if message.get("UserEvent") == "Alarm110" and message.get("CallId") == channel.uniqueid:
        signals += t.perhaps_call(channel, moment, sure=True)
    if message.get("UserEvent") == "CallBack110" and message.get("CallId") == channel.uniqueid:
        return [*called_back(t, channel, message.get("Dialed") or "", moment)]
    course = t.courses.get(message.get("CallId") or "")
    beside = (message.get("CallId") or "-") in (moved_for(channel), whispers_to(channel.name))
    if course is None or (course.caller.linkedid != channel.linkedid and not beside):
        return signals
    return [*signals, *told_by_dialplan(message, course, moment)]


def _queue_join(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.leg(message)
    queue = (message.get("Queue") or "")[:MAX_TEXT]
    signals: list[Signal] = [*t.perhaps_call(channel, moment, sure=channel.inbound)]
    if (course := t.courses.get(channel.uniqueid)) is not None:
        signals += t.tell_caller(course, moment)
        signals += course.queue_joined(queue, _number(message.get("Position")), moment)
    return [*signals, *t.desks.queue_moved(message, queue, channel.uniqueid, moment)]


def _queue_left(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.leg(message)
    signals: list[Signal] = []
    abandoned = message.event == "QueueCallerAbandon"
    if (course := t.courses.get(channel.uniqueid)) is not None:
        signals += course.queue_left(moment, abandoned=abandoned)
    if not abandoned:
        signals += t.desks.queue_moved(
            message, (message.get("Queue") or "")[:MAX_TEXT], channel.uniqueid, moment
        )
    return signals


def _agent_called(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel, desk = t.channel(message), t.channel(message, "Dest")
    agent = t.desks.learn(message)
    course = t.courses.get(channel.uniqueid) if channel else None
    if course is None or desk is None:
        return []
    return [*course.desk_called(desk, agent, moment), *t.desks.rang(agent, moment)]


def _agent_connect(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel, desk = t.channel(message), t.channel(message, "Dest")
    agent = t.desks.learn(message)
    course = t.courses.get(channel.uniqueid) if channel else None
    if course is None or desk is None:
        return []
    return [
        *t.tell_caller(course, moment),
        *t.noted(course, course.answered(desk, agent, moment)),
    ]


def _agent_silent(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel, desk = t.channel(message), t.channel(message, "Dest")
    course = t.courses.get(channel.uniqueid) if channel else None
    return [*course.desk_stopped(desk.uniqueid, moment)] if course and desk else []


def _member(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    return [*t.desks.member(message, moment)]


def _dial_begin(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel, leg = t.channel(message), t.channel(message, "Dest")
    if leg is None:
        return []
    leg.dialled = (message.get("DialString") or "")[:MAX_TEXT]
    course = t.courses.get(channel.uniqueid) if channel else None
    agent = number_in(endpoint(leg.name))
    if course is None or leg.uniqueid in course.agents or not t.desks.is_desk(agent):
        return [*target_rang(t, channel, leg, moment)]
    return [*course.desk_called(leg, agent, moment)]


def _dial_end(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel, leg = t.channel(message), t.channel(message, "Dest")
    course = t.course_near(channel or leg) if leg else None
    status = message.get("DialStatus")
    if leg is not None and status != "ANSWER":
        leg.missed = status
    if leg is None or course is None:
        return []
    helper = t.view.names.get((channel.other_half if channel else None) or leg.name)
    if status == "ANSWER":
        return [*target_answered(t, channel, leg, moment)]
    if status not in ("CANCEL", "ABORT"):
        course.refused(helper.uniqueid if helper else None)
    return [*course.desk_stopped(leg.uniqueid, moment)]


def _bridge_enter(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel, bridge = t.leg(message), message.get("BridgeUniqueid") or ""
    signals: list[Signal] = [*t.perhaps_call(channel, moment)]
    t.view.enter(channel, bridge[:MAX_TEXT])
    around = t.view.joined_to(channel.bridge)
    signals += t.consultation(channel, moment)
    helper = t.view.names.get(channel.other_half or "")
    if helper is not None and (near := t.course_near(channel)) is not None:
        near.consulted(helper.uniqueid)
    for course in t.courses_of([channel, *around]):
        if course.caller.bridge is not None:
            signals += t.settle(course, moment)
    return signals


def _bridge_leave(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    if channel is None or channel.bridge != message.get("BridgeUniqueid"):
        return []
    around = t.view.joined_to(channel.bridge)
    t.view.leave(channel)
    signals: list[Signal] = []
    for course in t.courses_of([channel, *around]):
        if course.caller is channel:
            signals += t.noted(course, course.caller_left_bridge(moment))
        else:
            signals += t.settle(course, moment)
    return signals


def _optimization(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    halves = [t.channel(message, prefix) for prefix in ("LocalOne", "LocalTwo")]
    known = {half.uniqueid for half in halves if half is not None}
    if message.event == "LocalOptimizationBegin":
        t.optimizing |= known
        return []
    t.optimizing -= known
    courses = {id(course): course for half in halves if half for course in [t.course_near(half)] if course}
    return [signal for course in courses.values() for signal in t.settle(course, moment)]


def _confbridge_join(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    course = t.courses.get(channel.uniqueid) if channel else None
    return [*course.conference_joined((message.get("Conference") or "")[:MAX_TEXT], moment)] if course else []


def _hold(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    course = t.party_of.get(channel.uniqueid) if channel else None
    return [*course.hold(channel.uniqueid, message.event == "Hold", moment)] if channel and course else []


def _blind_transfer(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    desk, caller = t.channel(message, "Transferer"), t.channel(message, "Transferee")
    course = t.courses.get(caller.uniqueid) if caller else t.party_of.get(desk.uniqueid) if desk else None
    target = (message.get("Extension") or "")[:MAX_TEXT]
    if course is None or desk is None or not target:
        return []
    return [*course.blind(target, message.get("Result") == "Success", moment)]


def _attended_transfer(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    first, second = t.channel(message, "OrigTransferer"), t.channel(message, "SecondTransferer")
    caller = t.channel(message, "Transferee")
    course = t.courses.get(caller.uniqueid) if caller else None
    for leg in (first, second):
        course = course or (t.party_of.get(leg.uniqueid) if leg else None)
    if course is None:
        return []
    threeway = message.get("DestType") == "Threeway"
    kind = TransferKind.THREEWAY if threeway else TransferKind.ATTENDED
    dialled = second.exten if second and second is not first and is_dialled(second.exten) else None
    return [*course.attended(kind, dialled, message.get("Result") == "Success", moment)]


def _dtmf(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel, key = t.channel(message), message.get("Digit") or ""
    if channel is None or channel.uniqueid not in t.courses or message.get("Direction") != "Received":
        return []
    if not (len(key) == 1 and key in "0123456789*#ABCD"):
        raise Doubt("no such key")
    course = t.courses[channel.uniqueid]
    return [KeyPressed(call_id=course.call_id, at=moment.at, source_at=moment.source_at, key=key)]


def _talking(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    if channel is None:
        return []
    leg = Leg.CALLER if channel.uniqueid in t.courses else Leg.CALL_TAKER
    course = t.courses.get(channel.uniqueid) or t.party_of.get(channel.uniqueid)
    if course is None:
        return []
    talking = message.event == "ChannelTalkingStart"
    return [
        TalkingChanged(
            call_id=course.call_id, at=moment.at, source_at=moment.source_at, leg=leg, talking=talking
        )
    ]


def _mixmonitor_stop(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    course = t.courses.get(channel.uniqueid) if channel else None
    return (
        [RecordingStopped(call_id=course.call_id, at=moment.at, source_at=moment.source_at)] if course else []
    )


def _hangup_request(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    if channel is not None:
        course = t.course_near(channel)
        channel.asked = True
        if course is not None:
            course.asked_to_hang_up(channel)
    return []


def _soft_hangup(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    course = t.course_near(channel) if channel else None
    if channel is not None and course is not None:
        course.cut_off(channel)
    return []


def _hangup(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.channel(message)
    if channel is None:
        return []
    cause = _number(message.get("Cause"))
    signals: list[Signal] = [
        *own_leg_gone(t, channel, cause, moment),
        *target_missed(t, channel, cause, moment),
        *whisper_over(t, channel, moment),
    ]
    if (course := t.courses.get(channel.uniqueid)) is not None:
        signals += t.tell_caller(course, moment)
        signals.append(course.ended(cause, moment))
        t.release(course)
    elif (near := t.course_near(channel)) is not None:
        signals += near.desk_stopped(channel.uniqueid, moment)
        t.view.leave(channel)
        signals += t.settle(near, moment) if near.caller.bridge is not None else []
        signals += near.helper_gone(channel.uniqueid, moment)
        near.absent.pop(channel.uniqueid, None)
    t.forget(channel)
    return signals


def _rename(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    channel = t.view.channels.get(message.get("Uniqueid") or "")
    name = message.get("Newname") or ""
    if channel is not None and channel.name == message.get("Channel") and name and name not in t.view.names:
        t.view.rename(channel, name)
    return []


def _fully_booted(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    """After a log-in in the stream itself (a trace; a live link logs in by its own and takes a snapshot): a
    PBX that is younger than its oldest call is another boot, and all of the boot before are gone.
    """
    up_s = _number(message.get("Uptime"))
    if t.logged_in and up_s is not None and t.view.channels:
        booted_at = moment.at - timedelta(seconds=up_s)
        if any(channel.born_at <= booted_at for channel in t.view.channels.values()):
            t.vanished()
    return []


def _shutdown(t: Translator, message: AmiMessage, moment: Moment) -> list[Signal]:
    t.vanished()
    return []


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


Reading = Callable[["Translator", AmiMessage, Moment], "list[Signal]"]

READINGS: Mapping[str, Reading] = {
    **dict.fromkeys(
        (
            "NewCallerid",
            "NewConnectedLine",
            "Newexten",
            "HangupHandlerPush",
            "MixMonitorStart",
            "MusicOnHoldStart",
            "MusicOnHoldStop",
        ),
        _seen,
    ),
    "AgentCalled": _agent_called,
    "AgentConnect": _agent_connect,
    "AgentRingNoAnswer": _agent_silent,
    "AttendedTransfer": _attended_transfer,
    "BlindTransfer": _blind_transfer,
    "BridgeEnter": _bridge_enter,
    "BridgeLeave": _bridge_leave,
    "ChannelTalkingStart": _talking,
    "ChannelTalkingStop": _talking,
    "ConfbridgeJoin": _confbridge_join,
    "DTMFEnd": _dtmf,
    "DialBegin": _dial_begin,
    "DialEnd": _dial_end,
    "FullyBooted": _fully_booted,
    "Hangup": _hangup,
    "HangupRequest": _hangup_request,
    "Hold": _hold,
    "LocalOptimizationBegin": _optimization,
    "LocalOptimizationEnd": _optimization,
    "MixMonitorStop": _mixmonitor_stop,
    "Newchannel": _newchannel,
    "Newstate": _newstate,
    "QueueCallerAbandon": _queue_left,
    "QueueCallerJoin": _queue_join,
    "QueueCallerLeave": _queue_left,
    "QueueMemberAdded": _member,
    "QueueMemberPause": _member,
    "QueueMemberRemoved": _member,
    "QueueMemberStatus": _member,
    "Rename": _rename,
    "Shutdown": _shutdown,
    "SoftHangupRequest": _soft_hangup,
    "Unhold": _hold,
    "UserEvent": _user_event,
}
"""Every event that tells something of a call or a desk; all others are passed over."""
