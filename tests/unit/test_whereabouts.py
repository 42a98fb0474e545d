"""What of the configured map pages cannot draw, in a sentence that says what they draw instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.config_location import MapConfig
from gateway.testing import demo_places
from gateway.testing.tile_archive import write_archive
from gateway.whereabouts import map_faults


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    write_archive(tmp_path / "city.pmtiles", demo_places.city_map(), centre=demo_places.CENTRE)
    return tmp_path / "city.pmtiles"


def test_a_map_that_can_be_drawn_has_no_fault(archive: Path) -> None:
    assert map_faults(MapConfig(tiles=archive, geojson=archive)) == []
    assert map_faults(MapConfig()) == []


def test_tiles_that_were_cut_short_are_told_with_what_is_drawn_instead(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-1])
    (fault,) = map_faults(MapConfig(tiles=archive, geojson=archive))
    assert "cut short" in fault.fault_en
    assert "GeoJSON is drawn instead" in fault.fault_en
    assert fault.cure_zh
    (alone,) = map_faults(MapConfig(tiles=archive))
    assert "bare ground" in alone.fault_en


def test_a_drawing_that_is_not_there_is_told(tmp_path: Path) -> None:
    (fault,) = map_faults(MapConfig(geojson=tmp_path / "none.geojson"))
    assert "not there" in fault.fault_en
