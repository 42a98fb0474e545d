"""The link that a caller was sent to share position, text and pictures: a part of the call's state, moved in
`sharing`. What was shared stands in the journal; here it is only counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class LinkState(StrEnum):
    """ASKED: about to be sent; SENT: the provider has it; UNSENT: it did not go out; UNKNOWN: it may have;
    OPENED: one phone has it; EXPIRED, REVOKED: nobody can use it any more."""

    ASKED = "asked"
    SENT = "sent"
    UNSENT = "unsent"
    UNKNOWN = "unknown"
    OPENED = "opened"
    EXPIRED = "expired"
    REVOKED = "revoked"


USABLE = frozenset({LinkState.ASKED, LinkState.SENT, LinkState.UNKNOWN, LinkState.OPENED})
"""A link that may still be opened or used: ASKED too, for the phone may be quicker than the provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The newest link (`n` counts from 1), and what came over all links of the call."""

    n: int
    state: LinkState
    by: str
    asked_at: datetime
    valid_s: int
    phone: str = ""
    """Digest of the one phone's session that opened it; empty: nobody has."""
    delivery: str = ""
    """What the provider reported: delivered, failed or expired."""
    fault: str = ""
    """Why it did not go out."""
    texts: int = 0
    pictures: int = 0
    positions: int = 0

    @property
    def expires_at(self) -> datetime:
        return self.asked_at + timedelta(seconds=self.valid_s)

    def usable(self, at: datetime) -> bool:
        return self.state in USABLE and at < self.expires_at
