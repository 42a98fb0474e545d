"""What can happen to a rulebook: what the gateway found out, and what people ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.rulebook.model import BackTest, Content


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookSignal:
    """What all signals about a site's rulebook share."""

    site: str
    at: datetime
    inferred: bool = False

    @property
    def when(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSeeded(RulebookSignal):
    """The store had no pack: the one of conf/rules is version 1 and active."""

    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTested(RulebookSignal):
    """A back-test is done. Of a draft that has changed meanwhile it says nothing any more."""

    draft_id: str
    summary: BackTest


@dataclass(frozen=True, slots=True, kw_only=True)
class BackTestFailed(RulebookSignal):
    draft_id: str
    run_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFailed(RulebookSignal):
    """A pack of the store cannot be compiled any more. `instead`: hash of the one that judges in its place;
    None: none does, every verdict is unsure."""

    hash: str
    reason: str
    instead: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionSeeded(RulebookSignal):
    """No second opinion was known: that of the folder stands beside the rules."""

    hash: str
    name: str
    examples: int


# ---- requests of people (imperative; answered after the commit)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulebookRequest(RulebookSignal):
    """What a person asks. The same `request_id` gets the same answer; `expected_rev`: of the rulebook as the
    person saw it, None: whatever it is now."""

    request_id: str
    actor: str
    expected_rev: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRequest(RulebookRequest):
    """What concerns one draft."""

    draft_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDraft(DraftRequest):
    """A change begins, from the active pack (`base`). `from_folder`: it is what conf/rules holds."""

    base: str
    content: Content
    changed: tuple[str, ...]
    note: str
    from_folder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDraft(DraftRequest):
    """Another content, which may rest on a newer `base`; back-test and approvals are void. `seen`: hash of
    the content that was edited; None: whatever it was."""

    base: str
    content: Content
    changed: tuple[str, ...]
    note: str | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDraft(DraftRequest):
    """It will not be. Its content stays in the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartBackTest(DraftRequest):
    """Judge the stored calls and the corpora with draft and active pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitDraft(DraftRequest):
    """It is ready for a second person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveDraft(DraftRequest):
    """`hash`: the content that the approver read."""

    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBackDraft(DraftRequest):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartShadow(DraftRequest):
    """Run it beside the active pack; one draft at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopShadow(DraftRequest):
    """It is approved still, and runs no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateDraft(DraftRequest):
    """From now on it judges the calls. `reason`: why without a shadow run."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollBack(RulebookRequest):
    """Back to the pack before the active one, at once: no gate stands before it."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallOpinion(RulebookRequest):
    """From now on this model stands beside whichever pack judges. `folder`: hash of what the site's own
    folder holds just now, so that it is not told again as another one."""

    hash: str
    name: str
    examples: int
    folder: str = ""
    reason: str = ""
