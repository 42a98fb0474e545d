"""What people ask, and what they are answered."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.calls.events import DispositionSet
from gateway.calls.model import RecordedFile
from gateway.calls.reducer import Accepted, Refused, reduce
from gateway.calls.requests import MAX_NOTE_CHARS, MAX_VALUE_CHARS
from gateway.calls.signals import (
    CallEnded,
    CallHeld,
    CallRequest,
    ConfirmCardField,
    LabelCall,
    OpenRecording,
    RecordingStarted,
    RecordingStored,
    SetCardField,
    SetDisposition,
)
from gateway.triage.model import AlarmClass, Nature

WHO = {"request_id": "r1", "actor": "zhang"}
DECIDED = {**WHO, "alarm_class": AlarmClass.VALID_ALARM, "nature": Nature.ROBBERY}


def test_a_disposition_is_kept_told_and_answered_with_its_rev(call: Any) -> None:
    step = call.answered().step(SetDisposition, **DECIDED, note="knife")
    assert step.answer == Accepted(rev=step.state.rev)
    assert (step.state.disposition.by, step.state.disposition.note) == ("zhang", "knife")
    assert call.published(DispositionSet)[0].nature is Nature.ROBBERY


def test_a_label_stands_beside_the_disposition_and_makes_nobodys_entry_stale(call: Any) -> None:
    seen = call.answered().session.rev
    call.step(SetDisposition, **DECIDED)
    told = len(call.published(DispositionSet))
    step = call.step(LabelCall, **{**DECIDED, "nature": Nature.FRAUD, "actor": "li"}, note="heard again")
    assert step.answer == Accepted(rev=step.state.rev)
    assert (step.state.label.nature, step.state.label.by) == (Nature.FRAUD, "li")
    assert (step.state.disposition.nature, step.events) == (Nature.ROBBERY, ())
    assert len(call.published(DispositionSet)) == told
    assert step.state.person_rev == seen + 1


def test_what_a_machine_added_meanwhile_makes_nothing_stale(call: Any) -> None:
    seen = call.answered().session.rev
    call.tell(CallHeld)
    assert isinstance(
        call.step(SetCardField, **WHO, name="name", value="王小明", expected_rev=seen).answer, Accepted
    )


def test_two_people_write_in_different_parts_of_one_card(call: Any) -> None:
    seen = call.answered().session.rev
    li = {**WHO, "actor": "li", "expected_rev": seen}
    assert isinstance(call.step(SetCardField, **WHO, name="name", value="王小明").answer, Accepted)
    assert isinstance(call.step(SetCardField, **li, name="plate", value="A12345").answer, Accepted)
    assert isinstance(call.step(SetDisposition, **{**DECIDED, **li}).answer, Accepted)


def test_who_writes_in_the_same_part_later_is_told_who_wrote_before(call: Any) -> None:
    seen = call.answered().session.rev
    call.tell(SetCardField, **WHO, name="name", value="王小明")
    before = call.session
    step = call.step(
        ConfirmCardField, **{**WHO, "actor": "li"}, name="name", value="王晓明", expected_rev=seen
    )
    assert isinstance(step.answer, Refused)
    assert (step.answer.code, step.answer.text[:7]) == ("written_before", "zhang, ")
    assert (step.state, step.events) == (before, ())
    again = call.step(
        SetCardField, **{**WHO, "actor": "li"}, name="name", value="王晓明", expected_rev=before.rev
    )
    assert isinstance(again.answer, Accepted)


def test_ones_own_older_entry_is_no_surprise(call: Any) -> None:
    seen = call.answered().session.rev
    call.tell(SetCardField, **WHO, name="name", value="王小明")
    step = call.step(SetCardField, **WHO, name="name", value="王晓明", expected_rev=seen)
    assert isinstance(step.answer, Accepted)


def test_a_rev_from_the_future_is_refused(call: Any) -> None:
    step = call.answered().step(ConfirmCardField, **WHO, name="name", value="x", expected_rev=10_000)
    assert step.answer.code == "stale_rev"


def test_a_request_for_no_call_is_refused(call: Any) -> None:
    step = reduce(None, call.signal(SetDisposition, **DECIDED))
    assert (step.state, step.answer.code) == (None, "unknown_call")


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (SetCardField, {"name": " ", "value": "x"}),
        (SetCardField, {"name": "name", "value": ""}),
        (ConfirmCardField, {"name": "name", "value": "x" * (MAX_VALUE_CHARS + 1)}),
        (
            SetDisposition,
            {"alarm_class": AlarmClass.UNSURE, "nature": Nature.NONE, "note": "x" * (MAX_NOTE_CHARS + 1)},
        ),
        (CallRequest, {}),
    ],
)
def test_an_entry_that_cannot_be_kept_whole_is_refused(call: Any, kind: Any, facts: dict[str, Any]) -> None:
    before = call.answered().session
    step = call.step(kind, **WHO, **facts)
    assert (step.answer.code, step.state) == ("invalid", before)


def test_a_recording_opens_when_it_is_stored_and_a_purpose_is_given(call: Any) -> None:
    wish = {**WHO, "recording_id": "0x1", "purpose": "review"}
    assert call.answered().step(OpenRecording, **wish).answer.code == "unknown_recording"
    call.tell(RecordingStarted, recording_id="0x1", file="/a-mix.wav")
    call.tell(CallEnded)
    assert call.step(OpenRecording, **wish).answer.code == "not_stored"
    file = RecordedFile(part="mix", path="/a", seconds=1.0, size_bytes=1, sha256="0")
    stored = call.tell(RecordingStored, recording_id="0x1", files=(file,))
    assert call.step(OpenRecording, **{**wish, "purpose": " "}).answer.code == "invalid"
    step = call.step(OpenRecording, **wish)
    assert (step.answer, step.state) == (Accepted(rev=stored.rev), stored)


def test_an_ended_call_can_still_be_decided(call: Any) -> None:
    call.answered().tell(CallEnded)
    assert isinstance(call.step(SetDisposition, **DECIDED).answer, Accepted)
