"""Texts out and reports in: each report comes back to whoever sent the text."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.dispatch.text_contract import TextReported
from gateway.ports import StoreUnavailable
from gateway.ports_text import Delivery, Outcome, SentText, TextMessage, TextReport
from gateway.runtime.texting import KEPT_FOR, Texting, TextSources
from gateway.testing.clock import ManualClock
from gateway.testing.fake_sender import FakeTextSender, MemoryTexts

TEXT = TextMessage(number="13800138000", text="hello", message_id="m-1")


class Desk:
    def __init__(self) -> None:
        self.clock, self.sender, self.sent = ManualClock(), FakeTextSender(), MemoryTexts()
        self.texting = Texting(TextSources(sender=self.sender, sent=self.sent), self.clock)
        self.texting.takers["share"] = self.take
        self.told: list[tuple[str, Delivery]] = []

    async def take(self, row: SentText, report: TextReport) -> None:
        self.told.append((row.key, report.delivery))

    def report(self, **told: str | None) -> TextReport:
        return TextReport(delivery=Delivery.DELIVERED, at=self.clock.now(), **told)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_a_report_by_our_id_or_the_providers_comes_back_to_the_sender(desk: Desk) -> None:
    assert (await desk.texting.send("share", "c1", TEXT)).accepted
    assert await desk.texting.reported(desk.report(message_id="m-1"))
    assert await desk.texting.reported(desk.report(provider_id="fake-m-1"))
    assert desk.told == [("c1", Delivery.DELIVERED)] * 2


async def test_a_report_of_a_text_that_nobody_sent_is_told_so(desk: Desk) -> None:
    assert not await desk.texting.reported(desk.report(message_id="other"))
    assert not await desk.texting.reported(desk.report(provider_id="other"))
    await desk.texting.send("no such family", "c1", TEXT)
    assert not await desk.texting.reported(desk.report(message_id="m-1"))
    assert desk.told == []


async def test_without_a_sender_a_text_is_refused_with_the_reason() -> None:
    texting = Texting(TextSources(), ManualClock())
    receipt = await texting.send("share", "c1", TEXT)
    assert receipt.outcome is Outcome.REFUSED
    assert "[texts.sender]" in receipt.reason
    assert not texting.configured


async def test_a_text_that_cannot_be_written_down_is_not_sent(desk: Desk) -> None:
    async def down(row: SentText) -> None:
        raise StoreUnavailable("no")

    desk.sent.keep = down  # type: ignore[method-assign]
    assert (await desk.texting.send("share", "c1", TEXT)).outcome is Outcome.FAILED
    assert desk.sender.sent == []


async def test_reports_over_mqtt_are_taken_and_bad_ones_dropped(desk: Desk) -> None:
    await desk.texting.send("share", "c1", TEXT)
    for payload in (b"", b"{", b'{"delivery": "delivered"}', b'{"message_id": "m-1", "delivery": "eaten"}'):
        await desk.texting.heard(payload)
    await desk.texting.heard(b'{"message_id": "m-1", "delivery": "failed", "reason": "absent"}')
    assert desk.told == [("c1", Delivery.FAILED)]


async def test_what_was_sent_long_ago_is_forgotten(desk: Desk) -> None:
    await desk.texting.send("share", "c1", TEXT)
    await desk.sent.forget(desk.clock.now() + KEPT_FOR - KEPT_FOR + timedelta(seconds=1))
    assert not await desk.texting.reported(desk.report(message_id="m-1"))


def test_a_report_must_name_a_text() -> None:
    with pytest.raises(ValueError, match="message_id or provider_id"):
        TextReported.model_validate({"delivery": "delivered"})
