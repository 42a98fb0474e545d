"""What a call hears and judges, told as listener, archive and rules tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.calls.effects import AssessTriage, StartTap
from gateway.calls.located import SpokenPlacesRead
from gateway.calls.model import LegHearing, RecordedFile
from gateway.calls.owed import owed
from gateway.calls.signals import (
    RecordingStarted,
    RecordingStored,
    TapLive,
    TriageAssessed,
)
from gateway.speech.model import Leg, TranscriptSegment, Word
from gateway.triage.model import AlarmClass, Assessment, Nature

from .conftest import CALLER_LINE, T0

RX = RecordedFile(part="rx", path="a-rx.wav", seconds=60.0, size_bytes=960_044, sha256="1" * 64)
TX = replace(RX, part="tx", path="a-tx.wav")
FOUND = Assessment(
    alarm_class=AlarmClass.NON_POLICE, nature=Nature.NONE, nature_alternatives=(), priority=4,
    department=None,
    department_reason_zh=None, department_reason_en=None, partners=(), findings=(), vetoes=(), extracted=(),
    next_question_zh=None, next_question_en=None, pack_hash="p", veto_hash="v", basis="text",
)  # fmt: skip


def hearing(call: Any, leg: Leg = Leg.CALLER) -> LegHearing:
    (found,) = [each for each in call.session.hearing if each.leg is leg]
    return found


def tap(call: Any, line: str = CALLER_LINE) -> StartTap:
    (found,) = [e for e in owed(call.session) if isinstance(e, StartTap) and e.line == line]
    return found


def live(call: Any, at_s: float | None = None, line: str = CALLER_LINE) -> str:
    """The tap of this line lives; its id."""
    asked = tap(call, line)
    if at_s is not None:
        call.seconds = at_s
    call.tell(TapLive, leg=asked.leg, tap_id=asked.tap_id)
    return asked.tap_id


def said(index: int, text: str, started_ms: int = 3_000, gap: bool = False) -> TranscriptSegment:
    words = (Word(text=text, started_ms=started_ms, ended_ms=started_ms + 500, confidence=1.0),)
    return TranscriptSegment(
        index=index, speaker=Leg.CALLER, started_ms=started_ms, ended_ms=started_ms + 500, text=text,
        words=words, model_id="m", gap=gap,
    )  # fmt: skip


def judged(call: Any, found: Assessment = FOUND, **more: Any) -> None:
    """The rules' answer to what is owed."""
    (asked,) = [e for e in owed(call.session) if isinstance(e, AssessTriage)]
    call.tell(
        TriageAssessed, assessment=found, segments=asked.segments, speech_dead=asked.speech_dead, **more
    )
    call.tell(SpokenPlacesRead, segments=call.session.locating.spoken)


def stored(call: Any, *, review: bool = False, files: Any = (RX, TX)) -> None:
    call.tell(RecordingStored, recording_id="0x1", files=files, review=review)


def recorded(call: Any, started_s: float = 0.0) -> Any:
    call.tell(RecordingStarted, recording_id="0x1", file="/a-mix.wav", at=T0 + timedelta(seconds=started_s))
    return call


def effects(call: Any, kind: type) -> list[Any]:
    return [effect for effect in owed(call.session) if isinstance(effect, kind)]


def owes_only_its_call_back(call: Any) -> bool:
    """Nobody answered these calls: the task that they leave is all that keeps them open."""
    return {getattr(effect, "name", "") for effect in owed(call.session)} <= {"task:due"}
