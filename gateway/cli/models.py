"""`intake110 models`: which speech models are here, and whether one can be used."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path

import typer

from gateway.clock import SystemClock
from gateway.speech.models import ModelCard, ModelError, check
from gateway.speech.offline import try_out

app = typer.Typer(help="Speech models: what is here, and does it work.", no_args_is_help=True)


@app.command("check")
def check_model(
    folder: Path = typer.Argument(..., help="The model's folder."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Look at every file, load the model in a process of its own, let it hear silence. Exit 2 with the
    cure when it fails."""
    card = check(folder)
    asyncio.run(try_out(folder, clock=SystemClock()))
    _print(card, as_json)


@app.command("list")
def list_models(
    folder: Path = typer.Option(Path("asr_models"), "--in", help="The folder of models."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """One line a model; one that cannot be used says why."""
    for path in sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else ():
        try:
            _print(check(path), as_json)
        except ModelError as error:
            typer.echo(
                json.dumps({"folder": str(path), "fault": str(error)})
                if as_json
                else f"{path.name}: cannot be used\n{error}"
            )


def _print(card: ModelCard, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({**dataclasses.asdict(card), "folder": str(card.folder)}, ensure_ascii=False))
        return
    graph = "grammar at run time" if card.dynamic_graph else "fixed grammar"
    words = f"{card.words:,} words" if card.words else "words inside the graph"
    what = f"{card.language or 'language not told'}, {card.sample_rate_hz} Hz, {words}, {graph}"
    typer.echo(f"{card.name}: usable ({what})  {card.model_id}")
    for note in (card.note_zh, card.note_en):
        if note:
            typer.echo(f"  {note}")
