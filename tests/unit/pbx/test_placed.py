"""A phone that the PBX could not begin to call is told of by the answer to our action alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gateway.calls.effects import MovePeople
from gateway.calls.handing import MoveKind
from gateway.ids import CallId
from gateway.pbx.message import AmiMessage, message_of
from gateway.pbx.placed import MAX_KEPT, Placed

AT = datetime(2026, 1, 5, tzinfo=UTC)


def effect(n: int = 1) -> MovePeople:
    return MovePeople(call_id=CallId("c"), pbx="p", uniqueid="u", n=n, kind=MoveKind.CALL_BACK)


def response(action_id: str, response: str = "Failure", reason: str = "0") -> AmiMessage:
    return message_of(
        at=AT, headers=(("Event", "OriginateResponse"), ("ActionID", action_id), ("Response", response),
                        ("Reason", reason)),
    )  # fmt: skip


@pytest.mark.parametrize(("reason", "cause"), [("0", 3), ("1", 16), ("3", 19), ("5", 17), ("8", 3), ("x", 3)])
def test_a_failure_is_told_of_its_move(reason: str, cause: int) -> None:
    placed = Placed()
    assert placed.sent("a1", effect()) is None
    gone = placed.read(response("a1", reason=reason))
    assert gone is not None
    assert (gone.n, gone.cause) == (1, cause)
    assert placed.read(response("a1")) is None


def test_a_failure_that_is_quicker_than_the_answer_is_kept_for_it() -> None:
    placed = Placed()
    assert placed.read(response("a1", reason="5")) is None
    gone = placed.sent("a1", effect())
    assert gone is not None
    assert gone.cause == 17


def test_success_and_other_messages_tell_nothing() -> None:
    placed = Placed()
    placed.sent("a1", effect())
    assert placed.read(response("a1", "Success")) is None
    assert placed.read(message_of(at=AT, headers=(("Event", "Hangup"), ("ActionID", "a1")))) is None
    assert placed.read(message_of(at=AT, headers=(("Event", "OriginateResponse"),))) is None


def test_no_more_than_so_many_are_remembered() -> None:
    placed = Placed()
    for n in range(MAX_KEPT + 1):
        placed.sent(f"a{n}", effect(n))
    assert placed.read(response("a0")) is None
    assert placed.read(response("a1")) is not None
