# ruff: noqa: E501 (a table is read more easily in long lines)
"""Which nature leads when several speak: evidence first, then what was done to the victim.

A theft told at length with one word 抢 in it stays a theft: only natures with at least `SHARE` of the
heaviest's evidence compete. Among those, what was done leads over how it came about or ended: who was robbed
was also hit, and the report is a robbery. Natures that fit almost anything (a person in danger, a
disturbance) lead only where nothing says it better.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from gateway.triage.model import AlarmClass, Finding, FindingKind, Nature

SHARE = 0.5
"""Of the heaviest nature's evidence, what another needs to compete for the lead."""
STANDING_SHARE = 0.35
"""What the nature that already stands on the card needs to stay a competitor: less, so that it does not
flap."""
OVERTAKE = 1.15
"""Times the standing nature's evidence, what one needs that would go before it."""
_NO_MORE = 0.999
"""Evidence is never complete: keeps the logarithm finite."""

ORDER = (
    Nature.KIDNAPPING, Nature.SUICIDE_RISK, Nature.ROBBERY, Nature.SEXUAL_OFFENCE, Nature.DRUNK_DRIVING, Nature.TRAFFIC_ACCIDENT,
    Nature.EXPLOSION_HAZARD, Nature.FIRE, Nature.DOMESTIC_VIOLENCE, Nature.HOMICIDE_THREAT, Nature.MISSING_PERSON,
    Nature.FRAUD, Nature.THEFT, Nature.MASS_EVENT, Nature.FIGHT, Nature.GAMBLING_DRUGS, Nature.POLICE_COMPLAINT, Nature.OTHER_CRIME,
    Nature.NOISE, Nature.LOST_PROPERTY, Nature.PERSON_IN_DANGER, Nature.PUBLIC_DISTURBANCE,
)  # fmt: skip
"""Of natures with like evidence the earlier one leads."""


def ranked(
    scores: Mapping[Nature, float], findings: Iterable[Finding], stood: Nature | None
) -> list[tuple[Nature, float]]:
    """The natures with their scores, the leading one first, the others by score. `scores` is what each has
    from 0 to 1, `stood` the nature on the card so far."""
    named = {
        found.nature
        for found in findings
        if found.alarm_class is not AlarmClass.NON_POLICE and found.kind is not FindingKind.CASE
    }
    by_score = sorted(scores, key=lambda nature: (nature not in named, -scores[nature], ORDER.index(nature)))
    if not by_score:
        return []
    leader = _leader({nature: _mass(scores[nature]) for nature in by_score if nature in named}, stood)
    first = leader or by_score[0]
    return [(nature, scores[nature]) for nature in (first, *(one for one in by_score if one is not first))]


def _leader(mass: Mapping[Nature, float], stood: Nature | None) -> Nature | None:
    if not mass:
        return None
    most = max(mass.values())
    standing = mass.get(stood, 0.0) if stood is not None else 0.0
    if standing >= STANDING_SHARE * most:
        rivals = {nature for nature in mass if mass[nature] >= max(SHARE * most, OVERTAKE * standing)}
        rivals |= {stood} if stood is not None else set()
    else:
        rivals = {nature for nature in mass if mass[nature] >= SHARE * most}
    return min(rivals, key=ORDER.index)


def _mass(score: float) -> float:
    """Evidence that adds up: two independent signs of .8 weigh twice one."""
    return -math.log(1.0 - min(score, _NO_MORE))
