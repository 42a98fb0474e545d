"""Ears on other machines: two listeners of their own, one gateway that does not hear itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.dispatch import topics
from gateway.testing.lab import SCENES, Cache
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.listener import SECRET, LabListener
from gateway.testing.lab.report import CallStory, faults
from gateway.testing.lab.scenes import Turn
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

SCENE = {scene.id: scene for scene in SCENES}
LATER = (
    Turn(who="caller", at=17.0, text="我要报警，我的包被人抢了"),
    Turn(who="caller", at=21.5, text="对方有两个人手里有刀"),
    Turn(who="caller", at=25.0, text="没有人受伤，你们快来"),
)
LONG = SCENE["robbery"].model_copy(update={"turns": (*SCENE["robbery"].turns, *LATER)})
CRASH = SCENE["crash"].model_copy(
    update={"turns": tuple(turn for turn in SCENE["crash"].turns if turn.at < 10)}
)
PATIENCE_S = 90.0


@pytest.fixture
async def stage(tmp_path: Path, cache: Cache) -> AsyncIterator[Stage]:
    """Everything but the gateway, which knows the listeners' secret and hears nothing by itself."""
    secret = tmp_path / "listeners.secret"
    secret.write_text(SECRET)
    speech = f'local = false\nlisteners_secret_file = "{secret}"'
    async with Stage(tmp_path, cache=cache, with_gateway=False, speech=speech) as running:
        yield running


@pytest.fixture
async def core(stage: Stage) -> AsyncIterator[LabCore]:
    async with LabCore(stage.broker) as listening:
        yield listening


def up(*names: str) -> Callable[[dict[str, Any]], bool]:
    return lambda services: all(
        services.get(f"speech:{name}", {}).get("state") in ("up", "degraded") for name in names
    )


def text_between(story: CallStory, low_s: float, high_s: float) -> list[str]:
    """What the caller said in a part of the call, in seconds since it was seized."""
    return [
        said["text"]
        for said in story.segments("caller")
        if low_s * 1000 <= said["started_ms"] < high_s * 1000
    ]


def live_again(story: CallStory) -> bool:
    """Both sides were lost, and are heard again."""
    last = {told["leg"]: told["state"] for told in story.of("SpeechStateChange")}
    broken = {told["leg"] for told in story.of("SpeechStateChange") if told["state"] == "broken"}
    return broken == {"caller", "call_taker"} and {*last.values()} == {"live"}


async def test_a_listener_killed_in_the_middle_of_a_call_costs_no_word_and_doubles_none(
    stage: Stage, core: LabCore, tmp_path: Path
) -> None:
    async with (
        LabListener("asr1", tmp_path / "asr1", stage.broker) as first,
        LabListener("asr2", tmp_path / "asr2", stage.broker, host="127.0.0.2") as second,
    ):
        await stage.gateway.start("up", "degraded")
        await stage.gateway.services(up("asr1", "asr2"))
        await stage.city.call(LONG)
        await core.until(
            lambda: (story := core.call(LONG.caller)) and story.segments("caller"), seconds=PATIENCE_S
        )
        await stage.city.call(CRASH)
        await core.until(
            lambda: (story := core.call(CRASH.caller)) and story.segments("caller"), seconds=PATIENCE_S
        )
        services = await stage.gateway.services()
        legs = {name: services[f"speech:{name}"]["figures"]["live"] for name in ("asr1", "asr2")}
        assert legs == {"asr1": 2, "asr2": 2}, "a call a listener, both its sides"

        await first.kill()
        killed = await stage.gateway.services(lambda services: services["speech:asr1"]["state"] == "down")
        assert killed["speech"]["state"] in ("up", "degraded"), "the other one hears on"
        assert killed["speech:asr1"]["cure_zh"]
        await core.until(lambda: live_again(core.story(LONG.caller)), seconds=PATIENCE_S)
        await first.start()
        await stage.gateway.services(up("asr1"))
        await core.settled(LONG.caller, CRASH.caller, seconds=60)
        for scene in (LONG, CRASH):
            found = faults(scene, core.story(scene.caller))
            assert [fault for fault in found if not fault.startswith("recording")] == []
        story = core.story(LONG.caller)
        states = [t["state"] for t in story.of("SpeechStateChange") if t["leg"] == "caller"]
        assert states.count("broken") == 1
        assert states[-1] in ("live", "filled"), "a listener that has no file is given the sound"
        origins = {said["index"] // 100_000 for said in story.segments("caller")}
        assert len(origins) == 2, "each listener has numbers of its own"
        for turn in LATER:
            assert any(text_between(story, turn.at - 2, turn.at + 6)), f"{turn.text} was heard"
        del second
        await stage.gateway.stop()
        assert await faults_in_books(stage.gateway.store_url) == []


async def test_without_the_broker_known_listeners_stay_in_use_and_a_stranger_is_refused(
    stage: Stage, core: LabCore, tmp_path: Path
) -> None:
    async with (
        LabListener("asr1", tmp_path / "asr1", stage.broker),
        LabListener("asr3", tmp_path / "asr3", stage.broker, secret="another secret altogether") as stranger,
    ):
        await stage.gateway.start("up", "degraded")
        services = await stage.gateway.services(
            lambda s: up("asr1")(s) and s.get("speech:asr3", {}).get("fault_en", "").strip() != ""
        )
        assert "another secret" in services["speech:asr3"]["fault_en"]
        assert services["speech:asr3"]["cure_en"].startswith("give both machines the same")
        assert "gateway is refused" in stranger.service.log.read_text()
        await stranger.stop()
        await stage.gateway.services(lambda s: "speech:asr3" not in s)

        await stage.broker.kill()
        await stage.city.call(CRASH)
        await stage.gateway.services(lambda s: s["speech:asr1"]["figures"]["live"] == 2)
        await stage.broker.start()
        await core.settled(CRASH.caller, seconds=60)
        assert faults(CRASH, core.story(CRASH.caller)) == []
        told = await core.retained(topics.listener_status("demo", "asr1"))
        ((_, state),) = told.items()
        assert (state["state"], state["host"]) == ("online", "127.0.0.1")
