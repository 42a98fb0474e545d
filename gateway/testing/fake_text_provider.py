"""A text provider that keeps to the contract: it hands messages in over MQTT until it hears how they were
taken, and brings answers to its users, each once.

The developers of a provider's side find here what their system has to do, and may use it as the other side of
their tests.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from itertools import count
from typing import Any

from gateway.clock import Clock
from gateway.dispatch import topics
from gateway.dispatch.encode import JSON_TYPE
from gateway.dispatch.text_contract import TextAnswer, TextIn, TextReply, TextReported
from gateway.ports import Broker, Message
from gateway.ports_text import Delivery

REPLY_WITHIN_S = 2.0
"""After so long without a reply the same message is sent again."""
TRIES = 5


class NoReplyError(Exception):
    """The gateway did not reply, however often the message was sent."""


class FakeTextProvider:
    """`broker`: any `ports.Broker`, its own link. `shown`: what its users read; `came`: every answer as it
    came, those that came twice too; `key`: what the site has given it; `confirms`: it says at once that it
    took them."""

    def __init__(
        self, broker: Broker, site: str, clock: Clock, name: str = "sms12110", key: str | None = None
    ) -> None:
        self._broker, self._site, self._clock, self.name = broker, site, clock, name
        self.key = key
        self.replies: list[TextReply] = []
        self.shown: dict[str, TextAnswer] = {}
        self.came: list[TextAnswer] = []
        self.confirms = True
        self._news = asyncio.Condition()
        self._ids = count(1)

    async def open(self) -> None:
        """An SMS provider hears replies alone; an app its answers too."""
        await self._broker.subscribe(topics.text_replies(self._site), self._heard)
        await self._broker.subscribe(topics.text_answers(self._site, self.name), self._answered)

    async def _heard(self, message: Message) -> None:
        self.replies.append(TextReply.model_validate_json(message.payload))
        async with self._news:
            self._news.notify_all()

    async def _answered(self, message: Message) -> None:
        await self.takes(TextAnswer.model_validate_json(message.payload))

    async def takes(self, answer: TextAnswer) -> None:
        """An answer, from the topic or fetched: shown once under its id, and confirmed."""
        self.came.append(answer)
        self.shown.setdefault(answer.message_id, answer)
        if self.confirms:
            await self.report(answer.message_id, Delivery.ACCEPTED)
        async with self._news:
            self._news.notify_all()

    async def answered(self, count: int) -> list[TextAnswer]:
        """Wait until its users have so many answers; in the order in which they came first."""
        async with self._news:
            await self._news.wait_for(lambda: len(self.shown) >= count)
        return list(self.shown.values())

    async def report(self, message_id: str, delivery: Delivery, reason: str = "") -> None:
        """Say what became of an answer."""
        told = TextReported(
            message_id=message_id, provider_id=None, delivery=delivery, reason=reason, key=self.key
        )  # fmt: skip
        topic = topics.inbound(self._site, "text-reports")
        payload = told.model_dump_json().encode()
        await self._broker.publish(Message(topic=topic, payload=payload, content_type=JSON_TYPE))

    def message(
        self, sender: str, text: str, *, sent_at: datetime | None = None, **more: Any
    ) -> dict[str, Any]:
        """A message with an id of its own; `more`: part, position, attachments, message_id."""
        told = {
            "provider": self.name, "message_id": f"{self.name}-{next(self._ids):05d}", "sender": sender,
            "text": text, "sent_at": (sent_at or self._clock.now()).isoformat(), "key": self.key, **more,
        }  # fmt: skip
        return TextIn.model_validate(told).model_dump(mode="json")

    def parts(self, sender: str, *texts: str) -> list[dict[str, Any]]:
        """A long SMS as its parts."""
        reference = f"{self.name}-r{next(self._ids)}"
        return [
            self.message(sender, text, part={"reference": reference, "n": n, "of": len(texts)})
            for n, text in enumerate(texts, start=1)
        ]

    async def send(self, message: dict[str, Any] | bytes) -> None:
        """Once, without waiting for the reply."""
        body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
        topic = topics.inbound(self._site, "texts")
        await self._broker.publish(Message(topic=topic, payload=body, content_type=JSON_TYPE))

    async def hand_in(self, message: dict[str, Any]) -> TextReply:
        """Sent until the gateway says how it was taken. Raises NoReplyError."""
        for _ in range(TRIES):
            before = len(self.replies)
            await self.send(message)
            try:
                return await asyncio.wait_for(self._reply(message["message_id"], before), REPLY_WITHIN_S)
            except TimeoutError:
                continue
        raise NoReplyError(str(NoReplyError.__doc__))

    async def _reply(self, message_id: str, before: int) -> TextReply:
        async with self._news:
            while True:
                for reply in self.replies[before:]:
                    if reply.message_id == message_id:
                        return reply
                await self._news.wait()
