"""The table of moves: total, what the diagram shows, and true for any order of signals."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.calls import handed, heard, located, signals
from gateway.calls.model import CallSession, CallState, Party, PartyRole, Transfer, TransferKind
from gateway.calls.reducer import owed, reduce
from gateway.calls.signals import CallEnded, CallRequest, CallSeized, CallSignal
from gateway.calls.transitions import MOVES, diagram, next_state
from gateway.ids import CallId
from gateway.journal.codec import decode, encode, from_text, to_text

KINDS = sorted(
    {
        kind
        for module in (signals, heard, located, handed)
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, CallSignal)
        and kind not in (CallSignal, CallRequest, handed.MoveSignal)
    },
    key=lambda kind: kind.__name__,
)
T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CALL = CallId("city-main-pbx1-1.0")
SESSION = CallSession(
    call_id=CALL,
    site="city",
    pbx="main",
    uniqueid="pbx1-1.0",
    linkedid="pbx1-1.0",
    line="PJSIP/trunk-1",
    seized_at=T0,
)
PARTY = Party(role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1", joined_at=T0)
PENDING = Transfer(kind=TransferKind.BLIND, target="120", started_at=T0)
SMALL = ["0x1", "1101", "120", "q110"]
"""Few different words, so that signals meet."""


def values(hint: Any, name: str = "") -> st.SearchStrategy[Any]:
    """Anything of a type, small enough that things come twice."""
    origin, args = get_origin(hint), get_args(hint)
    if name in ("latitude", "longitude"):
        return st.just(31.0)
    if name == "datum":
        return st.sampled_from(list(args[0]))
    if origin in (Union, types.UnionType):
        return st.one_of(*(values(arg, name) for arg in args))
    if origin is Literal:
        return st.sampled_from(args)
    if origin is tuple:
        inner = args[:1] if args[-1] is Ellipsis else args
        return st.tuples(*(values(arg) for arg in inner))
    if hasattr(hint, "__supertype__"):
        return st.just(CALL)
    if is_dataclass(hint):
        return built(hint)
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    return {
        str: st.sampled_from(SMALL),
        bool: st.booleans(),
        int: st.integers(0, 3),
        float: st.sampled_from([0.0, 50.0]),
        datetime: st.integers(0, 600).map(lambda second: T0 + timedelta(seconds=second)),
        type(None): st.none(),
    }[hint]


def built(kind: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: values(hints[field.name], field.name) for field in fields(kind)})


SIGNALS = st.one_of(*(built(kind) for kind in KINDS))
SEIZED = CallSeized(
    call_id=CALL,
    at=T0,
    site="city",
    pbx="main",
    uniqueid="pbx1-1.0",
    linkedid="pbx1-1.0",
    line="PJSIP/trunk-1",
)


@pytest.mark.parametrize("state", CallState)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=3)
@given(data=st.data())
def test_every_signal_in_every_state_gives_a_state(state: CallState, kind: Any, data: st.DataObject) -> None:
    ended = {"ended_at": T0} if state is CallState.ENDED else {}
    before = replace(SESSION, state=state, parties=(PARTY,), transfers=(PENDING,), **ended)
    after = reduce(before, data.draw(built(kind))).state
    assert after is not None
    moves = [move.target for move in MOVES if move.source is state and move.on is kind]
    assert after.state in {state, *moves}


@settings(max_examples=60)
@given(st.lists(SIGNALS, max_size=40))
def test_any_story_keeps_the_promises_of_a_call(story: list[CallSignal]) -> None:
    before = reduce(None, SEIZED).state
    for signal in story:
        step = reduce(before, signal)
        after = step.state
        assert after is not None
        assert after is before or after != before
        assert after is before or after.rev == before.rev + 1
        assert set(before.vetoes) <= set(after.vetoes)
        assert before.state is not CallState.ENDED or after.state is CallState.ENDED
        assert (after.end_reason is None) == (after.state is not CallState.ENDED)
        assert not (after.closed and owed(after))
        assert before.disposition == after.disposition or isinstance(signal, signals.SetDisposition)
        assert decode(CallSession, from_text(to_text(encode(after)))) == after
        before = after


@settings(max_examples=60)
@given(st.lists(SIGNALS, max_size=25))
def test_without_a_seized_line_there_is_no_call(story: list[CallSignal]) -> None:
    for signal in story:
        if not isinstance(signal, CallSeized):
            assert reduce(None, signal).state is None


@settings(max_examples=60)
@given(st.lists(SIGNALS, max_size=25))
def test_what_is_said_of_another_call_changes_nothing(story: list[CallSignal]) -> None:
    session = replace(SESSION, state=CallState.ANSWERED, parties=(PARTY,))
    for signal in story:
        step = reduce(session, replace(signal, call_id=CallId("city-main-pbx1-2.0")))
        assert step.state is session
        assert not step.events


def test_nothing_leaves_the_end() -> None:
    assert not [move for move in MOVES if move.source is CallState.ENDED]


def test_every_state_but_the_end_can_end() -> None:
    able = {move.source for move in MOVES if move.on is CallEnded and move.target is CallState.ENDED}
    assert able == set(CallState) - {CallState.ENDED}


def test_every_state_can_be_reached() -> None:
    assert {move.target for move in MOVES} == set(CallState) - {CallState.SEIZED}


def test_a_move_with_a_condition_waits_for_it() -> None:
    ringing = replace(SESSION, state=CallState.RINGING, ringing=("1102",))
    stopped = signals.DeskStoppedRinging(call_id=CALL, at=T0, agent="1101")
    assert next_state(ringing, stopped) is CallState.RINGING
    assert next_state(replace(ringing, ringing=()), stopped) is CallState.QUEUED


def test_a_transfer_out_of_the_queue_that_came_to_nothing_leaves_the_call_waiting() -> None:
    moved = replace(SESSION, state=CallState.TRANSFERRING)
    over = signals.TransferEnded(
        call_id=CALL, at=T0, kind=TransferKind.REDIRECT, target="120", result=signals.TransferResult.FAILED
    )
    assert next_state(moved, over) is CallState.QUEUED


def test_the_diagram_shows_every_move() -> None:
    text = diagram()
    assert text.startswith("stateDiagram-v2\n    [*] --> SEIZED: CallSeized")
    for move in MOVES:
        (line,) = [
            line for line in text.splitlines() if line.startswith(f"    {move.source} --> {move.target}: ")
        ]
        assert move.on.__name__ in line
        assert move.label in line
