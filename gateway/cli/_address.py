"""The `address` command of `intake110 location`: elements of addresses and the places that may be meant."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from gateway.location.places import Candidate, Gazetteer, load
from gateway.text.address import MAX_CHARACTERS, Address, parse

EPILOG = (
    'Examples:  intake110 location address "朝阳区建设路88号幸福小区3号楼2单元501室"  ·  '
    'intake110 location address "我在那个建国路，不对，建设路八十八号" --json  ·  '
    "intake110 location address --file addresses.csv --out elements.jsonl"
)
_PLACES = Path("conf/places")


def address(
    text: str | None = typer.Argument(None, help="A written address, or what a caller said."),
    file: Path | None = typer.Option(
        None, "--file", help="CSV (UTF-8) with a column `text`: many addresses."
    ),
    out: Path | None = typer.Option(
        None, "--out", help="Where the JSON lines go; standard output without it."
    ),
    places: Path | None = typer.Option(
        None, "--places", help=f"Folder of the gazetteer; {_PLACES} when it is there, else no candidates."
    ),
    as_json: bool = typer.Option(
        False,
        "--json",
        help="elements [{type, text, start, end}], normalised (null when nothing says where), candidates "
        "[{place_id, name, score, lat, lon, datum}]. start and end count characters of the text.",
    ),
) -> None:
    """Cut an address into its elements, write it in one line, and name the places that may be meant.

    Written lines and speech: numerals, slips (不对) and relative descriptions (对面, 东南角) are read; words
    that are no address stay out.
    """
    gazetteer = _gazetteer(places)
    if file is not None and text is None:
        _many(file, out, gazetteer)
        return
    if text is None or file is not None:
        raise typer.BadParameter("say what to read: a text, or --file FILE.csv")
    found = parse(text)
    candidates = gazetteer.find(text) if gazetteer else []
    if len(text) > MAX_CHARACTERS:
        sys.stderr.write(f"only the first {MAX_CHARACTERS:,} characters are read\n")
    if as_json:
        typer.echo(json.dumps(shown(found, candidates), ensure_ascii=False))
    else:
        _print(found, candidates)


def shown(found: Address, candidates: list[Candidate]) -> dict[str, Any]:
    """The JSON of one text."""
    return {
        "elements": [
            {"type": one.kind.value, "text": one.text, "start": one.start, "end": one.end}
            for one in found.elements
        ],
        "normalised": found.normalised,
        "candidates": [
            {
                "place_id": one.place_id, "name": one.name, "score": round(one.score, 3),
                "lat": one.point[0], "lon": one.point[1], "datum": one.datum.value,
            }
            for one in candidates
        ],
    }  # fmt: skip


def _gazetteer(folder: Path | None) -> Gazetteer | None:
    if folder is None:
        return load(_PLACES) if _PLACES.is_dir() else None
    return load(folder)


def _many(file: Path, out: Path | None, gazetteer: Gazetteer | None) -> None:
    """One JSON object a row, in the order of the rows; the other columns are left out."""
    with file.open(encoding="utf-8-sig", newline="", errors="replace") as source:
        total = sum(1 for _ in _texts(source, file))
        source.seek(0)
        if out is None:
            _write(source, file, sys.stdout, total, gazetteer)
            return
        with out.open("w", encoding="utf-8") as sink:
            _write(source, file, sink, total, gazetteer)


def _write(source: TextIO, file: Path, sink: TextIO, total: int, gazetteer: Gazetteer | None) -> None:
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("addresses", total=total)
        for text in _texts(source, file):
            candidates = gazetteer.find(text) if gazetteer else []
            sink.write(json.dumps(shown(parse(text), candidates), ensure_ascii=False) + "\n")
            progress.advance(task)


def _texts(source: TextIO, file: Path) -> Iterator[str]:
    rows = csv.DictReader(source)
    if "text" not in (rows.fieldnames or ()):
        raise typer.BadParameter(f"{file} has no column `text`; name the column of the addresses so")
    for row in rows:
        yield row["text"] or ""


def _print(found: Address, candidates: list[Candidate]) -> None:
    console = Console()
    console.print(found.normalised or "no address", markup=False, highlight=False)
    table = Table(box=None, padding=(0, 2), show_header=False)
    for one in found.elements:
        table.add_row(f"  {one.kind.value}", one.text, f"{one.start}-{one.end}")
    for candidate in candidates:
        table.add_row(f"  {candidate.score:.2f}", candidate.name, candidate.place_id)
    console.print(table)
