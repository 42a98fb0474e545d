# ruff: noqa: E501 (tables and expressions are read more easily in one line)
"""From findings to the verdict: valid alarm, non-police, or unsure. Pure and total.

Doubt goes to a person: without text, with a veto, or with any sign of an alarm beside a civil wish the
verdict is never non-police. Non-police needs a civil wish that was really said. What stood before is left
only for clearly more (`STICKINESS`), so that the card does not flap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from gateway.speech.model import Leg
from gateway.triage import leading
from gateway.triage.department import CIVIL, CivilWish, civil_wish, is_no_request
from gateway.triage.evidence import combined
from gateway.triage.model import (
    AlarmClass,
    Assessment,
    Department,
    EmergencyPartner,
    Extracted,
    Finding,
    Nature,
    Veto,
    VetoCode,
)
from gateway.triage.ruleset import Texts

ALARM = 0.6
"""Weight of evidence for one nature from which the call is a valid alarm."""
TRACE = 0.3
"""Weight from which a sign of an alarm forbids non-police."""
DOUBTFUL = 0.5
CLEARLY = 0.15
"""A sign of doubt keeps a call from non-police unless the civil wish outweighs it by this."""
LETTER_ALARM = 0.95
"""Weight of evidence for one nature from which even a letter goes to a person."""
STICKINESS = 0.1
"""How much more evidence it takes to leave a verdict or nature that already stands on the card."""
OUTWEIGHS = 0.1
"""A civil wish heavier by this than the signs of an alarm, with no danger word heard, leaves it to a person."""
DANGERS = 2
"""Vetoes of different codes that together are an alarm, though no rule knows its nature."""
OVERWHELMING = 0.9
"""A civil wish as heavy as this leaves even several danger words to a person."""
JEST_MARGIN = 0.1
"""How much heavier than play or a wrong number an alarm must be to stand at once."""
MAX_FINDINGS = 32
"""Findings kept on one assessment, heaviest first: what a person reads, and what each verdict costs the journal."""

_LIFE = frozenset({VetoCode.THREAT_TO_LIFE, VetoCode.SUICIDE})
"""Dangers to a life. A weapon alone is not one: most are shown, and a rule says when one was used."""
_WAITS = frozenset({Nature.NOISE, Nature.LOST_PROPERTY, Nature.POLICE_COMPLAINT})
"""Natures that can wait, whoever was hurt or is small beside them, unless a life is in danger."""
_OF_THINGS = frozenset(
    {
        Nature.THEFT,
        Nature.MASS_EVENT,
        Nature.FRAUD,
        Nature.DRUNK_DRIVING,
        Nature.GAMBLING_DRUGS,
        Nature.OTHER_CRIME,
    }
)
"""Natures in which a danger word beside the matter (a poisoned dog, a fainting in a crowd) puts no life first."""
_OF_A_LIFE = frozenset({Nature.SUICIDE_RISK, Nature.KIDNAPPING})
"""Natures that are a life in danger by themselves; one sign of them is enough."""
_GOES_ON = frozenset({Nature.FIGHT, Nature.DRUNK_DRIVING, Nature.MASS_EVENT})
"""Natures that are going on when somebody calls."""
_PARTNER_OF_VETO = {VetoCode.INJURY: EmergencyPartner.AMBULANCE_120, VetoCode.FIRE: EmergencyPartner.FIRE_119}
_NATURE_OF_VETO = {
    VetoCode.WEAPON: Nature.HOMICIDE_THREAT,
    VetoCode.INJURY: Nature.PERSON_IN_DANGER,
    VetoCode.FIRE: Nature.FIRE,
    VetoCode.CHILD: Nature.PERSON_IN_DANGER,
    VetoCode.SUICIDE: Nature.SUICIDE_RISK,
    VetoCode.CONFINED: Nature.PERSON_IN_DANGER,
    VetoCode.CANNOT_SPEAK: Nature.PERSON_IN_DANGER,
    VetoCode.THREAT_TO_LIFE: Nature.PERSON_IN_DANGER,
}
"""What a danger word points to where no rule says the nature."""
Question = tuple[str | None, str | None]
"""In Chinese and in English."""
DEFAULT_QUESTION: Question = ("您现在在什么位置？", "Where are you now?")


def judge(
    *,
    findings: Iterable[Finding],
    vetoes: Iterable[Veto],
    extracted: Iterable[Extracted],
    has_text: bool,
    speech_dead: bool,
    letter: bool = False,
    previous: Assessment | None,
    duties: Mapping[Department, Texts],
    pack_hash: str,
    veto_hash: str,
) -> Assessment:
    """The assessment of everything found so far. `letter`: the words are a letter to an office
    (`gateway.triage.register`)."""
    ordered = sorted(findings, key=lambda found: (-found.weight, found.started_ms, found.rule_id))
    raised = _merge_vetoes(vetoes, previous)
    kept = _unique_values(extracted)
    natures = _scores(ordered, AlarmClass.VALID_ALARM)
    wish = civil_wish(ordered)
    alarm_class = _class_of(ordered, natures, wish, raised, previous, judged=has_text, letter=letter)
    if speech_dead and alarm_class is AlarmClass.NON_POLICE:
        alarm_class = AlarmClass.UNSURE  # nobody knows what the caller says now
    shown = leading.ranked(_suggested(ordered, natures), ordered, previous.nature if previous else None)
    if not shown:
        shown = [(_NATURE_OF_VETO[veto.code], TRACE) for veto in raised][:1]
    nature = shown[0][0] if shown and alarm_class is not AlarmClass.NON_POLICE else Nature.NONE
    department = wish.department if alarm_class is not AlarmClass.VALID_ALARM else None
    duty = duties.get(department) if department else None
    # what carries the verdict is read first
    ordered = sorted(ordered, key=lambda found: found.alarm_class is not alarm_class)
    question = _question(alarm_class, nature, wish.department, ordered, kept, raised)
    basis: Literal["text", "no_text"] = "text" if has_text else "no_text"
    return Assessment(
        alarm_class=alarm_class,
        nature=nature,
        nature_alternatives=tuple(shown[:5]),
        priority=_priority(alarm_class, nature, ordered, raised),
        department=department,
        department_alternatives=wish.near if department else (),
        department_reason_zh=duty.zh if duty else None,
        department_reason_en=duty.en if duty else None,
        partners=_partners(alarm_class, ordered, raised),
        findings=tuple(ordered[:MAX_FINDINGS]),
        vetoes=raised,
        extracted=kept,
        next_question_zh=question[0],
        next_question_en=question[1],
        pack_hash=pack_hash,
        veto_hash=veto_hash,
        basis=basis,
    )


def _class_of(
    findings: Sequence[Finding],
    natures: Mapping[Nature, float],
    wish: CivilWish,
    vetoes: Sequence[Veto],
    previous: Assessment | None,
    *,
    judged: bool,
    letter: bool,
) -> AlarmClass:
    if not judged:
        return AlarmClass.UNSURE
    stood = previous.alarm_class if previous else None
    alarm = max(natures.values(), default=0.0)
    civil = wish.weight
    doubt = max((found.weight for found in findings if found.alarm_class is AlarmClass.UNSURE), default=0.0)
    if stood is not AlarmClass.VALID_ALARM and not vetoes and wish.outweighs(alarm, doubt):
        return AlarmClass.NON_POLICE
    if letter:
        return _class_of_letter(alarm, civil, vetoes)
    jest = max((found.weight for found in findings if is_no_request(found)), default=0.0)
    if alarm >= ALARM - (STICKINESS if stood is AlarmClass.VALID_ALARM else 0):
        outweighed = (
            stood is not AlarmClass.VALID_ALARM
            and not vetoes
            and civil >= alarm + OUTWEIGHS
            and natures.get(Nature.POLICE_COMPLAINT, 0.0) < ALARM
        )
        if not outweighed and jest < alarm - JEST_MARGIN:
            return AlarmClass.VALID_ALARM
    if signs(vetoes) >= DANGERS and not jest and civil < OVERWHELMING:
        return AlarmClass.VALID_ALARM
    if vetoes or alarm >= TRACE + (STICKINESS if stood is AlarmClass.NON_POLICE else 0):
        return AlarmClass.UNSURE
    nobody_asked = wish.department is None  # play, a wrong number: danger beside it is never explained by it
    if doubt >= DOUBTFUL and (nobody_asked or doubt > civil - CLEARLY):
        return AlarmClass.UNSURE
    needed = CIVIL - (STICKINESS if stood is AlarmClass.NON_POLICE else 0)
    return AlarmClass.NON_POLICE if civil >= needed else AlarmClass.UNSURE


def signs(vetoes: Sequence[Veto]) -> int:
    """How many dangers were told: vetoes of different codes that rest on the same words are one (着火 is fire
    and a threat to life)."""
    apart: list[Veto] = []
    for veto in vetoes:
        if not any(
            (one.segment_index, one.speaker) == (veto.segment_index, veto.speaker)
            and one.span.start < veto.span.end
            and veto.span.start < one.span.end
            for one in apart
        ):
            apart.append(veto)
    return len(apart)


def _class_of_letter(alarm: float, civil: float, vetoes: Sequence[Veto]) -> AlarmClass:
    """A letter to an office tells at length what went before, who threatened whom, what might burn: only
    danger said outright (a veto that fires in letters too) or much evidence of an offence speaks against a
    civil wish."""
    if vetoes:
        return AlarmClass.VALID_ALARM if alarm >= ALARM else AlarmClass.UNSURE
    if alarm >= LETTER_ALARM:
        return AlarmClass.UNSURE if civil >= CIVIL else AlarmClass.VALID_ALARM
    return AlarmClass.NON_POLICE if civil >= CIVIL else AlarmClass.UNSURE


def _suggested(findings: Sequence[Finding], natures: Mapping[Nature, float]) -> Mapping[Nature, float]:
    """The natures to show: of an alarm if any speaks, else what a doubt points to."""
    return natures or _scores(findings, AlarmClass.UNSURE)


def _scores(findings: Iterable[Finding], wanted: AlarmClass) -> dict[Nature, float]:
    """Evidence per nature, 0 to 1."""
    return combined(
        (found.nature, found)
        for found in findings
        if found.alarm_class is wanted and found.nature is not None and found.nature is not Nature.NONE
    )


def _priority(
    alarm_class: AlarmClass, nature: Nature, findings: Sequence[Finding], vetoes: Sequence[Veto]
) -> int:
    """1 a life is in danger now, 2 in progress, or somebody hurt or armed, 3 police needed but not urgent,
    4 not for the police."""
    if alarm_class is AlarmClass.NON_POLICE:
        return 4
    if alarm_class is AlarmClass.UNSURE:
        urgent = any(
            found.priority < 3 for found in findings if found.alarm_class is not AlarmClass.NON_POLICE
        )
        return 2 if vetoes or urgent else 3
    alarms = [found for found in findings if found.alarm_class is AlarmClass.VALID_ALARM]
    leading_said = min((found.priority for found in alarms if found.nature is nature), default=3)
    any_said = min((found.priority for found in alarms), default=3)
    return _urgency(nature, leading_said, any_said, vetoes)


def _urgency(nature: Nature, leading_said: int, any_said: int, vetoes: Sequence[Veto]) -> int:
    """1 to 3 for a valid alarm. `leading_said`, `any_said`: the most urgent that rules of the leading nature,
    of any nature say. One sign puts nobody's life first: it takes a rule and a danger word, or two dangers."""
    life = any(veto.code in _LIFE for veto in vetoes)
    if nature in _WAITS:
        return 2 if life or leading_said < 3 else 3
    if nature in _OF_A_LIFE or (leading_said == 1 and vetoes):
        return 1
    if life and nature not in _OF_THINGS and (len(vetoes) >= DANGERS or any_said == 1):
        return 1
    return 2 if vetoes or leading_said < 3 or nature in _GOES_ON else 3


def _partners(
    alarm_class: AlarmClass, findings: Sequence[Finding], vetoes: Sequence[Veto]
) -> tuple[EmergencyPartner, ...]:
    if alarm_class is AlarmClass.NON_POLICE:
        return ()
    named = {partner for found in findings for partner in found.partners}
    named |= {_PARTNER_OF_VETO[veto.code] for veto in vetoes if veto.code in _PARTNER_OF_VETO}
    return tuple(partner for partner in EmergencyPartner if partner in named)


def _merge_vetoes(vetoes: Iterable[Veto], previous: Assessment | None) -> tuple[Veto, ...]:
    """One a code, the earliest; what fired before stands, even when the final text differs."""
    merged: dict[VetoCode, Veto] = {}
    for veto in [*(previous.vetoes if previous else ()), *vetoes]:
        merged.setdefault(veto.code, veto)
    return tuple(merged[code] for code in VetoCode if code in merged)


def _unique_values(extracted: Iterable[Extracted]) -> tuple[Extracted, ...]:
    merged: dict[tuple[str, str], Extracted] = {}
    for one in extracted:
        known = merged.get((one.field, one.value))
        if known is None or one.confidence > known.confidence:
            merged[(one.field, one.value)] = one
    return tuple(merged.values())


def _question(
    alarm_class: AlarmClass,
    nature: Nature,
    department: Department | None,
    findings: Sequence[Finding],
    extracted: Sequence[Extracted],
    vetoes: Sequence[Veto],
) -> Question:
    """What to ask next: the place of an alarm first, then what a rule of that which leads wants to know."""
    placed = any(one.field == "address_text" and one.speaker is Leg.CALLER for one in extracted)
    if alarm_class is AlarmClass.VALID_ALARM and not placed:
        return DEFAULT_QUESTION
    asking = [found for found in findings if found.next_question_zh and found.next_question_en]
    if alarm_class is AlarmClass.NON_POLICE:
        return _asked(found for found in asking if _is_of_wish(found, department)) or (None, None)
    grave = [found for found in asking if found.alarm_class is not AlarmClass.NON_POLICE]
    if alarm_class is AlarmClass.VALID_ALARM:
        alarms = [found for found in grave if found.alarm_class is alarm_class]
        leads = (found for found in alarms if found.nature is nature or found.priority == 1)
        return _asked(leads, nature) or _asked(alarms) or _asked(grave) or DEFAULT_QUESTION
    return _asked(grave) or (_asked(asking) if not vetoes else None) or DEFAULT_QUESTION


def _is_of_wish(found: Finding, department: Department | None) -> bool:
    """A doubt that the verdict was not given for asks nothing: a broken street lamp is no danger."""
    return found.alarm_class is AlarmClass.NON_POLICE and found.department in (None, department)


def _asked(asking: Iterable[Finding], nature: Nature | None = None) -> Question | None:
    """By the gravest of these, of like ones by that of the leading nature; None: nobody asks."""
    first = min(
        asking, key=lambda found: (found.priority, found.nature is not nature, -found.weight), default=None
    )
    return (first.next_question_zh, first.next_question_en) if first else None
