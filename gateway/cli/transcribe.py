"""`intake110 transcribe`: what recordings say, through the same workers that hear live calls."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gateway.clock import SystemClock
from gateway.speech.models import ModelCard, check
from gateway.speech.models.places import models_folder
from gateway.speech.recordings import Transcript, choose_models, transcribe_files

UNREADABLE = 2
"""Exit code when a file could not be read; all others were heard."""

app = typer.Typer()


@app.command(
    epilog="Examples:  intake110 transcribe call.wav  ·  intake110 transcribe *.wav --json >out.jsonl  ·  "
    "intake110 transcribe call.wav --language auto  ·  intake110 transcribe call.wav --model DIR"
)
def transcribe(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Recordings: WAV of any rate and width (PCM, float, A-law, mu-law), also of a recorder that "
            "was killed, FLAC, Ogg. Mono, or stereo with the caller left and the call-taker right.",
        ),
    ],
    model: Annotated[
        Path | None, typer.Option("--model", help="The model's folder; without it one for the language.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(help="zh, en …, or auto: the surest model hears each side. Default: zh."),
    ] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Recognizer processes; 0: one a core.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, see above.")] = False,
) -> None:
    """Print what recordings say, by time.

    With --json a line for each segment: {"type": "segment", "file", "speaker" (caller, call_taker), "index",
    "started_ms", "ended_ms", "text", "confidence" (0 to 1), "words": [{"text", "started_ms", "ended_ms",
    "confidence"}], "model_id"}, and behind a file's segments one for the file, also when nothing was heard:
    {"type": "file", "file", "segments" (how many), "seconds", "sides" (channels), "faults" (what was wrong
    and yet read)}, or with "error" when it could not be read. Then the exit code is 2; the others are heard.
    """
    cards = {"": check(model)} if model is not None else choose_models(models_folder(), language)
    _warn(list(cards.values()))
    unreadable = asyncio.run(_run(files, cards, workers or os.cpu_count() or 1, as_json=as_json))
    if unreadable:
        raise typer.Exit(UNREADABLE)


async def _run(files: list[Path], cards: dict[str, ModelCard], workers: int, *, as_json: bool) -> int:
    """How many files could not be read."""
    unreadable = 0
    folders = {key: card.folder for key, card in cards.items()}
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(
        *columns, console=console, transient=True, redirect_stdout=False, disable=not console.is_terminal
    )
    with bar:
        task = bar.add_task("hearing", total=len(files))
        async for transcript in transcribe_files(files, folders, clock=SystemClock(), workers=workers):
            bar.update(task, advance=1)
            unreadable += transcript.error is not None
            bar.stop()  # where both are one terminal, text must not be written into the bar
            _print(transcript, as_json=as_json, named=len(files) > 1)
            bar.start()
    return unreadable


def _print(transcript: Transcript, *, as_json: bool, named: bool) -> None:
    if transcript.error is not None:
        typer.echo(f"intake110: {transcript.error}", err=True)
    if as_json:
        for segment in transcript.segments:
            typer.echo(json.dumps(transcript.segment_facts(segment), ensure_ascii=False))
        typer.echo(json.dumps(transcript.facts(), ensure_ascii=False))
        return
    if named and transcript.error is None:
        typer.echo(f"{transcript.file}:")
    for segment in transcript.segments:
        at = f"{segment.started_ms // 60_000:3}:{segment.started_ms % 60_000 / 1000:05.2f}"
        typer.echo(f"{at} {segment.speaker.value:<10} {segment.text}")
    for fault in transcript.faults:
        typer.echo(f"  {transcript.file}: {fault}", err=fault != "nothing was heard")


def _warn(cards: list[ModelCard]) -> None:
    for card in cards:
        if card.synthetic_only:
            typer.echo(f"{card.name}: {card.note_zh}\n{card.name}: {card.note_en}", err=True)
