"""Who is on the line: what the PBX tells, applied to the call. One function a signal; none decides the
state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from gateway.calls.events import CallerIdentity, CallEvent, CallStart, CallTransfer
from gateway.calls.handing import under_way
from gateway.calls.model import (
    TEST_MARK,
    CallSession,
    EndReason,
    Party,
    PartyRole,
    RecordingStatus,
    ReleasedBy,
    Transfer,
    TransferResult,
)
from gateway.calls.signals import (
    CallAbandoned,
    CallEnded,
    CallerIdentified,
    CallHeld,
    CallQueued,
    CallSeized,
    CallSignal,
    ConferenceJoined,
    DeskRang,
    DeskStoppedRinging,
    KeyPressed,
    PartyJoined,
    PartyLeft,
    TalkingChanged,
    TransferEnded,
    TransferStarted,
)
from gateway.speech.model import Leg

MAX_PARTIES = 10
"""Parties kept in the state; beyond, the oldest who left is forgotten here (its event is published and
journaled).
"""
MAX_TRANSFERS = 8
"""Transfers kept in the state; beyond, the oldest finished one is forgotten here."""
MAX_RINGING = 40
"""Desks that ring at once and are shown; more of them are not listed."""
MAX_MARKS = 24
"""Small facts kept; later ones are not added."""

T = TypeVar("T")
Changed = tuple[CallSession, tuple[CallEvent, ...]]


def seized(signal: CallSeized) -> Changed:
    """A new call."""
    session = CallSession(
        call_id=signal.call_id,
        site=signal.site,
        pbx=signal.pbx,
        uniqueid=signal.uniqueid,
        linkedid=signal.linkedid,
        line=signal.line,
        dialed=signal.dialed,
        seized_at=signal.when,
        inferred=signal.inferred,
        outgoing=signal.outgoing,
        callback_of=signal.callback_of,
        callback_move=signal.callback_move,
    )
    event = CallStart(
        occurred_at=signal.when,
        inferred=signal.inferred,
        pbx=signal.pbx,
        linkedid=signal.linkedid,
        dialed=signal.dialed,
        outgoing=signal.outgoing,
        callback_of=signal.callback_of,
    )
    return session, (event,)


def identified(session: CallSession, signal: CallerIdentified) -> Changed:
    """Who rings. What was learnt is not unlearnt: a number stays when a later message has none."""
    after = replace(
        session,
        ani=signal.ani or session.ani,
        ani_source=signal.ani_source if signal.ani else session.ani_source,
        callback_number=signal.ani or session.callback_number,
        dialed=signal.dialed or session.dialed,
        sip_call_id=signal.sip_call_id or session.sip_call_id,
        anonymous=session.anonymous or signal.anonymous,
        marks=marked(session, TEST_MARK) if signal.test else session.marks,
    )
    if replace(session, sip_call_id=after.sip_call_id) == after:
        return after, ()
    event = CallerIdentity(
        occurred_at=signal.when,
        inferred=signal.inferred,
        ani=after.ani,
        ani_source=after.ani_source,
        anonymous=after.anonymous,
    )
    return after, (event,)


def queued(session: CallSession, signal: CallQueued) -> Changed:
    """Waits for a call-taker; a transfer that brought the caller back here has come to nothing."""
    after, events = _settle_transfers(_all_left(session, signal.when), signal)
    return replace(after, queue=signal.queue, queued_at=session.queued_at or signal.when, ringing=()), events


def desk_rang(session: CallSession, signal: DeskRang) -> Changed:
    if signal.agent in session.ringing or len(session.ringing) >= MAX_RINGING:
        return session, ()
    return replace(session, ringing=(*session.ringing, signal.agent)), ()


def desk_stopped(session: CallSession, signal: DeskStoppedRinging) -> Changed:
    return replace(session, ringing=tuple(agent for agent in session.ringing if agent != signal.agent)), ()


def abandoned(session: CallSession, signal: CallAbandoned) -> Changed:
    return replace(session, queue_wait_ms=_waited(session, signal.when), ringing=()), ()


def joined(session: CallSession, signal: PartyJoined) -> Changed:
    """Somebody is connected with the caller. The first call-taker is the answer, and ends the waiting."""
    if any(party.line == signal.line and party.left_at is None for party in session.parties):
        return session, ()
    party = Party(role=signal.role, number=signal.number, line=signal.line, joined_at=signal.when)
    after = replace(
        session,
        parties=_kept((*session.parties, party), MAX_PARTIES, lambda p: p.left_at is not None),
        ringing=(),
    )
    if signal.role is PartyRole.CALL_TAKER and session.answered_at is None:
        after = replace(after, answered_at=signal.when, queue_wait_ms=_waited(session, signal.when))
    return after, ()


def left(session: CallSession, signal: PartyLeft) -> Changed:
    parties = tuple(
        replace(party, left_at=signal.when) if party.line == signal.line and party.left_at is None else party
        for party in session.parties
    )
    return replace(session, parties=parties), ()


def held(session: CallSession, signal: CallHeld) -> Changed:
    return replace(session, ever_held=True), ()


def conference(session: CallSession, signal: ConferenceJoined) -> Changed:
    return replace(session, conference=True), ()


def transfer_started(session: CallSession, signal: TransferStarted) -> Changed:
    """A new one, or the better word for the one under way: what looked like a redirect was a transfer."""
    index = _pending(session.transfers)
    if index is not None and session.transfers[index].target == signal.target:
        known = session.transfers[index]
        if known.kind is signal.kind:
            return session, ()
        named = replace(known, kind=signal.kind)
        transfers = (*session.transfers[:index], named, *session.transfers[index + 1 :])
        return replace(session, transfers=transfers), (told_transfer(named, signal),)
    begun = Transfer(
        kind=signal.kind, target=signal.target, started_at=signal.when,
        referral=asked_for(session, signal.target),
    )  # fmt: skip
    return with_transfer(session, begun), (told_transfer(begun, signal),)


def asked_for(session: CallSession, number: str) -> int | None:
    """The hand-over under way that has this number called."""
    found = (
        each.n for each in reversed(session.referrals) if each.target.number == number and under_way(each)
    )
    return next(found, None)


def with_transfer(session: CallSession, transfer: Transfer) -> CallSession:
    transfers = _kept(
        (*session.transfers, transfer), MAX_TRANSFERS, lambda t: t.result is not TransferResult.PENDING
    )
    return replace(session, transfers=transfers)


def transfer_ended(session: CallSession, signal: TransferEnded) -> Changed:
    """The outcome of the one under way; of one whose begin was missed, begin and outcome at once."""
    index = _pending(session.transfers)
    if index is None:
        if any(
            t.target == signal.target and t.kind is signal.kind and t.result is signal.result
            for t in session.transfers[-1:]
        ):
            return session, ()
        begun = Transfer(
            kind=signal.kind, target=signal.target, result=signal.result, started_at=signal.when,
            referral=asked_for(session, signal.target),
        )  # fmt: skip
        return with_transfer(session, begun), (told_transfer(begun, signal),)
    done = replace(session.transfers[index], kind=signal.kind, target=signal.target, result=signal.result)
    transfers = (*session.transfers[:index], done, *session.transfers[index + 1 :])
    return replace(session, transfers=transfers), (told_transfer(done, signal),)


def key_pressed(session: CallSession, signal: KeyPressed) -> Changed:
    return replace(session, marks=marked(session, f"key:{signal.key}")), ()


def talking(session: CallSession, signal: TalkingChanged) -> Changed:
    """Energy on the caller's leg: this is no silent call."""
    if signal.leg is Leg.CALLER and signal.talking:
        return replace(session, marks=marked(session, "voice")), ()
    return session, ()


def ended(session: CallSession, signal: CallEnded) -> Changed:
    """The caller's leg is gone, and with it everybody's. Whatever was under way stops here."""
    reason = signal.reason or reason_of(session)
    after, events = _settle_transfers(session, signal)
    recordings = tuple(
        replace(recording, status=RecordingStatus.STOPPED)
        if recording.status is RecordingStatus.RUNNING
        else recording
        for recording in session.recordings
    )
    waited = session.queue_wait_ms if reason is EndReason.LOST else _waited(session, signal.when)
    after = replace(
        _all_left(after, signal.when),
        ended_at=signal.when,
        end_reason=reason,
        ringing=(),
        recordings=recordings,
        released_by=signal.released_by or (ReleasedBy.SYSTEM if reason is EndReason.LOST else None),
        queue_wait_ms=waited,
    )
    return after, events


def reason_of(session: CallSession) -> EndReason:
    """By whom the caller spoke with last: nobody yet, a call-taker (alone or in a conference), or a
    department alone.
    """
    if not session.parties:
        return EndReason.FAILED if session.outgoing else EndReason.ABANDONED
    there = [party for party in session.parties if party.left_at is None]
    if not there:
        last = max(party.left_at for party in session.parties if party.left_at is not None)
        there = [party for party in session.parties if party.left_at == last]
    with_call_taker = any(party.role is PartyRole.CALL_TAKER for party in there)
    return EndReason.COMPLETED if with_call_taker else EndReason.TRANSFERRED


def _waited(session: CallSession, until: datetime) -> int | None:
    """Milliseconds from the first queue to the first answer or to giving up; None without a queue."""
    if session.queue_wait_ms is not None or session.queued_at is None or session.answered_at is not None:
        return session.queue_wait_ms
    return max(0, round((until - session.queued_at).total_seconds() * 1000))


def _all_left(session: CallSession, when: datetime) -> CallSession:
    if all(party.left_at is not None for party in session.parties):
        return session
    return replace(
        session,
        parties=tuple(p if p.left_at is not None else replace(p, left_at=when) for p in session.parties),
    )


def _settle_transfers(session: CallSession, signal: CallSignal) -> Changed:
    """What was still under way has failed: the caller is back in the queue, or gone."""
    index = _pending(session.transfers)
    if index is None:
        return session, ()
    failed = replace(session.transfers[index], result=TransferResult.FAILED)
    transfers = (*session.transfers[:index], failed, *session.transfers[index + 1 :])
    return replace(session, transfers=transfers), (told_transfer(failed, signal),)


def _pending(transfers: Sequence[Transfer]) -> int | None:
    """The newest transfer under way."""
    for index in range(len(transfers) - 1, -1, -1):
        if transfers[index].result is TransferResult.PENDING:
            return index
    return None


def told_transfer(transfer: Transfer, signal: CallSignal) -> CallTransfer:
    return CallTransfer(
        occurred_at=signal.when,
        inferred=signal.inferred,
        kind=transfer.kind,
        target=transfer.target,
        result=transfer.result,
        referral=transfer.referral,
    )


def marked(session: CallSession, mark: str) -> tuple[str, ...]:
    """The marks and one more."""
    if mark in session.marks or len(session.marks) >= MAX_MARKS:
        return session.marks
    return (*session.marks, mark)


def _kept(items: tuple[T, ...], limit: int, may_go: Callable[[T], bool]) -> tuple[T, ...]:
    """`items` within the limit: the oldest that may go goes first, else the oldest."""
    while len(items) > limit:
        gone = next((index for index, item in enumerate(items) if may_go(item)), 0)
        items = (*items[:gone], *items[gone + 1 :])
    return items
