"""Call-backs of abandoned calls over the HTTP API, with the real loop behind."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from gateway.calls.hall import CallSetAside
from gateway.calls.signals import CallEnded, CallerIdentified, CallQueued, CallSeized
from gateway.desk.hall import HallState
from gateway.ids import CallId
from gateway.runtime.callbacks import CallBacks
from gateway.runtime.intake import Intake
from gateway.runtime.machines import CallMachine, HallMachine
from gateway.web import task_schema as schema
from gateway.web import tasks

from .site import NOON, POST, Client, Site, loop_behind

LIST = "/api/v1/call-back-tasks"
NUMBER = "13800138000"


def call(n: int) -> CallId:
    return CallId(f"hz-p1-1767614400.{n}")


@pytest_asyncio.fixture(loop_scope="session")
async def intake(site: Site) -> AsyncIterator[Intake]:
    async with loop_behind(site, CallMachine(), HallMachine("hz")) as made:
        site.call_backs = CallBacks(intake=made, clock=site.clock).waiting
        yield made


async def abandoned(intake: Intake, n: int = 1, number: str | None = NUMBER) -> None:
    at: dict[str, Any] = {"call_id": call(n), "at": NOON}
    unique = f"1767614400.{n}"
    who = [CallerIdentified(**at, ani=number, ani_source="PAI")] if number else []
    for signal in (
        CallSeized(**at, site="hz", pbx="p1", uniqueid=unique, linkedid=unique, line=f"PJSIP/t-{n}"),
        *who, CallQueued(**at, queue="q110"), CallEnded(**at),
    ):  # fmt: skip
        await intake.settled(signal)


async def post(client: Client, what: str, n: int = 1, english: bool = False, **more: Any) -> tuple[int, Any]:
    headers = {**POST, "Accept-Language": "en"} if english else POST
    body = {"request_id": str(uuid.uuid4()), **more}
    answer = await client.post(f"/api/v1/calls/{call(n)}/task/{what}", json=body, headers=headers)
    return answer.status, await answer.json()


async def listed(client: Client) -> dict[str, Any]:
    answer = await client.get(LIST)
    assert answer.status == 200
    body: dict[str, Any] = await answer.json()
    schema.TaskList.model_validate(body)
    return body


async def test_open_call_backs_are_listed_and_numbers_masked_for_who_may_not_see_them(
    site: Site, intake: Intake
) -> None:
    await abandoned(intake, 1)
    await abandoned(intake, 2, None)
    shown = await listed(await site.signed_in("call_taker"))
    assert [(each["number"], each["reachable"], each["state"]) for each in shown["items"]] == [
        (NUMBER, True, "open"), (None, False, "open"),
    ]  # fmt: skip
    masked = (await listed(await site.signed_in("rule_operator")))["items"][0]["number"]
    assert masked != NUMBER
    assert masked.endswith(NUMBER[-2:])


async def test_beyond_the_limit_tasks_are_counted(
    site: Site, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LISTED", 1)
    await abandoned(intake, 1)
    await abandoned(intake, 2)
    shown = await listed(await site.signed_in("call_taker"))
    assert (len(shown["items"]), shown["beyond"]) == (1, 1)


async def test_calls_of_floods_are_one_figure_for_a_day(site: Site, intake: Intake) -> None:
    client = await site.signed_in("call_taker")
    assert (await listed(client))["aside"] == 0
    await intake.settled(CallSetAside(pbx="p1", at=NOON))
    live = intake.book.get(("hall", "hz"))
    assert live is not None
    site.hall = lambda: live.state
    shown = await listed(client)
    assert (shown["aside"], shown["aside_since"] is not None) == (1, True)
    old = HallState(site="hz", aside=1, aside_since=NOON.replace(year=NOON.year - 1))
    site.hall = lambda: old
    assert (await listed(client))["aside"] == 0


async def test_one_takes_a_call_back_and_says_how_it_went(site: Site, intake: Intake) -> None:
    await abandoned(intake)
    client = await site.signed_in("call_taker")
    status, told = await post(client, "claim")
    schema.TaskDone.model_validate(told)
    assert (status, told["task"]["state"]) == (200, "claimed")
    status, told = await post(client, "outcome", outcome="no_answer")
    assert (status, told["task"]["tries"], told["task"]["state"]) == (200, 1, "claimed")
    status, told = await post(client, "outcome", outcome="reached_safe")
    assert (status, told["task"]["outcome"]) == (200, "reached_safe")
    assert (await listed(client))["items"] == []
    detail = await (await client.get(f"/api/v1/calls/{call(1)}")).json()
    assert detail["call"]["task"]["state"] == "closed"
    status, refused = await post(client, "claim", english=True)
    assert (status, refused["error"]["code"]) == (409, "task_closed")
    assert "reached_safe" in refused["error"]["message"]


@pytest.mark.parametrize("outcome", ["merged", "lapsed", "asleep", None])
async def test_what_is_no_persons_outcome_is_refused(site: Site, intake: Intake, outcome: Any) -> None:
    await abandoned(intake)
    client = await site.signed_in("call_taker")
    status, refused = await post(client, "outcome", outcome=outcome)
    assert (status, refused["error"]["code"]) == (422, "invalid")


async def test_who_may_not_write_on_calls_takes_none(site: Site, intake: Intake) -> None:
    await abandoned(intake)
    client = await site.signed_in("auditor")
    assert (await post(client, "claim"))[0] == 403
    assert (await post(client, "outcome", outcome="reached_safe"))[0] == 403


async def test_a_call_without_a_task_and_no_call_say_so(site: Site, intake: Intake) -> None:
    client = await site.signed_in("call_taker")
    assert (await post(client, "claim", n=9))[1]["error"]["code"] == "unknown_call"
    at: dict[str, Any] = {"call_id": call(1), "at": NOON}
    await intake.settled(CallSeized(**at, site="hz", pbx="p1", uniqueid="1", linkedid="1", line="PJSIP/t-1"))
    assert (await post(client, "claim"))[1]["error"]["code"] == "no_task"
