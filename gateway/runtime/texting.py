"""Texts out and their delivery reports in: who asked for a text is told what became of it.

A part that sends texts registers itself in `takers` under its family's name and calls `send`; a report that
names one of its texts comes back to it. Reports may come twice, late and out of order: whoever takes them
must bear that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from pydantic import ValidationError

from gateway.clock import Clock
from gateway.dispatch.text_contract import TextReported
from gateway.ports import Broker, StoreUnavailable
from gateway.ports_text import (
    Outcome,
    Receipt,
    SentText,
    SentTexts,
    TextMessage,
    TextReport,
    TextSender,
)

log = structlog.get_logger(__name__)

NO_SENDER = "no sender is configured: [texts.sender] in gateway.toml"
KEPT_FOR = timedelta(days=7)
"""A report that comes later finds nobody."""
TIDY_EVERY_S = 3600.0


class ReportRefused(Exception):
    """The report's key is missing or wrong: nothing was taken."""


Taker = Callable[[SentText, TextReport], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSources:
    """By whom texts are sent, and where it is kept whose they are. `sender` None: nothing is sent. `broker`:
    over which answers go back to apps; None: they fetch them."""

    sender: TextSender | None = None
    sent: SentTexts | None = None
    broker: Broker | None = None


class Texting:
    """Without a sender whoever asks is told so."""

    def __init__(self, sources: TextSources, clock: Clock) -> None:
        self._sender, self._sent, self._clock = sources.sender, sources.sent, clock
        self.takers: dict[str, Taker] = {}

    @property
    def configured(self) -> bool:
        return self._sender is not None and self._sent is not None

    async def send(self, family: str, key: str, message: TextMessage) -> Receipt:
        """Hand one text over. Raises nothing: what could not be written down is not sent."""
        if self._sender is None or self._sent is None:
            return Receipt(outcome=Outcome.REFUSED, reason=NO_SENDER)
        row = SentText(message_id=message.message_id, family=family, key=key, at=self._clock.now())
        try:
            await self._sent.keep(row)
        except StoreUnavailable as error:
            return Receipt(outcome=Outcome.FAILED, reason=f"not saved, so not sent: {error}"[:200])
        receipt = await self._sender.send(message)
        if receipt.provider_id is not None:
            try:
                await self._sent.keep(replace(row, provider_id=receipt.provider_id))
            except StoreUnavailable as error:
                log.warning("a text's provider id was not kept: its report may find nobody", error=str(error))
        return receipt

    async def expect(self, family: str, key: str, message_id: str) -> None:
        """Whose reports of this text are, which goes another way. Raises StoreUnavailable."""
        if self._sent is not None:
            row = SentText(message_id=message_id, family=family, key=key, at=self._clock.now())
            await self._sent.keep(row)

    async def reported(self, report: TextReport) -> bool:
        """Give a report to whoever sent its text; False: nobody did, or it is too long ago.

        Raises StoreUnavailable, ReportRefused.
        """
        if self._sent is None:
            return False
        row = await self._sent.find(report.message_id, report.provider_id)
        taker = self.takers.get(row.family) if row is not None else None
        if row is None or taker is None:
            return False
        await taker(row, report)
        return True

    async def heard(self, payload: bytes) -> None:
        """A report over MQTT, `110/<site>/in/text-reports`: one that cannot be used is logged and dropped."""
        try:
            report = TextReported.model_validate_json(payload).report(self._clock.now())
            known = await self.reported(report)
        except (ValidationError, StoreUnavailable, ReportRefused) as error:
            log.warning("delivery report not taken", error=str(error)[:300])
            return
        if not known:
            log.warning("delivery report of an unknown text", provider_id=report.provider_id)

    async def watch(self) -> None:
        """For ever: forget what no report comes for any more."""
        while True:
            await self._clock.sleep(TIDY_EVERY_S)
            if self._sent is not None:
                try:
                    await self._sent.forget(self._clock.now() - KEPT_FOR)
                except StoreUnavailable:
                    continue

    async def close(self) -> None:
        if self._sender is not None:
            await self._sender.close()
