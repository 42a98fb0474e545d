"""Work in processes of its own: espeak-ng may die in them, vosk shares none with other libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

TRIES = 4
"""A shard whose process dies is made anew with another seed; after so many the step fails."""
NEXT_SEED = 1000
"""Added to the seed of a shard that died."""
QUICK = {
    "OMP_NUM_THREADS": "1",
    # large arrays are kept by the process instead of being asked of the kernel at every step
    "MALLOC_MMAP_THRESHOLD_": "1073741824",
    "MALLOC_TRIM_THRESHOLD_": "8589934592",
}
LAST_WORDS = 400
"""Characters of a child's stderr that an error quotes."""


class StepError(Exception):
    """A step of the recipe failed: {what}"""


def run(module: str, arguments: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> str:
    """`python -m MODULE ARGUMENTS…`; its standard output. Raises StepError with what it last said."""
    done = _child(module, arguments, environment)
    if done.returncode:
        raise StepError(f"{module} ended with {done.returncode}: {done.stderr.strip()[-LAST_WORDS:]}")
    return done.stdout


def follow(module: str, arguments: Sequence[str | Path], tell: Callable[[float], None]) -> dict[str, Any]:
    """A child that writes JSON lines with `step` and `of`; the last line. Raises StepError."""
    last: dict[str, Any] = {}
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env={**os.environ, **QUICK},
        ) as child,
    ):
        assert child.stdout is not None
        for line in child.stdout:
            last = json.loads(line)
            tell(last["step"] / last["of"])
        if child.wait():
            complaints.seek(0)
            words = complaints.read().strip()[-LAST_WORDS:]
            raise StepError(f"{module} ended with {child.returncode}: {words}")
    return last


def _child(
    module: str, arguments: Sequence[str | Path], environment: Mapping[str, str] | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**(environment or os.environ), **QUICK},
    )


def make_shards(
    paths: Sequence[Path],
    arguments: Sequence[str | Path],
    seed: int,
    environment: Mapping[str, str],
    made: Callable[[], None] = lambda: None,
) -> None:
    """All shards that are missing, as many at a time as there are cores; `made` is called after each."""

    def make(number: int) -> None:
        path = paths[number]
        if not path.exists():
            _make_shard(path, arguments, seed * 10_000 + 101 + number, environment)
        made()

    with ThreadPoolExecutor(os.cpu_count() or 1) as makers:
        for outcome in [makers.submit(make, number) for number in range(len(paths))]:
            outcome.result()


def _make_shard(
    path: Path, arguments: Sequence[str | Path], seed: int, environment: Mapping[str, str]
) -> None:
    partial = path.with_name(f".{path.stem}.part.npz")
    for attempt in range(TRIES):
        words = [*arguments, partial, "--seed", str(seed + attempt * NEXT_SEED)]
        done = _child("gateway.training.synth", words, environment)
        if done.returncode == 0:
            partial.rename(path)
            return
        if done.returncode > 0:
            break  # an error of ours comes again with any seed; a signal is espeak-ng's
    raise StepError(f"speech for {path.name} was not made: {done.stderr.strip()[-LAST_WORDS:]}")
