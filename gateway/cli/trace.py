"""`intake110 trace`: raw AMI streams recorded, cleaned of people, played to their story; the diagram of a
call.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from gateway import settings
from gateway.calls.model import CallSession
from gateway.calls.transitions import diagram as state_diagram
from gateway.clock import SystemClock
from gateway.config import Config, ConfigError, PbxConfig, load
from gateway.pbx.shape import PbxShape
from gateway.pbx.story import Story, as_json, call_json
from gateway.pbx.story import play as play_stream
from gateway.pbx.trace import record as record_stream
from gateway.pbx.trace import scrub as scrub_text

app = typer.Typer(no_args_is_help=True, help="Raw AMI streams: record, scrub, play; the diagram of a call.")

MAX_SECONDS = 86_400.0
BEGIN, END = "<!-- state diagram: begin -->", "<!-- state diagram: end -->"


class NoDiagramMarks(Exception):
    """The file has no place for the diagram: put `<!-- state diagram: begin -->` and `… end -->` into it."""


Files = Annotated[list[Path] | None, typer.Argument(help="Trace files; none or `-` reads standard input.")]


@app.command()
def play(
    files: Files = None,
    as_data: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    contexts: Annotated[
        list[str] | None,
        typer.Option("--context", help="Context in which trunk calls arrive; may be repeated."),
    ] = None,
    numbers: Annotated[
        list[str] | None, typer.Option("--number", help="Emergency extension in it; may be repeated.")
    ] = None,
) -> None:
    """Tell the calls of recorded streams, with the clock of the PBX that wrote them.

    Example: intake110 trace play tests/traces/answered/stream.ami.txt --json
    """
    usual = PbxShape()
    shape = PbxShape(
        intake_contexts=frozenset(contexts) if contexts else usual.intake_contexts,
        intake_numbers=frozenset(numbers) if numbers else usual.intake_numbers,
    )
    stories = [play_stream(_read(file), shape=shape) for file in files or [Path("-")]]
    if as_data:
        typer.echo(json.dumps(as_json(stories), ensure_ascii=False, indent=2))
        return
    console = Console()
    for story in stories:
        _print(story, console)


def _read(file: Path) -> bytes:
    return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()


def _print(story: Story, console: Console) -> None:
    """A table of the calls, and each call's events on its own clock."""
    calls = story.real_calls()
    console.print(_table(calls))
    for call in calls:
        console.print(f"\n[bold]{call.linkedid}[/bold]")
        for call_id, event in story.events:
            if call_id == call.call_id:
                after_s = (event.occurred_at - call.seized_at).total_seconds()
                told = ", ".join(_facts(event))
                console.print(
                    f"  {after_s:8.3f} s  {type(event).__name__}  [dim]{told}[/dim]",
                    highlight=False,
                    soft_wrap=True,
                )
    if story.malformed:
        console.print(f"\n[red]{len(story.malformed)} messages do not hang together[/red]")
        for doubt in story.malformed[:10]:
            console.print(f"  {doubt.why}: {doubt.raw[:100]!r}", highlight=False, markup=False)


def _table(calls: Sequence[CallSession]) -> Table:
    table = Table("call", "from", "dialled", "waited", "call-takers", "passed on", "end", "released by")
    for call in calls:
        story = call_json(call)
        passed = ", ".join(f"{t['kind']} {t['target']} {t['result']}" for t in story["transfers"])
        waited = "" if call.queue_wait_ms is None else f"{call.queue_wait_ms / 1000:.1f} s"
        table.add_row(
            call.linkedid,
            call.ani or "withheld",
            call.dialed or "",
            waited,
            " ".join(story["agents"]),
            passed,
            story["end_reason"],
            story["released_by"] or "",
        )
    return table


def _facts(event: object) -> list[str]:
    names = [name for name in getattr(event, "__slots__", ()) if name not in ("occurred_at", "inferred")]
    return [
        f"{name} {value}" for name in names if (value := getattr(event, name)) not in (None, "", False, ())
    ]


@app.command()
def record(
    file: Annotated[Path, typer.Argument(help="Where to write.")],
    config: Annotated[Path, typer.Option("--config", "-c", help="The gateway's configuration.")] = Path(
        "conf/gateway.toml"
    ),
    pbx: Annotated[
        str | None, typer.Option(help="Which PBX of the configuration; needed when there are several.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=MAX_SECONDS, help="How long; Ctrl+C ends it earlier.")
    ] = 60.0,
    redact: Annotated[bool, typer.Option(help="Take people out before the file is left.")] = True,
) -> None:
    """Write what a live PBX sends to the gateway's account, byte for byte.

    Example: intake110 trace record fault.ami.txt --pbx main --seconds 300
    """
    account = settings.account(_one_of(load(config), pbx))
    size = asyncio.run(record_stream(account, file, clock=SystemClock(), seconds=seconds, redact=redact))
    typer.echo(f"{file}: {size:,} bytes")


def _one_of(config: Config, name: str | None) -> PbxConfig:
    known = ", ".join(pbx.name for pbx in config.pbx) or "none"
    chosen = [pbx for pbx in config.pbx if name in (None, pbx.name)]
    if len(chosen) != 1:
        raise ConfigError(f"which PBX? --pbx names one of: {known}")
    return chosen[0]


@app.command()
def scrub(
    file: Annotated[Path, typer.Argument(help="A trace.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write; else the file itself.")
    ] = None,
) -> None:
    """Take numbers, names and addresses out of a trace; its story stays the same.

    Example: intake110 trace scrub fault.ami.txt -o tests/traces/fault/stream.ami.txt
    """
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    (out or file).write_bytes(scrub_text(text).encode("utf-8", "surrogateescape"))


@app.command()
def diagram(
    check: Annotated[
        Path | None,
        typer.Option(help="Only say whether the diagram in this file is up to date (exit code 1: no)."),
    ] = None,
    write: Annotated[Path | None, typer.Option(help="Bring the diagram in this file up to date.")] = None,
) -> None:
    """Print the states of a call as Mermaid, made from the table of moves.

    Example: intake110 trace diagram --check gateway/README.md
    """
    file = check or write
    if file is None:
        typer.echo(state_diagram())
        return
    before = file.read_text(encoding="utf-8")
    after = with_diagram(before)
    if write is not None and after != before:
        write.write_text(after, encoding="utf-8")
    if check is not None and after != before:
        typer.echo(
            f"{check}: the state diagram is stale; run: intake110 trace diagram --write {check}", err=True
        )
        raise typer.Exit(1)


def with_diagram(text: str) -> str:
    """The document with the present diagram between its marks. Raises NoDiagramMarks."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise NoDiagramMarks(NoDiagramMarks.__doc__)
    return f"{head}{BEGIN}\n```mermaid\n{state_diagram()}\n```\n{END}{tail}"
