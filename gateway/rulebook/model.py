"""The rulebook of one site: the pack that judges its calls, those that judged before, drafts on their way.

Only hashes stand here; the files lie in the store under them, and none is ever deleted. A draft goes
editing → submitted → approved → shadow → active, or back to its author with a reason. What a draft has earned
(a back-test, approvals) it earned for one content against one active pack: a change of either takes it away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.triage.backtest import Coverage

MAX_DRAFTS = 20
"""Drafts under way; one more is refused until another is activated or withdrawn."""
MAX_AUTHORS = 8
"""People who have written in one draft; nobody of them may approve it, so a ninth is refused."""
MAX_STACK = 20
"""Packs to which one can roll back; older ones are imported again from the store by their hash."""
MAX_NOTE_CHARS = 500
"""Longer notes and reasons are refused, not cut."""
VETO_PREFIX = "veto/"
"""Files of the safety veto: a change of one needs a second approver beside the first."""


class DraftStatus(StrEnum):
    EDITING = "editing"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    SHADOW = "shadow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a pack holds, by its hashes (SHA-256, hex): of all its files, of the rules, of the veto lists. A
    verdict cites the last two."""

    hash: str
    pack_hash: str
    veto_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A second (or third) person has read this content and answers for it."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTest:
    """A back-test of one content against one active pack, over the stored calls and the site's corpora.

    `missed`: alarms that the draft would judge non-police. `vetoes_missed`: sentences of the veto corpus, of
    `vetoes` in all, on which a veto of theirs stays quiet. `flipped`: texts judged otherwise than by the
    active pack.
    """

    run_id: str
    hash: str
    base: str
    at: datetime
    by: str
    calls: int
    texts: int
    missed: int
    vetoes: int
    vetoes_missed: int
    flipped: int
    agreement: float
    """Share of texts whose class is as the truth has it, 0 to 1."""
    opinion: str | None = None
    """Hash of the second opinion that stood beside both packs, as beside the active one; None: none."""
    caught: int = 0
    """Alarms that the second opinion alone kept from being judged non-police."""
    veto_codes: tuple[Coverage, ...] = ()
    """How each veto code does on the veto corpus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One change on its way. `authors`: everybody who wrote in it, the first opened it. `changed`: files that
    differ from `base`, the pack that was active when it was written."""

    draft_id: str
    note: str
    authors: tuple[str, ...]
    base: str
    content: Content
    changed: tuple[str, ...]
    status: DraftStatus
    opened_at: datetime
    changed_at: datetime
    approvals: tuple[Approval, ...] = ()
    sent_back: str | None = None
    sent_back_by: str | None = None
    testing: str | None = None
    """The back-test under way, by its run_id."""
    tested_by: str | None = None
    test: BackTest | None = None
    test_fault: str | None = None
    shadow_since: datetime | None = None

    @property
    def touches_veto(self) -> bool:
        return any(name.startswith(VETO_PREFIX) for name in self.changed)

    @property
    def approvals_needed(self) -> int:
        """Persons beside the authors."""
        return 2 if self.touches_veto else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack that judges or judged the site's calls. `version` counts the site's packs from 1."""

    version: int
    content: Content
    at: datetime
    by: str
    note: str = ""
    authors: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    draft_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionModel:
    """The second opinion that stands beside whichever pack judges: hash of its files, its name and how many
    calls taught it, as its card says. `by`: who installed it; "": taken from the folder when there was
    none."""

    hash: str
    name: str
    examples: int
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """`stack`: the last one is active, the one before it is where rolling back leads. `folder`: hash of what
    conf/rules held when the gateway last took or imported it; `opinion_folder`: the same of the folder of the
    second opinion, when a model was last taken or installed."""

    site: str
    rev: int = 0
    versions: int = 0
    stack: tuple[Pack, ...] = ()
    drafts: tuple[Draft, ...] = ()
    folder: str = ""
    opinion: OpinionModel | None = None
    opinion_folder: str = ""

    @property
    def active(self) -> Pack | None:
        return self.stack[-1] if self.stack else None

    @property
    def previous(self) -> Pack | None:
        return self.stack[-2] if len(self.stack) > 1 else None

    @property
    def shadow(self) -> Draft | None:
        """The draft that runs beside the active pack."""
        return next((draft for draft in self.drafts if draft.status is DraftStatus.SHADOW), None)

    def draft(self, draft_id: str) -> Draft | None:
        return next((draft for draft in self.drafts if draft.draft_id == draft_id), None)
