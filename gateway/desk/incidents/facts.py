"""New facts: what one call tells that the cards of all linked calls must show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from gateway.calls.linked import IncidentJoined, LinkCall, UnlinkCall
from gateway.calls.model import CallSession
from gateway.calls.signals import CallSignal, SetCardField, TriageAssessed, VetoFired
from gateway.desk.card import Card, Source
from gateway.desk.incidents.model import MAX_FACTS, MAX_VALUE_CHARS, Fact, Incident
from gateway.desk.incidents.signals import CallJoined, CallLeft, FactLearnt, IncidentSignal
from gateway.desk.incidents.told import values
from gateway.dispatch.site_events import FactKind
from gateway.triage.model import Veto, VetoCode

OF_VETO = {
    VetoCode.WEAPON: FactKind.WEAPON, VetoCode.INJURY: FactKind.INJURY, VetoCode.FIRE: FactKind.FIRE,
    VetoCode.CHILD: FactKind.CHILD, VetoCode.CONFINED: FactKind.CONFINED, VetoCode.SUICIDE: FactKind.SUICIDE,
    VetoCode.THREAT_TO_LIFE: FactKind.THREAT,
}  # fmt: skip
"""Dangers that concern everybody on the scene; that a caller cannot speak concerns that caller alone."""
OF_FIELD = {
    "weapon": FactKind.WEAPON, "people_injured": FactKind.INJURY, "plate": FactKind.PLATE,
    "suspect": FactKind.SUSPECT, "direction": FactKind.DIRECTION,
}  # fmt: skip
_DENIED = frozenset({"0", "无", "没有", "no", "none"})


def tells(
    before: CallSession | None, after: CallSession, card_before: Card, card: Card, signal: CallSignal
) -> Iterator[IncidentSignal]:
    """What the incidents hear of a call that has just changed."""
    state, known = after.together, before.together.incident if before else None
    if isinstance(signal, LinkCall) and state.incident is not None and known is None:
        yield CallJoined(
            incident_id=state.incident, at=signal.at, site=after.site, call_id=after.call_id,
            seized_at=after.seized_at, by=signal.actor, other=signal.other,
            other_seized_at=signal.other_seized_at, score=signal.score, reasons=signal.reasons,
        )  # fmt: skip
    elif isinstance(signal, UnlinkCall) and known is not None and state.incident is None:
        yield CallLeft(
            incident_id=known, at=signal.at, call_id=after.call_id, by=signal.actor, why=signal.reason
        )
    elif isinstance(signal, IncidentJoined) and state.incident != signal.incident_id:
        yield CallLeft(
            incident_id=signal.incident_id, at=signal.at, call_id=after.call_id, by=signal.by,
            why="linked elsewhere at the same moment",
        )  # fmt: skip
    if state.incident is not None and state.incident == known:
        yield from _news(before, after, card_before, card, signal)
    elif state.incident is not None:
        yield from _news(None, after, {}, card, signal)


def _news(
    before: CallSession | None, after: CallSession, card_before: Card, card: Card, signal: CallSignal
) -> Iterator[FactLearnt]:
    """What was not known of the call before; all of it when it has just been linked."""

    def learnt(kind: FactKind, value: str = "", quote: str = "", by: str | None = None) -> FactLearnt:
        return FactLearnt(
            incident_id=after.together.incident or "", at=signal.at, call_id=after.call_id, kind=kind,
            value=value[:MAX_VALUE_CHARS], quote=quote[:MAX_VALUE_CHARS], by=by,
        )  # fmt: skip

    quotes = {veto.code: veto.quote for veto in _vetoes(signal)}
    for code in after.vetoes:
        if code in OF_VETO and (before is None or code not in before.vetoes):
            yield learnt(OF_VETO[code], quote=quotes.get(code, ""))
    by = signal.actor if isinstance(signal, SetCardField) else None
    for name, kind in OF_FIELD.items():
        if card.get(name) is card_before.get(name):
            continue
        known = set(values(card_before, name))
        for value in values(card, name):
            if value not in known and value.strip().lower() not in _DENIED:
                said = next(each for each in card[name] if value in each.value)
                person = said.confirmed_by if said.source is Source.PERSON else None
                yield learnt(kind, value, by=by or person)


def _vetoes(signal: CallSignal) -> tuple[Veto, ...]:
    match signal:
        case VetoFired(veto=veto):
            return (veto,)
        case TriageAssessed(assessment=assessment):
            return assessment.vetoes
    return ()


def added(incident: Incident, told: FactLearnt | Fact) -> tuple[Incident, Fact | None]:
    """The incident with the fact; None: this call has told it already, or a linked one said exactly that."""
    for known in incident.facts:
        same = known.kind is told.kind and known.value == told.value
        if same and (known.call_id == told.call_id or told.value):
            return incident, None
    fact = Fact(
        number=incident.facts_told + 1, kind=told.kind, value=told.value, call_id=told.call_id, at=told.at,
        quote=told.quote, by=told.by,
    )  # fmt: skip
    facts = (*incident.facts, fact)
    if len(facts) > MAX_FACTS:
        commonest = Counter(each.kind for each in facts).most_common(1)[0][0]
        gone = next(each for each in facts if each.kind is commonest)
        facts = tuple(each for each in facts if each is not gone)
    return replace(incident, facts=facts, facts_told=incident.facts_told + 1), fact
