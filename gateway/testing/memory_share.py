"""The `ShareLinks` port in memory, and pictures to share."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image

from gateway.ports_share import ShareLinkRow


class MemoryShareLinks:
    """Implements `gateway.ports_share.ShareLinks`."""

    def __init__(self) -> None:
        self.rows: dict[str, ShareLinkRow] = {}

    async def keep(self, row: ShareLinkRow) -> None:
        self.rows.setdefault(row.token_hash, row)

    async def find(self, token_hash: str) -> ShareLinkRow | None:
        return self.rows.get(token_hash)

    async def forget(self, before: datetime) -> int:
        gone = [key for key, row in self.rows.items() if row.at < before]
        for key in gone:
            del self.rows[key]
        return len(gone)


def a_picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "orange") -> bytes:
    """A picture of one colour, as a phone might send it."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def a_picture_with_place(latitude: float, longitude: float) -> bytes:
    """A JPEG whose camera says where it stood."""
    exif, file = Image.Exif(), io.BytesIO()
    gps = exif.get_ifd(0x8825)
    for ref, value, sides in ((1, latitude, "NS"), (3, longitude, "EW")):
        gps[ref] = sides[value < 0]
        degrees, rest = divmod(abs(value), 1)
        gps[ref + 1] = (degrees, float(int(rest * 60)), round((rest * 60 % 1) * 60, 4))
    Image.new("RGB", (64, 48), "navy").save(file, "JPEG", exif=exif)
    return file.getvalue()
