"""What the world is told that is not about one call: desks, queues, links, and messages that do not hang
together.

The names are NENA i3 LogEventType nouns without the suffix, as in `calls.events`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEvent:
    """What every event of the site carries. `inferred`: learnt afterwards, from a snapshot."""

    occurred_at: datetime
    inferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStateChange(SiteEvent):
    """i3 AgentStateChange: a call-taker's desk. `agent` is the extension."""

    agent: str
    state: str
    """idle, ringing, busy, wrap_up, paused, away or unreachable."""
    pbx: str | None = None
    reason: str | None = None
    user: str | None = None
    """Who sits there; null: nobody signed in there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStateChange(SiteEvent):
    """i3 QueueStateChange: how many callers wait, and how long the first of them has."""

    queue: str
    waiting: int
    longest_wait_ms: int | None = None
    pbx: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStateChange(SiteEvent):
    """i3 ServiceStateChange: a link or service of the gateway. `service` as on the health page: `pbx:<id>`,
    speech …
    """

    service: str
    state: Literal["up", "degraded", "down"]
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAliveFailure(SiteEvent):
    """i3 KeepAliveFailure: a partner that should answer did not, `missed` times in a row."""

    partner: str
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedMessage(SiteEvent):
    """i3 MalformedMessage: a message that does not hang together, perhaps forged.

    Its text stays in the journal: what a stranger wrote never reaches the broker. `sha256` finds it there.
    """

    source: str
    """Who sent it: `pbx:<id>`."""
    why: str
    size_bytes: int
    sha256: str


class UnmatchedStep(StrEnum):
    """KEPT: set aside; GIVEN: its call turned up and has it; FORGOTTEN: it was kept long enough."""

    KEPT = "kept"
    GIVEN = "given"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchUnmatched(SiteEvent):
    """A report of the dispatch core that could not be put on a call (ours).

    `code`: unreadable, unknown_call, wrong_key. What of it could be read stands here; `digest` finds the
    message itself among what is set aside.
    """

    step: UnmatchedStep
    code: str
    digest: str
    message_id: str | None = None
    call_id: str | None = None
    kind: str | None = None


class RulePackStep(StrEnum):
    """The ways of a rule pack: by the folder or a draft, tested, approved, in shadow, active, rolled back."""

    SEEDED = "seeded"
    IMPORTED = "imported"
    DRAFT_OPENED = "draft_opened"
    DRAFT_CHANGED = "draft_changed"
    WITHDRAWN = "withdrawn"
    TEST_STARTED = "test_started"
    TESTED = "tested"
    TEST_FAILED = "test_failed"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    SHADOW_STARTED = "shadow_started"
    SHADOW_STOPPED = "shadow_stopped"
    ACTIVATED = "activated"
    ROLLED_BACK = "rolled_back"
    UNUSABLE = "unusable"
    OPINION = "opinion_installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePackChange(SiteEvent):
    """Something happened to the site's rule packs or to a draft of one (ours).

    `hash` names the content with its veto lists; `pack_hash` and `veto_hash` are what verdicts cite. After
    `activated` and `rolled_back` that pack judges: open calls are judged again. `by`: the person; null: the
    gateway itself. `opinion_installed`: another second opinion stands beside the rules; `hash` names its
    files, `note` is its name.
    """

    step: RulePackStep
    hash: str
    pack_hash: str | None = None
    veto_hash: str | None = None
    version: int | None = None
    draft_id: str | None = None
    by: str | None = None
    note: str | None = None
    reason: str | None = None
    missed_alarms: int | None = None
    vetoes_missed: int | None = None
    flipped: int | None = None


class FactKind(StrEnum):
    """Kinds of facts that every card of an incident shows as soon as one call tells them."""

    INJURY = "injury"
    WEAPON = "weapon"
    FIRE = "fire"
    THREAT = "threat_to_life"
    CONFINED = "confined"
    CHILD = "child"
    SUICIDE = "suicide"
    PLATE = "plate"
    SUSPECT = "suspect"
    DIRECTION = "direction"


class IncidentStep(StrEnum):
    """What became of an incident. `calls_changed`: a call was linked or taken out; `fact`: one call told
    something new."""

    OPENED = "opened"
    CALLS_CHANGED = "calls_changed"
    TITLED = "titled"
    MERGED = "merged"
    DISSOLVED = "dissolved"
    FACT = "fact"
    SURGE_BEGAN = "surge_began"
    SURGE_ENDED = "surge_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentChange(SiteEvent):
    """Something happened to an incident, calls that people linked (ours).

    `calls`: those it holds now. `fact`, `value`, `call_id`: what is new, and which call told it. `other`: the
    incident it was merged into, or that came to it. `recent_calls`: linked and very likely ones within the
    surge's time. `by`: the person; null: the gateway noticed it.
    """

    incident_id: str
    step: IncidentStep
    title: str | None = None
    calls: tuple[str, ...] = ()
    by: str | None = None
    fact: FactKind | None = None
    value: str | None = None
    call_id: str | None = None
    other: str | None = None
    recent_calls: int | None = None


class FloodStep(StrEnum):
    BEGAN = "began"
    GREW = "grew"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodSuspected(SiteEvent):
    """Calls come in a way that keeps lines busy on purpose (ours). None is dropped: they are answered after
    the others.

    `kind`: one_ring, same_number, prefix, source or trunk; `key`: the number, range, SIP address or trunk.
    `calls` and `numbers`: so far; `per_minute`: within the detector's window now.
    """

    step: FloodStep
    kind: str
    key: str
    since: datetime
    calls: int
    numbers: int
    per_minute: float
