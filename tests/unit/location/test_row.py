"""Rows of a site's own tables."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.model import Datum, Shape
from gateway.location.row import cell, cell_name, column, number_key, number_span, subscriber


def test_a_subscriber_has_a_place_a_name_and_whatever_else_the_row_says() -> None:
    row = {"number": "1", "name": "王小明", "address": "建国路88号", "latitude": "31.2", "longitude": "121.4"}
    row |= {"datum": "gcj02", "radius_m": "20", "class_of_service": "residence", "RD": "建国路", "HNO": "88"}
    reading = subscriber(row | {"备注": "独居老人", "provider": "京海固网"})
    (place,) = reading.locations
    assert (place.latitude, place.datum, place.address, place.provided_by) == (
        31.2, Datum.GCJ_02, "建国路88号", "京海固网",
    )  # fmt: skip
    assert place.civic == (("RD", "建国路"), ("HNO", "88"))
    assert {block.block: dict(block.fields) for block in reading.additional} == {
        "SubscriberInfo": {"Name": "王小明", "备注": "独居老人"},
        "ServiceInfo": {"ClassOfService": "residence"},
    }


def test_an_address_alone_is_a_place_too() -> None:
    (place,) = subscriber({"number": "1", "address": "建国路88号"}).locations
    assert (place.shape, place.latitude, place.address) == (Shape.CIVIC, None, "建国路88号")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"number": "1"}, "row: neither a position nor an address in it"),
        ({"latitude": "31,2", "longitude": "121"}, "latitude: '31,2' has a comma for a decimal point"),
        ({"latitude": "121", "longitude": "31"}, "latitude: latitude 121 is beyond ±90°; latitude and"),
        (
            {"latitude": "31", "longitude": "121", "datum": "BD-09"},
            "datum: unknown datum 'BD-09': the position",
        ),
    ],
)
def test_what_a_row_says_wrong_is_told(values: dict[str, str], told: str) -> None:
    for reading in (subscriber(values), cell(values)):
        assert reading.locations == ()
        assert f"{reading.faults[0].where}: {reading.faults[0].what}".startswith(told)


def test_headings_are_known_in_both_languages_and_others_kept() -> None:
    headings = [" 号码", "Phone", "LAT", "\ufeff经度", "RD", "rd2", "用户类别"]
    assert list(map(column, headings)) == [
        "number", "number", "latitude", "longitude", "RD", "rd2", "class_of_service",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("021-61234567", (number_key("02161234567"),) * 2),
        ("02161234500..02161234599", (number_key("02161234500"), number_key("02161234599"))),
        ("61234500 ~ 61234599", (161234500, 161234599)),
        ("0216123*", "0216123"),
    ],
)
def test_a_row_may_speak_for_one_number_a_range_or_a_prefix(text: str, span: object) -> None:
    assert number_span(text) == span


@pytest.mark.parametrize("text", ["", "x", "*", "1..2..3", "9..1", "1..10", "1" * 30])
def test_what_is_no_number_is_refused_with_its_cure(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S+"):
        number_span(text)


def test_leading_noughts_and_lengths_make_different_keys() -> None:
    assert len({number_key("021"), number_key("21"), number_key("0021")}) == 3
    assert (number_key(""), number_key("9" * 19)) == (0, 0)


def test_a_cell_has_one_name() -> None:
    assert {cell_name(text) for text in ("460-00-1234-5678", "46000/1234/5678", "460 00 01234 005678")} == {
        "460-00-1234-5678"
    }
    assert [cell_name(text) for text in ("", "1-2-3-4", "460-00", "abc", "460-00-1-2-3")] == [""] * 5
    assert cell_name("460-11-7654321") == "460-11-7654321"


@given(
    st.dictionaries(
        st.sampled_from(
            ["latitude", "longitude", "datum", "radius_m", "azimuth_deg", "opening_deg", "address"]
        ),
        st.text(max_size=12),
    )
)
def test_no_row_breaks_the_reader(values: dict[str, str]) -> None:
    subscriber(values)
    cell(values)
