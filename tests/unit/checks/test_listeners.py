"""Listeners on other machines, tried: real ones in this process, told of by a stand-in for the broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from gateway.checks import listeners as checks
from gateway.checks.line import State
from gateway.checks.plan import UnknownCheck, check
from gateway.clock import SystemClock
from gateway.speech.control import ListenerConfig
from gateway.speech.led import Door, Led

from .conftest import configured, told

CLOCK = SystemClock()
SECRET = "a secret of the laboratory"


@dataclass
class Link:
    """What the broker has retained."""

    payloads: list[bytes]
    asked: list[str] = field(default_factory=list)

    async def subscribe(self, topic_filter: str, qos: int) -> None:
        self.asked.append(topic_filter)

    def fail(self, reason: str) -> None: ...

    @property
    async def messages(self) -> AsyncIterator[Any]:
        for payload in self.payloads:
            yield type("Told", (), {"payload": payload})
        await asyncio.Event().wait()


@pytest.fixture
def retained(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    kept: list[bytes] = []

    @asynccontextmanager
    async def connection(*_: Any) -> AsyncIterator[Link]:
        yield Link(kept)

    monkeypatch.setattr(checks, "connection", connection)
    monkeypatch.setattr(checks, "TOLD_WITHIN_S", 0.05)
    return kept


def state(name: str, port: int, *, online: bool = True) -> bytes:
    told = {"listener": name, "state": "online" if online else "offline"}
    return json.dumps(told | ({"host": "127.0.0.1", "control_port": port} if online else {})).encode()


@pytest.fixture
async def led(tmp_path: Path) -> AsyncIterator[Led]:
    (tmp_path / "ear").mkdir()
    door = Door(listener="asr2", site="site", secret=SECRET, host="127.0.0.1")
    config = ListenerConfig(state_dir=tmp_path / "ear", model=tmp_path)
    made = Led(config, CLOCK, door, on_line=lambda: None, on_told=lambda _: None)
    await made.start()
    yield made
    await made.close()


def deployed(folder: Path, secret: str = SECRET, **speech: Any) -> Any:
    file = folder / "listeners.secret"
    file.write_text(secret)
    return configured(folder, speech={"listeners_secret_file": file, **speech})


async def test_each_listener_that_tells_of_itself_is_tried(
    retained: list[bytes], led: Led, tmp_path: Path
) -> None:
    assert led.port is not None
    retained += [
        state("asr2", led.port),
        state("asr9", led.port),
        state("gone", 1, online=False),
        b"nonsense",
    ]
    lines = await told(checks.listeners(deployed(tmp_path), CLOCK))
    assert {name: line.state for name, line in lines.items()} == {
        "listeners.asr2": State.OK,
        "listeners.asr9": State.FAIL,
        "listeners.gone": State.FAIL,
    }
    assert "there answers listener asr2" in lines["listeners.asr9"].en
    assert led.led_by is None, "a look leads nobody"


async def test_a_secret_that_differs_or_is_missing_is_told_with_its_cure(
    retained: list[bytes], led: Led, tmp_path: Path
) -> None:
    assert led.port is not None
    retained.append(state("asr2", led.port))
    lines = await told(checks.listeners(deployed(tmp_path, "not the one of the laboratory"), CLOCK))
    assert lines["listeners.asr2"].state is State.FAIL
    assert "same speech.listeners_secret_file" in lines["listeners.asr2"].cure_en
    lines = await told(checks.listeners(deployed(tmp_path, "short"), CLOCK))
    assert "openssl rand -hex 32" in lines["listeners.secret"].cure_en
    missing = configured(tmp_path, speech={"listeners_secret_file": tmp_path / "none"})
    lines = await told(checks.listeners(missing, CLOCK))
    assert str(tmp_path / "none") in lines["listeners.secret"].en


async def test_nobody_there_is_a_fault_where_this_machine_does_not_hear(
    retained: list[bytes], tmp_path: Path
) -> None:
    lines = await told(checks.listeners(deployed(tmp_path), CLOCK))
    assert lines["listeners"].state is State.WARN
    lines = await told(checks.listeners(deployed(tmp_path, local=False), CLOCK))
    assert lines["listeners"].state is State.FAIL


async def test_a_port_where_nobody_listens_is_named(retained: list[bytes], tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    taken.close()
    await taken.wait_closed()
    retained.append(state("asr2", port))
    lines = await told(checks.listeners(deployed(tmp_path), CLOCK))
    assert lines["listeners.asr2"].en.startswith(f"127.0.0.1:{port}: ")
    assert "firewall" in lines["listeners.asr2"].cure_en


async def test_a_broker_that_does_not_answer_is_told_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @asynccontextmanager
    async def connection(*_: Any) -> AsyncIterator[None]:
        raise aiomqtt.MqttError("not connected")
        yield

    monkeypatch.setattr(checks, "connection", connection)
    lines = await told(checks.listeners(deployed(tmp_path), CLOCK))
    assert "topic read 110/+/listeners/+/status" in lines["listeners.broker"].cure_en


async def test_a_gateway_that_does_not_hear_itself_is_not_asked_for_a_model(tmp_path: Path) -> None:
    (tmp_path / "listeners.secret").write_text(SECRET)
    file = tmp_path / "gateway.toml"
    file.write_text(
        "[mqtt]\nport = 1\n"
        '[speech]\nlocal = false\nmodel = "none"\nlisteners_secret_file = "listeners.secret"\n'
    )
    with pytest.raises(UnknownCheck):
        await anext(check(file, CLOCK, ["model"]))
    names = [line.name async for line in check(file, CLOCK, ["ports", "listeners"])]
    assert "ports.listener" not in names
    assert "listeners.broker" in names
