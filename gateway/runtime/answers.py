"""What a person's request is answered, after the commit."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.seats import HallRequest
from gateway.calls.signals import CallRequest
from gateway.desk.incidents.signals import IncidentRequest
from gateway.desk.orders.signals import OrderRequest
from gateway.desk.plans.signals import PlanRequest
from gateway.rulebook.signals import RulebookRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Done and saved; `rev` is the call's revision that holds it."""

    rev: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not done, and pressing again will not help until `code` is mended: stale_rev, unknown_call, not_saved,
    invalid."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """The lane for people is full (1,000 waiting): nothing was taken, try again."""

    retry_after_ms: int = 1000


Answer = Accepted | Refused | Busy

Request = CallRequest | HallRequest | IncidentRequest | OrderRequest | PlanRequest | RulebookRequest
"""What people ask, of whatever kind of aggregate: answered after the commit."""
