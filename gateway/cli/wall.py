"""`intake110 wall`: what the hall's big screen shows, for scripts and for people without one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import typer

from gateway.cli._gateway import Api, Entry, on_gateway

app = typer.Typer()
EPILOG = "Examples:  intake110 wall -u wall  ·  intake110 wall -u wall --password-file wall.pw --json"


@app.command(epilog=EPILOG)
@on_gateway
def wall(entry: Entry) -> None:
    """The hall now and its day so far, as a running gateway shows them on /wall. 大屏数据。"""

    async def ask(api: Api) -> Any:
        return await api.get("/wall")

    body = entry.work(ask)
    typer.echo(json.dumps(body, ensure_ascii=False) if entry.as_json else "\n".join(lines(body)))


def lines(body: dict[str, Any]) -> Iterator[str]:
    """The same in words, the pressing first."""
    day, seats, waiting = body["day"], body["seats"], body["waiting"]
    at = datetime.fromisoformat(body["at"])
    yield f"{body['site']}  {at.astimezone():%H:%M:%S}"
    for plan in body["plans"]["items"]:
        yield f"PLAN {plan['title_en']}: {plan['done']} of {plan['items']} done"
    for name, sentence in _OWED:
        if body[name]["count"]:
            yield f"{sentence}: {body[name]['count']}, the oldest for {_age(body[name]['since'], at)}"
    longest = _age(waiting["since"], at)
    yield f"waiting {waiting['count']}, longest {longest}; free {seats['idle']} of {seats['of']}"
    texts = body["texts"]
    if texts["count"] or texts["claimed"]:
        late = f", {texts['late']} late" if texts["late"] else ""
        left = f", {texts['left']} of them unanswered" if texts["left"] else ""
        oldest = f", oldest {_age(texts['since'], at)}" if texts["count"] else ""
        yield f"text calls: {texts['count']} unclaimed{oldest}{late}; {texts['claimed']} claimed{left}"
    yield f"today {day['calls']} calls, yesterday by this time {day['calls_before']}"
    if day["answered"]:
        shares = (
            f"{100 * one['calls'] / day['answered']:.0f} % within {one['s']} s" for one in day["within"]
        )
        yield f"answered: {', '.join(shares)} (of {day['answered']})"
    yield f"abandoned {day['abandoned']}; hand-overs {day['handed']}, came back {day['came_back']}"
    for link in body["links"]:
        if link["state"] != "up":
            yield f"{link['name']} is {link['state']} for {_age(link['since'], at)}"


_OWED = (
    ("silent_alarms", "SILENT ALARMS"),
    ("unacknowledged", "ALARMS WITHOUT ACKNOWLEDGEMENT"),
    ("unsigned", "instructions without sign-off"),
    ("call_backs", "call-backs owed"),
)


def _age(since: str | None, at: datetime) -> str:
    if since is None:
        return "–"
    return f"{max(0, round((at - datetime.fromisoformat(since)).total_seconds()))} s"
