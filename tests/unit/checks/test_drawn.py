"""The site's map is looked at before a card needs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.checks.drawn import site_map
from gateway.checks.line import Line
from gateway.testing import demo_places
from gateway.testing.tile_archive import write_archive

from .conftest import configured, told

CITY = Path(__file__).parents[3] / "conf" / "places" / "map.geojson"


async def looked_at(folder: Path, **files: Path) -> dict[str, Line]:
    return await told(site_map(configured(folder, location={"map": files})))


async def test_the_shipped_city_is_drawn(tmp_path: Path) -> None:
    found = await looked_at(tmp_path, geojson=CITY)
    assert found["map.geojson"].state == "ok"


async def test_a_site_without_a_map_is_told_nothing(tmp_path: Path) -> None:
    assert await looked_at(tmp_path) == {}


async def test_an_archive_of_tiles_is_looked_through(tmp_path: Path) -> None:
    archive = tmp_path / "city.pmtiles"
    write_archive(archive, demo_places.city_map(), centre=demo_places.CENTRE)
    assert (await looked_at(tmp_path, tiles=archive))["map.tiles"].state == "ok"
    archive.write_bytes(archive.read_bytes()[:-100])
    told = (await looked_at(tmp_path, tiles=archive))["map.tiles"]
    assert (told.state, "cut short" in told.en) == ("fail", True)
    assert (await looked_at(tmp_path, tiles=tmp_path / "none"))["map.tiles"].state == "fail"


@pytest.mark.parametrize(
    ("text", "state"),
    [(None, "warn"), ("{", "fail"), ("[]", "fail"), ('{"features": [1]}', "fail"),
     ('{"features": [{"properties": {"kind": "cloud"}, "geometry": {}}]}', "warn"),
     ('{"features": [{"properties": {"kind": "road"}, "geometry": {}}]}', "ok")],
)  # fmt: skip
async def test_a_drawing_is_read_as_pages_would(tmp_path: Path, text: str | None, state: str) -> None:
    drawing = tmp_path / "map.geojson"
    if text is not None:
        drawing.write_text(text, encoding="utf-8")
    assert (await looked_at(tmp_path, geojson=drawing))["map.geojson"].state == state
