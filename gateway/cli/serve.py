"""`intake110 serve`: the gateway itself."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import sdnotify
import structlog
import typer

from gateway import app as composition
from gateway import config, logs
from gateway.clock import SystemClock

app = typer.Typer()
log = structlog.get_logger(__name__)

WATCHDOG_EVERY_S = 10.0


@app.command()
def serve(
    configuration: Path = typer.Option(
        Path("conf/gateway.toml"), "-c", "--config", help="gateway.toml, with every key explained."
    ),
) -> None:
    """Run the gateway until it is told to stop (SIGTERM or Ctrl+C); a clean stop takes at most five seconds.

    Example: intake110 serve -c /etc/intake110/gateway.toml
    """
    settings = config.load(configuration)
    logs.configure(settings.log.level, settings.log.format)
    asyncio.run(_serve(settings))


async def _serve(settings: config.Config) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    systemd = sdnotify.SystemdNotifier()
    gateway = await composition.compose(settings)
    try:
        await gateway.start()
        log.info(
            "the gateway is up", site=settings.site.name, gateway=settings.gateway.id, pages=gateway.address
        )
        systemd.notify("READY=1")
        beating = asyncio.ensure_future(_beat(systemd))
        await stop.wait()
        beating.cancel()
        systemd.notify("STOPPING=1")
        log.info("the gateway stops")
    finally:
        try:
            await asyncio.wait_for(gateway.stop(), settings.gateway.stop_within_s)
        except TimeoutError:
            log.warning("not everything stopped in time; what is unfinished is owed at the next start")


async def _beat(systemd: sdnotify.SystemdNotifier) -> None:
    while True:
        systemd.notify("WATCHDOG=1")
        await SystemClock().sleep(WATCHDOG_EVERY_S)
