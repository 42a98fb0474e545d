"""Which natures callers may give to one and the same incident: what one takes for a fire, another calls a
crash."""

from __future__ import annotations

from enum import StrEnum
from itertools import combinations

from gateway.triage.model import Nature

N = Nature

TOGETHER: tuple[frozenset[Nature], ...] = (
    frozenset({N.TRAFFIC_ACCIDENT, N.DRUNK_DRIVING, N.PERSON_IN_DANGER}),
    frozenset({N.TRAFFIC_ACCIDENT, N.FIRE, N.EXPLOSION_HAZARD, N.PERSON_IN_DANGER}),
    frozenset({N.FIGHT, N.MASS_EVENT, N.PUBLIC_DISTURBANCE, N.NOISE}),
    frozenset({N.FIGHT, N.ROBBERY, N.HOMICIDE_THREAT, N.OTHER_CRIME}),
    frozenset({N.FIGHT, N.DOMESTIC_VIOLENCE, N.HOMICIDE_THREAT, N.NOISE}),
    frozenset({N.ROBBERY, N.THEFT, N.OTHER_CRIME}),
    frozenset({N.FRAUD, N.OTHER_CRIME}),
    frozenset({N.KIDNAPPING, N.MISSING_PERSON, N.SEXUAL_OFFENCE, N.PERSON_IN_DANGER}),
    frozenset({N.SUICIDE_RISK, N.PERSON_IN_DANGER, N.MISSING_PERSON, N.HOMICIDE_THREAT}),
    frozenset({N.GAMBLING_DRUGS, N.PUBLIC_DISTURBANCE, N.NOISE}),
    frozenset({N.SEXUAL_OFFENCE, N.FIGHT, N.OTHER_CRIME}),
)
"""Each group: what may be told of one scene."""
PAIRS = frozenset(frozenset(pair) for group in TOGETHER for pair in combinations(sorted(group), 2))


class Fit(StrEnum):
    """SAME nature; LIKE: may be told of one scene; OPEN: one of the two is not known; OTHER."""

    SAME = "same"
    LIKE = "like"
    OPEN = "open"
    OTHER = "other"


def fit(one: Nature, other: Nature) -> Fit:
    if Nature.NONE in (one, other):
        return Fit.OPEN
    if one is other:
        return Fit.SAME
    return Fit.LIKE if frozenset((one, other)) in PAIRS else Fit.OTHER
