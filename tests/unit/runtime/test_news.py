"""After a commit: pages, relay and caches hear what changed, and each hears it once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from gateway.calls.model import RecordedFile
from gateway.calls.signals import LocationAnswered, RecordingStored, TriageFailed
from gateway.calls.tasked import CallerAnswered
from gateway.ids import CallId
from gateway.location.model import Datum, Location, LocationSource
from gateway.ports import Message, OutboxRow
from gateway.rulebook.model import Content
from gateway.rulebook.signals import PackSeeded
from gateway.runtime.hub import Hub, Subscription
from gateway.runtime.news import News
from gateway.speech.model import TranscriptSegment
from gateway.triage.model import Veto

from .conftest import Bench
from .test_intake import ENDED, ID, IDENTIFIED, QUEUED, RECORDING, SEIZED, at, said


@dataclass
class Outlet:
    rows: list[OutboxRow] = field(default_factory=list)
    shown: list[tuple[Message, datetime | None]] = field(default_factory=list)

    def offer(self, rows: Any) -> None:
        self.rows.extend(rows)

    def show(self, message: Message, *, ended_at: datetime | None = None) -> None:
        self.shown.append((message, ended_at))


@dataclass
class Court:
    """What judging is told."""

    segments: list[TranscriptSegment] = field(default_factory=list)
    vetoes: list[Veto] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def heard(self, call_id: str, segment: TranscriptSegment) -> None:
        self.segments.append(segment)

    def stands(self, call_id: str, veto: Veto) -> None:
        self.vetoes.append(veto)

    def forget(self, call_id: str) -> None:
        self.forgotten.append(call_id)


@dataclass
class Desk:
    bench: Bench
    hub: Hub = field(default_factory=Hub)
    outlet: Outlet = field(default_factory=Outlet)
    court: Court = field(default_factory=Court)

    def __post_init__(self) -> None:
        news = News(hub=self.hub, judging=self.court, outlet=self.outlet, clock=self.bench.clock)  # type: ignore[arg-type]
        self.page: Subscription = self.hub.subscribe()
        self.bench.intake.on_committed = news.committed

    async def pushed(self) -> dict[str, list[Any]]:
        """What the page has been told since the last look, by kind."""
        seen, self.page = self.page, self.hub.subscribe()
        seen.close()
        told: dict[str, list[Any]] = {}
        async for push in seen:
            told.setdefault(push.kind, []).append(push.data)
        return told


@pytest.fixture
def desk(bench: Bench) -> Desk:
    return Desk(bench)


async def test_a_group_of_signals_pushes_the_call_once_as_it_is_now(desk: Desk) -> None:
    await desk.bench.give(SEIZED, IDENTIFIED, QUEUED)
    told = await desk.pushed()
    assert [call["state"] for call in told["call"]] == ["QUEUED"]
    assert told["card"][-1]["fields"]["caller_number"][0]["value"] == "13800138000"


async def test_all_rows_of_the_outbox_go_to_the_relay_in_order(desk: Desk) -> None:
    await desk.bench.give(SEIZED, IDENTIFIED, QUEUED)
    assert [row.site_seq for row in desk.outlet.rows] == list(range(1, len(desk.outlet.rows) + 1))
    assert desk.outlet.rows


async def test_the_retained_card_is_the_calls_latest_and_says_when_it_may_go(desk: Desk) -> None:
    await desk.bench.give(SEIZED, IDENTIFIED)
    message, ended_at = desk.outlet.shown[-1]
    state = json.loads(message.payload)
    assert (message.topic, message.retain, ended_at) == (f"110/demo/calls/{ID}/card", True, None)
    assert (state["call"]["ani"], state["rev"]) == (
        "13800138000",
        desk.bench.intake.book.get(("call", ID)).state.rev,
    )  # type: ignore[union-attr]
    await desk.bench.give(ENDED)
    assert desk.outlet.shown[-1][1] == ENDED.at


async def test_a_segment_is_pushed_and_given_to_judging(desk: Desk) -> None:
    await desk.bench.give(SEIZED, QUEUED, said(0, "有人打架"))
    told = await desk.pushed()
    assert [one["segment"]["text"] for one in told["segment"]] == ["有人打架"]
    assert [segment.text for segment in desk.court.segments] == ["有人打架"]


async def test_a_recording_is_pushed_without_the_paths_of_this_machine(desk: Desk) -> None:
    await desk.bench.give(SEIZED, RECORDING, ENDED)
    file = RecordedFile(part="mix", path="2026/x/1.0-mix.wav", seconds=30.0, size_bytes=1, sha256="ab")
    await desk.bench.give(RecordingStored(**at(31), recording_id="0x1", files=(file,)))
    told = (await desk.pushed())["recording"]
    assert [one["recording"]["status"] for one in told][-1] == "stored"
    assert "1.0-mix.wav" not in json.dumps(told)


async def test_a_closed_call_is_forgotten_by_judging(desk: Desk) -> None:
    await desk.bench.give(SEIZED, ENDED, CallerAnswered(**at(31), call=CallId("the-next")))
    assert desk.court.forgotten == []
    await desk.bench.give(TriageFailed(**at(31), reason="x", segments=0, speech_dead=True))
    assert desk.court.forgotten == [ID]


async def test_what_changes_nothing_is_news_to_nobody(desk: Desk) -> None:
    await desk.bench.give(SEIZED)
    await desk.pushed()
    shown = len(desk.outlet.shown)
    await desk.bench.give(SEIZED)
    assert (await desk.pushed(), len(desk.outlet.shown)) == ({}, shown)


async def test_pages_fetch_the_place_anew_when_something_is_learnt_of_it(desk: Desk) -> None:
    fix = Location(
        location_id="PIDF-1", source=LocationSource.PIDF, obtained_at=SEIZED.at, latitude=31.2,
        longitude=121.4, datum=Datum.WGS_84,
    )  # fmt: skip
    await desk.bench.give(SEIZED, LocationAnswered(call_id=ID, at=SEIZED.at, location=fix))
    assert (await desk.pushed())["location"] == [{"call_id": ID}]


async def test_steps_of_rule_packs_are_told_to_the_pages(bench: Bench) -> None:
    hub = Hub()
    news = News(hub=hub, judging=None, outlet=Outlet(), clock=bench.clock)  # type: ignore[arg-type]
    bench.intake.on_committed = news.committed
    subscription = hub.subscribe()
    content = Content(hash="h", pack_hash="p", veto_hash="v")
    await bench.give(PackSeeded(site="demo", at=bench.clock.now(), content=content))
    push = await subscription.next(1.0)
    assert push is not None
    assert (push.kind, push.data) == ("rules", {"steps": ["seeded"]})
