"""What a model is tested with: texts spoken by voices that never taught, on a telephone line or clean.

`python -m gateway.training.exam zh OUT.npz --texts FILE [--clean] [--seed N]`: a line of the file is an
utterance. `--calls FILE` takes the caller's turns of calls (JSON lines with `lang` and `turns`) instead.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soxr

from gateway.training.channel import RATE, Rng, telephone, to_pcm
from gateway.training.reader import Reader, reader_for
from gateway.training.variants import TESTING
from gateway.training.voice import Espeak, Manner

ROOM = 24.0
"""Standard deviation of the quiet room behind clean speech."""


def spoken(
    texts: Sequence[str], reader: Reader, rng: Rng, *, clean: bool
) -> tuple[list[np.ndarray], list[str]]:
    """Each text as 8 kHz sound; clean: the voice without variant in a quiet room."""
    espeak = Espeak()
    sounds, said = [], []
    for text in texts:
        aloud = reader.aloud(text)
        if not aloud:
            continue
        voice, manner = reader.voices[0], Manner(speed=165)
        if not clean:
            voice = reader.voices[int(rng.integers(len(reader.voices)))]
            variant = TESTING[int(rng.integers(len(TESTING)))]
            voice += variant and f"+{variant}"
            manner = Manner(int(rng.integers(140, 210)), int(rng.integers(25, 75)), int(rng.integers(30, 70)))
        samples, _ = espeak.say(aloud, voice, manner)
        sound = soxr.resample(samples.astype(np.float64), espeak.rate, RATE)
        sound = np.concatenate([np.zeros(RATE // 4), sound, np.zeros(RATE)])
        quiet = to_pcm(sound + rng.normal(0, ROOM, len(sound)))
        sounds.append(quiet if clean else telephone(sound, rng, clean=0.0))
        said.append(reader.reference(text))
    return sounds, said


def caller_turns(path: Path, language: str) -> list[str]:
    """What callers say in a file of calls, one JSON object a line."""
    calls = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        turn["t"]
        for call in calls
        if call["lang"] == language
        for turn in call["turns"]
        if turn["s"] == "caller"
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Speak a test."""
    parser = argparse.ArgumentParser(prog="python -m gateway.training.exam", description=__doc__)
    parser.add_argument("language", choices=("zh", "en"))
    parser.add_argument("out", type=Path)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--texts", type=Path)
    source.add_argument("--calls", type=Path)
    parser.add_argument("--clean", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    texts = (
        options.texts.read_text(encoding="utf-8").splitlines()
        if options.texts
        else caller_turns(options.calls, options.language)
    )
    rng = np.random.default_rng(options.seed)
    sounds, said = spoken(texts, reader_for(options.language), rng, clean=options.clean)
    lengths = np.array([len(sound) for sound in sounds])
    np.savez(options.out, sound=np.concatenate(sounds), lengths=lengths, texts=np.array(said))
    print(json.dumps({"utterances": len(said), "seconds": round(float(lengths.sum()) / RATE, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
