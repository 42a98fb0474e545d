"""Callers who cannot speak over the HTTP API, with the real loop behind."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from gateway.calls.model import PartyRole
from gateway.calls.quieted import PromptStep, PromptStepped
from gateway.calls.signals import CallQueued, CallSeized, KeyPressed, PartyJoined
from gateway.ids import CallId
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine
from gateway.web import quiet_request_schema, quiet_schema

from .site import NOON, POST, Client, Site, loop_behind

CALL = CallId("hz-p1-1767614400.1")
AT: dict[str, Any] = {"call_id": CALL, "at": NOON}
UNIQUE = "1767614400.1"
SECOND = {"at_ms": 4_000, "db": -41, "kind": "breath", "taps": 0}


@pytest_asyncio.fixture(loop_scope="session")
async def intake(site: Site) -> AsyncIterator[Intake]:
    """A call that was answered."""
    async with loop_behind(site, CallMachine()) as made:
        for signal in (
            CallSeized(**AT, site="hz", pbx="p1", uniqueid=UNIQUE, linkedid=UNIQUE, line="PJSIP/t-1"),
            CallQueued(**AT, queue="q110"),
            PartyJoined(**AT, role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1"),
        ):
            await made.settled(signal)
        yield made


async def post(client: Client, what: str, english: bool = False, **more: Any) -> tuple[int, Any]:
    headers = {**POST, "Accept-Language": "en"} if english else POST
    body = {"request_id": str(uuid.uuid4()), **more}
    answer = await client.post(f"/api/v1/calls/{CALL}/{what}", json=body, headers=headers)
    return answer.status, await answer.json()


async def shown(client: Client) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/calls/{CALL}/quiet")
    body: dict[str, Any] = await answer.json()
    quiet_schema.QuietAnswer.model_validate(body)
    return body


async def test_keys_prompt_and_alarm_are_shown_and_how_the_caller_sounds(site: Site, intake: Intake) -> None:
    client = await site.signed_in()
    site.sounds = lambda call_id: [SECOND] if call_id == CALL else []
    assert await shown(client) == {"quiet": None, "seconds": [SECOND]}
    await intake.settled(PromptStepped(**AT, step=PromptStep.PROMPTING, leg="p1-1767614405.7"))
    await intake.settled(KeyPressed(**AT, key="1"))
    quiet = (await shown(client))["quiet"]
    assert (quiet["keys"][0]["key"], quiet["prompt"]["state"]) == ("1", "stopped")
    assert (quiet["alarm"]["cause"], quiet["alarm"]["standing"], quiet["alarm"]["by"]) == ("key", True, None)


async def test_the_prompt_is_started_and_stopped_and_refused_in_both_languages(
    site: Site, intake: Intake
) -> None:
    client = await site.signed_in()
    status, refused = await post(client, "quiet/prompt", action="stop")
    assert (status, refused["error"]["message"]) == (409, "现在没有播放提示。")
    status, body = await post(client, "quiet/prompt", action="start")
    quiet_request_schema.QuietDone.model_validate(body)
    prompt = body["quiet"]["prompt"]
    assert (status, prompt["state"], prompt["running"]) == (200, "asked", True)
    assert prompt["by"], "who pressed the key"
    status, refused = await post(client, "quiet/prompt", english=True, action="start")
    assert (status, refused["error"]["code"]) == (409, "pending")
    status, body = await post(client, "quiet/prompt", action="stop")
    assert body["quiet"]["prompt"]["state"] == "stopped"


async def test_the_alarm_is_raised_seen_and_ended_by_a_person_with_a_reason(
    site: Site, intake: Intake
) -> None:
    client = await site.signed_in()
    assert (await post(client, "silent-alarm/seen", english=True))[1]["error"]["message"] == (
        "No silent alarm stands for this call."
    )
    assert (await post(client, "silent-alarm"))[1]["quiet"]["alarm"]["cause"] == "person"
    assert (await post(client, "silent-alarm/seen"))[1]["quiet"]["alarm"]["seen_by"]
    status, refused = await post(client, "silent-alarm/end", note="  ")
    assert (status, refused["error"]["field"]) == (422, "note")
    status, body = await post(client, "silent-alarm/end", note="误按")
    assert (status, body["quiet"]["alarm"]["standing"]) == (200, False)


async def test_who_may_not_write_calls_neither_starts_nor_ends_anything(site: Site, intake: Intake) -> None:
    client = await site.signed_in("auditor")
    assert (await post(client, "quiet/prompt", action="start"))[0] == 403
    assert (await post(client, "silent-alarm"))[0] == 403
