"""What people ask of the rulebook over the HTTP API, and the answer."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, RootModel

from gateway.web.rule_schema import NO_FILES, Files, Hash, Note, PackName
from gateway.web.schema import Incoming, Outgoing


class _Request(Incoming):
    """The same `request_id` gets the same answer. `expected_rev`: of the rulebook as the person saw it."""

    request_id: UUID
    expected_rev: Annotated[int, Field(ge=0)] | None = None


class OpenDraftData(Incoming):
    """`files` over those of `origin` (usually the active pack; `folder` imports conf/rules)."""

    draft_id: UUID
    origin: PackName = "active"
    files: Files = NO_FILES
    note: Note = ""


class EditDraftData(Incoming):
    """`expected_hash`: the draft's content that was edited; another one meanwhile is refused. `take_over`:
    put the draft onto the pack that is active now."""

    draft_id: UUID
    files: Files = NO_FILES
    note: Note | None = None
    expected_hash: Hash | None = None
    take_over: bool = False


class DraftData(Incoming):
    draft_id: UUID


class ApproveData(DraftData):
    hash: Hash


class ReasonedData(DraftData):
    reason: Note = ""


class RollBackData(Incoming):
    reason: Note = ""


class OpenDraftBody(_Request):
    type: Literal["OpenDraft"]
    data: OpenDraftData


class EditDraftBody(_Request):
    type: Literal["EditDraft"]
    data: EditDraftData


class PlainBody(_Request):
    type: Literal["WithdrawDraft", "StartBackTest", "SubmitDraft", "StartShadow", "StopShadow"]
    data: DraftData


class ApproveBody(_Request):
    type: Literal["ApproveDraft"]
    data: ApproveData


class ReasonedBody(_Request):
    type: Literal["SendBackDraft", "ActivateDraft"]
    data: ReasonedData


class RollBackBody(_Request):
    type: Literal["RollBack"]
    data: RollBackData = RollBackData()


AnyRuleRequest = Annotated[
    OpenDraftBody | EditDraftBody | PlainBody | ApproveBody | ReasonedBody | RollBackBody,
    Field(discriminator="type"),
]


class RuleRequestBody(RootModel[AnyRuleRequest]):
    """What a person asks of the site's rulebook."""


class RuleAnswer(Outgoing):
    """`hash`: the draft's content after OpenDraft and EditDraft; `conflicts`: files that a take-over found
    changed on both sides (the draft's own stand)."""

    outcome: Literal["accepted"]
    rev: int
    draft_id: str | None
    hash: str | None
    conflicts: list[str]
