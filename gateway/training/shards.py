"""Shards of speech read back as frames, with the answer wanted for each frame."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gateway.training.features import Mfcc, Segment, labels
from gateway.training.phones import PhoneSet


@dataclass(frozen=True, slots=True)
class Taught:
    """Frames of many clips one after another, the answer wanted for each, where each clip begins and ends."""

    frames: NDArray[np.float16]
    labels: NDArray[np.int16]
    clips: list[tuple[int, int]]


def read_shards(paths: Sequence[Path], phones: PhoneSet, mfcc: Mfcc, workers: int = 1) -> Taught:
    """All clips of these shards, in order."""
    with ProcessPoolExecutor(workers) as pool:
        read = list(pool.map(_read_shard, paths, [phones] * len(paths), [mfcc] * len(paths)))
    ends = np.cumsum([count for _, _, counts in read for count in counts]).tolist()
    clips = list(zip([0, *ends[:-1]], ends, strict=True))
    return Taught(np.concatenate([r[0] for r in read]), np.concatenate([r[1] for r in read]), clips)


def _read_shard(
    path: Path, phones: PhoneSet, mfcc: Mfcc
) -> tuple[NDArray[np.float16], NDArray[np.int16], list[int]]:
    clips = [(mfcc.frames(sound), segments) for sound, segments in _clips(path, phones)]
    wanted = [labels(segments, len(made), mfcc.window_ms) for made, segments in clips]
    frames = np.concatenate([made.astype(np.float16) for made, _ in clips])
    return frames, np.concatenate(wanted), [len(made) for made, _ in clips]


def _clips(path: Path, phones: PhoneSet) -> list[tuple[NDArray[np.int16], list[Segment]]]:
    with np.load(path) as shard:
        sound, lengths = shard["sound"], shard["lengths"]
        of_clip, phone, span = shard["clip"], shard["phone"], shard["span"]
    outputs = [
        tuple(phones.pdfs[name, state] for state in range(phones.states_of(name))) for name in phones.base
    ]
    first = np.searchsorted(of_clip, np.arange(len(lengths) + 1))
    spoken = [Segment(outputs[p], float(b), float(e)) for p, (b, e) in zip(phone, span, strict=True)]
    pieces = np.split(sound, np.cumsum(lengths)[:-1])
    return [(piece, spoken[a:b]) for piece, a, b in zip(pieces, first[:-1], first[1:], strict=True)]
