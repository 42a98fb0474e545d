"""Wrapping a call up: what people ask of its card. Signals like those of `signals`."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.calls.signals import CallRequest
from gateway.triage.model import AlarmClass, Department, Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapRequest(CallRequest):
    """What they share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishCall(WrapRequest):
    """A person decides what the call was and closes its card: once. Whoever comes second is told by whom."""

    alarm_class: AlarmClass
    nature: Nature
    department: Department | None = None
    note: str = ""
    """The summary (摘要), as the person leaves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenCall(WrapRequest):
    """A supervisor opens a finished card again, with a reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkAsked(WrapRequest):
    """The proposed question was put to the caller."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCard(WrapRequest):
    """At shift change: another position goes on with the card."""

    to: str
    note: str = ""
