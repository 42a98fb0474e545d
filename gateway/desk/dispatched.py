"""What pages show of the dispatch core's side of a call: plain JSON values. Pages count ages from the times
that stand here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gateway.calls.instructions import Alarm, Instruction
from gateway.calls.model import CallSession
from gateway.desk.stamp import stamp

BUCKETS_S = (30, 60, 120, 180)
"""Sign-off times are counted within these; the last bucket is what took, or takes, longer."""


def ack_state(alarm: Alarm | None) -> str:
    """none: nobody waits for one; awaited, acknowledged, or missing."""
    if alarm is None:
        return "none"
    if alarm.acked_at is not None:
        return "acknowledged"
    if alarm.due_at is None:
        return "none"
    return "awaited" if alarm.missing_at is None else "missing"


def dispatch_summary(session: CallSession) -> dict[str, Any]:
    """A line of the board: whether the core has the alarm, and the instruction that is behind most."""
    rows = session.dispatch.instructions
    waits = [each.issued_at for each in rows if each.unsigned and each.issued_at is not None]
    live = [each for each in rows if each.cancelled_at is None]
    return {
        "ack": ack_state(session.dispatch.alarm),
        "instructions": len(live),
        "unsigned": len(waits),
        "unsigned_since": stamp(min(waits, default=None)),
        "step": step_of(max(live, key=_progress)) if live else None,
    }


def in_full(shown: dict[str, Any], reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """`dispatch_json` with the whole words, of which the state keeps the beginning. `reports`: what the core
    sent, as journaled."""
    words: dict[tuple[str, str], tuple[str, str]] = {}
    for each in reports:
        key, told = (each["instruction_id"], each["kind"]), (each["source_at"] or "", each["text"])
        words[key] = max(words.get(key, ("", "")), told)
    for one in shown["instructions"]:
        for field, kind in (("text", "instruction"), ("feedback", "feedback")):
            _, whole = words.get((one["instruction_id"], kind), ("", ""))
            one[field] = whole or one[field]
    return shown


def dispatch_json(session: CallSession) -> dict[str, Any]:
    """The card's section: the alarm, and each instruction with its steps."""
    alarm = session.dispatch.alarm
    return {
        "ack": ack_state(alarm),
        "since": stamp(alarm.since) if alarm else None,
        "due_at": stamp(alarm.due_at) if alarm else None,
        "acked_at": stamp(alarm.acked_at) if alarm else None,
        "acked_by": alarm.acked_by if alarm else "",
        "missing_at": stamp(alarm.missing_at) if alarm else None,
        "instructions": [instruction_json(each) for each in session.dispatch.instructions],
        "forgotten": session.dispatch.forgotten,
    }


def instruction_json(each: Instruction) -> dict[str, Any]:
    return {
        "instruction_id": each.instruction_id,
        "unit": each.unit,
        "text": each.text,
        "step": step_of(each),
        "issued_at": stamp(each.issued_at),
        "signed_at": stamp(each.signed_at),
        "departed_at": stamp(each.departed_at),
        "arrived_at": stamp(each.arrived_at),
        "cancelled_at": stamp(each.cancelled_at),
        "feedback": each.feedback,
        "feedback_at": stamp(each.feedback_at),
        "feedbacks": each.feedbacks,
        "unsigned": each.unsigned,
        "late": each.late,
        "signed_within_s": signed_within_s(each),
    }


def step_of(each: Instruction) -> str:
    """The farthest step, whichever were told."""
    steps = (
        ("cancel", each.cancelled_at), ("feedback", each.feedback_at), ("arrival", each.arrived_at),
        ("departure", each.departed_at), ("sign_off", each.signed_at),
    )  # fmt: skip
    return next((name for name, at in steps if at is not None), "instruction")


def _progress(each: Instruction) -> int:
    return ("instruction", "sign_off", "departure", "arrival", "feedback").index(step_of(each))


def signed_within_s(each: Instruction) -> float | None:
    """From the instruction to its sign-off; None: one of the two is not known."""
    if each.issued_at is None or each.signed_at is None:
        return None
    return max(0.0, (each.signed_at - each.issued_at).total_seconds())


def waiting(sessions: Iterable[CallSession]) -> list[dict[str, Any]]:
    """What hall and wall look at: acknowledgements that are missing and instructions nobody signed, the
    longest wait first. Those are left out that the gateway watches no more."""
    found: list[tuple[datetime, dict[str, Any]]] = []
    for session in sessions:
        alarm = session.dispatch.alarm
        if alarm is not None and ack_state(alarm) == "missing" and not alarm.left:
            found.append((alarm.since, {"kind": "ack", "unit": "", "instruction_id": None, **_of(session)}))
        for each in session.dispatch.instructions:
            if each.unsigned and not each.left and each.issued_at is not None:
                row = {"kind": "sign_off", "unit": each.unit, "instruction_id": each.instruction_id}
                found.append((each.issued_at, {**row, **_of(session)}))
    found.sort(key=lambda each: each[0])
    return [{**row, "since": stamp(since)} for since, row in found]


def _of(session: CallSession) -> dict[str, Any]:
    return {"call_id": session.call_id}
