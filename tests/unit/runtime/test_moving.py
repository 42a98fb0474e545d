"""People are moved once, and every answer of the PBX, a missing one too, comes back as a signal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from gateway.calls.effects import MovePeople
from gateway.calls.handed import MoveRefused, MoveSent, MoveUnseen
from gateway.calls.handing import MoveKind, Why
from gateway.ids import CallId
from gateway.runtime.moving import Moving, Outcome
from gateway.testing.clock import ManualClock

EFFECT = MovePeople(
    call_id=CallId("c"), pbx="p1", uniqueid="u", n=2, kind=MoveKind.BLIND, line="x", number="1"
)


@dataclass
class Pbx:
    answer: Outcome = field(default_factory=Outcome)
    up: bool = True
    asked: list[MovePeople] = field(default_factory=list)

    async def move(self, effect: MovePeople) -> Outcome:
        self.asked.append(effect)
        return self.answer


def moving(pbx: Pbx) -> Moving:
    return Moving(pbxs={"p1": pbx}, clock=ManualClock(datetime(2026, 1, 5, tzinfo=UTC)))


async def test_what_the_pbx_takes_is_sent() -> None:
    pbx = Pbx()
    (signal,) = await moving(pbx).move(EFFECT)
    assert (type(signal), signal.n, pbx.asked) == (MoveSent, 2, [EFFECT])


@pytest.mark.parametrize("why", [Why.PBX_REFUSED, Why.LEG_GONE, Why.PBX_DOWN])
async def test_what_it_surely_did_not_do_is_refused(why: Why) -> None:
    (signal,) = await moving(Pbx(Outcome(why=why, text="no"))).move(EFFECT)
    assert isinstance(signal, MoveRefused)
    assert (signal.why, signal.text) == (why, "no")


async def test_without_an_answer_nobody_knows() -> None:
    (signal,) = await moving(Pbx(Outcome(why=Why.NOT_SEEN))).move(EFFECT)
    assert isinstance(signal, MoveUnseen)


async def test_while_the_link_is_down_nothing_is_sent() -> None:
    pbx = Pbx(up=False)
    (signal,) = await moving(pbx).move(EFFECT)
    assert isinstance(signal, MoveRefused)
    assert (signal.why, pbx.asked) == (Why.PBX_DOWN, [])


async def test_a_pbx_that_is_not_configured_any_more_does_nothing() -> None:
    other = MovePeople(call_id=CallId("c"), pbx="gone", uniqueid="u", n=2, kind=MoveKind.BLIND)
    (signal,) = await moving(Pbx()).move(other)
    assert isinstance(signal, MoveRefused)


async def test_after_a_restart_it_is_not_sent_again_and_a_fault_counts_as_unknown() -> None:
    pbx = Pbx()
    (signal,) = await moving(pbx).unknown(EFFECT)
    assert (type(signal), pbx.asked) == (MoveUnseen, [])
    (signal,) = moving(pbx).failed(EFFECT, RuntimeError("x"))
    assert isinstance(signal, MoveUnseen)
