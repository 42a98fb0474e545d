"""Desks taken out of the PBX's queues and put back: sent once, and answered whatever happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from gateway.calls.effects import PauseMember
from gateway.calls.seats import PauseAnswered
from gateway.clock import Clock

UNKNOWN = "unknown: the gateway restarted while it was asked; look at the desk, then press again"


class Queues(Protocol):
    """`gateway.pbx.feed.PbxFeed`, as far as desks are paused."""

    async def pause_desk(self, agent: str, paused: bool, reason: str) -> str | None:
        """None when the PBX accepted it, else why not."""
        ...


class Pausing:
    def __init__(self, *, pbxs: Mapping[str, Queues], clock: Clock) -> None:
        self._pbxs, self._clock = pbxs, clock

    async def pause(self, effect: PauseMember) -> Sequence[PauseAnswered]:
        pbx = self._pbxs.get(effect.pbx)
        if pbx is None:
            return self._answered(effect, f"no PBX {effect.pbx} is configured")
        return self._answered(effect, await pbx.pause_desk(effect.agent, effect.paused, effect.reason))

    async def unknown(self, effect: PauseMember) -> Sequence[PauseAnswered]:
        """Sent before a restart. What the queue tells meanwhile settles it before this is looked at."""
        return self._answered(effect, UNKNOWN)

    def failed(self, effect: PauseMember, error: Exception) -> Sequence[PauseAnswered]:
        return self._answered(effect, str(error) or type(error).__name__)

    def _answered(self, effect: PauseMember, fault: str | None) -> Sequence[PauseAnswered]:
        at = self._clock.now()
        return [PauseAnswered(pbx=effect.pbx, at=at, agent=effect.agent, order=effect.order, fault=fault)]
