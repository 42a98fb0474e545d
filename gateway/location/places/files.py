"""A folder of a city's places read and checked as a whole: every fault is told, nothing broken is used.

conf/places/places.toml      name and version of the city's files
            divisions.csv roads.csv junctions.csv posts.csv addresses.csv communities.csv pois.csv aliases.csv
            roads.geojson divisions.geojson stations.geojson
            map.geojson      what the map draws; not read here, only checked
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from gateway.location.datum import convert
from gateway.location.model import Datum, Point
from gateway.location.places import shapes, tables
from gateway.location.places.model import (
    Area,
    Division,
    Fault,
    Junction,
    Kind,
    Known,
    Place,
    PlacesError,
    PlaceSet,
    Polygon,
    Road,
)
from gateway.location.places.rings import fault_of
from gateway.location.places.shapes import Feature
from gateway.location.places.tables import Row

MAX_FILE_BYTES = 512 << 20
MAX_FAULTS = 200
"""Faults that are told of a folder; reading ends there, what is worse can wait for the next try."""
MAX_PLACES = 2_000_000
ENDINGS = (".csv", ".geojson", ".json")
SHAPES = ("roads", "divisions", "stations", "map")
MAIN = "places.toml"
_CODE = re.compile(r"\d{2}(?:\d{2}(?:\d{2}(?:\d{3}(?:\d{3})?)?)?)?")
_NUMBER = re.compile(r"[甲乙丙丁]?(\d{1,6})\D{0,8}(?:\d{1,4})?\D{0,4}")


def kind_of(name: str) -> str:
    """What a file holds, by its name: pois-schools.csv is pois, roads.geojson is roads; else empty."""
    stem, _, ending = name.lower().rpartition(".")
    kind = re.split(r"[-_.]", stem)[0]
    known = tables.TABLES if ending == "csv" else SHAPES if ending in ("geojson", "json") else ()
    return kind if kind in known else ""


@dataclass(slots=True)
class _Loader:
    """Gathers one folder. Ids seen so far, faults so far, the frame that all points are brought to."""

    made: PlaceSet = field(default_factory=PlaceSet)
    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    later: list[Callable[[], None]] = field(default_factory=list)
    """Checks of references, done when everything is read."""
    file: str = ""
    frame: Datum = Datum.WGS_84
    datum: Datum = Datum.WGS_84
    posts: dict[str, list[Known]] = field(default_factory=dict)

    def report(self, where: str, what: str, cure: str) -> None:
        self.faults.append(Fault(self.file, where, what, cure))
        if len(self.faults) >= MAX_FAULTS:
            raise PlacesError(self.faults)

    def placed(self, point: Point | None) -> Point:
        """In the frame of the set. Only rows that have a point come here."""
        spot = cast(Point, point)
        return spot if self.datum is self.frame else convert(spot, self.datum, self.frame)

    def is_new(self, row: Row, name: str) -> bool:
        before = self.seen.get(name)
        if before is not None:
            self.report(f"line {row.line}", f"id {name} stands in {before} already", "Give each its own id")
            return False
        self.seen[name] = f"{self.file} line {row.line}"
        if len(self.seen) > MAX_PLACES:
            self.report(f"line {row.line}", f"more than {MAX_PLACES} places", "Leave out what nobody names")
        return True

    def refers(self, line: int, road: str) -> None:
        """A road that must be in the list of roads."""
        if road and road not in self.made.roads:
            file = self.file

            def check() -> None:
                if road not in self.made.roads:
                    self.file = file
                    self.report(
                        f"line {line}", f"road {road} is not in roads.csv", "Add it there, or mend the id"
                    )

            self.later.append(check)

    # One reader for each list ------------------------------------------------------------------------------

    def divisions(self, row: Row) -> None:
        code, name, parent = row.cells["code"], row.cells["name"], row.cells["parent"]
        if not _CODE.fullmatch(code):
            self.report(
                f"line {row.line}", f"{code} is no GB/T 2260 code", "Six digits (nine or twelve below)"
            )
        elif self.is_new(row, code):
            self.made.divisions[code] = Division(code, name, parent)
            point = None if row.point is None else self.placed(row.point)
            self.made.places.append(Place(code, Kind.DIVISION, name, point, parent))
            file = self.file

            def check() -> None:
                if parent and parent not in self.made.divisions:
                    self.file = file
                    self.report(
                        f"line {row.line}", f"parent {parent} is not there", "Add its row, or leave it empty"
                    )

            if parent:
                self.later.append(check)

    def roads(self, row: Row) -> None:
        road, name = row.cells["id"], row.cells["name"]
        if self.is_new(row, road):
            self.made.roads[road] = Road(road, name)
            self.made.places.append(Place(road, Kind.ROAD, name, None, row.cells.get("division", "")))

    def junctions(self, row: Row) -> None:
        cells = row.cells
        if self.is_new(row, cells["id"]):
            self.refers(row.line, cells["road_a"])
            self.refers(row.line, cells["road_b"])
            point, roads, name = (
                self.placed(row.point),
                (cells["road_a"], cells["road_b"]),
                cells.get("name", ""),
            )
            self.made.junctions.append(Junction(cells["id"], roads, point, name))
            if name:
                self.made.places.append(Place(cells["id"], Kind.JUNCTION, name, point))

    def posts_(self, row: Row) -> None:
        km = tables.number(row.cells["km"].upper().removeprefix("K").replace("+", "."))
        self._known(row, "posts", Known(km, self.placed(row.point), row.cells["km"]))

    def addresses(self, row: Row) -> None:
        number = _NUMBER.fullmatch(row.cells["number"])
        if number is None:
            raise ValueError(f"{row.cells['number'][:30]!r} is no house number", "Write 88, 88-3 or 88号")
        text = row.cells["number"].removesuffix("号")
        self._known(row, "numbers", Known(float(number[1]), self.placed(row.point), text))

    def _known(self, row: Row, where: str, known: Known) -> None:
        road = row.cells["road"]
        self.refers(row.line, road)

        def enter() -> None:
            found = self.made.roads.get(road)
            if found is not None:
                (found.posts if where == "posts" else found.numbers).append(known)

        found = self.made.roads.get(road)
        if found is None:
            self.later.append(enter)
        else:
            enter()

    def communities(self, row: Row) -> None:
        self._named(row, Kind.COMMUNITY)

    def pois(self, row: Row) -> None:
        self._named(row, Kind.POI)

    def _named(self, row: Row, kind: Kind) -> None:
        cells = row.cells
        if self.is_new(row, cells["id"]):
            road = cells.get("road", "")
            self.refers(row.line, road)
            self.made.places.append(
                Place(
                    cells["id"], kind, cells["name"], self.placed(row.point), cells.get("division", ""), road,
                    cells.get("number", ""), cells.get("category", ""),
                )
            )  # fmt: skip

    def aliases(self, row: Row) -> None:
        place, alias, file = row.cells["place"], row.cells["alias"], self.file

        def check() -> None:
            if place not in self.seen:
                self.file = file
                self.report(f"line {row.line}", f"there is no place {place}", "Mend the id, or add the place")

        self.made.aliases.append((place, alias))
        if place not in self.seen:
            self.later.append(check)

    # Shapes ------------------------------------------------------------------------------------------------

    def shapes(self, kind: str, text: str) -> None:
        datum, features = shapes.read(text, self.report)
        self.datum = datum or self.frame
        if kind == "map":
            if datum not in (None, Datum.WGS_84):
                self.report("", f"is in {datum}", "The map is drawn in WGS-84: export it so")
            return
        key = {"roads": "road", "divisions": "code", "stations": "id"}[kind]
        lines: dict[str, list[tuple[Point, ...]]] = {}
        areas: dict[str, tuple[str, list[Polygon]]] = {}
        for feature in features:
            name = feature.properties.get(key, "")
            wrong = not feature.lines if kind == "roads" else not feature.polygons
            if not name or wrong:
                what = f"has no property {key}" if not name else "is drawn as the wrong kind"
                self.report(
                    feature.where, what, f"Give {key} and {'a line' if kind == 'roads' else 'a polygon'}"
                )
            elif kind == "roads":
                lines.setdefault(name, []).extend(self._line(line) for line in feature.lines)
            else:
                told = feature.properties.get("name", name)
                areas.setdefault(name, (told, []))[1].extend(self._sound(feature))
        self._drawn(kind, lines, areas)

    def _sound(self, feature: Feature) -> Iterator[Polygon]:
        """The polygons of an area that can be used; of the others it is told that they are left out."""
        for number, polygon in enumerate(feature.polygons, start=1):
            fault = fault_of(polygon)
            if fault is None:
                yield tuple(self._line(ring) for ring in polygon)
                continue
            part = f", polygon {number}" if len(feature.polygons) > 1 else ""
            self.made.set_aside.append(Fault(self.file, feature.where + part, fault.what, fault.cure))

    def _drawn(
        self,
        kind: str,
        lines: dict[str, list[tuple[Point, ...]]],
        areas: dict[str, tuple[str, list[Polygon]]],
    ) -> None:
        for name, drawn in lines.items():
            road = self.made.roads.get(name)
            if road is None:
                self.report(f"road {name}", "is not in roads.csv", "Add it there, or mend the property road")
            else:
                road.lines = tuple(drawn)
        made = [Area(name, told, tuple(polygons)) for name, (told, polygons) in areas.items() if polygons]
        if kind == "divisions":
            for area in made:
                if area.area_id not in self.made.divisions:
                    self.report(f"code {area.area_id}", "is not in divisions.csv", "Add it there")
            self.made.division_areas += made
        elif kind == "stations":
            self.made.station_areas += made

    def _line(self, points: tuple[Point, ...]) -> tuple[Point, ...]:
        return points if self.datum is self.frame else tuple(map(self.placed, points))

    def table(self, kind: str, text: str) -> None:
        datum, rows = tables.read(text, tables.TABLES[kind], self.report)
        self.datum = datum or self.frame
        reader = {
            "divisions": self.divisions, "roads": self.roads, "junctions": self.junctions,
            "posts": self.posts_, "addresses": self.addresses, "communities": self.communities,
            "pois": self.pois, "aliases": self.aliases,
        }[kind]  # fmt: skip
        for row in rows:
            try:
                reader(row)
            except ValueError as error:
                what, cure = error.args
                self.report(f"line {row.line}", what, cure)

    def finished(self) -> PlaceSet:
        for check in self.later:
            check()
        if self.faults:
            raise PlacesError(self.faults)
        for place in self.made.places:
            number = _NUMBER.fullmatch(place.number) if place.road and place.point else None
            road = self.made.roads.get(place.road)
            if number and road and place.point:
                road.numbers.append(Known(float(number[1]), place.point, place.number.removesuffix("号")))
        for road in self.made.roads.values():
            road.numbers.sort(key=lambda known: known.at)
            road.posts.sort(key=lambda known: known.at)
        return self.made


def read(folder: Path, *, say: Callable[[str], None] = lambda _: None) -> PlaceSet:
    """Every file of the folder as one set; `say` is told which one is being read. An area whose border
    crosses itself is in `set_aside` and not among the areas.

    Raises PlacesError with all faults, at most MAX_FAULTS.
    """
    loader = _Loader()
    texts = list(_texts(folder, loader))
    if not any(name.endswith(".csv") for name, _, _ in texts) and not loader.faults:
        loader.file = str(folder)
        loader.report("", "holds no list of places", "See conf/places/README.md: roads.csv, pois.csv …")
    loader.frame = Datum.GCJ_02 if any(_says_gcj(text) for _, _, text in texts) else Datum.WGS_84
    loader.made = replace(loader.made, datum=loader.frame)
    for name, kind, text in texts:
        loader.file = name
        say(f"reading {name}")
        if name.endswith(".csv"):
            loader.table(kind, text)
        else:
            loader.shapes(kind, text)
    return loader.finished()


def _says_gcj(text: str) -> bool:
    """All points are brought to one frame. To GCJ-02 the way is direct, from it it is found by iteration: so
    one file in GCJ-02 brings the others there.
    """
    return re.search(r"""#\s*datum\s*:\W*GCJ|"datum"\s*:\s*"GCJ""", text[:400], re.IGNORECASE) is not None


_ORDER = ("divisions", "roads", "junctions", "posts", "addresses", "communities", "pois", "aliases")


def _texts(folder: Path, loader: _Loader) -> Iterator[tuple[str, str, str]]:
    """Name, kind and text of each file, lists before shapes; what cannot be read is reported."""
    if not folder.is_dir():
        loader.file = str(folder)
        loader.report("", "is no folder", "Give the folder of the places' files, such as conf/places")
        return
    found = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS]
    order = {kind: place for place, kind in enumerate(_ORDER)}
    kinds = [(path, kind_of(path.name)) for path in found]
    for path, kind in sorted(kinds, key=lambda one: (one[0].suffix.lower() != ".csv", order.get(one[1], 99))):
        loader.file = path.name
        if not kind:
            known = ", ".join((*_ORDER, *SHAPES[2:]))
            loader.report("", "its name tells no kind", f"Let it begin with one of: {known}")
        elif (text := _text(path, loader)) is not None:
            yield path.name, kind, text
    _main(folder / MAIN, loader)


def _text(path: Path, loader: _Loader) -> str | None:
    if path.stat().st_size > MAX_FILE_BYTES:
        loader.report("", f"is larger than {MAX_FILE_BYTES >> 20} MB", "Part it: pois-1.csv, pois-2.csv")
        return None
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        cure = "Save it as CSV UTF-8, or: iconv -f GB18030 -t UTF-8 OLD > NEW"
        loader.report(f"line {line}", "is not UTF-8 (GBK, as Excel writes it?)", cure)
        return None


def _main(path: Path, loader: _Loader) -> None:
    if not path.is_file():
        return
    loader.file = path.name
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        loader.report("", f"cannot be read ({str(error)[:80]})", "Mend the line, or compare with conf/places")
        return
    loader.made = replace(
        loader.made, city=str(told.get("city", ""))[:60], version=str(told.get("version", ""))[:60]
    )
