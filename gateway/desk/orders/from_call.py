"""The work order of a hand-over: once a department has taken the caller over, it has it in writing too.

A partner (119, 120, 122) needs none, and a hand-over that failed makes none: the hall opens one by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from gateway.calls.handing import HandOverKind, Referral, ReferralState, TargetKind
from gateway.calls.model import CallSession, CallState
from gateway.calls.signals import CallSignal
from gateway.desk.card import Card
from gateway.desk.orders.signals import OrderOpened
from gateway.speech.model import Leg, TranscriptSegment

SUBJECT = "110来电转办"
"""Where the card has no summary yet; with the caller's last words behind it."""
PLACES = ("address", "standard_address", "position")
PHONES = ("phone", "callback_number", "caller_number")
FACTS = (
    ("time", "时间"), ("goods", "物品"), ("loss", "损失"), ("people", "人数"), ("vehicle", "车辆"),
    ("plate", "车牌"), ("relationship", "关系"),
)  # fmt: skip
"""Fields of the card that a department may need, with their names as they stand in the order's text."""


def tells(
    before: CallSession | None, after: CallSession, card: Card, last: TranscriptSegment | None,
    signal: CallSignal,
) -> Iterator[OrderOpened]:  # fmt: skip
    """The orders that a call opens by the step it has just taken."""
    done = {each.n for each in before.referrals if _taken(before, each)} if before else set()
    for referral in after.referrals:
        if _taken(after, referral) and referral.n not in done:
            yield OrderOpened(
                order_id=order_id_of(after.call_id, referral.n), at=signal.at, inferred=signal.inferred,
                call_id=after.call_id, department=referral.target.code, by=referral.by,
                subject=_subject(card, last), text=_text(card), caller_name=_first(card, ("name",)),
                phone=_first(card, PHONES), place=_first(card, PLACES),
            )  # fmt: skip


def order_id_of(call_id: str, n: int) -> str:
    """A UUID (RFC 9562, version 8) derived from the hand-over: told a second time, it is the same order."""
    text = sha256(f"{call_id}/hand-over/{n}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-8{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def _taken(session: CallSession, referral: Referral) -> bool:
    """The department speaks with the caller alone, or did so to the end: a blind hand-over that was answered,
    another one that the call-taker has left, a three-party call that has ended."""
    if referral.target.kind is not TargetKind.DEPARTMENT:
        return False
    if referral.state is ReferralState.ANSWERED:
        together = referral.kind is HandOverKind.THREEWAY and session.state is CallState.ENDED
        return together or referral.kind is HandOverKind.BLIND
    return referral.state is ReferralState.COMPLETED


def _first(card: Card, names: tuple[str, ...]) -> str:
    """The leading value of the first of these fields that has one."""
    return next((card[name][0].value for name in names if card.get(name)), "")


def _subject(card: Card, last: TranscriptSegment | None) -> str:
    if summary := _first(card, ("summary",)):
        return summary
    said = last.text if last is not None and last.speaker is Leg.CALLER else ""
    return f"{SUBJECT}：{said}" if said else SUBJECT


def _text(card: Card) -> str:
    told = ((label, _first(card, (name,))) for name, label in FACTS)
    return "；".join(f"{label}：{value}" for label, value in told if value)
