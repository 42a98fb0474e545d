import asyncio
import itertools
import json
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.effects import FetchRecording, StartTap
from gateway.calls.hall import MalformedReceived
from gateway.calls.model import PartyRole
from gateway.calls.signals import (
    CallEnded,
    CallerIdentified,
    CallQueued,
    CallSeized,
    PartyJoined,
    RecordingStarted,
    SegmentTranscribed,
    SetDisposition,
)
from gateway.ids import CallId
from gateway.journal.chain import verify
from gateway.ports import AnswerRow, StoreUnavailable
from gateway.runtime.answers import Accepted, Busy, Refused
from gateway.runtime.intake import ANSWER_WITHIN_S
from gateway.runtime.lanes import Lanes
from gateway.runtime.machines import CallMachine
from gateway.speech.model import Leg, TranscriptSegment
from gateway.testing.clock import ManualClock
from gateway.triage.model import AlarmClass, Nature

from .conftest import Bench

ID = CallId("demo-pbx1-pbx1-1.0")
START = ManualClock().now()


def at(seconds: float) -> dict[str, Any]:
    return {"call_id": ID, "at": START + timedelta(seconds=seconds)}


SEIZED = CallSeized(
    **at(0),
    site="demo",
    pbx="pbx1",
    uniqueid="pbx1-1.0",
    linkedid="pbx1-1.0",
    line="PJSIP/trunk-1",
    dialed="110",
)
IDENTIFIED = CallerIdentified(**at(0.01), ani="13800138000", ani_source="PAI", dialed="110")
QUEUED = CallQueued(**at(0.1), queue="q110")
ANSWERED = PartyJoined(**at(2), role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-2")
RECORDING = RecordingStarted(**at(0.05), recording_id="0x1", file="/rec/1.0-mix.wav")
ENDED = CallEnded(**at(30))


def said(
    index: int, text: str = "有人打架", seconds: float = 5, speaker: Leg = Leg.CALLER
) -> SegmentTranscribed:
    start = round(seconds * 1000)
    segment = TranscriptSegment(
        index=index, speaker=speaker, started_ms=start, ended_ms=start + 900, text=text, model_id="m"
    )
    return SegmentTranscribed(**at(seconds), segment=segment)


def disposition(request_id: str = "r1", rev: int | None = None) -> SetDisposition:
    return SetDisposition(
        **at(40),
        request_id=request_id,
        actor="wang",
        expected_rev=rev,
        alarm_class=AlarmClass.VALID_ALARM,
        nature=Nature.FIGHT,
    )


async def test_what_happens_is_journaled_in_a_chain_that_verifies(bench: Bench) -> None:
    await bench.give(SEIZED, IDENTIFIED, QUEUED, ANSWERED)
    rows = bench.journal
    assert [row.type for row in rows] == ["CallSeized", "CallerIdentified", "CallQueued", "PartyJoined"]
    assert verify(rows) is None


async def test_events_leave_with_numbers_without_a_gap(bench: Bench) -> None:
    await bench.give(SEIZED, IDENTIFIED)
    await bench.give(QUEUED, ANSWERED, ENDED)
    rows = list(await bench.store.outbox_pending(0, 100))
    assert [row.call_seq for row in rows] == list(range(1, len(rows) + 1))
    assert [row.site_seq for row in rows] == list(range(1, len(rows) + 1))
    assert json.loads(rows[0].payload)["type"] == "org.intake110.CallStart.v1"


async def test_a_signal_given_twice_leaves_no_second_trace(bench: Bench) -> None:
    await bench.give(SEIZED, IDENTIFIED, QUEUED, said(0))
    before = (len(bench.journal), len(await bench.store.outbox_pending(0, 100)))
    await bench.give(SEIZED, IDENTIFIED, QUEUED, said(0))
    assert (len(bench.journal), len(await bench.store.outbox_pending(0, 100))) == before


async def test_what_becomes_owed_is_told_once(bench: Bench) -> None:
    await bench.give(SEIZED, RECORDING, QUEUED)
    assert [type(effect) for effect in bench.owed] == [StartTap]
    await bench.give(ENDED)
    assert FetchRecording in {type(effect) for effect in bench.owed[1:]}


async def test_a_restart_finds_the_call_as_it_was_and_owes_the_same(bench: Bench) -> None:
    await bench.give(SEIZED, IDENTIFIED, RECORDING, QUEUED, ANSWERED, said(0))
    again = bench.fresh()
    await again.load()
    assert again.book.get(("call", ID)) == bench.intake.book.get(("call", ID))
    assert again.owed() == bench.intake.owed() != frozenset()


async def test_sequence_goes_on_after_a_restart(bench: Bench) -> None:
    await bench.give(SEIZED, QUEUED)
    bench.intake = bench.fresh()
    await bench.intake.load()
    await bench.give(ANSWERED)
    rows = list(await bench.store.outbox_pending(0, 100))
    assert [row.call_seq for row in rows] == list(range(1, len(rows) + 1))
    assert verify(bench.journal) is None


async def test_a_failed_commit_is_tried_again_and_nothing_is_lost_or_doubled(bench: Bench) -> None:
    bench.store.fail_next(3)
    await bench.intake.offer(SEIZED)
    await bench.intake.offer(QUEUED)
    draining = asyncio.ensure_future(bench.intake.drain())
    await bench.clock.settle()
    assert not bench.intake.saving
    assert bench.intake.book.get(("call", ID)) is None
    await bench.clock.advance(10)
    await draining
    assert bench.saving == [False, True]
    assert [row.type for row in bench.journal] == ["CallSeized", "CallQueued"]


async def test_a_person_is_answered_after_the_commit(bench: Bench) -> None:
    await bench.give(SEIZED)
    asking = asyncio.ensure_future(bench.intake.submit(disposition()))
    await bench.clock.settle()
    assert not asking.done()
    await bench.intake.drain()
    assert await asking == Accepted(rev=2)


async def test_the_same_request_gets_the_same_answer_and_is_done_once(bench: Bench) -> None:
    await bench.give(SEIZED)
    asking = [asyncio.ensure_future(bench.intake.submit(disposition())) for _ in range(2)]
    await bench.clock.settle()
    await bench.intake.drain()
    answers = [await task for task in asking]
    answers.append(await bench.intake.submit(disposition()))
    assert answers == [Accepted(rev=2)] * 3
    assert sum(row.type == "SetDisposition" for row in bench.journal) == 1


async def test_one_who_asked_the_store_before_the_commit_and_goes_on_after_it_is_not_done_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.give(SEIZED)
    told, kept = asyncio.Event(), bench.store.answer

    async def late(request_id: str) -> AnswerRow | None:
        found = await kept(request_id)
        if asyncio.current_task() is slow:
            await told.wait()
        return found

    monkeypatch.setattr(bench.store, "answer", late)
    slow = asyncio.ensure_future(bench.intake.submit(disposition()))
    quick = asyncio.ensure_future(bench.intake.submit(disposition()))
    await bench.clock.settle()
    await bench.intake.drain()
    assert await quick == Accepted(rev=2)
    told.set()
    await bench.clock.settle()
    await bench.intake.drain()
    assert await slow == Accepted(rev=2)
    assert sum(row.type == "SetDisposition" for row in bench.journal) == 1


async def test_a_refused_request_is_remembered_but_not_journaled(bench: Bench) -> None:
    asking = asyncio.ensure_future(bench.intake.submit(disposition()))
    await bench.clock.settle()
    await bench.intake.drain()
    answer = await asking
    assert isinstance(answer, Refused)
    assert answer.code == "unknown_call"
    assert bench.journal == []
    assert await bench.intake.submit(disposition()) == answer


async def test_a_full_lane_tells_people_to_try_again() -> None:
    bench = Bench(lanes=Lanes(people_limit=1))
    await bench.give(SEIZED)
    first = asyncio.ensure_future(bench.intake.submit(disposition("r1")))
    await bench.clock.settle()
    assert await bench.intake.submit(disposition("r2")) == Busy()
    await bench.intake.drain()
    assert isinstance(await first, Accepted)


async def test_a_person_does_not_wait_for_ever_while_nothing_can_be_saved(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.runtime.intake.ANSWER_WITHIN_S", 0.01)
    assert ANSWER_WITHIN_S == 10.0
    answer = await bench.intake.submit(disposition())
    assert isinstance(answer, Refused)
    assert answer.code == "not_saved"


async def test_late_news_of_a_closed_call_still_finds_it(bench: Bench) -> None:
    await bench.give(SEIZED, QUEUED, said(0), ENDED)
    live = bench.intake.book.get(("call", ID))
    assert live is not None
    asking = asyncio.ensure_future(bench.intake.submit(disposition()))
    await bench.clock.settle()
    await bench.intake.drain()
    assert isinstance(await asking, Accepted)


async def test_settled_returns_when_the_group_is_committed(bench: Bench) -> None:
    sending = asyncio.ensure_future(bench.intake.settled(SEIZED))
    await bench.clock.settle()
    assert not sending.done()
    await bench.intake.drain()
    await bench.clock.settle()
    assert sending.done()


async def test_a_forged_message_is_journaled_for_the_hall_and_touches_no_call(bench: Bench) -> None:
    await bench.give(SEIZED, MalformedReceived(pbx="pbx1", at=START, raw="Event: Evil", why="unknown event"))
    assert [(row.kind, row.type) for row in bench.journal] == [
        ("call", "CallSeized"),
        ("hall", "MalformedReceived"),
    ]
    published = [json.loads(row.payload) for row in await bench.store.outbox_pending(0, 100)]
    assert published[-1]["type"] == "org.intake110.MalformedMessage.v1"
    assert "Evil" not in json.dumps(published)


async def test_a_call_of_an_hour_keeps_its_state_small_and_its_commits_even(bench: Bench) -> None:
    await bench.give(SEIZED, IDENTIFIED, RECORDING, QUEUED, ANSWERED)
    sizes, rows = [], []
    for index in range(900):
        speaker = Leg.CALLER if index % 2 else Leg.CALL_TAKER
        await bench.give(said(index // 2, "我在建国路八十八号这边有人打架" * 3, 4.0 * index, speaker))
        state = (await bench.store.aggregate("call", ID)).state  # type: ignore[union-attr]
        sizes.append(len(state.encode()))
        rows.append(len(bench.journal))
    assert max(sizes) <= 16 * 1024
    assert sizes[-1] - sizes[10] < 200
    assert {later - earlier for earlier, later in itertools.pairwise(rows)} == {1}
    assert len(await bench.store.segments(ID)) == 900


async def test_closing_lets_a_call_leave_memory(bench: Bench) -> None:
    machine = CallMachine()
    await bench.give(SEIZED)
    live = bench.intake.book.get(("call", ID))
    assert live is not None
    bench.intake.book.put(("call", ID), live, closed=True)
    assert bench.intake.book.get(("call", ID)) is None
    assert machine.rev(live.state) == 1


async def test_the_loop_ends_between_two_groups(bench: Bench) -> None:
    running = asyncio.ensure_future(bench.intake.run())
    await bench.intake.offer(SEIZED)
    bench.lanes.close()
    await running
    assert [row.type for row in bench.journal] == ["CallSeized"]


async def test_a_commit_whose_answer_was_lost_is_not_made_anew(bench: Bench) -> None:
    commit = bench.store.commit

    async def lost_once(rows: Any) -> None:
        await commit(rows)
        bench.store.commit = commit  # type: ignore[method-assign]
        raise StoreUnavailable("the answer was lost")

    bench.store.commit = lost_once  # type: ignore[method-assign]
    await bench.intake.offer(SEIZED)
    draining = asyncio.ensure_future(bench.intake.drain())
    await bench.clock.advance(1)
    await draining
    assert [row.type for row in bench.journal] == ["CallSeized"]
    assert verify(bench.journal) is None


async def test_a_gap_that_is_filled_late_is_not_what_was_said_last(bench: Bench) -> None:
    await bench.give(SEIZED, QUEUED, said(0, "先说的", 5), said(2, "后说的", 9), said(1, "补上的", 7))
    last = bench.intake.book.get(("call", ID)).last  # type: ignore[union-attr]
    assert last is not None
    assert last.text == "后说的"
