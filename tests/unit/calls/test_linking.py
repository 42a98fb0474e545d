"""A call together with others: suggestions kept small, links by people, suspicions that danger clears."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.calls.effects import SuggestTogether
from gateway.calls.linked import (
    CallSuspected,
    ClearSuspicion,
    IncidentJoined,
    IncidentLeft,
    IncidentLink,
    LinkCall,
    PairCompared,
    SuggestionsMade,
    UnlinkCall,
)
from gateway.calls.owed import owed
from gateway.calls.reducer import Accepted, Refused
from gateway.calls.signals import CallEnded, CallerIdentified, LocationAnswered, VetoFired
from gateway.calls.together import (
    MAX_REASONS,
    MAX_SUGGESTIONS,
    MAX_WORD_CHARS,
    MAX_WORDS,
    FloodKind,
    Reason,
    Suggestion,
    Suspicion,
    Together,
    Why,
)
from gateway.ids import CallId
from gateway.journal.codec import encode, to_text
from gateway.location.model import Datum, Location, LocationSource
from gateway.speech.model import Leg
from gateway.triage.model import Span, Veto, VetoCode

from .conftest import CALL, T0, Telling

X = "0198c3a0-0000-7000-8000-00000000000a"


def made(number: int, score: int) -> Suggestion:
    return Suggestion(call_id=CallId(f"c{number}"), score=score, reasons=(Reason(code=Why.SOON, value="9"),))


def veto() -> Veto:
    return Veto(
        code=VetoCode.WEAPON, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="刀",
        started_ms=0, ended_ms=1, list_hash="h",
    )  # fmt: skip


SUSPICION = Suspicion(kind=FloodKind.ONE_RING, key="13800131234", calls=6, at=T0)


def placed(call: Telling) -> Telling:
    fix = Location(
        location_id="fix-1", source=LocationSource.AML, obtained_at=T0, latitude=30.0, longitude=120.0,
        datum=Datum.WGS_84, uncertainty_m=20.0,
    )  # fmt: skip
    call.tell(LocationAnswered, location=fix)
    return call


def suggesting(call: Telling) -> list[SuggestTogether]:
    assert call.session is not None
    return [effect for effect in owed(call.session) if isinstance(effect, SuggestTogether)]


def test_a_call_with_a_place_owes_one_comparison_and_another_only_when_something_changes() -> None:
    call = Telling().seized()
    assert suggesting(call) == []
    (effect,) = suggesting(placed(call))
    call.tell(SuggestionsMade, basis=effect.basis, suggestions=())
    assert suggesting(call) == []


def test_an_ended_call_owes_none() -> None:
    call = placed(Telling().seized())
    call.tell(CallEnded)
    assert suggesting(call) == []


def test_a_test_call_is_compared_with_nobody() -> None:
    call = Telling().seized()
    call.tell(CallerIdentified, ani="13800138000", ani_source="PAI", test=True)
    assert suggesting(placed(call)) == []


def test_the_five_best_stand_in_the_call_in_whatever_order_they_came() -> None:
    call = Telling().seized()
    for number, score in ((1, 40), (2, 90), (3, 60), (4, 50), (5, 70), (6, 80)):
        call.tell(PairCompared, other=CallId(f"c{number}"), suggestion=made(number, score))
    assert call.session is not None
    assert [each.score for each in call.session.together.suggestions] == [90, 80, 70, 60, 50]
    call.tell(PairCompared, other=CallId("c2"), suggestion=None)
    assert [each.call_id for each in call.session.together.suggestions] == ["c6", "c5", "c3", "c4"]


def test_a_link_and_its_undoing_are_told_and_leave_the_call_as_it_was() -> None:
    call = Telling().seized()
    before = call.session
    asked: dict[str, Any] = {"request_id": "r1", "actor": "zhang"}
    linked = call.step(LinkCall, **asked, incident_id=X, other=CallId("c9"), reasons=made(9, 80).reasons)
    assert isinstance(linked.answer, Accepted)
    (told,) = linked.events
    assert isinstance(told, IncidentLink)
    assert (told.linked, told.others, told.reasons) == (True, ("c9",), ("soon",))
    undone = call.step(UnlinkCall, request_id="r2", actor="li", reason="不是一起")
    (told,) = undone.events
    assert isinstance(told, IncidentLink)
    assert (told.linked, told.by, told.why) == (False, "li", "不是一起")
    assert before is not None
    assert call.session is not None
    assert replace(call.session, rev=before.rev) == before


def test_a_link_makes_nobodys_entry_stale() -> None:
    call = Telling().seized()
    call.step(LinkCall, request_id="r1", actor="zhang", incident_id=X)
    assert call.session is not None
    assert call.session.person_rev == 0


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        (LinkCall, {"incident_id": "Y"}, "linked_elsewhere"),
        (LinkCall, {"incident_id": X, "other": CALL}, "invalid"),
        (UnlinkCall, {"reason": "长" * 501}, "invalid"),
        (ClearSuspicion, {}, "not_suspected"),
    ],
)
def test_what_cannot_be_asked_is_refused(kind: Any, more: dict[str, Any], code: str) -> None:
    call = Telling().seized()
    call.step(LinkCall, request_id="r1", actor="zhang", incident_id=X)
    before = call.session
    done = call.step(kind, request_id="r2", actor="li", **more)
    assert isinstance(done.answer, Refused)
    assert done.answer.code == code
    assert call.session is before


def test_an_unlinked_call_cannot_be_unlinked() -> None:
    done = Telling().seized().step(UnlinkCall, request_id="r", actor="li")
    assert isinstance(done.answer, Refused)
    assert done.answer.code == "not_linked"


def test_a_merge_moves_the_call_and_a_strange_incident_does_not() -> None:
    call = Telling().seized()
    call.step(LinkCall, request_id="r1", actor="zhang", incident_id=X)
    call.step(IncidentJoined, incident_id="Y", by="li")
    assert call.session is not None
    assert call.session.together.incident == X
    call.step(IncidentJoined, incident_id="Y", by="li", moved_from=X)
    assert call.session.together.incident == "Y"
    call.step(IncidentLeft, incident_id=X, by="li", why="dissolved")
    assert call.session.together.incident == "Y"
    call.step(IncidentLeft, incident_id="Y", by="li", why="dissolved")
    assert call.session.together.incident is None


def test_danger_clears_a_suspected_caller_at_once_and_for_good() -> None:
    call = Telling().seized()
    call.tell(CallSuspected, suspicion=SUSPICION)
    assert call.session is not None
    assert call.session.together.suspicion == SUSPICION
    call.tell(VetoFired, veto=veto())
    assert (call.session.together.suspicion, call.session.together.cleared) == (None, "veto")
    call.tell(CallSuspected, suspicion=SUSPICION)
    assert call.session.together.suspicion is None


def test_who_spoke_of_danger_first_is_never_suspected() -> None:
    call = Telling().seized()
    call.tell(VetoFired, veto=veto())
    assert call.tell(CallSuspected, suspicion=SUSPICION).together.suspicion is None


def test_a_person_clears_a_suspicion_for_good() -> None:
    call = Telling().seized()
    call.tell(CallSuspected, suspicion=SUSPICION)
    done = call.step(ClearSuspicion, request_id="r", actor="wang")
    assert isinstance(done.answer, Accepted)
    call.tell(CallSuspected, suspicion=SUSPICION)
    assert call.session is not None
    assert (call.session.together.suspicion, call.session.together.cleared) == (None, "wang")


def test_where_a_call_came_from_is_kept_without_its_port() -> None:
    call = Telling().seized()
    known = call.tell(CallerIdentified, ani=None, ani_source=None, remote_address="203.0.113.9:5060")
    assert known.together.source == "203.0.113.9"


def test_what_stands_in_the_call_stays_small() -> None:
    """Of the 16 KB that a call may have."""
    full = Together(
        incident=X, linked_by="zhang.san", linked_at=T0 + timedelta(hours=1), basis="f" * 80,
        words=("油" * MAX_WORD_CHARS,) * MAX_WORDS, source="203.0.113.9", suspicion=SUSPICION,
        suggestions=tuple(
            Suggestion(
                call_id=CallId("demo-pbx1-1767600000.12345"), score=88,
                reasons=(Reason(code=Why.SAME_JUNCTION, value="建国路与人民路路口"),) * MAX_REASONS,
            )
            for _ in range(MAX_SUGGESTIONS)
        ),
    )  # fmt: skip
    assert len(to_text(encode(full)).encode()) <= 4_096
