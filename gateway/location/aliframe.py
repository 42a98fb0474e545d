"""What goes over the line to a provider's ALI database: queries, and a stream of answers cut into records."""

from __future__ import annotations

import string
from dataclasses import dataclass, field

from gateway.location.alirecord import ETX, MAX_RECORD_BYTES, STX

QUERY_NAMES = ("number", "position", "sequence")
MAX_QUERY_CHARS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Framing:
    """Where a record begins and ends. `length`: of what is between the marks; with it `end` may be empty."""

    start: bytes = STX
    end: bytes = ETX
    length: int | None = None

    def __post_init__(self) -> None:
        if not self.end and not self.length:
            raise ValueError("records need an end (frame_end) or a fixed length (record_length)")


@dataclass(slots=True)
class Splitter:
    """Cuts a stream. What stands between records, or is too long for one, is dropped and counted."""

    framing: Framing
    dropped_bytes: int = 0
    _held: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[bytes]:
        """The records that are whole now."""
        self._held += data
        records: list[bytes] = []
        while (record := self._next()) is not None:
            if record.strip():
                records.append(record)
        return records

    def _next(self) -> bytes | None:
        framing, held = self.framing, self._held
        if framing.start:
            first = held.find(framing.start)
            if first < 0:
                self._drop(max(0, len(held) - len(framing.start) + 1))
                return None
            self._drop(first)
        begin = len(framing.start)
        if framing.length is not None and not framing.end:
            if len(held) < begin + framing.length:
                return None
            return self._take(begin, begin + framing.length, 0)
        end = held.find(framing.end, begin)
        if end < 0 or end - begin > MAX_RECORD_BYTES:
            return self._too_long(begin, end)
        again = held.rfind(framing.start, begin, end) if framing.start else -1
        if again >= 0:  # a record that was broken off; the next one began
            self._drop(again)
            end -= again
        return self._take(begin, end, len(framing.end))

    def _too_long(self, begin: int, end: int) -> bytes | None:
        if end < 0 and len(self._held) - begin <= MAX_RECORD_BYTES:
            return None
        self._drop(end + len(self.framing.end) if end >= 0 else len(self._held))
        return b""

    def _take(self, begin: int, end: int, mark: int) -> bytes:
        record = bytes(self._held[begin:end])
        del self._held[: end + mark]
        return record

    def _drop(self, count: int) -> None:
        self.dropped_bytes += count
        del self._held[:count]


def checked_query(template: str) -> str:
    """`template` as it stands. Raises ValueError with the cure when it cannot be filled in."""
    if len(template) > MAX_QUERY_CHARS:
        raise ValueError(f"{len(template)} characters; a query has at most {MAX_QUERY_CHARS}")
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    if unknown := [name for name in names if name not in QUERY_NAMES]:
        raise ValueError(f"unknown {{{unknown[0]}}}; use {{number}}, {{position}} and {{sequence}}")
    if "number" not in names:
        raise ValueError("it does not say {number}")
    query(template, number="13800000000", position=1, sequence=1)
    return template


def query(template: str, *, number: str, position: int, sequence: int) -> bytes:
    """One query: `{position:02d}{number:>10}\\r` and the like. Control characters stand in it as they are."""
    try:
        return template.format(number=number, position=position, sequence=sequence).encode("ascii")
    except (ValueError, KeyError, IndexError, AttributeError) as error:
        raise ValueError(f"the query {template!r} cannot be filled in: {error}") from None


def numbered(template: str) -> bool:
    """Whether answers can be told apart by a sequence of ours."""
    return any(name == "sequence" for _, name, _, _ in string.Formatter().parse(template))
