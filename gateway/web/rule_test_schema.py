"""What a draft did on what was said before, and what the pack in shadow says: bodies of the HTTP API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.web.rule_schema import CoverageShown
from gateway.web.schema import Incoming, Outgoing

MAX_PAGE = 100


class BackTestQuery(Incoming):
    """`run_id`: of which back-test, the last one unless given. `offset`, `limit`: of its flips."""

    run_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    offset: Annotated[int, Field(ge=0, le=500)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50


class SaidShown(Outgoing):
    alarm_class: str = Field(alias="class")
    nature: str
    department: str | None
    vetoed: bool
    raised: bool = False
    """The rules alone say non-police, the second opinion made it unsure."""


class FlipShown(Outgoing):
    """`text` covers places for who may not see them. `call_id`: of a stored call, whose recording may be
    opened. `source` says whose word the truth is: person, corpus, or nobody's (active)."""

    name: str
    call_id: str | None
    text: str
    truth: SaidShown | None
    source: Literal["person", "corpus", "active"]
    active: SaidShown
    draft: SaidShown
    missed: bool


class CellShown(Outgoing):
    truth: str
    said: str
    active: int
    draft: int


class QuietShown(Outgoing):
    name: str
    text: str
    vetoes: list[str]


class SpeedShown(Outgoing):
    ms_a_text: float
    texts_a_s: float


class BackTestShown(Outgoing):
    """A back-test. `flips` is one page of `flips_kept`; `flipped` counts all."""

    run_id: str
    draft_id: str
    at: AwareDatetime
    texts: int
    calls: int
    decided: int
    classes: list[CellShown]
    natures: list[CellShown]
    departments: list[CellShown]
    agreement: float
    agreement_active: float
    missed: int
    flipped: int
    flips_kept: int
    flips: list[FlipShown]
    vetoes: int
    vetoes_missed: int
    quiet: list[QuietShown]
    speed: SpeedShown
    speed_active: SpeedShown
    truncated: bool
    faults: list[str]
    opinion: str | None
    """Hash of the second opinion that judged beside both packs."""
    caught: int
    """Alarms that the second opinion alone kept from being judged non-police."""
    veto_codes: list[CoverageShown]


class ShadowQuery(Incoming):
    """`pack`: hash of a pack that ran in shadow; that of now unless given."""

    pack: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    offset: Annotated[int, Field(ge=0, le=500)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50


class AgreementShown(Outgoing):
    what: Literal["class", "nature", "department"]
    active: str
    shadow: str
    calls: int


class ShadowFlip(Outgoing):
    call_id: str
    at: AwareDatetime
    text: str
    active: SaidShown
    shadow: SaidShown


class ShadowShown(Outgoing):
    """`left_out`: calls since the gateway's start that were not compared, for there were too many at a time
    or the store did not answer; `failed`: on which the pack broke."""

    pack: str | None
    draft_id: str | None
    since: AwareDatetime | None
    calls: int
    flipped: int
    left_out: int
    failed: int
    agreement: list[AgreementShown]
    flips: list[ShadowFlip]
