"""Desks and queues of one PBX: who sits there, how many wait. Told only when it changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gateway.calls.hall import AgentChanged, AgentState, HallSignal, QueueChanged
from gateway.pbx.course import Moment
from gateway.pbx.message import AmiMessage
from gateway.pbx.shape import MAX_TEXT, PbxShape, number_in

MAX_DESKS = 2_000
"""Desks remembered; more are not shown (their calls are followed all the same)."""

_STATES = {
    "1": AgentState.IDLE,
    "2": AgentState.BUSY,
    "3": AgentState.BUSY,
    "6": AgentState.RINGING,
    "7": AgentState.BUSY,
    "8": AgentState.BUSY,
}
"""Asterisk's device states; 0 unknown, 4 invalid and 5 unavailable are out of reach."""


@dataclass(slots=True)
class Desks:
    pbx: str
    shape: PbxShape
    states: dict[str, tuple[AgentState, str | None]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    """Desks whose state has been told at least once: a free one is news too when it is first heard of."""
    interfaces: dict[str, str] = field(default_factory=dict)
    """By extension, what the queues call the phone: by that name a member is paused."""
    waiting: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """Queue, then the waiting legs by uniqueid with the time they joined."""

    def is_desk(self, number: str) -> bool:
        """A member of a queue, or a number that looks like a desk's."""
        return number in self.states or self.shape.is_desk_number(number)

    def learn(self, message: AmiMessage) -> str:
        """The desk's extension out of a queue's message."""
        agent = number_in(
            message.get("Interface") or message.get("Location") or message.get("MemberName") or ""
        )
        if agent and agent not in self.states and len(self.states) < MAX_DESKS:
            self.states[agent] = (AgentState.IDLE, None)
        if agent in self.states and (interface := message.get("Interface") or message.get("Location")):
            self.interfaces[agent] = interface[:MAX_TEXT]
        return agent

    def rang(self, agent: str, moment: Moment) -> list[HallSignal]:
        return self._changed(agent, AgentState.RINGING, None, moment)

    def member(self, message: AmiMessage, moment: Moment) -> list[HallSignal]:
        """QueueMemberStatus, …Pause, …Added, …Removed, or an item of QueueStatus."""
        agent = self.learn(message)
        if not agent:
            return []
        reason = (message.get("PausedReason") or "")[:MAX_TEXT] or None
        if message.event == "QueueMemberRemoved":
            return self._changed(agent, AgentState.AWAY, None, moment)
        if message.get("Paused") == "1":
            return self._changed(agent, AgentState.PAUSED, reason, moment)
        state = _STATES.get(message.get("Status") or "", AgentState.UNREACHABLE)
        before = self.states.get(agent, (None, None))[0]
        if state is AgentState.BUSY and before is AgentState.RINGING and message.get("InCall") == "0":
            state = AgentState.RINGING  # a phone that counts as busy while it rings
        return self._changed(agent, state, None, moment)

    def _changed(self, agent: str, state: AgentState, reason: str | None, moment: Moment) -> list[HallSignal]:
        if not any(letter.isdigit() for letter in agent):
            return []  # a member without an extension, as the automatic desk of test calls: nobody sits there
        known = agent in self.told and self.states.get(agent) == (state, reason)
        if known or (agent not in self.states and len(self.states) >= MAX_DESKS):
            return []
        self.states[agent] = (state, reason)
        self.told.add(agent)
        return [
            AgentChanged(
                pbx=self.pbx,
                at=moment.at,
                source_at=moment.source_at,
                inferred=moment.inferred,
                agent=agent,
                state=state,
                paused_reason=reason,
            )
        ]

    def queue_moved(self, message: AmiMessage, queue: str, leg: str, moment: Moment) -> list[HallSignal]:
        """A caller joined or left: how many wait now, and how long the first has."""
        now = moment.source_at or moment.at
        waiting = self.waiting.setdefault(queue, {})
        if message.event == "QueueCallerJoin":
            waiting[leg] = now
        else:
            waiting.pop(leg, None)
        count = message.get("Count") or ""
        first = min(waiting.values(), default=None)
        return [
            QueueChanged(
                pbx=self.pbx,
                at=moment.at,
                source_at=moment.source_at,
                inferred=moment.inferred,
                queue=queue,
                waiting=int(count)
                if count.isascii() and count.isdigit() and len(count) < 7
                else len(waiting),
                longest_wait_ms=max(0, round((now - first).total_seconds() * 1000)) if first else None,
            )
        ]
