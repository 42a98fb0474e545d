from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pbx.framing import AmiFramer
from gateway.pbx.message import AmiMessage, malformed, parse, torn

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SHARED = Path(__file__).parents[4] / "shared" / "pbx" / "traces"

HEAD = "Event: {event}\r\nPrivilege: call,all\r\nTimestamp: 1795438187.050958\r\nSystemName: lab1\r\n"
CHANNEL = (
    "{p}Channel: PJSIP/trunk-00000000\r\n{p}ChannelState: 4\r\n{p}ChannelStateDesc: Ring\r\n"
    "{p}CallerIDNum: {number}\r\n{p}CallerIDName: x\r\n{p}ConnectedLineNum: <unknown>\r\n"
    "{p}ConnectedLineName: <unknown>\r\n{p}Language: en\r\n{p}AccountCode: \r\n{p}Context: from-trunk\r\n"
    "{p}Exten: 110\r\n{p}Priority: 1\r\n{p}Uniqueid: lab1-1795438187.0\r\n{p}Linkedid: lab1-1795438187.0\r\n"
    "{p}ChanVariable: CALLID=\r\n{p}ChanVariable: ANI=\r\n"
)


def event(name: str, *channels: str, tail: str = "", number: str = "138") -> str:
    return HEAD.format(event=name) + "".join(CHANNEL.format(p=p, number=number) for p in channels) + tail


def read(text: str) -> AmiMessage:
    return parse(text.strip("\r\n").encode(), AT)


def stream(text: str) -> list[AmiMessage]:
    return [parse(frame.raw, AT, frame.fault) for frame in AmiFramer().feed((text + "\r\n").encode())]


QUEUE = "Queue: q\r\nInterface: i\r\nMemberName: m\r\n"
STRAY = "ConnectedLineNum without the channel it belongs to"
NOT_SECOND = "Privilege is not the second header"
ITEM = "Event: CoreShowChannel\r\nActionID: a1\r\n" + CHANNEL.format(p="", number="1")

HANGUP = event("Hangup", "", tail="Cause: 16\r\nCause-txt: Normal Clearing\r\n")


# Reading


def test_headers_keep_their_order_and_repetitions() -> None:
    message = read(HANGUP)
    assert message.event == "Hangup"
    assert message.response is None
    assert message.get("AccountCode") == ""
    assert message.get("accountcode") is None
    assert message.get("Nothing", "-") == "-"
    assert message.all("ChanVariable") == ("CALLID=", "ANI=")
    assert message.headers[1] == ("Privilege", "call,all")
    assert message.raw is not None
    assert message.at == AT


def test_the_pbx_time_is_read_to_the_microsecond() -> None:
    assert read(HANGUP).source_at == datetime(2026, 11, 23, 12, 49, 47, 50958, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "x", "1795438187", "1795438187.0000001", "-1.0", "9" * 12 + ".0"])
def test_a_time_that_is_none_gives_none(text: str) -> None:
    assert read(f"Event: A\r\nTimestamp: {text}").source_at is None


def test_values_are_read_as_utf8_then_gb18030_then_latin1() -> None:
    lines = ["A: 北京".encode(), "B: 王小明".encode("gb18030"), b"C: \xff\xff"]
    gb = parse(b"\r\n".join(lines[:2]), AT)
    assert (gb.get("A"), gb.get("B"), gb.encoding) == ("北京", "王小明", "gb18030")
    worst = parse(b"\r\n".join(lines), AT)
    assert (worst.get("A"), worst.get("B"), worst.get("C")) == ("北京", "王小明", "ÿÿ")
    assert worst.encoding == "latin-1"
    assert parse(lines[0], AT).encoding == "utf-8"


def test_the_banner_before_the_first_answer_is_no_header() -> None:
    message = read("Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: a1")
    assert (message.response, message.action_id, message.fault) == ("Success", "a1", None)


def test_a_value_may_hold_colons_and_a_header_no_blank() -> None:
    message = read("Event: A\r\nData: sip:138: 1\r\nEmpty:")
    assert message.get("Data") == "sip:138: 1"
    assert message.get("Empty") == ""


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise(raw: bytes) -> None:
    message = parse(raw, AT)
    assert malformed(message) is None or isinstance(malformed(message), str)
    assert torn(message) is None or malformed(message) is None
    assert message.source_at is None or message.source_at.tzinfo is UTC


# Doubt


@pytest.mark.parametrize(
    "text",
    [
        HANGUP,
        "Response: Error\r\nActionID: a1\r\nMessage: No such channel",
        event("AgentConnect", "", "Dest", tail=QUEUE + "HoldTime: 1\r\nRingTime: 1\r\n"),
        event("DialBegin", "Dest", tail="DialString: 1101\r\n"),
        event("FutureEvent", "Some", tail="New: 1\r\n"),
        event("FutureEvent", tail="Quite: different\r\n"),
        event("Hangup", "", tail="TechCause: 486\r\nCause: 16\r\nCause-txt: Busy\r\nTenantid: x\r\n"),
        "Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 0\r\nLastReload: 0\r\nStatus: Fully Booted",
        ITEM + "BridgeId: \r\n",
        ITEM.replace("CoreShowChannel", "Status\r\nPrivilege: Call") + "EffectiveConnectedLineNum: 1\r\n",
        "Event: QueueEntry\r\nActionID: a1\r\nQueue: q\r\nConnectedLineNum: 1\r\nWait: 3",
    ],
)  # fmt: skip
def test_what_asterisk_writes_hangs_together(text: str) -> None:
    assert malformed(read(text)) is None
    assert torn(read(text)) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CallerIDName: x\r\nLanguage: en", "does not begin with Event or Response"),
        ("", "a line that is no header"),
        ("Event: Evil\r\nCallerIDName: x", NOT_SECOND),
        ("Event: Hangup\r\nPrivilege: call,all\r\nEvent: Evil", "a second Event header"),
        ("Event: Hangup\r\nPrivilege: call,all", "an event without content"),
        ("Event: Evil\r\nPrivilege: <b>\r\nA: 1", "an unreadable Privilege"),
        ("Event: Evil\r\nPrivilege: call,all\r\nA: 1\r\nPrivilege: call,all", NOT_SECOND),
        (event("Foo", tail="CallerIDName: x\r\nConnectedLineNum: 1\r\n"), STRAY),
        ("Response: Success\r\nCallerIDName: x\r\nConnectedLineNum: 1", STRAY),
        (event("Hangup", tail="ChannelState: 1\r\n"), "ChannelState without Channel before it"),
        (event("Hangup", "").replace("ChannelStateDesc: Ring\r\n", ""), "lacks ChannelStateDesc"),
        (event("Hangup", "", number="138\r\nInjected: yes"), "Injected where CallerIDName belongs"),
        (HANGUP + "Uniqueid: other", "Uniqueid twice"),
        (event("Hangup", tail="Foo: 1\r\n"), "lacks Channel"),
        (event("Newchannel", "", number="138\nEvent: Evil"), "a line break inside a value"),
        (event("Newchannel", "", tail="no header at all\r\n"), "a line that is no header"),
        ("Event: CoreShowChannel\r\nChannel: x", "an item of a list nobody asked for"),
    ],
)  # fmt: skip
def test_a_forged_message_is_named(text: str, reason: str) -> None:
    assert malformed(read(text)) == reason
    assert torn(read(text)) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (event("Newchannel", "").split("CallerIDName")[0], "ends before CallerIDName"),
        (event("AgentConnect", "", "Dest").split("DestExten")[0], "ends before DestExten"),
        (event("AgentConnect", ""), "lacks DestChannel"),
        (event("Hangup", ""), "lacks Cause"),
        (event("Cdr", tail="AccountCode: \r\nSource: 138\r\n"), "lacks Destination"),
        (ITEM.split("Exten")[0], "ends before Exten"),
    ],
)  # fmt: skip
def test_the_torn_head_of_a_true_message_is_not_counted_and_not_used(text: str, reason: str) -> None:
    assert torn(read(text)) == reason
    assert malformed(read(text)) is None


@pytest.mark.parametrize(
    "injected",
    [
        "138\r\n\r\nEvent: Evil",
        "138\r\n\r\nEvent: Hangup",
        "138\r\n\r\nEvent: Hangup\r\nUniqueid: lab1-1795438187.0",
        "1\r\n\r\nEvent: Hangup\r\nPrivilege: call,all",
        "1\r\n\r\nEvent: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1.1\r\nSystemName: lab1",
        "1\r\n\r\nEvent: New\r\nPrivilege: call,all\r\nTimestamp: 1.1\r\nSystemName: lab1",
        "1\r\n\r\nResponse: Success\r\nActionID: a1",
        "1\r\n\r\nAsterisk Call Manager/9",
        "138\r\n\r\nJust: text",
        "138\r\nInjected: yes\r\n\r\nEvent: Evil",
        "138\r\n",
    ],
)
@pytest.mark.parametrize("name", ["Newchannel", "Hangup", "UserEvent", "SomeFutureEvent"])
def test_each_injected_block_counts_once_and_the_message_it_tore_does_not(name: str, injected: str) -> None:
    tail = {"Hangup": "Cause: 16\r\nCause-txt: x\r\n", "UserEvent": "UserEvent: Alarm110\r\nANI: 138\r\n"}
    messages = stream(event(name, "", tail=tail.get(name, ""), number=injected))
    assert sum(malformed(message) is not None for message in messages) == 1
    assert all(malformed(message) or torn(message) for message in messages)


def test_two_blocks_injected_at_once_count_twice() -> None:
    messages = stream(event("Newchannel", "", number="138\r\n\r\nEvent: Evil\r\n\r\nEvent: Evil"))
    assert [bool(malformed(message)) for message in messages] == [False, True, True]


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not here")
def test_a_real_hostile_stream_has_as_many_malformed_messages_as_forged_blocks() -> None:
    for trace in sorted(SHARED.glob("*.ami.txt")):
        data = trace.read_bytes()
        messages = [parse(frame.raw, AT, frame.fault) for frame in AmiFramer().feed(data)]
        doubted = [message for message in messages if malformed(message)]
        assert len(doubted) == data.count(b"Event: Evil\r\n"), trace.name
        assert all(message.event == "Evil" for message in doubted)
