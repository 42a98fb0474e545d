"""What the PBX does, told in the field's words: situations written as the events Asterisk 22 sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.hall import AgentChanged, AgentState, MalformedReceived, QueueChanged
from gateway.calls.heard import LanguageChosen
from gateway.calls.located import LocationReferenced
from gateway.calls.signals import (
    CallerIdentified,
    KeyPressed,
    LocationAnswered,
    LocationRefused,
    TalkingChanged,
)
from gateway.pbx.message import AmiMessage, message_of, parse
from gateway.pbx.shape import PbxShape
from gateway.pbx.story import Story, call_json
from gateway.pbx.translate import MAX_RAW_CHARS, Translator

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CHANNEL = (
    "Channel",
    "ChannelState",
    "ChannelStateDesc",
    "CallerIDNum",
    "CallerIDName",
    "ConnectedLineNum",
    "ConnectedLineName",
    "Language",
    "AccountCode",
    "Context",
    "Exten",
    "Priority",
    "Uniqueid",
    "Linkedid",
)


@dataclass
class Leg:
    name: str
    uniqueid: str
    linkedid: str
    context: str = "from-desk"
    exten: str = "s"
    number: str = "1101"

    def headers(self, prefix: str = "", state: str = "6") -> list[tuple[str, str]]:
        values = (
            self.name,
            state,
            "",
            self.number,
            "",
            "",
            "",
            "",
            "",
            self.context,
            self.exten,
            "1",
            self.uniqueid,
            self.linkedid,
        )
        return [(prefix + name, value) for name, value in zip(CHANNEL, values, strict=True)]


@dataclass
class Script:
    """A PBX that does what it is told, a tenth of a second after the last."""

    translator: Translator = field(default_factory=lambda: Translator("city", "main"))
    story: Story = field(default_factory=Story)
    signals: list[Any] = field(default_factory=list)
    tenths: int = 0
    legs: int = 0

    def raw(self, text: str) -> None:
        self.feed(parse(text.replace("\n", "\r\n").encode(), self.now))

    def feed(self, message: AmiMessage) -> None:
        told = self.translator.feed(message)
        self.signals += told
        self.story.take(told)

    @property
    def now(self) -> datetime:
        return START + timedelta(milliseconds=100 * self.tenths)

    def event(self, name: str, *headers: tuple[str, str]) -> list[Any]:
        self.tenths += 1
        stamp = f"{int(self.now.timestamp())}.{100_000 * (self.tenths % 10):06}"
        head = (("Event", name), ("Privilege", "call,all"), ("Timestamp", stamp), ("SystemName", "pbx1"))
        before = len(self.signals)
        self.feed(message_of((*head, *headers), at=self.now, raw=name.encode()))
        return self.signals[before:]

    def leg(self, name: str, linked: Leg | None = None, **how: str) -> Leg:
        """A new channel; without `linked` it begins a call of its own."""
        uniqueid = f"pbx1-1767600000.{self.legs}"
        leg = Leg(f"{name}-{self.legs:08x}", uniqueid, linked.linkedid if linked else uniqueid, **how)
        self.legs += 1
        self.event("Newchannel", *leg.headers(state="0" if linked else "4"))
        return leg

    def caller(self, **how: str) -> Leg:
        return self.leg(
            "PJSIP/trunk", **{"context": "from-trunk", "exten": "110", "number": "13800130001", **how}
        )

    def at(self, leg: Leg, context: str, exten: str) -> None:
        leg.context, leg.exten = context, exten

    def queue(self, caller: Leg) -> None:
        self.event("QueueCallerJoin", *caller.headers(), ("Queue", "q110"), ("Position", "1"), ("Count", "1"))

    def ring(self, caller: Leg, number: str) -> Leg:
        desk = self.leg(f"PJSIP/{number}", caller, number=number)
        member = (("Queue", "q110"), ("Interface", f"PJSIP/{number}"), ("MemberName", f"Desk {number}"))
        self.event("AgentCalled", *caller.headers(), *desk.headers("Dest"), *member)
        return desk

    def connect(self, caller: Leg, desk: Leg, bridge: str = "b1") -> None:
        member = (("Queue", "q110"), ("Interface", f"PJSIP/{desk.number}"), ("MemberName", ""))
        self.event(
            "QueueCallerLeave", *caller.headers(), ("Queue", "q110"), ("Position", "1"), ("Count", "0")
        )
        self.event(
            "AgentConnect",
            *caller.headers(),
            *desk.headers("Dest"),
            *member,
            ("HoldTime", "1"),
            ("RingTime", "1"),
        )
        self.enter(desk, bridge)
        self.enter(caller, bridge)

    def answered(self, **how: str) -> tuple[Leg, Leg]:
        caller = self.caller(**how)
        self.queue(caller)
        desk = self.ring(caller, "1101")
        self.connect(caller, desk)
        return caller, desk

    def _bridge(self, name: str, leg: Leg, bridge: str) -> None:
        about = (
            ("BridgeUniqueid", bridge),
            ("BridgeType", "basic"),
            ("BridgeTechnology", "simple_bridge"),
            ("BridgeNumChannels", "1"),
        )
        self.event(name, *about, *leg.headers())

    def enter(self, leg: Leg, bridge: str) -> None:
        self._bridge("BridgeEnter", leg, bridge)

    def leave(self, leg: Leg, bridge: str) -> None:
        self._bridge("BridgeLeave", leg, bridge)

    def dial(self, caller: Leg | None, leg: Leg, dialled: str) -> None:
        self.event(
            "DialBegin", *(caller.headers() if caller else []), *leg.headers("Dest"), ("DialString", dialled)
        )

    def dialled(self, caller: Leg, leg: Leg, status: str) -> None:
        self.event("DialEnd", *caller.headers(), *leg.headers("Dest"), ("DialStatus", status))

    def blind(self, desk: Leg, caller: Leg, target: str, result: str = "Success") -> None:
        self.event(
            "BlindTransfer",
            ("Result", result),
            *desk.headers("Transferer"),
            *caller.headers("Transferee"),
            ("IsExternal", "Yes"),
            ("Context", "departments"),
            ("Extension", target),
        )
        if result == "Success":
            self.leave(desk, "b1")
            self.at(caller, "departments", target)
            self.leave(caller, "b1")
            self.gone(desk)

    def local(self, linked: Leg, target: str) -> tuple[Leg, Leg]:
        halves = []
        for half in (";1", ";2"):
            uniqueid = f"pbx1-1767600000.{self.legs}"
            leg = Leg(
                f"Local/{target}@departments-000000aa{half}",
                uniqueid,
                linked.linkedid,
                "departments",
                target,
                "",
            )
            self.legs += 1
            self.event("Newchannel", *leg.headers(state="0"))
            halves.append(leg)
        return halves[0], halves[1]

    def consult(self, caller: Leg, desk: Leg, target: str) -> tuple[Leg, Leg]:
        """Atxfer: the desk leaves the caller on hold and dials."""
        self.event("Hold", *desk.headers())
        one, two = self.local(caller, target)
        self.enter(one, "b2")
        self.leave(desk, "b1")
        self.enter(desk, "b2")
        return one, two

    def attended(self, desk: Leg, caller: Leg, result: str = "Success", kind: str = "Bridge") -> None:
        self.event(
            "AttendedTransfer",
            ("Result", result),
            *desk.headers("OrigTransferer"),
            *desk.headers("SecondTransferer"),
            *caller.headers("Transferee"),
            ("IsExternal", "No"),
            ("DestType", kind),
        )

    def asks(self, leg: Leg) -> None:
        self.event("HangupRequest", *leg.headers(), ("Cause", "16"))

    def gone(self, leg: Leg, cause: str = "16") -> None:
        self.event("Hangup", *leg.headers(), ("Cause", cause), ("Cause-txt", ""))

    def hang_up(self, caller: Leg, desk: Leg, bridge: str = "b1") -> None:
        self.asks(caller)
        self.leave(caller, bridge)
        self.leave(desk, bridge)
        self.gone(desk)
        self.gone(caller)

    @property
    def call(self) -> dict[str, Any]:
        (call,) = self.story.real_calls()
        return call_json(call)

    def transfers(self) -> list[tuple[str, str, str]]:
        return [(each["kind"], each["target"], each["result"]) for each in self.call["transfers"]]

    def told(self, kind: type) -> list[Any]:
        return [signal for signal in self.signals if type(signal) is kind]


@pytest.fixture
def pbx() -> Script:
    return Script()


# ---- which channels are calls


def test_a_call_through_the_queue(pbx: Script) -> None:
    pbx.hang_up(*pbx.answered())
    call = pbx.call
    assert (call["ani"], call["dialed"], call["answered"], call["agents"]) == (
        "13800130001",
        "110",
        True,
        ["1101"],
    )
    assert (call["end_reason"], call["released_by"], call["queue_wait_ms"]) == ("COMPLETED", "caller", 400)


def test_a_desk_that_calls_a_desk_is_no_call(pbx: Script) -> None:
    one = pbx.leg("PJSIP/1101", exten="1102")
    other = pbx.leg("PJSIP/1102", one, number="1102")
    pbx.enter(one, "b1")
    pbx.enter(other, "b1")
    assert not pbx.story.calls


def test_a_desk_that_dials_110_tests_the_line_and_is_no_call(pbx: Script) -> None:
    desk = pbx.leg("PJSIP/1101", exten="110")
    pbx.at(desk, "from-trunk", "110")
    pbx.queue(desk)
    pbx.event(
        "UserEvent", *desk.headers(), ("UserEvent", "Alarm110"), ("CallId", desk.uniqueid), ("ANI", "1101")
    )
    assert not pbx.story.calls


def test_a_tap_is_no_call(pbx: Script) -> None:
    pbx.leg("AudioSocket/127.0.0.1:9092", context="from-trunk", exten="110")
    assert not pbx.story.calls


def test_a_channel_the_pbx_dials_itself_is_no_call(pbx: Script) -> None:
    leg = Leg("PJSIP/trunk-00000000", "pbx1-1.0", "pbx1-1.0", "from-trunk", "110", "119")
    pbx.event("Newchannel", *leg.headers(state="0"))
    assert not pbx.story.calls


def test_another_number_on_the_trunk_is_no_call_until_it_comes_to_the_emergency_line(pbx: Script) -> None:
    caller = pbx.caller(exten="1108")
    assert not pbx.story.calls
    pbx.at(caller, "from-trunk", "110")
    pbx.event("Newstate", *caller.headers())
    (call,) = pbx.story.real_calls()
    assert call.seized_at == START + timedelta(milliseconds=100)


def test_whoever_enters_the_queue_from_the_trunk_is_a_call_whatever_was_dialled(pbx: Script) -> None:
    caller = pbx.caller(exten="02112345678")
    pbx.queue(caller)
    assert pbx.call["dialed"] == "02112345678"


def test_a_line_of_another_dialplan_is_configuration() -> None:
    shape = PbxShape(intake_contexts=frozenset({"pstn"}), intake_numbers=frozenset({"95110"}))
    pbx = Script(Translator("city", "main", shape))
    pbx.caller(context="pstn", exten="95110")
    pbx.caller()
    assert [call.dialed for call in pbx.story.real_calls()] == ["95110"]


def test_a_number_that_only_tests_the_line_is_traced_but_no_real_call() -> None:
    pbx = Script(Translator("city", "main", PbxShape(test_callers=frozenset({"13800130001"}))))
    pbx.hang_up(*pbx.answered())
    assert len(pbx.story.calls) == 1
    assert not pbx.story.real_calls()


# ---- who hung up


def test_the_desk_that_hangs_up_released_the_call(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.asks(desk)
    pbx.leave(desk, "b1")
    pbx.leave(caller, "b1")
    pbx.event("SoftHangupRequest", *caller.headers(), ("Cause", "16"))
    pbx.gone(caller)
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("COMPLETED", "call_taker")


def test_a_desk_leg_cut_by_the_manager_counts_as_its_call_taker(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.leave(desk, "b1")
    pbx.gone(desk)
    pbx.leave(caller, "b1")
    pbx.gone(caller)
    assert pbx.call["released_by"] == "call_taker"


def test_a_caller_cut_off_by_the_pbx_was_released_by_the_system(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.leave(caller, "b1")
    pbx.leave(desk, "b1")
    pbx.gone(caller)
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("COMPLETED", "system")


def test_a_pbx_that_stops_in_order_released_its_calls(pbx: Script) -> None:
    caller, desk = pbx.answered()
    for leg in (desk, caller):
        pbx.event("SoftHangupRequest", *leg.headers(), ("Cause", "4"))
    pbx.leave(desk, "b1")
    pbx.leave(caller, "b1")
    pbx.gone(desk)
    pbx.gone(caller)
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("COMPLETED", "system")


def test_a_call_the_pbx_could_not_carry_has_failed(pbx: Script) -> None:
    caller = pbx.caller()
    pbx.gone(caller, cause="34")
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("FAILED", "system")


def test_a_caller_who_hangs_up_has_not_failed_whatever_the_cause(pbx: Script) -> None:
    caller = pbx.caller()
    pbx.asks(caller)
    pbx.gone(caller, cause="34")
    assert pbx.call["end_reason"] == "ABANDONED"


# ---- the queue


def test_a_desk_that_does_not_answer_is_followed_by_the_next(pbx: Script) -> None:
    caller = pbx.caller()
    pbx.queue(caller)
    first = pbx.ring(caller, "1101")
    pbx.event(
        "AgentRingNoAnswer",
        *caller.headers(),
        *first.headers("Dest"),
        ("Queue", "q110"),
        ("Interface", "PJSIP/1101"),
        ("MemberName", ""),
        ("RingTime", "4000"),
    )
    pbx.dialled(caller, first, "NOANSWER")
    pbx.gone(first)
    pbx.connect(caller, second := pbx.ring(caller, "1102"))
    pbx.hang_up(caller, second)
    assert pbx.call["agents"] == ["1102"]


def test_a_call_turned_out_of_the_queue_waited_until_then(pbx: Script) -> None:
    caller = pbx.caller()
    pbx.queue(caller)
    pbx.event("QueueCallerLeave", *caller.headers(), ("Queue", "q110"), ("Position", "1"), ("Count", "0"))
    pbx.event("SoftHangupRequest", *caller.headers(), ("Cause", "16"))
    pbx.gone(caller)
    assert (pbx.call["end_reason"], pbx.call["released_by"], pbx.call["queue_wait_ms"]) == (
        "ABANDONED",
        "system",
        300,
    )


def test_a_member_behind_a_local_channel_is_a_call_taker(pbx: Script) -> None:
    caller = pbx.caller()
    pbx.queue(caller)
    one, two = pbx.local(caller, "1104")
    member = (("Queue", "q110"), ("Interface", "Local/1104@agents/n"), ("MemberName", ""))
    pbx.event("AgentCalled", *caller.headers(), *one.headers("Dest"), *member)
    pbx.event(
        "AgentConnect", *caller.headers(), *one.headers("Dest"), *member, ("HoldTime", "1"), ("RingTime", "1")
    )
    phone = pbx.leg("PJSIP/1104", caller, number="1104")
    for leg, bridge in ((phone, "b2"), (two, "b2"), (one, "b1"), (caller, "b1")):
        pbx.enter(leg, bridge)
    assert pbx.call["agents"] == ["1104"]


# ---- passing on


def department(pbx: Script, caller: Leg, number: str = "120", bridge: str = "b3") -> Leg:
    office = pbx.leg(f"PJSIP/dept{number}", caller, number=number)
    pbx.dial(caller, office, f"dept{number}")
    pbx.enter(office, bridge)
    pbx.enter(caller, bridge)
    return office


def test_a_blind_transfer_is_completed_when_the_department_answers(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.blind(desk, caller, "120")
    office = department(pbx, caller)
    pbx.asks(office)
    pbx.leave(office, "b3")
    pbx.leave(caller, "b3")
    pbx.gone(caller)
    assert pbx.transfers() == [("blind", "120", "completed")]
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("TRANSFERRED", "department")


def test_a_caller_who_leaves_the_bridge_before_the_word_of_the_transfer_was_transferred(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.leave(desk, "b1")
    pbx.at(caller, "departments", "120")
    pbx.leave(caller, "b1")
    pbx.event(
        "BlindTransfer",
        ("Result", "Success"),
        *desk.headers("Transferer"),
        *caller.headers("Transferee"),
        ("IsExternal", "Yes"),
        ("Context", "departments"),
        ("Extension", "120"),
    )
    department(pbx, caller)
    assert pbx.transfers() == [("blind", "120", "completed")]


def test_a_department_that_does_not_answer_sends_the_caller_back(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.blind(desk, caller, "120")
    office = pbx.leg("PJSIP/dept120", caller, number="120")
    pbx.dial(caller, office, "dept120")
    pbx.dialled(caller, office, "NOANSWER")
    pbx.gone(office)
    pbx.at(caller, "from-trunk", "110")
    pbx.queue(caller)
    pbx.connect(caller, second := pbx.ring(caller, "1102"), "b4")
    pbx.hang_up(caller, second, "b4")
    assert pbx.transfers() == [("blind", "120", "failed")]
    assert (pbx.call["agents"], pbx.call["end_reason"]) == (["1101", "1102"], "COMPLETED")


def test_a_caller_who_hangs_up_while_the_department_rings_ends_with_the_call_taker(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.blind(desk, caller, "120")
    pbx.asks(caller)
    pbx.gone(caller)
    assert pbx.transfers() == [("blind", "120", "failed")]
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("COMPLETED", "caller")


def test_a_transfer_the_pbx_refuses_has_failed_and_the_call_goes_on(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.blind(desk, caller, "999", result="Invalid")
    pbx.hang_up(caller, desk)
    assert pbx.transfers() == [("blind", "999", "failed")]
    assert pbx.call["end_reason"] == "COMPLETED"


def test_a_transfer_to_another_desk_goes_on_with_a_call_taker(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.blind(desk, caller, "1103")
    other = pbx.leg("PJSIP/1103", caller, number="1103")
    pbx.dial(caller, other, "1103")
    pbx.enter(other, "b3")
    pbx.enter(caller, "b3")
    pbx.hang_up(caller, other, "b3")
    assert pbx.transfers() == [("blind", "1103", "completed")]
    assert (pbx.call["agents"], pbx.call["end_reason"]) == (["1101", "1103"], "COMPLETED")


def test_the_manager_moving_the_caller_is_a_redirect(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.at(caller, "departments", "12345")
    pbx.leave(caller, "b1")
    pbx.leave(desk, "b1")
    department(pbx, caller, "12345")
    assert pbx.transfers() == [("redirect", "12345", "completed")]


def test_the_manager_moving_the_caller_back_to_the_queue_completes_there(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.at(caller, "other-trunk", "110")
    pbx.leave(caller, "b1")
    pbx.leave(desk, "b1")
    pbx.queue(caller)
    assert pbx.transfers() == [("redirect", "110", "completed")]


def test_caller_and_desk_moved_into_a_room_are_a_conference_and_no_transfer(pbx: Script) -> None:
    caller, desk = pbx.answered()
    for leg in (caller, desk):
        pbx.at(leg, "rooms", "room-ab12")
        pbx.leave(leg, "b1")
    for leg in (desk, caller):
        pbx.enter(leg, "c1")
        pbx.event("ConfbridgeJoin", ("Conference", "room-ab12"), ("BridgeUniqueid", "c1"), *leg.headers())
    assert pbx.call["conference"]
    assert pbx.transfers() == []


def test_a_conference_the_desk_leaves_first_ends_with_the_department_alone(pbx: Script) -> None:
    test_caller_and_desk_moved_into_a_room_are_a_conference_and_no_transfer(pbx)
    caller, desk = (leg for leg in pbx.translator.view.bridges["c1"].values()), None
    legs = {channel.name: channel for channel in caller}
    office = pbx.leg("PJSIP/dept119", number="119")
    pbx.dial(None, office, "dept119")
    pbx.enter(office, "c1")
    desk = next(leg for name, leg in legs.items() if "1101" in name)
    trunk = next(leg for name, leg in legs.items() if "trunk" in name)
    as_leg = {
        channel.uniqueid: Leg(channel.name, channel.uniqueid, channel.linkedid, "rooms", "room-ab12")
        for channel in (desk, trunk)
    }
    pbx.asks(as_leg[desk.uniqueid])
    pbx.leave(as_leg[desk.uniqueid], "c1")
    pbx.gone(as_leg[desk.uniqueid])
    pbx.asks(office)
    pbx.leave(office, "c1")
    pbx.gone(office)
    pbx.asks(as_leg[trunk.uniqueid])
    pbx.gone(as_leg[trunk.uniqueid])
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("TRANSFERRED", "department")


# ---- consultation


def office_behind(pbx: Script, caller: Leg, two: Leg) -> Leg:
    office = pbx.leg("PJSIP/dept120", caller, number="120")
    pbx.dial(two, office, "dept120")
    pbx.enter(office, "b3")
    pbx.enter(two, "b3")
    return office


def test_an_attended_transfer_completed_when_the_desk_lets_go(pbx: Script) -> None:
    caller, desk = pbx.answered()
    one, two = pbx.consult(caller, desk, "120")
    office = office_behind(pbx, caller, two)
    pbx.leave(desk, "b2")
    pbx.leave(one, "b2")
    pbx.enter(one, "b1")
    pbx.attended(desk, caller)
    pbx.gone(desk)
    halves = [*one.headers("LocalOne"), *two.headers("LocalTwo")]
    pbx.event("LocalOptimizationBegin", *halves, ("Id", "0"))
    pbx.leave(office, "b3")
    pbx.leave(one, "b1")
    pbx.enter(office, "b1")
    pbx.event("LocalOptimizationEnd", *halves, ("Success", "Yes"), ("Id", "0"))
    pbx.gone(one)
    pbx.gone(two)
    pbx.hang_up(caller, office)
    assert pbx.transfers() == [("attended", "120", "completed")]
    assert (pbx.call["held"], pbx.call["conference"], pbx.call["end_reason"]) == (True, False, "TRANSFERRED")
    (call,) = pbx.story.real_calls()
    assert [party.number for party in call.parties] == ["1101", "120"]


def test_an_attended_transfer_called_off_is_cancelled(pbx: Script) -> None:
    caller, desk = pbx.answered()
    one, two = pbx.consult(caller, desk, "120")
    office_behind(pbx, caller, two)
    pbx.leave(desk, "b2")
    pbx.enter(desk, "b1")
    pbx.attended(desk, caller, result="Fail")
    pbx.gone(one)
    pbx.hang_up(caller, desk)
    assert pbx.transfers() == [("attended", "120", "cancelled")]
    assert (pbx.call["end_reason"], pbx.call["agents"]) == ("COMPLETED", ["1101"])


@pytest.mark.parametrize(("tenths", "result"), [(30, "cancelled"), (150, "failed")])
def test_a_consultation_given_up_early_was_called_off_and_a_long_ring_was_not_answered(
    pbx: Script, tenths: int, result: str
) -> None:
    caller, desk = pbx.answered()
    one, two = pbx.consult(caller, desk, "120")
    office = pbx.leg("PJSIP/dept120", caller, number="120")
    pbx.dial(two, office, "dept120")
    pbx.tenths += tenths
    pbx.leave(desk, "b2")
    pbx.enter(desk, "b1")
    pbx.gone(one)
    pbx.dialled(two, office, "CANCEL")
    assert pbx.transfers() == [("attended", "120", result)]


def test_a_long_consultation_with_somebody_who_answered_was_called_off(pbx: Script) -> None:
    caller, desk = pbx.answered()
    one, two = pbx.consult(caller, desk, "120")
    pbx.dialled(two, office_behind(pbx, caller, two), "ANSWER")
    pbx.tenths += 600
    pbx.leave(desk, "b2")
    pbx.enter(desk, "b1")
    pbx.gone(one)
    assert pbx.transfers() == [("attended", "120", "cancelled")]


def test_a_consultation_that_nobody_answers_has_failed(pbx: Script) -> None:
    caller, desk = pbx.answered()
    one, two = pbx.consult(caller, desk, "120")
    office = pbx.leg("PJSIP/dept120", caller, number="120")
    pbx.dial(two, office, "dept120")
    pbx.dialled(two, office, "NOANSWER")
    pbx.leave(desk, "b2")
    pbx.enter(desk, "b1")
    pbx.gone(one)
    pbx.hang_up(caller, desk)
    assert pbx.transfers() == [("attended", "120", "failed")]


def test_a_merged_consultation_is_a_threeway_and_a_conference(pbx: Script) -> None:
    caller, desk = pbx.answered()
    one, two = pbx.consult(caller, desk, "120")
    office = office_behind(pbx, caller, two)
    for leg in (desk, one):
        pbx.leave(leg, "b2")
        pbx.enter(leg, "b1")
    pbx.attended(desk, caller, kind="Threeway")
    pbx.asks(office)
    pbx.leave(office, "b3")
    pbx.hang_up(caller, desk)
    assert pbx.transfers() == [("threeway", "120", "completed")]
    assert (pbx.call["conference"], pbx.call["end_reason"], pbx.call["released_by"]) == (
        True,
        "COMPLETED",
        "caller",
    )


def test_a_caller_who_hangs_up_on_hold_ended_with_the_call_taker(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.consult(caller, desk, "120")
    pbx.asks(caller)
    pbx.leave(caller, "b1")
    pbx.gone(caller)
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("COMPLETED", "caller")


def test_an_attended_transfer_made_by_the_phone_with_two_calls(pbx: Script) -> None:
    caller, desk = pbx.answered()
    second = pbx.leg("PJSIP/1101", exten="120")
    office = pbx.leg("PJSIP/dept120", second, number="120")
    pbx.enter(second, "b2")
    pbx.enter(office, "b2")
    pbx.event(
        "AttendedTransfer",
        ("Result", "Success"),
        *desk.headers("OrigTransferer"),
        *second.headers("SecondTransferer"),
        *caller.headers("Transferee"),
        ("IsExternal", "No"),
        ("DestType", "Bridge"),
    )
    assert pbx.transfers() == [("attended", "120", "completed")]


# ---- hold, keys, voices


def test_hold_is_what_a_party_does_and_nobody_else(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.event("Unhold", *desk.headers())
    pbx.event("Hold", *caller.headers())
    assert not pbx.call["held"]
    pbx.event("Hold", *desk.headers())
    pbx.hang_up(caller, desk)
    assert pbx.call["held"]


def test_keys_of_the_caller_are_told_and_a_desks_are_not(pbx: Script) -> None:
    caller, desk = pbx.answered()
    for leg, key in ((caller, "1"), (desk, "2")):
        pbx.event("DTMFEnd", *leg.headers(), ("Digit", key), ("DurationMs", "80"), ("Direction", "Received"))
    assert [signal.key for signal in pbx.told(KeyPressed)] == ["1"]


def test_voices_are_told_by_leg(pbx: Script) -> None:
    caller, desk = pbx.answered()
    for leg in (caller, desk):
        pbx.event("ChannelTalkingStart", *leg.headers())
    assert [(signal.leg.value, signal.talking) for signal in pbx.told(TalkingChanged)] == [
        ("caller", True),
        ("call_taker", True),
    ]


# ---- what the dialplan adds


def alarm(pbx: Script, caller: Leg, **fields: str) -> list[Any]:
    told = {"ANI": "13800130002", "AniSource": "PAI", "Dialed": "110", **fields}
    return pbx.event(
        "UserEvent", *caller.headers(), ("UserEvent", "Alarm110"), ("CallId", caller.uniqueid), *told.items()
    )


def test_the_dialplan_tells_number_and_place(pbx: Script) -> None:
    caller = pbx.caller()
    place = "shape%3D%22Circle%22%2Ccrs%3D%222d%22%2Cpos%3D%2231.2304%20121.4737%22%2Cradius%3D%2250%22"
    alarm(pbx, caller, GeoFormat="GML", GeoInfo=place, XALI="lat%3D31.2%3Blon%3D121.4%3Br%3D500")
    assert pbx.call["ani"] == "13800130002"
    assert [signal.location.uncertainty_m for signal in pbx.told(LocationAnswered)] == [50, 500]


@pytest.mark.parametrize(
    ("word", "languages"), [("en", ["en"]), ("en-GB", ["en-GB"]), ("", []), ("English please", [])]
)
def test_the_dialplan_says_what_a_caller_speaks(pbx: Script, word: str, languages: list[str]) -> None:
    caller = pbx.caller()
    alarm(pbx, caller, Speaks=word)
    pbx.event(
        "UserEvent",
        *caller.headers(),
        ("UserEvent", "Language"),
        ("CallId", caller.uniqueid),
        ("Speaks", word),
    )
    told = pbx.told(LanguageChosen)
    assert [signal.language for signal in told] == languages * 2
    assert all(signal.by_dialplan for signal in told)


def test_a_withheld_number_is_none_and_a_number_with_privacy_is_kept(pbx: Script) -> None:
    alarm(pbx, pbx.caller(), ANI="", Privacy="id")
    alarm(pbx, pbx.caller(), Privacy="id")
    assert [(s.ani, s.anonymous) for s in pbx.told(CallerIdentified)] == [(None, True), ("13800130002", True)]


def test_a_location_that_cannot_be_read_is_told_with_its_reason(pbx: Script) -> None:
    alarm(pbx, pbx.caller(), GeoFormat="GML", GeoInfo="shape%3D%22Cloud%22", XALI="kkk")
    assert [signal.source for signal in pbx.told(LocationRefused)] == ["PIDF", "ALI"]


def test_a_location_by_reference_is_to_be_fetched_and_one_that_cannot_be_is_told(pbx: Script) -> None:
    caller = pbx.caller()
    alarm(
        pbx,
        caller,
        GeoFormat="URI",
        GeoInfo="URI%3D%22https%3A%2F%2Flis.invalid%2F1%22",
        GeoHeader="%3Csips%3Aplace%40lis.invalid%3E",
    )
    pbx.event(
        "UserEvent",
        *caller.headers(),
        ("UserEvent", "Alarm110More"),
        ("CallId", caller.uniqueid),
        ("CallInfo1", "%3Chttps%3A%2F%2Fp.invalid%2F2%3E%3Bpurpose%3DEmergencyCallData.ProviderInfo"),
    )
    told = [signal.uri for signal in pbx.told(LocationReferenced)]
    assert told == ["https://lis.invalid/1", "https://p.invalid/2"]
    assert [signal.raw for signal in pbx.told(LocationRefused)] == ["sips:place@lis.invalid"]


def test_the_call_id_of_the_invite_is_known_whole_or_not_at_all(pbx: Script) -> None:
    alarm(pbx, pbx.caller(), SipCallId="a%40" + "b" * 200)
    alarm(pbx, pbx.caller(), SipCallId="c" * 300)
    assert [signal.sip_call_id for signal in pbx.told(CallerIdentified)] == ["a@" + "b" * 200, None]


def test_a_dialplan_event_about_a_strangers_call_is_not_believed(pbx: Script) -> None:
    caller, stranger = pbx.caller(), pbx.caller()
    pbx.event(
        "UserEvent",
        *stranger.headers(),
        ("UserEvent", "RecordStart"),
        ("CallId", caller.uniqueid),
        ("File", "%2Fx.wav"),
        ("MixMonitorId", "0x1"),
    )
    assert not any(call.recordings for call in pbx.story.real_calls())


def test_without_a_dialplan_of_ours_the_number_comes_from_the_leg(pbx: Script) -> None:
    caller = pbx.caller(number="+8613800130009")
    pbx.queue(caller)
    assert pbx.call["ani"] == "+8613800130009"


# ---- doubt


def test_a_channel_under_another_name_is_not_believed(pbx: Script) -> None:
    caller, desk = pbx.answered()
    forged = Leg("PJSIP/other-00000009", caller.uniqueid, caller.linkedid)
    pbx.gone(forged)
    assert len(pbx.told(MalformedReceived)) == 1
    assert pbx.call["state"] == "ANSWERED"
    pbx.gone(Leg(desk.name, "pbx1-1767600000.999", caller.linkedid))
    assert pbx.call["state"] == "ANSWERED"


def test_a_new_channel_under_a_name_in_use_is_not_believed(pbx: Script) -> None:
    caller, _ = pbx.answered()
    pbx.event(
        "Newchannel",
        *Leg(caller.name, "pbx1-1767600000.99", "pbx1-1767600000.99", "from-trunk", "110").headers(state="4"),
    )
    assert len(pbx.story.calls) == 1
    assert len(pbx.told(MalformedReceived)) == 1


def test_a_message_of_another_system_is_not_believed(pbx: Script) -> None:
    caller, _ = pbx.answered()
    head = (("Event", "Hangup"), ("Privilege", "call,all"), ("SystemName", "pbx9"))
    pbx.feed(
        message_of(
            headers=(*head, *caller.headers(), ("Cause", "16"), ("Cause-txt", "")), at=pbx.now, raw=b""
        )
    )
    assert pbx.call["state"] == "ANSWERED"


def test_a_uniqueid_that_cannot_be_one_is_not_believed(pbx: Script) -> None:
    pbx.event("Newchannel", *Leg("PJSIP/trunk-1", "a/../b", "a/../b", "from-trunk", "110").headers(state="4"))
    assert not pbx.story.calls
    assert pbx.told(MalformedReceived)[0].why == "no such uniqueid"


TORN = """Event: Newstate
Privilege: call,all
Timestamp: 1767600001.000000
SystemName: pbx1
Channel: PJSIP/trunk-00000007
ChannelState: 6
ChannelStateDesc: Up
CallerIDNum: 138"""


def test_a_whole_event_forged_inside_a_torn_one_is_not_believed(pbx: Script) -> None:
    caller, _ = pbx.answered()
    pbx.raw(TORN)
    pbx.gone(caller)
    pbx.raw("X: y\nCallerIDName: z\nLinkedid: pbx1-7")
    assert pbx.call["state"] == "ANSWERED"
    assert pbx.told(MalformedReceived)[0].why == "stands inside a torn message"
    pbx.gone(caller)
    assert pbx.call["state"] == "ENDED"


def test_a_tail_that_never_comes_holds_the_stream_back_only_so_long(pbx: Script) -> None:
    pbx.raw(TORN)
    for _ in range(20):
        pbx.event("Shutdown", ("Shutdown", "Cleanly"), ("Restart", "False"))
    assert len(pbx.told(MalformedReceived)) == 16


def test_a_forged_boot_ends_no_call(pbx: Script) -> None:
    pbx.answered()
    pbx.raw("Event: FullyBooted\nPrivilege: system,all\nUptime: 0\nStatus: Fully Booted")
    assert not pbx.translator.missing
    assert pbx.call["state"] == "ANSWERED"


def test_what_is_kept_of_a_doubtful_message_is_cut(pbx: Script) -> None:
    pbx.raw("Event: Evil\nX: " + "y" * 50_000)
    assert len(pbx.told(MalformedReceived)[0].raw) == MAX_RAW_CHARS


def test_last_words_of_a_channel_nobody_knows_are_passed_over(pbx: Script) -> None:
    stranger = Leg("PJSIP/x-1", "pbx1-1.9", "pbx1-1.9", "from-trunk", "110")
    pbx.gone(stranger)
    pbx.leave(stranger, "b9")
    assert not pbx.signals


# ---- the PBX and the hall


def test_a_pbx_that_went_down_leaves_its_calls_missing_until_somebody_gives_them_up(pbx: Script) -> None:
    pbx.answered()
    pbx.event("Shutdown", ("Shutdown", "Cleanly"), ("Restart", "False"))
    assert pbx.call["state"] == "ANSWERED"
    pbx.story.take(pbx.translator.give_up(pbx.now))
    assert (pbx.call["end_reason"], pbx.call["released_by"]) == ("LOST", "system")
    assert pbx.translator.give_up(pbx.now) == ()


def test_a_renamed_channel_is_the_same(pbx: Script) -> None:
    caller, desk = pbx.answered()
    pbx.event(
        "Rename", ("Channel", caller.name), ("Newname", "PJSIP/trunk-000000ff"), ("Uniqueid", caller.uniqueid)
    )
    caller.name = "PJSIP/trunk-000000ff"
    pbx.hang_up(caller, desk)
    assert pbx.call["state"] == "ENDED"
    assert not pbx.told(MalformedReceived)


def test_the_hall_hears_of_queues_and_desks(pbx: Script) -> None:
    caller = pbx.caller()
    pbx.queue(caller)
    other = pbx.caller()
    pbx.event("QueueCallerJoin", *other.headers(), ("Queue", "q110"), ("Position", "2"), ("Count", "2"))
    assert [(s.waiting, s.longest_wait_ms) for s in pbx.told(QueueChanged)] == [(1, 0), (2, 200)]
    pbx.ring(caller, "1101")
    member = (("Queue", "q110"), ("MemberName", "Desk 1101"), ("Interface", "PJSIP/1101"))
    for status, in_call, paused in (
        ("3", "0", "0"),
        ("2", "1", "0"),
        ("1", "0", "0"),
        ("1", "0", "1"),
        ("5", "0", "0"),
    ):
        pbx.event(
            "QueueMemberStatus",
            *member,
            ("InCall", in_call),
            ("Status", status),
            ("Paused", paused),
            ("PausedReason", "tea" * int(paused)),
        )
    assert [(s.state, s.paused_reason) for s in pbx.told(AgentChanged)] == [
        (AgentState.RINGING, None),
        (AgentState.BUSY, None),
        (AgentState.IDLE, None),
        (AgentState.PAUSED, "tea"),
        (AgentState.UNREACHABLE, None),
    ]
    pbx.event("QueueMemberRemoved", *member)
    assert pbx.told(AgentChanged)[-1].state is AgentState.AWAY


def test_a_free_desk_is_told_when_it_is_first_heard_of_and_the_automatic_one_never(pbx: Script) -> None:
    for interface in ("PJSIP/1103", "PJSIP/1103", "Local/s@intake110-canary-desk/n"):
        name = (("Queue", "q110"), ("MemberName", "Desk"), ("Interface", interface))
        status = (*name, ("InCall", "0"), ("Status", "1"), ("Paused", "0"), ("PausedReason", ""))
        pbx.event("QueueMemberStatus", *status)
    assert [(told.agent, told.state) for told in pbx.told(AgentChanged)] == [("1103", AgentState.IDLE)]


def test_a_new_boot_that_says_nothing_is_known_by_the_names_it_uses_again(pbx: Script) -> None:
    for _ in range(2):
        pbx.raw("Response: Success\nMessage: Authentication accepted")
        if not pbx.story.calls:
            pbx.answered()
    pbx.legs = 0
    again = Leg(
        "PJSIP/trunk-00000000", "pbx1-1767609999.0", "pbx1-1767609999.0", "from-trunk", "110", "13800130001"
    )
    pbx.event("Newchannel", *again.headers(state="4"))
    assert len(pbx.translator.missing) == 1
    assert len(pbx.story.calls) == 2


@pytest.mark.parametrize(
    ("name", "headers"),
    [
        ("UserEvent", (("UserEvent", "Note"), ("CallId", "x"))),
        ("Rename", (("Channel", "PJSIP/x-1"), ("Newname", "PJSIP/x-2"), ("Uniqueid", "pbx1-1.1"))),
        (
            "QueueMemberStatus",
            (("Queue", "q"), ("MemberName", ""), ("Interface", ""), ("Status", "1"), ("Paused", "0")),
        ),
        ("CoreShowChannel", (("ActionID", "1"),)),
        ("SomethingNew", (("Value", "1"),)),
    ],
)
def test_what_concerns_no_call_is_passed_over(
    pbx: Script, name: str, headers: tuple[tuple[str, str], ...]
) -> None:
    assert pbx.event(name, *headers) == []


def test_events_of_channels_that_belong_to_no_call_are_passed_over(pbx: Script) -> None:
    one = pbx.leg("PJSIP/1101", exten="1102")
    other = pbx.leg("PJSIP/1102", one, number="1102")
    member = (("Queue", "q9"), ("Interface", "PJSIP/1102"), ("MemberName", ""))
    place = (("Queue", "q9"), ("Position", "1"))
    pbx.event("AgentCalled", *one.headers(), *other.headers("Dest"), *member)
    pbx.event(
        "AgentConnect", *one.headers(), *other.headers("Dest"), *member, ("HoldTime", "1"), ("RingTime", "1")
    )
    pbx.event("AgentRingNoAnswer", *one.headers(), *other.headers("Dest"), *member, ("RingTime", "1"))
    pbx.event("QueueCallerAbandon", *one.headers(), *place, ("OriginalPosition", "1"), ("HoldTime", "1"))
    pbx.dial(one, other, "1102")
    pbx.dialled(one, other, "BUSY")
    pbx.event("ConfbridgeJoin", ("Conference", "r"), ("BridgeUniqueid", "b"), *one.headers())
    pbx.event("MixMonitorStop", *one.headers())
    for name in ("Hold", "Unhold", "ChannelTalkingStart", "HangupRequest", "SoftHangupRequest"):
        pbx.event(name, *one.headers())
    pbx.blind(one, other, "120", result="Failure")
    pbx.attended(one, other)
    pbx.gone(one)
    assert pbx.story.calls == {}


def test_a_key_that_is_none_is_not_believed(pbx: Script) -> None:
    caller, _ = pbx.answered()
    pbx.event(
        "DTMFEnd", *caller.headers(), ("Digit", "no key"), ("DurationMs", "80"), ("Direction", "Received")
    )
    assert not pbx.told(KeyPressed)
    assert len(pbx.told(MalformedReceived)) == 1


def test_a_recorder_that_stops_early_is_told(pbx: Script) -> None:
    caller, _ = pbx.answered()
    (stopped,) = pbx.event("MixMonitorStop", *caller.headers())
    assert stopped.recording_id is None


@pytest.mark.parametrize(
    ("file", "monitor"), [("", "0x1"), ("%2Fx.wav", ""), ("%0Ax.wav", "0x1"), ("x" * 2000, "0x1")]
)
def test_a_recording_without_a_usable_path_is_none(pbx: Script, file: str, monitor: str) -> None:
    caller = pbx.caller()
    told = (
        ("UserEvent", "RecordStart"),
        ("CallId", caller.uniqueid),
        ("File", file),
        ("MixMonitorId", monitor),
    )
    assert pbx.event("UserEvent", *caller.headers(), *told) == []


def test_how_many_channels_are_remembered_has_a_limit(pbx: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.pbx.view.MAX_CHANNELS", 3)
    for _ in range(6):
        pbx.leg("PJSIP/1101")
    assert len(pbx.translator.view.channels) == 3
    assert len(pbx.translator.view.names) == 3


def test_a_word_after_the_hangup_does_not_bring_a_call_back(
    pbx: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.pbx.translate.MAX_GONE", 5)
    caller, desk = pbx.answered()
    pbx.hang_up(caller, desk)
    assert pbx.event("NewConnectedLine", *caller.headers()) == []
    assert not pbx.translator.courses
    assert not pbx.translator.view.channels
    for _ in range(10):
        pbx.gone(pbx.leg("PJSIP/1101"))
    assert len(pbx.translator.gone) == 5
