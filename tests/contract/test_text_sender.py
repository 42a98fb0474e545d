"""What every sender of texts must do: the shipped fake, and the one over HTTP against a small provider."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.clock import SystemClock
from gateway.config_base import ConfigError
from gateway.ports_text import Outcome, TextMessage, TextSender
from gateway.senders.http import HttpSenderSettings, HttpTextSender
from gateway.testing.fake_sender import FakeTextProvider, FakeTextSender

SECRET = "a secret of the laboratory"
TEXT = TextMessage(number="13800138000", text="请打开链接 https://x.example/s/abc", message_id="m-1")
FIELDS = {"to": "{to}", "text": "{text}", "message_id": "{message_id}"}


class House(ABC):
    sender: TextSender

    @abstractmethod
    async def start(self) -> None: ...

    @abstractmethod
    async def refusing(self) -> None:
        """From now on the far side refuses every text."""

    @abstractmethod
    async def gone(self) -> None:
        """The far side is not there at all."""

    @abstractmethod
    async def silent(self) -> None:
        """From now on texts are taken and nothing is answered."""

    @abstractmethod
    def sent(self) -> list[str]:
        """Every text that went out, in order."""

    async def stop(self) -> None:
        await self.sender.close()


class FakeHouse(House):
    def __init__(self) -> None:
        self.sender = self.fake = FakeTextSender()

    async def start(self) -> None:
        """Nothing to start."""

    async def refusing(self) -> None:
        self.fake.outcome = Outcome.REFUSED

    async def gone(self) -> None:
        self.fake.outcome = Outcome.FAILED

    async def silent(self) -> None:
        self.fake.outcome = Outcome.UNKNOWN

    def sent(self) -> list[str]:
        return [one.text for one in self.fake.sent]


class HttpHouse(House):
    def __init__(self, auth: str) -> None:
        self.auth, self.provider = auth, FakeTextProvider(SECRET, auth)

    async def start(self) -> None:
        await self.provider.start()
        self.sender = self.made()

    def made(self, **told: Any) -> HttpTextSender:
        given = {"within_s": 0.2, "tries": 2, "fields": FIELDS, "auth": self.auth, **told}
        settings = HttpSenderSettings(url=self.provider.url, **given)
        return HttpTextSender(settings, lambda: SECRET, Hasty())

    async def refusing(self) -> None:
        async def no(text: Any) -> tuple[int, Any]:
            return 400, {"reason": "number not allowed"}

        self.provider.behave = no

    async def gone(self) -> None:
        await self.provider.stop()

    async def silent(self) -> None:
        async def never(text: Any) -> tuple[int, Any]:
            await asyncio.Event().wait()
            raise AssertionError

        self.provider.behave = never

    def sent(self) -> list[str]:
        return [one["text"] for one in self.provider.sent]

    async def stop(self) -> None:
        await self.sender.close()
        await self.provider.stop()


class Hasty(SystemClock):
    """Pauses between tries are not waited out; the limit of one try is."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(0.0 if seconds in (0.5, 1.0, 2.0, 4.0) else seconds)


@pytest.fixture(params=["fake", "bearer", "hmac"])
async def house(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    made: House = FakeHouse() if request.param == "fake" else HttpHouse(request.param)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def http() -> AsyncIterator[HttpHouse]:
    made = HttpHouse("bearer")
    await made.start()
    yield made
    await made.stop()


async def test_a_text_is_accepted_and_has_the_providers_id(house: House) -> None:
    receipt = await house.sender.send(TEXT)
    assert receipt.accepted
    assert receipt.provider_id
    assert not receipt.again
    assert house.sent() == [TEXT.text]


async def test_the_same_text_again_reaches_the_phone_once(house: House) -> None:
    first, second = await house.sender.send(TEXT), await house.sender.send(TEXT)
    assert first == second
    assert house.sent() == [TEXT.text]


async def test_a_refusal_says_why_and_is_final(house: House) -> None:
    await house.refusing()
    receipt = await house.sender.send(TEXT)
    assert receipt.outcome is Outcome.REFUSED
    assert receipt.reason
    assert not receipt.again
    assert TEXT.number not in receipt.reason
    assert house.sent() == []


async def test_a_far_side_that_is_gone_may_be_tried_again(house: House) -> None:
    await house.gone()
    receipt = await house.sender.send(TEXT)
    assert receipt.outcome is Outcome.FAILED
    assert receipt.again
    assert receipt.reason


async def test_an_answer_that_does_not_come_is_unknown_not_failed(house: House) -> None:
    await house.silent()
    receipt = await house.sender.send(TEXT)
    assert receipt.outcome is Outcome.UNKNOWN
    assert receipt.again


@pytest.mark.parametrize(
    ("number", "text", "message_id"),
    [("", "x", "m"), ("138;rm", "x", "m"), ("138", "", "m"), ("138", "x" * 501, "m"), ("138", "x", "a b")],
)
def test_what_nobody_can_send_is_no_text(number: str, text: str, message_id: str) -> None:
    with pytest.raises(ValueError):
        TextMessage(number=number, text=text, message_id=message_id)


async def test_a_busy_provider_is_tried_again_under_the_same_id(http: HttpHouse) -> None:
    keys: list[str] = []
    accept = http.provider.behave

    async def busy_once(text: Any) -> tuple[int, Any]:
        keys.append(text["_key"])
        return (503, {}) if len(keys) == 1 else await accept(text)

    http.provider.behave = busy_once
    assert (await http.sender.send(TEXT)).accepted
    assert keys == ["m-1", "m-1"]


async def test_tries_are_bounded(http: HttpHouse) -> None:
    async def broken(text: Any) -> tuple[int, Any]:
        return 500, b"\xff not json"

    http.provider.behave = broken
    assert (await http.sender.send(TEXT)).outcome is Outcome.UNKNOWN
    assert http.provider.tries == 2


async def test_a_try_that_may_have_gone_out_stays_unknown_when_the_next_is_turned_away(
    http: HttpHouse,
) -> None:
    async def broken_then_busy(text: Any) -> tuple[int, Any]:
        return (500 if http.provider.tries == 1 else 503), {}

    http.provider.behave = broken_then_busy
    assert (await http.sender.send(TEXT)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("answer", [b"", b"[" * 70_000, b"nonsense", [1], {"id": {"deep": 1}}])
async def test_an_unreadable_answer_of_success_is_still_a_success(http: HttpHouse, answer: Any) -> None:
    async def odd(text: Any) -> tuple[int, Any]:
        return 200, answer

    http.provider.behave = odd
    receipt = await http.sender.send(TEXT)
    assert receipt.accepted
    assert receipt.provider_id is None


async def test_a_provider_that_says_yes_to_everything_is_read_by_its_own_code(http: HttpHouse) -> None:
    async def coded(text: Any) -> tuple[int, Any]:
        return 200, {"code": 21, "message": "余额不足", "data": {"id": "p9"}}

    http.provider.behave = coded
    sender = http.made(accepted_field="code", reason_field="message")
    receipt = await sender.send(TEXT)
    await sender.close()
    assert (receipt.outcome, receipt.reason) == (Outcome.REFUSED, "余额不足")


async def test_the_template_is_filled_in_at_every_depth_and_the_number_written_as_configured(
    http: HttpHouse,
) -> None:
    sender = http.made(
        number="e164", fields={"phones": ["{to}"], "content": {"text": "【110】{text}"}, "kind": 1}
    )
    assert (await sender.send(TEXT)).accepted
    await sender.close()
    assert http.provider.sent == [
        {"phones": ["+8613800138000"], "content": {"text": f"【110】{TEXT.text}"}, "kind": 1}
    ]


async def test_braces_in_a_text_are_only_text(http: HttpHouse) -> None:
    odd = TextMessage(number="138", text="{to} {0} {message_id.__class__}", message_id="m-2")
    assert (await http.sender.send(odd)).accepted
    assert http.sent() == [odd.text]


async def test_without_its_secret_nothing_leaves(http: HttpHouse) -> None:
    def gone() -> str:
        raise ConfigError("secret_file: cannot be read")

    sender = HttpTextSender(HttpSenderSettings(url=http.provider.url, fields=FIELDS, tries=1), gone, Hasty())
    assert (await sender.send(TEXT)).outcome is Outcome.FAILED
    await sender.close()
    assert http.provider.tries == 0


async def test_a_wrong_secret_is_a_refusal(http: HttpHouse) -> None:
    http.provider.secret = "another"
    assert (await http.sender.send(TEXT)).outcome is Outcome.REFUSED
