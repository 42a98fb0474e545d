"""The call card (接警单): a projection of the call on which every value says where it comes from.

A card never decides. Values of different sources for one field stand side by side, the
leading one first; a person's entry always leads and no machine overwrites it; a
machine's newer value replaces only the same source's older one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from gateway.calls.entered import EnterRecord
from gateway.calls.located import (
    AdditionalDataAnswered,
    LocationRoundEnded,
    PlaceDescribed,
    SetPosition,
    WithdrawPosition,
)
from gateway.calls.model import CallSession, Medium
from gateway.calls.signals import (
    CallerIdentified,
    CallSeized,
    CallSignal,
    ConfirmCardField,
    LocationAnswered,
    SetCardField,
    SetDisposition,
    TriageAssessed,
)
from gateway.calls.wrapped import FinishCall
from gateway.desk import place
from gateway.location.model import LocationSource
from gateway.speech.model import Leg
from gateway.triage.model import Assessment, Extracted

MAX_ALTERNATIVES = 6
"""Values kept side by side in one field; the machine's lowest-ranked one goes first when more come."""
MAX_VALUE_CHARS = 500
"""Longer values are cut: a card is read in seconds, the transcript keeps the whole."""

FIELDS = (
    *("caller_number", "callback_number", "dialed", "address", "position"),
    *("standard_address", "jurisdiction", "district", "junctions", "location_note"),
    *("class", "nature", "priority", "department", "partners"),
    *("weapon", "people_injured", "people", "children", "relationship", "vehicle", "plate", "phone"),
    *("goods", "loss", "time", "name", "suspect", "direction", "language"),
    *("summary", "next_question"),
    *("subscriber", "provider", "device", "service", "comment"),
)
"""The fields of a card, in the order in which they are shown."""


class Source(StrEnum):
    """Who says so; pages print it as the source mark."""

    AMI = "AMI"
    ALI = "ALI"
    PIDF = "PIDF"
    AML = "AML"
    HELD = "HELD"
    TEXT = "text"
    """The provider of a text call."""
    SHARED = "shared"
    """The caller's own phone, over a link that we sent it."""
    SPEECH = "speech"
    RULES = "rules"
    HISTORY = "history"
    PERSON = "person"
    PLACES = "places"
    """The site's gazetteer, and what follows from the places themselves."""


_RANK = {
    source: rank
    for rank, source in enumerate(
        (
            Source.PERSON,
            Source.PIDF,
            Source.AML,
            Source.SHARED,
            Source.HELD,
            Source.ALI,
            Source.AMI,
            Source.TEXT,
            Source.RULES,
            Source.SPEECH,
            Source.HISTORY,
            Source.PLACES,
        )
    )
}

_LOCATION_SOURCE = {
    LocationSource.PIDF: Source.PIDF,
    LocationSource.ALI: Source.ALI,
    LocationSource.AML: Source.AML,
    LocationSource.HELD: Source.HELD,
    LocationSource.SHARED: Source.SHARED,
    LocationSource.SPEECH: Source.SPEECH,
    LocationSource.PERSON: Source.PERSON,
}

_EXTRACTED_FIELD = {"address_text": "address"}
"""Extraction's names that the card calls otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardValue:
    """One value of one field. `started_ms`/`ended_ms` is its sound on `speaker`'s leg,
    counted from the seizure."""

    value: str
    source: Source
    confidence: float | None = None
    speaker: Leg | None = None
    segment_index: int | None = None
    started_ms: int | None = None
    ended_ms: int | None = None
    confirmed_by: str | None = None


Card = Mapping[str, tuple[CardValue, ...]]
"""Field name to its values, the leading one first. A field without a value is absent."""


def update(card: Card, signal: CallSignal, session: CallSession) -> dict[str, tuple[CardValue, ...]]:
    """The fields that `signal` changes, with their new values; `session` is the call after it."""
    changed = dict(_unset(card, signal, session)) if isinstance(signal, WithdrawPosition) else {}
    for name, values, source in _offers(signal, session):
        before = changed.get(name, card.get(name, ()))
        after = _merge(before, tuple(values), source)
        if after != before:
            changed[name] = after
    for name, text in place.leading_texts(session).items():
        changed[name] = _first(changed.get(name, card.get(name, ())), _cut(text))
    return {name: values for name, values in changed.items() if values != card.get(name, ())}


def _offers(signal: CallSignal, session: CallSession) -> Iterable[tuple[str, Iterable[CardValue], Source]]:
    """What the signal has to say: (field, the source's present values, the source)."""
    match signal:
        case CallSeized() if session.dialed:
            yield "dialed", [CardValue(value=session.dialed, source=Source.AMI)], Source.AMI
        case CallerIdentified():
            told = Source.TEXT if session.medium is Medium.TEXT else Source.AMI
            numbers = {
                "caller_number": session.ani, "callback_number": session.callback_number,
                "dialed": session.dialed,
            }  # fmt: skip
            for name, number in numbers.items():
                if number:
                    yield name, [CardValue(value=number, source=told)], told
        case EnterRecord(number=str(number), actor=actor):
            for name in ("caller_number", "callback_number"):
                yield name, [_by_person(number, actor)], Source.PERSON
            yield from _placed_by(actor, session)
        case TriageAssessed(assessment=assessment):
            yield from _assessment_offers(assessment, session)
        case SetCardField(name=name, value=value, actor=actor):
            yield name, [_by_person(value, actor)], Source.PERSON
        case ConfirmCardField(name=name, value=value, actor=actor):
            yield name, [_by_person(value, actor)], Source.PERSON
        case SetDisposition(actor=actor) | FinishCall(actor=actor):
            decided = {"class": signal.alarm_class, "nature": signal.nature, "department": signal.department}
            for name, code in decided.items():
                if code is not None:
                    yield name, [_by_person(code.value, actor)], Source.PERSON
            if signal.note.strip():
                yield "summary", [_by_person(signal.note, actor)], Source.PERSON
        case _:
            yield from _place_offers(signal, session)


def _place_offers(
    signal: CallSignal, session: CallSession
) -> Iterable[tuple[str, Iterable[CardValue], Source]]:
    """What is known of the place, and what a person says of it."""
    match signal:
        case LocationAnswered(location=fix):
            source = _LOCATION_SOURCE[fix.source]
            for name, text in place.texts(fix).items():
                value = CardValue(value=_cut(text), source=source, confidence=fix.confidence_percent / 100)
                yield name, [value], source
        case SetPosition(actor=actor) | EnterRecord(actor=actor):
            yield from _placed_by(actor, session)
        case WithdrawPosition() if session.leading_location is None:
            for name in place.DESCRIBED_FIELDS:
                yield name, [], Source.PLACES
        case AdditionalDataAnswered(source=given):
            source = _LOCATION_SOURCE[given]
            for name, text in place.additional(signal):
                yield name, _plain(text, source), source
        case PlaceDescribed():
            for name, text in place.described(session):
                yield name, _plain(text, Source.PLACES), Source.PLACES
    if isinstance(signal, LocationAnswered | LocationRoundEnded | SetPosition | WithdrawPosition):
        yield place.NOTE_FIELD, _plain(place.note(session, signal), Source.PLACES), Source.PLACES


def _placed_by(actor: str, session: CallSession) -> Iterable[tuple[str, Iterable[CardValue], Source]]:
    for name, text in place.leading_texts(session).items():
        yield name, [_by_person(text, actor)], Source.PERSON


def _unset(
    card: Card, signal: WithdrawPosition, session: CallSession
) -> Iterable[tuple[str, tuple[CardValue, ...]]]:
    """The fields without a person's word that was taken back: the spot goes, a fix that was chosen is the
    machine's again. An address that was typed is another word and stays. A person's spot of before leads
    again under that person's name.
    """
    fixes = {fix.location_id: fix for fix in session.locations}
    chosen = place.texts(fixes[signal.location_id]) if signal.location_id in fixes else {}
    leads = fixes.get(session.leading_location or "")
    own = place.texts(leads) if leads is not None and leads.source is LocationSource.PERSON else {}
    for name in place.FIX_FIELDS:
        values = [
            replace(value, confirmed_by=None) if value.value == chosen.get(name) else value
            for value in card.get(name, ())
            if value.source is not Source.PERSON or name != "position"
        ]
        if leads is not None and name in own:
            mine = _by_person(own[name], leads.provided_by or signal.actor)
            values = [mine, *(value for value in values if value.value != mine.value)]
        yield name, tuple(values)


def _plain(text: str, source: Source) -> list[CardValue]:
    return [CardValue(value=_cut(text), source=source)] if text else []


def _by_person(text: str, actor: str) -> CardValue:
    return CardValue(value=_cut(text), source=Source.PERSON, confirmed_by=actor)


def _assessment_offers(
    assessment: Assessment, session: CallSession
) -> Iterable[tuple[str, Iterable[CardValue], Source]]:
    """Class, priority and department as the call carries them: doubt may have raised the assessment's own."""
    stands = session.triage or assessment
    first = max(assessment.findings, key=lambda finding: finding.weight, default=None)
    score = assessment.nature_alternatives[0][1] if assessment.nature_alternatives else None

    def rules(value: object) -> list[CardValue]:
        if value in (None, ""):
            return []
        heard = CardValue(value=str(value), source=Source.RULES, confidence=score)
        return [
            heard
            if first is None or first.speaker is None
            else replace(
                heard,
                speaker=first.speaker,
                segment_index=first.segment_index,
                started_ms=first.started_ms,
                ended_ms=first.ended_ms,
            )
        ]

    yield "class", rules(stands.alarm_class), Source.RULES
    yield "nature", rules(assessment.nature), Source.RULES
    yield "priority", rules(stands.priority), Source.RULES
    yield "department", rules(stands.department), Source.RULES
    yield "partners", rules("、".join(assessment.partners)), Source.RULES
    question = "\n".join(filter(None, (assessment.next_question_zh, assessment.next_question_en)))
    yield "next_question", [CardValue(value=question, source=Source.RULES)] if question else [], Source.RULES
    by_field: dict[str, list[Extracted]] = {}
    for extracted in assessment.extracted:
        name = _EXTRACTED_FIELD.get(extracted.field, extracted.field)
        if name in FIELDS:
            by_field.setdefault(name, []).append(extracted)
    for name in FIELDS:
        if name in by_field:
            yield name, [_spoken(by_field[name])], Source.SPEECH


def _spoken(found: list[Extracted]) -> CardValue:
    """One value of what was said about a field:
    several plates or phones are no conflict, they stand in one line."""
    best = max(found, key=lambda extracted: extracted.confidence)
    values = list(dict.fromkeys(extracted.value for extracted in found))
    return CardValue(
        value=_cut("、".join(values)),
        source=Source.SPEECH,
        confidence=best.confidence,
        speaker=best.speaker,
        segment_index=best.segment_index,
        started_ms=best.started_ms,
        ended_ms=best.ended_ms,
    )


def _merge(
    before: tuple[CardValue, ...], offered: tuple[CardValue, ...], source: Source
) -> tuple[CardValue, ...]:
    """The source's older values give way to its newer ones;
    what a person vouched for stays whatever comes."""
    if source is Source.PERSON:
        twins = [
            value for value in before if value.value == offered[0].value and value.source is not Source.PERSON
        ]
        evidence = replace(twins[0], confirmed_by=offered[0].confirmed_by) if twins else offered[0]
        rest = [
            value for value in before if value.value != evidence.value and value.source is not Source.PERSON
        ]
        return (evidence, *(replace(value, confirmed_by=None) for value in rest))[:MAX_ALTERNATIVES]
    confirmed = [value for value in before if value.confirmed_by is not None]
    others = [value for value in before if value.confirmed_by is None and value.source is not source]
    vouched = {value.value for value in confirmed}
    fresh = [value for value in offered if value.value not in vouched]
    ranked = sorted([*others, *fresh], key=lambda value: _RANK[value.source])
    return (*confirmed, *_without_echoes(ranked))[:MAX_ALTERNATIVES]


def _first(values: tuple[CardValue, ...], text: str) -> tuple[CardValue, ...]:
    """The value of the leading fix before the other machines'; what a person vouched for stays before it."""
    vouched = [value for value in values if value.confirmed_by is not None]
    rest = [value for value in values if value.confirmed_by is None]
    return (*vouched, *sorted(rest, key=lambda value: value.value != text))


def _without_echoes(values: list[CardValue]) -> list[CardValue]:
    """The same value from a lower-ranked source is no second opinion worth a line."""
    seen: set[str] = set()
    kept = []
    for value in values:
        if value.value not in seen:
            seen.add(value.value)
            kept.append(value)
    return kept


def _cut(text: str) -> str:
    return text if len(text) <= MAX_VALUE_CHARS else text[: MAX_VALUE_CHARS - 1] + "…"
