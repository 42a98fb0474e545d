"""Whatever fix we publish as PIDF-LO, our own reader finds the same fix in it."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.location import body
from gateway.location.conflicts import wgs84
from gateway.location.fix import fixes
from gateway.location.geometry import distance_m, holding_band, moved
from gateway.location.model import Datum, Element, Extent, Location, LocationSource, Shape
from gateway.location.pidf_out import document

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
LONG = {"allow_nan": False, "allow_infinity": False}
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn")),
    min_size=1,
    max_size=20,
)
CENTRES = st.tuples(st.floats(18.5, 53.0, **LONG), st.floats(74.0, 134.0, **LONG))
RADII = st.floats(0.5, 20_000.0, **LONG)
TIMES = st.integers(0, 86_400_000).map(lambda ms: NOW - timedelta(milliseconds=ms))
CIVIC = st.lists(
    st.sampled_from(["A1", "A2", "A3", "A4", "RD", "HNO", "BLD", "UNIT", "FLR", "ROOM", "LMK", "MP", "PN"]),
    unique=True, max_size=6,
).flatmap(lambda names: st.tuples(*(st.tuples(st.just(name), WORDS) for name in names)))  # fmt: skip


@st.composite
def extents(draw: st.DrawFn) -> Extent:
    shape = draw(st.sampled_from([Shape.CIRCLE, Shape.ELLIPSE, Shape.ARC_BAND]))
    outer = draw(RADII)
    if shape is Shape.CIRCLE:
        return Extent(shape=shape, outer_m=outer)
    inner = outer * draw(st.floats(0.1, 0.9, **LONG))
    turned = draw(st.floats(0.0, 359.0, **LONG))
    if shape is Shape.ELLIPSE:
        return Extent(shape=shape, outer_m=outer, inner_m=inner, orientation_deg=turned)
    opening = draw(st.floats(5.0, 180.0, **LONG))
    return Extent(shape=shape, outer_m=outer, inner_m=inner, orientation_deg=turned, opening_deg=opening)


@st.composite
def locations(draw: st.DrawFn) -> Location:
    facts = {
        "location_id": "HELD-1", "source": LocationSource.HELD, "obtained_at": draw(TIMES),
        "method": draw(st.none() | st.sampled_from(["GPS", "Cell", "Wiremap", "Manual"])),
        "provided_by": draw(st.none() | WORDS), "civic": draw(CIVIC), "element": Element.DEVICE,
        "expires_at": draw(st.none() | st.just(NOW + timedelta(hours=1))),
    }  # fmt: skip
    if facts["civic"] and draw(st.booleans()):
        return Location(**facts)
    centre, datum = draw(CENTRES), draw(st.sampled_from(Datum))
    extent = draw(st.none() | extents())
    radius: float | None = draw(st.none() | RADII) if extent is None else extent.outer_m
    if extent is not None and extent.shape is Shape.ARC_BAND:
        away, radius = holding_band(extent.inner_m or 0.0, extent.outer_m or 0.0, extent.opening_deg or 0.0)
        middle = (extent.orientation_deg or 0.0) + (extent.opening_deg or 0.0) / 2
        centre = moved(centre, away, middle) if away else centre
    return Location(
        **facts, latitude=centre[0], longitude=centre[1], datum=datum, uncertainty_m=radius, extent=extent
    )


@settings(max_examples=300, deadline=None)
@given(one=locations())
def test_a_fix_that_leaves_comes_back(one: Location) -> None:
    text = document([one], entity="demo-pbx1-1.0", leading=one.location_id)
    reading = body.read(text.encode(), content_type="application/pidf+xml")
    assert (reading.kind, reading.faults) == ("pidf-lo", ())
    found = [fix for fix in fixes(reading, source=one.source, obtained_at=NOW) if isinstance(fix, Location)]
    placed = next((fix for fix in found if fix.latitude is not None), None)
    assert (placed is not None) == (one.latitude is not None)
    if placed is not None:
        assert distance_m(wgs84(placed), wgs84(one)) < max(0.1, (one.uncertainty_m or 0.0) * 0.001)
        assert placed.datum is Datum.WGS_84
        assert not placed.datum_assumed
        same_radius(placed.uncertainty_m, one.uncertainty_m)
        if one.uncertainty_m is not None:
            assert math.isclose(placed.confidence_percent, one.confidence_percent, abs_tol=1e-6)
        drawn = placed.extent.shape if placed.extent else None
        assert drawn is (one.extent.shape if one.extent else Shape.CIRCLE if one.uncertainty_m else None)
    told = [fix.civic for fix in found if fix.civic]
    assert [set(civic) for civic in told] == ([set(one.civic)] if one.civic else [])
    for fix in found:
        assert (fix.method, fix.provided_by, fix.element) == (one.method, one.provided_by, one.element)
        assert (fix.obtained_at, fix.expires_at) == (one.obtained_at, one.expires_at)


def same_radius(back: float | None, sent: float | None) -> None:
    if sent is None:
        assert back is None
    else:
        assert back is not None
        assert math.isclose(back, sent, rel_tol=0.02, abs_tol=0.01)
