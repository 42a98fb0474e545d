"""The gateway's side, with a listener that is a real child process."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.clock import SystemClock
from gateway.speech.child import ListenerProcess
from gateway.speech.client import SpeechClient
from gateway.speech.control import ListenerConfig
from gateway.speech.model import Leg, TranscriptSegment
from gateway.speech.state import SpeechState
from gateway.testing.fake_recognizer import MODULE, pause, say

FRAME = 320


class Ear:
    """A Hearer that keeps what it is told, and acknowledges when `acks`."""

    def __init__(self, *, acks: bool = True) -> None:
        self.acks = acks
        self.client: SpeechClient | None = None
        self.news: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.states: list[SpeechState] = []
        self.faulted = asyncio.Event()

    def on_state(self, state: SpeechState) -> None:
        self.states.append(state)
        if "no such model" in state.reason:
            self.faulted.set()

    def tap_live(self, call_id: str, leg: Leg, tap_id: str) -> None:
        self.news.put_nowait(("live", tap_id))

    def tap_ended(self, call_id: str, leg: Leg, tap_id: str, reason: str, failed: bool) -> None:
        self.news.put_nowait(("ended", (tap_id, reason, failed)))

    def partial(self, call_id: str, leg: Leg, text: str, started_ms: int, ended_ms: int) -> None:
        self.news.put_nowait(("partial", text))

    def first_index(self, call_id: str, leg: Leg, origin: int) -> int:
        return 0

    def leg_state(self, *told: Any) -> None:
        self.news.put_nowait(("leg_state", told))

    def sounded(self, *told: Any) -> None:
        self.news.put_nowait(("sounded", told))

    def hole(self, *told: Any) -> None:
        self.news.put_nowait(("hole", told))

    def segment(self, seq: int, call_id: str, segment: TranscriptSegment, source: str | None) -> None:
        self.news.put_nowait(("segment", segment))
        if self.acks and self.client is not None:
            self.acking = asyncio.ensure_future(self.client.ack(seq))

    async def until(self, kind: str) -> Any:
        async with asyncio.timeout(30):
            while True:
                found, value = await self.news.get()
                if found == kind:
                    return value


MakeClient = Callable[..., SpeechClient]


@pytest.fixture
async def make_client(tmp_path: Path) -> AsyncIterator[MakeClient]:
    made: list[SpeechClient] = []
    (tmp_path / "model").mkdir()

    def make(ear: Ear, **settings: Any) -> SpeechClient:
        given: dict[str, Any] = {"state_dir": tmp_path / "state", "model": tmp_path / "model", **settings}
        config = ListenerConfig(host="127.0.0.1", workers=1, engine=MODULE, **given)
        made.append(
            SpeechClient(ListenerProcess(config, SystemClock()), clock=SystemClock(), on_state=ear.on_state)
        )
        ear.client = made[-1]
        return made[-1]

    yield make
    for client in made:
        await client.close()


async def tapped(client: SpeechClient, pcm: bytes) -> tuple[str, asyncio.StreamWriter]:
    """A tap announced and its sound sent."""
    tap = str(uuid4())
    address = await client.announce(tap_id=tap, call_id="c1", leg=Leg.CALLER, offset_ms=100, within_s=20)
    assert address is not None
    host, port = address.split(":")
    assert host == "", "this machine, as each PBX reaches it"
    _, writer = await asyncio.open_connection("127.0.0.1", int(port))
    writer.write(b"\x01\x00\x10" + UUID(tap).bytes)
    for at in range(0, len(pcm), FRAME):
        writer.write(b"\x10\x01\x40" + pcm[at : at + FRAME])
    return tap, writer


def listener_pid(client: SpeechClient) -> int:
    assert client._line._child is not None
    return client._line._child.pid


async def test_what_is_said_reaches_the_hearer_and_a_clean_stop_ends_the_listener(
    make_client: MakeClient,
) -> None:
    ear = Ear()
    client = make_client(ear)
    await client.start(ear)
    tap, writer = await tapped(client, say("中山路") + pause())
    assert await ear.until("live") == tap
    assert (await ear.until("segment")).text == "中山路"
    pid = listener_pid(client)
    async with asyncio.timeout(5):
        await client.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not client.state.up
    writer.close()


async def test_killed_listener_is_replaced_its_taps_reported_and_its_segments_come_again(
    make_client: MakeClient,
) -> None:
    ear = Ear(acks=False)
    client = make_client(ear)
    await client.start(ear)
    tap, _ = await tapped(client, say("甲") + pause() + say("乙丙"))
    first = await ear.until("segment")
    while await ear.until("partial") != "乙丙":
        pass
    os.kill(listener_pid(client), signal.SIGKILL)
    assert await ear.until("ended") == (tap, "listener lost", True)
    assert await ear.until("segment") == first
    rest = await ear.until("segment")
    assert (rest.text, rest.index, rest.gap) == ("乙丙", 1, True)
    again, writer = await tapped(client, say("丁"))
    writer.close()
    assert (await ear.until("segment")).index == 2, (
        "numbering goes on although the gateway had nothing committed"
    )
    assert (await ear.until("ended"))[0] == again


async def test_next_gateway_takes_the_living_listener_over_with_all_that_was_not_acknowledged(
    make_client: MakeClient,
) -> None:
    ear = Ear(acks=False)
    client = make_client(ear)
    await client.start(ear)
    tap, writer = await tapped(client, say("甲") + pause())
    first = await ear.until("segment")
    pid = listener_pid(client)
    child = client._line._child
    client._line._child = None
    await client.close(stop_listener=False)
    later = Ear()
    successor = make_client(later)
    await successor.start(later)
    assert await later.until("live") == tap
    assert await later.until("segment") == first
    assert tap in successor.state.live
    assert successor._line._child is None, "no second listener was started"
    writer.close()
    await later.until("ended")
    await successor.close()
    assert child is not None
    assert (child.pid, await child.wait()) == (pid, 0)


async def test_listener_of_another_configuration_is_replaced(make_client: MakeClient) -> None:
    ear = Ear()
    client = make_client(ear)
    await client.start(ear)
    assert await client.wait_up(20)
    child, client._line._child = client._line._child, None
    await client.close(stop_listener=False)
    successor = make_client(Ear(), spool_max_mb=99)
    await successor.start(Ear())
    assert await successor.wait_up(20)
    assert child is not None
    assert await child.wait() == 0
    assert listener_pid(successor) != child.pid


async def test_frozen_listener_is_killed_and_replaced(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.speech.client.STATUS_EVERY_S", 0.1)
    monkeypatch.setattr("gateway.speech.client.SILENT_S", 0.5)
    ear = Ear()
    client = make_client(ear)
    await client.start(ear)
    tap, _ = await tapped(client, say("甲"))
    await ear.until("live")
    pid = listener_pid(client)
    os.kill(pid, signal.SIGSTOP)
    assert (await ear.until("ended"))[0] == tap
    assert await client.wait_up(20)
    assert listener_pid(client) != pid


async def test_model_that_cannot_be_used_is_told_and_no_tap_is_asked_for(
    make_client: MakeClient, tmp_path: Path
) -> None:
    ear = Ear()
    client = make_client(ear, model=tmp_path / "none")
    await client.start(ear)
    async with asyncio.timeout(20):
        await ear.faulted.wait()
    address = await client.announce(
        tap_id=str(uuid4()), call_id="c", leg=Leg.CALLER, offset_ms=0, within_s=0.1
    )
    assert address is None
    assert any("no such model" in state.reason for state in ear.states)
    assert (
        await client.fill_gaps(
            job_id=str(uuid4()), call_id="c", leg=Leg.CALLER, path=tmp_path, ranges=[(0, 1)]
        )
        == "no listener"
    )


async def test_long_state_folder_does_not_break_the_control_socket(
    make_client: MakeClient, tmp_path: Path
) -> None:
    ear = Ear()
    client = make_client(ear, state_dir=tmp_path / ("long" * 30) / "state")
    await client.start(ear)
    assert await client.wait_up(20)
