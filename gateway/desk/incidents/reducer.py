"""One incident changes here and nowhere else: pure, total, no clock, never raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.linked import IncidentJoined, IncidentLeft
from gateway.desk.incidents import facts, surge
from gateway.desk.incidents.effects import FindMatches
from gateway.desk.incidents.model import (
    MAX_CALLS,
    MAX_HISTORY,
    MAX_TITLE_CHARS,
    Incident,
    Member,
    Past,
    Step,
    SurgeLimits,
)
from gateway.desk.incidents.signals import (
    CallJoined,
    CallLeft,
    CallsMatched,
    FactLearnt,
    IncidentAbsorbed,
    IncidentLooked,
    IncidentRequest,
    IncidentSignal,
    MergeIncidents,
    SeeFacts,
    SetIncidentTitle,
)
from gateway.dispatch.site_events import IncidentChange, IncidentStep

LEAST_CALLS = 2
"""With fewer linked calls there is nothing linked: the incident dissolves, and the last call is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The incident after one signal, what the site is told, what its calls hear, and a request's answer."""

    state: Incident | None
    events: tuple[IncidentChange, ...] = ()
    tells: tuple[Any, ...] = ()
    answer: Answer | None = None


def reduce(incident: Incident | None, signal: IncidentSignal, limits: SurgeLimits) -> Outcome:
    """What comes late to an incident that was merged goes on to where its calls are."""
    if incident is None:
        return _first(signal, limits)
    if isinstance(signal, IncidentRequest):
        return _request(incident, signal)
    if incident.over:
        return _late(incident, signal)
    done = _HANDLERS[type(signal)](incident, signal, limits)
    return _counted(incident, signal, done)


def owed(incident: Incident) -> frozenset[FindMatches]:
    if incident.over or incident.compared >= incident.links:
        return frozenset()
    return frozenset({FindMatches(incident_id=incident.incident_id, links=incident.links)})


def closed(incident: Incident) -> bool:
    """It may leave memory: the store has it, and whatever concerns it brings it back."""
    return (incident.over or incident.rested) and not owed(incident)


def change(incident: Incident, signal: IncidentSignal, step: IncidentStep, **more: Any) -> IncidentChange:
    return IncidentChange(
        occurred_at=signal.when, incident_id=incident.incident_id, step=step, title=incident.title or None,
        calls=tuple(member.call_id for member in incident.members), **more,
    )  # fmt: skip


def _first(signal: IncidentSignal, limits: SurgeLimits) -> Outcome:
    if isinstance(signal, IncidentRequest):
        return Outcome(state=None, answer=Refused(code="unknown_incident", text="no such incident"))
    if isinstance(signal, IncidentAbsorbed):
        return Outcome(state=None, tells=_set_free(signal))
    if not isinstance(signal, CallJoined):
        return Outcome(state=None)
    made = Incident(
        incident_id=signal.incident_id, site=signal.site, opened_at=signal.when, touched_at=signal.when
    )
    done = _joined(made, signal, limits)
    return _counted(made, signal, done)


def _late(incident: Incident, signal: IncidentSignal) -> Outcome:
    """Merged: told again to the one that took it in. Dissolved: a call that comes is told that it is not."""
    if incident.merged_into is not None and isinstance(
        signal, CallJoined | CallLeft | FactLearnt | IncidentAbsorbed
    ):
        onward = replace(signal, incident_id=incident.merged_into)
        if isinstance(signal, CallJoined):
            moved = IncidentJoined(
                call_id=signal.call_id, at=signal.at, incident_id=incident.merged_into, by=signal.by,
                moved_from=incident.incident_id,
            )  # fmt: skip
            return Outcome(state=incident, tells=(moved, onward))
        return Outcome(state=incident, tells=(onward,))
    if isinstance(signal, CallJoined):
        freed = _free(incident, signal, signal.call_id, "dissolved")
        return Outcome(state=incident, tells=(freed,))
    if isinstance(signal, IncidentAbsorbed):
        return Outcome(state=incident, tells=_set_free(signal))
    return Outcome(state=incident)


def _counted(before: Incident, signal: IncidentSignal, done: Outcome) -> Outcome:
    after = done.state
    if after is None or after == before:
        return replace(done, state=before)
    touched = before.touched_at if isinstance(signal, IncidentLooked) else signal.when
    return replace(done, state=replace(after, rev=before.rev + 1, touched_at=touched))


def _free(incident: Incident, signal: Any, call_id: Any, why: str) -> IncidentLeft:
    return IncidentLeft(
        call_id=call_id, at=signal.at, incident_id=incident.incident_id, by=signal.by, why=why
    )


def _set_free(signal: IncidentAbsorbed) -> tuple[IncidentLeft, ...]:
    """They were to come where nothing is any more: each call stands alone, and says so."""
    return tuple(
        IncidentLeft(
            call_id=each.call_id, at=signal.at, incident_id=signal.other, by=signal.by, why="dissolved"
        )
        for each in signal.members
    )


def _remembered(incident: Incident, past: Past) -> tuple[Past, ...]:
    return (*incident.history, past)[-MAX_HISTORY:]


# ---- what calls tell


def _joined(incident: Incident, signal: CallJoined, limits: SurgeLimits) -> Outcome:
    if incident.member(signal.call_id) is not None:
        return Outcome(state=incident)
    if len(incident.members) >= MAX_CALLS:
        return Outcome(state=incident, tells=(_free(incident, signal, signal.call_id, "full"),))
    first = not incident.members
    after = _with(incident, signal, signal.call_id, signal.seized_at)
    tells: tuple[Any, ...] = ()
    if (other := signal.other) is not None and after.member(other) is None:
        after = _with(after, signal, other, signal.other_seized_at or signal.when)
        tells = (
            IncidentJoined(
                call_id=other, at=signal.at, incident_id=incident.incident_id, by=signal.by,
                others=(signal.call_id,), reasons=signal.reasons,
            ),
        )  # fmt: skip
    told = change(after, signal, IncidentStep.OPENED if first else IncidentStep.CALLS_CHANGED, by=signal.by)
    after, began = surge.begun(after, signal, limits)
    return Outcome(state=after, events=(told, *began), tells=tells)


def _with(incident: Incident, signal: CallJoined, call_id: Any, seized_at: Any) -> Incident:
    member = Member(
        call_id=call_id, seized_at=seized_at, linked_at=signal.when, by=signal.by, score=signal.score,
        reasons=signal.reasons,
    )  # fmt: skip
    past = Past(step=Step.LINKED, at=signal.when, by=signal.by, call_id=call_id)
    return replace(
        incident, members=(*incident.members, member), history=_remembered(incident, past), rested=False,
        links=incident.links + 1,
        matched=tuple(each for each in incident.matched if each.call_id != call_id),
    )  # fmt: skip


def _left(incident: Incident, signal: CallLeft, limits: SurgeLimits) -> Outcome:
    if incident.member(signal.call_id) is None:
        return Outcome(state=incident)
    rest = tuple(each for each in incident.members if each.call_id != signal.call_id)
    past = Past(
        step=Step.UNLINKED, at=signal.when, by=signal.by, call_id=signal.call_id, note=signal.why[:200]
    )
    kept = tuple(fact for fact in incident.facts if fact.call_id != signal.call_id)
    after = replace(
        incident, members=rest, facts=kept, history=_remembered(incident, past), rested=False
    )  # fmt: skip
    if len(rest) >= LEAST_CALLS:
        return Outcome(state=after, events=(change(after, signal, IncidentStep.CALLS_CHANGED, by=signal.by),))
    gone = Past(step=Step.DISSOLVED, at=signal.when, by=signal.by)
    after = replace(after, members=(), dissolved=True, surge_since=None, history=_remembered(after, gone))
    tells = tuple(_free(incident, signal, each.call_id, "dissolved") for each in rest)
    return Outcome(
        state=after, events=(change(after, signal, IncidentStep.DISSOLVED, by=signal.by),), tells=tells
    )


def _learnt(incident: Incident, signal: FactLearnt, limits: SurgeLimits) -> Outcome:
    after, fact = facts.added(incident, signal)
    if fact is None:
        return Outcome(state=incident)
    told = change(
        after, signal, IncidentStep.FACT, fact=fact.kind, value=fact.value, call_id=fact.call_id, by=fact.by
    )
    return Outcome(state=replace(after, rested=False), events=(told,))


def _absorbed(incident: Incident, signal: IncidentAbsorbed, limits: SurgeLimits) -> Outcome:
    """Calls of the other beyond MAX_CALLS come too: a merge loses no link."""
    known = {each.call_id for each in incident.members}
    fresh = tuple(replace(each, seen=0) for each in signal.members if each.call_id not in known)
    after = replace(
        incident, members=(*incident.members, *fresh), links=incident.links + len(fresh), rested=False,
        title=incident.title or signal.title,
        history=tuple(sorted((*incident.history, *signal.history), key=lambda past: past.at))[-MAX_HISTORY:],
    )  # fmt: skip
    for fact in signal.facts:
        after, _ = facts.added(after, fact)
    tells = tuple(
        IncidentJoined(
            call_id=each.call_id, at=signal.at, incident_id=incident.incident_id, by=signal.by,
            moved_from=signal.other,
        )
        for each in fresh
    )  # fmt: skip
    told = change(after, signal, IncidentStep.CALLS_CHANGED, by=signal.by, other=signal.other)
    after, began = surge.begun(after, signal, limits)
    return Outcome(state=after, events=(told, *began), tells=tells)


_Handler = Callable[[Incident, Any, SurgeLimits], Outcome]
_HANDLERS: Mapping[type[IncidentSignal], _Handler] = {
    CallJoined: _joined,
    CallLeft: _left,
    FactLearnt: _learnt,
    IncidentAbsorbed: _absorbed,
    CallsMatched: lambda i, s, limits: Outcome(**surge.matched(i, s, limits)),
    IncidentLooked: lambda i, s, limits: Outcome(**surge.looked(i, s, limits)),
}


# ---- what people ask


def _request(incident: Incident, signal: IncidentRequest) -> Outcome:
    if signal.expected_rev is not None and signal.expected_rev != incident.rev:
        refused = Refused(code="stale_rev", text=f"the incident changed meanwhile (rev {incident.rev})")
        return Outcome(state=incident, answer=refused)
    done = _asked(incident, signal)
    if isinstance(done, Refused):
        return Outcome(state=incident, answer=done)
    counted = _counted(incident, signal, done)
    return replace(counted, answer=Accepted(rev=counted.state.rev if counted.state else 0))


def _asked(incident: Incident, signal: IncidentRequest) -> Outcome | Refused:
    if incident.over:
        return Refused(code="incident_over", text="this incident was merged or dissolved")
    match signal:
        case SetIncidentTitle(title=title):
            return _titled(incident, signal, title.strip())
        case SeeFacts(call_id=call_id, upto=upto):
            return _seen(incident, call_id, upto)
        case MergeIncidents(into=into) if into == incident.incident_id:
            return Refused(code="invalid", text="an incident is not merged with itself")
        case MergeIncidents():
            return _merged(incident, signal)
    return Refused(code="invalid", text=f"no such request: {type(signal).__name__}")


def _titled(incident: Incident, signal: IncidentRequest, title: str) -> Outcome | Refused:
    if len(title) > MAX_TITLE_CHARS:
        return Refused(code="invalid", text=f"a title has at most {MAX_TITLE_CHARS} characters")
    past = Past(step=Step.TITLED, at=signal.when, by=signal.actor, note=title)
    after = replace(
        incident, title=title, titled_by=signal.actor, history=_remembered(incident, past), rested=False
    )
    return Outcome(state=after, events=(change(after, signal, IncidentStep.TITLED, by=signal.actor),))


def _seen(incident: Incident, call_id: str, upto: int) -> Outcome | Refused:
    member = incident.member(call_id)
    if member is None:
        return Refused(code="not_linked", text="this call is not linked with the incident")
    seen = max(member.seen, min(upto, incident.facts_told))
    members = tuple(
        replace(each, seen=seen) if each.call_id == call_id else each for each in incident.members
    )
    return Outcome(state=replace(incident, members=members))


def _merged(incident: Incident, signal: MergeIncidents) -> Outcome:
    past = Past(step=Step.MERGED, at=signal.when, by=signal.actor, note=signal.into)
    history = _remembered(incident, past)
    tell = IncidentAbsorbed(
        incident_id=signal.into, at=signal.at, other=incident.incident_id, by=signal.actor,
        members=incident.members, facts=incident.facts, history=history, title=incident.title,
    )  # fmt: skip
    after = replace(incident, members=(), merged_into=signal.into, surge_since=None, history=history)
    told = change(after, signal, IncidentStep.MERGED, by=signal.actor, other=signal.into)
    return Outcome(state=after, events=(told,), tells=(tell,))
