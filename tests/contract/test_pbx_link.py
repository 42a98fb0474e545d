"""What the gateway relies on of a PBX link: the same on the scripted interface and on a real Asterisk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.clock import SystemClock
from gateway.pbx.link import AmiLink, AmiLinkConfig, LinkState, Phase
from gateway.pbx.message import AmiMessage, malformed, torn
from gateway.testing.fake_asterisk import FakeAsterisk, Message, error
from gateway.testing.lab import LabPbx

LIMIT_S = 60.0
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


class Watched:
    """A running link and what it told."""

    def __init__(self, config: AmiLinkConfig) -> None:
        self.messages: list[AmiMessage] = []
        self.states: list[LinkState] = []
        self._changed = asyncio.Condition()
        self.link = AmiLink(config, SystemClock(), self._take, self._enter)

    async def __aenter__(self) -> Watched:
        await self.link.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.link.close()

    async def _take(self, message: AmiMessage) -> None:
        async with self._changed:
            self.messages.append(message)
            self._changed.notify_all()

    async def _enter(self, state: LinkState) -> None:
        async with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    async def until(self, phase: Phase, times: int = 1) -> None:
        async with asyncio.timeout(LIMIT_S), self._changed:
            await self._changed.wait_for(lambda: [state.phase for state in self.states].count(phase) >= times)

    async def message(self, event: str) -> AmiMessage:
        def found() -> AmiMessage | None:
            return next((message for message in self.messages if message.event == event), None)

        async with asyncio.timeout(LIMIT_S), self._changed:
            await self._changed.wait_for(lambda: found() is not None)
        message = found()
        assert message is not None
        return message


async def test_a_link_comes_up_and_its_actions_are_answered(ground: Ground) -> None:
    async with Watched(ground.account) as one:
        await one.until(Phase.LIVE)
        assert [state.phase for state in one.states] == [Phase.CONNECTING, Phase.LOGGING_IN, Phase.LIVE]
        pong = await one.link.action("Ping")
        assert pong.ok
        assert pong.fields["Ping"] == "Pong"


async def test_what_the_pbx_refuses_is_an_answer_in_its_own_words(ground: Ground) -> None:
    async with Watched(ground.account) as one:
        await one.until(Phase.LIVE)
        answer = await one.link.action("Hangup", {"Channel": "PJSIP/nobody-00000000"})
        assert (answer.ok, answer.message, answer.sent) == (False, "No such channel", True)


async def test_chinese_goes_there_and_comes_back_unharmed(ground: Ground) -> None:
    async with Watched(ground.account) as one:
        await one.until(Phase.LIVE)
        assert (await one.link.action("UserEvent", {"UserEvent": "Note", "Text": "北京市朝阳区"})).ok
        event = await one.message("UserEvent")
        assert event.get("Text") == "北京市朝阳区"
        assert malformed(event) is None
        assert torn(event) is None


async def test_how_an_originate_ended_is_told_afterwards(ground: Ground) -> None:
    """Nobody listens at the tap's address: the PBX takes the action, then reports the failure."""
    async with Watched(ground.account) as one:
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
    async with Watched(ground.account) as one:
        await one.until(Phase.LIVE)
        snapshot = await one.link.snapshot_messages()
        assert snapshot.ok, snapshot.message
        events = [message.event for message in snapshot.messages]
        assert "QueueParams" in events
        assert "CoreShowChannel" not in events
        assert events[-1] == "StatusComplete"
        assert [malformed(message) for message in snapshot.messages] == [None] * len(events)


async def test_a_wrong_password_is_refused_with_its_cure(ground: Ground) -> None:
    async with Watched(replace(ground.account, secret="wrong")) as one:
        await one.until(Phase.REFUSED)
        refused = one.states[-1]
        assert refused.reason == "the PBX refused the login: Authentication failed"
        assert "[intake110]" in (refused.cure or "")


async def test_a_pbx_that_died_and_came_back_is_live_again(ground: Ground) -> None:
    async with Watched(ground.account) as one:
        await one.until(Phase.LIVE)
        await ground.kill()
        await one.until(Phase.DOWN)
        assert not (await one.link.action("Ping")).ok
        await ground.revive()
        await one.until(Phase.LIVE, times=2)
        assert (await one.link.action("Ping")).ok
