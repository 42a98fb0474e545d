"""One site's rulebook changes here and nowhere else: pure, total, no clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gateway.calls.answers import Accepted, Answer, Refused
from gateway.dispatch.site_events import RulePackChange, RulePackStep
from gateway.rulebook import gate
from gateway.rulebook.effects import RunBackTest
from gateway.rulebook.model import (
    MAX_AUTHORS,
    MAX_DRAFTS,
    MAX_NOTE_CHARS,
    MAX_STACK,
    Approval,
    Draft,
    DraftStatus,
    OpinionModel,
    Pack,
    Rulebook,
)
from gateway.rulebook.signals import (
    ActivateDraft,
    ApproveDraft,
    BackTested,
    BackTestFailed,
    DraftRequest,
    EditDraft,
    InstallOpinion,
    OpenDraft,
    OpinionSeeded,
    PackFailed,
    PackSeeded,
    RollBack,
    RulebookRequest,
    RulebookSignal,
    SendBackDraft,
    StartBackTest,
    StartShadow,
    StopShadow,
    SubmitDraft,
    WithdrawDraft,
)

Events = tuple[RulePackChange, ...]
Moved = tuple[Rulebook, Events] | Refused
Step = RulePackStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The rulebook after one signal, what the site is told, and a request's answer."""

    state: Rulebook
    events: Events = ()
    answer: Answer | None = None


def reduce(book: Rulebook, signal: RulebookSignal) -> Outcome:
    """Never raises; a refusal changes nothing."""
    if not isinstance(signal, RulebookRequest):
        after, events = _learnt(book, signal)
        return Outcome(state=_counted(book, after), events=events)
    moved = _refusal(book, signal) or _requested(book, signal)
    if isinstance(moved, Refused):
        return Outcome(state=book, answer=moved)
    after = _counted(book, moved[0])
    return Outcome(state=after, events=moved[1], answer=Accepted(rev=after.rev))


def owed(book: Rulebook) -> frozenset[RunBackTest]:
    """Back-tests that were asked for and are not done."""
    return frozenset(
        RunBackTest(
            draft_id=draft.draft_id, run_id=draft.testing, hash=draft.content.hash, base=draft.base,
            by=draft.tested_by or "",
        )
        for draft in book.drafts
        if draft.testing is not None
    )  # fmt: skip


def _counted(before: Rulebook, after: Rulebook) -> Rulebook:
    return before if after == before else replace(after, rev=before.rev + 1)


def _told(step: RulePackStep, signal: RulebookSignal, **more: Any) -> RulePackChange:
    by = signal.actor if isinstance(signal, RulebookRequest) else None
    return RulePackChange(occurred_at=signal.when, step=step, by=by, **more)


def _of(draft: Draft) -> dict[str, Any]:
    return {
        "draft_id": draft.draft_id, "hash": draft.content.hash, "pack_hash": draft.content.pack_hash,
        "veto_hash": draft.content.veto_hash,
    }  # fmt: skip


# ---- what the gateway found out


def _learnt(book: Rulebook, signal: RulebookSignal) -> tuple[Rulebook, Events]:
    match signal:
        case PackSeeded(content=content) if book.active is None:
            pack = Pack(version=1, content=content, at=signal.when, by="")
            told = _told(
                Step.SEEDED, signal, hash=content.hash, pack_hash=content.pack_hash,
                veto_hash=content.veto_hash, version=1,
            )  # fmt: skip
            return replace(book, versions=1, stack=(pack,), folder=content.hash), (told,)
        case OpinionSeeded(hash=digest, name=name, examples=examples) if book.opinion is None:
            model = OpinionModel(hash=digest, name=name, examples=examples, at=signal.when, by="")
            told = _told(Step.OPINION, signal, hash=digest, note=name)
            return replace(book, opinion=model, opinion_folder=digest), (told,)
        case BackTested():
            return _tested(book, signal)
        case BackTestFailed(draft_id=draft_id, run_id=run_id, reason=reason):
            draft = book.draft(draft_id)
            if draft is None or draft.testing != run_id:
                return book, ()
            done = replace(draft, testing=None, test_fault=reason)
            return _put(book, done), (_told(Step.TEST_FAILED, signal, reason=reason, **_of(draft)),)
        case PackFailed(hash=content_hash, reason=reason):
            return book, (_told(Step.UNUSABLE, signal, hash=content_hash, reason=reason),)
    return book, ()


def _tested(book: Rulebook, signal: BackTested) -> tuple[Rulebook, Events]:
    draft, summary = book.draft(signal.draft_id), signal.summary
    if draft is None or draft.testing != summary.run_id:
        return book, ()
    done = replace(draft, testing=None, test=summary, test_fault=None)
    told = _told(
        Step.TESTED, signal, missed_alarms=summary.missed, vetoes_missed=summary.vetoes_missed,
        flipped=summary.flipped, **_of(draft),
    )  # fmt: skip
    return _put(book, done), (told,)


# ---- what people ask


def _refusal(book: Rulebook, signal: RulebookRequest) -> Refused | None:
    """Why nothing is even tried: stale sight, an unknown draft, words without measure."""
    if signal.expected_rev is not None and signal.expected_rev != book.rev:
        text = f"somebody changed the rulebook meanwhile (rev {book.rev}): look again"
        return Refused(code="stale_rev", text=text)
    texts = (getattr(signal, "note", None), getattr(signal, "reason", None))
    if any(text is not None and len(text) > MAX_NOTE_CHARS for text in texts):
        return Refused(code="invalid", text=f"a note or reason has at most {MAX_NOTE_CHARS} characters")
    if isinstance(signal, DraftRequest) and not isinstance(signal, OpenDraft):
        draft = book.draft(signal.draft_id)
        if draft is None:
            return Refused(code="unknown_draft", text="no such draft is under way: it is active or withdrawn")
        wanted = STATUSES[type(signal)]
        if draft.status not in wanted:
            ways = ", ".join(status.value for status in wanted)
            return Refused(
                code="wrong_status", text=f"the draft is {draft.status.value}; for this it must be {ways}"
            )
    return None


STATUSES: Mapping[type[DraftRequest], tuple[DraftStatus, ...]] = {
    EditDraft: (DraftStatus.EDITING, DraftStatus.SENT_BACK),
    WithdrawDraft: tuple(DraftStatus),
    StartBackTest: tuple(DraftStatus),
    SubmitDraft: (DraftStatus.EDITING, DraftStatus.SENT_BACK),
    ApproveDraft: (DraftStatus.SUBMITTED,),
    SendBackDraft: (DraftStatus.SUBMITTED, DraftStatus.APPROVED, DraftStatus.SHADOW),
    StartShadow: (DraftStatus.APPROVED,),
    StopShadow: (DraftStatus.SHADOW,),
    ActivateDraft: (DraftStatus.APPROVED, DraftStatus.SHADOW),
}
"""From which status each request leads on."""


def _requested(book: Rulebook, signal: RulebookRequest) -> Moved:
    if isinstance(signal, OpenDraft):
        return _opened(book, signal)
    if isinstance(signal, RollBack):
        return _rolled_back(book, signal)
    if isinstance(signal, InstallOpinion):
        return _seconded(book, signal)
    draft = book.draft(signal.draft_id) if isinstance(signal, DraftRequest) else None
    handler = HANDLERS.get(type(signal))
    if draft is None or handler is None:
        return Refused(code="invalid", text=f"no such request: {type(signal).__name__}")
    return handler(book, draft, signal)


def _opened(book: Rulebook, signal: OpenDraft) -> Moved:
    if book.active is None:
        return Refused(code="no_pack", text="the site has no active pack yet: see the health page")
    if book.draft(signal.draft_id) is not None:
        return Refused(code="invalid", text="a draft of this id is there already: take another id")
    if len(book.drafts) >= MAX_DRAFTS:
        return Refused(code="limit", text=f"{MAX_DRAFTS} drafts are under way: activate or withdraw one")
    draft = Draft(
        draft_id=signal.draft_id, note=signal.note, authors=(signal.actor,), base=signal.base,
        content=signal.content, changed=signal.changed, status=DraftStatus.EDITING, opened_at=signal.when,
        changed_at=signal.when,
    )  # fmt: skip
    folder = signal.content.hash if signal.from_folder else book.folder
    step = Step.IMPORTED if signal.from_folder else Step.DRAFT_OPENED
    after = replace(book, drafts=(*book.drafts, draft), folder=folder)
    return after, (_told(step, signal, note=signal.note, **_of(draft)),)


def _edited(book: Rulebook, draft: Draft, signal: EditDraft) -> Moved:
    if signal.seen not in (None, draft.content.hash):
        return Refused(code="stale_rev", text="somebody edited this draft meanwhile: look again")
    authors = draft.authors if signal.actor in draft.authors else (*draft.authors, signal.actor)
    if len(authors) > MAX_AUTHORS:
        return Refused(code="limit", text=f"{MAX_AUTHORS} people wrote in this draft: open another one")
    note = draft.note if signal.note is None else signal.note
    if (signal.content, signal.base, note) == (draft.content, draft.base, draft.note):
        return book, ()
    same = (signal.content, signal.base) == (draft.content, draft.base)
    after = replace(
        draft, authors=authors, note=note, base=signal.base, content=signal.content, changed=signal.changed,
        changed_at=signal.when, approvals=(), test=draft.test if same else None,
        testing=draft.testing if same else None, test_fault=draft.test_fault if same else None,
    )  # fmt: skip
    return _put(book, after), (_told(Step.DRAFT_CHANGED, signal, note=note, **_of(after)),)


def _withdrawn(book: Rulebook, draft: Draft, signal: WithdrawDraft) -> Moved:
    return _without(book, draft), (_told(Step.WITHDRAWN, signal, **_of(draft)),)


def _test_started(book: Rulebook, draft: Draft, signal: StartBackTest) -> Moved:
    if draft.testing is not None:
        return Refused(code="already_testing", text="a back-test of this draft is under way: wait for it")
    active = book.active
    if active is None or draft.base != active.content.hash:
        return Refused(
            code="stale_base",
            text="another pack is active since this draft was begun: take its changes over first",
        )
    begun = replace(draft, testing=signal.request_id, tested_by=signal.actor, test_fault=None)
    return _put(book, begun), (_told(Step.TEST_STARTED, signal, **_of(draft)),)


def _submitted(book: Rulebook, draft: Draft, signal: SubmitDraft) -> Moved:
    if (refused := gate.closed(book, draft)) is not None:
        return refused
    after = replace(
        draft, status=DraftStatus.SUBMITTED, approvals=(), sent_back=None, sent_back_by=None,
        changed_at=signal.when,
    )  # fmt: skip
    return _put(book, after), (_told(Step.SUBMITTED, signal, note=draft.note, **_of(draft)),)


def _approved(book: Rulebook, draft: Draft, signal: ApproveDraft) -> Moved:
    if signal.actor in draft.authors:
        return Refused(code="own_draft", text="who wrote in a draft does not approve it: ask another person")
    if any(approval.by == signal.actor for approval in draft.approvals):
        return Refused(code="already_approved", text="you approved it already: another person must, too")
    if signal.hash != draft.content.hash:
        return Refused(code="stale_rev", text="the draft is another one than you read: look again")
    approvals = (*draft.approvals, Approval(by=signal.actor, at=signal.when))
    after = replace(draft, approvals=approvals, changed_at=signal.when)
    if len(approvals) >= draft.approvals_needed:
        after = replace(after, status=DraftStatus.APPROVED)
    return _put(book, after), (_told(Step.APPROVED, signal, **_of(draft)),)


def _sent_back(book: Rulebook, draft: Draft, signal: SendBackDraft) -> Moved:
    if not signal.reason.strip():
        return Refused(code="reason_needed", text="say what its authors are to mend")
    after = replace(
        draft, status=DraftStatus.SENT_BACK, approvals=(), sent_back=signal.reason, shadow_since=None,
        sent_back_by=signal.actor, changed_at=signal.when,
    )  # fmt: skip
    return _put(book, after), (_told(Step.SENT_BACK, signal, reason=signal.reason, **_of(draft)),)


def _shadowed(book: Rulebook, draft: Draft, signal: StartShadow) -> Moved:
    if (running := book.shadow) is not None:
        return Refused(
            code="shadow_taken", text=f"another draft runs in shadow: stop it first ({running.note})"
        )
    after = replace(draft, status=DraftStatus.SHADOW, shadow_since=signal.when, changed_at=signal.when)
    return _put(book, after), (_told(Step.SHADOW_STARTED, signal, **_of(draft)),)


def _unshadowed(book: Rulebook, draft: Draft, signal: StopShadow) -> Moved:
    after = replace(draft, status=DraftStatus.APPROVED, changed_at=signal.when)
    return _put(book, after), (_told(Step.SHADOW_STOPPED, signal, **_of(draft)),)


def _activated(book: Rulebook, draft: Draft, signal: ActivateDraft) -> Moved:
    if (refused := gate.closed(book, draft) or gate.unapproved(draft)) is not None:
        return refused
    if draft.shadow_since is None and not signal.reason.strip():
        return Refused(
            code="no_shadow",
            text="it never ran in shadow: start that first, or give the reason to go without",
        )
    version = book.versions + 1
    pack = Pack(
        version=version, content=draft.content, at=signal.when, by=signal.actor, note=draft.note,
        authors=draft.authors, approvals=draft.approvals, draft_id=draft.draft_id,
    )  # fmt: skip
    after = replace(_without(book, draft), versions=version, stack=(*book.stack, pack)[-MAX_STACK:])
    told = _told(Step.ACTIVATED, signal, version=version, reason=signal.reason, note=draft.note, **_of(draft))
    return after, (told,)


def _rolled_back(book: Rulebook, signal: RollBack) -> Moved:
    previous = book.previous
    if previous is None:
        return Refused(code="no_previous", text="no earlier pack is known: there is nothing to go back to")
    told = _told(
        Step.ROLLED_BACK, signal, version=previous.version, reason=signal.reason, hash=previous.content.hash,
        pack_hash=previous.content.pack_hash, veto_hash=previous.content.veto_hash,
    )  # fmt: skip
    return replace(book, stack=book.stack[:-1]), (told,)


def _seconded(book: Rulebook, signal: InstallOpinion) -> Moved:
    """What drafts were tested beside judges no more: they are tested again."""
    known = book.opinion
    folder = signal.folder or book.opinion_folder
    if known is not None and known.hash == signal.hash:
        if folder == book.opinion_folder:
            return Refused(code="same_opinion", text="this model is in use already: nothing was changed")
        return replace(book, opinion_folder=folder), ()
    model = OpinionModel(
        hash=signal.hash, name=signal.name, examples=signal.examples, at=signal.when, by=signal.actor
    )
    drafts = tuple(replace(draft, test=None, testing=None, test_fault=None) for draft in book.drafts)
    told = _told(Step.OPINION, signal, hash=signal.hash, note=signal.name, reason=signal.reason)
    return replace(book, opinion=model, opinion_folder=folder, drafts=drafts), (told,)


HANDLERS: Mapping[type[RulebookRequest], Callable[[Rulebook, Draft, Any], Moved]] = {
    EditDraft: _edited,
    WithdrawDraft: _withdrawn,
    StartBackTest: _test_started,
    SubmitDraft: _submitted,
    ApproveDraft: _approved,
    SendBackDraft: _sent_back,
    StartShadow: _shadowed,
    StopShadow: _unshadowed,
    ActivateDraft: _activated,
}


def _put(book: Rulebook, draft: Draft) -> Rulebook:
    return replace(
        book, drafts=tuple(draft if one.draft_id == draft.draft_id else one for one in book.drafts)
    )


def _without(book: Rulebook, draft: Draft) -> Rulebook:
    return replace(book, drafts=tuple(one for one in book.drafts if one.draft_id != draft.draft_id))
