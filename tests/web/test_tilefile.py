"""A site's archive of tiles: whole ones are taken, every damage is named with its cure."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.testing import demo_places
from gateway.testing.tile_archive import write_archive
from gateway.web.tilefile import HEADER_BYTES, tile_fault


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("tiles") / "city.pmtiles"
    write_archive(path, demo_places.city_map(), centre=demo_places.CENTRE)
    return path.read_bytes()


def told(folder: Path, body: bytes) -> str:
    """What is wrong, in English; empty: nothing."""
    path = folder / "city.pmtiles"
    path.write_bytes(body)
    fault = tile_fault(path)
    if fault is None:
        return ""
    assert fault.zh
    assert fault.cure_zh
    assert fault.cure_en
    return fault.en


def test_a_whole_archive_is_in_order(tmp_path: Path, whole: bytes) -> None:
    assert told(tmp_path, whole) == ""


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    fault = tile_fault(tmp_path / "none")
    assert fault is not None
    assert "No such file" in fault.en


def test_another_file_in_its_place_is_looked_at_anew(tmp_path: Path, whole: bytes) -> None:
    assert told(tmp_path, whole) == ""
    assert "cut short" in told(tmp_path, whole[:-1])
    assert told(tmp_path, whole) == ""


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.5, 0.999])
def test_an_archive_that_was_cut_short_is_told_with_its_sizes(
    tmp_path: Path, whole: bytes, share: float
) -> None:
    kept = max(8, int(len(whole) * share))
    assert f"cut short: {kept} bytes of" in told(tmp_path, whole[:kept])


def packed(number: int, value: int) -> Callable[[bytes], bytes]:
    return lambda body: body[:number] + bytes([value]) + body[number + 1 :]


def moved(field: int, value: int) -> Callable[[bytes], bytes]:
    at = 8 + 8 * field
    return lambda body: body[:at] + struct.pack("<Q", value) + body[at + 8 :]


def other_metadata(metadata: bytes, *, packing: int = 2) -> Callable[[bytes], bytes]:
    """The archive with other metadata at its end."""

    def change(body: bytes) -> bytes:
        given = gzip.compress(metadata) if packing == 2 else metadata
        return moved(3, len(given))(moved(2, len(body))(body)) + given

    return change


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda body: b"", "no PMTiles"),
        (lambda body: b"SQLite format 3\0" + body, "no PMTiles"),
        (packed(7, 2), "version 2"),
        (packed(97, 4), "zstd"),
        (packed(98, 3), "brotli"),
        (packed(98, 77), "77"),
        (packed(99, 0), "kind 0"),
        (packed(99, 6), "kind 6"),
        (moved(1, 0), "no tile"),
        (moved(7, 0), "no tile"),
        (moved(0, 0), "no page looks for it"),
        (moved(0, 2**63), "cut short"),
        (packed(HEADER_BYTES, 0), "cannot be unpacked"),
        (moved(1, 40), "does not end"),
        (moved(7, 10), "points to nothing"),
        (other_metadata(b"["), "metadata cannot be read"),
        (other_metadata(b"[]"), "metadata cannot be read"),
        (other_metadata(b'{"vector_layers": [7]}'), "metadata cannot be read"),
        (other_metadata(b"{}"), "which layers"),
        (other_metadata(b" " * 9_000_000), "too large"),
    ],
)  # fmt: skip
def test_every_damage_has_its_sentence(
    tmp_path: Path, whole: bytes, damage: Callable[[bytes], bytes], words: str
) -> None:
    assert words in told(tmp_path, damage(whole))


def test_pictures_need_no_names_of_layers(tmp_path: Path, whole: bytes) -> None:
    assert told(tmp_path, other_metadata(b"{}")(packed(99, 2)(whole))) == ""


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, 2_000), value=st.integers(0, 255), end=st.integers(0, 4_000))
def test_no_damage_breaks_the_look(
    tmp_path_factory: pytest.TempPathFactory, whole: bytes, at: int, value: int, end: int
) -> None:
    body = packed(at % len(whole), value)(whole)
    told(tmp_path_factory.getbasetemp(), body if end > 3_000 else body[:end])
