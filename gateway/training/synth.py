"""A shard of invented speech: `python -m gateway.training.synth zh OUT.npz …`.

One shard, one process: espeak-ng 1.51 sometimes dies, and then only this shard is tried again with another
seed (`shards.py`).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from gateway.training.channel import RATE, Rng, Wave, telephone
from gateway.training.languages import LANGUAGES, Sources
from gateway.training.speaker import Script, Spoken
from gateway.training.tones import no_speech
from gateway.training.variants import TESTING, TRAINED
from gateway.training.voice import Espeak, Manner

NO_SPEECH = 0.05
"""Share of clips in which nobody speaks: without them half of all ring tones become words."""
GARBLED = 0.03
"""Share of phones' runs that are called noise: what `[unk]` learns from."""
WAITING = 2.5
"""Seconds of line, at most, before and after what is said: noise alone must stay silence."""
OTHERS = 40
"""Voices kept for babble behind later speakers."""
WARP = (0.88, 1.13)
"""Played back slower and faster: formants and tempo move together."""
CLOSURE = 0.09
"""Silence shorter than this before a sound belongs to that sound (a plosive's closure)."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound on the line and what is said in it: phones with begin and end in seconds."""

    sound: NDArray[np.int16]
    segments: list[tuple[str, float, float]]
    text: str


class Studio:
    """Makes clips, each from the generator alone."""

    def __init__(self, script: Script, espeak: Espeak, rng: Rng, variants: Sequence[str]) -> None:
        self._script = script
        self._espeak = espeak
        self._rng = rng
        self._variants = variants
        self._others: list[Wave] = []

    def clip(self) -> Clip:
        """The next clip; what cannot be aligned is said again, differently."""
        if self._rng.random() < NO_SPEECH:
            return Clip(no_speech(self._rng), [], "")
        while True:
            rng = self._rng
            voice = self._script.voices()[int(rng.integers(len(self._script.voices())))]
            variant = self._variants[int(rng.integers(len(self._variants)))]
            spoken = self._script.say(self._espeak, voice, variant and f"+{variant}", _manner(rng))
            if spoken and spoken.segments:
                return self._on_the_line(spoken)

    def _on_the_line(self, spoken: Spoken) -> Clip:
        rng = self._rng
        warp = rng.uniform(*WARP)
        sound = soxr.resample(spoken.samples.astype(np.float64), spoken.rate, RATE * warp)
        lead, tail = (rng.uniform(0.1, WAITING if rng.random() < 0.15 else 0.8) for _ in range(2))
        before = np.zeros(int(lead * RATE))
        sound = np.concatenate([before, sound, np.zeros(int(tail * RATE))])
        if rng.random() < 0.05:
            self._others = [*self._others, sound][-OTHERS:]
        at = len(before) / RATE
        moved = [(phone, at + begin * warp, at + end * warp) for phone, begin, end in spoken.segments]
        return Clip(telephone(sound, rng, self._others), _garbled(_closed(moved), rng), spoken.text)


def _manner(rng: Rng) -> Manner:
    gap = (0, 0, 0, 1, 3)[int(rng.integers(5))]
    speed, pitch, span = (int(rng.integers(*span)) for span in ((125, 236), (10, 90), (20, 81)))
    return Manner(speed, pitch, span, gap)


def _closed(segments: list[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """Short gaps are given to the sound that follows."""
    closed, before = [], -1.0
    for phone, begin, end in segments:
        closed.append((phone, before if 0 < begin - before < CLOSURE else begin, end))
        before = end
    return closed


def _garbled(segments: list[tuple[str, float, float]], rng: Rng) -> list[tuple[str, float, float]]:
    """Now and then two to six phones in a row are called noise."""
    at = 0
    garbled = list(segments)
    while at < len(garbled):
        if rng.random() < GARBLED / 4:
            count = int(rng.integers(2, 7))
            garbled[at : at + count] = [("SPN", *span[1:]) for span in garbled[at : at + count]]
            at += count
        at += 1
    return garbled


def write_shard(path: Path, clips: Sequence[Clip], script: Script) -> None:
    """All clips in one file; phones as numbers of the language's phone set."""
    number = {phone: n for n, phone in enumerate(script.phones.base)}
    rows = [
        (clip, number[phone], begin, end)
        for clip, made in enumerate(clips)
        for phone, begin, end in made.segments
    ]
    np.savez(
        path,
        sound=np.concatenate([clip.sound for clip in clips]),
        lengths=np.array([len(clip.sound) for clip in clips]),
        clip=np.array([row[0] for row in rows], np.int32),
        phone=np.array([row[1] for row in rows], np.int32),
        span=np.array([row[2:] for row in rows], np.float64).reshape(-1, 2),
        texts=np.array([clip.text for clip in clips]),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one shard; says how many clips and seconds it holds, as JSON."""
    parser = argparse.ArgumentParser(prog="python -m gateway.training.synth", description=__doc__)
    parser.add_argument("language", choices=sorted(LANGUAGES))
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, required=True, help="clips")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--texts", type=Path, required=True, help="asr_models/text")
    parser.add_argument("--dictionary", type=Path, help="English: SCOWL's folder of word lists")
    parser.add_argument("--testing", action="store_true", help="speak with the voices that never train")
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    script = LANGUAGES[options.language](Sources(options.texts, options.dictionary)).script(rng)
    studio = Studio(script, Espeak(), rng, TESTING if options.testing else TRAINED)
    clips = [studio.clip() for _ in range(options.count)]
    write_shard(options.out, clips, script)
    seconds = sum(len(clip.sound) for clip in clips) / RATE
    print(json.dumps({"clips": len(clips), "seconds": round(seconds, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
