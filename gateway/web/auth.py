"""Signing in and staying signed in: passwords, sessions, the cookie, requests that come from elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address

import argon2
import structlog
from aiohttp import web

from gateway.calls.seats import LeaveSeat, TakeSeat
from gateway.clock import new_uuid
from gateway.desk.board import stamp
from gateway.store import users
from gateway.store.users import SessionRow, UserRow
from gateway.web.errors import ApiError
from gateway.web.roles import Permission, Sight
from gateway.web.routes import DEPS, PUBLIC, SIGNED_IN, Route, WebDeps, WebSettings, body_of, rev_of
from gateway.web.schema import Me, SessionChange, SignIn

log = structlog.get_logger(__name__)

COOKIE = "intake110_session"
TRAINING_COOKIE = "intake110_training_session"
"""A browser sends its cookies to every port of a machine: who is in the training stays in the hall too."""
HEADER = "X-Intake110"
"""Must be on everything that changes something: no form of another site can send it."""
PASSWORD_CHECKS = 2
"""Argon2 takes 64 MB and a sixth of a second each: so many at a time, the others wait their turn."""
FAILURES = 5
FAILURE_WINDOW_S = 900.0
"""Wrong passwords for one name from one address within a quarter of an hour; then it must wait."""
REMEMBERED = 10_000
"""Names and addresses whose failures are remembered; the longest unused is forgotten first."""
TOUCH_EVERY_S = 60.0
"""How exactly the last use of a session is kept."""

_hasher = argon2.PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
"""Checked for names that do not exist, so that an answer takes as long for them."""


def hash_password(password: str) -> str:
    """For storing; slow on purpose (call it in a thread)."""
    return _hasher.hash(password)


def password_holds(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks."""

    user: UserRow
    session: SessionRow
    may: frozenset[Permission]

    @property
    def is_machine(self) -> bool:
        return "machine" in self.user.roles.split()


IDENTITY = web.RequestKey("identity", Identity)
"""Key of the request under which the access layer leaves who asks."""


def identity_of(request: web.Request) -> Identity:
    """Who asks; every route that is not public has one."""
    return request[IDENTITY]


class Failures:
    """Wrong sign-ins by name and address. At the limit more are refused unchecked until the oldest is old."""

    def __init__(
        self, limit: int = FAILURES, window_s: float = FAILURE_WINDOW_S, size: int = REMEMBERED
    ) -> None:
        self._limit, self._window_s, self._size = limit, window_s, size
        self._times: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def wait_s(self, key: tuple[str, str], now: float) -> float:
        """Seconds until the next try is looked at; 0: now."""
        times = self._times.get(key)
        while times and now - times[0] >= self._window_s:
            times.popleft()
        return times[0] + self._window_s - now if times and len(times) >= self._limit else 0.0

    def add(self, key: tuple[str, str], now: float) -> None:
        times = self._times.setdefault(key, deque(maxlen=self._limit))
        times.append(now)
        self._times.move_to_end(key)
        while len(self._times) > self._size:
            self._times.popitem(last=False)

    def forget(self, key: tuple[str, str]) -> None:
        self._times.pop(key, None)


FAILED = web.AppKey("failures", Failures)
CHECKS = web.AppKey("checks", asyncio.Semaphore)


# ---- who asks


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


async def identify(request: web.Request) -> Identity | None:
    """The signed-in user of the request's cookie. Sessions end by idleness, by age, and with their user."""
    token = request.cookies.get(cookie_of(request.app[DEPS].settings))
    if not token:
        return None
    deps = request.app[DEPS]
    found = await deps.database.read(users.signed_in, token_hash(token))
    if found is None:
        return None
    session, user = found
    now = deps.clock.now()
    idle, age = (now - session.seen_at).total_seconds(), (now - session.created_at).total_seconds()
    if idle > deps.settings.session_idle_s or age > deps.settings.session_max_s:
        await deps.database.note(users.end_session, session.token_hash)
        return None
    if idle > TOUCH_EVERY_S:
        await deps.database.note(users.touch_session, session.token_hash, now)
        session = replace(session, seen_at=now)
    return Identity(user=user, session=session, may=_sight(deps, user))


def _sight(deps: WebDeps, user: UserRow) -> Sight:
    return Sight.of(user.roles.split(), deps.named_places)


def cookie_of(settings: WebSettings) -> str:
    return TRAINING_COOKIE if settings.training else COOKIE


def check_origin(request: web.Request) -> None:
    """Refuse what another site made the browser send (Fetch Metadata, else Origin; and our own header)."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in (None, "same-origin", "none")
    if site is None and origin is not None:
        foreign = origin.partition("://")[2] != request.host
    if foreign or HEADER not in request.headers:
        raise ApiError("not_same_origin")


def is_private(request: web.Request) -> bool:
    """Whether nobody between here and the browser can read the cookie: TLS, or this very machine."""
    if request.app[DEPS].settings.behind_tls or request.secure:
        return True
    try:
        return ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def address_of(request: web.Request) -> str:
    """Where the request comes from; behind the TLS proxy, what the proxy says it saw."""
    forwarded = request.headers.get("X-Forwarded-For") if request.app[DEPS].settings.behind_tls else None
    return forwarded.rpartition(",")[2].strip() if forwarded else request.remote or ""


# ---- the session as pages see it


async def sign_in(request: web.Request) -> web.Response:
    deps = request.app[DEPS]
    if not is_private(request):
        raise ApiError("https_required")
    asked = await body_of(request, SignIn)
    key, now = (asked.username, address_of(request)), deps.clock.monotonic()
    failures = request.app[FAILED]
    if (wait_s := failures.wait_s(key, now)) > 0:
        raise ApiError("too_many_attempts", retry_after_s=int(wait_s) + 1)
    user = await deps.database.read(users.user, asked.username)
    async with request.app[CHECKS]:
        stored = user.password_hash if user else _NOBODY
        holds = await asyncio.to_thread(password_holds, stored, asked.password)
    if user is None or user.disabled or not holds:
        failures.add(key, now)
        log.info("sign-in refused", pii_user=asked.username, pii_address=key[1])
        raise ApiError("bad_credentials")
    failures.forget(key)
    if asked.position is not None:
        await taken_seat(
            deps, user, asked.position, request_id=new_uuid(deps.clock), take_over=asked.take_over
        )
    identity, token = await _open_session(deps, user, asked.position)
    log.info("signed in", pii_user=user.username, pii_address=key[1], position=asked.position)
    response = web.json_response(me_of(deps, identity))
    response.set_cookie(
        cookie_of(deps.settings), token, httponly=True, samesite="Strict", path="/",
        max_age=int(deps.settings.session_max_s),
        secure=deps.settings.behind_tls or request.secure,
    )  # fmt: skip
    return response


async def _open_session(deps: WebDeps, user: UserRow, position: str | None) -> tuple[Identity, str]:
    token, now = secrets.token_urlsafe(32), deps.clock.now()
    session = SessionRow(
        token_hash=token_hash(token), username=user.username, position=position, created_at=now, seen_at=now
    )
    idle, longest = (
        timedelta(seconds=deps.settings.session_idle_s),
        timedelta(seconds=deps.settings.session_max_s),
    )
    await deps.database.write(users.drop_stale_sessions, now - idle, now - longest)
    await deps.database.write(users.add_session, session)
    await seated(deps, session, position)
    return Identity(user=user, session=session, may=_sight(deps, user)), token


async def taken_seat(
    deps: WebDeps, user: UserRow, position: str, *, request_id: str, take_over: bool
) -> None:
    """Sit down: in the hall, so that everybody sees it. Raises ApiError where that position is none, or
    taken."""
    named = deps.settings.positions
    if named and position not in named:
        raise ApiError("unknown_position", field="position")
    desk = next((desk for desk in deps.hall().desks if desk.agent == position), None)
    rev_of(
        await deps.submit(
            TakeSeat(
                pbx=deps.settings.position_pbx.get(position) or (desk.pbx if desk else ""),
                at=deps.clock.now(), request_id=request_id, actor=user.username, position=position,
                display_name=user.display_name, take_over=take_over,
            )
        )
    )  # fmt: skip


async def seated(deps: WebDeps, session: SessionRow, position: str | None) -> SessionRow:
    """The session at its position; whoever had it before has none now."""
    await deps.database.write(users.set_position, session.token_hash, position)
    return replace(session, position=position)


def me_of(deps: WebDeps, identity: Identity) -> dict[str, object]:
    settings = deps.settings
    return {
        "username": identity.user.username,
        "display_name": identity.user.display_name,
        "roles": identity.user.roles.split(),
        "permissions": sorted(identity.may),
        "position": identity.session.position,
        "department": identity.user.department,
        "language": identity.user.language,
        "site": {
            "name": settings.site, "demo": settings.demo, "training": settings.training,
            "speech_demo_languages": list(settings.speech_demo_languages or deps.demo_languages()),
        },
        "server_time": stamp(deps.clock.now()),
    }  # fmt: skip


async def who_am_i(request: web.Request) -> web.Response:
    return web.json_response(me_of(request.app[DEPS], identity_of(request)))


async def change_session(request: web.Request) -> web.Response:
    change = await body_of(request, SessionChange)
    deps, identity = request.app[DEPS], identity_of(request)
    await deps.database.write(users.set_language, identity.user.username, change.language)
    user = replace(identity.user, language=change.language)
    return web.json_response(me_of(deps, replace(identity, user=user)))


async def sign_out(request: web.Request) -> web.Response:
    identity, deps = identity_of(request), request.app[DEPS]
    if identity.session.position is not None:
        up = LeaveSeat(at=deps.clock.now(), request_id=new_uuid(deps.clock), actor=identity.user.username)
        await deps.submit(up)
    await deps.database.write(users.end_session, identity.session.token_hash)
    response = web.Response(status=204)
    response.del_cookie(cookie_of(deps.settings), path="/")
    return response


_PATH = "/api/v1/session"
ROUTES = (
    Route(method="POST", path=_PATH, handler=sign_in, access=PUBLIC, summary="Sign in",
          request=SignIn, response=Me),
    Route(method="GET", path=_PATH, handler=who_am_i, access=SIGNED_IN, summary="Who am I", response=Me),
    Route(
        method="PATCH", path=_PATH, handler=change_session, access=SIGNED_IN, summary="Choose the language",
        request=SessionChange, response=Me,
    ),
    Route(method="DELETE", path=_PATH, handler=sign_out, access=SIGNED_IN, summary="Sign out"),
)  # fmt: skip
