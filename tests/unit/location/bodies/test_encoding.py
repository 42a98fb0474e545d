"""What encoding a body is really in."""

from __future__ import annotations

import pytest

from gateway.location.body import read
from gateway.testing import location_bodies as bodies


@pytest.mark.parametrize(
    "declared",
    ["GBK", "GB2312", "gb18030", "utf-16", "Big5", "KOI8-R", "klingon", "hex", "punycode", "unicode_escape"],
)
def test_chinese_text_arrives_whatever_its_encoding_says(declared: str) -> None:
    text = bodies.document(bodies.CIVIC).replace("UTF-8", declared)
    data = text.encode("gb18030" if declared in ("GBK", "GB2312", "gb18030") else "utf-8")
    if declared == "utf-16":
        data = text.encode("utf-16")
    if declared == "Big5":
        data = text.replace("东", "東").encode("utf-8")
    found = bodies.shown(data)
    if declared == "KOI8-R":  # a letter a byte: nothing contradicts the declaration
        assert len(found["locations"]) == 1
    else:
        assert found["locations"][0]["civic"]["RD"] in ("人民东路", "人民東路"), found


def test_utf_8_that_is_chinese_after_all_is_told() -> None:
    found = bodies.shown(bodies.document(bodies.CIVIC).encode("gb18030"))
    assert found["locations"][0]["civic"]["NAM"] == "望江花园"
    assert "read as gb18030" in found["errors"][0]["what"]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_byte_order_mark_or_wide_characters_are_no_obstacle(mark: str) -> None:
    assert bodies.shown(bodies.document(bodies.CIVIC).encode(mark))["locations"][0]["civic"]["A3"] == "滨江区"


def test_a_wide_encoding_that_is_only_declared_is_told() -> None:
    found = bodies.shown(bodies.document(bodies.CIVIC).replace("UTF-8", "UTF-16"))
    assert found["locations"][0]["civic"]["RD"] == "人民东路"
    assert found["errors"][0]["what"] == "not utf-16, as it says: read as UTF-8"


def test_what_is_in_no_encoding_at_all_is_read_with_broken_characters_and_told() -> None:
    body = bodies.document(bodies.CIVIC).encode().replace("滨".encode(), b"\xff\xff")
    found = bodies.shown(body)
    assert found["locations"][0]["civic"]["A3"] == "\ufffd\ufffd江区"
    assert "not utf-8 throughout" in found["errors"][0]["what"]


def test_a_character_set_of_the_content_type_counts_where_the_document_names_none() -> None:
    body = bodies.document(bodies.CIVIC).partition("\n")[2].encode("gb18030")
    reading = read(body, content_type="application/pidf+xml; charset=GBK")
    assert (dict(reading.locations[0].civic)["RD"], reading.faults) == ("人民东路", ())
