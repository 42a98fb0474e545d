"""Calls for the board, the card and the lists; and people's writes, which only ever go through the loop."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from gateway.calls.dispatched import DispatchReported
from gateway.calls.heard import (
    RecordingReviewed,
)
from gateway.calls.located import AdditionalDataAnswered, RefreshLocation, SetPosition, WithdrawPosition
from gateway.calls.model import CallSession
from gateway.calls.signals import (
    CallRequest,
    ConfirmCardField,
    LabelCall,
    LocationAnswered,
    OpenRecording,
    SetCardField,
    SetDisposition,
    VetoFired,
)
from gateway.calls.wrapped import FinishCall, MarkAsked, PassCard, ReopenCall
from gateway.desk import board
from gateway.desk.card import Card, CardValue
from gateway.desk.dispatched import dispatch_json, in_full
from gateway.desk.handing import handing_json
from gateway.desk.where import Around, where
from gateway.ids import CallId
from gateway.journal.codec import decode, encode, from_text
from gateway.location.model import Additional, LocationSource
from gateway.ports import CardFieldRow, SegmentRow
from gateway.speech.model import Reading, TranscriptSegment, counts
from gateway.store import loop as queries
from gateway.store import outbox, reads
from gateway.store.reads import CallLine, CallWhole, Cursor
from gateway.triage.model import Assessment
from gateway.web import request_schema, schema
from gateway.web.auth import identity_of
from gateway.web.errors import ApiError
from gateway.web.roles import (
    Permission,
    masked_call,
    masked_event,
    masked_fields,
    masked_handing,
    masked_where,
)
from gateway.web.routes import DEPS, Route, body_of, query_of, rev_of

MAX_ADDITIONAL = 16
"""Answers with additional data that a page shows: the newest."""


async def list_calls(request: web.Request) -> web.Response:
    """Live calls all at once, longest first; ended ones newest first, page by page."""
    asked, deps, may = query_of(request, schema.CallQuery), request.app[DEPS], identity_of(request).may
    following = None
    if asked.state == "live":
        lines = await deps.database.read(_live)
    else:
        before = read_cursor(asked.cursor) if asked.cursor else None
        found = await deps.database.read(
            _ended, before, asked.limit + 1, asked.q, Permission.SEE_NUMBERS in may
        )
        lines = found[: asked.limit]
        following = write_cursor(lines[-1][0]) if len(found) > len(lines) else None
    items = [masked_call(line, may) for _, line in lines]
    return web.json_response(
        {"items": items, "next": following, "server_time": board.stamp(deps.clock.now())}
    )


# What follows runs beside the database, not in the event loop: decoding takes its time.

Line = tuple[Cursor, dict[str, Any]]


def _live(connection: Connection) -> list[Line]:
    return [_summary(line) for line in reads.live_calls(connection)]


def _ended(
    connection: Connection, before: Cursor | None, limit: int, search: str, by_number: bool
) -> list[Line]:
    found = reads.ended_calls(connection, before=before, limit=limit, search=search, by_number=by_number)
    return [_summary(line) for line in found]


def _summary(line: CallLine) -> Line:
    last = _segment(line.last) if line.last else None
    return line.cursor, board.summary(_session(line.state), card_of(line.place), last)


def summary_of(line: CallLine) -> dict[str, Any]:
    """A call as the board shows it, unmasked."""
    return _summary(line)[1]


def _session(state: str) -> CallSession:
    session: CallSession = decode(CallSession, from_text(state))
    return session


def card_of(rows: Any) -> Card:
    """Rows of a card's fields as the card itself."""
    return {row.name: _values(row) for row in rows}


def _values(row: CardFieldRow) -> tuple[CardValue, ...]:
    values: tuple[CardValue, ...] = decode(tuple[CardValue, ...], from_text(row.payload))
    return values


def _segment(row: SegmentRow) -> TranscriptSegment:
    segment: TranscriptSegment = decode(TranscriptSegment, from_text(row.payload))
    return segment


def write_cursor(cursor: Cursor) -> str:
    """Opaque to pages: where the next page begins."""
    text = f"{cursor.seized_at.isoformat()} {cursor.call_id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        seized_at, _, call_id = plain.partition(" ")
        moment = datetime.fromisoformat(seized_at)
        if moment.tzinfo is None:
            raise ValueError("no zone")
    except (ValueError, binascii.Error) as error:
        raise ApiError("invalid", field="cursor") from error
    return Cursor(seized_at=moment, call_id=call_id)


# ---- one call


async def session_of(request: web.Request) -> CallSession:
    """The call that the path names, or not_found."""
    row = await request.app[DEPS].database.read(queries.aggregate, "call", request.match_info["call_id"])
    if row is None:
        raise ApiError("not_found")
    return _session(row.state)


async def show_call(request: web.Request) -> web.Response:
    return web.json_response(await detail_of(request))


async def detail_of(request: web.Request) -> dict[str, Any]:
    """The call that the path names as this reader may see it, or not_found."""
    may = identity_of(request).may
    deps = request.app[DEPS]
    body = await deps.database.read(_detail, request.match_info["call_id"], deps.clock.now(), deps.around)
    if body is None:
        raise ApiError("not_found")
    body = masked_where(body, may)
    body["call"] = masked_call(body["call"], may)
    body["handing"] = masked_handing(body["handing"], may)
    for name in ("assessment", "segments", "transcript", "vetoes", "dispatch"):
        body[name] = masked_event(body[name], may)
    body["card"]["fields"] = masked_fields(body["card"]["fields"], may)
    return body


def _detail(connection: Connection, call_id: str, now: datetime, around: Around) -> dict[str, Any] | None:
    whole = reads.call_whole(connection, call_id)
    if whole is None:
        return None
    session, card = _session(whole.state), card_of(whole.card)
    basis = {each.leg: board.basis_of(each) for each in session.hearing}
    said = [(row.reading, _segment(row)) for row in whole.segments]
    rests = [counts(one.index, reading, basis.get(one.speaker, Reading.LIVE)) for reading, one in said]
    segments = [one for (_, one), led in zip(said, rests, strict=True) if led]
    other = [one for (_, one), led in zip(said, rests, strict=True) if not led]
    return {
        "call": board.summary(session, card, segments[-1] if segments else None),
        "card": {"rev": session.rev, "fields": board.card_json(card)},
        "segments": [encode(segment) for segment in segments],
        "transcript": {
            **_transcript(connection, session, segments),
            "other": [encode(segment) for segment in other],
        },
        "assessment": _assessment(whole),
        "vetoes": _vetoes(connection, call_id),
        "recordings": [
            board.recording_json(recording, session.seized_at) for recording in session.recordings
        ],
        **place_of(connection, session, now, around),
        "handing": handing_json(session),
        "dispatch": in_full(
            dispatch_json(session),
            (
                from_text(payload)
                for _, payload in reads.signals_of(connection, call_id, DispatchReported.__name__)
            ),
        ),
        "events_next": None,
    }


def _transcript(
    connection: Connection, session: CallSession, segments: Sequence[TranscriptSegment]
) -> dict[str, Any]:
    """Which text the card rests on, and what the second pass heard otherwise, as journaled."""
    models: dict[str, list[str]] = {}
    for segment in segments:
        known = models.setdefault(segment.speaker, [])
        if segment.model_id not in known:
            known.append(segment.model_id)
    shown = board.transcript_json(session, models)
    changes: dict[str, list[Any]] = {}
    for _, payload in reads.signals_of(connection, session.call_id, RecordingReviewed.__name__):
        review = from_text(payload)
        changes.setdefault(review["leg"], []).extend(review["changes"])
    for side in shown["sides"]:
        side["changes"] = changes.get(side["speaker"], [])
    return shown


def place_of(connection: Connection, session: CallSession, now: datetime, around: Around) -> dict[str, Any]:
    """What is known of the place; data and evidence as journaled, for the state keeps neither."""
    told = [
        from_text(payload)
        for _, payload in reads.signals_of(connection, session.call_id, AdditionalDataAnswered.__name__)
    ]
    blocks = [decode(Additional, block) for one in told[-MAX_ADDITIONAL:] for block in one["blocks"]]
    spoken = any(fix.source is LocationSource.SPEECH for fix in session.locations)
    fixes = reads.signals_of(connection, session.call_id, LocationAnswered.__name__) if spoken else ()
    evidence = {}
    for _, payload in fixes:
        fix = from_text(payload)["location"]
        if fix["source"] == LocationSource.SPEECH and fix.get("raw"):
            evidence[fix["location_id"]] = json.loads(fix["raw"])
    return where(session, now=now, additional=blocks, evidence=evidence, around=around)


def _assessment(whole: CallWhole) -> dict[str, Any] | None:
    if whole.assessment is None:
        return None
    return board.assessment_json(decode(Assessment, from_text(whole.assessment.payload)))


def _vetoes(connection: Connection, call_id: str) -> list[dict[str, Any]]:
    """Every veto that fired, with its words, as journaled: what partial text raised stands too."""
    return [
        from_text(payload)["veto"] for _, payload in reads.signals_of(connection, call_id, VetoFired.__name__)
    ]


async def list_events(request: web.Request) -> web.Response:
    """What the world was told of the call, as CloudEvents."""
    asked, deps, may = query_of(request, schema.EventQuery), request.app[DEPS], identity_of(request).may
    call_id = request.match_info["call_id"]
    rows = await deps.database.read(outbox.events_of, call_id, asked.cursor, asked.limit)
    items = [json.loads(row.payload) for row in rows]
    for item in items:
        item["data"] = masked_event(item.get("data"), may)
    return web.json_response(
        {"items": items, "next": str(rows[-1].call_seq) if len(rows) == asked.limit else None}
    )


# ---- requests of people

NEEDS = {
    "SetDisposition": Permission.WRITE_CALLS,
    "LabelCall": Permission.LABEL_CALLS,
    "SetCardField": Permission.WRITE_CALLS,
    "ConfirmCardField": Permission.WRITE_CALLS,
    "OpenRecording": Permission.LISTEN,
    "RefreshLocation": Permission.WRITE_CALLS,
    "SetPosition": Permission.WRITE_CALLS,
    "WithdrawPosition": Permission.WRITE_CALLS,
    "FinishCall": Permission.WRITE_CALLS,
    "ReopenCall": Permission.SUPERVISE,
    "MarkAsked": Permission.WRITE_CALLS,
    "PassCard": Permission.WRITE_CALLS,
}
"""What each request needs beside seeing the call."""


_DECIDES: Mapping[str, type[SetDisposition | LabelCall | FinishCall]] = {
    cls.__name__: cls for cls in (SetDisposition, LabelCall, FinishCall)
}


async def submit(request: web.Request) -> web.Response:
    """Hand a request to the loop; answered after its commit."""
    asked = (await body_of(request, request_schema.RequestBody)).root
    if NEEDS[asked.type] not in identity_of(request).may:
        raise ApiError("forbidden")
    rev = rev_of(await request.app[DEPS].submit(_to_signal(request, asked)))
    return web.json_response({"outcome": "accepted", "rev": rev})


def _to_signal(request: web.Request, asked: request_schema.AnyRequest) -> CallRequest:
    common: dict[str, Any] = {
        "call_id": CallId(request.match_info["call_id"]),
        "at": request.app[DEPS].clock.now(),
        "request_id": str(asked.request_id),
        "actor": identity_of(request).user.username,
        "expected_rev": asked.expected_rev,
    }
    match asked:
        case (
            request_schema.DispositionRequest(data=data)
            | request_schema.LabelRequest(data=data)
            | request_schema.FinishRequest(data=data)
        ):
            return _DECIDES[asked.type](
                **common,
                alarm_class=data.alarm_class,
                nature=data.nature,
                department=data.department,
                note=data.note,
            )
        case request_schema.CardFieldRequest(type=kind, data=data):
            made = SetCardField if kind == "SetCardField" else ConfirmCardField
            return made(**common, name=data.name, value=data.value)
        case request_schema.OpeningRequest(data=data):
            return OpenRecording(**common, recording_id=data.recording_id, purpose=data.purpose)
        case request_schema.ReopenRequest(data=data):
            return ReopenCall(**common, reason=data.reason)
        case request_schema.PassRequest(data=data):
            return PassCard(**common, to=data.to, note=data.note)
        case request_schema.AskedRequest(data=data):
            return MarkAsked(**common, question=data.question)
        case request_schema.RefreshRequest():
            return RefreshLocation(**common)
        case request_schema.PositionRequest(data=data):
            return SetPosition(**common, **data.model_dump())
        case request_schema.WithdrawalRequest(data=data):
            return WithdrawPosition(**common, location_id=data.location_id)


_CALL = "/api/v1/calls/{call_id}"
ROUTES = (
    Route(
        method="GET", path="/api/v1/calls", handler=list_calls, access=Permission.SEE_BOARD,
        summary="Live calls, or ended ones page by page", query=schema.CallQuery, response=schema.CallList,
    ),
    Route(
        method="GET", path=_CALL, handler=show_call, access=Permission.SEE_CALLS,
        summary="One call as a whole", response=schema.CallDetail,
    ),
    Route(
        method="GET", path=f"{_CALL}/events", handler=list_events, access=Permission.SEE_CALLS,
        summary="The events of a call", query=schema.EventQuery, response=schema.EventList,
    ),
    Route(
        method="POST", path=f"{_CALL}/requests", handler=submit, access=Permission.SEE_CALLS,
        summary="Ask something of a call", request=request_schema.RequestBody,
        response=request_schema.Accepted,
    ),
)  # fmt: skip
