"""What every source behind the port `Locator` must do, over shipped fakes, real files and a real database."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from aiohttp import web

from gateway.location.locator import Asked, Locator, LocatorFailed
from gateway.location.model import BodyReading, Datum, LocationSource, Stated
from gateway.locators.ali import AliProvider, AliSettings
from gateway.locators.fetch import Fetcher, Hosts
from gateway.locators.held import HeldServer, HeldSettings, References
from gateway.locators.sql import SqlSettings, SubscriberSql
from gateway.locators.tables import LOOK_EVERY_S, CellTable, SubscriberTable, TableSettings
from gateway.testing.clock import ManualClock
from gateway.testing.fake_ali import EXAMPLE, FakeAli
from gateway.testing.fake_held import FakeHeld, answer

WITHIN_S = 5.0
LATITUDE, LONGITUDE = 31.230417, 121.473701


class House(ABC):
    """One source with its far side, and the handles a test needs."""

    known = Asked(call_id="c1", ani="+862161234567")
    unknown = Asked(call_id="c2", ani="+862169999999")
    source = LocationSource.ALI
    locator: Locator

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, ManualClock()

    @abstractmethod
    async def start(self) -> None: ...

    @abstractmethod
    async def gone(self) -> None:
        """The far side is not there at all."""

    @abstractmethod
    async def garbage(self) -> None:
        """From now on it answers nonsense."""

    @abstractmethod
    async def mended(self) -> None: ...

    @abstractmethod
    async def hanging(self) -> None:
        """From now on it never answers."""

    async def reached(self) -> None:
        """The question is where it will hang."""
        await self.clock.settle()
        assert self.clock.sleepers

    async def stop(self) -> None:
        await self.locator.close()


class AliHouse(House):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.fake = FakeAli({"02161234567": EXAMPLE})

    async def start(self) -> None:
        await self.fake.start()
        settings = AliSettings(name="provider", host="127.0.0.1", port=self.fake.port, within_s=WITHIN_S)
        self.locator = AliProvider(settings, self.clock)

    async def gone(self) -> None:
        await self.fake.stop()

    async def garbage(self) -> None:
        self.fake.answer = lambda number, sequence: self.fake.framed(b"\xff\xfe?" * 70)

    async def mended(self) -> None:
        self.fake.answer = self.fake.answer_of

    async def hanging(self) -> None:
        self.fake.answer = lambda number, sequence: None

    async def reached(self) -> None:
        await self.fake.came.wait()

    async def stop(self) -> None:
        await super().stop()
        await self.fake.stop()


class FileHouse(House):
    """A table as a file. It hangs as a pipe does into which nobody writes."""

    good = (
        "号码,姓名,地址,纬度,经度,坐标系,半径\n"
        f"021-61234567,王小明,京海市建国路88号,{LATITUDE},{LONGITUDE},GCJ-02,35\n"
    )
    bad = "号码,纬度,经度\n02161234567,north,east\n"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.file = folder / "table.csv"
        self.piped = False

    async def start(self) -> None:
        self._put(self.good)
        settings = TableSettings(name="table", file=self.file, datum=Datum.CGCS2000, within_s=WITHIN_S)
        self.locator = self._made(settings)

    def _made(self, settings: TableSettings) -> Locator:
        return SubscriberTable(settings, self.clock)

    def _put(self, text: str) -> None:
        fresh = self.folder / "fresh"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.file)

    async def _noticed(self) -> None:
        await self.clock.advance(LOOK_EVERY_S)

    async def gone(self) -> None:
        self.file.unlink()

    async def garbage(self) -> None:
        self._put(self.bad)
        await self._noticed()

    async def mended(self) -> None:
        self._put(self.good)
        await self._noticed()

    async def hanging(self) -> None:
        self.file.unlink()
        os.mkfifo(self.file)
        self.piped = True
        await self._noticed()

    async def stop(self) -> None:
        await super().stop()
        if self.piped:  # let the thread go that waits there
            os.close(os.open(self.file, os.O_RDWR | os.O_NONBLOCK))


class CellHouse(FileHouse):
    known = Asked(call_id="c1", cell="460-00-1234-5678")
    unknown = Asked(call_id="c2", cell="460-00-1234-1")
    good = (
        "cell,latitude,longitude,datum,azimuth_deg,opening_deg,radius_m\n"
        f"460-00-1234-5678,{LATITUDE},{LONGITUDE},WGS-84,120,65,800\n"
    )
    bad = "cell,latitude,longitude\n460-00-1234-5678,north,east\n"

    def _made(self, settings: TableSettings) -> Locator:
        return CellTable(settings, self.clock)


class SqlHouse(House):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.file = folder / "lines.db"
        self.own = sqlite3.connect(self.file, isolation_level=None)

    async def start(self) -> None:
        self.own.execute("CREATE TABLE lines (number TEXT, name TEXT, lat TEXT, lon TEXT)")
        self.own.execute("INSERT INTO lines VALUES ('02161234567', '王小明', ?, ?)", (LATITUDE, LONGITUDE))
        settings = SqlSettings(
            name="lines",
            url=f"sqlite:///{self.file}",
            select="SELECT name, lat, lon, 'GCJ-02' AS datum, 35 AS radius FROM lines WHERE number = :number",
            within_s=WITHIN_S,
        )
        self.locator = SubscriberSql(settings, self.clock)

    async def gone(self) -> None:
        self.own.execute("DROP TABLE lines")

    async def garbage(self) -> None:
        self.own.execute("UPDATE lines SET lat = 'north'")

    async def mended(self) -> None:
        self.own.execute("UPDATE lines SET lat = ?", (LATITUDE,))

    async def hanging(self) -> None:
        self.own.execute("BEGIN EXCLUSIVE")

    async def stop(self) -> None:
        if self.own.in_transaction:
            self.own.rollback()
        await super().stop()
        self.own.close()


class PostgresHouse(House):
    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self.url = url

    async def start(self) -> None:
        self.own = await asyncpg.connect(self.url)
        await self.own.execute("CREATE TABLE lines (number TEXT, name TEXT, lat FLOAT, lon FLOAT)")
        await self.mended()
        settings = SqlSettings(
            name="lines",
            url=self.url,
            select="SELECT name, lat, lon, 'GCJ-02' AS datum, 35 AS radius FROM lines WHERE number = :number",
            within_s=WITHIN_S,
        )
        self.locator = SubscriberSql(settings, self.clock)

    async def mended(self) -> None:
        await self.own.execute("DELETE FROM lines")
        row = ("02161234567", "王小明", LATITUDE, LONGITUDE)
        await self.own.execute("INSERT INTO lines VALUES ($1, $2, $3, $4)", *row)

    async def gone(self) -> None:
        await self.own.execute("DROP TABLE lines")

    async def garbage(self) -> None:
        await self.own.execute("UPDATE lines SET lat = 'NaN'")

    async def hanging(self) -> None:
        await self.own.execute("BEGIN; LOCK TABLE lines IN ACCESS EXCLUSIVE MODE")

    async def stop(self) -> None:
        if self.own.is_in_transaction():
            await self.own.execute("ROLLBACK")
        await super().stop()
        await self.own.close()


class HeldHouse(House):
    source = LocationSource.HELD

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.fake = FakeHeld({"02161234567": answer(LATITUDE, LONGITUDE, 35)})

    async def start(self) -> None:
        await self.fake.start()
        here = frozenset({f"127.0.0.1:{self.fake.port}"})
        self.fetcher = Fetcher(self.clock, Hosts(allowed=here, plain=here))
        self.locator = self._made()

    def _made(self) -> Locator:
        return HeldServer(HeldSettings(name="lis", url=self.fake.url, within_s=WITHIN_S), self.fetcher)

    async def gone(self) -> None:
        await self.fake.stop()

    async def garbage(self) -> None:
        async def nonsense(request: web.Request) -> web.StreamResponse:
            return web.Response(body=b"\xff\x00<<held<")

        self.fake.handler = nonsense

    async def mended(self) -> None:
        self.fake.handler = None

    async def hanging(self) -> None:
        async def never(request: web.Request) -> web.StreamResponse:
            await asyncio.Event().wait()
            raise AssertionError

        self.fake.handler = never

    async def reached(self) -> None:
        await self.fake.came.wait()

    async def stop(self) -> None:
        await super().stop()
        await self.fake.stop()


class ReferenceHouse(HeldHouse):
    async def start(self) -> None:
        await super().start()
        self.fake.references["here"] = answer(LATITUDE, LONGITUDE, 35)
        self.fake.references["nowhere"] = (
            b'<error xmlns="urn:ietf:params:xml:ns:geopriv:held" code="locationUnknown"/>'
        )
        self.known = Asked(call_id="c1", uri=self.fake.reference_url("here"))
        self.unknown = Asked(call_id="c2", uri=self.fake.reference_url("nowhere"))

    def _made(self) -> Locator:
        return References(self.fetcher, within_s=WITHIN_S)


HOUSES = [AliHouse, FileHouse, CellHouse, SqlHouse, HeldHouse, ReferenceHouse]


@pytest.fixture(params=[*HOUSES, pytest.param(PostgresHouse, marks=pytest.mark.system)])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    if request.param is PostgresHouse:
        return PostgresHouse(tmp_path, request.getfixturevalue("postgres_url"))
    house: House = request.param(tmp_path)
    return house


@pytest.fixture
async def house(made: House) -> AsyncIterator[House]:
    await made.start()
    yield made
    await made.stop()


def place(reading: BodyReading) -> Stated:
    (found,) = reading.locations
    return found


async def test_who_is_known_has_a_place_with_its_datum(house: House) -> None:
    assert house.locator.concerns(house.known)
    found = place(await house.locator.locate(house.known))
    assert (found.latitude, found.longitude) == (LATITUDE, LONGITUDE)
    assert found.datum or house.locator.datum
    assert found.extent is not None
    assert found.extent.outer_m in (35.0, 800.0)
    assert (house.locator.source, bool(house.locator.name)) == (house.source, True)


async def test_who_is_unknown_has_no_place_and_that_is_no_failure(house: House) -> None:
    assert (await house.locator.locate(house.unknown)).locations == ()


async def test_a_call_that_says_nothing_is_none_of_its_concern(house: House) -> None:
    asked = Asked(call_id="c3")
    assert not house.locator.concerns(asked)
    assert (await house.locator.locate(asked)).locations == ()


async def test_asking_again_gives_the_place_again(house: House) -> None:
    first = await house.locator.locate(house.known)
    assert place(await house.locator.locate(house.known)) == place(first)


async def test_many_questions_at_once_each_get_their_own_answer(house: House) -> None:
    asked = [house.known if number % 3 else house.unknown for number in range(24)]
    readings = await asyncio.gather(*map(house.locator.locate, asked))
    assert [len(reading.locations) for reading in readings] == [
        1 if one is house.known else 0 for one in asked
    ]


async def test_a_nonsense_answer_is_told_and_spoils_only_itself(house: House) -> None:
    await house.locator.locate(house.known)
    await house.garbage()
    try:
        reading = await house.locator.locate(house.known)
    except LocatorFailed:
        pass  # the failure is the telling
    else:
        assert (reading.locations, bool(reading.faults)) == ((), True)
    await house.mended()
    assert place(await house.locator.locate(house.known)).latitude == LATITUDE


async def test_a_far_side_that_never_answers_is_given_up_in_time(house: House) -> None:
    await house.locator.locate(house.known)
    await house.hanging()
    if isinstance(house, AliHouse | HeldHouse):
        house.fake.came.clear()
    asking = asyncio.create_task(house.locator.locate(house.known))
    await house.reached()
    assert not asking.done()
    await house.clock.advance(WITHIN_S)
    with pytest.raises(LocatorFailed, match="within 5 s"):
        await asking


async def test_a_far_side_that_is_not_there_is_a_failure_that_says_so(house: House) -> None:
    await house.gone()
    asking = asyncio.create_task(house.locator.locate(house.known))
    while not asking.done():
        await house.clock.advance(1.0)
    with pytest.raises(LocatorFailed) as told:
        await asking
    assert house.locator.name in str(told.value) or "127.0.0.1" in str(told.value)


async def test_it_closes_cleanly_even_twice(house: House) -> None:
    before = asyncio.all_tasks()
    await house.locator.locate(house.known)
    await house.locator.close()
    await house.locator.close()
    await asyncio.sleep(0)
    far_side = {
        task for task in asyncio.all_tasks() if "RequestHandler" in repr(task) or "_serve" in repr(task)
    }
    assert asyncio.all_tasks() - before - far_side == set()
