"""Whoever hears dies in the middle of a call: another one hears on, and nothing that was told is lost or
doubled."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from gateway.testing.lab import SCENES
from gateway.testing.lab.books import faults_in_books
from gateway.testing.lab.core import LabCore
from gateway.testing.lab.report import CallStory, faults
from gateway.testing.lab.scenes import Turn
from gateway.testing.lab.stage import Stage

pytestmark = pytest.mark.system

SCENE = {scene.id: scene for scene in SCENES}
CRASH = SCENE["crash"]
LONG = SCENE["robbery"].model_copy(
    update={
        "turns": (
            *SCENE["robbery"].turns,
            Turn(who="caller", at=9.0, text="他们往人民路跑了"),
            Turn(who="caller", at=20.0, text="我要报警，我的包被人抢了"),
        )
    }
)


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


async def test_a_killed_recognizer_loses_nothing_and_a_killed_listener_is_replaced(
    stage: Stage, core: LabCore
) -> None:
    await stage.city.call(CRASH)
    await stage.city.call(LONG)
    await core.until(lambda: (story := core.call(CRASH.caller)) and story.segments("caller"))
    listener = listener_of(stage)
    (loader,) = children(listener)
    for recognizer in (*children(loader), loader):
        os.kill(recognizer, signal.SIGKILL)
    await core.settled(CRASH.caller)
    assert faults(CRASH, core.story(CRASH.caller)) == []

    os.kill(listener, signal.SIGKILL)
    await core.settled(LONG.caller)
    story = core.story(LONG.caller)
    assert listener_of(stage) != listener
    heard = states(story)
    assert heard[0] == "live"
    assert [state for state in heard if state != "behind"][-3:] == ["broken", "live", "filled"]
    assert story.segments("caller")[-1]["started_ms"] > 18_000
    assert faults(LONG, story) == []
    said = "".join(segment["text"] for segment in story.segments("caller"))
    assert "人民路跑" in said, "what nobody heard while there was no listener comes from the recording"
    assert "我的包" in said[-12:]
    await stage.gateway.stop()
    assert await faults_in_books(stage.gateway.store_url) == []
