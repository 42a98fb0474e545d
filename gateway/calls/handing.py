"""People moved on a person's word, as the call remembers it: hand-overs, call-backs, a supervisor's ears.

A `Move` is one action that the PBX is asked for once; a `Referral` is a hand-over from the key being pressed
to its end, whatever moves that takes. Both are small and few: a call keeps the newest of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.ids import CallId
from gateway.triage.model import VetoCode

MAX_REFERRALS = 6
"""Hand-overs kept in the state; beyond, the oldest that is over is forgotten here (its events are published
and journaled). More than this under way are refused.
"""
MAX_MOVES = 7
"""Actions kept in the state, forgotten like hand-overs."""
MAX_CALL_BACKS = 3
"""Of them those that rang somebody for the call; what became a call is found by that call. More under way are
refused."""


class HandOverKind(StrEnum):
    """blind: the call-taker lets go at once; attended: it speaks with the target first, the caller waits;
    threeway: caller, call-taker and target in one room."""

    BLIND = "blind"
    ATTENDED = "attended"
    THREEWAY = "threeway"


class TargetKind(StrEnum):
    """department: takes what is not the police's; partner: 119, 120, 122, another city's 110."""

    DEPARTMENT = "department"
    PARTNER = "partner"


class ReferralState(StrEnum):
    """ASKED: saved, not yet sent; SENT: the PBX has taken it; RINGING: the target rings; ANSWERED: it speaks,
    in an attended hand-over with the call-taker alone. COMPLETED: the call-taker has left the two; REFUSED:
    the PBX or the target would not; NO_ANSWER: it rang in vain; RETURNED: the caller is back with a
    call-taker or before all others in the queue; CANCELLED: the caller hung up first; UNKNOWN: the gateway
    stopped in the middle, or the PBX said no more of it: look, then press again.
    """

    ASKED = "asked"
    SENT = "sent"
    RINGING = "ringing"
    ANSWERED = "answered"
    COMPLETED = "completed"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why a hand-over, call-back or supervision went as it did."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DEAD_NUMBER = "dead_number"
    """Nobody has this number, or no line leads there."""
    PBX_DOWN = "pbx_down"
    PBX_REFUSED = "pbx_refused"
    LEG_GONE = "leg_gone"
    """The leg that was to be moved had hung up."""
    DESK_NO_ANSWER = "desk_no_answer"
    """The phone that was to ring first was not picked up."""
    CALLED_OFF = "called_off"
    CALLER_GONE = "caller_gone"
    REACHED = "reached"
    NOT_SEEN = "not_seen"
    """The PBX took it and told no more in time, or the gateway stopped before it answered."""


class MoveKind(StrEnum):
    """BLIND, CONSULT: transfers of the call-taker's leg. REDIRECT: the caller's leg alone, out of a room.
    CONFERENCE: caller and call-taker into a room; INVITE: the target into it. LET_GO: the call-taker's leg
    ends, the others speak on. CALL_OFF: back from a consultation; FETCH_BACK: the caller before all others
    into the queue; DROP: the invited leg ends. CALL_BACK: desk first, then the caller, or whoever else is
    rung for the call. LISTEN, WHISPER, JOIN,
    TAKE_OVER, ESCALATE: a supervisor's phone; the call-taker is let go once who takes over is there, and the
    last is on the call-taker's word. PROMPT: a leg that asks the caller alone to press a key; HUSH: it ends.
    """

    BLIND = "blind"
    REDIRECT = "redirect"
    CONSULT = "consult"
    CONFERENCE = "conference"
    INVITE = "invite"
    LET_GO = "let_go"
    CALL_OFF = "call_off"
    FETCH_BACK = "fetch_back"
    DROP = "drop"
    CALL_BACK = "call_back"
    LISTEN = "listen"
    WHISPER = "whisper"
    JOIN = "join"
    TAKE_OVER = "take_over"
    """Joins, and the call-taker is let go once the supervisor is there."""
    ESCALATE = "escalate"
    PROMPT = "prompt"
    HUSH = "hush"


class MoveState(StrEnum):
    """ASKED: saved, owed to the PBX; SENT: it has taken it; LIVE: the leg it made is up; ENDED: that leg is
    gone; REFUSED: not done; UNKNOWN: nobody can say, press again."""

    ASKED = "asked"
    SENT = "sent"
    LIVE = "live"
    ENDED = "ended"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Whom(StrEnum):
    """Whom a call-taker rings for a call; the number itself may be anybody's."""

    CALLER = "caller"
    WITNESS = "witness"
    PARTNER = "partner"
    DEPARTMENT = "department"
    OTHER = "other"


JOINING = frozenset({MoveKind.JOIN, MoveKind.TAKE_OVER})
SUPERVISION = JOINING | {MoveKind.LISTEN, MoveKind.WHISPER, MoveKind.ESCALATE}
"""Moves that bring a supervisor to a call."""
WITH_LEG = SUPERVISION | {MoveKind.CALL_BACK, MoveKind.INVITE, MoveKind.PROMPT}
"""Moves that make a leg of their own; its id tells the move (`leg_id`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """To whom a caller is handed over: an entry of the site's directory. `code` names it, `number` is
    dialled."""

    code: str
    number: str
    kind: TargetKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """One hand-over. `n` counts within the call and names it in the API and in events."""

    n: int
    kind: HandOverKind
    target: Target
    by: str
    at: datetime
    line: str
    """The leg of the call-taker who passes on."""
    state: ReferralState = ReferralState.ASKED
    changed_at: datetime
    why: Why | None = None
    fault: Why | None = None
    """Why the last step that was asked for (completing, calling off) was not done; the hand-over stands."""
    dangers: tuple[VetoCode, ...] = ()
    """Dangers that stood when it was asked for; a department is called in spite of them only if confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One action for the PBX, with the legs as they were when it was asked for: never computed anew, so it is
    never sent a second time in another form."""

    n: int
    kind: MoveKind
    by: str
    at: datetime
    referral: int | None = None
    line: str = ""
    """The leg that is moved, left or spied on."""
    beside: str = ""
    """The second leg that goes into the room."""
    number: str = ""
    """Who is dialled."""
    position: str = ""
    """The phone that rings first: the desk of a call-back, a supervisor's."""
    room: str = ""
    shown: str = ""
    """The number that the phone which rings shows."""
    state: MoveState = MoveState.ASKED
    changed_at: datetime
    why: Why | None = None
    call: CallId | None = None
    """The call that a call-back became."""
    whom: Whom = Whom.CALLER
    pbx: str = ""
    """Whose phone rings, where that is not the call's own PBX: a record has none."""


_UNDER_WAY = frozenset(
    {ReferralState.ASKED, ReferralState.SENT, ReferralState.RINGING, ReferralState.UNKNOWN}
)


def under_way(referral: Referral) -> bool:
    """Its end is not known: the same target is not asked a second time. Once asked of an unknown outcome a
    person may press again."""
    consulting = referral.kind is HandOverKind.ATTENDED and referral.state is ReferralState.ANSWERED
    return referral.state in _UNDER_WAY or consulting


def leg_id(n: int, uniqueid: str) -> str:
    """The unique id of the leg that a call's move makes: whose it is can be read off it."""
    return f"move{n}-{uniqueid}"


RINGS_FOR = "intake110-callback"
"""The dialplan's context in which a desk's phone is, once picked up, while it rings somebody for a call."""


def move_of(leg: str) -> tuple[int, str] | None:
    """(move, uniqueid of the call's caller) of a leg made by a move; None: it was not."""
    head, dash, uniqueid = leg.partition("-")
    number = head.removeprefix("move")
    if not dash or not uniqueid or number == head or not (number.isascii() and number.isdigit()):
        return None
    return (int(number), uniqueid) if len(number) <= 6 else None
