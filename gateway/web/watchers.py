"""Who else has a call's card open: told to everybody who has it open too, gone with their streams.

Only the streams of this gateway are known here: in a cluster, colleagues at another one are not shown. What
they write meets by parts of the card all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.runtime.hub import Hub, Subscription

MAX_SHOWN = 20
"""People shown on one card; more of them are there and not listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    user: str
    display_name: str
    position: str | None


class Watchers:
    """By call, the streams that follow it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._open: dict[str, dict[Subscription, Watcher]] = {}

    def come(self, call_id: str, stream: Subscription, who: Watcher) -> None:
        self._open.setdefault(call_id, {})[stream] = who
        self._tell(call_id)

    def go(self, call_id: str, stream: Subscription) -> None:
        there = self._open.get(call_id, {})
        if there.pop(stream, None) is None:
            return
        if not there:
            del self._open[call_id]
        self._tell(call_id)

    def of(self, call_id: str) -> Sequence[Mapping[str, Any]]:
        """Each person once, whoever came first first."""
        people = dict.fromkeys(self._open.get(call_id, {}).values())
        return [
            {"user": each.user, "display_name": each.display_name, "position": each.position}
            for each in list(people)[:MAX_SHOWN]
        ]

    def _tell(self, call_id: str) -> None:
        self._hub.publish("watchers", call_id, {"call_id": call_id, "watchers": self.of(call_id)})


WATCHERS = web.AppKey("watchers", Watchers)
