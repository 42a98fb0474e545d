"""A dispatch core that keeps to the contract: it hears the events of a site, checks each against the shipped
schemas, acknowledges alarms, sends its reports until it hears how they were taken.

The developers of a dispatch core find here what their system has to do, and may use it as the other side of
their tests.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import jsonschema

from gateway.clock import Clock
from gateway.dispatch import topics
from gateway.dispatch.asyncapi import FOLDER
from gateway.dispatch.dispatch_contract import DispatchReply, DispatchReport
from gateway.dispatch.encode import JSON_TYPE
from gateway.ports import Broker, Message

REPLY_WITHIN_S = 2.0
"""After so long without a reply the same message is sent again."""
TRIES = 5
ALARM = "valid_alarm"
_VERDICTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "DispositionSet": lambda data: str(data["alarm_class"]),
    "TriageAssessed": lambda data: str(data["assessment"]["alarm_class"]),
}
"""Events by which a call becomes an alarm, and where each says so."""


class NoReplyError(Exception):
    """The gateway did not reply, however often the report was sent."""


class FakeDispatchCore:
    """`broker`: any `ports.Broker`, its own link. `acknowledges`: each alarm once, by itself."""

    def __init__(
        self, broker: Broker, site: str, clock: Clock, *, acknowledges: bool = True, key: str | None = None
    ) -> None:
        self._broker, self._site, self._clock = broker, site, clock
        self.acknowledges, self._key = acknowledges, key
        self.events: dict[str, dict[str, Any]] = {}
        """By id, in the order in which they came first: what comes twice is the same event."""
        self.acknowledged: set[str] = set()
        """Calls whose alarm it has."""
        self._replies: dict[str, DispatchReply] = {}
        self._news = asyncio.Condition()
        self._ids = count(1)
        self._valid: dict[str, jsonschema.Draft7Validator] = {}

    async def open(self) -> None:
        for wanted in (*topics.event_filters(self._site), topics.dispatch_replies(self._site)):
            await self._broker.subscribe(wanted, self._heard)

    async def _heard(self, message: Message) -> None:
        if message.topic == topics.dispatch_replies(self._site):
            reply = DispatchReply.model_validate_json(message.payload)
            self._replies[reply.message_id or ""] = reply
        elif "/orders/" not in message.topic:
            await self._event(json.loads(message.payload))
        async with self._news:
            self._news.notify_all()

    async def _event(self, event: dict[str, Any]) -> None:
        noun = event["type"].split(".")[2]
        self._validator(noun).validate(event)
        if event["id"] in self.events:
            return
        self.events[event["id"]] = event
        verdict, call_id = _VERDICTS.get(noun), str(event.get("subject"))
        if verdict is None or verdict(event["data"]) != ALARM or not self.acknowledges:
            return
        if call_id not in self.acknowledged:
            self.acknowledged.add(call_id)
            await self.send(self.report("ack", call_id, event_id=event["id"], by="auto"))

    def report(self, kind: str, call_id: str, **more: Any) -> DispatchReport:
        """A report as it will be sent; `at` is now unless it is given."""
        known = {
            "message_id": f"core-{next(self._ids)}", "kind": kind, "call_id": call_id, "key": self._key,
            "at": self._clock.now(),
        }  # fmt: skip
        return DispatchReport.model_validate({**known, **more})

    async def send(self, report: DispatchReport) -> None:
        """Once, waiting for nothing."""
        payload = report.model_dump_json(exclude_none=True).encode()
        await self.send_raw(payload)

    async def send_raw(self, payload: bytes) -> None:
        topic = topics.inbound(self._site, "dispatch")
        await self._broker.publish(Message(topic=topic, payload=payload, content_type=JSON_TYPE))

    async def tell(self, kind: str, call_id: str, **more: Any) -> DispatchReply:
        """A report, sent as often as it takes to hear how it was taken."""
        return await self.told(self.report(kind, call_id, **more))

    async def told(self, report: DispatchReport) -> DispatchReply:
        for _ in range(TRIES):
            self._replies.pop(report.message_id, None)
            await self.send(report)
            reply = await self._reply(report.message_id)
            if reply is not None and reply.outcome != "busy":
                return reply
        raise NoReplyError(f"{report.kind} of {report.call_id}: no reply after {TRIES} tries")

    async def until(self, holds: Callable[[], Any], *, seconds: float = 10.0) -> None:
        """Looked at after every message; TimeoutError when it does not come."""
        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: bool(holds())), seconds)

    def of(self, noun: str) -> list[dict[str, Any]]:
        """The data of every event of this kind."""
        return [event["data"] for event in self.events.values() if event["type"].split(".")[2] == noun]

    async def _reply(self, message_id: str) -> DispatchReply | None:
        async with self._news:
            try:
                await asyncio.wait_for(
                    self._news.wait_for(lambda: message_id in self._replies), REPLY_WITHIN_S
                )
            except TimeoutError:
                return None
        return self._replies[message_id]

    def _validator(self, noun: str) -> jsonschema.Draft7Validator:
        if noun not in self._valid:
            document = json.loads((FOLDER / "asyncapi.json").read_text(encoding="utf-8"))
            reference = {
                "$ref": f"#/components/messages/{noun}/payload", "components": document["components"]
            }  # fmt: skip
            self._valid[noun] = jsonschema.Draft7Validator(reference)
        return self._valid[noun]
