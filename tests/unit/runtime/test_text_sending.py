"""Answers handed to the sender: what each outcome and each delivery report means to the thread."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.calls.text import TextState
from gateway.desk.threads.effects import SendText
from gateway.ports_text import Delivery, Outcome, SentText, TextReport
from gateway.runtime.text_sending import FAMILY, TextSending
from gateway.runtime.texting import Texting, TextSources
from gateway.testing.clock import ManualClock
from gateway.testing.fake_sender import FakeTextSender, MemoryTexts

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)


class Loop:
    def __init__(self) -> None:
        self.told: list[object] = []

    async def settled(self, signal: object) -> None:
        self.told.append(signal)


@pytest.fixture
def sender() -> FakeTextSender:
    return FakeTextSender()


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def sending(sender: FakeTextSender, loop: Loop) -> TextSending:
    clock = ManualClock(NOON)
    texting = Texting(TextSources(sender=sender, sent=MemoryTexts()), clock)
    return TextSending(texting, loop=loop, clock=clock)


def answer(text: str = "您在哪里？") -> SendText:
    return SendText(thread="t", number="13800138000", text=text, message_id="a-0-1", tries=2)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.ACCEPTED, TextState.SENT),
        (Outcome.REFUSED, TextState.FAILED),
        (Outcome.FAILED, TextState.FAILED),
        (Outcome.UNKNOWN, TextState.UNKNOWN),
    ],
)
async def test_what_the_sender_says_is_told_of_this_very_hand_over(
    sending: TextSending, sender: FakeTextSender, outcome: Outcome, state: TextState
) -> None:
    sender.outcome = outcome
    (told,) = await sending.send(answer())
    assert (told.state, told.tries, told.message_id) == (state, 2, "a-0-1")


async def test_what_cannot_be_sent_to_anybody_has_failed(
    sending: TextSending, sender: FakeTextSender
) -> None:
    (told,) = await sending.send(answer(" "))
    assert told.state is TextState.FAILED
    assert "characters" in told.reason
    assert sender.sent == []


async def test_one_under_way_when_the_gateway_stopped_is_unknown(sending: TextSending) -> None:
    (told,) = await sending.unknown(answer())
    (crashed,) = sending.failed(answer(), RuntimeError("x"))
    assert told.state is crashed.state is TextState.UNKNOWN


@pytest.mark.parametrize(
    ("delivery", "state", "reason"),
    [
        (Delivery.DELIVERED, TextState.DELIVERED, ""),
        (Delivery.FAILED, TextState.FAILED, "failed"),
        (Delivery.EXPIRED, TextState.FAILED, "expired"),
    ],
)
async def test_a_report_finds_its_thread_whichever_hand_over_it_is_about(
    sending: TextSending, loop: Loop, delivery: Delivery, state: TextState, reason: str
) -> None:
    row = SentText(message_id="a-0-1", family=FAMILY, key="t", at=NOON)
    await sending.reported(row, TextReport(delivery=delivery, at=NOON, message_id="a-0-1"))
    (told,) = loop.told
    assert (told.thread, told.state, told.tries, told.reason) == ("t", state, None, reason)  # type: ignore[attr-defined]
