"""The link sent to a caller, as signals: what people ask, what the sender answers, what comes over the link;
and what the world is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.calls.events import CallEvent
from gateway.calls.signals import CallRequest, CallSignal, LocationAnswered

# ---- requests of people


@dataclass(frozen=True, slots=True, kw_only=True)
class SendLink(CallRequest):
    """Send the caller a link. `confirm`: a person knows that a ringing phone may betray this caller, that the
    number is withheld, or that it is no mobile. `valid_s`: so long it may be used."""

    valid_s: float
    confirm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeLink(CallRequest):
    """Nobody can open or use the link any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPictures(CallRequest):
    """Somebody wants to see pictures; granted, and written down, before the first byte is served."""

    digests: tuple[str, ...]
    purpose: str


# ---- requests of the caller's phone: the same one again is answered the same and does nothing twice


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest(CallRequest):
    """What they share. `n`: which link of the call; `phone`: digest of the phone's session."""

    n: int
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink(LinkRequest):
    """A phone opens the link: the first one has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareText(LinkRequest):
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePicture(LinkRequest):
    """A picture that is in the archive already, under its SHA-256. `latitude`, `longitude`: where the camera
    says it was taken (EXIF, WGS-84): no fix of the caller, but one that a person may take for it."""

    digest: str
    media_type: str
    size_bytes: int
    width: int
    height: int
    path: str
    latitude: float | None = None
    longitude: float | None = None


# ---- from the sender and the phone


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSent(CallSignal):
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUnsent(CallSignal):
    """`maybe`: it may have gone out all the same."""

    n: int
    reason: str
    maybe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDelivery(CallSignal):
    n: int
    delivery: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionShared(LocationAnswered):
    """The phone's own fix, WGS-84, as its browser gave it."""

    n: int
    phone: str


# ---- what the world is told


class ShareStep(StrEnum):
    ASKED = "asked"
    SENT = "sent"
    UNSENT = "unsent"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    OPENED = "opened"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLinkChange(CallEvent):
    """The link by which a caller can share position, text and pictures went a step (ours). `link` counts the
    links of the call; its address is told to nobody but the caller. `unknown`: it may have gone out."""

    step: ShareStep
    link: int
    expires_at: datetime
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedPicture:
    """`digest`: SHA-256 of the file as it came, under which the archive has it. Where the camera says it was
    taken: WGS-84, no fix of the caller."""

    digest: str
    media_type: str
    size_bytes: int
    width: int
    height: int
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerShared(CallEvent):
    """Text or a picture came over the link (ours). A text is an utterance of the caller, too
    (TranscriptSegment); a position comes as LocationResponse of the source `shared`."""

    link: int
    text: str | None = None
    picture: SharedPicture | None = None
