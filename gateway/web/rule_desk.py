"""The rule workshop, writing: what people ask of the rulebook goes through the loop, files are kept first."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.rulebook import signals
from gateway.rulebook.content import BadPack, Sources, changed_files, checked, content_of, taken_over
from gateway.rulebook.model import Draft
from gateway.rulebook.signals import EditDraft, OpenDraft, RollBack, RulebookRequest
from gateway.runtime.answers import Refused
from gateway.web import refusals
from gateway.web import rule_request_schema as schema
from gateway.web.auth import identity_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, Route, long_body_of, refused, rev_of
from gateway.web.rulebook import NEEDS
from gateway.web.rules import packs_of, sources_named

Made = tuple[RulebookRequest, str | None, tuple[str, ...]]
"""The request, the content's hash where it has one, files that both sides changed."""


async def submit(request: web.Request) -> web.Response:
    """Keep the files, hand the request to the loop; answered after its commit."""
    asked = (await long_body_of(request, schema.RuleRequestBody)).root
    if not NEEDS[asked.type] & identity_of(request).may:
        raise ApiError("forbidden")
    made, content_hash, conflicts = await _made(request, asked)
    packs, draft_id = packs_of(request), getattr(asked.data, "draft_id", None)
    answer = await packs.submit(made)
    if isinstance(answer, Refused):
        draft = packs.book.draft(str(draft_id)) if draft_id else None
        raise refused(answer, refusals.detail(answer.code, draft))
    rev = rev_of(answer)
    return web.json_response(
        {
            "outcome": "accepted",
            "rev": rev,
            "draft_id": str(draft_id) if draft_id else None,
            "hash": content_hash,
            "conflicts": list(conflicts),
        }
    )


async def _made(request: web.Request, asked: schema.AnyRuleRequest) -> Made:
    common: dict[str, Any] = {
        "site": packs_of(request).book.site,
        "at": request.app[DEPS].clock.now(),
        "request_id": str(asked.request_id),
        "actor": identity_of(request).user.username,
        "expected_rev": asked.expected_rev,
    }
    match asked:
        case schema.OpenDraftBody(data=data):
            return await _opened(request, common, data)
        case schema.EditDraftBody(data=data):
            return await _edited(request, common, data)
        case schema.RollBackBody(data=data):
            return RollBack(**common, reason=data.reason), None, ()
        case schema.ApproveBody() | schema.ReasonedBody() | schema.PlainBody():
            kind = getattr(signals, asked.type)
            told = {**asked.data.model_dump(), "draft_id": str(asked.data.draft_id)}
            return kind(**common, **told), None, ()


async def _opened(request: web.Request, common: dict[str, Any], data: schema.OpenDraftData) -> Made:
    origin = await sources_named(request, data.origin)
    sources = with_files(origin, data.files)
    active = packs_of(request).book.active
    base = await sources_named(request, "active")
    await _keep(request, sources)
    content = content_of(sources)
    from_folder = content.hash == packs_of(request).folder_hash
    made = OpenDraft(
        **common, draft_id=str(data.draft_id), base=active.content.hash if active else "", content=content,
        changed=changed_files(base, sources), note=data.note, from_folder=from_folder,
    )  # fmt: skip
    return made, content.hash, ()


async def _edited(request: web.Request, common: dict[str, Any], data: schema.EditDraftData) -> Made:
    draft_id, packs = str(data.draft_id), packs_of(request)
    draft = packs.book.draft(draft_id)
    if draft is None:
        raise ApiError("unknown_draft")
    if data.expected_hash not in (None, draft.content.hash):
        raise ApiError("stale_rev")
    base, sources, conflicts = await _on_its_base(request, draft, take_over=data.take_over)
    sources = with_files(sources, data.files)
    await _keep(request, sources)
    content, base_sources = content_of(sources), await packs.sources(base)
    made = EditDraft(
        **common, draft_id=draft_id, base=base, content=content, note=data.note, seen=draft.content.hash,
        changed=changed_files(base_sources, sources),
    )  # fmt: skip
    return made, content.hash, conflicts


async def _on_its_base(
    request: web.Request, draft: Draft, *, take_over: bool
) -> tuple[str, Sources, tuple[str, ...]]:
    """The pack that the draft rests on, and its files on that."""
    packs = packs_of(request)
    own, active = await packs.sources(draft.content.hash), packs.book.active
    if not take_over or active is None or active.content.hash == draft.base:
        return draft.base, own, ()
    newer = await packs.sources(active.content.hash)
    merged, both = taken_over(await packs.sources(draft.base), own, newer)
    return active.content.hash, merged, both


def with_files(sources: Sources, files: dict[str, str | None]) -> dict[str, bytes]:
    """`sources` with these files put in; None takes one out."""
    made = dict(sources)
    for name, text in files.items():
        if text is None:
            made.pop(name, None)
        else:
            made[name] = text.encode(errors="surrogatepass")
    try:
        checked(made)
    except BadPack as error:
        raise ApiError("invalid", field="data.files", detail=str(error)) from error
    return made


async def _keep(request: web.Request, sources: Sources) -> None:
    await packs_of(request).keep(sources, identity_of(request).user.username)


ROUTES = (
    Route(
        method="POST", path="/api/v1/rules/requests", handler=submit, access=Permission.SEE_RULES,
        summary="Ask something of the rulebook: drafts, back-tests, approvals, shadow, rolling back",
        request=schema.RuleRequestBody, response=schema.RuleAnswer,
    ),
)  # fmt: skip
