"""Paper from an outage as a table: one line an event, read with everything that is wrong told by its line.
Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from gateway.calls.callback import DIALLABLE
from gateway.calls.entering import BACK, MAX_PLACE_CHARS, MAX_SHEET_CHARS, MAX_WORDS_CHARS
from gateway.calls.manual import Origin
from gateway.location.model import Datum

MAX_LINES = 5_000
"""Lines of one file; a longer one is refused whole: cut it in two."""
COLUMNS = ("sheet", "happened_at", "origin", "number", "place", "words", "latitude", "longitude", "datum")
NEEDED = ("sheet", "happened_at")
TIMES = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S")
"""How a time may be written beside ISO 8601; without a zone it is the site's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event of the file. `fields`: as the API takes them."""

    number: int
    """Of the line in the file, counted from 1; the heading is the first."""
    sheet: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """`line` 0: the file as a whole."""

    line: int
    column: str
    told: str


def read(text: str, zone: tzinfo, now: datetime) -> tuple[Sequence[Line], Sequence[Wrong]]:
    """What can be entered, and what cannot with its reason. `zone`: of times that name none."""
    rows = csv.DictReader(text.lstrip("\ufeff").splitlines(keepends=True), restkey="", skipinitialspace=True)
    heading = [(name or "").strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = heading
    if (wrong := _heading(heading)) is not None:
        return (), (wrong,)
    lines: list[Line] = []
    faults: list[Wrong] = []
    seen: dict[str, int] = {}
    for row in rows:
        at = rows.line_num
        if len(lines) + len(faults) >= MAX_LINES:
            return (), (Wrong(line=0, column="", told=f"more than {MAX_LINES} lines: cut the file in two"),)
        if not any((value or "").strip() for key, value in row.items() if isinstance(value, str)):
            continue
        made = _line(at, row, zone, now)
        if isinstance(made, Wrong):
            faults.append(made)
        elif (first := seen.setdefault(made.sheet, at)) != at:
            faults.append(Wrong(line=at, column="sheet", told=f"{made.sheet} stands in line {first} already"))
        else:
            lines.append(made)
    return lines, faults


def _heading(heading: Sequence[str]) -> Wrong | None:
    missing = [name for name in NEEDED if name not in heading]
    strange = [name for name in heading if name not in COLUMNS]
    if missing:
        told = f"the first line names the columns; missing: {', '.join(missing)}; all: {', '.join(COLUMNS)}"
        return Wrong(line=1, column=missing[0], told=told)
    if strange or len(set(heading)) != len(heading):
        what = f"not known: {', '.join(strange)}" if strange else "one stands there twice"
        told = f"the first line names the columns; {what}; all: {', '.join(COLUMNS)}"
        return Wrong(line=1, column=strange[0] if strange else "", told=told)
    return None


def _line(at: int, row: Mapping[str, Any], zone: tzinfo, now: datetime) -> Line | Wrong:
    if "" in row:
        return Wrong(line=at, column="", told="more fields than columns: quote fields that hold a comma")
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}

    def wrong(column: str, text: str) -> Wrong:
        return Wrong(line=at, column=column, told=text)

    if not 0 < len(told["sheet"]) <= MAX_SHEET_CHARS:
        return wrong("sheet", f"the number of the paper has 1 to {MAX_SHEET_CHARS} characters")
    happened = _time(told["happened_at"], zone)
    if happened is None:
        return wrong("happened_at", f"{told['happened_at']!r} is no time: write 2026-01-31 08:05")
    if not now - BACK <= happened <= now:
        return wrong(
            "happened_at", f"{told['happened_at']}: not in the future, at most {BACK.days} days back"
        )
    origin = told["origin"] or Origin.OUTAGE.value
    if origin not in set(Origin):
        return wrong("origin", f"{origin!r} is none of {', '.join(Origin)}")
    number = told["number"].replace(" ", "").replace("-", "")
    if number and DIALLABLE.fullmatch(number) is None:
        return wrong("number", f"{told['number']!r} is no number of 3 to 32 digits")
    for name, most in (("place", MAX_PLACE_CHARS), ("words", MAX_WORDS_CHARS)):
        if len(told[name]) > most:
            return wrong(name, f"{len(told[name])} characters, at most {most}")
    spot = _spot(told)
    if isinstance(spot, str):
        return wrong("latitude", spot)
    fields = {
        "happened_at": happened.isoformat(), "origin": origin, "number": number or None,
        "place": told["place"], "words": told["words"], "sheet": told["sheet"], **spot,
    }  # fmt: skip
    return Line(number=at, sheet=told["sheet"], fields=fields)


def _time(text: str, zone: tzinfo) -> datetime | None:
    for form in TIMES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _spot(told: Mapping[str, str]) -> dict[str, Any] | str:
    """Both coordinates and their datum, or none of them; text: what is wrong."""
    given = [told[name] for name in ("latitude", "longitude", "datum")]
    if not any(given):
        return {}
    try:
        latitude, longitude = float(given[0]), float(given[1])
    except ValueError:
        return "a position needs latitude and longitude as numbers"
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return "latitude is -90 to 90, longitude -180 to 180"
    if given[2] not in set(Datum):
        return f"a position needs its datum: {', '.join(Datum)}"
    return {"latitude": latitude, "longitude": longitude, "datum": given[2]}
