"""The course of one call, read off channels and bridges: who joins and leaves, is passed on, lets go first.

Nothing here rests on a dialplan's wording. Who speaks with the caller is who shares a bridge with the
caller; a transfer is what the PBX announced, or a caller's leg that left its bridge for another extension;
who hung up is whose leg asked for it first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from gateway.calls.model import EndReason, PartyRole, ReleasedBy, TransferKind, TransferResult
from gateway.calls.signals import (
    CallAbandoned,
    CallEnded,
    CallHeld,
    CallQueued,
    CallResumed,
    CallSignal,
    ConferenceJoined,
    DeskRang,
    DeskStoppedRinging,
    PartyJoined,
    PartyLeft,
    TransferEnded,
    TransferStarted,
)
from gateway.ids import CallId
from gateway.pbx.shape import PbxShape, endpoint, is_dialled, number_in
from gateway.pbx.view import Channel

FAILURE_CAUSES = frozenset({34, 38, 41, 42, 43, 44, 47, 58, 63})
"""Q.850 causes of a PBX or network that could not carry the call (congestion, out of order, no resources)."""
NO_ANSWER_AFTER = timedelta(seconds=10)
"""A consultation that was let ring so long was not answered; one given up earlier was called off."""

ROLE_RELEASES = {PartyRole.CALL_TAKER: ReleasedBy.CALL_TAKER, PartyRole.DEPARTMENT: ReleasedBy.DEPARTMENT}


S = TypeVar("S", bound=CallSignal)


class Moment(NamedTuple):
    """When: arrival here, and the PBX's own time."""

    at: datetime
    source_at: datetime | None
    inferred: bool = False


class Met(NamedTuple):
    """Somebody connected with the caller."""

    role: PartyRole
    number: str
    channel: Channel


@dataclass(slots=True)
class Passing:
    """A transfer under way. `helper` is the Local channel of a consultation, `refused`: its target was busy
    or let it ring, `spoke`: it answered, `since`: when it was begun.
    """

    kind: TransferKind
    target: str
    since: datetime
    helper: str | None = None
    refused: bool = False
    spoke: bool = False


@dataclass(slots=True)
class Course:
    """One live call. Its methods return the signals that follow from what just happened in the PBX."""

    call_id: CallId
    caller: Channel
    shape: PbxShape
    caller_told: bool = False
    agents: dict[str, str] = field(default_factory=dict)
    """Legs the queue has called, with the desk's extension."""
    ringing: dict[str, str] = field(default_factory=dict)
    parties: dict[str, Met] = field(default_factory=dict)
    absent: dict[str, Met] = field(default_factory=dict)
    """Who left the caller's bridge and lives on: a call-taker who consults, for instance."""
    passing: Passing | None = None
    place: tuple[str, str] | None = None
    """Context and extension of the caller when last put somewhere: a queue, a bridge."""
    queued: bool = False
    held: bool = False
    conference: bool = False
    released: ReleasedBy | None = None

    # ---- the queue

    def queue_joined(self, queue: str, position: int | None, moment: Moment) -> list[CallSignal]:
        signals = [signal for uniqueid in list(self.parties) for signal in self._leave(uniqueid, moment)]
        if self.passing is not None:
            came_back = self.passing.target not in self.shape.intake_numbers
            signals += self._passed(TransferResult.FAILED if came_back else TransferResult.COMPLETED, moment)
        self.queued, self.held, self.released = True, False, None
        self.place = (self.caller.context, self.caller.exten)
        return [*signals, self._tell(CallQueued, moment, queue=queue, position=position)]

    def queue_left(self, moment: Moment, *, abandoned: bool) -> list[CallSignal]:
        signals: list[CallSignal] = [self._tell(CallAbandoned, moment)] if abandoned else []
        self.queued = False
        return signals + self._moved_by_ami(moment)

    def desk_called(self, leg: Channel, agent: str, moment: Moment) -> list[CallSignal]:
        self.agents[leg.uniqueid] = agent
        if leg.uniqueid in self.ringing or leg.uniqueid in self.parties:
            return []
        self.ringing[leg.uniqueid] = agent
        return [self._tell(DeskRang, moment, agent=agent)]

    def desk_stopped(self, leg: str, moment: Moment) -> list[CallSignal]:
        agent = self.ringing.pop(leg, None)
        return [self._tell(DeskStoppedRinging, moment, agent=agent)] if agent else []

    def answered(self, leg: Channel, agent: str, moment: Moment) -> list[CallSignal]:
        """The queue connects a desk: the answer, some milliseconds before the bridge."""
        self.agents[leg.uniqueid] = agent
        if self.shape.is_helper(leg.name) or leg.uniqueid in self.parties:
            return []
        self.queued = False
        return self._join(Met(PartyRole.CALL_TAKER, agent, leg), moment)

    # ---- bridges

    def settle(
        self, partners: Iterable[Channel], moment: Moment, *, callers: frozenset[str]
    ) -> list[CallSignal]:
        """Compare who shares the caller's bridge now with who did. `callers`: other calls' callers, no
        parties.
        """
        present = {channel.uniqueid: channel for channel in partners if channel.uniqueid not in callers}
        signals: list[CallSignal] = []
        for uniqueid in [known for known in self.parties if known not in present]:
            signals += self._leave(uniqueid, moment)
        for uniqueid, channel in present.items():
            if uniqueid not in self.parties:
                signals += self._join(self._meet(channel), moment)
        if self.caller.bridge is not None:
            self.place = (self.caller.context, self.caller.exten)
        if len(self.parties) > 1:
            signals += self.conference_joined(self.caller.bridge or "", moment)
        return signals

    def caller_left_bridge(self, moment: Moment) -> list[CallSignal]:
        """The caller's leg left its bridge: hung up, put elsewhere, or left alone."""
        if self.caller.asked or self.caller.cut:
            return []  # the end follows; until then everybody counts as connected
        signals = [signal for uniqueid in list(self.parties) for signal in self._leave(uniqueid, moment)]
        return signals + self._moved_by_ami(moment)

    def conference_joined(self, room: str, moment: Moment) -> list[CallSignal]:
        if self.conference:
            return []
        self.conference = True
        return [self._tell(ConferenceJoined, moment, room=room)]

    def hold(self, leg: str, on: bool, moment: Moment) -> list[CallSignal]:
        if leg not in self.parties or on == self.held:
            return []
        self.held = on
        return [self._tell(CallHeld if on else CallResumed, moment)]

    def _join(self, met: Met, moment: Moment) -> list[CallSignal]:
        signals: list[CallSignal] = []
        passing = self.passing
        if passing is not None and passing.kind in (TransferKind.BLIND, TransferKind.REDIRECT):
            if met.role is PartyRole.DEPARTMENT:
                met = met._replace(number=passing.target)
            signals = self._passed(TransferResult.COMPLETED, moment)
        elif passing is not None and met.role is PartyRole.DEPARTMENT:
            met = met._replace(number=passing.target)
        self.parties[met.channel.uniqueid] = met
        self.ringing.clear()
        self.held, self.released = False, None
        joined = self._tell(PartyJoined, moment, role=met.role, number=met.number, line=met.channel.name)
        return [joined, *signals]

    def _leave(self, uniqueid: str, moment: Moment) -> list[CallSignal]:
        met = self.parties.pop(uniqueid)
        self.absent[uniqueid] = met
        leaves_alone = self.caller.bridge is not None or met.channel.asked
        if not self.parties and self.passing is None and leaves_alone:
            self.released = ReleasedBy.SYSTEM if met.channel.cut else ROLE_RELEASES[met.role]
        return [self._tell(PartyLeft, moment, role=met.role, number=met.number, line=met.channel.name)]

    def _meet(self, channel: Channel) -> Met:
        """Call-taker or department: by the queue, by the desk's number; everybody else is a department."""
        if (known := self.absent.pop(channel.uniqueid, None)) is not None:
            return known
        own = number_in(endpoint(channel.name))
        if (agent := self.agents.get(channel.uniqueid)) is not None:
            return Met(PartyRole.CALL_TAKER, agent, channel)
        if self.shape.is_desk_number(own):
            return Met(PartyRole.CALL_TAKER, own, channel)
        dialled = number_in(channel.dialled or "")
        return Met(PartyRole.DEPARTMENT, dialled if is_dialled(dialled) else own, channel)

    # ---- passing on

    def blind(self, target: str, success: bool, moment: Moment) -> list[CallSignal]:
        moved = self.passing
        if success and moved is not None and (moved.kind, moved.target) == (TransferKind.REDIRECT, target):
            moved.kind = TransferKind.BLIND  # the caller's leg was quicker than the word of its transfer
            return [self._tell(TransferStarted, moment, kind=moved.kind, target=target)]
        signals = self._pass(TransferKind.BLIND, target, moment)
        return signals if success else signals + self._passed(TransferResult.FAILED, moment)

    def consulting(self, leg: Channel, helper: Channel, moment: Moment) -> list[CallSignal]:
        """A call-taker left the caller and speaks with a third party that was dialled through `helper`."""
        if leg.uniqueid not in self.absent or self.passing is not None or self.caller.bridge is None:
            return []
        self.released = None
        target = helper.exten if is_dialled(helper.exten) else number_in(endpoint(helper.name))
        return self._pass(TransferKind.ATTENDED, target, moment, helper=helper.uniqueid)

    def attended(
        self, kind: TransferKind, target: str | None, success: bool, moment: Moment
    ) -> list[CallSignal]:
        """The PBX says how an attended transfer ended."""
        if self.passing is None:
            if not success or not target:
                return []
            signals = self._pass(kind, target, moment)
        else:
            signals = []
            self.passing.kind = kind if success else TransferKind.ATTENDED
        self.released = None
        return signals + self._passed(
            TransferResult.COMPLETED if success else self._broken_off(moment), moment
        )

    def helper_gone(self, helper: str, moment: Moment) -> list[CallSignal]:
        """The consultation is over without a transfer."""
        if self.passing is None or self.passing.helper != helper:
            return []
        return self.consultation_over(moment)

    def consultation_over(self, moment: Moment) -> list[CallSignal]:
        """Who is with the caller now tells how it ended."""
        roles = {met.role for met in self.parties.values()}
        if self.passing is None or PartyRole.DEPARTMENT not in roles:
            return self._passed(self._broken_off(moment), moment)
        if PartyRole.CALL_TAKER in roles:
            self.passing.kind = TransferKind.THREEWAY
        return self._passed(TransferResult.COMPLETED, moment)

    def consulted(self, helper: str) -> None:
        """The far half of a consultation's Local channel is bridged: the third party answered."""
        if self.passing is not None and self.passing.helper == helper:
            self.passing.spoke = True

    def refused(self, helper: str | None) -> None:
        """The third party of a consultation was busy, did not answer or does not exist."""
        if self.passing is not None and helper is not None and self.passing.helper == helper:
            self.passing.refused = True

    def department_done(self, moment: Moment) -> list[CallSignal]:
        """The dialplan says that nobody answered there."""
        if self.passing is None or self.passing.kind not in (TransferKind.BLIND, TransferKind.REDIRECT):
            return []
        return self._passed(TransferResult.FAILED, moment)

    def _broken_off(self, moment: Moment) -> TransferResult:
        """Failed: the target was busy, or rang long and did not answer. Else the call-taker called it off."""
        passing = self.passing
        if passing is None or passing.refused:
            return TransferResult.FAILED
        rang = (moment.source_at or moment.at) - passing.since
        unanswered = not passing.spoke and rang >= NO_ANSWER_AFTER
        return TransferResult.FAILED if unanswered else TransferResult.CANCELLED

    def _moved_by_ami(self, moment: Moment) -> list[CallSignal]:
        """The caller's leg turns up at another number than it was put at, and no transfer explains it."""
        before, now = self.place, (self.caller.context, self.caller.exten)
        if before is None or self.passing is not None or self.caller.asked or self.caller.cut:
            return []
        if now == before or not is_dialled(now[1]):
            return []
        self.released = None
        return self._pass(TransferKind.REDIRECT, now[1], moment)

    def _pass(
        self, kind: TransferKind, target: str, moment: Moment, *, helper: str | None = None
    ) -> list[CallSignal]:
        if self.passing is not None and (self.passing.kind, self.passing.target) == (kind, target):
            return []
        signals = self._passed(TransferResult.FAILED, moment) if self.passing is not None else []
        self.passing = Passing(kind, target, moment.source_at or moment.at, helper)
        return [*signals, self._tell(TransferStarted, moment, kind=kind, target=target)]

    def _passed(self, result: TransferResult, moment: Moment) -> list[CallSignal]:
        passing, self.passing = self.passing, None
        if passing is None:
            return []
        return [self._tell(TransferEnded, moment, kind=passing.kind, target=passing.target, result=result)]

    # ---- the end

    def asked_to_hang_up(self, leg: Channel) -> None:
        """A far end hung up. The caller's counts at once; a party's when it leaves the caller alone."""
        leg.asked = True
        if leg is self.caller and self.released is None:
            self.released = ReleasedBy.CALLER

    def cut_off(self, leg: Channel) -> None:
        """The PBX ends a leg by itself, unless its far end asked for it before."""
        if leg.asked:
            return
        leg.cut = True
        if leg is self.caller and self.released is None:
            self.released = ReleasedBy.SYSTEM

    def ended(self, cause: int | None, moment: Moment) -> CallEnded:
        released = self.released or ReleasedBy.SYSTEM
        if self.caller.missed == "CANCEL" and not self.parties:
            released = ReleasedBy.CALL_TAKER  # of a call that we made: the desk hung up before the answer
        failed = released is ReleasedBy.SYSTEM and cause in FAILURE_CAUSES
        return self._tell(
            CallEnded, moment, released_by=released, cause=cause, reason=EndReason.FAILED if failed else None
        )

    def lost(self, moment: Moment) -> CallEnded:
        """The PBX is gone, and nobody can say how this call ended."""
        return self._tell(CallEnded, moment, released_by=ReleasedBy.SYSTEM, cause=None, reason=EndReason.LOST)

    def _tell(self, signal: type[S], moment: Moment, **facts: Any) -> S:
        return signal(
            call_id=self.call_id, at=moment.at, source_at=moment.source_at, inferred=moment.inferred, **facts
        )
