"""What people ask of the link that a caller is sent, and what they are shown of what came over it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from gateway.calls.sharing import MAX_PICTURES, MAX_PURPOSE_CHARS
from gateway.web.handover_schema import MovingRequest
from gateway.web.schema import Outgoing
from gateway.web.share_shown import ShareShown

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class SendLinkRequest(MovingRequest):
    """`confirm`: a ringing phone may betray this caller, the number is withheld, or it is no mobile; send it
    all the same."""

    confirm: bool = False


class OpenPicturesRequest(MovingRequest):
    """`digests`: the pictures that are looked at; each is written down with name and purpose."""

    digests: Annotated[list[Digest], Field(min_length=1, max_length=MAX_PICTURES)]
    purpose: Annotated[str, Field(min_length=1, max_length=MAX_PURPOSE_CHARS)]


class SharedItem(Outgoing):
    """Text or a picture, oldest first. A picture's bytes are asked for by its digest, once it was opened."""

    kind: Literal["text", "picture"]
    at: AwareDatetime
    link: int
    text: str | None = None
    digest: str | None = None
    media_type: str | None = None
    size_bytes: int | None = None
    width: int | None = None
    height: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    """Where the camera says it was taken, WGS-84."""
    viewed_by: tuple[str, ...] = ()
    opened: bool = False
    """The reader opened it a short while ago: its bytes are served."""


class Sending(Outgoing):
    """`missing`: no_sender, no_page or no_number, why none can be sent. `doubts`: betrays, withheld,
    landline: to be confirmed. `left`: so many links more in this call."""

    number: str | None
    missing: str | None
    doubts: list[str]
    left: int


class SharedShown(Outgoing):
    share: ShareShown | None
    sending: Sending
    items: list[SharedItem]


class ShareDone(Outgoing):
    outcome: Literal["accepted"]
    rev: int
    share: ShareShown | None
