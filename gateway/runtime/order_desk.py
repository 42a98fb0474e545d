"""Work orders as they come in from departments over MQTT, and what pages hear of all of them.

A message that cannot be done is answered and set aside as it came: unreadable, of an order or a department
that nobody knows, with a wrong key. A department's own mistakes (another's order, a closed one) are answered
and no more, for the answer says all.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from pydantic import ValidationError

from gateway.clock import Clock
from gateway.desk.directory import Directory
from gateway.desk.orders import signals as ask
from gateway.desk.orders.model import Order
from gateway.desk.orders.owed import KIND
from gateway.desk.orders.refusals import words
from gateway.desk.orders.signals import OrderRequest
from gateway.desk.orders.terms import Deadlines, Terms
from gateway.dispatch import topics
from gateway.dispatch.encode import JSON_TYPE
from gateway.dispatch.order_contract import OrderAsked, OrderReply
from gateway.ports import Message, StoreUnavailable
from gateway.ports_asides import AsideRow, Asides
from gateway.runtime.answers import Accepted, Answer, Busy, Refused
from gateway.runtime.book import Change
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.triage.model import Department

log = structlog.get_logger(__name__)

MAX_PAYLOAD_BYTES = 64 * 1024
"""A longer message is set aside, its first part kept."""
KEPT_DAYS = 30
KEPT_ASIDES = 5_000
"""What was set aside is forgotten after so many days, and when newer ones fill the table."""
CLEAN_EVERY_S = 3600.0
SHOWN_S = 600.0
"""How long after something was set aside the health page speaks of it."""
SERVICE = "work orders"
ASIDE = frozenset({"unreadable", "unknown_order", "unknown_department", "wrong_key"})
"""Refusals whose message is kept: perhaps something is lost on the way, or somebody tries doors."""

ACTIONS: Mapping[str, tuple[type[OrderRequest], str | None]] = {
    "accept": (ask.AcceptOrder, None),
    "start": (ask.StartOrder, None),
    "return": (ask.ReturnOrder, "reason"),
    "dispute": (ask.DisputeOrder, "reason"),
    "note": (ask.NoteOrder, "note"),
    "answer": (ask.AnswerOrder, "answer"),
}
"""What a department may ask, and as what its words stand in the request."""


def known_departments() -> Collection[str]:
    """To which an order can go: the codes that verdicts and the directory use."""
    return tuple(department.value for department in Department)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSources:
    """What a site has for its work orders. `usual`: the deadlines of a department whose line in the directory
    names none; `keys`: what their messages over MQTT must carry, by department; one without a key is
    believed, as the broker let it in."""

    asides: Asides | None = None
    usual: Deadlines = field(default_factory=Deadlines)
    keys: Mapping[str, str] = field(default_factory=dict)


def terms_of(directory: Directory, usual: Deadlines, zone: ZoneInfo) -> Terms:
    """The deadlines of each department, as directory and calendar have them."""
    of = {
        entry.code: Deadlines(
            accept=entry.accept_within or usual.accept, answer=entry.answer_within or usual.answer
        )
        for entry in directory.entries
    }
    there = {entry.code: entry.presence_hours for entry in directory.entries}
    return Terms(of=of, others=usual, hours=there, calendar=directory.calendar, zone=zone)


class OrderDesk:
    """One of the house. `tell`: publishes a reply now or never."""

    def __init__(
        self, sources: OrderSources, *, intake: Intake, hub: Hub, health: Health, clock: Clock, site: str,
        tell: Callable[[Message], None],
    ) -> None:  # fmt: skip
        self.sources = sources
        self._intake, self._hub, self._health, self._clock = intake, hub, health, clock
        self._site, self._tell = site, tell
        self._set_aside, self._aside_at = 0, -SHOWN_S
        self.dropped: Callable[[], int] = lambda: 0
        """Messages that nobody could take in time; set by who opens the inbox. Their senders ask again."""

    # ---- what departments ask over MQTT

    async def heard(self, payload: bytes) -> None:
        """One message: done, answered, or set aside. Raises nothing that a message could cause."""
        try:
            if len(payload) > MAX_PAYLOAD_BYTES:
                raise ValueError(f"longer than {MAX_PAYLOAD_BYTES} bytes")
            asked = OrderAsked.model_validate_json(payload)
        except (ValidationError, ValueError, RecursionError) as error:
            await self._aside(payload, None, Refused(code="unreadable", text=_first_fault(error)))
            return
        answer = self._stranger(asked) or await self._intake.submit(self.request_of(asked))
        if isinstance(answer, Refused) and answer.code in ASIDE:
            await self._aside(payload, asked, answer)
        if asked.department in known_departments():
            self._reply(asked, answer)

    def _stranger(self, asked: OrderAsked) -> Refused | None:
        if asked.department not in known_departments():
            return Refused(code="unknown_department", text=f"no department {asked.department}")
        key = self.sources.keys.get(asked.department)
        if key is not None and not hmac.compare_digest(
            key.encode(), (asked.key or "").encode("utf-8", "replace")
        ):
            return Refused(code="wrong_key", text="the key is missing or wrong")
        return None

    def request_of(self, asked: OrderAsked) -> OrderRequest:
        """What the message asks, as the loop takes it. A department's request ids are its own."""
        kind, word = ACTIONS[asked.action]
        words_of: dict[str, Any] = {} if word is None else {word: asked.text}
        return kind(
            order_id=asked.order_id, at=self._clock.now(), for_department=asked.department,
            request_id=request_id_of(asked.department, asked.request_id),
            actor=actor_of(asked.department, asked.by), expected_rev=asked.expected_rev, **words_of,
        )  # fmt: skip

    def _reply(self, asked: OrderAsked, answer: Answer) -> None:
        told = OrderReply(request_id=asked.request_id, order_id=asked.order_id, **_outcome(answer))
        topic = topics.order_replies(self._site, asked.department)
        payload = told.model_dump_json().encode()
        self._tell(Message(topic=topic, payload=payload, content_type=JSON_TYPE))

    async def _aside(self, payload: bytes, asked: OrderAsked | None, refused: Refused) -> None:
        """Kept, counted, told to the health page and the log."""
        self._set_aside, self._aside_at = self._set_aside + 1, self._clock.monotonic()
        log.warning(
            "a department's message was set aside", code=refused.code, why=refused.text,
            department=asked.department if asked else None, order_id=asked.order_id if asked else None,
            size_bytes=len(payload),
        )  # fmt: skip
        self.look()
        if self.sources.asides is None:
            return
        row = AsideRow(
            digest=hashlib.sha256(b"mqtt\0" + payload).hexdigest(), at=self._clock.now(), route="mqtt",
            department=asked.department if asked else None, order_id=asked.order_id if asked else None,
            code=refused.code, why=refused.text[:500], payload=payload[:MAX_PAYLOAD_BYTES],
        )  # fmt: skip
        try:
            await self.sources.asides.keep(row)
        except StoreUnavailable as error:
            log.error("what a department sent could not be kept", error=str(error))

    # ---- what pages hear

    def committed(self, changes: Sequence[Change]) -> None:
        """A page fetches what it shows of an order anew; the words themselves are not pushed."""
        for change in changes:
            if change.address[0] != KIND:
                continue
            order: Order = change.after.state
            departments = sorted({event.department for event in change.events})
            self._hub.publish(
                "order", None,
                {"order_id": order.order_id, "rev": order.rev, "state": order.state.value,
                 "call_id": order.call_id, "departments": departments},
            )  # fmt: skip

    def look(self) -> None:
        """The health page: orders that are open, those overdue, what was set aside."""
        count = self._intake.book.count
        figures = {
            "open": count(KIND), "overdue": count(KIND, lambda order: bool(order.overdue)),
            "set_aside": self._set_aside, "dropped": self.dropped(),
        }  # fmt: skip
        if not any(figures.values()):
            return
        bad = self._clock.monotonic() - self._aside_at < SHOWN_S
        state = ServiceState.DEGRADED if bad else ServiceState.UP
        self._health.set(SERVICE, state, _ASIDE_FAULT if bad else None, **figures)

    async def watch(self) -> None:
        """For ever: forget what was set aside long ago."""
        while True:
            await self._clock.sleep(CLEAN_EVERY_S)
            if self.sources.asides is not None:
                before = self._clock.now() - timedelta(days=KEPT_DAYS)
                if gone := await self.sources.asides.forget(before, KEPT_ASIDES):
                    log.info("what departments sent and nobody could use was deleted", count=gone)


_ASIDE_FAULT = Fault(
    fault_zh="有部门发来的消息无法对应工单，已另存",
    fault_en="a department's message fits no work order; it is kept",
    cure_zh="在工单页查看“另存的消息”，与该部门核对",
    cure_en="look at what was set aside on the orders page",
)  # fmt: skip


def request_id_of(department: str, request_id: str) -> str:
    """The ids of one department never meet those of another one, or of the hall."""
    return f"{department}:{request_id}"


def actor_of(department: str, person: str) -> str:
    return f"{department}/{person.strip()}" if person.strip() else department


def _outcome(answer: Answer) -> dict[str, Any]:
    """`not_saved`: the loop still tries; asked again under the same id it is answered."""
    match answer:
        case Accepted(rev=rev):
            return {"outcome": "accepted", "rev": rev}
        case Busy() | Refused(code="not_saved"):
            return {"outcome": "busy"}
    zh, en = words(answer.code)
    if answer.code == "invalid":
        en = f"{en} {answer.text}"
    return {"outcome": "refused", "code": answer.code, "message_zh": zh, "message_en": en}


def _first_fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place or 'message'}: {first['msg']}"
    return str(error)[:200] or type(error).__name__
