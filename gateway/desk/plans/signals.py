"""What people ask of a plan's run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.desk.plans.model import Plan, Reason
from gateway.ids import CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanSignal:
    """What all of them share. `run_id` is a UUID."""

    run_id: str
    at: datetime
    inferred: bool = False

    @property
    def when(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest(PlanSignal):
    """The same `request_id` gets the same answer. Two people may tick at once: no tick is refused for being
    made on an older view."""

    request_id: str
    actor: str
    expected_rev: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPlan(PlanRequest):
    """`plan`: as it is now, with all its words. `reasons`: what it was suggested for; none: by hand."""

    plan: Plan
    call_id: CallId
    incident_id: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TickItem(PlanRequest):
    item_id: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UntickItem(PlanRequest):
    """It was ticked by mistake."""

    item_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPlan(PlanRequest):
    note: str = ""
