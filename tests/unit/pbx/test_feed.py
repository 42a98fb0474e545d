"""One PBX's stream into the loop: confirmed before it is up, blind from the moment its link is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.calls.effects import StartTap
from gateway.calls.hall import MalformedReceived, PbxChanged, PbxState
from gateway.calls.model import CallSession, EndReason
from gateway.calls.signals import CallEnded
from gateway.clock import SystemClock
from gateway.ids import CallId, call_id
from gateway.pbx.account import AmiLinkConfig, LinkState
from gateway.pbx.feed import LOOK_BACK, PbxFeed
from gateway.pbx.gap import GapSources
from gateway.pbx.shape import PbxShape
from gateway.speech.model import Leg
from gateway.testing.fake_asterisk import FakeAsterisk

PATIENCE_S = 20.0
UNIQUEID = "pbx1-1795469285.7"
TAP = StartTap(
    call_id=CallId("demo-pbx1-1"), pbx="pbx1", leg=Leg.CALLER, line="PJSIP/trunk-0",
    tap_id="9f100bee-3477-5005-a350-755b15cfb8c0",
)  # fmt: skip


@dataclass
class Loop:
    """What the feed asks of the loop, and what it gave it."""

    given: list[Any] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    news: list[LinkState] = field(default_factory=list)
    calls: list[CallSession] = field(default_factory=list)
    seen: datetime | None = None
    asked: list[datetime] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    def open(self, pbx: str) -> Sequence[CallSession]:
        return self.calls

    async def known(self, pbx: str, since: datetime) -> frozenset[str]:
        self.asked.append(since)
        return frozenset()

    async def last_seen(self, pbx: str) -> datetime | None:
        return self.seen

    async def offer(self, signal: Any) -> None:
        async with self.changed:
            self.given.append(signal)
            self.changed.notify_all()

    async def until(self, come: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_S), self.changed:
            await self.changed.wait_for(lambda: bool(come()))

    def links(self) -> list[PbxState]:
        return [signal.state for signal in self.given if isinstance(signal, PbxChanged)]


@pytest.fixture
async def pbx() -> AsyncIterator[FakeAsterisk]:
    async with FakeAsterisk() as running:
        yield running


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
async def feed(pbx: FakeAsterisk, loop: Loop) -> AsyncIterator[PbxFeed]:
    account = AmiLinkConfig(
        pbx="pbx1", host=pbx.host, port=pbx.port, username=pbx.username, secret=pbx.secret, retry_first_s=0.01
    )
    sources = GapSources(
        site="demo",
        pbx="pbx1",
        shape=PbxShape(),
        cel_csv=Path("none"),
        cdr_csv=None,
        recorded_since=lambda _: (),
    )
    made = PbxFeed(
        account, sources=sources, calls=loop, tap_address="10.0.0.1", clock=SystemClock(), offer=loop.offer
    )
    made.on_state = lambda state, news: (loop.states.append(state), loop.news.append(news))  # type: ignore[func-returns-value]
    yield made
    await made.close()


async def test_a_pbx_is_up_when_its_live_calls_are_known_and_its_messages_come_after_that(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed
) -> None:
    assert not feed.up
    await feed.start()
    await pbx.wait_for("CoreShowChannels")
    await pbx.send_raw(b"Event: Newchannel\r\nForged: yes\r\n\r\n")
    await loop.until(lambda: any(isinstance(signal, MalformedReceived) for signal in loop.given))
    assert [type(signal) for signal in loop.given] == [PbxChanged, MalformedReceived]
    assert (feed.up, loop.links(), loop.states[-1]) == (True, [PbxState.UP], "up")


async def test_with_an_empty_journal_no_gap_is_filled(loop: Loop, feed: PbxFeed) -> None:
    await feed.start()
    await loop.until(loop.links)
    assert loop.asked == []


async def test_an_open_call_that_lives_no_more_has_ended_before_the_pbx_counts_as_up(
    loop: Loop, feed: PbxFeed
) -> None:
    loop.seen = SystemClock().now()
    loop.calls = [
        CallSession(
            call_id=call_id("demo", "pbx1", UNIQUEID),
            site="demo",
            pbx="pbx1",
            uniqueid=UNIQUEID,
            linkedid=UNIQUEID,
            line="PJSIP/trunk-0",
            seized_at=loop.seen,
        )
    ]
    await feed.start()
    await loop.until(loop.links)
    ended, up = loop.given
    assert isinstance(ended, CallEnded)
    assert (ended.reason, ended.inferred, up.state) == (EndReason.LOST, True, PbxState.UP)


async def test_the_gap_begins_when_the_link_was_lost_however_much_else_was_journaled_since(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed
) -> None:
    await feed.start()
    await loop.until(loop.links)
    lost = SystemClock().now()
    await pbx.drop()
    await loop.until(lambda: loop.links() == [PbxState.UP, PbxState.DOWN, PbxState.UP])
    (since,) = loop.asked
    down = next(
        news
        for state, news in zip(loop.states, loop.news, strict=True)
        if state == "down" and news.since >= lost
    )
    assert since == down.since - LOOK_BACK


async def test_a_pbx_that_may_not_be_looked_into_is_never_up_and_the_cure_is_told(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed
) -> None:
    pbx.denied.add("CoreShowChannels")
    await feed.start()
    await loop.until(lambda: PbxState.DOWN in loop.links())
    assert not feed.up
    assert PbxState.UP not in loop.links()
    assert any("reporting" in (news.cure or "") for news in loop.news)


async def test_a_tap_is_asked_for_towards_the_address_that_the_pbx_can_reach(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed
) -> None:
    await feed.start()
    await loop.until(loop.links)
    assert await feed.start_tap(TAP, ":9092") is None
    asked = await pbx.wait_for("Originate")
    assert "10.0.0.1:9092" in asked["Channel"]


@pytest.mark.parametrize(
    ("words", "told"),
    [("UniqueID already in use", None), ("Originate failed", "Originate failed")],
)
async def test_a_refused_tap_says_why_and_one_that_is_there_already_is_as_good_as_done(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed, words: str, told: str | None
) -> None:
    pbx.script("Originate", lambda action: [(("Response", "Error"), ("Message", words))])
    await feed.start()
    await loop.until(loop.links)
    assert await feed.start_tap(TAP, "127.0.0.1:9092") == told


async def test_a_line_that_could_smuggle_in_an_action_is_not_sent(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed
) -> None:
    await feed.start()
    await loop.until(loop.links)
    hostile = StartTap(
        call_id=TAP.call_id, pbx="pbx1", leg=TAP.leg, line="PJSIP/x\r\nAction: Hangup", tap_id=TAP.tap_id
    )
    assert await feed.start_tap(hostile, "127.0.0.1:9092")
    assert pbx.count("Originate") == 0


async def test_a_listener_on_another_machine_is_named_to_the_pbx_as_it_is(
    pbx: FakeAsterisk, loop: Loop, feed: PbxFeed
) -> None:
    await feed.start()
    await loop.until(loop.links)
    assert await feed.start_tap(TAP, "10.0.0.7:9092") is None
    asked = await pbx.wait_for("Originate")
    assert "10.0.0.7:9092" in asked["Channel"]
