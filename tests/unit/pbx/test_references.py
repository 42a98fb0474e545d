"""What the SIP headers of a call refer to, as the dialplan hands them on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pbx.message import AmiMessage, message_of, parse
from gateway.pbx.references import CUT_AT, MAX_REFERENCES, referenced

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
HELD = "https://lis.example/held/357yc6s64ceyoiuy5ax3o"


def told(**headers: str) -> AmiMessage:
    pairs = [
        ("Event", "UserEvent"),
        *((name, quote(text, safe="")[:CUT_AT]) for name, text in headers.items()),
    ]
    return message_of(pairs, AT)


def test_a_geolocation_header_by_reference_is_to_be_fetched() -> None:
    assert referenced(told(GeoHeader=f"<{HELD}>")).uris == (HELD,)


def test_two_headers_and_a_list_in_one_are_kept_in_order_and_each_once() -> None:
    message = told(GeoHeader=f"<{HELD}>, <https://b.example/2>;inserted-by=x", GeoHeader2=f"<{HELD}>")
    assert referenced(message).uris == (HELD, "https://b.example/2")


def test_a_body_by_value_is_no_reference() -> None:
    assert referenced(told(GeoHeader="<cid:target123@atlanta.example>")) == referenced(told())


def test_asterisks_own_reading_of_a_reference_and_the_header_are_the_same_one() -> None:
    message = told(GeoFormat="URI", GeoInfo=f'URI="{HELD}"', GeoHeader=f"<{HELD}>")
    assert referenced(message).uris == (HELD,)


def test_call_info_counts_only_where_it_is_about_emergency_data() -> None:
    message = told(
        CallInfo1="<https://p.example/info>;purpose=EmergencyCallData.ProviderInfo",
        CallInfo2="<https://evil.example/pic.png>;purpose=icon",
        CallInfo3='<urn:emergency:uid:callid:1:x>;purpose="emergency-CallId", '
        '<https://s.example/sub>;purpose="EmergencyCallData.SubscriberInfo"',
    )
    assert referenced(message).uris == ("https://p.example/info", "https://s.example/sub")


@pytest.mark.parametrize(
    "uri", ["sips:presence@atlanta.example", "ftp://x/y", "file:///etc/passwd", "held:x", "nothing"]
)
def test_what_cannot_be_fetched_is_told_with_its_reason(uri: str) -> None:
    found = referenced(told(GeoHeader=f"<{uri}>"))
    assert found.uris == ()
    assert [refused.raw for refused in found.refused] == [uri]
    assert "only http(s)" in found.refused[0].reason


def test_a_header_that_was_cut_gives_its_whole_references_and_says_that_one_is_lost() -> None:
    long = f"<{HELD}>, <https://b.example/{'x' * 900}>"
    found = referenced(told(GeoHeader=long))
    assert found.uris == (HELD,)
    assert "cut" in found.refused[0].reason


def test_more_references_than_are_fetched_are_told() -> None:
    many = ",".join(f"<https://h.example/{number}>" for number in range(MAX_REFERENCES + 2))
    found = referenced(told(GeoHeader=many))
    assert len(found.uris) == MAX_REFERENCES
    assert len(found.refused) == 2


@given(st.text(max_size=400), st.text(max_size=400))
def test_no_header_whatever_makes_it_fall(geolocation: str, call_info: str) -> None:
    pairs = [
        ("Event", "UserEvent"),
        ("GeoHeader", geolocation),
        ("CallInfo1", call_info),
        ("GeoFormat", "URI"),
    ]
    referenced(message_of(pairs, AT))


def test_what_a_real_pbx_told_of_two_headers_of_a_kind_is_found() -> None:
    stream = Path(__file__).parents[2] / "traces/place_references/stream.ami.txt"
    blocks = [parse(block, AT) for block in stream.read_bytes().split(b"\r\n\r\n")]
    found = [
        referenced(message) for message in blocks if (message.get("UserEvent") or "").startswith("Alarm")
    ]
    assert [uri for one in found for uri in one.uris] == [
        "https://host-1.invalid/1",
        "https://host-2.invalid/2",
    ]
    assert [one.raw for two in found for one in two.refused] == ["sips:place@host-1.invalid"]
