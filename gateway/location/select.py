"""Which of a call's fixes leads, and why: a table of reasons, looked through from the top.

The first reason by which the leading fix differs from the next best one is the reason that is told. Every
reason is a property of one fix alone: the order of the fixes does not matter, and a worse one more changes
nothing. Fixes are never merged: each stays as its source stated it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.location.exact import (
    age_s,
    by_device,
    expired,
    has_position,
    radius_m,
    radius_now_m,
    registered,
)
from gateway.location.model import Element, Location, LocationSource

FRESH_S = 120.0
"""A fix of the device itself counts as fresh so long."""
FRESH_WITHIN_M = 200.0
"""And only while it is so exact."""
COARSE_M = 1_000.0
"""A measured place wider than this is behind one that the caller named and the gazetteer found."""
SAME_AREA = 1.25
"""Radii that differ by less than this factor count as equally exact."""


class Reason(StrEnum):
    """Why a fix leads."""

    ONLY_ONE = "only_one"
    PERSON = "person"
    EXPIRED_LAST = "expired_last"
    REGISTERED_LAST = "registered_last"
    FRESH_DEVICE_FIX = "fresh_device_fix"
    MEASURED_BEFORE_SPOKEN = "measured_before_spoken"
    SPOKEN_BEFORE_COARSE = "spoken_before_coarse"
    CIVIC_EXACT = "civic_exact"
    SMALLEST_AREA = "smallest_area"
    NEWER = "newer"
    MORE_CONFIDENT = "more_confident"
    DEVICE_BEFORE_PERSON = "device_before_person"
    TRUSTED_SOURCE = "trusted_source"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Sentence:
    zh: str
    en: str


SENTENCES: Mapping[Reason, Sentence] = {
    Reason.ONLY_ONE: Sentence("仅此一个位置", "the only one"),
    Reason.PERSON: Sentence("由接警人员录入或选定", "entered or chosen by a person"),
    Reason.EXPIRED_LAST: Sentence("其他位置已过有效期", "the others have expired"),
    Reason.REGISTERED_LAST: Sentence(
        "手机的登记地址不代表当前位置", "a mobile's registered address is not where the phone is"
    ),
    Reason.FRESH_DEVICE_FIX: Sentence("手机刚刚自测的位置", "just measured by the phone itself"),
    Reason.MEASURED_BEFORE_SPOKEN: Sentence(
        "实测或登记的位置先于语音识别出的地点", "measured or registered, before what was heard"
    ),
    Reason.SPOKEN_BEFORE_COARSE: Sentence(
        "报警人说出的地点比网络的大致范围更准确", "named by the caller, and the network knows only roughly"
    ),
    Reason.CIVIC_EXACT: Sentence("门牌地址，比坐标更准确", "a street address, more exact than the positions"),
    Reason.SMALLEST_AREA: Sentence("范围最小", "the smallest area"),
    Reason.NEWER: Sentence("更新", "newer"),
    Reason.MORE_CONFIDENT: Sentence("置信度更高", "its source is surer of it"),
    Reason.DEVICE_BEFORE_PERSON: Sentence(
        "终端位置先于人员位置（RFC 5491）", "of the device, before one of the person (RFC 5491)"
    ),
    Reason.TRUSTED_SOURCE: Sentence("来源更可靠", "from the more reliable source"),
    Reason.EQUAL: Sentence("与其他位置不相上下", "no better than the others"),
}

_TRUST = {
    LocationSource.PERSON: 0,
    LocationSource.AML: 1,
    LocationSource.SHARED: 2,
    LocationSource.HELD: 3,
    LocationSource.PIDF: 4,
    LocationSource.ALI: 5,
    LocationSource.SPEECH: 6,
}
"""Lower leads between equals: a person's entry, the phone itself, the network, the database, the words."""
_ELEMENT = {Element.DEVICE: 0, Element.TUPLE: 1, Element.PERSON: 3}
_NO_ELEMENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    leading: Location
    reason: Reason

    @property
    def sentence(self) -> Sentence:
        return SENTENCES[self.reason]


@dataclass(frozen=True, slots=True)
class _View:
    """What the reasons look at: the time, and the fix that a person chose."""

    at: datetime
    chosen: str | None
    mobile: bool


def _person(fix: Location, view: _View) -> float:
    """The chosen one, then the newest that a person entered."""
    if fix.location_id == view.chosen:
        return -math.inf
    return -fix.obtained_at.timestamp() if fix.source is LocationSource.PERSON else math.inf


def _expired(fix: Location, view: _View) -> float:
    return expired(fix, view.at)


def _registered(fix: Location, view: _View) -> float:
    return view.mobile and registered(fix)


def _grade(fix: Location, view: _View) -> float:
    """0: fresh from the device; 1: measured or registered, of use; 2: heard; 3: roughly or nothing."""
    radius = radius_now_m(fix, view.at)
    if fix.source is LocationSource.SPEECH:
        return 2 if has_position(fix) else 3
    if by_device(fix) and age_s(fix, view.at) <= FRESH_S and radius_m(fix) <= FRESH_WITHIN_M:
        return 0
    return 1 if radius <= COARSE_M else 3


def _area(fix: Location, view: _View) -> float:
    """Steps of SAME_AREA; growing with age is in it."""
    return math.floor(math.log(max(radius_now_m(fix, view.at), 1.0), SAME_AREA))


def _newest(fix: Location, view: _View) -> float:
    return -fix.obtained_at.timestamp()


_TABLE: tuple[tuple[Reason, Callable[[Location, _View], float]], ...] = (
    (Reason.PERSON, _person),
    (Reason.REGISTERED_LAST, _registered),
    (Reason.EXPIRED_LAST, _expired),
    (Reason.FRESH_DEVICE_FIX, _grade),
    (Reason.SMALLEST_AREA, _area),
    (Reason.MORE_CONFIDENT, lambda fix, view: -fix.confidence_percent),
    (Reason.DEVICE_BEFORE_PERSON, lambda fix, view: _ELEMENT.get(fix.element, _NO_ELEMENT)
     if fix.element else _NO_ELEMENT),
    (Reason.TRUSTED_SOURCE, lambda fix, view: _TRUST[fix.source]),
    (Reason.NEWER, _newest),
    (Reason.SMALLEST_AREA, lambda fix, view: radius_m(fix)),
)  # fmt: skip
"""From the top: what leads by. Where all are the same, the location_id makes the order total."""


def select(
    locations: Sequence[Location], *, at: datetime, chosen: str | None = None, mobile: bool = False
) -> Selection:
    """The leading fix at `at` and why. `chosen`: location_id that a person chose last; `mobile`: the caller's
    number is a mobile one, whose registered address stands behind everything else, even what has expired;
    where nothing else is known its reason says that the phone is elsewhere.

    Raises ValueError for none at all.
    """
    if not locations:
        raise ValueError("no location to select from")
    view = _View(at, chosen, mobile)
    ranked = sorted(locations, key=lambda fix: (_rank(fix, view), fix.location_id))
    leading = ranked[0]
    if leading.location_id == chosen or leading.source is LocationSource.PERSON:
        return Selection(leading=leading, reason=Reason.PERSON)
    if _registered(leading, view):
        return Selection(leading=leading, reason=Reason.REGISTERED_LAST)
    if len(ranked) == 1:
        return Selection(leading=leading, reason=Reason.ONLY_ONE)
    return Selection(leading=leading, reason=_reason(leading, ranked[1], view))


def _rank(fix: Location, view: _View) -> tuple[float, ...]:
    return tuple(key(fix, view) for _, key in _TABLE)


def _reason(leading: Location, other: Location, view: _View) -> Reason:
    for reason, key in _TABLE:
        if key(leading, view) != key(other, view):
            return _finer(reason, leading, other, view)
    return Reason.EQUAL


def _finer(reason: Reason, leading: Location, other: Location, view: _View) -> Reason:
    """The word that says more: which grades met, whether age alone made the other area larger."""
    if reason is Reason.FRESH_DEVICE_FIX:
        grades = (_grade(leading, view), _grade(other, view))
        if grades[0] == 2:
            return Reason.SPOKEN_BEFORE_COARSE
        if grades[1] == 2 and grades[0] == 1:
            return Reason.MEASURED_BEFORE_SPOKEN
        if grades[0] == 1:
            reason = Reason.SMALLEST_AREA
    if reason is Reason.SMALLEST_AREA and not has_position(leading):
        return Reason.CIVIC_EXACT
    if reason is Reason.SMALLEST_AREA and radius_m(leading) >= radius_m(other):
        return Reason.NEWER
    return reason
