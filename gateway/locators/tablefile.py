"""A CSV file that is asked by key: only keys and places of rows are kept in memory, a row is read when it is
wanted, and the file is read anew when it changes.
"""

from __future__ import annotations

import csv
import io
import os
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gateway.location.row import column

MAX_ROWS = 5_000_000
"""Rows of one table; a larger one is refused: it belongs into a database."""
MAX_LINE_BYTES = 8_192
MAX_PREFIXES = 100_000
"""Rows that speak for a prefix; they stand in memory as they are."""
MAX_PROBLEMS = 20
"""Rows that cannot be used are told one by one up to here, then counted."""

Span = tuple[int, int] | str
"""What a row speaks for: first and last key, or a prefix."""


class TableError(Exception):
    """The table cannot be used at all: file, line and what to mend."""


@dataclass(slots=True)
class Problems:
    """Rows that cannot be used, with file, line and cure."""

    told: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, text: str) -> None:
        self.count += 1
        if len(self.told) < MAX_PROBLEMS:
            self.told.append(text)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file was when it was read."""

    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Raises TableError."""
        try:
            found = os.stat(path)
        except OSError as error:
            raise TableError(f"{path}: cannot be read ({error.strerror})") from error
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


class TableFile:
    """One file as it was read. `spans` says what a key column's text speaks for (ValueError: nothing).

    Of several rows for one key the last counts; a single number goes before a range, a range before a prefix.
    """

    def __init__(self, path: Path, key: str, spans: Callable[[str], Span]) -> None:
        self.path, self.problems, self.stamp = path, Problems(), Stamp.of(path)
        self._key_column, self._spans = key, spans
        self._file = self._open()
        try:
            self.encoding, self.columns = self._head(key)
            self._index(self.columns.index(key))
        except BaseException:
            self._file.close()
            raise

    def __len__(self) -> int:
        return len(self._firsts) + len(self._range_firsts) + len(self._prefixes)

    @property
    def held_bytes(self) -> int:
        """What keys and places of rows take in memory; prefixes, which are few, apart."""
        held = (self._firsts, self._offsets, self._range_firsts, self._range_lasts, self._range_offsets)
        return sum(column.nbytes for column in (*held, self._range_reach))

    def _open(self) -> io.BufferedReader:
        try:
            return self.path.open("rb")
        except OSError as error:
            raise TableError(f"{self.path}: cannot be read ({error.strerror})") from error

    def _head(self, key: str) -> tuple[str, list[str]]:
        first = self._file.readline(MAX_LINE_BYTES)
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                headings = next(csv.reader([first.decode(encoding)]), [])
            except (UnicodeDecodeError, csv.Error):
                continue
            columns = [column(heading) for heading in headings]
            if key in columns:
                twice = {name for name in columns if columns.count(name) > 1 and name}
                if twice:
                    raise TableError(f"{self.path}:1: two columns mean {sorted(twice)[0]!r}; keep one")
                return self._encoding(encoding), columns
        raise TableError(
            f"{self.path}:1: no column {key!r}; the first line names the columns, parted by commas"
        )

    def _encoding(self, headings: str) -> str:
        """A head in ASCII fits both: the rows decide."""
        start = self._file.tell()
        sample = self._file.read(1 << 20).rsplit(b"\n", 1)[0]
        self._file.seek(start)
        try:
            sample.decode("utf-8")
        except UnicodeDecodeError:
            return "gb18030"
        return headings.removesuffix("-sig")

    def _index(self, at: int) -> None:
        singles, ranges = array("q"), array("q")
        self._prefixes: dict[str, int] = {}
        for line, offset, text in self._keys(at):
            try:
                span = self._spans(text)
            except ValueError as error:
                self.problems.add(f"{self.path}:{line}: {error}")
                continue
            if isinstance(span, str):
                if len(self._prefixes) >= MAX_PREFIXES:
                    raise TableError(f"{self.path}:{line}: more than {MAX_PREFIXES} prefixes; use ranges")
                self._prefixes[span] = offset
            elif span[0] == span[1]:
                singles.extend((span[0], offset))
            else:
                ranges.extend((*span, offset))
        self._firsts, self._offsets = _columns(singles, 2)
        self._range_firsts, self._range_lasts, self._range_offsets = _columns(ranges, 3)
        self._range_reach = np.maximum.accumulate(self._range_lasts)

    def _keys(self, at: int) -> Iterator[tuple[int, int, str]]:
        """Line, offset and the key column's text of each row."""
        line, offset = 1, self._file.tell()
        while raw := self._file.readline(MAX_LINE_BYTES + 1):
            line += 1
            if line > MAX_ROWS + 1:
                raise TableError(f"{self.path}: more than {MAX_ROWS} rows; put the table into a database")
            here, offset = offset, offset + len(raw)
            if len(raw) > MAX_LINE_BYTES:
                raise TableError(f"{self.path}:{line}: longer than {MAX_LINE_BYTES} bytes; is it a CSV file?")
            if raw.isspace():
                continue
            text = self._key(raw, at)
            if text is None:
                told = f"no row of {len(self.columns)} columns; close the quotes, count the commas"
                self.problems.add(f"{self.path}:{line}: {told}")
            else:
                yield line, here, text

    def _key(self, raw: bytes, at: int) -> str | None:
        """Only the key column is decoded where nothing is quoted: most of the time of reading goes here."""
        if b'"' in raw:
            cells = self._cells(raw)
            return cells[at] if cells is not None and at < len(cells) else None
        parts = raw.split(b",", at + 1)
        return parts[at].decode(self.encoding, "replace") if at < len(parts) else None

    def _cells(self, raw: bytes) -> list[str] | None:
        """A row's cells; None when a quote stays open or the text is in another encoding."""
        try:
            text = raw.decode(self.encoding).rstrip("\r\n")
            if '"' not in text:
                return text.split(",")
            return next(csv.reader([text], strict=True), None)
        except (UnicodeDecodeError, csv.Error):
            return None

    def find(self, key: int, digits: str) -> dict[str, str] | None:
        """The row for a key, by column; None when no row speaks for it. Blocks for one read of the disk.

        Raises TableError when another row stands there by now: the file is being written.
        """
        offset = self._single(key)
        if offset is None:
            offset = self._range(key)
        if offset is None:
            offset = self._prefix(digits)
        if offset is None:
            return None
        self._file.seek(offset)
        cells = self._cells(self._file.readline(MAX_LINE_BYTES))
        found = dict(zip(self.columns, cells or [], strict=False))
        if not self._speaks(found.get(self._key_column, ""), key, digits):
            raise TableError(
                f"{self.path}: it was written over while it was in use; put a new file in its place"
            )
        return found

    def _speaks(self, text: str, key: int, digits: str) -> bool:
        try:
            span = self._spans(text)
        except ValueError:
            return False
        return digits.startswith(span) if isinstance(span, str) else span[0] <= key <= span[1]

    def _single(self, key: int) -> int | None:
        at = int(np.searchsorted(self._firsts, key, side="right")) - 1
        return int(self._offsets[at]) if at >= 0 and int(self._firsts[at]) == key else None

    def _range(self, key: int) -> int | None:
        """The range that begins last before the key and reaches it."""
        at = int(np.searchsorted(self._range_firsts, key, side="right")) - 1
        while at >= 0:
            if int(self._range_lasts[at]) >= key:
                return int(self._range_offsets[at])
            if int(self._range_reach[at]) < key:
                return None
            at -= 1
        return None

    def _prefix(self, digits: str) -> int | None:
        for length in range(len(digits), 0, -1):
            if (offset := self._prefixes.get(digits[:length])) is not None:
                return offset
        return None

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Every row with its line, from the start: for checks."""
        self._file.seek(0)
        self._file.readline(MAX_LINE_BYTES)
        for line, raw in enumerate(iter(lambda: self._file.readline(MAX_LINE_BYTES), b""), 2):
            if raw.strip() and (cells := self._cells(raw)) is not None:
                yield line, dict(zip(self.columns, cells, strict=False))

    def close(self) -> None:
        self._file.close()


def _columns(values: array[int], width: int) -> tuple[npt.NDArray[np.int64], ...]:
    """Rows of `width` values as columns, sorted by the first; equal ones keep their order."""
    table = (
        np.frombuffer(values, dtype=np.int64).reshape(-1, width) if values else np.empty((0, width), np.int64)
    )
    table = table[np.argsort(table[:, 0], kind="stable")]
    return tuple(np.ascontiguousarray(table[:, at]) for at in range(width))
