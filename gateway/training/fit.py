"""Teaches the ear: frame by frame, cross entropy, a fixed number of steps, everything from one seed.

Two processes teach one ear, each with its own half of every batch, and average what they learned at each
step: on shared cores twice as fast as two threads, which wait for each other spinning.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import distributed, multiprocessing

from gateway.training.ears import answers, read_network, write_network
from gateway.training.kaldi import Layer, Network
from gateway.training.net import SPLICE, Ear, Shape, folded

TEACHERS = 2
BATCH = 28
"""Pieces in a teacher's half of a batch."""
ANSWERS = 90
"""Answers of the network in one piece: 2.7 s."""
PEAK_RATE = 3e-3
WARM_UP = 200
REPORT = 25
"""Steps between two lines of progress."""
PROOF_ANSWERS = 300
PROOF_WITHIN = 0.02
"""Largest difference of a log probability between the ear that learned and what is kept of it; rounding makes
a hundredth of that."""

Say = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """Frames and the answer wanted for each; arrays may lie in a file."""

    frames: NDArray[np.float16]
    labels: NDArray[np.int16]

    def piece(self, rng: np.random.Generator, shape: Shape) -> tuple[torch.Tensor, torch.Tensor]:
        """Half a batch: frames [BATCH, width, inputs] and the answers wanted [BATCH x ANSWERS]."""
        width = shape.left + 3 * (ANSWERS - 1) + 1 + shape.right
        starts = rng.integers(0, len(self.frames) - width, BATCH)[:, None]
        frames = self.frames[starts + np.arange(width)].astype(np.float32)
        wanted = self.labels[starts + shape.left + 3 * np.arange(ANSWERS)].astype(np.int64)
        return torch.from_numpy(frames), torch.from_numpy(wanted).reshape(-1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where frames.npy and labels.npy lie, how large the ear is, for how long it learns, from which seed."""

    folder: Path
    shape: Shape
    steps: int
    seed: int


def teach(plan: Plan, out: Path) -> None:
    """Teach with TEACHERS processes; the ear's layers are kept in `out`, progress goes to standard output."""
    meeting = out.with_suffix(".meeting")
    meeting.unlink(missing_ok=True)
    multiprocessing.start_processes(
        _teacher, args=(plan, out, meeting), nprocs=TEACHERS, start_method="spawn"
    )
    meeting.unlink(missing_ok=True)


def _teacher(number: int, plan: Plan, out: Path, meeting: Path) -> None:
    torch.set_num_threads(1)
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=number, world_size=TEACHERS)
    frames = np.load(plan.folder / "frames.npy", mmap_mode="r")
    lesson = Lesson(frames, np.load(plan.folder / "labels.npy"))
    ear = fit(lesson, plan, number, _say if number == 0 else _silent)
    if number == 0:
        write_network(out, _as_network(ear))
        prove(ear, out, frames)
    distributed.destroy_process_group()


def _say(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def _silent(line: dict[str, Any]) -> None:
    """The other teachers' progress is the same."""


def _as_network(ear: Ear) -> Network:
    layers = [Layer(w.numpy(), None if b is None else b.numpy()) for w, b in folded(ear)]
    return Network(layers, SPLICE, ear.shape.offsets, ear.shape.left, ear.shape.right)


def prove(ear: Ear, kept: Path, frames: NDArray[np.float16]) -> None:
    """What is kept answers as the ear that learned, norms folded in or not. Raises ArithmeticError."""
    width = ear.shape.left + 3 * (PROOF_ANSWERS - 1) + 1 + ear.shape.right
    heard = frames[:width].astype(np.float32)
    with torch.no_grad():
        taught = torch.log_softmax(ear(torch.from_numpy(heard)[None]), -1)[0].double().numpy()
    apart = float(np.abs(answers(read_network(kept), heard) - taught).max())
    if not apart <= PROOF_WITHIN:
        kept.unlink()
        raise ArithmeticError(
            f"the network that is kept answers otherwise than the ear that learned, by {apart:.3g}; "
            "folding (net.folded) or writing (ears) is wrong"
        )


def fit(lesson: Lesson, plan: Plan, number: int, say: Say) -> Ear:
    """One teacher's part: the same ear comes out of every teacher."""
    torch.manual_seed(plan.seed)
    ear = Ear(plan.shape)
    some = lesson.frames[:: max(1, len(lesson.frames) // 200_000)].astype(np.float32)
    ear.mean.copy_(torch.from_numpy(some.mean(0)))
    ear.scale.copy_(torch.from_numpy(1 / (some.std(0) + 1e-3)))
    rng = np.random.default_rng((plan.seed, number))
    torch.manual_seed(plan.seed * 100 + number)
    optimizer = torch.optim.AdamW(ear.parameters(), lr=PEAK_RATE, weight_decay=2e-3)
    halves = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported()) and _has_fast_halves()
    begun, losses, right = time.monotonic(), 0.0, 0.0
    for step in range(plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, plan.steps)
        frames, wanted = lesson.piece(rng, plan.shape)
        with torch.autocast("cpu", torch.bfloat16, enabled=halves):
            answer = ear(frames).reshape(-1, plan.shape.outputs)
        answer = answer.float()
        loss = torch.nn.functional.cross_entropy(answer, wanted, label_smoothing=0.02)
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        _average([p.grad for p in ear.parameters() if p.grad is not None])
        torch.nn.utils.clip_grad_norm_(ear.parameters(), 5.0)
        optimizer.step()
        losses += loss.item()
        right += (answer.argmax(-1) == wanted).float().mean().item()
        if (step + 1) % REPORT == 0 or step + 1 == plan.steps:
            n = step % REPORT + 1
            seconds = round(time.monotonic() - begun)
            line = {"step": step + 1, "of": plan.steps, "loss": losses / n, "right": right / n}
            say({**line, "seconds": seconds})
            losses = right = 0.0
    _average([buffer for name, buffer in ear.named_buffers() if "running" in name])
    ear.eval()
    return ear


def _has_fast_halves() -> bool:
    """Whether this processor multiplies 16-bit floats natively: then it learns in half the time."""
    try:
        return "avx512_bf16" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def _average(tensors: list[torch.Tensor]) -> None:
    """The mean over all teachers, in one exchange."""
    if not distributed.is_initialized():
        return
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    distributed.all_reduce(flat)
    at = 0
    for tensor in tensors:
        tensor.copy_(flat[at : at + tensor.numel()].reshape(tensor.shape) / TEACHERS)
        at += tensor.numel()


def rate(step: int, steps: int) -> float:
    """Learning rate: up in a line, down along a cosine."""
    fraction = step / steps
    return float(PEAK_RATE * min(1, (step + 1) / WARM_UP) * (0.49 * (1 + np.cos(np.pi * fraction)) + 0.02))


def main(arguments: Sequence[str] | None = None) -> int:
    """Teach from frames.npy and labels.npy of a folder."""
    parser = argparse.ArgumentParser(prog="python -m gateway.training.fit", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--outputs", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--hidden", type=int, required=True)
    parser.add_argument("--waist", type=int, required=True)
    options = parser.parse_args(arguments)
    inputs = np.load(options.folder / "frames.npy", mmap_mode="r").shape[1]
    shape = Shape(inputs, options.outputs, options.hidden, options.waist)
    teach(Plan(options.folder, shape, options.steps, options.seed), options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
