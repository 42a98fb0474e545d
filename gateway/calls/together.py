"""What a call has to do with other calls, in the small form in which the call itself carries it.

A call is not an incident: several calls may tell of one. Only a person links them; what stands here beside
the link is advice with its reasons.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.ids import CallId

MAX_SUGGESTIONS = 5
"""Calls suggested for one call: the best ones, more are not kept."""
MAX_REASONS = 6
"""Reasons a suggestion states: the weightiest, more are not kept."""
MAX_WORDS = 8
"""Telling words of a call that are compared with those of others."""
MAX_WORD_CHARS = 16
"""Longer ones are cut, on both sides alike."""
STRONG = 65
"""From this score (of 100) on: very likely the same."""


class Why(StrEnum):
    """What speaks for two calls telling of one incident."""

    SAME_ADDRESS = "same_address"
    SAME_JUNCTION = "same_junction"
    NEAR = "near"
    SAME_ROAD = "same_road"
    PLATE = "plate"
    PHONE = "phone"
    NAME = "name"
    WORDS = "words"
    SAME_NUMBER = "same_number"
    SAME_NATURE = "same_nature"
    LIKE_NATURE = "like_nature"
    SOON = "soon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One of them with what it rests on: metres, seconds, a name, a plate, words."""

    code: Why
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """`call_id`: the other call; `score`: 0 to 100, how much speaks for both telling of one incident."""

    call_id: CallId
    score: int
    reasons: tuple[Reason, ...] = ()

    @property
    def strong(self) -> bool:
        return self.score >= STRONG


class FloodKind(StrEnum):
    """How lines are kept busy on purpose. ONE_RING: hung up before anybody can answer, again and again;
    SAME_NUMBER: one number again and again; PREFIX, SOURCE, TRUNK: many numbers out of one range, from one
    SIP address, or over one trunk."""

    ONE_RING = "one_ring"
    SAME_NUMBER = "same_number"
    PREFIX = "prefix"
    SOURCE = "source"
    TRUNK = "trunk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """The call looks like part of a flood: it is answered after the others, and never dropped. `calls`: how
    many like it were seen within the detector's window."""

    kind: FloodKind
    key: str
    calls: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """`incident`: the incident that a person linked this call to. `basis`: what of the call the suggestions
    rest on. `cleared`: why it is suspected no more and never again: `veto`, or the person who said so."""

    incident: str | None = None
    linked_by: str | None = None
    linked_at: datetime | None = None
    basis: str = ""
    words: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    source: str | None = None
    """The SIP address the call came from."""
    suspicion: Suspicion | None = None
    cleared: str | None = None
