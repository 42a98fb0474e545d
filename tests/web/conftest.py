"""The pages' backend on a real store, with a loop that only records what people ask of it."""

from __future__ import annotations

import asyncio
import inspect
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import argon2
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    Playwright,
    ViewportSize,
    async_playwright,
    expect,
)

from gateway.calls.model import CallSession, CallState, EndReason, RecordedFile, Recording, RecordingStatus
from gateway.calls.signals import CallRequest, CallSignal
from gateway.desk import board
from gateway.desk.card import CardValue, Source
from gateway.desk.hall import HallState
from gateway.desk.where import Around
from gateway.dispatch.encode import outbox_rows
from gateway.ids import CallId
from gateway.journal.chain import Entry, link
from gateway.journal.codec import Codec, encode, encode_as, to_text
from gateway.ports import AggregateRow, CallRow, CardFieldRow, Commit, SegmentRow
from gateway.runtime.answers import Accepted, Answer
from gateway.runtime.directory import DirectoryWatch
from gateway.runtime.hub import Hub
from gateway.runtime.incident_machine import FloodMachine, IncidentMachine
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine, HallMachine, RulebookMachine, journal_codec
from gateway.runtime.markers import Markers
from gateway.runtime.plan_desk import PlanDesk
from gateway.runtime.plan_machine import PlanMachine
from gateway.runtime.receiving import Receiving
from gateway.runtime.sharing import ShareDesk
from gateway.runtime.texting import Texting
from gateway.runtime.thread_desk import ThreadDesk
from gateway.runtime.wall import Wall
from gateway.runtime.workshop import Workshop
from gateway.speech.model import Leg, TranscriptSegment
from gateway.store import users
from gateway.store.bodies import StoredBodies
from gateway.store.store import SqlStore, open_store
from gateway.store.users import UserRow
from gateway.testing.clock import ManualClock
from gateway.testing.demo_api import DemoApi
from gateway.testing.lab import lab_browser
from gateway.testing.store_file import store_url
from gateway.web import auth
from gateway.web.app import make_app
from gateway.web.build import build
from gateway.web.routes import WebDeps, WebSettings
from gateway.web.veil import Spots, nothing_known

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse 110"
POST = {"X-Intake110": "1"}

Client = TestClient[Any, Any]


@dataclass
class Site:
    """One running backend and what is behind it."""

    store: SqlStore
    hub: Hub
    clock: ManualClock
    settings: WebSettings
    open_client: Callable[[], Awaitable[Client]]
    asked: list[CallRequest] = field(default_factory=list)
    answer: Answer = field(default_factory=lambda: Accepted(rev=7))
    health: dict[str, Any] = field(default_factory=dict)
    saving: bool = True
    workshop: Workshop | None = None
    threads: ThreadDesk | None = None
    directory: DirectoryWatch | None = None
    duties: dict[str, tuple[str, str]] = field(default_factory=dict)
    plans: PlanDesk | None = None
    texting: Texting | None = None
    sharing: ShareDesk | None = None
    wall: Wall | None = None
    active_rules: list[str] = field(default_factory=list)
    hall: Callable[[], HallState] = lambda: HallState(site="hz")
    call_backs: Callable[[], Sequence[CallSession]] = tuple
    sounds: Callable[[str], Sequence[Mapping[str, Any]]] = lambda call_id: ()
    around: Around = lambda fix: None
    named_places: Spots = nothing_known
    told: list[Any] = field(default_factory=list)
    """What handed-in bodies told the loop."""

    def __post_init__(self) -> None:
        self.markers = Markers(self.hub, self.clock)
        self.receiving = Receiving(bodies=StoredBodies(self.store.database), loop=self, clock=self.clock)

    async def settled(self, signal: Any) -> None:
        self.told.append(signal)

    async def submit(self, request: CallRequest) -> Answer:
        self.asked.append(request)
        if isinstance(self.answer, Accepted) and isinstance(request, CallSignal):
            await self.journal(request)
        return self.answer

    async def journal(self, signal: CallSignal) -> None:
        head = await self.store.head()
        name, version, payload = Codec([type(signal)]).dump(signal)
        entry = Entry(
            at=signal.at,
            kind="call",
            key=signal.call_id,
            type=name,
            version=version,
            payload=payload,
            salt=b"s" * 32,
        )
        await self.store.commit(Commit(journal=link(head.journal_seq, head.journal_hash, [entry])))

    async def add_user(self, username: str, roles: str, department: str | None = None) -> None:
        row = UserRow(
            username=username, display_name=f"{username} 警官", password_hash=auth.hash_password(PASSWORD),
            roles=roles, language="zh-CN", disabled=False, created_at=self.clock.now(),
            department=department,
        )  # fmt: skip
        await self.store.database.write(users.add_user, row)

    async def signed_in(self, roles: str = "call_taker", department: str | None = None) -> Client:
        """A browser of somebody with these roles."""
        client, username = await self.open_client(), f"u{uuid.uuid4().hex[:8]}"
        await self.add_user(username, roles, department)
        body = {"username": username, "password": PASSWORD}
        answered = await client.post("/api/v1/session", json=body, headers=POST)
        assert answered.status == 200, await answered.text()
        return client

    async def put_call(
        self, session: CallSession, card: Mapping[str, tuple[CardValue, ...]] | None = None,
        segments: tuple[TranscriptSegment, ...] = (),
    ) -> None:  # fmt: skip
        """The call as the loop would have committed it."""
        await self.store.commit(
            Commit(
                aggregates=[
                    AggregateRow(
                        kind="call", key=session.call_id, rev=session.rev, closed=session.closed,
                        state=to_text(encode(session)), changed_at=NOON,
                    )
                ],
                calls=[_call_row(session)],
                card_fields=[
                    CardFieldRow(
                        call_id=session.call_id, name=name, rev=1,
                        payload=to_text(encode_as(tuple[CardValue, ...], values)),
                    )
                    for name, values in (card or {}).items()
                ],
                segments=[
                    SegmentRow(
                        call_id=session.call_id, speaker=one.speaker, index=one.index,
                        started_ms=one.started_ms, text=one.text, payload=to_text(encode(one)),
                    )
                    for one in segments
                ],
            )
        )  # fmt: skip


def _call_row(session: CallSession) -> CallRow:
    return CallRow(
        call_id=session.call_id, pbx=session.pbx, state=session.state, seized_at=session.seized_at,
        ended_at=session.ended_at, ani=session.ani, dialed=session.dialed, end_reason=session.end_reason,
        alarm_class=None, nature=None, priority=None, department=None, agents="",
        duration_ms=board.duration_ms(session), sip_call_id=session.sip_call_id,
    )  # fmt: skip


def a_call(number: int = 1, *, ended: bool = False, archive: Path | None = None) -> CallSession:
    """Call `number`, seized so many seconds after noon; with a stored recording when its archive is given."""
    seized_at = NOON + timedelta(seconds=number)
    session = CallSession(
        call_id=CallId(f"hz-p1-1767614400.{number}"), site="hz", pbx="p1", uniqueid=f"1767614400.{number}",
        linkedid=f"1767614400.{number}", line="PJSIP/trunk-1", seized_at=seized_at, state=CallState.ANSWERED,
        ani="13800138000", dialed="110", rev=3,
    )  # fmt: skip
    if ended:
        session = replace(
            session, state=CallState.ENDED, ended_at=seized_at + timedelta(seconds=30),
            end_reason=EndReason.COMPLETED, closed=True,
        )  # fmt: skip
    if archive is not None:
        file = RecordedFile(part="mix", path=str(archive / "mix.wav"), seconds=1.0, size_bytes=1, sha256="0")
        stored = Recording(
            recording_id="0x7f",
            file="/spool/x.wav",
            started_at=NOON,
            status=RecordingStatus.STORED,
            files=(file,),
        )
        session = replace(session, recordings=(stored,))
    return session


CARD = {
    "address": (CardValue(value="建国路88号", source=Source.PIDF, confidence=0.95),),
    "caller_number": (CardValue(value="13800138000", source=Source.AMI),),
    "phone": (CardValue(value="13912345678、057188880000", source=Source.SPEECH, confidence=0.7),),
}


def said(index: int, text: str, started_ms: int = 1000) -> TranscriptSegment:
    return TranscriptSegment(
        index=index,
        speaker=Leg.CALLER,
        started_ms=started_ms,
        ended_ms=started_ms + 900,
        text=text,
        model_id="m",
    )


@pytest_asyncio.fixture(loop_scope="session")
async def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Site]:
    monkeypatch.setattr(auth, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    store, clients = await open_store(store_url(tmp_path)), []
    static, archive = tmp_path / "static", tmp_path / "archive"
    (static / "assets").mkdir(parents=True)
    archive.mkdir()

    async def open_client() -> Client:
        deps = WebDeps(
            database=store.database, submit=made.submit, hub=made.hub, health=lambda: made.health,
            clock=made.clock, settings=made.settings, saving=lambda: made.saving,
            receiving=made.receiving, markers=made.markers, active_rules=lambda: made.active_rules,
            workshop=made.workshop, directory=made.directory, plans=made.plans, duties=lambda: made.duties,
            texting=made.texting, sharing=made.sharing, threads=made.threads,
            wall=made.wall, around=lambda fix: made.around(fix),
            hall=lambda: made.hall(), call_backs=lambda: made.call_backs(),
            sounds=lambda call_id: made.sounds(call_id),
            named_places=lambda text: made.named_places(text),
        )  # fmt: skip
        clients.append(TestClient(TestServer(make_app(deps))))
        await clients[-1].start_server()
        return clients[-1]

    made = Site(
        store=store,
        hub=Hub(),
        clock=ManualClock(NOON),
        settings=WebSettings(site="hz", archive=archive, static=static),
        open_client=open_client,
        health={"state": "up", "services": []},
    )
    yield made
    for client in clients:
        await client.close()
    await made.receiving.close()
    await store.close()


@pytest_asyncio.fixture(loop_scope="session")
async def intake(site: Site) -> AsyncIterator[Intake]:
    """The real loop, behind the site."""
    made = Intake(
        store=site.store, clock=site.clock,
        machines=(
            CallMachine(), HallMachine("hz"), RulebookMachine("hz"), IncidentMachine(), FloodMachine("hz"),
            PlanMachine(),
        ),
        codec=journal_codec(), encode=partial(outbox_rows, site="hz"), salt=lambda: b"s" * 32,
    )  # fmt: skip
    await made.load()
    running = asyncio.create_task(made.run())
    site.submit = made.submit  # type: ignore[method-assign]
    site.hall = lambda: live.state if (live := made.book.get(("hall", "hz"))) else HallState(site="hz")
    yield made
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


# ---- pages in a browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests of this folder: the browser that they share lives in it."""
    for item in items:
        if item.path.parent == FOLDER and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """In a loop of its own a fixture would wait for this folder's one for ever: it fails with its cure."""
    waits = inspect.iscoroutinefunction(fixturedef.func) or inspect.isasyncgenfunction(fixturedef.func)
    if waits and getattr(fixturedef.func, "_loop_scope", None) != "session":
        pytest.fail(f'{fixturedef.argname}: here it is @pytest_asyncio.fixture(loop_scope="session")', False)
    return (yield)


FOLDER = Path(__file__).parent

expect.set_options(timeout=20_000)  # a machine busy with other tests is slow; what never comes still fails
SMALL: ViewportSize = {"width": 1280, "height": 720}
WATCH_POLICY = """
window.violations = [];
addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""
EXPECTED_REFUSALS = re.compile("status of (401|409)|net::ERR_FAILED")
"""Chromium reports these as errors: nobody signed in, a write on an old revision, a connection forbidden."""

Visit = Callable[[str, str], Awaitable[Page]]
Open = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def built_pages() -> None:
    build()


@pytest_asyncio.fixture(loop_scope="session")
async def runners() -> AsyncIterator[list[web.AppRunner]]:
    """Servers that stop after the browser."""
    started: list[web.AppRunner] = []
    yield started
    for runner in started:
        await runner.cleanup()


class OneBrowser:
    """A Chromium that all tests of pages share, each with contexts of its own: to start one costs more than
    most of them. One that died is started again, so that the next test does not fail for the last."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: Browser | None = None

    async def running(self) -> Browser:
        if self._running is None or not self._running.is_connected():
            chromium = lab_browser()
            self._running = await self._playwright.chromium.launch(
                executable_path=chromium.path, args=list(chromium.args), env=chromium.env
            )
        return self._running

    async def close(self) -> None:
        if self._running is not None:
            await self._running.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def one_browser() -> AsyncIterator[OneBrowser]:
    async with async_playwright() as playwright:
        made = OneBrowser(playwright)
        yield made
        await made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(
    built_pages: None, runners: list[web.AppRunner], one_browser: OneBrowser
) -> AsyncIterator[Visit]:
    """Opens pages by base address and path; afterwards none may have logged an error or broken the policy."""
    browser, faults = await one_browser.running(), []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED_REFUSALS.search(message.text):
            faults.append(f"{message.text} {message.location['url']}")

    async def visit_one(base: str, path: str) -> Page:
        context = await browser.new_context(viewport=SMALL, base_url=base)
        page = await context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.add_init_script(WATCH_POLICY)
        await page.goto(path)
        return page

    yield visit_one
    for context in list(browser.contexts):
        for page in context.pages:
            faults += await page.evaluate("window.violations")
        await context.close()
    assert faults == []


@pytest.fixture
def open_page(visit: Visit, runners: list[web.AppRunner]) -> Open:
    """Opens pages on a DemoApi."""

    async def open_one(api: DemoApi, path: str = "/", *, signed_in: bool = True) -> Page:
        api.signed_in = signed_in
        runners.append(web.AppRunner(api.app()))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        host, port = runners[-1].addresses[0][:2]
        return await visit(f"http://{host}:{port}", path)

    return open_one


async def typed(page: Page, words: str) -> None:
    """As a person types: not before the cursor stands in a box."""
    box = page.locator(":is(input, textarea, [contenteditable=true]):focus")
    await expect(box).to_have_count(1)
    await page.keyboard.type(words)


# ---- cards with a place

SITUATION = {
    "circle": 0, "arc_band": 1, "polygon": 2, "conflict": 3, "address": 4, "moving": 5, "outside": 6,
    "ellipse": 7,
}  # fmt: skip
"""Numbers of the invented calls, by what is known of their place (`demo_places`)."""
NO_WEBGL = """
const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith('webgl') ? null : real.call(this, kind, ...more);
};
"""

Show = Callable[..., Awaitable[tuple[Page, DemoApi]]]


@pytest.fixture
def show(open_page: Open) -> Show:
    """Opens the card of a call in a situation; `webgl` False: as a desk without a graphics card does."""

    async def show_one(
        situation: str, *, webgl: bool = False, api: DemoApi | None = None
    ) -> tuple[Page, DemoApi]:
        api = api or DemoApi("usual")
        page = await open_page(api)
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        if not webgl:
            await page.add_init_script(NO_WEBGL)
        await page.goto(f"/calls/{api.numbered(SITUATION[situation])}")
        await expect(page.locator("[data-where]")).to_be_visible()
        return page, api

    return show_one
