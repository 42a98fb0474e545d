"""`intake110 check --only texts`: nothing is sent, and what is missing is told."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gateway.checks.line import Line, State
from gateway.checks.texts import texts
from gateway.clock import SystemClock
from gateway.config import Config
from gateway.config_texts import ShareConfig
from gateway.testing.fake_sender import FakeTextProvider
from gateway.web.caller import serve


async def lines(**sender: object) -> list[Line]:
    told = {"texts": {"sender": sender}} if sender else {}
    return [line async for line in texts(Config.model_validate(told), SystemClock())]


async def test_a_site_without_a_sender_is_told_what_it_cannot_do() -> None:
    (line,) = await lines()
    assert line.state is State.OK
    assert "link" in line.en


async def test_a_provider_is_looked_at_and_sent_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    provider = FakeTextProvider()
    await provider.start()
    there = await lines(url=provider.url, secret_file=secret, plain_http=True)
    await provider.stop()
    gone = await lines(url=provider.url, secret_file=secret, plain_http=True)
    assert [line.state for line in there] == [State.OK, State.WARN]
    assert provider.tries == 0
    assert [line.state for line in gone] == [State.FAIL]


async def test_a_secret_that_is_not_there_is_a_failure() -> None:
    (line,) = await lines(url="https://sms.example.cn/x", secret_env="INTAKE110_NO_SUCH_SECRET")
    assert line.state is State.FAIL
    assert "INTAKE110_NO_SUCH_SECRET" in line.en


async def test_the_page_is_looked_at_by_its_public_address() -> None:
    told = {"texts": {"share": {"public_url": "http://127.0.0.1:9", "port": 0}}}
    found = [line async for line in texts(Config.model_validate(told), SystemClock())]
    assert [line.name for line in found] == ["texts.share", "texts.share", "texts.sender"]
    assert [line.state for line in found] == [State.WARN, State.WARN, State.OK]
    desk: Any = SimpleNamespace()
    share = ShareConfig(public_url="http://127.0.0.1:9", port=0)
    runner = await serve(share, desk, SystemClock())
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    told = {"texts": {"share": {"public_url": address}}}
    there = [line async for line in texts(Config.model_validate(told), SystemClock())]
    await runner.cleanup()
    assert there[1].state is State.OK
