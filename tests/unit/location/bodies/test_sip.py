"""SIP messages and multipart bodies: which part says what."""

from __future__ import annotations

import base64

import pytest

from gateway.location.bodies.mime import MAX_MESSAGES, MAX_PARTS
from gateway.location.body import read
from gateway.location.model import Additional, Shape
from gateway.testing import location_bodies as bodies

PIDF = "application/pidf+xml"
SDP = ("application/sdp", "", "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\n")


def document(place: str) -> str:
    return bodies.presence(bodies.in_device(bodies.info(place)))


def test_geolocation_headers_name_the_order_by_reference_and_by_part() -> None:
    message = bodies.invite(
        SDP,
        (PIDF, "far@pbx", document(bodies.CIRCLE)),
        (PIDF, "near@pbx", document(bodies.POINT)),
        (PIDF, "", document(bodies.CIVIC)),
        headers=(
            'Geolocation: <cid:near@pbx>, <https://lis.city.example/l?a=1,2>;loc-src="lis.city.example"',
            "Geolocation: <cid:far%40pbx>;inserted-by=sbc",
            "Geolocation-Routing: yes",
        ),
    )
    reading = read(message)
    assert reading.kind == "sip"
    assert not reading.faults
    assert [place.shape for place in reading.locations] == [
        Shape.POINT,
        Shape.REFERENCE,
        Shape.CIRCLE,
        Shape.CIVIC,
    ]
    reference = reading.locations[1]
    assert (reference.uri, reference.provided_by) == ("https://lis.city.example/l?a=1,2", "lis.city.example")


def test_a_cid_without_its_part_is_told_and_the_other_references_count() -> None:
    reading = read(
        bodies.invite(SDP, headers=("Geolocation: <cid:gone@pbx>", "Geolocation: sips:lis@city.example;x=y"))
    )
    assert [place.uri for place in reading.locations] == ["sips:lis@city.example"]
    assert "no part of the body has the Content-ID 'gone@pbx'" in reading.faults[0].what


def test_call_info_names_additional_data_by_reference_and_parts_bring_it() -> None:
    reading = read(
        bodies.invite(
            ("application/EmergencyCallData.ProviderInfo+xml", "p@pbx", bodies.PROVIDER),
            headers=(
                "Call-Info: <cid:p@pbx>;purpose=EmergencyCallData.ProviderInfo",
                "Call-Info: <https://data.example/s>;purpose=EmergencyCallData.SubscriberInfo",
                "Call-Info: http://data.example/v;purpose=EmergencyCallData.ServiceInfo",
                "Call-Info: <urn:emergency:uid:callid:1:x>;purpose=emergency-CallId",
            ),
        )
    )
    assert [block.block for block in reading.additional] == ["ProviderInfo", "SubscriberInfo", "ServiceInfo"]
    assert reading.additional[1] == Additional(
        block="SubscriberInfo", fields=(("uri", "https://data.example/s"),)
    )


def test_parts_of_parts_are_read() -> None:
    inner = (
        f"--in\r\nContent-Type: {PIDF}\r\nContent-ID: <l@x>\r\n\r\n{document(bodies.CIRCLE)}\r\n--in--\r\n"
    )
    message = bodies.invite(
        SDP, ('multipart/mixed; boundary="in"', "", inner), headers=("Geolocation: <cid:l@x>",)
    )
    reading = read(message)
    assert [place.shape for place in reading.locations] == [Shape.CIRCLE]
    assert not reading.faults


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_body_that_is_no_multipart_and_compact_headers_are_read(end: str) -> None:
    message = (
        f"INVITE sip:110@city.example SIP/2.0\r\nc: {PIDF}\r\nl: 99999\r\n\r\n{document(bodies.POINT)}\r\n"
    )
    reading = read(message.replace("\r\n", end).encode())
    assert [place.shape for place in reading.locations] == [Shape.POINT]
    assert not reading.faults


def test_folded_headers_are_one_line() -> None:
    message = bodies.invite(SDP, headers=("Geolocation: <https://a.example/1>,\r\n <https://a.example/2>",))
    assert [place.uri for place in read(message).locations] == ["https://a.example/1", "https://a.example/2"]


def test_an_answer_is_a_message_too() -> None:
    assert read(b"SIP/2.0 200 OK\r\nGeolocation: <https://a.example/1>\r\n\r\n").locations[0].uri


def test_messages_of_a_log_are_read_one_by_one_and_the_same_place_counts_once() -> None:
    message = bodies.invite((PIDF, "", document(bodies.POINT)))
    other = bodies.invite((PIDF, "", document(bodies.POINT.replace("31.2304", "9x"))), end="\n")
    reading = read(message + b"ACK sip:x SIP/2.0\r\nCSeq: 1 ACK\r\n\r\n" + message + other)
    assert len(reading.locations) == 1
    assert reading.faults[0].where.startswith("message 4: part 1: presence")
    assert "only the first 16" in read(message * (MAX_MESSAGES + 1)).faults[0].what


@pytest.mark.parametrize(
    ("stated", "told"), [("; boundary=other", "'other' is nowhere"), ("", "no boundary is declared")]
)
def test_a_wrong_boundary_is_told_and_the_parts_are_found(stated: str, told: str) -> None:
    message = bodies.invite((PIDF, "", document(bodies.POINT))).replace(b"; boundary=b1", stated.encode())
    reading = read(message)
    assert len(reading.locations) == 1
    assert told in reading.faults[0].what


def test_a_message_that_was_cut_keeps_its_whole_parts() -> None:
    message = bodies.invite((PIDF, "", document(bodies.POINT)), (PIDF, "", document(bodies.CIVIC)))
    reading = read(message[: message.index("东路".encode())])
    assert [place.shape for place in reading.locations] == [Shape.POINT]
    assert reading.faults


def test_transfer_encodings_are_undone() -> None:
    text = document(bodies.CIVIC)
    coded = base64.encodebytes(text.encode()).decode().replace("\n", "\r\n")
    message = bodies.invite((f"{PIDF}\r\nContent-Transfer-Encoding: base64", "", coded))
    assert read(message).locations[0].shape is Shape.CIVIC
    printable = document(bodies.POINT).replace("=", "=3D")
    message = bodies.invite((f"{PIDF}\r\nContent-Transfer-Encoding: quoted-printable", "", printable))
    assert read(message).locations[0].shape is Shape.POINT
    broken = bodies.invite((f"{PIDF}\r\nContent-Transfer-Encoding: base64", "", "***"))
    assert "not base64" in read(broken).faults[0].what


def test_a_bare_multipart_body_needs_no_message() -> None:
    body = bodies.invite(SDP, (PIDF, "", document(bodies.POINT))).partition(b"\r\n\r\n")[2]
    for data in (body, b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n" + body):
        reading = read(data)
        assert (reading.kind, len(reading.locations), reading.faults) == ("multipart", 1, ())
    reading = read(b"preamble\r\n" + body, content_type="multipart/mixed; boundary=b1")
    assert len(reading.locations) == 1


def test_a_single_part_with_its_headers_is_read_as_what_it_holds() -> None:
    reading = read(f"Content-Type: {PIDF}\r\n\r\n{document(bodies.POINT)}".encode())
    assert (reading.kind, len(reading.locations)) == ("pidf-lo", 1)


def test_the_number_of_parts_and_their_depth_are_limited() -> None:
    many = bodies.invite(*[(PIDF, "", document(bodies.POINT))] * (MAX_PARTS + 1))
    assert any("only the first 64" in fault.what for fault in read(many).faults)
    text = document(bodies.POINT)
    for n in range(12):
        text = f"--b{n}x\r\nContent-Type: multipart/mixed; boundary=b{n - 1}x\r\n\r\n{text}\r\n--b{n}x--\r\n"
    reading = read(text.encode())
    assert any("nested deeper" in fault.what for fault in reading.faults)
    assert not reading.locations


def test_pictures_text_and_other_documents_are_nobodys_location_and_no_fault() -> None:
    reading = read(
        bodies.invite(
            ("text/plain", "", "<presence>"),
            ("image/png", "", "\x89PNG"),
            ("application/rs-metadata+xml", "", "<recording/>"),
            SDP,
        )
    )
    assert (reading.locations, reading.additional, reading.faults) == ((), (), ())


@pytest.mark.parametrize("name", ["e", "Content-Encoding"])
def test_a_body_that_cannot_be_unpacked_is_told(name: str) -> None:
    message = f"INVITE a SIP/2.0\r\nContent-Type: {PIDF}\r\n{name}: br\r\n\r\n\x1b"
    assert [fault.what for fault in read(message.encode("latin-1")).faults] == [
        "a packed body (br) is not read"
    ]
    part = bodies.invite((f"{PIDF}\r\n{name}: deflate", "", "xx"))
    assert "not packed as it says" in read(part).faults[0].what
