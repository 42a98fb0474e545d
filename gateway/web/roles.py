"""What each role may do, and what it sees of numbers. Nothing is allowed that is not listed here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.logs import mask
from gateway.web.veil import COVER, Spots, nothing_known, unnumbered, veiled, veiled_segment


class Permission(StrEnum):
    SEE_BOARD = "see_board"
    """Lists of calls and their live news."""
    SEE_CALLS = "see_calls"
    """One call: card, transcript, events."""
    SEE_NUMBERS = "see_numbers"
    """Telephone numbers in full, and search by number."""
    SEE_PLACES = "see_places"
    """Where a caller is, and what moves around it; without it the district, and whose ground it is."""
    WRITE_CALLS = "write_calls"
    """Dispositions and entries on the card."""
    HAND_OVER = "hand_over"
    """Pass callers on, call them back, call a supervisor."""
    SUPERVISE = "supervise"
    """All desks: who sits there, pauses of others, their calls by ear and by word, finished cards again."""
    LISTEN = "listen"
    """Recordings; each opening is journaled with its purpose."""
    SEE_QUALITY = "see_quality"
    """How well calls are heard and judged: shares over many calls, no call's own words."""
    LABEL_CALLS = "label_calls"
    """Say of a call that is over what it was, to teach rules and model; the queue of such calls."""
    SEE_RULES = "see_rules"
    """Rule packs, drafts of them, back-tests, and the test box."""
    EDIT_RULES = "edit_rules"
    """Write a draft of another rule pack, test and submit it."""
    APPROVE_RULES = "approve_rules"
    """Approve what somebody else wrote, run it in shadow, activate it, roll back."""
    SEE_ORDERS = "see_orders"
    """Work orders; who has the role `department` sees those of their own department."""
    WORK_ORDERS = "work_orders"
    """What a department does with an order, or the hall for it: accept, return, answer, dispute, note."""
    WRITE_ORDERS = "write_orders"
    """What the hall does: open, send, reassign, tell the caller, follow up, close."""
    ERASE_CALLS = "erase_calls"
    """Destroy all that tells of a person in a call that is over, on a legal ground; it is journaled."""
    SEE_WALL = "see_wall"
    """The hall's big screen: counts and times, nothing of one call."""
    SEE_HEALTH = "see_health"
    """Faults and figures of the services."""


_P = Permission
_CALL_WORK = frozenset(Permission) - {_P.EDIT_RULES, _P.APPROVE_RULES, _P.ERASE_CALLS}
_RULE_WORK = frozenset({_P.SEE_BOARD, _P.SEE_CALLS, _P.LISTEN, _P.SEE_QUALITY, _P.LABEL_CALLS, _P.SEE_RULES})

ROLES: Mapping[str, frozenset[Permission]] = {
    "call_taker": _CALL_WORK - {_P.SUPERVISE, _P.SEE_QUALITY, _P.LABEL_CALLS, _P.SEE_RULES, _P.SEE_WALL},
    "supervisor": _CALL_WORK,
    "duty_leader": _CALL_WORK | {_P.ERASE_CALLS},
    "auditor": _CALL_WORK
    - {_P.SUPERVISE, _P.WRITE_CALLS, _P.WORK_ORDERS, _P.WRITE_ORDERS, _P.SEE_PLACES, _P.LABEL_CALLS}
    - {_P.HAND_OVER, _P.SEE_WALL},
    "rule_operator": _RULE_WORK | {_P.EDIT_RULES},
    "rule_approver": _RULE_WORK | {_P.APPROVE_RULES},
    "pbx_administrator": frozenset({_P.SEE_HEALTH}),
    "administrator": frozenset({_P.SEE_HEALTH, _P.SEE_QUALITY, _P.SEE_WALL}),
    "department": frozenset({_P.SEE_ORDERS, _P.WORK_ORDERS}),
    "wall": frozenset({_P.SEE_WALL}),
    "machine": frozenset(),
}
"""Whoever runs the machines sees no calls, who works on rules sees calls without numbers and places, and an
auditor sees the district only: one who must see places gets a role of the hall beside it. The wall is read by
whoever comes into the hall: it sees its own page and nothing else.
"""


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """All that the roles allow together; a role nobody knows allows nothing."""
    return frozenset[Permission]().union(*(ROLES.get(role, frozenset()) for role in roles))


class Sight(frozenset[Permission]):
    """What somebody may, who reads at a site whose places are known by name."""

    known: Spots = staticmethod(nothing_known)

    @classmethod
    def of(cls, roles: Iterable[str], known: Spots) -> Sight:
        made = cls(permissions_of(roles))
        made.known = known
        return made


def known_to(may: frozenset[Permission]) -> Spots:
    """Which names of places are covered for this reader beside what looks like one."""
    return may.known if isinstance(may, Sight) else nothing_known


# ---- masking

NUMBER_FIELDS = frozenset({"caller_number", "callback_number", "phone"})
"""Fields of the card whose values are telephone numbers."""
_NUMBER_KEYS = frozenset({"ani", "callback_number", "caller"})

PLACE_FIELDS = frozenset(
    {"address", "address_text", "position", "standard_address", "junctions", "location_note", "direction"}
)
"""Fields of the card, and what extraction calls them, that say where a caller is, or somebody went."""
_OPEN_FIELDS = frozenset(
    {"jurisdiction", "district", "dialed", "department", "name", "next_question", "plate"}
)
"""Fields whose values are no words of the call that could name a spot."""
RECORD_FIELDS = frozenset({"subscriber", "provider", "device", "service", "comment"})
"""Fields of the card out of others' records: they may hold addresses and numbers."""
WRITTEN_FIELDS = frozenset({"summary"})
"""Fields of the card that a person writes freely: places and numbers within are covered."""
_WRITTEN_KEYS = frozenset({"note"})
_PLACE_KEYS = PLACE_FIELDS | {
    *("latitude", "longitude", "altitude_m", "datum", "uncertainty_m", "extent", "points", "wgs84", "gcj02"),
    *("civic", "raw", "uri", "pidf", "distance_m", "trail", "conflicts", "evidence", "place", "spot"),
}
_RECORDS = frozenset({Permission.SEE_PLACES, Permission.SEE_NUMBERS})
"""What others' records of a subscriber or device need."""
_OPEN_KEYS = frozenset(
    {
        *("district", "district_code", "jurisdiction", "department", "unit", "target", "previous"),
        *("by", "actor", "user", "display_name", "to", "confirmed_by", "claimed_by", "seen_by", "ended_by"),
        *("closed_by", "opened_by", "started_by", "viewed_by", "acked_by", "caller_name", "keeper"),
        *("first_receiver", "sent_by", "raised_by"),
    }
)
"""What everybody sees of a place, and names of people and organisations: never covered as a place."""
_OURS = re.compile("(?:.*_)?(?:zh|en)")
"""Keys of sentences that the program or the site's rules wrote beforehand; `_DISTANT` ones say how far."""
_DISTANT = frozenset({"distance_m", "locations"})
_FAULTS = frozenset({"fault", "faults", "reason"})
"""What a source told of a place that it could not give, or we could not read, may quote it."""
_SAID_OTHERWISE = frozenset({"live", "review"})
"""Where two hearings of the same words differ: too little to tell whether it names a place, so all of it."""
_OPEN_OF_FIX = ("location_id", "source", "method", "provided_by", "obtained_at", "district")
_OPEN_OF_DESCRIPTION = ("location_id", "district", "district_code", "jurisdiction", "outside")
_OPEN_OF_QUERY = ("source", "name", "state", "asked_at", "ended_at")


def masked_call(summary: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """A line of the board as the reader may see it."""
    shown = dict(summary)
    if Permission.SEE_NUMBERS not in may and shown.get("ani"):
        shown["ani"] = mask(shown["ani"])
    if Permission.SEE_CALLS not in may:
        shown["last_text"] = None
    if Permission.SEE_PLACES not in may:
        if "location" in shown:
            shown["location"] = shown.get("district")
        if shown.get("last_text"):
            shown["last_text"] = veiled(shown["last_text"], known_to(may))
    return shown


def masked_fields(fields: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """Fields of a card, name to values, as the reader may see them: a place is left out."""
    hidden = (PLACE_FIELDS if Permission.SEE_PLACES not in may else frozenset()) | (
        RECORD_FIELDS if not may >= _RECORDS else frozenset()
    )
    shown = {name: values for name, values in fields.items() if name not in hidden}
    if Permission.SEE_NUMBERS not in may:
        for name in NUMBER_FIELDS & shown.keys():
            shown[name] = [{**value, "value": _masked_list(value["value"])} for value in shown[name]]
    hide = _Hide.of(may)
    return {
        name: [{**value, "value": hide.field(name, value["value"])} for value in values]
        for name, values in shown.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hide:
    """What a reader may not see."""

    places: bool
    numbers: bool
    known: Spots

    @classmethod
    def of(cls, may: frozenset[Permission]) -> _Hide:
        return cls(
            places=Permission.SEE_PLACES not in may, numbers=Permission.SEE_NUMBERS not in may,
            known=known_to(may),
        )  # fmt: skip

    def said(self, text: str) -> str:
        """Words of a call: without the places in them."""
        return veiled(text, self.known) if self.places else text

    def written(self, text: str) -> str:
        """What a person wrote freely: without the numbers too."""
        return unnumbered(self.said(text)) if self.numbers else self.said(text)

    def field(self, name: str, value: str) -> str:
        """A value of the card."""
        if name in WRITTEN_FIELDS:
            return self.written(value)
        return value if name in NUMBER_FIELDS or name in _OPEN_FIELDS else self.said(value)


def masked_where(told: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """What is known of a call's place, within the call or as news: without the right, the district of each
    fix and who was asked. What subscribers' records say needs the right to see numbers too.
    """
    shown = dict(told)
    if shown.get("additional") and not may >= _RECORDS:
        shown["additional"] = []
    if Permission.SEE_PLACES in may:
        return shown
    for name, open_keys in (("locations", _OPEN_OF_FIX), ("queries", _OPEN_OF_QUERY)):
        if name in shown:
            shown[name] = [_only(open_keys, item) for item in shown[name]]
    if shown.get("description"):
        shown["description"] = _only(_OPEN_OF_DESCRIPTION, shown["description"])
    return shown | {name: [] for name in ("conflicts", "trail") if name in shown}


def masked_handing(handing: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """Hand-overs and call-backs of a call as the reader may see them."""
    if Permission.SEE_NUMBERS in may:
        return dict(handing)
    number = handing["callback_number"]
    return {
        **handing,
        "callback_number": number and mask(number),
        "callbacks": [{**each, "number": mask(each["number"])} for each in handing["callbacks"]],
    }


def _only(open_keys: Iterable[str], item: Mapping[str, Any]) -> dict[str, Any]:
    """The item with all but these keys emptied: pages find every key they know."""
    kept = frozenset(open_keys)
    return {key: value if key in kept else None for key, value in item.items()}


def _masked_list(value: str) -> str:
    """Several numbers of one field stand in one line."""
    return "、".join(map(mask, value.split("、")))


def masked_service(service: Mapping[str, Any], may: frozenset[Permission]) -> dict[str, Any]:
    """How a link is; faults and figures are for who may mend them."""
    if Permission.SEE_HEALTH in may:
        return dict(service)
    return {name: service.get(name) for name in ("name", "state", "since")}


def masked_event(data: Any, may: frozenset[Permission]) -> Any:
    """Whatever is told of a call, an order or an incident: numbers and places by key, fields of the card that
    hold them by their name, and places within all words that are not known to hold none.
    """
    hide = _Hide.of(may)
    return _masked(data, hide) if hide.places or hide.numbers else data


def _masked(data: Any, hide: _Hide) -> Any:
    if isinstance(data, list | tuple):
        return [_masked(one, hide) for one in data]
    if isinstance(data, str):
        return hide.said(data)
    if not isinstance(data, Mapping):
        return data
    if hide.places and isinstance(data.get("text"), str) and "words" in data:
        data = veiled_segment(data, hide.known)
    named = data.get("name", data.get("field"))
    shown = {key: _masked_value(key, value, hide) for key, value in data.items()}
    if isinstance(value := data.get("value"), str) and isinstance(named, str):
        numbered = named in NUMBER_FIELDS and hide.numbers
        shown["value"] = _masked_list(value) if numbered else hide.field(named, value)
    if named in RECORD_FIELDS or (named in PLACE_FIELDS and hide.places):
        shown |= {key: None for key in ("value", "values", "quote") if key in shown}
    if hide.places:
        shown |= dict.fromkeys(_telling_where(data))
    if "move" in shown and isinstance(shown.get("number"), str) and hide.numbers:
        shown["number"] = mask(shown["number"])  # whom a call-back rings
    if "block" in shown and "fields" in shown:
        shown["fields"] = []
    return shown


def _telling_where(data: Mapping[str, Any]) -> Iterable[str]:
    """Keys of what is told of a place, by the company that they keep: why a location could not be read may
    quote it, and a sentence about two of them says how far they are apart."""
    if "query_id" in data and "reason_code" not in data:
        yield from _FAULTS & data.keys()
    if "location_id" in data and "note" in data:
        yield "note"  # what a person remarks on a spot says where it is
    if not _DISTANT.isdisjoint(data):
        yield from (key for key in data if _OURS.fullmatch(key))


def _masked_value(key: str, value: Any, hide: _Hide) -> Any:
    is_number = key != "caller" or (isinstance(value, str) and value.removeprefix("+").isdigit())
    if key in _NUMBER_KEYS and isinstance(value, str) and is_number:
        return mask(value) if hide.numbers else value
    if key in _PLACE_KEYS and hide.places:
        return None
    if key in _OPEN_KEYS and not isinstance(value, Mapping):
        return value
    if isinstance(value, str):
        if key in _WRITTEN_KEYS:
            return hide.written(value)
        if key in _SAID_OTHERWISE and hide.places:
            return COVER * len(value)
        return value if _OURS.fullmatch(key) else hide.said(value)
    return _masked(value, hide)
