"""A scenario of the training: who rings and what they say, and what a good call-taker makes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from gateway.desk.calendar import Words
from gateway.triage.model import AlarmClass, Nature, VetoCode

MAX_CALLS = 40
"""Callers in one scenario."""
MAX_EVENTS = 200
"""Things that happen by themselves, and answers, of one caller each."""


MAX_REPLIES = 3
"""So many questions asked in one breath are answered; nobody remembers more."""


class Act(StrEnum):
    """say: the caller speaks; desk: another desk speaks; key: the caller presses keys; fix: the network tells
    where the phone is; sound: noise without words; hang_up: the caller is gone."""

    SAY = "say"
    DESK = "desk"
    KEY = "key"
    FIX = "fix"
    SOUND = "sound"
    HANG_UP = "hang_up"


class Answered(StrEnum):
    """trainee: rings at the trainee's position; other: at another desk, which the simulator plays; nobody:
    the caller hangs up before anybody answers."""

    TRAINEE = "trainee"
    OTHER = "other"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`at_s`: seconds of the script after the call was answered. A fix: WGS-84 degrees, metres."""

    at_s: float
    act: Act
    text: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    radius_m: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the caller says to a question in which one of `asks` stands. `field`: of the card, which the
    question is for."""

    asks: tuple[str, ...]
    say: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedCall:
    """One caller. `number` None: withheld. `starts_s`: after the run began; `rings_s`: so long the caller
    waits unanswered. `otherwise`: said to a question that no reply is for. `back`: what the caller says when
    rung back."""

    id: str
    number: str | None
    answered: Answered = Answered.TRAINEE
    starts_s: float = 0.0
    rings_s: float = 60.0
    otherwise: str = ""
    events: tuple[Event, ...] = ()
    replies: tuple[Reply, ...] = ()
    back: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAct:
    """What the simulated department does with an order that the trainee sends it, so long after."""

    after_s: float
    act: Literal["accept", "return", "answer"]
    department: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldField:
    """What must stand on the card: a value in which one of `any` stands."""

    name: str
    any: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """What a good call-taker makes of it. `classes`, `natures`: any of them is right. `hand_over`: codes of
    the directory, each to be called in or passed on to; `reassign`: to whom a returned order goes; `linked`:
    so many calls in one incident, the trainee's among them; `never`: codes to which nobody may hand over."""

    classes: tuple[AlarmClass, ...]
    natures: tuple[Nature, ...] = ()
    department: str | None = None
    dangers: tuple[VetoCode, ...] = ()
    fields: tuple[GoldField, ...] = ()
    hand_over: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    call_back: bool = False
    reassign: str | None = None
    linked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`case`: which hard case of the field it is about; `language`: what its callers speak."""

    code: str
    title: Words
    brief: Words
    """For the trainer: what it is about, what to look at."""
    language: Literal["zh", "en"]
    calls: tuple[ScriptedCall, ...]
    gold: Gold
    orders: tuple[OrderAct, ...] = field(default=())

    @property
    def main(self) -> ScriptedCall:
        """The first that rings at the trainee's position, or that the trainee is to ring back."""
        mine = (call for call in self.calls if call.answered is Answered.TRAINEE)
        return next(mine, self.calls[0])


def replies_to(call: ScriptedCall, said: str) -> tuple[Reply, ...]:
    """The replies for what the trainee said, in the order of the file; the case of letters does not count."""
    return tuple(reply for reply in call.replies if heard(said, reply.asks))[:MAX_REPLIES]


def heard(said: str, words: Iterable[str]) -> bool:
    folded = said.casefold()
    return any(word.casefold() in folded for word in words)
