"""The rulebook as pages show it: packs, drafts and what could be done with them now, plain JSON values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from gateway.calls.answers import Refused
from gateway.desk.board import stamp
from gateway.rulebook import signals as asked
from gateway.rulebook.model import Approval, Draft, Pack, Rulebook
from gateway.rulebook.reducer import reduce
from gateway.rulebook.signals import DraftRequest, RollBack, RulebookRequest
from gateway.runtime.packs import Packs
from gateway.web import refusals
from gateway.web.errors import MESSAGES
from gateway.web.roles import Permission

_EDIT, _APPROVE = frozenset({Permission.EDIT_RULES}), frozenset({Permission.APPROVE_RULES})
NEEDS: Mapping[str, frozenset[Permission]] = {
    "OpenDraft": _EDIT,
    "EditDraft": _EDIT,
    "WithdrawDraft": _EDIT,
    "StartBackTest": _EDIT | _APPROVE,
    "SubmitDraft": _EDIT,
    "ApproveDraft": _APPROVE,
    "SendBackDraft": _EDIT | _APPROVE,
    "StartShadow": _APPROVE,
    "StopShadow": _APPROVE,
    "ActivateDraft": _APPROVE,
    "RollBack": _APPROVE,
}
"""One of these permissions each request needs, beside seeing rules. Its author may take a submitted draft
back himself, with SendBackDraft."""
FORBIDDEN = Refused(code="forbidden", text=MESSAGES["forbidden"][2])
_WAYS: tuple[type[DraftRequest], ...] = (
    asked.EditDraft, asked.StartBackTest, asked.SubmitDraft, asked.ApproveDraft, asked.SendBackDraft,
    asked.StartShadow, asked.StopShadow, asked.ActivateDraft, asked.WithdrawDraft,
)  # fmt: skip

Progress = Callable[[str], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks, and what they may do."""

    name: str
    may: frozenset[Permission]


def rulebook_json(packs: Packs, reader: Reader, now: datetime, progress: Progress) -> dict[str, Any]:
    """The whole overview, as this reader may act on it."""
    book = packs.book
    back = RollBack(site=book.site, at=now, request_id="?", actor=reader.name)
    return {
        "rev": book.rev,
        "active": pack_json(book.active),
        "previous": pack_json(book.previous),
        "running": packs.running.pack,
        "stack": [pack_json(pack) for pack in book.stack],
        "shadow": book.shadow.draft_id if book.shadow else None,
        "drafts": [draft_json(book, draft, reader, now, progress) for draft in book.drafts],
        "folder": {"hash": packs.folder_hash, "differs": packs.folder_differs},
        "roll_back": _way(book, back, reader),
        "fault": packs.fault,
    }


def pack_json(pack: Pack | None) -> dict[str, Any] | None:
    if pack is None:
        return None
    return {
        "content": asdict(pack.content),
        "version": pack.version,
        "at": stamp(pack.at),
        "by": pack.by,
        "note": pack.note,
        "authors": list(pack.authors),
        "approvals": _approvals(pack.approvals),
        "draft_id": pack.draft_id,
    }


def draft_json(
    book: Rulebook, draft: Draft, reader: Reader, now: datetime, progress: Progress
) -> dict[str, Any]:
    active, test = book.active, draft.test
    stale = active is None or draft.base != active.content.hash
    valid = test is not None and not stale and (test.hash, test.base) == (draft.content.hash, draft.base)
    return {
        "draft_id": draft.draft_id,
        "note": draft.note,
        "authors": list(draft.authors),
        "base": draft.base,
        "stale": stale,
        "content": asdict(draft.content),
        "changed": list(draft.changed),
        "touches_veto": draft.touches_veto,
        "status": draft.status.value,
        "opened_at": stamp(draft.opened_at),
        "changed_at": stamp(draft.changed_at),
        "approvals": _approvals(draft.approvals),
        "approvals_needed": draft.approvals_needed,
        "sent_back": draft.sent_back,
        "sent_back_by": draft.sent_back_by,
        "testing": draft.testing,
        "progress": progress(draft.testing) if draft.testing else None,
        "test": {**asdict(test), "at": stamp(test.at), "valid": valid} if test else None,
        "test_fault": draft.test_fault,
        "shadow_since": stamp(draft.shadow_since),
        "ways": [_way(book, one, reader, draft) for one in _tries(draft, book, reader.name, now)],
    }


def _approvals(approvals: tuple[Approval, ...]) -> list[dict[str, Any]]:
    return [{"by": one.by, "at": stamp(one.at)} for one in approvals]


def _tries(draft: Draft, book: Rulebook, who: str, now: datetime) -> Iterator[RulebookRequest]:
    """Every request as this person would make it; the reducer says what would come of it."""
    for kind in _WAYS:
        more: dict[str, Any] = {}
        if kind is asked.EditDraft:
            more = {"base": draft.base, "content": draft.content, "changed": draft.changed}
        elif kind is asked.ApproveDraft:
            more = {"hash": draft.content.hash}
        elif kind is asked.SendBackDraft:
            more = {"reason": "?"}
        yield kind(
            site=book.site, at=now, request_id="?", actor=who, draft_id=draft.draft_id, **more
        )  # fmt: skip


def _way(
    book: Rulebook, request: RulebookRequest, reader: Reader, draft: Draft | None = None
) -> dict[str, Any]:
    name, zh, en = type(request).__name__, None, None
    answer = reduce(book, request).answer if NEEDS[name] & reader.may else FORBIDDEN
    if isinstance(answer, Refused):
        zh, en = refusals.words(answer.code, answer.text, draft)
    code = answer.code if isinstance(answer, Refused) else None
    return {"type": name, "refused": code, "text_zh": zh, "text_en": en}
