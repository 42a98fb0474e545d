"""Which hand-overs open an order, and with what words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from gateway.calls.handing import HandOverKind, Referral, ReferralState, Target, TargetKind
from gateway.calls.model import CallSession, CallState
from gateway.calls.signals import CallEnded
from gateway.desk.card import Card, CardValue, Source
from gateway.desk.orders.from_call import SUBJECT, order_id_of, tells
from gateway.desk.orders.signals import OrderOpened
from gateway.ids import CallId
from gateway.speech.model import Leg, TranscriptSegment

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
CALL = CallId("hz-p1-1.0")
LABOUR = Target(code="labour_bureau", number="12333", kind=TargetKind.DEPARTMENT)
SIGNAL = CallEnded(call_id=CALL, at=NOON)


def session(
    state: ReferralState, kind: HandOverKind = HandOverKind.BLIND, *, target: Target = LABOUR,
    call: CallState = CallState.ANSWERED,
) -> CallSession:  # fmt: skip
    made = Referral(n=1, kind=kind, target=target, by="wang", at=NOON, changed_at=NOON, line="x", state=state)
    return CallSession(
        call_id=CALL, site="hz", pbx="p1", uniqueid="1.0", linkedid="1.0", line="PJSIP/t-1", seized_at=NOON,
        state=call, referrals=(made,),
    )  # fmt: skip


def opened(after: CallSession, card: Card | None = None, last: TranscriptSegment | None = None,
           before: CallSession | None = None) -> list[OrderOpened]:  # fmt: skip
    return list(tells(before, after, card or {}, last, SIGNAL))


B, A, T = HandOverKind.BLIND, HandOverKind.ATTENDED, HandOverKind.THREEWAY
S = ReferralState


@pytest.mark.parametrize("state", list(ReferralState))
@pytest.mark.parametrize("kind", list(HandOverKind))
@pytest.mark.parametrize("call", [CallState.ANSWERED, CallState.ENDED])
def test_an_order_opens_when_the_department_has_the_caller(
    state: ReferralState, kind: HandOverKind, call: CallState
) -> None:
    taken = state is S.COMPLETED or (
        state is S.ANSWERED and (kind is B or (kind is T and call is CallState.ENDED))
    )
    assert len(opened(session(state, kind, call=call))) == taken


def test_it_opens_once() -> None:
    answered = session(S.ANSWERED)
    done = session(S.COMPLETED)
    assert opened(done, before=answered) == []


def test_a_partner_needs_none() -> None:
    partner = replace(LABOUR, kind=TargetKind.PARTNER)
    assert opened(session(S.COMPLETED, target=partner)) == []


def test_its_id_is_a_uuid_that_the_hand_over_alone_makes() -> None:
    made = UUID(order_id_of(CALL, 1))
    assert (str(made), made.version) == (order_id_of(CALL, 1), 8)
    assert len({order_id_of(CALL, 1), order_id_of(CALL, 2), order_id_of("hz-p1-2.0", 1)}) == 3


def value(text: str) -> tuple[CardValue, ...]:
    return (CardValue(value=text, source=Source.SPEECH), CardValue(value="another", source=Source.RULES))


def test_it_says_what_the_card_knows() -> None:
    card = {
        "summary": value("工地欠薪"), "address": value("建国路88号"), "name": value("张某"),
        "phone": value("139"), "caller_number": value("138"), "people": value("20"), "loss": value("8万元"),
    }  # fmt: skip
    [one] = opened(session(S.COMPLETED), card)
    assert (one.subject, one.place, one.caller_name, one.phone) == ("工地欠薪", "建国路88号", "张某", "139")
    assert (one.text, one.department, one.by) == ("损失：8万元；人数：20", "labour_bureau", "wang")


@pytest.mark.parametrize(
    ("speaker", "subject"), [(Leg.CALLER, f"{SUBJECT}：不发工资"), (Leg.CALL_TAKER, SUBJECT)]
)
def test_without_a_summary_the_callers_last_words_stand_for_it(speaker: Leg, subject: str) -> None:
    last = TranscriptSegment(
        index=0, speaker=speaker, started_ms=0, ended_ms=1, text="不发工资", model_id="m"
    )
    assert opened(session(S.COMPLETED), {}, last)[0].subject == subject
    assert opened(session(S.COMPLETED))[0].subject == SUBJECT
