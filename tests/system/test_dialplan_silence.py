"""Callers who cannot speak, on a real PBX by its dialplan alone: asked to press a key, heard by nobody
else."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from gateway.testing.lab import Cache, CallPlan, City, LabAmi, LabPbx, until

from .test_dialplan_intake import recordings, seconds, told

pytestmark = pytest.mark.system

CALLER = "13800130110"
SPEAKING = Path(__file__).parents[1] / "data/speech/fight.wav"
LOUD = 2_000
"""A sample of 16 bits that no quiet line has."""


@pytest.fixture
async def pbx(tmp_path: Path, cache: Cache) -> AsyncIterator[LabPbx]:
    async with LabPbx("labpbx", tmp_path, cache=cache, silence_seconds=2) as running:
        yield running


def loud_seconds(path: Path, since_s: float = 0.0) -> float:
    """How much of a recording is loud, in tenths of a second."""
    with wave.open(str(path)) as file:
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16)[round(since_s * 8_000) :]
    tenths = sound[: len(sound) // 800 * 800].reshape(-1, 800)
    return float((np.abs(tenths.astype(np.int32)).max(axis=1) > LOUD).sum()) / 10 if len(tenths) else 0.0


def steps(ami: LabAmi) -> list[str]:
    return [event["Step"] for event in ami.events if event.get("UserEvent") == "Silence110"]


async def test_a_silent_caller_alone_hears_the_prompt_the_key_reaches_the_call_taker_and_the_call_goes_on(
    pbx: LabPbx, city: City, ami: LabAmi, tmp_path: Path
) -> None:
    """No gateway is there. The sounds: what the caller heard, what the call-taker heard, the recording."""
    caller, desk = tmp_path / "caller.wav", tmp_path / "desk.wav"
    call = await city.call(CallPlan(caller=CALLER, stay_s=14.0))
    await call.connected()
    await call.record(caller, desk)
    await told(ami, "Silence110", Step="prompting", By="dialplan")
    await call.press("1")
    await ami.wait(
        lambda e: e.get("Event") == "DTMFEnd" and e.get("Direction") == "Sent" and e["Digit"] == "1"
    )
    await told(ami, "Silence110", Step="prompted")
    await call.ended()
    await until(lambda: len(recordings(pbx)) == 3 and min(seconds(caller), seconds(desk)) > 8.0)
    assert loud_seconds(caller) > 3.0
    assert loud_seconds(desk) <= 0.5, "the key's tone at most"
    assert loud_seconds(recordings(pbx)["tx"], since_s=3.0) == 0.0, "what the call-taker said to the caller"
    assert steps(ami)[:3] == ["watching", "prompting", "prompted"]


async def test_a_caller_who_speaks_is_never_asked_and_the_listening_leg_is_gone_at_once(
    pbx: LabPbx, city: City, ami: LabAmi
) -> None:
    call = await city.call(CallPlan(caller=CALLER, caller_wav=SPEAKING, stay_s=5.0))
    await told(ami, "Silence110", Step="spoke")
    await ami.wait(lambda e: e.get("Event") == "Hangup" and "@intake110-silence" in e.get("Channel", ""))
    await call.ended()
    assert steps(ami) == ["watching", "spoke"]


async def test_a_missing_sound_is_told_and_costs_the_call_nothing_and_nought_seconds_switch_it_off(
    pbx: LabPbx, city: City, ami: LabAmi
) -> None:
    await pbx.cli("dialplan set global I110_SILENCE_SOUND no-such-sound")
    call = await city.call(CallPlan(caller=CALLER, stay_s=5.0))
    await told(ami, "Silence110", Step="failed")
    assert "PJSIP/trunk" in await pbx.cli("core show channels concise")
    await call.ended()
    await pbx.cli("dialplan set global I110_SILENCE_SECONDS 0")
    before = len(steps(ami))
    call = await city.call(CallPlan(caller="13800130111", stay_s=3.0))
    await call.ended()
    assert len(steps(ami)) == before
