"""What an OpenFst file says of itself: is it whole, and which words does it use.

Libvosk believes a graph whatever it holds, and writes empty words, without a complaint, for ids that the
words' list does not have. Layouts: OpenFst 1.8 src/include/fst/fst.h (header), symbol-table.h, const-fst.h,
add-on.h (a look-ahead graph holds a const one).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

_MAGIC, _ADD_ON, _SYMBOLS = 2125659606, 446681434, 2125658996
_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS, _ALIGNED = 1, 2, 4
_ALIGNED_VERSION, _ALIGNMENT = 1, 16
_STATE_BYTES, _ARC_BYTES = 20, 16
_ARC = np.dtype([("input", "<i4"), ("output", "<i4"), ("weight", "<f4"), ("next", "<i4")])
MAX_NAME_BYTES = 1000
MAX_SYMBOLS = 5_000_000
"""No vocabulary is larger; a header that tells more is damaged."""
_BLOCK_ARCS = 1 << 20


class GraphError(Exception):
    """The file is no whole graph. The message says what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """`words`: how many the graph carries itself (None: they stand in words.txt). `highest_word`: the largest
    id on its arcs, None for kinds that are not read (libvosk reads more kinds than we do)."""

    kind: str
    words: int | None
    highest_word: int | None


def read(path: Path) -> Graph:
    """Look through a graph, a block at a time. Raises GraphError, OSError."""
    with path.open("rb") as file:
        try:
            return _graph(file, path.stat().st_size, path)
        except (struct.error, UnicodeDecodeError) as error:
            raise GraphError("it is cut short") from error


def _graph(file: BinaryIO, size: int, path: Path) -> Graph:
    kind, version, flags, states, arcs = _header(file)
    words = _symbols(file, flags)
    if kind.endswith("_lookahead"):
        (mark,) = struct.unpack("<i", file.read(4))
        if mark != _ADD_ON:
            raise GraphError("its inner graph is missing")
        inner = _graph(file, size, path)
        return Graph(kind=kind, words=words if words is not None else inner.words, highest_word=None)
    if kind != "const":
        return Graph(kind=kind, words=words, highest_word=None)
    aligned = bool(flags & _ALIGNED) or version == _ALIGNED_VERSION
    at = _align(file.tell(), aligned) + states * _STATE_BYTES
    at = _align(at, aligned)
    if min(states, arcs) < 0 or at + arcs * _ARC_BYTES > size:
        raise GraphError(f"it is cut short: {size:,} bytes, at least {at + arcs * _ARC_BYTES:,} are told")
    return Graph(kind=kind, words=words, highest_word=_highest(path, at, arcs))


def _header(file: BinaryIO) -> tuple[str, int, int, int, int]:
    """(kind, version, flags, states, arcs)."""
    (magic,) = struct.unpack("<i", file.read(4))
    if magic != _MAGIC:
        raise GraphError("it does not begin as a graph does")
    kind, _arc = _name(file), _name(file)
    version, flags, _, _, states, arcs = struct.unpack("<iiQqqq", file.read(40))
    return kind, version, flags, states, arcs


def _name(file: BinaryIO) -> str:
    (length,) = struct.unpack("<i", file.read(4))
    if not 0 <= length <= MAX_NAME_BYTES:
        raise GraphError("its header is damaged")
    return file.read(length).decode()


def _symbols(file: BinaryIO, flags: int) -> int | None:
    """Steps over the symbol tables; how many output symbols there are."""
    words = None
    for has in (_HAS_INPUT_SYMBOLS, _HAS_OUTPUT_SYMBOLS):
        if not flags & has:
            continue
        (magic,) = struct.unpack("<i", file.read(4))
        if magic != _SYMBOLS:
            raise GraphError("its list of words is damaged")
        _name(file)
        _, count = struct.unpack("<qq", file.read(16))
        if not 0 <= count <= MAX_SYMBOLS:
            raise GraphError("its list of words is damaged")
        for _ in range(count):
            _name(file)
            file.seek(8, 1)
        words = count if has == _HAS_OUTPUT_SYMBOLS else words
    return words


def _align(at: int, aligned: bool) -> int:
    return -(-at // _ALIGNMENT) * _ALIGNMENT if aligned else at


def _highest(path: Path, at: int, arcs: int) -> int:
    if not arcs:
        return 0
    table = np.memmap(path, dtype=_ARC, mode="r", offset=at, shape=(arcs,))
    return max(
        int(table["output"][first : first + _BLOCK_ARCS].max()) for first in range(0, arcs, _BLOCK_ARCS)
    )
