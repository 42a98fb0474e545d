"""What a call adds to the figures of its day: plain values beside its row in the table of calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.calls.dispatched import DispatchChange
from gateway.calls.handing import ReferralState
from gateway.calls.model import TEST_MARK, CallSession, RecordingStatus, TransferResult
from gateway.ports import InstructionRow

CAME_BACK = frozenset({ReferralState.REFUSED, ReferralState.NO_ANSWER, ReferralState.RETURNED})
"""Hand-overs that nobody took, or that were given back: the caller is ours again."""
TAKEN = frozenset({ReferralState.ANSWERED, ReferralState.COMPLETED})


def figures(session: CallSession) -> dict[str, Any]:
    """Names as in `gateway.ports.CallRow`. A hand-over counts once it is known how it went."""
    decided = session.disposition
    handed = [each.state for each in session.referrals if each.state in TAKEN | CAME_BACK]
    own = [each.result for each in session.transfers if each.referral is None]
    failed = sum(result is TransferResult.FAILED for result in own)
    back = failed + sum(state in CAME_BACK for state in handed)
    return {
        "test": TEST_MARK in session.marks,
        "answer_ms": answer_ms(session),
        "decided_class": decided.alarm_class if decided else None,
        "decided_nature": decided.nature if decided else None,
        "handed": len(handed) + failed + sum(result is TransferResult.COMPLETED for result in own),
        "came_back": back,
        "unrecorded": sum(each.status is RecordingStatus.FAILED for each in session.recordings),
    }


def answer_ms(session: CallSession) -> int | None:
    """From the seizure of the line to a call-taker's voice; None: nobody has answered."""
    if session.answered_at is None:
        return None
    return max(0, round((session.answered_at - session.seized_at).total_seconds() * 1000))


def instructions(told: Iterable[tuple[CallSession, Any]]) -> tuple[InstructionRow, ...]:
    """The rows of those that these (call as it is now, event) tell of."""
    named = {
        (session.call_id, event.instruction_id): session
        for session, event in told
        if isinstance(event, DispatchChange) and event.instruction_id is not None
    }
    return tuple(
        InstructionRow(
            call_id=call_id, instruction_id=each.instruction_id, issued_at=each.issued_at,
            signed_at=each.signed_at, cancelled_at=each.cancelled_at,
        )
        for (call_id, instruction_id), session in named.items()
        if TEST_MARK not in session.marks
        for each in session.dispatch.instructions
        if each.instruction_id == instruction_id
    )  # fmt: skip
