"""The `ask` command of `intake110 location`: the configured sources, asked by hand as a call asks them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from gateway.clock import Clock, SystemClock
from gateway.location.locator import Asked, Locator, LocatorFailed
from gateway.location.shown import as_json

EPILOG = (
    "Examples:  intake110 location ask 13800000000 -c /etc/intake110/gateway.toml  ·  "
    "intake110 location ask +862161234567 --only fixed_net --json  ·  "
    "intake110 location ask --cell 460-00-1234-5678  ·  intake110 location ask --uri https://lis.example.cn/x"
)
_NOBODY = 1
"""Exit code when no source knew a place."""


def ask(
    number: str | None = typer.Argument(None, help="A caller's number, in any way of writing it."),
    cell: str | None = typer.Option(None, "--cell", help="The cell of a call: MCC-MNC-LAC-CI."),
    uri: str | None = typer.Option(None, "--uri", help="A reference that came with a call."),
    configuration: Path = typer.Option(
        Path("conf/gateway.toml"), "-c", "--config", help="gateway.toml of the deployment."
    ),
    only: list[str] = typer.Option([], "--only", help="Only this source, by its name. Repeatable."),
    as_json_lines: bool = typer.Option(
        False,
        "--json",
        help="One object a source: source, mark, took_ms, and kind, locations, additional, errors as "
        "`location parse` has them; or failed, why it gave no answer.",
    ),
) -> None:
    """Ask the configured sources once: which of them know this number, and does a record come out right.

    Real databases are asked about a real number: use one of your own. Ends with 0 when a place was found.
    """
    from gateway import config, settings  # databases and all: its neighbours read a line without them

    asked = Asked(call_id="asked-by-hand", ani=number, cell=cell, uri=uri)
    if number is None and cell is None and uri is None:
        raise typer.BadParameter("say a number, --cell or --uri")
    try:
        told = config.load(configuration)
        made = settings.locators(told, clock := SystemClock())
    except config.ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if unknown := sorted(set(only) - {locator.name for locator in made}):
        names = ", ".join(locator.name for locator in made) or "none"
        raise typer.BadParameter(f"no source is called {unknown[0]}; configured: {names}")
    chosen = [locator for locator in made if not only or locator.name in only]
    found = asyncio.run(_told(chosen, asked, clock, as_json_lines=as_json_lines))
    raise typer.Exit(0 if found else _NOBODY)


async def _told(locators: list[Locator], asked: Asked, clock: Clock, *, as_json_lines: bool) -> bool:
    console, found = Console(highlight=False, soft_wrap=True), False
    async for answer in _answers(locators, asked, clock):
        found = found or bool(answer.get("locations"))
        if as_json_lines:
            typer.echo(json.dumps(answer, ensure_ascii=False))
        else:
            console.print(_shown(answer))
    return found


async def _answers(locators: list[Locator], asked: Asked, clock: Clock) -> AsyncIterator[dict[str, Any]]:
    """In the order of the configuration, asked beside each other."""
    concerned = [locator for locator in locators if locator.concerns(asked)]
    tasks = [asyncio.create_task(_answer(locator, asked, clock)) for locator in concerned]
    try:
        for task in tasks:
            yield await task
    finally:
        await asyncio.gather(*(locator.close() for locator in locators))


async def _answer(locator: Locator, asked: Asked, clock: Clock) -> dict[str, Any]:
    begun = clock.monotonic()
    try:
        answer = as_json(await locator.locate(asked))
    except LocatorFailed as error:
        answer = {"failed": str(error)}
    took_ms = round((clock.monotonic() - begun) * 1000)
    return {"source": locator.name, "mark": locator.source.value, "took_ms": took_ms, **answer}


def _shown(answer: dict[str, Any]) -> Text:
    text = Text.assemble((f"{answer['source']}", "bold"), f"  {answer['mark']}  {answer['took_ms']} ms")
    if "failed" in answer:
        return text.append(f"\n  {answer['failed']}", "red")
    for kind in ("locations", "additional"):
        for item in answer[kind]:
            text.append(f"\n  {json.dumps(item, ensure_ascii=False)}")
    for error in answer["errors"]:
        text.append(f"\n  {error['where']}: {error['what']}", "yellow")
    if not answer["locations"] and not answer["errors"]:
        text.append("\n  knows nothing of it", "dim")
    return text
