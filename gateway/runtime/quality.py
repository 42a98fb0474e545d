"""The quality watch: follows the journal into its tables, and raises an alarm when verdicts drift."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog

from gateway.calls.hall import PbxState, ServiceChanged
from gateway.clock import Clock
from gateway.ports import StoreUnavailable
from gateway.reports import drift
from gateway.reports.drift import Band, Watched
from gateway.reports.quality import Counts, Followed, Measure
from gateway.runtime.health import Fault, Health, ServiceState

log = structlog.get_logger(__name__)

SERVICE = "quality"
LOOK_EVERY_S = 5.0
"""How often the journal is looked at for something new."""
PAUSE_S = 0.1
"""While there is more: a year's journal is counted beside the calls, not instead of them."""
_SAID_ZH: Mapping[Watched, str] = {
    Watched.VALID_ALARM: "有效警情占比", Watched.NON_POLICE: "非警务占比", Watched.UNSURE: "不确定占比",
    Watched.OVERTURNED: "研判被推翻的占比", Watched.RAISED: "第二意见提级的占比",
    Watched.MISSED: "警情被判为非警务的占比",
}  # fmt: skip
_SAID_EN: Mapping[Watched, str] = {
    Watched.VALID_ALARM: "share of valid alarms", Watched.NON_POLICE: "share of non-police",
    Watched.UNSURE: "share of unsure", Watched.OVERTURNED: "share of overturned verdicts",
    Watched.RAISED: "share raised by the second opinion",
    Watched.MISSED: "share of alarms judged non-police",
}  # fmt: skip


class Tables(Protocol):
    """`gateway.store.quality.QualityTables`."""

    async def follow(self) -> Followed: ...

    async def counted(self, since: str, until: str, of: Collection[Measure]) -> Mapping[str, Counts]: ...


class QualityWatch:
    """`offer`: the loop's door for signals, through which an alarm becomes an event."""

    def __init__(
        self, tables: Tables, *, health: Health, offer: Callable[[Any], Awaitable[None]], clock: Clock,
        zone: ZoneInfo,
    ) -> None:  # fmt: skip
        self._tables, self._health, self._offer, self._clock, self._zone = tables, health, offer, clock, zone
        self._told: tuple[Watched, ...] | None = None
        self._unreadable = 0

    async def run(self) -> None:
        """For ever. While the database is away nothing is counted; the journal keeps it for later."""
        while True:
            try:
                more = await self.look()
            except StoreUnavailable as error:
                log.warning("verdicts are not counted, the database is away", error=str(error))
                more = False
            await self._clock.sleep(PAUSE_S if more else LOOK_EVERY_S)

    async def look(self) -> bool:
        """Count what came since the last time and look at the day. True: there is more to count."""
        followed = await self._tables.follow()
        if followed.unreadable:
            log.error("calls that cannot be read are not counted", calls=followed.unreadable)
            self._unreadable += followed.unreadable
        if followed.rows:
            return True
        today = self._clock.now().astimezone(self._zone).date()
        await self._tell(drift.bands(await self._days(today), today))
        return False

    async def _days(self, today: date) -> Mapping[str, Counts]:
        since = today - timedelta(days=drift.BASE_DAYS + drift.LOOKED_AT_DAYS)
        return await self._tables.counted(since.isoformat(), today.isoformat(), (Measure.CALLS, Measure.SAID))

    async def _tell(self, bands: tuple[Band, ...]) -> None:
        outside = tuple(band.watched for band in drift.alarms(bands))
        fault = _fault(outside) if outside else None
        self._health.set(
            SERVICE, ServiceState.DEGRADED if outside else ServiceState.UP, fault, alarms=len(outside),
            unreadable=self._unreadable, **_figures(bands),
        )  # fmt: skip
        if outside != self._told:
            self._told = outside
            await self._offer(ServiceChanged(
                at=self._clock.now(), service=SERVICE,
                state=PbxState.DEGRADED if outside else PbxState.UP,
                reason=fault.fault_en if fault else None,
            ))  # fmt: skip


def _figures(bands: tuple[Band, ...]) -> dict[str, float]:
    """Of each watched share: what it is, and the band it is expected in where there is one."""
    found: dict[str, float] = {}
    for band in bands:
        found[f"{band.watched}_share"] = band.share
        if band.low is not None and band.high is not None:
            found[f"{band.watched}_low"], found[f"{band.watched}_high"] = band.low, band.high
    return found


def _fault(outside: tuple[Watched, ...]) -> Fault:
    """Without numbers, so that it is told once and not with every call."""
    return Fault(
        fault_zh="研判比例偏离近 28 天常态：" + "、".join(_SAID_ZH[what] for what in outside),
        fault_en="outside the usual band of 28 days: " + ", ".join(_SAID_EN[what] for what in outside),
        cure_zh="打开研判质量页：看是哪些规则，是否有新情况、新规则包或听不清的线路",
        cure_en="open the page of quality: which rules speak, and is there an event, a new pack or a line "
        "that is heard badly",
    )  # fmt: skip
