"""GeoJSON that was not made for us, such as an export of OpenStreetMap, brought into our lists.

What a feature is, is told by its properties as OSM has them: `highway` with a name is a road, `place` or
`landuse=residential` a community, any other thing with a name and a use (`amenity`, `shop`, `tourism` …) a
point of interest. What has no name is left out: nobody can say it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.location.model import Datum, Point
from gateway.location.places.plane import middle
from gateway.location.places.shapes import Feature

USES = (
    "amenity", "shop", "tourism", "leisure", "office", "railway", "public_transport", "aeroway", "healthcare",
    "historic", "man_made", "bridge", "building", "natural", "poi",
)  # fmt: skip
"""Properties that make a named feature a point of interest; the value is its category."""
_COMMUNITIES = ("residential", "village", "suburb", "neighbourhood", "hamlet", "quarter")
_NAMES = ("name", "name:zh")
_ALIASES = ("alt_name", "short_name", "old_name", "loc_name", "aliases")


@dataclass(slots=True)
class Lists:
    """Rows by list, the lines of roads, and how many features had no name or no use."""

    roads: dict[str, list[Sequence[Point]]] = field(default_factory=dict)
    pois: list[tuple[str, ...]] = field(default_factory=list)
    communities: list[tuple[str, ...]] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    left_out: int = 0


def sorted_out(features: Sequence[Feature]) -> Lists:
    """Each feature where it belongs."""
    made, given = Lists(), dict[str, int]()
    for feature in features:
        told = feature.properties
        name = next((told[key].strip() for key in _NAMES if told.get(key, "").strip()), "")
        use = next((told[key] for key in USES if key in told), "")
        home = told.get("place") in _COMMUNITIES or told.get("landuse") == "residential"
        if not name or not (use or home or feature.lines):
            made.left_out += 1
        elif feature.lines and "highway" in told:
            made.roads.setdefault(name, []).extend(feature.lines)
        elif point := _point(feature):
            place_id = _id(told, name, given)
            row = (place_id, name, f"{point[0]:.6f}", f"{point[1]:.6f}")
            if home:
                made.communities.append(row)
            else:
                made.pois.append((*row, use))
            made.aliases += [(place_id, alias) for alias in _aliases(told) if alias != name]
        else:
            made.left_out += 1
    return made


def written(lists: Lists, datum: Datum, stem: str) -> Iterator[tuple[str, str]]:
    """Name and text of our files; `stem` parts them from others of the same kind."""
    tag = f"# datum: {datum.value}\n"
    if lists.roads:
        ids = {name: f"{stem}-{number}" for number, name in enumerate(lists.roads, start=1)}
        yield f"roads-{stem}.csv", _csv("id,name", [(ids[name], name) for name in lists.roads])
        yield f"roads-{stem}.geojson", _geojson(lists, ids, datum)
    if lists.pois:
        yield f"pois-{stem}.csv", tag + _csv("id,name,lat,lon,category", lists.pois)
    if lists.communities:
        yield f"communities-{stem}.csv", tag + _csv("id,name,lat,lon", lists.communities)
    if lists.aliases:
        yield f"aliases-{stem}.csv", _csv("place,alias", lists.aliases)


def _csv(heading: str, rows: Sequence[tuple[str, ...]]) -> str:
    out = io.StringIO()
    out.write(heading + "\n")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _geojson(lists: Lists, ids: dict[str, str], datum: Datum) -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"road": ids[name], "name": name},
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [[[lon, lat] for lat, lon in line] for line in lines],
            },
        }
        for name, lines in lists.roads.items()
    ]
    lined = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
    return f'{{"type": "FeatureCollection", "datum": "{datum.value}", "features": [\n{lined}\n]}}\n'


def _point(feature: Feature) -> Point | None:
    rings = [point for polygon in feature.polygons for point in polygon[0]]
    return middle(feature.points or rings) if feature.points or rings else None


def _id(told: dict[str, str], name: str, given: dict[str, int]) -> str:
    """Its own id where it has one, else its name; a second one of the same gets a number."""
    plain = re.sub(r"[\s,/]+", "-", told.get("@id") or told.get("id") or name)[:50]
    given[plain] = given.get(plain, 0) + 1
    return plain if given[plain] == 1 else f"{plain}-{given[plain]}"


def _aliases(told: dict[str, str]) -> Iterator[str]:
    for key in _ALIASES:
        yield from (part.strip() for part in re.split("[;；]", told.get(key, "")) if part.strip())
