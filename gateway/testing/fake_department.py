"""A department that keeps to the contract, over MQTT or over REST. Both check what they are told against the
shipped schemas, and what they ask against the written forms: a breach on either side is seen at once.

A department's own developers find here what their system has to do, and may use it as the other side of their
tests.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import aiohttp
import jsonschema

from gateway.dispatch import asyncapi, topics
from gateway.dispatch.encode import JSON_TYPE
from gateway.dispatch.order_contract import OrderAsked, OrderReply
from gateway.ports import Broker, Message
from gateway.web.auth import HEADER
from gateway.web.order_schema import OrderDetail, OrderDone, OrderList

REPLY_WITHIN_S = 2.0
"""After so long without a reply the same message is sent again."""
TRIES = 5
WORDS = {"return": "reason", "dispute": "reason", "note": "note", "answer": "answer"}
"""What the words of an action are called over REST."""


class NoReplyError(Exception):
    """The gateway did not reply, however often the department asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How it went: accepted with `rev`, or refused with `code` and a sentence."""

    outcome: str
    rev: int | None = None
    code: str | None = None
    message: str | None = None


class FakeDepartment(Protocol):
    """What both ways offer."""

    async def order(self, order_id: str, rev: int = 1) -> dict[str, Any] | None:
        """The order as the department knows it, waiting until it is at `rev` at least; None: it has none."""
        ...

    async def orders(self) -> set[str]:
        """Ids of the orders that it has."""
        ...

    async def ask(
        self, order_id: str, action: str, text: str = "", *, request_id: str | None = None,
        expected_rev: int | None = None,
    ) -> Reply:  # fmt: skip
        """Ask something of an order, as often as it takes to hear how it went."""
        ...


class MqttDepartment:
    """Listens to its own topics. `broker`: any `ports.Broker`, its own link."""

    def __init__(self, broker: Broker, site: str, name: str, key: str | None = None) -> None:
        self._broker, self._site, self.name, self._key = broker, site, name, key
        self.told: list[dict[str, Any]] = []
        """Every notice, in order."""
        self._replies: dict[str, OrderReply] = {}
        self._news = asyncio.Condition()
        self._ids = count(1)
        self._valid = _validator("WorkOrder")

    async def open(self) -> None:
        await self._broker.subscribe(f"110/{self._site}/orders/{self.name}/#", self._heard)

    async def _heard(self, message: Message) -> None:
        data = json.loads(message.payload)
        async with self._news:
            if message.topic == topics.order_replies(self._site, self.name):
                reply = OrderReply.model_validate(data)
                self._replies[reply.request_id or ""] = reply
            else:
                self._valid.validate(data)
                self.told.append(data["data"])
            self._news.notify_all()

    async def order(self, order_id: str, rev: int = 1) -> dict[str, Any] | None:
        def newest() -> dict[str, Any] | None:
            found = [one for one in self.told if one["order_id"] == order_id]
            return max(found, key=lambda one: one["rev"], default=None)

        def there() -> bool:
            known = newest()
            return known is not None and known["rev"] >= rev

        async with self._news:
            await asyncio.wait_for(self._news.wait_for(there), REPLY_WITHIN_S * TRIES)
        return newest()

    async def orders(self) -> set[str]:
        has: dict[str, bool] = {}
        for one in self.told:
            has[one["order_id"]] = one["step"] != "withdrawn"
        return {order_id for order_id, still in has.items() if still}

    async def ask(
        self, order_id: str, action: str, text: str = "", *, request_id: str | None = None,
        expected_rev: int | None = None,
    ) -> Reply:  # fmt: skip
        asked = OrderAsked.model_validate({
            "request_id": request_id or f"{self.name}-{next(self._ids)}", "department": self.name,
            "order_id": order_id, "action": action, "text": text, "by": "承办人", "key": self._key,
            "expected_rev": expected_rev,
        })  # fmt: skip
        payload = asked.model_dump_json().encode()
        topic = topics.inbound(self._site, "orders")
        for _ in range(TRIES):
            self._replies.pop(asked.request_id, None)
            await self._broker.publish(Message(topic=topic, payload=payload, content_type=JSON_TYPE))
            reply = await self._reply(asked.request_id)
            if reply is not None and reply.outcome != "busy":
                return Reply(outcome=reply.outcome, rev=reply.rev, code=reply.code, message=reply.message_zh)
        raise NoReplyError(f"{action} of {order_id}: no reply after {TRIES} tries")

    async def _reply(self, request_id: str) -> OrderReply | None:
        async with self._news:
            try:
                await asyncio.wait_for(
                    self._news.wait_for(lambda: request_id in self._replies), REPLY_WITHIN_S
                )
            except TimeoutError:
                return None
        return self._replies[request_id]


class RestDepartment:
    """Signs in as a user of its department. `session`: a client whose base address is the gateway."""

    def __init__(self, session: aiohttp.ClientSession, username: str, password: str) -> None:
        self._session, self._username, self._password = session, username, password
        self._ids = count(1)

    async def open(self) -> None:
        body = {"username": self._username, "password": self._password}
        async with self._session.post("/api/v1/session", json=body, headers={HEADER: "1"}) as answered:
            answered.raise_for_status()

    async def order(self, order_id: str, rev: int = 1) -> dict[str, Any] | None:
        async with self._session.get(f"/api/v1/orders/{order_id}") as answered:
            body = await answered.json()
        if answered.status == 404:
            return None
        order = OrderDetail.model_validate(body).order
        assert order.rev >= rev, f"the order is at {order.rev}, not at {rev}"
        return dict(body["order"])

    async def orders(self) -> set[str]:
        found: set[str] = set()
        following: str | None = ""
        while following is not None:
            query = {"cursor": following} if following else {}
            async with self._session.get("/api/v1/orders", params=query) as answered:
                page = OrderList.model_validate(await answered.json())
            found |= {order.order_id for order in page.items}
            following = page.next
        return found

    async def ask(
        self, order_id: str, action: str, text: str = "", *, request_id: str | None = None,
        expected_rev: int | None = None,
    ) -> Reply:  # fmt: skip
        body: dict[str, Any] = {"request_id": request_id or f"{self._username}-{next(self._ids)}"}
        if action in WORDS:
            body[WORDS[action]] = text
        if expected_rev is not None:
            body["expected_rev"] = expected_rev
        path = f"/api/v1/orders/{order_id}/{action}"
        async with self._session.post(path, json=body, headers={HEADER: "1"}) as answered:
            told = await answered.json()
        if answered.status == 200:
            return Reply(outcome="accepted", rev=OrderDone.model_validate(told).rev)
        return Reply(outcome="refused", code=told["error"]["code"], message=told["error"]["message"])


def _validator(name: str) -> jsonschema.Draft7Validator:
    """Of a message's payload, by the shipped AsyncAPI document."""
    document = json.loads((asyncapi.FOLDER / "asyncapi.json").read_text(encoding="utf-8"))
    reference = {"$ref": f"#/components/messages/{name}/payload", "components": document["components"]}
    return jsonschema.Draft7Validator(reference, format_checker=jsonschema.FormatChecker())
