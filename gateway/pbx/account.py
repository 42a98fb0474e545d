"""What a link is told about its PBX, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.pbx.framing import UNINTERESTING

WRITE_RIGHTS: Mapping[str, str] = {
    "Originate": "originate",
    "QueueStatus": "agent",
    "CoreShowChannels": "reporting",
    "BridgeList": "reporting",
    "BridgeInfo": "reporting",
    "Status": "reporting",
    "UserEvent": "user",
}
"""The least write class of manager.conf that each action needs; the others need `call`."""


class UnsafeValue(ValueError):
    """A value for the PBX holds a line break or NUL, or is over 1,000 bytes: it could smuggle in a second
    action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiLinkConfig:
    """One PBX's manager account and the limits of the link to it. Times in seconds."""

    pbx: str
    host: str
    port: int
    username: str
    secret: str = field(repr=False)
    connect_within_s: float = 5.0
    login_within_s: float = 5.0
    ping_every_s: float = 5.0
    ping_within_s: float = 5.0
    """A link without a pong by then is cut, however alive TCP looks."""
    retry_first_s: float = 0.5
    retry_most_s: float = 30.0
    """Pauses double from the first to the most, each scattered over its upper half."""
    refused_retry_s: float = 60.0
    snapshot_within_s: float = 10.0
    queue_size: int = 10_000
    drop: frozenset[bytes] = UNINTERESTING
    """Event names that are dropped unread."""

    @property
    def cure_for_way(self) -> str:
        where = f"{self.host}:{self.port}"
        return f"is Asterisk running, is `enabled = yes` in its manager.conf, and is {where} open from here?"

    @property
    def cure_for_account(self) -> str:
        return (
            f"make username and secret of [[pbx]] {self.pbx} those of [{self.username}] in manager.conf, "
            "let its `permit` hold this machine's address, then `manager reload`"
        )

    def cure_for_right(self, action: str) -> str:
        right = WRITE_RIGHTS.get(action, "call")
        return f"add `{right}` to `write` of [{self.username}] in manager.conf, then `manager reload`"


class Phase(StrEnum):
    CONNECTING = "connecting"
    LOGGING_IN = "logging_in"
    LIVE = "live"
    UNCONFIRMED = "unconfirmed"
    DOWN = "down"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What the link knows of itself; `reason` and `cure` are sentences for a person."""

    phase: Phase
    since: datetime
    reason: str | None = None
    cure: str | None = None
