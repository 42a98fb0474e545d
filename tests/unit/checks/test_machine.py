"""This machine's part of a deployment, broken piece by piece."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import sqlite3
from collections import namedtuple
from pathlib import Path

import pytest
from aiohttp import web

from gateway.checks.broker import broker
from gateway.checks.content import model, models, rules
from gateway.checks.ear import Ear
from gateway.checks.files import files
from gateway.checks.line import State
from gateway.checks.machine import FREE_FAIL_BYTES, FREE_WARN_BYTES, folders, ports, secrets
from gateway.checks.store import database
from gateway.clock import SystemClock
from gateway.config import PbxConfig
from gateway.store.migrate import NEWEST
from gateway.store.store import open_store

from .conftest import configured, secret_file, told

CLOCK = SystemClock()
SHIPPED_RULES = Path(__file__).parents[3] / "conf/rules"
SHIPPED_MODEL = Path(__file__).parents[3] / "asr_models/demo-cn"
Usage = namedtuple("Usage", "total used free")


# ---- secrets


async def test_secret_in_order_is_ok_and_one_that_others_may_read_is_warned_of(tmp_path: Path) -> None:
    for mode, expected in ((0o600, State.OK), (0o640, State.WARN)):
        config = configured(tmp_path, pbx=[{"name": "a", "secret_file": secret_file(tmp_path, mode=mode)}])
        assert (await told(secrets(config)))["secrets.pbx.a"].state is expected


async def test_missing_and_empty_secrets_fail(tmp_path: Path) -> None:
    config = configured(
        tmp_path,
        pbx=[{"name": "a", "secret_file": secret_file(tmp_path, "")}],
        mqtt={"secret_file": tmp_path / "none"},
    )
    lines = await told(secrets(config))
    assert (lines["secrets.pbx.a"].state, lines["secrets.mqtt"].state) == (State.FAIL, State.FAIL)
    assert str(tmp_path / "none") in lines["secrets.mqtt"].en


# ---- folders and disk


async def test_folders_that_can_be_made_are_ok_and_nothing_is_left_in_them(tmp_path: Path) -> None:
    lines = await told(folders(configured(tmp_path)))
    assert lines["folders.state"].state is lines["folders.archive"].state is State.OK
    assert os.listdir(tmp_path) == []


async def test_folder_that_cannot_be_written_fails(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    lines = await told(folders(configured(tmp_path)))
    assert lines["folders.state"].state is State.FAIL
    assert "install -d" in lines["folders.state"].cure_en
    assert lines["folders.archive"].state is State.OK


@pytest.mark.parametrize(
    ("free", "expected"),
    [
        (FREE_FAIL_BYTES - 1, State.FAIL),
        (FREE_WARN_BYTES - 1, State.WARN),
        (FREE_WARN_BYTES, State.OK),
    ],
)
async def test_disk_that_runs_full_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, expected: State
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(1 << 40, 0, free))
    pbx = {"name": "a", "recordings": [{"pbx": "/x", "local": tmp_path}]}
    lines = await told(folders(configured(tmp_path, pbx=[pbx])))
    assert {lines[name].state for name in ("disk.state", "disk.archive", "disk.recordings.a")} == {expected}


# ---- ports


async def test_free_ports_are_ok_and_taken_ones_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.checks.machine.PAGES_WITHIN_S", 0.1)
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        config = configured(
            tmp_path, web={"port": taken}, speech={"listener_host": "127.0.0.1", "listener_port": taken}
        )
        async with Ear("127.0.0.1", taken, CLOCK) as ear:
            lines = await told(ports(config, ear))
    assert {line.state for line in lines.values()} == {State.FAIL}
    assert "web.port" in lines["ports.web"].cure_en
    async with Ear("127.0.0.1", 0, CLOCK) as ear:
        lines = await told(ports(configured(tmp_path, web={"port": taken}), ear))
    assert {line.state for line in lines.values()} == {State.OK}


async def test_port_of_a_running_gateway_is_ok(tmp_path: Path) -> None:
    async def health(request: web.Request) -> web.Response:
        return web.json_response({"state": "up"})

    app = web.Application()
    app.router.add_get("/health", health)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    config = configured(
        tmp_path, web={"port": port}, speech={"listener_host": "127.0.0.1", "listener_port": port}
    )
    async with Ear("127.0.0.1", port, CLOCK) as ear:
        lines = await told(ports(config, ear))
    await runner.cleanup()
    assert {line.state for line in lines.values()} == {State.OK}
    assert "running gateway" in lines["ports.listener"].en


# ---- database


def sqlite(folder: Path) -> Path:
    (folder / "state").mkdir(exist_ok=True)
    return folder / "state/intake110.db"


async def test_database_that_is_not_there_yet_is_ok_and_not_made(tmp_path: Path) -> None:
    assert (await told(database(configured(tmp_path))))["database"].state is State.OK
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("version", "expected"), [(NEWEST, State.OK), ("0000", State.WARN), ("9999", State.FAIL)]
)
async def test_version_of_the_tables_is_judged(tmp_path: Path, version: str, expected: State) -> None:
    file = sqlite(tmp_path)
    await (await open_store(f"sqlite:///{file}")).close()
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (version,))
        before = {row[0] for row in raw.execute("SELECT name FROM sqlite_master")}
    raw.close()
    line = (await told(database(configured(tmp_path))))["database"]
    assert (line.state, version in line.en) == (expected, True)
    with sqlite3.connect(file) as raw:
        assert {row[0] for row in raw.execute("SELECT name FROM sqlite_master")} == before
    raw.close()


async def test_file_that_is_no_database_fails(tmp_path: Path) -> None:
    sqlite(tmp_path).write_bytes(b"not a database" * 1000)
    assert (await told(database(configured(tmp_path))))["database"].state is State.FAIL


async def test_database_that_may_not_be_written_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sqlite(tmp_path)
    await (await open_store(f"sqlite:///{file}")).close()
    monkeypatch.setattr("gateway.store.database.BUSY_S", 0.05)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    line = (await told(database(configured(tmp_path))))["database"]
    holder.close()
    assert line.state is State.FAIL
    assert "locked" in line.en


async def test_dead_postgres_and_nonsense_fail_with_what_to_write(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://u:p@127.0.0.1:{nobody.getsockname()[1]}/x"
        assert (await told(database(configured(tmp_path, store={"url": url}))))[
            "database"
        ].state is State.FAIL
    for nonsense in ("mysql://x/y", "what", "sqlite://"):
        line = (await told(database(configured(tmp_path, store={"url": nonsense}))))["database"]
        assert line.state is State.FAIL
        assert "postgresql" in line.cure_en
    assert (await told(database(configured(tmp_path, store={"url_env": "INTAKE110_NOT_SET"}))))[
        "database"
    ].state is State.FAIL


# ---- rules and model


async def test_broken_rule_pack_names_the_file(tmp_path: Path) -> None:
    packs = tmp_path / "rules"
    shutil.copytree(SHIPPED_RULES, packs)
    (packs / "zh-crime.yaml").write_text("rules: [")
    line = (await told(rules(configured(tmp_path, triage={"rules": packs}))))["rules"]
    assert line.state is State.FAIL
    assert "zh-crime.yaml" in line.en


async def test_shipped_rule_packs_load(tmp_path: Path) -> None:
    assert (await told(rules(configured(tmp_path, triage={"rules": SHIPPED_RULES}))))[
        "rules"
    ].state is State.OK


async def test_missing_model_fails_and_silenced_speech_is_warned_of(tmp_path: Path) -> None:
    (family,) = models(configured(tmp_path, speech={"model": tmp_path / "none"}))
    assert (await told(family.run()))["model"].state is State.FAIL
    (family,) = models(configured(tmp_path, speech={"enabled": False}))
    assert (await told(family.run()))["model"].state is State.WARN


async def test_every_configured_model_is_tried_and_named_with_its_key(tmp_path: Path) -> None:
    broken = {"languages": {"en": tmp_path / "none"}, "accurate_model": tmp_path / "absent"}
    families = list(models(configured(tmp_path, speech={"model": SHIPPED_MODEL, **broken})))
    assert [family.name for family in families] == ["model", "model.en", "model.accurate"]
    english, accurate = [(await told(family.run()))[family.name] for family in families[1:]]
    assert (english.state, accurate.state) == (State.FAIL, State.FAIL)
    assert str(tmp_path / "none") in english.en
    assert english.cure_en.endswith("change speech.languages.en")
    assert accurate.cure_en.endswith("change speech.accurate_model")


async def test_demonstration_model_loads_and_is_warned_of() -> None:
    line = (await told(model("model", SHIPPED_MODEL, "speech.model")))["model"]
    assert line.state is State.WARN
    assert "synthetic" in line.en


async def test_model_that_ends_its_process_fails_with_its_last_words() -> None:
    line = (await told(model("model", SHIPPED_MODEL, "speech.model", engine="json")))["model"]
    assert line.state is State.FAIL
    assert "cannot be used" in line.en
    assert "make" in line.en


async def test_model_that_never_finishes_loading_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stuck_engine.py").write_text("import threading\nthreading.Event().wait()\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    trying = model("model", SHIPPED_MODEL, "speech.model", engine="stuck_engine", within_s=0.3)
    line = (await told(trying))["model"]
    assert line.state is State.FAIL
    assert "within 0.3 s" in line.en


# ---- broker


async def test_dead_broker_is_one_failing_line(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        lines = await told(broker(configured(tmp_path, mqtt={"port": nobody.getsockname()[1]}), CLOCK))
    assert [(line.name, line.state) for line in lines.values()] == [("broker.login", State.FAIL)]


async def test_broker_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.checks.broker.CONNECT_WITHIN_S", 0.2)
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    async with silent:
        lines = await told(
            broker(configured(tmp_path, mqtt={"port": silent.sockets[0].getsockname()[1]}), CLOCK)
        )
    assert lines["broker.login"].state is State.FAIL


async def test_broker_secret_or_authority_that_is_missing_fails(tmp_path: Path) -> None:
    for mqtt in ({"secret_file": tmp_path / "none"}, {"tls": True, "ca_file": tmp_path / "none"}):
        lines = await told(broker(configured(tmp_path, mqtt=mqtt), CLOCK))
        assert lines["broker.login"].state is State.FAIL


# ---- what the PBX writes


def with_files(folder: Path) -> PbxConfig:
    recordings = ({"pbx": "/x", "local": folder / "recordings"},)
    return PbxConfig(name="a", recordings=recordings, cel_csv=folder / "cel.csv", cdr_csv=folder / "cdr.csv")  # type: ignore[arg-type]


async def test_files_of_the_pbx_in_order_are_ok(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    (tmp_path / "cel.csv").write_text("x\n")
    (tmp_path / "cdr.csv").write_text("x\n")
    assert {line.state for line in (await told(files(with_files(tmp_path)))).values()} == {State.OK}


async def test_files_of_the_pbx_that_are_missing_empty_or_unreadable_are_told(tmp_path: Path) -> None:
    (tmp_path / "cel.csv").mkdir()
    (tmp_path / "cdr.csv").write_text("")
    lines = await told(files(with_files(tmp_path)))
    states = {name.removeprefix("files.a."): line.state for name, line in lines.items()}
    assert states == {"recordings": State.FAIL, "cel_csv": State.FAIL, "cdr_csv": State.WARN}
    lines = await told(files(PbxConfig(name="a", cel_csv=tmp_path / "none")))
    assert {line.state for line in lines.values()} == {State.WARN}
    assert "does not exist yet" in lines["files.a.cel_csv"].en


async def test_the_secrets_of_location_sources_are_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AML", "signed with this")
    billing = {"name": "billing", "url_file": tmp_path / "none.url", "select": "SELECT :number"}
    config = configured(tmp_path, location={"aml": {"secret_env": "AML"}, "subscribers": [billing]})
    found = await told(secrets(config))
    assert {name: line.state for name, line in found.items()} == {
        "secrets.location.aml": "ok",
        "secrets.location.billing": "fail",
    }
