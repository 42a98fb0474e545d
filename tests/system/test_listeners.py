"""Listeners as processes of their own, found over a real broker; the test speaks for the PBX, in the fake
recognizer's language."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gateway.calls import numbering
from gateway.calls.events import TranscriptSegmentEvent
from gateway.calls.model import CallSession, TapStatus
from gateway.calls.reducer import reduce
from gateway.calls.signals import CallQueued, CallSeized, CallSignal, SegmentTranscribed, TapEnded, TapLive
from gateway.clock import SystemClock
from gateway.dispatch import topics
from gateway.dispatch.publisher import MqttBroker, MqttSettings
from gateway.ids import CallId
from gateway.ports import Message
from gateway.speech.fleet import Fleet
from gateway.speech.model import INDEXES_EACH, Leg, TranscriptSegment
from gateway.speech.state import SpeechState
from gateway.testing.fake_recognizer import MODULE, pause, say
from gateway.testing.lab import Cache
from gateway.testing.lab.broker import LabBroker
from gateway.testing.lab.listener import SECRET, LabListener

pytestmark = pytest.mark.system

PATIENCE_S = 120.0
"""Processes start on a busy machine."""
CALL = CallId("demo-pbx1-1.0")


class Desk:
    """A gateway's ears and one call of its: what is told is reduced as the loop does it, and acknowledged
    when `acks`."""

    def __init__(self, broker: LabBroker) -> None:
        self.clock, self.acks = SystemClock(), True
        self.ahead = timedelta()
        """How far the call is before the clock: sound is sent at once that would take so long to say."""
        self.kept: list[TranscriptSegment] = []
        self.partials: list[str] = []
        self.health: dict[str, SpeechState | None] = {}
        self.session: CallSession | None = None
        self._news = asyncio.Event()
        self._acking: set[asyncio.Task[None]] = set()
        self._unacked: list[int] = []
        self.mqtt = MqttBroker(
            MqttSettings(
                host=broker.host, port=broker.port, client_id="desk", username="gateway",
                password=broker.users["gateway"],
            ),
            self.clock,
        )  # fmt: skip
        self.fleet = Fleet(
            clock=self.clock, site="demo", gateway="gw1", local=None, secret=SECRET,
            on_state=lambda state: self._news.set(), on_listener=self._listener,
        )  # fmt: skip
        self._give(
            CallSeized,
            site="demo",
            pbx="pbx1",
            uniqueid="1.0",
            linkedid="1.0",
            line="PJSIP/trunk-1",
            dialed="110",
        )
        self._give(CallQueued, queue="q110", position=1)

    async def start(self) -> None:
        async def announced(message: Message) -> None:
            self.fleet.announced(topics.listener_of(message.topic), message.payload)

        await self.mqtt.subscribe(topics.listener_statuses("demo"), announced)
        self._link = asyncio.create_task(self.mqtt.run())
        await self.fleet.start(self)

    async def stop(self) -> None:
        await self.fleet.close()
        self._link.cancel()
        await asyncio.gather(self._link, return_exceptions=True)

    async def until(self, holds: Callable[[], Any]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                self._news.clear()
                await self._news.wait()

    def up(self, name: str) -> bool:
        state = self.health.get(name)
        return state is not None and state.up

    # ---- a Hearer

    def tap_live(self, call_id: str, leg: Leg, tap_id: str) -> None:
        self._give(TapLive, leg=leg, tap_id=tap_id)

    def tap_ended(self, call_id: str, leg: Leg, tap_id: str, reason: str, failed: bool) -> None:
        self._give(TapEnded, leg=leg, tap_id=tap_id, reason=reason, failed=failed)

    def partial(self, call_id: str, leg: Leg, text: str, started_ms: int, ended_ms: int) -> None:
        self.partials.append(text)
        self._news.set()

    def leg_state(self, *told: Any) -> None:
        """How a live tap is heard: not asked here."""

    def sounded(self, *told: Any) -> None:
        """How the caller sounds: not asked here."""

    def hole(self, *told: Any) -> None:
        """Sound that never came: not asked here."""

    def first_index(self, call_id: str, leg: Leg, origin: int) -> int:
        assert self.session is not None
        return numbering.first_index(self.session, leg, origin)

    def segment(self, seq: int, call_id: str, segment: TranscriptSegment, source: str | None) -> None:
        self._give(SegmentTranscribed, segment=segment, source=source)
        self._unacked.append(seq)
        if self.acks:
            for receipt in self._unacked:
                task = asyncio.ensure_future(self.fleet.ack(receipt))
                self._acking.add(task)
                task.add_done_callback(self._acking.discard)
            self._unacked.clear()

    def _listener(self, name: str, state: SpeechState | None) -> None:
        self.health[name] = state
        self._news.set()

    def _give(self, kind: type[CallSignal], **facts: Any) -> None:
        step = reduce(self.session, kind(call_id=CALL, at=self.clock.now() + self.ahead, **facts))
        self.session = step.state
        self.kept += [event.segment for event in step.events if isinstance(event, TranscriptSegmentEvent)]
        self._news.set()

    # ---- the PBX

    async def tap(self) -> tuple[str, asyncio.StreamWriter]:
        """The tap that is owed now: announced, and its stream opened. Gives the host it went to."""
        assert self.session is not None
        (wanted,) = [tap for tap in self.session.taps if tap.status is TapStatus.WANTED]
        since = self.clock.now() + self.ahead - self.session.seized_at
        address = await self.fleet.announce(
            tap_id=wanted.tap_id, call_id=CALL, leg=wanted.leg, within_s=10.0,
            offset_ms=round(since / timedelta(milliseconds=1)),
        )  # fmt: skip
        assert address is not None
        host, _, port = address.rpartition(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x01\x00\x10" + UUID(wanted.tap_id).bytes)
        return host, writer


def speak(writer: asyncio.StreamWriter, pcm: bytes) -> None:
    for at in range(0, len(pcm), 320):
        writer.write(b"\x10\x01\x40" + pcm[at : at + 320].ljust(320, b"\0"))


@pytest.fixture
async def broker(tmp_path: Path, cache: Cache) -> AsyncIterator[LabBroker]:
    async with LabBroker(tmp_path / "broker", cache=cache) as running:
        yield running


@pytest.fixture
async def desk(broker: LabBroker) -> AsyncIterator[Desk]:
    made = Desk(broker)
    await made.start()
    yield made
    await made.stop()


HOSTS = {"127.0.0.1": "asr1", "127.0.0.2": "asr2"}


@pytest.fixture
async def pair(broker: LabBroker, desk: Desk, tmp_path: Path) -> AsyncIterator[dict[str, LabListener]]:
    """Two listeners, by the host that they announce."""
    made = {
        host: LabListener(name, tmp_path / name, broker, host=host, engine=MODULE)
        for host, name in HOSTS.items()
    }
    async with AsyncExitStack() as stack:
        for listener in made.values():
            stack.push_async_callback(listener.stop)
        await asyncio.gather(*(listener.start() for listener in made.values()))
        await desk.until(lambda: desk.up("asr1") and desk.up("asr2"))
        yield made


async def test_a_listener_killed_in_the_middle_of_a_word_loses_none_and_doubles_none(
    desk: Desk, pair: dict[str, LabListener]
) -> None:
    desk.acks = False
    host, writer = await desk.tap()
    speak(writer, say("甲") + pause() + say("乙丙"))
    await desk.until(lambda: [s.text for s in desk.kept] == ["甲"] and "乙丙" in desk.partials)
    desk.ahead = timedelta(seconds=3)
    await pair[host].kill()
    await desk.until(lambda: not desk.up(HOSTS[host]))
    other, again = await desk.tap()
    assert {host, other} == {*HOSTS}
    speak(again, say("丁") + pause() + say("戊") + pause())
    await desk.until(lambda: len(desk.kept) == 3)
    desk.acks = True
    await pair[host].start()
    await desk.until(lambda: len(desk.kept) == 4)
    said = [(s.text, s.gap) for s in sorted(desk.kept, key=lambda s: s.started_ms)]
    assert said == [("甲", False), ("乙丙", True), ("丁", False), ("戊", False)]
    assert desk.session is not None
    assert (desk.session.segments, len({s.index for s in desk.kept})) == (4, 4)
    assert len({s.index // INDEXES_EACH for s in desk.kept}) == 2
    writer.close()
    again.close()


async def test_a_listener_that_was_frozen_and_woke_does_not_tell_again_what_its_successor_heard(
    desk: Desk, pair: dict[str, LabListener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.speech.client.STATUS_EVERY_S", 0.5)
    monkeypatch.setattr("gateway.speech.client.SILENT_S", 6.0)
    host, writer = await desk.tap()
    speak(writer, say("甲") + pause())
    await desk.until(lambda: len(desk.kept) == 1)
    pair[host].service.freeze()
    await desk.until(lambda: not desk.up(HOSTS[host]))
    _, again = await desk.tap()
    speak(again, say("乙") + pause())
    await desk.until(lambda: len(desk.kept) == 2)
    second = desk.kept[1]
    pair[host].service.thaw()
    speak(writer, say("乙") + pause())  # the PBX had gone on sending it the same sound
    await desk.until(lambda: desk.up(HOSTS[host]))
    speak(again, say("丙") + pause())
    await desk.until(lambda: len(desk.kept) == 3)
    assert [s.text for s in desk.kept] == ["甲", "乙", "丙"]
    assert second == replace(second, gap=False)
    writer.close()
    again.close()


async def test_a_wrong_secret_is_named_on_both_sides_and_a_clean_stop_is_forgotten(
    desk: Desk, broker: LabBroker, tmp_path: Path
) -> None:
    async with LabListener(
        "asr3", tmp_path / "asr3", broker, secret="another secret altogether", engine=MODULE
    ) as stranger:
        await desk.until(lambda: (state := desk.health.get("asr3")) and state.trouble == "secret")
        assert "has another secret" in stranger.service.log.read_text()
    await desk.until(lambda: desk.health["asr3"] is None)


async def test_a_second_gateway_is_refused_and_named(
    desk: Desk, pair: dict[str, LabListener], broker: LabBroker
) -> None:
    other = Desk(broker)
    other.fleet._gateway = "gw2"
    other.mqtt._settings = replace(other.mqtt._settings, client_id="other")
    await other.start()
    try:
        await other.until(lambda: (state := other.health.get("asr1")) and state.trouble == "busy")
        state = other.health["asr1"]
        assert state is not None
        assert state.reason == "it is led by gateway gw1"
    finally:
        await other.stop()
    assert desk.up("asr1")


async def test_without_the_broker_known_listeners_stay_in_use_and_tell_again_when_it_is_back(
    desk: Desk, pair: dict[str, LabListener], broker: LabBroker
) -> None:
    await broker.kill()
    host, writer = await desk.tap()
    speak(writer, say("甲") + pause())
    await desk.until(lambda: [s.text for s in desk.kept] == ["甲"])
    (broker.folder / "mosquitto.db").unlink(missing_ok=True)
    await broker.start()
    later = Desk(broker)
    later.fleet._gateway = "gw1"
    await desk.stop()
    later.mqtt._settings = replace(later.mqtt._settings, client_id="later")
    await later.start()
    try:
        await later.until(lambda: later.up("asr1") and later.up("asr2"))
    finally:
        await later.stop()
    writer.close()
    assert host in HOSTS
