"""`intake110 records`: records without a call: papers from an outage entered all at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.progress import Progress

from gateway import config
from gateway.cli._gateway import Api, Entry, GatewayRefusedError, fail, on_gateway
from gateway.clock import SystemClock
from gateway.desk import sheets
from gateway.desk.sheets import Line, Wrong

MAX_FILE_BYTES = 20 * 1024 * 1024
"""A longer file is refused unread."""
STOPS_AT = frozenset({"unreachable", "busy", "not_available", "not_saved", "forbidden", "not_signed_in"})
"""After these the lines that are left would fare the same: what was entered stays, and the file can be
entered again whole."""

app = typer.Typer(
    no_args_is_help=True, help="Records without a call (补录): the papers of an outage, entered all at once."
)


@app.callback()
def records() -> None:
    """Records without a call."""


@app.command()
@on_gateway
def enter(
    file: Annotated[Path, typer.Option("--file", help="CSV; first line: " + ",".join(sheets.COLUMNS))],
    *,
    entry: Entry,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be entered and what is wrong.")
    ] = False,
    timezone: Annotated[
        str, typer.Option(help="Of times without a zone; usual: [site] timezone of gateway.toml.")
    ] = "",
) -> None:
    """Enter the papers of an outage. A sheet's number is entered once: the same file again changes nothing.

    Nothing is entered while a line is wrong; each is told with its line.

    Example: intake110 records enter --file papers.csv --dry-run --json -u zhang.san

    Example: intake110 records enter --file papers.csv -u zhang.san
    """
    zone = ZoneInfo(timezone or config.load(entry.configuration).site.timezone)
    lines, wrong = sheets.read(_text(file, as_json=entry.as_json), zone, SystemClock().now())
    if wrong and not dry_run:
        _tell(file, [], wrong, dry_run=dry_run, as_json=entry.as_json)
        raise typer.Exit(1)
    done = entry.work(lambda api: _entered(api, lines, dry_run=dry_run))
    _tell(file, done, wrong, dry_run=dry_run, as_json=entry.as_json)
    if wrong or any(each["outcome"] == "refused" for each in done):
        raise typer.Exit(1)


def _text(file: Path, *, as_json: bool) -> str:
    """UTF-8, else GB 18030, as spreadsheets in China write it."""
    try:
        raw = file.read_bytes() if file.stat().st_size <= MAX_FILE_BYTES else b""
    except OSError as error:
        fail(f"--file {file}: {error.strerror}", as_json=as_json)
    if not raw:
        fail(f"--file {file}: empty, or longer than {MAX_FILE_BYTES} bytes", as_json=as_json)
    text = _decoded(raw)
    if text is None:
        fail(f"--file {file}: neither UTF-8 nor GB 18030; save it as CSV UTF-8", as_json=as_json)
    return text


def _decoded(raw: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return None


async def _entered(api: Api, lines: Sequence[Line], *, dry_run: bool) -> list[dict[str, Any]]:
    done: list[dict[str, Any]] = []
    with Progress(transient=True) as progress:
        work = progress.add_task("entering", total=len(lines))
        for line in lines:
            told = await _one(api, line, dry_run=dry_run)
            done.append(told)
            progress.advance(work)
            if told.get("code") in STOPS_AT:
                break
    return done


async def _one(api: Api, line: Line, *, dry_run: bool) -> dict[str, Any]:
    about = {"line": line.number, "sheet": line.sheet}
    try:
        answer = await api.post("/records", {**line.fields, "check": dry_run})
    except GatewayRefusedError as error:
        return {**about, "outcome": "refused", "code": error.code, "error": str(error)}
    return {**about, **{name: answer[name] for name in ("outcome", "call_id", "differs")}}


def _tell(
    file: Path, done: Sequence[dict[str, Any]], wrong: Sequence[Wrong], *, dry_run: bool, as_json: bool
) -> None:
    refused = [each for each in done if each["outcome"] == "refused"]
    counts = {name: sum(each["outcome"] == name for each in done) for name in ("entered", "known", "checked")}
    if as_json:
        body = {
            "ok": not wrong and not refused, "dry_run": dry_run, "file": str(file), **counts,
            "wrong": [asdict(each) for each in wrong], "lines": list(done),
        }  # fmt: skip
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    for each in wrong:
        typer.echo(f"{file}:{each.line}: {each.column}: {each.told}", err=True)
    for one in refused:
        typer.echo(f"{file}:{one['line']}: sheet {one['sheet']}: {one['error']}", err=True)
    for one in done:
        if one.get("differs"):
            told = ", ".join(one["differs"])
            typer.echo(f"{file}:{one['line']}: sheet {one['sheet']} is there, but differs: {told}", err=True)
    said = "could be entered" if dry_run else "entered"
    new = counts["checked"] if dry_run else counts["entered"]
    nothing = "; nothing was entered" if wrong and not dry_run else ""
    typer.echo(f"{new} {said}, {counts['known']} there already, {len(wrong) + len(refused)} wrong{nothing}")
