"""How invented calls sound: tones in place of words, and pieces of them by Range."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from aiohttp import web

from gateway.testing.demo_scene import DemoCall, segment

RATE = 8000


def sound_of(call: DemoCall, part: str) -> np.ndarray[Any, np.dtype[np.int16]]:
    """A tone for every word on its leg, so that a waveform and an ear can tell where somebody speaks."""
    sound = np.zeros(round((call.summary["duration_ms"] or 0) / 1000 * RATE), dtype=np.int16)
    for line in range(len(call.story.lines)):
        said = segment(call.story, line)
        if part != "mix" and part != ("rx" if said["speaker"] == "caller" else "tx"):
            continue
        for word in said["words"]:
            start, end = (word[edge] * RATE // 1000 for edge in ("started_ms", "ended_ms"))
            time = np.arange(max(0, min(end, len(sound)) - start - 160)) / RATE
            sound[start : start + len(time)] = (
                9000 * np.sin(2 * np.pi * (220 if line % 2 else 320) * time)
            ).astype(np.int16)
    return sound


def ranged(request: web.Request, body: bytes) -> web.Response:
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", ""))
    headers = {"Accept-Ranges": "bytes", "Content-Type": "audio/wav"}
    if not asked:
        return web.Response(body=body, headers=headers)
    start, end = int(asked[1]), min(int(asked[2] or len(body) - 1), len(body) - 1)
    return web.Response(
        status=206,
        body=body[start : end + 1],
        headers={**headers, "Content-Range": f"bytes {start}-{end}/{len(body)}"},
    )
