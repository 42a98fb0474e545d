"""Bodies of the API of positions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from gateway.desk.positions import MAX_NOTE_CALLS, MAX_NOTE_CHARS
from gateway.web.schema import Incoming, Outgoing, Position

CallName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SeatBody(Incoming):
    """`position` null: get up. `take_over`: whoever sits there is gone."""

    request_id: UUID
    position: Position | None
    take_over: bool = False


class PauseBody(Incoming):
    request_id: UUID
    paused: bool
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)] = ""


class HandOverBody(Incoming):
    """`to`: the position whose next person is told; `calls`: open cards that pass to it."""

    request_id: UUID
    to: Position
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_NOTE_CHARS)] = ""
    calls: Annotated[tuple[CallName, ...], Field(max_length=MAX_NOTE_CALLS)] = ()


class ReadBody(Incoming):
    request_id: UUID


class OrderShown(Outgoing):
    paused: bool
    reason: str
    by: str
    fault: str | None


class PositionShown(Outgoing):
    """`state` as AgentStateChange names it; `wrapping`: ended calls whose cards are open; `order`: a pause
    that the PBX has not confirmed, or refused."""

    position: str
    name: str
    pbx: str | None
    state: str
    since: AwareDatetime | None
    reason: str | None
    user: str | None
    display_name: str | None
    seated_at: AwareDatetime | None
    wrapping: list[str]
    order: OrderShown | None


class NoteShown(Outgoing):
    position: str
    by: str
    at: AwareDatetime
    text: str
    calls: list[str]


class PositionList(Outgoing):
    """`notes`: what was left for the reader's own position."""

    items: list[PositionShown]
    notes: list[NoteShown]


class PassedOn(Outgoing):
    """`not_passed`: calls whose card did not pass, and why (a code)."""

    outcome: str
    not_passed: dict[str, str]
