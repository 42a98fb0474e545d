"""Pictures that callers share: looked at by content, kept as they came, shown only as made anew.

They lie beside the call's recordings: `<yyyy>/<mm>/<dd>/<call_id>/picture-<digest>.jpg`. What a
person looks at is never a stranger's file but pixels that we wrote ourselves (`.view.jpg`, `.thumb.jpg`),
without whatever else it carried. One is decoded at a time.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import math
import os
import re
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from PIL import ExifTags, Image, ImageOps

from gateway.ports_share import KeptPicture, Unfit

log = structlog.get_logger(__name__)

MAX_PIXELS = {"JPEG": 64_000_000, "PNG": 26_000_000}
"""By kind: a JPEG is made smaller while it is decoded, a PNG only afterwards (4 bytes a pixel). More is
refused undecoded."""
MAX_SIDE = 16_384
VIEW_SIDE = 1_600
THUMB_SIDE = 240
QUALITY = 85
TYPES = {"JPEG": ("image/jpeg", ".jpg"), "PNG": ("image/png", ".png")}
VIEWS = {"view": ".view.jpg", "thumb": ".thumb.jpg"}

_SAFE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,200}\Z")
_HEIC = re.compile(rb"....ftyp(?:hei[cfxms]|hev[cx]|mif1|msf1|avif)", re.DOTALL)
_FAULTS = (
    OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, KeyError, TypeError,
    ArithmeticError, MemoryError,
)  # fmt: skip
"""What decoders raise on hostile files."""


class Pictures:
    """Implements `gateway.ports_share.PictureArchive` on a folder."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._one = asyncio.Semaphore(1)

    async def keep(self, data: bytes, *, call_id: str, day: datetime) -> KeptPicture | Unfit:
        if _SAFE_NAME.match(call_id) is None:
            return Unfit.NO_ROOM
        folder = Path(f"{day.astimezone(UTC):%Y/%m/%d}") / call_id
        async with self._one:
            return await asyncio.to_thread(self._keep, data, folder)

    def _keep(self, data: bytes, folder: Path) -> KeptPicture | Unfit:
        kind = kind_of(data)
        if kind is None:
            return Unfit.HEIC if _HEIC.match(data) else Unfit.NOT_A_PICTURE
        try:
            width, height = _size(data, kind)
            if width * height > MAX_PIXELS[kind] or max(width, height) > MAX_SIDE:
                return Unfit.TOO_LARGE
            view, position = _decoded(data, kind)
        except Image.DecompressionBombError:
            return Unfit.TOO_LARGE
        except _FAULTS as error:
            log.info("a caller's picture cannot be read", error=type(error).__name__)
            return Unfit.BROKEN
        digest = hashlib.sha256(data).hexdigest()
        media_type, suffix = TYPES[kind]
        path = folder / f"picture-{digest}{suffix}"
        try:
            self._write(path, data)
            self._write(view_of(path, "view"), _written(view, VIEW_SIDE))
            self._write(view_of(path, "thumb"), _written(view, THUMB_SIDE))
        except OSError as error:
            log.error("a caller's picture was not kept", error=str(error))
            return Unfit.NO_ROOM
        return KeptPicture(
            digest=digest, media_type=media_type, size_bytes=len(data), width=width, height=height,
            path=path.as_posix(), latitude=position[0] if position else None,
            longitude=position[1] if position else None,
        )  # fmt: skip

    def _write(self, path: Path, data: bytes) -> None:
        """Whole or not at all, and never over another."""
        target = self._archive / path
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        written = target.with_name(f".{target.name}.new")
        with written.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        written.rename(target)


def kind_of(data: bytes) -> str | None:
    """By the first bytes; what a file is called and claims to be says nothing."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "PNG" if data.startswith(b"\x89PNG\r\n\x1a\n") else None


def view_of(path: Path, size: str) -> Path:
    return path.with_name(f"{path.stem}{VIEWS[size]}")


def _size(data: bytes, kind: str) -> tuple[int, int]:
    """Out of the header alone."""
    with Image.open(io.BytesIO(data), formats=(kind,)) as picture:
        return picture.size


def _decoded(data: bytes, kind: str) -> tuple[Image.Image, tuple[float, float] | None]:
    """Upright and no larger than a view, with what the camera says of the place."""
    with Image.open(io.BytesIO(data), formats=(kind,)) as picture:
        position = _position(picture)
        picture.draft("RGB", (VIEW_SIDE, VIEW_SIDE))
        picture.load()
        turned = ImageOps.exif_transpose(picture)
        if turned.mode not in ("RGB", "L"):
            plain = Image.new("RGB", turned.size, "white")
            whole = turned.convert("RGBA")
            plain.paste(whole, mask=whole.getchannel("A"))
            turned = plain
        turned.thumbnail((VIEW_SIDE, VIEW_SIDE))
        return turned.convert("RGB"), position


def _written(picture: Image.Image, side: int) -> bytes:
    copy, file = picture.copy(), io.BytesIO()
    copy.thumbnail((side, side))
    Image.frombytes("RGB", copy.size, copy.tobytes()).save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _position(picture: Image.Image) -> tuple[float, float] | None:
    """Latitude and longitude of the camera (Exif 2.32, GPS IFD; WGS-84); None: it says none, or nonsense."""
    try:
        told: dict[int, Any] = picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        latitude = _degrees(told[ExifTags.GPS.GPSLatitude], told[ExifTags.GPS.GPSLatitudeRef], "S")
        longitude = _degrees(told[ExifTags.GPS.GPSLongitude], told[ExifTags.GPS.GPSLongitudeRef], "W")
    except _FAULTS:
        return None
    sound = math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90
    if not sound or abs(longitude) > 180 or latitude == longitude == 0:
        return None
    return round(latitude, 6), round(longitude, 6)


def _degrees(parts: Any, side: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if str(side).strip("\0 ").upper() == negative else value
