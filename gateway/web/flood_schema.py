"""Floods over the HTTP API: what the board and the shield's page are given."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from gateway.desk.incidents.ranked import By, Stands
from gateway.web.schema import Incoming, Outgoing

MOST_HOURS = 168
"""So far back the evidence of a flood is packed over the API; `intake110 flood pack` knows no limit."""


class FloodShown(Outgoing):
    kind: str
    key: str
    since: AwareDatetime
    seen_at: AwareDatetime
    ended_at: AwareDatetime | None
    calls: int
    numbers: int
    per_minute: float
    zh: str
    en: str


class FloodList(Outgoing):
    """`suspected`: live calls that are answered after the others; `beyond`: floods too many to be kept."""

    now: list[FloodShown]
    past: list[FloodShown]
    beyond: int
    reserved_seats: int
    ranked_in_queue: bool
    suspected: int


class SuspectsQuery(Incoming):
    """How far back, in hours."""

    hours: Annotated[float, Field(gt=0, le=24)] = 2.0


class PackQuery(Incoming):
    hours: Annotated[float, Field(gt=0, le=MOST_HOURS)] = 6.0


class RankShown(Outgoing):
    """`bins`: suspected calls in each of as many equal parts of the span, the newest last. `live`: on the
    line."""

    key: str
    calls: int
    numbers: int
    live: int
    last: AwareDatetime
    bins: list[int]


class RankedShown(Outgoing):
    """`beyond`: further ones with fewer calls."""

    items: list[RankShown]
    beyond: int


class SuspectShown(Outgoing):
    """`zh`, `en`: why it was suspected. `stands`: behind (the PBX lets others go before), turn (waits as
    everybody, only marked), talking, over, cleared (`cleared` says by whom)."""

    call_id: str
    seized_at: AwareDatetime
    number: str | None
    kind: str | None
    key: str
    calls: int
    stands: Stands
    waited_ms: int
    cleared: str | None
    zh: str
    en: str


class LimitsShown(Outgoing):
    """What counts as a flood, from [together.flood] of gateway.toml; protected: who hung up unanswered later
    than that is never suspected."""

    one_ring_s: float
    one_ring_calls: int
    one_ring_within_s: float
    same_number_calls: int
    same_number_within_s: float
    range_numbers: int
    range_within_s: float
    source_calls: int
    source_within_s: float
    protected_after_s: float


class ShieldShown(Outgoing):
    """Suspected calls since then, ranked. `partly`: there were more calls than are looked at, the newest
    count."""

    since: AwareDatetime
    until: AwareDatetime
    partly: bool
    ranks: dict[By, RankedShown]
    calls: list[SuspectShown]
    limits: LimitsShown
    order: Literal["pbx", "marked"]
    """pbx: numbers of a flood stand behind the others there; marked: everybody waits their turn, suspects
    are only marked."""
