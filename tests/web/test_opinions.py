"""The second opinion over HTTP: shown, and another one installed while the gateway runs."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import pytest

from gateway.triage.classifier import CARD, WEIGHTS, Files
from gateway.triage.packfile import content_hash
from gateway.web import opinions

from .rule_workshop import API, Workshop, taught, workshop
from .site import POST

__all__ = ["workshop"]


def body(files: Files, **more: Any) -> dict[str, Any]:
    weights = base64.b64encode(files[WEIGHTS]).decode()
    return {"request_id": str(uuid.uuid4()), "card": files[CARD].decode(), "weights": weights, **more}


async def posted(workshop: Workshop, told: dict[str, Any], role: str = "rule_approver") -> tuple[int, Any]:
    client = await workshop.client(role)
    answered = await client.post(f"{API}/opinions", json=told, headers={**POST, "Accept-Language": "en"})
    return answered.status, await answered.json()


async def test_a_model_is_installed_and_judges_the_next_words_without_a_restart(workshop: Workshop) -> None:
    shown = await workshop.get("/opinions")
    opinions.OpinionsShown.model_validate(shown)
    assert (shown["in_use"], shown["items"], shown["wanted"]) == (None, [], True)
    assert "No such file" in shown["fault"]
    first = taught("first")
    status, told = await posted(workshop, body(first, reason="新的一年"))
    assert (status, told["hash"], told["name"].split(":")[0]) == (200, content_hash(first), "first")
    tried = await workshop.post("/try", {"turns": [{"text": "我同事刚才被骗子骗走了两万块钱，转账转过去的"}]})
    assert tried["assessment"]["opinion"]["model"] == told["name"]
    shown = await workshop.get("/opinions")
    assert (shown["in_use"]["by"], shown["fault"], len(shown["items"])) == (
        workshop.packs.book.opinion and workshop.packs.book.opinion.by, None, 1,
    )  # fmt: skip
    (line, *_) = (await workshop.get("/history"))["items"]
    assert (line["type"], line["data"]["reason"]) == ("InstallOpinion", "新的一年")


async def test_one_installed_before_comes_back_by_its_hash_and_the_folders_by_no_name(
    workshop: Workshop,
) -> None:
    first, second = taught("first"), taught("second")
    for files in (first, second):
        assert (await posted(workshop, body(files)))[0] == 200
    again = {"request_id": str(uuid.uuid4()), "hash": content_hash(first)}
    assert (await posted(workshop, again))[1]["hash"] == content_hash(first)
    workshop.models.files = second
    told = await posted(workshop, {"request_id": str(uuid.uuid4())})
    assert told[1]["hash"] == content_hash(second)


@pytest.mark.parametrize(
    ("change", "status", "code", "words"),
    [
        ({"weights": "AAAA"}, 409, "unusable_model", "SHA-256"),
        ({"card": "{}"}, 409, "unusable_model", "no card"),
        ({"weights": "!"}, 422, "invalid", "base64"),
        ({"weights": None}, 422, "invalid", "card and weights"),
        ({"hash": "0" * 64, "card": None, "weights": None}, 409, "unusable_model", "missing"),
        ({"card": None, "weights": None}, 409, "unusable_model", "No such file"),
    ],
)
async def test_what_fails_its_check_is_refused_with_its_cure_and_changes_nothing(
    workshop: Workshop, change: dict[str, Any], status: int, code: str, words: str
) -> None:
    told = await posted(workshop, {**body(taught("first")), **change})
    assert (told[0], told[1]["error"]["code"]) == (status, code)
    assert words in told[1]["error"]["message"]
    assert workshop.packs.book.opinion is None


async def test_who_may_not_approve_rules_installs_nothing(workshop: Workshop) -> None:
    assert (await posted(workshop, body(taught("first")), "rule_operator"))[0] == 403
