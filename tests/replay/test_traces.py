"""Every recorded stream tells its story, however it is cut, doubled, shuffled or interrupted."""

from __future__ import annotations

import copy
import random
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.pbx.framing import AmiFramer
from gateway.pbx.message import AmiMessage
from gateway.pbx.scrub import unscrubbed
from gateway.pbx.story import Story, as_json, messages, play, timed
from gateway.pbx.translate import Translator

TRACES = Path(__file__).parent.parent / "traces"
UNTOUCHED = {"hostile"}
"""Recorded as it came: scrubbing would mend what it is about. Its numbers are invented."""


def test_a_stream_tells_its_story(trace: Any) -> None:
    assert as_json([play(trace.data)]) == trace.expected


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_cut_of_the_network_changes_nothing(trace: Any, size: int) -> None:
    data, framer = trace.data[:60_000], AmiFramer()
    frames = [
        frame for start in range(0, len(data), size) for frame in framer.feed(data[start : start + size])
    ]
    assert [message.headers for message in timed(frames + framer.flush())] == [
        m.headers for m in messages(data)
    ]


def test_messages_that_come_twice_change_nothing(trace: Any) -> None:
    story, translator = Story(), Translator("site", "pbx")
    told = [message for message in messages(trace.data) for _ in (1, 2) if not _opens(message)]
    for message in told:
        story.take(translator.feed(message))
    once = as_json([play(trace.data)])["calls"]
    story.take(translator.end_of_stream(told[-1].at, told[-1].at))
    if not any(_opens(message) for message in list(messages(trace.data))[4:]):
        assert as_json([story])["calls"] == once


def _opens(message: AmiMessage) -> bool:
    return message.response is not None or message.event == "FullyBooted"


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_messages_raise_nothing_and_invent_no_call(trace: Any, seed: int) -> None:
    told = list(messages(trace.data))
    random.Random(seed).shuffle(told)
    story, translator = Story(), Translator("site", "pbx")
    for message in told:
        story.take(translator.feed(message))
    known = {call["linkedid"] for call in trace.expected["calls"]}
    assert {call.linkedid for call in story.real_calls()} <= known


def test_a_stream_without_some_of_its_messages_raises_nothing_and_invents_no_call(trace: Any) -> None:
    chance, story, translator = random.Random(3), Story(), Translator("site", "pbx")
    for message in messages(trace.data):
        if chance.random() < 0.8:
            story.take(translator.feed(message))
    known = {call["linkedid"] for call in trace.expected["calls"]}
    assert {call.linkedid for call in story.real_calls()} <= known


def test_a_restart_after_any_signal_leads_to_the_same_story(short_trace: Any, rerun: Any) -> None:
    told = list(messages(short_trace.data))
    plain = as_json([play(short_trace.data)])["calls"]
    going_on = rerun()
    for index, message in enumerate(told[:-1]):
        if not going_on.feed(message) or _between(going_on.translator, message.at):
            continue
        again = copy.deepcopy(going_on)
        again.restart(message.at)
        for after in told[index + 1 :]:
            again.feed(after)
        assert again.end(told[-1].at)["calls"] == plain, f"restarted after message {index}: {message.event}"


def _between(translator: Translator, at: datetime) -> bool:
    """Within the milliseconds of a step that no list of the PBX shows: somebody has hung up and is not gone
    yet, a call-taker changes bridges, a desk was connected and is not bridged yet.
    """
    for course in translator.courses.values():
        legs = [course.caller, *(met.channel for met in (*course.parties.values(), *course.absent.values()))]
        if any(leg.asked or leg.cut for leg in legs) or any(
            met.channel.bridge is None for met in course.parties.values()
        ):
            return True
        if course.caller.bridge is None and course.parties:
            return True
    return bool(translator.optimizing)


def test_no_trace_holds_people(trace: Any) -> None:
    if trace.file.parent.name == "traces" or trace.name in UNTOUCHED:
        return
    assert unscrubbed(trace.data.decode("utf-8", "surrogateescape")) == []


def test_a_pbx_killed_and_started_again_repeats_its_channel_names_and_nothing_else() -> None:
    """kill -9 in the middle of a call, then a new boot on a new connection: other calls under the same
    names.
    """
    first = (TRACES / "pbx_killed" / "stream.ami.txt").read_bytes()
    second = (TRACES / "pbx_restarts" / "stream.ami.txt").read_bytes()
    story = as_json([play(first + second)])
    assert [(call["end_reason"], call["released_by"]) for call in story["calls"]] == [
        ("LOST", "system"),
        ("COMPLETED", "system"),
    ]
    assert story["malformed"] == 0


def test_a_reconnect_to_the_same_boot_ends_no_call() -> None:
    data = (TRACES / "answered" / "stream.ami.txt").read_bytes()
    login, booted, *rest = data.split(b"\r\n\r\n")
    again = [login, booted.replace(b"Uptime: 1", b"Uptime: 86400").replace(b"Uptime: 0", b"Uptime: 86400")]
    middle = next(index for index, block in enumerate(rest) if block.startswith(b"Event: AgentConnect")) + 5
    cut = b"\r\n\r\n".join((login, booted, *rest[:middle], *again, *rest[middle:]))
    assert as_json([play(cut)]) == as_json([play(data)])


def test_a_call_still_live_at_the_end_of_the_stream_is_lost() -> None:
    data = (TRACES / "answered" / "stream.ami.txt").read_bytes()
    cut = data[: data.index(b"Event: AgentComplete")]
    (call,) = as_json([play(cut)])["calls"]
    assert (call["state"], call["end_reason"], call["released_by"], call["agents"]) == (
        "ENDED",
        "LOST",
        "system",
        ["1101"],
    )
