"""Each thing a PBX can lack, and the line that must say so."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from gateway.checks import sound
from gateway.checks.ear import Ear
from gateway.checks.line import Line, State
from gateway.checks.pbx import pbx
from gateway.clock import SystemClock
from gateway.config import PbxConfig
from gateway.testing.fake_asterisk import FakeAsterisk

from .conftest import Exchange, secret_file, told

NAME = "pbx.pbx1"
CLOCK = SystemClock()


def settings(exchange: FakeAsterisk, folder: Path, **changed: Any) -> PbxConfig:
    recordings = ({"pbx": str(folder / "recordings"), "local": folder / "recordings"},)
    wanted = {
        "name": "pbx1",
        "host": exchange.host,
        "port": exchange.port,
        "secret_file": secret_file(folder),
        "recordings": recordings,
        "action_within_s": 1.0,
        "connect_within_s": 1.0,
    }
    return PbxConfig.model_validate(wanted | changed)


async def checked(exchange: FakeAsterisk, folder: Path, **changed: Any) -> dict[str, Line]:
    async with Ear("127.0.0.1", 0, CLOCK) as ear:
        return await told(pbx(settings(exchange, folder, **changed), ear, CLOCK))


def state(lines: dict[str, Line], name: str) -> State:
    return lines[f"{NAME}.{name}"].state


async def test_sound_pbx_gives_no_complaint(exchange: Exchange, tmp_path: Path) -> None:
    lines = await checked(exchange, tmp_path)
    assert [line.name for line in lines.values() if line.state is not State.OK] == []
    assert {
        "login",
        "right.QueueStatus",
        "right.Originate",
        "right.Hangup",
        "tap_address",
        "tap",
        "recordings",
        "clock",
        "read.system",
        "read.call",
        "read.user",
        "filters",
        "queues",
    } <= {name.removeprefix(f"{NAME}.") for name in lines}


async def test_test_channels_are_taken_down_and_the_test_recording_removed(
    exchange: Exchange, tmp_path: Path
) -> None:
    await checked(exchange, tmp_path)
    spoken = next(action for action in exchange.received if action.get("Application") == "Dial")
    hung_up = next(action for action in exchange.received if action["Action"] == "Hangup")
    assert hung_up["Channel"] == spoken["ChannelId"]
    assert list((tmp_path / "recordings").iterdir()) == []


async def test_dead_pbx_is_one_failing_line(tmp_path: Path) -> None:
    exchange = Exchange()
    await exchange.start()
    await exchange.stop()
    lines = await checked(exchange, tmp_path)
    assert list(lines) == [f"{NAME}.login"]
    assert "manager.conf" in lines[f"{NAME}.login"].cure_en


async def test_wrong_secret_names_the_account_to_mend(exchange: Exchange, tmp_path: Path) -> None:
    exchange.secret = "another"
    lines = await checked(exchange, tmp_path)
    assert list(lines) == [f"{NAME}.login"]
    assert state(lines, "login") is State.FAIL
    assert "[intake110]" in lines[f"{NAME}.login"].cure_en
    assert "[intake110]" in lines[f"{NAME}.login"].cure_zh


async def test_missing_secret_is_told_without_a_try(exchange: Exchange, tmp_path: Path) -> None:
    lines = await checked(exchange, tmp_path, secret_file=tmp_path / "none")
    assert state(lines, "login") is State.FAIL
    assert exchange.sessions == 0


@pytest.mark.parametrize(
    ("action", "right"),
    [
        ("CoreShowChannels", "reporting"),
        ("BridgeList", "reporting"),
        ("QueueStatus", "agent"),
        ("UserEvent", "user"),
        ("Originate", "originate"),
        ("Hangup", "call"),
    ],
)
async def test_refused_right_names_the_word_to_add(
    exchange: Exchange, tmp_path: Path, action: str, right: str
) -> None:
    exchange.denied.add(action)
    lines = await checked(exchange, tmp_path)
    refused = lines[f"{NAME}.right.{action}"]
    assert refused.state is State.FAIL
    assert f"`{right}`" in refused.cure_en
    assert right in refused.cure_zh


@pytest.mark.parametrize("read", ["system", "user", "call"])
async def test_events_of_a_class_that_do_not_come_are_noticed(
    exchange: Exchange, tmp_path: Path, read: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.checks.pbx.EVENTS_WITHIN_S", 0.1)
    exchange.without.add(read)
    lines = await checked(exchange, tmp_path)
    assert state(lines, f"read.{read}") is State.FAIL
    assert f"`{read}`" in lines[f"{NAME}.read.{read}"].cure_en


async def test_pbx_that_cannot_reach_us_is_told_the_address_it_tried(
    exchange: Exchange, tmp_path: Path
) -> None:
    exchange.without.add("reach")
    lines = await checked(exchange, tmp_path)
    assert state(lines, "tap_address") is State.FAIL
    assert "127.0.0.1:" in lines[f"{NAME}.tap_address"].en
    assert f"{NAME}.tap" not in lines


async def test_pbx_that_never_connects_is_waited_for_only_so_long(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "CONNECT_WITHIN_S", 0.05)
    exchange.script("Originate", lambda action: [(("Response", "Success"),)])
    lines = await checked(exchange, tmp_path)
    assert "nothing within 0.05 s" in lines[f"{NAME}.tap_address"].en


async def test_tap_that_stays_silent_fails(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "HEAR_WITHIN_S", 0.2)
    exchange.without.add("spy")
    lines = await checked(exchange, tmp_path)
    assert state(lines, "tap_address") is State.OK
    assert state(lines, "tap") is State.FAIL
    assert "(0 ms" in lines[f"{NAME}.tap"].en


async def test_recording_that_does_not_appear_here_fails(
    exchange: Exchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.checks.recorder.FILE_WITHIN_S", 0.1)
    exchange.without.add("file")
    assert state(await checked(exchange, tmp_path), "recordings") is State.FAIL


async def test_recording_folder_that_nobody_configured_is_named(exchange: Exchange, tmp_path: Path) -> None:
    elsewhere = ({"pbx": "/elsewhere", "local": tmp_path / "recordings"},)
    lines = await checked(exchange, tmp_path, recordings=elsewhere)
    assert state(lines, "recordings") is State.FAIL
    assert str(tmp_path / "recordings") in lines[f"{NAME}.recordings"].en


async def test_no_recording_folder_is_a_warning(exchange: Exchange, tmp_path: Path) -> None:
    assert state(await checked(exchange, tmp_path, recordings=()), "recordings") is State.WARN


async def test_dialplan_of_somebodys_own_leaves_the_recorder_unproved_but_the_tap_proved(
    exchange: Exchange, tmp_path: Path
) -> None:
    exchange.without.add("subroutine")
    lines = await checked(exchange, tmp_path)
    assert state(lines, "tap") is State.OK
    assert state(lines, "recordings") is State.WARN


@pytest.mark.parametrize(("offset_s", "expected"), [(0.0, State.OK), (-2.0, State.WARN), (40.0, State.FAIL)])
async def test_clock_offset_is_judged(
    exchange: Exchange, tmp_path: Path, offset_s: float, expected: State
) -> None:
    exchange.offset_s = offset_s
    assert state(await checked(exchange, tmp_path), "clock") is expected


async def test_pbx_that_tells_no_time_is_a_warning(exchange: Exchange, tmp_path: Path) -> None:
    exchange.without |= {"time", "timestamps"}
    lines = await checked(exchange, tmp_path)
    assert state(lines, "clock") is State.WARN
    assert state(lines, "timestamps") is State.WARN


async def test_missing_event_filters_are_advised(exchange: Exchange, tmp_path: Path) -> None:
    exchange.unfiltered = True
    lines = await checked(exchange, tmp_path)
    assert state(lines, "filters") is State.WARN
    assert "VarSet" in lines[f"{NAME}.filters"].en


async def test_pbx_without_queues_and_an_old_one_are_warned_of(exchange: Exchange, tmp_path: Path) -> None:
    exchange.lists["QueueStatus"] = []
    exchange.version = "16.30.0"
    lines = await checked(exchange, tmp_path)
    assert state(lines, "queues") is State.WARN
    assert state(lines, "login") is State.WARN


async def test_pbx_that_falls_silent_after_the_login_is_not_asked_on_and_on(
    exchange: Exchange, tmp_path: Path
) -> None:
    exchange.script("CoreSettings", lambda action: [])
    exchange.script("CoreShowChannels", lambda action: [])
    lines = await checked(exchange, tmp_path, action_within_s=0.05)
    assert f"{NAME}.tap" not in lines
    assert exchange.count("Originate") == 0


async def test_without_live_speech_no_channel_is_opened(exchange: Exchange, tmp_path: Path) -> None:
    lines = await told(pbx(settings(exchange, tmp_path), None, CLOCK))
    assert state(lines, "right.QueueStatus") is State.OK
    assert exchange.count("Originate") == 0


async def test_listener_address_that_is_not_ours_fails(exchange: Exchange, tmp_path: Path) -> None:
    async with Ear("192.0.2.1", 0, CLOCK) as ear:
        lines = await told(pbx(settings(exchange, tmp_path), ear, CLOCK))
    assert state(lines, "tap_address") is State.FAIL


async def test_ear_beside_a_taken_port_says_that_the_firewall_is_not_proved(
    exchange: Exchange, tmp_path: Path
) -> None:
    holder = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with holder, Ear("127.0.0.1", holder.sockets[0].getsockname()[1], CLOCK) as ear:
        lines = await told(pbx(settings(exchange, tmp_path), ear, CLOCK))
    assert "not proved" in lines[f"{NAME}.tap_address"].en
    assert state(lines, "tap") is State.OK


async def test_stream_that_nobody_announced_is_closed() -> None:
    async with Ear("127.0.0.1", 0, CLOCK) as ear:
        reader, writer = await asyncio.open_connection("127.0.0.1", ear.port)
        writer.write(b"\x01\x00\x10" + bytes(16))
        assert await reader.read() == b""
        writer.close()
