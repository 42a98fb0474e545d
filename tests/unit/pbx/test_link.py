"""What the link says and does at its limits; the rest is in test_link_faults and in the contract."""

from __future__ import annotations

import asyncio

import pytest

from gateway.pbx import protocol
from gateway.pbx.account import AmiLinkConfig
from gateway.pbx.link import AmiLink, LinkState, Phase, UnsafeValue
from gateway.pbx.message import AmiMessage
from gateway.testing.clock import ManualClock
from gateway.testing.fake_asterisk import FakeAsterisk, listing
from gateway.testing.watched_link import SteppedLink


def item(uniqueid: str) -> tuple[tuple[str, str], ...]:
    return (("Event", "CoreShowChannel"), ("Uniqueid", uniqueid))


async def test_a_snapshot_is_every_list_in_order_with_each_bridge_asked() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.lists["CoreShowChannels"] = [item("a.0"), item("a.1")]
        pbx.lists["BridgeList"] = [(("Event", "BridgeListItem"), ("BridgeUniqueid", "b1"))]
        pbx.script(
            "BridgeInfo",
            lambda action: listing("BridgeInfo", [], ("BridgeUniqueid", action["BridgeUniqueid"])),
        )
        snapshot = await one.link.snapshot_messages()
        assert snapshot.ok
        assert [message.event for message in snapshot.messages] == [
            "CoreShowChannel", "CoreShowChannel", "CoreShowChannelsComplete", "BridgeListItem",
            "BridgeListComplete", "BridgeInfoComplete", "QueueStatusComplete", "StatusComplete",
        ]  # fmt: skip
        assert snapshot.messages[5].get("BridgeUniqueid") == "b1"
        assert one.messages == []


async def test_a_bridge_that_has_gone_since_does_not_spoil_the_snapshot() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.lists["BridgeList"] = [(("Event", "BridgeListItem"), ("BridgeUniqueid", "b1"))]
        pbx.script("BridgeInfo", lambda _: [(("Response", "Error"), ("Message", "Bridge not found"))])
        assert (await one.link.snapshot_messages()).ok


async def test_a_snapshot_has_one_time_limit_for_all() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.script("QueueStatus", lambda _: [(("Response", "Success"), ("EventList", "start"))])
        asking = asyncio.create_task(one.link.snapshot_messages())
        await pbx.wait_for("QueueStatus")
        while not asking.done():
            await one.clock.advance(1)
        assert (await asking).message == "no snapshot within 10 s"


async def test_an_account_that_may_not_look_is_refused_with_the_right_it_lacks_and_tried_slowly() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        pbx.denied.add("QueueStatus")
        await one.until(Phase.LIVE)
        snapshot = await one.link.snapshot_messages()
        assert (snapshot.ok, snapshot.message) == (False, "QueueStatus: Permission denied")
        refused = await one.until(Phase.REFUSED)
        assert refused.cure == "add `agent` to `write` of [intake110] in manager.conf, then `manager reload`"
        await one.until_sleeping()
        await one.clock.advance(59)
        assert pbx.sessions == 1
        await one.clock.advance(1)
        await one.until(Phase.LIVE, times=2)


async def test_one_refused_action_leaves_the_link_up() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        pbx.denied.add("Originate")
        await one.until(Phase.LIVE)
        answer = await one.link.action("Originate", {"Channel": "x"})
        assert (answer.ok, answer.message) == (False, "Permission denied")
        assert one.link.state.phase is Phase.LIVE


async def test_a_list_answer_comes_whole_and_a_refused_one_at_once() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.lists["CoreShowChannels"] = [item(f"a.{number}") for number in range(300)]
        answer = await one.link.action("CoreShowChannels", list_end="CoreShowChannelsComplete")
        assert answer.ok
        assert [message.get("Uniqueid") for message in answer.events[:2]] == ["a.0", "a.1"]
        assert len(answer.events) == 301
        pbx.script("CoreShowChannels", lambda _: [(("Response", "Error"), ("Message", "no"))])
        refused = await one.link.action("CoreShowChannels", list_end="CoreShowChannelsComplete")
        assert (refused.ok, refused.message) == (False, "no")


async def test_a_list_longer_than_any_pbx_is_an_error_not_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_LIST_ITEMS", 10)
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.lists["CoreShowChannels"] = [item("a.0")] * 20
        answer = await one.link.action("CoreShowChannels", list_end="CoreShowChannelsComplete")
        assert (answer.ok, answer.message) == (False, "a list of more than 10 items")
        assert (await one.link.action("Ping")).ok


async def test_too_many_unanswered_actions_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MAX_PENDING", 1)
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.silent = True
        first = asyncio.create_task(one.link.action("Hangup"))
        await pbx.wait_for("Hangup")
        second = await one.link.action("Hangup")
        assert (second.ok, second.sent) == (False, False)
        await pbx.drop()
        await first
        assert pbx.count("Hangup") == 1


async def test_an_answer_after_its_limit_is_dropped_and_the_next_action_gets_its_own() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        pbx.silent = True
        asked = asyncio.create_task(one.link.action("Hangup", timeout_s=1))
        late = (await pbx.wait_for("Hangup"))["ActionID"]
        await one.clock.advance(1)
        assert not (await asked).ok
        pbx.silent = False
        await pbx.send_event({"Response": "Error", "ActionID": late, "Message": "No such channel"})
        assert (await one.link.action("Ping")).fields["Ping"] == "Pong"
        assert one.messages == []


async def test_a_value_the_pbx_would_cut_is_refused_before_sending() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        with pytest.raises(UnsafeValue, match="UserEvent: 1002 bytes, the PBX takes 1000"):
            await one.link.action("UserEvent", {"UserEvent": "警" * 334})
        assert (await one.link.action("UserEvent", {"UserEvent": "警" * 333})).ok
        assert pbx.count("UserEvent") == 1


async def test_repeated_values_go_out_as_repeated_headers() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        await one.link.action("Originate", {"Channel": "x", "Variable": ["A=1", "B=二"]})
        assert (await pbx.wait_for("Originate"))["Variable"] == "A=1\nB=二"


async def test_events_nobody_reads_are_dropped_before_they_are_parsed() -> None:
    async with FakeAsterisk() as pbx, SteppedLink(pbx) as one:
        await one.until(Phase.LIVE)
        await pbx.send_raw(b"Event: VarSet\r\nA: 1\r\n\r\nEvent: Hold\r\nA: 1\r\n\r\n")
        assert [message.event for message in await one.taken(1)] == ["Hold"]


async def test_a_login_that_is_a_second_action_is_refused_when_the_link_is_made() -> None:
    async def nothing(_: AmiMessage | LinkState) -> None: ...

    config = AmiLinkConfig(pbx="p", host="h", port=1, username="a", secret="s\r\nAction: Originate")
    with pytest.raises(UnsafeValue) as refused:
        AmiLink(config, ManualClock(), nothing, nothing)
    assert "Originate" not in str(refused.value)
    assert "Action" not in repr(config)


async def test_a_stuck_consumer_finds_the_newest_state_not_a_pile_of_them() -> None:
    pbx = FakeAsterisk()
    await pbx.start()
    async with SteppedLink(pbx, queue_size=2) as one:
        await one.until(Phase.LIVE)
        one.gate.clear()
        for number in range(9):
            await pbx.send_event({"Event": f"E{number}"})
        assert (await one.link.action("Ping")).ok
        await pbx.stop()
        await one.until_now(Phase.DOWN)
        for _ in range(100):
            await one.clock.advance(30)
        assert one.link.waiting <= 4
        one.gate.set()
        assert (await one.until(Phase.DOWN)).phase is Phase.DOWN
