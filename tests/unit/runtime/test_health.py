"""The register of services: what changed is told, the worst decides the whole."""

from __future__ import annotations

from gateway.runtime.health import Fault, Health, Service, ServiceState
from gateway.testing.clock import ManualClock

UP, DEGRADED, DOWN = ServiceState.UP, ServiceState.DEGRADED, ServiceState.DOWN
AWAY = Fault(fault_zh="断开", fault_en="away", cure_zh="查", cure_en="look")


def test_only_a_database_that_is_down_takes_the_gateway_down() -> None:
    health = Health(ManualClock())
    assert health.state is UP
    health.set("database", UP)
    health.set("broker", DOWN, AWAY)
    assert health.state is DEGRADED
    health.set("database", DOWN, AWAY)
    assert health.state is DOWN


async def test_since_is_when_the_state_began_whatever_is_said_of_it_later() -> None:
    clock = ManualClock()
    health = Health(clock)
    health.set("broker", DOWN, AWAY)
    began = clock.now()
    await clock.advance(5)
    health.set("broker", DOWN, Fault(fault_zh="x", fault_en="refused"))
    service = health.get("broker")
    assert service is not None
    assert (service.since, service.json()["fault_en"]) == (began, "refused")


def test_a_change_is_told_once_and_fresh_figures_are_not_a_change() -> None:
    told: list[Service] = []
    health = Health(ManualClock())
    health.on_change = told.append
    health.set("outbox", UP, waiting=1)
    health.set("outbox", UP, waiting=2)
    health.set("outbox", DEGRADED, AWAY, waiting=2)
    assert [service.state for service in told] == [UP, DEGRADED]
    assert [service.figures for service in health.services] == [{"waiting": 2}]
