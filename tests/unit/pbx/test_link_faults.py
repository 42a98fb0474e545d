"""One test for each fault seen in panoramisk 1.4, named after it: the link must not have it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest

from gateway.pbx.link import AmiLink, AmiLinkConfig, LinkState, Phase, UnsafeValue
from gateway.pbx.message import AmiMessage, malformed
from gateway.testing.clock import ManualClock
from gateway.testing.fake_asterisk import FakeAsterisk

HOLD = {"Event": "Hold", "Privilege": "call,all"}


class Line:
    """A link under test and what its consumer saw."""

    def __init__(self, pbx: FakeAsterisk, secret: str = "secret", queue_size: int = 10_000) -> None:
        self.clock = ManualClock()
        self.messages: list[AmiMessage] = []
        self.states: list[LinkState] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failing: set[str] = set()
        self._changed = asyncio.Condition()
        self.link = AmiLink(
            AmiLinkConfig(
                pbx="pbx1", host=pbx.host, port=pbx.port, username="intake110", secret=secret,
                queue_size=queue_size,
            ),
            self.clock,
            self._take,
            self._enter,
            chance=lambda: 1.0,
        )  # fmt: skip

    async def _take(self, message: AmiMessage) -> None:
        await self.gate.wait()
        async with self._changed:
            self.messages.append(message)
            self._changed.notify_all()
        if message.event in self.failing:
            raise LookupError("the consumer's own fault")

    async def _enter(self, state: LinkState) -> None:
        async with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def phases(self) -> list[Phase]:
        return [state.phase for state in self.states]

    async def until_phase(self, phase: Phase, times: int = 1) -> LinkState:
        async with self._changed:
            await self._changed.wait_for(lambda: self.phases().count(phase) >= times)
        return [state for state in self.states if state.phase is phase][times - 1]

    async def until_messages(self, number: int) -> list[AmiMessage]:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.messages) >= number)
        return self.messages

    async def until_sleeping(self, sleepers: int = 1) -> None:
        """Until so many tasks wait for the clock: only then is it worth moving."""
        while self.clock.sleepers < sleepers:  # noqa: ASYNC110 - the clock has no event for it
            await asyncio.sleep(0)


@asynccontextmanager
async def line(pbx: FakeAsterisk, **options: object) -> AsyncIterator[Line]:
    made = Line(pbx, **options)  # type: ignore[arg-type]
    async with asyncio.timeout(20):
        await made.link.start()
        try:
            yield made
        finally:
            await made.link.close()


async def test_fault_1_a_character_split_over_two_chunks_survives() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        await pbx.send_raw(
            "Event: Place\r\nPrivilege: call,all\r\nAddress: 北京市朝阳区\r\n\r\n".encode(), piece=1
        )
        (message,) = await one.until_messages(1)
        assert message.get("Address") == "北京市朝阳区"


async def test_fault_2_an_exception_in_the_consumer_costs_one_message_not_the_link() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        one.failing.add("Bad")
        await pbx.send_raw(b"Event: Bad\r\n\r\nEvent: Good\r\n\r\nEvent: Better\r\n\r\n")
        assert [message.event for message in await one.until_messages(3)] == ["Bad", "Good", "Better"]
        assert (await one.link.action("Ping")).ok
        assert pbx.sessions == 1


async def test_fault_3_an_event_with_two_event_headers_arrives_and_is_doubted() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        await pbx.send_raw(b"Event: UserEvent\r\nPrivilege: user,all\r\nEvent: Evil\r\n\r\n")
        (message,) = await one.until_messages(1)
        assert malformed(message) == "a second Event header"
        assert pbx.sessions == 1


@pytest.mark.parametrize("value", ["1101\r\nAction: Hangup", "a\nb", "a\rb", "a\0b"])
async def test_fault_4_a_value_cannot_smuggle_in_a_second_action(value: str) -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        with pytest.raises(UnsafeValue):
            await one.link.action("Redirect", {"Exten": value})
        with pytest.raises(UnsafeValue):
            await one.link.action("Redirect", {value: "110"})
        with pytest.raises(UnsafeValue):
            await one.link.action("Originate", {"Variable": ["A=1", value]})
        assert (await one.link.action("Ping")).ok
        assert [action["Action"] for action in pbx.received] == ["Login", "Ping"]


async def test_fault_5_a_wrong_password_is_one_clear_error_and_a_slow_retry() -> None:
    async with FakeAsterisk() as pbx, line(pbx, secret="wrong") as one:
        refused = await one.until_phase(Phase.REFUSED)
        assert refused.reason == "the PBX refused the login: Authentication failed"
        assert refused.cure is not None
        assert "manager.conf" in refused.cure
        await one.until_sleeping()
        await one.clock.advance(59)
        assert pbx.sessions == 1
        await one.clock.advance(1)
        await one.until_phase(Phase.REFUSED, times=2)
        assert pbx.sessions == 2


async def test_fault_6_a_closed_link_does_not_come_back() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        await pbx.drop()
        await one.until_phase(Phase.DOWN)
        await one.link.close()
        await one.clock.advance(600)
        assert pbx.sessions == 1
        assert one.link.state.reason == "closed"
        with pytest.raises(RuntimeError):
            await one.link.start()


async def test_fault_7_an_unanswered_action_is_never_sent_again() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        pbx.silent = True
        asked = asyncio.create_task(one.link.action("Originate", {"Channel": "PJSIP/1101"}))
        await pbx.wait_for("Originate")
        await pbx.drop()
        answer = await asked
        assert not answer.ok
        assert answer.sent
        assert "may have done it" in answer.message
        pbx.silent = False
        await one.until_phase(Phase.DOWN)
        await one.until_sleeping()
        await one.clock.advance(60)
        await one.until_phase(Phase.LIVE, times=2)
        assert (await one.link.action("Ping")).ok
        assert pbx.count("Originate") == 1


async def test_fault_8_the_link_is_live_without_fully_booted_and_every_action_has_a_limit() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        pbx.silent = True
        asked = asyncio.create_task(one.link.action("Hangup", {"Channel": "PJSIP/1101-1"}, timeout_s=2))
        await pbx.wait_for("Hangup")
        await one.clock.advance(2)
        answer = await asked
        assert (answer.ok, answer.message, answer.sent) == (False, "no answer within 2 s", True)


async def test_fault_9_a_half_open_link_is_noticed_and_left() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        pbx.silent = True
        await one.until_sleeping()
        await one.clock.advance(5)
        await pbx.wait_for("Ping")
        await one.clock.advance(5)
        down = await one.until_phase(Phase.DOWN)
        assert down.reason == "no pong within 5 s"
        pbx.silent = False
        await one.until_sleeping()
        await one.clock.advance(60)
        await one.until_phase(Phase.LIVE, times=2)


async def test_fault_10_an_originate_is_always_asynchronous() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        assert (await one.link.action("Originate", {"Channel": "PJSIP/1101"})).ok
        assert (await pbx.wait_for("Originate"))["Async"] == "true"


async def test_fault_11_an_unknown_header_is_none_not_an_empty_text() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        await pbx.send_event({"Event": "Foo", "Privilege": "call,all", "Present": ""})
        (message,) = await one.until_messages(1)
        assert message.get("Present") == ""
        assert message.get("Absent") is None
        with pytest.raises(AttributeError):
            message.absent  # type: ignore[attr-defined]  # noqa: B018


async def test_fault_12_an_originate_response_reaches_the_consumer() -> None:
    async with FakeAsterisk() as pbx, line(pbx) as one:
        await one.until_phase(Phase.LIVE)
        pbx.script("Originate", lambda action: [
            (("Event", "OriginateResponse"), ("Privilege", "call,all"), ("Response", "Failure")),
            (("Response", "Success"), ("Message", "Originate successfully queued")),
        ])  # fmt: skip
        answer = await one.link.action("Originate", {"Channel": "PJSIP/1101"})
        assert answer.message == "Originate successfully queued"
        (message,) = await one.until_messages(1)
        assert message.event == "OriginateResponse"
        assert message.action_id == answer.fields["ActionID"]


async def test_fault_13_messages_are_handled_one_after_another_in_order_with_a_bound() -> None:
    async with FakeAsterisk() as pbx, line(pbx, queue_size=10) as one:
        await one.until_phase(Phase.LIVE)
        one.gate.clear()
        for number in range(40):
            await pbx.send_event({"Event": f"E{number}"})
        assert (await one.link.action("Ping")).ok  # the reader never waited
        assert one.link.state.phase is Phase.UNCONFIRMED
        one.gate.set()
        live = await one.until_phase(Phase.LIVE, times=2)
        kept = [message.event for message in one.messages]
        assert kept == [f"E{number}" for number in range(len(kept))]
        assert live.reason == f"{40 - len(kept)} messages were dropped"
        assert len(kept) in (10, 11)
        await pbx.send_event({"Event": "Next"})
        assert (await one.until_messages(len(kept) + 1))[-1].event == "Next"


async def test_fault_14_an_action_before_the_connection_is_an_answer() -> None:
    pbx = FakeAsterisk()
    await pbx.start()
    await pbx.stop()
    async with line(pbx) as one:
        answer = await one.link.action("Ping")
        assert not answer.ok
        assert not answer.sent
        assert (await one.until_phase(Phase.DOWN)).reason is not None


async def test_fault_14_a_connection_that_hangs_has_a_limit() -> None:
    pbx = FakeAsterisk()
    pbx.silent = True
    async with pbx, line(pbx) as one:
        await pbx.wait_for("Login")
        await one.clock.advance(5)
        assert (await one.until_phase(Phase.DOWN)).reason == "no answer to the login: no answer within 5 s"


async def test_fault_14_pauses_between_tries_grow_up_to_a_limit_and_are_scattered() -> None:
    pbx = FakeAsterisk()
    await pbx.start()
    await pbx.stop()
    async with line(pbx) as one:
        tries = []
        for times in range(1, 9):
            tries.append((await one.until_phase(Phase.DOWN, times=times)).since)
            await one.until_sleeping()
            while one.phases().count(Phase.DOWN) == times:
                await one.clock.advance(0.5)
        pauses = [(late - early).total_seconds() for early, late in pairwise(tries)]
        assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    assert {one.link._pause(0), one.link._pause(99)} == {0.5, 30.0}
    one.link._chance = lambda: 0.0
    assert {one.link._pause(0), one.link._pause(99)} == {0.25, 15.0}
