"""XML: what was cut, hostile documents, limits."""

from __future__ import annotations

import pytest

from gateway.testing import location_bodies as bodies


def test_a_document_that_was_cut_keeps_what_was_whole() -> None:
    body = bodies.presence(
        bodies.in_tuple(bodies.info(bodies.CIRCLE)), bodies.in_tuple(bodies.info(bodies.CIVIC))
    )
    found = bodies.shown(body[: body.index("东路")])
    assert [place["shape"] for place in found["locations"]] == ["circle"]
    assert "it ends before its elements do" in found["errors"][-1]["what"]


def test_rubbish_behind_a_document_is_told_and_the_document_counts() -> None:
    found = bodies.shown(bodies.document(bodies.POINT) + "\r\nACK sip:x SIP/2.0\r\n")
    assert len(found["locations"]) == 1
    assert "malformed XML" in found["errors"][0]["what"]
    assert bodies.shown("\r\n\r\n" + bodies.document(bodies.POINT))["errors"] == []


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{("&a" + str(n - 1) + ";") * 10 if n else "&a;"}">' for n in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "start",
    [
        BOMB,
        '<!DOCTYPE presence [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE presence SYSTEM "http://192.0.2.1/x.dtd">',
        '<!DOCTYPE presence PUBLIC "a" "b">',
    ],
)
def test_a_document_type_ends_the_reading(start: str) -> None:
    body = start + bodies.presence(bodies.in_tuple(bodies.info("&a8;&x;" + bodies.POINT)), declared=False)
    for data in (body.encode(), body.encode("utf-16")):
        found = bodies.shown(data)
        assert found["locations"] == []
        assert "document type declaration" in found["errors"][0]["what"]


def test_an_entity_that_nobody_declared_is_malformed() -> None:
    found = bodies.shown(bodies.document("&xxe;", bodies.POINT))
    assert found["locations"] == []
    assert "undefined entity" in found["errors"][0]["what"]


def test_depth_and_number_of_elements_are_limited() -> None:
    deep = bodies.shown("<presence>" * 99)
    assert "nested deeper than 48" in deep["errors"][0]["what"]
    wide = bodies.shown(bodies.presence(bodies.in_tuple(bodies.info(bodies.POINT)), "<a/>" * 30_000))
    assert len(wide["locations"]) == 1
    assert "more than 20,000 elements" in wide["errors"][0]["what"]
    many = " ".join(f'a{n}="b"' for n in range(99))
    assert "more than 64 attributes" in bodies.shown(f"<presence {many}/>")["errors"][0]["what"]
