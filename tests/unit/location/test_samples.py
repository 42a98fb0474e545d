"""Bodies of other projects that lie beside a checkout: what each of them says. Skipped where they are not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gateway.location.body import read
from gateway.location.shown import as_json

SAMPLES = Path(__file__).parents[4] / "shared" / "protocols"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside this checkout")


def shown(name: str) -> dict[str, Any]:
    return as_json(read((SAMPLES / name).read_bytes()))


def shapes(found: dict[str, Any]) -> list[str]:
    return [place["shape"] for place in found["locations"]]


PRESENCE = {
    "civic-circle_location": ["circle", "civic"],
    "multiple-locations_valid": ["point", "circle"],
    "rfc5491_point-example": ["point"],
    "simple-circle-with-altitude_valid-circle": ["circle"],
    "simple-circle_invalid-tuple": ["circle"],
    "simple-circle_valid-circle": ["circle"],
    "simple-civic_valid-civic-address": ["civic"],
    "simple-point_valid-point": ["point"],
    "wifi-location_location": ["circle"],
}


@pytest.mark.parametrize("name", PRESENCE)
def test_a_presence_document_is_read_without_a_fault(name: str) -> None:
    found = shown(f"pidf-lo/dec112_{name}.xml")
    assert (found["kind"], shapes(found), found["errors"]) == ("pidf-lo", PRESENCE[name], [])


@pytest.mark.parametrize("name", ["full-1", "full-2", "part-1", "part-2"])
def test_an_invalid_one_has_faults_and_no_place(name: str) -> None:
    found = shown(f"pidf-lo/dec112_invalid-pidf-lo_invalid-{name}.xml")
    assert found["locations"] == []
    assert found["errors"]


@pytest.mark.parametrize(
    ("name", "expected", "faulty"),
    [
        ("geo-circle", ["circle"], False),
        ("geo-arcband", ["arc_band"], False),
        ("geo-polygon", ["polygon"], False),
        ("geo-mixed", ["circle", "civic"], False),
        ("civic-international", ["civic"], False),
        ("locationRequest", [], False),
        ("error-locationUnknown", [], True),
        ("malformed-xml", [], True),
        ("partial-empty-location-info", [], True),
    ],
)
def test_a_location_servers_answers(name: str, expected: list[str], faulty: bool) -> None:
    found = shown(f"held/{name}.xml")
    assert (found["kind"], shapes(found), bool(found["errors"])) == ("held", expected, faulty)


def test_messages_of_a_test_laboratory() -> None:
    kinds, found = Counter[str](), Counter[str]()
    for file in sorted((SAMPLES / "ng911/sip").iterdir()):
        shown_file = as_json(read(file.read_bytes()))
        kinds[shown_file["kind"]] += 1
        found.update(shapes(shown_file))
    assert set(kinds) == {"sip"}
    assert (found["point"], found["civic"], found["reference"]) == (15, 6, 3)


def test_an_eido_of_a_transfer() -> None:
    found = shown("eido/Sample call transfer EIDO.json")
    assert (found["kind"], shapes(found), found["errors"]) == ("eido", ["civic", "reference"], [])
    assert found["locations"][0]["provided_by"] == "Diamond State Exemplar"
    assert [block["block"] for block in found["additional"]] == [
        "ServiceInfo",
        "ProviderInfo",
        "Comment",
        "ProviderInfo",
    ]


def test_commas_and_feet_in_routing_queries_are_faults() -> None:
    for file in sorted((SAMPLES / "ng911/bodies").glob("findService_ECRF_LVF_002_*.xml")):
        found = as_json(read(file.read_bytes()))
        civic = "civicAddress" in file.read_text(encoding="utf-8")
        assert (shapes(found), bool(found["errors"])) == ((["civic"], False) if civic else ([], True)), file
