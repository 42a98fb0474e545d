"""What machines hand in about places, and what an auditor sees of it.

Location bodies come from a border element in front of the PBX, AML messages from phones, carriers and SMS
gateways. Whatever can be taken is answered 202 with what was read of it; a fault in it is told there and the
call goes on.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiohttp import web

from gateway.desk.board import stamp
from gateway.location.aml_https import verified
from gateway.runtime.receiving import SIP_CALL_ID, Received, Receiving, TooManyBodies
from gateway.store import bodies
from gateway.web import place_schema as schema
from gateway.web.auth import address_of, identity_of
from gateway.web.envelope import BadEnvelope, Envelope, checked_key, opened
from gateway.web.errors import ApiError
from gateway.web.machines import by_token
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, MACHINE, SIGNED, Route, query_of

log = structlog.get_logger(__name__)

BODY_LIMIT_BYTES = 6 * 1024 * 1024
"""A longer body is refused with 413 before it is read to its end."""
AML_LIMIT_BYTES = 64 * 1024
RETRY_AFTER_S = 30
CALL_ID_HEADER = "X-SIP-Call-ID"
NUMBER_HEADER = "X-Number"
SIGNATURE_HEADER = "X-AML-HMAC"


# ---- bodies by the Call-ID of their SIP call


async def take_bodies(request: web.Request) -> web.Response:
    receiving = _receiving(request)
    asked = query_of(request, schema.BodyKeyQuery)
    body = await _whole(request, BODY_LIMIT_BYTES)
    try:
        envelope = await asyncio.to_thread(opened, body, request.headers.get("Content-Type", ""))
        key = checked_key(_call_id(request, asked, envelope))
    except BadEnvelope as error:
        raise ApiError("invalid", detail=str(error)) from error
    taken = [
        await _taken(
            receiving.take(
                part.body, content_type=part.content_type, key_kind=SIP_CALL_ID, key=key, route="http"
            )
        )
        for part in envelope.parts
    ]
    return _answer(taken)


def _call_id(request: web.Request, asked: schema.BodyKeyQuery, envelope: Envelope) -> str:
    """What the request says goes before what its content says."""
    told = request.headers.get(CALL_ID_HEADER) or asked.sip_call_id or envelope.sip_call_id
    if not told:
        raise BadEnvelope(
            f"no SIP Call-ID: name it in the header {CALL_ID_HEADER}, in ?sip_call_id=, or in the body"
        )
    return told


# ---- AML


async def take_aml(request: web.Request) -> web.Response:
    """Signed with the site's secret (the field `hmac` at a form's end, or the header X-AML-HMAC over the
    whole body), or handed in under the machines' token. A number beside the body is signed with it: the
    number, a line feed, the body."""
    receiving = _receiving(request)
    asked = query_of(request, schema.NumberQuery)
    body = await _whole(request, AML_LIMIT_BYTES)
    number = request.headers.get(NUMBER_HEADER) or asked.number
    if by_token(request) is None:
        _verify(request, body if number is None else f"{number}\n".encode() + body)
    received = await _taken(
        receiving.take_aml(
            body, content_type=request.headers.get("Content-Type", ""), route="aml",
            number=number,
        )
    )  # fmt: skip
    return _answer([received])


def _verify(request: web.Request, signed: bytes) -> None:
    secret = request.app[DEPS].settings.aml_secret
    if not secret or not verified(signed, request.headers.get(SIGNATURE_HEADER), secret):
        why = (
            "its signature is wrong or missing"
            if secret
            else "no secret is configured: [location] aml_secret_file"
        )
        log.warning("AML message refused", why=why, size_bytes=len(signed), pii_address=address_of(request))
        raise ApiError("bad_signature")


# ---- both


def _receiving(request: web.Request) -> Receiving:
    receiving = request.app[DEPS].receiving
    if receiving is None:
        raise ApiError("not_found")
    return receiving


async def _whole(request: web.Request, limit: int) -> bytes:
    """The body as it came. Raises ApiError too_large without reading on."""
    if (request.content_length or 0) > limit:
        raise ApiError("too_large", detail=f"{limit} bytes at most.")
    read = bytearray()
    async for piece in request.content.iter_chunked(65_536):
        read += piece
        if len(read) > limit:
            raise ApiError("too_large", detail=f"{limit} bytes at most.")
    if not read:
        raise ApiError("invalid", detail="The body is empty.")
    return bytes(read)


async def _taken(work: Any) -> Received:
    try:
        received: Received = await work
    except TooManyBodies as error:
        raise ApiError("not_taken", retry_after_s=RETRY_AFTER_S) from error
    return received


def _answer(taken: Sequence[Received]) -> web.Response:
    call_id = next((one.call_id for one in taken if one.call_id), None)
    body = {
        "digests": [one.digest for one in taken],
        "kinds": [one.reading.kind for one in taken],
        "locations": sum(len(one.reading.locations) for one in taken),
        "additional": sum(len(one.reading.additional) for one in taken),
        "errors": [
            {"what": fault.what, "where": fault.where} for one in taken for fault in one.reading.faults
        ],
        "matched": call_id is not None,
        "call_id": call_id,
    }
    return web.json_response(body, status=202)


# ---- for the auditor


async def list_bodies(request: web.Request) -> web.Response:
    """What was handed in, newest first: the ones that found no call too."""
    asked = query_of(request, schema.BodiesQuery)
    rows = await request.app[DEPS].database.read(
        bodies.listed, unmatched=asked.unmatched, call_id=asked.call_id, limit=asked.limit
    )
    places = Permission.SEE_PLACES in identity_of(request).may
    return web.json_response({"items": [_line(row, places) for row in rows]})


def _line(row: Mapping[str, Any], places: bool) -> dict[str, Any]:
    """A fault may quote what it is about."""
    return {
        **row,
        "received_at": stamp(row["received_at"]),
        "matched_at": None if row["matched_at"] is None else stamp(row["matched_at"]),
        "faults": json.loads(row["faults"]) if places else [],
    }


async def show_body(request: web.Request) -> web.Response:
    """The bytes as they came: a download, whatever its sender called it. It tells place and number."""
    if Permission.SEE_NUMBERS not in identity_of(request).may:
        raise ApiError("forbidden")
    row = await request.app[DEPS].database.read(bodies.one, request.match_info["digest"])
    if row is None:
        raise ApiError("not_found")
    return web.Response(
        body=row.body, content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{row.digest[:16]}.bin"'},
    )  # fmt: skip


_BODY_TYPES = ("*/*", "application/pidf+xml", "message/sip", "multipart/form-data", "application/json")
_AML_TYPES = (
    "application/x-www-form-urlencoded",
    "application/json",
    "text/plain",
    "application/octet-stream",
)
_BODIES = "/api/v1/location-bodies"
ROUTES = (
    Route(
        method="POST", path=_BODIES, handler=take_bodies, access=MACHINE,
        summary="Hand in a location body, by the Call-ID of its SIP call (any media type)",
        query=schema.BodyKeyQuery, response=schema.BodyTaken, takes=_BODY_TYPES,
    ),
    Route(
        method="GET", path=_BODIES, handler=list_bodies, access=Permission.SEE_NUMBERS,
        summary="Bodies that were handed in", query=schema.BodiesQuery, response=schema.BodyList,
    ),
    Route(
        method="GET", path=f"{_BODIES}/{{digest}}", handler=show_body, access=Permission.SEE_PLACES,
        summary="One body, as it came",
    ),
    Route(
        method="POST", path="/api/v1/aml", handler=take_aml, access=SIGNED,
        summary="Hand in an AML message (form, JSON, text or data SMS), signed or under the machines' token",
        query=schema.NumberQuery, response=schema.BodyTaken, takes=_AML_TYPES,
    ),
)  # fmt: skip
