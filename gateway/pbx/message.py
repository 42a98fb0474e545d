"""AMI messages: how they are read, and which of them cannot be what Asterisk wrote.

AMI is a stream of `Name: value` lines, a blank line ends a message. Values are written raw, so a caller whose
number decodes to a line break writes headers and whole messages of his own into the stream. What he cannot do
is take away the rest of the message his number stood in. So an injected blank line always leaves two kinds of
pieces:

* the *torn head*: a true message up to the caller's value, its usual successors missing;
* *forged blocks*: what he wrote, the last of them running on into the tail of the true message.

`malformed` names the forged blocks (and everything else that cannot come from Asterisk 18 to 22): each is to
be counted and journaled. `torn` names the heads: nothing of a head is used, and it is not counted, because
the block after it is. Nothing is lost by that: Asterisk repeats the whole channel in every later event.

An event we do not know is not forged for that: it stands if it begins as Asterisk begins events and its
channels are whole. A forged event with every header in place is doubted only by what is known of the call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from gateway.pbx.known import ANSWERS, CALLER_TEXT_AFTER, CHANNEL, KNOWN, ONLY_IN_A_CHANNEL, Needs

_Names = tuple[str, ...]
_Verdict = tuple[bool, str | None]

_BANNER = "Asterisk Call Manager/"


class Shape(NamedTuple):
    """The names of a message's headers, in order. A PBX writes few different ones, so each is judged once."""

    names: _Names
    places: Mapping[str, int]
    """Where a name stands first."""
    verdict: _Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiMessage:
    """One message as it came: headers in order, names as Asterisk spells them, repeated ones repeated."""

    shape: Shape
    values: tuple[str, ...]
    at: datetime
    """Arrival, aware UTC."""
    raw: bytes | None = None
    fault: str | None = None
    """What framing or parsing already found wrong."""
    encoding: str = "utf-8"
    """The least certain one a value needed: utf-8, gb18030, or latin-1 (a guess: characters may be wrong)."""

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return tuple(zip(self.shape.names, self.values, strict=True))

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value of a header, exact name."""
        place = self.shape.places.get(name)
        return default if place is None else self.values[place]

    def all(self, name: str) -> _Names:
        return tuple(value for key, value in self.headers if key == name)

    @property
    def event(self) -> str | None:
        """The event's name; None for an answer to an action."""
        return self.values[0] if self.values and self.shape.names[0] == "Event" else None

    @property
    def response(self) -> str | None:
        """Success, Error, Goodbye …; None for an event (OriginateResponse too, though it has that header)."""
        return self.values[0] if self.values and self.shape.names[0] == "Response" else None

    @property
    def action_id(self) -> str | None:
        return self.get("ActionID")

    @property
    def source_at(self) -> datetime | None:
        """The PBX's own time (Timestamp: seconds.microseconds), aware UTC; None without `timestampevents`."""
        told = self.get("Timestamp")
        if told is None or _TIMESTAMP.fullmatch(told) is None:
            return None
        return datetime.fromtimestamp(float(told), UTC)


_TIMESTAMP = re.compile(r"\d{1,11}\.\d{1,6}", re.ASCII)


def message_of(
    headers: Iterable[tuple[str, str]], at: datetime, *, raw: bytes | None = None, fault: str | None = None,
    encoding: str = "utf-8",
) -> AmiMessage:  # fmt: skip
    """A message of these headers."""
    pairs = tuple(headers)
    event = pairs[0][1] if pairs and pairs[0][0] == "Event" else ""
    shape = _shape(event, tuple([name for name, _ in pairs]))
    values = tuple([value for _, value in pairs])
    return AmiMessage(shape=shape, values=values, at=at, raw=raw, fault=fault, encoding=encoding)


def parse(raw: bytes, at: datetime, fault: str | None = None) -> AmiMessage:
    """Read one framed message. Never raises: what is wrong stands in `fault`."""
    first = raw[: raw.find(b"\r\n")]
    if fault is None and first in _readers:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        for shape, read in _readers[first]:
            if found := read(text):
                return AmiMessage(shape=shape, values=found.groups(), at=at, raw=raw)
    message = _parse_slowly(raw, at, fault)
    if message.fault is None and message.encoding == "utf-8" and b"\r\n" in raw:
        _learn(first, message.shape)
    return message


MAX_READERS = 4
"""Shapes of one event that are read by an expression of their own; further ones are read line by line."""
_Reader = Callable[[str], re.Match[str] | None]
_readers: dict[bytes, list[tuple[Shape, _Reader]]] = {}
"""By the first line. A memory only: what is read is the same without it, at half the speed. Known events
alone, and sound shapes alone, so a stranger cannot fill it.
"""


def _learn(first: bytes, shape: Shape) -> None:
    event = first.removeprefix(b"Event: ").decode("ascii", "replace")
    known = _readers.setdefault(first, []) if event in KNOWN else None
    if known is None or len(known) >= MAX_READERS or shape.verdict[1] is not None:
        return
    lines = [rf"{re.escape(name)}: ([^\r\n\0]*)" for name in shape.names]
    known.append((shape, re.compile("\r\n".join(lines)).fullmatch))


def _parse_slowly(raw: bytes, at: datetime, fault: str | None) -> AmiMessage:
    eol = b"\r\n" if b"\r\n" in raw else b"\n"
    lines, encoding = _decode(raw, eol)
    if lines[0].startswith(_BANNER):
        del lines[0]
    if raw.count(b"\n") + raw.count(b"\r") != raw.count(eol) * len(eol) or b"\0" in raw:
        fault = fault or "a line break inside a value"
    try:
        headers = [(name, value) for name, value in [line.split(": ", 1) for line in lines]]
    except ValueError:  # an empty value whose blank was lost, or no header at all
        parts = [line.partition(": ") if ": " in line else line.partition(":") for line in lines]
        headers = [(name, value) for name, _, value in parts]
        if not all(colon for _, colon, _ in parts):
            fault = fault or "a line that is no header"
    return message_of(headers, at, raw=raw, fault=fault, encoding=encoding)


_GUESSES = ("utf-8", "gb18030", "latin-1")
"""Asterisk speaks UTF-8, old carriers and phones send GB18030 names, latin-1 takes anything."""


def _decode(raw: bytes, eol: bytes) -> tuple[list[str], str]:
    try:
        return raw.decode("utf-8").split(eol.decode("ascii")), "utf-8"
    except UnicodeDecodeError:
        guesses = [_decode_line(line) for line in raw.split(eol)]
    return [text for text, _ in guesses], _GUESSES[max(guess for _, guess in guesses)]


def _decode_line(line: bytes) -> tuple[str, int]:
    for guess, encoding in enumerate(_GUESSES[:-1]):
        try:
            return line.decode(encoding), guess
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1"), len(_GUESSES) - 1


# What hangs together

_PRIVILEGE = re.compile(r"<none>|[a-z]+(,[a-z]+)*", re.ASCII)


def malformed(message: AmiMessage) -> str | None:
    """Why this cannot be a message Asterisk wrote; None if it hangs together or is `torn`."""
    counted, reason = verdict(message)
    return reason if counted else None


def torn(message: AmiMessage) -> str | None:
    """Why this is only the first half of a true message; None otherwise. Nothing of it may be used."""
    counted, reason = verdict(message)
    return None if counted else reason


def verdict(message: AmiMessage) -> tuple[bool, str | None]:
    """(counts as malformed, reason): `malformed` and `torn` in one. Reason None: it hangs together."""
    if message.fault:
        return True, message.fault
    names = message.shape.names
    if names[1:2] == ("Privilege",) and not _readable(message.values[1]) and message.event not in ANSWERS:
        return True, "an unreadable Privilege"
    return message.shape.verdict


@lru_cache(maxsize=256)
def _readable(privilege: str) -> bool:
    return _PRIVILEGE.fullmatch(privilege) is not None


@lru_cache(maxsize=2_048)
def _shape(event: str, names: _Names) -> Shape:
    places = {name: place for place, name in reversed(list(enumerate(names)))}
    return Shape(names, places, _judge(event, names))


def _judge(event: str, names: _Names) -> _Verdict:
    """(counts as malformed, reason), by the names alone."""
    if not names or names[0] not in ("Event", "Response"):
        return True, "does not begin with Event or Response"
    if "Event" in names[1:]:
        return True, "a second Event header"
    if not event:
        _, fault = _channels(names)
        return True, fault and fault.reason
    if event in ANSWERS:
        return _judge_answer(names)
    return _judge_event(event, names)


def _judge_answer(names: _Names) -> _Verdict:
    if "ActionID" not in names:
        return True, "an item of a list nobody asked for"
    if "ChannelState" not in names:
        return True, None
    _, fault = _channels(names)
    return (fault.counted, fault.reason) if fault else (True, None)


def _judge_event(event: str, names: _Names) -> _Verdict:
    if names[1:2] != ("Privilege",) or "Privilege" in names[2:]:
        return True, "Privilege is not the second header"
    body = names[2:]
    if not body:
        return True, "an event without content"
    channels, fault = _channels(body)
    if fault:
        return fault.counted, fault.reason
    needs = KNOWN.get(event)
    if needs is None:
        return False, None
    if twice := _twice(names):
        return True, f"{twice} twice"
    return _judge_content(needs, channels, body)


def _judge_content(needs: Needs, channels: _Names, body: _Names) -> _Verdict:
    missing = [f"{prefix}Channel" for prefix in needs.channels if prefix not in channels]
    rest = iter(body)
    missing += [name for name in needs.headers if name not in rest]
    if not missing:
        return False, None
    begun = bool(channels) or any(name in body for name in needs.headers)
    return not begun, f"lacks {missing[0]}"


class _Broken(NamedTuple):
    counted: bool
    reason: str


def _channels(names: _Names) -> tuple[_Names, _Broken | None]:
    """Prefixes of the whole channels in these headers, or how one is broken."""
    found: list[str] = []
    index = 0
    while index < len(names):
        name = names[index]
        if name.endswith("ChannelState"):
            prefix = name[: -len("ChannelState")]
            wanted = tuple(prefix + part for part in CHANNEL)
            if index == 0 or names[index - 1] != prefix + "Channel":
                return (), _Broken(True, f"{name} without {prefix}Channel before it")
            if names[index : index + len(wanted)] != wanted:
                return (), _broken(names[index:], wanted)
            found.append(prefix)
            index += len(wanted)
        elif name.endswith(ONLY_IN_A_CHANNEL) and not name.startswith("Effective"):
            return (), _Broken(True, f"{name} without the channel it belongs to")
        else:
            index += 1
    return tuple(found), None


def _broken(names: _Names, wanted: _Names) -> _Broken:
    good = next(i for i, name in enumerate(wanted) if names[i : i + 1] != (name,))
    missing = wanted[good]
    if good < CALLER_TEXT_AFTER:
        return _Broken(True, f"lacks {missing}")
    if any(name in names[good:] for name in wanted[good:]):
        return _Broken(True, f"{names[good]} where {missing} belongs")
    return _Broken(False, f"ends before {missing}")


def _twice(names: _Names) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen and "ChanVariable" not in name and name != "Variable":
            return name
        seen.add(name)
    return None
