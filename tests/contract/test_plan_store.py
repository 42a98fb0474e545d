"""Runs of response plans in both databases: what a call's page gets, and how often a plan was run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from gateway.desk.plans.model import Plan, Words
from gateway.desk.plans.signals import EndPlan, StartPlan
from gateway.dispatch.encode import outbox_rows
from gateway.ids import CallId
from gateway.runtime.intake import Intake
from gateway.runtime.machines import journal_codec
from gateway.runtime.plan_machine import PlanMachine
from gateway.store import plans
from gateway.store.store import SqlStore
from gateway.testing.clock import ManualClock

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CALL, OTHER = CallId("hz-p1-1.0"), CallId("hz-p1-1.1")


def run_id(number: int) -> str:
    return f"0198c3a0-0000-7000-8000-{number:012x}"


def plan(code: str) -> Plan:
    return Plan(code=code, title=Words(zh="预案", en="plan"))


@pytest.fixture
async def filled(store: SqlStore) -> SqlStore:
    """0: fire, of the call, ended. 1: fire again, running. 2: mass event, of the incident, running. 3: of
    another call."""
    intake = Intake(
        store=store, clock=ManualClock(NOON), machines=(PlanMachine(),), codec=journal_codec(),
        encode=partial(outbox_rows, site="hz"), salt=lambda: b"s" * 32,
    )  # fmt: skip
    for number, (code, call_id, incident) in enumerate(
        [("fire", CALL, None), ("fire", CALL, None), ("mass", OTHER, "incident-1"), ("fire", OTHER, None)]
    ):
        told = {"run_id": run_id(number), "at": NOON + timedelta(minutes=number), "actor": "wang"}
        await intake.offer(
            StartPlan(**told, request_id=f"s{number}", plan=plan(code), call_id=call_id, incident_id=incident)
        )
        if number == 0:
            await intake.offer(EndPlan(**told, request_id="e0"))
    await intake.drain()
    return store


async def test_running_plans_of_a_call_and_its_incident_come_before_the_ended_ones(filled: SqlStore) -> None:
    found = await filled.database.read(partial(plans.runs_of, call_ids=[CALL], incident_id="incident-1"))
    assert [run.run_id for run in found] == [run_id(2), run_id(1), run_id(0)]
    assert [run.over for run in found] == [False, False, True]
    alone = await filled.database.read(partial(plans.runs_of, call_ids=[CALL], incident_id=None))
    assert [run.run_id for run in alone] == [run_id(1), run_id(0)]


async def test_a_plan_that_was_run_before_is_counted_for_its_own_calls_alone(filled: SqlStore) -> None:
    count = partial(plans.ended_before, code="fire")
    assert await filled.database.read(partial(count, call_ids=[CALL])) == 1
    assert await filled.database.read(partial(count, call_ids=[OTHER])) == 0


async def test_an_unknown_run_is_none(filled: SqlStore) -> None:
    assert await filled.database.read(partial(plans.run_of, run_id=run_id(9))) is None
