"""The site's own map: an archive of tiles that pages can read, a drawing with something in it to draw."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.config import Config
from gateway.web.map import geojson_of
from gateway.web.tilefile import tile_fault

KINDS = frozenset({"road", "water", "park", "building", "district"})
"""What pages know how to draw."""


async def site_map(config: Config) -> AsyncIterator[Line]:
    """One line for each file that is configured; without any there is nothing to say."""
    told = config.location.map
    if told.tiles is not None:
        yield await in_thread(partial(_tiles, told.tiles))
    if told.geojson is not None:
        yield await in_thread(lambda: _geojson(told.geojson))


def _tiles(path: Path) -> Line:
    fault = tile_fault(path)
    if fault is None:
        return ok("map.tiles", f"地图瓦片 {path} 可用", f"the map's tiles {path} can be served")
    return fail(
        "map.tiles", f"{fault.zh}（{path}）：改用 GeoJSON",
        f"{fault.en} ({path}): the GeoJSON is drawn instead", fault.cure_zh, fault.cure_en,
    )  # fmt: skip


def _geojson(path: Path | None) -> Line:
    file = geojson_of(path)
    if file is None:
        return warn(
            "map.geojson",
            f"地图文件 {path} 不存在或大于 64 MB：来电人画在空白底上",
            f"the map {path} is not there, or larger than 64 MB: callers stand on a bare ground",
            "改正 [location.map] geojson，或做成瓦片",
            "put [location.map] geojson right, or make tiles of it",
        )
    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
        drawn = sum(map(_is_drawn, features))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return fail(
            "map.geojson",
            f"地图文件 {path} 不是 GeoJSON 集合：{error}",
            f"the map {path} is no GeoJSON collection: {error}",
            "改正该文件",
            "mend that file",
        )
    if not drawn:
        return warn(
            "map.geojson",
            f"地图文件 {path} 里没有可画的内容",
            f"the map {path} holds nothing that is drawn",
            f"给要素写上 kind：{'、'.join(sorted(KINDS))}",
            f"give the features a kind: {', '.join(sorted(KINDS))}",
        )
    return ok("map.geojson", f"{path} 的 {drawn} 个要素可画", f"{drawn} features of {path} are drawn")


def _is_drawn(feature: Any) -> bool:
    return feature["properties"].get("kind") in KINDS and feature["geometry"] is not None
