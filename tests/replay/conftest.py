"""Streams to replay: the project's own, and those of ../shared where it is present."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.calls.model import CallSession, CallState
from gateway.journal.codec import decode, encode, from_text, to_text
from gateway.pbx.message import AmiMessage, message_of
from gateway.pbx.snapshot import adopt
from gateway.pbx.story import Story, as_json, messages
from gateway.pbx.translate import Translator

TRACES = Path(__file__).parent.parent / "traces"
SHARED = Path(__file__).parents[2].parent / "shared" / "pbx" / "traces"
SHARED_STORIES = Path(__file__).with_name("shared_stories.json")


@dataclass(frozen=True)
class Trace:
    name: str
    file: Path
    expected: dict[str, Any]

    @property
    def data(self) -> bytes:
        return self.file.read_bytes()


def own_traces() -> list[Trace]:
    folders = sorted(path for path in TRACES.iterdir() if path.is_dir())
    return [
        Trace(
            folder.name,
            folder / "stream.ami.txt",
            json.loads((folder / "story.json").read_text(encoding="utf-8")),
        )
        for folder in folders
    ]


def shared_traces() -> list[Trace]:
    if not SHARED.is_dir():
        return []
    stories = json.loads(SHARED_STORIES.read_text(encoding="utf-8"))
    return [Trace(name, SHARED / f"{name}.ami.txt", story) for name, story in sorted(stories.items())]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "trace" in metafunc.fixturenames:
        traces = [*own_traces(), *shared_traces()]
        metafunc.parametrize(
            "trace", traces, ids=[f"{trace.file.parent.name}/{trace.name}" for trace in traces]
        )
    if "short_trace" in metafunc.fixturenames:
        traces = [trace for trace in (*own_traces(), *shared_traces()) if trace.file.stat().st_size < 100_000]
        metafunc.parametrize(
            "short_trace", traces, ids=[f"{trace.file.parent.name}/{trace.name}" for trace in traces]
        )


class Rerun:
    """Plays messages as the runtime does: a book of sessions, and restarts that lose everything but the
    book.
    """

    def __init__(self) -> None:
        self.story = Story()
        self.translator = Translator("site", "pbx")

    def feed(self, message: AmiMessage) -> bool:
        """Whether anything followed from it."""
        signals = self.translator.feed(message)
        self.story.take(signals)
        if self.translator.missing:
            self.story.take(self.translator.give_up(message.at, message.at))
        return bool(signals)

    def restart(self, at: Any) -> None:
        """The process dies; the book comes back through the journal's codec, the view from what the PBX
        lists.
        """
        lists = list(listed(self.translator, at))
        book = {
            key: decode(CallSession, from_text(to_text(encode(call))))
            for key, call in self.story.calls.items()
        }
        assert book == self.story.calls
        self.story.calls = book
        connections = self.translator.connections
        self.translator = Translator("site", "pbx")
        self.translator.connections = connections
        open_calls = [call for call in book.values() if call.state is not CallState.ENDED]
        adopted = adopt(self.translator, lists, open_calls, at)
        assert not adopted.missing
        self.story.take(adopted.signals)

    def end(self, at: Any) -> dict[str, Any]:
        self.story.take(self.translator.end_of_stream(at, at))
        return as_json([self.story])


def listed(translator: Translator, at: Any) -> Iterable[AmiMessage]:
    """What CoreShowChannels and QueueStatus would answer now."""
    rings = {leg for course in translator.courses.values() for leg in course.ringing}
    for channel in translator.view.channels.values():
        age = max(0, int((at - channel.born_at).total_seconds()))
        yield message_of(at=at, headers=(
            ("Event", "CoreShowChannel"), ("ActionID", "1"), ("Channel", channel.name),
            ("ChannelState", "5" if channel.uniqueid in rings else "6"), ("CallerIDNum", channel.number),
            ("Context", channel.context), ("Exten", channel.exten), ("Uniqueid", channel.uniqueid),
            ("Linkedid", channel.linkedid), ("Duration", str(timedelta(seconds=age)).rjust(8, "0")),
            ("BridgeId", channel.bridge or ""),
        ))  # fmt: skip
    for course in translator.courses.values():
        if course.queued:
            yield message_of(at=at, headers=(
                ("Event", "QueueEntry"), ("ActionID", "2"), ("Queue", "q110"), ("Position", "1"),
                ("Channel", course.caller.name), ("Uniqueid", course.caller.uniqueid), ("Wait", "1"),
            ))  # fmt: skip


@pytest.fixture
def rerun() -> type[Rerun]:
    return Rerun


@pytest.fixture
def read() -> Any:
    return lambda data: list(messages(data))
