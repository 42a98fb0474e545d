"""Work orders of the invented gateway: real orders, led by the real table, of invented people."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from gateway.calls.answers import Accepted, Refused
from gateway.desk.orders import signals as ask
from gateway.desk.orders.model import Order
from gateway.desk.orders.notices import Events
from gateway.desk.orders.reducer import reduce
from gateway.desk.orders.refusals import words
from gateway.desk.orders.signals import OpenOrder, OrderDue, OrderRequest
from gateway.desk.orders.terms import Deadlines, Terms
from gateway.desk.orders.view import ACTIONS, history_json, order_json
from gateway.dispatch.order_events import OrderDeadline, OrderState
from gateway.journal.codec import encode
from gateway.runtime.order_desk import known_departments
from gateway.testing.demo_hearing import Json
from gateway.testing.demo_scene import Scene, stamp
from gateway.web.orders import DOORS

TERMS = Terms(others=Deadlines())
MANY = 60
"""Orders of the scene in which much is overdue."""
STORIES = (
    (
        "labour_bureau", "工地拖欠二十名工人两个月工资", "工人现聚在工地门口，情绪激动，尚无过激行为。",
        "张某", "建国路88号工地",
    ),
    (
        "market_supervision", "健身房闭店，预付卡不退", "余额约3000元，门店贴出停业通知，负责人失联。",
        "李某", "解放东路21号",
    ),
    (
        "urban_construction", "人行道路面塌陷约一米", "已有人绊倒，无人受伤，来电人用共享单车挡在旁边。",
        "王某", "文昌路与新华街交叉口",
    ),
    (
        "telecommunications_bureau", "光缆被风刮落横在路上", "离地一米多，车辆绕行。",
        "赵某", "环城北路立交桥下",
    ),
    (
        "public_hotline_12345", "小区停水两天物业不答复", "约三百户，来电人已打物业电话无人接听。",
        "陈某", "幸福小区",
    ),
    (
        "legal_service_centre", "邻里宅基地边界纠纷求助调解", "双方约定明日再谈，请派调解员到场。",
        "周某", "柳林村",
    ),
)  # fmt: skip
ACCEPTED: tuple[type[OrderRequest], dict[str, Any]] = (ask.AcceptOrder, {})
_STEPS: tuple[tuple[tuple[type[OrderRequest], dict[str, Any]], ...], ...] = (
    (),
    (ACCEPTED,),
    (ACCEPTED, (ask.StartOrder, {}), (ask.NoteOrder, {"note": "已联系来电人，约明日上午到现场"})),
    ((ask.ReturnOrder, {"reason": "该路段由市政养护中心管养，不属本部门职责"}),),
    ((ask.DisputeOrder, {"reason": "预付卡退费属市场监管部门职责"}),),
    (ACCEPTED, (ask.AnswerOrder, {"answer": "已到现场围挡并通知养护单位，预计今晚修复。"})),
    (
        ACCEPTED, (ask.AnswerOrder, {"answer": "已责令用人单位三日内支付。"}),
        (ask.TellCaller, {"note": "电话告知"}),
    ),
)  # fmt: skip
"""How far each invented order has come."""


class DemoOrders:
    """Answers of /api/v1/orders. `who`: user name, permissions, and the department of a user bound to one."""

    def __init__(self, scene: Scene, who: Callable[[], tuple[str, list[str], str | None]]) -> None:
        self._who = who
        self.orders: dict[str, Order] = {}
        self.steps: dict[str, list[tuple[datetime, str, dict[str, Any]]]] = {}
        self.push: Callable[[str, Json], None] = lambda kind, data: None
        self.asked: list[OrderRequest] = []
        self._made = 0
        now = datetime.now(UTC)
        if scene != "nothing":
            for number in range(MANY if scene == "disaster" else 9):
                self._invent(number, now, late=scene == "disaster")

    def _invent(self, number: int, now: datetime, *, late: bool) -> None:
        department, subject, text, name, place = STORIES[number % len(STORIES)]
        order_id = str(
            uuid.UUID(int=(0x0198C3A0 << 96) | (7 << 76) | (2 << 62) | (0xA1B2C300 + number * 7919))
        )
        hours = 3 + number * 2.5 if late else {0: 3.0, 2: 130.0}.get(number, 0.2 + number * 0.05)
        spent = timedelta(hours=hours)
        at = now - spent
        common: dict[str, Any] = {"order_id": order_id, "actor": "wang.hua"}
        self._take(
            OpenOrder(
                **common, at=at, request_id=f"open{number}", department=department, subject=subject,
                text=text, caller_name=name, phone=f"138{number:04d}{8000 + number}", place=place,
                send=number != 8, call_id=None if number % 3 else f"demo-pbx1-1767600000.{number}",
            )
        )  # fmt: skip
        steps = () if number == 8 else _STEPS[number % len(_STEPS)]
        for index, (kind, told) in enumerate(steps):
            department_acts = kind not in (ask.TellCaller,)
            self._take(kind(
                **common, at=at + (index + 1) * spent / 8, request_id=f"s{number}.{index}", **told,
                for_department=department if department_acts else None,
            ))  # fmt: skip
        for deadline in OrderDeadline:
            self._take(OrderDue(order_id=order_id, at=now, deadline=deadline))

    def _take(self, signal: ask.OrderSignal) -> Accepted | Refused | None:
        order = self.orders.get(signal.order_id)
        outcome = reduce(order, signal, TERMS)
        if outcome.state is not None and outcome.state is not order:
            self.orders[signal.order_id] = outcome.state
            payload: dict[str, Any] = dict(encode(signal))
            self.steps.setdefault(signal.order_id, []).append((signal.at, type(signal).__name__, payload))
            self.push("order", _news(outcome.state, outcome.events))
        return outcome.answer

    # ---- the API

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/v1/orders", self._list),
            web.post("/api/v1/orders", self._open),
            web.get("/api/v1/orders/{order_id}", self._show),
            web.post("/api/v1/orders/{order_id}/{action}", self._act),
            web.get("/api/v1/order-asides", self._asides),
        ]

    def _shown(self, order: Order) -> Json:
        _, permissions, bound = self._who()
        body = order_json(order, bound)
        body["may"] = [name for name in body["may"] if DOORS[name].access.value in permissions]
        return body

    def _visible(self) -> list[Order]:
        bound = self._who()[2]
        mine = [
            order for order in self.orders.values()
            if bound is None or (order.department == bound and order.sent_at is not None)
        ]  # fmt: skip
        return sorted(mine, key=lambda order: (order.opened_at, order.order_id), reverse=True)

    async def _list(self, request: web.Request) -> web.Response:
        visible, asked = self._visible(), request.query
        found = [order for order in visible if _wanted(order, asked)]
        limit, first = int(asked.get("limit", "50")), int(asked.get("cursor", "0"))
        still = [order for order in visible if order.state is not OrderState.CLOSED]
        return web.json_response({
            "items": [self._shown(order) for order in found[first : first + limit]],
            "next": str(first + limit) if len(found) > first + limit else None,
            "facets": {
                "states": Counter(order.state.value for order in still),
                "departments": Counter(order.department for order in still),
                "overdue": sum(bool(order.overdue) for order in still),
            },
            "departments": sorted(known_departments()), "server_time": stamp(datetime.now(UTC)),
        })  # fmt: skip

    async def _show(self, request: web.Request) -> web.Response:
        order = next((one for one in self._visible() if one.order_id == request.match_info["order_id"]), None)
        if order is None:
            return _refused("not_found", 404)
        steps = history_json(self.steps[order.order_id], self._who()[2])
        body = {"order": self._shown(order), "history": steps, "server_time": stamp(datetime.now(UTC))}
        return web.json_response(body)

    async def _open(self, request: web.Request) -> web.Response:
        body = await request.json()
        return self._answer(
            OpenOrder(order_id=body["request_id"], at=datetime.now(UTC), actor=self._who()[0], **body)
        )

    async def _act(self, request: web.Request) -> web.Response:
        user, _, bound = self._who()
        action = request.match_info["action"]
        body = DOORS[action].body.model_validate(await request.json()).model_dump()
        kind = ACTIONS[action]
        return self._answer(
            kind(
                order_id=request.match_info["order_id"], at=datetime.now(UTC), actor=user,
                for_department=bound, **body,
            )
        )  # fmt: skip

    def _answer(self, asked: OrderRequest) -> web.Response:
        self.asked.append(asked)
        answer = self._take(asked)
        if isinstance(answer, Accepted):
            done = {"outcome": "accepted", "rev": answer.rev, "order_id": asked.order_id}
            return web.json_response(done)
        return _refused(answer.code if answer else "refused")

    async def _asides(self, request: web.Request) -> web.Response:
        if not self.orders:
            return web.json_response({"items": []})
        return web.json_response({"items": [{
            "at": stamp(datetime.now(UTC) - timedelta(minutes=12)), "route": "mqtt",
            "department": "labour_bureau", "order_id": "2025-000173", "code": "unknown_order",
            "why": "there is no such order: compare its id",
            "payload": '{"request_id":"lb-17","department":"labour_bureau","order_id":"2025-000173"}',
        }]})  # fmt: skip


def _wanted(order: Order, asked: Any) -> bool:
    state = asked.get("state")
    if (order.state.value != state) if state else order.state is OrderState.CLOSED:
        return False
    if asked.get("overdue") == "true" and not order.overdue:
        return False
    if asked.get("department") not in (None, order.department):
        return False
    if asked.get("call_id") not in (None, order.call_id):
        return False
    search = asked.get("q", "")
    return search in order.subject or order.order_id.endswith(search.lower())


def _news(order: Order, events: Events) -> Json:
    departments = sorted({event.department for event in events})
    return {
        "order_id": order.order_id, "rev": order.rev, "state": order.state.value, "call_id": order.call_id,
        "departments": departments,
    }  # fmt: skip


def _refused(code: str, status: int = 409) -> web.Response:
    zh, en = words(code)
    error = {"code": code, "message": zh, "message_zh": zh, "message_en": en, "field": None}
    return web.json_response({"error": error}, status=status)
