"""Answers of text calls handed to the sender, and their delivery reports given to their thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from gateway.calls.text import TextState
from gateway.clock import Clock
from gateway.desk.threads.effects import SendText
from gateway.desk.threads.signals import TextHandled
from gateway.ports_text import Delivery, Outcome, SentText, TextMessage, TextReport
from gateway.runtime.texting import Texting

FAMILY = "text_call"
"""By this name reports find their way here."""
STOPPED = "the gateway stopped while it was being sent"

_OF_OUTCOME: Mapping[Outcome, TextState] = {
    Outcome.ACCEPTED: TextState.SENT,
    Outcome.REFUSED: TextState.FAILED,
    Outcome.FAILED: TextState.FAILED,
    Outcome.UNKNOWN: TextState.UNKNOWN,
}
_OF_DELIVERY: Mapping[Delivery, TextState] = {
    Delivery.DELIVERED: TextState.DELIVERED,
    Delivery.FAILED: TextState.FAILED,
    Delivery.EXPIRED: TextState.FAILED,
}


class Loop(Protocol):
    """`gateway.runtime.intake.Intake`, as far as reports need it."""

    async def settled(self, signal: object) -> None: ...


class TextSending:
    """One of the house."""

    def __init__(self, texting: Texting, *, loop: Loop, clock: Clock) -> None:
        self._texting, self._loop, self._clock = texting, loop, clock
        texting.takers[FAMILY] = self.reported

    async def send(self, effect: SendText) -> Iterable[TextHandled]:
        try:
            message = TextMessage(number=effect.number, text=effect.text, message_id=effect.message_id)
        except ValueError as error:
            return (self._handled(effect, TextState.FAILED, str(error)),)
        receipt = await self._texting.send(FAMILY, effect.thread, message)
        return (self._handled(effect, _OF_OUTCOME[receipt.outcome], receipt.reason),)

    async def unknown(self, effect: SendText) -> Iterable[TextHandled]:
        """It was being sent when the gateway stopped: a person looks, and presses again or does not."""
        return (self._handled(effect, TextState.UNKNOWN, STOPPED),)

    def failed(self, effect: SendText, error: Exception) -> Iterable[TextHandled]:
        return (self._handled(effect, TextState.UNKNOWN, repr(error)[:200]),)

    async def reported(self, row: SentText, report: TextReport) -> None:
        """A delivery report. One that comes before the provider's own answer counts, too."""
        reason = report.reason or ("" if report.delivery is Delivery.DELIVERED else report.delivery.value)
        await self._loop.settled(
            TextHandled(
                thread=row.key, at=self._clock.now(), message_id=row.message_id,
                state=_OF_DELIVERY[report.delivery], reason=reason,
            )
        )  # fmt: skip

    def _handled(self, effect: SendText, state: TextState, reason: str) -> TextHandled:
        return TextHandled(
            thread=effect.thread, at=self._clock.now(), message_id=effect.message_id, state=state,
            tries=effect.tries, reason=reason,
        )  # fmt: skip
