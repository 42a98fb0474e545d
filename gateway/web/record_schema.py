"""Records without a call: what people enter, and what a card shows of a record and of calls made for it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.calls.entering import MAX_PLACE_CHARS, MAX_SHEET_CHARS, MAX_WORDS_CHARS
from gateway.calls.manual import Origin
from gateway.location.model import Datum
from gateway.web.handover_schema import MovingRequest, Number, Position
from gateway.web.schema import CallSummary, Outgoing, RecordingShown

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_WORDS_CHARS)]
Place = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_PLACE_CHARS)]
Sheet = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_SHEET_CHARS)]


class RecordRequest(MovingRequest):
    """`happened_at` with its zone: not in the future, at most 31 days back. `sheet`: the number of the paper;
    the same number is entered once and answered with the record that has it. `check`: only look whether it
    can be entered."""

    origin: Origin
    happened_at: AwareDatetime
    number: Number | None = None
    place: Place = ""
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    datum: Datum | None = None
    words: Words = ""
    sheet: Sheet | None = None
    position: Position | None = None
    check: bool = False


class RecordDone(Outgoing):
    """`outcome`: entered, known (this sheet is there; `differs` names what is not as it stands there), or
    checked (it could be entered)."""

    outcome: Literal["entered", "known", "checked"]
    call_id: str | None
    rev: int | None
    late: bool
    differs: list[str]


class WordsRequest(MovingRequest):
    words: Words


class SameRequest(MovingRequest):
    """The PBX's call that this record tells of."""

    other: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class MatchShown(Outgoing):
    """A record and a call at about the same time: maybe one. `by_number`: of the same number; else the PBX
    knows none. `apart_s`: between them."""

    call_id: str
    seized_at: AwareDatetime
    number: str | None
    by_number: bool
    apart_s: int


class PartShown(Outgoing):
    """A call that we made for this one: `by` whom, `whom` it was for in that person's words, `outcome` as the
    call-back's. Its recordings are opened under its own id."""

    call: CallSummary
    number: str | None
    by: str | None
    whom: str
    outcome: str | None
    outcome_zh: str | None
    outcome_en: str | None
    recordings: list[RecordingShown]
    segments: list[dict[str, Any]]


class RecordAround(Outgoing):
    """What belongs to a record beside itself."""

    matches: list[MatchShown]
    parts: list[PartShown]
