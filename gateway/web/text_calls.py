"""Text calls over the HTTP API: messages handed in by providers; the queue, the thread, and what a call-taker
does with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from gateway.calls.model import CallSession
from gateway.calls.texted import ClaimText, PassText, ReleaseText, ResendText, TextRequest, WriteText
from gateway.calls.texting import MAX_ANSWER_CHARS
from gateway.desk import positions
from gateway.desk.board import stamp
from gateway.desk.texts import awaited_json, message_json, text_json
from gateway.desk.threads.model import KIND, Thread
from gateway.dispatch.text_contract import TextIn
from gateway.ids import CallId
from gateway.journal.codec import decode, encode, from_text
from gateway.runtime.thread_desk import TextNotTaken, ThreadDesk
from gateway.store import loop as queries
from gateway.store import reads, threads
from gateway.web import text_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of, summary_of
from gateway.web.errors import ApiError
from gateway.web.handover_schema import MovingRequest
from gateway.web.roles import Permission, masked_call, masked_event
from gateway.web.routes import DEPS, MACHINE, Route, body_of, query_of, rev_of

LISTED = 100
"""Waiting text calls that a page gets, and as many claimed ones; further ones are counted (`beyond`)."""
RETRY_AFTER_S = 5
KEY_HEADER = "X-Provider-Key"
"""Where an app that has a key shows it to fetch its answers."""


async def take(request: web.Request) -> web.Response:
    """From a provider. Whatever is answered with 503 is sent again; the same message is kept once."""
    message = await body_of(request, TextIn)
    if not _desk(request).allowed(message.provider, message.key):
        raise ApiError("wrong_key")
    try:
        taken = await _desk(request).take_soon(message)
    except TextNotTaken as error:
        raise ApiError("busy", retry_after_s=RETRY_AFTER_S) from error
    outcome = "known" if taken.known else "accepted"
    return web.json_response({"outcome": outcome, "call_id": taken.call_id}, status=202)


async def give_answers(request: web.Request) -> web.Response:
    """To an app. Nothing changes by looking: what became of an answer is told by a report."""
    asked = query_of(request, schema.AnswersWanted)
    if not _desk(request).allowed(asked.provider, request.headers.get(KEY_HEADER)):
        raise ApiError("wrong_key")
    found = _desk(request).answers(asked.provider)
    told = [each.model_dump(mode="json") for each in found[:LISTED]]
    return web.json_response({"answers": told, "beyond": max(0, len(found) - LISTED)})


def _desk(request: web.Request) -> ThreadDesk:
    desk = request.app[DEPS].threads
    if desk is None:
        raise ApiError("not_found")
    return desk


async def list_texts(request: web.Request) -> web.Response:
    deps, may, desk = request.app[DEPS], identity_of(request).may, _desk(request)
    waiting, held = desk.waiting(), desk.held()
    wanted = [call.call_id for call in (*waiting[:LISTED], *held[:LISTED])]
    shown = await deps.database.read(_summaries, wanted)
    return web.json_response(
        {
            "waiting": [
                masked_call(shown[each.call_id], may) for each in waiting[:LISTED] if each.call_id in shown
            ],
            "claimed": [
                masked_call(shown[each.call_id], may) for each in held[:LISTED] if each.call_id in shown
            ],
            "beyond": max(0, len(waiting) - LISTED) + max(0, len(held) - LISTED),
            "server_time": stamp(deps.clock.now()),
        }
    )


def _summaries(connection: Connection, wanted: Sequence[str]) -> dict[str, dict[str, Any]]:
    """As the board shows them."""
    lines = (summary_of(line) for line in reads.live_calls(connection))
    return {line["call_id"]: line for line in lines if line["call_id"] in wanted}


async def show_thread(request: web.Request) -> web.Response:
    deps, may = request.app[DEPS], identity_of(request).may
    session = await session_of(request)
    if session.text is None:
        raise ApiError("not_text")
    messages, thread = await deps.database.read(_thread, session)
    body = {
        "text": text_json(session),
        "messages": [masked_event(each, may) for each in messages],
        "awaited": awaited_json(thread, session.call_id),
        "sending": deps.texting is not None and deps.texting.configured,
        "max_chars": MAX_ANSWER_CHARS,
    }
    return web.json_response(body)


def _thread(connection: Connection, session: CallSession) -> tuple[list[dict[str, Any]], Thread | None]:
    found = threads.messages_of(connection, session.call_id)
    messages = [
        message_json(from_text(each.row.payload), encode(each.state) if each.state else None)
        for each in found
    ]
    row = queries.aggregate(connection, KIND, session.text.thread) if session.text else None
    return messages, None if row is None else decode(Thread, from_text(row.state))


# ---- what a call-taker does


async def claim(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.ClaimRequest)
    user = identity_of(request).user.username
    seat = positions.seat_of(request.app[DEPS].hall(), user)
    return await _asked(
        request,
        ClaimText(
            **_common(request, asked), position=seat.position if seat else "", take_over=asked.take_over
        ),
    )


async def release(request: web.Request) -> web.Response:
    asked = await body_of(request, MovingRequest)
    return await _asked(request, ReleaseText(**_common(request, asked)))


async def pass_on(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.PassOnRequest)
    seat = positions.seat_at(request.app[DEPS].hall(), asked.to)
    return await _asked(
        request, PassText(**_common(request, asked), to=asked.to, to_user=seat.user if seat else "")
    )


async def answer(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.AnswerRequest)
    return await _asked(request, WriteText(**_common(request, asked), text=asked.text))


async def again(request: web.Request) -> web.Response:
    asked = await body_of(request, schema.AgainRequest)
    call_id = request.match_info["call_id"]
    row = await request.app[DEPS].database.read(threads.message_of, call_id, "call_taker", asked.index)
    if row is None:
        raise ApiError("unknown_message")
    text = from_text(row.payload)["text"]
    return await _asked(request, ResendText(**_common(request, asked), index=asked.index, text=text))


def _common(request: web.Request, asked: MovingRequest) -> dict[str, Any]:
    identity = identity_of(request)
    return {
        "call_id": CallId(request.match_info["call_id"]),
        "at": request.app[DEPS].clock.now(),
        "request_id": str(asked.request_id),
        "actor": identity.user.username,
        "expected_rev": asked.expected_rev,
        "supervisor": Permission.SUPERVISE in identity.may,
    }


async def _asked(request: web.Request, signal: TextRequest) -> web.Response:
    """Through the loop; answered after its commit."""
    rev = rev_of(await request.app[DEPS].submit(signal))
    text = text_json(await session_of(request))
    return web.json_response({"outcome": "accepted", "rev": rev, "text": text})


_TEXT = "/api/v1/calls/{call_id}/text"
ROUTES = (
    Route(
        method="POST", path="/api/v1/text-messages", handler=take, access=MACHINE,
        summary="Hand in a message of a caller (12110 SMS, app), or one part of it",
        request=TextIn, response=schema.TextTaken,
    ),
    Route(
        method="GET", path="/api/v1/text-answers", handler=give_answers, access=MACHINE,
        summary="Answers that an app has not said yet that it took (X-Provider-Key: its key, if it has one)",
        query=schema.AnswersWanted, response=schema.TextAnswers,
    ),
    Route(
        method="GET", path="/api/v1/text-calls", handler=list_texts, access=Permission.SEE_BOARD,
        summary="Text calls that wait for a call-taker, and those that somebody has",
        response=schema.TextList,
    ),
    Route(
        method="GET", path=_TEXT, handler=show_thread, access=Permission.SEE_CALLS,
        summary="The messages of a text call, both ways", response=schema.ThreadShown,
    ),
    Route(
        method="POST", path=f"{_TEXT}/claim", handler=claim, access=Permission.WRITE_CALLS,
        summary="Take a text call", request=schema.ClaimRequest, response=schema.TextDone,
    ),
    Route(
        method="POST", path=f"{_TEXT}/release", handler=release, access=Permission.WRITE_CALLS,
        summary="Give a text call back to the queue", request=MovingRequest, response=schema.TextDone,
    ),
    Route(
        method="POST", path=f"{_TEXT}/pass", handler=pass_on, access=Permission.WRITE_CALLS,
        summary="Pass a text call on to another position", request=schema.PassOnRequest,
        response=schema.TextDone,
    ),
    Route(
        method="POST", path=f"{_TEXT}/messages", handler=answer, access=Permission.WRITE_CALLS,
        summary="Answer the caller of a text call", request=schema.AnswerRequest, response=schema.TextDone,
    ),
    Route(
        method="POST", path=f"{_TEXT}/messages/again", handler=again, access=Permission.WRITE_CALLS,
        summary="Send an answer again that was not delivered", request=schema.AgainRequest,
        response=schema.TextDone,
    ),
)  # fmt: skip
