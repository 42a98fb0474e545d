"""`intake110 listen`: the listener alone. The gateway starts its own; this is for looking at one, or
another machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from gateway import config, logs, settings
from gateway.speech.listener import serve

app = typer.Typer()


@app.command()
def listen(
    configuration: Path = typer.Option(
        Path("conf/gateway.toml"), "-c", "--config", help="gateway.toml; its [speech] is used."
    ),
    stay: bool = typer.Option(
        False, "--stay", help="Do not end when no gateway speaks to it for two minutes."
    ),
) -> None:
    """Hear taps that a gateway announces, until it says stop, or nobody has spoken to it for two minutes."""
    loaded = config.load(configuration)
    logs.configure(loaded.log.level, loaded.log.format)
    wanted = settings.listener(loaded)
    asyncio.run(serve(wanted.model_copy(update={"orphan_s": float("inf")}) if stay else wanted))
