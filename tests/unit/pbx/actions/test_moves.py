"""Each move is one action of AMI, with nothing in it that a value could change."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.effects import MovePeople
from gateway.calls.handing import MoveKind
from gateway.ids import CallId
from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.action import AmiAction
from gateway.pbx.actions.moves import move

DESK, CALLER, ROOM = "PJSIP/1101-00000001", "PJSIP/trunk-00000000", "room-pbx1-1-0"


def effect(kind: MoveKind, **facts: Any) -> MovePeople:
    return MovePeople(
        call_id=CallId("c"),
        pbx="pbx1",
        uniqueid="pbx1-1.0",
        n=3,
        kind=kind,
        **{"shown": "13800138000", **facts},
    )


def there(action: AmiAction) -> tuple[str, ...]:
    return tuple(action.fields[key] for key in ("Context", "Exten"))


@pytest.mark.parametrize(("kind", "name"), [(MoveKind.BLIND, "BlindTransfer"), (MoveKind.CONSULT, "Atxfer")])
def test_the_desks_leg_is_transferred_to_a_target_of_the_dialplan(kind: MoveKind, name: str) -> None:
    action = move(effect(kind, line=DESK, number="12333"))
    assert action == AmiAction(
        name=name, fields={"Channel": DESK, "Context": "intake110-targets", "Exten": "12333"}
    )


def test_out_of_a_room_and_back_into_the_queue_the_callers_own_leg_is_moved() -> None:
    out = move(effect(MoveKind.REDIRECT, line=CALLER, number="12333"))
    assert (out.name, out.fields["Channel"], there(out)) == (
        "Redirect", CALLER, ("intake110-targets", "12333"),
    )  # fmt: skip
    back = move(effect(MoveKind.FETCH_BACK, line=CALLER))
    assert (back.name, there(back)) == ("Redirect", ("intake110-return", "s"))


def test_two_legs_go_into_a_room_together() -> None:
    action = move(effect(MoveKind.CONFERENCE, line=CALLER, beside=DESK, number="119", room=ROOM))
    assert action.fields == {
        "Channel": CALLER, "Context": "intake110-rooms", "Exten": ROOM, "Priority": "1", "ExtraChannel": DESK,
        "ExtraContext": "intake110-rooms", "ExtraExten": ROOM, "ExtraPriority": "1",
    }  # fmt: skip


def test_who_is_called_in_is_called_by_the_dialplans_targets_under_an_id_that_tells_the_move() -> None:
    action = move(effect(MoveKind.INVITE, number="119", room=ROOM))
    assert (action.fields["Channel"], action.fields["ChannelId"], there(action)) == (
        "Local/119@intake110-targets/n", "move3-pbx1-1.0", ("intake110-rooms", ROOM),
    )  # fmt: skip
    assert action.wire["Variable"] == ("I110_CALL=pbx1-1.0", f"I110_ROOM={ROOM}")


@pytest.mark.parametrize("kind", [MoveKind.LET_GO, MoveKind.DROP])
def test_a_leg_is_let_go(kind: MoveKind) -> None:
    assert move(effect(kind, line=DESK)).fields == {"Channel": DESK, "Cause": "16"}


def test_a_consultation_is_called_off() -> None:
    assert move(effect(MoveKind.CALL_OFF, line=DESK)) == AmiAction(
        name="CancelAtxfer", fields={"Channel": DESK}
    )


def test_a_call_back_rings_the_desk_as_the_site_dials_it_and_then_the_number() -> None:
    action = move(effect(MoveKind.CALL_BACK, position="1101", number="13800138000"), "SIP/{}@desks")
    assert (action.fields["Channel"], there(action), action.variables) == (
        "SIP/1101@desks", ("intake110-callback", "s"), ("I110_TO=13800138000",),
    )  # fmt: skip
    assert "Variable" not in move(effect(MoveKind.LET_GO, line=DESK)).wire


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (MoveKind.LISTEN, f"{CALLER},quES"), (MoveKind.WHISPER, f"{CALLER},quESw"),
        (MoveKind.ESCALATE, f"{CALLER},quESw"),
    ],
)  # fmt: skip
def test_a_supervisor_spies_on_exactly_one_leg(kind: MoveKind, data: str) -> None:
    action = move(effect(kind, line=CALLER, position="1190"))
    assert (action.fields["Channel"], action.fields["Application"], action.fields["Data"]) == (
        "PJSIP/1190", "ChanSpy", data,
    )  # fmt: skip


def test_a_supervisor_joins_the_room() -> None:
    assert there(move(effect(MoveKind.JOIN, room=ROOM, position="1190"))) == ("intake110-rooms", ROOM)


@pytest.mark.parametrize(
    "wrong",
    [
        {"line": "PJSIP/x,w"}, {"line": "a\r\nAction: Hangup"}, {"beside": "a b"}, {"number": "119;x"},
        {"number": "1" * 33}, {"room": "hall"}, {"position": "1190/x"}, {"shown": "<evil>"},
        {"uniqueid": "x"},
    ],
)  # fmt: skip
def test_a_value_that_could_change_the_action_is_refused(wrong: dict[str, str]) -> None:
    facts: dict[str, Any] = {"line": DESK, **wrong}
    made = MovePeople(
        **{
            "call_id": CallId("c"),
            "pbx": "p",
            "uniqueid": "pbx1-1.0",
            "n": 1,
            "kind": MoveKind.BLIND,
            **facts,
        }
    )
    with pytest.raises(UnsafeValue):
        move(made)


def test_every_kind_of_move_has_its_action() -> None:
    for kind in MoveKind:
        made = effect(kind, line=DESK, beside=CALLER, number="119", room=ROOM, position="1190")
        assert move(made).name


def test_the_prompt_is_a_leg_of_its_own_beside_the_caller_and_hushing_ends_that_leg_alone() -> None:
    action = move(effect(MoveKind.PROMPT))
    assert (action.fields["Channel"], action.fields["ChannelId"], there(action)) == (
        "Local/earpbx1-1.0@intake110-silence/n", "move3-pbx1-1.0", ("intake110-silence", "askpbx1-1.0"),
    )  # fmt: skip
    hushed = move(effect(MoveKind.HUSH, line="pbx1-5.7"))
    assert (hushed.name, hushed.fields["Channel"]) == ("Hangup", "pbx1-5.7")
