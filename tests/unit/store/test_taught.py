"""Calls that people decided on, with the words that count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from gateway.calls.model import Label, LegHearing, LegReview
from gateway.calls.signals import LabelCall
from gateway.speech.model import HearingState, Leg, Reading
from gateway.store.store import SqlStore
from gateway.store.taught import TaughtCall, taught
from gateway.testing.judged_calls import ALARM, CIVIL, NOON, a_call, commit, say
from gateway.triage.model import AlarmClass, Nature

from .test_quality import follow

SINCE = NOON - timedelta(days=1)


async def test_both_sides_come_in_the_order_of_speaking_with_the_persons_word(store: SqlStore) -> None:
    call = a_call(0, CIVIL, ALARM)
    await commit(store, call)
    await commit(store, a_call(1, CIVIL))
    await say(
        store,
        call.call_id,
        (2, Leg.CALLER, "有人打架", Reading.LIVE),
        (1, Leg.CALL_TAKER, "您好", Reading.LIVE),
    )
    await follow(store)
    (found,) = await store.database.read(taught, since=SINCE)
    assert found.turns == ((Leg.CALL_TAKER, "您好"), (Leg.CALLER, "有人打架"))
    assert (found.truth.alarm_class, found.labelled) == (AlarmClass.VALID_ALARM, False)


async def test_a_side_that_was_heard_again_counts_as_it_was_heard_then(store: SqlStore) -> None:
    review = LegReview(model_id="m", recordings=("r",), segments=1, difference=0.1, trusted=True)
    heard = LegHearing(leg=Leg.CALLER, state=HearingState.OVER, since=NOON, review=review)
    call = replace(a_call(0, CIVIL, ALARM), hearing=(heard,))
    await commit(store, call)
    await say(
        store,
        call.call_id,
        (1, Leg.CALLER, "有人打价", Reading.LIVE),
        (2, Leg.CALLER, "有人打架", Reading.REVIEW),
    )
    await follow(store)
    (found,) = await store.database.read(taught, since=SINCE)
    assert found.turns == ((Leg.CALLER, "有人打架"),)


async def test_pages_are_newest_first_and_labelled_ones_can_be_had_alone(store: SqlStore) -> None:
    label = Label(alarm_class=ALARM, nature=Nature.FRAUD, department=None, note="", by="r", at=NOON)
    for number in range(5):
        await commit(
            store, replace(a_call(number, CIVIL, CIVIL), label=label if number == 2 else None), LabelCall
        )
    await follow(store)
    seen: list[TaughtCall] = []
    while page := await store.database.read(taught, since=SINCE, before=seen[-1] if seen else None, limit=2):
        seen += page
    assert [call.call_id for call in seen] == [f"hz-p1-{number}" for number in (4, 3, 2, 1, 0)]
    (labelled,) = await store.database.read(taught, since=SINCE, labelled=True)
    assert (labelled.call_id, labelled.truth.nature, labelled.labelled) == ("hz-p1-2", Nature.FRAUD, True)
