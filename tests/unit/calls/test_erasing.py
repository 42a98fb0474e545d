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


def asked(ground: str = "decision 7") -> EraseCall:
    return EraseCall(call_id=CALL.call_id, at=NOON, request_id="r", actor="boss", ground=ground)


def test_times_codes_and_counts_stay_and_nothing_of_a_person() -> None:
    after, events, answer = erase(CALL, asked())
    assert (events, answer) == ((), Accepted(rev=5))
    assert (after.seized_at, after.ended_at, after.call_seq, after.closed) == (NOON, NOON, 9, True)
    assert after.disposition is not None
    assert after.disposition.nature is Nature.FIGHT
    assert after.marks == ("silent", ERASED)
    told = to_text(encode(after))
    assert not [word for word in ("138", "建国路", "abc@sbc", "PJSIP", "key:1") if word in told]


@pytest.mark.parametrize("change", [{"state": CallState.ANSWERED}, {"closed": False}])
def test_a_call_with_something_still_to_do_is_not_erased(change: dict[str, object]) -> None:
    before = replace(CALL, **change)  # type: ignore[arg-type]
    after, _, answer = erase(before, asked())
    assert after is before
    assert isinstance(answer, Refused)
    assert answer.code == "not_over"


@pytest.mark.parametrize("ground", ["", "  ", "x" * (MAX_GROUND_CHARS + 1)])
def test_without_a_ground_of_bearable_length_nothing_is_erased(ground: str) -> None:
    after, _, answer = erase(CALL, asked(ground))
    assert after is CALL
    assert isinstance(answer, Refused)


def test_erased_again_it_is_the_same_but_for_its_rev() -> None:
    assert bare_of(bare_of(CALL)) == replace(bare_of(CALL), rev=6, person_rev=6)
