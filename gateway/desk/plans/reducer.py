"""One run of a plan changes here and nowhere else: pure, total, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gateway.calls.answers import Accepted, Answer, Refused
from gateway.desk.plans.model import MAX_NOTE_CHARS, PlanRun, Tick
from gateway.desk.plans.signals import EndPlan, PlanRequest, PlanSignal, StartPlan, TickItem, UntickItem
from gateway.dispatch.plan_events import PlanChange, PlanStep

KIND = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The run after one signal (None: there is none), what is told of it, and the answer."""

    state: PlanRun | None
    events: tuple[PlanChange, ...] = ()
    answer: Answer | None = None


def reduce(run: PlanRun | None, signal: PlanSignal) -> Outcome:
    """Never raises; a refusal changes nothing. What is asked twice is done once."""
    if not isinstance(signal, PlanRequest):
        return Outcome(state=run)
    if (refusal := _refusal(run, signal)) is not None:
        return Outcome(state=run, answer=refusal)
    if isinstance(signal, StartPlan):
        new = PlanRun(
            run_id=signal.run_id, plan=signal.plan, call_id=signal.call_id, incident_id=signal.incident_id,
            reasons=signal.reasons, started_at=signal.at, started_by=signal.actor,
        )  # fmt: skip
        return Outcome(state=new, events=(_told(new, signal, PlanStep.STARTED),), answer=Accepted(rev=1))
    assert run is not None  # `_refusal` said so
    return _moved(run, signal)


def _refusal(run: PlanRun | None, signal: PlanRequest) -> Refused | None:
    note = getattr(signal, "note", "")
    if len(note) > MAX_NOTE_CHARS:
        return Refused(code="invalid", text=f"a note has at most {MAX_NOTE_CHARS} characters")
    if isinstance(signal, StartPlan):
        return None if run is None else Refused(code="plan_running", text=run.started_by)
    if run is None:
        return Refused(code="unknown_run", text=f"no run {signal.run_id}")
    if run.over:
        return Refused(code="plan_over", text=f"{run.ended_by}, {run.ended_at:%H:%M}")
    wanted = getattr(signal, "item_id", None)
    if wanted is not None and all(item.item_id != wanted for item in run.plan.items):
        return Refused(code="unknown_item", text=f"the plan has no item {wanted}")
    return None


def _moved(run: PlanRun, signal: PlanRequest) -> Outcome:
    match signal:
        case TickItem(item_id=name, note=note):
            if any(each.item_id == name for each in run.ticks):
                return Outcome(state=run, answer=Accepted(rev=run.rev))
            tick = Tick(item_id=name, by=signal.actor, at=signal.at, note=note.strip())
            return _done(replace(run, ticks=(*run.ticks, tick)), signal, PlanStep.TICKED, item=name)
        case UntickItem(item_id=name):
            rest = tuple(each for each in run.ticks if each.item_id != name)
            if rest == run.ticks:
                return Outcome(state=run, answer=Accepted(rev=run.rev))
            return _done(replace(run, ticks=rest), signal, PlanStep.UNTICKED, item=name)
        case EndPlan(note=note):
            over = replace(run, ended_at=signal.at, ended_by=signal.actor, note=note.strip())
            return _done(over, signal, PlanStep.ENDED)
    return Outcome(
        state=run, answer=Refused(code="invalid", text=f"no such request: {type(signal).__name__}")
    )


def _done(run: PlanRun, signal: PlanRequest, step: PlanStep, **more: Any) -> Outcome:
    after = replace(run, rev=run.rev + 1)
    return Outcome(state=after, events=(_told(after, signal, step, **more),), answer=Accepted(rev=after.rev))


def _told(run: PlanRun, signal: PlanRequest, step: PlanStep, item: str | None = None) -> PlanChange:
    reasons = run.reasons if step is PlanStep.STARTED else ()
    words = next((each for each in run.plan.items if each.item_id == item), None)
    return PlanChange(
        occurred_at=signal.at, run_id=run.run_id, rev=run.rev, step=step, plan=run.plan.code,
        title_zh=run.plan.title.zh, title_en=run.plan.title.en, major=run.plan.major, call_id=run.call_id,
        incident_id=run.incident_id, by=signal.actor, item=item, item_zh=words.zh if words else None,
        item_en=words.en if words else None, done=len(run.ticks), items=len(run.plan.items),
        reasons=tuple(f"{each.code}:{each.value}" for each in reasons),
        note=getattr(signal, "note", "") or None,
    )  # fmt: skip
