"""The PBX as a whole and the hall; what concerns no call; limits."""

from __future__ import annotations

import pytest

from gateway.calls.hall import AgentChanged, AgentState, MalformedReceived, QueueChanged
from gateway.calls.signals import (
    KeyPressed,
)

from .scripted import Leg, Script

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
