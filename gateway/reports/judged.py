"""One ended call as the quality watch keeps it: what rules and model said of it, what people said, and where
they differ. Codes only: no word of a caller is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations
from zoneinfo import ZoneInfo

from gateway.calls.model import TEST_MARK, CallSession, Medium
from gateway.triage.model import SECOND_OPINION, AlarmClass, Assessment, Department, Nature, Opinion

ALARM, NON_POLICE = AlarmClass.VALID_ALARM, AlarmClass.NON_POLICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody says a call is. A nature belongs to an alarm, a department to a non-police request."""

    alarm_class: AlarmClass
    nature: Nature = Nature.NONE
    department: Department | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSpoke:
    """A rule that spoke in a call, and what it said."""

    rule_id: str
    alarm_class: AlarmClass
    nature: Nature | None
    department: Department | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCall:
    """`day`: the site's own, of the moment the line was taken. `verdict`: as the call carried it in the end.
    `opinion`: what the statistical model says where it is sure enough to be asked (`OPINION_AT`)."""

    call_id: str
    day: str
    seized_at: datetime
    verdict: Judgement
    pack_hash: str
    rules: tuple[RuleSpoke, ...] = ()
    opinion: Judgement | None = None
    opinion_score: float | None = None
    raised: bool = False
    """The verdict was non-police by the rules, and the model's doubt made it unsure."""
    alone: Judgement | None = None
    """What the rules alone said, where the model moved it."""
    disposition: Judgement | None = None
    label: Judgement | None = None

    @property
    def by_rules(self) -> Judgement:
        """What the rules alone say."""
        return self.alone or self.verdict

    @property
    def truth(self) -> Judgement | None:
        """What verdicts are measured by: the label of whoever looked again, else the disposition."""
        return self.label or self.disposition


OPINION_AT = 0.8
"""Probability from which the model's class, nature or department counts as its word."""


def judged(session: CallSession, assessment: Assessment | None, zone: ZoneInfo) -> JudgedCall | None:
    """None: it has not ended, only tests the line, nobody judged it, or it counts with another: a call that
    we made for one, a record of which the PBX has the call too."""
    summary = session.triage
    counted_elsewhere = session.callback_of is not None or (
        session.medium is Medium.MANUAL and session.same_as is not None
    )
    if session.ended_at is None or TEST_MARK in session.marks or summary is None or counted_elsewhere:
        return None
    opinion = assessment.opinion if assessment and assessment.opinion and assessment.opinion.classes else None
    alone = opinion.rules if opinion else None
    decided, label = session.disposition, session.label
    return JudgedCall(
        call_id=session.call_id,
        day=session.seized_at.astimezone(zone).date().isoformat(),
        seized_at=session.seized_at,
        verdict=_judgement(summary.alarm_class, summary.nature, summary.department),
        pack_hash=summary.pack_hash,
        rules=_spoke(assessment) if assessment else (),
        opinion=_said(opinion) if opinion else None,
        opinion_score=opinion.classes[0][1] if opinion else None,
        raised=bool(opinion and opinion.raised),
        alone=_judgement(alone.alarm_class, alone.nature, alone.department) if alone else None,
        disposition=_judgement(decided.alarm_class, decided.nature, decided.department) if decided else None,
        label=_judgement(label.alarm_class, label.nature, label.department) if label else None,
    )


def _judgement(alarm_class: AlarmClass, nature: Nature, department: Department | None) -> Judgement:
    """Without what belongs to another class: an unsure verdict may propose a department."""
    return Judgement(
        alarm_class=alarm_class,
        nature=nature if alarm_class is ALARM else Nature.NONE,
        department=department if alarm_class is NON_POLICE else None,
    )


def _spoke(assessment: Assessment) -> tuple[RuleSpoke, ...]:
    spoke = {
        found.rule_id: RuleSpoke(
            rule_id=found.rule_id,
            alarm_class=found.alarm_class,
            nature=found.nature,
            department=found.department,
        )
        for found in assessment.findings
        if found.rule_id != SECOND_OPINION
    }
    return tuple(spoke[name] for name in sorted(spoke))


def _said(opinion: Opinion) -> Judgement | None:
    alarm_class, sure = opinion.classes[0]
    if sure < OPINION_AT:
        return None
    nature = next((code for code, score in opinion.natures if score >= OPINION_AT), Nature.NONE)
    department = next((code for code, score in opinion.departments if score >= OPINION_AT), None)
    return _judgement(alarm_class, nature, department)


# ---- disagreements


class Party(StrEnum):
    RULES = "rules"
    MODEL = "model"
    PERSON = "person"


class About(StrEnum):
    """What they disagree about, the gravest first. `missed`: the rules say non-police, another says alarm."""

    MISSED = "missed"
    CLASS = "class"
    NATURE = "nature"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    about: About
    pairs: tuple[tuple[Party, Party], ...]
    """Who differs from whom."""


def disagreement(call: JudgedCall) -> Disagreement | None:
    """Where rules, model and the call-taker's disposition differ. Who is unsure contradicts nobody; natures
    are compared among those who say alarm, departments among those who say non-police."""
    said = {
        party: one
        for party, one in (
            (Party.RULES, call.by_rules), (Party.MODEL, call.opinion), (Party.PERSON, call.disposition),
        )
        if one is not None and one.alarm_class is not AlarmClass.UNSURE
    }  # fmt: skip
    if pairs := _differing({party: one.alarm_class.value for party, one in said.items()}):
        rules = said.get(Party.RULES)
        missed = (
            rules is not None and rules.alarm_class is NON_POLICE and any(Party.RULES in p for p in pairs)
        )
        return Disagreement(about=About.MISSED if missed else About.CLASS, pairs=pairs)
    natures = {party: one.nature.value for party, one in said.items() if one.nature is not Nature.NONE}
    if pairs := _differing(natures):
        return Disagreement(about=About.NATURE, pairs=pairs)
    departments = {party: one.department.value for party, one in said.items() if one.department is not None}
    if pairs := _differing(departments):
        return Disagreement(about=About.DEPARTMENT, pairs=pairs)
    return None


def _differing(said: Mapping[Party, str]) -> tuple[tuple[Party, Party], ...]:
    def pairs() -> Iterator[tuple[Party, Party]]:
        for one, other in combinations(said, 2):
            if said[one] != said[other]:
                yield one, other

    return tuple(pairs())
