"""A site's archive of map tiles, looked at before a page needs it: PMTiles, version 3.

A page reads it piece by piece, so that a file that was cut short or packed in a way that browsers cannot
unpack would show as holes in the map, or as nothing. Header, directory and metadata are read here; the tiles
themselves are only measured.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

MAGIC = b"PMTiles"
VERSION = 3
HEADER_BYTES = 127
FIRST_BYTES = 16_384
"""Header and root directory lie within these: a page asks for them first."""
METADATA_MAX_BYTES = 8 * 1024 * 1024
"""Longer metadata, packed or unpacked, is no metadata: the archive is refused."""
UNSAID, NONE, GZIP = 0, 1, 2
PACKINGS = {3: "brotli", 4: "zstd"}
"""Codes of packings that browsers do not unpack, by name."""
WHOLE_EARTH_DEG = 90.0
"""An archive wider than this frames no city."""
VECTOR, PICTURES = 1, (2, 3, 4, 5)
"""Kinds of tiles that pages draw: Mapbox Vector Tiles; PNG, JPEG, WebP, AVIF."""


@dataclass(frozen=True, slots=True)
class MapFault:
    """Why a file of the map is not used, and how to mend it."""

    zh: str
    en: str
    cure_zh: str
    cure_en: str


class _Unusable(Exception):
    """Carries the fault out of the reading."""

    def __init__(self, zh: str, en: str, cure_zh: str, cure_en: str) -> None:
        self.fault = MapFault(zh, en, cure_zh, cure_en)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class _Header:
    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    packed: int
    tiles_packed: int
    kind: int


def tile_fault(path: Path) -> MapFault | None:
    """What is wrong with an archive; None: pages can draw it. A file that has not changed is read once."""
    try:
        told = path.stat()
    except OSError as error:
        return _unreadable(error)
    return _examined(path, told.st_mtime_ns, told.st_size)


def _unreadable(error: OSError) -> MapFault:
    return MapFault(
        f"地图瓦片文件打不开：{error.strerror}", f"the archive of tiles cannot be opened: {error.strerror}",
        "改正 [location.map] tiles 的路径，或文件的读权限",
        "put the path in [location.map] tiles right, or the right to read the file",
    )  # fmt: skip


def tile_frame(path: Path) -> list[list[float]] | None:
    """South-west and north-east corner (latitude, longitude) of what a sound archive covers; None: it does
    not say so, or covers the earth."""
    with path.open("rb") as archive:
        begin = archive.read(HEADER_BYTES)
    west, south, east, north = (part / 1e7 for part in struct.unpack_from("<4i", begin, 102))
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180) or east - west > WHOLE_EARTH_DEG:
        return None
    return [[south, west], [north, east]]


@lru_cache(maxsize=8)
def _examined(path: Path, changed_ns: int, size: int) -> MapFault | None:
    try:
        with path.open("rb") as archive:
            header = _header(archive.read(HEADER_BYTES))
            _whole(header, size)
            _drawable(header)
            _directory(_unpacked(archive, header.root, header.packed, "directory"), header)
            _metadata(_unpacked(archive, header.metadata, header.packed, "metadata"), header)
    except OSError as error:
        return _unreadable(error)
    except _Unusable as error:
        return error.fault
    return None


def _header(begin: bytes) -> _Header:
    if not begin.startswith(MAGIC):
        raise _Unusable(
            "地图瓦片文件不是 PMTiles", "the archive of tiles is no PMTiles file",
            "用 pmtiles convert 转换（如 .mbtiles）", "convert it (an .mbtiles, say) with pmtiles convert",
        )  # fmt: skip
    if len(begin) > len(MAGIC) and begin[len(MAGIC)] != VERSION:
        raise _Unusable(
            f"地图瓦片是 PMTiles 第 {begin[len(MAGIC)]} 版，只用第 3 版",
            f"the archive of tiles is PMTiles version {begin[len(MAGIC)]}; version 3 is needed",
            "用 pmtiles convert 转换", "convert it with pmtiles convert",
        )  # fmt: skip
    if len(begin) < HEADER_BYTES:
        raise _cut_short(len(begin), HEADER_BYTES)
    parts = struct.unpack_from("<8Q", begin, 8)
    return _Header(
        root=parts[0:2], metadata=parts[2:4], leaves=parts[4:6], tiles=parts[6:8],
        packed=begin[97], tiles_packed=begin[98], kind=begin[99],
    )  # fmt: skip


def _cut_short(size: int, needed: int) -> _Unusable:
    return _Unusable(
        f"地图瓦片文件不完整：应有 {needed} 字节，只有 {size} 字节",
        f"the archive of tiles is cut short: {size} bytes of {needed}",
        "重新拷贝或重新生成该文件", "copy the file again, or make it again",
    )  # fmt: skip


def _damaged(what_zh: str, what_en: str) -> _Unusable:
    return _Unusable(
        f"地图瓦片文件损坏：{what_zh}", f"the archive of tiles is damaged: {what_en}",
        "用 pmtiles verify 检查，重新生成该文件", "look at it with pmtiles verify, and make it again",
    )  # fmt: skip


def _whole(header: _Header, size: int) -> None:
    needed = max(sum(part) for part in (header.root, header.metadata, header.leaves, header.tiles))
    if needed > size:
        raise _cut_short(size, needed)
    if not header.root[1] or not header.tiles[1]:
        raise _damaged("里面没有瓦片", "there is no tile in it")
    if header.root[0] < HEADER_BYTES or sum(header.root) > FIRST_BYTES:
        raise _damaged("根目录的位置不对", "its root directory lies where no page looks for it")


def _drawable(header: _Header) -> None:
    for code in (header.packed, header.tiles_packed):
        if code not in (UNSAID, NONE, GZIP):
            name = PACKINGS.get(code, str(code))
            raise _Unusable(
                f"地图瓦片的压缩方式 {name} 浏览器解不开",
                f"the tiles are packed in a way that browsers cannot unpack: {name}",
                "用 gzip 重新生成", "make the archive with gzip",
            )  # fmt: skip
    if header.kind != VECTOR and header.kind not in PICTURES:
        raise _Unusable(
            f"瓦片类型 {header.kind} 画不了", f"tiles of kind {header.kind} cannot be drawn",
            "改用矢量瓦片（MVT）或图片瓦片", "use vector tiles (MVT) or pictures",
        )  # fmt: skip


def _unpacked(archive: BinaryIO, part: tuple[int, int], packed: int, what: str) -> bytes:
    if part[1] > METADATA_MAX_BYTES:
        raise _damaged(f"{what} 过大", f"its {what} is too large")
    archive.seek(part[0])
    body = archive.read(part[1])
    if packed != GZIP:
        return body
    unpacking = zlib.decompressobj(wbits=31)
    try:
        whole = unpacking.decompress(body, METADATA_MAX_BYTES)
    except zlib.error as error:
        raise _damaged(f"{what} 解不开", f"its {what} cannot be unpacked") from error
    if not unpacking.eof:
        raise _damaged(f"{what} 解不全", f"its {what} does not end, or is too large")
    return whole


def _directory(body: bytes, header: _Header) -> None:
    """The root directory: tile ids that rise, and places within what they point into."""
    numbers = _Numbers(body)
    count = numbers.next()
    if not 0 < count <= len(body):
        raise _damaged("根目录读不出来", "its root directory cannot be read")
    steps = [numbers.next() for _ in range(count)]
    runs = [numbers.next() for _ in range(count)]
    lengths = [numbers.next() for _ in range(count)]
    at = 0
    for number in range(count):
        told = numbers.next()
        at = told - 1 if told else at + (lengths[number - 1] if number else 0)
        into = header.tiles if runs[number] else header.leaves
        rises = number == 0 or steps[number] > 0
        if not rises or not lengths[number] or at + lengths[number] > into[1]:
            raise _damaged(
                f"根目录第 {number + 1} 项指向文件以外",
                f"entry {number + 1} of its root directory points to nothing",
            )


class _Numbers:
    """Unsigned numbers of seven bits a byte, one after another."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def next(self) -> int:
        value = shift = 0
        while self._at < len(self._body) and shift < 64:
            byte = self._body[self._at]
            self._at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise _damaged("根目录读不出来", "its root directory cannot be read")


def _metadata(body: bytes, header: _Header) -> None:
    try:
        told = json.loads(body or b"{}")
        layers = [layer["id"] for layer in told.get("vector_layers", ())]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged("说明部分读不出来", "its metadata cannot be read") from error
    if header.kind == VECTOR and not layers:
        raise _Unusable(
            "矢量瓦片没有说明有哪些图层（vector_layers）",
            "the vector tiles do not say which layers they have (vector_layers)",
            "用 planetiler 或 tippecanoe 重新生成", "make the archive with planetiler or tippecanoe",
        )  # fmt: skip
