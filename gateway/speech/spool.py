"""The sound of every tap on disk, beside a journal of what was already made of it: nothing said is lost by
a crash.

`<tap>.pcm` is the leg's placed sound, 8 kHz, 16 bit; its first sample lies at `base_ms` of the call.
`<tap>.jsonl` has a head (the tap), then a line for each segment sent, each acknowledgement, the end. A
recognizer that died is fed again from here; a listener that died finds here what was not acknowledged and
what was not yet heard. Writes go to the page cache: they survive the process, not a power cut (the PBX's
own recording is the evidence).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from gateway.speech.assemble import BYTES_PER_MS

log = structlog.get_logger(__name__)

MEMORY_S = 60
"""Sound kept in memory when the disk refuses it; older sound is then lost to the recognizer, not to the
recording."""

KEEP_S = 3600
"""A finished, acknowledged leg stays so long, for gaps to be filled from it."""


class Sound:
    """One leg's sound: grows at its end, read anywhere. Falls back to memory when the disk fails."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: int | None = None
        self._memory = bytearray()
        self._memory_at = 0
        self._last_at, self._last = -1, b""
        """The piece written last: mostly it is the one that is read next."""
        self.size = 0
        if path is not None:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self.size = os.fstat(self._file).st_size // 2 * 2
            self._memory_at = self.size

    @classmethod
    def of(cls, pcm: bytes) -> Sound:
        """Sound that is whole already and in memory (a file read by somebody else)."""
        sound = cls(None)
        sound._memory += pcm[: len(pcm) // 2 * 2]
        sound.size = len(sound._memory)
        return sound

    def append(self, pcm: bytes) -> None:
        if self._file is not None and self.size == self._memory_at:
            try:
                if os.pwrite(self._file, pcm, self.size) == len(pcm):
                    self._last_at, self._last = self.size, pcm
                    self.size += len(pcm)
                    self._memory_at = self.size
                    return
            except OSError as error:
                log.error(
                    "spool cannot be written, sound is kept in memory",
                    file=str(self._path),
                    error=str(error),
                    keep_s=MEMORY_S,
                )
        self._memory += pcm
        self.size += len(pcm)
        surplus = len(self._memory) - MEMORY_S * 1000 * BYTES_PER_MS
        if surplus > 0:
            del self._memory[:surplus]
            self._memory_at += surplus

    def read(self, at: int, most: int) -> bytes:
        """Up to `most` bytes from `at`; silence for what memory could not keep."""
        end = min(self.size, at + most)
        if end <= at:
            return b""
        if at == self._last_at and end - at == len(self._last):
            return self._last
        if at >= self._memory_at:
            return bytes(self._memory[at - self._memory_at : end - self._memory_at])
        end = min(end, self._memory_at)
        data = b""
        if self._file is not None:
            try:
                data = os.pread(self._file, end - at, at)
            except OSError as error:
                log.error(
                    "spool cannot be read, silence stands for it", file=str(self._path), error=str(error)
                )
        return data.ljust(end - at, b"\0")

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A leg as an earlier listener left it. `resume` is the byte from which its sound has not become
    segments."""

    tap_id: str
    head: dict[str, Any]
    resume: int
    unacked: tuple[dict[str, Any], ...]
    next_index: int
    ended: bool
    models: tuple[str, ...] = ("",)
    """Keys of the models that heard it last."""


class Spool:
    """The folder of all legs, bounded in size and age; one listener uses it at a time."""

    def __init__(self, folder: Path, *, max_bytes: int, keep_s: float = KEEP_S) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._max_bytes, self._keep_s = folder, max_bytes, keep_s

    def sound(self, tap_id: str) -> Sound:
        """Opens or makes the sound of a tap; in memory alone when the disk does not let it."""
        try:
            return Sound(self._folder / f"{tap_id}.pcm")
        except OSError as error:
            log.error("spool cannot be opened, sound is kept in memory", error=str(error), keep_s=MEMORY_S)
            return Sound(None)

    def note(self, tap_id: str, line: dict[str, Any]) -> None:
        """Appends to the tap's journal. A failing disk is told in the log; the segment still goes to the
        gateway."""
        try:
            with (self._folder / f"{tap_id}.jsonl").open("ab") as file:
                file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        except OSError as error:
            log.error("spool journal cannot be written", tap_id=tap_id, error=str(error))

    def left(self) -> Iterator[Kept]:
        """What an earlier listener left unfinished, oldest first."""
        for journal in sorted(self._folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime):
            kept = _kept(journal.stem, _lines(journal))
            if kept is None:
                log.warning("spool journal without a head is set aside", file=str(journal))
                journal.rename(journal.with_suffix(".broken"))
            else:
                yield kept

    def sweep(self, live: Iterable[str], now: float) -> list[str]:
        """Removes finished legs that are too old, then the oldest until all fit. Returns the taps removed.

        `live` taps are never touched: when they alone are too much, the disk's own limit is the last one.
        """
        busy = set(live)
        legs = sorted(
            (path.stat().st_mtime, path.stem)
            for path in self._folder.glob("*.jsonl")
            if path.stem not in busy
        )
        total = sum(path.stat().st_size for path in self._folder.iterdir() if path.is_file())
        removed = []
        for broken in self._folder.glob("*.broken"):
            if now - broken.stat().st_mtime > self._keep_s:
                broken.unlink()
        for changed, tap_id in legs:
            if now - changed <= self._keep_s and total <= self._max_bytes:
                break
            for path in (self._folder / f"{tap_id}.pcm", self._folder / f"{tap_id}.jsonl"):
                total -= path.stat().st_size if path.exists() else 0
                path.unlink(missing_ok=True)
            removed.append(tap_id)
        return removed


def _lines(journal: Path) -> Iterator[dict[str, Any]]:
    """Whole lines; a last one cut short by a crash is left out (its segment was not sent either)."""
    with journal.open("rb") as file:
        for raw in file:
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line


def _kept(tap_id: str, lines: Iterable[dict[str, Any]]) -> Kept | None:
    head: dict[str, Any] | None = None
    unacked: dict[int, dict[str, Any]] = {}
    resume, next_index, ended = 0, 0, False
    models: list[str] = [""]
    for line in lines:
        if "head" in line:
            head = line["head"]
            models = line["head"].get("models", models)
        elif "models" in line:
            models = line["models"]
        elif "segment" in line:
            unacked[line["seq"]] = line
            resume, next_index = line["resume"], line["segment"]["index"] + 1
        elif "ack" in line:
            unacked.pop(line["ack"], None)
        elif "done" in line:
            ended = True
    if head is None:
        return None
    return Kept(
        tap_id=tap_id,
        head=head,
        resume=resume,
        unacked=tuple(unacked.values()),
        next_index=next_index,
        ended=ended,
        models=tuple(models),
    )
