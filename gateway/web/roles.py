"""What each role may do, and what it sees of numbers. Nothing is allowed that is not listed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from gateway.logs import mask


class Permission(StrEnum):
    SEE_BOARD = "see_board"
    """Lists of calls and their live news."""
    SEE_CALLS = "see_calls"
    """One call: card, transcript, events."""
    SEE_NUMBERS = "see_numbers"
    """Telephone numbers in full, and search by number."""
    WRITE_CALLS = "write_calls"
    """Dispositions and entries on the card."""
    LISTEN = "listen"
    """Recordings; each opening is journaled with its purpose."""
    SEE_QUALITY = "see_quality"
    """How well calls are heard and judged: shares over many calls, no call's own words."""
    SEE_HEALTH = "see_health"
    """Faults and figures of the services."""


_CALL_WORK = frozenset(Permission)
_P = Permission

ROLES: Mapping[str, frozenset[Permission]] = {
    "call_taker": _CALL_WORK - {_P.SEE_QUALITY},
    "supervisor": _CALL_WORK,
    "duty_leader": _CALL_WORK,
    "auditor": _CALL_WORK - {_P.WRITE_CALLS},
    "rule_operator": frozenset({_P.SEE_BOARD, _P.SEE_CALLS, _P.LISTEN, _P.SEE_QUALITY}),
    "rule_approver": frozenset({_P.SEE_BOARD, _P.SEE_CALLS, _P.LISTEN, _P.SEE_QUALITY}),
    "pbx_administrator": frozenset({_P.SEE_HEALTH}),
    "administrator": frozenset({_P.SEE_HEALTH, _P.SEE_QUALITY}),
    "department": frozenset(),
    "wall": frozenset({_P.SEE_BOARD, _P.SEE_HEALTH}),
    "machine": frozenset(),
}
"""Whoever runs the machines sees no calls, and who works on rules sees calls without numbers."""


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """All that the roles allow together; a role nobody knows allows nothing."""
    return frozenset[Permission]().union(*(ROLES.get(role, frozenset()) for role in roles))


# ---- masking

NUMBER_FIELDS = frozenset({"caller_number", "callback_number", "phone"})
"""Fields of the card whose values are telephone numbers."""
_NUMBER_KEYS = frozenset({"ani", "callback_number"})


def masked_call(summary: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """A line of the board as the reader may see it."""
    shown = dict(summary)
    if Permission.SEE_NUMBERS not in may and shown.get("ani"):
        shown["ani"] = mask(shown["ani"])
    if Permission.SEE_CALLS not in may:
        shown["last_text"] = None
    return shown


def masked_fields(fields: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """Fields of a card, name to values, as the reader may see them."""
    if Permission.SEE_NUMBERS in may:
        return dict(fields)
    return {
        name: [{**value, "value": _masked_list(value["value"])} for value in values]
        if name in NUMBER_FIELDS
        else values
        for name, values in fields.items()
    }


def _masked_list(value: str) -> str:
    """Several numbers of one field stand in one line."""
    return "、".join(map(mask, value.split("、")))


def masked_service(service: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """How a link is; faults and figures are for who may mend them."""
    if Permission.SEE_HEALTH in may:
        return dict(service)
    return {name: service.get(name) for name in ("name", "state", "since")}


def masked_event(data: Any, may: frozenset[Permission]) -> Any:
    """The data of a published event: numbers by key, and card fields that hold numbers."""
    if Permission.SEE_NUMBERS in may:
        return data
    if isinstance(data, list):
        return [masked_event(one, may) for one in data]
    if not isinstance(data, dict):
        return data
    shown = {
        key: mask(value) if key in _NUMBER_KEYS and isinstance(value, str) else masked_event(value, may)
        for key, value in data.items()
    }
    if shown.get("name") in NUMBER_FIELDS and isinstance(shown.get("value"), str):
        shown["value"] = _masked_list(shown["value"])
    return shown
