"""The directory as it stands in its file, and at each PBX that dials its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from gateway.checks.directory import directory
from gateway.checks.line import Line, State
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.testing.fake_asterisk import Message, error

from .conftest import Exchange, secret_file, told

SHIPPED = Path(__file__).parents[3] / "conf/departments.toml"
NUMBERS = ("12333", "12315", "12319", "12348", "12300", "12345", "119", "120", "122", "02100110", "02200110")


def config(folder: Path, exchange: Exchange | None = None, text: str | None = None) -> Config:
    file = folder / "departments.toml"
    file.write_text(SHIPPED.read_text(encoding="utf-8") if text is None else text, encoding="utf-8")
    pbx: list[dict[str, Any]] = []
    if exchange is not None:
        secret = secret_file(folder)
        pbx = [{"name": "pbx1", "host": exchange.host, "port": exchange.port, "secret_file": secret,
                "connect_within_s": 1.0, "action_within_s": 1.0}]  # fmt: skip
    return Config.model_validate({"directory": {"file": file}, "pbx": pbx})


async def lines(made: Config) -> dict[str, Line]:
    return await told(directory(made, SystemClock()))


def knows(exchange: Exchange, numbers: Iterable[str]) -> None:
    def listed(action: Mapping[str, str]) -> Iterable[Message]:
        assert action["Context"] == "intake110-targets"
        yield (("Response", "Success"), ("EventList", "start"))
        for number in numbers:
            yield (("Event", "ListDialplan"), ("Context", "intake110-targets"), ("Extension", number))
        yield (("Event", "ShowDialPlanComplete"), ("EventList", "Complete"))

    exchange.script("ShowDialPlan", listed)


async def test_the_shipped_directory_is_known_to_the_shipped_dialplan(
    exchange: Exchange, tmp_path: Path
) -> None:
    knows(exchange, NUMBERS)
    found = await lines(config(tmp_path, exchange))
    assert {name: line.state for name, line in found.items()} == {
        "directory": State.OK, "directory.pbx1": State.OK,
    }  # fmt: skip
    dialplan = (SHIPPED.parents[1] / "dialplans/extensions-intake110.conf").read_text(encoding="utf-8")
    assert all(f"exten => {number},1,Gosub(intake110-hand-over" in dialplan for number in NUMBERS)


async def test_a_number_that_a_pbx_does_not_know_is_named(exchange: Exchange, tmp_path: Path) -> None:
    knows(exchange, NUMBERS[1:])
    line = (await lines(config(tmp_path, exchange)))["directory.pbx1"]
    assert line.state is State.WARN
    assert "12333" in line.en
    assert "12315" not in line.en


async def test_a_pbx_without_the_context_is_told_how_to_include_it(
    exchange: Exchange, tmp_path: Path
) -> None:
    exchange.script("ShowDialPlan", lambda action: [error("Did not find context")])
    line = (await lines(config(tmp_path, exchange)))["directory.pbx1"]
    assert (line.state, "extensions-intake110.conf" in line.cure_en) == (State.WARN, True)


@pytest.mark.parametrize("missing", ["secret", "exchange"])
async def test_a_pbx_that_cannot_be_asked_is_left_to_its_own_check(
    exchange: Exchange, tmp_path: Path, missing: str
) -> None:
    made = config(tmp_path, exchange)
    if missing == "secret":
        made = Config.model_validate(
            {"directory": {"file": made.directory.file}, "pbx": [{"name": "pbx1", "secret_file": "/nowhere"}]}
        )
    else:
        await exchange.stop()
    assert list(await lines(made)) == ["directory"]


async def test_each_fault_of_the_file_is_a_line_with_its_place(tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace('"12333"', '"12x"').replace('"119"', '"1y"')
    found = [line async for line in directory(config(tmp_path, text=text), SystemClock())]
    assert {line.state for line in found} == {State.FAIL}
    assert any("line " in line.en and "12x" in line.en for line in found)
    assert any("1y" in line.zh for line in found)


async def test_an_empty_or_missing_file_is_told(tmp_path: Path) -> None:
    assert (await lines(config(tmp_path, text="")))["directory"].state is State.WARN
    made = config(tmp_path)
    made.directory.file.unlink()
    assert (await lines(made))["directory"].state is State.FAIL
