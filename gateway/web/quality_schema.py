"""What the quality watch answers over the HTTP API. Shares are 0 to 1; null: nothing to take a share of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.reports.drift import Band
from gateway.reports.judged import About
from gateway.reports.quality import Every, PackFigures, Period, RuleFigures, Sums, Table
from gateway.triage.model import AlarmClass, Department, Nature
from gateway.web.schema import Incoming, Outgoing

PackHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class QualityQuery(Incoming):
    """The last `days` by the site's calendar, today included. `pack`: only calls whose verdict cites this
    `pack_hash`."""

    days: Annotated[int, Field(ge=1, le=366)] = 30
    every: Literal["day", "week"] = "day"
    pack: PackHash | None = None


class QualityShown(Outgoing):
    """`classes`, `natures`, `departments`: verdicts against what people decided; `opinion`: the classes of
    the second opinion; all of `pack` alone where one was asked for. `bands`: watched shares of the newest day
    with their usual band, of all packs; where `outside`, an alarm stands. `waiting`: disagreements that
    nobody has labelled, by what they are about. `packs`: all that judged in the span, the active one
    first."""

    since: str
    until: str
    every: Every
    sums: Sums
    classes: Table
    natures: Table
    departments: Table
    opinion: Table
    periods: list[Period]
    bands: list[Band]
    waiting: dict[About, int]
    pack: str | None
    packs: list[PackFigures]


class RulesQuery(Incoming):
    days: Annotated[int, Field(ge=1, le=366)] = 30
    pack: PackHash | None = None


class RulesShown(Outgoing):
    """Rules that were wrong most often first. `silent`: ids of active rules that did not fire in the span."""

    since: str
    until: str
    items: list[RuleFigures]
    silent: list[str]


class DisagreementQuery(Incoming):
    about: Literal["", "missed", "class", "nature", "department"] = ""
    pair: Literal["", "rules-person", "rules-model", "model-person"] = ""
    labelled: bool = False
    cursor: Annotated[str, StringConstraints(max_length=500)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Said(Outgoing):
    """What one of them says; `class` null never stands, a party that says nothing is null as a whole."""

    alarm_class: AlarmClass = Field(alias="class")
    nature: Nature
    department: Department | None


class DisagreementShown(Outgoing):
    """`pairs`: who differs from whom. `score`: the model's probability of its class."""

    call_id: str
    seized_at: AwareDatetime
    about: About
    pairs: list[str]
    rules: Said
    model: Said | None
    person: Said | None
    label: Said | None
    score: float | None
    raised: bool
    pack_hash: str
    rule_ids: list[str]


class DisagreementList(Outgoing):
    items: list[DisagreementShown]
    next: str | None
    waiting: dict[About, int]


class CorpusQuery(Incoming):
    """`labelled`: only calls that somebody labelled; else those with a disposition too."""

    days: Annotated[int, Field(ge=1, le=3660)] = 366
    labelled: bool = False
