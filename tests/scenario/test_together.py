"""The hard cases of calls together on the whole gateway: one crash, repeat callers, floods."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from gateway.calls.linked import ClearSuspicion, LinkCall, UnlinkCall
from gateway.calls.model import CallState
from gateway.calls.together import STRONG, FloodKind, Why
from gateway.desk.incidents.model import SurgeLimits
from gateway.dispatch.site_events import FactKind
from gateway.runtime.answers import Accepted
from gateway.runtime.shielding import TogetherSettings
from gateway.store import tables
from gateway.testing.call_script import Caller, WholeGateway

CRASH = (30.2500, 120.1500)
INCIDENT = "0198c3a0-0000-7000-8000-00000000000a"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[WholeGateway]:
    settings = TogetherSettings(surge=SurgeLimits(calls=4, within_s=300))
    async with WholeGateway(tmp_path, settings) as made:
        yield made


async def link(site: WholeGateway, one: Caller, other: Caller | None = None, **more: Any) -> None:
    session = await other.session() if other else None
    answer = await site.ask(
        LinkCall(
            call_id=one.call_id, at=site.clock.now(), request_id=f"link {one.call_id}", actor="zhang",
            incident_id=INCIDENT, other=other.call_id if other else None,
            other_seized_at=session.seized_at if session else None, **more,
        )
    )  # fmt: skip
    assert isinstance(answer, Accepted)


async def crash_caller(site: WholeGateway, number: int, metres: float = 0.0) -> Caller:
    caller = await site.caller(f"139{number:04}5678").rings()
    await caller.is_answered(f"11{number:02}")
    await caller.is_at(CRASH[0] + metres / 111_320, CRASH[1])
    await caller.says("这里出车祸了", "一辆油罐车侧翻在路口，快来")
    return caller


# ---- many calls for one crash


async def test_the_second_caller_of_a_crash_is_suggested_with_reasons_and_never_linked_by_itself(
    site: WholeGateway,
) -> None:
    first = await crash_caller(site, 1)
    await site.advance(60)
    second = await crash_caller(site, 2, metres=70)
    for one, other in ((second, first), (first, second)):
        (made,) = (await one.session()).together.suggestions
        assert made.call_id == other.call_id
        assert made.score >= STRONG
        assert {Why.NEAR, Why.WORDS, Why.SAME_NATURE} <= {reason.code for reason in made.reasons}
        assert (await one.session()).together.incident is None
    assert site.incidents == []


async def test_a_caller_who_hung_up_and_whose_call_is_closed_is_still_suggested(site: WholeGateway) -> None:
    first = await crash_caller(site, 1)
    await first.hangs_up()
    await site.advance(120)
    assert site.house.intake.book.get(("call", first.call_id)) is None
    second = await crash_caller(site, 2, metres=70)
    assert [each.call_id for each in (await second.session()).together.suggestions] == [first.call_id]


async def test_a_restart_forgets_no_call_of_the_last_hour(site: WholeGateway) -> None:
    first = await crash_caller(site, 1)
    await first.hangs_up()
    await site.quiet()
    await site.restart()
    second = await crash_caller(site, 2, metres=70)
    assert [each.call_id for each in (await second.session()).together.suggestions] == [first.call_id]


async def test_a_fight_elsewhere_at_the_same_time_is_not_suggested(site: WholeGateway) -> None:
    await crash_caller(site, 1)
    other = await site.caller("13700001111").rings()
    await other.is_answered()
    await other.is_at(CRASH[0] + 0.05, CRASH[1])
    await other.says("有人打架", "在烧烤摊")
    assert (await other.session()).together.suggestions == ()


async def test_an_injury_that_the_third_caller_tells_surfaces_for_all_and_is_published(
    site: WholeGateway,
) -> None:
    first, second = await crash_caller(site, 1), await crash_caller(site, 2, metres=40)
    third = await crash_caller(site, 3, metres=80)
    await link(site, second, first)
    await link(site, third)
    await third.says("司机流了好多血，车牌号是浙A12345")
    (incident,) = site.incidents
    for card in (first, second):
        new = {(fact.kind, fact.call_id) for fact in incident.new_for(card.call_id)}
        assert (FactKind.INJURY, third.call_id) in new
    assert any(event.get("fact") == "injury" for event in site.events("IncidentChange"))
    assert FactKind.INJURY not in {fact.kind for fact in incident.new_for(third.call_id)}


async def test_a_wrong_link_is_undone_and_leaves_the_calls_as_they_were(site: WholeGateway) -> None:
    first, second = await crash_caller(site, 1), await crash_caller(site, 2, metres=40)
    before = replace(await first.session(), rev=0, call_seq=0)
    await link(site, second, first)
    undo = UnlinkCall(
        call_id=second.call_id, at=site.clock.now(), request_id="undo", actor="zhang", reason="不是一起"
    )
    assert isinstance(await site.ask(undo), Accepted)
    after = replace(await first.session(), rev=0, call_seq=0)
    assert after == before
    linked = [message.topic for message in site.broker.messages if "/IncidentLink." in message.topic]
    assert sum(first.call_id in topic for topic in linked) == 2


async def test_many_calls_make_a_surge_that_ends_by_itself(site: WholeGateway) -> None:
    first, second = await crash_caller(site, 1), await crash_caller(site, 2, metres=40)
    await link(site, second, first)
    for number in range(3, 6):
        await site.advance(5)
        await crash_caller(site, number, metres=20.0 * number)
    (incident,) = site.incidents
    assert incident.surge_since is not None
    assert len(incident.members) == 2, "only people link"
    assert any(event["step"] == "surge_began" for event in site.events("IncidentChange"))
    await site.advance(400)
    (incident,) = site.incidents
    assert incident.surge_since is None
    assert site.events("IncidentChange")[-1]["step"] == "surge_ended"


# ---- repeat callers


async def test_a_repeat_caller_is_never_lowered_by_the_machine(site: WholeGateway) -> None:
    """She rang twice and waited in vain; then she rings again and again, and says nothing."""
    for _ in range(14):
        call = await site.caller("13600001111").rings()
        await site.advance(20)
        await call.hangs_up()
        await site.quiet()
    last = await site.caller("13600001111").rings()
    assert (await last.session()).together.suspicion is None
    assert site.floods.now == ()


async def test_a_number_with_violence_at_home_in_its_history_is_never_suspected(site: WholeGateway) -> None:
    first = await site.caller("13600002222").rings()
    await first.is_answered()
    await first.says("我老公打我，他喝了酒")
    await first.hangs_up()
    await site.advance(30)
    await site.restart()
    for _ in range(12):
        call = await site.caller("13600002222").rings()
        await site.advance(2)
        await call.hangs_up()
        await site.quiet()
        assert (await call.session()).together.suspicion is None


# ---- floods


async def test_533_one_ring_calls_in_an_afternoon_are_seen_at_the_fourth_and_none_is_lost(
    site: WholeGateway,
) -> None:
    """One every 27 seconds for four hours, between them people in need."""
    pranks, others = [], []
    for number in range(533):
        pranks.append(await site.caller("13800131234").rings())
        if number % 50 == 20:
            others.append(await site.caller(f"1390000{number:04}").rings())
        await site.quiet()  # the clock goes on when what happened is done, or a prank seems to wait for long
        await site.clock.advance(3)
        await pranks[-1].hangs_up()
        await site.quiet()
        await site.clock.advance(24)
    suspected = [(await each.session()).together.suspicion is not None for each in pranks]
    assert suspected.index(True) <= 4
    assert all(suspected[4:])
    assert [(await each.session()).together.suspicion for each in others] == [None] * len(others)
    (flood,) = [each for each in site.floods.now if each.kind is FloodKind.ONE_RING]
    assert (flood.key, flood.numbers) == ("13800131234", 1)
    assert await _stored(site) == 533 + 11
    began = [event for event in site.events("FloodSuspected") if event["step"] == "began"]
    assert 1 <= len(began) <= 3
    await site.advance(1000)
    assert site.floods.now == ()


async def _stored(site: WholeGateway) -> int:
    def count(connection: Connection) -> int:
        return connection.scalar(select(func.count()).select_from(tables.calls)) or 0

    return await site.store.database.read(count)


async def test_twenty_calls_a_second_for_a_minute_are_all_kept_and_seen_within_seconds(
    site: WholeGateway,
) -> None:
    noticed, waiting = None, []
    for number in range(1200):
        caller = await site.caller(f"13{number:05}7001", source="203.0.113.9").rings()
        waiting.append((site.clock.monotonic(), caller))
        await site.clock.advance(0.05)
        while waiting and site.clock.monotonic() - waiting[0][0] >= 1.0:
            await waiting.pop(0)[1].hangs_up()
        if noticed is None and number % 20 == 0:
            await site.quiet()
            noticed = site.clock.monotonic() if site.floods.now else None
    for _, caller in waiting:
        await caller.hangs_up()
    await site.quiet()
    assert noticed is not None
    assert noticed <= 5.0
    assert await _stored(site) == 1200
    assert {FloodKind.SOURCE} <= {each.kind for each in site.floods.now}
    clean = await site.caller("13911112222", source="10.0.0.1").rings()
    assert (await clean.session()).together.suspicion is None


async def test_a_suspected_caller_who_speaks_of_danger_is_at_once_unsuspected(site: WholeGateway) -> None:
    for _ in range(5):
        call = await site.caller("13800131234").rings()
        await site.advance(2)
        await call.hangs_up()
        await site.quiet()
    last = await site.caller("13800131234").rings()
    assert (await last.session()).together.suspicion is not None
    await last.is_answered()
    await last.says("救命，他拿着刀")
    session = await last.session()
    assert (session.together.suspicion, session.together.cleared) == (None, "veto")
    assert session.state is CallState.ANSWERED
    again = await site.caller("13800131234").rings()
    assert (await again.session()).together.suspicion is None


async def test_a_flooding_number_stands_behind_the_others_on_the_pbx_until_it_is_over_or_cleared(
    tmp_path: Path,
) -> None:
    async with WholeGateway(tmp_path, TogetherSettings(rank_in_queue=True)) as site:
        for number in ("13800131234", "13800135678"):
            for _ in range(5):
                call = await site.caller(number).rings()
                await site.advance(2)
                await call.hangs_up()
                await site.quiet()
        assert set(site.pbx.named) == {"13800131234", "13800135678"}
        first = dict(site.pbx.named)
        await site.advance(100)
        assert all(site.pbx.named[number] > until for number, until in first.items()), "named anew in time"
        last = await site.caller("13800131234").rings()
        await last.session()
        answer = await site.ask(
            ClearSuspicion(call_id=last.call_id, at=site.clock.now(), request_id="clear", actor="zhang")
        )
        assert isinstance(answer, Accepted)
        assert set(site.pbx.named) == {"13800135678"}
        await site.advance(1000)
        assert site.pbx.named == {}
