"""What is left of a call that was erased."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.calls.answers import Accepted, Refused
from gateway.calls.erased import EraseCall
from gateway.calls.erasing import ERASED, MAX_GROUND_CHARS, bare_of, erase
from gateway.calls.model import CallSession, CallState, Disposition
from gateway.ids import CallId
from gateway.journal.codec import encode, to_text
from gateway.triage.model import AlarmClass, Nature

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CALL = CallSession(
    call_id=CallId("hz-p1-1.1"), site="hz", pbx="p1", uniqueid="1.1", linkedid="1.1", line="PJSIP/t-1",
    seized_at=NOON, ended_at=NOON, state=CallState.ENDED, ani="13800138000", callback_number="13800138000",
    sip_call_id="abc@sbc", closed=True, rev=4, call_seq=9, marks=("silent", "key:1"),
    disposition=Disposition(
        alarm_class=AlarmClass.VALID_ALARM, nature=Nature.FIGHT, department=None, note="建国路", by="wang",
        at=NOON,
    ),
)  # fmt: skip


ASKED = replace(CALL, erasure_asked_by="boss", rev=5, person_rev=5)


def says(who: str, ground: str = "decision 7") -> EraseCall:
    return EraseCall(call_id=CALL.call_id, at=NOON, request_id="r", actor=who, ground=ground)


def test_the_first_person_asks_and_nothing_is_lost() -> None:
    assert erase(CALL, says("boss")) == (ASKED, (), Accepted(rev=5))


def test_who_asked_twice_is_still_one_person() -> None:
    after, _, answer = erase(ASKED, says("boss"))
    assert after == replace(ASKED, rev=6, person_rev=6)
    assert answer == Accepted(rev=6)


def test_times_codes_and_counts_stay_and_nothing_of_a_person() -> None:
    after, events, answer = erase(ASKED, says("deputy"))
    assert (events, answer) == ((), Accepted(rev=6))
    assert (after.seized_at, after.ended_at, after.call_seq, after.closed) == (NOON, NOON, 9, True)
    assert after.disposition is not None
    assert after.disposition.nature is Nature.FIGHT
    assert after.marks == ("silent", ERASED)
    told = to_text(encode(after))
    assert not [word for word in ("138", "建国路", "abc@sbc", "PJSIP", "key:1") if word in told]


@pytest.mark.parametrize("change", [{"state": CallState.ANSWERED}, {"closed": False}])
def test_a_call_with_something_still_to_do_is_not_erased(change: dict[str, object]) -> None:
    before = replace(ASKED, **change)  # type: ignore[arg-type]
    after, _, answer = erase(before, says("deputy"))
    assert after is before
    assert isinstance(answer, Refused)
    assert answer.code == "not_over"


@pytest.mark.parametrize("ground", ["", "  ", "x" * (MAX_GROUND_CHARS + 1)])
def test_without_a_ground_of_bearable_length_nothing_is_erased(ground: str) -> None:
    after, _, answer = erase(ASKED, says("deputy", ground))
    assert after is ASKED
    assert isinstance(answer, Refused)


def test_an_erased_call_is_not_erased_again() -> None:
    after, _, answer = erase(bare_of(ASKED), says("boss"))
    assert after == bare_of(ASKED)
    assert isinstance(answer, Refused)
    assert answer.code == "already_erased"
