"""What our dialplan tells in UserEvents. They only add: a number, a place, a recording; the course rests on
channels.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from gateway.calls.handed import TargetMissed
from gateway.calls.handing import Why
from gateway.calls.heard import LanguageChosen
from gateway.calls.located import LocationReferenced
from gateway.calls.quieted import PromptStep, PromptStepped
from gateway.calls.signals import (
    CallerIdentified,
    CallSignal,
    LocationAnswered,
    LocationRefused,
    RecordingStarted,
)
from gateway.ids import is_uniqueid
from gateway.location import ali, asterisk
from gateway.location.model import Location, LocationRefusal, LocationSource
from gateway.pbx.course import Course, Moment
from gateway.pbx.message import AmiMessage
from gateway.pbx.moved import MISSED
from gateway.pbx.references import referenced
from gateway.pbx.shape import MAX_TEXT, is_dialled
from gateway.speech.languages import TAG

MAX_PATH = 1_024
"""Characters of a recording's path; a longer one is no path of ours."""
MAX_SIP_CALL_ID = 256
"""Characters of a Call-ID; a longer one is no key under which bodies are handed in."""
MAX_RAW = 2_048
"""Characters of a refused location that are kept for the auditor."""

_STEPS = frozenset(step.value for step in PromptStep if step is not PromptStep.OVER)


def told_by_dialplan(message: AmiMessage, course: Course, moment: Moment) -> list[CallSignal]:
    """The signals of one UserEvent about a known call."""
    match message.get("UserEvent"):
        case "Alarm110":
            told = [_caller(message, course, moment), *_places(message, course, moment)]
            return [*told, *_references(message, course, moment), *_language(message, course, moment)]
        case "Alarm110More":
            return _references(message, course, moment)
        case "Language":
            return _language(message, course, moment)
        case "RecordStart":
            return _recording(message, course, moment)
        case "Silence110":
            return _silence(message, course, moment)
        case "DeptDone" if message.get("Status") not in ("ANSWER", None):
            missed = TargetMissed(
                call_id=course.call_id, at=moment.at, source_at=moment.source_at,
                number=_field(message, "Dept"), why=MISSED.get(_field(message, "Status"), Why.NO_ANSWER),
            )  # fmt: skip
            return [missed, *course.department_done(moment)]
        case _:
            return []


def _silence(message: AmiMessage, course: Course, moment: Moment) -> list[CallSignal]:
    """The prompt for a caller who cannot speak, told by the leg that plays it."""
    step, leg = _field(message, "Step"), message.get("Uniqueid") or ""
    if step not in _STEPS or not is_uniqueid(leg):
        return []
    return [
        PromptStepped(
            call_id=course.call_id, at=moment.at, source_at=moment.source_at, step=PromptStep(step), leg=leg
        )
    ]


def _caller(message: AmiMessage, course: Course, moment: Moment) -> CallSignal:
    number = _field(message, "ANI")
    known = number if is_dialled(number.removeprefix("+")) else None
    dialed = _field(message, "Dialed")
    withheld = known is None or "id" in _field(message, "Privacy").split(";")
    course.caller_told = True
    return CallerIdentified(
        call_id=course.call_id,
        at=moment.at,
        source_at=moment.source_at,
        ani=known,
        ani_source=_field(message, "AniSource") or None if known else None,
        dialed=dialed if is_dialled(dialed) else None,
        anonymous=withheld,
        sip_call_id=_sip_call_id(message),
        remote_address=_field(message, "RemoteAddr") or None,
        test=known in course.shape.test_callers,
    )


def _places(message: AmiMessage, course: Course, moment: Moment) -> list[CallSignal]:
    """Each source for itself: one that cannot be read does not spoil the other."""
    signals: list[CallSignal] = []
    fields = {
        name: unquote(message.get(name) or "")
        for name in ("GeoFormat", "GeoInfo", "GeoEff", "GeoMethod", "GeoSource", "GeoConf", "XALI")
    }
    if fields["GeoFormat"] != "URI" and (fields["GeoFormat"] or fields["GeoInfo"]):
        found: Location | LocationRefusal = asterisk.fix(fields, obtained_at=moment.source_at or moment.at)
        signals.append(_placed(found, course, moment, fields["GeoInfo"] or fields["GeoEff"]))
    if fields["XALI"]:
        found = ali.parse(
            fields["XALI"],
            datum=course.shape.xali_datum,
            obtained_at=moment.source_at or moment.at,
            pattern=course.shape.xali_pattern,
        )
        signals.append(_placed(found, course, moment, fields["XALI"]))
    return signals


def _references(message: AmiMessage, course: Course, moment: Moment) -> list[CallSignal]:
    """Places and data that the headers refer to; what cannot be fetched is told with its reason."""
    found = referenced(message)
    return [
        *(
            LocationReferenced(
                call_id=course.call_id, at=moment.at, source_at=moment.source_at, uri=uri,
                source=LocationSource.PIDF,
            )
            for uri in found.uris
        ),
        *(
            _placed(LocationRefusal(source=LocationSource.PIDF, reason=one.reason), course, moment, one.raw)
            for one in found.refused
        ),
    ]  # fmt: skip


def _sip_call_id(message: AmiMessage) -> str | None:
    """Whole or not at all: a cut one is the key of nothing."""
    told = unquote(message.get("SipCallId") or "")
    return told if 0 < len(told) <= MAX_SIP_CALL_ID and told.isprintable() else None


def _placed(found: Location | LocationRefusal, course: Course, moment: Moment, raw: str) -> CallSignal:
    if isinstance(found, Location):
        return LocationAnswered(
            call_id=course.call_id, at=moment.at, source_at=moment.source_at, location=found
        )
    return LocationRefused(
        call_id=course.call_id,
        at=moment.at,
        source_at=moment.source_at,
        source=found.source.value,
        reason=found.reason,
        raw=raw[:MAX_RAW],
    )


def _recording(message: AmiMessage, course: Course, moment: Moment) -> list[CallSignal]:
    file, monitor = unquote(message.get("File") or ""), _field(message, "MixMonitorId")
    if not file or not monitor or len(file) > MAX_PATH or not file.isprintable():
        return []
    return [
        RecordingStarted(
            call_id=course.call_id, at=moment.at, source_at=moment.source_at, recording_id=monitor, file=file
        )
    ]


def _language(message: AmiMessage, course: Course, moment: Moment) -> list[CallSignal]:
    """What the administrator's dialplan says this caller speaks; anything but a language tag says nothing."""
    told = _field(message, "Speaks")
    if not re.fullmatch(TAG, told):
        return []
    return [
        LanguageChosen(
            call_id=course.call_id, at=moment.at, source_at=moment.source_at, language=told, by_dialplan=True
        )
    ]


def _field(message: AmiMessage, name: str) -> str:
    return (message.get(name) or "")[:MAX_TEXT]
