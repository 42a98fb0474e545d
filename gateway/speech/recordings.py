"""Any number of recordings on disk, each heard whole: for the command line and whoever calls it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gateway.clock import Clock
from gateway.speech import wav
from gateway.speech.languages import AUTO, DEFAULT
from gateway.speech.model import Leg, TranscriptSegment, Word
from gateway.speech.models import ModelCard, ModelError, check
from gateway.speech.models.places import looks_like_model
from gateway.speech.offline import Hear, ears

USUAL_LANGUAGE = "zh"
"""Heard when neither a model nor a language is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What a file says, by time. `error`: why it could not be read, and then nothing else is told."""

    file: Path
    segments: tuple[TranscriptSegment, ...] = ()
    seconds: float = 0.0
    sides: int = 0
    faults: tuple[str, ...] = ()
    error: str | None = None

    def facts(self) -> dict[str, Any]:
        """The file as one JSON object; it stands behind those of its segments."""
        facts: dict[str, Any] = {"type": "file", "file": str(self.file), "segments": len(self.segments)}
        if self.error is not None:
            return {**facts, "error": self.error}
        return {**facts, "seconds": round(self.seconds, 3), "sides": self.sides, "faults": list(self.faults)}

    def segment_facts(self, segment: TranscriptSegment) -> dict[str, Any]:
        """A segment as one JSON object."""
        return {
            "type": "segment", "file": str(self.file), "speaker": segment.speaker.value,
            "index": segment.index, "started_ms": segment.started_ms, "ended_ms": segment.ended_ms,
            "text": segment.text, "confidence": confidence(segment),
            "words": [_word(word) for word in segment.words], "model_id": segment.model_id,
        }  # fmt: skip


def _word(word: Word) -> dict[str, Any]:
    """`heard`, where another word was put in its place, only then."""
    return {name: value for name, value in asdict(word).items() if name != "heard" or value}


def confidence(segment: TranscriptSegment) -> float:
    """The mean of its words' (0 for a sound that was no word of the model)."""
    sure = [word.confidence for word in segment.words]
    return round(sum(sure) / len(sure), 3) if sure else 0.0


def choose_models(folder: Path, language: str | None) -> dict[str, ModelCard]:
    """The models of a folder that shall hear `language` (AUTO: all, the usual one first), by key as the pool
    wants them. A real model is taken before one for synthetic voices. Raises ModelError."""
    found: dict[str, ModelCard] = {}
    faults: list[str] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not looks_like_model(path):
            continue
        try:
            card = check(path)
        except ModelError as error:
            faults.append(str(error))
            continue
        main = card.language.split("-")[0]
        if main not in found or (found[main].synthetic_only and not card.synthetic_only):
            found[main] = card
    if language == AUTO and found:
        first = USUAL_LANGUAGE if USUAL_LANGUAGE in found else next(iter(found))
        return {DEFAULT: found.pop(first), **{key: found[key] for key in sorted(found) if key}}
    asked = (language or USUAL_LANGUAGE).split("-")[0]
    if language is None and found and asked not in found:
        asked = next(iter(found))
    if asked in found:
        return {DEFAULT: found[asked]}
    there = ", ".join(sorted(filter(None, found))) or "none"
    cure = "install one with intake110 models install, or name its folder with --model"
    faults.append(f"{folder}: no model for {asked!r}, there are: {there}; {cure}")
    raise ModelError("\n".join(faults))


async def transcribe_files(
    files: Sequence[Path], models: Mapping[str, Path], *, clock: Clock, workers: int
) -> AsyncIterator[Transcript]:
    """Every file in the order given; as many at one time as there are workers. Raises ModelError,
    RecognizerError; a file that cannot be read is a Transcript with an error."""
    workers = max(1, min(workers, 2 * len(files)))
    room = asyncio.Semaphore(workers)
    async with ears(models, clock=clock, workers=workers) as hear:
        waiting = [asyncio.create_task(_transcribe(file, hear, room)) for file in files]
        try:
            for task in waiting:
                yield await task
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


async def _transcribe(file: Path, hear: Hear, room: asyncio.Semaphore) -> Transcript:
    async with room:
        try:
            recording = await asyncio.to_thread(wav.examine, file)
        except wav.WavError as error:
            return Transcript(file=file, error=str(error))
        faults = list(recording.faults)
        if len(recording.sides) > len(Leg):
            faults.append(f"{len(recording.sides)} channels: only the first two were heard")
        legs = list(zip(Leg, recording.sides, strict=False))
        segments = await hear(legs)
        if not segments:
            faults.append("nothing was heard")
        return Transcript(
            file=file,
            segments=tuple(segments),
            seconds=recording.seconds,
            sides=len(recording.sides),
            faults=tuple(faults),
        )
