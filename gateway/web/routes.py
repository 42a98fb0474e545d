"""What the pages' backend is given, and how a route is declared: no route without saying who may use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from gateway.calls.model import CallSession
from gateway.clock import Clock
from gateway.desk.hall import HallState
from gateway.desk.incidents.model import SurgeLimits
from gateway.desk.incidents.shield import FloodLimits
from gateway.desk.where import Around
from gateway.runtime.answers import Accepted, Answer, Busy, Refused, Request
from gateway.runtime.directory import DirectoryWatch
from gateway.runtime.drill.desk import DrillDesk
from gateway.runtime.hub import Hub
from gateway.runtime.markers import Markers
from gateway.runtime.plan_desk import PlanDesk
from gateway.runtime.receiving import Receiving
from gateway.runtime.sharing import ShareDesk
from gateway.runtime.texting import Texting
from gateway.runtime.thread_desk import ThreadDesk
from gateway.runtime.wall import Wall
from gateway.runtime.workshop import Workshop
from gateway.store.database import Database
from gateway.web.errors import MESSAGES, ApiError, Both, Handler
from gateway.web.roles import Permission
from gateway.web.veil import Spots, nothing_known

STATIC = Path(__file__).with_name("static")
"""Where `gateway.web.build` puts the pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """`behind_tls`: a TLS proxy stands in front, on this machine. Sound is served from `archive` alone."""

    site: str
    archive: Path
    timezone: str = "Asia/Shanghai"
    """By which days are counted."""
    positions: Mapping[str, str] = field(default_factory=dict)
    """Extension to name, of the configured positions; empty: every member of the queues is one."""
    position_pbx: Mapping[str, str] = field(default_factory=dict)
    demo: bool = False
    training: bool = False
    """These are the pages of a training: nothing on them is real, and all of them say so."""
    speech_demo_languages: tuple[str, ...] = ()
    """Languages whose speech model hears synthetic voices only, as pages must say; "" where it names none."""
    behind_tls: bool = False
    session_idle_s: float = 3600.0
    session_max_s: float = 14 * 3600.0
    heartbeat_s: float = 15.0
    static: Path = STATIC
    map_tiles: Path | None = None
    map_geojson: Path | None = None
    map_attribution: str = ""
    """The site's own map: files of this machine, see `gateway.web.map`."""
    metrics_from: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Networks whose machines may read /metrics."""
    machine_token: str | None = field(default=None, repr=False)
    """What machines that hand something in show as `Authorization: Bearer …`; None: they sign in."""
    surge: SurgeLimits = field(default_factory=SurgeLimits)
    flood: FloodLimits = field(default_factory=FloodLimits)
    """When calls look like a flood: the shield's page says so."""
    reserved_seats: int = 0
    """Desks that stay free for calls that are not suspected, while a flood lasts."""
    rank_in_queue: bool = False
    """The PBXs are told which calls come after the others."""
    aml_secret: str | None = field(default=None, repr=False)
    """With which AML messages are signed; None: none is taken without a machine's token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDeps:
    """`submit`: the loop's door for people; `health`: the body of /api/v1/health; `saving`: commits work."""

    database: Database
    submit: Callable[[Request], Awaitable[Answer]]
    hub: Hub
    health: Callable[[], Mapping[str, Any]]
    clock: Clock
    settings: WebSettings
    saving: Callable[[], bool] = lambda: True
    demo_languages: Callable[[], Sequence[str]] = tuple
    """Languages for which a listener on another machine has a model that understands no people."""
    receiving: Receiving | None = None
    markers: Markers | None = None
    workshop: Workshop | None = None
    """The site's rule packs, and the door for what people ask of them."""
    hall: Callable[[], HallState] = lambda: HallState(site="")
    """Desks, queues and who sits where, as committed last."""
    around: Around = lambda fix: None
    """What the site's places say of a fix."""
    named_places: Spots = nothing_known
    """Where a text names places of the site: covered for who may not see them."""
    directory: DirectoryWatch | None = None
    """To whom callers are handed over."""
    duties: Callable[[], Mapping[str, tuple[str, str]]] = dict
    """What the active pack cites of a department's duties: code to zh and en."""
    plans: PlanDesk | None = None
    """Response plans and their runs."""
    dispatch_waiting: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    """What does not come from the dispatch core, longest first."""
    call_backs: Callable[[], Sequence[CallSession]] = tuple
    """Calls whose caller hung up unanswered and is to be rung back, oldest first."""
    threads: ThreadDesk | None = None
    """Text calls: messages in, the queue."""
    sounds: Callable[[str], Sequence[Mapping[str, Any]]] = lambda call_id: ()
    """How a live caller sounded in the last minute, second by second."""
    texting: Texting | None = None
    """Texts out, and their delivery reports in."""
    sharing: ShareDesk | None = None
    """Links sent to callers, and what comes over them."""
    drills: DrillDesk | None = None
    """The trainer's desk; None in the hall."""
    wall: Wall | None = None
    """The big screen's answer."""
    active_rules: Callable[[], Iterable[str]] = tuple
    """Ids of the active pack's rules."""


DEPS = web.AppKey("deps", WebDeps)

PUBLIC = "public"
"""Anybody: signing in, the machine's health, the pages' files."""
SIGNED_IN = "signed_in"
"""Whoever is signed in, whatever the role."""
MACHINE = "machine"
"""A machine that hands something in: by its token, or signed in with the role of that name."""
SIGNED = "signed"
"""Anybody: each message carries a signature of its own, which the handler verifies."""
Access = Permission | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One entry of the API; `request` and `response` are what OpenAPI says of the bodies."""

    method: str
    path: str
    handler: Handler
    access: Access
    summary: str
    request: type[BaseModel] | None = None
    response: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    takes: tuple[str, ...] = ()
    """Media types of a body that is no model: taken as it comes."""


M = TypeVar("M", bound=BaseModel)

_TOLD = frozenset(
    {
        "invalid",
        "unusable_pack",
        "written_before",
        "already_finished",
        "finished",
        "seat_taken",
        "plan_running",
        "task_closed",
        "task_claimed",
        "in_the_future",
        "too_long_ago",
        "record_linked",
        "text_claimed",
    }
)
"""Refusals whose own words say more than the message of their code."""


def rev_of(answer: Answer) -> int:
    """The revision that holds what was asked; a refusal becomes the one error shape."""
    match answer:
        case Accepted(rev=rev):
            return rev
        case Busy(retry_after_ms=wait_ms):
            raise ApiError("busy", retry_after_s=max(1, -(-wait_ms // 1000)))
    raise refused(answer)


def refused(answer: Refused, detail: Both | None = None) -> ApiError:
    """A refusal as the one error shape. `detail`: what is to be told beside the sentence of its code."""
    own = answer.text if answer.code not in MESSAGES or answer.code in _TOLD else None
    return ApiError(answer.code, detail=detail or own)


BODY_LIMIT_BYTES = 64 * 1024
"""A longer body is refused unread."""


async def body_of(request: web.Request, model: type[M]) -> M:
    """The JSON body as `model`; what does not fit is told with its place."""
    return _checked(model, await request.text(), model.model_validate_json)


LONG_BODY_BYTES = 20 * 1024 * 1024
"""A body that carries files of rules; a longer one is refused without reading on."""


async def long_body_of(request: web.Request, model: type[M]) -> M:
    """Like `body_of`, for bodies that carry files."""
    if (request.content_length or 0) > LONG_BODY_BYTES:
        raise ApiError("too_large")
    read = bytearray()
    async for piece in request.content.iter_chunked(65_536):
        read += piece
        if len(read) > LONG_BODY_BYTES:
            raise ApiError("too_large")
    return _checked(model, bytes(read), model.model_validate_json)


def query_of(request: web.Request, model: type[M]) -> M:
    """The query as `model`."""
    return _checked(model, dict(request.query), model.model_validate)


def _checked(model: type[M], data: Any, validate: Callable[[Any], M]) -> M:
    try:
        return validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or None
        raise ApiError("invalid", field=place, detail=first["msg"]) from error
