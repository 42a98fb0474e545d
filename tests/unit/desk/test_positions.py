"""Who sits where, wrap-up, pauses, and what is left at shift change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.calls.effects import PauseMember
from gateway.calls.hall import AgentChanged, AgentState, HallSignal
from gateway.calls.requests import Accepted, Refused
from gateway.calls.seats import (
    HandOverSeat,
    LeaveSeat,
    PauseAnswered,
    PauseDesk,
    ReadNote,
    SeatSignal,
    TakeSeat,
    WrapUpBegun,
    WrapUpDone,
)
from gateway.desk import positions, seatmap
from gateway.desk.hall import HallState, reduce_hall
from gateway.desk.positions import MAX_NOTE_CALLS, MAX_ORDERS, MAX_SEATS, Outcome, presence
from gateway.ids import CallId

T0 = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Hall:
    """A hall told in signals, a second apart."""

    def __init__(self) -> None:
        self.state, self.seconds = HallState(site="hz"), 0.0
        self.events: list[Any] = []

    def tell(self, kind: type[HallSignal], **facts: Any) -> Outcome:
        self.seconds += 1
        given = {"pbx": "main", "at": T0 + timedelta(seconds=self.seconds), **facts}
        signal = kind(**given)
        if isinstance(signal, SeatSignal):
            outcome = positions.reduce(self.state, signal)
        else:
            state, events = reduce_hall(self.state, signal)
            outcome = Outcome(state=state, events=events)
        self.state = outcome.state
        self.events += outcome.events
        return outcome

    def ask(self, kind: type[HallSignal], actor: str, **facts: Any) -> Any:
        number = f"r{self.seconds}"
        return self.tell(kind, actor=actor, request_id=facts.pop("request_id", number), **facts).answer

    def desk(self, agent: str, state: AgentState, reason: str | None = None) -> None:
        self.tell(AgentChanged, agent=agent, state=state, paused_reason=reason)

    def told(self) -> list[tuple[str, str, str | None]]:
        return [(event.agent, event.state, event.user) for event in self.events]


@pytest.fixture
def hall() -> Hall:
    made = Hall()
    made.desk("1101", AgentState.IDLE)
    made.desk("1102", AgentState.IDLE)
    made.events.clear()
    return made


def test_sitting_down_binds_a_person_to_the_phone_and_is_told(hall: Hall) -> None:
    answer = hall.ask(TakeSeat, "wang", position="1101", display_name="王警官")
    assert answer == Accepted(rev=hall.state.rev)
    assert hall.told() == [("1101", "idle", "wang")]


def test_a_hot_desk_is_changed_without_getting_up_first(hall: Hall) -> None:
    hall.ask(TakeSeat, "wang", position="1101")
    hall.ask(TakeSeat, "wang", position="1102")
    assert [(seat.position, seat.user) for seat in hall.state.seats] == [("1102", "wang")]
    assert set(hall.told()[1:]) == {("1101", "idle", None), ("1102", "idle", "wang")}


def test_a_taken_seat_names_who_sits_there_until_it_is_taken_over(hall: Hall) -> None:
    hall.ask(TakeSeat, "wang", position="1101", display_name="王警官")
    refused = hall.ask(TakeSeat, "li", position="1101")
    assert isinstance(refused, Refused)
    assert (refused.code, refused.text[:5]) == ("seat_taken", "王警官, ")
    assert isinstance(hall.ask(TakeSeat, "li", position="1101", take_over=True), Accepted)
    assert [seat.user for seat in hall.state.seats] == ["li"]


def test_sitting_down_twice_changes_nothing(hall: Hall) -> None:
    hall.ask(TakeSeat, "wang", position="1101")
    before = hall.state
    assert isinstance(hall.ask(TakeSeat, "wang", position="1101"), Accepted)
    assert hall.state is before


def test_a_free_phone_with_an_unfinished_card_is_in_wrap_up(hall: Hall) -> None:
    hall.ask(TakeSeat, "wang", position="1101")
    hall.tell(WrapUpBegun, agent="1101", call_id=CallId("c1"))
    assert presence(hall.state, "1101") == "wrap_up"
    hall.desk("1101", AgentState.RINGING)
    assert presence(hall.state, "1101") == "ringing"
    hall.desk("1101", AgentState.IDLE)
    hall.tell(WrapUpDone, agent="1101", call_id=CallId("c1"))
    assert [state for _, state, _ in hall.told()] == ["idle", "wrap_up", "ringing", "wrap_up", "idle"]


def test_nobodys_desk_is_never_in_wrap_up(hall: Hall) -> None:
    before = hall.state
    hall.tell(WrapUpBegun, agent="1101", call_id=CallId("c1"))
    hall.tell(WrapUpDone, agent="1101", call_id=CallId("c1"))
    assert hall.state is before


def test_a_pause_is_owed_once_until_the_queue_tells(hall: Hall) -> None:
    pressed = {"agent": "1101", "paused": True, "reason": "meal"}
    assert isinstance(hall.ask(PauseDesk, "wang", **pressed, request_id="a"), Accepted)
    for _ in range(10):
        assert isinstance(hall.ask(PauseDesk, "wang", **pressed), Accepted)
    owed = PauseMember(pbx="main", agent="1101", paused=True, reason="meal", order="a")
    assert positions.owed(hall.state) == {owed}
    assert hall.ask(PauseDesk, "wang", agent="1101", paused=True, reason="rest").code == "pause_pending"
    hall.desk("1101", AgentState.PAUSED, "meal")
    assert positions.owed(hall.state) == frozenset()
    assert isinstance(hall.ask(PauseDesk, "wang", **pressed), Accepted)
    assert positions.owed(hall.state) == frozenset()


def test_a_pause_that_the_pbx_refuses_is_shown_and_pressed_again(hall: Hall) -> None:
    hall.ask(PauseDesk, "wang", agent="1101", paused=True, reason="rest", request_id="a")
    hall.tell(PauseAnswered, agent="1101", order="a", fault="Interface not found")
    assert positions.owed(hall.state) == frozenset()
    assert seatmap.shown(hall.state, "1101", {})["order"]["fault"] == "Interface not found"
    hall.ask(PauseDesk, "wang", agent="1101", paused=True, reason="rest", request_id="b")
    hall.tell(PauseAnswered, agent="1101", order="a", fault="late")
    owed: list[Any] = list(positions.owed(hall.state))
    assert [each.order for each in owed] == ["b"]
    hall.tell(PauseAnswered, agent="1101", order="b")
    assert positions.owed(hall.state) == frozenset()
    hall.desk("1101", AgentState.PAUSED, "rest")
    assert hall.state.orders == ()


def test_a_pause_that_was_accepted_and_never_told_can_be_pressed_again(hall: Hall) -> None:
    pressed = {"agent": "1101", "paused": True, "reason": "rest"}
    hall.ask(PauseDesk, "wang", **pressed, request_id="a")
    hall.tell(PauseAnswered, agent="1101", order="a")
    hall.ask(PauseDesk, "wang", **pressed, request_id="b")
    assert positions.owed(hall.state) == frozenset()
    hall.seconds += 20
    hall.ask(PauseDesk, "wang", **pressed, request_id="c")
    owed: list[Any] = list(positions.owed(hall.state))
    assert [each.order for each in owed] == ["c"]


def test_a_desk_that_the_pbx_does_not_know_is_not_paused(hall: Hall) -> None:
    assert hall.ask(PauseDesk, "wang", agent="9999", paused=True).code == "unknown_desk"


def test_whoever_hands_over_gets_up_and_leaves_a_note_for_the_next(hall: Hall) -> None:
    assert hall.ask(HandOverSeat, "wang", to="1101", note="").code == "no_seat"
    hall.ask(TakeSeat, "wang", position="1101")
    hall.ask(HandOverSeat, "wang", to="1102", note="等回电", calls=("c1",))
    assert hall.state.seats == ()
    hall.ask(TakeSeat, "li", position="1102")
    [note] = seatmap.notes(hall.state, "1102")
    assert (note["by"], note["text"], note["calls"]) == ("wang", "等回电", ["c1"])
    assert isinstance(hall.ask(ReadNote, "li"), Accepted)
    assert hall.state.notes == ()
    assert hall.ask(ReadNote, "wang").code == "no_seat"


def test_every_limit_is_told(hall: Hall) -> None:
    hall.ask(TakeSeat, "wang", position="1101")
    calls = tuple(map(str, range(MAX_NOTE_CALLS + 1)))
    assert hall.ask(HandOverSeat, "wang", to="1101", note="", calls=calls).code == "invalid"
    seat = hall.state.seats[0]
    full = [replace(seat, user=f"u{n}", position=f"p{n}") for n in range(MAX_SEATS)]
    hall.state = replace(hall.state, seats=tuple(full))
    assert hall.ask(TakeSeat, "li", position="1102").code == "limit"
    hall.ask(PauseDesk, "x", agent="1102", paused=True, request_id="z")
    order = hall.state.orders[0]
    hall.state = replace(hall.state, orders=tuple(replace(order, agent=f"a{n}") for n in range(MAX_ORDERS)))
    assert hall.ask(PauseDesk, "x", agent="1101", paused=True).code == "limit"


def test_getting_up_frees_the_seat(hall: Hall) -> None:
    hall.ask(TakeSeat, "wang", position="1101")
    assert isinstance(hall.ask(LeaveSeat, "wang"), Accepted)
    assert isinstance(hall.ask(LeaveSeat, "wang"), Accepted)
    assert hall.told()[-1] == ("1101", "idle", None)


def test_the_list_has_configured_positions_first_and_everybody_who_sits(hall: Hall) -> None:
    hall.ask(TakeSeat, "wang", position="2000", display_name="王警官")
    assert [each["position"] for each in seatmap.listed(hall.state, {})] == ["1101", "1102", "2000"]
    named = seatmap.listed(hall.state, {"1102": "二号席"})
    assert [(each["position"], each["name"]) for each in named] == [("1102", "二号席"), ("2000", "")]
    assert (named[1]["state"], named[1]["display_name"]) == ("unreachable", "王警官")
