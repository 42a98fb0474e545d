from __future__ import annotations

import pytest

from gateway.calls.effects import StartTap
from gateway.ids import CallId
from gateway.pbx.account import UnsafeValue
from gateway.pbx.actions.canary import canary
from gateway.pbx.actions.taps import start_tap, tap_channel_id
from gateway.speech.model import Leg

TAP = "d4fccf67-c5e2-4219-a132-56825be7e2cb"


def effect(line: str = "PJSIP/trunk-00000000") -> StartTap:
    return StartTap(call_id=CallId("c"), pbx="pbx1", leg=Leg.CALLER, line=line, tap_id=TAP)


def test_a_tap_is_a_spying_channel_towards_the_listener_with_its_own_unique_id() -> None:
    action = start_tap(effect(), "127.0.0.1:9100")
    assert action.name == "Originate"
    assert action.fields == {
        "Channel": f"AudioSocket/127.0.0.1:9100/{TAP}/c(slin)",
        "ChannelId": f"tap-{TAP}",
        "Application": "ChanSpy",
        "Data": "PJSIP/trunk-00000000,qouES",
        "Timeout": "5000",
        "Async": "true",
    }
    assert tap_channel_id(TAP) == f"tap-{TAP}"


def test_the_same_tap_is_the_same_action() -> None:
    assert start_tap(effect(), "[::1]:9100") == start_tap(effect(), "[::1]:9100")


@pytest.mark.parametrize("line", ["", "PJSIP/x,w", "PJSIP/x y", "PJSIP/x\r\nAction: Hangup", "x" * 201])
def test_a_line_that_could_change_the_tap_is_refused(line: str) -> None:
    with pytest.raises(UnsafeValue):
        start_tap(effect(line), "127.0.0.1:9100")


@pytest.mark.parametrize("address", ["", "127.0.0.1", "127.0.0.1:x", "a b:1", "127.0.0.1:9100/evil"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(UnsafeValue):
        start_tap(effect(), address)


def test_a_canary_is_announced_to_the_dialplan_before_it_rings() -> None:
    steps = canary(
        endpoint="trunk", dial="110", number="110110", sound="en/canary", call_id="c1", open_until=99
    )
    assert [step.name for step in steps] == ["Setvar", "Setvar", "Originate"]
    assert steps[1].fields == {"Variable": "I110_CANARY_UNTIL", "Value": "99"}
    assert (steps[2].fields["Channel"], steps[2].fields["CallerID"]) == ("PJSIP/110@trunk", "110110")


@pytest.mark.parametrize(
    "wrong", [{"endpoint": "a,b"}, {"dial": "110&999"}, {"number": ""}, {"sound": "x\r\nAction: Ping"}]
)
def test_a_canary_with_a_name_that_cannot_be_one_is_refused(wrong: dict[str, str]) -> None:
    told = {"endpoint": "trunk", "dial": "110", "number": "110110", "sound": "s"} | wrong
    with pytest.raises(UnsafeValue, match="canary"):
        canary(**told, call_id="c1", open_until=1)
