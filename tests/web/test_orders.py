"""Work orders over the HTTP API: who sees and does what, and what the loop makes of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from gateway.desk.orders.refusals import REFUSALS
from gateway.desk.orders.signals import OrderDue
from gateway.desk.orders.view import ACTIONS
from gateway.dispatch.order_events import OrderDeadline
from gateway.ports_asides import AsideRow
from gateway.runtime.hub import Push
from gateway.runtime.intake import Intake
from gateway.runtime.order_machine import OrderMachine
from gateway.store.orders import StoredAsides
from gateway.web import order_schema as schema
from gateway.web.app import API
from gateway.web.orders import DOORS
from gateway.web.push import shown
from gateway.web.roles import ROLES
from gateway.web.status import describe

from .site import NOON, POST, Client, Site, loop_behind

LABOUR, MARKET = "labour_bureau", "market_supervision"
ORDERS = "/api/v1/orders"


@pytest_asyncio.fixture(loop_scope="session")
async def intake(site: Site) -> AsyncIterator[Intake]:
    """The real loop, behind the site."""
    async with loop_behind(site, OrderMachine()) as made:
        yield made


async def opened(client: Client, **more: Any) -> str:
    """The id of a new order that was sent to the labour bureau."""
    known = {
        "request_id": str(uuid.uuid4()), "department": LABOUR, "subject": "拖欠工资", "caller_name": "张某",
        "phone": "13800138000", "place": "建国路88号", "send": True,
    }  # fmt: skip
    answered = await client.post(ORDERS, json={**known, **more}, headers=POST)
    body = await answered.json()
    assert answered.status == 200, body
    assert body["order_id"] == (more.get("request_id") or body["order_id"])
    return str(body["order_id"])


async def ask(client: Client, order_id: str, action: str, **words: Any) -> tuple[int, dict[str, Any]]:
    body = {"request_id": str(uuid.uuid4()), **words}
    answered = await client.post(f"{ORDERS}/{order_id}/{action}", json=body, headers=POST)
    return answered.status, await answered.json()


async def read(client: Client, order_id: str) -> dict[str, Any]:
    answered = await client.get(f"{ORDERS}/{order_id}")
    body = await answered.json()
    assert answered.status == 200, body
    schema.OrderDetail.model_validate(body)
    return body


async def listed(client: Client, **query: str) -> dict[str, Any]:
    answered = await client.get(ORDERS, params=query)
    body = await answered.json()
    assert answered.status == 200, body
    schema.OrderList.model_validate(body)
    return body


async def department(site: Site, name: str | None = LABOUR, roles: str = "department") -> Client:
    return await site.signed_in(roles, department=name)


async def test_an_order_goes_from_the_hall_to_a_department_and_back_to_the_caller(
    site: Site, intake: Intake
) -> None:
    hall, theirs = await site.signed_in(), await department(site)
    order_id = await opened(hall, send=False)
    assert (await read(hall, order_id))["order"]["may"] == ["edit", "send", "close"]
    for client, action, words in (
        (hall, "edit", {"text": "二十人，两个月"}),
        (hall, "send", {}),
        (theirs, "accept", {}),
        (theirs, "start", {}),
        (theirs, "note", {"note": "已约双方"}),
        (theirs, "answer", {"answer": "已责令支付"}),
        (hall, "tell", {"note": "电话告知"}),
        (hall, "follow-up", {"satisfaction": "satisfied"}),
        (hall, "close", {}),
    ):
        assert (await ask(client, order_id, action, **words))[0] == 200, action
    body = await read(hall, order_id)
    assert (body["order"]["state"], body["order"]["rev"]) == ("closed", 10)
    steps = "drafted edited sent accepted started noted answered told followed_up closed"
    assert [step["step"] for step in body["history"]] == steps.split()
    assert body["history"][6]["by_department"] == LABOUR


async def test_sent_twice_an_order_is_opened_once(site: Site, intake: Intake) -> None:
    hall, request_id = await site.signed_in(), str(uuid.uuid4())
    assert await opened(hall, request_id=request_id) == await opened(hall, request_id=request_id)
    assert len((await listed(hall))["items"]) == 1


# ---- a department sees its own


async def test_a_department_sees_its_own_orders_and_no_drafts(site: Site, intake: Intake) -> None:
    hall, theirs = await site.signed_in(), await department(site)
    own = await opened(hall)
    others, draft = await opened(hall, department=MARKET), await opened(hall, send=False)
    body = await listed(theirs)
    assert [item["order_id"] for item in body["items"]] == [own]
    assert body["facets"] == {"states": {"sent": 1}, "departments": {LABOUR: 1}, "overdue": 0}
    assert [item["order_id"] for item in (await listed(theirs, department=MARKET))["items"]] == [own]
    for hidden in (others, draft, "no such order"):
        assert (await theirs.get(f"{ORDERS}/{hidden}")).status == 404
        status, refused = await ask(theirs, hidden, "accept")
        assert (status, refused["error"]["code"]) in ((409, "not_yours"), (409, "unknown_order"))


async def test_a_department_does_nothing_that_is_the_halls(site: Site, intake: Intake) -> None:
    hall, theirs = await site.signed_in(), await department(site)
    order_id = await opened(hall)
    for action in ("send", "reassign", "tell", "follow-up", "close", "edit", "decide"):
        assert (await ask(theirs, order_id, action))[0] == 403, action
    answered = await theirs.post(ORDERS, json={}, headers=POST)
    assert answered.status == 403
    assert (await theirs.get("/api/v1/order-asides")).status == 403
    assert (await theirs.get("/api/v1/calls?state=live")).status == 403


async def test_another_role_beside_it_frees_no_department_of_its_bounds(site: Site, intake: Intake) -> None:
    hall, both = await site.signed_in(), await department(site, roles="department call_taker")
    others = await opened(hall, department=MARKET)
    assert (await both.get(f"{ORDERS}/{others}")).status == 404
    body = {"request_id": str(uuid.uuid4()), "department": LABOUR, "subject": "x"}
    answered = await both.post(ORDERS, json=body, headers=POST)
    assert (await answered.json())["error"]["code"] == "hall_only"


async def test_a_department_user_of_no_department_sees_nothing(site: Site, intake: Intake) -> None:
    hall, nobody = await site.signed_in(), await department(site, None)
    order_id = await opened(hall)
    assert (await listed(nobody))["items"] == []
    assert (await nobody.get(f"{ORDERS}/{order_id}")).status == 404
    assert (await ask(nobody, order_id, "accept"))[1]["error"]["code"] == "not_yours"


async def test_a_department_sees_the_caller_while_it_works_and_no_names_of_the_hall(
    site: Site, intake: Intake
) -> None:
    hall, theirs = await site.signed_in(), await department(site)
    order_id = await opened(hall)
    body = (await read(theirs, order_id))["order"]
    assert (body["phone"], body["caller_name"], body["opened_by"]) == ("13800138000", "张某", None)
    assert body["call_id"] is None
    await ask(hall, order_id, "note", note="来电人再次来电")
    assert [step["by"] for step in (await read(theirs, order_id))["history"]] == [None, None]
    await ask(theirs, order_id, "return", reason="不属职责")
    after = (await read(theirs, order_id))["order"]
    assert (after["phone"], after["caller_name"], after["place"]) == (None, None, None)
    assert after["returned"]["by"].startswith(f"{LABOUR}/")
    assert (await read(hall, order_id))["order"]["phone"] == "13800138000"


async def test_a_department_reads_nothing_of_what_was_before_it_had_the_order(
    site: Site, intake: Intake
) -> None:
    hall, theirs = await site.signed_in(), await department(site, MARKET)
    order_id = await opened(hall)
    await ask(hall, order_id, "note", note="劳动部门意见")
    await ask(hall, order_id, "reassign", department=MARKET, reason="属市场监管")
    assert [step["step"] for step in (await read(theirs, order_id))["history"]] == ["reassigned"]


# ---- roles of the hall


async def test_only_a_supervisor_decides_a_dispute(site: Site, intake: Intake) -> None:
    taker, leader = await site.signed_in(), await site.signed_in("supervisor")
    order_id = await opened(taker)
    await ask(taker, order_id, "dispute", reason="两家都说不是")
    assert "decide" not in (await read(taker, order_id))["order"]["may"]
    assert "decide" in (await read(leader, order_id))["order"]["may"]
    words = {"department": MARKET, "reason": "按职责"}
    assert (await ask(taker, order_id, "decide", **words))[0] == 403
    assert (await ask(leader, order_id, "decide", **words))[0] == 200


async def test_an_auditor_reads_and_changes_nothing(site: Site, intake: Intake) -> None:
    hall, auditor = await site.signed_in(), await site.signed_in("auditor")
    order_id = await opened(hall)
    body = (await read(auditor, order_id))["order"]
    assert (body["may"], body["place"], body["phone"]) == ([], None, "13800138000")
    assert (await ask(auditor, order_id, "accept"))[0] == 403


async def test_a_role_of_the_machines_sees_no_orders(site: Site, intake: Intake) -> None:
    for role in ("wall", "rule_operator", "administrator", "pbx_administrator", "machine"):
        assert (await (await site.signed_in(role)).get(ORDERS)).status == 403


# ---- bad input


async def test_a_closed_order_is_answered_by_one_clear_refusal_and_nothing_is_lost(
    site: Site, intake: Intake
) -> None:
    hall, theirs = await site.signed_in(), await department(site)
    order_id = await opened(hall)
    await ask(hall, order_id, "close", reason="来电人撤回")
    before = await read(hall, order_id)
    for action, words in (("answer", {"answer": "已办"}), ("accept", {}), ("return", {"reason": "否"})):
        status, body = await ask(theirs, order_id, action, **words)
        assert (status, body["error"]["code"]) == (409, "order_closed"), action
        assert body["error"]["message"] == REFUSALS["order_closed"][0]
    assert (await read(hall, order_id))["order"] == before["order"]


async def test_two_who_press_at_once_do_it_once(site: Site, intake: Intake) -> None:
    hall, one, two = await site.signed_in(), await department(site), await department(site)
    order_id = await opened(hall)
    codes = sorted(status for status, _ in await asyncio.gather(
        *(ask(client, order_id, "accept", expected_rev=1) for client in (one, two) * 5)
    ))  # fmt: skip
    assert codes == [200] + [409] * 9


async def test_a_key_pressed_ten_times_is_one_step(site: Site, intake: Intake) -> None:
    hall, theirs = await site.signed_in(), await department(site)
    order_id = await opened(hall)
    answers = await asyncio.gather(
        *(ask(theirs, order_id, "note", note="已联系", request_id="n1") for _ in range(10))
    )
    assert {(status, body["rev"]) for status, body in answers} == {(200, 2)}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("", {"request_id": "no uuid", "department": LABOUR, "subject": "x"}, "invalid"),
        ("", {"request_id": str(uuid.uuid4()), "department": "nobody", "subject": "x"}, "unknown_department"),
        ("", {"request_id": str(uuid.uuid4()), "department": LABOUR, "subject": " "}, "invalid"),
        ("/x/reassign", {"request_id": "r", "department": "nobody", "reason": "x"}, "unknown_department"),
        ("/x/return", {"request_id": "r", "reason": "字" * 1001}, "invalid"),
        ("/x/accept", {"request_id": ""}, "invalid"),
        ("/x/accept", {"request_id": "r", "extra": 1}, "invalid"),
        ("/x/follow-up", {"request_id": "r", "satisfaction": "very"}, "invalid"),
        ("/x/accept", {"request_id": "r"}, "unknown_order"),
        ("/x/return", {"request_id": "r"}, "unknown_order"),
    ],
)
async def test_what_does_not_fit_is_told(
    site: Site, intake: Intake, path: str, body: dict[str, Any], code: str
) -> None:
    hall = await site.signed_in()
    answered = await hall.post(f"{ORDERS}{path}", json=body, headers=POST)
    assert (await answered.json())["error"]["code"] == code


async def test_a_list_goes_on_page_by_page_and_is_narrowed(site: Site, intake: Intake) -> None:
    hall = await site.signed_in()
    made = []
    for number in range(5):
        made.append(await opened(hall, subject=f"第{number}件", call_id="c1" if number == 1 else None))
        await site.clock.advance(1)
    first = await listed(hall, limit="2")
    rest = await listed(hall, cursor=first["next"])
    assert [item["order_id"] for item in (*first["items"], *rest["items"])] == made[::-1]
    assert rest["next"] is None
    assert [item["order_id"] for item in (await listed(hall, call_id="c1"))["items"]] == [made[1]]
    assert [item["order_id"] for item in (await listed(hall, q="第3"))["items"]] == [made[3]]
    assert [item["order_id"] for item in (await listed(hall, q=made[2][-8:].upper()))["items"]] == [made[2]]
    assert (await hall.get(ORDERS, params={"cursor": "???"})).status == 422
    assert (await hall.get(ORDERS, params={"state": "gone"})).status == 422


async def test_an_overdue_order_says_which_deadline_passed(site: Site, intake: Intake) -> None:
    hall = await site.signed_in()
    order_id = await opened(hall)
    await site.clock.advance(3 * 3600)
    await intake.settled(OrderDue(order_id=order_id, at=site.clock.now(), deadline=OrderDeadline.ACCEPT))
    body = await listed(await site.signed_in(), overdue="true")
    assert [item["overdue"] for item in body["items"]] == [["accept"]]
    assert body["facets"]["overdue"] == 1


async def test_what_was_set_aside_is_shown_to_the_hall(site: Site, intake: Intake) -> None:
    row = AsideRow(
        digest="0" * 64, at=NOON, route="mqtt", department=LABOUR, order_id="x", code="unknown_order",
        why="no such order", payload=b"\xff{}",
    )  # fmt: skip
    await StoredAsides(site.store.database).keep(row)
    body = await (await (await site.signed_in()).get("/api/v1/order-asides")).json()
    schema.AsideList.model_validate(body)
    assert body["items"][0]["payload"] == "\ufffd{}"


# ---- news, and the description


def test_news_of_an_order_reaches_the_hall_and_its_departments_only() -> None:
    data = {"order_id": "x", "call_id": "c1", "departments": [LABOUR, "urban_construction"]}
    news = Push(kind="order", call_id=None, data=data)
    assert shown(news, None, ROLES["call_taker"]) == news.data
    told = {"order_id": "x", "call_id": None, "departments": [LABOUR]}
    assert shown(news, None, ROLES["department"], LABOUR) == told
    assert shown(news, None, ROLES["department"], MARKET) is None
    assert shown(news, None, ROLES["department"], "") is None
    assert shown(news, None, ROLES["wall"]) is None


def test_every_action_has_its_door_and_is_described_with_an_example() -> None:
    assert set(DOORS) == set(ACTIONS)
    document = describe(API)
    for name in DOORS:
        assert f"{ORDERS}/{{order_id}}/{name}" in document["paths"]
    schemas = document["components"]["schemas"]
    for model in (schema.OpenOrderBody, schema.AnswerBody, schema.DepartmentBody, schema.FollowUpBody):
        [example] = schemas[model.__name__]["examples"]
        model.model_validate(example)
