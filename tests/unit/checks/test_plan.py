"""The whole of `intake110 check`: what is run, how long it takes at most, and how it is told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.checks.line import Family, Line, State, ok
from gateway.checks.plan import UnknownCheck, check
from gateway.checks.runner import FAMILY_WITHIN_S, in_thread, run
from gateway.cli.check import app
from gateway.clock import SystemClock

from .conftest import secret_file, told

CLOCK = SystemClock()
ROOT = Path(__file__).parents[3]


def deployment(folder: Path, port: int) -> Path:
    """Everything that it names is at `port`, where nobody is, or somebody who says nothing."""
    secret_file(folder)
    file = folder / "gateway.toml"
    file.write_text(f"""
[mqtt]
port = {port}
[[pbx]]
name = "pbx1"
port = {port}
secret_file = "pbx.secret"
[speech]
model = "none"
listener_host = "127.0.0.1"
listener_port = 0
[triage]
rules = "{ROOT}/conf/rules"
[web]
port = {port}
[store]
url = "postgresql://u:p@127.0.0.1:{port}/x"
""")
    return file


async def slow() -> AsyncIterator[Line]:
    yield ok("slow.first", "一", "one")
    await asyncio.Event().wait()


async def faulty() -> AsyncIterator[Line]:
    yield ok("faulty.first", "一", "one")
    raise LookupError("the check's own fault")


async def good() -> AsyncIterator[Line]:
    yield ok("good", "好", "good")


async def test_family_that_hangs_or_breaks_keeps_its_lines_and_spoils_no_other() -> None:
    families = [
        Family(name="slow", run=slow),
        Family(name="faulty", run=faulty),
        Family(name="good", run=good),
    ]
    lines = [line async for line in run(families, within_s=0.05)]
    assert [(line.name, line.state) for line in lines] == [
        ("slow.first", State.OK),
        ("slow", State.FAIL),
        ("faulty.first", State.OK),
        ("faulty", State.FAIL),
        ("good", State.OK),
    ]
    assert "LookupError" in lines[3].en


async def test_thread_that_hangs_keeps_nobody_from_ending() -> None:
    gate = threading.Event()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await in_thread(gate.wait)
    hanging = [thread for thread in threading.enumerate() if thread.name == "check"]
    assert hanging
    assert all(thread.daemon for thread in hanging)
    gate.set()


async def test_fault_in_a_thread_reaches_whoever_waits() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 // 0)


async def test_configuration_that_cannot_be_read_is_all_that_is_told(tmp_path: Path) -> None:
    file = tmp_path / "gateway.toml"
    file.write_text("[web]\nprot = 1\n")
    lines = await told(check(file, CLOCK))
    assert list(lines) == ["configuration"]
    assert "did you mean 'port'" in lines["configuration"].en


async def test_everything_silent_is_told_within_the_limit(tmp_path: Path) -> None:
    silent = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    loop = asyncio.get_running_loop()
    async with silent:
        began = loop.time()
        lines = await told(check(deployment(tmp_path, silent.sockets[0].getsockname()[1]), CLOCK))
        assert loop.time() - began < FAMILY_WITHIN_S + 2
    failed = {name for name, line in lines.items() if line.state is State.FAIL}
    assert {"pbx.pbx1.login", "broker.login", "database", "model", "ports.web"} <= failed


async def test_only_what_was_asked_for_is_run(tmp_path: Path) -> None:
    file = deployment(tmp_path, 1)
    assert set(await told(check(file, CLOCK, ["files.pbx1", "configuration"]))) == {
        "files.pbx1.cel_csv",
        "files.pbx1.cdr_csv",
        "configuration",
    }
    assert set(await told(check(file, CLOCK, ["secrets"]))) == {"secrets.pbx.pbx1"}
    assert set(await told(check(file, CLOCK, ["pbx.pbx1.login"]))) == {"pbx.pbx1.login"}
    with pytest.raises(UnknownCheck, match=r"no check is called borker; there are: configuration, .*broker"):
        await told(check(file, CLOCK, ["borker"]))


def test_json_is_one_object_a_line_and_the_exit_code_tells_of_failure(tmp_path: Path) -> None:
    file = deployment(tmp_path, 1)
    done = CliRunner().invoke(
        app, ["-c", str(file), "--json", "--only", "secrets", "--only", "model", "--lang", "zh"]
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [set(line) for line in lines] == [{"name", "state", "text", "cure"}] * 2
    assert [(line["name"], line["state"]) for line in lines] == [
        ("secrets.pbx.pbx1", "ok"),
        ("model", "fail"),
    ]
    assert "语音模型" in lines[1]["text"]
    assert done.exit_code == 1
    assert CliRunner().invoke(app, ["-c", str(file), "--only", "secrets"]).exit_code == 0
    assert CliRunner().invoke(app, ["-c", str(file), "--only", "nothing"]).exit_code == 2


def test_language_follows_the_environment_unless_told(tmp_path: Path) -> None:
    file, only = str(deployment(tmp_path, 1)), ["--only", "secrets"]
    for env, options, expected in (
        ({"LC_ALL": "zh_CN.UTF-8"}, [], "密钥可读"),
        ({"LC_ALL": "C"}, [], "can be read"),
        ({"LC_ALL": "C"}, ["--lang", "zh"], "密钥可读"),
    ):
        assert expected in CliRunner().invoke(app, ["-c", file, *only, *options], env=env).stdout
