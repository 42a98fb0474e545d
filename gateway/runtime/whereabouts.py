"""All that has to do with callers' places, put together: sources, bodies, the site's places, the map's
markers; and how they are, on the health page."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.calls.effects import DescribePlace, Effect, LocateSpoken, QueryLocation
from gateway.calls.model import CallSession
from gateway.calls.signals import CallerIdentified
from gateway.clock import Clock
from gateway.location.locator import Locator
from gateway.location.model import Datum
from gateway.location.numbering import CHINA
from gateway.ports import Bodies, Store
from gateway.runtime.book import Change
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.locating import Locating
from gateway.runtime.markers import Markers
from gateway.runtime.perform import Handler
from gateway.runtime.placing import PlacesState, Placing
from gateway.runtime.receiving import Receiving

FAULTS_SHOWN_S = 600.0
"""How long after a bad marker the health page speaks of it."""
PLACES, MARKERS, BODIES, MAP = "places", "map markers", "location bodies", "map"
MAP_LOOK_EVERY_S = 30.0
"""A map's files are replaced by hand, a few times a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSources:
    """What a site has to find callers with. `datum`: of coordinates in handed-in bodies which name none."""

    locators: Sequence[Locator] = ()
    bodies: Bodies | None = None
    places: Path | None = None
    refresh_every_s: float = 0.0
    datum: Datum | None = None
    country_code: str = CHINA
    map_faults: Callable[[], Sequence[Fault]] | None = None
    """Looks at the map's files, beside the event loop; None: the site has no map of its own."""


class Whereabouts:
    """One of each. `owe`: performs what is owed, called when the places have been read."""

    def __init__(
        self, sources: PlaceSources, *, intake: Intake, store: Store, hub: Hub, health: Health, clock: Clock,
        owe: Callable[[], None],
    ) -> None:  # fmt: skip
        self._health, self._clock = health, clock
        self.locating = Locating(
            locators=sources.locators, loop=intake, clock=clock, refresh_every_s=sources.refresh_every_s,
            on_source=self._source,
        )  # fmt: skip
        self.placing = Placing(
            folder=sources.places, store=store, book=intake.book, clock=clock, on_state=self._places,
            on_ready=owe,
        )  # fmt: skip
        self.receiving = _receiving(sources, intake, clock)
        self.markers = Markers(hub, clock)
        self._map_faults = sources.map_faults
        self._bad_markers, self._bad_since = 0, -FAULTS_SHOWN_S
        self._asked: Counter[str] = Counter()
        self._failed: Counter[str] = Counter()
        self.dropped: Callable[[], int] = lambda: 0
        """Messages over MQTT that nobody could take in time; set by who opens the inbox."""
        for locator in sources.locators:
            health.set(f"location:{locator.name}", ServiceState.UP, None, asked=0, failed=0)
        if sources.places is not None:
            told = Fault(fault_zh="正在载入地名库", fault_en="the places are being read")
            health.set(PLACES, ServiceState.UP, told)

    @property
    def handlers(self) -> Mapping[type[Effect], Handler]:
        return {
            QueryLocation: self.locating.query,
            LocateSpoken: self.placing.locate_spoken,
            DescribePlace: self.placing.describe,
        }

    @property
    def parts(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """What runs for ever, by the name it has in the log."""
        running: dict[str, Callable[[], Awaitable[None]]] = {
            "location refresh": self.locating.refresh,
            "places": self.placing.run,
        }
        if self.receiving is not None:
            running["location bodies"] = self.receiving.watch
        if self._map_faults is not None:
            running["map files"] = self._watch_map
        return running

    def committed(self, changes: Iterable[Change]) -> None:
        """A call whose number or Call-ID has become known takes what waits for it."""
        if self.receiving is None:
            return
        for change in changes:
            if isinstance(change.signal, CallerIdentified):
                self.receiving.caller_known(change.after.state)

    def recover(self, sessions: Iterable[CallSession]) -> None:
        """After a restart."""
        if self.receiving is not None:
            self.receiving.recover(sessions)

    async def close(self) -> None:
        if self.receiving is not None:
            await self.receiving.close()
        await self.locating.close()

    # ---- how they are

    def look(self) -> None:
        """Figures that are read afresh every few seconds."""
        markers, now = self.markers, self._clock.monotonic()
        if markers.set_aside != self._bad_markers:
            self._bad_markers, self._bad_since = markers.set_aside, now
        if markers.taken or markers.set_aside:
            bad = now - self._bad_since < FAULTS_SHOWN_S
            self._health.set(
                MARKERS, ServiceState.DEGRADED if bad else ServiceState.UP,
                _bad_markers(markers) if bad else None, set_aside=markers.set_aside, **markers.counts,
            )  # fmt: skip
        if self.receiving is not None:
            dropped = self.dropped()
            self._health.set(
                BODIES, ServiceState.DEGRADED if dropped else ServiceState.UP,
                _dropped(dropped) if dropped else None, unmatched=self.receiving.unmatched, dropped=dropped,
            )  # fmt: skip

    async def _watch_map(self) -> None:
        """For ever: whether pages can draw the site's map. What is wrong is told, the rest is drawn."""
        while self._map_faults is not None:
            faults = await asyncio.to_thread(self._map_faults)
            state = ServiceState.DEGRADED if faults else ServiceState.UP
            self._health.set(MAP, state, faults[0] if faults else None)
            await self._clock.sleep(MAP_LOOK_EVERY_S)

    def _source(self, name: str, fault: str | None) -> None:
        """How one question went."""
        self._asked[name] += 1
        self._failed[name] += fault is not None
        told = fault and Fault(
            fault_zh=f"位置来源 {name} 未应答，通话与其他来源不受影响：{fault}", fault_en=fault,
            cure_zh="检查该来源的地址、账号与网络", cure_en="look at its address, account and network",
        )  # fmt: skip
        state = ServiceState.DEGRADED if fault else ServiceState.UP
        self._health.set(
            f"location:{name}", state, told or None, asked=self._asked[name], failed=self._failed[name]
        )

    def _places(self, state: PlacesState) -> None:
        figures = {"places": state.places, "version": state.version, "city": state.city}
        if state.fault is None:
            told = _left_out(state.left_out) if state.left_out else None
            self._health.set(PLACES, ServiceState.DEGRADED if told else ServiceState.UP, told, **figures)
            return
        first = state.fault.splitlines()[0]
        zh = "地名库有误，仍使用旧版" if state.loaded else "地名库有误，无法匹配地名"
        en = "the version before stays in use" if state.loaded else "no place is found by name"
        self._health.set(
            PLACES, ServiceState.DEGRADED,
            Fault(
                fault_zh=f"{zh}：{first}", fault_en=f"{first} ({en})",
                cure_zh="运行 intake110 places import 查看全部错误",
                cure_en="run intake110 places import: it lists them all",
            ),
            **figures,
        )  # fmt: skip


def _receiving(sources: PlaceSources, intake: Intake, clock: Clock) -> Receiving | None:
    if sources.bodies is None:
        return None
    return Receiving(
        bodies=sources.bodies, loop=intake, clock=clock, datum=sources.datum,
        country_code=sources.country_code,
    )  # fmt: skip


def _left_out(areas: Sequence[str]) -> Fault:
    return Fault(
        fault_zh=f"{len(areas)} 个辖区的边界有误，未使用，其余照常：{areas[0]}",
        fault_en=f"{len(areas)} areas are not used, the rest is: {areas[0]}",
        cure_zh="运行 intake110 places check 查看全部",
        cure_en="run intake110 places check: it lists them all",
    )  # fmt: skip


def _dropped(count: int) -> Fault:
    return Fault(
        fault_zh=f"{count} 条 MQTT 消息来得太快，已丢弃",
        fault_en=f"{count} messages over MQTT came faster than they can be taken and were dropped",
        cure_zh="检查发送方，重启后清零", cure_en="look at their sender; the count ends with a restart",
    )  # fmt: skip


def _bad_markers(markers: Markers) -> Fault:
    last = markers.faults[-1]
    return Fault(
        fault_zh=f"{markers.set_aside} 条地图标记有误，未显示：{last}",
        fault_en=f"{markers.set_aside} map markers were set aside: {last}",
        cure_zh="按 AsyncAPI 文档改正发送方", cure_en="mend their sender: see the AsyncAPI document",
    )  # fmt: skip
