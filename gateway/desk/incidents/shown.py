"""Incidents, suggestions and floods as pages show them: plain JSON values, unmasked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from gateway.calls.model import CallSession
from gateway.calls.together import Reason, Suggestion
from gateway.desk.board import stamp
from gateway.desk.incidents import said
from gateway.desk.incidents.flood import Flood, Floods
from gateway.desk.incidents.model import Fact, Incident, SurgeLimits
from gateway.desk.incidents.surge import rate
from gateway.desk.where import in_frame
from gateway.location.exact import radius_m
from gateway.location.model import Datum
from gateway.triage.model import Nature


def reason_json(reason: Reason, *, places: bool, numbers: bool) -> dict[str, Any]:
    hidden = (reason.code in said.PLACES and not places) or (reason.code in said.NUMBERS and not numbers)
    told = said.sentence(reason, covered=hidden)
    return {"code": reason.code.value, "value": "" if hidden else reason.value, "zh": told.zh, "en": told.en}


def suggestion_json(
    suggestion: Suggestion, other: CallSession, *, places: bool, numbers: bool
) -> dict[str, Any]:
    return {
        "call_id": suggestion.call_id, "score": suggestion.score, "strong": suggestion.strong,
        "incident_id": other.together.incident,
        "reasons": [reason_json(each, places=places, numbers=numbers) for each in suggestion.reasons],
    }  # fmt: skip


def fact_json(fact: Fact) -> dict[str, Any]:
    return {
        "number": fact.number, "kind": fact.kind.value, "value": fact.value, "quote": fact.quote,
        "call_id": fact.call_id, "at": stamp(fact.at), "by": fact.by,
    }  # fmt: skip


def brief(incident: Incident) -> dict[str, Any]:
    """What a card shows of the incident its call belongs to."""
    return {
        "incident_id": incident.incident_id, "title": incident.title, "rev": incident.rev,
        "calls": len(incident.members), "opened_at": stamp(incident.opened_at),
        "surge_since": stamp(incident.surge_since), "over": incident.over,
        "merged_into": incident.merged_into, "facts_told": incident.facts_told,
    }  # fmt: skip


def whole(incident: Incident, limits: SurgeLimits, now: datetime) -> dict[str, Any]:
    """The incident's own page, but for what its calls bring."""
    return {
        **brief(incident),
        "touched_at": stamp(incident.touched_at),
        "surge": {
            "since": stamp(incident.surge_since), "recent": rate(incident, now, limits),
            "peak": incident.surge_peak, "begins_with": limits.calls, "within_s": limits.within_s,
            "unlinked": [each.call_id for each in incident.matched],
        },
        "members": [
            {
                "call_id": each.call_id, "linked_at": stamp(each.linked_at), "by": each.by,
                "score": each.score, "seen": each.seen,
            }
            for each in incident.members
        ],
        "facts": [fact_json(fact) for fact in incident.facts],
        "history": [
            {
                "step": each.step.value, "at": stamp(each.at), "by": each.by, "call_id": each.call_id,
                "note": each.note,
            }
            for each in incident.history
        ],
    }  # fmt: skip


def spot(session: CallSession) -> dict[str, Any] | None:
    """Where a call's leading fix lies, in both frames."""
    fix = next((each for each in session.locations if each.location_id == session.leading_location), None)
    if fix is None or (wgs84 := in_frame(fix, Datum.WGS_84)) is None:
        return None
    return {
        "wgs84": wgs84, "gcj02": in_frame(fix, Datum.GCJ_02), "radius_m": round(radius_m(fix)),
        "source": fix.source.value,
    }  # fmt: skip


def nature_of(sessions: Iterable[CallSession]) -> Nature:
    """What most of its calls are about."""
    verdicts = [s.disposition or s.triage for s in sessions]
    natures = Counter(v.nature for v in verdicts if v is not None and v.nature is not Nature.NONE)
    ranked = sorted(natures.items(), key=lambda pair: (-pair[1], pair[0].value))
    return ranked[0][0] if ranked else Nature.NONE


def surge_json(incident: Incident, nature: Nature) -> dict[str, Any]:
    """For a call that very likely tells of it: answered by a person, asked for what is new."""
    return {
        "incident_id": incident.incident_id, "title": incident.title, "calls": len(incident.members),
        "since": stamp(incident.surge_since), "nature": nature.value,
        "questions": [{"zh": each.zh, "en": each.en} for each in said.questions(nature)],
    }  # fmt: skip


def suspicion_json(session: CallSession) -> dict[str, Any] | None:
    found = session.together.suspicion
    if found is None:
        return None
    told = said.suspicion(found)
    return {
        "kind": found.kind.value,
        "calls": found.calls,
        "at": stamp(found.at),
        "zh": told.zh,
        "en": told.en,
    }


def repeat_json(
    count: int, abandoned: int, violence: int, calls: Sequence[CallSession]
) -> dict[str, Any]:  # fmt: skip
    """What is known of the number's earlier calls, with both risks, and no weight on either."""
    risks = [("prank", said.PRANK), ("domestic_violence", said.VIOLENCE)]
    return {
        "count": count, "abandoned": abandoned, "violence": violence,
        "risks": [{"code": code, "zh": risk.zh, "en": risk.en} for code, risk in risks],
        "calls": [_earlier(session) for session in calls],
    }  # fmt: skip


def _earlier(session: CallSession) -> dict[str, Any]:
    verdict, decided = session.triage, session.disposition
    return {
        "call_id": session.call_id, "seized_at": stamp(session.seized_at),
        "end_reason": session.end_reason.value if session.end_reason else None,
        "class": verdict.alarm_class.value if verdict else None,
        "nature": verdict.nature.value if verdict else None,
        "decided": {"class": decided.alarm_class.value, "nature": decided.nature.value} if decided else None,
        "vetoes": [veto.value for veto in session.vetoes],
        "incident_id": session.together.incident,
    }  # fmt: skip


def floods_json(floods: Floods, reserved_seats: int, *, ranked: bool) -> dict[str, Any]:
    return {
        "now": [flood_json(each) for each in floods.now],
        "past": [flood_json(each) for each in floods.past],
        "beyond": floods.beyond, "reserved_seats": reserved_seats, "ranked_in_queue": ranked,
    }  # fmt: skip


def flood_json(flood: Flood) -> dict[str, Any]:
    told = said.flood(flood.kind)
    return {
        "kind": flood.kind.value, "key": flood.key, "since": stamp(flood.since),
        "seen_at": stamp(flood.seen_at), "ended_at": stamp(flood.ended_at), "calls": flood.calls,
        "numbers": flood.numbers, "per_minute": flood.per_minute, "zh": told.zh, "en": told.en,
    }  # fmt: skip
