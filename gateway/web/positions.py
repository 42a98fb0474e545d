"""Positions: who sits where, hot desks, pauses, and handing over at shift change."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from aiohttp import web

from gateway.calls.seats import HandOverSeat, LeaveSeat, PauseDesk, ReadNote
from gateway.calls.wrapped import PassCard
from gateway.desk import seatmap
from gateway.ids import CallId
from gateway.runtime.answers import Accepted as Done
from gateway.runtime.answers import Refused
from gateway.web.auth import Identity, identity_of, me_of, seated, taken_seat
from gateway.web.errors import ApiError
from gateway.web.position_schema import HandOverBody, PassedOn, PauseBody, PositionList, ReadBody, SeatBody
from gateway.web.request_schema import Accepted
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, body_of, rev_of
from gateway.web.schema import Me


def _asked(request: web.Request, request_id: UUID) -> dict[str, Any]:
    return {
        "at": request.app[DEPS].clock.now(), "request_id": str(request_id),
        "actor": identity_of(request).user.username,
    }  # fmt: skip


async def list_positions(request: web.Request) -> web.Response:
    deps, own = request.app[DEPS], identity_of(request).session.position
    state = deps.hall()
    items = seatmap.listed(state, deps.settings.positions)
    return web.json_response({"items": items, "notes": seatmap.notes(state, own) if own else []})


async def change_seat(request: web.Request) -> web.Response:
    """A hot desk: another position without signing out."""
    asked, deps, identity = await body_of(request, SeatBody), request.app[DEPS], identity_of(request)
    if asked.position is None:
        rev_of(await deps.submit(LeaveSeat(**_asked(request, asked.request_id))))
        session = await seated(deps, identity.session, None)
    else:
        await taken_seat(
            deps, identity.user, asked.position, request_id=str(asked.request_id), take_over=asked.take_over
        )
        session = await seated(deps, identity.session, asked.position)
    return web.json_response(me_of(deps, Identity(user=identity.user, session=session, may=identity.may)))


async def pause(request: web.Request) -> web.Response:
    """One's own desk; another's needs the supervisor's right."""
    asked, deps, identity = await body_of(request, PauseBody), request.app[DEPS], identity_of(request)
    position = request.match_info["position"]
    own = identity.session.position == position
    if not own and Permission.SUPERVISE not in identity.may:
        raise ApiError("forbidden")
    order = PauseDesk(
        **_asked(request, asked.request_id), agent=position, paused=asked.paused, reason=asked.reason
    )
    return web.json_response({"outcome": "accepted", "rev": rev_of(await deps.submit(order))})


async def hand_over(request: web.Request) -> web.Response:
    """Shift change: the open cards pass to `to` with a note, and the seat is free."""
    asked, deps, identity = await body_of(request, HandOverBody), request.app[DEPS], identity_of(request)
    common = _asked(request, asked.request_id)
    note = HandOverSeat(**common, to=asked.to, note=asked.note, calls=asked.calls)
    rev_of(await deps.submit(note))
    not_passed: dict[str, str] = {}
    for call_id in dict.fromkeys(asked.calls):
        answer = await deps.submit(
            PassCard(
                call_id=CallId(call_id), at=common["at"], actor=common["actor"], to=asked.to,
                request_id=str(uuid5(asked.request_id, call_id)),
            )
        )  # fmt: skip
        if not isinstance(answer, Done):
            not_passed[call_id] = answer.code if isinstance(answer, Refused) else "busy"
    await seated(deps, identity.session, None)
    return web.json_response({"outcome": "accepted", "not_passed": not_passed})


async def note_read(request: web.Request) -> web.Response:
    asked = await body_of(request, ReadBody)
    rev = rev_of(await request.app[DEPS].submit(ReadNote(**_asked(request, asked.request_id))))
    return web.json_response({"outcome": "accepted", "rev": rev})


_SEAT = "/api/v1/session/position"
ROUTES = (
    Route(
        method="GET", path="/api/v1/positions", handler=list_positions, access=Permission.SEE_BOARD,
        summary="All positions: who sits there, their state, pauses", response=PositionList,
    ),
    Route(
        method="PUT", path=_SEAT, handler=change_seat, access=Permission.WRITE_CALLS,
        summary="Sit down at another position, or get up", request=SeatBody, response=Me,
    ),
    Route(
        method="POST", path=f"{_SEAT}/handover", handler=hand_over, access=Permission.WRITE_CALLS,
        summary="Hand over at shift change: note and open cards pass on", request=HandOverBody,
        response=PassedOn,
    ),
    Route(
        method="POST", path=f"{_SEAT}/note-read", handler=note_read, access=Permission.WRITE_CALLS,
        summary="The note left at one's position was read", request=ReadBody, response=Accepted,
    ),
    Route(
        method="POST", path="/api/v1/positions/{position}/pause", handler=pause,
        access=Permission.WRITE_CALLS, summary="Take a desk out of the queues, or put it back",
        request=PauseBody, response=Accepted,
    ),
)  # fmt: skip
