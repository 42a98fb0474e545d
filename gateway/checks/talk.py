"""One AMI session for a check, on the product's own link: what it was told, and the wait for what should
come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

from gateway.clock import Clock
from gateway.config import PbxConfig
from gateway.pbx.account import AmiLinkConfig, LinkState, Phase
from gateway.pbx.link import ActionAnswer, AmiLink
from gateway.pbx.message import AmiMessage

MAX_MESSAGES = 5_000
"""Events of a busy PBX that are remembered; later ones are not looked at."""


class Talk:
    """`async with Talk(pbx, secret, clock) as talk:` connected or refused, but settled."""

    def __init__(self, pbx: PbxConfig, secret: str, clock: Clock) -> None:
        self.config = AmiLinkConfig(
            pbx=pbx.name,
            host=pbx.host,
            port=pbx.port,
            username=pbx.username,
            secret=secret,
            connect_within_s=pbx.connect_within_s,
            login_within_s=pbx.action_within_s,
            drop=frozenset(),
        )
        self.clock, self._within_s = clock, pbx.action_within_s
        self._link = AmiLink(self.config, clock, self._take, self._enter)
        self._changed = asyncio.Condition()
        self._settled: LinkState | None = None
        self.messages: list[AmiMessage] = []
        self.silent = False
        """An action was not answered: the others need not be tried."""

    @property
    def state(self) -> LinkState:
        """How the first attempt ended."""
        return self._settled or self._link.state

    async def __aenter__(self) -> Self:
        await self._link.start()
        async with self._changed:
            await self._changed.wait_for(lambda: self._settled is not None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._link.close()

    async def action(
        self, name: str, fields: Mapping[str, str] | None = None, list_end: str | None = None
    ) -> ActionAnswer:
        answer = await self._link.action(name, fields, timeout_s=self._within_s, list_end=list_end)
        self.silent = self.silent or not (answer.ok or answer.fields)
        return answer

    def told(self, wanted: Callable[[AmiMessage], bool]) -> AmiMessage | None:
        return next((message for message in self.messages if wanted(message)), None)

    async def until(self, wanted: Callable[[AmiMessage], bool]) -> AmiMessage:
        """For ever: the caller sets the limit."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.told(wanted) is not None)
        found = self.told(wanted)
        assert found is not None
        return found

    async def _take(self, message: AmiMessage) -> None:
        async with self._changed:
            if len(self.messages) < MAX_MESSAGES:
                self.messages.append(message)
            self._changed.notify_all()

    async def _enter(self, state: LinkState) -> None:
        if self._settled is None and state.phase in (Phase.LIVE, Phase.DOWN, Phase.REFUSED):
            async with self._changed:
                self._settled = state
                self._changed.notify_all()
