"""The library alone: the same chunks given to libvosk, by threads of one process or by forked processes.

`python -m gateway.testing.bench.speech.raw threads|forks MODEL` reads Jobs, prints for each what every leg
heard, and the processor time it took.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import vosk

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.worker import NICE
from gateway.testing.bench.speech.clips import AT_ONCE, Due, Job

RATE = 8000.0
CHUNK_BYTES = 200 * BYTES_PER_MS
CORES = len(os.sched_getaffinity(0))
SHARE = max(1, AT_ONCE // CORES)


class Heard:
    """One leg in the recognizer."""

    def __init__(self, model: Any, due: Due) -> None:
        self._recognizer = vosk.KaldiRecognizer(model, RATE)
        self._recognizer.SetWords(True)
        self._pcm, self._texts = Path(due.clip.file).read_bytes(), []  # type: tuple[bytes, list[str]]
        self.first: float | None = None
        self._turn, self._next = Lock(), 0

    @property
    def chunks(self) -> int:
        return -(-len(self._pcm) // CHUNK_BYTES)

    def chunk(self) -> None:
        """The next one; a leg is in one thread at a time."""
        with self._turn:
            self._chunk()

    def _chunk(self) -> None:
        pcm = self._pcm[self._next * CHUNK_BYTES : (self._next + 1) * CHUNK_BYTES]
        self._next += 1
        if self._recognizer.AcceptWaveform(pcm):
            self._texts.append(json.loads(self._recognizer.Result())["text"])
        elif json.loads(self._recognizer.PartialResult())["partial"] and self.first is None:
            self.first = time.monotonic()

    def text(self) -> str:
        self._texts.append(json.loads(self._recognizer.FinalResult())["text"])
        return "".join(self._texts).replace(" ", "")


def flat_out(model: Any, due: list[Due]) -> list[dict[str, Any]]:
    """As many legs in turn as live ones would be: AT_ONCE of them for all cores together."""
    found: list[dict[str, Any]] = []
    for began in range(0, len(due), SHARE):
        legs = [Heard(model, one) for one in due[began : began + SHARE]]
        for number in range(max(leg.chunks for leg in legs)):
            for leg in legs:
                if number < leg.chunks:
                    leg.chunk()
        found += [{"text": leg.text()} for leg in legs]
    return found


def paced(model: Any, job: Job) -> list[dict[str, Any]]:
    """A thread hands each chunk to the pool when it has been spoken."""
    began = time.monotonic() + 0.1
    legs = [Heard(model, due) for due in job.due]
    todo = sorted(
        (due.at_s + (number + 1) * CHUNK_BYTES / BYTES_PER_MS / 1000, leg)
        for leg, due in enumerate(job.due)
        for number in range(legs[leg].chunks)
    )
    with ThreadPoolExecutor(CORES) as pool:
        for at, leg in todo:
            time.sleep(max(0.0, began + at - time.monotonic()))  # the peer's own clock
            pool.submit(legs[leg].chunk)
    return [
        {"began": began + due.at_s, "first": leg.first, "text": leg.text()}
        for due, leg in zip(job.due, legs, strict=True)
    ]


def threads(model: Any, job: Job) -> list[dict[str, Any]]:
    with ThreadPoolExecutor(CORES) as pool:
        shares = pool.map(lambda share: flat_out(model, job.due[share::CORES]), range(CORES))
        return _in_order(list(shares), len(job.due))


def forks(model: Any, job: Job) -> list[dict[str, Any]]:
    lines = []
    for share in range(CORES):
        readable, writable = os.pipe()
        if os.fork() == 0:
            told = flat_out(model, job.due[share::CORES])
            with os.fdopen(writable, "w") as line:
                line.write(json.dumps(told))
            os._exit(0)
        os.close(writable)
        lines.append(readable)
    shares = []
    for readable in lines:
        with os.fdopen(readable) as line:
            shares.append(json.loads(line.read()))
        os.wait()
    return _in_order(shares, len(job.due))


def _in_order(shares: list[list[dict[str, Any]]], legs: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{} for _ in range(legs)]
    for share, told in enumerate(shares):
        found[share::CORES] = told
    return found


def cpu_s() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def main(how: str, folder: str) -> None:
    os.nice(NICE)
    vosk.SetLogLevel(-1)
    model = vosk.Model(folder)
    for line in sys.stdin:
        job = Job.load(line)
        cpu, began = cpu_s(), time.monotonic()
        run = paced if job.paced else threads if how == "threads" else forks
        found = run(model, job)
        print(
            json.dumps({"legs": found, "cpu_s": cpu_s() - cpu, "wall_s": time.monotonic() - began}),
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
