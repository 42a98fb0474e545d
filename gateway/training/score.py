"""How much a model hears wrongly, through the real vosk: `python -m gateway.training.score MODEL TEST.npz…`.

Nothing but numpy and vosk is loaded here. Errors are counted in characters where the reference is made of
single characters (Mandarin), else in words.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import vosk

RATE = 8000
CHUNK = 800
"""Samples handed over at a time: 0.1 s."""


def heard(model: Any, sound: bytes) -> str:
    """Everything the model understands in a clip, utterances parted by a space."""
    ear = vosk.KaldiRecognizer(model, RATE)
    parts = []
    for at in range(0, len(sound), 2 * CHUNK):
        if ear.AcceptWaveform(sound[at : at + 2 * CHUNK]):
            parts.append(json.loads(ear.Result())["text"])
    parts.append(json.loads(ear.FinalResult())["text"])
    return " ".join(part for part in parts if part)


def errors(reference: Sequence[str], found: Sequence[str]) -> int:
    """Fewest substitutions, insertions and deletions from one to the other."""
    row = list(range(len(found) + 1))
    for n, wanted in enumerate(reference, start=1):
        before, row[0] = row[0], n
        for m, unit in enumerate(found, start=1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (wanted != unit))
    return row[-1]


def score(model: Any, test: Path, limit: int | None = None, show: int = 0) -> dict[str, Any]:
    """Error rate of a model on a test, its speed and some of what it heard wrongly."""
    with np.load(test) as file:
        sounds = np.split(file["sound"], np.cumsum(file["lengths"])[:-1])
        texts = [str(text) for text in file["texts"]]
    wrong = units = 0
    begun = time.process_time()
    shown: list[dict[str, str]] = []
    for sound, text in list(zip(sounds, texts, strict=True))[:limit]:
        reference = text.split()
        found = heard(model, sound.tobytes())
        by_character = all(len(unit) == 1 for unit in reference) and not text.isascii()
        said = list(found.replace(" ", "")) if by_character else found.split()
        count = errors(reference, said)
        wrong, units = wrong + count, units + len(reference)
        if count and len(shown) < show:
            shown.append({"said": text.replace(" ", "") if by_character else text, "heard": found})
    seconds = sum(len(sound) for sound in sounds[:limit]) / RATE
    speed = seconds / max(time.process_time() - begun, 1e-6)
    return {
        "test": test.stem,
        "error_percent": round(100 * wrong / max(units, 1), 2),
        "units": units,
        "times_real_time": round(speed, 1),
        "wrong": shown,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Score one model on tests."""
    parser = argparse.ArgumentParser(prog="python -m gateway.training.score", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("tests", type=Path, nargs="+")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--show", type=int, default=0, help="clips heard wrongly to be listed")
    options = parser.parse_args(arguments)
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(options.model.absolute()))
    for test in options.tests:
        print(json.dumps(score(model, test, options.limit, options.show), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
