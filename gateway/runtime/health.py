"""How each link from the trunk to the archive is: state, since when, what went wrong, what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.clock import Clock
from gateway.desk.board import stamp


class ServiceState(StrEnum):
    UP = "up"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault in the reader's language, with its cure."""

    fault_zh: str
    fault_en: str
    cure_zh: str = ""
    cure_en: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One link. `name` is pbx:<id>, broker, database, speech, recordings, triage."""

    name: str
    state: ServiceState
    since: datetime
    fault: Fault | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        fault = self.fault or Fault(fault_zh="", fault_en="")
        return {
            "name": self.name,
            "state": self.state.value,
            "since": stamp(self.since),
            "figures": dict(self.figures),
            "fault_zh": fault.fault_zh,
            "fault_en": fault.fault_en,
            "cure_zh": fault.cure_zh,
            "cure_en": fault.cure_en,
        }


class Health:
    """The one register of services. A change is told to `on_change`; saying the same again only refreshes
    figures."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._services: dict[str, Service] = {}
        self.on_change: Callable[[Service], None] = lambda service: None

    def set(self, name: str, state: ServiceState, fault: Fault | None = None, **figures: Any) -> None:
        before = self._services.get(name)
        same = before is not None and before.state is state and before.fault == fault
        since = before.since if before is not None and before.state is state else self._clock.now()
        service = Service(name=name, state=state, since=since, fault=fault, figures=figures)
        self._services[name] = service
        if not same:
            self.on_change(service)

    def forget(self, name: str) -> None:
        """This link is not there any more, and nobody misses it."""
        self._services.pop(name, None)

    def get(self, name: str) -> Service | None:
        return self._services.get(name)

    @property
    def services(self) -> tuple[Service, ...]:
        return tuple(self._services.values())

    @property
    def state(self) -> ServiceState:
        """The gateway as a whole: down when nothing can be saved, degraded when any link is not up."""
        database = self._services.get("database")
        if database is not None and database.state is ServiceState.DOWN:
            return ServiceState.DOWN
        worst = any(service.state is not ServiceState.UP for service in self._services.values())
        return ServiceState.DEGRADED if worst else ServiceState.UP
