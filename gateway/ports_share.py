"""The ports behind which links sent to callers and the pictures that come over them are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLinkRow:
    """Which call a link leads to. The token itself is kept nowhere, only its SHA-256."""

    token_hash: str
    call_id: str
    n: int
    at: datetime


class ShareLinks(Protocol):
    """Where that is kept. Every method may raise StoreUnavailable."""

    async def keep(self, row: ShareLinkRow) -> None: ...

    async def find(self, token_hash: str) -> ShareLinkRow | None: ...

    async def forget(self, before: datetime) -> int:
        """Delete what was sent before then; how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPicture:
    """A picture as the archive has it: the file as it came under its SHA-256, beside it a view and a small
    one made anew. `path`: of the original, from the archive's folder. The position is the camera's (EXIF)."""

    digest: str
    media_type: str
    size_bytes: int
    width: int
    height: int
    path: str
    latitude: float | None = None
    longitude: float | None = None


class Unfit(StrEnum):
    """Why a file is no picture that we take. HEIC: a picture of a kind that is not taken; BROKEN: it ends too
    early or cannot be read; TOO_LARGE: more pixels than are looked at; NO_ROOM: the archive took nothing."""

    NOT_A_PICTURE = "not_a_picture"
    HEIC = "heic"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    NO_ROOM = "no_room"


class PictureArchive(Protocol):
    async def keep(self, data: bytes, *, call_id: str, day: datetime) -> KeptPicture | Unfit:
        """Keep it; the same picture of the same call again is kept once. `day`: when the call came."""
        ...
