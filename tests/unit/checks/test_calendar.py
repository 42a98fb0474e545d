"""What `intake110 check` and `intake110 calendar` say of the calendar."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.checks.calendar import calendar
from gateway.checks.line import Line, State
from gateway.cli import build
from gateway.config import Config
from gateway.testing.clock import ManualClock

from .conftest import told

CONF = Path(__file__).parents[3] / "conf"
SHIPPED = (CONF / "calendar.toml").read_text(encoding="utf-8")


async def lines(folder: Path, text: str | None, now: datetime) -> dict[str, Line]:
    directory = folder / "departments.toml"
    directory.write_text((CONF / "departments.toml").read_text(encoding="utf-8"), encoding="utf-8")
    if text is not None:
        (folder / "calendar.toml").write_text(text, encoding="utf-8")
    made = Config.model_validate({"directory": {"file": directory}})
    return await told(calendar(made, ManualClock(now)))


def states(found: dict[str, Line]) -> dict[str, State]:
    return {name: line.state for name, line in found.items()}


SPRING, LATE, AFTER = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC),
                       datetime(2027, 1, 2, tzinfo=UTC))  # fmt: skip


async def test_the_shipped_year_loads_and_is_said_to_be_an_example(tmp_path: Path) -> None:
    found = await lines(tmp_path, SHIPPED, SPRING)
    assert states(found) == {"calendar": State.OK, "calendar.example": State.WARN}
    assert "valid until 2026-12-31" in found["calendar"].en


async def test_a_calendar_that_was_compared_is_in_order_until_it_ends(tmp_path: Path) -> None:
    own = SHIPPED.replace("example = true", "example = false")
    assert states(await lines(tmp_path, own, SPRING)) == {"calendar": State.OK}
    assert "ends on 2026-12-31" in (await lines(tmp_path, own, LATE))["calendar.until"].en
    assert "ended on 2026-12-31" in (await lines(tmp_path, own, AFTER))["calendar.until"].en


async def test_without_a_calendar_holidays_are_said_to_be_unknown(tmp_path: Path) -> None:
    found = await lines(tmp_path, None, SPRING)
    assert states(found) == {"calendar": State.WARN}
    assert "weekends alone" in found["calendar"].en


async def test_a_faulty_calendar_fails_with_its_line(tmp_path: Path) -> None:
    found = await lines(tmp_path, SHIPPED.replace("2026-05-09", "2026-05-03"), SPRING)
    assert states(found) == {"calendar": State.FAIL}
    assert "2026-05-03 is a holiday and a working day" in found["calendar"].en


async def test_a_duty_line_about_nobody_is_told(tmp_path: Path) -> None:
    duty = '\n[[duty]]\ndepartment = "labour"\nwhen = ["holidays"]\nnumber = "123"\n'
    found = await lines(tmp_path, SHIPPED + duty, SPRING)
    assert "labour, which the directory does not have" in found["calendar.duty"].en


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(build(["calendar"]), ["calendar", *arguments])
    return result.exit_code, result.stdout


def test_a_year_is_shown_for_people_and_for_programs() -> None:
    conf = str(CONF / "gateway.toml")
    code, text = run("show", "--year", "2026", "--json", "-c", conf)
    body = json.loads(text)
    assert (code, body["year"], body["timezone"], body["example"]) == (0, 2026, "Asia/Shanghai", True)
    assert {"day": "2026-02-28", "as": "fri"} in body["working_days"]
    assert body["working_days_by_month"][9] == 18
    code, text = run("show", "--year", "2026", "-c", conf)
    assert code == 0
    assert "国庆节" in text


@pytest.mark.parametrize(("year", "good"), [("2026", True), ("2031", False)])
def test_a_year_that_is_asked_for_must_be_there(year: str, good: bool) -> None:
    code, text = run("check", "--year", year, "--json", "-c", str(CONF / "gateway.toml"))
    assert (code == 0, json.loads(text)["ok"]) == (good, good)
