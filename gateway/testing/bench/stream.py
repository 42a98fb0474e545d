"""A recorded call of a real Asterisk, made into as many different calls as a benchmark needs.

`call.ami.txt`: one answered call with two live taps (Asterisk 22.10, 8 s), everything an account with all
rights and no
filter is told. Ids, channel names, bridges, desks and the caller's number become another call's, times
become now's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from gateway.pbx.framing import AmiFramer, event_name

TRACE = Path(__file__).with_name("call.ami.txt")
EOM = b"\r\n\r\n"
FILTERED = frozenset({b"VarSet", b"Newexten", b"RTCPSent", b"RTCPReceived", b"TestEvent"})
"""What the recommended account is not sent: by its eventfilters and its read classes."""

MOMENTS = {
    "seized": b"Newchannel",
    "queued": b"QueueCallerJoin",
    "ringing": b"AgentCalled",
    "answered": b"AgentConnect",
    "ended": b"Hangup",
}
"""The five moments of a call and the AMI event that brings each, on the caller's channel."""
CALLER = b"PJSIP/trunk-"

_PARTS = re.compile(
    rb"(?P<id>pbx1-1795469\d\d\d\.(?P<n>\d+))"
    rb"|(?P<channel>(?:trunk|1101)-0000000(?P<k>[01]))"
    rb"|(?P<time>(?<=Timestamp: )\d+\.\d+)"
    rb"|(?P<uuid>(?<![0-9a-f])[0-9a-f]{8}(?=(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))"
    rb"|(?P<number>13800130042)"
    rb"|(?P<desk>(?<!\d)1101(?!\d))"
)
_AT = re.compile(rb"Timestamp: (\d+\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One message of one call: when it is due after the call's begin, in seconds, and which moment it
    brings.
    """

    at: float
    data: bytes
    moment: str | None


@cache
def _messages(filtered: bool) -> tuple[tuple[float, bytes, str | None], ...]:
    frames = [frame.raw for frame in AmiFramer().feed(TRACE.read_bytes())]
    kept = [raw for raw in frames if not (filtered and event_name(raw) in FILTERED)]
    begin, at, found = _time(frames[0]) or 0.0, 0.0, []
    for raw in kept:
        at = max(at, (_time(raw) or begin + at) - begin)
        found.append((at, raw + EOM, _moment(raw)))
    return tuple(found)


def _time(raw: bytes) -> float | None:
    told = _AT.search(raw)
    return float(told[1]) if told else None


def _moment(raw: bytes) -> str | None:
    if b"\r\nChannel: " + CALLER not in raw:
        return None
    return next((moment for moment, event in MOMENTS.items() if event_name(raw) == event), None)


def events_per_call(*, filtered: bool) -> int:
    return len(_messages(filtered))


def uniqueid(index: int) -> str:
    """The caller's channel of call `index`."""
    return f"pbx1-17954{index:05d}.0"


def call(index: int, *, begins_at: float, lasts_s: float, filtered: bool = True) -> Iterator[Piece]:
    """Call `index`, squeezed into `lasts_s`. `begins_at`: unix time of its first event."""
    messages = _messages(filtered)
    scale = lasts_s / messages[-1][0]
    rename = _renamer(index)
    for at, raw, moment in messages:
        stamp = b"%.6f" % (begins_at + at * scale)
        yield Piece(
            at=at * scale,
            data=_PARTS.sub(partial(rename, stamp), raw),
            moment=moment,
        )


def _renamer(index: int) -> Callable[[bytes, re.Match[bytes]], bytes]:
    prefix, desk, number = (
        b"pbx1-17954%05d." % index,
        b"11%02d" % (index % 90 + 10),
        b"1380013%04d" % (index % 10_000),
    )

    def rename(stamp: bytes, found: re.Match[bytes]) -> bytes:
        match found.lastgroup:
            case "time":
                return stamp
            case "number":
                return number
            case "desk":
                return desk
            case "uuid":
                return b"%08x" % (int(found[0], 16) ^ index << 4)
        if found["id"]:
            return prefix + found["n"]
        name = desk if found["channel"].startswith(b"1101") else b"trunk"
        return name + b"-%08x" % (index << 4 | int(found["k"]))

    return rename
