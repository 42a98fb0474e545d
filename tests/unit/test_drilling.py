"""Nothing of the training reaches anybody: not the PBX, the broker, partners, departments, or a source."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.config import Config
from gateway.drilling import SUFFIX, Training, open_training, site_of

CONF = Path(__file__).parents[2] / "conf"
SIGNED = {"X-Intake110": "1"}
_connects: list[Any] = []
_watching = [False]


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching[0] and event == "socket.connect":
        _connects.append(arguments[1])


sys.addaudithook(_audit)


class Hall:
    """Whoever could be reached, each behind a port that counts who comes."""

    def __init__(self) -> None:
        self.came = 0

    async def open(self) -> int:
        async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.came += 1
            writer.close()

        server = await asyncio.start_server(come, "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])


def config(folder: Path, port: int) -> Config:
    secret = folder / "secret"
    secret.write_text("never used")
    url = f"http://127.0.0.1:{port}/"
    return Config.model_validate({
        "site": {"name": "hz"}, "gateway": {"state_dir": folder / "state"},
        "store": {"url": f"sqlite:///{folder / 'hall.db'}"},
        "mqtt": {"host": "127.0.0.1", "port": port},
        "pbx": [{"name": "pbx1", "host": "127.0.0.1", "port": port, "secret_file": secret}],
        "speech": {"local": False, "listeners_secret_file": secret, "control_port": port},
        "texts": {"sender": {"url": url, "secret_file": secret, "plain_http": True}},
        "location": {"held": [{"name": "held", "url": url}], "plain_http_hosts": ["127.0.0.1"]},
        "triage": {"rules": CONF / "rules"},
        "training": {"folder": CONF / "training", "port": 0},
        "directory": {"file": CONF / "departments.toml"}, "plans": {"folder": CONF / "plans"},
    })  # fmt: skip


@pytest.fixture
async def hall() -> tuple[Hall, int]:
    made = Hall()
    return made, await made.open()


class Person:
    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def ask(self, method: str, path: str, **body: Any) -> Any:
        told = {"json": body} if method != "GET" else {}
        async with self._session.request(
            method, f"{self._url}/api/v1{path}", headers=SIGNED, **told
        ) as answer:
            assert answer.headers["X-Intake110-Training"] == "1"
            found = await answer.json()
            assert answer.status < 300, found
            return found

    async def refused(self, method: str, path: str, body: dict[str, Any] | None) -> str:
        told = {"json": body} if body is not None else {}
        async with self._session.request(
            method, f"{self._url}/api/v1{path}", headers=SIGNED, **told
        ) as answer:
            return str((await answer.json())["error"]["code"])


async def signed_in(training: Training, name: str, password: str, **more: Any) -> Person:
    session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
    person = Person(session, str(training.url))
    await person.ask("POST", "/session", username=name, password=password, **more)
    return person


async def until(found: Any) -> Any:
    """What comes by itself, within a time no machine needs."""
    for _ in range(600):
        if (answer := await found()) is not None:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")


async def test_a_whole_run_with_a_hand_over_reaches_nobody_outside(
    tmp_path: Path, hall: tuple[Hall, int]
) -> None:
    outside, port = hall
    told = config(tmp_path, port)
    _connects.clear()
    _watching[0] = True
    training = await open_training(told)
    passwords = await training.people()
    await training.start()
    trainer = await signed_in(training, "trainer", passwords["trainer"])
    trainee = await signed_in(training, "trainee", passwords["trainee"], position="1101")
    run = await trainer.ask("POST", "/training/runs", scenario="gas_leak", position="1101", speed=4.0)
    path = f"/training/runs/{run['run_id']}"

    async def rings() -> str | None:
        (one,) = (await trainee.ask("GET", "/training/runs"))["items"]
        return one["call_id"] if one["ringing"] else None

    call = await until(rings)
    await trainee.ask("POST", f"{path}/answer")
    await trainee.ask("POST", f"{path}/say", text="不要开灯，您在哪里？")
    request = "00000000-0000-4000-8000-00000000000{}"

    async def danger() -> bool | None:
        return "fire" in (await trainee.ask("GET", f"/calls/{call}"))["call"]["vetoes"] or None

    await until(danger)
    await trainee.ask(
        "POST", f"/calls/{call}/handovers", request_id=request.format(1), kind="threeway", target="fire_119"
    )

    async def joined() -> bool | None:
        handing = (await trainee.ask("GET", f"/calls/{call}"))["handing"]
        return handing["referrals"][0]["state"] == "answered" or None

    await until(joined)
    ended = await trainer.ask("POST", f"{path}/end")
    assert ended["training"] is True
    hand_over = next(each for each in ended["sheet"]["checks"] if each["what"] == "hand_over")
    assert hand_over["right"]
    for person in (trainer, trainee):
        await person._session.close()
    await training.stop()
    _watching[0] = False
    own = {int(str(training.url).rpartition(":")[2])}
    assert {address[1] for address in _connects if isinstance(address, tuple)} <= own
    assert outside.came == 0
    assert not (tmp_path / "hall.db").exists()
    assert not list((tmp_path / "state").glob("*.db"))
    events = sqlite3.connect(tmp_path / "state" / "training" / "training.db").execute(
        "select topic, payload from outbox"
    )
    topics = [(topic, json.loads(payload)) for topic, payload in events]
    assert topics
    assert all(f"/hz{SUFFIX}/" in topic for topic, _ in topics)


async def test_a_trainee_sees_only_their_own_runs_and_starts_none(
    tmp_path: Path, hall: tuple[Hall, int]
) -> None:
    training = await open_training(config(tmp_path, hall[1]))
    passwords = await training.people()
    passwords["other"] = await training.person("other", "call_taker")
    await training.start()
    people = {
        name: await signed_in(training, name, passwords[name], **({"position": seat} if seat else {}))
        for name, seat in (("trainer", ""), ("trainee", "1101"), ("other", "1102"))
    }
    told = await people["trainer"].ask("GET", "/training/scenarios")
    assert {seat["username"] for seat in told["seats"]} == {"trainee", "other"}
    run = await people["trainer"].ask("POST", "/training/runs", scenario="child", position="1101", speed=1.0)
    assert "brief_zh" not in run
    assert (await people["other"].ask("GET", "/training/runs"))["items"] == []
    path = f"/training/runs/{run['run_id']}"
    for name, method, where, body, code in (
        ("other", "POST", f"{path}/answer", {}, "forbidden"),
        ("trainee", "GET", "/training/scenarios", None, "forbidden"),
        ("trainee", "POST", f"{path}/end", {}, "forbidden"),
        ("trainee", "POST", "/training/runs", {"scenario": "child", "position": "1101"}, "forbidden"),
        ("trainer", "POST", "/training/runs", {"scenario": "child", "position": "1104"}, "nobody_sits_there"),
        ("trainer", "POST", f"{path}/inject", {"act": "say"}, "invalid"),
        ("trainer", "PATCH", "/training/runs/none", {"paused": True}, "unknown_training_run"),
    ):
        assert await people[name].refused(method, where, body) == code, (name, where)
    for person in people.values():
        await person._session.close()
    await training.stop()


def test_the_name_of_the_training_is_a_site_of_its_own_however_long_the_halls_is() -> None:
    assert site_of(Config.model_validate({"site": {"name": "hz"}})) == "hz_train"
    assert len(site_of(Config.model_validate({"site": {"name": "a" * 32}}))) == 32


async def test_people_of_the_training_are_made_once(tmp_path: Path, hall: tuple[Hall, int]) -> None:
    training = await open_training(config(tmp_path, hall[1]))
    try:
        assert set(await training.people()) == {"trainer", "trainee"}
        assert await training.people() == {}
    finally:
        await training.close()
