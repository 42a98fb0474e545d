"""A whole recording through the same workers as live sound, without a listener: the command line and the
bench."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from gateway.clock import Clock
from gateway.speech.model import Leg, TranscriptSegment
from gateway.speech.models import check
from gateway.speech.pool import Pool
from gateway.speech.recognizer import VOSK, Final, joined
from gateway.speech.spool import Sound
from gateway.speech.track import AFTERWARDS, Track

Hear = Callable[[Sequence[tuple[Leg, bytes]]], Awaitable[list[TranscriptSegment]]]
"""What the legs (8 kHz, 16 bit) of one recording say, by time."""


@contextlib.asynccontextmanager
async def ears(
    model: Path | Mapping[str, Path], *, clock: Clock, workers: int = 1, engine: str = VOSK
) -> AsyncIterator[Hear]:
    """Recognizers for any number of recordings, which may be given at the same time; of several models (key
    -> folder, "" the default) each leg is heard by the surest. Raises ModelError, RecognizerError."""
    models = {"": model} if isinstance(model, Path) else dict(model)
    model_ids = {key: check(folder).model_id if engine == VOSK else engine for key, folder in models.items()}
    pool = Pool(models=models, workers=workers, clock=clock, engine=engine)

    async def hear(legs: Sequence[tuple[Leg, bytes]]) -> list[TranscriptSegment]:
        segments: list[TranscriptSegment] = []
        keys = tuple(key for key in model_ids if key not in pool.left_out)
        heard = (hear_whole(pool, leg, Sound.of(pcm), model_ids=model_ids, models=keys) for leg, pcm in legs)
        for found in await asyncio.gather(*heard):
            segments += found
        return sorted(segments, key=lambda segment: (segment.started_ms, segment.speaker, segment.index))

    try:
        await pool.start()
        yield hear
    finally:
        await pool.close()


async def transcribe(
    legs: Sequence[tuple[Leg, bytes]], *, model: Path, clock: Clock, workers: int = 1, engine: str = VOSK
) -> list[TranscriptSegment]:
    """What each leg (8 kHz, 16 bit) says, by time. Raises ModelError, RecognizerError."""
    workers = min(workers, max(1, len(legs)))
    async with ears(model, clock=clock, workers=workers, engine=engine) as hear:
        return await hear(legs)


async def hear_whole(
    pool: Pool,
    leg: Leg,
    sound: Sound,
    *,
    model_ids: Mapping[str, str],
    models: tuple[str, ...] = ("",),
    base_ms: int = 0,
    first_index: int = 0,
) -> list[TranscriptSegment]:
    """One side from its beginning to its end, after everything live. `models` are keys of the pool's."""
    done = asyncio.Event()
    said: list[TranscriptSegment] = []

    def final(heard: Final, _: int) -> None:
        if text := joined(heard.words):
            said.append(
                TranscriptSegment(
                    index=first_index + len(said),
                    speaker=leg,
                    started_ms=heard.words[0].started_ms,
                    words=heard.words,
                    ended_ms=heard.words[-1].ended_ms,
                    text=text,
                    model_id=model_ids[heard.model],
                )
            )

    track = Track(
        name=leg.value,
        sound=sound,
        base_ms=base_ms,
        urgency=AFTERWARDS,
        whole=True,
        on_final=final,
        on_partial=lambda _: None,
        on_done=done.set,
        on_behind=lambda _: None,
    )
    track.hear_with(models)
    pool.add(track)
    await done.wait()
    return said
