"""Runs of response plans among the kinds of aggregates that the loop knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gateway.calls.effects import Effect
from gateway.desk.plans import reducer
from gateway.desk.plans.model import PlanRun
from gateway.desk.plans.reducer import KIND
from gateway.desk.plans.signals import PlanSignal
from gateway.ports import Commit, PlanRow
from gateway.runtime.book import Change, Live, Moved
from gateway.runtime.machines import answer_of


class PlanMachine:
    """One run; its events are numbered by the site alone. It owes nothing: people do what it says."""

    kind = KIND
    state_type: type = PlanRun
    signals: type = PlanSignal

    def key(self, signal: PlanSignal) -> str:
        return signal.run_id

    def begins(self, signal: PlanSignal) -> bool:
        return False

    def move(self, live: Live | None, signal: PlanSignal) -> Moved:
        before: PlanRun | None = live.state if live else None
        outcome = reducer.reduce(before, signal)
        answer = answer_of(outcome.answer)
        if outcome.state is before or outcome.state is None:
            return Moved(after=None, answer=answer)
        return Moved(after=Live(state=outcome.state), events=outcome.events, answer=answer)

    def owed(self, state: PlanRun) -> frozenset[Effect]:
        return frozenset()

    def closed(self, state: PlanRun) -> bool:
        return state.over

    def rev(self, state: PlanRun) -> int:
        return state.rev

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        return live, 0

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        newest: dict[str, PlanRun] = {change.address[1]: change.after.state for change in changes}
        return Commit(plans=tuple(row_of(run) for run in newest.values()))


def row_of(run: PlanRun) -> PlanRow:
    return PlanRow(
        run_id=run.run_id, code=run.plan.code, call_id=run.call_id, incident_id=run.incident_id,
        major=run.plan.major, started_at=run.started_at, ended_at=run.ended_at,
    )  # fmt: skip
