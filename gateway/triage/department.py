"""Whether a caller has a civil wish, and whose duty it is (国办发〔2022〕12号).

Words are weighed by what they say (a rule's weight), by where they stand (the subject is named first) and by
how often something new is said (the third word of one rule says little). Evidence is a sum without a
ceiling, so that a long letter's subject stands out where a saturating score would call every subject
certain. Names of places and things (小区, 学校) tell whose a wish is, hardly that there is one: they occur
in alarms too. Words that ask without naming a subject make the wish surer, never the department.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.triage.model import AlarmClass, Department, Finding, Nature

CIVIL = 0.6
"""Weight of a civil wish from which, with nothing against it, the call is non-police."""
OWNED = 0.3
"""Evidence that makes a department more than a stray word; below it 12345 takes the wish."""
NEAR = 0.6
"""Share of the leading department's evidence from which another is named beside it."""
TOPIC = 0.45
"""Rules below this weight hold names of places and things."""
TOPICS_COUNT = 0.2
"""Evidence for a wish that all names of places and things together give at most."""
ASKING_COUNTS = 0.9
"""Evidence for a wish that all asking without a subject gives at most: not enough by itself."""
FURTHER = (1.0, 0.9, 0.8)
"""What the first, second and third different words of one rule count."""
OPENING = 60
"""Characters of an utterance in which people usually name their subject (a title, the first sentence)."""
FADES = 600
"""Characters after the opening at which words count half: long letters tell stories."""
MUCH = 5.0
"""Evidence of one matter told at length: what no call for help has, a letter or the papers of a case do."""
TIMES = 2.5
"""By how much such a matter outweighs a sign of an alarm in its story."""
GRAVE = 0.9
"""A sign of doubt from this weight counts like a sign of an alarm against a matter told at length."""
SURE = 0.999
"""No sum of words is certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilWish:
    """What speaks for a request that is not for the police.

    `weight` 0 to 1 is how surely one was made, `told` how much speaks for it beside names of places and
    asking (evidence, see `MUCH`). `department` is None when nobody owns it: play, a wrong
    number, or too little said. `near` names the other departments it may belong to, with their share of the
    leader's evidence (0 to 1).
    """

    weight: float
    department: Department | None
    near: tuple[tuple[Department, float], ...] = ()
    told: float = 0.0

    def outweighs(self, alarm: float, doubt: float) -> bool:
        """Whether so much is told of a civil matter that a danger named in passing is part of its story.
        `alarm` and `doubt` are weights, 0 to 1; where a veto fired this must not be asked."""
        against = max(alarm, doubt if doubt >= GRAVE else 0.0)
        return self.told >= max(MUCH, TIMES * -math.log(1.0 - min(against, SURE)))


def civil_wish(findings: Iterable[Finding]) -> CivilWish:
    """The caller's wish and the department that answers for it, from everything found so far."""
    civil = [found for found in findings if found.alarm_class is AlarmClass.NON_POLICE]
    nothing = _evidence([found for found in civil if is_no_request(found)])
    told = _evidence([found for found in civil if found.department is not None and found.weight >= TOPIC])
    wish = told + _hinted([found for found in civil if not is_no_request(found)])
    if nothing >= wish:
        return CivilWish(weight=_weight(nothing), department=None)
    ranked = _ranked(civil)
    if not ranked:
        fallback = Department.PUBLIC_HOTLINE_12345 if _weight(wish) >= CIVIL else None
        return CivilWish(weight=_weight(wish), department=fallback)
    best, department = ranked[0]
    return CivilWish(
        weight=_weight(wish),
        department=department,
        near=tuple((one, round(score / best, 2)) for score, one in ranked[1:] if score >= NEAR * best),
        told=round(told, 3),
    )


def is_no_request(found: Finding) -> bool:
    """Play, wrong numbers, tests: nobody is asked for anything."""
    return (
        found.alarm_class is AlarmClass.NON_POLICE
        and found.department is None
        and found.nature is Nature.NONE
    )


def _hinted(findings: Sequence[Finding]) -> float:
    """What names of places and things and words of asking add to a wish: little, however many there are."""
    topics = [found for found in findings if found.department is not None and found.weight < TOPIC]
    asking = [found for found in findings if found.department is None]
    return min(TOPICS_COUNT, _evidence(topics)) + min(ASKING_COUNTS, _evidence(asking))


def _ranked(findings: Sequence[Finding]) -> list[tuple[float, Department]]:
    """Departments with their evidence, the heaviest first."""
    scores = [
        (_evidence([found for found in findings if found.department is one]), one) for one in Department
    ]
    return sorted([pair for pair in scores if pair[0] >= OWNED], key=lambda pair: -pair[0])


def _weight(evidence: float) -> float:
    return round(min(SURE, 1.0 - math.exp(-evidence)), 3)


def _evidence(findings: Sequence[Finding]) -> float:
    """Sum over rules of -ln(1 - weight): two rules of 0.6 give what noisy-or gives, many go on growing."""
    rules: dict[str, dict[str, float]] = {}
    for found in findings:
        quotes = rules.setdefault(found.rule_id, {})
        quotes[found.quote] = max(quotes.get(found.quote, 0.0), _told(found))
    return sum(
        told * counts
        for quotes in rules.values()
        for told, counts in zip(sorted(quotes.values(), reverse=True), FURTHER, strict=False)
    )


def _told(found: Finding) -> float:
    late = max(0, found.span.start - OPENING)
    return -math.log(1.0 - min(found.weight, SURE)) * FADES / (FADES + late)
