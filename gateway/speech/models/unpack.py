"""An archive of a stranger, unpacked without harm: every name inside the folder, no links, sizes bounded.

Python's own filters are not in every version that we run on, and know no limits.
"""

from __future__ import annotations

import errno
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

MAX_FILES = 2000
"""A model has a few dozen files."""
MAX_BYTES = 20 * 1024**3
"""What an archive may hold unpacked; the largest official model has 5 GB."""
SPARE_BYTES = 64 * 1024**2
"""So much of the disk stays free."""
_BLOCK_BYTES = 1 << 20


class UnpackError(Exception):
    """The archive cannot be unpacked. The message says why."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    size: int
    open: Callable[[], IO[bytes] | None]


def unpack(archive: Path, into: Path, on_progress: Callable[[int, int | None], None]) -> None:
    """All files of a zip or tar (gz, bz2, xz) under `into`, which exists. Raises UnpackError."""
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as packed:
                _write(list(_zipped(packed)), archive, into, on_progress)
        elif tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                _write(list(_tarred(tar)), archive, into, on_progress)
        else:
            raise UnpackError(f"{archive}: neither a zip nor a tar; half a file, or a page that was saved?")
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, NotImplementedError) as error:
        raise UnpackError(f"{archive}: damaged ({error}); fetch it again") from error
    except RuntimeError as error:
        raise UnpackError(f"{archive}: {error}") from error  # an encrypted zip
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise UnpackError(f"{into.parent}: the disk is full; make room, or choose --into") from error
        if isinstance(error, (FileNotFoundError, PermissionError)):
            raise
        raise UnpackError(f"{archive}: damaged ({error}); fetch it again") from error


def _zipped(packed: zipfile.ZipFile) -> Iterator[_Entry]:
    for info in packed.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise UnpackError(f"{info.filename}: a link or a device; a model has files alone")
        if not info.is_dir():
            yield _Entry(info.filename, info.file_size, lambda info=info: packed.open(info))  # type: ignore[misc]


def _tarred(tar: tarfile.TarFile) -> Iterator[_Entry]:
    for number, info in enumerate(tar):
        if number > MAX_FILES * 2:
            raise UnpackError(f"more than {MAX_FILES} files: that is no speech model")
        if not (info.isreg() or info.isdir()):
            raise UnpackError(f"{info.name}: a link or a device; a model has files alone")
        if info.isreg():
            yield _Entry(info.name, info.size, lambda info=info: tar.extractfile(info))  # type: ignore[misc]


def _write(
    entries: list[_Entry], archive: Path, into: Path, on_progress: Callable[[int, int | None], None]
) -> None:
    if len(entries) > MAX_FILES:
        raise UnpackError(
            f"{archive}: {len(entries):,} files; that is no speech model (at most {MAX_FILES:,})"
        )
    total = sum(entry.size for entry in entries)
    if total > MAX_BYTES:
        raise UnpackError(
            f"{archive}: {total:,} bytes unpacked; that is no speech model (at most {MAX_BYTES:,})"
        )
    free = shutil.disk_usage(into).free
    if total + SPARE_BYTES > free:
        raise UnpackError(
            f"{into.parent}: {total:,} bytes are to be unpacked and {free:,} are free; make room, or choose "
            "another folder with --into"
        )
    done = 0
    for entry in entries:
        done = _write_one(entry, archive, into, done, total, on_progress)


def _write_one(
    entry: _Entry,
    archive: Path,
    into: Path,
    done: int,
    total: int,
    on_progress: Callable[[int, int | None], None],
) -> int:
    target = into.joinpath(*_safe(entry.name).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.size
    source = entry.open()
    if source is None:
        raise UnpackError(f"{archive}: {entry.name} cannot be read; fetch it again")
    with closing(source), target.open("xb") as out:
        while block := source.read(_BLOCK_BYTES):
            left -= len(block)
            if left < 0:
                raise UnpackError(f"{archive}: {entry.name} is larger than told; it was made to do harm")
            out.write(block)
            done += len(block)
            on_progress(done, total)
    if left:
        raise UnpackError(f"{archive}: {entry.name} is cut short; fetch it again")
    return done


def _safe(name: str) -> PurePosixPath:
    """The name as a path inside a folder. Raises UnpackError for one that leads elsewhere."""
    path = PurePosixPath(name)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in path.parts[0]:
        raise UnpackError(f"{name!r}: leads out of the folder; the archive was made to do harm")
    if "\0" in name or any(len(part.encode()) > 200 for part in path.parts):
        raise UnpackError(f"{name[:80]!r}: no name for a file")
    return path
