"""Sources asked for a place: at once, each for itself, each answer as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.effects import QueryLocation
from gateway.calls.events import AliLocationQuery, AliLocationResponse, LocationResponse
from gateway.calls.located import LocationReferenced, RefreshLocation
from gateway.calls.locating import QueryState
from gateway.calls.model import CallSession
from gateway.calls.signals import CallEnded, LocationAnswered, LocationRefused
from gateway.location.locator import Asked, LocatorFailed
from gateway.location.model import BodyReading, Datum, Extent, Location, LocationSource, Shape, Stated
from gateway.runtime import locating as module
from gateway.runtime.locating import ANSWER_WITHIN_S, LOOK_EVERY_S, QUERIES_AT_ONCE, Locating

from .conftest import Bench
from .test_intake import ID, IDENTIFIED, QUEUED, SEIZED

URI = "https://lis.example/held/1"
HERE = BodyReading(
    kind="held", locations=(Stated(shape=Shape.POINT, latitude=31.2, longitude=121.4, datum=Datum.WGS_84),)
)
NOTHING = BodyReading(kind="table")


@dataclass
class Source:
    """A source that does what a test wants of it."""

    name: str = "lis"
    source: LocationSource = LocationSource.HELD
    datum: Datum | None = None
    answer: Callable[[Asked], Awaitable[Any]] | None = None
    fetches: bool = False
    asked: list[Asked] = field(default_factory=list)
    closed: bool = False

    def concerns(self, asked: Asked) -> bool:
        return asked.uri is not None if self.fetches else asked.ani is not None

    async def locate(self, asked: Asked) -> BodyReading:
        self.asked.append(asked)
        if self.answer is None:
            return HERE
        found: BodyReading = await self.answer(asked)
        return found

    async def close(self) -> None:
        self.closed = True


def gives(reading: Any) -> Callable[[Asked], Awaitable[Any]]:
    async def answer(_asked: Asked) -> Any:
        return reading

    return answer


def raises(error: BaseException) -> Callable[[Asked], Awaitable[Any]]:
    async def answer(_asked: Asked) -> Any:
        raise error

    return answer


async def hang(_asked: Asked) -> Any:
    await asyncio.Event().wait()


@dataclass
class House:
    bench: Bench
    sources: list[Source]
    told: list[tuple[str, str | None]] = field(default_factory=list)
    refresh_every_s: float = 0.0

    def __post_init__(self) -> None:
        self.locating = Locating(
            locators=self.sources, loop=self.bench.intake, clock=self.bench.clock,
            refresh_every_s=self.refresh_every_s, on_source=lambda *news: self.told.append(news),
        )  # fmt: skip

    @property
    def session(self) -> CallSession:
        return self.bench.intake.book.get(("call", ID)).state  # type: ignore[union-attr]

    async def round(self) -> None:
        """The round that is owed, to its end."""
        await self.begin()
        await self.finish()

    async def begin(self) -> None:
        (owed,) = [one for one in self.bench.intake.owed() if isinstance(one, QueryLocation)]
        assert list(await self.locating.query(owed)) == []

    async def finish(self) -> None:
        await self.settle()
        await self.locating.idle()
        await self.bench.intake.drain()

    async def settle(self) -> None:
        await self.bench.clock.settle()
        await self.bench.intake.drain()

    @property
    def states(self) -> dict[str, QueryState]:
        return {query.name: query.state for query in self.session.locating.queries}


@pytest.fixture
async def bench(bench: Bench) -> Bench:
    await bench.give(SEIZED, IDENTIFIED, QUEUED)
    return bench


async def test_what_a_source_knows_stands_in_the_call_and_the_round_is_over(bench: Bench) -> None:
    house = House(bench, [Source()])
    await house.round()
    (fix,) = house.session.locations
    assert (fix.latitude, fix.source) == (31.2, LocationSource.HELD)
    assert house.states == {"lis": QueryState.ANSWERED}
    assert house.session.locating.answered == 1
    assert not any(isinstance(one, QueryLocation) for one in bench.intake.owed())
    assert house.told == [("lis", None)]


async def test_an_answer_is_told_while_a_slower_source_still_thinks(bench: Bench) -> None:
    slow = Source("slow", LocationSource.ALI, answer=hang)
    house = House(bench, [slow, Source("quick")])
    await house.begin()
    await house.settle()
    assert len(house.session.locations) == 1
    assert house.states == {"slow": QueryState.ASKING, "quick": QueryState.ANSWERED}
    assert house.session.locating.answered == 0
    await bench.clock.advance(ANSWER_WITHIN_S)
    await house.finish()
    assert house.states["slow"] is QueryState.FAILED
    assert house.session.locating.answered == 1


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (raises(LocatorFailed("503: ask the provider")), "503: ask the provider"),
        (raises(RuntimeError("a fault of the program")), "unforeseen RuntimeError"),
        (raises(asyncio.CancelledError()), "gave up"),
        (gives(BodyReading(kind="held", locations=(None,))), "unforeseen AttributeError"),  # type: ignore[arg-type]
        (gives("nonsense"), "no reading"),
        (gives(None), "no reading"),
    ],
)
async def test_one_bad_source_costs_its_own_question_and_nothing_else(
    bench: Bench, answer: Any, fault: str
) -> None:
    house = House(bench, [Source("bad", answer=answer), Source("good")])
    await house.round()
    assert house.states == {"bad": QueryState.FAILED, "good": QueryState.ANSWERED}
    (bad,) = [one for one in house.session.locating.queries if one.name == "bad"]
    assert fault in (bad.fault or "")
    assert len(house.session.locations) == 1


async def test_a_source_that_fails_when_looked_at_is_told_and_the_others_are_asked(bench: Bench) -> None:
    class Broken(Source):
        def concerns(self, asked: Asked) -> bool:
            raise KeyError("ani")

    house = House(bench, [Broken("broken"), Source("good")])
    await house.round()
    assert house.states == {"good": QueryState.ANSWERED}
    assert "unforeseen KeyError" in str(dict(house.told)["broken"])


async def test_a_round_that_is_under_way_is_not_begun_again(bench: Bench) -> None:
    source = Source(answer=hang)
    house = House(bench, [source])
    await house.begin()
    await house.begin()
    await house.settle()
    assert len(source.asked) == 1
    await house.locating.close()


async def test_a_source_that_knows_nothing_is_no_fault(bench: Bench) -> None:
    house = House(bench, [Source(answer=gives(NOTHING))])
    await house.round()
    assert house.states == {"lis": QueryState.NOTHING}
    assert house.told == [("lis", None)]


async def test_a_coordinate_without_datum_takes_that_of_its_source(bench: Bench) -> None:
    bare = replace(HERE, locations=(replace(HERE.locations[0], datum=None),))
    house = House(bench, [Source(answer=gives(bare), datum=Datum.GCJ_02)])
    await house.round()
    assert house.session.locations[0].datum is Datum.GCJ_02


async def test_questions_beyond_the_limit_wait_their_turn_and_then_say_so(bench: Bench) -> None:
    over = asyncio.Event()

    async def will_not_stop(_asked: Asked) -> Any:
        while not over.is_set():
            with suppress(asyncio.CancelledError):
                await over.wait()

    source = Source(answer=will_not_stop)
    house = House(bench, [source])
    for number in range(QUERIES_AT_ONCE + 1):
        await house.locating.query(QueryLocation(call_id=ID, round=number, ani="1"))
    await bench.clock.settle()
    assert len(source.asked) == QUERIES_AT_ONCE
    await bench.clock.advance(ANSWER_WITHIN_S)
    await house.locating.idle()
    assert sum("was not asked" in str(fault) for _, fault in house.told) == 1
    over.set()


async def test_a_reference_is_fetched_by_who_fetches_and_by_nobody_else(bench: Bench) -> None:
    await bench.give(LocationReferenced(call_id=ID, at=SEIZED.at, uri=URI, source=LocationSource.PIDF))
    table, fetcher = Source("table", LocationSource.ALI), Source("held", fetches=True)
    house = House(bench, [table, fetcher])
    await house.round()
    assert [asked.uri for asked in fetcher.asked] == [URI]
    assert [asked.ani for asked in table.asked] == [house.session.ani]
    assert house.session.locating.references[0].state is QueryState.ANSWERED


async def test_a_reference_that_nobody_may_fetch_is_told_with_what_to_do(bench: Bench) -> None:
    await bench.give(LocationReferenced(call_id=ID, at=SEIZED.at, uri=URI, source=LocationSource.PIDF))
    house = House(bench, [Source()])
    await house.round()
    refused = [change.signal for change in bench.changes if isinstance(change.signal, LocationRefused)]
    assert [(one.raw, "reference_hosts" in one.reason) for one in refused] == [(URI, True)]


async def test_an_expired_reference_is_told_once_and_never_fetched(bench: Bench) -> None:
    until = bench.clock.now() + timedelta(seconds=40)
    await bench.give(
        LocationReferenced(call_id=ID, at=SEIZED.at, uri=URI, source=LocationSource.PIDF, expires_at=until)
    )
    fetcher = Source("held", fetches=True)
    house = House(bench, [fetcher, Source()], refresh_every_s=30.0)
    await house.round()
    assert [asked.uri for asked in fetcher.asked] == [URI], "while it holds"
    for _ in range(3):
        assert await refreshed(house, 31.0 + LOOK_EVERY_S)
        await house.round()
    told = [change.signal.reason for change in bench.changes if isinstance(change.signal, LocationRefused)]
    assert len(fetcher.asked) <= 2
    assert [reason.startswith("it expired at ") for reason in told] == [True]


async def test_a_call_with_nothing_but_an_expired_reference_is_not_asked_about_again(bench: Bench) -> None:
    until = bench.clock.now() + timedelta(seconds=10)
    await bench.give(
        LocationReferenced(call_id=ID, at=SEIZED.at, uri=URI, source=LocationSource.PIDF, expires_at=until)
    )
    house = House(bench, [Source("held", fetches=True)], refresh_every_s=30.0)
    await house.round()
    assert not await refreshed(house, 60.0)


async def test_every_fix_says_which_question_it_answers(bench: Bench) -> None:
    house = House(bench, [Source()])
    await house.round()
    (answered,) = [change.signal for change in bench.changes if isinstance(change.signal, LocationAnswered)]
    assert answered.query_id == f"{ID}/1/lis"


async def test_the_cell_that_the_carrier_told_is_what_a_cell_table_is_asked_by(bench: Bench) -> None:
    fix = Location(
        location_id="ALI-1", source=LocationSource.ALI, obtained_at=SEIZED.at, latitude=31.2, longitude=121.4,
        datum=Datum.WGS_84, method="Cell", provided_by="460-00-1234-5678",
    )  # fmt: skip
    await bench.give(LocationAnswered(call_id=ID, at=SEIZED.at, location=fix))
    source = Source()
    await House(bench, [source]).round()
    assert source.asked[0].cell == "460-00-1234-5678"


async def test_without_any_source_the_round_is_over_at_once(bench: Bench) -> None:
    house = House(bench, [])
    await house.round()
    assert house.session.locating.answered == 1


# ---- again


async def refreshed(house: House, seconds: float) -> bool:
    """Whether another round is owed after so many seconds of looking."""
    looking = asyncio.create_task(house.locating.refresh())
    await house.bench.clock.advance(seconds)
    await house.settle()
    looking.cancel()
    return any(isinstance(one, QueryLocation) for one in house.bench.intake.owed())


async def test_while_the_call_lasts_sources_are_asked_again_after_their_time(bench: Bench) -> None:
    house = House(bench, [Source()], refresh_every_s=30.0)
    await house.round()
    assert not await refreshed(house, 29.0)
    assert await refreshed(house, 2.0 + LOOK_EVERY_S)
    await house.round()
    assert len(house.sources[0].asked) == 2


async def test_after_the_end_of_the_call_nobody_is_asked_again(bench: Bench) -> None:
    house = House(bench, [Source()], refresh_every_s=30.0)
    await house.round()
    await bench.give(CallEnded(call_id=ID, at=bench.clock.now()))
    assert not await refreshed(house, 60.0)


async def test_a_table_that_has_answered_is_not_asked_by_the_timer_but_by_a_person(bench: Bench) -> None:
    house = House(bench, [Source("table", LocationSource.ALI)], refresh_every_s=30.0)
    await house.round()
    assert not await refreshed(house, 60.0)
    wish = RefreshLocation(call_id=ID, at=bench.clock.now(), request_id="r1", actor="wang")
    bench.intake.lanes.offer_people(wish)
    await bench.intake.drain()
    await house.round()
    assert len(house.sources[0].asked) == 2
    assert house.session.locating.queries[0].by == "wang"


async def test_a_table_that_failed_is_asked_again_by_the_timer(bench: Bench) -> None:
    house = House(
        bench,
        [Source("table", LocationSource.ALI, answer=raises(LocatorFailed("down")))],
        refresh_every_s=30.0,
    )
    await house.round()
    assert await refreshed(house, 60.0)


async def test_without_an_interval_nobody_is_asked_again_by_itself(bench: Bench) -> None:
    house = House(bench, [Source()])
    await house.round()
    assert not await refreshed(house, 7200.0)


async def test_every_source_is_closed_with_the_house(bench: Bench) -> None:
    house = House(bench, [Source("a"), Source("b")])
    await house.locating.close()
    assert [source.closed for source in house.sources] == [True, True]
    assert module.LOOK_EVERY_S > 0


async def test_what_a_register_knew_can_be_traced_from_question_to_choice(bench: Bench) -> None:
    """Source, method, provider, time, datum, radius, how sure; asked under which name, chosen and why."""
    known = Stated(
        shape=Shape.CIRCLE, latitude=31.2, longitude=121.4, extent=Extent(shape=Shape.CIRCLE, outer_m=35.0),
        datum=Datum.GCJ_02, confidence_percent=95.0, method="Cell", provided_by="演示固网",
        obtained_at=SEIZED.at,
    )  # fmt: skip
    source = Source("fixed", LocationSource.ALI, answer=gives(BodyReading(kind="ali", locations=(known,))))
    await House(bench, [source]).round()
    events = [event for change in bench.changes for event in change.events]
    (asked,) = [one for one in events if isinstance(one, AliLocationQuery)]
    (ended,) = [one for one in events if isinstance(one, AliLocationResponse)]
    (told,) = [one for one in events if isinstance(one, LocationResponse)]
    assert asked.query_id == ended.query_id == told.query_id
    assert (asked.name, ended.name, ended.outcome) == ("fixed", "fixed", QueryState.ANSWERED)
    fix = told.location
    assert (fix.source, fix.method, fix.provided_by) == (LocationSource.ALI, "Cell", "演示固网")
    assert (fix.obtained_at, fix.datum, fix.datum_assumed) == (SEIZED.at, Datum.GCJ_02, False)
    assert (fix.uncertainty_m, fix.confidence_percent) == (35.0, 95.0)
    assert told.leading == fix.location_id
    assert told.reason_code is not None
    assert told.reason
    assert told.reason_zh
    assert ended.took_ms is not None
