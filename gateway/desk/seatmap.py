"""Positions as pages show them: plain JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.desk.board import stamp
from gateway.desk.hall import HallState
from gateway.desk.positions import PauseOrder, ShiftNote, presence, seat_at


def listed(state: HallState, named: Mapping[str, str]) -> Sequence[dict[str, Any]]:
    """Every position of the site: the configured ones in their order, else all members of the queues; and
    wherever somebody sits. `named`: extension to name."""
    known = list(named) or sorted(desk.agent for desk in state.desks)
    seats = sorted(seat.position for seat in state.seats)
    return [shown(state, position, named) for position in dict.fromkeys((*known, *seats))]


def shown(state: HallState, position: str, named: Mapping[str, str]) -> dict[str, Any]:
    desk = next((desk for desk in state.desks if desk.agent == position), None)
    seat = seat_at(state, position)
    order = next((each for each in state.orders if each.agent == position), None)
    return {
        "position": position,
        "name": named.get(position, ""),
        "pbx": desk.pbx if desk else None,
        "state": presence(state, position),
        "since": stamp(desk.since) if desk else None,
        "reason": desk.reason if desk else None,
        "user": seat.user if seat else None,
        "display_name": seat.display_name if seat else None,
        "seated_at": stamp(seat.since) if seat else None,
        "wrapping": list(seat.wrapping) if seat else [],
        "order": _order(order) if order else None,
    }


def notes(state: HallState, position: str | None) -> list[dict[str, Any]]:
    """What was left for whoever sits there."""
    return [_note(note) for note in state.notes if note.position == position]


def touched(signal: Any, events: Iterable[Any]) -> list[str]:
    """Positions that look different after `signal`."""
    named = [getattr(signal, name, None) for name in ("agent", "position", "to")]
    return list(dict.fromkeys(filter(None, (*named, *(getattr(event, "agent", None) for event in events)))))


def _order(order: PauseOrder) -> dict[str, Any]:
    return {"paused": order.paused, "reason": order.reason, "by": order.by, "fault": order.fault}


def _note(note: ShiftNote) -> dict[str, Any]:
    return {
        "position": note.position, "by": note.by, "at": stamp(note.at), "text": note.text,
        "calls": list(note.calls),
    }  # fmt: skip
