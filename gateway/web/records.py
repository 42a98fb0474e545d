"""Records without a call over the HTTP API: entered, added to, linked with the PBX's own call; and what
belongs to a call's record beside the call itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aiohttp import web
from sqlalchemy import Connection

from gateway.calls import entering
from gateway.calls.entered import EnterRecord, LinkRecord, TypeWords, UnlinkRecord
from gateway.calls.model import CallSession, Medium
from gateway.calls.signals import CallRequest
from gateway.desk import board
from gateway.desk.board import stamp
from gateway.desk.handing import part_json
from gateway.ids import CallId, is_manual, manual_id, uuid7
from gateway.journal.codec import decode, encode, from_text
from gateway.logs import mask
from gateway.ports import SegmentRow
from gateway.runtime.answers import Accepted, Refused
from gateway.speech.model import TranscriptSegment
from gateway.store import loop as queries
from gateway.store import records as stored
from gateway.web import record_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of
from gateway.web.errors import ApiError
from gateway.web.handover_schema import MovingRequest
from gateway.web.request_schema import Accepted as AcceptedShown
from gateway.web.roles import Permission, masked_call, masked_event
from gateway.web.routes import DEPS, Route, body_of, refused, rev_of

SAME_TIME_S = 60
"""A sheet that is entered again may name its time so differently and still say the same."""


# ---- entering


async def enter(request: web.Request) -> web.Response:
    """A new record; of a sheet that is there already, that one."""
    asked, deps = await body_of(request, schema.RecordRequest), request.app[DEPS]
    if asked.sheet is not None:
        known = await deps.database.read(stored.of_sheet, asked.sheet)
        if known is not None:
            return _known(known, asked)
    signal = _signal(request, asked)
    if asked.check:
        told = entering.refusal(signal)
        if told is not None:
            raise refused(Refused(code=told[0], text=told[1]))
        return _done("checked", None, None, late=entering.is_late(signal))
    answer = await deps.submit(signal)
    if isinstance(answer, Refused) and answer.code == "already_entered" and asked.sheet is not None:
        known = await deps.database.read(stored.of_sheet, asked.sheet)
        if known is not None:
            return _known(known, asked)
    rev = rev_of(answer)
    # the same request sent again was entered under the id that it was given first
    return _done("entered", signal.call_id, rev, late=entering.is_late(signal))


def _done(
    outcome: str, call_id: str | None, rev: int | None, *, late: bool, differs: list[str] | None = None
) -> web.Response:
    told = {"outcome": outcome, "call_id": call_id, "rev": rev, "late": late, "differs": differs or []}
    return web.json_response(told)


def _known(known: CallSession, asked: schema.RecordRequest) -> web.Response:
    """What is not as it stands there is named: it is changed on the card, by a person."""
    apart_s = abs((known.seized_at - asked.happened_at).total_seconds())
    differs = [
        name
        for name, other in (
            ("happened_at", apart_s > SAME_TIME_S),
            ("number", known.ani != asked.number),
            ("origin", known.manual is not None and known.manual.origin is not asked.origin),
        )
        if other
    ]
    late = known.manual is not None and known.manual.late
    return _done("known", known.call_id, known.rev, late=late, differs=differs)


def _signal(request: web.Request, asked: schema.RecordRequest) -> EnterRecord:
    deps, identity = request.app[DEPS], identity_of(request)
    site = deps.settings.site
    return EnterRecord(
        call_id=_name(site, asked), at=deps.clock.now(), request_id=_request_id(site, asked),
        actor=identity.user.username, site=site, origin=asked.origin, happened_at=asked.happened_at,
        position=asked.position or identity.session.position, number=asked.number, place=asked.place,
        latitude=asked.latitude, longitude=asked.longitude, datum=asked.datum, words=asked.words,
        sheet=asked.sheet,
    )  # fmt: skip


def _name(site: str, asked: schema.RecordRequest) -> CallId:
    """Of the request, so that one sent twice is entered once; of a sheet, of its number."""
    about = f"sheet/{asked.sheet}" if asked.sheet is not None else f"request/{asked.request_id}"
    entropy = sha256(f"{site}/{about}".encode("utf-8", "surrogatepass")).digest()
    return manual_id(site, uuid7(_ms(asked.happened_at), entropy))


def _request_id(site: str, asked: schema.RecordRequest) -> str:
    """Of a sheet: the same only while it says the same, for a refusal is remembered too."""
    if asked.sheet is None:
        return str(asked.request_id)
    said = asked.model_dump_json(exclude={"request_id", "expected_rev", "check"})
    return str(uuid5(NAMESPACE_URL, f"intake110/{site}/{said}"))


def _ms(at: datetime) -> int:
    return max(0, int(at.timestamp() * 1000))


# ---- a record that is there


async def add_words(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.WordsRequest)
    return await _asked(request, TypeWords(**_common(request, asked), words=asked.words))


async def link(request: web.Request) -> web.Response:
    """A person's word alone makes the two one."""
    asked = await body_of(request, schema.SameRequest)
    row = await request.app[DEPS].database.read(queries.aggregate, "call", asked.other)
    if row is None or is_manual(asked.other):
        raise ApiError("unknown_call", field="other")
    other: CallSession = decode(CallSession, from_text(row.state))
    if other.same_as not in (None, request.match_info["call_id"]):
        raise ApiError("record_linked", detail=other.same_as)
    return await _asked(request, LinkRecord(**_common(request, asked), other=CallId(asked.other)))


async def unlink(request: web.Request) -> web.Response:
    asked = await body_of(request, MovingRequest)
    return await _asked(request, UnlinkRecord(**_common(request, asked)))


def _common(request: web.Request, asked: MovingRequest) -> dict[str, Any]:
    return {
        "call_id": CallId(request.match_info["call_id"]),
        "at": request.app[DEPS].clock.now(),
        "request_id": str(asked.request_id),
        "actor": identity_of(request).user.username,
        "expected_rev": asked.expected_rev,
    }


async def _asked(request: web.Request, signal: CallRequest) -> web.Response:
    answer = await request.app[DEPS].submit(signal)
    rev = rev_of(answer)
    assert isinstance(answer, Accepted)
    return web.json_response({"outcome": "accepted", "rev": rev})


# ---- what belongs to it


async def around(request: web.Request) -> web.Response:
    """What may be the same, and the calls that we made for it."""
    session, may = await session_of(request), identity_of(request).may
    matches, parts = await request.app[DEPS].database.read(_around, session)
    numbers = Permission.SEE_NUMBERS in may
    return web.json_response(
        {
            "matches": [_match(each, session, numbers=numbers) for each in matches],
            "parts": [shown_part(each, may) for each in parts],
        }
    )


def shown_part(part: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """One part as the reader may see it."""
    number = part["number"]
    hidden = number and Permission.SEE_NUMBERS not in may
    return {
        **part, "call": masked_call(part["call"], may), "number": mask(number) if hidden else number,
        "segments": masked_event(part["segments"], may),
    }  # fmt: skip


def _around(connection: Connection, session: CallSession) -> tuple[list[stored.Match], list[dict[str, Any]]]:
    found = stored.parts(connection, session.call_id)
    matches = stored.matches(connection, session) if session.medium is not Medium.TEXT else ()
    return list(matches), [part_of(session, part, rows) for part, rows in found]


def part_of(session: CallSession, part: CallSession, rows: list[SegmentRow] | Any) -> dict[str, Any]:
    """One call that we made for `session`, unmasked."""
    basis = {each.leg.value: board.basis_of(each) for each in part.hearing}
    said = [
        decode(TranscriptSegment, from_text(row.payload))
        for row in rows
        if row.reading == basis.get(row.speaker, "live")
    ]
    return {
        "call": board.summary(part, {}, said[-1] if said else None),
        **part_json(session, part),
        "recordings": [board.recording_json(each, part.seized_at) for each in part.recordings],
        "segments": [encode(segment) for segment in said],
    }


def _match(found: stored.Match, session: CallSession, *, numbers: bool) -> dict[str, Any]:
    return {
        "call_id": found.call_id, "seized_at": stamp(found.seized_at),
        "number": found.ani if numbers or found.ani is None else mask(found.ani),
        "by_number": found.ani is not None and found.ani == session.ani,
        "apart_s": round(abs((found.seized_at - session.seized_at).total_seconds())),
    }  # fmt: skip


_CALL = "/api/v1/calls/{call_id}/record"
ROUTES = (
    Route(
        method="POST", path="/api/v1/records", handler=enter, access=Permission.WRITE_CALLS,
        summary="A record without a call: walk-in, radio, another phone, or paper after an outage",
        request=schema.RecordRequest, response=schema.RecordDone,
    ),
    Route(
        method="GET", path=_CALL, handler=around, access=Permission.SEE_CALLS,
        summary="Calls that may be the same as this record, and calls that were made for it",
        response=schema.RecordAround,
    ),
    Route(
        method="POST", path=f"{_CALL}/words", handler=add_words, access=Permission.WRITE_CALLS,
        summary="More of what was said, added to a record and judged", request=schema.WordsRequest,
        response=AcceptedShown,
    ),
    Route(
        method="POST", path=f"{_CALL}/link", handler=link, access=Permission.WRITE_CALLS,
        summary="This record and that call of the PBX are the same: they count once",
        request=schema.SameRequest, response=AcceptedShown,
    ),
    Route(
        method="POST", path=f"{_CALL}/unlink", handler=unlink, access=Permission.WRITE_CALLS,
        summary="They are not the same after all", request=MovingRequest, response=AcceptedShown,
    ),
)  # fmt: skip
