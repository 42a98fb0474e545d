"""`intake110 places`: the city's places checked, brought in, looked for."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from gateway.location.model import Datum, Point
from gateway.location.places import Candidate, Described, Gazetteer, PlacesError, load
from gateway.location.places.files import MAIN
from gateway.location.places.review import counts, remarks
from gateway.locators.placefiles import install

DEFAULT_FOLDER = Path("conf/places")

app = typer.Typer(
    no_args_is_help=True,
    help="The city's places: check and import their files, find them in words. 地名库：检查、导入、查找。",
    epilog="Examples:  intake110 places find 建国路和中山路交叉口  ·  intake110 places check  ·  "
    "intake110 places import /srv/city-2026",
)
Folder = Annotated[Path, typer.Option("--places", help="Folder of the places' files.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


@app.command(
    epilog="Examples:  intake110 places find 在建国路八十八号对面  ·  intake110 places find 火车站 "
    "--near 31.2313,121.5111 --json"
)
def find(
    text: Annotated[str, typer.Argument(help="What the caller says.")],
    near: Annotated[
        str | None, typer.Option(help="LAT,LON where the caller is thought to be, in the set's datum.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Candidates at most.")] = 8,
    places: Folder = DEFAULT_FOLDER,
    as_json: Json = False,
) -> None:
    """Places that the words may mean, the best first, with score and reason."""
    gazetteer = _load(places, as_json=as_json)
    around = None if near is None else _point(near, as_json=as_json)
    found = gazetteer.find(text, near=around, limit=limit)
    if as_json:
        typer.echo(
            json.dumps({"text": text, "candidates": [shown(one) for one in found]}, ensure_ascii=False)
        )
        return
    if not found:
        typer.echo("no place of the files is named in it")
        return
    for one in found:
        spot = f"{one.point[0]:.5f},{one.point[1]:.5f} {one.datum.value} ± {one.uncertainty_m:.0f} m"
        typer.echo(f"{one.score:.2f}  {one.address}  {spot}")
        typer.echo(f"      “{text[slice(*one.span)]}”  {'; '.join((one.how.value, *one.why))}")


@app.command(epilog="Example:  intake110 places describe 31.2304,121.4737 --datum WGS-84 --json")
def describe(
    point: Annotated[str, typer.Argument(help="LAT,LON in degrees.")],
    datum: Annotated[Datum, typer.Option(help="The frame of the point.")],
    places: Folder = DEFAULT_FOLDER,
    as_json: Json = False,
) -> None:
    """Whose district and beat a point is, the nearest junctions, the nearest address."""
    gazetteer = _load(places, as_json=as_json)
    found = around(gazetteer.describe(_point(point, as_json=as_json), datum))
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    for key, value in found.items():
        typer.echo(f"{key}: {value}")


@app.command(epilog="Example:  intake110 places check --places conf/places")
def check(places: Folder = DEFAULT_FOLDER, as_json: Json = False) -> None:
    """Read every file, tell every fault with its line and cure, and what looks odd though it can be used."""
    started = time.perf_counter()
    with Console(stderr=True).status(f"reading {places}"):
        gazetteer = _load(places, as_json=as_json)
    report = _report(gazetteer, started) | {"remarks": remarks(gazetteer.places)}
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    typer.echo(_summary(report))
    for remark in report["remarks"]:
        typer.echo(f"  {remark}")


@app.command(
    "import",
    epilog="Examples:  intake110 places import /srv/city-2026  ·  intake110 places import schools.csv --kind "
    "pois --datum GCJ-02  ·  intake110 places import osm-export.geojson --datum WGS-84 --json",
)
def bring_in(
    sources: Annotated[
        list[Path],
        typer.Argument(
            help="One folder that replaces the set, or CSV and GeoJSON files that are added to it."
        ),
    ],
    into: Annotated[Path, typer.Option(help="Folder of the site's set.")] = DEFAULT_FOLDER,
    datum: Annotated[
        Datum | None, typer.Option(help="The frame of files that do not say it; it is written into them.")
    ] = None,
    kind: Annotated[
        str, typer.Option(help="What files hold whose name does not say it: pois, roads, communities …")
    ] = "",
    as_json: Json = False,
) -> None:
    """Check files and make them the site's set. A set with a fault replaces nothing; an area whose border
    crosses itself is left out and told, the rest is used.
    """
    started, told = time.perf_counter(), Console(stderr=True)
    try:
        with told.status("reading") as status:
            done = install(sources, into, datum=datum, kind=kind, say=status.update)
            status.update("indexing")
            gazetteer = Gazetteer.of(done.places)
    except (PlacesError, OSError) as error:
        _fail(error, as_json=as_json)
    report = _report(gazetteer, started) | {
        "into": str(into), "files": list(done.files), "left_out": done.left_out
    }  # fmt: skip
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
    else:
        typer.echo(f"{_summary(report)}; brought into {into}: {', '.join(done.files)}")
        for fault in done.places.set_aside:
            typer.echo(f"  left out: {fault}")
        if done.left_out:
            typer.echo(f"  {done.left_out} features without a name or a use were left out")


def shown(one: Candidate) -> dict[str, Any]:
    """A candidate as JSON has it."""
    return {
        "place_id": one.place_id, "name": one.name, "kind": one.kind.value, "how": one.how.value,
        "score": round(one.score, 3), "lat": round(one.point[0], 7), "lon": round(one.point[1], 7),
        "datum": one.datum.value, "uncertainty_m": round(one.uncertainty_m, 1), "address": one.address,
        "start": one.span[0], "end": one.span[1], "why": list(one.why),
    }  # fmt: skip


def around(found: Described) -> dict[str, Any]:
    """What is around a point, as JSON has it."""
    station = found.station
    return {
        "outside": found.outside,
        "divisions": [asdict(one) for one in found.divisions],
        "station": None if station is None else {"id": station.area_id, "name": station.name},
        "address": found.address,
        "junctions": [
            {
                "id": one.junction_id, "name": one.name,
                "distance_m": round(one.distance_m), "bearing": one.bearing,
            }
            for one in found.junctions
        ],
    }  # fmt: skip


def _load(folder: Path, *, as_json: bool) -> Gazetteer:
    try:
        return load(folder)
    except (PlacesError, OSError) as error:
        _fail(error, as_json=as_json)


def _point(text: str, *, as_json: bool) -> Point:
    try:
        lat, lon = map(float, text.split(","))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError(text)
    except ValueError:
        _fail(
            ValueError(f"{text[:40]!r} is no point: write LAT,LON such as 31.2304,121.4737"), as_json=as_json
        )
    return lat, lon


def _report(gazetteer: Gazetteer, started: float) -> dict[str, Any]:
    return {
        "ok": True,
        "city": gazetteer.places.city,
        "version": gazetteer.places.version,
        "datum": gazetteer.datum.value,
        "counts": counts(gazetteer.places),
        "set_aside": [asdict(fault) for fault in gazetteer.places.set_aside],
        "seconds": round(time.perf_counter() - started, 2),
    }


def _summary(report: dict[str, Any]) -> str:
    told = ", ".join(f"{number} {what}" for what, number in report["counts"].items() if number)
    return f"{report['city'] or f'no city named in {MAIN}'} {report['version']}: {told}"


def _fail(error: Exception, *, as_json: bool) -> NoReturn:
    faults = [asdict(fault) for fault in error.faults] if isinstance(error, PlacesError) else []
    if as_json:
        typer.echo(json.dumps({"ok": False, "error": str(error), "faults": faults}, ensure_ascii=False))
    else:
        typer.echo(str(error), err=True)
    raise typer.Exit(1)
