"""What the gateway relies on of a PBX link: the same on the scripted interface and on a real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.calls.effects import StartTap
from gateway.clock import SystemClock
from gateway.ids import CallId
from gateway.pbx.actions.taps import start_tap, tap_channel_id
from gateway.pbx.link import AmiLinkConfig, Phase, Snapshot
from gateway.pbx.message import malformed, torn
from gateway.speech.model import Leg
from gateway.testing.fake_asterisk import FakeAsterisk, Message, error
from gateway.testing.lab import CallPlan, City, LabPbx
from gateway.testing.watched_link import LIMIT_S, WatchedLink

TAP = "d4fccf67-c5e2-4219-a132-56825be7e2cb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A PBX to link to, and hands to shake it."""

    account: AmiLinkConfig
    kill: Callable[[], Awaitable[None]]
    revive: Callable[[], Awaitable[None]]


def account(port: int, secret: str) -> AmiLinkConfig:
    return AmiLinkConfig(
        pbx="pbx1", host="127.0.0.1", port=port, username="intake110", secret=secret,
        retry_first_s=0.1, retry_most_s=0.5,
    )  # fmt: skip


def _answers_of_a_small_pbx(pbx: FakeAsterisk) -> None:
    """As a real one with nothing on it: refuses unknown channels, reports a failed originate afterwards."""

    def originate(action: dict[str, str]) -> list[Message]:
        return [
            (("Response", "Success"), ("Message", "Originate successfully queued")),
            (
                ("Event", "OriginateResponse"), ("Privilege", "call,all"), ("Response", "Failure"),
                ("Channel", action["Channel"]), ("Context", ""), ("Exten", ""), ("Reason", "0"),
                ("Uniqueid", "<null>"), ("CallerIDNum", "<unknown>"), ("CallerIDName", "<unknown>"),
            ),
        ]  # fmt: skip

    pbx.script("Hangup", lambda _: [error("No such channel")])
    pbx.script("Originate", originate)  # type: ignore[arg-type]
    pbx.script(
        "UserEvent",
        lambda action: [
            (("Response", "Success"), ("Message", "Event Sent")),
            (
                ("Event", "UserEvent"),
                ("Privilege", "user,all"),
                ("UserEvent", "Note"),
                ("Text", action["Text"]),
            ),
        ],
    )
    pbx.lists["QueueStatus"] = [(("Event", "QueueParams"), ("Queue", "q110"), ("Calls", "0"))]


@pytest.fixture(params=["fake", pytest.param("asterisk", marks=pytest.mark.system)])
async def ground(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ground]:
    if request.param == "fake":
        fake = FakeAsterisk()
        _answers_of_a_small_pbx(fake)
        async with fake:
            yield Ground(account=account(fake.port, fake.secret), kill=fake.stop, revive=fake.start)
    else:
        async with LabPbx("linked", tmp_path) as lab:
            yield Ground(account=account(lab.ami_port, lab.ami_secret), kill=lab.kill, revive=lab.start)


def watched(config: AmiLinkConfig) -> WatchedLink:
    return WatchedLink(config, SystemClock())


async def test_a_link_comes_up_and_its_actions_are_answered(ground: Ground) -> None:
    async with watched(ground.account) as one:
        await one.until(Phase.LIVE)
        assert [state.phase for state in one.states] == [Phase.CONNECTING, Phase.LOGGING_IN, Phase.LIVE]
        pong = await one.link.action("Ping")
        assert pong.ok
        assert pong.fields["Ping"] == "Pong"


async def test_what_the_pbx_refuses_is_an_answer_in_its_own_words(ground: Ground) -> None:
    async with watched(ground.account) as one:
        await one.until(Phase.LIVE)
        answer = await one.link.action("Hangup", {"Channel": "PJSIP/nobody-00000000"})
        assert (answer.ok, answer.message, answer.sent) == (False, "No such channel", True)


async def test_chinese_goes_there_and_comes_back_unharmed(ground: Ground) -> None:
    async with watched(ground.account) as one:
        await one.until(Phase.LIVE)
        assert (await one.link.action("UserEvent", {"UserEvent": "Note", "Text": "北京市朝阳区"})).ok
        event = await one.message("UserEvent")
        assert event.get("Text") == "北京市朝阳区"
        assert malformed(event) is None
        assert torn(event) is None


async def test_how_an_originate_ended_is_told_afterwards(ground: Ground) -> None:
    """Nobody listens at the tap's address: the PBX takes the action, then reports the failure."""
    async with watched(ground.account) as one:
        await one.until(Phase.LIVE)
        answer = await one.link.action(
            "Originate",
            {
                "Channel": f"AudioSocket/127.0.0.1:1/{TAP}/c(slin)",
                "Application": "ChanSpy",
                "Data": "none,qouES",
            },
        )
        assert answer.ok
        outcome = await one.message("OriginateResponse")
        assert outcome.get("Response") == "Failure"
        assert outcome.action_id == answer.fields["ActionID"]
        assert malformed(outcome) is None


async def test_a_snapshot_of_an_idle_pbx_names_its_queue_and_no_channels(ground: Ground) -> None:
    async with watched(ground.account) as one:
        await one.until(Phase.LIVE)
        snapshot = await one.link.snapshot_messages()
        assert snapshot.ok, snapshot.message
        events = [message.event for message in snapshot.messages]
        assert "QueueParams" in events
        assert "CoreShowChannel" not in events
        assert events[-1] == "StatusComplete"
        assert [malformed(message) for message in snapshot.messages] == [None] * len(events)


async def test_a_wrong_password_is_refused_with_its_cure(ground: Ground) -> None:
    async with watched(replace(ground.account, secret="wrong")) as one:
        await one.until(Phase.REFUSED)
        refused = one.states[-1]
        assert refused.reason == "the PBX refused the login: Authentication failed"
        assert "[intake110]" in (refused.cure or "")


async def test_a_pbx_that_died_and_came_back_is_live_again(ground: Ground) -> None:
    async with watched(ground.account) as one:
        await one.until(Phase.LIVE)
        await ground.kill()
        await one.until(Phase.DOWN)
        assert not (await one.link.action("Ping")).ok
        await ground.revive()
        await one.until(Phase.LIVE, times=2)
        assert (await one.link.action("Ping")).ok


@pytest.mark.system
async def test_a_tap_started_over_the_link_brings_one_leg_and_the_same_tap_is_refused(tmp_path: Path) -> None:
    """Also what a snapshot holds in the middle of a call: channels, their bridge, the recording, the tap."""
    heard = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(await reader.read(4_000)) > 1:
            heard.set()
        while await reader.read(4_096):
            pass
        writer.close()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0)
    address = f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    async with (
        LabPbx("linked", tmp_path) as lab,
        City(lab) as city,
        watched(account(lab.ami_port, lab.ami_secret)) as one,
    ):
        await one.until(Phase.LIVE)
        call = await city.call(CallPlan(caller="13800130042", stay_s=8.0))
        connected = await one.message("AgentConnect")
        line = connected.get("Channel") or ""
        tap = StartTap(call_id=CallId("c"), pbx="linked", leg=Leg.CALLER, line=line, tap_id=TAP)
        action = start_tap(tap, address)
        assert (await one.link.action(action.name, action.fields)).ok
        async with asyncio.timeout(LIMIT_S):
            await heard.wait()
        assert (await one.message("ChanSpyStart")).get("SpyerUniqueid") == tap_channel_id(TAP)
        again = await one.link.action(action.name, action.fields)
        refused = await one.message("OriginateResponse", ActionID=again.fields["ActionID"])
        assert refused.get("Response") == "Failure"
        snapshot = await one.link.snapshot_messages()
        await call.hang_up()
        await one.message("ChanSpyStop")
    listener.close()
    assert snapshot.ok
    assert not any(malformed(message) or torn(message) for message in snapshot.messages)
    caller, desk = connected.get("Uniqueid"), connected.get("DestUniqueid")
    assert {caller, desk, tap_channel_id(TAP)} <= uniqueids(snapshot, "CoreShowChannel")
    assert {caller, desk} <= uniqueids(snapshot, "BridgeInfoChannel")
    recorded = [one for one in snapshot.messages if "MIXMONITOR_FILENAME=/" in (one.get("Variable") or "")]
    assert [(one.event, one.get("Uniqueid")) for one in recorded] == [("Status", caller)]


def uniqueids(snapshot: Snapshot, event: str) -> set[str | None]:
    return {message.get("Uniqueid") for message in snapshot.messages if message.event == event}
