"""A hand-over that a person asked for, as the call sees it: from the key to the end, by what the PBX tells.

A request makes a `Referral` and the move that begins it. From then on it follows the call's own signals, the
same that follow the phones' transfer keys: so it ends in the same records, and what happened while nobody
watched is found out the same way.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.calls import moves
from gateway.calls.answers import Accepted, Answer, Refused
from gateway.calls.events import CallEvent
from gateway.calls.handed import (
    CancelTransfer,
    CompleteTransfer,
    HandOver,
)
from gateway.calls.handing import (
    MAX_REFERRALS,
    HandOverKind,
    MoveKind,
    Referral,
    ReferralState,
    TargetKind,
    leg_id,
    under_way,
)
from gateway.calls.handing_events import Announced, ReferralChange
from gateway.calls.model import (
    CallSession,
    CallState,
    Party,
    PartyRole,
    Transfer,
    TransferKind,
    TransferResult,
)
from gateway.calls.people import Changed, told_transfer, with_transfer
from gateway.calls.referral_steps import BEGINS as BEGINS
from gateway.calls.referral_steps import step
from gateway.calls.signals import CallEnded, CallQueued, CallRequest, CallSignal, TransferStarted
from gateway.triage.model import EmergencyPartner, Nature, VetoCode

Told = tuple[CallSession, tuple[CallEvent, ...], Answer]

ENDS = frozenset({MoveKind.LET_GO, MoveKind.CALL_OFF, MoveKind.FETCH_BACK, MoveKind.DROP})
"""Moves that end a hand-over."""

PARTNERS: dict[VetoCode | Nature, tuple[EmergencyPartner, ...]] = {
    VetoCode.FIRE: (EmergencyPartner.FIRE_119,),
    VetoCode.CONFINED: (EmergencyPartner.FIRE_119,),
    VetoCode.INJURY: (EmergencyPartner.AMBULANCE_120,),
    VetoCode.WEAPON: (EmergencyPartner.AMBULANCE_120,),
    VetoCode.THREAT_TO_LIFE: (EmergencyPartner.AMBULANCE_120,),
    VetoCode.SUICIDE: (EmergencyPartner.FIRE_119, EmergencyPartner.AMBULANCE_120),
    Nature.FIRE: (EmergencyPartner.FIRE_119,),
    Nature.EXPLOSION_HAZARD: (EmergencyPartner.FIRE_119,),
    Nature.SUICIDE_RISK: (EmergencyPartner.FIRE_119, EmergencyPartner.AMBULANCE_120),
    Nature.TRAFFIC_ACCIDENT: (EmergencyPartner.TRAFFIC_122, EmergencyPartner.AMBULANCE_120),
}
"""Who is proposed beside the police; the call-taker decides. What is not listed proposes nobody."""


def proposed(session: CallSession) -> tuple[EmergencyPartner, ...]:
    """Partners for a three-party call at once: those of each danger that stands, then of the nature while a
    danger stands. Without a danger none."""
    if not session.vetoes:
        return ()
    nature = (session.triage.nature,) if session.triage else ()
    named = [partner for code in (*session.vetoes, *nature) for partner in PARTNERS.get(code, ())]
    return tuple(dict.fromkeys(named))


# ---- what people ask


def hand_over(session: CallSession, signal: HandOver) -> Told:
    """Begin one, or say why not. Ten clicks are one hand-over: while it is under way the next is refused."""
    desk = desk_leg(session, signal.position)
    refusal = _refusal(session, signal, desk)
    if refusal is not None or desk is None or signal.target is None:
        return session, (), refusal or Refused(code="no_desk_leg", text=_NO_DESK)
    referral = Referral(
        n=max((each.n for each in session.referrals), default=0) + 1, kind=signal.kind, target=signal.target,
        by=signal.actor, at=signal.when, changed_at=signal.when, line=desk.line,
        dangers=session.vetoes,
    )  # fmt: skip
    kept = (*session.referrals, referral)
    if len(kept) > MAX_REFERRALS:
        over = next(index for index, each in enumerate(kept) if not under_way(each))
        kept = (*kept[:over], *kept[over + 1 :])
    after = replace(session, referrals=kept, rev=session.rev + 1)
    after = _begun(after, referral, signal)
    return after, (_told(after, referral, signal, announce=True),), Accepted(rev=after.rev)


_NO_DESK = "no call-taker speaks with this caller now: answer the call, then hand it over"


def _refusal(session: CallSession, signal: HandOver, desk: Party | None) -> Refused | None:
    target = signal.target
    if session.state is CallState.ENDED:
        return Refused(code="ended", text="the call is over: nobody can be handed over")
    if target is None:
        return Refused(code="unknown_target", text=f"the directory has no {signal.wanted!r}")
    if (busy := _pending(session, signal)) is not None:
        return busy
    if signal.closed and not signal.confirm_closed:
        takes = f"; {signal.instead} takes it now" if signal.instead else ""
        return Refused(code="target_closed", text=f"{target.code} is closed{takes}")
    if target.kind is TargetKind.DEPARTMENT and session.vetoes and not signal.confirm_danger:
        dangers = ", ".join(code.value for code in session.vetoes)
        partners = ", ".join(partner.value for partner in proposed(session))
        return Refused(
            code="danger_unconfirmed", text=f"dangers stand: {dangers}; call in: {partners or 'none'}"
        )
    if desk is None:
        return Refused(code="no_desk_leg", text=_NO_DESK)
    if signal.kind is HandOverKind.ATTENDED and session.room:
        return Refused(
            code="in_room", text="in a three-party call nobody is put on hold: call in, or pass on"
        )
    if sum(map(under_way, session.referrals)) >= MAX_REFERRALS:
        return Refused(code="limit", text=f"{MAX_REFERRALS} hand-overs are under way in this call")
    return None


def _pending(session: CallSession, signal: HandOver) -> Refused | None:
    """The same target once. Another one beside it only where both are called into the room."""
    number = signal.target.number if signal.target else ""
    if moves.waits(session, BEGINS | ENDS):
        return Refused(code="pending", text="the PBX has not answered yet: wait a moment")
    for each in session.referrals:
        unsure = each.state is ReferralState.UNKNOWN
        if not under_way(each) or unsure:
            continue
        beside = signal.kind is each.kind is HandOverKind.THREEWAY and each.target.number != number
        if not beside:
            return Refused(code="pending", text=f"{each.target.code} is being called already")
    return None


def _begun(session: CallSession, referral: Referral, signal: HandOver) -> CallSession:
    number, desk = referral.target.number, referral.line
    facts = {"referral": referral.n, "number": number}
    if referral.kind is HandOverKind.ATTENDED:
        return moves.asked(session, signal, MoveKind.CONSULT, line=desk, **facts)
    if referral.kind is HandOverKind.BLIND:
        if session.room:
            return moves.asked(session, signal, MoveKind.REDIRECT, line=session.line, **facts)
        return moves.asked(session, signal, MoveKind.BLIND, line=desk, **facts)
    room, shown = session.room or room_of(session), caller_number(session)
    if not session.room:
        session = moves.asked(
            session, signal, MoveKind.CONFERENCE, line=session.line, beside=desk, room=room, **facts
        )
    return moves.asked(session, signal, MoveKind.INVITE, room=room, shown=shown, **facts)


def complete(session: CallSession, signal: CompleteTransfer) -> Told:
    """The call-taker leaves."""
    referral = find(session, signal.n)
    refusal = _unendable(session, referral, signal)
    if refusal is not None or referral is None:
        return session, (), refusal or _unknown(signal.n)
    if referral.kind is HandOverKind.BLIND:
        return session, (), Refused(code="over", text="a blind hand-over is complete by itself")
    if referral.state is not ReferralState.ANSWERED:
        return (
            session,
            (),
            Refused(code="not_answered", text="nobody there has answered: the caller would be alone"),
        )
    leaving = referral.line
    if referral.kind is HandOverKind.THREEWAY:
        there = [p.line for p in session.parties if p.role is PartyRole.CALL_TAKER and p.left_at is None]
        if not there:
            return session, (), Refused(code="no_desk_leg", text="no call-taker is left in this call")
        leaving = referral.line if referral.line in there else there[-1]
    return _ending(session, referral, signal, MoveKind.LET_GO, leaving)


def cancel(session: CallSession, signal: CancelTransfer) -> Told:
    """Back to how it was before, as far as that goes."""
    referral = find(session, signal.n)
    refusal = _unendable(session, referral, signal)
    if refusal is not None or referral is None:
        return session, (), refusal or _unknown(signal.n)
    match referral.kind:
        case HandOverKind.ATTENDED:
            return _ending(session, referral, signal, MoveKind.CALL_OFF, referral.line)
        case HandOverKind.BLIND:
            return _ending(session, referral, signal, MoveKind.FETCH_BACK, session.line)
    invited = [m.n for m in session.moves if m.referral == referral.n and m.kind is MoveKind.INVITE]
    if not invited:
        return session, (), Refused(code="over", text="the leg that was called in is not known any more")
    return _ending(session, referral, signal, MoveKind.DROP, leg_id(invited[-1], session.uniqueid))


def _unendable(
    session: CallSession, referral: Referral | None, signal: CompleteTransfer | CancelTransfer
) -> Refused | None:
    if session.state is CallState.ENDED:
        return Refused(code="ended", text="the call is over")
    if referral is None:
        return _unknown(signal.n)
    if moves.waits(session, BEGINS | ENDS, referral=referral.n):
        return Refused(code="pending", text="the PBX has not answered yet: wait a moment")
    if not (under_way(referral) or referral.state is ReferralState.ANSWERED):
        return Refused(code="over", text=f"this hand-over is over: {referral.state.value}")
    return None


def _unknown(n: int) -> Refused:
    return Refused(code="unknown_handover", text=f"this call has no hand-over {n}")


def _ending(session: CallSession, referral: Referral, signal: CallRequest, kind: MoveKind, line: str) -> Told:
    after = moves.asked(session, signal, kind, referral=referral.n, line=line)
    cleared = tuple(replace(each, fault=None) if each is referral else each for each in after.referrals)
    after = replace(after, referrals=cleared, rev=session.rev + 1)
    return after, (), Accepted(rev=after.rev)


def find(session: CallSession, n: int) -> Referral | None:
    return next((each for each in session.referrals if each.n == n), None)


def desk_leg(session: CallSession, position: str | None) -> Party | None:
    """The call-taker who speaks with the caller: the one at `position`, else who came last."""
    there = [p for p in session.parties if p.role is PartyRole.CALL_TAKER and p.left_at is None]
    own = [party for party in there if party.number == position]
    found = own or there
    return found[-1] if found else None


def caller_number(session: CallSession) -> str:
    """The caller's number for the phones that ring, where it can be dialled."""
    number = session.callback_number or ""
    return number if number.removeprefix("+").isdigit() and number.isascii() else ""


def room_of(session: CallSession) -> str:
    """The call's own room: named after the caller's leg, so asking twice makes one."""
    name = "".join(sign if sign in _ROOM_SIGNS else "-" for sign in session.uniqueid.lower())
    return f"room-{name}"


_ROOM_SIGNS = frozenset("0123456789abcdefghijklmnopqrstuvwxyz-")


# ---- what becomes of it


def follow(after: CallSession, signal: CallSignal) -> Changed:
    """The call with its hand-overs a step further, where `signal` says so."""
    after = _room(after, signal)
    events: list[CallEvent] = []
    for referral in after.referrals:
        stepped = step(after, referral, signal)
        if stepped == referral:
            continue
        stepped = replace(stepped, changed_at=signal.when)
        after = replace(
            after, referrals=tuple(stepped if each.n == referral.n else each for each in after.referrals)
        )
        after, transfer = _recorded(after, referral, stepped, signal)
        events += [_told(after, stepped, signal), *transfer]
    return after, tuple(events)


def _room(session: CallSession, signal: CallSignal) -> CallSession:
    """Who is passed on, queued or gone has left the room."""
    left = isinstance(signal, TransferStarted | CallQueued | CallEnded)
    return replace(session, room="") if left and session.room else session


def _recorded(session: CallSession, before: Referral, after: Referral, signal: CallSignal) -> Changed:
    """A three-party call is no transfer to the PBX: its record among the transfers is made here."""
    if after.kind is not HandOverKind.THREEWAY or before.kind is not after.kind:
        return session, ()
    missed = (ReferralState.REFUSED, ReferralState.NO_ANSWER)
    if after.state is ReferralState.ANSWERED and before.state is not ReferralState.ANSWERED:
        result = TransferResult.COMPLETED
    elif after.state in missed and before.state not in missed:
        result = TransferResult.FAILED
    else:
        return session, ()
    made = Transfer(
        kind=TransferKind.THREEWAY, target=after.target.number, result=result, started_at=after.at,
        referral=after.n,
    )  # fmt: skip
    return with_transfer(session, made), (told_transfer(made, signal),)


def _told(
    session: CallSession, referral: Referral, signal: CallSignal, *, announce: bool = False
) -> ReferralChange:
    return ReferralChange(
        occurred_at=signal.when, inferred=signal.inferred, referral=referral.n, kind=referral.kind,
        target=referral.target.code, number=referral.target.number, target_kind=referral.target.kind,
        state=referral.state, by=referral.by, why=referral.why, fault=referral.fault,
        dangers=referral.dangers, about=_about(session) if announce else None,
    )  # fmt: skip


def _about(session: CallSession) -> Announced:
    verdict = session.triage
    leading = next((fix for fix in session.locations if fix.location_id == session.leading_location), None)
    return Announced(
        caller=session.callback_number, location=leading,
        alarm_class=verdict.alarm_class if verdict else None, nature=verdict.nature if verdict else None,
        priority=verdict.priority if verdict else None,
    )  # fmt: skip
