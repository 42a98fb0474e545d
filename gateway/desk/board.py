"""One line of the board for one call, and the card as pages and the retained topic show it:
plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.calls.manual import Manual
from gateway.calls.model import TEST_MARK, CallSession, LegHearing, Medium, PartyRole, Recording, TapStatus
from gateway.calls.wrapup import keeper
from gateway.desk.card import Card, CardValue
from gateway.desk.dispatched import dispatch_summary
from gateway.desk.quiet import quiet_json
from gateway.desk.shares import share_json
from gateway.desk.stamp import stamp as stamp
from gateway.desk.tasks import task_json
from gateway.desk.texts import text_json
from gateway.journal.codec import encode
from gateway.speech.model import HearingState, Leg, Reading, TranscriptSegment
from gateway.triage.model import Assessment


def summary(session: CallSession, card: Card, last: TranscriptSegment | None) -> dict[str, Any]:
    """What the board shows of a call (`CallSummary` of the HTTP API). Numbers are unmasked:
    masking is by role, later."""
    verdict = session.triage
    decided, finished = session.disposition, session.wrap.finished
    return {
        "call_id": session.call_id,
        "medium": session.medium.value,
        "state": session.state.value,
        "ani": session.ani,
        "anonymous": session.anonymous,
        "dialed": session.dialed,
        "agents": agents(session),
        "ringing": list(session.ringing),
        "queue": session.queue,
        "seized_at": stamp(session.seized_at),
        "queued_at": stamp(session.queued_at),
        "answered_at": stamp(session.answered_at),
        "ended_at": stamp(session.ended_at),
        "queue_wait_ms": session.queue_wait_ms,
        "duration_ms": duration_ms(session),
        "end_reason": session.end_reason.value if session.end_reason else None,
        "released_by": session.released_by.value if session.released_by else None,
        "class": verdict.alarm_class.value if verdict else None,
        "nature": verdict.nature.value if verdict else None,
        "priority": verdict.priority if verdict else None,
        "department": verdict.department.value if verdict and verdict.department else None,
        "vetoes": [veto.value for veto in session.vetoes],
        "location": place(card),
        "district": described.district if (described := session.locating.description) else None,
        "last_text": last.text if last else None,
        "last_speaker": last.speaker.value if last else None,
        "speech": speech_state(session),
        "hearing": hearing_json(session),
        "disposition": {"class": decided.alarm_class.value, "nature": decided.nature.value}
        if decided
        else None,
        "finished": {"by": finished.by, "at": stamp(finished.at)} if finished else None,
        "keeper": keeper(session),
        "asked": list(session.wrap.asked),
        "transfers": [
            {"kind": transfer.kind.value, "target": transfer.target, "result": transfer.result.value}
            for transfer in session.transfers
        ],
        "conference": session.conference,
        "inferred": session.inferred,
        "manual": manual_json(session.manual),
        "same_as": session.same_as,
        "part_of": session.callback_of,
        "test": TEST_MARK in session.marks,
        "dispatch": dispatch_summary(session),
        "task": task_json(session),
        "share": share_json(session),
        "text": text_json(session),
        "quiet": quiet_json(session),
        "incident": session.together.incident,
        "likely": sum(1 for each in session.together.suggestions if each.strong),
        "suspected": suspicion.kind.value if (suspicion := session.together.suspicion) else None,
        "rev": session.rev,
    }


def manual_json(manual: Manual | None) -> dict[str, Any] | None:
    """How a record without a call came, and who wrote it down."""
    if manual is None:
        return None
    return {
        "origin": manual.origin.value, "by": manual.by, "entered_at": stamp(manual.at), "late": manual.late,
        "sheet": manual.sheet,
    }  # fmt: skip


def agents(session: CallSession) -> list[str]:
    """Extensions of the call-takers, each once, in the order of connection; of a record, whose card it is."""
    spoke = list(dict.fromkeys(p.number for p in session.parties if p.role is PartyRole.CALL_TAKER))
    if not spoke and session.medium is Medium.MANUAL and session.wrap.keeper is not None:
        return [session.wrap.keeper]
    return spoke


def duration_ms(session: CallSession) -> int | None:
    """From the seizure to the end; None while the call lasts."""
    if session.ended_at is None:
        return None
    return max(0, round((session.ended_at - session.seized_at).total_seconds() * 1000))


def place(card: Card) -> str | None:
    """The leading address, else that of the leading position, else the position itself."""
    for name in ("address", "standard_address", "position"):
        if values := card.get(name):
            return values[0].value
    return None


def speech_state(session: CallSession) -> str:
    """How the caller's leg is heard: none, wanted, live or dead."""
    if session.speech_dead:
        return TapStatus.DEAD.value
    states = [tap.status for tap in session.taps if tap.leg is Leg.CALLER]
    return states[-1].value if states else "none"


def hearing_json(session: CallSession) -> list[dict[str, Any]]:
    """How each side is heard, since when and why; `transcript` False: what is said now becomes no text."""
    return [
        {
            "speaker": each.leg.value,
            "state": each.state.value,
            "since": stamp(each.since),
            "reason": each.reason,
            "transcript": each.state in (HearingState.LIVE, HearingState.BEHIND, HearingState.OVER),
            "language": _language(session, each.leg),
            "unheard_ms": sum(high - low for low, high in each.gaps),
        }
        for each in session.hearing
    ]


def _language(session: CallSession, leg: Leg) -> str | None:
    """What the newest tap of this side was told to hear with; None: the model of the configuration."""
    told = [tap.language for tap in session.taps if tap.leg is leg and tap.language is not None]
    return told[-1] if told else session.language


def transcript_json(session: CallSession, model_ids: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Which text the card rests on, and how the two differ. `model_ids`: by side, of that text."""
    sides = [
        {
            "speaker": each.leg.value,
            "basis": basis_of(each),
            "model_ids": list(model_ids.get(each.leg.value, ())),
            "gaps": [list(gap) for gap in each.gaps],
            "gap_fault": each.fault,
            "review_fault": each.review_fault,
            "difference": each.review.difference if each.review else None,
        }
        for each in session.hearing
    ]
    reviewed = [side for side in sides if side["basis"] == Reading.REVIEW]
    return {
        "basis": (Reading.REVIEW if reviewed and len(reviewed) == len(sides) else Reading.LIVE).value,
        "sides": sides,
    }


def basis_of(hearing: LegHearing) -> str:
    """live, or review: the reading of this side that verdict and card rest on."""
    trusted = hearing.review is not None and hearing.review.trusted
    return (Reading.REVIEW if trusted else Reading.LIVE).value


def value_json(value: CardValue) -> dict[str, Any]:
    return {
        "value": value.value,
        "source": value.source.value,
        "confidence": value.confidence,
        "speaker": value.speaker.value if value.speaker else None,
        "segment_index": value.segment_index,
        "started_ms": value.started_ms,
        "ended_ms": value.ended_ms,
        "confirmed_by": value.confirmed_by,
    }


def card_json(card: Card) -> dict[str, list[dict[str, Any]]]:
    """Field name to its values, leading first."""
    return {name: [value_json(value) for value in values] for name, values in card.items()}


def recording_json(recording: Recording, seized_at: datetime) -> dict[str, Any]:
    """A recording without the paths of this machine; `started_ms` is where its sound begins in the call."""
    return {
        "recording_id": recording.recording_id,
        "started_ms": max(0, round((recording.started_at - seized_at).total_seconds() * 1000)),
        "status": recording.status.value,
        "fault": recording.fault,
        "parts": [
            {
                "part": f.part,
                "seconds": f.seconds,
                "size_bytes": f.size_bytes,
                "sha256": f.sha256,
                "repaired": f.repaired,
            }
            for f in recording.files
        ],
    }


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """The verdict as pages read it: `class` where Python must say `alarm_class`."""
    plain = encode(assessment)
    return {"class": plain.pop("alarm_class"), **plain}
