"""Calls that say little as signals: what the dialplan tells of the prompt, what is heard, what people ask;
and what is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.calls.events import CallEvent
from gateway.calls.quiet import AlarmCause, PromptState
from gateway.calls.signals import CallRequest, CallSignal
from gateway.triage.model import AlarmClass

# ---- from the PBX and the listener


class PromptStep(StrEnum):
    """As the dialplan's UserEvent Silence110 says them; OVER: the leg that listened or played is gone."""

    WATCHING = "watching"
    SPOKE = "spoke"
    PROMPTING = "prompting"
    PROMPTED = "prompted"
    FAILED = "failed"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptStepped(CallSignal):
    """The prompt for a caller who cannot speak went a step. `leg`: unique id of the leg that plays it."""

    step: PromptStep
    leg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TapsHeard(CallSignal):
    """Short knocks on the caller's leg, in quiet; from `started_ms` of the call on."""

    taps: int
    started_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWordHeard(CallSignal):
    """The caller said one of the site's own code words, in that segment."""

    segment_index: int
    started_ms: int
    ended_ms: int
    quote: str


# ---- requests of people


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPrompt(CallRequest):
    """Play the prompt to the caller alone, now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopPrompt(CallRequest):
    """No more of it; what plays is cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseSilentAlarm(CallRequest):
    """A call-taker understood: this caller needs the police and cannot say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSilentAlarm(CallRequest):
    """A person deals with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSilentAlarm(CallRequest):
    """Only a person ends it, with a reason."""

    note: str


# ---- what is told


class SilentAlarmStep(StrEnum):
    RAISED = "raised"
    SEEN = "seen"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentAlarmChange(CallEvent):
    """A caller who cannot speak has raised a silent alarm, a person deals with it, or has ended it (ours).
    Ring such a caller back only when a person has confirmed it: a ringing phone may betray them.

    `alarm_class` and `priority`: what the call counts as at least while it stands. `by`: who raised, saw or
    ended it, None: a sign of the caller; `note`: why it was ended.
    """

    step: SilentAlarmStep
    cause: AlarmCause
    alarm_class: AlarmClass
    priority: int
    key: str | None = None
    by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SilencePromptChange(CallEvent):
    """The prompt "press 1 if you need the police and cannot speak" went a step (ours). `by`: the call-taker
    who asked for it, None: the dialplan by itself. `times`: how often it has begun to play."""

    state: PromptState
    by: str | None = None
    times: int = 0


class Sign(StrEnum):
    """TALKING, SILENT: by the PBX's own detection, told once the prompt has begun."""

    KEY = "key"
    TAPS = "taps"
    TALKING = "talking"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSign(CallEvent):
    """A sign of the caller that is no word (ours): a key pressed, knocks heard, talk begun or ended. `at_ms`
    since the call was seized."""

    sign: Sign
    at_ms: int
    key: str | None = None
    taps: int | None = None
