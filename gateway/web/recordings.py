"""Recordings: sound with Range, and the peaks that a waveform is drawn of. Opened first, with a purpose."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from aiohttp import web

from gateway.calls.model import RecordedFile
from gateway.calls.signals import OpenRecording
from gateway.journal.codec import from_text
from gateway.store import reads
from gateway.web import schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, query_of

OPEN_FOR = timedelta(minutes=10)
"""How long an opening holds; the page then asks for a purpose again."""
CACHED_PEAKS = 1000
"""The resolution kept beside the file; others are computed each time."""
BLOCK_FRAMES = 1 << 20
"""Frames read at a time: an hour of sound never stands in memory."""


async def audio(request: web.Request) -> web.StreamResponse:
    """The file as it lies in the archive; Range is answered with 206."""
    path = await _file(request, opened=True)
    return web.FileResponse(path, headers={"Content-Type": "audio/wav", "Cache-Control": "private, no-cache"})


async def peaks(request: web.Request) -> web.Response:
    """The shape of the sound, not the sound: who may listen sees it before saying why they listen."""
    asked = query_of(request, schema.PeaksQuery)
    path = await _file(request)
    try:
        return web.json_response(await asyncio.to_thread(peaks_of, path, asked.n))
    except soundfile.SoundFileError as error:
        raise ApiError("recording_not_stored", detail=f"{path.name}: not readable as sound") from error


async def _file(request: web.Request, *, opened: bool = False) -> Path:
    """The file that the path names; `opened`: only if the reader opened this recording a short while ago."""
    wanted = request.match_info
    session = await session_of(request)
    for recording in session.recordings:
        if recording.recording_id == wanted["recording_id"]:
            if opened:
                await _check_opened(request)
            for file in recording.files:
                if file.part == wanted["part"]:
                    return _inside_archive(request, file)
            raise ApiError("recording_not_stored")
    raise ApiError("not_found")


async def _check_opened(request: web.Request) -> None:
    """Openings are journaled by the loop before they are accepted: the journal is the proof."""
    deps, wanted = request.app[DEPS], request.match_info
    since = deps.clock.now() - OPEN_FOR
    rows = await deps.database.read(reads.signals_of, wanted["call_id"], OpenRecording.__name__, since)
    who = identity_of(request).user.username
    for _, payload in rows:
        opening = from_text(payload)
        if opening["actor"] == who and opening["recording_id"] == wanted["recording_id"]:
            return
    raise ApiError("open_recording_first")


def _inside_archive(request: web.Request, file: RecordedFile) -> Path:
    """Nothing outside the archive is ever served, whatever a state says."""
    archive = request.app[DEPS].settings.archive.resolve()
    path = (archive / file.path).resolve()
    if not path.is_relative_to(archive) or not path.is_file():
        raise ApiError("recording_not_stored")
    return path


def peaks_of(path: Path, n: int) -> dict[str, Any]:
    """Smallest and largest sample (-1 to 1, all channels) of each of `n` spans, zero between them."""
    kept = path.with_name(f"{path.name}.peaks.json")
    if n == CACHED_PEAKS and kept.is_file() and kept.stat().st_mtime >= path.stat().st_mtime:
        with suppress(ValueError):
            cached: dict[str, Any] = json.loads(kept.read_text(encoding="ascii"))
            return cached
    found = _compute_peaks(path, n)
    if n == CACHED_PEAKS:
        with suppress(OSError):  # an archive that is read-only is a good archive
            kept.write_text(json.dumps(found, separators=(",", ":")), encoding="ascii")
    return found


def _compute_peaks(path: Path, n: int) -> dict[str, Any]:
    low, high = np.zeros(n), np.zeros(n)
    with soundfile.SoundFile(path) as sound:
        total, at = sound.frames, 0
        for block in sound.blocks(blocksize=BLOCK_FRAMES, dtype="float32", always_2d=True):
            spans = (np.arange(at, at + len(block)) * n) // max(total, 1)
            starts = np.flatnonzero(np.diff(spans, prepend=-1))
            touched = spans[starts]
            low[touched] = np.minimum(low[touched], np.minimum.reduceat(block.min(axis=1), starts))
            high[touched] = np.maximum(high[touched], np.maximum.reduceat(block.max(axis=1), starts))
            at += len(block)
        seconds = total / sound.samplerate
    pairs = [[round(float(a), 4), round(float(b), 4)] for a, b in zip(low, high, strict=True)]
    return {"seconds": round(seconds, 3), "peaks": pairs}


_PART = "/api/v1/calls/{call_id}/recordings/{recording_id}/{part}"
ROUTES = (
    Route(method="GET", path=_PART, handler=audio, access=Permission.LISTEN, summary="The sound of one part"),
    Route(
        method="GET", path=f"{_PART}/peaks", handler=peaks, access=Permission.LISTEN,
        summary="What a waveform is drawn of", query=schema.PeaksQuery, response=schema.Peaks,
    ),
)  # fmt: skip
