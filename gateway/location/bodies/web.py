"""HTTP messages (RFC 9112) as logs and examples have them: a location server's answer, a phone's or a border
element's post, its body behind its headers.
"""

from __future__ import annotations

import re

from gateway.location.bodies import mime
from gateway.location.bodies.gather import Gather
from gateway.location.bodies.sip import UNKNOWN, Read

START = re.compile(
    rb"(?:(?:GET|POST|PUT) [^\s]{1,2000} HTTP/[0-9](?:\.[0-9])?"
    rb"|HTTP/[0-9](?:\.[0-9])? (?P<status>[1-5][0-9]{2})(?P<reason>\b[^\r\n]*)?)[ \t]*(?:\r?\n|$)"
)
"""The first line of a request or of an answer."""
KIND = "http"
"""The kind of a message that carries nothing."""
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def read_message(body: bytes, gather: Gather, depth: int, read: Read) -> str:
    """Gathers what the body says and gives its kind. An answer that is none is told with its number."""
    first = START.match(body)
    status = int(first["status"]) if first is not None and first["status"] else 200
    if status >= 300 and first is not None:
        reason = (first["reason"] or b"").decode("utf-8", "replace").strip()
        gather.fault(f"the server answers {status} {reason}".strip(), "status line")
    message = mime.entity(body.partition(b"\n")[2], "")
    if message.get("transfer-encoding").strip().lower().endswith("chunked"):
        message = mime.Entity(message.headers, _joined(message.body), message.where)
    whole = mime.decoded(message, gather)
    if whole.spoiled or not whole.body.strip():
        return KIND
    inner = Gather()
    kind = read(whole.body, inner, whole.get("content-type"), depth + 1)
    if kind == UNKNOWN and status >= 300:
        return KIND  # a page that says the same for people
    gather.take(inner)
    return kind


def _joined(data: bytes) -> bytes:
    """The chunks' content; what does not go on as chunks is taken as it stands."""
    pieces: list[bytes] = []
    at = 0
    while (head := _CHUNK.match(data, at)) is not None:
        at = head.end() + int(head[1], 16)
        if at == head.end():
            return b"".join(pieces)
        pieces.append(data[head.end() : at])
        at += 2 if data[at : at + 2] == b"\r\n" else data[at : at + 1] == b"\n"
    return b"".join((*pieces, data[at:]))
