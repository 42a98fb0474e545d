"""The second opinion over HTTP: which model stands beside the rules, and another one installed while calls go
on."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any
from uuid import UUID

from aiohttp import web
from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from gateway.desk.board import stamp
from gateway.rulebook.model import OpinionModel
from gateway.runtime.answers import Refused
from gateway.runtime.opinions import Model, Opinions
from gateway.store import opinions as stored
from gateway.triage.classifier import CARD, MAX_CARD_BYTES, WEIGHTS, ModelFileError
from gateway.web.auth import identity_of
from gateway.web.errors import ApiError
from gateway.web.roles import Permission
from gateway.web.routes import DEPS, LONG_BODY_BYTES, Route, long_body_of, refused, rev_of
from gateway.web.rule_schema import Hash, Note
from gateway.web.rules import workshop_of
from gateway.web.schema import Incoming, Outgoing


class InstallBody(Incoming):
    """One of: both files of a model (`weights` in base64), a `hash` of one that was installed before, or
    neither: what the gateway's own folder holds. The same `request_id` gets the same answer."""

    request_id: UUID
    card: Annotated[str, StringConstraints(max_length=MAX_CARD_BYTES)] | None = None
    weights: Annotated[str, StringConstraints(max_length=LONG_BODY_BYTES)] | None = None
    hash: Hash | None = None
    reason: Note = ""
    expected_rev: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _one(self) -> InstallBody:
        if (self.card is None) != (self.weights is None) or (self.card is not None and self.hash is not None):
            raise ValueError("give card and weights, or hash, or none of them")
        return self


class Installed(Outgoing):
    rev: int
    hash: str
    name: str


class InUse(Outgoing):
    """`by` empty: the gateway took it from the folder when there was none."""

    hash: str
    name: str
    examples: int
    at: AwareDatetime
    by: str


class KnownModel(Outgoing):
    hash: str
    created_at: AwareDatetime
    created_by: str
    in_use: bool


class OpinionsShown(Outgoing):
    """`wanted`: gateway.toml names a folder. `fault`: why the rules judge alone though one is in use or
    wanted. `folder_differs`: the folder holds another model than when one was last taken. `items`: all that
    were ever installed, the newest first."""

    wanted: bool
    in_use: InUse | None
    fault: str | None
    folder_hash: str
    folder_differs: bool
    items: list[KnownModel]


def opinions_of(request: web.Request) -> Opinions:
    return workshop_of(request).opinions


async def show_opinions(request: web.Request) -> web.Response:
    opinions = opinions_of(request)
    used = opinions.book.opinion
    rows = await request.app[DEPS].database.read(stored.listed)
    return web.json_response({
        "wanted": opinions.wanted, "in_use": _used(used), "fault": opinions.fault or None,
        "folder_hash": opinions.folder_hash, "folder_differs": opinions.folder_differs,
        "items": [
            {"hash": row.hash, "created_at": stamp(row.created_at), "created_by": row.created_by,
             "in_use": used is not None and row.hash == used.hash}
            for row in rows
        ],
    })  # fmt: skip


def _used(model: OpinionModel | None) -> dict[str, Any] | None:
    if model is None:
        return None
    return {"hash": model.hash, "name": model.name, "examples": model.examples, "at": stamp(model.at),
            "by": model.by}  # fmt: skip


async def install(request: web.Request) -> web.Response:
    """Read and check it, keep it, ask the loop; answered after its commit."""
    asked, opinions = await long_body_of(request, InstallBody), opinions_of(request)
    if not opinions.wanted:
        raise ApiError("no_opinion")
    try:
        model = await _model(opinions, asked)
    except ModelFileError as error:
        raise ApiError("unusable_model", detail=str(error)) from error
    answer = await opinions.install(
        model, request_id=str(asked.request_id), actor=identity_of(request).user.username,
        expected_rev=asked.expected_rev, reason=asked.reason,
    )  # fmt: skip
    if isinstance(answer, Refused):
        raise refused(answer)
    told = model.classifier
    return web.json_response({"rev": rev_of(answer), "hash": told.hash, "name": told.name})


async def _model(opinions: Opinions, asked: InstallBody) -> Model:
    if asked.card is not None and asked.weights is not None:
        try:
            weights = base64.b64decode(asked.weights, validate=True)
        except binascii.Error as error:
            raise ApiError("invalid", field="weights", detail=f"no base64: {error}") from error
        return await opinions.check({CARD: asked.card.encode(errors="surrogatepass"), WEIGHTS: weights})
    if asked.hash is not None:
        return await opinions.check(None, asked.hash)
    return await opinions.check(await opinions.own_files())


_OPINIONS = "/api/v1/rules/opinions"
ROUTES = (
    Route(
        method="GET", path=_OPINIONS, handler=show_opinions, access=Permission.SEE_RULES,
        response=OpinionsShown, summary="The second opinion in use, and those that were installed before",
    ),
    Route(
        method="POST", path=_OPINIONS, handler=install, access=Permission.APPROVE_RULES, request=InstallBody,
        response=Installed, summary="Install another second opinion, without a restart",
    ),
)  # fmt: skip
