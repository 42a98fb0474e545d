"""`intake110 flood`: calls that looked like a flood on the 110 lines, and the evidence of them."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from gateway import config
from gateway.archive import floodpack
from gateway.clock import SystemClock
from gateway.store import floods
from gateway.store.store import open_store

app = typer.Typer(
    no_args_is_help=True, help="Floods on the 110 lines: what was seen, and the evidence for the case."
)

_SPAN = re.compile(r"(\d{1,4})([mhd])")
_SPANS = {"m": "minutes", "h": "hours", "d": "days"}
EPILOG = (
    "Examples:  intake110 flood pack --since 6h --out flood.zip  ·  "
    "intake110 flood pack --since 2026-01-05T08:00+08:00 --until 2026-01-05T20:00+08:00 --out flood.zip"
)


class BadMoment(ValueError):
    """Not a time: write a span as 90m, 6h or 2d, or a time with its zone as 2026-01-05T08:00+08:00."""


def moment(text: str, now: datetime) -> datetime:
    """A span back from now, or a time with its zone. Raises BadMoment."""
    if span := _SPAN.fullmatch(text):
        return now - timedelta(**{_SPANS[span[2]]: int(span[1])})
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise BadMoment(f"{text!r}: {BadMoment.__doc__}") from None
    if told.tzinfo is None:
        raise BadMoment(f"{text!r} has no zone: {BadMoment.__doc__}")
    return told


@app.callback()
def family() -> None:
    """Floods on the 110 lines."""


@app.command(epilog=EPILOG)
def pack(
    since: Annotated[str, typer.Option(help="From when: 90m, 6h, 2d, or a time with its zone.")],
    out: Annotated[Path, typer.Option(help="The ZIP file to write.")],
    until: Annotated[str, typer.Option(help="To when; now without it.")] = "0m",
    configuration: Annotated[
        Path, typer.Option("-c", "--config", help="gateway.toml, which names the database.")
    ] = Path("conf/gateway.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Write the evidence of suspected calls: times, numbers, SIP addresses, figures, journal rows, hashes.
    导出疑似恶意占线的证据包。"""
    now = SystemClock().now()
    try:
        settings, span = config.load(configuration), (moment(since, now), moment(until, now))
    except (config.ConfigError, BadMoment) as error:
        _refused(str(error), as_json)
    if out.is_dir() or not out.parent.is_dir():
        _refused(f"{out}: name a file in a folder that is there", as_json)
    told = asyncio.run(_packed(settings.store_url(), *span, out))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(
            f"{out}: {told['figures']['calls']} calls of {told['figures']['numbers']} numbers, "
            f"{told['figures']['cleared']} cleared; sha256 {told['sha256']['pack']}"
        )


def _refused(text: str, as_json: bool) -> NoReturn:
    typer.echo(json.dumps({"error": text}, ensure_ascii=False) if as_json else text, err=not as_json)
    raise typer.Exit(2)


async def _packed(url: str, since: datetime, until: datetime, out: Path) -> dict[str, Any]:
    store = await open_store(url)
    try:
        with Console(stderr=True).status("reading suspected calls"):
            calls = await store.database.read(floods.calls, since, until)
        with Console(stderr=True).status(f"reading the journal of {len(calls)} calls"):
            ids = [call.call_id for call in calls]
            journal = await store.database.read(floods.journal_of, ids, since, until)
    finally:
        await store.close()
    figures = floodpack.figures(calls, since, until)
    with Console(stderr=True).status(f"writing {out}"):
        hashes = floodpack.write(out, calls, journal, figures)
    return {"file": str(out), "figures": figures, "journal_rows": len(journal), "sha256": hashes}
