"""The AMI link to one PBX: always trying, never guessing, and it says at any time what it knows.

The life of the link: CONNECTING, LOGGING_IN, LIVE; a lost or silent PBX makes it DOWN, and it comes back
by itself with growing, scattered pauses. A wrong password makes it REFUSED: one clear error with its cure,
a try a minute. When the consumer falls `queue_size` messages behind, the link is UNCONFIRMED: what arrives
then is dropped and counted, because the reader must never wait (Asterisk would grow instead); as soon as
the consumer has caught up the link is LIVE again. After every LIVE the consumer asks `snapshot_messages`:
AMI never repeats what was missed.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime

import structlog

from gateway.clock import Clock, within
from gateway.pbx.account import AmiLinkConfig, LinkState, Phase, UnsafeValue
from gateway.pbx.framing import Frame
from gateway.pbx.inventory import DENIED, Snapshot, SnapshotRefused, take_inventory
from gateway.pbx.message import AmiMessage, parse
from gateway.pbx.protocol import ActionAnswer, Connection, LinkProtocol, Value, check

__all__ = ["ActionAnswer", "AmiLink", "AmiLinkConfig", "LinkState", "Phase", "Snapshot", "UnsafeValue"]

log = structlog.get_logger(__name__)

OPEN = (Phase.LIVE, Phase.UNCONFIRMED)
"""Phases in which actions are sent."""


OnMessage = Callable[[AmiMessage], Awaitable[None]]
OnState = Callable[[LinkState], Awaitable[None]]


class AmiLink:
    """One PBX. `on_message` and `on_state` are awaited one after another, in the order things happened."""

    def __init__(
        self,
        config: AmiLinkConfig,
        clock: Clock,
        on_message: OnMessage,
        on_state: OnState,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._config = config
        self._clock = clock
        self._on_message = on_message
        self._on_state = on_state
        self._chance = chance
        self._log = log.bind(pbx=config.pbx)
        self._state = LinkState(phase=Phase.DOWN, since=clock.now(), reason="not started")
        self._queue: deque[tuple[Frame, datetime] | LinkState] = deque()
        self._arrived = asyncio.Event()
        self._dropped = 0
        self._connection: Connection | None = None
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._denied: set[str] = set()
        self._told: tuple[Phase, str | None] | None = None
        check("Username", config.username)
        check("Secret", config.secret)

    @property
    def state(self) -> LinkState:
        return self._state

    @property
    def waiting(self) -> int:
        """Messages the consumer has not taken yet."""
        return len(self._queue)

    async def start(self) -> None:
        """Begin in the background; returns at once. A second time, or after `close`: RuntimeError."""
        if self._closed or self._task is not None:
            raise RuntimeError("an AMI link is started once; make a new one")
        self._task = asyncio.create_task(self.run())

    async def run(self) -> None:
        """Connect and deliver until cancelled: for a supervisor, who may run it again after a failure."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._deliver())
                group.create_task(self._stay_connected())
        finally:
            self._hang_up()

    async def close(self) -> None:
        """End for good: nothing reconnects, pending actions are answered, undelivered messages dropped."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._hang_up()
        self._state = LinkState(phase=Phase.DOWN, since=self._clock.now(), reason="closed")

    async def action(
        self,
        name: str,
        fields: Mapping[str, Value] | None = None,
        *,
        timeout_s: float = 5.0,
        list_end: str | None = None,
    ) -> ActionAnswer:
        """Send an action once and give its answer; with `list_end` (the completing event) the whole list.

        Raises UnsafeValue only; everything the PBX or the network does is an answer.
        """
        if self._state.phase not in OPEN or self._connection is None:
            return ActionAnswer(ok=False, message=f"the PBX link is {self._state.phase}", sent=False)
        answer = await self._ask(self._connection, name, fields or {}, timeout_s, list_end)
        if answer.message == DENIED and name not in self._denied:
            self._denied.add(name)
            self._log.error("the PBX refused an action", action=name, cure=self._config.cure_for_right(name))
        return answer

    async def snapshot_messages(self) -> Snapshot:
        """What is live in the PBX now, all within `snapshot_within_s`. Not ok: ask again after the next LIVE.

        An account that may not ask makes the link REFUSED: a gateway that cannot see the calls must say so.
        """
        begun_at, limit_s = self._clock.now(), self._config.snapshot_within_s

        async def ask(action: str, fields: Mapping[str, str], list_end: str) -> ActionAnswer:
            return await self.action(action, fields, timeout_s=limit_s, list_end=list_end)

        try:
            messages = await within(self._clock, limit_s, take_inventory(ask))
        except TimeoutError:
            return Snapshot(ok=False, message=f"no snapshot within {limit_s:g} s", begun_at=begun_at)
        except SnapshotRefused as refused:
            if refused.denied:
                self._enter(Phase.REFUSED, str(refused), self._config.cure_for_right(refused.action))
                self._hang_up()
            return Snapshot(ok=False, message=str(refused), begun_at=begun_at)
        return Snapshot(ok=True, message="", begun_at=begun_at, messages=messages)

    # Connecting

    async def _stay_connected(self) -> None:
        attempt = 0
        while True:
            began = self._clock.monotonic()
            await self._one_connection()
            if self._state.phase is Phase.REFUSED:
                await self._clock.sleep(self._config.refused_retry_s)
                continue
            if self._clock.monotonic() - began > self._config.retry_most_s:
                attempt = 0
            await self._clock.sleep(self._pause(attempt))
            attempt += 1

    def _pause(self, attempt: int) -> float:
        longest = min(self._config.retry_most_s, self._config.retry_first_s * 2.0 ** min(attempt, 20))
        return longest * (0.5 + self._chance() / 2)

    async def _one_connection(self) -> None:
        """From the first byte to the last; leaves the state DOWN or REFUSED."""
        self._lost.clear()
        self._connection = connection = Connection(
            LinkProtocol(
                now=self._clock.now, on_frame=self._take, on_lost=self._lost.set, drop=self._config.drop
            )
        )
        try:
            if await self._open(connection) and await self._log_in(connection):
                await self._keep_alive(connection)
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _open(self, connection: Connection) -> bool:
        config = self._config
        self._enter(Phase.CONNECTING)
        try:
            await within(self._clock, config.connect_within_s, connection.open(config.host, config.port))
        except TimeoutError:
            self._enter(
                Phase.DOWN, f"no connection within {config.connect_within_s:g} s", config.cure_for_way
            )
            return False
        except (OSError, UnicodeError) as error:
            self._enter(Phase.DOWN, f"no connection: {error}", config.cure_for_way)
            return False
        return True

    async def _log_in(self, connection: Connection) -> bool:
        config = self._config
        self._enter(Phase.LOGGING_IN)
        account = {"Username": config.username, "Secret": config.secret, "Events": "on"}
        answer = await self._ask(connection, "Login", account, config.login_within_s, None)
        if answer.ok:
            self._dropped = 0
            self._enter(Phase.LIVE)
            return True
        if answer.fields:
            self._enter(
                Phase.REFUSED, f"the PBX refused the login: {answer.message}", config.cure_for_account
            )
        else:
            self._enter(Phase.DOWN, f"no answer to the login: {answer.message}", config.cure_for_way)
        return False

    async def _keep_alive(self, connection: Connection) -> None:
        """Ping until the link is lost or a pong stays out."""
        config = self._config
        while not self._lost.is_set():
            with suppress(TimeoutError):
                await within(self._clock, config.ping_every_s, self._lost.wait())
                break
            answer = await self._ask(connection, "Ping", {}, config.ping_within_s, None)
            if not answer.ok and not self._lost.is_set():
                self._enter(Phase.DOWN, f"no pong within {config.ping_within_s:g} s", config.cure_for_way)
                return
        if self._state.phase is not Phase.REFUSED:
            self._enter(Phase.DOWN, "the PBX closed the connection")

    async def _ask(
        self,
        connection: Connection,
        name: str,
        fields: Mapping[str, Value],
        timeout_s: float,
        list_end: str | None,
    ) -> ActionAnswer:
        ask = connection.send(name, fields, list_end)
        if ask is None:
            return ActionAnswer(ok=False, message="no connection, or too many actions unanswered", sent=False)
        try:
            return await within(self._clock, timeout_s, _result(ask.future))
        except TimeoutError:
            return ActionAnswer(ok=False, message=f"no answer within {timeout_s:g} s")
        finally:
            connection.forget(ask)

    # Between reader and consumer

    def _take(self, frame: Frame) -> None:
        """A message from the PBX; never waits."""
        if self._state.phase is Phase.UNCONFIRMED or len(self._queue) >= self._config.queue_size:
            if self._state.phase is not Phase.UNCONFIRMED:
                self._enter(Phase.UNCONFIRMED, f"more than {self._config.queue_size} messages behind")
            self._dropped += 1
            return
        self._queue.append((frame, self._clock.now()))
        self._arrived.set()

    def _enter(self, phase: Phase, reason: str | None = None, cure: str | None = None) -> None:
        self._state = LinkState(phase=phase, since=self._clock.now(), reason=reason, cure=cure)
        self._tell(phase, reason, cure)
        full = len(self._queue) >= self._config.queue_size
        if full and isinstance(self._queue[-1], LinkState):
            self._queue.pop()  # a stuck consumer needs the newest state only
        self._queue.append(self._state)
        self._arrived.set()

    def _tell(self, phase: Phase, reason: str | None, cure: str | None) -> None:
        """Log what changed; the same trouble again and again is said once."""
        if phase in (Phase.CONNECTING, Phase.LOGGING_IN) or (phase, reason) == self._told:
            return
        self._told = (phase, reason)
        write = self._log.info if phase is Phase.LIVE else self._log.error
        write("the PBX link changed", phase=str(phase), reason=reason, cure=cure)

    async def _deliver(self) -> None:
        while True:
            await self._arrived.wait()
            while self._queue:
                await self._deliver_one(self._queue.popleft())
            self._arrived.clear()
            if self._state.phase is Phase.UNCONFIRMED:
                dropped, self._dropped = self._dropped, 0
                self._enter(Phase.LIVE, f"{dropped} messages were dropped")

    async def _deliver_one(self, item: tuple[Frame, datetime] | LinkState) -> None:
        """A fault in the consumer costs one message, not the link."""
        try:
            if isinstance(item, LinkState):
                await self._on_state(item)
            else:
                frame, at = item
                await self._on_message(parse(frame.raw, at, frame.fault))
        except Exception:  # noqa: BLE001
            self._log.exception("a message from the PBX could not be handled")


async def _result(future: asyncio.Future[ActionAnswer]) -> ActionAnswer:
    return await future
