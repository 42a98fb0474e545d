"""What people ask of a call over the HTTP API, and the answer."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel, StringConstraints, field_validator

from gateway.calls.places import MAX_TEXT
from gateway.desk.card import FIELDS, MAX_VALUE_CHARS
from gateway.location.model import Datum
from gateway.triage.model import AlarmClass, Department, Nature
from gateway.web.schema import Incoming, Line, Outgoing, Position


class DispositionData(Incoming):
    alarm_class: AlarmClass = Field(alias="class")
    nature: Nature
    department: Department | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] = ""


class CardFieldData(Incoming):
    name: str
    value: Line

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in FIELDS:
            raise ValueError(f"no field of the card; one of {', '.join(FIELDS)}")
        return name


class OpeningData(Incoming):
    recording_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    purpose: Line


class _Request(Incoming):
    """The same `request_id` gets the same answer. `expected_rev`: what the person saw, null for any."""

    request_id: UUID
    expected_rev: Annotated[int, Field(ge=0)] | None = None


class DispositionRequest(_Request):
    type: Literal["SetDisposition"]
    data: DispositionData


class LabelRequest(_Request):
    """What the call was, by who looked again: it teaches and changes nothing of the call."""

    type: Literal["LabelCall"]
    data: DispositionData


class CardFieldRequest(_Request):
    type: Literal["SetCardField", "ConfirmCardField"]
    data: CardFieldData


class FinishRequest(_Request):
    """Decide what the call was and close its card. Who comes second is told who was first."""

    type: Literal["FinishCall"]
    data: DispositionData


class ReasonData(Incoming):
    reason: Line


class ReopenRequest(_Request):
    type: Literal["ReopenCall"]
    data: ReasonData


class QuestionData(Incoming):
    question: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class AskedRequest(_Request):
    type: Literal["MarkAsked"]
    data: QuestionData


class PassingData(Incoming):
    """The position that goes on with the card."""

    to: Position
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class PassRequest(_Request):
    type: Literal["PassCard"]
    data: PassingData


class OpeningRequest(_Request):
    type: Literal["OpenRecording"]
    data: OpeningData


class NoData(Incoming):
    """Nothing more to say."""


class RefreshRequest(_Request):
    type: Literal["RefreshLocation"]
    data: NoData = NoData()


class PositionData(Incoming):
    """A spot with its datum, an address, or a fix of the call that is chosen (`location_id`)."""

    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    datum: Datum | None = None
    uncertainty_m: Annotated[float, Field(ge=0, le=100_000)] | None = None
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_VALUE_CHARS)] = ""
    location_id: Annotated[str, StringConstraints(max_length=100)] | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TEXT)] = ""
    """What the person remarks on the spot."""


class PositionRequest(_Request):
    type: Literal["SetPosition"]
    data: PositionData


class WithdrawalData(Incoming):
    """The fix that a person set or chose, and that leads."""

    location_id: Annotated[str, StringConstraints(min_length=1, max_length=100)]


class WithdrawalRequest(_Request):
    type: Literal["WithdrawPosition"]
    data: WithdrawalData


AnyRequest = Annotated[
    DispositionRequest
    | LabelRequest
    | CardFieldRequest
    | OpeningRequest
    | RefreshRequest
    | PositionRequest
    | WithdrawalRequest
    | FinishRequest
    | ReopenRequest
    | PassRequest
    | AskedRequest,
    Field(discriminator="type"),
]


class RequestBody(RootModel[AnyRequest]):
    """What a person asks of a call."""


class Accepted(Outgoing):
    outcome: Literal["accepted"]
    rev: int
