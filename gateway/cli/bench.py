"""`intake110 bench`: the gateway measured beside its peers."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from gateway.testing.bench.measure import Measure

# Each bench loads its laboratory when it is run: the list of commands needs none.

app = typer.Typer(
    no_args_is_help=True, help="Measure the gateway beside its peers, on the same bytes, in one run."
)


@app.callback()
def bench() -> None:
    """Measure the gateway beside its peers, on the same bytes, in one run."""


@app.command()
def intake(
    as_json: bool = typer.Option(False, "--json", help="One JSON object a measure on standard output."),
    seconds: float = typer.Option(10.0, min=0.5, help="Length of one round; there are 18 of them."),
    strict: bool = typer.Option(False, "--strict", help="Exit code 1 when a goal is missed."),
    folder: Path | None = typer.Option(
        None, help="Where databases and logs lie; the disk that is measured. Without it a temporary one."
    ),
) -> None:
    """AMI event to MQTT message, calls a second, AMI intake alone.

    Examples: intake110 bench intake --json · intake110 bench intake --seconds 2 --strict
    """
    from gateway.testing.bench.intake import intake as measures

    with tempfile.TemporaryDirectory(prefix="intake110-bench-") as scratch:
        where = folder or Path(scratch)
        where.mkdir(parents=True, exist_ok=True)
        met = asyncio.run(_tell(lambda say: measures(where, seconds=seconds, say=say), as_json=as_json))
    raise typer.Exit(1 if strict and not met else 0)


@app.command()
def speech(
    as_json: bool = typer.Option(False, "--json", help="One JSON object a measure on standard output."),
    seconds: float = typer.Option(5.0, min=0.1, help="About the length of one round; there are some 50."),
    strict: bool = typer.Option(False, "--strict", help="Exit code 1 when a goal is missed."),
    model: Path = typer.Option(Path("asr_models/demo-cn"), help="A Mandarin model; all sides use it."),
) -> None:
    """Our listener, vosk-server's way and the bare library: legs a core, first partial text, memory.

    Examples: intake110 bench speech --json · intake110 bench speech --seconds 2 --strict
    """
    from gateway.testing.bench.speech import speech as measures

    with tempfile.TemporaryDirectory(prefix="intake110-bench-") as scratch:
        met = asyncio.run(
            _tell(lambda say: measures(Path(scratch), model, seconds=seconds, say=say), as_json=as_json)
        )
    raise typer.Exit(1 if strict and not met else 0)


@app.command()
def location(
    as_json: bool = typer.Option(False, "--json", help="One JSON object a measure on standard output."),
    seconds: float = typer.Option(2.0, min=0.05, help="Length of one round; there are 7 of them."),
    places: int = typer.Option(500_000, min=1_000, help="Places of the made-up city."),
    strict: bool = typer.Option(False, "--strict", help="Exit code 1 when a goal is missed."),
) -> None:
    """Addresses a second through the gazetteer, beside a plain loop and a bare Aho-Corasick automaton.

    Examples: intake110 bench location --json · intake110 bench location --places 50000 --seconds 1
    """
    from gateway.testing.bench.location import location as measures

    met = asyncio.run(_tell(lambda say: measures(places=places, seconds=seconds, say=say), as_json=as_json))
    raise typer.Exit(1 if strict and not met else 0)


@app.command()
def triage(
    as_json: bool = typer.Option(False, "--json", help="One JSON object a measure on standard output."),
    rules: int = typer.Option(3_000, min=100, help="Rules that are made up."),
    packs: Path = typer.Option(Path("conf/rules"), help="Packs of which a verdict's cost is told."),
    strict: bool = typer.Option(False, "--strict", help="Exit code 1 when a goal is missed."),
) -> None:
    """Thousands of rules on growing text, beside a loop over the rules and raw re2.Set.

    Examples: intake110 bench triage --json · intake110 bench triage --rules 500 --strict
    """
    from gateway.testing.bench.triage import triage as measures

    met = asyncio.run(_tell(lambda say: measures(count=rules, packs=packs, say=say), as_json=as_json))
    raise typer.Exit(1 if strict and not met else 0)


async def _tell(run: Callable[[Callable[[str], None]], AsyncIterator[Measure]], *, as_json: bool) -> bool:
    """Runs the measures and tells each. Whether every goal was met."""
    told, found = Console(stderr=True), []
    with told.status("measuring") as status:

        def say(sentence: str) -> None:
            status.update(sentence)
            if not told.is_terminal:
                told.print(sentence, highlight=False)

        async for measure in run(say):
            found.append(measure)
            if as_json:
                print(json.dumps(measure.json(), ensure_ascii=False), flush=True)
    if not as_json:
        Console().print(_table(found))
    return all(measure.met for measure in found)


def _table(found: list[Measure]) -> Table:
    table = Table(box=None, padding=(0, 1))
    for title in ("measure", "unit", "ours", "peer", "ratio", "goal", "met"):
        table.add_column(title)
    for measure in found:
        figures = [
            "" if value is None else f"{value:.2f}" for value in (measure.ours, measure.peer, measure.ratio)
        ]
        met = "" if measure.goal is None else "yes" if measure.met else "[bold red]no[/]"
        table.add_row(measure.name, measure.unit, *figures, measure.goal or "", met)
    return table
