"""Several listeners behind one face, each a fake line that a test speaks for."""

from __future__ import annotations

import asyncio
import base64
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from gateway.speech.assemble import BYTES_PER_MS
from gateway.speech.control import (
    Ack,
    Announce,
    PartialText,
    Revoke,
    Segment,
    SetHotWords,
    Sound,
    Speak,
    TapEnded,
    Transcribe,
    Transcribed,
    Want,
)
from gateway.speech.fleet import FIND_WITHIN_S, LOCAL, MAX_LISTENERS
from gateway.speech.handshake import HandshakeError
from gateway.speech.model import INDEXES_EACH, Leg

from .yard import FakeLine, Yard, offline, online, said


@pytest.fixture
async def yard(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Yard]:
    made = Yard(monkeypatch, local=FakeLine(LOCAL, own=True), secret="a secret of the laboratory")
    await made.start()
    yield made
    await made.fleet.close()


@pytest.fixture
async def pair(yard: Yard) -> tuple[Yard, FakeLine, FakeLine]:
    """Beside the own listener, one on another machine with more room."""
    away = FakeLine("asr2", legs=30, origin=7)
    await yard.found(away)
    return yard, yard.lines[LOCAL], away


async def test_taps_go_to_the_listener_with_most_room_and_spread(pair: Any) -> None:
    yard, own, away = pair
    hosts = [(await yard.tap(f"c{number}"))[1] for number in range(24)]
    assert hosts[:20] == ["host-asr2:9092"] * 20, "it has twenty legs more room"
    assert {*hosts[20:]} == {":9092", "host-asr2:9092"}, "then both in turn"
    assert own.heard(Announce)[0].first_index == 0
    assert away.heard(Announce)[0].first_index == 7 * INDEXES_EACH


async def test_both_sides_of_a_call_go_to_the_same_listener_while_it_has_room(pair: Any) -> None:
    yard, own, away = pair
    away.legs = 11
    away.tell(away.greeting())
    await yard.clock.settle()
    assert [(await yard.tap("c1", leg))[1] for leg in Leg] == ["host-asr2:9092"] * 2, (
        "though the own has more"
    )
    for number in range(9):
        await yard.tap(f"d{number}")
    assert len(away.heard(Announce)) + len(own.heard(Announce)) == 11


async def test_a_language_goes_to_a_listener_that_knows_it(pair: Any) -> None:
    yard, own, _ = pair
    own.tell(own.greeting(languages={"en": "model-en"}))
    await yard.clock.settle()
    assert (await yard.tap(language="en"))[1] == ":9092"
    assert own.heard(Announce)[0].language == "en"
    assert (await yard.tap("c2", language="fr"))[1] == "host-asr2:9092", "nobody knows it: by room"


async def test_a_listener_whose_text_is_late_gets_no_more_while_another_has_room(pair: Any) -> None:
    yard, _, away = pair
    away.tell(away.greeting(behind=2))
    await yard.clock.settle()
    assert (await yard.tap())[1] == ":9092"


async def test_a_listener_that_does_not_answer_costs_a_moment_and_not_the_tap(pair: Any) -> None:
    yard, own, away = pair
    away.takes = False
    tap_id, address = await yard.tap()
    assert address == ":9092"
    assert own.heard(Announce)[0].offset_ms == 1500, "its place in the call is kept"
    assert [str(told.tap_id) for told in away.heard(Revoke)] == [tap_id], "should it come after all"


async def test_one_listeners_news_does_not_make_anothers_fresh_tap_look_ended(pair: Any) -> None:
    yard, own, away = pair
    tap_id, _ = await yard.tap()
    await yard.live(away, tap_id)
    own.tell(own.greeting())
    await yard.clock.settle()
    assert tap_id in yard.states[-1].live
    away.tell(TapEnded(tap_id=UUID(tap_id), call_id="c1", leg=Leg.CALLER, reason="hung up", failed=False))
    own.tell(own.greeting())
    await yard.clock.settle()
    assert tap_id not in yard.states[-1].live


async def test_a_lost_listeners_taps_are_told_and_new_ones_go_elsewhere(pair: Any) -> None:
    yard, own, away = pair
    tap_id, _ = await yard.tap()
    await yard.live(away, tap_id)
    away.die()
    await yard.clock.settle()
    assert yard.heard.news[-1] == ("ended", (tap_id, "listener lost", True))
    assert yard.health["asr2"].trouble in ("lost", "unreachable")
    assert yard.states[-1].up
    assert (await yard.tap())[1] == ":9092"
    assert not own.stopped


async def test_what_a_lost_listener_still_had_comes_as_a_gap_filled_and_its_old_tap_is_let_go(
    pair: Any,
) -> None:
    yard, _, away = pair
    tap_id, _ = await yard.tap()
    await yard.live(away, tap_id)
    away.die()
    await yard.clock.settle()
    away.there = True
    away.hello = {"live": [UUID(tap_id)]}
    yard.fleet.announced("asr2", online("asr2", port=9999))
    await yard.clock.settle()
    assert away.address == ("host-asr2", 9999), "it is looked for where it says it is"
    await yard.live(away, tap_id)
    away.tell(Segment(seq=4, call_id="c1", segment=said(7), source=tap_id))
    await yard.clock.settle()
    assert [str(told.tap_id) for told in away.heard(Revoke)] == [tap_id]
    assert tap_id not in yard.states[-1].live
    ((_, segment, source),) = yard.heard.segments
    assert (segment.gap, source) == (True, tap_id)


async def test_an_acknowledgement_finds_the_listener_that_sent_the_segment(pair: Any) -> None:
    yard, own, away = pair
    own.tell(Segment(seq=5, call_id="c1", segment=said(0)))
    away.tell(Segment(seq=5, call_id="c1", segment=said(7 * INDEXES_EACH)))
    away.tell(Segment(seq=6, call_id="c1", segment=said(7 * INDEXES_EACH + 1)))
    await yard.clock.settle()
    numbers = [number for number, _, _ in yard.heard.segments]
    assert len({*numbers}) == 3
    for number in (*numbers, numbers[0], 999):
        await yard.fleet.ack(number)
    assert ([told.seq for told in own.heard(Ack)], [told.seq for told in away.heard(Ack)]) == ([5], [5, 6])


async def test_words_about_a_tap_go_to_the_listener_that_has_it(pair: Any) -> None:
    yard, own, away = pair
    tap_id, _ = await yard.tap()
    away.tell(PartialText(call_id="c1", leg=Leg.CALLER, text="救", started_ms=0, ended_ms=100))
    await yard.fleet.speak(tap_id, "en")
    await yard.fleet.revoke(tap_id)
    away.tell(TapEnded(tap_id=UUID(tap_id), call_id="c1", leg=Leg.CALLER, reason="revoked", failed=False))
    await yard.clock.settle()
    assert (len(away.heard(Speak)), len(away.heard(Revoke))) == (1, 1)
    assert own.heard(Speak) + own.heard(Revoke) == []
    assert yard.heard.news == [("partial", "救"), ("ended", (tap_id, "revoked", False))]


async def test_hot_words_reach_every_listener_also_one_that_comes_later(pair: Any) -> None:
    yard, own, away = pair
    yard.fleet.set_hot_words(["中山路"])
    late = FakeLine("asr3", origin=8)
    await yard.found(late)
    assert [len(fake.heard(SetHotWords)) for fake in (own, away, late)] == [1, 1, 1]


def recording(folder: Path, pcm: bytes) -> Path:
    path = folder / "1.0-rx.wav"
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(pcm)
    return path


async def job_of(fake: FakeLine, number: int) -> Transcribe:
    """The listener's job of that number, once it has been asked for it."""
    async with asyncio.timeout(10):
        while len(fake.heard(Transcribe)) < number:
            fake.spoken_to.clear()
            await fake.spoken_to.wait()
    job: Transcribe = fake.heard(Transcribe)[number - 1]
    return job


def done(job: Transcribe, failed: str | None = None) -> Transcribed:
    return Transcribed(job_id=job.job_id, call_id="c1", leg=Leg.CALLER, failed=failed)


async def test_a_recording_is_read_by_the_own_listener_and_its_sound_given_to_another_when_that_cannot(
    pair: Any, tmp_path: Path
) -> None:
    yard, own, away = pair
    pcm = bytes(range(250)) * 64
    path = recording(tmp_path, pcm)

    def filling() -> asyncio.Future[str | None]:
        return asyncio.ensure_future(
            yard.fleet.fill_gaps(
                path=path, job_id=str(uuid4()), call_id="c1", leg=Leg.CALLER, ranges=[(600, 900)], base_ms=500
            )
        )

    asked = filling()
    job = await job_of(own, 1)
    own.tell(done(job))
    assert (await asked, job.path, job.sound_bytes) == (None, str(path), None)

    asked = filling()
    own.tell(done(await job_of(own, 2), failed="the model for en is left out"))
    job = await job_of(away, 1)
    assert (job.path, job.sound_bytes, job.base_ms) == ("", 300 * BYTES_PER_MS, 600)
    assert job.first_index == 7 * INDEXES_EACH
    away.tell(Want(job_id=job.job_id, at=320))
    away.tell(Want(job_id=uuid4(), at=0))
    await yard.clock.settle()
    (sound,) = away.heard(Sound)
    assert base64.b64decode(sound.pcm) == pcm[100 * BYTES_PER_MS :][: 300 * BYTES_PER_MS][320:]
    away.tell(done(job))
    assert await asked is None

    own.die()
    await yard.clock.settle()
    asked = filling()
    await job_of(away, 2)
    away.die()
    assert await asked == "listener lost"
    assert await filling() == "no listener"


async def test_a_recording_that_cannot_be_read_is_told_before_another_machine_is_asked(
    pair: Any, tmp_path: Path
) -> None:
    yard, own, away = pair
    own.die()
    await yard.clock.settle()
    told = await yard.fleet.fill_gaps(
        path=tmp_path / "gone.wav", job_id=str(uuid4()), call_id="c1", leg=Leg.CALLER, ranges=[(0, 9)]
    )
    assert "gone.wav" in told
    assert away.heard(Transcribe) == []


async def test_the_broker_says_gone_but_the_line_answers_so_it_stays(pair: Any) -> None:
    yard, _, away = pair
    yard.fleet.announced("asr2", offline("asr2"))
    await yard.clock.advance(4)
    assert yard.health["asr2"].up
    assert away.connects == 1


async def test_the_broker_says_gone_and_the_line_is_dead_so_it_counts_as_lost(pair: Any) -> None:
    yard, _, away = pair
    tap_id, _ = await yard.tap()
    away.there = False
    yard.fleet.announced("asr2", offline("asr2"))
    await yard.clock.advance(4)
    assert ("ended", (tap_id, "listener lost", True)) in yard.heard.news
    assert not yard.health["asr2"].up


async def test_without_a_word_from_the_broker_known_listeners_stay_in_use(pair: Any) -> None:
    yard, _, away = pair
    away.hang_up()
    await yard.clock.advance(1)
    assert yard.health["asr2"].up, "the line is made again without an announcement"
    assert away.connects == 2


async def test_a_listener_that_says_goodbye_is_forgotten_when_its_line_ends(pair: Any) -> None:
    yard, _, away = pair
    yard.fleet.announced("asr2", b"")
    await yard.clock.settle()
    assert yard.health["asr2"].up, "what it hears it may hear to the end"
    assert (await yard.tap())[1] == ":9092", "and gets nothing new"
    away.die()
    await yard.clock.settle()
    assert yard.health["asr2"] is None
    await yard.clock.advance(60)
    assert away.connects == 1
    away.there = True
    await yard.found(away)
    assert yard.health["asr2"].up, "and welcome again"


async def test_a_silent_listener_on_another_machine_is_hung_up_on_and_never_stopped(pair: Any) -> None:
    yard, _, away = pair
    away.there = False
    await yard.clock.advance(25)
    assert yard.health["asr2"].trouble in ("silent", "unreachable")
    assert not away.stopped


@pytest.mark.parametrize("cause", ["secret", "protocol", "site", "busy"])
async def test_a_listener_that_refuses_is_named_and_tried_rarely(yard: Yard, cause: Any) -> None:
    away = FakeLine("asr2")
    away.refusal = HandshakeError(cause, "it says no")
    await yard.found(away)
    state = yard.health["asr2"]
    assert state is not None
    assert (state.up, state.trouble, state.reason) == (False, cause, "it says no")
    await yard.clock.advance(120)
    assert away.connects <= 12
    assert (await yard.tap())[1] == ":9092"


async def test_two_listeners_that_number_alike_are_not_both_used(pair: Any) -> None:
    yard, _, _ = pair
    copy = FakeLine("asr3", origin=7, legs=99)
    await yard.found(copy)
    state = yard.health["asr3"]
    assert state is not None
    assert not state.up
    assert "as listener asr2 does" in state.reason
    assert (await yard.tap())[1] == "host-asr2:9092"


async def test_right_after_the_start_a_tap_nobody_has_is_not_yet_taken_for_ended(yard: Yard) -> None:
    assert not yard.states[-1].complete
    await yard.clock.advance(FIND_WITHIN_S)
    assert yard.states[-1].complete


async def test_without_other_machines_the_own_listener_is_all_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    yard = Yard(monkeypatch, local=FakeLine(LOCAL, own=True), secret=None)
    await yard.start()
    assert yard.states[-1].complete
    yard.fleet.announced("asr2", online("asr2"))
    assert set(yard.health) == {LOCAL}
    assert yard.states[-1].model_id == "model-local"
    await yard.fleet.close()
    assert yard.lines[LOCAL].stopped


async def test_a_gateway_that_does_not_hear_itself_works_with_others_and_says_when_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    yard = Yard(monkeypatch, local=None, secret="a secret of the laboratory")
    await yard.start()
    assert (yard.states[-1].up, yard.states[-1].reason) == (False, "no listener is known")
    assert (await yard.tap())[1] is None
    away = FakeLine("asr2", origin=7, synthetic_only=True)
    await yard.found(away)
    assert (await yard.tap())[1] == "host-asr2:9092"
    assert yard.states[-1].synthetic_only
    await yard.fleet.close()
    assert not away.stopped


async def test_a_tap_waits_for_a_listener_that_comes_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    yard = Yard(monkeypatch, local=None, secret="a secret of the laboratory")
    await yard.start()
    asking = asyncio.ensure_future(
        yard.fleet.announce(tap_id=str(uuid4()), call_id="c", leg=Leg.CALLER, offset_ms=100, within_s=5.0)
    )
    await yard.clock.advance(2)
    away = FakeLine("asr2", origin=7)
    await yard.found(away)
    assert await asking == "host-asr2:9092"
    assert away.heard(Announce)[0].offset_ms == 2100
    await yard.fleet.close()


@pytest.mark.parametrize(
    "payload",
    [
        b"not json",
        b'{"listener": "other", "state": "online", "host": "h", "control_port": 1}',
        b'{"listener": "asr2", "state": "online", "host": "h", "control_port": 0}',
        b'{"listener": "asr2", "state": "perhaps"}',
        b'{"listener": "asr2"' + b" " * 20_000 + b"}",
    ],
)
async def test_an_announcement_that_cannot_be_read_changes_nothing(yard: Yard, payload: bytes) -> None:
    yard.fleet.announced("asr2", payload)
    yard.fleet.announced(LOCAL, online(LOCAL))
    await yard.clock.settle()
    assert set(yard.health) == {LOCAL}


async def test_listeners_have_a_limit(yard: Yard) -> None:
    await yard.found(*(FakeLine(f"asr{n}", origin=n + 1) for n in range(MAX_LISTENERS + 3)))
    assert len(yard.health) == MAX_LISTENERS + 1
