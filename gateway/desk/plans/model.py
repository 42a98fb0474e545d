"""Response plans and their runs. A plan is content of `conf/plans`; a run is one use of it, started by a
person for a call or an incident, which keeps the plan's words as they were when it was started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.ids import CallId
from gateway.triage.model import Nature, VetoCode

MAX_ITEMS = 40
"""Steps and people to be told of one plan."""
MAX_ANNOUNCEMENTS = 8
MAX_WORDS = 200
"""Characters of a step, an announcement or a name, in each language."""
MAX_NOTE_CHARS = 300
"""Of a note beside a tick, and of a run's end; longer ones are refused."""


class ItemKind(StrEnum):
    """DO: a step of the checklist; TELL: somebody who is to be told."""

    DO = "do"
    TELL = "tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    item_id: str
    kind: ItemKind
    zh: str
    en: str
    number: str = ""
    """Of whom to tell: the telephone number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a plan is suggested: everything that is named holds. Of `natures` and `vetoes` any one."""

    natures: tuple[Nature, ...] = ()
    vetoes: tuple[VetoCode, ...] = ()
    priority: int | None = None
    """This urgent or more so."""
    injured: int | None = None
    """So many or more."""
    calls: int | None = None
    """So many calls of the incident or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`major`: while it runs every screen says so."""

    code: str
    title: Words
    major: bool = False
    suggest: tuple[Condition, ...] = ()
    """Any one of them suffices; none: the plan is only chosen by hand."""
    items: tuple[Item, ...] = ()
    announcements: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a plan is suggested: nature, veto, priority, injured or calls, and what it was."""

    code: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """An item is done. The newest word of each; all before it stand in the journal."""

    item_id: str
    by: str
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRun:
    run_id: str
    plan: Plan
    call_id: CallId
    incident_id: str | None
    reasons: tuple[Reason, ...]
    started_at: datetime
    started_by: str
    rev: int = 1
    ticks: tuple[Tick, ...] = ()
    ended_at: datetime | None = None
    ended_by: str = ""
    note: str = ""
    """How it ended, in the words of who ended it."""

    @property
    def over(self) -> bool:
        return self.ended_at is not None
