"""Pictures of strangers: judged by content, kept as they came, shown as made anew, hostile ones refused."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from gateway.archive.pictures import MAX_PIXELS, VIEW_SIDE, Pictures, view_of
from gateway.ports_share import KeptPicture, Unfit
from gateway.testing.memory_share import a_picture, a_picture_with_place

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


async def keep(folder: Path, data: bytes, call_id: str = "hz-pbx1-1.1") -> KeptPicture | Unfit:
    return await Pictures(folder).keep(data, call_id=call_id, day=NOON)


async def kept(folder: Path, data: bytes) -> KeptPicture:
    found = await keep(folder, data)
    assert isinstance(found, KeptPicture), found
    return found


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", ".jpg"), ("PNG", ".png")])
async def test_the_original_is_kept_byte_for_byte_beside_views_made_anew(
    tmp_path: Path, kind: str, suffix: str
) -> None:
    data = a_picture(kind, (2400, 1200))
    found = await kept(tmp_path, data)
    path = tmp_path / found.path
    assert found.digest == hashlib.sha256(data).hexdigest()
    assert path == tmp_path / f"2026/01/05/hz-pbx1-1.1/picture-{found.digest}{suffix}"
    assert path.read_bytes() == data
    assert (found.width, found.height, found.size_bytes) == (2400, 1200, len(data))
    with Image.open(view_of(path, "view")) as view, Image.open(view_of(path, "thumb")) as thumb:
        assert (view.format, view.size, thumb.size) == ("JPEG", (VIEW_SIDE, 800), (240, 120))


async def test_the_same_picture_again_is_kept_once(tmp_path: Path) -> None:
    first, second = await kept(tmp_path, a_picture()), await kept(tmp_path, a_picture())
    assert first == second
    assert len(files(tmp_path)) == 3


async def test_a_polyglot_is_kept_as_it_came_and_shown_without_its_rider(tmp_path: Path) -> None:
    rider = b"<script>alert(1)</script>PK\x03\x04"
    found = await kept(tmp_path, a_picture() + rider)
    path = tmp_path / found.path
    assert path.read_bytes().endswith(rider)
    for size in ("view", "thumb"):
        assert b"script" not in view_of(path, size).read_bytes()


async def test_what_the_camera_says_is_read_and_left_out_of_the_view(tmp_path: Path) -> None:
    found = await kept(tmp_path, a_picture_with_place(31.2304, -121.4737))
    assert (found.latitude, found.longitude) == (
        pytest.approx(31.2304, abs=1e-4),
        pytest.approx(-121.4737, abs=1e-4),
    )
    with Image.open(view_of(tmp_path / found.path, "view")) as view:
        assert not view.getexif()


async def test_a_place_that_is_none_is_left_out(tmp_path: Path) -> None:
    assert (await kept(tmp_path, a_picture_with_place(95.5, 10.0))).latitude is None
    assert (await kept(tmp_path, a_picture())).latitude is None


async def test_a_picture_lying_on_its_side_is_shown_upright(tmp_path: Path) -> None:
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = 6
    Image.new("RGB", (80, 40)).save(file, "JPEG", exif=exif)
    found = await kept(tmp_path, file.getvalue())
    with Image.open(view_of(tmp_path / found.path, "view")) as view:
        assert view.size == (40, 80)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "I;16"])
async def test_every_kind_of_png_can_be_shown(tmp_path: Path, mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (20, 10)).save(file, "PNG")
    await kept(tmp_path, file.getvalue())


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a" + b"x" * 99, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7",
     b"BM" + b"\0" * 99,
     b"II*\0" + b"\0" * 99, b"RIFF\0\0\0\0WEBPVP8 ", b" \xff\xd8\xff"],
)  # fmt: skip
async def test_what_is_no_jpeg_or_png_is_refused_whatever_it_is_called(tmp_path: Path, data: bytes) -> None:
    assert await keep(tmp_path, data) is Unfit.NOT_A_PICTURE


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif", b"hevx"])
async def test_a_heic_is_told_as_such(tmp_path: Path, brand: bytes) -> None:
    assert await keep(tmp_path, b"\0\0\0\x18ftyp" + brand + b"\0" * 20) is Unfit.HEIC


@pytest.mark.parametrize(
    "data",
    [a_picture()[:200], a_picture("PNG")[:60], b"\xff\xd8\xff\xe0" + b"\0" * 500, png(10, 10), png(0, 0),
     a_picture()[:2] + b"\xff\xe1\xff\xff" + b"Exif\0\0" + b"\xff" * 99],
)  # fmt: skip
async def test_a_broken_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    assert await keep(tmp_path, data) is Unfit.BROKEN


@pytest.mark.parametrize("size", [(30_000, 30_000), (17_000, 1), (6_000, 5_000)])
async def test_a_decompression_bomb_is_refused_undecoded(tmp_path: Path, size: tuple[int, int]) -> None:
    bomb = png(*size, chunk(b"IDAT", zlib.compress(b"\0" * 100_000)))
    assert await keep(tmp_path, bomb) is Unfit.TOO_LARGE
    assert files(tmp_path) == []


async def test_a_bomb_in_a_text_of_the_picture_is_refused(tmp_path: Path) -> None:
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 200_000_000))
    assert await keep(tmp_path, png(10, 10, text, chunk(b"IDAT", b""))) is Unfit.BROKEN


async def test_a_phones_largest_jpeg_is_taken(tmp_path: Path) -> None:
    assert MAX_PIXELS["JPEG"] > 8160 * 6144
    await kept(tmp_path, a_picture(size=(8000, 6000)))


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "x" * 300])
async def test_no_call_leads_out_of_the_archive(tmp_path: Path, name: str) -> None:
    assert await keep(tmp_path, a_picture(), name) is Unfit.NO_ROOM


async def test_an_archive_that_takes_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "2026").write_text("a file where a folder should be")
    assert await keep(tmp_path, a_picture()) is Unfit.NO_ROOM
