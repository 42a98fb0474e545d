"""Live taps asked for, and what the listener tells brought into the loop."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from gateway.calls.effects import StartTap
from gateway.calls.model import TapStatus
from gateway.calls.signals import VetoFired
from gateway.calls.taps import MAX_TAP_ATTEMPTS
from gateway.ids import CallId
from gateway.ports import Message
from gateway.runtime.hearing import Hearing
from gateway.runtime.hub import Hub
from gateway.speech.model import INDEXES_EACH, Leg, TranscriptSegment
from gateway.triage.model import Span, Veto, VetoCode

from .conftest import Bench
from .test_intake import ID, QUEUED, SEIZED


@dataclass
class Ears:
    """A listener that takes every tap, or none."""

    address: str | None = "127.0.0.1:9092"
    announced: list[dict[str, object]] = field(default_factory=list)
    acked: list[int] = field(default_factory=list)

    async def announce(self, **tap: object) -> str | None:
        self.announced.append(tap)
        return self.address

    async def ack(self, seq: int) -> None:
        self.acked.append(seq)

    async def speak(self, tap_id: str, language: str) -> None:
        pass


@dataclass
class Line:
    """A PBX that can be asked, or not."""

    up: bool = True
    refusal: str | None = None
    asked: list[str] = field(default_factory=list)

    async def start_tap(self, effect: StartTap, listener: str) -> str | None:
        self.asked.append(f"{effect.line} -> {listener}")
        return self.refusal


class Danger:
    """A triage that hears a weapon in every word."""

    def danger_in(
        self, call_id: CallId, leg: Leg, text: str, started_ms: int, ended_ms: int
    ) -> tuple[VetoFired, ...]:
        veto = Veto(
            code=VetoCode.WEAPON,
            segment_index=None,
            speaker=leg,
            span=Span(start=0, end=1),
            quote=text,
            started_ms=started_ms,
            ended_ms=ended_ms,
            list_hash="h",
            partial=True,
        )
        return (VetoFired(call_id=call_id, at=SEIZED.at, veto=veto),)


@dataclass
class House:
    bench: Bench
    ears: Ears = field(default_factory=Ears)
    line: Line = field(default_factory=Line)
    told: list[Message] = field(default_factory=list)
    hub: Hub = field(default_factory=Hub)

    def __post_init__(self) -> None:
        self.hearing = Hearing(
            listener=self.ears, pbxs={"pbx1": self.line}, intake=self.bench.intake, judging=Danger(),  # type: ignore[arg-type]
            hub=self.hub, clock=self.bench.clock, tell=self.told.append,
        )  # fmt: skip

    @property
    def session(self):  # type: ignore[no-untyped-def]
        return self.bench.intake.book.get(("call", ID)).state

    async def try_tap(self) -> None:
        (tap,) = self.session.taps
        effect = StartTap(call_id=ID, pbx="pbx1", leg=tap.leg, line=tap.line, tap_id=tap.tap_id)
        await self.bench.give(*await self.hearing.start_tap(effect))

    async def settle(self) -> None:
        await self.bench.clock.settle()
        await self.bench.intake.drain()
        await self.bench.clock.settle()


@pytest.fixture
async def house(bench: Bench) -> House:
    await bench.give(SEIZED, QUEUED)
    return House(bench)


async def test_a_tap_is_announced_with_its_place_in_the_call_before_the_pbx_is_asked(house: House) -> None:
    await house.bench.clock.advance(3.0)
    await house.try_tap()
    (announced,) = house.ears.announced
    assert (announced["offset_ms"], announced["leg"]) == (3000, Leg.CALLER)
    assert house.line.asked == ["PJSIP/trunk-1 -> 127.0.0.1:9092"]


async def test_no_try_is_spent_while_the_link_to_the_pbx_is_down(house: House) -> None:
    house.line.up = False
    for _ in range(MAX_TAP_ATTEMPTS + 1):
        await house.try_tap()
    assert [tap.status for tap in house.session.taps] == [TapStatus.WANTED]
    assert (house.ears.announced, house.session.taps[0].attempt) == ([], 1)


@pytest.mark.parametrize(("address", "refusal"), [(None, None), ("127.0.0.1:9092", "Permission denied")])
async def test_refused_so_often_the_caller_is_not_heard_and_that_is_told(
    house: House, address: str | None, refusal: str | None
) -> None:
    house.ears.address, house.line.refusal = address, refusal
    for _ in range(MAX_TAP_ATTEMPTS):
        await house.try_tap()
    assert (house.session.taps[0].status, house.session.speech_dead) == (TapStatus.DEAD, True)


async def test_a_segment_is_acknowledged_after_its_commit_and_not_before(house: House) -> None:
    segment = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=10, ended_ms=20, text="有人打架", model_id="m"
    )
    house.hearing.segment(7, ID, segment)
    await house.bench.clock.settle()
    assert house.ears.acked == []
    await house.settle()
    assert house.ears.acked == [7]
    assert house.session.segments == 1


async def test_partial_text_is_shown_and_published_at_once_and_its_danger_is_journaled(house: House) -> None:
    page = house.hub.subscribe()
    house.hearing.partial(ID, Leg.CALLER, "他有刀", 100, 900)
    shown = await page.next(1.0)
    assert shown is not None
    assert (shown.kind, shown.data["text"]) == ("partial", "他有刀")
    (message,) = house.told
    assert message.topic == f"110/demo/calls/{ID}/partial/caller"
    assert json.loads(message.payload)["text"] == "他有刀"
    await house.settle()
    assert house.session.vetoes == (VetoCode.WEAPON,)


async def test_partial_text_of_a_call_that_is_closed_goes_nowhere(house: House) -> None:
    house.hearing.partial("demo-pbx1-other", Leg.CALLER, "他有刀", 100, 900)
    assert house.told == []


async def test_a_tap_that_the_listener_lost_unseen_is_asked_for_again(house: House) -> None:
    await house.try_tap()
    (tap,) = house.session.taps
    house.hearing.tap_live(ID, Leg.CALLER, tap.tap_id)
    await house.settle()
    assert house.session.taps[0].status is TapStatus.LIVE
    house.hearing.present(frozenset({tap.tap_id}))
    await house.settle()
    assert house.session.taps[0].status is TapStatus.LIVE
    house.hearing.present(frozenset())
    await house.settle()
    (again,) = house.session.taps
    assert (again.status, again.attempt) == (TapStatus.WANTED, 2)
    assert again.tap_id != tap.tap_id


async def test_a_segment_keeps_which_ear_heard_it_and_numbers_go_on_behind_it(house: House) -> None:
    (tap,) = house.session.taps
    house.hearing.tap_live(ID, Leg.CALLER, tap.tap_id)
    await house.settle()
    said = TranscriptSegment(
        index=2 * INDEXES_EACH, speaker=Leg.CALLER, started_ms=1, ended_ms=2, text="喂", model_id="m"
    )
    house.hearing.segment(5, ID, said, tap.tap_id)
    await house.settle()
    assert house.ears.acked == [5]
    assert [ear.source for ear in house.session.ears] == [tap.tap_id]
    numbers = [house.hearing.first_index(ID, Leg.CALLER, origin) for origin in (0, 2)]
    assert numbers == [0, 2 * INDEXES_EACH + 1]
    assert house.hearing.first_index("no such call", Leg.CALLER, 3) == 3 * INDEXES_EACH
