"""The ports behind which texts (SMS) are sent, and behind which it is kept whose they are: a delivery report
names a text by an id alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

MAX_TEXT_CHARS = 500
"""A longer text is refused before it is sent: seven parts of an SMS in Chinese."""
MESSAGE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What providers take as a customer's own id."""
NUMBER = re.compile(r"\+?[0-9]{3,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """One text. `number`: the phone, as the network told it or as one dials it at home. `message_id`: ours;
    the same one sent again is the same text and reaches the phone once.

    Raises ValueError: what cannot be sent to anybody.
    """

    number: str
    text: str
    message_id: str

    def __post_init__(self) -> None:
        if not NUMBER.fullmatch(self.number):
            raise ValueError("A text goes to a telephone number of 3 to 20 digits.")
        if not self.text.strip() or len(self.text) > MAX_TEXT_CHARS:
            raise ValueError(f"A text has 1 to {MAX_TEXT_CHARS} characters.")
        if not MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError("A message id has 1 to 64 letters, digits, dots, dashes or underscores.")


class Outcome(StrEnum):
    """What became of handing a text over."""

    ACCEPTED = "accepted"
    """The provider has it. A delivery report may follow."""
    REFUSED = "refused"
    """It will not be sent; the same again is refused again."""
    FAILED = "failed"
    """It certainly did not go out: the provider was not reached, or is busy. Trying again makes sense."""
    UNKNOWN = "unknown"
    """It may have gone out: the answer did not come. Again only under the same message_id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A provider's answer. `provider_id`: its own id, which reports may name. `reason`: why not, for people
    to read; never the text or the number."""

    outcome: Outcome
    provider_id: str | None = None
    reason: str = ""

    @property
    def accepted(self) -> bool:
        return self.outcome is Outcome.ACCEPTED

    @property
    def again(self) -> bool:
        """Whether it may be tried again, under the same message_id."""
        return self.outcome in (Outcome.FAILED, Outcome.UNKNOWN)


class TextSender(Protocol):
    """Who sends texts. Failure is an answer: `send` raises nothing and ends in its own time."""

    async def send(self, message: TextMessage) -> Receipt: ...

    async def close(self) -> None: ...


class Delivery(StrEnum):
    """What a delivery report says."""

    ACCEPTED = "accepted"
    """An app has taken it and brings it to the phone."""
    DELIVERED = "delivered"
    """The phone has it; nobody knows whether it was read."""
    READ = "read"
    """It was opened there."""
    FAILED = "failed"
    EXPIRED = "expired"
    """The phone was not reached in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReport:
    """A delivery report, by our id or by the provider's. `at`: when it came to us; `key`: what it carried."""

    delivery: Delivery
    at: datetime
    message_id: str | None = None
    provider_id: str | None = None
    reason: str = ""
    key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentText:
    """Whose a text is: `family` (share, text_call …) and `key`, the aggregate it belongs to. Neither number
    nor text is kept here."""

    message_id: str
    family: str
    key: str
    at: datetime
    provider_id: str | None = None


class SentTexts(Protocol):
    """Where that is kept. Every method may raise StoreUnavailable."""

    async def keep(self, row: SentText) -> None:
        """The newest of each message_id."""
        ...

    async def find(self, message_id: str | None, provider_id: str | None) -> SentText | None:
        """By our id where it is told, else by the provider's (the newest)."""
        ...

    async def forget(self, before: datetime) -> int:
        """Delete what was sent before then; how many."""
        ...
