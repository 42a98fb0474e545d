"""Lawful erasure of a call over the HTTP API: one person asks with its ground, once the call is over; a
second one, saying the same with a ground, erases it.

State, card, words, verdicts, events, location bodies and the payloads of its journal go in the commit that
journals the request; then the files of its recordings and pictures. What others made their own (a work order,
facts of an incident, the thread of a number) is named in the answer: it has its own reasons to be kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog
from aiohttp import web
from sqlalchemy import Connection

from gateway.archive.pictures import VIEWS, view_of
from gateway.calls.erased import EraseCall
from gateway.calls.erasing import is_erased
from gateway.calls.model import CallSession
from gateway.calls.shared import SharePicture
from gateway.dispatch.order_events import OrderState
from gateway.ids import CallId
from gateway.journal.codec import from_text
from gateway.store import reads
from gateway.store.orders import Wanted, page
from gateway.web import erasure_schema as schema
from gateway.web.auth import identity_of
from gateway.web.calls import session_of
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, body_of, rev_of

log = structlog.get_logger(__name__)


async def erase(request: web.Request) -> web.Response:
    asked, deps = await body_of(request, schema.ErasureRequest), request.app[DEPS]
    session = await session_of(request)
    pictures, orders = await deps.database.read(_around, session)
    who = identity_of(request).user.username
    signal = EraseCall(
        call_id=CallId(session.call_id), at=deps.clock.now(), request_id=str(asked.request_id), actor=who,
        ground=asked.ground,
    )  # fmt: skip
    rev = rev_of(await deps.submit(signal))
    if not is_erased(await session_of(request)):
        log.warning("a call's erasure is asked for", call_id=session.call_id, actor=who)
        return web.json_response({"outcome": "asked", "rev": rev, "files_left": [], "kept_elsewhere": []})
    files = [file.path for recording in session.recordings for file in recording.files]
    left = await asyncio.to_thread(_unlinked, deps.settings.archive, files, pictures)
    log.warning("a call was erased", call_id=session.call_id, actor=who, files_left=len(left))
    beside = {
        "incident": session.together.incident is not None, "orders": orders > 0,
        "text_thread": session.text is not None,
    }  # fmt: skip
    kept = [name for name, there in beside.items() if there]
    return web.json_response({"outcome": "erased", "rev": rev, "files_left": left, "kept_elsewhere": kept})


def _around(connection: Connection, session: CallSession) -> tuple[list[str], int]:
    """Paths of its pictures, and how many work orders tell of it."""
    told = reads.signals_of(connection, session.call_id, SharePicture.__name__)
    wanted = Wanted(call_id=session.call_id, states=tuple(OrderState))
    return [from_text(payload)["path"] for _, payload in told], len(page(connection, wanted, limit=1))


def _unlinked(archive: Path, recordings: Sequence[str], pictures: Sequence[str]) -> list[str]:
    """Delete what lies in the archive, with what was made of it; what could not be deleted is named."""
    made = [Path(f"{path}.peaks.json") for path in recordings]
    made += [view_of(Path(path), size) for path in pictures for size in VIEWS]
    left, root = [], archive.resolve()
    for path in (*map(Path, (*recordings, *pictures)), *made):
        found = (root / path).resolve()
        try:
            if not found.is_relative_to(root):
                raise OSError("not in the archive")
            found.unlink(missing_ok=True)
        except OSError as error:
            log.error("a file of an erased call is still there", path=str(path), error=str(error))
            left.append(str(path))
    return left


ROUTES: tuple[Route, ...] = (
    Route(
        method="POST", path="/api/v1/calls/{call_id}/erasure", handler=erase, access=Permission.ERASE_CALLS,
        summary="Erase a call that is over, by two persons on a legal ground; its rows still verify",
        request=schema.ErasureRequest, response=schema.ErasureDone,
    ),
)  # fmt: skip
