"""One test for each fault seen in panoramisk 1.4, named after it: the link must not have it."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from gateway.pbx.link import Phase, UnsafeValue
from gateway.pbx.message import malformed
from gateway.testing.fake_asterisk import FakeAsterisk
from gateway.testing.watched_link import SteppedLink

HOLD = {"Event": "Hold", "Privilege": "call,all"}


async def test_fault_1_a_character_split_over_two_chunks_survives() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        await pbx.send_raw(
            "Event: Place\r\nPrivilege: call,all\r\nAddress: 北京市朝阳区\r\n\r\n".encode(), piece=1
        )
        (message,) = await one.taken(1)
        assert message.get("Address") == "北京市朝阳区"


async def test_fault_2_an_exception_in_the_consumer_costs_one_message_not_the_link() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        one.failing.add("Bad")
        await pbx.send_raw(b"Event: Bad\r\n\r\nEvent: Good\r\n\r\nEvent: Better\r\n\r\n")
        assert [message.event for message in await one.taken(3)] == ["Bad", "Good", "Better"]
        assert (await one.link.action("Ping")).ok
        assert pbx.sessions == 1


async def test_fault_3_an_event_with_two_event_headers_arrives_and_is_doubted() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        await pbx.send_raw(b"Event: UserEvent\r\nPrivilege: user,all\r\nEvent: Evil\r\n\r\n")
        (message,) = await one.taken(1)
        assert malformed(message) == "a second Event header"
        assert pbx.sessions == 1


@pytest.mark.parametrize("value", ["1101\r\nAction: Hangup", "a\nb", "a\rb", "a\0b"])
async def test_fault_4_a_value_cannot_smuggle_in_a_second_action(value: str) -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        with pytest.raises(UnsafeValue):
            await one.link.action("Redirect", {"Exten": value})
        with pytest.raises(UnsafeValue):
            await one.link.action("Redirect", {value: "110"})
        with pytest.raises(UnsafeValue):
            await one.link.action("Originate", {"Variable": ["A=1", value]})
        assert (await one.link.action("Ping")).ok
        assert [action["Action"] for action in pbx.received] == ["Login", "Ping"]


async def test_fault_5_a_wrong_password_is_one_clear_error_and_a_slow_retry() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx, secret="wrong") as one:
        refused = await one.until(Phase.REFUSED)
        assert refused.reason == "the PBX refused the login: Authentication failed"
        assert refused.cure is not None
        assert "manager.conf" in refused.cure
        await one.until_sleeping()
        await one.clock.advance(59)
        assert pbx.sessions == 1
        await one.clock.advance(1)
        await one.until(Phase.REFUSED, times=2)
        assert pbx.sessions == 2


async def test_fault_6_a_closed_link_does_not_come_back() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        await pbx.drop()
        await one.until(Phase.DOWN)
        await one.link.close()
        await one.clock.advance(600)
        assert pbx.sessions == 1
        assert one.link.state.reason == "closed"
        with pytest.raises(RuntimeError):
            await one.link.start()


async def test_fault_7_an_unanswered_action_is_never_sent_again() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.silent = True
        asked = asyncio.create_task(one.link.action("Originate", {"Channel": "PJSIP/1101"}))
        await pbx.wait_for("Originate")
        await pbx.drop()
        answer = await asked
        assert not answer.ok
        assert answer.sent
        assert "may have done it" in answer.message
        pbx.silent = False
        await one.until(Phase.DOWN)
        await one.until_sleeping()
        await one.clock.advance(60)
        await one.until(Phase.LIVE, times=2)
        assert (await one.link.action("Ping")).ok
        assert pbx.count("Originate") == 1


async def test_fault_8_the_link_is_live_without_fully_booted_and_every_action_has_a_limit() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.silent = True
        asked = asyncio.create_task(one.link.action("Hangup", {"Channel": "PJSIP/1101-1"}, timeout_s=2))
        await pbx.wait_for("Hangup")
        await one.clock.advance(2)
        answer = await asked
        assert (answer.ok, answer.message, answer.sent) == (False, "no answer within 2 s", True)


async def test_fault_9_a_half_open_link_is_noticed_and_left() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.silent = True
        await one.until_sleeping()
        await one.clock.advance(5)
        await pbx.wait_for("Ping")
        await one.clock.advance(5)
        down = await one.until(Phase.DOWN)
        assert down.reason == "no pong within 5 s"
        pbx.silent = False
        await one.until_sleeping()
        await one.clock.advance(60)
        await one.until(Phase.LIVE, times=2)


async def test_fault_10_an_originate_is_always_asynchronous() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        assert (await one.link.action("Originate", {"Channel": "PJSIP/1101"})).ok
        assert (await pbx.wait_for("Originate"))["Async"] == "true"


async def test_fault_11_an_unknown_header_is_none_not_an_empty_text() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        await pbx.send_event({"Event": "Foo", "Privilege": "call,all", "Present": ""})
        (message,) = await one.taken(1)
        assert message.get("Present") == ""
        assert message.get("Absent") is None
        with pytest.raises(AttributeError):
            message.absent  # type: ignore[attr-defined]  # noqa: B018


async def test_fault_12_an_originate_response_reaches_the_consumer() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.script("Originate", lambda action: [
            (("Event", "OriginateResponse"), ("Privilege", "call,all"), ("Response", "Failure")),
            (("Response", "Success"), ("Message", "Originate successfully queued")),
        ])  # fmt: skip
        answer = await one.link.action("Originate", {"Channel": "PJSIP/1101"})
        assert answer.message == "Originate successfully queued"
        (message,) = await one.taken(1)
        assert message.event == "OriginateResponse"
        assert message.action_id == answer.fields["ActionID"]


async def test_fault_13_messages_are_handled_one_after_another_in_order_with_a_bound() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx, queue_size=10) as one:
        await one.until(Phase.LIVE)
        one.gate.clear()
        for number in range(40):
            await pbx.send_event({"Event": f"E{number}"})
        assert (await one.link.action("Ping")).ok  # the reader never waited
        assert one.link.state.phase is Phase.UNCONFIRMED
        one.gate.set()
        live = await one.until(Phase.LIVE, times=2)
        kept = [message.event for message in one.messages]
        assert kept == [f"E{number}" for number in range(len(kept))]
        assert live.reason == f"{40 - len(kept)} messages were dropped"
        assert len(kept) in (10, 11)
        await pbx.send_event({"Event": "Next"})
        assert (await one.taken(len(kept) + 1))[-1].event == "Next"


async def test_fault_14_an_action_before_the_connection_is_an_answer() -> None:
    pbx = FakeAsterisk()
    await pbx.start()
    await pbx.stop()
    async with SteppedLink(pbx) as one:
        answer = await one.link.action("Ping")
        assert not answer.ok
        assert not answer.sent
        assert (await one.until(Phase.DOWN)).reason is not None


async def test_fault_14_a_connection_that_hangs_has_a_limit() -> None:
    pbx = FakeAsterisk()
    pbx.silent = True
    async with pbx, SteppedLink(pbx) as one:
        await pbx.wait_for("Login")
        await one.clock.advance(5)
        assert (await one.until(Phase.DOWN)).reason == "no answer to the login: no answer within 5 s"


async def test_fault_14_pauses_between_tries_grow_up_to_a_limit_and_are_scattered() -> None:
    pbx = FakeAsterisk()
    await pbx.start()
    await pbx.stop()
    async with SteppedLink(pbx) as one:
        tries = []
        for times in range(1, 9):
            tries.append((await one.until(Phase.DOWN, times=times)).since)
            await one.until_sleeping()
            while one.phases().count(Phase.DOWN) == times:
                await one.clock.advance(0.5)
        pauses = [(late - early).total_seconds() for early, late in pairwise(tries)]
        assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0]
    assert {one.link._pause(0), one.link._pause(99)} == {0.5, 30.0}
    one.link._chance = lambda: 0.0
    assert {one.link._pause(0), one.link._pause(99)} == {0.25, 15.0}
