"""What pages show of hand-overs, call-backs and supervision of one call: plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.calls import moves, referral
from gateway.calls.handing import (
    SUPERVISION,
    HandOverKind,
    Move,
    MoveKind,
    MoveState,
    Referral,
    ReferralState,
    Why,
    under_way,
)
from gateway.calls.model import CallSession, CallState, PartyRole
from gateway.desk.board import stamp

WORDS: Mapping[Why, tuple[str, str]] = {
    Why.BUSY: ("对方忙或拒接", "busy, or declined"),
    Why.NO_ANSWER: ("对方无人接听", "nobody answered there"),
    Why.DEAD_NUMBER: ("号码不通，请核对部门目录与交换机", "the number leads nowhere: see directory and PBX"),
    Why.PBX_DOWN: (
        "交换机链路中断，请用话机转接键",
        "the PBX cannot be reached: use the phone's transfer keys",
    ),
    Why.PBX_REFUSED: ("交换机拒绝执行，请用话机转接键", "the PBX refused: use the phone's transfer keys"),
    Why.LEG_GONE: ("该方已挂机", "that leg has hung up"),
    Why.DESK_NO_ANSWER: ("先响的话机未接听", "the phone that rang first was not picked up"),
    Why.CALLED_OFF: ("已取消", "called off"),
    Why.CALLER_GONE: ("来电人已挂机", "the caller hung up"),
    Why.REACHED: ("已接通", "reached"),
    Why.NOT_SEEN: ("结果未知，请先核对再按一次", "nobody knows how it went: look, then press again"),
}
"""Why something went as it did, for people: zh, en."""


def handing_json(session: CallSession) -> dict[str, Any]:
    """`HandingShown` of the HTTP API. Numbers are unmasked: masking is by role, later."""
    desk = referral.desk_leg(session, None)
    return {
        "dangers": [code.value for code in session.vetoes],
        "proposed": [partner.value for partner in referral.proposed(session)],
        "desk": desk.number if desk else None,
        "in_room": bool(session.room),
        "outgoing": session.outgoing,
        "callback_of": session.callback_of,
        "callback_number": session.callback_number,
        "referrals": [referral_json(session, each) for each in session.referrals],
        "callbacks": [
            {"number": move.number, **_move(move), "call": move.call, "whom": move.whom.value}
            for move in session.moves if move.kind is MoveKind.CALL_BACK
        ],
        "supervisions": [
            {"kind": move.kind.value, **_move(move), **_taking(session, move)}
            for move in session.moves if move.kind in SUPERVISION
        ],
    }  # fmt: skip


def referral_json(session: CallSession, one: Referral) -> dict[str, Any]:
    live = session.state is not CallState.ENDED
    idle = live and not moves.waits(session, referral.BEGINS | referral.ENDS, referral=one.n)
    answered = one.state is ReferralState.ANSWERED
    return {
        "n": one.n,
        "kind": one.kind.value,
        "target": one.target.code,
        "number": one.target.number,
        "target_kind": one.target.kind.value,
        "state": one.state.value,
        "by": one.by,
        "at": stamp(one.at),
        "changed_at": stamp(one.changed_at),
        **_words("why", one.why),
        **_words("fault", one.fault),
        "dangers": [code.value for code in one.dangers],
        "may_complete": idle and answered and one.kind is not HandOverKind.BLIND,
        "may_cancel": idle and (under_way(one) or answered),
    }


def part_json(session: CallSession, part: CallSession) -> dict[str, Any]:
    """A call that we made for `session`: to whom, on whose word, and how it went."""
    move = next((each for each in session.moves if each.call == part.call_id), None)
    why = (move and move.why) or _ended(part)
    asked = part.part
    return {
        "number": part.ani, "by": asked.by if asked else None, "whom": asked.whom if asked else "",
        **_words("outcome", why),
    }  # fmt: skip


def _ended(part: CallSession) -> Why | None:
    if part.state is not CallState.ENDED:
        return None
    return Why.REACHED if part.parties else Why.NO_ANSWER


def _taking(session: CallSession, move: Move) -> dict[str, Any]:
    """How far a take-over has come, and who of us is with the caller: a page must not say more than that."""
    there = [
        party.number for party in session.parties
        if party.role is PartyRole.CALL_TAKER and party.left_at is None and party.number
    ]  # fmt: skip
    if move.kind is not MoveKind.TAKE_OVER:
        return {"step": None, "there": there, **_words("release", None)}
    release = moves.release_of(session, move)
    why = release.why if release else None
    return {"step": _step(session, move, release), "there": there, **_words("release", why)}


def _step(session: CallSession, move: Move, release: Move | None) -> str:
    if release is None:
        if moves.is_done(move):
            return "failed"
        if move.state is MoveState.LIVE:
            return "entering"
        return "rings" if session.room == move.room else "room"
    stays = any(party.line == release.line and party.left_at is None for party in session.parties)
    if not stays:
        return "released"
    return "not_released" if release.state in (MoveState.REFUSED, MoveState.UNKNOWN) else "yours"


def _move(move: Move) -> dict[str, Any]:
    return {
        "n": move.n,
        "position": move.position,
        "state": move.state.value,
        "by": move.by,
        "at": stamp(move.at),
        "changed_at": stamp(move.changed_at),
        **_words("why", move.why),
    }


def _words(name: str, why: Why | None) -> dict[str, str | None]:
    zh, en = WORDS[why] if why else (None, None)
    return {name: why.value if why else None, f"{name}_zh": zh, f"{name}_en": en}
