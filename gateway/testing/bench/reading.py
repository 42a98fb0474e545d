"""AMI intake alone, in this process: framing, parsing and translating against panoramisk's reading, calls
a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from gateway.pbx.framing import UNINTERESTING, Frame
from gateway.pbx.message import parse
from gateway.pbx.protocol import LinkProtocol
from gateway.pbx.translate import Translator
from gateway.testing.bench.stream import call

CHUNK_BYTES = 8_192
CALLS = 100


def chunks(*, filtered: bool) -> Sequence[bytes]:
    """The bytes of `CALLS` calls one after another, as a socket would give them."""
    data = b"".join(
        piece.data
        for index in range(CALLS)
        for piece in call(index, begins_at=1.8e9 + index, lasts_s=1.0, filtered=filtered)
    )
    return [data[at : at + CHUNK_BYTES] for at in range(0, len(data), CHUNK_BYTES)]


def ours(data: Sequence[bytes]) -> int:
    """The link's own way: what is dropped unread, what is parsed, the signals. Gives how many signals came
    out.
    """
    translator, signals = Translator("bench", "pbx1"), 0

    def take(frame: Frame) -> None:
        nonlocal signals
        signals += len(translator.feed(parse(frame.raw, datetime.now(UTC), frame.fault)))

    protocol = LinkProtocol(
        now=lambda: datetime.now(UTC), on_frame=take, on_lost=lambda: None, drop=UNINTERESTING
    )
    for chunk in data:
        protocol.data_received(chunk)
    return signals


def panoramisk(data: Sequence[bytes]) -> int:
    """Its protocol and a callback that takes every event and does nothing with it."""
    events = 0

    def take(_: Any, __: Any) -> None:
        nonlocal events
        events += 1

    protocol, manager = AMIProtocol(), Manager(encoding="utf8")
    protocol.connection_made(None)
    protocol.factory, protocol.encoding = manager, "utf8"
    manager.register_event("*", take)
    for chunk in data:
        protocol.data_received(chunk)
    return events


def calls_a_second(work: Callable[[Sequence[bytes]], int], data: Sequence[bytes], *, seconds: float) -> float:
    """At least once through; seconds of this process, so that other work on the machine does not count."""
    done, began = 0, time.process_time()
    while done == 0 or time.process_time() - began < seconds:
        work(data)
        done += CALLS
    return done / (time.process_time() - began)
