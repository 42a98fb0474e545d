"""`intake110 listen`: the listener alone. The gateway starts its own; this is for looking at one, or for
another machine."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
from pathlib import Path

import typer

from gateway import config, listening, logs, settings
from gateway.speech.listener import serve

app = typer.Typer()

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")


@app.command()
def listen(
    configuration: Path = typer.Option(
        Path("conf/gateway.toml"),
        "-c",
        "--config",
        help="Its site, gateway, mqtt and speech are used; a file with these alone will do.",
    ),
    announce: bool = typer.Option(
        False, "--announce", help="Hear for gateways on other machines, and tell them over MQTT where."
    ),
    name: str = typer.Option(
        "", "--id", help="With --announce: this listener's name; without it the machine's."
    ),
    host: str = typer.Option(
        "",
        "--host",
        metavar="ADDRESS",
        help="With --announce: this machine as gateways and PBXs reach it; without it, as the broker does.",
    ),
    control_port: int = typer.Option(
        -1, "--control-port", min=-1, max=65535, help="With --announce: instead of speech.control_port."
    ),
    stay: bool = typer.Option(
        False, "--stay", help="Do not end when no gateway speaks to it for two minutes."
    ),
) -> None:
    """Hear taps that a gateway announces, until it says stop, or nobody has spoken to it for two minutes.

    With --announce it stays until it is told to end (SIGTERM or Ctrl+C), and speech.listeners_secret_file
    must hold the same secret as on the gateway's machine. Keep both in the command centre's own network:
    sound and words travel unencrypted.

    Examples: intake110 listen -c listen.toml --announce · intake110 listen -c /etc/intake110/listen.toml
    --announce --id asr2 --host 10.1.0.12 --control-port 9093 · intake110 listen --stay
    """
    loaded = config.load(configuration)
    logs.configure(loaded.log.level, loaded.log.format)
    if not announce:
        wanted = settings.listener(loaded)
        asyncio.run(serve(wanted.model_copy(update={"orphan_s": float("inf")}) if stay else wanted))
        return
    called = name or socket.gethostname().partition(".")[0]
    if _NAME.match(called) is None or called == "local":
        raise typer.BadParameter(f"{called!r} cannot be a name: letters, digits, . _ -, and not 'local'")
    port = loaded.speech.control_port if control_port < 0 else control_port
    asyncio.run(_announced(loaded, called, host or listening.own_address(loaded), port))


async def _announced(loaded: config.Config, name: str, host: str, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await listening.serve(loaded, name=name, host=host, control_port=port, stop=stop)
