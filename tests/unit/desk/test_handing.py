"""What pages are shown of hand-overs, call-backs and supervision."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.calls.handing import (
    HandOverKind,
    Move,
    MoveKind,
    MoveState,
    Referral,
    ReferralState,
    Target,
    TargetKind,
    Why,
)
from gateway.calls.model import CallSession, CallState, Party, PartyRole
from gateway.desk.handing import WORDS, handing_json, referral_json
from gateway.ids import CallId
from gateway.triage.model import VetoCode
from gateway.web.errors import MESSAGES

AT = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
CALLS = Path(__file__).parents[3] / "gateway/calls"
REFERRAL = Referral(
    n=1, kind=HandOverKind.THREEWAY, by="zhang", at=AT, changed_at=AT, line="PJSIP/1101-1",
    target=Target(code="fire_119", number="119", kind=TargetKind.PARTNER),
)  # fmt: skip
SESSION = CallSession(
    call_id=CallId("c"), site="s", pbx="p", uniqueid="u", linkedid="u", line="PJSIP/t-1", seized_at=AT,
    state=CallState.ANSWERED, callback_number="13800138000", vetoes=(VetoCode.FIRE,),
    parties=(Party(role=PartyRole.CALL_TAKER, number="1101", line="PJSIP/1101-1", joined_at=AT),),
    referrals=(REFERRAL,),
)  # fmt: skip


def a_move(kind: MoveKind, **facts: Any) -> Move:
    return Move(n=2, kind=kind, by="zhang", at=AT, changed_at=AT, referral=1, **facts)


@pytest.mark.parametrize(
    ("kind", "state", "complete", "cancel"),
    [
        (HandOverKind.THREEWAY, ReferralState.RINGING, False, True),
        (HandOverKind.THREEWAY, ReferralState.ANSWERED, True, True),
        (HandOverKind.ATTENDED, ReferralState.ANSWERED, True, True),
        (HandOverKind.BLIND, ReferralState.ANSWERED, False, True),
        (HandOverKind.BLIND, ReferralState.RETURNED, False, False),
        (HandOverKind.ATTENDED, ReferralState.COMPLETED, False, False),
    ],
)
def test_a_page_offers_what_can_be_done_now(
    kind: HandOverKind, state: ReferralState, complete: bool, cancel: bool
) -> None:
    shown = referral_json(SESSION, replace(REFERRAL, kind=kind, state=state))
    assert (shown["may_complete"], shown["may_cancel"]) == (complete, cancel)
    waiting = replace(SESSION, moves=(a_move(MoveKind.LET_GO),))
    assert referral_json(waiting, replace(REFERRAL, kind=kind, state=state))["may_cancel"] is False
    ended = replace(SESSION, state=CallState.ENDED)
    assert referral_json(ended, replace(REFERRAL, kind=kind, state=state))["may_complete"] is False


def test_reasons_are_told_in_both_languages() -> None:
    shown = referral_json(SESSION, replace(REFERRAL, why=Why.BUSY, fault=Why.PBX_DOWN))
    assert (shown["why"], shown["why_zh"], shown["why_en"]) == ("busy", *WORDS[Why.BUSY])
    assert (shown["fault"], shown["fault_en"]) == ("pbx_down", WORDS[Why.PBX_DOWN][1])
    assert set(WORDS) == set(Why)
    assert all(zh and en for zh, en in WORDS.values())


def test_dangers_partners_desk_and_who_was_called_stand_together() -> None:
    session = replace(
        SESSION, room="room-u",
        moves=(
            a_move(
                MoveKind.CALL_BACK, number="13800138000", position="1101", state=MoveState.LIVE,
                call=CallId("n"),
            ),
            a_move(MoveKind.LISTEN, position="1190"), a_move(MoveKind.INVITE, number="119"),
        ),
    )  # fmt: skip
    shown = handing_json(session)
    assert (shown["dangers"], shown["proposed"], shown["desk"]) == (["fire"], ["fire_119"], "1101")
    assert [(one["number"], one["call"]) for one in shown["callbacks"]] == [("13800138000", "n")]
    assert [(one["kind"], one["position"]) for one in shown["supervisions"]] == [("listen", "1190")]
    assert (shown["in_room"], len(shown["referrals"])) == (True, 1)
    assert handing_json(replace(SESSION, parties=()))["desk"] is None


TAKING = {"kind": MoveKind.TAKE_OVER, "position": "1190", "beside": "PJSIP/1101-1", "room": "room-u"}
LETTING = {"kind": MoveKind.LET_GO, "line": "PJSIP/1101-1"}


@pytest.mark.parametrize(
    ("room", "taking", "letting", "left", "step"),
    [
        ("", MoveState.ASKED, None, False, "room"),
        ("room-u", MoveState.ASKED, None, False, "rings"),
        ("room-u", MoveState.SENT, None, False, "rings"),
        ("room-u", MoveState.LIVE, None, False, "entering"),
        ("", MoveState.REFUSED, None, False, "failed"),
        ("room-u", MoveState.ENDED, None, False, "failed"),
        ("room-u", MoveState.UNKNOWN, None, False, "failed"),
        ("room-u", MoveState.LIVE, MoveState.ASKED, False, "yours"),
        ("room-u", MoveState.LIVE, MoveState.ENDED, False, "yours"),
        ("room-u", MoveState.LIVE, MoveState.REFUSED, False, "not_released"),
        ("room-u", MoveState.LIVE, MoveState.UNKNOWN, False, "not_released"),
        ("room-u", MoveState.LIVE, MoveState.ENDED, True, "released"),
        ("room-u", MoveState.LIVE, MoveState.REFUSED, True, "released"),
    ],
)
def test_a_take_over_says_how_far_it_has_come_and_no_more(
    room: str, taking: MoveState, letting: MoveState | None, left: bool, step: str
) -> None:
    made = {"by": "li", "at": AT, "changed_at": AT}
    moves = [Move(n=3, state=taking, **made, **TAKING)]  # type: ignore[arg-type]
    if letting is not None:
        moves.append(Move(n=4, state=letting, **made, **LETTING))  # type: ignore[arg-type]
    (desk,) = SESSION.parties
    session = replace(
        SESSION, room=room, moves=tuple(moves), parties=(replace(desk, left_at=AT if left else None),)
    )
    (shown,) = handing_json(session)["supervisions"]
    assert (shown["step"], shown["there"]) == (step, [] if left else ["1101"])


def test_every_refusal_has_its_sentence_in_both_languages() -> None:
    files = ("referral.py", "callback.py", "supervision.py")
    told = "".join((CALLS / file).read_text(encoding="utf-8") for file in files)
    codes = set(re.findall(r'code="(\w+)"', told))
    assert len(codes) > 12
    assert codes <= set(MESSAGES)
