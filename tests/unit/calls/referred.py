"""Hand-overs as people ask for them and the PBX answers, for the tests of each kind."""

from __future__ import annotations

from typing import Any

from gateway.calls.effects import MovePeople
from gateway.calls.handed import (
    HandOver,
    MoveSent,
    TargetAnswered,
    TargetRang,
)
from gateway.calls.handing import (
    HandOverKind,
    MoveKind,
    Referral,
    ReferralState,
    Target,
    TargetKind,
    Why,
)
from gateway.calls.model import PartyRole
from gateway.calls.reducer import owed
from gateway.calls.signals import (
    VetoFired,
)
from gateway.speech.model import Leg
from gateway.triage.model import Span, Veto, VetoCode

LABOUR = Target(code="labour_bureau", number="12333", kind=TargetKind.DEPARTMENT)
FIRE = Target(code="fire_119", number="119", kind=TargetKind.PARTNER)
AMBULANCE = Target(code="ambulance_120", number="120", kind=TargetKind.PARTNER)
WHO = {"actor": "zhang"}
DESK = "PJSIP/1101-00000001"
BLIND, ATTENDED, THREEWAY = HandOverKind.BLIND, HandOverKind.ATTENDED, HandOverKind.THREEWAY
UNIQUEID = "pbx1-1700000000.0"


def ask(call: Any, kind: HandOverKind = BLIND, target: Target | None = LABOUR, **more: Any) -> Any:
    request_id = f"r{call.seconds}"
    wanted = target.code if target else "nobody"
    return call.step(HandOver, **WHO, request_id=request_id, kind=kind, wanted=wanted, target=target, **more)


def end(call: Any, kind: type, n: int = 1) -> Any:
    return call.step(kind, **WHO, request_id=f"r{call.seconds}", n=n)


def last(call: Any) -> Referral:
    referral: Referral = call.session.referrals[-1]
    return referral


def state(call: Any) -> tuple[ReferralState, Why | None]:
    return last(call).state, last(call).why


def moves_owed(call: Any) -> list[tuple[MoveKind, int]]:
    return sorted((e.kind, e.n) for e in owed(call.session) if isinstance(e, MovePeople))


def sent(call: Any) -> None:
    """The PBX takes the next move."""
    call.tell(MoveSent, n=min(effect.n for effect in owed(call.session) if isinstance(effect, MovePeople)))


def danger(call: Any, code: VetoCode = VetoCode.FIRE) -> None:
    veto = Veto(
        code=code, segment_index=0, speaker=Leg.CALLER, span=Span(start=0, end=1), quote="火", started_ms=0,
        ended_ms=1, list_hash="h",
    )  # fmt: skip
    call.tell(VetoFired, veto=veto)


def in_a_room(call: Any) -> None:
    """Caller, desk and 119 in one room."""
    ask(call.answered(), THREEWAY, FIRE)
    sent(call)
    sent(call)
    call.tell(TargetRang, number="119")
    call.tell(TargetAnswered, number="119")
    call.join("119", PartyRole.DEPARTMENT)
