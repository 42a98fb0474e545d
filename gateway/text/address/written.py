# ruff: noqa: E501 (an expression is read more easily in one line)
"""How an element and a whole address are written: simplified, figures for spoken numerals, units completed,
from large to small.
"""

from __future__ import annotations

import re

from gateway.text.address.model import AddressElement, Kind
from gateway.text.numerals import DIGITS, digits_or_number

_NUMBERS = (Kind.ROAD_NO, Kind.SUB_ROAD_NO, Kind.HOUSE_NO, Kind.CELL_NO, Kind.FLOOR_NO, Kind.ROOM_NO)
_UNIT = {Kind.ROAD_NO: "号", Kind.SUB_ROAD_NO: "号", Kind.HOUSE_NO: "号楼", Kind.CELL_NO: "单元", Kind.FLOOR_NO: "楼", Kind.ROOM_NO: "室"}  # fmt: skip
_SPOKEN = re.compile("[" + "".join(DIGITS) + "十百千]+")
_METRES = re.compile("[零一二两三四五六七八九十百千]+(?=米|公里|千米)")
_BARE = re.compile(r"[A-Za-z]{0,2}\d+[A-Za-z]?(?:[-—~/]\d+)*|[A-Za-z]")
_POST = re.compile(r"k?(?P<km>\d+)(?:公里|千米|k|\+|加)+处?零?(?P<m>\d+)?")
_LATIN = re.compile(r"(?<![a-z])[a-z]{1,2}(?![a-z])")
_FLOOR = re.compile(r"(?P<n>\d+)f$", re.IGNORECASE)
_ORDER = {
    kind: at
    for at, kind in enumerate(
        (Kind.COUNTRY, Kind.PROV, Kind.CITY, Kind.DISTRICT, Kind.DEV_ZONE, Kind.TOWN, Kind.COMMUNITY, Kind.ROAD, Kind.SUB_ROAD,
         Kind.POI, Kind.HOUSE_NO, Kind.CELL_NO, Kind.FLOOR_NO, Kind.ROOM_NO, Kind.PERSON)
    )
}  # fmt: skip
_ORDER |= {
    Kind.ROAD_NO: _ORDER[Kind.SUB_ROAD],
    Kind.SUB_ROAD_NO: _ORDER[Kind.SUB_ROAD],
    Kind.SUB_POI: _ORDER[Kind.POI],
}
_APART = 8
"""Characters between two pieces of one place at most, fillers and slips included; then another place begins."""
_BEFORE_PLACE = ("与", "和", "跟", "靠近", "紧邻", "临", "靠", "同")


def value_of(kind: Kind, folded: str) -> str:
    """An element for machines. `folded` is its text as `fold` has it."""
    value = re.sub(r"[\s，、]+", "", folded)
    if kind in _NUMBERS:
        value = _SPOKEN.sub(lambda said: digits_or_number(said[0]) or said[0], value)
        post = _POST.match(value) if kind in (Kind.ROAD_NO, Kind.SUB_ROAD_NO) else None
        if post:
            return f"K{int(post['km'])}+{int(post['m'] or 0):03}"
        value = _FLOOR.sub(lambda floor: floor["n"] + "楼", value).removeprefix("第")
        if _BARE.fullmatch(value):
            value += _UNIT[kind]
        value = value.replace("#", "号")
        return value.upper() if value.isascii() else _LATIN.sub(lambda one: one[0].upper(), value)
    if kind is Kind.ASSIST:
        value = _METRES.sub(lambda said: digits_or_number(said[0]) or said[0], value)
    return _LATIN.sub(lambda one: one[0].upper(), value)


def line(elements: tuple[AddressElement, ...]) -> str | None:
    """The elements in one line, each place from large to small, a comma between two places; what was said
    twice or taken back is left out.
    """
    places: list[list[list[AddressElement]]] = []
    waiting: list[AddressElement] = []
    end = 0
    for one in elements:
        if one.kind in (Kind.REDUNDANT, Kind.OTHER):
            end = one.end
            continue
        apart = one.start - end > _APART
        end = one.end
        if one.kind is Kind.ASSIST:
            if one.value in _BEFORE_PLACE or not places or (apart and not waiting):
                waiting.append(one)
            else:
                places[-1][-1].append(one)
            continue
        if places and any(one.kind is said.kind and one.value == said.value for said in _flat(places[-1])):
            continue
        group = [*waiting, one]
        waiting = []
        if not places or (apart and not _goes_on(places[-1], one)):
            places.append([])
        places[-1].append(group)
    if not places:
        return None
    places[-1][-1] += waiting
    return "，".join("".join(one.value for group in _descending(place) for one in group) for place in places)


def _flat(place: list[list[AddressElement]]) -> list[AddressElement]:
    return [one for group in place for one in group]


def _goes_on(place: list[list[AddressElement]], one: AddressElement) -> bool:
    """Whether an element said some words later is a smaller part of the same place."""
    return _ORDER[one.kind] > max(_size(group) for group in place)


def _size(group: list[AddressElement]) -> int:
    return next(_ORDER[one.kind] for one in group if one.kind is not Kind.ASSIST)


def _descending(groups: list[list[AddressElement]]) -> list[list[AddressElement]]:
    """Stable by size; a number stays with the road before it, a part of an estate behind what it follows."""
    keyed, last = [], 0
    for group in groups:
        size = _size(group)
        if any(one.kind is Kind.SUB_POI for one in group):
            size = max(size, last)
        keyed.append((size, group))
        last = size
    return [group for _, group in sorted(keyed, key=lambda key: key[0])]
