"""From taught numbers to words, without torch: the last layer of an ear is taught here, in numpy, on the
recipe's two minutes of speech, and what vosk then hears is what was said.

That holds only if frames and wanted answers lie side by side, the network that is written is the one that
was taught (splice, offsets, every third frame, log priors), and vosk computes the same frames from the same
sound.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gateway.training.assemble import write_ear
from gateway.training.ears import found, random_network
from gateway.training.kaldi import Layer, Network
from gateway.training.recipe import Kitchen
from gateway.training.score import errors

HIDDEN = 128
ROUNDS = 20
"""So often is the whole lesson looked at."""
AT_ONCE = 256

pytestmark = pytest.mark.system

HEARING = """
import json, sys
import numpy as np
import vosk
vosk.SetLogLevel(-1)
model = vosk.Model(sys.argv[1])
words = json.dumps([*sys.argv[3].split(), "[unk]"], ensure_ascii=False)
with np.load(sys.argv[2]) as shard:
    sounds = np.split(shard["sound"], np.cumsum(shard["lengths"])[:-1])
heard = []
for sound in sounds:
    ear = vosk.KaldiRecognizer(model, 8000, words)
    ear.AcceptWaveform(sound.tobytes())
    heard.append(json.loads(ear.FinalResult())["text"])
print(json.dumps(heard))
"""


def untaught(frames: NDArray[np.float32], outputs: int) -> Network:
    """Random layers that see their inputs as torch's ear does: centred, all equally wide."""
    network = random_network(frames.shape[1], outputs, hidden=HIDDEN, waist=64)
    first, *rest = network.layers
    scale = np.tile(1 / (frames.std(0) + 1e-3), len(network.splice))
    weight = np.asarray(first.weight) * scale
    bias = -weight @ np.tile(frames.mean(0), len(network.splice))
    return Network([Layer(weight, bias), *rest], network.splice, network.offsets, network.left, network.right)


def taught(network: Network, frames: NDArray[np.float32], labels: NDArray[np.int16]) -> Network:
    """Its last layer learns the wanted answers: cross entropy, Adam."""
    seen = [found(network, frames[begin:]) for begin in range(3)]
    wanted = [labels[begin + network.left :: 3][: len(part)] for begin, part in enumerate(seen)]
    inputs, answers = np.vstack(seen).astype(np.float32), np.concatenate(wanted)
    spread = inputs.std(0) + 1e-3
    inputs = np.hstack([inputs / spread, np.ones((len(inputs), 1), np.float32)])
    outputs = len(np.asarray(network.layers[-1].weight))
    weight = np.zeros((inputs.shape[1], outputs), np.float32)
    speed, width = np.zeros_like(weight), np.zeros_like(weight)
    rng = np.random.default_rng(1)
    for turn in range(ROUNDS):
        for piece in np.array_split(rng.permutation(len(inputs)), len(inputs) // AT_ONCE):
            odds = inputs[piece] @ weight
            odds = np.exp(odds - odds.max(axis=1, keepdims=True))
            odds /= odds.sum(axis=1, keepdims=True)
            odds[np.arange(len(piece)), answers[piece]] -= 1
            slope = inputs[piece].T @ odds / len(piece)
            speed += 0.1 * (slope - speed)
            width += 0.01 * (slope**2 - width)
            weight -= 0.02 * (1 - turn / ROUNDS) * speed / (np.sqrt(width) + 1e-6)
    last = Layer((weight[:-1] / spread[:, None]).T, weight[-1])
    return Network([*network.layers[:-1], last], network.splice, network.offsets, network.left, network.right)


def heard(
    kitchen: Kitchen, folder: Path, network: Network, labels: NDArray[np.int16]
) -> tuple[list[str], list[str]]:
    """Each clip of the first shard as vosk hears it, among the characters that are said in it; and what was
    said."""
    shutil.copytree(kitchen.model, folder)
    counts = np.bincount(labels, minlength=len(kitchen.language.phones.pdfs))
    write_ear(folder, kitchen.language.phones, kitchen.size.mfcc, network, counts)
    shard = sorted((kitchen.work / "speech-3-16").glob("*.npz"))[0]
    with np.load(shard) as file:
        said = ["".join(char for char in str(text) if char.isalpha()) for text in file["texts"]]
    done = subprocess.run(
        [sys.executable, "-c", HEARING, str(folder), str(shard), " ".join(sorted(set("".join(said))))],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return [text.replace(" ", "").replace("[unk]", "") for text in json.loads(done.stdout)], said


def wrong(told: Sequence[str], said: Sequence[str]) -> float:
    """Share of characters."""
    return sum(map(errors, said, told)) / sum(map(len, said))


def test_an_ear_whose_last_layer_is_taught_here_hears_what_was_said(kitchen: Kitchen, tmp_path: Path) -> None:
    frames = np.load(kitchen.work / "frames.npy").astype(np.float32)
    labels = np.load(kitchen.work / "labels.npy")
    before = untaught(frames, len(kitchen.language.phones.pdfs))
    after = taught(before, frames, labels)
    assert wrong(*heard(kitchen, tmp_path / "before", before, labels)) > 0.9
    assert wrong(*heard(kitchen, tmp_path / "after", after, labels)) < 0.3
