"""A record without a call: how it came, who wrote it down and when. A part of the call's state; moved in
`entering`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Origin(StrEnum):
    """How a record came that no PBX brought: somebody at the counter, a patrol's radio, a phone that is none
    of ours, or a sheet of paper from the time when nothing worked."""

    WALK_IN = "walk_in"
    RADIO = "radio"
    PHONE = "phone"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """`late`: entered afterwards. When it happened is the call's own `seized_at`."""

    origin: Origin
    by: str
    at: datetime
    """When it was entered."""
    late: bool = False
    sheet: str | None = None
    """The number of the paper it was copied from; the same number is entered once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Of a call that we made for another one: on whose word, and to whom in that person's words."""

    by: str
    whom: str
