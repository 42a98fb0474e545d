"""What phones send, read within its limits: nothing is held in memory beyond one picture at a time."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

from aiohttp import BodyPartReader, MultipartReader, web
from aiohttp.http import HttpProcessingError

MAX_FORM_BYTES = 16_384
"""A text with its form; a longer body is refused unread."""
MAX_PICTURE_BYTES = 12 * 1024 * 1024
MAX_AT_ONCE = 12
"""Pictures of one form; further parts are not looked at."""
MAX_UPLOAD_BYTES = MAX_AT_ONCE * MAX_PICTURE_BYTES + 65_536


class Unreadable(Exception):
    """The body is not what the page sends; `code` is one of `Words.problems`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def whole(request: web.Request, limit: int = MAX_FORM_BYTES) -> bytes:
    """Raises Unreadable without reading on."""
    if (request.content_length or 0) > limit:
        raise Unreadable("long_text")
    read = bytearray()
    async for piece in request.content.iter_chunked(8_192):
        read += piece
        if len(read) > limit:
            raise Unreadable("long_text")
    return bytes(read)


async def form(request: web.Request) -> dict[str, str]:
    """A plain form; each name once."""
    try:
        pairs = parse_qs((await whole(request)).decode("utf-8"), keep_blank_values=True, max_num_fields=8)
    except (UnicodeDecodeError, ValueError):
        raise Unreadable("invalid") from None
    return {name: values[0] for name, values in pairs.items()}


async def place(request: web.Request) -> dict[str, float]:
    """latitude, longitude, radius_m and age_s, as numbers."""
    try:
        told: Any = json.loads(await whole(request, 1_024))
        found = {name: float(told[name]) for name in ("latitude", "longitude", "radius_m", "age_s")}
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise Unreadable("invalid") from None
    if not all(map(math.isfinite, found.values())):
        raise Unreadable("invalid")
    return found


async def pictures(request: web.Request) -> AsyncIterator[bytes]:
    """One file after the other, each within its limit. Raises Unreadable."""
    if (request.content_length or 0) > MAX_UPLOAD_BYTES:
        raise Unreadable("too_large")
    if not request.content_type.startswith("multipart/"):
        raise Unreadable("invalid")
    try:
        parts, count = await request.multipart(), 0
        while (part := await parts.next()) is not None:
            count += 1
            if count > MAX_AT_ONCE or isinstance(part, MultipartReader):
                raise Unreadable("limit" if count > MAX_AT_ONCE else "invalid")
            if data := await _read(part):
                yield data
    except (HttpProcessingError, ValueError, AssertionError, RuntimeError, EOFError):
        raise Unreadable("invalid") from None


async def _read(part: BodyPartReader) -> bytes:
    read = bytearray()
    while piece := await part.read_chunk(65_536):
        read += piece
        if len(read) > MAX_PICTURE_BYTES:
            raise Unreadable("too_large")
    return bytes(read)
