"""Surge: many calls tell of one incident within a short time. It only says so; people answer every call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.desk.incidents.model import MAX_MATCHED, Incident, SurgeLimits
from gateway.desk.incidents.signals import CallsMatched, IncidentLooked, IncidentSignal
from gateway.dispatch.site_events import IncidentChange, IncidentStep

Events = tuple[IncidentChange, ...]


def rate(incident: Incident, now: datetime, limits: SurgeLimits) -> int:
    """Calls of the incident, linked or very likely, that came within the last `within_s`."""
    since = now - timedelta(seconds=limits.within_s)
    linked = [member.seized_at for member in incident.members]
    return sum(1 for at in (*linked, *(each.seized_at for each in incident.matched)) if since < at)


def begun(incident: Incident, signal: IncidentSignal, limits: SurgeLimits) -> tuple[Incident, Events]:
    """Marks it when so many came; while it lasts the highest rate is kept."""
    now = rate(incident, signal.when, limits)
    if incident.surge_since is not None:
        return replace(incident, surge_peak=max(incident.surge_peak, now)), ()
    if now < limits.calls:
        return incident, ()
    after = replace(incident, surge_since=signal.when, surge_peak=now)
    return after, (_told(after, signal, IncidentStep.SURGE_BEGAN, now),)


def looked(incident: Incident, signal: IncidentLooked, limits: SurgeLimits) -> dict[str, Any]:
    """Over when the rate has fallen below half of what began it. What is over may rest."""
    now = rate(incident, signal.when, limits)
    if incident.surge_since is not None and 2 * now < limits.calls:
        after = replace(incident, surge_since=None, matched=())
        return {"state": after, "events": (_told(after, signal, IncidentStep.SURGE_ENDED, now),)}
    if signal.rest and incident.surge_since is None:
        return {"state": replace(incident, rested=True, matched=())}
    return {"state": incident}


def matched(incident: Incident, signal: CallsMatched, limits: SurgeLimits) -> dict[str, Any]:
    """Calls that very likely tell of it count for the rate; linked ones count already."""
    linked = [member.call_id for member in incident.members]
    known = {*linked, *(each.call_id for each in incident.matched)}
    fresh = tuple(each for each in signal.matched if each.call_id not in known)
    after = replace(
        incident, matched=(*incident.matched, *fresh)[-MAX_MATCHED:],
        compared=max(incident.compared, signal.compared or 0),
    )  # fmt: skip
    after, began = begun(after, signal, limits)
    return {"state": after, "events": began}


def _told(incident: Incident, signal: IncidentSignal, step: IncidentStep, now: int) -> IncidentChange:
    return IncidentChange(
        occurred_at=signal.when, incident_id=incident.incident_id, step=step, title=incident.title or None,
        calls=tuple(member.call_id for member in incident.members), recent_calls=now,
    )  # fmt: skip
