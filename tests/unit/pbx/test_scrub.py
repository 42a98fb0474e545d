from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from gateway.pbx.scrub import MAX_NUMBERS, TooManyNumbers, scrub, unscrubbed

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "pbx" / "traces"

FOUND = [
    ("CallerIDNum: 13912345678", "CallerIDNum: 13800130000"),
    ("CallerIDNum: +8613912345678", "CallerIDNum: +8613800130000"),
    ("DestConnectedLineNum: 02162310110", "DestConnectedLineNum: 13800130000"),
    ("Exten: 010-62345678", "Exten: 13800130000"),
    ("ChanVariable: ANI=13912345678", "ChanVariable: ANI=13800130000"),
    ('CallerID: "" <02162310110>', 'CallerID: "" <13800130000>'),
    ("CallerIDName: 张三", "CallerIDName: Name 1"),
    ("MemberName: Li Wei", "MemberName: Name 1"),
    ("Channel: Local/13912345678@out-00000001;1", "Channel: Local/13800130000@out-00000001;1"),
    ("RemoteAddr: 10.0.0.5:5060", "RemoteAddr: 198.18.0.1:5060"),
    ("RemoteAddr: [2409:8a00::1]:5060", "RemoteAddr: [2001:db8::1]:5060"),
]
CODED = [
    ("PAI", '"王小明" <sip:13912345678@10.1.2.3>;tag=ab1', '"Name 1" <sip:13800130000@198.18.0.1>;tag=t1'),
    ("PAI", "<tel:+8613912345678>", "<tel:+8613800130000>"),
    ("From", '"张三" <sip:02162310110@ims.carrier.cn>', '"Name 1" <sip:13800130000@host-1.invalid>'),
    ("SipCallId", "77-abc@10.1.2.3", "call-1@198.18.0.1"),
    ("GeoInfo", 'country="CN",A1="上海市",HNO="200号"', 'country="CN",A1="A1 1",HNO="HNO 1"'),
    ("GeoInfo", 'pos="31.230416 121.473701",radius="50"', 'pos="31.23 121.47",radius="50"'),
    ("GeoInfo", 'URI="https://lis.carrier.cn/loc/1"', 'URI="https://host-1.invalid/1"'),
    ("XALI", "lat=31.2304;cell=460-00-1234-5678;area=人民大道", "lat=31.23;cell=460-00-0-0;area=area 1"),
]
NOBODYS = [
    "Timestamp: 1795438187.050958",
    "Uniqueid: lab1-1795438187.0",
    "Channel: PJSIP/trunk-00000000",
    "Channel: AudioSocket/127.0.0.1:19102-d4fccf67-c5e2-4219-a132-56825be7e2cb",
    "MixMonitorId: 0x7eff1800cff0",
    "LoginTime: 1795438185",
    "CallerIDNum: 1101",
    "CallerIDNum: 13800138000",
    "ConnectedLineNum: <unknown>",
    "CallerIDName: Desk 1101",
    "Exten: 12345",
    "Conference: conflab1-17954378070",
    "RemoteAddr: 127.0.0.2:5070",
    'CallerID: "Dept 120" <120>',
    "StartTime: 2026-11-23 12:49:47",
    "File: %2Fvar%2Fspool%2Frec%2Flab1-1795438187.0-mix.wav",
    "Event: Hangup",
]


@pytest.mark.parametrize(("real", "invented"), FOUND)
def test_what_is_of_people_is_replaced(real: str, invented: str) -> None:
    assert scrub(real) == invented
    assert unscrubbed(real) == [f"line 1: {real.partition(':')[0]}"]
    assert unscrubbed(invented) == []


@pytest.mark.parametrize(("header", "real", "invented"), CODED)
def test_inside_coded_headers_too(header: str, real: str, invented: str) -> None:
    assert scrub(f"{header}: {quote(real, safe='')}") == f"{header}: {quote(invented, safe='')}"
    assert unscrubbed(f"{header}: {quote(invented, safe='')}") == []


@pytest.mark.parametrize("line", NOBODYS)
def test_what_is_nobodys_stays(line: str) -> None:
    assert scrub(line) == line


def test_the_same_person_stays_the_same_and_two_stay_two() -> None:
    text = (
        "File: 13912345678-mix.wav\r\nCallerIDNum: 13912345678\r\nNote: Wang Fang rang\r\n"
        "CallerIDName: Wang Fang\r\nCallerIDNum: 13800130000\r\nCallerIDNum: 18612345678\r\n"
    )
    assert scrub(text) == (
        "File: 13800130001-mix.wav\r\nCallerIDNum: 13800130001\r\nNote: Name 1 rang\r\n"
        "CallerIDName: Name 1\r\nCallerIDNum: 13800130000\r\nCallerIDNum: 13800130002\r\n"
    )


def test_a_name_that_is_a_word_of_asterisk_spoils_nothing() -> None:
    text = "Event: Hangup\nPrivilege: call,all\nCallerIDName: call\nContext: call\n"
    assert scrub(text) == "Event: Hangup\nPrivilege: call,all\nCallerIDName: Name 1\nContext: call\n"


def test_scrubbing_again_changes_nothing() -> None:
    text = "\n".join(
        [real for real, _ in FOUND] + [f"{name}: {quote(real, safe='')}" for name, real, _ in CODED]
    )
    once = scrub(text)
    assert scrub(once) == once
    assert scrub(text) == once
    assert unscrubbed(once) == []


def test_more_numbers_than_the_invented_range_has_are_refused() -> None:
    text = "\n".join(f"CallerIDNum: 139{number:08d}" for number in range(MAX_NUMBERS + 1))
    with pytest.raises(TooManyNumbers):
        scrub(text)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not here")
def test_a_scrubbed_trace_has_the_same_lines_and_headers() -> None:
    for trace in sorted(SHARED.glob("*.ami.txt")):
        text = trace.read_bytes().decode()
        before, after = text.split("\r\n"), scrub(text).split("\r\n")
        assert [line.partition(":")[0] for line in before] == [line.partition(":")[0] for line in after]
        assert unscrubbed("\r\n".join(after)) == []
