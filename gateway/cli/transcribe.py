"""`intake110 transcribe`: what a recording says, through the same workers that hear live calls."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path

import typer

from gateway.clock import SystemClock
from gateway.speech import wav
from gateway.speech.model import Leg
from gateway.speech.offline import transcribe as transcribe_legs

app = typer.Typer()


@app.command()
def transcribe(
    file: Path = typer.Argument(
        ..., help="A WAV: any rate, mono, or stereo with the caller left and the call-taker right."
    ),
    model: Path = typer.Option(Path("asr_models/demo-cn"), "--model", help="The model's folder."),
    as_json: bool = typer.Option(
        False, "--json", help="One JSON object a segment, with words, times and confidence."
    ),
) -> None:
    """Print what was said, by time."""
    channels = wav.read(file)[:2]
    clock = SystemClock()
    segments = asyncio.run(
        transcribe_legs(list(zip(Leg, channels, strict=False)), model=model, clock=clock, workers=2)
    )
    for segment in segments:
        if as_json:
            typer.echo(json.dumps(dataclasses.asdict(segment), ensure_ascii=False))
        else:
            typer.echo(f"{segment.started_ms / 1000:8.2f} {segment.speaker.value:<10} {segment.text}")
