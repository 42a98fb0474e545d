"""Which calls may tell of one incident, and why. Pure and explained: nothing is ever linked by it.

Each pair is weighed by itself, the same both ways and whatever others there are: place, time, nature, and
what both speak of. Evidence adds up (1 - product of what each leaves open), time and nature weaken it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from gateway.calls.together import MAX_REASONS, MAX_SUGGESTIONS, Reason, Suggestion, Why
from gateway.desk.incidents.natures import Fit, fit
from gateway.desk.incidents.told import Told
from gateway.location.geometry import METRES_PER_DEGREE, distance_m

WITHIN_S = 3600.0
"""Calls further apart in time are not compared."""
SCENE_M = 150.0
"""An incident has a size: two callers at its two ends are both right."""
FAR_M = 1_000.0
"""Places this much further apart than both uncertainties together contradict: another incident."""
LEAST_SCORE = 30
"""Below it nothing is suggested."""
SOON_S = 900.0

ADDRESS, JUNCTION, NEAR, ROAD = 0.85, 0.75, 0.85, 0.40
PLATE, PHONE, NAME, NUMBER = 0.80, 0.50, 0.40, 0.55
EACH_WORD, MAX_WORD_PART = 0.20, 0.45
FITS = {Fit.SAME: 1.0, Fit.LIKE: 0.9, Fit.OPEN: 0.8, Fit.OTHER: 0.35}


def suggest(call: Told, others: Iterable[Told]) -> tuple[Suggestion, ...]:
    """The best of them, at most MAX_SUGGESTIONS, one for each incident: its call that speaks most for it.
    Calls of the incident that `call` is linked with need no suggestion."""
    pairs = ((other, compare(call, other)) for other in others if not linked(call, other))
    return best((other, made) for other, made in pairs if made is not None)


def best(pairs: Iterable[tuple[Told, Suggestion]]) -> tuple[Suggestion, ...]:
    """Of calls with what was made of them."""
    found: dict[str, Suggestion] = {}
    for other, made in pairs:
        key = other.incident or other.call_id
        if key not in found or _rank(made) < _rank(found[key]):
            found[key] = made
    return tuple(sorted(found.values(), key=_rank)[:MAX_SUGGESTIONS])


def turned(made: Suggestion, call: Told) -> Suggestion:
    """The same pair as the other call is told of it."""
    return replace(made, call_id=call.call_id)


def linked(one: Told, other: Told) -> bool:
    """A person has linked both with one incident already."""
    return other.incident is not None and other.incident == one.incident


def _rank(suggestion: Suggestion) -> tuple[int, str]:
    return -suggestion.score, suggestion.call_id


def compare(one: Told, other: Told) -> Suggestion | None:
    """`other` as it is suggested for `one`; None: too little speaks for it. `compare(other, one)` says the
    same with the two exchanged."""
    apart_s = abs((one.seized_at - other.seized_at).total_seconds())
    if one.call_id == other.call_id or apart_s > WITHIN_S:
        return None
    said = list(_said(one, other))
    if not contradicts(one, other):
        said += sorted(_place(one, other), key=lambda e: -e[0])[:1]
    elif not any(reason.code is Why.PLATE for _, reason in said):
        return None
    if not said:
        return None
    fits = fit(one.nature, other.nature)
    left_open = math.prod(1 - weight for weight, _ in said)
    score = (1 - left_open) * FITS[fits] * (0.6 + 0.4 * math.exp(-apart_s / SOON_S))
    percent = round(100 * score)
    if percent < LEAST_SCORE:
        return None
    ranked = sorted(said, key=lambda e: (-e[0], e[1].code.value))
    reasons = [reason for _, reason in ranked][: MAX_REASONS - 2]
    return Suggestion(
        call_id=other.call_id, score=percent, reasons=(*reasons, *_around(one, other, fits, apart_s))
    )


Evidence = tuple[float, Reason]


def contradicts(one: Told, other: Told) -> bool:
    """They cannot both be at one scene."""
    if one.point is None or other.point is None:
        return False
    reach = one.radius_m + other.radius_m + FAR_M
    if abs(one.point[0] - other.point[0]) * METRES_PER_DEGREE > reach:
        return True  # most calls of a city are told apart by this alone
    return distance_m(one.point, other.point) > reach


def may_match(one: Told, other: Told) -> bool:
    """Quickly: whether comparing them can come to anything."""
    if not one.plates.isdisjoint(other.plates):
        return True
    if contradicts(one, other):
        return False
    if one.point is not None and other.point is not None:
        return True
    return (
        not one.words.isdisjoint(other.words)
        or not one.roads.isdisjoint(other.roads)
        or not one.junctions.isdisjoint(other.junctions)
        or not one.phones.isdisjoint(other.phones)
        or not one.names.isdisjoint(other.names)
        or (one.number is not None and one.number == other.number)
        or (one.address is not None and one.address == other.address)
    )


def _place(one: Told, other: Told) -> Iterator[Evidence]:
    """Each way in which both name one place; only the best counts, for they are not independent."""
    if one.address and one.address == other.address:
        yield ADDRESS, Reason(code=Why.SAME_ADDRESS, value=one.address)
    if shared := min(one.junctions & other.junctions, default=None):
        yield JUNCTION, Reason(code=Why.SAME_JUNCTION, value=shared)
    if shared := min(one.roads & other.roads, default=None):
        yield ROAD, Reason(code=Why.SAME_ROAD, value=shared)
    if one.point is not None and other.point is not None:
        apart_m = distance_m(one.point, other.point)
        weight = NEAR * nearness(apart_m, one.radius_m, other.radius_m)
        if weight >= 0.1:
            yield weight, Reason(code=Why.NEAR, value=f"{apart_m:.0f}")


def nearness(apart_m: float, one_radius_m: float, other_radius_m: float) -> float:
    """0 to 1: how well one scene explains both fixes. Vague fixes say little however near they lie."""
    spread = math.hypot(one_radius_m, other_radius_m, SCENE_M)
    beyond = max(0.0, apart_m - SCENE_M) / spread
    return math.exp(-(beyond**2)) * min(1.0, math.sqrt(2 * SCENE_M / spread))


def _said(one: Told, other: Told) -> Iterator[Evidence]:
    """What both speak of."""
    for weight, code, shared in (
        (PLATE, Why.PLATE, one.plates & other.plates),
        (PHONE, Why.PHONE, one.phones & other.phones),
        (NAME, Why.NAME, one.names & other.names),
    ):
        if shared:
            yield weight, Reason(code=code, value="、".join(sorted(shared)))
    if words := sorted(one.words & other.words):
        part = min(MAX_WORD_PART, 1 - (1 - EACH_WORD) ** len(words))
        yield part, Reason(code=Why.WORDS, value="、".join(words))
    if one.number and one.number == other.number:
        yield NUMBER, Reason(code=Why.SAME_NUMBER)


def _around(one: Told, other: Told, fits: Fit, apart_s: float) -> Iterator[Reason]:
    """Nature and time: they weigh what else there is."""
    if fits is Fit.SAME:
        yield Reason(code=Why.SAME_NATURE, value=one.nature.value)
    elif fits is Fit.LIKE:
        yield Reason(code=Why.LIKE_NATURE, value="/".join(sorted((one.nature.value, other.nature.value))))
    if apart_s <= SOON_S:
        yield Reason(code=Why.SOON, value=f"{apart_s:.0f}")
