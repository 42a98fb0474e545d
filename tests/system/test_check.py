"""`intake110 check` on the real thing: it proves what it says, breaks nothing, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import aiomqtt
import pytest

from gateway.checks.line import Line, State
from gateway.checks.plan import check
from gateway.clock import SystemClock
from gateway.testing.lab import Cache
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

CLOCK = SystemClock()


async def checked(stage: Stage, *only: str) -> dict[str, Line]:
    stage.gateway.write_config()
    return {line.name: line async for line in check(stage.gateway.config, CLOCK, only)}


def failed(lines: dict[str, Line]) -> list[str]:
    return [f"{line.name}: {line.en}" for line in lines.values() if line.state is State.FAIL]


async def test_laboratory_deployment_is_in_order_and_breaks_as_it_is_broken(
    tmp_path: Path, cache: Cache
) -> None:
    async with Stage(tmp_path, cache=cache, with_gateway=False) as stage:
        lines = await checked(stage)
        assert failed(lines) == []
        proved = {name for name, line in lines.items() if line.state is State.OK}
        assert {
            "pbx.pbx1.tap",
            "pbx.pbx1.tap_address",
            "pbx.pbx1.recordings",
            "pbx.pbx1.right.QueueStatus",
            "pbx.pbx1.filters",
            "broker.login",
            "broker.events",
            "broker.inbound",
            "rules",
            "database",
        } <= proved
        assert list(stage.pbx.recording_dir.iterdir()) == []
        assert "0 active channels" in await stage.pbx.cli("core show channels")

        right = stage.broker.users["gateway"]
        stage.broker.users["gateway"] = "wrong"  # what the gateway will use; the broker keeps the right one
        lines = await checked(stage, "broker")
        assert [(line.name, line.state) for line in lines.values()] == [("broker.login", State.FAIL)]
        assert "mqtt.username" in lines["broker.login"].cure_en
        stage.broker.users["gateway"] = right

        stage.gateway.write_config()
        await stage.pbx.stop()
        await stage.broker.stop()
        dead = await checked(stage, "pbx", "broker")
        assert {name for name, line in dead.items() if line.state is State.FAIL} == {
            "pbx.pbx1.login",
            "broker.login",
        }


async def test_account_without_the_right_to_publish_is_refused_on_every_topic(
    tmp_path: Path, cache: Cache
) -> None:
    async with Stage(tmp_path, cache=cache, with_gateway=False) as stage:
        stage.gateway.write_config()
        file = stage.gateway.config
        file.write_text(file.read_text().replace('username = "gateway"', 'username = "reader"'))
        (file.parent / "mqtt.secret").write_text(stage.broker.users["reader"])
        lines = {line.name: line async for line in check(file, CLOCK, ["broker"])}
        assert [name for name, line in lines.items() if line.state is State.FAIL] == [
            "broker.events",
            "broker.card",
            "broker.partial",
            "broker.site_events",
            "broker.status",
        ]
        assert "topic write 110/demo/calls/" in lines["broker.events"].cure_en


async def test_check_beside_a_running_gateway_makes_no_call_and_no_event(
    tmp_path: Path, cache: Cache
) -> None:
    async with Stage(tmp_path, cache=cache) as stage:
        async with aiomqtt.Client(
            stage.broker.host,
            stage.broker.port,
            username="dispatch",
            password=stage.broker.users["dispatch"],
            protocol=aiomqtt.ProtocolVersion.V5,
        ) as client:
            await client.subscribe("110/#", qos=1)
            lines = {line.name: line async for line in check(stage.gateway.config, CLOCK)}
            await client.publish("110/demo/in/end", b"", qos=1)
            heard = []
            async for message in client.messages:
                if str(message.topic).endswith("/in/end"):
                    break
                if message.payload and not message.retain:
                    heard.append(str(message.topic))
        assert failed(lines) == []
        assert "running gateway" in lines["ports.web"].en
        assert [topic for topic in heard if "/calls/" in topic] == []
