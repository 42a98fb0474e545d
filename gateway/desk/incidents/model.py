"""One incident: calls that people linked, what new was told, and whether many tell of it at once.

Small and bounded in every part; what a limit leaves out here stands in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.calls.together import Reason
from gateway.dispatch.site_events import FactKind
from gateway.ids import CallId

MAX_CALLS = 100
"""Calls that people may link with one incident. One more is refused (`incident_full`): link it with a second
incident; both can carry one title. Merging may go beyond, so that no link is lost."""
MAX_FACTS = 60
"""Facts kept; at the limit the oldest of the kind told most often gives way."""
MAX_HISTORY = 60
"""Steps kept for the page; older ones are in the journal."""
MAX_MATCHED = 200
"""Calls that very likely tell of it, with their times, for the rate: the newest."""
MAX_TITLE_CHARS = 100
MAX_VALUE_CHARS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeLimits:
    """Many calls tell of one incident: `calls` within `within_s`. Over when fewer than half of that many came
    within the same time. From [together] of gateway.toml."""

    calls: int = 5
    within_s: float = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A linked call. `seen`: number of the newest fact that somebody at this call's card has seen."""

    call_id: CallId
    seized_at: datetime
    linked_at: datetime
    by: str
    score: int | None = None
    reasons: tuple[Reason, ...] = ()
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something new that one of the calls told. `number` counts from 1 within the incident; `quote`: the
    words; `by`: the person who entered it, None: heard."""

    number: int
    kind: FactKind
    value: str
    call_id: CallId
    at: datetime
    quote: str = ""
    by: str | None = None


class Step(StrEnum):
    """What people did with an incident."""

    LINKED = "linked"
    UNLINKED = "unlinked"
    TITLED = "titled"
    MERGED = "merged"
    DISSOLVED = "dissolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One step: nothing is ever undone without its trace."""

    step: Step
    at: datetime
    by: str
    call_id: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A call that nobody linked and that very likely tells of it."""

    call_id: CallId
    seized_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """`merged_into`: where its calls went. `compared`: how many links its open calls were compared after.
    `touched_at`: when anything happened last; `rested`: it may leave memory, and comes back by itself."""

    incident_id: str
    site: str
    opened_at: datetime
    touched_at: datetime
    title: str = ""
    titled_by: str | None = None
    members: tuple[Member, ...] = ()
    facts: tuple[Fact, ...] = ()
    facts_told: int = 0
    history: tuple[Past, ...] = ()
    matched: tuple[Matched, ...] = ()
    links: int = 0
    compared: int = 0
    surge_since: datetime | None = None
    surge_peak: int = 0
    merged_into: str | None = None
    dissolved: bool = False
    rested: bool = False
    rev: int = 0

    @property
    def over(self) -> bool:
        return self.dissolved or self.merged_into is not None

    def member(self, call_id: str) -> Member | None:
        return next((each for each in self.members if each.call_id == call_id), None)

    def new_for(self, call_id: str) -> tuple[Fact, ...]:
        """What other calls told and nobody at this one's card has seen."""
        member = self.member(call_id)
        if member is None:
            return ()
        return tuple(fact for fact in self.facts if fact.call_id != call_id and fact.number > member.seen)
