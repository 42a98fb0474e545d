"""The latest state of every retained topic, to be shown again at every connect (a broker may lose it when
killed).
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from gateway.ports import Message

MAX_TOPICS = 5_000
"""Retained topics kept at once. Above it the one changed longest ago is cleared before its time."""


@dataclass(slots=True)
class _State:
    message: Message
    clear_at: float | None


class Retained:
    """Latest only: a state that changes twice before it is sent is sent once."""

    def __init__(self, limit: int = MAX_TOPICS) -> None:
        self._limit = limit
        self._states: OrderedDict[str, _State] = OrderedDict()
        self._due: OrderedDict[str, None] = OrderedDict()

    def show(self, message: Message, clear_at: float | None = None) -> None:
        """Replace the topic's state. `clear_at` (monotonic seconds): when it is cleared; None: stays."""
        self._states[message.topic] = _State(message, clear_at)
        self._states.move_to_end(message.topic)
        self._due[message.topic] = None
        if len(self._states) > self._limit:
            oldest = next(iter(self._states))
            self._states[oldest] = _State(_cleared(self._states[oldest].message), 0.0)
            self._due[oldest] = None
            self._states.move_to_end(oldest)

    def take(self) -> Message | None:
        """The next state that has not been sent, in the order of change; None: all are sent."""
        if not self._due:
            return None
        topic, _ = self._due.popitem(last=False)
        message = self._states[topic].message
        if not message.payload:
            del self._states[topic]
        return message

    def again(self, message: Message) -> None:
        """`message` did not arrive: send its topic's latest state, unless a newer one waits already."""
        if message.topic not in self._states:  # gone since: its clearing was under way too
            self._states[message.topic] = _State(_cleared(message), None)
        self._due.setdefault(message.topic)

    def all_again(self) -> None:
        """A new connection: what the broker retained may be gone."""
        for topic in self._states:
            self._due.setdefault(topic)

    def clear_due(self, now: float) -> bool:
        """Turn states whose time has come into empty ones, which makes the broker forget the topic."""
        due = [
            topic
            for topic, state in self._states.items()
            if state.clear_at is not None and state.clear_at <= now
        ]
        for topic in due:
            self._states[topic] = _State(_cleared(self._states[topic].message), None)
            self._due[topic] = None
        return bool(due)

    @property
    def waiting(self) -> int:
        return len(self._due)

    def __len__(self) -> int:
        return len(self._states)


def _cleared(message: Message) -> Message:
    return replace(message, payload=b"", expiry_s=None)
