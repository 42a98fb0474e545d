"""A small archive of vector tiles out of a GeoJSON collection: PMTiles version 3, Mapbox Vector Tiles 2.1.

For looking at pages and for tests; a site makes its archive with planetiler or tippecanoe.
"""

from __future__ import annotations

import gzip
import json
import math
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

EXTENT = 4096
"""Units of a tile's edge."""
ZOOMS = range(11, 15)
HEADER_BYTES = 127
GZIP, MVT = 2, 1
"""Codes of the header: how things are packed, and what the tiles are."""


def write_archive(path: Path, collection: dict[str, Any], *, centre: tuple[float, float]) -> None:
    """Tiles around `centre` (latitude, longitude), one layer a `kind`."""
    tiles: list[tuple[int, bytes]] = []
    for zoom in ZOOMS:
        x, y = _tile_of(centre, zoom)
        reach = max(1, 2 ** (zoom - 12))
        for column in range(x - reach, x + reach + 1):
            for row in range(y - reach, y + reach + 1):
                tiles.append((tile_id(zoom, column, row), _tile(collection, zoom, column, row)))
    tiles.sort()
    layers = [{"id": kind, "fields": {"name": "String"}} for kind in sorted(_kinds(collection))]
    _assemble(path, tiles, {"vector_layers": layers}, centre)


def _kinds(collection: dict[str, Any]) -> set[str]:
    return {feature["properties"]["kind"] for feature in collection["features"]}


def tile_id(zoom: int, x: int, y: int) -> int:
    """The tile's place on the Hilbert curve, after all tiles of lower zooms."""
    before: int = (4**zoom - 1) // 3
    side, place = 1 << zoom, 0
    step = side >> 1
    while step:
        right, up = int(bool(x & step)), int(bool(y & step))
        place += step * step * ((3 * right) ^ up)
        if not up:
            if right:
                x, y = step - 1 - (x & (step - 1)), step - 1 - (y & (step - 1))
            x, y = y, x
        step >>= 1
    return before + place


def _world(latitude: float, longitude: float, zoom: int) -> tuple[float, float]:
    sine = math.sin(math.radians(latitude))
    return (
        (longitude + 180) / 360 * 2**zoom,
        (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * 2**zoom,
    )


def _tile_of(point: tuple[float, float], zoom: int) -> tuple[int, int]:
    x, y = _world(*point, zoom)
    return int(x), int(y)


# ---- one tile


def _tile(collection: dict[str, Any], zoom: int, column: int, row: int) -> bytes:
    layers = b""
    for kind in sorted(_kinds(collection)):
        features = [f for f in collection["features"] if f["properties"]["kind"] == kind]
        layers += _field(3, _layer(kind, features, zoom, column, row))
    return gzip.compress(layers, mtime=0)


def _layer(kind: str, features: Sequence[dict[str, Any]], zoom: int, column: int, row: int) -> bytes:
    names = sorted({feature["properties"]["name"] for feature in features})
    body = _varint_field(15, 2) + _field(1, kind.encode())
    for feature in features:
        area = feature["geometry"]["type"] == "Polygon"
        corners = feature["geometry"]["coordinates"]
        ring = [_spot(corner, zoom, column, row) for corner in (corners[0][:-1] if area else corners)]
        tags = _packed([0, names.index(feature["properties"]["name"])])
        body += _field(
            2, _field(2, tags) + _varint_field(3, 3 if area else 2) + _field(4, _packed(_draw(ring, area)))
        )
    body += _field(3, b"name")
    for name in names:
        body += _field(4, _field(1, name.encode()))
    return body + _varint_field(5, EXTENT)


def _spot(corner: Sequence[float], zoom: int, column: int, row: int) -> tuple[int, int]:
    x, y = _world(corner[1], corner[0], zoom)
    return round((x - column) * EXTENT), round((y - row) * EXTENT)


def _draw(spots: Sequence[tuple[int, int]], area: bool) -> list[int]:
    """Commands of a line or ring; rings clockwise on the screen."""
    if area:
        doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(spots, [*spots[1:], spots[0]], strict=True))
        spots = spots if doubled > 0 else spots[::-1]
    commands, at = [], (0, 0)
    for number, spot in enumerate(spots):
        if number < 2:
            commands.append(1 | 1 << 3 if number == 0 else 2 | (len(spots) - 1) << 3)
        commands += [_zigzag(spot[0] - at[0]), _zigzag(spot[1] - at[1])]
        at = spot
    return [*commands, 7 | 1 << 3] if area else commands


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else -value * 2 - 1


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


def _packed(values: Iterable[int]) -> bytes:
    return b"".join(map(_varint, values))


def _field(number: int, body: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(body)) + body


def _varint_field(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


# ---- the archive


def _assemble(
    path: Path, tiles: Sequence[tuple[int, bytes]], metadata: dict[str, Any], centre: tuple[float, float]
) -> None:
    directory = gzip.compress(_directory(tiles), mtime=0)
    told = gzip.compress(json.dumps(metadata).encode(), mtime=0)
    leaves = HEADER_BYTES + len(directory) + len(told)
    size = sum(len(body) for _, body in tiles)
    latitude, longitude = (round(part * 1e7) for part in centre)
    around = 2_000_000
    header = b"PMTiles\x03" + struct.pack(
        "<11Q", HEADER_BYTES, len(directory), HEADER_BYTES + len(directory), len(told), leaves, 0, leaves,
        size, len(tiles), len(tiles), len(tiles),
    )  # fmt: skip
    header += struct.pack("<6B", 0, GZIP, GZIP, MVT, min(ZOOMS), max(ZOOMS))
    header += struct.pack(
        "<4iB2i", longitude - around, latitude - around, longitude + around, latitude + around, min(ZOOMS),
        longitude, latitude,
    )  # fmt: skip
    path.write_bytes(header + directory + told + b"".join(body for _, body in tiles))


def _directory(tiles: Sequence[tuple[int, bytes]]) -> bytes:
    """One entry a tile, column by column: how far from the last one, run of one, length, place."""
    lengths = [len(body) for _, body in tiles]
    steps = [
        tile - last for (tile, _), last in zip(tiles, [0, *(tile for tile, _ in tiles[:-1])], strict=True)
    ]
    offsets = [1] + [0] * (len(tiles) - 1)
    return _packed([len(tiles), *steps, *([1] * len(tiles)), *lengths, *offsets])
