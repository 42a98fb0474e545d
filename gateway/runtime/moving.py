"""Performs MovePeople: once, and the PBX's answer comes back as a signal, a missing one too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from gateway.calls.effects import MovePeople
from gateway.calls.handed import MoveRefused, MoveSent, MoveSignal, MoveUnseen
from gateway.calls.handing import Why
from gateway.clock import Clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the PBX answered to a move. `why` None: it has taken it; NOT_SEEN: nobody knows."""

    why: Why | None = None
    text: str = ""


class Answered(Protocol):
    """`Outcome`, or an adapter's own of that form."""

    @property
    def why(self) -> Why | None: ...

    @property
    def text(self) -> str: ...


class Mover(Protocol):
    """`gateway.pbx.feed.PbxFeed`, as far as moving people needs it."""

    @property
    def up(self) -> bool: ...

    async def move(self, effect: MovePeople) -> Answered:
        """Send the one action, within its deadline."""
        ...


class Moving:
    """`pbxs`: by name, as they are added."""

    def __init__(self, *, pbxs: Mapping[str, Mover], clock: Clock) -> None:
        self._pbxs, self._clock = pbxs, clock

    async def move(self, effect: MovePeople) -> Iterable[MoveSignal]:
        """Asked for the first time. While the link is down nothing is sent: people press again, or use the
        phone's keys."""
        pbx = self._pbxs.get(effect.pbx)
        if pbx is None or not pbx.up:
            return (self._told(effect, Outcome(why=Why.PBX_DOWN)),)
        return (self._told(effect, await pbx.move(effect)),)

    async def unknown(self, effect: MovePeople) -> Iterable[MoveSignal]:
        """It was about to be sent, perhaps by a gateway that died of it: never again. What the PBX then tells
        of the legs says how it went."""
        return (self._told(effect, Outcome(why=Why.NOT_SEEN)),)

    def failed(self, effect: MovePeople, error: Exception) -> Iterable[MoveSignal]:
        """A fault of the program in the middle: it may have been sent."""
        return (self._told(effect, Outcome(why=Why.NOT_SEEN, text=str(error))),)

    def _told(self, effect: MovePeople, outcome: Answered) -> MoveSignal:
        common: dict[str, Any] = {"call_id": effect.call_id, "at": self._clock.now(), "n": effect.n}
        if outcome.why is None:
            return MoveSent(**common)
        log.warning(
            "people were not moved as asked", call_id=effect.call_id, move=effect.kind.value,
            why=outcome.why.value, text=outcome.text[:200],
        )  # fmt: skip
        if outcome.why is Why.NOT_SEEN:
            return MoveUnseen(**common)
        return MoveRefused(**common, why=outcome.why, text=outcome.text[:200])
