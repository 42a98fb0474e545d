"""The application behind `/s/`: open the link once, then share. Everything else, and everybody else, gets one
and the same page."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from aiohttp import web

from gateway.calls.sharing import MAX_TEXT_CHARS
from gateway.clock import Clock, within
from gateway.config_texts import ShareConfig
from gateway.ports import StoreUnavailable
from gateway.ports_share import Unfit
from gateway.runtime.answers import Accepted, Answer, Busy
from gateway.runtime.sharing import ShareDesk, Visit
from gateway.web.caller import bodies, pages
from gateway.web.caller.bodies import Unreadable
from gateway.web.caller.limits import Buckets
from gateway.web.caller.words import EN, ZH, Words

log = structlog.get_logger(__name__)

COOKIE, LANGUAGE = "share", "lang"
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
SECRET_BYTES = 24
UPLOADS = 4
"""Forms with pictures that are read at the same time; further ones wait, for UPLOAD_WITHIN_S."""
UPLOAD_WITHIN_S = 120.0
"""A form that is not read by then is given up: the phone tries again."""
READ_WITHIN_S = 15.0
"""The same for everything else."""
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
    "Server": "web",
}
FILES = {"style.css": "text/css", "share.js": "text/javascript"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Deps:
    desk: ShareDesk
    clock: Clock
    behind_proxy: bool = False
    secure: bool = False
    """Cookies are sent back over TLS alone."""
    strangers: Buckets = field(default_factory=lambda: Buckets(burst=60, per_s=2.0))
    """By address, of all requests; a phone in use asks less than one a second."""
    openings: Buckets = field(default_factory=lambda: Buckets(burst=10, per_s=0.2))
    """By address, of openings: who tries tokens is slow."""
    everybody: Buckets = field(default_factory=lambda: Buckets(burst=500, per_s=100.0))
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UPLOADS))


DEPS = web.AppKey("caller", Deps)


def make_app(deps: Deps) -> web.Application:
    app = web.Application(middlewares=[guarded], client_max_size=bodies.MAX_UPLOAD_BYTES)
    app[DEPS] = deps
    app.router.add_get("/s/", show)
    app.router.add_post("/s/text", take_text)
    app.router.add_post("/s/picture", take_pictures)
    app.router.add_post("/s/position", take_position)
    for name in FILES:
        app.router.add_get(f"/s/{name}", serve_file)
    app.router.add_get("/s/{token}", look)
    app.router.add_post("/s/{token}", open_link)
    app.on_response_prepare.append(_headers)
    return app


async def serve(config: ShareConfig, desk: ShareDesk, clock: Clock) -> web.AppRunner:
    """Listen where the site's TLS proxy finds it."""
    deps = Deps(
        desk=desk, clock=clock, behind_proxy=config.behind_proxy,
        secure=config.public_url.startswith("https:"),
    )  # fmt: skip
    runner = web.AppRunner(make_app(deps), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, config.host, config.port).start()
    return runner


async def _headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Too often, from another site, or nowhere: the same few answers, and nothing of what went wrong."""
    deps, words = request.app[DEPS], words_of(request)
    now, address = deps.clock.monotonic(), address_of(request)
    try:
        if not deps.strangers.take(address, now) or not deps.everybody.take("", now):
            return _busy(words, 429)
        if request.method == "POST" and _foreign(request):
            return _gone(words)
        limit_s = UPLOAD_WITHIN_S if request.path == "/s/picture" else READ_WITHIN_S
        answered = await within(deps.clock, limit_s, handler(request))
    except web.HTTPException as error:
        if error.status >= 400:
            return _gone(words)
        raise
    except (StoreUnavailable, TimeoutError) as error:
        log.warning("a caller's page was not answered", error=type(error).__name__)
        return _busy(words, 503)
    except Exception:
        log.exception("a caller's page failed", path=request.path[:12])
        return _busy(words, 500)
    if request.query.get(LANGUAGE) in ("zh", "en"):
        answered.set_cookie(
            LANGUAGE, request.query[LANGUAGE], path="/s", samesite="Lax", httponly=True, secure=deps.secure
        )
    return answered


def _foreign(request: web.Request) -> bool:
    """Another site made the browser send it."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin not in (None, "null") and str(origin).partition("://")[2] != request.host


def words_of(request: web.Request) -> Words:
    """As the switch says, else as the browser asks; Chinese where neither does."""
    chosen = request.query.get(LANGUAGE) or request.cookies.get(LANGUAGE)
    if chosen in ("zh", "en"):
        return EN if chosen == "en" else ZH
    wanted = request.headers.get("Accept-Language", "").strip().lower()
    return ZH if not wanted or wanted.startswith("zh") else EN


def address_of(request: web.Request) -> str:
    """Behind the proxy, what the proxy says it saw."""
    forwarded = request.headers.get("X-Forwarded-For") if request.app[DEPS].behind_proxy else None
    return forwarded.rpartition(",")[2].strip() if forwarded else request.remote or ""


# ---- the link


async def look(request: web.Request) -> web.Response:
    """Whatever the link is worth, it looks the same until somebody opens it."""
    words = words_of(request)
    return _html(pages.start(words)) if TOKEN.fullmatch(request.match_info["token"]) else _gone(words)


async def open_link(request: web.Request) -> web.StreamResponse:
    deps, words, token = request.app[DEPS], words_of(request), request.match_info["token"]
    if not deps.openings.take(address_of(request), deps.clock.monotonic()):
        return _busy(words, 429)
    if not TOKEN.fullmatch(token):
        return _gone(words)
    known, secret = _cookie(request)
    if known != token or not secret:
        secret = secrets.token_urlsafe(SECRET_BYTES)
    answer = await deps.desk.open(token, secret)
    if isinstance(answer, Busy):
        return _busy(words, 503)
    if not isinstance(answer, Accepted):
        used = answer is not None and answer.code == "link_used"
        return _html(pages.told(words, words.used_title, words.used), 409) if used else _gone(words)
    response = web.Response(status=303, headers={"Location": pages.ROOT})
    response.set_cookie(
        COOKIE, f"{token}.{secret}", path="/s", httponly=True, samesite="Strict", secure=deps.secure
    )
    return response


def _cookie(request: web.Request) -> tuple[str, str]:
    token, _, secret = request.cookies.get(COOKIE, "").partition(".")
    return (token, secret) if TOKEN.fullmatch(token) and TOKEN.fullmatch(secret) else ("", "")


async def _visit(request: web.Request) -> Visit | None:
    token, secret = _cookie(request)
    return await request.app[DEPS].desk.visit(token, secret) if token else None


# ---- sharing


async def show(request: web.Request) -> web.Response:
    words, visit = words_of(request), await _visit(request)
    if visit is None:
        return _gone(words)
    return _page(words, visit, done=request.query.get("done", ""))


async def take_text(request: web.Request) -> web.StreamResponse:
    words, visit = words_of(request), await _visit(request)
    if visit is None:
        return _gone(words)
    try:
        told = await bodies.form(request)
    except Unreadable as error:
        return _page(words, visit, problem=error.code)
    text = told.get("text", "").replace("\r\n", "\n").strip()
    if not text or len(text) > MAX_TEXT_CHARS:
        return _page(words, visit, problem="long_text" if text else "empty_text", written=text)
    once = told.get("once", "")
    name = once if TOKEN.fullmatch(once) else text
    answer = await request.app[DEPS].desk.text(visit, text, name)
    return _answered(words, visit, answer, "text", written=text)


async def take_pictures(request: web.Request) -> web.StreamResponse:
    """One after the other: those before a bad one are taken."""
    deps, words, visit = request.app[DEPS], words_of(request), await _visit(request)
    if visit is None:
        return _gone(words)
    answer: Answer | Unfit | None = None
    try:
        async with deps.uploads:
            async for data in bodies.pictures(request):
                answer = await deps.desk.picture(visit, data)
                if not isinstance(answer, Accepted):
                    break
    except Unreadable as error:
        return _page(words, visit, problem=error.code)
    if answer is None:
        return _page(words, visit, problem="empty_picture")
    if isinstance(answer, Unfit):
        return _page(words, visit, problem=answer.value)
    return _answered(words, visit, answer, "picture")


async def take_position(request: web.Request) -> web.Response:
    """From our own script: 204, or 404 where the link is over."""
    deps, visit = request.app[DEPS], await _visit(request)
    if visit is None:
        return _gone(words_of(request))
    try:
        told = await bodies.place(request)
        await deps.desk.position(visit, **told)
    except (Unreadable, ValueError):
        return web.Response(status=422)
    return web.Response(status=204)


def _answered(words: Words, visit: Visit, answer: Answer, kind: str, written: str = "") -> web.StreamResponse:
    if isinstance(answer, Accepted):
        return web.Response(status=303, headers={"Location": f"{pages.ROOT}?done={kind}"})
    if isinstance(answer, Busy):
        return _busy(words, 503)
    if answer.code == "no_link":
        return _gone(words)
    problem = answer.code if answer.code in words.problems else "invalid"
    return _page(words, visit, problem=problem, written=written)


# ---- answers


def _page(
    words: Words, visit: Visit, *, done: str = "", problem: str = "", written: str = ""
) -> web.Response:
    link = visit.session.share
    if link is None:
        return _gone(words)
    once = secrets.token_urlsafe(SECRET_BYTES)
    shown = pages.share(words, link, once=once, done=done, problem=problem, written=written)
    return _html(shown, 422 if problem else 200)


def _gone(words: Words) -> web.Response:
    return _html(pages.told(words, words.gone_title, words.gone), 404)


def _busy(words: Words, status: int) -> web.Response:
    response = _html(pages.told(words, words.busy_title, words.busy, back=True), status)
    response.headers["Retry-After"] = "5"
    return response


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


async def serve_file(request: web.Request) -> web.Response:
    name = request.path.rpartition("/")[2]
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return web.Response(text=text, content_type=FILES[name], charset="utf-8")
