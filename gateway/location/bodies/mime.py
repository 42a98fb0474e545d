"""SIP messages (RFC 3261) and MIME bodies as they come off the wire or out of a log: headers, and parts
within parts, found in bytes.

Lengths and line ends of logged messages are often wrong: parts are found by their boundary, a message by its
first line.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from dataclasses import dataclass

from gateway.location.bodies import packed
from gateway.location.bodies.gather import Gather

MAX_MESSAGES = 16
"""SIP messages of one file that are read; the rest is told and left."""
MAX_PARTS = 64
"""Parts of one multipart body; the rest is told and left."""
MAX_HEADERS = 256
"""Header lines of one message or part; the rest is left."""

START = re.compile(
    rb"(?:[A-Z]{3,20} [^\s]{1,512} SIP/2\.0|SIP/2\.0 [1-6][0-9]{2}\b[^\r\n]*)[ \t]*(?:\r?\n|$)"
)
"""The first line of a request or of an answer."""
HEADER = re.compile(
    rb"\A(?:[a-z][a-z0-9-]*[ \t]*:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){0,20}"
    rb"(?:content-[a-z-]+|mime-version)[ \t]*:",
    re.IGNORECASE,
)
"""The headers of a MIME body that has them with it; others may stand before those that tell."""
DELIMITED = re.compile(rb"\A--[^\s-][^\r\n]{0,200}\r?\n")
"""The first line of a bare multipart body."""
START_WITHIN = re.compile(rb"(?:^|(?<=\n)|(?<=\xef\xbb\xbf))" + START.pattern)
"""The same anywhere in a log."""
_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n|\A[ \t]*\r?\n")
_COMPACT = {"c": "content-type", "i": "call-id", "e": "content-encoding", "l": "content-length"}
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
_DELIMITER = re.compile(rb"(?:^|\n)--([^\s\r\n]{1,200})[ \t]*\r?(?:\n|$)")


@dataclass(frozen=True, slots=True)
class Entity:
    """Headers and what stands below them. `headers`: lower-case names; `where` for faults."""

    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    where: str = ""
    spoiled: bool = False
    """Its encoding could not be undone, which is told; there is nothing in it to read."""

    def all(self, name: str) -> list[str]:
        return [value for known, value in self.headers if known == name]

    def get(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def content_id(self) -> str:
        return self.get("content-id").strip().strip("<>").strip()


def is_multipart(start: bytes, content_type: str) -> bool:
    """Whether a body that begins so is multipart, or a part with its headers."""
    declared = content_type.lower().startswith("multipart/")
    return declared or DELIMITED.match(start) is not None or HEADER.match(start) is not None


def messages(body: bytes, gather: Gather) -> list[Entity]:
    """Each SIP message of a log, with its body."""
    starts = [match.start() for match in START_WITHIN.finditer(body)]
    if len(starts) > MAX_MESSAGES:
        gather.fault(f"{len(starts)} SIP messages; only the first {MAX_MESSAGES} are read", "body")
    ends = [*starts[1:], len(body)]
    found = []
    for number, (start, end) in enumerate(zip(starts[:MAX_MESSAGES], ends, strict=False), 1):
        where = f"message {number}: " if len(starts) > 1 else ""
        found.append(entity(body[start:end].partition(b"\n")[2], where))
    return found


def entity(data: bytes, where: str) -> Entity:
    """Headers up to the first blank line, the body after it."""
    blank = _BLANK.search(data)
    head, body = (data, b"") if blank is None else (data[: blank.start()], data[blank.end() :])
    if blank is None and not re.match(rb"[A-Za-z][A-Za-z0-9-]*[ \t]*:", data):
        head, body = b"", data
    return Entity(headers=tuple(_headers(head)), body=body, where=where)


def _headers(head: bytes) -> list[tuple[str, str]]:
    text = head.decode("utf-8", "replace").replace("\r\n", "\n")
    lines = re.sub(r"\n[ \t]+", " ", text).split("\n")[:MAX_HEADERS]
    pairs = [line.partition(":") for line in lines if ":" in line]
    return [
        (_COMPACT.get(name.strip().lower(), name.strip().lower()), value.strip()) for name, _, value in pairs
    ]


def content_type(entity: Entity) -> str:
    """`application/pidf+xml`, lower case, without parameters."""
    return entity.get("content-type").partition(";")[0].strip().lower()


def parts(whole: Entity, gather: Gather) -> list[Entity]:
    """The parts of a multipart body, by its boundary; by the first line that looks like one where none is
    declared or the declared one is nowhere.
    """
    stated = _BOUNDARY.search(whole.get("content-type"))
    boundary = (stated.group(1) or stated.group(2)).encode() if stated is not None else b""
    cut = _split(whole.body, boundary)
    if not cut:
        found = _DELIMITER.search(whole.body)
        other = found.group(1) if found is not None else b""
        told = f"the boundary {boundary.decode()!r} is nowhere" if boundary else "no boundary is declared"
        gather.fault(
            f"{told}; {'parts are found by their lines' if other else 'no part is found'}",
            whole.where or "body",
        )
        cut = _split(whole.body, other.removesuffix(b"--"))
    if len(cut) > MAX_PARTS:
        gather.fault(f"{len(cut)} parts; only the first {MAX_PARTS} are read", whole.where or "body")
    found_parts = []
    for number, data in enumerate(cut[:MAX_PARTS], 1):
        part = entity(data, "")
        name = f"<{part.content_id}>" if part.content_id else str(number)
        where = f"{whole.where}part {name}: "
        found_parts.append(decoded(Entity(headers=part.headers, body=part.body, where=where), gather))
    return found_parts


def _split(body: bytes, boundary: bytes) -> list[bytes]:
    """A missing last delimiter, as in a message that was cut, ends the last part at the end."""
    cut: list[bytes] = []
    if not boundary:
        return cut
    pieces = re.split(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|$)", body)
    # pieces: preamble, then (closing mark or None, content) pairs
    for mark, content in zip(pieces[1::2], pieces[2::2], strict=True):
        if mark:
            break
        data = content[2:] if content.startswith(b"\r\n") else content[1:]
        if data.strip():
            cut.append(data)
    return cut


def decoded(part: Entity, gather: Gather) -> Entity:
    """Without its transfer encoding, and unpacked."""
    content = _transferred(part, gather)
    coding = part.get("content-encoding").strip().lower()
    if content and coding not in ("", "identity"):
        if packed.known(coding):
            content = packed.unpacked(content, gather, part.where or "body")
        else:
            gather.fault(f"a packed body ({coding[:20]}) is not read", part.where or "body")
            content = None
    return Entity(part.headers, content or b"", part.where, spoiled=content is None)


def _transferred(part: Entity, gather: Gather) -> bytes | None:
    encoding = part.get("content-transfer-encoding").strip().lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(part.body)
    if encoding != "base64":
        return part.body
    try:
        return base64.b64decode(b"".join(part.body.split()), validate=True)
    except (binascii.Error, ValueError):
        gather.fault("not base64, though it says so: the part is not read", part.where or "body")
        return None
