"""`intake110 demo`: a real PBX with invented callers, the broker, the gateway and its pages,
from nothing to ringing."""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table

from gateway.clock import SystemClock
from gateway.dispatch import topics
from gateway.logs import mask
from gateway.store.store import open_store
from gateway.testing.lab import SCENES, Cache, Scene
from gateway.testing.lab.report import CallStory, DemoReport, as_json
from gateway.testing.lab.stage import Stage
from gateway.web.accounts import create_user
from gateway.web.build import build as build_pages

app = typer.Typer()

AT_ONCE = 3
"""Invented callers on the line together."""
PAUSE_S = (2.0, 6.0)
"""Between two callers when the demonstration goes on and on."""
SETTLE_WITHIN_S = 20.0
"""How long after its end a call may take to be stored and judged."""
INTERRUPTED = 130
"""Exit code of `--once` when it was stopped before all callers had rung."""
USERS = {"wang": "call_taker", "li": "supervisor", "admin": "administrator", "labour": "department"}
"""The demonstration's people and their roles."""


@dataclass(slots=True)
class Show:
    """What the table and the report are made of."""

    report: DemoReport = field(default_factory=DemoReport)
    taken: dict[str, str] = field(default_factory=dict)
    """call_id by scene id, newest."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def feed(self, event: dict[str, Any]) -> None:
        self.report.feed(event)
        self.changed.set()

    def story(self, scene: Scene) -> CallStory | None:
        return self.report.stories.get(self.taken.get(scene.id, ""))


@app.command()
def demo(
    once: bool = typer.Option(
        False, "--once", help="Let each caller ring once, then end; exit 0 only if all calls are whole."
    ),
    as_lines: bool = typer.Option(
        False, "--json", help="One JSON object a call, then a summary, on standard output."
    ),
    port: int = typer.Option(0, help="Port of the pages; 0: 8110 if free, else any."),
    keep: Path | None = typer.Option(None, help="Keep the demonstration's state in this folder."),
    seed: int = typer.Option(110, help="Order of the callers when it goes on and on."),
) -> None:
    """A real PBX, eight invented callers, live text, cards and events:
    scripts/demo, then open the printed address.

    Examples: scripts/demo · scripts/demo --once --json · scripts/demo --port 9000 --keep /tmp/demo
    """
    began = float(os.environ.get("INTAKE110_STARTED") or time.time())
    with tempfile.TemporaryDirectory(prefix="intake110-demo-") as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            whole = asyncio.run(_demo(folder, began, once=once, as_lines=as_lines, port=port, seed=seed))
        except (KeyboardInterrupt, asyncio.CancelledError):
            raise typer.Exit(INTERRUPTED if once else 0) from None
        raise typer.Exit(0 if whole else 1)


async def _demo(folder: Path, began: float, *, once: bool, as_lines: bool, port: int, seed: int) -> bool:
    if (show_goes_on := asyncio.current_task()) is not None:
        for name in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, show_goes_on.cancel)
    console = Console(stderr=True)
    cache = Cache(say=lambda sentence: console.print(f"[dim]{sentence}[/]", highlight=False, soft_wrap=True))
    with console.status("preparing: pages, services, voices") as status:
        await asyncio.gather(
            asyncio.to_thread(build_pages),
            asyncio.to_thread(cache.ensure, "asterisk", "mosquitto", "espeak-ng"),
        )
        plans = {scene.id: await asyncio.to_thread(scene.plan, cache) for scene in SCENES}
        status.update("starting the PBX, the city and the broker")
        stage = Stage(folder, cache=cache, with_gateway=False, web_port=port or _free_web_port())
        async with stage:
            status.update("starting the gateway")
            passwords = await _people(stage)
            await stage.gateway.start()
            status.stop()
            setup_s = time.time() - began
            _welcome(console, stage, passwords, setup_s)
            show, calls_began = Show(), time.monotonic()
            listening = asyncio.ensure_future(_listen(stage, show))
            table = asyncio.ensure_future(_table(console, show))
            try:
                if once:
                    await _once(stage, plans, show, as_lines)
                else:
                    await _for_ever(stage, plans, show, seed)
            finally:
                for task in (table, listening):
                    task.cancel()
                await asyncio.gather(table, listening, return_exceptions=True)
            return _summary(console, show, setup_s, time.monotonic() - calls_began, as_lines)


def _free_web_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return 8110 if probe.connect_ex(("127.0.0.1", 8110)) != 0 else 0


async def _people(stage: Stage) -> Mapping[str, str]:
    """Users with fresh passwords, printed once and kept nowhere."""
    stage.gateway.write_config()
    state = stage.gateway.folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    store = await open_store(f"sqlite:///{state / 'intake110.db'}")
    passwords = {name: secrets.token_urlsafe(9) for name in USERS}
    try:
        for name, role in USERS.items():
            await create_user(
                store.database,
                username=name,
                password=passwords[name],
                roles=(role,),
                department="labour_bureau" if role == "department" else None,
                clock=SystemClock(),
                display_name=name.title(),
            )
    finally:
        await store.close()
    return passwords


def _welcome(console: Console, stage: Stage, passwords: Mapping[str, str], setup_s: float) -> None:
    console.print(
        f"ready after {setup_s:.0f} s; pages: [bold]{stage.gateway.url}[/]", highlight=False, soft_wrap=True
    )
    for name, role in USERS.items():
        console.print(f"  {name} / {passwords[name]}  ({role})", highlight=False, soft_wrap=True)
    console.print(
        "[dim]The demonstration's speech model hears synthetic voices only. Ctrl+C ends everything.[/]",
        highlight=False,
        soft_wrap=True,
    )


async def _listen(stage: Stage, show: Show) -> None:
    """A subscriber like any dispatch core: all that is reported comes from the broker."""
    broker = stage.broker
    async with aiomqtt.Client(
        broker.host,
        broker.port,
        username="dispatch",
        password=broker.users["dispatch"],
        protocol=aiomqtt.ProtocolVersion.V5,
    ) as client:
        for topic in topics.event_filters(stage.gateway.site):
            await client.subscribe(topic, qos=1)
        async for message in client.messages:
            if isinstance(message.payload, bytes):
                show.feed(json.loads(message.payload))


async def _once(stage: Stage, plans: Mapping[str, Any], show: Show, as_lines: bool) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one(scene: Scene) -> None:
        async with places:
            await _ring(stage, plans[scene.id], scene, show)
        if as_lines:
            print(json.dumps(as_json(scene, show.story(scene)), ensure_ascii=False), flush=True)

    await asyncio.gather(*(one(scene) for scene in SCENES))


async def _for_ever(stage: Stage, plans: Mapping[str, Any], show: Show, seed: int) -> None:
    chance = random.Random(seed)
    places, idle = asyncio.Semaphore(AT_ONCE), list(SCENES)

    async def one(scene: Scene) -> None:
        try:
            await _ring(stage, plans[scene.id], scene, show)
        finally:
            places.release()
            idle.append(scene)

    running: set[asyncio.Task[None]] = set()
    while True:
        await places.acquire()
        scene = idle.pop(chance.randrange(min(3, len(idle))))
        task = asyncio.ensure_future(one(scene))
        running.add(task)
        task.add_done_callback(running.discard)
        await asyncio.sleep(chance.uniform(*PAUSE_S))


async def _ring(stage: Stage, plan: Any, scene: Scene, show: Show) -> None:
    """Place the call and wait until it is over, stored and judged (or until that takes too long)."""
    before = set(show.report.stories)
    call = await stage.city.call(plan)
    ended = asyncio.ensure_future(call.ended())
    deadline = None
    while True:
        story = show.report.story(scene, before)
        if story is not None:
            show.taken[scene.id] = story.call_id
        if ended.done():
            deadline = deadline or time.monotonic() + SETTLE_WITHIN_S
            if (story is not None and story.settled) or time.monotonic() > deadline:
                await ended
                return
        show.changed.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(show.changed.wait(), 0.5)


async def _table(console: Console, show: Show) -> None:
    with Live(console=console, refresh_per_second=4, transient=not console.is_terminal) as live:
        while True:
            live.update(_drawn(SCENES, show))
            await asyncio.sleep(0.25)


def _drawn(scenes: Sequence[Scene], show: Show) -> Table:
    table = Table(box=None, padding=(0, 1))
    for title in ("caller", "number", "state", "verdict", "last words"):
        table.add_column(title, no_wrap=True, max_width=44)
    for scene in scenes:
        story = show.story(scene)
        if story is None:
            table.add_row(scene.title_en, mask(scene.caller), "[dim]not yet[/]", "", "")
            continue
        verdict = (story.last("TriageAssessed") or {}).get("assessment")
        words = [segment for side in ("caller", "call_taker") for segment in story.segments(side)]
        last = max(words, key=lambda segment: segment["ended_ms"])["text"] if words else ""
        judged = f"{verdict['alarm_class']} {verdict['nature']}" if verdict else ""
        table.add_row(scene.title_en, mask(scene.caller), story.state, judged, last)
    return table


def _summary(console: Console, show: Show, setup_s: float, calls_s: float, as_lines: bool) -> bool:
    lines = [as_json(scene, show.story(scene)) for scene in SCENES]
    whole = sum(bool(line["whole"]) for line in lines)
    for line in lines:
        for fault in line["faults"]:
            console.print(f"[bold]{line['scene']}[/]: {fault}", highlight=False, soft_wrap=True)
    console.print(
        f"{whole} of {len(lines)} calls whole; set up in {setup_s:.1f} s, calls took {calls_s:.1f} s",
        highlight=False,
        soft_wrap=True,
    )
    if as_lines:
        print(
            json.dumps(
                {
                    "summary": True,
                    "calls": len(lines),
                    "whole": whole,
                    "setup_seconds": round(setup_s, 1),
                    "calls_seconds": round(calls_s, 1),
                    "sequence_gaps": show.report.gaps.missing,
                }
            ),
            flush=True,
        )
        sys.stdout.flush()
    return whole == len(lines)
