"""Answers of text calls handed to the sender, or published for the app that takes them, and their delivery
reports given to their thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol

from gateway.calls.text import TextState
from gateway.clock import Clock, within
from gateway.desk.threads.effects import PublishAnswer, SendText
from gateway.desk.threads.signals import AnswerPublished, TextHandled, ThreadSignal
from gateway.dispatch import topics
from gateway.dispatch.encode import JSON_TYPE
from gateway.dispatch.text_contract import TextAnswer
from gateway.ports import Broker, BrokerRefused, BrokerUnavailable, Message, StoreUnavailable
from gateway.ports_text import Delivery, Outcome, SentText, TextMessage, TextReport
from gateway.runtime.texting import ReportRefused, Texting

FAMILY = "text_call"
"""By this name reports find their way here."""
STOPPED = "stopped"
"""The gateway stopped while it was being sent. Pages have words for these."""
NOT_PUBLISHED = "not_published"
"""The broker did not take it; its app may still fetch it."""
PUBLISHED_WITHIN_S = 10.0
ANSWER_EXPIRY_S = 900
"""So long the broker keeps an answer for an app that is away; later it fetches what still counts."""

_OF_OUTCOME: Mapping[Outcome, TextState] = {
    Outcome.ACCEPTED: TextState.SENT,
    Outcome.REFUSED: TextState.FAILED,
    Outcome.FAILED: TextState.FAILED,
    Outcome.UNKNOWN: TextState.UNKNOWN,
}
_OF_DELIVERY: Mapping[Delivery, TextState] = {
    Delivery.ACCEPTED: TextState.SENT,
    Delivery.DELIVERED: TextState.DELIVERED,
    Delivery.READ: TextState.READ,
    Delivery.FAILED: TextState.FAILED,
    Delivery.EXPIRED: TextState.FAILED,
}


class Loop(Protocol):
    """`gateway.runtime.intake.Intake`, as far as reports need it."""

    async def settled(self, signal: object) -> None: ...


MayReport = Callable[[str, str, str | None], Awaitable[bool]]
"""`gateway.runtime.thread_desk.ThreadDesk.may_report`: thread, message id, key."""


class TextSending:
    """One of the house. `broker` None: apps fetch their answers. `may_report`: whether a report of this text
    of this thread carries the right key."""

    def __init__(
        self, texting: Texting, *, loop: Loop, clock: Clock, site: str = "", broker: Broker | None = None,
        may_report: MayReport | None = None,
    ) -> None:  # fmt: skip
        self._texting, self._loop, self._clock = texting, loop, clock
        self._site, self._broker, self._may_report = site, broker, may_report
        texting.takers[FAMILY] = self.reported

    async def send(self, effect: SendText) -> Iterable[TextHandled]:
        try:
            message = TextMessage(number=effect.number, text=effect.text, message_id=effect.message_id)
        except ValueError as error:
            return (self._handled(effect, TextState.FAILED, str(error)),)
        receipt = await self._texting.send(FAMILY, effect.thread, message)
        return (self._handled(effect, _OF_OUTCOME[receipt.outcome], receipt.reason),)

    async def publish(self, effect: PublishAnswer) -> Iterable[ThreadSignal]:
        """Once. That the broker has it says nothing of the app: its own report does."""
        try:
            await self._texting.expect(FAMILY, effect.thread, effect.message_id)
            if self._broker is not None:
                message = answer_message(self._site, effect)
                await within(self._clock, PUBLISHED_WITHIN_S, self._broker.publish(message))
        except (BrokerUnavailable, BrokerRefused, StoreUnavailable, TimeoutError):
            return (self._handled(effect, TextState.UNKNOWN, NOT_PUBLISHED),)
        return (
            AnswerPublished(
                thread=effect.thread, at=self._clock.now(), message_id=effect.message_id, tries=effect.tries
            ),
        )

    async def unknown(self, effect: SendText | PublishAnswer) -> Iterable[TextHandled]:
        """It was being sent when the gateway stopped: a person looks, and presses again or does not. An app
        may have it, or fetch it, and say so."""
        if isinstance(effect, PublishAnswer):
            try:
                await self._texting.expect(FAMILY, effect.thread, effect.message_id)
            except StoreUnavailable:
                return ()
        return (self._handled(effect, TextState.UNKNOWN, STOPPED),)

    def failed(self, effect: SendText | PublishAnswer, error: Exception) -> Iterable[TextHandled]:
        return (self._handled(effect, TextState.UNKNOWN, repr(error)[:200]),)

    async def reported(self, row: SentText, report: TextReport) -> None:
        """A delivery report. One that comes before the provider's own answer counts, too. Raises
        ReportRefused, StoreUnavailable."""
        if self._may_report and not await self._may_report(row.key, row.message_id, report.key):
            raise ReportRefused(str(ReportRefused.__doc__))
        bad = report.delivery in (Delivery.FAILED, Delivery.EXPIRED)
        reason = (report.reason or report.delivery.value) if bad else ""
        await self._loop.settled(
            TextHandled(
                thread=row.key, at=self._clock.now(), message_id=row.message_id,
                state=_OF_DELIVERY[report.delivery], reason=reason,
            )
        )  # fmt: skip

    def _handled(self, effect: SendText | PublishAnswer, state: TextState, reason: str) -> TextHandled:
        return TextHandled(
            thread=effect.thread, at=self._clock.now(), message_id=effect.message_id, state=state,
            tries=effect.tries, reason=reason,
        )  # fmt: skip


def answer_of(effect: PublishAnswer) -> TextAnswer:
    return TextAnswer(
        provider=effect.provider, conversation=effect.conversation, message_id=effect.message_id,
        call_id=effect.call_id, text=effect.text, written_at=effect.written_at,
    )  # fmt: skip


def answer_message(site: str, effect: PublishAnswer) -> Message:
    payload = answer_of(effect).model_dump_json().encode()
    return Message(
        topic=topics.text_answers(site, effect.provider), payload=payload,
        expiry_s=ANSWER_EXPIRY_S, content_type=JSON_TYPE,
    )  # fmt: skip
