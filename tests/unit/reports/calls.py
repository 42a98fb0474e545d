"""Judged calls for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.reports.judged import JudgedCall, Judgement, RuleSpoke
from gateway.triage.model import AlarmClass, Department, Nature

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
UNSURE = Judgement(alarm_class=AlarmClass.UNSURE)


def alarm(nature: Nature = Nature.THEFT) -> Judgement:
    return Judgement(alarm_class=AlarmClass.VALID_ALARM, nature=nature)


def civil(department: Department | None = Department.PUBLIC_HOTLINE_12345) -> Judgement:
    return Judgement(alarm_class=AlarmClass.NON_POLICE, department=department)


def spoke(rule_id: str, said: Judgement) -> RuleSpoke:
    nature = said.nature if said.alarm_class is AlarmClass.VALID_ALARM else None
    return RuleSpoke(rule_id=rule_id, alarm_class=said.alarm_class, nature=nature, department=said.department)


def a_call(verdict: Judgement, person: Judgement | None = None, **more: Any) -> JudgedCall:
    told = {"call_id": "c1", "day": "2026-01-05", "seized_at": NOON, "pack_hash": "p"} | more
    return JudgedCall(verdict=verdict, disposition=person, **told)
