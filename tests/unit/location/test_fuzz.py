"""Whatever comes: nothing is raised, the answer is JSON, and it keeps its limits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.location.body import read
from gateway.location.fix import fix
from gateway.location.model import Location, LocationSource, Stated
from gateway.testing import location_bodies as bodies
from gateway.testing.fuzz import SLOW_S, Mutator, run
from gateway.testing.fuzz_targets import NOW, TARGETS, body_seeds, body_target

NAMES = (
    "presence tuple status geopriv location-info usage-rules retention-expiry method provided-by "
    "timestamp device person Point Circle Sphere Ellipse Ellipsoid ArcBand Polygon Prism base "
    "exterior interior LinearRing pos posList coordinates radius semiMajorAxis semiMinorAxis "
    "verticalAxis orientation innerRadius outerRadius startAngle openingAngle height confidence "
    "civicAddress A1 RD locationResponse locationUriSet locationURI error message locationRequest "
    "device findService location EmergencyCallData.ProviderInfo vcard adr n tel text uri "
    "conference-info relative-location"
)
ELEMENTS = NAMES.split(" ")
TEXTS = st.one_of(
    st.sampled_from(
        ["31.23 121.47", "31.23 121.47 5", bodies.SQUARE, "50", "", "95 1", "121.47 31.23", "NaN 1"]
    ),
    st.text(st.characters(exclude_characters="<&", exclude_categories=["Cc", "Cs"]), max_size=20),
    st.floats().map(str),
)
ATTRIBUTES = st.sampled_from(
    ["", ' srsName="urn:ogc:def:crs:EPSG::4326"', ' srsName="EPSG:4979"', ' uom="m"', ' uom="?"',
     ' xmlns="x"', ' srsDimension="3"', ' code="x"', ' expires="2026-11-27T00:00:00Z"', ' pdf="normal"']
)  # fmt: skip
SEEDS = body_seeds()


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def written(parts: tuple[str, str, list[str], str]) -> str:
        name, attributes, children, text = parts
        return f"<{name}{attributes}>{text}{''.join(children)}</{name}>"

    return st.tuples(st.sampled_from(ELEMENTS), ATTRIBUTES, st.lists(inner, max_size=4), TEXTS).map(written)


TREES = st.recursive(TEXTS.map(lambda text: f"<pos>{text}</pos>"), element, max_leaves=25)


@settings(max_examples=150)
@given(st.binary(max_size=400))
@example(b"")
@example(b"\xff\xfe<")
@example(b"INVITE a SIP/2.0\r\n")
@example(b"--a\r\n--a--")
def test_bytes_that_mean_nothing(data: bytes) -> None:
    body_target(data)


@settings(max_examples=200)
@given(TREES)
def test_elements_of_the_standards_in_any_order(tree: str) -> None:
    body_target(tree.encode())
    body_target(bodies.presence(bodies.in_tuple(bodies.info(tree))).encode())


@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_well_formed_bodies_after_mutation(seed: int) -> None:
    body_target(Mutator(SEEDS, seed).next())


@settings(max_examples=150)
@given(st.sampled_from(SEEDS), st.floats(0, 1))
def test_bodies_that_were_cut_anywhere(body: bytes, part: float) -> None:
    body_target(body[: int(len(body) * part)])


@settings(max_examples=200)
@given(st.floats(), st.floats(), st.floats())
def test_a_circle_of_any_numbers_is_a_place_on_earth_or_a_fault(
    lat: float, lon: float, radius: float
) -> None:
    circle = bodies.CIRCLE.replace("31.2304 121.4737", f"{lat} {lon}").replace(">50<", f">{radius}<")
    reading = read(bodies.presence(bodies.in_tuple(bodies.info(circle))).encode())
    assert bool(reading.locations) != bool(reading.faults)
    for stated in reading.locations:
        assert isinstance(stated, Stated)
        found = fix(stated, source=LocationSource.PIDF, obtained_at=NOW)
        assert isinstance(found, Location)
        assert (found.latitude, found.longitude, found.uncertainty_m) == (lat, lon, radius or None)


def test_the_fuzzers_own_engine_reports_what_it_finds(tmp_path: Path) -> None:
    def brittle(data: bytes) -> None:
        if b"NaN" in data:
            raise ValueError("not a number")

    TARGETS["brittle"] = (brittle, lambda: [b"31.23"])
    try:
        report = run("brittle", 5_000, folder=tmp_path)
    finally:
        del TARGETS["brittle"]
    assert report.findings
    assert report.findings[0]["what"] == "ValueError: not a number"
    assert b"NaN" in (tmp_path / "brittle-000.bin").read_bytes()


def test_the_same_seed_gives_the_same_inputs() -> None:
    one, other = Mutator(SEEDS, 7), Mutator(SEEDS, 7)
    assert [one.next() for _ in range(50)] == [other.next() for _ in range(50)]
    assert run("body", 300, seed=7).findings == []


def test_the_dialplans_fields_and_words_keep_their_promises() -> None:
    for name in ("asterisk", "address"):
        report = run(name, 60, seed=3)
        assert report.findings == [], report.findings


def test_what_phones_and_providers_send_keeps_its_promises() -> None:
    for name in ("aml", "ali"):
        report = run(name, 150, seed=3)
        assert report.findings == [], report.findings


@pytest.mark.parametrize(
    "body",
    [
        b'<Point srsName="' + b"epsg " * 180_000 + b'x"><pos>1 2</pos></Point>',
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 170_000,
        b"INVITE urn:service:sos SIP/2.0\r\nGeolocation: " + b'a;"' * 300_000 + b"\r\n\r\n",
        b"INVITE urn:service:sos SIP/2.0\r\nGeolocation: " + b"a " * 500_000 + b"\r\n\r\n",
        b"a: b\r\n x\r\n" * 100_000,
        b"--a\r\n\r\n<a/>\r\n" * 70_000,
        b"U x\n" * 250_000,
        b"ML" * 2_000,
    ],
    ids=["frame", "chunks", "quotes", "words", "headers", "parts", "lines", "letters"],
)
def test_a_body_of_the_largest_size_takes_no_more_than_its_share_of_time(body: bytes) -> None:
    """What grows with the square of a length would take minutes here."""
    began = time.process_time()
    read(body)
    assert time.process_time() - began < SLOW_S


def test_every_body_that_the_fuzzer_starts_from_is_read() -> None:
    """A seed that says nothing would try nothing."""
    for seed in SEEDS:
        reading = read(seed)
        assert reading.kind != "unknown", seed
        assert reading.locations or reading.additional or reading.faults, seed
