"""What the world is told of response plans."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.dispatch.site_events import SiteEvent


class PlanStep(StrEnum):
    STARTED = "started"
    TICKED = "ticked"
    UNTICKED = "unticked"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange(SiteEvent):
    """A response plan (预案) was started by a person, an item of it ticked off or taken back, or it ended
    (ours).

    `major`: every screen of the hall says so while it runs. `reasons`: what it had been suggested for, as
    `nature:fire`; none: it was chosen by hand. `done` of `items` are ticked off.
    """

    run_id: str
    rev: int
    step: PlanStep
    plan: str
    title_zh: str
    title_en: str
    major: bool
    call_id: str
    by: str
    incident_id: str | None = None
    item: str | None = None
    item_zh: str | None = None
    item_en: str | None = None
    done: int = 0
    items: int = 0
    reasons: tuple[str, ...] = ()
    note: str | None = None
