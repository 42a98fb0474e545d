"""A record without a call, as people enter it, add words to it, and link it with the PBX's own call; and what
is published of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.calls.events import CallEvent
from gateway.calls.manual import Origin
from gateway.calls.signals import CallRequest, CallSignal
from gateway.ids import CallId
from gateway.location.model import Datum


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterRecord(CallRequest):
    """A person writes down what no PBX brought. `happened_at`: when it really was; `at`: when it is entered.

    `position`: the desk whose card it is. `pbx`: over which the desk rings somebody for it.
    """

    site: str
    origin: Origin
    happened_at: datetime
    position: str | None = None
    number: str | None = None
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    datum: Datum | None = None
    words: str = ""
    """What was said, as it was written down; each line is judged like an utterance."""
    sheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeWords(CallRequest):
    """More of what was said, added to a record."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRecord(CallRequest):
    """The record and the PBX's call `other` are the same; `call_id` is the record's. They stay two documents,
    and count as one call."""

    other: CallId


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkRecord(CallRequest):
    """They are not, after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLinked(CallSignal):
    """A record tells the PBX's call that a person linked the two."""

    record: CallId
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordUnlinked(CallSignal):
    """`other`: with whom it is linked no more."""

    other: CallId
    by: str


# ---- published


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEntered(CallEvent):
    """A call-taker wrote down what no PBX brought. `late` (with `inferred`): entered afterwards."""

    origin: Origin
    by: str
    happened_at: datetime
    entered_at: datetime
    late: bool
    sheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLink(CallEvent):
    """A record and a call of the PBX are the same, a person says, or are not after all. They count once."""

    linked: bool
    other: str
    by: str
