"""What is around a location body that is handed in over HTTP: the Call-ID, in whichever way it is told."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser

MAX_PARTS = 16
"""Bodies in one form; a form with more is refused."""
MAX_KEY_CHARS = 256
"""Of a Call-ID; a longer one is refused."""

_HEAD_BYTES = 65_536
_SIP_START = re.compile(rb"\s*(?:[A-Z]{3,20} [^\r\n]{1,4000} SIP/2\.0|SIP/2\.0 \d{3}[^\r\n]*)\r?\n", re.ASCII)
_SIP_CALL_ID = re.compile(rb"^(?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]+?)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class BadEnvelope(ValueError):
    """What is wrong with the request, and how it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One body as it is kept."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """`sip_call_id` None: the request itself must say it."""

    parts: tuple[Part, ...]
    sip_call_id: str | None = None


def opened(body: bytes, content_type: str) -> Envelope:
    """JSON with `sip_call_id` and `body` (or `body_base64`), a form with the field `sip_call_id` and files, a
    whole SIP message, or the body itself. Raises BadEnvelope.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _of_json(body)
    if kind == "multipart/form-data":
        return _of_form(body, content_type)
    own = Part(body=body, content_type=content_type)
    return Envelope(parts=(own,), sip_call_id=sip_call_id_in(body))


def sip_call_id_in(body: bytes) -> str | None:
    """The Call-ID of a whole SIP message; None: it is none, or has no such header."""
    if _SIP_START.match(body[:_HEAD_BYTES]) is None:
        return None
    head = re.split(rb"\r?\n\r?\n", body[:_HEAD_BYTES].lstrip(), maxsplit=1)[0]
    found = _SIP_CALL_ID.search(head)
    return found[1].decode("utf-8", "replace") if found else None


def checked_key(key: str) -> str:
    """A Call-ID that can be one. Raises BadEnvelope."""
    key = key.strip()
    if not 0 < len(key) <= MAX_KEY_CHARS or not key.isprintable():
        raise BadEnvelope(f"the SIP Call-ID must be 1 to {MAX_KEY_CHARS} printable characters")
    return key


def _of_json(body: bytes) -> Envelope:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise BadEnvelope("the body is not JSON, as its Content-Type says") from None
    if not isinstance(told, dict):
        raise BadEnvelope('the JSON must be an object: {"sip_call_id": …, "content_type": …, "body": …}')
    call_id, kind = told.get("sip_call_id"), told.get("content_type", "")
    if not isinstance(call_id, str | None) or not isinstance(kind, str):
        raise BadEnvelope("sip_call_id and content_type must be texts")
    inner = _json_body(told)
    return Envelope(
        parts=(Part(body=inner, content_type=kind),), sip_call_id=call_id or sip_call_id_in(inner)
    )


def _json_body(told: dict[str, object]) -> bytes:
    text, packed = told.get("body"), told.get("body_base64")
    if isinstance(text, str):
        return text.encode("utf-8", "replace")
    if isinstance(packed, str):
        try:
            return base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError):
            raise BadEnvelope("body_base64 is not base64") from None
    raise BadEnvelope("the JSON needs body (text) or body_base64")


def _of_form(body: bytes, content_type: str) -> Envelope:
    head = f"Content-Type: {content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode(errors="replace")
    form = BytesParser(policy=policy.compat32).parsebytes(head + body)
    fields = form.get_payload()
    if not form.is_multipart() or not isinstance(fields, list):
        raise BadEnvelope("the form cannot be taken apart: is its boundary right?")
    if len(fields) > MAX_PARTS + 1:
        raise BadEnvelope(f"more than {MAX_PARTS} parts in one form")
    call_id, parts = None, []
    for field in fields:
        if not isinstance(field, Message):
            continue
        content = field.get_payload(decode=True)
        data = content if isinstance(content, bytes) else field.as_bytes()
        if field.get_param("name", header="content-disposition") == "sip_call_id":
            call_id = data.decode("utf-8", "replace").strip()
        else:
            parts.append(Part(body=data, content_type=field.get("Content-Type", "")))
    if not parts:
        raise BadEnvelope("the form holds no body: add it as a file")
    inner = next((found for part in parts if (found := sip_call_id_in(part.body))), None)
    return Envelope(parts=tuple(parts), sip_call_id=call_id or inner)
