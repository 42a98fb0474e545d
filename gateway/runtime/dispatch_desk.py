"""What the dispatch core reports over MQTT, put on its calls; and what does not come from it.

A report of a call that nobody knows is kept and given to that call when it turns up: whichever is known last
finds the other. One that cannot be read, or has a wrong key, is kept for a person. Each is told once.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from pydantic import ValidationError

from gateway.calls.dispatched import DispatchChange, DispatchReported
from gateway.calls.hall import ReportUnmatched
from gateway.calls.instructions import ReportKind
from gateway.calls.model import CallSession
from gateway.calls.signals import CallSeized
from gateway.clock import Clock
from gateway.desk.dispatched import ack_state, dispatch_json, waiting
from gateway.dispatch import topics
from gateway.dispatch.dispatch_contract import DispatchReply, DispatchReport
from gateway.dispatch.encode import JSON_TYPE
from gateway.dispatch.site_events import UnmatchedStep
from gateway.ids import CallId
from gateway.ports import Message, StoreUnavailable
from gateway.ports_asides import ReportAside, ReportAsides
from gateway.runtime.answers import Accepted, Answer, Busy, Refused
from gateway.runtime.book import Change
from gateway.runtime.health import Fault, Health, ServiceState
from gateway.runtime.hub import Hub
from gateway.runtime.intake import Intake
from gateway.runtime.supervise import Tasks

log = structlog.get_logger(__name__)

MAX_PAYLOAD_BYTES = 16 * 1024
"""A longer message is set aside, its first part kept."""
KEPT = timedelta(hours=24)
KEPT_ASIDES = 2_000
"""What fits no call is forgotten after so long, and the oldest when newer ones fill the table; told once."""
AWAITED_LIMIT = 10_000
"""Calls for which reports are known to wait; for one beyond, a report waits until the next start."""
CLEAN_EVERY_S = 600.0
SHOWN_S = 600.0
"""How long after something was set aside the health page speaks of it."""
TRIES, PAUSE_S = 60, 1.0
"""The loop is full, or does not save: asked again so often, so far apart; then the core hears `busy`."""
SERVICE = "dispatch core"
ACTOR = "dispatch_core"
WAITING_SHOWN = 200
"""Lines of what does not come that a page gets, the longest wait first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchSources:
    """What a site has for its dispatch core. `ack_within_s`: how soon an alarm is acknowledged; None: no core
    acknowledges here. `key`: what its messages must carry; None: the broker let it in, so it is believed."""

    asides: ReportAsides | None = None
    ack_within_s: float | None = None
    key: str | None = None

    @property
    def ack_within(self) -> timedelta | None:
        return None if self.ack_within_s is None else timedelta(seconds=self.ack_within_s)


class DispatchDesk:
    """One of the house. `tell`: publishes a reply now or never."""

    def __init__(
        self, sources: DispatchSources, *, intake: Intake, hub: Hub, health: Health, clock: Clock, site: str,
        tell: Callable[[Message], None],
    ) -> None:  # fmt: skip
        self.sources = sources
        self._intake, self._hub, self._health, self._clock = intake, hub, health, clock
        self._site, self._tell = site, tell
        self._tasks = Tasks(limit=64)
        self._awaited: set[str] = set()
        """Calls for which reports wait."""
        self._set_aside, self._aside_at, self._heard = 0, -SHOWN_S, 0

    # ---- what comes in

    async def heard(self, payload: bytes) -> None:
        """One message: on its call, set aside, or refused. Raises nothing that a message could cause."""
        self._heard += 1
        digest = hashlib.sha256(payload).hexdigest()
        try:
            if len(payload) > MAX_PAYLOAD_BYTES:
                raise ValueError(f"longer than {MAX_PAYLOAD_BYTES} bytes")
            report = DispatchReport.model_validate_json(payload)
        except (ValidationError, ValueError, RecursionError) as error:
            await self._aside(payload, digest, None, Refused(code="unreadable", text=_first_fault(error)))
            return
        answer = self._stranger(report) or await self._given(report)
        if isinstance(answer, Refused) and answer.code in ("unknown_call", "wrong_key"):
            await self._aside(payload, digest, report, answer)
            if answer.code == "unknown_call":
                await self._look_again(report.call_id)
        self._reply(report, answer)

    def _stranger(self, report: DispatchReport) -> Refused | None:
        key = self.sources.key
        if key is None or hmac.compare_digest(key.encode(), (report.key or "").encode("utf-8", "replace")):
            return None
        return Refused(code="wrong_key", text="the key is missing or wrong")

    async def _given(self, report: DispatchReport) -> Answer:
        """Asked of the loop as often as it takes; a call that nobody knows is not asked at all, for the
        answer would stand for ever."""
        answer: Answer = Busy()
        for attempt in range(TRIES):
            if attempt:
                await self._clock.sleep(PAUSE_S)
            try:
                if not await self._known(report.call_id):
                    return Refused(code="unknown_call", text=f"no call {report.call_id}")
            except StoreUnavailable:
                continue
            answer = await self._intake.submit(self.signal_of(report))
            if not isinstance(answer, Busy) and not _unsaved(answer):
                return answer
        log.error("a report of the dispatch core was not taken", message_id=report.message_id)
        return Busy()

    async def _known(self, call_id: str) -> bool:
        return await self._intake.call(call_id) is not None

    def signal_of(self, report: DispatchReport) -> DispatchReported:
        """The report as the call takes it. The core's message ids never meet people's request ids."""
        now = self._clock.now()
        return DispatchReported(
            call_id=CallId(report.call_id), at=now, source_at=report.own_time(now),
            request_id=f"dispatch:{report.message_id}", actor=ACTOR, kind=ReportKind(report.kind),
            instruction_id=report.instruction_id, unit=report.unit, text=report.text, by=report.by,
            event_id=report.event_id,
        )  # fmt: skip

    def _reply(self, report: DispatchReport, answer: Answer) -> None:
        told = DispatchReply(message_id=report.message_id, **_outcome(answer))
        topic, payload = topics.dispatch_replies(self._site), told.model_dump_json().encode()
        self._tell(Message(topic=topic, payload=payload, content_type=JSON_TYPE))

    # ---- what fits no call

    async def _aside(
        self, payload: bytes, digest: str, report: DispatchReport | None, refused: Refused
    ) -> None:
        self._set_aside, self._aside_at = self._set_aside + 1, self._clock.monotonic()
        log.warning(
            "a report of the dispatch core was set aside", code=refused.code, why=refused.text,
            message_id=report.message_id if report else None, size_bytes=len(payload),
        )  # fmt: skip
        row = ReportAside(
            digest=digest, at=self._clock.now(), code=refused.code, why=refused.text[:500],
            message_id=report.message_id if report else "", call_id=report.call_id if report else "",
            kind=report.kind if report else "", payload=payload[:MAX_PAYLOAD_BYTES],
        )  # fmt: skip
        if row.code == "unknown_call" and len(self._awaited) < AWAITED_LIMIT:
            self._awaited.add(row.call_id)
        self.look()
        if self.sources.asides is None or await self._keep(self.sources.asides, row):
            await self._told(row, UnmatchedStep.KEPT)

    async def _keep(self, asides: ReportAsides, row: ReportAside) -> bool:
        """True: it was not there before, so it is told. What the store does not take is told and logged."""
        try:
            return await asides.keep(row)
        except StoreUnavailable as error:
            log.error("a report of the dispatch core could not be kept", error=str(error))
            return True

    async def _told(self, row: ReportAside, step: UnmatchedStep) -> None:
        await self._intake.offer(
            ReportUnmatched(
                at=self._clock.now(), step=step.value, code=row.code, digest=row.digest,
                message_id=row.message_id, call_id=row.call_id, kind=row.kind,
            )
        )  # fmt: skip

    async def _look_again(self, call_id: str) -> None:
        """The call may have turned up while its report was being put aside."""
        with suppress(StoreUnavailable):  # then `watch` finds it
            if await self._known(call_id):
                self._turned_up(call_id)

    def _turned_up(self, call_id: str) -> None:
        self._awaited.discard(call_id)
        self._tasks.start("reports of the dispatch core", self._give(call_id))

    async def _give(self, call_id: str) -> None:
        """Committed on the call before it counts as given: a crash between gives it again, which changes
        nothing."""
        asides = self.sources.asides
        if asides is None:
            return
        try:
            for row in await asides.waiting_for(call_id):
                report = DispatchReport.model_validate_json(row.payload)
                if isinstance(await self._given(report), Accepted):
                    await asides.given(row.digest)
                    await self._told(row, UnmatchedStep.GIVEN)
        except StoreUnavailable as error:
            log.error("reports that wait for their call could not be read", error=str(error))
            self._awaited.add(call_id)

    async def load(self) -> None:
        """After a restart: which calls reports wait for, and those that turned up meanwhile."""
        if self.sources.asides is None:
            return
        for call_id in await self.sources.asides.awaited(AWAITED_LIMIT):
            if await self._known(call_id):
                self._turned_up(call_id)
            else:
                self._awaited.add(call_id)

    async def watch(self) -> None:
        """For ever: look again for calls that reports wait for, forget what waited long enough."""
        while True:
            await self._clock.sleep(CLEAN_EVERY_S)
            if self.sources.asides is None:
                continue
            await self.load()
            for row in await self.sources.asides.forget(self._clock.now() - KEPT, KEPT_ASIDES):
                if row.code == "unknown_call":
                    self._awaited.discard(row.call_id)
                    await self._told(row, UnmatchedStep.FORGOTTEN)

    async def idle(self) -> None:
        """Until everything that was to be given is given."""
        await self._tasks.idle()

    async def close(self) -> None:
        await self._tasks.close()

    # ---- what pages hear

    def committed(self, changes: Sequence[Change]) -> None:
        """Calls that turned up get what waits for them; cards and walls hear of every step."""
        for change in changes:
            if change.address[0] != "call":
                continue
            session: CallSession = change.after.state
            if isinstance(change.signal, CallSeized) and session.call_id in self._awaited:
                self._turned_up(session.call_id)
            if any(isinstance(event, DispatchChange) for event in change.events):
                shown = {"call_id": session.call_id, "dispatch": dispatch_json(session)}
                self._hub.publish("dispatch", session.call_id, shown)
                self.look()

    def waiting(self) -> list[dict[str, Any]]:
        """What does not come, longest first."""
        return waiting(self._sessions())[:WAITING_SHOWN]

    def _sessions(self) -> list[CallSession]:
        return [live.state for live in self._intake.book.of_kind("call").values()]

    def look(self) -> None:
        """The health page: alarms that the core did not acknowledge, instructions nobody signed."""
        alarms = [session.dispatch.alarm for session in self._sessions()]
        missing = sum(1 for each in alarms if ack_state(each) == "missing" and each and not each.left)
        rows = self.waiting()
        figures = {
            "reports": self._heard, "set_aside": self._set_aside, "calls_awaited": len(self._awaited),
            "unacknowledged": missing, "unsigned": sum(1 for row in rows if row["kind"] == "sign_off"),
        }  # fmt: skip
        if self.sources.ack_within_s is None and not any(figures.values()):
            return
        aside = self._clock.monotonic() - self._aside_at < SHOWN_S
        state = ServiceState.DOWN if missing else ServiceState.DEGRADED if aside else ServiceState.UP
        self._health.set(SERVICE, state, _NO_ACK if missing else _ASIDE if aside else None, **figures)


_NO_ACK = Fault(
    fault_zh="有警情未得到指挥调度系统的回执",
    fault_en="the dispatch core did not acknowledge an alarm",
    cure_zh="立即电话通知指挥调度台，并检查其与消息服务器的连接",
    cure_en="tell the dispatch desk by telephone now, then look at its link to the broker",
)
_ASIDE = Fault(
    fault_zh="指挥调度系统发来的消息无法对应来电，已另存",
    fault_en="a message of the dispatch core fits no call; it is kept",
    cure_zh="核对消息中的来电编号与格式（AsyncAPI：DispatchReport）",
    cure_en="compare the call id and the form in the message (AsyncAPI: DispatchReport)",
)

REFUSALS = {
    "unknown_call": (
        "没有这个来电，消息已另存，来电出现后自动归入。",
        "No such call yet: the message is kept and given to the call when it turns up.",
    ),
    "wrong_key": ("密钥缺失或不正确，未执行。", "The key is missing or wrong: nothing was done."),
    "invalid": ("内容不符合要求。", "Something in it is not right."),
}


def _unsaved(answer: Answer) -> bool:
    return isinstance(answer, Refused) and answer.code == "not_saved"


def _outcome(answer: Answer) -> dict[str, Any]:
    match answer:
        case Accepted():
            return {"outcome": "accepted"}
        case Busy():
            return {"outcome": "busy"}
    zh, en = REFUSALS.get(answer.code, REFUSALS["invalid"])
    outcome = "kept" if answer.code == "unknown_call" else "refused"
    return {"outcome": outcome, "code": answer.code, "message_zh": zh, "message_en": en}


def _first_fault(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place or 'message'}: {first['msg']}"
    return str(error)[:200] or type(error).__name__
