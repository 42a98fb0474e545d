"""What pages show of the link that a caller was sent, and of what came over it: plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.calls.model import CallSession
from gateway.calls.sharing import MAX_LINKS, doubts, number_of
from gateway.desk.stamp import stamp


def share_json(session: CallSession) -> dict[str, Any] | None:
    """The board's and the card's part; None: this caller was sent no link."""
    share = session.share
    if share is None:
        return None
    return {
        "link": share.n,
        "state": share.state.value,
        "by": share.by,
        "asked_at": stamp(share.asked_at),
        "expires_at": stamp(share.expires_at),
        "delivery": share.delivery or None,
        "fault": share.fault or None,
        "texts": share.texts,
        "pictures": share.pictures,
        "positions": share.positions,
    }


def sending_json(session: CallSession, missing: str | None) -> dict[str, Any]:
    """Whether a link can be sent: to which number, why not (`missing`), what must be confirmed (`doubts`)."""
    share = session.share
    return {
        "number": number_of(session),
        "missing": missing or (None if number_of(session) else "no_number"),
        "doubts": list(doubts(session)),
        "left": MAX_LINKS - (share.n if share else 0),
    }


def text_json(signal: Mapping[str, Any]) -> dict[str, Any]:
    """A journaled ShareText."""
    return {"kind": "text", "at": signal["at"], "link": signal["n"], "text": signal["text"].strip()}


def picture_json(signal: Mapping[str, Any], seen: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A journaled SharePicture, without the paths of this machine. `seen`: journaled openings."""
    digest, place = signal["digest"], signal.get("latitude") is not None
    return {
        "kind": "picture",
        "at": signal["at"],
        "link": signal["n"],
        "digest": digest,
        "media_type": signal["media_type"],
        "size_bytes": signal["size_bytes"],
        "width": signal["width"],
        "height": signal["height"],
        "latitude": signal["latitude"] if place else None,
        "longitude": signal["longitude"] if place else None,
        "viewed_by": list(dict.fromkeys(one["actor"] for one in seen if digest in one["digests"])),
    }
