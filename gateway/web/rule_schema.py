"""The bodies of the rule workshop's API: /api/v1/rules."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from gateway.rulebook.content import MAX_FILES
from gateway.rulebook.model import MAX_NOTE_CHARS, DraftStatus
from gateway.triage.model import VetoCode
from gateway.triage.packdiff import ChangeKind
from gateway.triage.packfile import MAX_PACK_BYTES
from gateway.web.schema import Incoming, Outgoing

Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
PackName = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{1,64}$")]
"""`active`, `previous`, `shadow`, `folder`, the id of a draft, or a pack's hash (8 characters or more)."""
FileName = Annotated[str, StringConstraints(pattern=r"^(veto/)?[a-z0-9][a-z0-9_.-]{0,79}\.yaml$")]
FileText = Annotated[str, StringConstraints(max_length=MAX_PACK_BYTES)]
Files = Annotated[dict[FileName, FileText | None], Field(max_length=MAX_FILES)]
"""Files that are new or different, by name; null: the file goes."""
NO_FILES: dict[FileName, FileText | None] = {}
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTE_CHARS)]
MAX_TRY_CHARS = 100_000
MAX_TRY_TURNS = 500


# ---- what is shown


class ApprovalShown(Outgoing):
    by: str
    at: AwareDatetime


class ContentShown(Outgoing):
    hash: str
    pack_hash: str
    veto_hash: str


class PackShown(Outgoing):
    """`version` is null for a pack that never was active."""

    content: ContentShown
    version: int | None
    at: AwareDatetime
    by: str
    note: str
    authors: list[str]
    approvals: list[ApprovalShown]
    draft_id: str | None


class CoverageShown(Outgoing):
    """One veto code on the veto corpus: sentences on which it must fire, on which it does by the draft's
    lists and stays quiet; `active`: on which it fires by those of the active pack."""

    code: VetoCode
    sentences: int
    fired: int
    missed: int
    active: int


class BackTestSummary(Outgoing):
    run_id: str
    hash: str
    base: str
    at: AwareDatetime
    by: str
    calls: int
    texts: int
    missed: int
    vetoes: int
    vetoes_missed: int
    flipped: int
    agreement: float
    opinion: str | None
    """Hash of the second opinion that judged beside both packs."""
    caught: int
    """Alarms that the second opinion alone kept from being judged non-police."""
    veto_codes: list[CoverageShown]
    valid: bool
    """Still of this content against the active pack."""


class Way(Outgoing):
    """A request that could be made of the draft. `refused` null: the reader may make it now; else the code
    of the refusal (`forbidden`: not this reader), and its words in the reader's language."""

    type: str
    refused: str | None
    text_zh: str | None
    text_en: str | None


class DraftShown(Outgoing):
    draft_id: str
    note: str
    authors: list[str]
    base: str
    stale: bool
    """Another pack is active since it was begun: EditDraft with `take_over` puts it onto that one."""
    content: ContentShown
    changed: list[str]
    touches_veto: bool
    status: DraftStatus
    opened_at: AwareDatetime
    changed_at: AwareDatetime
    approvals: list[ApprovalShown]
    approvals_needed: int
    sent_back: str | None
    sent_back_by: str | None
    testing: str | None
    progress: float | None
    """Of the back-test under way, 0 to 1."""
    test: BackTestSummary | None
    test_fault: str | None
    shadow_since: AwareDatetime | None
    ways: list[Way]


class FolderShown(Outgoing):
    hash: str
    differs: bool
    """It has changed since it was last taken or imported: import it as a draft."""


class RulebookShown(Outgoing):
    """`running`: hash of what judges; another one than `active` only when that cannot be used."""

    rev: int
    active: PackShown | None
    previous: PackShown | None
    running: str
    stack: list[PackShown]
    shadow: str | None
    drafts: list[DraftShown]
    folder: FolderShown
    roll_back: Way
    fault: str | None


class StoredPackShown(Outgoing):
    content: ContentShown
    files: int
    size_bytes: int
    created_at: AwareDatetime
    created_by: str
    version: int | None
    active: bool


class PackList(Outgoing):
    items: list[StoredPackShown]


class FileShown(Outgoing):
    name: str
    size_bytes: int
    hash: str
    veto: bool


class PackFiles(Outgoing):
    hash: str
    files: list[FileShown]


class FileQuery(Incoming):
    name: FileName


class FileBody(Outgoing):
    name: str
    hash: str
    text: str


class TreeQuery(Incoming):
    days: Annotated[int, Field(ge=1, le=366)] = 7


class RuleShown(Outgoing):
    """`fired`: calls of the span in which it spoke."""

    id: str
    file: str
    line: int
    alarm_class: str = Field(alias="class")
    nature: str | None
    department: str | None
    priority: int | None
    weight: float | None
    explanation_zh: str
    explanation_en: str
    fired: int


class Branch(Outgoing):
    """`nature` for alarms and doubts, `department` for non-police requests; null: of none."""

    alarm_class: str = Field(alias="class")
    nature: str | None
    department: str | None
    rules: int
    fired: int
    """Sum over its rules; a call in which two of them spoke counts twice."""


class RuleTree(Outgoing):
    hash: str
    days: int
    branches: list[Branch]
    rules: list[RuleShown]
    vetoes: list[FileShown]
    unread: list[str]


class DiffQuery(Incoming):
    before: PackName = "active"
    after: PackName


class FieldChangeShown(Outgoing):
    field: str
    before: Any
    after: Any
    added: list[Any]
    removed: list[Any]


class PartChangeShown(Outgoing):
    name: str
    kind: ChangeKind
    file: str
    line: int
    fields: list[FieldChangeShown]


class PackDiff(Outgoing):
    """`count` may be larger than the changes that are told (2,000)."""

    before: str
    after: str
    changes: list[PartChangeShown]
    count: int
    same: int
    unread: list[str]
    files: list[str]


class HistoryQuery(Incoming):
    before: Annotated[int, Field(ge=1)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class HistoryLine(Outgoing):
    """One step as journaled. `data`: the signal's own fields."""

    seq: int
    at: AwareDatetime
    type: str
    actor: str | None
    draft_id: str | None
    data: dict[str, Any]


class HistoryList(Outgoing):
    items: list[HistoryLine]
    next: int | None


# ---- trying


class ValidateBody(Incoming):
    """`files` over those of `base`; without a base they are the whole pack."""

    base: PackName | None = "active"
    files: Files


class ProblemShown(Outgoing):
    file: str
    line: int
    column: int | None
    severity: Literal["error", "warning"]
    rule_id: str | None
    what_zh: str
    what_en: str
    cure_zh: str
    cure_en: str


class Validated(Outgoing):
    """`ok`: no error; warnings may stand. `truncated`: what is above the limit is counted in the last one."""

    ok: bool
    hash: str
    changed: list[str]
    touches_veto: bool
    problems: list[ProblemShown]


class TurnData(Incoming):
    speaker: Literal["caller", "call_taker"] = "caller"
    text: Annotated[str, StringConstraints(max_length=MAX_TRY_CHARS)]


NO_TURNS: list[TurnData] = []


class TryBody(Incoming):
    """A text, or a stored call, judged by `pack` with `files` over it, and by the active pack."""

    pack: PackName = "active"
    files: Files = NO_FILES
    turns: Annotated[list[TurnData], Field(max_length=MAX_TRY_TURNS)] = NO_TURNS
    call_id: Annotated[str, StringConstraints(max_length=200)] | None = None
    local_hour: Annotated[int, Field(ge=0, le=23)] | None = None
    repeat_calls_30d: Annotated[int, Field(ge=0, le=1000)] | None = None
    silent_ms: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _one(self) -> TryBody:
        if (self.call_id is None) == (not self.turns):
            raise ValueError("give either turns or call_id")
        if sum(len(turn.text) for turn in self.turns) > MAX_TRY_CHARS:
            raise ValueError(f"at most {MAX_TRY_CHARS} characters in all")
        return self


class UtteranceShown(Outgoing):
    """Spans of findings with this `segment_index` and `speaker` count characters of `text`."""

    segment_index: int
    speaker: str
    text: str
    started_ms: int
    ended_ms: int


class Tried(Outgoing):
    """`assessment` of the pack on trial, `active` of the active pack; null where that is the same. `flipped`:
    class, nature or department differ. `took_ms`: judging alone."""

    hash: str
    utterances: list[UtteranceShown]
    assessment: dict[str, Any]
    active: dict[str, Any] | None
    flipped: bool
    took_ms: float
