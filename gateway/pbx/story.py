"""A recorded stream told as calls: the same translator and reducer as live, with the stream's own clock.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from gateway.calls.events import CallEvent
from gateway.calls.hall import MalformedReceived
from gateway.calls.model import TEST_MARK, CallSession, PartyRole, TransferResult
from gateway.calls.reducer import reduce
from gateway.calls.signals import CallSignal
from gateway.pbx.framing import AmiFramer, Frame
from gateway.pbx.message import AmiMessage, parse
from gateway.pbx.shape import PbxShape
from gateway.pbx.translate import Signal, Translator

CHUNK_BYTES = 65_536
"""Read at once from a file; any other cut gives the same story."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Story:
    """All calls of a stream, in the order in which they were seized."""

    calls: dict[str, CallSession] = field(default_factory=dict)
    events: list[tuple[str, CallEvent]] = field(default_factory=list)
    """(call_id, what was told of it), in the order of the stream."""
    malformed: list[MalformedReceived] = field(default_factory=list)

    def take(self, signals: Iterable[Signal]) -> None:
        for signal in signals:
            if isinstance(signal, CallSignal):
                step = reduce(self.calls.get(signal.call_id), signal)
                if step.state is not None:
                    self.calls[signal.call_id] = step.state
                    self.events += ((signal.call_id, event) for event in step.events)
            elif isinstance(signal, MalformedReceived):
                self.malformed.append(signal)

    def real_calls(self) -> list[CallSession]:
        """Without calls that only test the line."""
        real = [call for call in self.calls.values() if TEST_MARK not in call.marks]
        return sorted(real, key=lambda call: (call.seized_at, call.uniqueid))


def play(data: bytes, *, site: str = "site", pbx: str = "pbx", shape: PbxShape | None = None) -> Story:
    """The story of a whole stream. At its end whatever still lives is lost: no other source is asked."""
    story, translator = Story(), Translator(site, pbx, shape)
    at = _BEGINNING
    for message in messages(data):
        at = message.at
        story.take(translator.feed(message))
        if translator.missing:
            story.take(translator.give_up(at, at))
    story.take(translator.end_of_stream(at, at))
    return story


def messages(data: bytes) -> Iterator[AmiMessage]:
    """The messages of a stream; one without a time of its own has that of the next one that has."""
    framer = AmiFramer()
    frames = [
        frame
        for start in range(0, len(data), CHUNK_BYTES)
        for frame in framer.feed(data[start : start + CHUNK_BYTES])
    ]
    frames += framer.flush()
    yield from timed(frames)


def timed(frames: Sequence[Frame]) -> Iterator[AmiMessage]:
    """Parse, with the stream's own time as the time of arrival."""
    waiting: list[AmiMessage] = []
    last = _BEGINNING
    for frame in frames:
        message = parse(frame.raw, last, frame.fault)
        waiting.append(message)
        if (source_at := message.source_at) is not None:
            last = source_at
            yield from (replace(each, at=last) for each in waiting)
            waiting.clear()
    yield from (replace(each, at=last) for each in waiting)


def as_json(stories: Sequence[Story]) -> dict[str, Any]:
    """What `intake110 trace play --json` prints."""
    calls = sorted(
        (call for story in stories for call in story.real_calls()), key=lambda call: call.seized_at
    )
    return {
        "calls": [call_json(call) for call in calls],
        "malformed": sum(len(story.malformed) for story in stories),
    }


def call_json(call: CallSession) -> dict[str, Any]:
    return {
        "linkedid": call.linkedid,
        "ani": call.ani,
        "dialed": call.dialed,
        "answered": call.answered_at is not None,
        "agents": agents(call),
        "state": call.state.value,
        "end_reason": call.end_reason.value if call.end_reason else None,
        "released_by": call.released_by.value if call.released_by else None,
        "transfers": [
            {"kind": transfer.kind.value, "target": transfer.target, "result": transfer.result.value}
            for transfer in call.transfers
            if transfer.result is not TransferResult.PENDING
        ],
        "held": call.ever_held,
        "conference": call.conference,
        "queue_wait_ms": call.queue_wait_ms,
        "recordings": [{"file": each.file, "mixmonitor_id": each.recording_id} for each in call.recordings],
    }


def agents(call: CallSession) -> list[str]:
    """Call-takers' extensions, each once, in the order of connection."""
    return list(dict.fromkeys(party.number for party in call.parties if party.role is PartyRole.CALL_TAKER))
