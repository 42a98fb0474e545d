"""Text calls over the HTTP API, with the real loop behind."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest_asyncio

from gateway.calls.seats import TakeSeat
from gateway.desk.hall import HallState
from gateway.desk.threads.effects import PublishAnswer, SendText
from gateway.runtime.health import Health
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine, HallMachine
from gateway.runtime.text_sending import TextSending
from gateway.runtime.texting import Texting, TextSources
from gateway.runtime.thread_desk import ThreadDesk, ThreadSources
from gateway.runtime.thread_machine import ThreadMachine
from gateway.store.texts import StoredTexts
from gateway.web import text_schema as schema

from .site import NOON, POST, Client, Site, loop_behind

TAKE, LIST = "/api/v1/text-messages", "/api/v1/text-calls"
ANSWERS = "/api/v1/text-answers"
NUMBER = "13800138000"
TOKEN = {"Authorization": "Bearer machine-token"}


@pytest_asyncio.fixture(loop_scope="session")
async def intake(site: Site) -> AsyncIterator[Intake]:
    async with loop_behind(site, CallMachine(), ThreadMachine(), HallMachine("hz")) as made:
        site.hall = lambda: live.state if (live := made.book.get(("hall", "hz"))) else HallState(site="hz")
        site.settings = replace(site.settings, machine_token="machine-token")
        site.threads = ThreadDesk(
            ThreadSources(), intake=made, store=site.store, hub=site.hub, health=Health(site.clock),
            clock=site.clock, site="hz", tell=lambda message: None, danger=lambda *told: (),
        )  # fmt: skip
        yield made


def message(n: int = 1, text: str = "有人在建国路88号打架", **more: Any) -> dict[str, Any]:
    return {
        "provider": "sms12110", "message_id": f"m{n}", "sender": NUMBER, "text": text,
        "sent_at": NOON.isoformat(), **more,
    }  # fmt: skip


async def hands_in(site: Site, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    client = await site.open_client()
    answered = await client.post(TAKE, json=body, headers=TOKEN)
    return answered.status, await answered.json()


async def asks(client: Client, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    told = {"request_id": str(uuid.uuid4()), "expected_rev": None, **body}
    answered = await client.post(path, json=told, headers=POST)
    return answered.status, await answered.json()


async def seated(site: Site, intake: Intake, position: str, roles: str = "call_taker") -> Client:
    """A person who sits at this position."""
    client = await site.signed_in(roles)
    me = await (await client.get("/api/v1/session")).json()
    await intake.submit(
        TakeSeat(
            at=NOON, request_id=str(uuid.uuid4()), actor=me["username"], position=position,
            display_name=me["display_name"],
        )
    )  # fmt: skip
    return client


async def test_a_message_is_taken_under_the_machines_token_and_once(site: Site, intake: Intake) -> None:
    status, told = await hands_in(site, message())
    assert (status, told["outcome"]) == (202, "accepted")
    again = await hands_in(site, message())
    assert again == (202, {"outcome": "known", "call_id": told["call_id"]})
    schema.TextTaken.model_validate(told)
    client = await site.signed_in("call_taker")
    assert (await client.post(TAKE, json=message(2), headers=POST)).status == 403


async def test_a_bad_message_is_answered_with_its_place(site: Site, intake: Intake) -> None:
    status, told = await hands_in(site, message(part={"reference": "r", "n": 3, "of": 2}))
    assert (status, told["error"]["field"]) == (422, "part")
    assert "n counts from 1" in told["error"]["message"]


async def test_a_text_call_is_claimed_answered_and_shown_as_a_thread(site: Site, intake: Intake) -> None:
    _, told = await hands_in(site, message())
    path = f"/api/v1/calls/{told['call_id']}/text"
    client, other = await seated(site, intake, "1101"), await seated(site, intake, "1102")
    listed = await (await client.get(LIST)).json()
    schema.TextList.model_validate(listed)
    assert [each["call_id"] for each in listed["waiting"]] == [told["call_id"]]
    assert (await asks(client, f"{path}/claim"))[0] == 200
    status, refused = await asks(other, f"{path}/claim")
    assert (status, refused["error"]["code"]) == (409, "text_claimed")
    assert "1101" in refused["error"]["message"]
    status, done = await asks(client, f"{path}/messages", text="您在几楼？")
    assert (status, done["text"]["written"]) == (200, 1)
    thread = await (await client.get(path)).json()
    schema.ThreadShown.model_validate(thread)
    assert [(each["speaker"], each["text"], each["state"]) for each in thread["messages"]] == [
        ("caller", "有人在建国路88号打架", "received"), ("call_taker", "您在几楼？", "queued"),
    ]  # fmt: skip
    assert any(isinstance(each, SendText) for each in intake.owed())
    assert (await asks(client, f"{path}/messages/again", index=7))[0] == 404


async def test_passing_on_needs_somebody_there_and_a_supervisor_may_take_over(
    site: Site, intake: Intake
) -> None:
    _, told = await hands_in(site, message())
    path = f"/api/v1/calls/{told['call_id']}/text"
    client, chief = await seated(site, intake, "1101"), await seated(site, intake, "1190", "supervisor")
    assert (await asks(client, f"{path}/release"))[1]["error"]["code"] == "text_unclaimed"
    assert (await asks(client, f"{path}/claim"))[0] == 200
    assert (await asks(client, f"{path}/pass", to="1103"))[1]["error"]["code"] == "nobody_there"
    status, done = await asks(chief, f"{path}/claim", take_over=True)
    assert (status, done["text"]["position"]) == (200, "1190")
    status, done = await asks(chief, f"{path}/pass", to="1101")
    assert (status, done["text"]["position"]) == (200, "1101")
    assert (await asks(client, f"{path}/release"))[1]["text"]["state"] == "waiting"


async def test_who_sits_nowhere_cannot_claim(site: Site, intake: Intake) -> None:
    _, told = await hands_in(site, message())
    client = await site.signed_in("call_taker")
    status, refused = await asks(client, f"/api/v1/calls/{told['call_id']}/text/claim")
    assert (status, refused["error"]["code"]) == (409, "no_seat")


async def test_who_may_not_see_numbers_and_places_sees_neither_in_a_thread(
    site: Site, intake: Intake
) -> None:
    _, told = await hands_in(site, message())
    client = await site.signed_in("auditor")
    shown = await (await client.get(f"/api/v1/calls/{told['call_id']}/text")).text()
    assert "建国路" not in shown
    wall = await site.signed_in("wall")
    assert (await wall.get(f"/api/v1/calls/{told['call_id']}/text")).status == 403
    listed = await (await wall.get(LIST)).text()
    assert NUMBER not in listed
    assert "打架" not in listed


async def test_a_spoken_call_has_no_thread(site: Site, intake: Intake) -> None:
    client = await site.signed_in("call_taker")
    assert (await client.get("/api/v1/calls/hz-p1-1.1/text")).status == 404


async def test_an_app_fetches_its_answers_under_the_machines_token_until_it_has_said_that_it_has_them(
    site: Site, intake: Intake
) -> None:
    site.texting = Texting(TextSources(sent=StoredTexts(site.store.database)), site.clock)
    sending = TextSending(site.texting, loop=intake, clock=site.clock, site="hz")
    _, told = await hands_in(site, message(provider="police_app", sender="u-7f3a90"))
    path = f"/api/v1/calls/{told['call_id']}/text"
    client = await seated(site, intake, "1101")
    assert (await asks(client, f"{path}/claim"))[1]["text"]["answers_by"] == "channel"
    assert (await asks(client, f"{path}/messages", text="您安全吗？"))[0] == 200
    for effect in intake.owed():
        if isinstance(effect, PublishAnswer):
            for signal in await sending.publish(effect):
                await intake.settled(signal)
    machine = await site.open_client()
    for _ in range(2):
        fetched = await (await machine.get(f"{ANSWERS}?provider=police_app", headers=TOKEN)).json()
        schema.TextAnswers.model_validate(fetched)
        (answer,) = fetched["answers"]
        assert (answer["conversation"], answer["text"]) == ("u-7f3a90", "您安全吗？")
    report = {"message_id": answer["message_id"], "delivery": "accepted"}
    assert (await machine.post("/api/v1/text-reports", json=report, headers=TOKEN)).status == 200
    left = await (await machine.get(f"{ANSWERS}?provider=police_app", headers=TOKEN)).json()
    assert left == {"answers": [], "beyond": 0}
    thread = await (await client.get(path)).json()
    assert thread["messages"][1]["state"] == "sent"


async def test_answers_are_given_to_machines_only_and_for_a_named_app(site: Site, intake: Intake) -> None:
    nobody = await site.open_client()
    assert (await nobody.get(f"{ANSWERS}?provider=police_app")).status == 401
    assert (await nobody.get(ANSWERS, headers=TOKEN)).status == 422
    person = await site.signed_in("supervisor")
    assert (await person.get(f"{ANSWERS}?provider=police_app")).status == 403


async def test_an_app_that_has_a_key_shows_it(site: Site, intake: Intake) -> None:
    assert site.threads is not None
    site.threads.sources = ThreadSources(keys={"police_app": "open sesame"})
    machine = await site.open_client()
    path = f"{ANSWERS}?provider=police_app"
    for shown in ({}, {"X-Provider-Key": "sesame"}):
        refused = await machine.get(path, headers={**TOKEN, **shown})
        assert (refused.status, (await refused.json())["error"]["code"]) == (403, "wrong_key")
    assert (await machine.get(path, headers={**TOKEN, "X-Provider-Key": "open sesame"})).status == 200
    status, told = await hands_in(site, message(provider="police_app", sender="u-1"))
    assert (status, told["error"]["code"]) == (403, "wrong_key")
    status, _ = await hands_in(site, message(provider="police_app", sender="u-1", key="open sesame"))
    assert status == 202


async def test_a_report_with_a_wrong_key_is_refused(site: Site, intake: Intake) -> None:
    async def never(*told: object) -> bool:
        return False

    site.settings = replace(site.settings, machine_token="machine-token")
    site.texting = Texting(TextSources(sent=StoredTexts(site.store.database)), site.clock)
    TextSending(site.texting, loop=intake, clock=site.clock, may_report=never)
    await site.texting.expect("text_call", "t1", "m-1")
    machine = await site.open_client()
    report = {"message_id": "m-1", "delivery": "read", "key": "sesame"}
    refused = await machine.post("/api/v1/text-reports", json=report, headers=TOKEN)
    assert (refused.status, (await refused.json())["error"]["code"]) == (403, "wrong_key")
