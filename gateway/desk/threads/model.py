"""The state of one thread: which call its messages go to, which parts are awaited, what is on its way out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gateway.calls.text import AnswerWay, TextAttachment, TextState
from gateway.ids import CallId
from gateway.location.model import Datum

KIND = "thread"


def thread_key(provider: str, sender: str) -> str:
    """A thread is named by neither number nor conversation: keys stand in logs."""
    return sha256(f"{provider}\0{sender}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the parts in which a long SMS comes. `reference`: the same for all of them; `n` of `of`, from
    1."""

    reference: str
    n: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the phone or app says it is."""

    latitude: float
    longitude: float
    datum: Datum
    uncertainty_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A message of which parts are missing. `parts`: (n, message id, text) of those that came."""

    reference: str
    of: int
    since: datetime
    sent_at: datetime
    parts: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An answer under way. `version` counts what the provider takes for another text, `tries` the hand-overs;
    `text` is kept until the provider has it. `channel`: it goes back to the app, which says itself that it
    took it; `published`: it was told on the app's topic."""

    call_id: CallId
    index: int
    state: TextState
    at: datetime
    text: str = ""
    version: int = 1
    tries: int = 1
    reason: str = ""
    channel: bool = False
    published: bool = False

    @property
    def message_id(self) -> str:
        """Ours, as the provider gets it: nothing of number or text can be read from it."""
        return text_id(self.call_id, self.index, self.version)


def text_id(call_id: str, index: int, version: int) -> str:
    return f"{sha256(call_id.encode()).hexdigest()[:16]}-{index}-{version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """`number`: where answers go as texts; None: the sender is no telephone. `sender`, `way`: what names the
    conversation to its app, and how answers go back, as its newest call was opened. `seen`: digests of
    messages that are here, the newest last. `received`: the caller's messages of the open call so far."""

    thread: str
    site: str
    provider: str
    number: str | None
    sender: str = ""
    way: AnswerWay = AnswerWay.SMS
    call_id: CallId | None = None
    received: int = 0
    last_at: datetime | None = None
    seen: tuple[str, ...] = ()
    awaited: tuple[Awaited, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    rate_since: datetime | None = None
    rate: int = 0
    suspected: bool = False
    rev: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A whole message as it goes on to its call."""

    message_id: str
    text: str
    sent_at: datetime
    missing: tuple[int, ...] = ()
    place: Place | None = None
    attachments: tuple[TextAttachment, ...] = ()
