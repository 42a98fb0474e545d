"""`intake110 check`: tries a deployment on the real thing, one line a finding, with its cure."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from gateway import logs
from gateway.checks.line import Language, Line, State
from gateway.checks.plan import UnknownCheck
from gateway.checks.plan import check as lines_of
from gateway.clock import SystemClock

app = typer.Typer()

SIGNS = {State.OK: ("ok  ", "green"), State.WARN: ("warn", "yellow"), State.FAIL: ("FAIL", "bold red")}


@app.command()
def check(
    configuration: Path = typer.Option(
        Path("conf/gateway.toml"), "-c", "--config", help="gateway.toml of the deployment."
    ),
    as_json: bool = typer.Option(
        False, "--json", help='One JSON object a line: {"name", "state", "text", "cure"}.'
    ),
    only: list[str] = typer.Option(
        [], "--only", help="Only this check, or those below it: broker, pbx.pbx1, pbx.pbx1.tap. Repeatable."
    ),
    lang: str = typer.Option("", help="zh or en; without it what LANG says."),
) -> None:
    """Try everything this deployment needs: PBX, live tap, recordings, broker, database, model, disk, ports.

    It calls no phone and touches no call: on the PBX it opens a channel of its own for some seconds. Exit
    code 1: something failed.

    Examples: intake110 check -c /etc/intake110/gateway.toml · intake110 check --only pbx.pbx1 · intake110
    check --json
    """
    logs.configure("error", "text")
    logging.disable(logging.CRITICAL)  # the links' own logs would come between; the lines say it all
    language: Language = _language(lang)
    try:
        failed = asyncio.run(_check(configuration, only, language, as_json=as_json))
    except UnknownCheck as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    finally:
        logging.disable(logging.NOTSET)
    raise typer.Exit(1 if failed else 0)


def _language(wanted: str) -> Language:
    told = wanted or next(
        (os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "zh" if told.lower().startswith("zh") else "en"


async def _check(configuration: Path, only: Sequence[str], language: Language, *, as_json: bool) -> bool:
    console, counts = Console(highlight=False, soft_wrap=True), dict.fromkeys(State, 0)
    async for line in lines_of(configuration, SystemClock(), only):
        counts[line.state] += 1
        if as_json:
            print(json.dumps(line.json(language), ensure_ascii=False), flush=True)
        else:
            console.print(_shown(line, language))
    if not as_json:
        told = f"{counts[State.OK]} ok, {counts[State.WARN]} warn, {counts[State.FAIL]} fail"
        console.print(told, style="bold red" if counts[State.FAIL] else "bold green")
    return counts[State.FAIL] > 0


def _shown(line: Line, language: Language) -> Text:
    sign, style = SIGNS[line.state]
    text = Text.assemble((sign, style), "  ", (f"{line.name:30}", "dim"), " ", line.text(language))
    if cure := line.cure(language):
        text.append(f"  →  {cure}", style="italic")
    return text
