"""Rounds on the rig: calls at a steady rate, and as many as a side can carry."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Self

from gateway.testing.bench.measure import p99
from gateway.testing.bench.rig import Calls, Missing, Side, calls, send
from gateway.testing.bench.stream import Piece

CALL_S = 2.0
"""A recorded call is squeezed into so long; its bursts stay bursts."""
OUTSTANDING = 50
"""Calls under way at once when a side is driven as fast as it goes."""
BATCH = 400
"""Calls made before the clock runs, for a round of that kind; it goes on with the next ones."""
COMMIT_EVERY_S = 0.05
"""Between two raw commits: enough of them for a p99, too few to be in the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A round at a steady rate."""

    calls: int
    p99_ms: float
    """Of all moments of all calls: from the AMI bytes to the MQTT message."""
    calls_a_second: float
    """Carried from the first byte to the last message, the last call's own length left out."""


async def steady(side: Side, first: int, *, rate: float, seconds: float) -> Steady:
    """Calls begin `rate` times a second for `seconds`. Raises Missing."""
    count = max(1, round(rate * seconds))
    made = calls(first, count, rate=rate, lasts_s=CALL_S)
    due: list[tuple[float, str, Piece]] = sorted(
        (
            (number / rate + piece.at, call, piece)
            for number, (call, pieces) in enumerate(made)
            for piece in pieces
        ),
        key=lambda entry: entry[0],
    )
    side.forget()
    began = time.perf_counter()
    for (at, call), group in groupby(due, key=lambda entry: (round(entry[0], 3), entry[1])):
        await asyncio.sleep(max(0.0, began + at - time.perf_counter()))
        await send(side, call, [piece for _, _, piece in group])
    await side.all_arrived()
    took = max(side.arrived.values()) - began - CALL_S + 1 / rate
    return Steady(calls=count, p99_ms=p99(side.latencies_ms()), calls_a_second=count / took)


async def flat_out(side: Side, first: int, *, seconds: float) -> tuple[int, float]:
    """A call begins when one has ended, `OUTSTANDING` at once; (how many were begun, calls a second)."""
    made = calls(first, BATCH, rate=100.0, lasts_s=CALL_S)
    side.forget()
    began = time.perf_counter()
    begun = await _drive(side, made, began + seconds)
    await side.all_arrived()
    last = max(side.arrived.values())
    return len(made), begun / (last - began)


async def _drive(side: Side, made: Calls, until: float) -> int:
    """Raises Missing when nothing ends any more."""
    begun = 0
    for call, pieces in made:
        while begun - _ended(side) >= OUTSTANDING:
            side.news.clear()
            try:
                await asyncio.wait_for(side.news.wait(), 20.0)
            except TimeoutError:
                raise Missing(
                    f"{side.name}: nothing arrives any more, {begun} calls begun, {_ended(side)} ended"
                ) from None
        if time.perf_counter() > until:
            break
        await send(side, call, pieces)
        begun += 1
    return begun


def _ended(side: Side) -> int:
    return sum(1 for _, moment in side.arrived if moment == "ended")


def commit_bytes(database: Path) -> int:
    """What one signal of ours writes, on average: journal row, state, outbox rows."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as raw:
        journal, rows = raw.execute(
            "SELECT COALESCE(SUM(LENGTH(payload) + 112), 0), COUNT(*) FROM journal"
        ).fetchone()
        (state,) = raw.execute("SELECT COALESCE(AVG(LENGTH(state)), 0) FROM aggregates").fetchone()
        (outbox,) = raw.execute(
            "SELECT COALESCE(SUM(LENGTH(payload) + LENGTH(topic)), 0) FROM outbox"
        ).fetchone()
    return int((journal + outbox) / max(1, rows) + state)


class RawCommits:
    """Single commits of `size` bytes, some a second while the rounds run: the disk is the same for both.

    sqlite3 alone, WAL, synchronous FULL. `with RawCommits(folder, size) as raw: …`, then `raw.took_ms`.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._file, self._row = folder / "raw.db", bytes(size)
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.took_ms: list[float] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self._thread.join()

    def _run(self) -> None:
        with closing(sqlite3.connect(self._file, isolation_level=None)) as raw:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("PRAGMA synchronous=FULL")
            raw.execute("CREATE TABLE IF NOT EXISTS rows (n INTEGER PRIMARY KEY, bytes BLOB)")
            while not self._enough.wait(COMMIT_EVERY_S):
                began = time.perf_counter()
                raw.execute("BEGIN IMMEDIATE")
                raw.execute("INSERT INTO rows (bytes) VALUES (?)", (self._row,))
                raw.execute("COMMIT")
                self.took_ms.append(1000 * (time.perf_counter() - began))
