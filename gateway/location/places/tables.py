"""The lists of a city's places: CSV in UTF-8, a heading, one row a place.

A list with coordinates begins with a line that tells their frame: `# datum: WGS-84`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from gateway.location.model import Datum, Point
from gateway.location.places.shapes import DATUM_CURE, Report, datum_of, position

MAX_NAME = 60
"""Characters of a name; nobody says a longer one."""
MAX_ID = 64
MAX_CELL = 200
"""Characters of one cell; the row of a longer one is refused."""


@dataclass(frozen=True, slots=True)
class Table:
    """How a list must look: columns it needs, columns it may have."""

    needs: tuple[str, ...]
    may: tuple[str, ...] = ()

    @property
    def placed(self) -> bool:
        return "lat" in self.needs or "lat" in self.may


TABLES = {
    "divisions": Table(("code", "name", "parent"), ("lat", "lon")),
    "roads": Table(("id", "name"), ("division",)),
    "junctions": Table(("id", "road_a", "road_b", "lat", "lon"), ("name",)),
    "posts": Table(("road", "km", "lat", "lon")),
    "addresses": Table(("road", "number", "lat", "lon")),
    "communities": Table(("id", "name", "lat", "lon"), ("division", "road", "number")),
    "pois": Table(("id", "name", "lat", "lon"), ("category", "division", "road", "number")),
    "aliases": Table(("place", "alias")),
}
"""By the beginning of the file's name: pois.csv, pois-schools.csv."""


@dataclass(frozen=True, slots=True)
class Row:
    """One sound row: its line, its cells by column, its point where it has one."""

    line: int
    cells: dict[str, str]
    point: Point | None


def read(text: str, table: Table, report: Report) -> tuple[Datum | None, Iterator[Row]]:
    """The frame of the list and its sound rows; what is wrong is reported as the rows are drawn."""
    lines = iter(text.splitlines())
    datum: Datum | None = None
    number, first = 0, ""
    for first in lines:
        number += 1
        if first.lstrip("\ufeff ").startswith("#"):
            key, _, value = first.lstrip("\ufeff #").partition(":")
            if key.strip().lower() == "datum":
                datum = datum_of(value.strip(' ,;\t"'))
        elif first.strip(' ,;\t"'):
            break
    heading = [cell.strip().lower() for cell in next(csv.reader([first]), [])]
    missing = [column for column in table.needs if column not in heading]
    unknown = [column for column in heading if column not in table.needs + table.may]
    cure = f"The heading is {','.join(table.needs + table.may)} (the last ones only if wanted)"
    if missing:
        report(f"line {number}", f"the heading lacks {', '.join(missing)}", cure)
        return datum, iter(())
    if unknown or len(set(heading)) < len(heading):
        odd = ", ".join(cell[:20] or "an empty cell" for cell in unknown) or "twice the same"
        report(f"line {number}", f"the heading has {odd}", cure)
        return datum, iter(())
    if "lat" in heading and datum is None:
        report("line 1", "names no datum", f"{DATUM_CURE}: write # datum: WGS-84 above the heading")
    return datum, _rows(chain(lines), heading, number, table, report)


def _rows(
    lines: Iterator[str], heading: Sequence[str], number: int, table: Table, report: Report
) -> Iterator[Row]:
    placed, width = "lat" in heading, len(heading)
    needs = [column for column in table.needs if column not in ("parent", "lat", "lon")]
    reader = csv.reader(lines)
    while True:
        where = number + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            report(f"line {where}", str(error), "Look at quotes and at the row's end")
            continue
        over = number + reader.line_num - where
        if over:
            report(f"line {where}", f"a cell goes on for {over} more lines", "Is a quote left open?")
            continue
        if not cells or (len(cells) <= 1 and not cells[0].strip()) or cells[0].startswith("#"):
            continue
        if len(cells) != width:
            hint = "a comma inside a coordinate or a name?" if len(cells) > width else "something is left out"
            report(
                f"line {where}",
                f"{len(cells)} cells under a heading of {width}: {hint}",
                "Write coordinates with a point (31.2304) and put quotes around a name with a comma",
            )
            continue
        row = _row(where, dict(zip(heading, cells, strict=True)), needs, placed, report)
        if row is not None:
            yield row


def _row(line: int, cells: dict[str, str], needs: Sequence[str], placed: bool, report: Report) -> Row | None:
    for column, cell in cells.items():
        if len(cell) > MAX_CELL or "\0" in cell:
            report(f"line {line}", f"{column} has {len(cell)} characters", "Shorten it")
            return None
        cells[column] = cell.strip()
    for column in needs:
        if not cells[column]:
            report(f"line {line}", f"{column} is empty", "Fill it in, or take the row out")
            return None
        if len(cells[column]) > (MAX_NAME if column in ("name", "alias") else MAX_ID):
            report(f"line {line}", f"{column} has {len(cells[column])} characters", "Shorten it")
            return None
    if not placed or not (cells["lat"] or cells["lon"] or "lat" in needs):
        return Row(line, cells, None)
    try:
        return Row(line, cells, position(number(cells["lat"]), number(cells["lon"])))
    except ValueError as error:
        what, cure = error.args
        report(f"line {line}", what, cure)
        return None


def number(text: str) -> float:
    """A plain decimal number. Raises ValueError with what is wrong and its cure."""
    try:
        value = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{text[:30]!r} is no number", "Write it with digits and a point: 31.2304")
    return value


Reader = Callable[[Row], None]
