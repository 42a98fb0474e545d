"""Fixed-field records, in the shipped layout and in others that a site may have to describe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location import alirecord
from gateway.location.alirecord import (
    SHIPPED,
    Answer,
    FieldKind,
    RecordField,
    RecordLayout,
    read_record,
    sector,
)
from gateway.location.angle import Notation
from gateway.location.model import BodyReading, Datum, Shape, Stated
from gateway.testing.fake_ali import written

FOUND = {
    "status": "R",
    "sequence": "000042",
    "number": "02161234567",
    "ClassOfService": "R",
    "datum": "G",
    "latitude": "+31.230417",
    "longitude": "+121.473701",
    "uncertainty": "35",
    "confidence": "90",
    "time": "20260105080000",
    "provider": "京海固网",
    "Name": "王小明",
    "address": "京海市东城区建国路88号3单元502室",
}


def only(reading: BodyReading) -> Stated:
    (place,) = reading.locations
    return place


def told(reading: BodyReading) -> list[str]:
    return [f"{fault.where}: {fault.what}" for fault in reading.faults]


def test_a_shipped_record_says_place_address_and_subscriber() -> None:
    record = written(FOUND, SHIPPED)
    assert len(record) == SHIPPED.length
    found = read_record(record, SHIPPED)
    place = only(found.reading)
    assert (found.answer, found.number, found.sequence) == (Answer.FOUND, "02161234567", "000042")
    assert (place.latitude, place.longitude, place.datum) == (31.230417, 121.473701, Datum.GCJ_02)
    assert (place.shape, place.confidence_percent, place.provided_by) == (Shape.CIRCLE, 90.0, "京海固网")
    assert (place.address, place.obtained_at) == (FOUND["address"], datetime(2026, 1, 5, 8, 0, tzinfo=UTC))
    additional = {block.block: dict(block.fields) for block in found.reading.additional}
    assert additional == {
        "ServiceInfo": {"ClassOfService": "residence"},
        "SubscriberInfo": {"Name": "王小明"},
    }
    assert found.reading.faults == ()


def test_a_record_by_itself_is_recognised_as_a_body() -> None:
    body = b"\x02" + written(FOUND, SHIPPED) + b"\x03\r\n"
    assert alirecord.recognises(body)
    assert only(alirecord.read(body)).latitude == 31.230417
    assert not any(map(alirecord.recognises, (b"", b"\x02\x03", b"\x02R\x03", body[1:], b"<x/>")))


@pytest.mark.parametrize(
    ("status", "answer"), [("N", Answer.NOT_FOUND), ("E", Answer.REFUSED), ("H", Answer.HEARTBEAT)]
)
def test_other_answers_carry_no_place(status: str, answer: Answer) -> None:
    found = read_record(written(FOUND | {"status": status}, SHIPPED), SHIPPED)
    assert (found.answer, found.number, found.reading.locations) == (answer, "02161234567", ())


def test_a_status_nobody_knows_is_a_refusal_that_says_so() -> None:
    found = read_record(written(FOUND | {"status": "Q"}, SHIPPED), SHIPPED)
    assert found.answer is Answer.REFUSED
    assert told(found.reading) == ["status: status 'Q' is not in the layout's codes (R, N, E, H)"]


def test_a_record_without_a_datum_leaves_it_to_the_sources_configuration() -> None:
    record = written(FOUND | {"datum": ""}, SHIPPED)
    assert only(read_record(record, SHIPPED).reading).datum is None
    assert only(read_record(record, replace(SHIPPED, datum=Datum.CGCS2000)).reading).datum is Datum.CGCS2000


def test_a_datum_nobody_knows_spoils_the_position_and_not_the_address() -> None:
    reading = read_record(written(FOUND | {"datum": "Z"}, SHIPPED), SHIPPED).reading
    place = only(reading)
    assert (place.shape, place.latitude, place.address) == (Shape.CIVIC, None, FOUND["address"])
    assert told(reading)[0].startswith("datum: datum 'Z' is none of")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"latitude": "+95.0"}, "latitude: +95.0 is beyond ±90°; is it the longitude?"),
        ({"longitude": "121,5"}, "longitude: '121,5' has a comma for a decimal point; write 121.5"),
        (
            {"latitude": "87.6", "longitude": "43.8"},
            "latitude: latitude 87.6 and longitude 43.8 look swapped: exchanged they lie in China",
        ),
        ({"longitude": ""}, "latitude: only a latitude: a position needs both coordinates"),
        ({"time": "yesterday"}, "time: not a time: 'yesterday'; the layout's pattern is %Y%m%d%H%M%S"),
        ({"uncertainty": "-5"}, "uncertainty: -5 is not within 0 and 1e+06"),
        ({"confidence": "999"}, "confidence: 999 is not within 0 and 100"),
    ],
)
def test_a_bad_field_is_told_and_the_rest_of_the_record_counts(change: dict[str, str], fault: str) -> None:
    reading = read_record(written(FOUND | change, SHIPPED), SHIPPED).reading
    assert told(reading) == [fault]
    assert only(reading).address == FOUND["address"]


def test_a_cut_record_gives_what_is_there() -> None:
    reading = read_record(written(FOUND, SHIPPED)[:70], SHIPPED).reading
    place = only(reading)
    assert (place.latitude, place.address) == (31.230417, None)
    assert told(reading) == ["record: 70 bytes; the layout has 210"]


def test_text_in_another_encoding_is_told() -> None:
    reading = read_record(
        written(FOUND, SHIPPED)[:130] + "\xff\xfe路".encode("latin-1", "replace").ljust(80), SHIPPED
    ).reading
    assert told(reading)[0].startswith("address: not gb18030")


def test_a_found_record_without_any_place_says_so() -> None:
    empty = dict.fromkeys(FOUND, "") | {"status": "R"}
    reading = read_record(written(empty, SHIPPED), SHIPPED).reading
    assert (reading.locations, told(reading)) == ((), ["record: neither a position nor an address in it"])
    assert read_record(b"x" * 5_000, SHIPPED).answer is Answer.REFUSED


WIRELESS = RecordLayout(
    encoding="ascii",
    in_bytes=False,
    datum=Datum.WGS_84,
    fields=(
        RecordField(kind=FieldKind.NUMBER, start=1, length=10),
        RecordField(kind=FieldKind.LATITUDE, start=11, length=9, notation=Notation.SECONDS, decimals=2),
        RecordField(kind=FieldKind.LONGITUDE, start=20, length=10, notation=Notation.SECONDS, decimals=2),
        RecordField(kind=FieldKind.UNCERTAINTY, start=30, length=4, scale=10),
        RecordField(kind=FieldKind.AZIMUTH, start=34, length=3),
        RecordField(kind=FieldKind.OPENING, start=37, length=3),
        RecordField(kind=FieldKind.METHOD, start=40, length=4, codes=(("WPH2", "Cell"),)),
        RecordField(kind=FieldKind.CIVIC, start=44, length=10, name="RD"),
        RecordField(kind=FieldKind.CIVIC, start=54, length=5, name="HNO"),
        RecordField(
            kind=FieldKind.TIME, start=59, length=12, pattern="%y%m%d%H%M%S", utc_offset_h=8
        ),
    ),
)  # fmt: skip


def test_another_layout_may_have_other_notations_a_sector_and_civic_elements() -> None:
    values = {
        "number": "2161234567", "latitude": "31134950", "longitude": "121282532", "uncertainty": "80",
        "azimuth": "10", "opening": "60", "method": "WPH2", "RD": "Jianguo Rd", "HNO": "88",
        "time": "260105160000",
    }  # fmt: skip
    found = read_record(written(values, WIRELESS), WIRELESS)
    place = only(found.reading)
    assert (found.answer, found.number) == (Answer.FOUND, "2161234567")
    assert (round(place.latitude or 0, 6), round(place.longitude or 0, 6)) == (31.230417, 121.4737)
    assert place.extent == sector(10, 60, 800)
    assert (place.shape, place.method, place.datum) == (Shape.ARC_BAND, "Cell", Datum.WGS_84)
    assert place.civic == (("RD", "Jianguo Rd"), ("HNO", "88"))
    assert place.obtained_at == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def test_a_sector_begins_half_its_opening_before_its_azimuth() -> None:
    assert (sector(10, 60, 800).orientation_deg, sector(10, 60, 800).opening_deg) == (340.0, 60)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(record: bytes) -> None:
    for layout in (SHIPPED, WIRELESS):
        for place in read_record(record, layout).reading.locations:
            assert place.latitude is None or -90 <= place.latitude <= 90
    alirecord.recognises(record)


@given(st.fixed_dictionaries({name: st.text(max_size=12) for name in FOUND}))
def test_no_field_breaks_the_reader(values: dict[str, str]) -> None:
    read_record(written(values | {"status": "R"}, SHIPPED), SHIPPED)
