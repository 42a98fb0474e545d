"""What is around a handed-in body: opened in every form it may come in, and never a reason to fall."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.web.envelope import MAX_PARTS, BadEnvelope, checked_key, opened, sip_call_id_in

FORM = "multipart/form-data; boundary=b"


def form(*fields: tuple[str, bytes]) -> bytes:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + data
        for name, data in fields
    ]
    return b"\r\n".join(parts) + b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    "data", [b"<a/>", b"line\r\nline\r\n", b"\x00\xff\xfe", "地址".encode(), b"--b-not-a-boundary"]
)
def test_a_file_of_a_form_is_kept_byte_for_byte(data: bytes) -> None:
    envelope = opened(form(("sip_call_id", b"x@y"), ("file", data)), FORM)
    assert (envelope.sip_call_id, [part.body for part in envelope.parts]) == ("x@y", [data])


def test_a_form_with_too_many_parts_or_none_is_refused() -> None:
    with pytest.raises(BadEnvelope, match=str(MAX_PARTS)):
        opened(form(*(("file", b"x") for _ in range(MAX_PARTS + 2))), FORM)
    with pytest.raises(BadEnvelope, match="no body"):
        opened(form(("sip_call_id", b"x")), FORM)


@pytest.mark.parametrize(
    ("message", "call_id"),
    [
        (b"INVITE sip:110@x SIP/2.0\r\nCall-ID: a@b\r\n\r\n", "a@b"),
        (b"INVITE sip:110@x SIP/2.0\ni : a@b \n\nCall-ID: not this\n", "a@b"),
        (b"SIP/2.0 200 OK\r\nVia: x\r\ncall-id:a@b\r\n\r\n", "a@b"),
        (b"INVITE sip:110@x SIP/2.0\r\nVia: x\r\n\r\nCall-ID: in the body\r\n", None),
        (b"<presence/>", None),
        (b"Call-ID: a@b\r\n\r\n", None),
    ],
)
def test_the_call_id_of_a_sip_message_is_that_of_its_header(message: bytes, call_id: str | None) -> None:
    assert sip_call_id_in(message) == call_id


@pytest.mark.parametrize("key", ["", "  ", "x" * 300, "a\r\nb", "a\0b"])
def test_what_can_be_no_call_id_is_refused(key: str) -> None:
    with pytest.raises(BadEnvelope, match="printable"):
        checked_key(key)


@settings(max_examples=300)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        [
            "application/json",
            FORM,
            "multipart/form-data",
            "message/sip",
            "",
            "multipart/form-data; boundary=\r\n",
        ]
    ),
)
def test_no_body_whatever_makes_it_fall(body: bytes, content_type: str) -> None:
    with suppress(BadEnvelope):
        assert opened(body, content_type).parts


@given(
    st.dictionaries(
        st.sampled_from(["sip_call_id", "content_type", "body", "body_base64"]),
        st.none() | st.text() | st.integers(),
    )
)
def test_no_json_whatever_makes_it_fall(told: dict[str, object]) -> None:
    with suppress(BadEnvelope):
        assert opened(json.dumps(told).encode(), "application/json").parts
