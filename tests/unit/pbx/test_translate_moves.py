"""Callers passed on, consultations, three-party calls: what the PBX tells of them, in the field's words."""

from __future__ import annotations

import pytest

from .scripted import Leg, Script

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
