"""Keys, voices, the dialplan's own words, and what is not believed."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.hall import MalformedReceived
from gateway.calls.heard import LanguageChosen
from gateway.calls.located import LocationReferenced
from gateway.calls.signals import (
    CallerIdentified,
    KeyPressed,
    LocationAnswered,
    LocationRefused,
    TalkingChanged,
)
from gateway.pbx.message import message_of
from gateway.pbx.translate import MAX_RAW_CHARS

from .scripted import Leg, Script

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
