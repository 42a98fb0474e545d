"""What people ask to have a caller handed over, called back or supervised, and what they are shown of it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.calls.handing import HandOverKind, MoveState, ReferralState, TargetKind, Whom, Why
from gateway.desk.directory import Opening
from gateway.triage.model import EmergencyPartner, VetoCode
from gateway.web.schema import Incoming, Outgoing

Position = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,32}$")]
Number = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{3,32}$")]


class MovingRequest(Incoming):
    """The same `request_id` gets the same answer. `expected_rev`: what the person saw, null for any."""

    request_id: UUID
    expected_rev: Annotated[int, Field(ge=0)] | None = None


class HandOverRequest(MovingRequest):
    """`target`: a code of the directory (labour_bureau, fire_119, other_110.east) or one of its numbers.

    Refused with `danger_unconfirmed` where a danger stands and the target is a department, with
    `target_closed` where nobody is there now: asked again with `confirm_danger` or `confirm_closed`, it is
    done.
    """

    kind: HandOverKind
    target: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    confirm_danger: bool = False
    confirm_closed: bool = False


class CallBackRequest(MovingRequest):
    """Ring the caller again, or `whom` else for the call: the desk's phone first. `number` null: the
    call-back number of the call. `position` null: the phone of the desk one sits at. `confirm_danger`:
    where the caller may hide, a ringing phone may betray them (`ringing_unconfirmed`)."""

    number: Number | None = None
    position: Position | None = None
    confirm_danger: bool = False
    whom: Whom = Whom.CALLER


class SupervisionRequest(MovingRequest):
    """listen, whisper (the call-taker alone hears the supervisor), join (all do), take_over (joins, then the
    call-taker is let go): of a supervisor. escalate: a call-taker calls one, who then hears the call and
    speaks with the call-taker alone. `position` null: the phone one sits at; of escalate, the first of the
    directory's supervisors.
    """

    kind: Literal["listen", "whisper", "join", "take_over", "escalate"]
    position: Position | None = None


class ReferralShown(Outgoing):
    """One hand-over. `why`, `why_zh`, `why_en`: why it went so; `fault`: why the last step was not done.
    `may_complete`, `may_cancel`: what can be asked of it now."""

    n: int
    kind: HandOverKind
    target: str
    number: str
    target_kind: TargetKind
    state: ReferralState
    by: str
    at: AwareDatetime
    changed_at: AwareDatetime
    why: Why | None
    why_zh: str | None
    why_en: str | None
    fault: Why | None
    fault_zh: str | None
    fault_en: str | None
    dangers: list[VetoCode]
    may_complete: bool
    may_cancel: bool


class CallBackShown(Outgoing):
    """`call`: the call that it became, a part of this one's record."""

    n: int
    number: str
    position: str
    state: MoveState
    by: str
    at: AwareDatetime
    changed_at: AwareDatetime
    why: Why | None
    why_zh: str | None
    why_en: str | None
    call: str | None
    whom: Whom


TakingStep = Literal["room", "rings", "entering", "yours", "released", "not_released", "failed"]


class SupervisionShown(Outgoing):
    """`step`: of a take-over alone. room: caller and call-taker are brought into a room; rings: the
    supervisor's phone; entering: it was picked up; yours: the supervisor is with the caller, the call-taker
    is being let go; released: the call-taker is gone; not_released: still there, `release` says why; failed:
    nothing has changed for the caller. `there`: the positions that are with the caller now.
    """

    n: int
    kind: Literal["listen", "whisper", "join", "take_over", "escalate"]
    position: str
    state: MoveState
    by: str
    at: AwareDatetime
    changed_at: AwareDatetime
    why: Why | None
    why_zh: str | None
    why_en: str | None
    step: TakingStep | None
    there: list[str]
    release: Why | None
    release_zh: str | None
    release_en: str | None


class HandingShown(Outgoing):
    """All that moves people in one call. `proposed`: partners to call in at once, because of `dangers`; a
    hand-over to a department then needs `confirm_danger`. `desk`: who speaks with the caller and can pass on;
    null: nobody. `callback_of`: the call that this one calls back.
    """

    dangers: list[VetoCode]
    proposed: list[EmergencyPartner]
    desk: str | None
    in_room: bool
    outgoing: bool
    callback_of: str | None
    callback_number: str | None
    referrals: list[ReferralShown]
    callbacks: list[CallBackShown]
    supervisions: list[SupervisionShown]


class Moved(Outgoing):
    """`n`: the number of what was asked for, within its call. `handing`: as it stands now; what follows comes
    as news of kind `handing`."""

    outcome: Literal["accepted"]
    rev: int
    n: int
    handing: HandingShown


class DutyShown(Outgoing):
    """The duty phone of a department that is closed."""

    number: str
    who_zh: str | None
    who_en: str | None


class EntryShown(Outgoing):
    """One entry of the directory. `open` now, until `until`; closed: `opening` says why (a holiday by its
    name), `duty` which phone of its own answers, else `instead` who takes it. `dial`: the number that is
    dialled."""

    code: str
    kind: TargetKind
    name_zh: str
    name_en: str
    dial: str
    numbers: list[str]
    duties_zh: str | None
    duties_en: str | None
    hours: list[str]
    open: bool
    opening: Opening
    until: AwareDatetime | None
    holiday_zh: str | None
    holiday_en: str | None
    duty: DutyShown | None
    instead: str | None


class DirectoryShown(Outgoing):
    """In the order of the file. `supervisors`: phones that escalate rings. `fault`: why the newest file is
    not in use."""

    items: list[EntryShown]
    supervisors: list[str]
    fault: str | None
    server_time: AwareDatetime
