"""`intake110 events`: the contract of what is published, and a subscriber that watches it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from typing import Annotated, Any

import aiomqtt
import typer

from gateway.dispatch import asyncapi
from gateway.dispatch.catalogue import BY_NOUN, CATALOGUE
from gateway.dispatch.gaps import GapDetector, Irregularity, Kind
from gateway.dispatch.tail import BrokerAddress, follow

app = typer.Typer(no_args_is_help=True, help="The published events: their contract, and watching them.")

Check = Annotated[
    bool, typer.Option("--check", help="Only say whether the shipped files are up to date (exit code 1: no).")
]
Write = Annotated[bool, typer.Option("--write", help="Bring the shipped files up to date with the types.")]


@app.command("asyncapi")
def print_asyncapi(check: Check = False, write: Write = False) -> None:
    """Print the AsyncAPI 3.0 document.

    Example: intake110 events asyncapi > events.asyncapi.json
    """
    if not _maintained(check, write):
        typer.echo(asyncapi.files()["asyncapi.json"], nl=False)


@app.command()
def schemas(
    noun: Annotated[
        str | None, typer.Argument(help="One event, such as CallStart; without it: the list.")
    ] = None,
    check: Check = False,
    write: Write = False,
) -> None:
    """List the events, or print the JSON Schema of one.

    Example: intake110 events schemas CallEnd
    """
    if _maintained(check, write):
        return
    if noun is None:
        for entry in CATALOGUE:
            origin = "i3  " if entry.i3 else "ours"
            typer.echo(f"{entry.name:24} {entry.level:5} {origin} {entry.en} {entry.zh}")
    elif noun.removesuffix(".v1") in BY_NOUN:
        typer.echo(
            json.dumps(asyncapi.data_schema(BY_NOUN[noun.removesuffix(".v1")]), ensure_ascii=False, indent=2)
        )
    else:
        typer.echo(f"no event is called {noun}; known: {', '.join(BY_NOUN)}", err=True)
        raise typer.Exit(2)


def _maintained(check: bool, write: bool) -> bool:
    """Whether the shipped files were what was asked for."""
    if write:
        typer.echo(f"written: {', '.join(asyncapi.write()) or 'nothing to do'}")
    elif check and (stale := asyncapi.stale()):
        typer.echo(f"not up to date: {', '.join(stale)}; run: intake110 events schemas --write", err=True)
        raise typer.Exit(1)
    return check or write


@app.command()
def tail(
    broker: Annotated[str, typer.Option(help="mqtt://user@host:1883 or mqtts://…")] = "mqtt://127.0.0.1:1883",
    site: Annotated[str, typer.Option(help="Name of the site.")] = "site",
    call: Annotated[str | None, typer.Option(help="Only this call_id.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One CloudEvent a line.")] = False,
    until_end: Annotated[int | None, typer.Option(min=1, help="Stop after so many calls have ended.")] = None,
    client_id: Annotated[
        str | None, typer.Option(help="MQTT client id; keep it to resume a session.")
    ] = None,
) -> None:
    """Print events as they come and tell what is missing, late or doubled (on standard error).

    The password stands in INTAKE110_MQTT_PASSWORD or in the URL. Exit code 1: something is missing.

    Example: intake110 events tail --broker mqtt://reader@10.0.0.5 --site hz --until-end 8
    """
    watch = _Watch(per_site=call is None, as_json=as_json, until_end=until_end)
    try:
        address = BrokerAddress.parse(broker, os.environ.get("INTAKE110_MQTT_PASSWORD"))
        asyncio.run(watch.run(address, site, call, client_id or f"intake110-tail-{os.getpid()}"))
    except KeyboardInterrupt:
        pass
    except (aiomqtt.MqttError, ValueError) as error:
        typer.echo(f"{broker}: {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(watch.summary(), err=True)
    raise typer.Exit(1 if watch.gaps.missing else 0)


class _Watch:
    """Prints, counts and follows the sequence numbers."""

    def __init__(self, *, per_site: bool, as_json: bool, until_end: int | None) -> None:
        self.gaps = GapDetector(per_site=per_site)
        self._as_json, self._until_end = as_json, until_end
        self._events = 0
        self._ended: set[str] = set()

    async def run(self, address: BrokerAddress, site: str, call_id: str | None, client_id: str) -> None:
        async for payload in follow(address, site, call_id=call_id, client_id=client_id):
            self.take(payload)
            if self._until_end is not None and len(self._ended) >= self._until_end:
                return

    def take(self, payload: bytes) -> None:
        """One message. What is no event of ours is told and passed over."""
        try:
            event = json.loads(payload)
            irregular = self.gaps.feed(event)
            shown = json.dumps(event, ensure_ascii=False) if self._as_json else _line(event)
        except (ValueError, KeyError, TypeError) as error:
            typer.echo(f"! not an event ({error!r}): {payload[:120]!r}", err=True)
            return
        self._events += 1
        for irregularity in irregular:
            typer.echo(_told(irregularity), err=True)
        if event["type"] == BY_NOUN["CallEnd"].type:
            self._ended.add(str(event["subject"]))
        typer.echo(shown)
        sys.stdout.flush()

    def summary(self) -> str:
        counts = self.gaps.counts
        return (
            f"{self._events} events, {len(self._ended)} calls ended, {self.gaps.missing} missing, "
            f"{counts[Kind.LATE]} late, {counts[Kind.DUPLICATE]} twice"
        )


def _told(found: Irregularity) -> str:
    which = str(found.first) if found.first == found.last else f"{found.first} to {found.last}"
    said = {Kind.GAP: "missing", Kind.LATE: "came late", Kind.DUPLICATE: "came twice"}
    return f"! {found.stream}: {which} {said[found.kind]}"


def _line(event: Mapping[str, Any]) -> str:
    noun = str(event["type"]).split(".")[-2]
    data = {key: value for key, value in event["data"].items() if key not in ("occurred_at", "inferred")}
    told = json.dumps(data, ensure_ascii=False)
    whose = f"{event['subject']} #{event['callseq']}" if "subject" in event else "site"
    return f"{str(event['time'])[11:23]} {event['siteseq']:>6} {whose:40} {noun:20} {told[:160]}"
