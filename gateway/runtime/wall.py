"""The wall: one answer made of memory, the register of links and the day's figures; pushed when it changes.

It is asked for by many screens and made once: memory is looked at once a second at most, the store less often
the longer it takes. What the store could not tell this time stands as it was, with the time that it is from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import structlog

from gateway.clock import Clock
from gateway.desk import wall as shown
from gateway.desk.hall import HallState
from gateway.desk.stamp import stamp
from gateway.ports import StoreUnavailable
from gateway.reports import wall
from gateway.reports.wall import Chart, Day
from gateway.runtime.book import Book
from gateway.runtime.health import Health, Service, ServiceState
from gateway.runtime.hub import Hub

log = structlog.get_logger(__name__)

KEPT_S = 1.0
"""An answer serves everybody who asks within a second."""
FIGURES_S = 5.0
"""How often the day's figures are read from the store at most."""
REST_TIMES = 10
"""After a reading that took long the store is left alone for so many times as long: a day of very many calls
is read less often, never all the time."""
BEAT_S = 5.0
"""The wall is pushed at least so often while somebody looks: a page that hears nothing says that it is
old."""
LINKS = ("pbx", "broker", "outbox", "database", "speech", "recordings", "canary", "clock", "dispatch core")
"""Kinds of links that have a tile, in this order; `speech:<name>` is one listener. A kind that nothing
reports has none."""


class Figures(Protocol):
    """`gateway.store.wall.StoredWall`. Both raise StoreUnavailable."""

    async def day(self, now: datetime) -> Day: ...

    async def chart(self, now: datetime) -> Chart: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WallSources:
    """`positions`: the configured ones, none: every member of the queues; `demo_languages`: whose model
    understands no people."""

    figures: Figures
    positions: Sequence[str] = ()
    demo_languages: Callable[[], Sequence[str]] = tuple


class Wall:
    """One of the house."""

    def __init__(
        self, sources: WallSources, *, book: Book, hall: Callable[[], HallState], health: Health, hub: Hub,
        clock: Clock, site: str, saving: Callable[[], bool] = lambda: True,
    ) -> None:  # fmt: skip
        self._sources, self._book, self._hall, self._health = sources, book, hall, health
        self._hub, self._clock, self._site, self._saving = hub, clock, site, saving
        self._body: dict[str, Any] | None = None
        self._making = asyncio.Lock()
        self._made = self._pushed = 0.0
        self._told: dict[str, Any] = {}
        self._day, self._rest_until = Day(), 0.0
        self._day_at: datetime | None = None
        self._chart: Chart | None = None
        self._fault_since: datetime | None = None

    async def watch(self) -> None:
        """For ever: what has changed goes to whoever looks."""
        while True:
            if self._hub.watchers:
                await self.push()
            await self._clock.sleep(KEPT_S)

    async def push(self) -> None:
        """Once: if something is otherwise than it was told last, or nothing was told for BEAT_S."""
        body = await self.body()
        told = {name: value for name, value in body.items() if name != "at"}
        beat = self._clock.monotonic() - self._pushed >= BEAT_S
        if told != self._told or beat:
            self._told, self._pushed = told, self._clock.monotonic()
            self._hub.publish("wall", None, body)

    async def body(self) -> dict[str, Any]:
        """The whole wall (`WallShown` of the HTTP API), at most KEPT_S old."""
        async with self._making:
            if self._body is None or self._clock.monotonic() - self._made >= KEPT_S:
                await self._read()
                self._body, self._made = self._compose(), self._clock.monotonic()
            return self._body

    # ---- the store's part

    async def _read(self) -> None:
        now, began = self._clock.now(), self._clock.monotonic()
        if began < self._rest_until:
            return
        try:
            if self._chart is None or self._chart.until != wall.last_minute(now):
                self._chart = await self._sources.figures.chart(now)
            self._day = await self._sources.figures.day(now)
            self._day_at, self._fault_since = now, None
        except StoreUnavailable as error:
            if self._fault_since is None:
                log.warning(
                    "the day's figures cannot be read, the wall shows the last ones", error=str(error)
                )
            self._fault_since = self._fault_since or now
        took = self._clock.monotonic() - began
        self._rest_until = began + max(FIGURES_S, took * REST_TIMES)

    # ---- put together

    def _compose(self) -> dict[str, Any]:
        now, book = self._clock.now(), self._book
        calls = shown.real(live.state for live in book.of_kind("call").values())
        floods = book.get(("flood", self._site))
        return {
            "at": stamp(now),
            "site": self._site,
            "saving": self._saving(),
            **shown.live_json(calls, self._hall(), self._sources.positions, now),
            "floods": shown.floods_json(floods.state if floods else None),
            "surges": shown.surges_json((each.state for each in book.of_kind("incident").values()), calls),
            "plans": shown.plans_json([each.state for each in book.of_kind("plan").values()]),
            "speech": self._speech(),
            "links": self._links(),
            "day": day_json(self._day, self._day_at, self._fault_since),
            "chart": chart_json(self._chart) if self._chart else None,
        }

    def _speech(self) -> dict[str, Any] | None:
        """None: speech is switched off here."""
        ears = self._health.get("speech")
        if ears is None:
            return None
        lost = [
            each
            for each in self._health.services
            if each.name.startswith("speech:") and each.state is ServiceState.DOWN
        ]
        counts = {name: int(ears.figures.get(name) or 0) for name in ("unheard", "behind", "set_aside")}
        return {
            "state": ears.state.value, "since": stamp(ears.since), **counts,
            "lost": [_link(each) for each in lost[: shown.MAX_LINES]],
            "demo_languages": list(self._sources.demo_languages()),
        }  # fmt: skip

    def _links(self) -> list[dict[str, Any]]:
        """In the order of LINKS; what is broken and has no tile usually comes behind them."""
        order = {kind: at for at, kind in enumerate(LINKS)}
        known = [
            each
            for each in self._health.services
            if each.name.partition(":")[0] in order or each.state is not ServiceState.UP
        ]
        known.sort(key=lambda each: (order.get(each.name.partition(":")[0], len(order)), each.name))
        return [_link(each) for each in known]


def _link(service: Service) -> dict[str, Any]:
    """Without its fault, which may name hosts and files: the health page tells those who mend it."""
    told = {"name": service.name, "state": service.state.value, "since": stamp(service.since)}
    good = service.figures.get("good") if service.name == "canary" else None
    return {**told, "good": good if good and good != "–" else None}


def day_json(day: Day, at: datetime | None, fault_since: datetime | None) -> dict[str, Any]:
    """`at`: when it was read; `fault_since`: since when it cannot be read any more."""
    total, before = wall.summed(day.today), wall.summed(day.before)
    classes, natures = wall.by(day.today, "alarm_class"), wall.by(day.today, "nature")
    earlier = wall.by(day.before, "nature")
    return {
        "at": stamp(at), "fault_since": stamp(fault_since),
        "calls": total.calls, "calls_before": before.calls,
        "answered": total.answered,
        "within": [{"s": s, "calls": n} for s, n in zip(wall.ANSWERED_S, total.within, strict=True)],
        "rang": total.rang, "abandoned": total.abandoned, "decided": total.decided,
        "classes": _classes(classes), "handed": total.handed, "came_back": total.came_back,
        "unrecorded": total.unrecorded,
        "natures": [
            {"nature": name, "calls": natures.get(name, 0), "before": earlier.get(name, 0)}
            for name in _ordered(natures, earlier)
        ],
        "signed": {
            "within": [{"s": s, "calls": n} for s, n in zip(wall.SIGNED_S, day.signed.within, strict=True)],
            "later": day.signed.later, "not_yet": day.signed.not_yet,
        },
        "orders": {"open": day.orders.open, "overdue": day.orders.overdue, "returned": day.orders.returned},
    }  # fmt: skip


def _classes(classes: Mapping[str | None, int]) -> dict[str, int]:
    return {name: classes.get(name, 0) for name in ("valid_alarm", "non_police", "unsure")} | {
        "none": classes.get(None, 0)
    }


def _ordered(today: Mapping[str | None, int], before: Mapping[str | None, int]) -> list[str]:
    """Natures that came today or yesterday, the most frequent first; what is not judged is no nature."""
    names = {name for name in (*today, *before) if name not in (None, "none")}
    return sorted((str(n) for n in names), key=lambda n: (-today.get(n, 0), -before.get(n, 0), n))


def chart_json(chart: Chart) -> dict[str, Any]:
    """One number a minute, the oldest first."""
    return {
        "until": stamp(chart.until), "calls": list(chart.calls), "days": chart.days,
        "low": chart.low and list(chart.low), "middle": chart.middle and list(chart.middle),
        "high": chart.high and list(chart.high),
        "quantiles": [wall.BAND_LOW, wall.BAND_MIDDLE, wall.BAND_HIGH],
    }  # fmt: skip
