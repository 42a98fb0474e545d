"""Response plans over the API, with the real loop behind it: suggested, started once, ticked off, told."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest_asyncio

import gateway
from gateway.calls.dispatched import DispatchReported
from gateway.calls.instructions import ReportKind
from gateway.calls.linked import LinkCall
from gateway.calls.signals import CallSeized, SetCardField, SetDisposition
from gateway.ids import CallId
from gateway.runtime.answers import Accepted
from gateway.runtime.health import Health, ServiceState
from gateway.runtime.intake import Intake
from gateway.runtime.plan_desk import SERVICE, PlanDesk
from gateway.triage.model import AlarmClass, Nature

from .site import NOON, POST, Client, Site

SHIPPED = Path(gateway.__file__).parent.parent / "conf/plans"
INCIDENT = "0198c3a0-0000-7000-8000-0000000000c1"


def call(number: int) -> CallId:
    return CallId(f"hz-p1-1767614400.{number}")


async def ring(intake: Intake, number: int, nature: Nature = Nature.FIRE) -> None:
    at: dict[str, Any] = {"call_id": call(number), "at": NOON}
    await intake.settled(
        CallSeized(
            **at, site="hz", pbx="p1", uniqueid=f"1767614400.{number}", linkedid=f"1767614400.{number}",
            line=f"PJSIP/t-{number}",
        )
    )  # fmt: skip
    asked: dict[str, Any] = {**at, "actor": "wang"}
    for request in (
        SetDisposition(**asked, request_id=f"n{number}", alarm_class=AlarmClass.VALID_ALARM, nature=nature),
        SetCardField(**asked, request_id=f"i{number}", name="people_injured", value="三人"),
    ):
        assert isinstance(await intake.submit(request), Accepted)


@pytest_asyncio.fixture(loop_scope="session")
async def plans(site: Site, intake: Intake) -> PlanDesk:
    desk = PlanDesk(SHIPPED, intake=intake, hub=site.hub, health=Health(site.clock), clock=site.clock)
    intake.on_committed = lambda changes, commit: desk.committed(changes)
    await desk.look()
    site.plans = desk
    return desk


async def post(client: Client, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    full = {"request_id": str(uuid.uuid4()), **body}
    answered = await client.post(f"/api/v1/{path}", json=full, headers=POST)
    return answered.status, await answered.json()


async def of_call(client: Client, number: int) -> dict[str, Any]:
    answered = await client.get(f"/api/v1/calls/{call(number)}/plans")
    assert answered.status == 200, await answered.text()
    found: dict[str, Any] = await answered.json()
    return found


async def test_a_plan_is_suggested_with_its_reasons_and_starts_by_a_person_alone(
    site: Site, intake: Intake, plans: PlanDesk
) -> None:
    await ring(intake, 1)
    client = await site.signed_in()
    told = await of_call(client, 1)
    [one] = told["suggested"]
    assert one["code"] == "fire_trapped"
    assert [(r["code"], r["value"]) for r in one["reasons"]] == [("nature", "fire"), ("injured", "3")]
    assert told["runs"] == []
    status, done = await post(client, f"calls/{call(1)}/plans", code="fire_trapped")
    assert status == 200
    told = await of_call(client, 1)
    assert told["suggested"] == []
    [run] = told["runs"]
    assert (run["run_id"], run["done"], len(run["reasons"])) == (done["run_id"], 0, 2)
    listed = await (await client.get("/api/v1/plans")).json()
    assert [each["title_zh"] for each in listed["running"] if each["major"]] == ["火灾且有人被困"]


async def test_items_are_ticked_off_by_name_and_time_and_every_screen_hears_of_it(
    site: Site, intake: Intake, plans: PlanDesk
) -> None:
    await ring(intake, 1)
    client, news = await site.signed_in(), site.hub.subscribe(100)
    _, done = await post(client, f"calls/{call(1)}/plans", code="fire_trapped")
    items = f"plan-runs/{done['run_id']}/items"
    assert (await post(client, items, item_id="d1", note="三楼"))[0] == 200
    assert (await post(client, items, item_id="d2"))[0] == 200
    assert (await post(client, items, item_id="d2", done=False))[0] == 200
    run = await (await client.get(f"/api/v1/plan-runs/{done['run_id']}")).json()
    ticked = {each["item_id"]: each["done"] for each in run["items"] if each["done"]}
    assert ticked.keys() == {"d1"}
    assert ticked["d1"]["note"] == "三楼"
    assert ticked["d1"]["by"].startswith("u")
    assert (await post(client, items, item_id="none"))[1]["error"]["code"] == "unknown_item"
    assert (await post(client, f"plan-runs/{done['run_id']}/end", note="已扑灭"))[0] == 200
    assert (await post(client, items, item_id="d3"))[1]["error"]["code"] == "plan_over"
    assert plans.running() == []
    heard = []
    while (push := await asyncio.wait_for(news.next(0.05), 5)) is not None:
        heard.append((push.kind, push.data["done"], push.data["over"]))
    assert [each for each in heard if each[0] == "plan"] == [
        ("plan", 0, False), ("plan", 1, False), ("plan", 2, False), ("plan", 1, False), ("plan", 1, True),
    ]  # fmt: skip


async def test_two_people_who_start_the_same_plan_at_once_start_it_once(
    site: Site, intake: Intake, plans: PlanDesk
) -> None:
    await ring(intake, 1)
    clients = [await site.signed_in(), await site.signed_in()]
    answers = await asyncio.gather(
        *(post(client, f"calls/{call(1)}/plans", code="gas_leak") for client in clients)
    )
    assert sorted(status for status, _ in answers) == [200, 409]
    [refused] = [body for status, body in answers if status == 409]
    assert refused["error"]["code"] == "plan_running"
    assert len((await of_call(clients[0], 1))["runs"]) == 1


async def test_after_its_end_a_plan_may_be_started_again(site: Site, intake: Intake, plans: PlanDesk) -> None:
    await ring(intake, 1)
    client, ids = await site.signed_in(), []
    for _ in range(3):
        status, done = await post(client, f"calls/{call(1)}/plans", code="gas_leak")
        assert status == 200
        ids.append(done["run_id"])
        await post(client, f"plan-runs/{done['run_id']}/end")
    assert len(set(ids)) == 3
    assert len((await of_call(client, 1))["runs"]) == 3


async def test_all_calls_of_an_incident_show_the_same_run(
    site: Site, intake: Intake, plans: PlanDesk
) -> None:
    await ring(intake, 1)
    await ring(intake, 2)
    client = await site.signed_in()
    _, done = await post(client, f"calls/{call(1)}/plans", code="fire_trapped")
    link = LinkCall(
        call_id=call(2), at=NOON, request_id="l", actor="wang", incident_id=INCIDENT, other=call(1)
    )
    assert isinstance(await intake.submit(link), Accepted)
    await intake.drain()
    assert [run["run_id"] for run in (await of_call(client, 2))["runs"]] == [done["run_id"]]
    status, body = await post(client, f"calls/{call(2)}/plans", code="fire_trapped")
    assert (status, body["error"]["code"]) == (409, "plan_running")


async def test_who_only_reads_starts_nothing_and_unknown_plans_are_refused(
    site: Site, intake: Intake, plans: PlanDesk
) -> None:
    await ring(intake, 1)
    auditor, hall = await site.signed_in("auditor"), await site.signed_in()
    assert (await post(auditor, f"calls/{call(1)}/plans", code="gas_leak"))[0] == 403
    assert (await post(hall, f"calls/{call(1)}/plans", code="nothing"))[1]["error"]["code"] == "unknown_plan"
    assert (await post(hall, "plan-runs/none/end"))[1]["error"]["code"] == "unknown_run"
    assert (await auditor.get("/api/v1/plans")).status == 200
    assert (await auditor.get("/api/v1/dispatch/waiting")).status == 200


async def test_a_faulty_file_leaves_the_plans_before_in_use(
    site: Site, intake: Intake, tmp_path: Path
) -> None:
    health = Health(site.clock)
    desk = PlanDesk(tmp_path, intake=intake, hub=site.hub, health=health, clock=site.clock)
    file = tmp_path / "gas.toml"
    file.write_text((SHIPPED / "gas_leak.toml").read_text(encoding="utf-8"), encoding="utf-8")
    await desk.look()
    assert [plan.code for plan in desk.current] == ["gas_leak"]
    file.write_text('code = "x"', encoding="utf-8")
    await desk.look()
    assert [plan.code for plan in desk.current] == ["gas_leak"]
    told = health.get(SERVICE)
    assert told is not None
    assert told.state is ServiceState.DEGRADED
    assert "gas.toml" in (told.fault.fault_en if told.fault else "")


async def test_the_card_shows_an_instruction_with_all_its_words(site: Site, intake: Intake) -> None:
    await ring(intake, 1)
    words = "建国路88号有人持刀，请携带防护装备前往，" * 8
    report = DispatchReported(
        call_id=call(1), at=NOON, source_at=NOON, request_id="dispatch:m1", actor="dispatch_core",
        kind=ReportKind.INSTRUCTION, instruction_id="ins-1", unit="101", text=words,
    )  # fmt: skip
    assert isinstance(await intake.submit(report), Accepted)
    body = await (await (await site.signed_in()).get(f"/api/v1/calls/{call(1)}")).json()
    assert body["dispatch"]["instructions"][0]["text"] == words
    assert body["call"]["dispatch"]["unsigned"] == 1
