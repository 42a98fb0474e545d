"""Recordings: fetched where the PBX wrote them, measured, hashed, kept in the archive for good.

The archive holds `<yyyy>/<mm>/<dd>/<call_id>/<file>`, by the day (UTC) on which the call came. A file appears
there whole or not at all, and what is there is never overwritten.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from gateway.archive.audio import NotSound, Wav, inspect, whole_file
from gateway.archive.model import NotStored, Stored
from gateway.calls.model import RecordedFile
from gateway.clock import Clock
from gateway.ids import is_uniqueid

LOOK_EVERY_S = 0.2
QUIET_S = 2.5
"""A recorder that lives writes every 2 s (32 KB at 8 kHz): a file that did not grow for longer was left by
one that was killed, and its header is never finished.
"""
SETTLE_WITHIN_S = 10.0
"""A file that still grows then is fetched later."""
TOLERANCE_S = 0.5
"""The three files may differ from each other by so much without remark."""
CALL_TOLERANCE_S = 1.5
"""And from the call: when one began that was found on the PBX after a restart is known to a second only."""
MAX_UNCLAIMED = 10_000
"""Recordings looked at for a call that we missed; the newest first."""
MIXED = "mix"
PARTS = (MIXED, "rx", "tx")
"""Both sides together, the caller, the desk: the endings of the three files."""

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,200}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder that the PBX writes to, as the PBX names it, and where the same folder is seen from here."""

    pbx: PurePosixPath
    local: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Unclaimed:
    """A recording that belongs to no known call: the trace of a call that came while nobody listened."""

    uniqueid: str
    file: str
    modified_at: datetime
    leg: str = ""
    """Of a call that we made: the leg that dialled, as the name tells it (`<uniqueid>..<leg>-mix.wav`)."""


class Recordings:
    """One for each PBX."""

    def __init__(
        self,
        folders: Sequence[Folder],
        archive: Path,
        clock: Clock,
        *,
        settle_within_s: float = SETTLE_WITHIN_S,
    ) -> None:
        self._folders, self._archive, self._clock = tuple(folders), archive, clock
        self._settle_within_s = settle_within_s

    async def store(
        self, file: str, *, call_id: str, started_at: datetime, expected_s: float | None = None
    ) -> Stored | NotStored:
        """Fetch the recording whose mixed file the PBX calls `file`; doing it again gives the same answer.

        `expected_s`: how long the call was, to be compared. Waits at most `settle_within_s` for the recorder.
        """
        mixed = await asyncio.to_thread(self._local, file)
        if mixed is None:
            told = f"{file} lies in no recording folder of this PBX; add its folder to pbx.recordings"
            return NotStored(text=told, final=True)
        if _SAFE_NAME.match(call_id) is None:
            return NotStored(text=f"{call_id!r} cannot be the name of a folder", final=True)
        parts = _parts(mixed)
        if not await self._settled(list(parts.values())):
            return NotStored(text=f"{file} is still being written", final=False)
        folder = self._archive / f"{started_at.astimezone(UTC):%Y/%m/%d}" / call_id
        try:
            files, doubts = await asyncio.to_thread(self._keep_all, parts, folder)
        except NotSound as error:
            return NotStored(text=f"{file}: {error}", final=True)
        except OSError as error:
            return NotStored(text=_cure(error), final=False)
        return Stored(files=tuple(files), doubts=(*doubts, *_differing(files, expected_s)))

    def unclaimed(self, known: Container[str], since: datetime) -> tuple[Unclaimed, ...]:
        """Recordings written since, newest first, whose call (its unique id is in the name) is not `known`.

        Blocks on the disk: call it in a thread. A folder that cannot be read raises OSError.
        """
        found = [
            Unclaimed(uniqueid=uniqueid, file=str(folder.pbx / relative), modified_at=modified_at, leg=leg)
            for folder in self._folders
            for (uniqueid, leg), relative, modified_at in _recorded(folder.local)
            if modified_at >= since and uniqueid not in known
        ]
        found.sort(key=lambda one: one.modified_at, reverse=True)
        return tuple(found[:MAX_UNCLAIMED])

    def _local(self, file: str) -> Path | None:
        """Where the PBX's `file` is seen from here; None when it is in none of its folders, by any trick."""
        path = PurePosixPath(file)
        if "\x00" in file or ".." in path.parts:
            return None
        for folder in self._folders:
            if path.is_relative_to(folder.pbx) and path != folder.pbx:
                local = (folder.local / path.relative_to(folder.pbx)).resolve()
                return local if local.is_relative_to(folder.local.resolve()) else None
        return None

    async def _settled(self, paths: Sequence[Path]) -> bool:
        """Wait until the recorder has finished: headers are complete, or nothing was written for QUIET_S."""
        began = self._clock.monotonic()
        before, quiet_since = await asyncio.to_thread(_sizes, paths), began
        while True:
            await self._clock.sleep(LOOK_EVERY_S)
            sizes, now = await asyncio.to_thread(_sizes, paths), self._clock.monotonic()
            if sizes != before:
                before, quiet_since = sizes, now
            elif now - quiet_since >= QUIET_S or await asyncio.to_thread(_finished, paths):
                return True
            if now - began >= self._settle_within_s:
                return False

    def _keep_all(self, parts: dict[str, Path], folder: Path) -> tuple[list[RecordedFile], list[str]]:
        """Every part that is sound, and what is wrong with the others; the mixed file must be there."""
        kept, doubts = [], []
        for part, path in parts.items():
            try:
                kept.append(self._keep(part, path, inspect(path), folder))
            except (NotSound, FileNotFoundError) as error:
                if part == MIXED:
                    raise
                doubts.append(f"{part}: {error if isinstance(error, NotSound) else 'the file is missing'}")
        return kept, doubts

    def _keep(self, part: str, path: Path, wav: Wav, folder: Path) -> RecordedFile:
        written = folder / f".{path.name}.{os.getpid()}.part"
        digest, size = hashlib.sha256(), 0
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with written.open("wb") as out:
                for block in whole_file(path, wav):
                    out.write(block)
                    digest.update(block)
                    size += len(block)
                out.flush()
                os.fsync(out.fileno())
            target = _in_place(written, folder / path.name, digest.hexdigest())
        finally:
            written.unlink(missing_ok=True)
        return RecordedFile(
            part=part,
            path=target.relative_to(self._archive).as_posix(),
            seconds=round(wav.seconds, 3),
            size_bytes=size,
            sha256=digest.hexdigest(),
            repaired=not wav.intact,
        )


def _parts(mixed: Path) -> dict[str, Path]:
    """The files of one recording. A name without `-mix` (somebody's own dialplan) is a single file."""
    stem, ending = mixed.stem, mixed.suffix
    if not stem.endswith("-mix"):
        return {MIXED: mixed}
    return {part: mixed.with_name(f"{stem.removesuffix('-mix')}-{part}{ending}") for part in PARTS}


def _sizes(paths: Sequence[Path]) -> list[int]:
    return [path.stat().st_size if path.exists() else 0 for path in paths]


def _finished(paths: Sequence[Path]) -> bool:
    """Whether every file is there with a complete header, which the recorder writes at its end."""
    try:
        return all(inspect(path).intact for path in paths)
    except (NotSound, OSError):
        return False


def _in_place(written: Path, wanted: Path, sha256: str) -> Path:
    """Give the file its name, on disk for good. Where other content has that name, ours goes beside it."""
    target, number = wanted, 1
    while target.exists():
        with target.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() == sha256:
                return target
        number += 1
        target = wanted.with_name(f"{wanted.stem}.{number}{wanted.suffix}")
    written.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return target


def _differing(files: Sequence[RecordedFile], expected_s: float | None) -> list[str]:
    lengths = {file.part: file.seconds for file in files}
    apart = max(lengths.values()) - min(lengths.values()) > TOLERANCE_S
    if expected_s is not None:
        apart = apart or any(abs(each - expected_s) > CALL_TOLERANCE_S for each in lengths.values())
        lengths["call"] = expected_s
    if not apart:
        return []
    return ["lengths differ: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in lengths.items())]


def _cure(error: OSError) -> str:
    """What a person does about it."""
    told = f"{error.filename or 'the archive'}: {error.strerror}"
    match error.errno:
        case errno.ENOENT:
            return f"{told}; is the PBX's recording folder mounted here?"
        case errno.EACCES | errno.EPERM:
            return f"{told}; let the gateway read the recordings and write the archive"
        case errno.ENOSPC | errno.EDQUOT:
            return f"{told}; make room in the archive"
        case _:
            return told


def _recorded(folder: Path) -> Iterator[tuple[tuple[str, str], PurePosixPath, datetime]]:
    """(unique id and, of a call that we made, the leg that dialled; path within the folder, last change) of
    every mixed file under `folder`."""
    for path in folder.rglob("*-mix.wav"):
        uniqueid, _, leg = path.name.removesuffix("-mix.wav").partition("..")
        if is_uniqueid(uniqueid) and path.is_file():
            modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            yield (uniqueid, leg), PurePosixPath(path.relative_to(folder)), modified_at
