"""Which channels are calls, who hung up, and the queue."""

from __future__ import annotations

from datetime import timedelta

from gateway.pbx.shape import PbxShape
from gateway.pbx.translate import Translator

from .scripted import START, Leg, Script

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
