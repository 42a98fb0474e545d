"""Every recorded stream tells its story, however it is cut, doubled, shuffled or interrupted."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

import pytest

from gateway.pbx.message import AmiFramer, AmiMessage
from gateway.pbx.scrub import unscrubbed
from gateway.pbx.story import Story, as_json, messages, play, timed
from gateway.pbx.translate import Translator

UNTOUCHED = {"hostile"}
"""Recorded as it came: scrubbing would mend what it is about. Its numbers are invented."""


def test_a_stream_tells_its_story(trace: Any) -> None:
    assert as_json([play(trace.data)]) == trace.expected


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_the_cut_of_the_network_changes_nothing(trace: Any, size: int) -> None:
    data, framer = trace.data[:200_000], AmiFramer()
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


def test_a_restart_after_any_message_leads_to_the_same_story(short_trace: Any, rerun: Any) -> None:
    told = list(messages(short_trace.data))
    plain = as_json([play(short_trace.data)])["calls"]
    for index, message in enumerate(told[:-1]):
        run = rerun()
        for before in told[: index + 1]:
            run.feed(before)
        if _between(run.translator, message.at):
            continue
        run.restart(message.at)
        for after in told[index + 1 :]:
            run.feed(after)
        assert run.end(told[-1].at)["calls"] == plain, f"restarted after message {index}: {message.event}"


def _between(translator: Translator, at: datetime) -> bool:
    """Within the milliseconds of a step that no list of the PBX shows: somebody has hung up and is not gone yet,
    a call-taker changes bridges, a desk was connected and is not bridged yet.
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
