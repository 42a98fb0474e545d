"""Messages of a known shape are read by one expression; nothing may depend on whether a shape is
remembered.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.pbx import message
from gateway.pbx.framing import AmiFramer
from gateway.pbx.message import MAX_READERS, AmiMessage, malformed, message_of, parse, verdict

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
TRACE = Path(message.__file__).parents[1] / "testing/bench/call.ami.txt"


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(message, "_readers", {})


def told(one: AmiMessage) -> tuple[object, ...]:
    return one.headers, one.fault, one.encoding, verdict(one), one.event, one.source_at


def test_second_reading_of_a_real_call_is_the_first() -> None:
    frames = AmiFramer().feed(TRACE.read_bytes())
    first = [told(parse(frame.raw, NOW)) for frame in frames]
    assert message._readers
    assert [told(parse(frame.raw, NOW)) for frame in frames] == first


@pytest.mark.parametrize(
    "value", [b"a\nb", b"a\rb", b"a\0b", "北京".encode("gb18030"), b"\xff", b"", b"a: b", "北京".encode()]
)
def test_value_that_is_special_is_read_alike_whether_the_shape_is_known_or_not(value: bytes) -> None:
    raw = b"Event: DTMFEnd\r\nPrivilege: dtmf,all\r\nDigit: %b"
    fresh = told(parse(raw % value, NOW))
    parse(raw % b"1", NOW)
    assert told(parse(raw % value, NOW)) == fresh


def test_fault_of_the_framing_is_kept_for_a_known_shape() -> None:
    raw = b"Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Cleanly\r\nRestart: False"
    assert malformed(parse(raw, NOW)) is None
    assert message._readers[b"Event: Shutdown"]
    assert malformed(parse(raw, NOW, "cut short")) == "cut short"


def test_stranger_cannot_fill_the_memory() -> None:
    for number in range(50):
        parse(b"Event: Invented%d\r\nPrivilege: call,all\r\nX: y" % number, NOW)
        parse(b"Event: UserEvent\r\nPrivilege: user,all\r\nUserEvent: X\r\nH%d: y" % number, NOW)
        parse(b"Event: Hangup\r\nPrivilege: call,all\r\nForged%d: y" % number, NOW)
    assert {first: len(known) for first, known in message._readers.items() if known} == {
        b"Event: UserEvent": MAX_READERS
    }


def test_message_made_of_headers_is_the_one_that_was_read() -> None:
    read = parse(b"Event: Hold\r\nPrivilege: call,all\r\nA: 1\r\nA: 2", NOW)
    made = message_of(read.headers, NOW)
    assert (made.headers, made.get("A"), made.all("A"), made.get("B", "?")) == (
        read.headers,
        "1",
        ("1", "2"),
        "?",
    )
    assert message_of((), NOW).event is None
