"""One PBX's stream into the loop: the link's messages become signals; after every gap the snapshot says what is live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from gateway.calls.effects import StartTap
from gateway.clock import Clock
from gateway.pbx.account import AmiLinkConfig, LinkState, Phase, UnsafeValue
from gateway.pbx.actions import start_tap
from gateway.pbx.link import AmiLink
from gateway.pbx.message import AmiMessage
from gateway.pbx.shape import PbxShape
from gateway.pbx.translate import Translator

log = structlog.get_logger(__name__)

SERVICE_STATE = {
    Phase.LIVE: "up",
    Phase.UNCONFIRMED: "degraded",
    Phase.CONNECTING: "down",
    Phase.LOGGING_IN: "down",
    Phase.DOWN: "down",
    Phase.REFUSED: "down",
}
ALREADY = "UniqueID already in use"
"""The PBX's words when a tap of that id is there: it was asked before, and that is as good as done."""


class PbxFeed:
    """`offer` takes the signals, one after another; `on_state` hears how the link is: up, degraded or down."""

    def __init__(
        self, link: AmiLinkConfig, *, site: str, tap_address: str, shape: PbxShape, clock: Clock,
        offer: Callable[[Any], Awaitable[None]],
    ) -> None:  # fmt: skip
        self._name, self._tap_address, self._clock, self._offer = link.pbx, tap_address, clock, offer
        self._translator = Translator(site, link.pbx, shape)
        self._link = AmiLink(link, clock, self._message, self._state)
        self.on_state: Callable[[str, LinkState], None] = lambda state, news: None

    async def start(self) -> None:
        await self._link.start()

    async def close(self) -> None:
        await self._link.close()

    async def start_tap(self, effect: StartTap, listener: str) -> str | None:
        """Ask this PBX to send one leg's sound to the listener's port; None when it accepted, else why not."""
        port = listener.rpartition(":")[2]
        try:
            action = start_tap(effect, f"{self._tap_address}:{port}")
        except UnsafeValue as error:
            return str(error)
        answer = await self._link.action(action.name, action.fields)
        return None if answer.ok or ALREADY in answer.message else answer.message

    async def _message(self, message: AmiMessage) -> None:
        for signal in self._translator.feed(message):
            await self._offer(signal)

    async def _state(self, state: LinkState) -> None:
        self.on_state(SERVICE_STATE[state.phase], state)
