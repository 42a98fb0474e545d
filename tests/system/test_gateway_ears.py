"""Whoever hears dies, or is deaf: another one hears on, nothing that was told is lost or doubled, what nobody
heard comes from the recording, and the second pass hears it again."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import gateway
from gateway.testing.lab import SCENES, Cache
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import CallStory, faults
from gateway.testing.lab.scenes import Turn
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

DEMO = Path(gateway.__file__).parents[1] / "asr_models/demo-cn"
SCENE = {scene.id: scene for scene in SCENES}
CRASH = SCENE["crash"].model_copy(
    update={"turns": tuple(turn for turn in SCENE["crash"].turns if turn.at < 10)}
)
ROBBERY = SCENE["robbery"]
AGAIN = ("对方有两个人手里有刀", "没有人受伤你们快来", "我的包被人抢了")
LONG = ROBBERY.model_copy(
    update={
        "turns": (
            *(turn for turn in ROBBERY.turns if turn.at < 12),
            *(Turn(who="caller", at=12.0 + 2.6 * n, text=AGAIN[n % 3]) for n in range(6)),
        )
    }
)
"""After the first words the caller goes on without a pause: whenever nobody listens, something is said."""
SHORT = ROBBERY.model_copy(
    update={
        "turns": tuple(
            Turn(who="caller", at=0.3 + 2.6 * n, text=text)
            for n, text in enumerate(("我要报警，我的包被人抢了", *AGAIN, *AGAIN))
        )
    }
)
"""Long enough to be noticed, told and looked at while the caller still speaks."""


def variant(folder: Path, words: Mapping[str, str], *, otherwise: str | None = None) -> Path:
    """The demonstration model under another name, that writes other words for the same sounds; `otherwise`:
    for all that are not named."""
    shutil.copytree(DEMO, folder)
    card, listed = folder / "CARD.toml", folder / "graph/words.txt"
    card.write_text(card.read_text().replace('name = "demo-cn"', f'name = "{folder.name}"'))
    told = [line.split() for line in listed.read_text().splitlines()]
    listed.write_text("".join(f"{words.get(word, _other(word, otherwise))} {n}\n" for word, n in told))
    return folder


def _other(word: str, otherwise: str | None) -> str:
    return word if otherwise is None or word[0] in "<#[" else otherwise


async def shown(stage: Stage, story: CallStory) -> dict[str, Any]:
    """What a call-taker's page is told of this call."""
    async with (
        await stage.gateway.sign_in("call_taker") as taker,
        taker.get(f"/api/v1/calls/{story.call_id}") as answer,
    ):
        found: dict[str, Any] = await answer.json()
        return found


def said_in(segments: list[dict[str, Any]]) -> str:
    return "".join(segment["text"] for segment in segments if segment["speaker"] == "caller")


def reviewed(story: CallStory) -> set[str]:
    return {told["leg"] for told in story.of("TranscriptReviewed")}


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def listener_of(stage: Stage) -> int:
    (listener,) = [pid for pid in children(stage.gateway.pid) if "gateway.speech.listener" in _command(pid)]
    return listener


def states(story: CallStory) -> list[str]:
    """How the caller's side was heard, in order."""
    return [told["state"] for told in story.of("SpeechStateChange") if told["leg"] == "caller"]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


async def test_a_killed_recognizer_loses_nothing_a_killed_listener_is_replaced_and_all_is_heard_again(
    tmp_path: Path, cache: Cache
) -> None:
    accurate = variant(tmp_path / "accurate-cn", {"受伤": "负伤"})
    async with (
        Stage(tmp_path, cache=cache, speech=f'accurate_model = "{accurate}"') as stage,
        LabCore(stage.broker) as core,
    ):
        await both_die(stage, core)


async def both_die(stage: Stage, core: LabCore) -> None:
    await stage.city.call(CRASH)
    await stage.city.call(LONG)
    await core.until(lambda: (story := core.call(CRASH.caller)) and story.segments("caller"))
    listener = listener_of(stage)
    (loader,) = children(listener)
    for recognizer in (*children(loader), loader):
        os.kill(recognizer, signal.SIGKILL)
    await core.settled(CRASH.caller)
    crash = core.story(CRASH.caller)
    await core.until(lambda: reviewed(crash) == {"caller", "call_taker"})
    assert faults(CRASH, crash) == []
    rests_on_the_second_pass(await shown(stage, crash), crash)

    os.kill(listener, signal.SIGKILL)
    await core.settled(LONG.caller)
    story = core.story(LONG.caller)
    assert listener_of(stage) != listener
    heard = states(story)
    assert heard[0] == "live"
    assert [state for state in heard if state != "behind"][-3:] == ["broken", "live", "filled"]
    assert story.segments("caller")[-1]["started_ms"] > 18_000
    assert faults(LONG, story) == []
    filled = [segment for segment in story.segments("caller") if segment["gap"]]
    assert filled, "what nobody heard while there was no listener comes from the recording"
    assert any(word in said_in(filled) for word in ("两个人", "受伤", "快来", "包被", "手里有刀"))
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []


def rests_on_the_second_pass(page: dict[str, Any], story: CallStory) -> None:
    """The card rests on the accurate model's words; the live ones, and where they differ, are kept."""
    transcript = page["transcript"]
    (caller,) = [side for side in transcript["sides"] if side["speaker"] == "caller"]
    assert (transcript["basis"], caller["basis"]) == ("review", "review")
    assert [model.split(":")[1] for model in caller["model_ids"]] == ["accurate-cn"]
    assert ("负伤" in said_in(page["segments"]), "负伤" in said_in(transcript["other"])) == (True, False)
    live = "".join(segment["text"] for segment in story.segments("caller"))
    assert "车祸" in live, "what was said before the recognizer died is not lost with it"
    assert said_in(transcript["other"]) == live, "the live text stands beside it, as it was published"
    assert 0 < caller["difference"] < 0.5
    assert any("负" in change["review"] for change in caller["changes"])
    (told,) = [event for event in story.of("TranscriptReviewed") if event["leg"] == "caller"]
    assert (told["trusted"], told["difference"]) == (True, caller["difference"])


async def test_a_deaf_model_is_seen_told_and_doubted_and_the_second_pass_gives_the_words(
    tmp_path: Path, cache: Cache
) -> None:
    deaf = variant(tmp_path / "deaf-cn", {"呕": "呕"}, otherwise="[unk]")
    speech = f'accurate_model = "{DEMO}"\n[speech.languages]\nen = "{tmp_path / "no-model"}"'
    async with (
        Stage(tmp_path, cache=cache, with_gateway=False, model=deaf, speech=speech) as stage,
        LabCore(stage.broker) as core,
    ):
        await stage.gateway.start("degraded")
        health = (await stage.gateway.services(lambda found: found["speech"]["state"] != "down"))["speech"]
        assert (health["state"], health["figures"]["left_out"]) == ("degraded", 1)
        assert str(tmp_path / "no-model") in health["fault_en"]
        assert "models check" in health["cure_en"]

        told = asyncio.create_task(
            stage.gateway.services(lambda found: "speech and no text" in found["speech"]["fault_en"])
        )
        await stage.city.call(SHORT)
        await core.until(lambda: (story := core.call(SHORT.caller)) and "deaf" in states(story))
        story = core.story(SHORT.caller)
        (side, *_) = (await shown(stage, story))["call"]["hearing"]
        assert (side["speaker"], side["transcript"]) == ("caller", False)
        await told
        assert story.last("TriageAssessed")["assessment"]["alarm_class"] == "unsure"

        await core.settled(SHORT.caller)
        assert not story.segments("caller")
        await core.until(lambda: "caller" in reviewed(story))
        page = await shown(stage, story)
        assert "包被人抢" in said_in(page["segments"])
        assert page["transcript"]["sides"][0]["basis"] == "review"
        await core.until(lambda: story.last("TriageAssessed")["assessment"]["nature"] == "robbery")
