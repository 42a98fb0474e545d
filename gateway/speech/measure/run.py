"""A corpus through a model: read or spoken, heard by the same workers as live calls, and scored."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gateway.clock import Clock
from gateway.programs import Program, find_espeak
from gateway.speech import wav
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.hotwords import HotWords
from gateway.speech.measure.channel import on_the_line
from gateway.speech.measure.corpus import CorpusError, Utterance
from gateway.speech.measure.hot import HotScore
from gateway.speech.measure.score import Score, judge
from gateway.speech.measure.spelling import spoken
from gateway.speech.model import Leg
from gateway.speech.models import ModelCard, check
from gateway.speech.offline import Hear, ears
from gateway.speech.voice import MANDARIN, Voice, VoiceError, speak

BATCH = 64
"""Utterances whose sound is in memory at one time."""
DEFAULT_VOICES = ("", "f2", "m3")
ENGLISH = "en-us"
_VOICE = re.compile(
    r"(?P<base>(?:cmn|en)[a-z-]*)?\+?(?P<variant>[A-Za-z][A-Za-z0-9_]*)?(?::(?P<speed>\d+))?(?::(?P<pitch>\d+))?\Z"
)
_SPEEDS, _PITCHES = (145, 185), (35, 65)
"""Drawn for each utterance when a voice does not tell."""


class MeasureError(Exception):
    """Nothing can be measured. The message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speakers:
    """Who reads texts aloud. `voices`: VARIANT[:SPEED[:PITCH]], or espeak-ng's own name (en-gb+f3)."""

    voices: Sequence[str] = DEFAULT_VOICES
    seed: int = 1
    noise_db: float | None = None


@dataclass(slots=True, kw_only=True)
class Report:
    """What was measured. Seconds of recognition on `workers` processes; speaking is not counted."""

    card: ModelCard
    workers: int
    score: Score = field(default_factory=Score)
    hot: HotScore | None = None
    skipped_language: int = 0
    faults: list[str] = field(default_factory=list)
    sound_s: float = 0.0
    heard_in_s: float = 0.0
    spoken_aloud: bool = False

    def facts(self) -> dict[str, Any]:
        """The report as JSON."""
        return {
            "model": str(self.card.folder), "model_id": self.card.model_id, "language": self.card.language,
            "synthetic_only": self.card.synthetic_only, "spoken_aloud": self.spoken_aloud,
            **self.score.facts(), **({"hot_words": self.hot.facts()} if self.hot else {}),
            "skipped_language": self.skipped_language, "faults": self.faults,
            "sound_s": round(self.sound_s, 1), "heard_in_s": round(self.heard_in_s, 2),
            "workers": self.workers,
            "real_time_factor": round(self.heard_in_s / self.sound_s, 5) if self.sound_s else None,
        }  # fmt: skip


async def measure(
    model: Path,
    utterances: Sequence[Utterance],
    speakers: Speakers,
    *,
    clock: Clock,
    workers: int,
    hot_words: HotWords | None = None,
    on_progress: Callable[[int, int], None],
) -> Report:
    """Raises ModelError, RecognizerError, MeasureError. Unreadable recordings are told in the report.
    `hot_words` are put right as on live calls, and what they change is told."""
    card = check(model)
    main = card.language.split("-")[0]
    mine = [one for one in utterances if not main or one.language == main]
    if not mine:
        raise MeasureError(f"the corpus has no utterance in the model's language ({card.language})")
    report = Report(card=card, workers=workers, skipped_language=len(utterances) - len(mine))
    report.hot = HotScore(hot_words) if hot_words else None
    espeak = _espeak(mine)
    report.spoken_aloud = espeak is not None
    async with ears(model, clock=clock, workers=workers) as hear:
        for first in range(0, len(mine), BATCH):
            batch = mine[first : first + BATCH]
            sounds = await _sounds(batch, speakers, espeak, report)
            began = clock.monotonic()
            await asyncio.gather(*(_hear(hear, *one, report) for one in sounds))
            report.heard_in_s += clock.monotonic() - began
            on_progress(min(first + BATCH, len(mine)), len(mine))
    return report


def _espeak(utterances: Iterable[Utterance]) -> Program | None:
    """None when every utterance is a recording. Raises MeasureError."""
    if all(one.file is not None for one in utterances):
        return None
    if (found := find_espeak()) is None:
        raise MeasureError(
            "texts are to be read aloud and espeak-ng is not here: apt-get install espeak-ng "
            "(scripts/demo brings it into the services' cache too)"
        )
    return found


_Sound = tuple[Utterance, str, bytes]


async def _sounds(
    batch: Sequence[Utterance], speakers: Speakers, espeak: Program | None, report: Report
) -> list[_Sound]:
    """Each utterance with its voice's name and its sound; two at one time are spoken or read."""
    room = asyncio.Semaphore(2)

    async def one(utterance: Utterance) -> _Sound | None:
        async with room:
            try:
                return await asyncio.to_thread(_sound, utterance, speakers, espeak)
            except (wav.WavError, VoiceError, CorpusError) as error:
                report.faults.append(str(error))
                return None

    found = await asyncio.gather(*(one(utterance) for utterance in batch))
    return [sound for sound in found if sound is not None]


def _sound(utterance: Utterance, speakers: Speakers, espeak: Program | None) -> _Sound:
    if utterance.file is not None:
        sides = wav.read(utterance.file)
        side = min(list(Leg).index(utterance.speaker), len(sides) - 1)
        return utterance, "", sides[side] + bytes(1000 * BYTES_PER_MS)
    assert espeak is not None
    chinese = utterance.language == "zh"
    key = hashlib.sha256(f"{speakers.seed} {utterance.name} {utterance.text}".encode()).digest()
    chance = np.random.default_rng(int.from_bytes(key[:8], "big"))
    name = speakers.voices[int(chance.integers(len(speakers.voices)))]
    samples = speak(spoken(utterance.text, chinese=chinese), voice(name, chance, chinese=chinese), espeak)
    return utterance, name or "plain", on_the_line(samples, noise_db=speakers.noise_db, chance=chance)


def voice(name: str, chance: np.random.Generator, *, chinese: bool) -> Voice:
    """`f2`, `m3:180`, `m3:180:40`, `en-gb+f2`; what is not told is drawn. Raises MeasureError."""
    found = _VOICE.match(name)
    if found is None:
        raise MeasureError(f"--voice {name!r}: write VARIANT[:SPEED[:PITCH]] (f2, m3:170:45) or en-gb+f3")
    speed, pitch = (int(chance.integers(*span)) for span in (_SPEEDS, _PITCHES))
    return Voice(
        base=found["base"] or (MANDARIN if chinese else ENGLISH),
        variant=found["variant"] or "",
        speed=int(found["speed"] or speed),
        pitch=int(found["pitch"] or pitch),
    )


async def _hear(hear: Hear, utterance: Utterance, name: str, pcm: bytes, report: Report) -> None:
    segments = await hear([(utterance.speaker, pcm)])
    words = [word for segment in segments for word in segment.words if word.text]
    heard = judge(utterance, words, name)
    if report.hot is not None:
        right = report.hot.judge(heard, words)
        report.hot.add(heard, right)
        heard = right
    report.score.add(heard)
    report.sound_s += len(pcm) / BYTES_PER_MS / 1000
