"""One PBX's stream into the loop: the link's messages become signals; after every gap the snapshot says what
is live."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid4

import structlog

from gateway.calls.effects import MovePeople, StartTap
from gateway.calls.hall import PbxChanged, PbxState
from gateway.calls.handing import Why
from gateway.calls.model import CallSession
from gateway.calls.signals import CallSignal
from gateway.clock import Clock
from gateway.pbx.account import AmiLinkConfig, LinkState, Phase, UnsafeValue
from gateway.pbx.actions.canary import CANARY_OPEN_S, canary
from gateway.pbx.actions.moves import move
from gateway.pbx.actions.queues import pause_member
from gateway.pbx.actions.ranks import name_number
from gateway.pbx.actions.taps import start_tap
from gateway.pbx.gap import GapSources
from gateway.pbx.link import AmiLink
from gateway.pbx.message import AmiMessage
from gateway.pbx.placed import Placed
from gateway.pbx.snapshot import adopt
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
SNAPSHOT_TRIES = 3
SNAPSHOT_AGAIN_S = 1.0
SNAPSHOT_CURE = "give the manager account `reporting` and `agent` in `write`, then `manager reload`"
LOOK_BACK = timedelta(days=1)
"""Calls seized before the gap by so much may still be named in it."""
ALREADY = "UniqueID already in use"
"""The PBX's words when a tap of that id is there: it was asked before, and that is as good as done."""


MOVED_WITHIN_S = 5.0
"""How long the PBX may take to answer an action that moves people; then nobody knows."""
NO_LEG = ("no such channel", "channel does not exist", "channel not found", "channel specified", "not found")
"""In the PBX's words, small letters: the leg has hung up meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """`gateway.runtime.moving.Outcome`: `why` None when the PBX has taken the action."""

    why: Why | None = None
    text: str = ""


class CanaryPlan(Protocol):
    """`gateway.runtime.canary.CanaryPlan`, as far as the PBX is asked."""

    @property
    def endpoint(self) -> str: ...

    @property
    def dial(self) -> str: ...

    @property
    def number(self) -> str: ...

    @property
    def sound(self) -> str: ...


class KnownCalls(Protocol):
    """What the loop and the store know of one PBX's calls."""

    def open(self, pbx: str) -> Sequence[CallSession]:
        """Not ended, as committed last."""
        ...

    async def known(self, pbx: str, since: datetime) -> frozenset[str]:
        """Ids of all calls seized since."""
        ...

    async def last_seen(self, pbx: str) -> datetime | None:
        """Until when this PBX was followed, as far as the journal tells; None: it is empty, and no gap is
        filled."""
        ...


class PbxFeed:
    """`offer` takes the signals, one after another; `on_state` hears how the link is: up, degraded or
    down."""

    def __init__(
        self, link: AmiLinkConfig, *, sources: GapSources, calls: KnownCalls, tap_address: str, clock: Clock,
        offer: Callable[[Any], Awaitable[None]], desk_phones: str = "PJSIP/{}",
    ) -> None:  # fmt: skip
        self._name, self._tap_address, self._clock, self._offer = link.pbx, tap_address, clock, offer
        self._sources, self._calls, self._desk_phones = sources, calls, desk_phones
        self._translator = Translator(sources.site, link.pbx, sources.shape)
        self._link = AmiLink(link, clock, self._message, self._state)
        self.on_state: Callable[[str, LinkState], None] = lambda state, news: None
        self._placed = Placed()
        self.up = False
        """Whether live messages come in and what lives is known; until then no tap is asked for."""
        self._blind_since: datetime | None = None

    async def start(self) -> None:
        self._blind_since = await self._calls.last_seen(self._name)
        await self._link.start()

    async def close(self) -> None:
        await self._link.close()

    async def start_tap(self, effect: StartTap, listener: str) -> str | None:
        """Ask this PBX to send one leg's sound to the listener's host:port; without a host: to this machine,
        as this PBX reaches it. None when it accepted, else why not."""
        host, _, port = listener.rpartition(":")
        try:
            action = start_tap(effect, f"{host or self._tap_address}:{port}")
        except UnsafeValue as error:
            return str(error)
        answer = await self._link.action(action.name, action.fields)
        return None if answer.ok or ALREADY in answer.message else answer.message

    async def move(self, effect: MovePeople) -> Moved:
        """One action that moves people, sent once."""
        try:
            action = move(effect, self._desk_phones)
        except UnsafeValue as error:
            return Moved(why=Why.PBX_REFUSED, text=str(error))
        answer = await self._link.action(action.name, action.wire, timeout_s=MOVED_WITHIN_S)
        if answer.ok:
            unplaced = self._placed.sent(answer.fields.get("ActionID", ""), effect)
            if unplaced is not None:
                await self._offer(unplaced)
            return Moved()
        if not answer.sent:
            return Moved(why=Why.PBX_DOWN, text=answer.message)
        if not answer.fields:
            return Moved(why=Why.NOT_SEEN, text=answer.message)
        gone = any(words in answer.message.lower() for words in NO_LEG)
        return Moved(why=Why.LEG_GONE if gone else Why.PBX_REFUSED, text=answer.message)

    async def pause_desk(self, agent: str, paused: bool, reason: str) -> str | None:
        """Take a desk out of every queue, or put it back; None when this PBX accepted it, else why not."""
        interface = self._translator.desks.interfaces.get(agent)
        if interface is None:
            return f"no queue of this PBX has a member {agent}"
        try:
            action = pause_member(interface=interface, paused=paused, reason=reason)
        except UnsafeValue as error:
            return str(error)
        answer = await self._link.action(action.name, action.fields)
        return None if answer.ok else answer.message

    async def name_number(self, number: str, until: datetime | None) -> str | None:
        """Let this number stand behind the others until then, None: no more; None when this PBX accepted it,
        else why not."""
        try:
            action = name_number(number=number, until=0 if until is None else round(until.timestamp()))
        except UnsafeValue as error:
            return str(error)
        answer = await self._link.action(action.name, action.fields)
        return None if answer.ok else answer.message

    async def place_canary(self, plan: CanaryPlan) -> str | None:
        """Let this PBX ring 110 itself; None when it accepted, else why not. The PBX's clock may be off a
        little."""
        until = round(self._clock.now().timestamp()) + CANARY_OPEN_S
        try:
            steps = canary(
                endpoint=plan.endpoint, dial=plan.dial, number=plan.number, sound=plan.sound,
                call_id=uuid4().hex, open_until=until,
            )  # fmt: skip
        except UnsafeValue as error:
            return str(error)
        for step in steps:
            answer = await self._link.action(step.name, step.fields)
            if not answer.ok:
                return answer.message
        return None

    async def _message(self, message: AmiMessage) -> None:
        for signal in self._translator.feed(message):
            await self._offer(signal)
        gone = self._placed.read(message)
        if gone is not None and not self._translator.knew(message.get("Uniqueid") or ""):
            await self._offer(gone)

    async def _state(self, state: LinkState) -> None:
        """LIVE: messages wait in the link until what lives now and what the gap hid are known."""
        kind, told = PbxState(SERVICE_STATE[state.phase]), state
        if self.up and state.phase is not Phase.LIVE:
            self._blind_since = state.since
        self.up = state.phase is Phase.LIVE and await self._confirm()
        if state.phase is Phase.LIVE and not self.up:
            kind, told = (
                PbxState.DEGRADED,
                replace(state, reason="no snapshot of live calls", cure=SNAPSHOT_CURE),
            )
        if kind is not PbxState.DOWN or state.phase in (Phase.DOWN, Phase.REFUSED):
            await self._offer(
                PbxChanged(pbx=self._name, at=self._clock.now(), state=kind, reason=told.reason)
            )
        self.on_state(kind.value, told)

    async def _confirm(self) -> bool:
        """What happened meanwhile (CEL, CDR, recordings), then what is live (snapshot); all of it
        inferred."""
        for _ in range(SNAPSHOT_TRIES):
            taken = await self._link.snapshot_messages()
            if taken.ok:
                break
            log.warning("no snapshot of live calls", pbx=self._name, reason=taken.message)
            if self._link.state.phase is not Phase.LIVE:
                return False
            await self._clock.sleep(SNAPSHOT_AGAIN_S)
        else:
            return False
        at, open_calls = self._clock.now(), self._calls.open(self._name)
        adopted = adopt(self._translator, taken.messages, open_calls, at, taken.begun_at)
        for signal in (*await self._missed(open_calls, at), *adopted.signals):
            await self._offer(signal)
        return True

    async def _missed(self, open_calls: Sequence[CallSession], at: datetime) -> Sequence[CallSignal]:
        since = self._blind_since
        if since is None:
            return ()
        return await asyncio.to_thread(
            self._sources.fill,
            since=since,
            open_calls=open_calls,
            known=await self._calls.known(self._name, since - LOOK_BACK),
            live=frozenset(self._translator.view.channels),
            at=at,
        )
