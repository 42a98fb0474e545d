"""The link that a caller is sent, over the HTTP API: send, revoke, see what came over it. A picture is opened
with a purpose first, like a recording; what is served inline is never a stranger's file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from gateway.archive.pictures import VIEWS, view_of
from gateway.calls.model import CallSession
from gateway.calls.shared import OpenPictures, RevokeLink, SendLink, SharePicture, ShareText
from gateway.calls.signals import CallRequest
from gateway.desk.shares import picture_json, sending_json, share_json, text_json
from gateway.ids import CallId
from gateway.journal.codec import from_text
from gateway.logs import mask
from gateway.store import reads
from gateway.web import share_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of
from gateway.web.errors import ApiError
from gateway.web.handover_schema import MovingRequest
from gateway.web.recordings import OPEN_FOR
from gateway.web.roles import Permission, masked_event
from gateway.web.routes import DEPS, Route, body_of, rev_of
from gateway.web.veil import unnumbered

Signals = Sequence[dict[str, Any]]


async def show(request: web.Request) -> web.Response:
    """What came over the link, and whether one can be sent."""
    deps, may = request.app[DEPS], identity_of(request).may
    session = await session_of(request)
    texts, pictures, seen, fresh = await deps.database.read(
        _shared, session.call_id, deps.clock.now() - OPEN_FOR
    )
    mine = {digest for one in fresh if one["actor"] == _actor(request) for digest in one["digests"]}
    items = [text_json(one) for one in texts]
    items += [{**picture_json(one, seen), "opened": one["digest"] in mine} for one in pictures]
    shown = [masked_event(item, may) for item in sorted(items, key=lambda item: str(item["at"]))]
    numbers = Permission.SEE_NUMBERS in may
    if not numbers:
        shown = [{**item, "text": unnumbered(item["text"])} if item.get("text") else item for item in shown]
    sending = sending_json(session, deps.sharing.missing if deps.sharing else "no_page")
    if sending["number"] and not numbers:
        sending["number"] = mask(sending["number"])
    return web.json_response({"share": share_json(session), "sending": sending, "items": shown})


def _shared(connection: Connection, call_id: str, since: Any) -> tuple[Signals, Signals, Signals, Signals]:
    """As journaled: the call's state only counts them."""

    def told(kind: type, since: Any = None) -> Signals:
        rows = reads.signals_of(connection, call_id, kind.__name__, since)
        return [from_text(payload) for _, payload in rows]

    return told(ShareText), told(SharePicture), told(OpenPictures), told(OpenPictures, since)


async def send(request: web.Request) -> web.Response:
    asked, sharing = await body_of(request, schema.SendLinkRequest), request.app[DEPS].sharing
    missing = sharing.missing if sharing else "no_page"
    if missing or sharing is None or sharing.settings is None:
        raise ApiError(missing or "no_page")
    common = _common(request, asked)
    return await _asked(request, SendLink(**common, valid_s=sharing.settings.valid_s, confirm=asked.confirm))


async def revoke(request: web.Request) -> web.Response:
    return await _asked(request, RevokeLink(**_common(request, await body_of(request, MovingRequest))))


async def open_pictures(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.OpenPicturesRequest)
    known = {one["digest"] for one in await _pictures(request)}
    if not set(asked.digests) <= known:
        raise ApiError("unknown_picture")
    opening = OpenPictures(
        **_common(request, asked), digests=tuple(asked.digests), purpose=asked.purpose.strip()
    )
    return await _asked(request, opening)


async def picture(request: web.Request) -> web.StreamResponse:
    """A view that we made, to look at; the file as it came, to keep: a download, whatever it claims to be."""
    wanted = request.match_info
    kept = next((one for one in await _pictures(request) if one["digest"] == wanted["digest"]), None)
    if kept is None or wanted["size"] not in (*VIEWS, "original"):
        raise ApiError("not_found")
    await _check_opened(request)
    path = Path(kept["path"])
    if wanted["size"] == "original":
        if Permission.SEE_PLACES not in identity_of(request).may:
            raise ApiError("forbidden")  # a phone writes into it where it was taken
        return _file(
            request, path, "application/octet-stream", f'attachment; filename="{kept["digest"]}{path.suffix}"'
        )
    return _file(request, view_of(path, wanted["size"]), "image/jpeg", "inline")


def _file(request: web.Request, path: Path, kind: str, disposition: str) -> web.FileResponse:
    """Nothing outside the archive, whatever a journal says; and nothing in it may act."""
    archive = request.app[DEPS].settings.archive.resolve()
    found = (archive / path).resolve()
    if not found.is_relative_to(archive) or not found.is_file():
        raise ApiError("not_found")
    headers = {
        "Content-Type": kind, "Content-Disposition": disposition, "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-store",
    }  # fmt: skip
    return web.FileResponse(found, headers=headers)


async def _pictures(request: web.Request) -> Signals:
    rows = await request.app[DEPS].database.read(
        reads.signals_of, request.match_info["call_id"], SharePicture.__name__
    )
    return [from_text(payload) for _, payload in rows]


async def _check_opened(request: web.Request) -> None:
    deps, wanted = request.app[DEPS], request.match_info
    since = deps.clock.now() - OPEN_FOR
    rows = await deps.database.read(reads.signals_of, wanted["call_id"], OpenPictures.__name__, since)
    openings = [from_text(payload) for _, payload in rows]
    if not any(one["actor"] == _actor(request) and wanted["digest"] in one["digests"] for one in openings):
        raise ApiError("open_picture_first")


def _actor(request: web.Request) -> str:
    return identity_of(request).user.username


def _common(request: web.Request, asked: MovingRequest) -> dict[str, Any]:
    return {
        "call_id": CallId(request.match_info["call_id"]),
        "at": request.app[DEPS].clock.now(),
        "request_id": str(asked.request_id),
        "actor": _actor(request),
        "expected_rev": asked.expected_rev,
    }


async def _asked(request: web.Request, signal: CallRequest) -> web.Response:
    """Through the loop; answered after its commit."""
    rev = rev_of(await request.app[DEPS].submit(signal))
    session: CallSession = await session_of(request)
    return web.json_response({"outcome": "accepted", "rev": rev, "share": share_json(session)})


_CALL = "/api/v1/calls/{call_id}"
ROUTES = (
    Route(
        method="GET", path=f"{_CALL}/shared", handler=show, access=Permission.SEE_CALLS,
        summary="What the caller shared over a link, and whether one can be sent",
        response=schema.SharedShown,
    ),
    Route(
        method="POST", path=f"{_CALL}/share-link", handler=send, access=Permission.HAND_OVER,
        summary="Send the caller a link to share position, text and pictures",
        request=schema.SendLinkRequest, response=schema.ShareDone,
    ),
    Route(
        method="POST", path=f"{_CALL}/share-link/revoke", handler=revoke, access=Permission.HAND_OVER,
        summary="Make the link useless", request=MovingRequest, response=schema.ShareDone,
    ),
    Route(
        method="POST", path=f"{_CALL}/pictures/open", handler=open_pictures, access=Permission.LISTEN,
        summary="Open pictures that the caller shared, with a purpose; each opening is journaled",
        request=schema.OpenPicturesRequest, response=schema.ShareDone,
    ),
    Route(
        method="GET", path=f"{_CALL}/pictures/{{digest}}/{{size}}", handler=picture, access=Permission.LISTEN,
        summary="One picture (view, thumb; original as a download)",
    ),
)  # fmt: skip
