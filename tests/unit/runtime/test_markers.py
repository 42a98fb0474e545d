"""Units and cameras told over MQTT: shown in both frames, aged, and never a reason to fall."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.runtime import markers as module
from gateway.runtime.hub import Hub
from gateway.runtime.markers import AGES_S, Markers
from gateway.testing.clock import ManualClock

CAR = {"id": "警A1234", "name": "朝阳巡 3 车", "lat": 39.9, "lon": 116.4, "datum": "WGS-84", "state": "free"}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def markers(hub: Hub, clock: ManualClock) -> Markers:
    return Markers(hub, clock)


def tell(markers: Markers, *items: Any, kind: str = "units") -> None:
    markers.told(kind, json.dumps(items[0] if len(items) == 1 else items).encode())


def test_a_marker_is_shown_in_both_frames_some_hundred_metres_apart(markers: Markers) -> None:
    tell(markers, CAR)
    (shown,) = markers.shown()
    assert shown["wgs84"] == [39.9, 116.4]
    assert 0.001 < abs(shown["gcj02"][1] - 116.4) < 0.01
    assert (shown["id"], shown["name"], shown["state"]) == ("警A1234", "朝阳巡 3 车", "free")


async def test_news_of_markers_goes_to_every_page(markers: Markers, hub: Hub) -> None:
    page = hub.subscribe()
    tell(markers, CAR, {**CAR, "id": "2"})
    pushes = [await page.next(0.1), await page.next(0.1)]
    assert [(push.kind, push.data["id"]) for push in pushes if push] == [
        ("marker", "警A1234"),
        ("marker", "2"),
    ]


async def test_a_unit_that_is_silent_for_too_long_leaves_the_map_and_a_camera_stays(
    markers: Markers, clock: ManualClock
) -> None:
    tell(markers, CAR)
    tell(markers, {**CAR, "id": "c1"}, kind="cameras")
    await clock.advance(AGES_S["units"] + 1)
    assert markers.counts == {"units": 0, "cameras": 1}


def test_older_news_that_comes_later_moves_nothing(markers: Markers) -> None:
    tell(markers, {**CAR, "at": "2026-01-05T08:00:00Z"})
    tell(markers, {**CAR, "lat": 40.0, "at": "2026-01-05T07:59:00Z"})
    assert markers.shown()[0]["wgs84"][0] == 39.9


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"datum": None}, "datum"),
        ({"datum": "EPSG:4326"}, "datum"),
        ({"lat": 95}, "lat"),
        ({"lat": "39,9"}, "lat"),
        ({"lon": True}, "lon"),
        ({"id": ""}, "id"),
        ({"id": "x" * 101}, "id"),
        ({"at": "yesterday"}, "at"),
        ({"at": "2026-01-05T08:00:00"}, "zone"),
        ({"at": "2030-01-05T08:00:00Z"}, "ahead"),
        ({"at": "2020-01-05T08:00:00Z"}, "older"),
    ],
)
def test_a_bad_marker_is_set_aside_with_its_reason_and_the_others_count(
    markers: Markers, change: dict[str, Any], reason: str
) -> None:
    tell(markers, {**CAR, **change}, {**CAR, "id": "good"})
    assert [one["id"] for one in markers.shown()] == ["good"]
    assert markers.set_aside == 1
    assert reason in markers.faults[-1]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        b"NaN",
        b'{"lat": NaN}',
        b"null",
        b"x" * 600_000,
        b"[" + b"1," * 3000 + b"1]",
    ],
)
def test_what_is_no_marker_at_all_is_set_aside(markers: Markers, payload: bytes) -> None:
    markers.told("units", payload)
    assert markers.counts["units"] == 0
    assert markers.set_aside >= 1


def test_at_the_limit_the_one_told_of_longest_ago_gives_way(
    markers: Markers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_MARKERS", 2)
    tell(markers, *({**CAR, "id": str(number)} for number in range(3)))
    assert [one["id"] for one in markers.shown()] == ["1", "2"]


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "name", "lat", "lon", "datum", "state", "at"]), inner, max_size=7
        )
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(_JSON)
def test_no_message_whatever_makes_it_fall(item: Any) -> None:
    markers = Markers(Hub(), ManualClock())
    markers.told("units", json.dumps(item).encode())
    markers.shown()
