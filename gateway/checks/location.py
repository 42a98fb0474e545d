"""Where callers are: the gazetteer is read, tables are read whole, databases and providers are spoken to.

No caller's number is asked for: a provider's link and a server's answer to a bare look are what is proved,
or, where the site names one, the answer for a test line (`testline`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from gateway import settings
from gateway.checks import testline
from gateway.checks.line import Line, fail, ok, warn
from gateway.checks.runner import in_thread
from gateway.clock import Clock
from gateway.config import Config, ConfigError
from gateway.location import places as gazetteer
from gateway.location import row
from gateway.location.locator import Asked, Locator, LocatorFailed
from gateway.location.model import BodyReading
from gateway.location.places.model import PlacesError
from gateway.locators.ali import AliProvider
from gateway.locators.held import HeldServer, References
from gateway.locators.sql import SubscriberSql
from gateway.locators.tablefile import TableFile
from gateway.locators.tables import CellTable, SubscriberTable

MAX_TOLD = 8
"""Faults of one file that are told one by one."""
NOBODY = Asked(call_id="check", ani="0000000")
"""Asked for in a database: a number that no line has."""


async def places(config: Config) -> AsyncIterator[Line]:
    """The gazetteer's folder, as the gateway would load it."""
    folder = config.location.places
    if folder is None:
        return
    try:
        found = await in_thread(lambda: gazetteer.load(folder))
    except PlacesError as error:
        for number, fault in enumerate(error.faults[:MAX_TOLD], 1):
            yield fail(
                f"places.{number}",
                f"地名库不能使用：{fault}",
                f"the places cannot be used: {fault}",
                "按提示改正该文件",
                "mend that file as told",
            )
        return
    for number, fault in enumerate(found.places.set_aside[:MAX_TOLD], 1):
        yield warn(
            f"places.left_out.{number}",
            f"该区域未被使用：{fault}",
            f"this area is not used: {fault}",
            "按提示改正该文件",
            "mend that file as told",
        )
    count = len(found.by_id)
    yield ok("places", f"{folder} 的 {count} 个地名已载入", f"{count} places of {folder} load")


async def sources(config: Config, clock: Clock) -> AsyncIterator[Line]:
    """One line for each source, tried beside each other."""
    try:
        made = settings.locators(config, clock)
    except ConfigError as error:
        yield fail(
            "location.configuration",
            f"定位来源不能建立：{error}",
            f"the sources cannot be made: {error}",
            "按提示改正 [location]",
            "mend [location] as told",
        )
        return
    numbers = {one.name: one.check_number for one in (*config.location.ali, *config.location.held)}
    ground = await _ground(config) if any(numbers.values()) else None
    try:
        tried = (_tried(locator, numbers.get(locator.name, ""), clock, ground) for locator in made)
        for lines in await asyncio.gather(*tried):
            for line in lines:
                yield line
    finally:
        await asyncio.gather(*(locator.close() for locator in made))


async def _ground(config: Config) -> gazetteer.Gazetteer | None:
    """The site's places, to compare with; that they cannot be read is told by `places`."""
    folder = config.location.places
    if folder is None:
        return None
    try:
        return await in_thread(lambda: gazetteer.load(folder))
    except PlacesError:
        return None


async def _tried(
    locator: Locator, number: str, clock: Clock, ground: gazetteer.Gazetteer | None
) -> list[Line]:
    name = f"location.{locator.name}"
    try:
        if number:
            if isinstance(locator, AliProvider):
                await locator.connected()
            return await testline.asked(name, locator, number, clock, ground)
        return await _lines(name, locator)
    except LocatorFailed as error:
        return [
            fail(
                name,
                f"定位来源不应答：{error}",
                f"the source does not answer: {error}",
                "检查地址、端口、证书和防火墙，或问对方",
                "look at its address, port, certificate and the firewall, or ask the provider",
            )
        ]


async def _lines(name: str, locator: Locator) -> list[Line]:
    match locator:
        case SubscriberTable():
            return await in_thread(_table(name, await locator.loaded(), row.subscriber, locator))
        case CellTable():
            return await in_thread(_table(name, await locator.loaded(), row.cell, locator))
        case SubscriberSql():
            await locator.locate(NOBODY)
            return [ok(name, "数据库应答", "the database answers the question")]
        case AliProvider():
            await locator.connected()
            return [
                ok(
                    name,
                    "已连接；未查询任何号码，记录格式未验证（可配置 check_number）",
                    "the link stands; no number was asked for, so the layout of its records is not proved "
                    "(check_number would)",
                )
            ]
        case HeldServer():
            status = await locator.answers()
            return [
                ok(
                    name,
                    f"服务器应答（HTTP {status}）；未查询任何号码",
                    f"the server answers (HTTP {status}); no number was asked for",
                )
            ]
        case References():
            hosts = ", ".join(sorted(locator.hosts))
            return [ok(name, f"只从这些主机取位置引用：{hosts}", f"fetched from these hosts only: {hosts}")]
        case _:
            return []


def _table(
    name: str,
    table: TableFile,
    read: Callable[[Mapping[str, str]], BodyReading],
    locator: SubscriberTable | CellTable,
) -> Callable[[], list[Line]]:
    """Every row read as a call would read it: what is wrong with one is told before a call needs it."""

    def look() -> list[Line]:
        told, wrong, untagged = list(table.problems.told), table.problems.count, 0
        for line, values in table.rows():
            reading = read(values)
            for fault in reading.faults:
                told.append(f"{table.path}:{line}: {fault.where}: {fault.what}")
            wrong += bool(reading.faults)
            if locator.datum is None:
                untagged += any(
                    place.latitude is not None and place.datum is None for place in reading.locations
                )
            del told[MAX_TOLD:]
        if untagged:
            told.insert(0, f"{table.path}: {untagged} rows name no datum and none is configured: set datum")
        if told:
            return [_wrong(name, table, wrong + untagged, told)]
        return [
            ok(
                name,
                f"{table.path} 的 {len(table)} 行可用",
                f"all {len(table)} rows of {table.path} can be used",
            )
        ]

    return look


def _wrong(name: str, table: TableFile, wrong: int, told: list[str]) -> Line:
    some = "; ".join(told[:MAX_TOLD])
    return warn(
        name,
        f"{len(table)} 行中有 {wrong} 处不能使用：{some}",
        f"{wrong} of {len(table)} rows cannot be used as they are: {some}",
        "改正这些行；其余行照常使用",
        "mend those rows; the others are used",
    )
