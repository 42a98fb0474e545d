# ruff: noqa: E501 (the files are written as they stand)
"""A small invented town of its own, written as files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.location.places import Gazetteer, load

FILES = {
    "places.toml": 'city = "榆川市"\nversion = "1"\n',
    "divisions.csv": "code,name,parent\n990200,榆川市,\n990202,河东区,990200\n990203,河西区,990200\n",
    "roads.csv": "id,name\nmain,榆树大街\nmill,磨坊路\nkiln,窑场路\nring,外环高速\nnew-e,新开街\nnew-w,新开街\n",
    "roads.geojson": """{"type": "FeatureCollection", "datum": "WGS-84", "features": [
        {"type": "Feature", "properties": {"road": "main"}, "geometry":
            {"type": "LineString", "coordinates": [[110.00, 30.00], [110.02, 30.00]]}},
        {"type": "Feature", "properties": {"road": "mill"}, "geometry":
            {"type": "LineString", "coordinates": [[110.01, 29.99], [110.01, 30.01]]}},
        {"type": "Feature", "properties": {"road": "kiln"}, "geometry":
            {"type": "LineString", "coordinates": [[110.015, 29.99], [110.015, 30.01]]}},
        {"type": "Feature", "properties": {"road": "new-e"}, "geometry":
            {"type": "LineString", "coordinates": [[110.016, 30.004], [110.019, 30.004]]}},
        {"type": "Feature", "properties": {"road": "new-w"}, "geometry":
            {"type": "LineString", "coordinates": [[110.002, 30.004], [110.005, 30.004]]}}]}""",
    "junctions.csv": "# datum: WGS-84\nid,road_a,road_b,lat,lon,name\nj1,main,mill,30.0,110.01,榆树岗\n",
    "posts.csv": "# datum: WGS-84\nroad,km,lat,lon\nring,10,30.02,110.00\nring,11,30.02,110.01\nring,12,30.02,110.02\n",
    "addresses.csv": "# datum: WGS-84\nroad,number,lat,lon\nmain,1,30.0002,110.001\nmain,101,30.0002,110.011\n"
    "main,2,29.9998,110.001\nmain,102,29.9998,110.011\n",
    "communities.csv": "# datum: WGS-84\nid,name,lat,lon,division\nc1,听泉小区,30.003,110.004,990203\n"
    "c2,听泉小区,30.003,110.017,990202\n",
    "pois.csv": "# datum: WGS-84\nid,name,lat,lon,category,road,number\np1,榆川第三中学,30.001,110.0101,school,mill,7\n"
    "p2,白鹭医院,30.002,110.003,hospital,,\n",
    "aliases.csv": "place,alias\np1,三中\np2,鹭医\nring,外环\n",
    "divisions.geojson": """{"type": "FeatureCollection", "datum": "WGS-84", "features": [
        {"type": "Feature", "properties": {"code": "990203"}, "geometry": {"type": "Polygon", "coordinates":
            [[[109.99, 29.98], [110.01, 29.98], [110.01, 30.03], [109.99, 30.03], [109.99, 29.98]]]}},
        {"type": "Feature", "properties": {"code": "990202"}, "geometry": {"type": "Polygon", "coordinates":
            [[[110.01, 29.98], [110.03, 29.98], [110.03, 30.03], [110.01, 30.03], [110.01, 29.98]]]}}]}""",
    "stations.geojson": """{"type": "FeatureCollection", "datum": "WGS-84", "features": [
        {"type": "Feature", "properties": {"id": "s1", "name": "河西派出所"}, "geometry": {"type": "Polygon",
            "coordinates": [[[109.99, 29.98], [110.01, 29.98], [110.01, 30.03], [109.99, 30.03], [109.99, 29.98]],
            [[110.002, 30.001], [110.006, 30.001], [110.006, 30.005], [110.002, 30.005], [110.002, 30.001]]]}},
        {"type": "Feature", "properties": {"id": "s2", "name": "医院警务站"}, "geometry": {"type": "Polygon",
            "coordinates": [[[110.002, 30.001], [110.006, 30.001], [110.006, 30.005], [110.002, 30.005],
            [110.002, 30.001]]]}},
        {"type": "Feature", "properties": {"id": "s3", "name": "河东派出所"}, "geometry": {"type": "MultiPolygon",
            "coordinates": [[[[110.01, 29.98], [110.03, 29.98], [110.03, 30.03], [110.01, 30.03], [110.01, 29.98]]],
            [[[110.05, 30.0], [110.06, 30.0], [110.06, 30.01], [110.05, 30.0]]]]}}]}""",
}  # fmt: skip


def _written(folder: Path, **changed: str | bytes | None) -> Path:
    """The town's files in `folder`; `pois_csv="…"` puts another text in pois.csv, None leaves it out."""
    folder.mkdir(parents=True, exist_ok=True)
    others = {name.replace("_", "."): text for name, text in changed.items()}
    for name, text in (FILES | others).items():
        if text is not None:
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return load(_written(tmp_path_factory.mktemp("town")))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """`written(pois_csv="…")` writes the town's files, changed so, and gives their folder."""
    return lambda **changed: _written(tmp_path / "town", **changed)
