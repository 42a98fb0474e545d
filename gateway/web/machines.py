"""Machines that hand something in: they show a token instead of signing in."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from aiohttp import web

from gateway.store.users import SessionRow, UserRow
from gateway.web.auth import Identity, is_private
from gateway.web.errors import ApiError
from gateway.web.routes import DEPS

NAME = "machine"
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def by_token(request: web.Request) -> Identity | None:
    """Who shows the machines' token; None: none was shown. A wrong one is refused, never tried as a session,
    and so is one that others on the way could have read.

    Raises ApiError.
    """
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    if not is_private(request):
        raise ApiError("https_required")
    token = request.app[DEPS].settings.machine_token
    if not token or not hmac.compare_digest(token.encode(), shown.strip().encode(errors="replace")):
        raise ApiError("not_signed_in")
    user = UserRow(
        username=NAME, display_name=NAME, password_hash="", roles=NAME, language="en", disabled=False,
        created_at=_ALWAYS,
    )  # fmt: skip
    session = SessionRow(token_hash="", username=NAME, position=None, created_at=_ALWAYS, seen_at=_ALWAYS)
    return Identity(user=user, session=session, may=frozenset())
