"""`intake110 listen`: the listener alone. The gateway starts its own; this is for looking at one, or
another machine."""

from __future__ import annotations

import asyncio
from pathlib import Path

import typer

from gateway import config as configuration
from gateway import logs
from gateway.speech.control import ListenerConfig
from gateway.speech.listener import serve

app = typer.Typer()


def from_config(config: configuration.Config) -> ListenerConfig:
    """What `gateway.toml` says about hearing."""
    return ListenerConfig(
        state_dir=config.gateway.state_dir,
        model=config.speech.model,
        host=config.speech.listener_host,
        port=config.speech.listener_port,
        workers=config.speech.workers,
        spool_max_mb=config.speech.spool_max_mb,
        log_level=config.log.level,
    )


@app.command()
def listen(
    config: Path = typer.Option(
        Path("conf/gateway.toml"), "-c", "--config", help="gateway.toml; its [speech] is used."
    ),
    stay: bool = typer.Option(
        False, "--stay", help="Do not end when no gateway speaks to it for two minutes."
    ),
) -> None:
    """Hear taps that a gateway announces, until it says stop, or nobody has spoken to it for two minutes."""
    settings = configuration.load(config)
    logs.configure(settings.log.level, settings.log.format)
    wanted = from_config(settings)
    asyncio.run(serve(wanted.model_copy(update={"orphan_s": float("inf")}) if stay else wanted))
