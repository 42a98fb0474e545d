"""Threads: whatever order messages and parts come in, and however often, the same is told to the call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.calls.linked import CallSuspected
from gateway.calls.signals import CallQueued, CallSignal, LocationAnswered
from gateway.calls.text import TextState
from gateway.calls.texted import TextCallOpened, TextDelivery, TextTold, TextWentQuiet
from gateway.desk.threads import reducer
from gateway.desk.threads.effects import PARTS_WITHIN, QUIET, SendText, owed
from gateway.desk.threads.model import Part, Place, Thread, thread_key
from gateway.desk.threads.reducer import MAX_IN_CALL, MAX_OUTGOING, RATE, closed, reduce
from gateway.desk.threads.signals import (
    CallLetGo,
    TextAgain,
    TextArrived,
    TextHandled,
    TextWritten,
    ThreadDue,
    ThreadSignal,
)
from gateway.ids import CallId
from gateway.location.model import Datum

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
KEY = thread_key("sms", "13800138000")


def arrived(n: int, text: str = "救命", at_s: float = 0.0, **more: object) -> TextArrived:
    made = TextArrived(
        thread=KEY, at=NOON + timedelta(seconds=at_s), site="hz", provider="sms", number="13800138000",
        message_id=f"m{n}", text=text, sent_at=NOON + timedelta(seconds=n),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def in_parts(n: int, *texts: str) -> list[TextArrived]:
    return [
        arrived(n, text, message_id=f"m{n}.{at}", part=Part(reference=f"r{n}", n=at, of=len(texts)))
        for at, text in enumerate(texts, start=1)
    ]


def run(*signals: ThreadSignal, thread: Thread | None = None) -> tuple[Thread, list[CallSignal]]:
    told: list[CallSignal] = []
    for signal in signals:
        outcome = reduce(thread, signal)
        thread, told = outcome.state, [*told, *outcome.tells]
    assert thread is not None
    return thread, told


def texts(told: list[CallSignal]) -> list[tuple[datetime, str]]:
    """What the call has, in the order in which it was sent."""
    return sorted((each.sent_at, each.segment.text) for each in told if isinstance(each, TextTold))


def test_the_first_message_of_a_number_opens_a_call_that_waits() -> None:
    thread, told = run(arrived(1))
    opened, _, queued, said = told
    assert isinstance(opened, TextCallOpened)
    assert isinstance(queued, CallQueued)
    assert isinstance(said, TextTold)
    assert thread.call_id == opened.call_id == "hz-txt-sms.m1"
    _, more = run(arrived(2), thread=thread)
    assert [type(each) for each in more] == [TextTold]


def test_a_message_that_comes_twice_changes_nothing() -> None:
    thread, _ = run(arrived(1))
    outcome = reduce(thread, arrived(1, "anything else", at_s=90))
    assert outcome.state is thread
    assert outcome.tells == ()


STREAM = [
    arrived(1, "有人打架"), *in_parts(2, "在和平路", "八十八号", "三楼"), arrived(3, "快来"),
    *in_parts(4, "他们", "有刀"), arrived(5, "好的"),
]  # fmt: skip


@given(st.permutations(range(len(STREAM))), st.lists(st.integers(0, len(STREAM) - 1), max_size=12))
def test_any_order_and_any_doubling_of_messages_and_parts_give_the_same_thread(
    order: list[int], again: list[int]
) -> None:
    _, expected = run(*STREAM)
    thread, told = run(*(STREAM[n] for n in [*order, *again]))
    assert texts(told) == texts(expected)
    assert sum(isinstance(each, TextCallOpened) for each in told) == 1
    assert sorted(each.segment.index for each in told if isinstance(each, TextTold)) == list(range(5))
    assert thread.awaited == ()


@given(st.permutations(range(len(STREAM))), st.integers(1, len(STREAM)))
def test_what_came_is_told_once_the_wait_for_the_rest_is_over(order: list[int], came: int) -> None:
    here = [STREAM[n] for n in order[:came]]
    late = NOON + PARTS_WITHIN
    _, told = run(*here, ThreadDue(thread=KEY, at=late, name="parts"))
    said = "".join(text for _, text in texts(told))
    assert all(each.text in said for each in here)


def test_missing_parts_are_marked_and_named() -> None:
    first, _, third = in_parts(7, "我在", "和平路", "八十八号")
    thread, told = run(first, third)
    assert texts(told) == []
    early = reduce(thread, ThreadDue(thread=KEY, at=NOON + timedelta(seconds=1), name="parts"))
    assert early.state is thread
    _, told = run(ThreadDue(thread=KEY, at=NOON + PARTS_WITHIN, name="parts"), thread=thread)
    (said,) = told
    assert isinstance(said, TextTold)
    assert (said.segment.text, said.missing) == ("我在[…]八十八号", (2,))


def test_a_reference_that_has_come_round_does_not_mix_two_messages() -> None:
    one, two = in_parts(8, "甲", "乙")
    other = replace(one, message_id="later", text="丙")
    _, told = run(one, other, two)
    assert sorted(text for _, text in texts(told)) == ["丙乙", "甲[…]"]


def test_more_half_messages_than_are_awaited_show_the_oldest_as_it_is() -> None:
    firsts = [in_parts(n, f"第{n}条", "完")[0] for n in range(1, 6)]
    thread, told = run(*firsts)
    assert len(thread.awaited) == 4
    assert [text for _, text in texts(told)] == ["第1条[…]"]


def test_parts_that_outlive_their_call_begin_another() -> None:
    first, _ = in_parts(9, "还有", "一句")
    thread, _ = run(first)
    assert thread.call_id is not None
    thread, _ = run(CallLetGo(thread=KEY, at=NOON, call_id=thread.call_id), thread=thread)
    assert not closed(thread)
    thread, told = run(ThreadDue(thread=KEY, at=NOON + PARTS_WITHIN, name="parts"), thread=thread)
    assert isinstance(told[0], TextCallOpened)
    assert [text for _, text in texts(told)] == ["还有[…]"]


def test_a_flood_of_one_number_is_ranked_once_and_all_of_it_is_told() -> None:
    _, told = run(*(arrived(n) for n in range(RATE * 3)))
    assert sum(isinstance(each, CallSuspected) for each in told) == 1
    assert len(texts(told)) == RATE * 3


def test_slow_messages_are_no_flood() -> None:
    _, told = run(*(arrived(n, at_s=n * 10.0) for n in range(RATE * 3)))
    assert not any(isinstance(each, CallSuspected) for each in told)


def test_a_call_that_is_full_is_followed_by_another() -> None:
    _, told = run(*(arrived(n, at_s=n * 60.0) for n in range(MAX_IN_CALL + 1)))
    opened = [each.call_id for each in told if isinstance(each, TextCallOpened)]
    assert opened == ["hz-txt-sms.m0", f"hz-txt-sms.m{MAX_IN_CALL}"]


def test_a_position_becomes_a_fix_with_its_datum() -> None:
    place = Place(latitude=30.27, longitude=120.15, datum=Datum.GCJ_02, uncertainty_m=25)
    _, told = run(arrived(1, "", place=place))
    fix = next(each.location for each in told if isinstance(each, LocationAnswered))
    assert (fix.latitude, fix.datum, fix.uncertainty_m) == (30.27, Datum.GCJ_02, 25)


def test_a_long_quiet_is_told_to_the_call_and_waited_for_again() -> None:
    thread, _ = run(arrived(1))
    early = ThreadDue(thread=KEY, at=NOON + QUIET - timedelta(seconds=1), name="quiet")
    assert reduce(thread, early).state is thread
    due = ThreadDue(thread=KEY, at=NOON + QUIET, name="quiet")
    thread, told = run(due, thread=thread)
    assert [type(each) for each in told] == [TextWentQuiet]
    assert reduce(thread, due).state is thread


def test_a_thread_whose_call_is_over_is_closed_and_its_next_message_begins_another() -> None:
    thread, _ = run(arrived(1))
    assert not closed(thread)
    assert thread.call_id is not None
    thread, _ = run(CallLetGo(thread=KEY, at=NOON, call_id=thread.call_id), thread=thread)
    assert closed(thread)
    assert reduce(thread, arrived(1)).state is thread
    thread, told = run(arrived(2), thread=thread)
    assert (thread.call_id, thread.received) == ("hz-txt-sms.m2", 1)
    assert isinstance(told[0], TextCallOpened)


# ---- answers


CALL = CallId("hz-txt-sms.m1")


def written(index: int = 0, text: str = "您在哪里？") -> TextWritten:
    return TextWritten(thread=KEY, at=NOON, call_id=CALL, index=index, text=text)


def sends(thread: Thread) -> list[SendText]:
    return [each for each in owed(thread) if isinstance(each, SendText)]


def handled(thread: Thread, state: TextState, tries: int | None = None) -> TextHandled:
    return TextHandled(
        thread=KEY, at=NOON, message_id=thread.outgoing[-1].message_id, state=state, tries=tries, reason="x"
    )


def test_an_answer_is_owed_until_its_way_is_known() -> None:
    thread, _ = run(arrived(1), written(), written())
    (send,) = sends(thread)
    assert (send.number, send.text, send.tries) == ("13800138000", "您在哪里？", 1)
    thread, told = run(handled(thread, TextState.SENT, 1), thread=thread)
    assert sends(thread) == []
    assert [(each.state, each.was) for each in told if isinstance(each, TextDelivery)] == [
        (TextState.SENT, TextState.QUEUED)
    ]
    assert "您在哪里" not in repr(thread)


def test_reports_may_come_late_twice_and_out_of_order() -> None:
    thread, _ = run(arrived(1), written())
    thread, _ = run(handled(thread, TextState.DELIVERED), thread=thread)
    for late in (TextState.SENT, TextState.FAILED, TextState.DELIVERED, TextState.UNKNOWN):
        assert reduce(thread, handled(thread, late)).state is thread


def test_what_failed_is_sent_again_under_a_new_id_what_nobody_knows_under_the_same() -> None:
    thread, _ = run(arrived(1), written())
    first = thread.outgoing[0].message_id
    again = TextAgain(thread=KEY, at=NOON, call_id=CALL, index=0, text="您在哪里？")
    assert reduce(thread, again).state is thread, "it is still under way"
    thread, _ = run(handled(thread, TextState.UNKNOWN, 1), again, thread=thread)
    (send,) = sends(thread)
    assert (send.message_id, send.tries) == (first, 2)
    assert reduce(thread, handled(thread, TextState.SENT, 1)).state is thread, "the answer of an older try"
    thread, _ = run(handled(thread, TextState.FAILED, 2), again, thread=thread)
    (send,) = sends(thread)
    assert (send.message_id != first, send.tries) == (True, 3)


def test_answers_beyond_the_limit_push_out_settled_ones_first() -> None:
    thread, _ = run(arrived(1), written())
    thread, _ = run(handled(thread, TextState.SENT, 1), thread=thread)
    thread, _ = run(*(written(n) for n in range(1, MAX_OUTGOING + 1)), thread=thread)
    assert len(thread.outgoing) == MAX_OUTGOING
    assert thread.outgoing[0].index == 1


def test_what_concerns_no_thread_changes_nothing() -> None:
    assert reduce(None, written()).state is None
    assert reducer.has(None, "m1") is False
