"""`intake110 location`: what a body says of the caller's place."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.cli import _address, _sources
from gateway.clock import SystemClock
from gateway.location.body import MAX_BODY_BYTES, read
from gateway.location.model import BodyFault, BodyReading, Datum, Shape, Stated
from gateway.location.shown import as_json

app = typer.Typer(
    no_args_is_help=True,
    help="Where the caller is: location bodies and spoken addresses. 定位信息解析。",
)

app.command("address", epilog=_address.EPILOG)(_address.address)
app.command("ask", epilog=_sources.EPILOG)(_sources.ask)

_NOTHING = 1
"""Exit code when no file told anything but errors."""


@app.callback()
def family() -> None:
    """Keeps the commands under names of their own."""


@app.command(
    epilog="Examples:  intake110 location parse invite.sip --json  ·  intake110 location parse *.xml  ·  "
    "cat body.xml | intake110 location parse - --json",
)
def parse(
    files: list[Path] = typer.Argument(help="Bodies, one a file; - reads standard input."),
    content_type: str = typer.Option(
        None, "--content-type", help="Where the bytes leave it open: a boundary, a character set."
    ),
    datum: Datum = typer.Option(
        None, "--datum", help="That of coordinates which name none; without it they are told as errors."
    ),
    as_json_lines: bool = typer.Option(
        False,
        "--json",
        help="One object a file: kind, locations [{shape, lat, lon, radius_m, points, altitude_m, civic, "
        "uri, datum, confidence_percent, method, provided_by, obtained_at, element}], additional [{block, "
        "fields}], errors [{what, where}]. What does not apply is absent.",
    ),
) -> None:
    """Read location bodies of any kind: PIDF-LO, HELD, LoST, additional data, whole SIP messages, multipart,
    EIDO, vCon, AML, ALI records.

    The kind is seen in the bytes. What cannot be used stands in errors with its place; the rest counts.
    Ends with 0 when something was read, with 1 when there are errors only.
    """
    told = False
    for file in files:
        reading = _in_datum(read(_bytes(file), content_type=content_type), datum)
        reading = _judged(reading, SystemClock().now())
        told = told or bool(reading.locations or reading.additional) or not reading.faults
        if as_json_lines:
            typer.echo(json.dumps(as_json(reading), ensure_ascii=False))
        else:
            _print(file, reading)
    raise typer.Exit(0 if told else _NOTHING)


def _in_datum(reading: BodyReading, datum: Datum | None) -> BodyReading:
    """No coordinate without a datum: the given one is put to it and told, or that there is none is told."""
    untold = [place for place in reading.locations if place.datum is None and _is_coordinate(place)]
    if not untold:
        return reading
    placed = tuple(replace(place, datum=datum) if place in untold else place for place in reading.locations)
    cure = f"read as {datum.value}" if datum is not None else "say --datum; a call refuses them without one"
    fault = BodyFault(what=f"coordinates that name no datum: {cure}", where="body")
    return replace(reading, locations=placed, faults=(*reading.faults, fault))


def _judged(reading: BodyReading, now: datetime) -> BodyReading:
    """A reference whose time is over stays in sight, and is told."""
    faults = [
        BodyFault(
            what=f"a reference that expired at {place.expires_at.isoformat()}: a call does not fetch it",
            where=place.uri or "body",
        )
        for place in reading.locations
        if place.shape is Shape.REFERENCE and place.expires_at is not None and place.expires_at <= now
    ]
    return replace(reading, faults=(*reading.faults, *faults)) if faults else reading


def _is_coordinate(place: Stated) -> bool:
    return place.latitude is not None or (place.extent is not None and bool(place.extent.points))


def _bytes(file: Path) -> bytes:
    """One byte more than may be: then the limit itself is what is told."""
    if str(file) == "-":
        return sys.stdin.buffer.read(MAX_BODY_BYTES + 1)
    with file.open("rb") as source:
        return source.read(MAX_BODY_BYTES + 1)


def _print(file: Path, reading: BodyReading) -> None:
    console = Console()
    console.print(Text.assemble((reading.kind, "bold"), f"  {file}"))
    table = Table(box=None, padding=(0, 2), show_header=False)
    shown = as_json(reading)
    for place in shown["locations"]:
        table.add_row(f"  {place.pop('shape')}", Text(_line(place)))
    for block in shown["additional"]:
        table.add_row(Text(f"  {block['block']}"), Text(_line(block["fields"])))
    for error in shown["errors"]:
        table.add_row(Text("  error", "red"), Text(f"{error['what']}  ({error['where']})"))
    console.print(table)


def _line(values: dict[str, Any]) -> str:
    """`lat 31.23  lon 121.47  radius_m 50`, nested ones too."""
    parts = []
    for name, value in values.items():
        if isinstance(value, dict):
            parts.append(" ".join(f"{inner}={text}" for inner, text in value.items()))
        else:
            parts.append(f"{name} {value}")
    return "  ".join(parts)
