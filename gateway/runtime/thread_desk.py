"""Text calls of one site: messages taken in from providers, danger in half-come ones, what pages and
providers hear.

What cannot be read is kept aside and its provider told what is wrong. A flood of one number ends in one call
that comes after the others; nothing of it is dropped.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from pydantic import ValidationError

from gateway.calls.model import CallSession, CallState
from gateway.calls.signals import VetoFired
from gateway.calls.text import AnswerWay, TextAttachment, TextState
from gateway.calls.texted import TextCallChange, TextMessageChange
from gateway.clock import Clock
from gateway.desk.texts import text_json
from gateway.desk.threads import parts
from gateway.desk.threads.model import KIND, Part, Place, Thread, thread_key
from gateway.desk.threads.reducer import has
from gateway.desk.threads.signals import TextArrived
from gateway.dispatch import topics
from gateway.dispatch.encode import JSON_TYPE
from gateway.dispatch.text_contract import TextAnswer, TextIn, TextPosition, TextReply
from gateway.ids import CallId
from gateway.journal.codec import decode, from_text
from gateway.location.model import Datum
from gateway.location.numbering import CHINA, national
from gateway.ports import Message, Store, StoreUnavailable
from gateway.ports_asides import AsideRow, Asides
from gateway.runtime.book import Change
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.supervise import Tasks
from gateway.speech.model import Leg

log = structlog.get_logger(__name__)

MAX_PAYLOAD_BYTES = 32 * 1024
"""A longer message is set aside, its first part kept."""
TAKEN_WITHIN_S = 10.0
"""A provider that posts waits no longer: it is told to send again, which changes nothing if it was saved."""
AT_ONCE = 256
"""Messages under way together; more wait in the inbox, whose limit is its own."""
SHOWN_S = 600.0
"""How long after something was set aside the health page speaks of it."""
SERVICE = "texts"
ROUTE = "texts"
CUT_CHARS = 300

Danger = Callable[[CallId, Leg, str, int, int], Iterable[VetoFired]]
"""Dangers in words that are not final: `gateway.runtime.judging.Judging.danger_in`."""


class TextNotTaken(Exception):
    """The message was not saved in time: send it again, the same one is kept once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadSources:
    """`within_s`: how soon somebody has a text call. `asides`: where unreadable messages are kept. `keys`: by
    provider, what its messages and reports must carry; one without a key is believed, as broker or token let
    it in."""

    within_s: float = 180.0
    asides: Asides | None = None
    country_code: str = CHINA
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def within(self) -> timedelta:
        return timedelta(seconds=self.within_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`known`: it was here already. `call_id` None: the call of an old message is not looked up."""

    call_id: str | None
    known: bool


class ThreadDesk:
    """One of the house. `tell`: publishes a reply now or never."""

    def __init__(
        self, sources: ThreadSources, *, intake: Intake, store: Store, hub: Hub, health: Health, clock: Clock,
        site: str, tell: Callable[[Message], None], danger: Danger,
    ) -> None:  # fmt: skip
        self.sources = sources
        self._intake, self._store, self._hub, self._health = intake, store, hub, health
        self._clock, self._site, self._tell, self._danger = clock, site, tell, danger
        self._tasks = Tasks(limit=AT_ONCE)
        self._heard, self._set_aside, self._aside_at = 0, 0, -SHOWN_S

    # ---- in

    async def take(self, message: TextIn) -> Taken:
        """One message or part, saved when this returns. Raises StoreUnavailable."""
        self._heard += 1
        signal = self.signal_of(message)
        thread = await self.thread(signal.thread)
        if has(thread, signal.message_id, signal.part.n if signal.part else 0):
            return Taken(call_id=thread.call_id if thread else None, known=True)
        await self._intake.settled(signal)
        thread = await self.thread(signal.thread)
        return Taken(call_id=thread.call_id if thread else None, known=False)

    async def take_soon(self, message: TextIn) -> Taken:
        """For who waits for the answer. Raises TextNotTaken, StoreUnavailable; what went on may still be
        saved."""
        work = asyncio.ensure_future(self.take(message))
        try:
            return await asyncio.wait_for(asyncio.shield(work), TAKEN_WITHIN_S)
        except TimeoutError as error:
            work.add_done_callback(lambda done: done.cancelled() or done.exception())
            raise TextNotTaken(str(TextNotTaken.__doc__)) from error

    async def heard(self, payload: bytes) -> None:
        """One message over MQTT: taken beside others, or set aside. Raises nothing that a message could
        cause."""
        try:
            if len(payload) > MAX_PAYLOAD_BYTES:
                raise ValueError(f"longer than {MAX_PAYLOAD_BYTES} bytes")
            message = TextIn.model_validate_json(payload)
        except (ValidationError, ValueError, RecursionError) as error:
            await self._unreadable(payload, first_fault(error))
            return
        if not self.allowed(message.provider, message.key):
            await self._put_aside(payload, "wrong_key", f"{message.provider}: the key is missing or wrong")
            self._reply(
                message.provider, message.message_id, outcome="refused", code="wrong_key",
                message_zh="密钥缺失或不正确，未接收。",
                message_en="The key is missing or wrong: nothing was taken.",
            )  # fmt: skip
            return
        self._tasks.start("a text", self._taken(message))

    def allowed(self, provider: str, key: str | None) -> bool:
        """Whether this is the provider's key, or it needs none."""
        wanted = self.sources.keys.get(provider)
        return wanted is None or hmac.compare_digest(wanted.encode(), (key or "").encode("utf-8", "replace"))

    async def may_report(self, key: str, message_id: str, shown: str | None) -> bool:
        """An answer that went to an app is reported by that app alone; a text's reports come from who sent
        it. Raises StoreUnavailable."""
        thread = await self.thread(key)
        by_app = thread is not None and any(
            each.channel and each.message_id == message_id for each in thread.outgoing
        )
        return thread is None or not by_app or self.allowed(thread.provider, shown)

    async def _taken(self, message: TextIn) -> None:
        try:
            taken = await self.take(message)
        except StoreUnavailable as error:
            log.error("a text was not taken: the store does not answer", error=str(error))
            self._reply(message.provider, message.message_id, outcome="busy")
            return
        outcome = "known" if taken.known else "accepted"
        self._reply(message.provider, message.message_id, outcome=outcome, call_id=taken.call_id)

    def signal_of(self, message: TextIn) -> TextArrived:
        """The message as its thread takes it: a telephone number in the form in which calls have it."""
        now = self._clock.now()
        phone = message.sender.removeprefix("+").isdigit() and message.sender.isascii()
        number = national(message.sender, self.sources.country_code) if phone else None
        part, place = message.part, message.position
        return TextArrived(
            thread=thread_key(message.provider, number or message.sender), at=now, site=self._site,
            provider=message.provider, number=number or None, message_id=message.message_id,
            text=message.text, sent_at=message.own_time(now),
            part=None if part is None else Part(reference=part.reference, n=part.n, of=part.of),
            place=None if place is None else _place(place),
            attachments=tuple(TextAttachment(**each.model_dump()) for each in message.attachments),
            sender=message.sender, way=_way(message.answers, number),
        )  # fmt: skip

    async def thread(self, key: str) -> Thread | None:
        """As committed last, in memory or not. Raises StoreUnavailable."""
        if (live := self._intake.book.get((KIND, key))) is not None:
            known: Thread = live.state
            return known
        row = await self._store.aggregate(KIND, key)
        return None if row is None else decode(Thread, from_text(row.state))

    # ---- back to apps

    def answers(self, provider: str) -> list[TextAnswer]:
        """What an app has not said yet that it took, the oldest first: of conversations that go on, and those
        that still wait for its word."""
        threads = (live.state for live in self._intake.book.of_kind(KIND).values())
        found = [
            TextAnswer(
                provider=provider, conversation=thread.sender, message_id=each.message_id,
                call_id=each.call_id, text=each.text, written_at=each.at,
            )
            for thread in threads
            if thread.provider == provider
            for each in thread.outgoing
            if each.channel and each.state in (TextState.QUEUED, TextState.UNKNOWN)
        ]  # fmt: skip
        return sorted(found, key=lambda each: (each.written_at, each.message_id))

    # ---- what cannot be read

    async def _unreadable(self, payload: bytes, why: str) -> None:
        self._reply(
            None, None, outcome="refused", code="unreadable",
            message_zh=f"消息不符合格式（AsyncAPI：TextIn）：{why}",
            message_en=f"The message does not have the form of TextIn (AsyncAPI): {why}",
        )  # fmt: skip
        await self._put_aside(payload, "unreadable", why)

    async def _put_aside(self, payload: bytes, code: str, why: str) -> None:
        self._set_aside, self._aside_at = self._set_aside + 1, self._clock.monotonic()
        log.warning("a text was not taken and set aside", code=code, why=why, size_bytes=len(payload))
        self.look()
        if self.sources.asides is None:
            return
        row = AsideRow(
            digest=hashlib.sha256(ROUTE.encode() + payload).hexdigest(), at=self._clock.now(), route=ROUTE,
            department=None, order_id=None, code=code, why=why, payload=payload[:MAX_PAYLOAD_BYTES],
        )  # fmt: skip
        try:
            await self.sources.asides.keep(row)
        except StoreUnavailable as error:
            log.error("a text that was not taken could not be kept either", error=str(error))

    def _reply(self, provider: str | None, message_id: str | None, **told: Any) -> None:
        reply = TextReply(provider=provider, message_id=message_id, **told)
        payload = reply.model_dump_json().encode()
        self._tell(Message(topic=topics.text_replies(self._site), payload=payload, content_type=JSON_TYPE))

    # ---- what pages hear

    def committed(self, changes: Sequence[Change]) -> None:
        """Cards and queues hear of every step; parts that came are looked through for danger at once."""
        for change in changes:
            if change.address[0] == KIND and isinstance(change.signal, TextArrived):
                self._look_for_danger(change.after.state)
            if change.address[0] != "call" or change.after.state.text is None:
                continue
            session: CallSession = change.after.state
            if any(isinstance(event, TextMessageChange | TextCallChange) for event in change.events):
                shown = {"call_id": session.call_id, "text": text_json(session)}
                self._hub.publish("thread", session.call_id, shown)

    def _look_for_danger(self, thread: Thread) -> None:
        """Like unfinished speech: a danger fires before the message is whole, and stands."""
        if not thread.awaited or thread.call_id is None:
            return
        for veto in self._danger(thread.call_id, Leg.CALLER, parts.partial(thread.awaited), 0, 0):
            self._tasks.start("danger in a part of a text", self._intake.offer(veto))

    def waiting(self) -> list[CallSession]:
        """Text calls that nobody has: those that are suspected last, then the longest wait first."""
        open_ = [call for call in self._calls() if call.text is not None and call.text.waiting_since]
        return sorted(open_, key=_order)

    def held(self) -> list[CallSession]:
        """Text calls that somebody has."""
        return sorted(
            (call for call in self._calls() if call.text is not None and call.text.claimed_by),
            key=lambda call: (call.seized_at, call.call_id),
        )

    def _calls(self) -> list[CallSession]:
        calls = (live.state for live in self._intake.book.of_kind("call").values())
        return [call for call in calls if call.text is not None and call.state is not CallState.ENDED]

    def look(self) -> None:
        """The health page."""
        waiting = self.waiting()
        figures = {
            "messages": self._heard, "set_aside": self._set_aside, "waiting": len(waiting),
            "overdue": sum(1 for call in waiting if call.text and call.text.overdue),
            "undelivered": sum(call.text.undelivered for call in self._calls() if call.text),
        }  # fmt: skip
        if not any(figures.values()):
            return
        aside = self._clock.monotonic() - self._aside_at < SHOWN_S
        self._health.set(
            SERVICE, ServiceState.DEGRADED if aside else ServiceState.UP, _ASIDE if aside else None, **figures
        )

    async def idle(self) -> None:
        """Until everything that came in is taken."""
        await self._tasks.idle()

    async def close(self) -> None:
        await self._tasks.close()


_ASIDE = Fault(
    fault_zh="短信平台发来的消息格式不符，已另存",
    fault_en="a message of a text provider does not have the agreed form; it is kept",
    cure_zh="请平台方按 AsyncAPI（TextIn）核对消息格式；原因见回复主题",
    cure_en="ask the provider to compare it with the AsyncAPI document (TextIn); the reply topic says why",
)


def _place(position: TextPosition) -> Place:
    return Place(
        latitude=position.latitude, longitude=position.longitude, datum=Datum(position.datum),
        uncertainty_m=position.uncertainty_m,
    )  # fmt: skip


def _way(wanted: str | None, number: str | None) -> AnswerWay:
    """As the app wants it; a text needs a number."""
    way = AnswerWay(wanted) if wanted else AnswerWay.SMS if number else AnswerWay.CHANNEL
    return AnswerWay.NONE if way is AnswerWay.SMS and not number else way


def _order(call: CallSession) -> tuple[bool, Any, str]:
    since = call.text.waiting_since if call.text else None
    return call.together.suspicion is not None, since or call.seized_at, call.call_id


def first_fault(error: Exception) -> str:
    """What is wrong and where, without what was written."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place or 'message'}: {first['msg']}"[:CUT_CHARS]
    return str(error)[:CUT_CHARS] or type(error).__name__
