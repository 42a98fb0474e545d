"""The house on fakes: what nobody heard is filled from the recording, the second pass is owed work, both
survive a crash, and neither holds a call for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.archive.model import Stored
from gateway.calls.effects import FillGap, ReviewRecording
from gateway.calls.model import CallSession, CallState, RecordedFile
from gateway.calls.owed import owed
from gateway.calls.signals import KeyPressed
from gateway.journal.codec import decode, from_text
from gateway.pbx.languages import LanguagePlan
from gateway.runtime.house import House
from gateway.runtime.packs import Running
from gateway.runtime.perform import SWEEP_S
from gateway.runtime.transcripts import TRY_FOR
from gateway.speech.model import HearingState, Leg, TranscriptSegment, Word
from gateway.testing.clock import ManualClock
from gateway.testing.memory_store import MemoryStore

from .test_hearing import Ears as Taps
from .test_hearing import Line
from .test_house import Relay
from .test_intake import ENDED, ID, IDENTIFIED, QUEUED, RECORDING, SEIZED, at
from .test_judging import Rules
from .test_keeping import Shelf
from .test_packs import rule_sources
from .test_status import Ears as EarsState

RX = RecordedFile(part="rx", path="2026/01/05/x/1.0-rx.wav", seconds=30.0, size_bytes=480_044, sha256="ab")
UP, DOWN = EarsState(), EarsState(up=False, reason="the model is missing", live=frozenset())


def said(text: str, started_ms: int, index: int = 0, **more: Any) -> TranscriptSegment:
    word = Word(text=text, started_ms=started_ms, ended_ms=started_ms + 800, confidence=1.0)
    facts = {
        "index": index,
        "speaker": Leg.CALLER,
        "text": text,
        "words": (word,),
        "model_id": "demo-cn",
        **more,
    }
    return TranscriptSegment(started_ms=started_ms, ended_ms=started_ms + 800, **facts)


@dataclass
class Ears(Taps):
    """A listener that also reads recordings; `says` is what it finds in each."""

    house: House | None = None
    says: tuple[TranscriptSegment, ...] = ()
    again: tuple[TranscriptSegment, ...] | str = ()
    fault: str | None = None
    filled: list[dict[str, Any]] = field(default_factory=list)
    reviewed: list[dict[str, Any]] = field(default_factory=list)
    spoken: list[tuple[str, str]] = field(default_factory=list)

    async def speak(self, tap_id: str, language: str) -> None:
        self.spoken.append((tap_id, language))

    async def fill_gaps(self, **job: Any) -> str | None:
        self.filled.append(job)
        if self.fault is None and self.house is not None:
            for seq, segment in enumerate(self.says):
                self.house.hearing.segment(seq, ID, segment, job["job_id"])
        return self.fault

    async def review(self, **job: Any) -> tuple[TranscriptSegment, ...] | str:
        self.reviewed.append(job)
        return self.again


@dataclass
class Site:
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: ManualClock = field(default_factory=ManualClock)
    ears: Ears | None = field(default_factory=Ears)
    line: Line = field(default_factory=Line)
    second_pass: bool = False

    async def open(self, state: EarsState = UP) -> House:
        """A fresh one on the same store: what a restart finds."""
        self.house = made = House(
            store=self.store, relay=Relay(), listener=self.ears, clock=self.clock,
            rules=rule_sources(),
            site="demo", zone=ZoneInfo("Asia/Shanghai"), version="1.0", kept=Path("/kept"),
            second_pass=self.second_pass,
        )  # fmt: skip
        made.workshop.packs.running = Running(Rules(), "")
        plan = LanguagePlan(by_line={"trunk": "zh"}, by_key={"9": "en"})
        made.add_pbx("pbx1", self.line, Shelf(answer=Stored(files=(RX,))), plan)
        if self.ears is not None:
            self.ears.house = made
        await made.load()
        made.heard(state)
        made.owe()
        await self.settle()
        return made

    async def give(self, *signals: Any) -> None:
        for signal in signals:
            await self.house.intake.offer(signal)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(8):
            await self.house.intake.drain()
            await self.clock.settle()

    async def sweep(self) -> None:
        """What the sweep does once."""
        await self.clock.advance(SWEEP_S)
        self.house.owe()
        await self.settle()

    async def crash(self) -> None:
        await self.house.performer.close()
        await self.house.hearing.close()

    @property
    def session(self) -> CallSession:
        live = self.house.intake.book.get(("call", ID))
        assert live is not None
        return live.state  # type: ignore[no-any-return]

    def session_of_store(self) -> CallSession:
        """Also of a call that has left memory."""
        found: CallSession = decode(CallSession, from_text(self.store.aggregates[("call", ID)].state))
        return found

    @property
    def closed(self) -> bool:
        """Nobody answered these calls: the task that they leave is all that keeps them open."""
        owes = {getattr(effect, "name", "") for effect in owed(self.session_of_store())}
        return self.session_of_store().state is CallState.ENDED and owes <= {"task:due"}

    def texts(self, reading: str = "live") -> Sequence[str]:
        return [row.text for row in self.store.segment_rows.values() if row.reading == reading]


@pytest.fixture
def site() -> Site:
    return Site()


async def heard_call(site: Site, *, from_ms: int = 200) -> None:
    """A call whose tap lives `from_ms` after the queue; one word is said; it ends at 30 s."""
    await site.give(SEIZED, IDENTIFIED, QUEUED, RECORDING)
    (tap,) = site.session.taps
    await site.clock.advance(QUEUED_S + from_ms / 1000 - site.clock.monotonic())
    site.house.hearing.tap_live(ID, Leg.CALLER, tap.tap_id)
    site.house.hearing.segment(1, ID, said("有人打架", 9_000), tap.tap_id)
    await site.settle()


QUEUED_S = (QUEUED.at - SEIZED.at).total_seconds()


async def test_a_call_whose_tap_never_came_gets_its_whole_text_from_the_recording(site: Site) -> None:
    await site.open()
    site.line.refusal = "Permission denied"
    await site.give(SEIZED, IDENTIFIED, QUEUED, RECORDING)
    assert site.session.hearing[0].state is HearingState.DEAD
    site.ears.says = (said("有人打架", 4_000, gap=True), said("快来", 20_000, 1, gap=True))
    await site.give(ENDED)
    (job,) = site.ears.filled
    assert (job["path"], job["base_ms"] >= 0) == (Path("/kept/2026/01/05/x/1.0-rx.wav"), True)
    assert site.texts() == ["有人打架", "快来"]
    assert site.closed


async def test_what_was_said_before_the_first_frame_is_filled_in(site: Site) -> None:
    await site.open()
    await heard_call(site, from_ms=4_000)
    site.ears.says = (said("救命", round(QUEUED_S * 1000) + 1_000, 1, gap=True),)
    await site.give(ENDED)
    assert site.texts() == ["有人打架", "救命"]
    assert site.closed


async def test_a_gap_waits_for_the_listener_and_no_try_is_spent(site: Site) -> None:
    await site.open(DOWN)
    await site.give(SEIZED, IDENTIFIED, QUEUED, RECORDING, ENDED)
    for _ in range(20):
        await site.sweep()
    assert (site.ears.filled, site.session.hearing[0].tries) == ([], 0)
    site.house.heard(UP)
    await site.settle()
    assert len(site.ears.filled) == 1
    assert site.closed


async def test_a_listener_that_never_comes_holds_no_call_for_ever(site: Site) -> None:
    await site.open(DOWN)
    await site.give(SEIZED, IDENTIFIED, QUEUED, RECORDING, ENDED)
    await site.clock.advance((TRY_FOR + timedelta(minutes=1)).total_seconds())
    await site.sweep()
    assert site.closed
    assert site.ears.filled == []


async def test_with_speech_switched_off_the_call_says_so_and_closes_unsure(site: Site) -> None:
    site.ears = None
    await site.open()
    await site.give(SEIZED, IDENTIFIED, QUEUED, RECORDING)
    (caller,) = site.session.hearing
    assert (caller.state, caller.reason) == (HearingState.DEAD, "speech is switched off")
    await site.give(ENDED)
    assert site.closed


async def test_a_crash_between_recording_and_filling_leaves_the_gap_owed(site: Site) -> None:
    await site.open(DOWN)
    await site.give(SEIZED, IDENTIFIED, QUEUED, RECORDING, ENDED)
    await site.crash()
    await site.open(UP)
    (job,) = site.ears.filled
    assert job["leg"] is Leg.CALLER
    assert site.closed


async def test_a_listener_that_died_with_the_gateway_leaves_a_gap_from_the_last_thing_known(
    site: Site,
) -> None:
    await site.open()
    await heard_call(site)
    await site.crash()
    await site.clock.advance(8)
    await site.open(DOWN)
    (caller,) = site.session.hearing
    assert (caller.state, caller.reason) == (HearingState.NO_FRAMES, "the gateway was away")
    await site.give(ENDED)
    (caller,) = site.session.hearing
    assert caller.gaps == ((caller.gaps[0][0], 30_000),)
    assert caller.gaps[0][0] < 1_000


async def test_a_listener_that_outlived_the_gateway_leaves_none(site: Site) -> None:
    await site.open()
    await heard_call(site)
    (tap,) = site.session.taps
    await site.crash()
    await site.clock.advance(8)
    await site.open(replace(UP, live=frozenset({tap.tap_id})))
    (caller,) = site.session.hearing
    assert (caller.state, caller.gaps, caller.unheard_from_ms) == (HearingState.LIVE, (), None)


async def test_what_has_its_text_already_is_not_transcribed_again(site: Site) -> None:
    """The listener went on hearing while the gateway was away, and the call ended meanwhile."""
    await site.open()
    await heard_call(site)
    (tap,) = site.session.taps
    await site.crash()
    await site.open(DOWN)
    site.house.hearing.segment(2, ID, said("他有刀", 12_000, 1), tap.tap_id)
    await site.give(ENDED)
    site.house.heard(UP)
    await site.settle()
    (job,) = site.ears.filled
    assert [(low, high) for low, high in job["ranges"] if low < 12_000 < high] == []
    assert job["ranges"][-1] == (12_800, 30_050), "up to where the recording ends"


async def test_the_second_pass_is_kept_beside_the_live_text_and_the_call_rests_on_it(site: Site) -> None:
    site.second_pass = True
    await site.open()
    await heard_call(site)
    site.ears.again = (said("有人打人", 9_000, model_id="large-cn"),)
    await site.give(ENDED)
    (caller,) = site.session_of_store().hearing
    assert caller.review is not None
    assert (caller.review.model_id, caller.review.difference, caller.review.trusted) == (
        "large-cn",
        0.25,
        True,
    )
    assert (site.texts("live"), site.texts("review")) == (["有人打架"], ["有人打人"])
    assert site.closed


async def test_a_crash_between_recording_and_review_leaves_the_review_owed_once(site: Site) -> None:
    site.second_pass = True
    await site.open()
    await heard_call(site)
    site.ears.again = "listener lost"
    await site.give(ENDED)
    assert {type(effect) for effect in site.house.intake.owed()} == {ReviewRecording}
    await site.crash()
    site.ears.again = (said("有人打架", 9_000, model_id="large-cn"),)
    await site.open()
    assert len({job["job_id"] for job in site.ears.reviewed}) == 1
    assert site.texts("review") == ["有人打架"]
    assert site.closed


async def test_the_second_pass_waits_while_what_is_said_now_comes_late(site: Site) -> None:
    site.second_pass = True
    await site.open(EarsState(behind=1))
    await heard_call(site)
    await site.give(ENDED)
    assert site.ears.reviewed == []
    site.ears.again = (said("有人打架", 9_000),)
    site.house.heard(UP)
    await site.sweep()
    assert len(site.ears.reviewed) == 1


async def test_a_recording_that_cannot_be_read_is_a_fault_after_a_few_tries(site: Site) -> None:
    await site.open()
    site.ears.fault = "1.0-rx.wav: not a WAV file"
    await site.give(SEIZED, IDENTIFIED, QUEUED, RECORDING, ENDED)
    for _ in range(10):
        await site.sweep()
    assert len(site.ears.filled) == 5
    assert site.session_of_store().hearing[0].fault == "1.0-rx.wav: not a WAV file"
    assert {type(effect) for effect in site.house.intake.owed()} & {FillGap, ReviewRecording} == set()


async def test_a_busy_listener_costs_no_try(site: Site) -> None:
    await site.open()
    site.ears.fault = "64 recordings wait already; ask again later"
    await site.give(SEIZED, IDENTIFIED, QUEUED, RECORDING, ENDED)
    for _ in range(10):
        await site.sweep()
    assert site.session.hearing[0].tries == 0


async def test_the_trunk_says_the_language_and_a_key_changes_it(site: Site) -> None:
    await site.open(replace(UP, languages={"en": "demo-en"}))
    await site.give(SEIZED, IDENTIFIED, QUEUED)
    assert site.ears.announced[0]["language"] == "zh"
    (tap,) = site.session.taps
    site.house.hearing.tap_live(ID, Leg.CALLER, tap.tap_id)
    await site.settle()
    await site.give(KeyPressed(**at(5), key="9"))
    assert site.ears.spoken == [(tap.tap_id, "en")]
    assert site.session.language == "en"
    await site.give(KeyPressed(**at(6), key="8"))
    assert len(site.ears.spoken) == 1
