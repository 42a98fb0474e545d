"""A running AMI link and what it told, to wait for: never longer than `LIMIT_S` of real time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from gateway.clock import Clock
from gateway.pbx.account import AmiLinkConfig, LinkState, Phase
from gateway.pbx.link import AmiLink
from gateway.pbx.message import AmiMessage
from gateway.testing.clock import ManualClock
from gateway.testing.fake_asterisk import FakeAsterisk

LIMIT_S = 60.0
"""A wait that takes longer raises TimeoutError: what it waits for does not come."""


class WatchedLink:
    """`async with WatchedLink(account, clock) as one: await one.until(Phase.LIVE)`.

    `gate`: cleared, the consumer is stuck. `failing`: events on which the consumer raises.
    """

    def __init__(self, account: AmiLinkConfig, clock: Clock) -> None:
        self.messages: list[AmiMessage] = []
        self.states: list[LinkState] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.failing: set[str] = set()
        self._changed = asyncio.Condition()
        self.link = AmiLink(account, clock, self._take, self._enter, chance=lambda: 1.0)

    async def __aenter__(self) -> Self:
        await self.link.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.link.close()

    async def _take(self, message: AmiMessage) -> None:
        await self.gate.wait()
        async with self._changed:
            self.messages.append(message)
            self._changed.notify_all()
        if message.event in self.failing:
            raise LookupError("the consumer's own fault")

    async def _enter(self, state: LinkState) -> None:
        async with self._changed:
            self.states.append(state)
            self._changed.notify_all()

    def phases(self) -> list[Phase]:
        return [state.phase for state in self.states]

    async def until(self, phase: Phase, times: int = 1) -> LinkState:
        """The `times`-th state of that phase, come or to come."""
        await self._wait(lambda: self.phases().count(phase) >= times)
        return [state for state in self.states if state.phase is phase][times - 1]

    async def taken(self, number: int) -> list[AmiMessage]:
        """All messages, as soon as there are so many."""
        await self._wait(lambda: len(self.messages) >= number)
        return self.messages

    async def message(self, event: str, **wanted: str) -> AmiMessage:
        """The first of that name with these headers, come or to come."""

        def found() -> AmiMessage | None:
            named = (message for message in self.messages if message.event == event)
            return next((one for one in named if wanted.items() <= dict(one.headers).items()), None)

        await self._wait(lambda: found() is not None)
        message = found()
        if message is None:
            raise LookupError(event)
        return message

    async def _wait(self, come: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S), self._changed:
            await self._changed.wait_for(come)


class SteppedLink(WatchedLink):
    """A link to a scripted PBX on a clock that a test moves by hand."""

    def __init__(self, pbx: FakeAsterisk, *, secret: str | None = None, queue_size: int = 10_000) -> None:
        self.clock = ManualClock()
        account = AmiLinkConfig(
            pbx="pbx1",
            host=pbx.host,
            port=pbx.port,
            username=pbx.username,
            secret=pbx.secret if secret is None else secret,
            queue_size=queue_size,
        )
        super().__init__(account, self.clock)

    async def until_sleeping(self) -> None:
        """Until a task waits for the clock: only then is it worth moving."""
        while not self.clock.sleepers:  # noqa: ASYNC110 - the clock has no event for it
            await asyncio.sleep(0)

    async def until_now(self, phase: Phase) -> None:
        """Until the link is in that phase, told or not."""
        while self.link.state.phase is not phase:  # noqa: ASYNC110 - a stuck consumer is not told
            await asyncio.sleep(0)
