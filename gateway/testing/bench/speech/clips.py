"""What is said in the benchmark: short legs of invented voices, their text,
and where their first word ends."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from gateway.clock import SystemClock
from gateway.speech import wav
from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.measure.channel import ROOM
from gateway.speech.model import Leg
from gateway.speech.offline import ears
from gateway.speech.voice import Voice
from gateway.testing.lab.cache import Cache
from gateway.testing.lab.speak import speak_wav

SENTENCES = (
    "你好我要报警，中山路二号有人打架",
    "老板拖欠工资",
    "我的包被人抢了，在火车站门口",
    "人民路十五号着火了，快来人",
    "有人拿刀，我很害怕",
    "两辆车撞了，有人受伤",
    "我的孩子走丢了，穿红色衣服",
    "楼上太吵了，我睡不着",
)
VOICES = (Voice(), Voice(variant="f2", pitch=60), Voice(variant="m3", speed=180))
AT_ONCE = 8
"""Legs at the same time in a round without pace."""
QUIET_MS = 800
"""Behind each clip, so that its last utterance ends by itself."""
RECORDED = sorted(Path("tests/data/speech").glob("*.wav"))
"""More of them, where the source tree is at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """`file`: raw sound, 8 kHz, 16 bit. `text`: what the model hears in it, without spaces."""

    file: str
    seconds: float
    first_word_ms: int
    """Where the first word of its text ends."""
    text: str


async def clips(folder: Path, model: Path, cache: Cache) -> list[Clip]:
    """Each sentence in one of the voices, heard once by the model."""
    sounds = [
        wav.read(speak_wav([(0.3, text)], VOICES[number % len(VOICES)], cache))[0]
        for number, text in enumerate(SENTENCES)
    ]
    sounds += [wav.read(file)[0] for file in RECORDED]
    found = []
    async with ears(model, clock=SystemClock()) as hear:
        for number, sound in enumerate(sounds):
            pcm = sound + bytes(QUIET_MS * BYTES_PER_MS)
            segments = await hear([(Leg.CALLER, pcm)])
            if not segments:
                continue
            file = folder / f"clip{number}.pcm"
            file.write_bytes(pcm)
            found.append(
                Clip(
                    file=str(file),
                    seconds=len(pcm) / BYTES_PER_MS / 1000,
                    first_word_ms=segments[0].words[0].ended_ms,
                    text="".join(segment.text for segment in segments).replace(" ", ""),
                )
            )
    return found


def with_pauses(said: list[Clip], folder: Path) -> list[Clip]:
    """The same clips as a leg of a conversation has them: after each, while the other side speaks, as long a
    pause; words and pause alike in the hiss of a quiet room (ROOM), for no line carries digital nothing."""
    chance = np.random.default_rng(110)
    found = []
    for clip in said:
        pcm = np.frombuffer(Path(clip.file).read_bytes(), np.int16)
        leg = np.concatenate([pcm, np.zeros(len(pcm))]) + chance.normal(0.0, ROOM, 2 * len(pcm))
        file = folder / f"{Path(clip.file).stem}-pause.pcm"
        file.write_bytes(np.clip(np.rint(leg), -32768, 32767).astype(np.int16).tobytes())
        found.append(replace(clip, file=str(file), seconds=2 * clip.seconds))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A leg of a round: begins `at_s` after the round does (paced rounds), says `clip`."""

    at_s: float
    clip: Clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A round, as it is handed to a process on its standard input. `names`: a UUID a leg (AudioSocket)."""

    due: list[Due]
    paced: bool
    at_once: int
    port: int = 0
    names: list[str] | None = None

    def dump(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def load(cls, line: str | bytes) -> Job:
        told = json.loads(line)
        due = [Due(at_s=item["at_s"], clip=Clip(**item["clip"])) for item in told.pop("due")]
        return cls(due=due, **told)
