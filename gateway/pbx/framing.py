"""The AMI byte stream cut into messages, wherever the network cut it."""

from __future__ import annotations

from typing import NamedTuple

MAX_LINE_BYTES = 16_384
MAX_MESSAGE_BYTES = 131_072
MAX_HEADERS = 1_000

UNINTERESTING = frozenset({b"VarSet", b"Newexten", b"RTCPSent", b"RTCPReceived", b"TestEvent"})
"""Three quarters of a call's events; the recommended manager account filters them, other accounts may not."""


class Frame(NamedTuple):
    """The bytes of one message, without the blank line; `fault` says why it was cut."""

    raw: bytes
    fault: str | None = None


class AmiFramer:
    """Bytes in, complete messages out.

    Lines end in CRLF on the wire; a stream whose first line ends in a bare LF (a trace that went through an
    editor) is read with LF. A message longer than `max_message_bytes`, with more than `max_headers` lines or
    a line over `max_line` is cut there and given out with its fault; reading goes on after the blank line.
    """

    def __init__(
        self,
        *,
        max_line: int = MAX_LINE_BYTES,
        max_message_bytes: int = MAX_MESSAGE_BYTES,
        max_headers: int = MAX_HEADERS,
    ) -> None:
        self._max_line = max_line
        self._max_message_bytes = max_message_bytes
        self._max_headers = max_headers
        self._surely_whole = min(max_line, max_message_bytes, max_headers)
        self._rest = bytearray()
        self._eol = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[Frame]:
        """Messages completed by these bytes."""
        seen = max(0, len(self._rest) - 3)
        self._rest += data
        if not self._eol and not self._learn_eol():
            return self._cut_overlong()
        if self._rest.find(self._eol + self._eol, seen) < 0:
            return self._cut_overlong()
        *blocks, rest = bytes(self._rest).split(self._eol + self._eol)
        self._rest = bytearray(rest)
        if self._skipping:
            self._skipping = False
            del blocks[0]
        frames = [self._frame(block.lstrip(b"\r\n")) for block in blocks]
        return [frame for frame in frames if frame.raw] + self._cut_overlong()

    def flush(self) -> list[Frame]:
        """What is left at the end of a file: its last message may lack the blank line."""
        rest, self._rest = bytes(self._rest).strip(b"\r\n"), bytearray()
        return [self._frame(rest)] if rest and not self._skipping else []

    def _learn_eol(self) -> bool:
        end = self._rest.find(b"\n")
        if end >= 0:
            self._eol = b"\r\n" if self._rest[end - 1 : end] == b"\r" else b"\n"
        return end >= 0

    def _cut_overlong(self) -> list[Frame]:
        if len(self._rest) <= self._max_message_bytes:
            return []
        cut, fresh = bytes(self._rest[: self._max_message_bytes]), not self._skipping
        del self._rest[:-3]  # the blank line may have begun in them
        self._skipping = True
        return [Frame(cut, f"longer than {self._max_message_bytes} bytes")] if fresh else []

    def _frame(self, block: bytes) -> Frame:
        if len(block) <= self._surely_whole:
            return Frame(block)
        if len(block) > self._max_message_bytes:
            return Frame(block[: self._max_message_bytes], f"longer than {self._max_message_bytes} bytes")
        if block.count(self._eol) >= self._max_headers:
            lines = block.split(self._eol, self._max_headers)[: self._max_headers]
            return Frame(self._eol.join(lines), f"more than {self._max_headers} lines")
        if len(block) > self._max_line and any(len(line) > self._max_line for line in block.split(self._eol)):
            lines = [line[: self._max_line] for line in block.split(self._eol)]
            return Frame(self._eol.join(lines), f"a line longer than {self._max_line} bytes")
        return Frame(block)


def event_name(raw: bytes) -> bytes:
    """The event's name, without parsing the rest; empty for anything that does not begin with it."""
    if not raw.startswith(b"Event: "):
        return b""
    end = raw.find(b"\n")
    return (raw[7:] if end < 0 else raw[7:end]).rstrip(b"\r")
