"""`intake110 calendar`: holidays, make-up working days and the duty roster of the site."""

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from gateway import config
from gateway.checks.calendar import calendar as checked
from gateway.checks.line import Line, State
from gateway.clock import SystemClock
from gateway.desk.calendar import Calendar, is_working_day, weekday
from gateway.desk.calendar_file import DAYS, read_calendar

app = typer.Typer(no_args_is_help=True, help="Holidays, make-up working days and duty phones of the site.")

CONF = Path("conf/gateway.toml")
Configuration = Annotated[Path, typer.Option("-c", "--config", help="gateway.toml, which names the file.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]


class UnknownYear(ValueError):
    """The calendar does not know that year: add a [[year]] after the State Council's notice."""


@app.callback()
def family() -> None:
    """Holidays, make-up working days and duty phones of the site."""


@app.command(epilog="Examples:  intake110 calendar show  ·  intake110 calendar show --year 2026 --json")
def show(
    year: Annotated[int, typer.Option(help="Which year; 0: this one.")] = 0,
    configuration: Configuration = CONF,
    as_json: Json = False,
) -> None:
    """What the calendar says of a year: days off, make-up working days, working days of each month, duty."""
    told = config.load(configuration)
    file, zone = told.directory.calendar_file, ZoneInfo(told.site.timezone)
    known = read_calendar(file.read_text(encoding="utf-8"), file.name)
    body = year_json(known, year or datetime.now(zone).year)
    if as_json:
        typer.echo(json.dumps({**body, "timezone": zone.key, "file": str(file)}, ensure_ascii=False))
        return
    _print(body, zone)


def year_json(known: Calendar, year: int) -> dict[str, Any]:
    """Raises UnknownYear."""
    notice = next((each for each in known.years if each.year == year), None)
    if notice is None:
        there = ", ".join(str(each.year) for each in known.years) or "none"
        raise UnknownYear(f"the calendar has no {year} (there are: {there}): add a [[year]] for it")
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    days = [day for day in days if day.year == year]
    return {
        "year": year, "source": notice.source, "valid_until": str(notice.valid_until),
        "example": notice.example,
        "holidays": [
            {"day": str(day), "name_zh": name.zh, "name_en": name.en}
            for day, name in sorted(known.holidays.items()) if day.year == year
        ],
        "working_days": [
            {"day": str(day), "as": DAYS[weekday(known, day)]}
            for day in sorted(known.working_days) if day.year == year
        ],
        "working_days_by_month": [
            sum(is_working_day(known, day) for day in days if day.month == month) for month in range(1, 13)
        ],
        "duty": [
            {"department": line.department, "number": line.number,
             "days": [DAYS[n] for n in sorted(line.days)], "holidays": line.holidays,
             "spans_min": [list(span) for span in line.spans]}
            for line in known.duty
        ],
    }  # fmt: skip


def _print(body: dict[str, Any], zone: ZoneInfo) -> None:
    console = Console()
    example = "  (the shipped example: compare it)" if body["example"] else ""
    console.print(f"{body['year']}  {body['source']}{example}\nvalid until {body['valid_until']}, {zone.key}")
    table = Table("day", "what")
    for each in body["holidays"]:
        table.add_row(each["day"], f"{each['name_zh']} {each['name_en']}")
    for each in body["working_days"]:
        table.add_row(each["day"], f"调休上班 works, by the hours of {each['as']}")
    console.print(table)
    months = "  ".join(f"{month}:{n}" for month, n in enumerate(body["working_days_by_month"], 1))
    console.print(f"working days by month  {months}  = {sum(body['working_days_by_month'])}")
    for line in body["duty"]:
        when = ", ".join([*line["days"], *(["holidays"] if line["holidays"] else [])])
        console.print(f"duty  {line['department']}  {when}  {line['number']}")


@app.command(epilog="Examples:  intake110 calendar check  ·  intake110 calendar check --year 2027 --json")
def check(
    year: Annotated[int, typer.Option(help="A year that it must know; 0: any.")] = 0,
    configuration: Configuration = CONF,
    as_json: Json = False,
) -> None:
    """Read the calendar as the gateway does, and say what is wrong in it. Exit code 1 when it cannot be used,
    or does not know `--year`."""
    told = config.load(configuration)
    lines = asyncio.run(_lines(told))
    bad = any(line.state is State.FAIL for line in lines)
    if year and not bad:
        file = told.directory.calendar_file
        known = read_calendar(file.read_text(encoding="utf-8"), file.name) if file.exists() else Calendar()
        bad = year not in {each.year for each in known.years}
    if as_json:
        body = {"ok": not bad, "year": year or None, "lines": [line.json("en") for line in lines]}
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        for line in lines:
            typer.echo(
                f"{line.state.value:4}  {line.en}" + (f"\n      {line.cure_en}" if line.cure_en else "")
            )
        if year and bad:
            typer.echo(
                f"fail  it does not know {year}\n      add a [[year]] after the State Council's notice"
            )
    raise typer.Exit(1 if bad else 0)


async def _lines(told: config.Config) -> list[Line]:
    return [line async for line in checked(told, SystemClock())]
