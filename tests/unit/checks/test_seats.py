"""Positions of the configuration beside the members of the queues."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.checks.core import core
from gateway.checks.line import Line, State
from gateway.checks.seats import SHOWN, positions
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.testing.fake_asterisk import Message

from .conftest import Exchange, secret_file, told


def config(folder: Path, exchange: Exchange, *extensions: str, at: str = "") -> Config:
    pbx = {"name": "pbx1", "host": exchange.host, "port": exchange.port, "secret_file": secret_file(folder),
           "connect_within_s": 1.0, "action_within_s": 1.0}  # fmt: skip
    seats = [{"extension": each, "pbx": at} for each in extensions]
    return Config.model_validate({"pbx": [pbx], "desk": {"positions": seats}})


def rings_at(exchange: Exchange, *extensions: str) -> None:
    def member(extension: str) -> Message:
        return (("Event", "QueueMember"), ("Queue", "q110"), ("Location", f"PJSIP/{extension}"))

    exchange.lists["QueueStatus"] = [
        (("Event", "QueueParams"), ("Queue", "q110")),
        *(member(each) for each in extensions),
        (("Event", "QueueMember"), ("Queue", "q110"), ("Location", "Local/canary@intake110-canary")),
    ]


async def lines(made: Config) -> dict[str, Line]:
    return await told(positions(made, SystemClock()))


async def test_positions_and_members_that_agree_are_told_once(exchange: Exchange, tmp_path: Path) -> None:
    rings_at(exchange, "1101", "1102")
    found = await lines(config(tmp_path, exchange, "1101", "1102"))
    assert {name: line.state for name, line in found.items()} == {"positions.pbx1": State.OK}


@pytest.mark.parametrize("at", ["", "pbx1"])
async def test_a_position_in_no_queue_and_a_member_without_a_position_are_named(
    exchange: Exchange, tmp_path: Path, at: str
) -> None:
    rings_at(exchange, "1101", "1107")
    found = await lines(config(tmp_path, exchange, "1101", "1102", at=at))
    assert {name: line.state for name, line in found.items()} == {
        "positions.pbx1": State.WARN, "positions.idle": State.WARN,
    }  # fmt: skip
    assert "1107" in found["positions.pbx1"].en
    assert "1101" not in found["positions.pbx1"].en
    assert "1102" in found["positions.idle"].zh


async def test_a_position_of_another_pbx_does_not_excuse_a_member_of_this_one(
    exchange: Exchange, tmp_path: Path
) -> None:
    rings_at(exchange, "1101")
    found = await lines(config(tmp_path, exchange, "1101", at="pbx2"))
    assert set(found) == {"positions.pbx1", "positions.idle"}


async def test_what_stands_at_a_pbx_that_cannot_be_asked_is_not_called_missing(
    exchange: Exchange, tmp_path: Path
) -> None:
    made = config(tmp_path, exchange, "1101")
    await exchange.stop()
    assert await lines(made) == {}


async def test_many_are_counted_beyond_the_first_ones(exchange: Exchange, tmp_path: Path) -> None:
    rings_at(exchange, *(str(1200 + each) for each in range(SHOWN + 5)))
    found = await lines(config(tmp_path, exchange, "1101"))
    assert "(+5)" in found["positions.pbx1"].en


@pytest.mark.parametrize(
    ("dispatch", "state"),
    [({}, State.WARN), ({"ack_within_s": 15}, State.OK),
     ({"ack_within_s": 15, "secret_env": "INTAKE110_NO_SUCH_KEY"}, State.FAIL)],
)  # fmt: skip
async def test_an_alarm_whose_loss_nobody_would_notice_is_warned_of(
    dispatch: dict[str, Any], state: State
) -> None:
    found = await told(core(Config.model_validate({"dispatch": dispatch})))
    assert [line.state for line in found.values()] == [state]
