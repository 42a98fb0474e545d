"""Until when a department must accept and answer, where its line of the directory says nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Hours of the clock, nights and holidays too, from the moment an order is sent.

    In the directory: `[department.NAME.deadlines]` with `accept_within_h` and `answer_within_h`.
    """

    accept_within_h: float = 2.0
    answer_within_h: float = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The deadlines of a site's departments. `others`: of those that are not listed."""

    of: Mapping[str, Deadlines] = field(default_factory=dict)
    others: Deadlines = Deadlines()

    def __call__(self, department: str) -> Deadlines:
        return self.of.get(department, self.others)
