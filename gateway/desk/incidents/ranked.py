"""Suspected calls counted by number, range, SIP address and trunk, over time: pure, for the shield's page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.calls.together import FloodKind
from gateway.desk.incidents.shield import LEAST_DIGITS, RANGE_DIGITS

MAX_RANKED = 12
"""Of each kind the ones with the most calls; a page says how many there are beyond."""
BINS = 24
"""Bars of a small chart."""


class By(StrEnum):
    NUMBER = "number"
    RANGE = "range"
    SOURCE = "source"
    TRUNK = "trunk"


class Stands(StrEnum):
    """Where a suspected caller stands. BEHIND: the PBX knows the number and lets others go before; TURN:
    waits as everybody does, only marked; TALKING: a call-taker has it; OVER: the call has ended; CLEARED: a
    person or words of danger took the suspicion off."""

    BEHIND = "behind"
    TURN = "turn"
    TALKING = "talking"
    OVER = "over"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A call that looked like part of a flood. `kind`, `key`: of which; None once a person has cleared the
    call."""

    call_id: str
    seized_at: datetime
    number: str | None = None
    source: str | None = None
    trunk: str | None = None
    kind: FloodKind | None = None
    key: str = ""
    calls: int = 0
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cleared: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """`bins`: calls that came in each part of the span, the newest last."""

    by: By
    key: str
    calls: int
    numbers: int
    live: int
    last: datetime
    bins: tuple[int, ...]


def stands(suspect: Suspect, *, ranked_in_queue: bool) -> Stands:
    if suspect.ended_at is not None:
        return Stands.OVER
    if suspect.kind is None:
        return Stands.CLEARED
    if suspect.answered_at is not None:
        return Stands.TALKING
    named = suspect.kind in (FloodKind.ONE_RING, FloodKind.SAME_NUMBER)
    return Stands.BEHIND if named and ranked_in_queue else Stands.TURN


def _range(suspect: Suspect) -> str | None:
    number = suspect.number
    return number[:-RANGE_DIGITS] if number and len(number) >= LEAST_DIGITS else None


_KEYS: Mapping[By, Callable[[Suspect], str | None]] = {
    By.NUMBER: lambda suspect: suspect.number,
    By.RANGE: _range,
    By.SOURCE: lambda suspect: suspect.source,
    By.TRUNK: lambda suspect: suspect.trunk,
}


def ranked(
    suspects: Sequence[Suspect], by: By, since: datetime, until: datetime
) -> tuple[tuple[Rank, ...], int]:
    """The ones with the most suspected calls, and how many there are beyond. Cleared calls do not count."""
    groups: defaultdict[str, list[Suspect]] = defaultdict(list)
    for suspect in suspects:
        key = _KEYS[by](suspect)
        if key is not None and suspect.kind is not None:
            groups[key].append(suspect)
    ranks = [_rank(by, key, calls, since, until) for key, calls in groups.items()]
    ranks.sort(key=lambda rank: (-rank.calls, rank.key))
    return tuple(ranks[:MAX_RANKED]), max(0, len(ranks) - MAX_RANKED)


def _rank(by: By, key: str, calls: Sequence[Suspect], since: datetime, until: datetime) -> Rank:
    part = max((until - since) / BINS, timedelta(milliseconds=1))
    bins = [0] * BINS
    for call in calls:
        bins[min(BINS - 1, max(0, int((call.seized_at - since) / part)))] += 1
    return Rank(
        by=by, key=key, calls=len(calls), numbers=len({call.number or call.call_id for call in calls}),
        live=sum(1 for call in calls if call.ended_at is None), last=max(call.seized_at for call in calls),
        bins=tuple(bins),
    )  # fmt: skip
