"""Plans and their runs as pages read them: plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.desk.plans.model import Item, Plan, PlanRun, Reason
from gateway.desk.plans.suggest import Suggested
from gateway.desk.stamp import stamp

_REASONS: Mapping[str, tuple[str, str]] = {
    "nature": ("性质", "nature"), "veto": ("听到危险", "danger was heard"), "priority": ("级别", "priority"),
    "injured": ("受伤人数", "people injured"), "calls": ("同一事件来电", "calls of the incident"),
}  # fmt: skip


def reason_json(reason: Reason) -> dict[str, str]:
    """`value` is a code for nature and veto, which the page names."""
    zh, en = _REASONS[reason.code]
    return {"code": reason.code, "value": reason.value, "zh": zh, "en": en}


def plan_json(plan: Plan) -> dict[str, Any]:
    return {
        "code": plan.code, "title_zh": plan.title.zh, "title_en": plan.title.en, "major": plan.major,
        "items": [item_json(item) for item in plan.items],
        "announcements": [{"zh": each.zh, "en": each.en} for each in plan.announcements],
    }  # fmt: skip


def item_json(item: Item) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "kind": item.kind.value,
        "zh": item.zh,
        "en": item.en,
        "number": item.number,
    }


def suggested_json(one: Suggested) -> dict[str, Any]:
    return {"code": one.plan.code, "reasons": [reason_json(each) for each in one.reasons]}


def run_json(run: PlanRun) -> dict[str, Any]:
    ticks = {tick.item_id: tick for tick in run.ticks}

    def done(item: Item) -> dict[str, Any]:
        tick = ticks.get(item.item_id)
        told = {"by": tick.by, "at": stamp(tick.at), "note": tick.note} if tick else None
        return {**item_json(item), "done": told}

    return {
        "run_id": run.run_id, "rev": run.rev, "call_id": run.call_id, "incident_id": run.incident_id,
        "reasons": [reason_json(each) for each in run.reasons],
        "started_at": stamp(run.started_at), "started_by": run.started_by,
        "ended_at": stamp(run.ended_at), "ended_by": run.ended_by or None, "note": run.note,
        "done": len(run.ticks),
        **plan_json(run.plan), "items": [done(item) for item in run.plan.items],
    }  # fmt: skip


def brief(run: PlanRun) -> dict[str, Any]:
    """A banner's line, without personal data."""
    return {
        "run_id": run.run_id, "rev": run.rev, "code": run.plan.code, "title_zh": run.plan.title.zh,
        "title_en": run.plan.title.en, "major": run.plan.major, "call_id": run.call_id,
        "incident_id": run.incident_id, "started_at": stamp(run.started_at), "started_by": run.started_by,
        "done": len(run.ticks), "items": len(run.plan.items), "over": run.over,
    }  # fmt: skip
