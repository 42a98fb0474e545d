"""An invented city and where invented callers are in it: every shape, a conflict, a trail, nothing at all.

Metres east and north of the city's centre; streets every few hundred metres. No such city exists.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from gateway.location.datum import convert
from gateway.location.geometry import holding_band, moved
from gateway.location.model import Datum
from gateway.location.select import SENTENCES, Reason
from gateway.testing.demo_hearing import Json

CENTRE = (30.6, 114.9)
METRES_PER_DEGREE = 111_195.0
ATTRIBUTION = "样例市测绘院 (虚构)"

_EAST_WEST = ("北环路", "长江路", "建国路", "人民路", "和平路", "南环路")
_NORTH_SOUTH = ("西环路", "幸福路", "解放路", "中山路", "学院路", "东环路")
_SPACING = (520.0, 640.0)
"""Metres between streets, north and east."""


def at(east: float, north: float) -> tuple[float, float]:
    """Latitude and longitude, WGS-84."""
    return (
        round(CENTRE[0] + north / METRES_PER_DEGREE, 6),
        round(CENTRE[1] + east / METRES_PER_DEGREE / math.cos(math.radians(CENTRE[0])), 6),
    )


def _feature(kind: str, name: str, corners: Sequence[tuple[float, float]], *, area: bool = True) -> Json:
    points = [[lon, lat] for lat, lon in (at(*corner) for corner in corners)]
    geometry: Json = {"type": "LineString", "coordinates": points}
    if area:
        geometry = {"type": "Polygon", "coordinates": [[*points, points[0]]]}
    return {"type": "Feature", "properties": {"kind": kind, "name": name}, "geometry": geometry}


def _box(east: float, north: float, wide: float, high: float) -> list[tuple[float, float]]:
    return [(east, north), (east + wide, north), (east + wide, north + high), (east, north + high)]


def city_map() -> Json:
    """The site's map as GeoJSON."""
    step_north, step_east = _SPACING
    made = [
        _feature("district", "滨江区", _box(-2600, -1900, 2600, 3800)),
        _feature("district", "开发区", _box(0, -1900, 2600, 3800)),
        _feature("water", "清水河", [(-2600, -700), (-900, -860), (600, -760), (2600, -1000), (2600, -1130),
                                   (600, -900), (-900, -1010), (-2600, -840)]),
        _feature("park", "中心公园", _box(-560, 330, 420, 380)),
        _feature("park", "湿地", _box(1300, -700, 700, 380)),
    ]  # fmt: skip
    for row, name in enumerate(_EAST_WEST):
        north = (len(_EAST_WEST) / 2 - row - 0.5) * step_north
        made.append(_feature("road", name, [(-2500, north), (0, north + 25), (2500, north - 20)], area=False))
    for column, name in enumerate(_NORTH_SOUTH):
        east = (column - len(_NORTH_SOUTH) / 2 + 0.5) * step_east
        made.append(_feature("road", name, [(east, 1800), (east + 15, 0), (east, -1800)], area=False))
        made += [_feature("building", "", _box(east + 60 + 130 * i, 60, 90, 70)) for i in range(4)]
    return {"type": "FeatureCollection", "features": made}


def markers(now: str) -> list[Json]:
    """Units and cameras near the centre."""

    def marker(kind: str, name: str, label: str, east: float, north: float, state: str | None) -> Json:
        return {"kind": kind, "id": name, "name": label, "wgs84": list(at(east, north)), "state": state,
                "at": now}  # fmt: skip

    return [
        marker("units", "u1", "巡逻 12", 420, 210, "free"),
        marker("units", "u2", "巡逻 7", -610, -240, "busy"),
        marker("cameras", "c1", "路口 31", 15, 285, None),
    ]


# ---- fixes


def fix(name: str, source: str, east: float, north: float, when: str, /, **more: Any) -> Json:
    """One fix as the API tells it, WGS-84, its shape a circle unless told otherwise."""
    point = at(east, north)
    radius = more.get("uncertainty_m")
    extent = {"shape": "circle", "outer_m": radius, **more.pop("extent", {})} if radius else None
    empty = dict.fromkeys(("outer_m", "inner_m", "orientation_deg", "opening_deg", "height_m"))
    return {
        "location_id": name, "source": source, "method": None, "provided_by": None, "latitude": point[0],
        "longitude": point[1], "datum": "WGS-84", "datum_assumed": False, "uncertainty_m": radius,
        "confidence_percent": 95.0, "obtained_at": when, "expires_at": None, "address": None, "civic": [],
        "element": None, "note": None, "wgs84": list(point),
        "gcj02": [round(part, 6) for part in convert(point, Datum.WGS_84, Datum.GCJ_02)],
        "district": "滨江区" if east < 0 else "开发区",
        **more, "extent": {**empty, "points": [], **extent} if extent else None,
    }  # fmt: skip


def spoken(name: str, address: str, when: str, place: tuple[float, float] | None = None) -> Json:
    """What the caller said; with a position where the gazetteer knows it."""
    east, north = place or (0, 0)
    said = fix(name, "speech", east, north, when, address=address, uncertainty_m=30.0 if place else None)
    if place is None:
        said |= dict.fromkeys(("latitude", "longitude", "datum", "wgs84", "gcj02", "extent"))
    return said


REASONS = {
    "most_exact": ("设备自己的定位，范围最小", "the device's own position, the smallest area"),
    "newest": ("最新的设备定位", "the newest position of the device"),
    "only": ("只有这一个说法", "the only one there is"),
}


def where(fixes: Sequence[Json], reason: str, **more: Any) -> Json:
    """All that the API tells of a place; the first fix leads."""
    told, leads = REASONS[reason], fixes[0]["location_id"] if fixes else None
    if more.get("description"):
        more["description"]["location_id"] = leads
    return {
        "locations": list(fixes), "leading_location": leads,
        "leading_reason": {"code": reason, "zh": told[0], "en": told[1]} if fixes else None, "conflicts": [],
        "description": None, "queries": [], "trail": [], "additional": [], **more,
    }  # fmt: skip


def nothing(**more: Any) -> Json:
    return where((), "only", **more)


def _described(address: str | None, *, district: str = "开发区", outside: bool = False) -> Json:
    crossings = [
        {"name": "建国路与中山路口", "distance_m": 120.0, "bearing": 62.0},
        {"name": "建国路与解放路口", "distance_m": 410.0, "bearing": 275.0},
    ]
    return {
        "standard_address": address, "district": district, "outside": outside,
        "jurisdiction": None if outside else "样例市公安局建国路派出所",
        "junctions": [] if outside else crossings,
    }  # fmt: skip


def _query(name: str, state: str, when: str | None, fault: str | None = None) -> Json:
    return {"source": name, "name": name.lower(), "state": state, "asked_at": when, "fault": fault}


def place_of(number: int, now: datetime) -> Json:
    """Where caller `number` is: each of the nine is another situation."""

    def when(seconds: float) -> str:
        return (now - timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    cell = fix("ali", "ALI", 500, 300, when(38), uncertainty_m=1500.0, confidence_percent=67.0, method="Cell",
               provided_by="样例移动", address="样例市中心基站")  # fmt: skip
    device = fix("pidf", "PIDF", 200, 240, when(4), uncertainty_m=50.0, method="GPS", provided_by="样例移动")
    answered = [_query("HELD", "answered", when(5)), _query("ALI", "answered", when(40))]
    made = _OTHERS.get(number % 9)
    if made is not None:
        return made(when, cell, device)
    subscriber = {"block": "SubscriberInfo", "fields": [["name", "样例市第一小学"], ["class", "固定电话"]]}
    handset = {"block": "DeviceInfo", "fields": [["type", "手机"]]}
    return where(
        [device, cell, spoken("said", "建国路八十八号门口", when(20), (240, 262))], "most_exact",
        description=_described("样例市开发区建国路88号"), queries=answered, additional=[subscriber, handset],
    )  # fmt: skip


def _sector(when: Any, cell: Json, device: Json) -> Json:
    mast, start, opening = at(-300, -500), 20.0, 70.0
    away, radius = holding_band(450.0, 900.0, opening)
    point = moved(mast, away, start + opening / 2)
    band = {"shape": "arc_band", "outer_m": 900.0, "inner_m": 450.0, "orientation_deg": start,
            "opening_deg": opening}  # fmt: skip
    sector = fix("ali", "ALI", 0, 0, when(12), uncertainty_m=round(radius, 1), confidence_percent=67.0,
                 method="Cell", provided_by="样例电信", extent=band)  # fmt: skip
    sector |= {"latitude": point[0], "longitude": point[1], "wgs84": list(point)}
    sector["gcj02"] = list(convert(point, Datum.WGS_84, Datum.GCJ_02))
    queries = [_query("HELD", "failed", when(9), "3 秒内没有回答"), _query("ALI", "answered", when(14))]
    return where([sector], "only", description=_described(None, district="滨江区"), queries=queries)


def _polygon(when: Any, cell: Json, device: Json) -> Json:
    corners = ((-900, 150), (-520, 210), (-460, -60), (-760, -190), (-980, -40), (-900, 150))
    ring = [list(at(*corner)) for corner in corners]
    area = fix("pidf", "PIDF", -720, 20, when(7), uncertainty_m=290.0, method="Wifi", provided_by="样例联通",
               extent={"shape": "polygon", "outer_m": None, "points": ring})  # fmt: skip
    return where([area, cell], "most_exact", description=_described("样例市滨江区和平里", district="滨江区"),
                 queries=[_query("ALI", "nothing", when(30))])  # fmt: skip


def _conflict(when: Any, cell: Json, device: Json) -> Json:
    said = spoken("said", "开发区学院路工地", when(16), (2190, -1460))
    device = fix("pidf", "PIDF", -250, 520, when(6), uncertainty_m=35.0, method="GPS", provided_by="样例移动")
    described = _described("样例市滨江区中心公园西门", district="滨江区")
    differ = {"one": "said", "other": "pidf", "distance_m": 3143.0, "kind": "spoken",
              "zh": "口述地址与定位相距3.1公里",
              "en": "spoken address and position are 3.1 km apart"}  # fmt: skip
    return where([device, said], "most_exact", description=described, conflicts=[differ])


def _waiting(when: Any, cell: Json, device: Json) -> Json:
    return nothing(queries=[_query("HELD", "asking", when(2)), _query("ALI", "asking", when(2))])


def _moving(when: Any, cell: Json, device: Json) -> Json:
    steps = [fix(f"pidf{i}", "PIDF", 900 - 290 * i, 262 - 6 * i, when(125 - 30 * i), uncertainty_m=40.0,
                 method="GPS", provided_by="样例移动") for i in range(5)]  # fmt: skip
    trail = [{"at": step["obtained_at"], "wgs84": step["wgs84"], "radius_m": 40.0, "source": "PIDF"}
             for step in steps]  # fmt: skip
    return where(steps[::-1], "newest", description=_described("样例市滨江区建国路"), trail=trail)


def _outside(when: Any, cell: Json, device: Json) -> Json:
    away = fix("aml", "AML", 4300, 900, when(11), uncertainty_m=22.0, method="GNSS")
    return where([away | {"district": "邻县"}], "only",
                 description=_described(None, district="邻县", outside=True))  # fmt: skip


def _ellipse(when: Any, cell: Json, device: Json) -> Json:
    long = {"shape": "ellipse", "outer_m": 220.0, "inner_m": 80.0, "orientation_deg": 60.0}
    made = fix("held", "HELD", 300, -300, when(8), uncertainty_m=220.0, method="OTDOA", extent=long)
    return where([made], "only", description=_described("样例市开发区人民路15号"))


def _address(when: Any, cell: Json, device: Json) -> Json:
    return where([spoken("said", "幸福路路灯下", when(9))], "only")


_OTHERS = {
    1: _sector,
    2: _polygon,
    3: _conflict,
    4: _address,
    5: _moving,
    6: _outside,
    7: _ellipse,
    8: _waiting,
}


def asked_again(place: Json, when: str) -> Json:
    """A person has pressed refresh."""
    return {**place, "queries": [_query("HELD", "asking", when)]}


def marked(place: Json, data: Json, when: str, who: str) -> Json:
    """A person marks a spot on the map: one fix more, and it leads."""
    spot = (data["latitude"], data["longitude"])
    name = f"person-{len(place['locations'])}"
    mine = fix(name, "person", 0, 0, when, uncertainty_m=data["uncertainty_m"], method="Manual",
               provided_by=who, note=data.get("note") or None)  # fmt: skip
    mine |= {"latitude": spot[0], "longitude": spot[1], "wgs84": list(spot)}
    mine["gcj02"] = [round(part, 6) for part in convert(spot, Datum.WGS_84, Datum.GCJ_02)]
    led = led_by({**place, "locations": [*place["locations"], mine]}, name)
    said = {name: told for name, told in around(*spot).items() if name != "road"}
    return {**led, "description": {**said, "location_id": name}}


def led_by(place: Json, location_id: str) -> Json:
    """A person lets another fix lead."""
    told = SENTENCES[Reason.PERSON]
    return {
        **place, "leading_location": location_id,
        "leading_reason": {"code": "person", "zh": told.zh, "en": told.en},
    }  # fmt: skip


def taken_back(place: Json, location_id: str) -> Json:
    """A person's word is taken back: the first of the machines' fixes leads again."""
    left = [
        one for one in place["locations"] if one["location_id"] != location_id or one["source"] != "person"
    ]
    return where(left, "only", queries=place["queries"], description=_described("样例市开发区建国路88号"))


# ---- a spot that somebody points at


def around(latitude: float, longitude: float) -> Json:
    """What the city's places say of it."""
    north = (latitude - CENTRE[0]) * METRES_PER_DEGREE
    east = (longitude - CENTRE[1]) * METRES_PER_DEGREE * math.cos(math.radians(CENTRE[0]))
    rows = [(len(_EAST_WEST) / 2 - row - 0.5) * _SPACING[0] for row in range(len(_EAST_WEST))]
    columns = [(at - len(_NORTH_SOUTH) / 2 + 0.5) * _SPACING[1] for at in range(len(_NORTH_SOUTH))]
    corners = sorted(
        (math.hypot(column - east, row - north), _EAST_WEST[i], _NORTH_SOUTH[j], column - east, row - north)
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
    )
    outside = abs(east) > 2600 or abs(north) > 1900
    district = None if outside else "滨江区" if east < 0 else "开发区"
    away, road = min((abs(row - north), name) for row, name in zip(rows, _EAST_WEST, strict=True))
    road_here = road if away <= 300 and not outside else None
    return {
        "standard_address": f"样例市{district}{road_here}" if road_here else None, "road": road_here,
        "district": district, "jurisdiction": None if outside else f"样例市公安局{road}派出所",
        "outside": outside,
        "junctions": [] if outside else [
            {"name": f"{one}与{other}路口", "distance_m": round(far), "wgs84": None,
             "bearing": round(math.degrees(math.atan2(right, up)) % 360, 1)}
            for far, one, other, right, up in corners[:3]
        ],
    }  # fmt: skip


def spot(latitude: float, longitude: float) -> Json:
    """The same, with the spot in both frames, WGS-84 given."""
    point = (latitude, longitude)
    other = [round(part, 7) for part in convert(point, Datum.WGS_84, Datum.GCJ_02)]
    return {"known": True, **around(*point), "wgs84": list(point), "gcj02": other}
