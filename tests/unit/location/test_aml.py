"""What phones say of themselves. Messages are made here after ETSI TS 103 625; their numbers are invented."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location import aml
from gateway.location.aml_text import MAX_MESSAGES, NO_PLACE
from gateway.location.model import BodyReading, Datum, Shape, Stated
from gateway.location.shown import as_json

V1 = (
    'A"ML=1;lt=+31.23042;lg=+121.47370;rd=50;top=20260105080000;lc=90;pm=W;'
    "si=460001234567890;ei=867530012345678;mcc=460;mnc=00;ml=%d"
)
V1 = V1 % len(V1 % 100)
V2 = (
    'A"ML=2;en=110;et=1767600000;lo=31.23042,121.4737,20.5;lt=-3;lc=68;lz=12.5,3.0;ls=F;'
    "ei=867530012345678;nc=46000;hc=46001;lg=zh-CN,en"
)
FORM = (
    "v=3&emergency_number=110&source=CALL&time=1767599990000&location_latitude=31.23042&location_longitude=121.4737"
    "&location_time=1767600000500&location_accuracy=10.4&location_source=GPS&location_confidence=0.6827"
    "&location_altitude=12.5&location_floor=B2&device_number=%2B8613800000000&device_model=X+1"
    "&device_imei=867530012345678&device_imsi=460001234567890&cell_home_mcc=460&cell_home_mnc=00"
)


def only(reading: BodyReading) -> Stated:
    (place,) = reading.locations
    return place


def fields(reading: BodyReading) -> dict[str, str]:
    return {name: value for block in reading.additional for name, value in block.fields}


def faults(reading: BodyReading) -> str:
    return " | ".join(f"{fault.where}: {fault.what}" for fault in reading.faults)


def packed(text: str, fill: int = 0) -> bytes:
    """Seven bits a character, as a modem packs them (3GPP TS 23.038), after `fill` bits."""
    bits = 0
    for at, letter in enumerate(text):
        bits |= ord(letter) << (7 * at + fill)
    return bits.to_bytes((len(text) * 7 + fill + 7) // 8, "little")


def test_version_one_says_where_how_well_and_when() -> None:
    reading = aml.read(V1.encode())
    place = only(reading)
    assert (reading.kind, reading.faults) == ("aml-sms", ())
    assert (place.shape, place.latitude, place.longitude) == (Shape.CIRCLE, 31.23042, 121.4737)
    assert place.extent is not None
    assert place.extent.outer_m == 50.0
    assert (place.datum, place.confidence_percent, place.method) == (Datum.WGS_84, 90.0, "Wifi")
    assert place.obtained_at == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def test_version_two_says_height_and_counts_its_time_from_the_call() -> None:
    reading = aml.read(V2.encode())
    place = only(reading)
    assert (reading.kind, reading.faults) == ("aml-sms", ())
    assert (place.latitude, place.longitude, place.altitude_m, place.method) == (
        31.23042,
        121.4737,
        12.5,
        "Fused",
    )
    assert place.extent is not None
    assert place.extent.outer_m == 20.5
    assert place.obtained_at == datetime(2026, 1, 5, 7, 59, 57, tzinfo=UTC)
    told = fields(reading)
    assert (told["MCC"], told["MNC"], told["HomeMNC"], told["Languages"]) == ("460", "00", "01", "zh-CN,en")
    assert (told["EmergencyNumber"], told["VerticalAccuracy"]) == ("110", "3.0")


def test_what_names_a_person_comes_as_additional_data_only() -> None:
    for body in (V1, V2, FORM):
        reading = aml.read(body.encode())
        assert fields(reading)["IMEI"] == "867530012345678"
        assert "867530012345678" not in repr(reading.locations)
    assert [block.block for block in aml.read(V1.encode()).additional] == ["DeviceInfo", "ServiceInfo"]


@pytest.mark.parametrize("fill", range(7))
@pytest.mark.parametrize(
    "before", [b"", bytes.fromhex("060504c3500000"), bytes.fromhex("0791683108200105f0440d")]
)
@pytest.mark.parametrize("text", [V1, V2])
def test_a_data_sms_is_read_behind_any_header_and_fill_bits(text: str, before: bytes, fill: int) -> None:
    data = before + packed(text, fill)
    wire = [
        data,
        data.hex().encode(),
        data.hex(" ").upper().encode(),
        base64.b64encode(data),
        base64.encodebytes(data),
    ]
    for body in wire:
        reading = aml.read(body)
        assert reading.kind == "aml-data-sms", body
        assert (only(reading).latitude, reading.faults) == (31.23042, ())


def test_a_data_sms_of_eight_bits_a_character_is_read() -> None:
    reading = aml.read(bytes.fromhex("060504c3500000") + V1.encode())
    assert (reading.kind, only(reading).latitude, reading.faults) == ("aml-data-sms", 31.23042, ())


def test_a_wrong_length_is_told_and_the_place_still_counts() -> None:
    reading = aml.read(V1.replace("rd=50", "rd=5000").encode())
    assert only(reading).latitude == 31.23042
    assert "ml: the message says" in faults(reading)


@pytest.mark.parametrize(
    "text",
    [
        V1.replace('A"ML', 'A""ML'),
        V1.replace('A"ML', "AML"),
        V1.replace('A"ML', "A”ML"),
        f'"{V1}"',
        f"  {V1}\r\n",
        V1.replace(";", " ; ").replace("=", " = "),
        V1.lower().replace('a"ml', 'A"ML'),
        'A"ML=1;ei=1;pm=W;lc=90;top=20260105080000;rd=50;lg=121.47370;lt=31.23042',
        V1.replace(";", "\r\n"),
    ],
)
def test_what_carriers_make_of_the_text_on_its_way_is_still_read(text: str) -> None:
    for body in (text.encode(), text.encode("utf-16"), b"\xef\xbb\xbf" + text.encode()):
        assert aml.recognises(body)
        place = only(aml.read(body))
        assert (place.latitude, place.longitude, place.method) == (31.23042, 121.4737, "Wifi")


@pytest.mark.parametrize(
    "text",
    [
        'A"ML=1;lt=;lg=;rd=N;top=20260105080000;lc=0;pm=N;si=1;ei=2',
        'A"ML=1;lt=+00.00000;lg=+000.00000;rd=N;top=20260105080000;lc=0;pm=N',
        'A"ML=1;top=20260105080000;pm=N;ei=2',
        'A"ML=2;en=110;et=1767600000;ei=2',
        'A"ML=2;en=110;et=1767600000;lo=;ei=2',
        "v=1&device_imei=2&device_number=13800000000",
        "location_latitude=0.0&location_longitude=0.0&device_imei=2",
    ],
)
def test_a_phone_that_found_no_place_says_so_and_gives_none(text: str) -> None:
    reading = aml.read(text.encode())
    assert aml.recognises(text.encode())
    assert (reading.locations, [fault.what for fault in reading.faults]) == ((), [NO_PLACE])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('A"ML=1;lt=31,23;lg=121.4', "lt: '31,23' has a comma for a decimal point; write 31.23"),
        (
            'A"ML=1;lt=121.47;lg=31.23',
            "lt: latitude 121.47 is beyond ±90°; latitude and longitude look swapped",
        ),
        ('A"ML=1;lt=95;lg=195', "lt: 95 is not within -90 and 90°"),
        ('A"ML=1;lt=NaN;lg=121.4', "lt: not a number: 'NaN'"),
        ('A"ML=1;lt=1_0;lg=121.4', "lt: not a number: '1_0'"),
        ('A"ML=1;lt=31.23', "lg: lg is empty or missing"),
        ('A"ML=2;lo=31,23;et=x', "et: not a time: 'x'"),
        ('A"ML=2;lo=31,23,5,6', "lo: 4 values"),
        ("location_latitude=inf&location_longitude=1", "location_latitude: not a number: 'inf'"),
    ],
)
def test_bad_coordinates_are_told_with_their_field(text: str, told: str) -> None:
    assert told in faults(aml.read(text.encode()))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (V1.replace("top=20260105080000", "top=20261305080000"), "top: not a time"),
        (V1.replace("rd=50", "rd=-5"), "rd: -5 is not within"),
        (V1.replace("lc=90", "lc=900"), "lc: 900 is not within"),
        (V1.replace("pm=W", "pm=Z"), "pm: positioning method 'Z'"),
        (V1 + ";lt=1", "lt: lt stands twice; the first counts"),
        (V1 + ";???", "message: no name=value: '???'"),
        (V1.replace("ML=1", "ML=7"), "A\"ML: version '7' is not known"),
    ],
)
def test_a_bad_detail_spoils_the_detail_only(text: str, told: str) -> None:
    reading = aml.read(text.encode())
    assert only(reading).latitude == 31.23042
    assert told in faults(reading)


def test_several_messages_in_one_body_are_each_read() -> None:
    reading = aml.read(f"{V1}\n{V2}\n".encode())
    assert [place.method for place in reading.locations] == ["Wifi", "Fused"]
    many = aml.read("\n".join([V1] * (MAX_MESSAGES + 1)).encode())
    assert len(many.locations) == MAX_MESSAGES
    assert f"only the first {MAX_MESSAGES}" in faults(many)


def test_a_form_says_the_place_the_phone_and_the_network() -> None:
    reading = aml.read(FORM.encode())
    place = only(reading)
    assert (reading.kind, reading.faults) == ("aml-https", ())
    assert (place.latitude, place.longitude, place.altitude_m, place.method) == (
        31.23042,
        121.4737,
        12.5,
        "GNSS",
    )
    assert place.confidence_percent == pytest.approx(68.27)
    assert place.obtained_at == datetime(2026, 1, 5, 8, 0, 0, 500_000, tzinfo=UTC)
    told = fields(reading)
    assert (aml.caller(reading), told["Floor"], told["HomeMCC"]) == ("+8613800000000", "B2", "460")
    assert (told["DeviceModelNr"], told["CallBegan"]) == ("X 1", "2026-01-05T07:59:50+00:00")


def test_json_says_the_same_flat_nested_or_in_a_list() -> None:
    flat = {
        "v": "1", "location_latitude": 31.23042, "location_longitude": "121.4737", "location_accuracy": 10,
        "location_certainty": 83, "location_source": "WIFI", "device_number": "+8613800000000",
    }  # fmt: skip
    nested = {
        "location": {
            "latitude": 31.23042,
            "longitude": 121.4737,
            "accuracy": 10,
            "certainty": 83,
            "source": "wifi",
        },
        "device": {"number": "+8613800000000"},
    }
    for body in (flat, nested, [flat], [nested, flat]):
        reading = aml.read(json.dumps(body).encode())
        place = reading.locations[0]
        assert (reading.kind, place.latitude, place.confidence_percent, place.method) == (
            "aml-https", 31.23042, 83.0, "Wifi",
        )  # fmt: skip
        assert aml.caller(reading) == "+8613800000000"


def test_a_plus_that_came_unescaped_is_still_the_number() -> None:
    assert aml.caller(aml.read(FORM.replace("%2B", "+").encode())) == "+8613800000000"


def test_an_sms_gateways_envelope_gives_message_and_sender() -> None:
    bodies = [
        json.dumps({"from": "+8613800000000", "text": V1}).encode(),
        json.dumps({"sender": "+8613800000000", "data": base64.b64encode(packed(V2)).decode()}).encode(),
        (
            "message="
            + V1.replace('"', "%22").replace(";", "%3B").replace("+", "%2B")
            + "&from=%2B8613800000000"
        ).encode(),
    ]
    for body in bodies:
        reading = aml.read(body)
        assert (only(reading).latitude, aml.caller(reading)) == (31.23042, "+8613800000000")


def test_a_signature_holds_for_the_body_and_the_secret_only() -> None:
    body = FORM.encode()
    for digest in (hashlib.sha1, hashlib.sha256):
        code = hmac.new(b"secret", body, digest)
        written = [code.hexdigest(), code.hexdigest().upper(), base64.b64encode(code.digest()).decode()]
        for signature in [*written, f"{code.name.removeprefix('hmac-')}={code.hexdigest()}"]:
            assert aml.verified(body, signature, "secret"), signature
            assert not aml.verified(body, signature, "Secret")
            assert not aml.verified(body + b"1", signature, "secret")
    for signature in ("", "zz", "ab" * 16, "é", code.hexdigest()[:-2]):
        assert not aml.verified(body, signature, "secret")


def test_the_last_field_of_a_form_signs_what_stands_before_it() -> None:
    body = FORM.encode()
    signed = body + b"&hmac=" + hmac.new(b"AML", body, hashlib.sha1).hexdigest().encode()
    assert aml.verified(signed, None, "AML")
    assert not aml.verified(signed, None, "")
    assert not aml.verified(body, None, "AML")
    assert not aml.verified(signed.replace(b"31.23042", b"31.23043"), None, "AML")
    assert not aml.verified(signed + b"&location_latitude=1", None, "AML")
    assert only(aml.read(signed)).latitude == 31.23042


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"<presence/>", b"{}", b"[]", b"a=1&b=2", b"lat=31;lon=121", bytes(200), b"A" * 70_000,
     b'{"location_x": 1}', b"AMLodipine", "110报警".encode("gb18030")],
)  # fmt: skip
def test_other_bodies_are_not_taken_for_aml(body: bytes) -> None:
    assert not aml.recognises(body)
    assert [fault.where for fault in aml.read(body).faults] == ["body"]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    aml.read(body)


@given(st.integers(0, 2**32), st.sampled_from([V1, V2, FORM]), st.integers(1, 6))
def test_no_damaged_message_breaks_the_reader_or_leaves_the_earth(seed: int, text: str, changes: int) -> None:
    chance = random.Random(seed)
    letters = list(text)
    for _ in range(changes):
        at = chance.randrange(len(letters))
        letters[at : at + chance.randrange(3)] = chance.choice(
            ["", ";", "=", "9", ",", "\x00", "é", "&", "-", "."]
        )
    for place in aml.read("".join(letters).encode()).locations:
        assert place.latitude is not None
        assert -90 <= place.latitude <= 90
        assert place.longitude is not None
        assert -180 <= place.longitude <= 180


def test_fields_that_nobody_knows_are_kept_within_bounds() -> None:
    for body in (f"{V1};{'x' * 500}={'y' * 500}", f"{FORM}&{'x' * 500}={'y' * 500}"):
        told = fields(aml.read(body.encode()))
        assert told["x" * 40] == "y" * 200


@pytest.mark.parametrize(
    "body",
    [
        '{"from": "1380", "text": "\\ud800A\\"ML=1;lt=+31.2;lg=+121.4"}',
        '{"from": "1380", "text": "hello \\ud800"}',
        '{"location_latitude": 31.2, "location_longitude": 121.4, "device_model": "\\ud800", "\\udfff": "x"}',
        '[{"location": {"latitude": "31.2\\ud800", "longitude": 121.4}}]',
    ],
)
def test_half_a_character_in_json_breaks_nothing_and_is_written_as_a_question_mark(body: str) -> None:
    found = as_json(aml.read(body.encode()))
    json.dumps(found, ensure_ascii=False).encode()
