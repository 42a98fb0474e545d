"""Linking through the whole loop: request, incident and the other call move in one commit."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from gateway.calls.linked import LinkCall, UnlinkCall
from gateway.calls.model import CallSession
from gateway.calls.signals import CallEnded, CallSeized, SetCardField, VetoFired
from gateway.desk.incidents.effects import FindMatches
from gateway.desk.incidents.model import Incident, Step
from gateway.desk.incidents.signals import CallsMatched, IncidentLooked, MergeIncidents
from gateway.dispatch.site_events import FactKind
from gateway.ids import CallId
from gateway.runtime.answers import Accepted, Answer, Refused
from gateway.speech.model import Leg
from gateway.testing.clock import ManualClock
from gateway.triage.model import Span, Veto, VetoCode

from .conftest import Bench

START = ManualClock().now()
X, Y = "0198c3a0-0000-7000-8000-00000000000a", "0198c3a0-0000-7000-8000-00000000000b"


def call_id(number: int) -> CallId:
    return CallId(f"demo-pbx1-pbx1-{number}.0")


async def seize(bench: Bench, *numbers: int) -> None:
    for number in numbers:
        await bench.intake.offer(
            CallSeized(
                call_id=call_id(number), at=START + timedelta(seconds=number), site="demo", pbx="pbx1",
                uniqueid=f"pbx1-{number}.0", linkedid=f"pbx1-{number}.0", line=f"PJSIP/trunk-{number}",
            )
        )  # fmt: skip
    await bench.intake.drain()


async def ask(bench: Bench, request: Any) -> Answer:
    """The request's answer, the loop being driven by hand."""
    waiting = asyncio.ensure_future(bench.intake.submit(request))
    await asyncio.sleep(0)
    await bench.intake.drain()
    return await waiting


asked = iter(range(1, 1000))


def link(number: int, incident: str, other: int | None = None, **more: Any) -> LinkCall:
    return LinkCall(
        call_id=call_id(number), at=START, request_id=f"r{next(asked)}", actor="zhang", incident_id=incident,
        other=None if other is None else call_id(other), **more,
    )  # fmt: skip


def unlink(number: int) -> UnlinkCall:
    return UnlinkCall(call_id=call_id(number), at=START, request_id=f"r{next(asked)}", actor="li")


def session(bench: Bench, number: int) -> CallSession:
    live = bench.intake.book.get(("call", call_id(number)))
    assert live is not None
    state: CallSession = live.state
    return state


def incident(bench: Bench, name: str) -> Incident:
    live = bench.intake.book.get(("incident", name))
    assert live is not None
    state: Incident = live.state
    return state


def events(bench: Bench) -> list[str]:
    return [row.topic.rsplit("/", 1)[1] for row in bench.store.outbox.values()]


async def test_one_request_links_two_calls_and_makes_the_incident_in_one_commit(bench: Bench) -> None:
    await seize(bench, 1, 2)
    before = bench.store.commits
    assert isinstance(await ask(bench, link(2, X, other=1)), Accepted)
    assert bench.store.commits == before + 1
    assert [session(bench, n).together.incident for n in (1, 2)] == [X, X]
    assert {member.call_id for member in incident(bench, X).members} == {call_id(1), call_id(2)}
    assert events(bench).count("IncidentLink.v1") == 2
    assert "IncidentChange.v1" in events(bench)


async def test_unlinking_leaves_both_calls_as_before_and_the_history_written(bench: Bench) -> None:
    await seize(bench, 1, 2)
    await ask(bench, link(2, X, other=1))
    assert isinstance(await ask(bench, unlink(2)), Accepted)
    assert [session(bench, n).together.incident for n in (1, 2)] == [None, None]
    row = bench.store.aggregates[("incident", X)]
    assert row.closed
    assert bench.intake.book.get(("incident", X)) is None
    again = bench.fresh()
    await again.load()
    change = next(c for c in reversed(bench.changes) if c.address == ("incident", X))
    assert [past.step for past in change.after.state.history] == [
        Step.LINKED, Step.LINKED, Step.UNLINKED, Step.DISSOLVED,
    ]  # fmt: skip
    assert isinstance(await ask(bench, link(2, Y, other=1)), Accepted), "and they can be linked anew"


async def test_a_call_that_is_linked_elsewhere_is_refused_and_a_third_one_joins(bench: Bench) -> None:
    await seize(bench, 1, 2, 3, 4)
    await ask(bench, link(2, X, other=1))
    refused = await ask(bench, link(2, Y, other=3))
    assert isinstance(refused, Refused)
    assert refused.code == "linked_elsewhere"
    assert isinstance(await ask(bench, link(3, X)), Accepted)
    assert len(incident(bench, X).members) == 3


async def test_two_people_who_link_at_the_same_moment_leave_one_clean_state(bench: Bench) -> None:
    """One links 1 with 2, the other 3 with 2: both were answered that it is done."""
    await seize(bench, 1, 2, 3)
    bench.lanes.offer_people(link(1, X, other=2))
    bench.lanes.offer_people(link(3, Y, other=2))
    await bench.intake.drain()
    assert [session(bench, n).together.incident for n in (1, 2, 3)] == [X, X, None]
    assert len(incident(bench, X).members) == 2


async def test_a_new_danger_on_one_call_is_a_new_fact_for_all_others(bench: Bench) -> None:
    await seize(bench, 1, 2)
    await ask(bench, link(2, X, other=1))
    veto = Veto(
        code=VetoCode.INJURY, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=2), quote="流血",
        started_ms=0, ended_ms=1, list_hash="h",
    )  # fmt: skip
    await bench.intake.offer(VetoFired(call_id=call_id(1), at=START, veto=veto))
    await bench.intake.drain()
    (fact,) = incident(bench, X).new_for(call_id(2))
    assert (fact.kind, fact.call_id, fact.quote) == (FactKind.INJURY, call_id(1), "流血")
    assert incident(bench, X).new_for(call_id(1)) == ()


async def test_what_a_call_knew_before_it_was_linked_is_told_too(bench: Bench) -> None:
    await seize(bench, 1, 2)
    plate = SetCardField(
        call_id=call_id(1), at=START, request_id="p1", actor="wang", name="plate", value="某A12345"
    )
    await ask(bench, plate)
    await ask(bench, link(2, X, other=1))
    (fact,) = incident(bench, X).new_for(call_id(2))
    assert (fact.kind, fact.value, fact.by) == (FactKind.PLATE, "某A12345", "wang")


async def test_merging_brings_all_calls_over_and_late_news_follows(bench: Bench) -> None:
    await seize(bench, 1, 2, 3, 4)
    await ask(bench, link(2, X, other=1))
    await ask(bench, link(4, Y, other=3))
    merge = MergeIncidents(incident_id=Y, at=START, request_id="m1", actor="zhang", into=X)
    assert isinstance(await ask(bench, merge), Accepted)
    assert {session(bench, n).together.incident for n in (1, 2, 3, 4)} == {X}
    assert len(incident(bench, X).members) == 4
    assert isinstance(await ask(bench, link(1, Y)), Refused)
    await seize(bench, 5)
    assert isinstance(await ask(bench, link(5, Y)), Accepted), "who saw the old one is led on"
    assert session(bench, 5).together.incident == X
    assert len(incident(bench, X).members) == 5


async def test_an_incident_at_rest_comes_back_when_a_call_of_it_speaks(bench: Bench) -> None:
    await seize(bench, 1, 2)
    await ask(bench, link(2, X, other=1))
    await bench.intake.offer(IncidentLooked(incident_id=X, at=START + timedelta(hours=7), rest=True))
    await bench.intake.drain()
    for effect in bench.owed:
        if isinstance(effect, FindMatches):
            await bench.give(CallsMatched(incident_id=X, at=START, compared=effect.links))
    assert bench.intake.book.get(("incident", X)) is None
    later = SetCardField(
        call_id=call_id(1), at=START, request_id="p2", actor="wang", name="plate", value="某A99999"
    )
    await ask(bench, later)
    assert [fact.value for fact in incident(bench, X).facts] == ["某A99999"]
    assert len(incident(bench, X).members) == 2


async def test_a_closed_call_can_still_be_taken_out(bench: Bench) -> None:
    await seize(bench, 1, 2, 3)
    await ask(bench, link(2, X, other=1))
    await ask(bench, link(3, X))
    await bench.intake.offer(CallEnded(call_id=call_id(3), at=START + timedelta(seconds=60)))
    await bench.intake.drain()
    assert isinstance(await ask(bench, unlink(3)), Accepted)
    assert {member.call_id for member in incident(bench, X).members} == {call_id(1), call_id(2)}
