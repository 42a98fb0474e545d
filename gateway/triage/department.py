"""Whether a caller has a civil wish, and whose duty it is (国办发〔2022〕12号)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.triage.evidence import combined
from gateway.triage.model import AlarmClass, Department, Finding

CIVIL = 0.6
"""Weight of a civil wish from which, with nothing against it, the call is non-police."""
HOTLINE_HANDICAP = 0.1
"""A bureau goes before the general hotline when both are near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilWish:
    """What speaks for a request that is not for the police.

    `weight` 0 to 1 is how surely one was made. `department` is None when nobody owns it: play, a wrong
    number, or too little said.
    """

    weight: float
    department: Department | None


def civil_wish(findings: Iterable[Finding]) -> CivilWish:
    """The caller's wish and the department that answers for it, from everything found so far."""
    scores = combined(
        (found.department, found) for found in findings if found.alarm_class is AlarmClass.NON_POLICE
    )
    return CivilWish(weight=max(scores.values(), default=0.0), department=_heaviest(scores))


def _heaviest(scores: dict[Department | None, float]) -> Department | None:
    enough = {one: score for one, score in scores.items() if score >= CIVIL}
    if not enough:
        return None
    order = [*Department]
    return max(
        enough,
        key=lambda one: (
            enough[one] - (HOTLINE_HANDICAP if one is Department.PUBLIC_HOTLINE_12345 else 0.0),
            -order.index(one) if one else 1,
        ),
    )
