"""`intake110 bench …` runs through and gives every line in the agreed form."""

from __future__ import annotations

import json
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

NAMES = [
    "ami_intake",
    "ami_intake_without_filter",
    "ami_filter_gives",
    "ami_to_mqtt_p99_at_5",
    "calls_carried_at_5",
    "ami_to_mqtt_p99_at_20",
    "calls_carried_at_20",
    "calls_flat_out",
    "calls_flat_out_five_moments",
]


async def test_bench_gives_one_json_object_a_measure_and_loses_no_message(tmp_path: Path) -> None:
    process = await create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway.cli",
        "bench",
        "intake",
        "--json",
        "--seconds",
        "0.5",
        "--folder",
        str(tmp_path),
        stdout=PIPE,
        stderr=PIPE,
    )
    out, told = await process.communicate()
    assert process.returncode == 0, told.decode()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["name"] for line in lines] == NAMES
    assert all(
        set(line) == {"name", "unit", "ours", "peer", "limit", "ratio", "goal", "met"} for line in lines
    )
    assert all(line["ours"] > 0 and line["peer"] > 0 for line in lines)
    assert all(
        isinstance(line["met"], bool) and (line["goal"] is None) == (line["limit"] is None) for line in lines
    )


SPEECH_NAMES = [
    "speech_legs_a_core",
    "speech_legs_a_core_of_raw",
    "speech_legs_wall",
    "speech_legs_wall_of_raw",
    "speech_same_words",
    "speech_conversation_legs_a_core",
    "speech_conversation_legs_a_core_of_raw",
    *(f"speech_first_partial_p{share}_at_{legs}" for legs in (5, 10, 20) for share in (50, 95)),
    "speech_paced_legs_a_core",
    "speech_paced_legs_a_core_of_raw",
    "speech_memory_at_leg_20",
]


async def test_bench_of_speech_hears_the_same_words_on_every_side() -> None:
    process = await create_subprocess_exec(
        sys.executable, "-m", "gateway.cli", "bench", "speech", "--json", "--seconds", "0.1",
        stdout=PIPE, stderr=PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    out, told = await process.communicate()
    assert process.returncode == 0, told.decode()
    lines = {line["name"]: line for line in map(json.loads, out.splitlines())}
    assert list(lines) == SPEECH_NAMES
    assert all(
        set(line) == {"name", "unit", "ours", "peer", "limit", "ratio", "goal", "met"}
        for line in lines.values()
    )
    same = lines["speech_same_words"]
    assert (same["ours"], same["peer"], same["met"]) == (1.0, 1.0, True)
