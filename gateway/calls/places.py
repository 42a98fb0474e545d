"""Where the caller is: fixes kept and one put first, sources asked in rounds, contradictions told.

All of it advice: fixes are never merged, and a person's choice leads whatever comes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from gateway.calls.events import (
    AdditionalDataResponse,
    CallEvent,
    LocationDescription,
    LocationFault,
    LocationFlag,
    LocationResponse,
    LocationWithdrawal,
)
from gateway.calls.located import AdditionalDataAnswered, PlaceDescribed, WithdrawPosition
from gateway.calls.locating import PlaceDescription
from gateway.calls.model import CallSession
from gateway.calls.people import Changed, marked
from gateway.calls.signals import CallSignal, LocationAnswered, LocationRefused
from gateway.journal.codec import encode, to_text
from gateway.location.conflicts import Conflict, conflicts
from gateway.location.drift import drift, point_of, with_point
from gateway.location.exact import age_s, is_mobile, moves
from gateway.location.model import Location, LocationSource, Shape
from gateway.location.select import Selection, select

MOVING_MARK = "moving"
"""In `CallSession.marks`: the device was seen to move."""
MAX_LOCATIONS = 8
"""Fixes kept in the state: the leading one, the first, the newest of each source; beyond, the oldest other
goes. All are journaled and published whole.
"""
MAX_CORNERS = 16
"""Corners of all rings together that the state keeps (RFC 5491 has at most so many in one), the leading fix's
first, then the newest; another ring is kept as its centre and radius, as every plain circle is."""
MAX_FLAGS = 8
"""Contradictions that are remembered as told; beyond, the oldest may be told again."""
MAX_ADDITIONAL = 8
"""Digests of additional data that are remembered; beyond, the oldest may be published again."""
MAX_TEXT = 120
"""Characters of an address or a name that the state keeps; the event has it whole."""
MAX_PARTS = 14
"""Elements of a civic address that the state keeps."""
MAX_JUNCTIONS = 3
BY_HAND = "Manual"
"""How a person's own entry was obtained (RFC 4119, method)."""
MAX_RADIUS_M = 100_000.0
"""Of a place that a person enters: a wider one is no place."""


# ---- fixes


def located(session: CallSession, signal: LocationAnswered) -> Changed:
    """A fix. One that is known is news only where it was obtained anew."""
    fix = signal.location
    known = next((each for each in session.locations if each.location_id == fix.location_id), None)
    if known is not None and not _renews(fix, known):
        return session, ()
    others = tuple(each for each in session.locations if each is not known)
    after = _led(replace(session, locations=(*others, _slim(fix))), signal.when)
    if (point := point_of(fix)) is not None:
        after = put(after, trail=with_point(after.locating.trail, point))
    if known is not None:
        after = _stale(after, known, fix)
    told = _response(after, fix, signal, signal.query_id)
    after, flags = _flagged(after, signal)
    return after, (told, *flags)


def _renews(fix: Location, known: Location) -> bool:
    """The source said the same again, later: the place is as sure as it was, and not as old."""
    return point_of(fix) is not None and fix.obtained_at > known.obtained_at


def _stale(session: CallSession, known: Location, fix: Location) -> CallSession:
    """What was said of a fix that has moved under its own name (a shared position) must be said anew."""
    told = session.locating.description
    there = (known.latitude, known.longitude) == (fix.latitude, fix.longitude)
    if told is None or there or told.location_id != fix.location_id:
        return session
    return put(session, description=replace(told, stale=True))


def _slim(fix: Location) -> Location:
    """A fix as the state keeps it: everything that it weighs and shows, no more."""
    return replace(
        fix, raw=None, address=_cut(fix.address), provided_by=_cut(fix.provided_by), method=_cut(fix.method),
        note=_cut(fix.note),
        civic=tuple((name, value[:MAX_TEXT]) for name, value in fix.civic[:MAX_PARTS]),
    )  # fmt: skip


def _cut(text: str | None) -> str | None:
    return text and text[:MAX_TEXT]


def selection(session: CallSession, at: datetime) -> Selection:
    """Which fix of the call leads at `at`, and why. Raises ValueError where there is none."""
    return select(session.locations, at=at, chosen=session.locating.chosen, mobile=is_mobile(session.ani))


def contradictions(session: CallSession, at: datetime) -> tuple[Conflict, ...]:
    """Fixes of the call that cannot both be right at `at`."""
    return conflicts(session.locations, at=at, mobile=is_mobile(session.ani))


def _led(session: CallSession, at: datetime) -> CallSession:
    """The fixes within their limit, and which of them leads."""
    leading = selection(session, at).leading
    locations = _kept(session.locations, leading, session.locating.chosen)
    return replace(session, locations=_fitted(locations, leading), leading_location=leading.location_id)


def _kept(locations: tuple[Location, ...], leading: Location, chosen: str | None) -> tuple[Location, ...]:
    newest = {fix.source: fix.location_id for fix in locations}
    stay = {leading.location_id, chosen, *newest.values()}
    while len(locations) > MAX_LOCATIONS:
        first = locations[0].location_id
        gone = (
            next((fix for fix in locations if fix.location_id not in stay | {first}), None)
            or next(fix for fix in locations if fix.location_id not in stay)
        )  # fmt: skip
        locations = tuple(fix for fix in locations if fix is not gone)
    return locations


def _fitted(locations: tuple[Location, ...], leading: Location) -> tuple[Location, ...]:
    left, kept = MAX_CORNERS, {}
    for fix in (leading, *(each for each in reversed(locations) if each is not leading)):
        extent = fix.extent
        if extent is not None and extent.shape is not Shape.CIRCLE and len(extent.points) <= left:
            left -= len(extent.points)
            kept[fix.location_id] = extent
    return tuple(replace(fix, extent=kept.get(fix.location_id)) for fix in locations)


def _response(
    session: CallSession, fix: Location, signal: CallSignal, query_id: str | None = None
) -> LocationResponse:
    chosen = selection(session, signal.when)
    return LocationResponse(
        occurred_at=signal.when,
        inferred=signal.inferred,
        location=fix,
        leading=chosen.leading.location_id,
        reason=chosen.sentence.en,
        reason_code=chosen.reason,
        reason_zh=chosen.sentence.zh,
        age_ms=round(age_s(fix, signal.when) * 1000),
        conflicts=contradictions(session, signal.when),
        query_id=query_id,
    )


def led_anew(session: CallSession, signal: CallSignal) -> Changed:
    """Time alone may put another fix first: the state follows, and it is told."""
    if not session.locations:
        return session, ()
    after = _led(session, signal.when)
    if after.leading_location == session.leading_location:
        return session, ()
    leading = next(fix for fix in after.locations if fix.location_id == after.leading_location)
    return after, (_response(after, leading, signal),)


def chosen(session: CallSession, fix: Location, signal: CallSignal) -> Changed:
    """A person's word: entered anew, or one of the fixes that are there. It leads from now on."""
    there = any(each.location_id == fix.location_id for each in session.locations)
    locations = session.locations if there else (*session.locations, _slim(fix))
    after = _led(put(replace(session, locations=locations), chosen=fix.location_id), signal.when)
    return after, (_response(after, fix, signal),)


def is_persons_word(session: CallSession, location_id: str) -> bool:
    """Whether this fix leads because a person set or chose it."""
    if location_id != session.leading_location:
        return False
    own = any(
        fix.location_id == location_id and fix.source is LocationSource.PERSON for fix in session.locations
    )
    return own or location_id == session.locating.chosen


def withdrawn(session: CallSession, signal: WithdrawPosition) -> Changed:
    """A person's word taken back. A spot that a person set before it leads again; without one the machines'
    fixes are ranked by their own worth."""
    gone = next(fix for fix in session.locations if fix.location_id == signal.location_id)
    after = put(session, chosen=None)
    if gone.source is LocationSource.PERSON:
        after = replace(after, locations=tuple(fix for fix in session.locations if fix is not gone))
    told = LocationWithdrawal(
        occurred_at=signal.when, inferred=signal.inferred, location_id=gone.location_id, source=gone.source,
        by=signal.actor,
    )  # fmt: skip
    if not after.locations:
        return put(replace(after, leading_location=None), description=None), (told,)
    after, now = _led(after, signal.when), selection(after, signal.when)
    return after, (
        replace(
            told, leading=now.leading.location_id, reason_code=now.reason, reason=now.sentence.en,
            reason_zh=now.sentence.zh,
        ),
    )  # fmt: skip


def location_refused(session: CallSession, signal: LocationRefused) -> Changed:
    return session, (fault(signal, signal.source, signal.reason),)


def fault(
    signal: CallSignal, source: str, reason: str, query_id: str | None = None, name: str | None = None
) -> LocationFault:
    return LocationFault(
        occurred_at=signal.when, inferred=signal.inferred, source=source, reason=reason, query_id=query_id,
        name=name,
    )  # fmt: skip


# ---- contradictions


def _flagged(session: CallSession, signal: CallSignal) -> Changed:
    """Contradictions that are new since the last fix, and a caller who moves: told once each."""
    events: list[CallEvent] = []
    after = session
    for conflict in contradictions(session, signal.when):
        pair = [
            _told_of(fix) for fix in session.locations if fix.location_id in (conflict.one, conflict.other)
        ]
        key = _key("conflict", *sorted(pair))
        if key not in after.locating.flags:
            after = _flag(after, key)
            events.append(_conflict_event(conflict, signal))
    moved = drift(after.locating.trail)
    if moved is not None and (key := _key("moving", moved.source.value)) not in after.locating.flags:
        after = _flag(replace(after, marks=marked(after, MOVING_MARK)), key)
        events.append(
            LocationFlag(
                occurred_at=signal.when, inferred=signal.inferred, code="moving", zh=moved.zh, en=moved.en,
                locations=(), distance_m=moved.distance_m,
            )
        )  # fmt: skip
    return after, tuple(events)


def _conflict_event(conflict: Conflict, signal: CallSignal) -> LocationFlag:
    return LocationFlag(
        occurred_at=signal.when, inferred=signal.inferred, code=f"conflict_{conflict.kind.value}",
        zh=conflict.zh, en=conflict.en, locations=(conflict.one, conflict.other),
        distance_m=conflict.distance_m,
    )  # fmt: skip


def _told_of(fix: Location) -> str:
    """What a contradiction is told of once: a device's place, however often it is measured anew, or one
    place that was registered or named."""
    return f"{fix.source.value}/{fix.provided_by}" if moves(fix) else fix.location_id


def _key(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _flag(session: CallSession, key: str) -> CallSession:
    return put(session, flags=(*session.locating.flags, key)[-MAX_FLAGS:])


# ---- what is known beside the fixes


def additional(session: CallSession, signal: AdditionalDataAnswered) -> Changed:
    """RFC 7852 data: published and shown once, however often it is given."""
    text = "".join(to_text(encode(block)) for block in signal.blocks) + signal.source.value
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    if not signal.blocks or digest in session.locating.additional:
        return session, ()
    event = AdditionalDataResponse(
        occurred_at=signal.when, inferred=signal.inferred, source=signal.source,
        provided_by=signal.provided_by, blocks=signal.blocks, query_id=signal.query_id,
    )  # fmt: skip
    return put(session, additional=(*session.locating.additional, digest)[-MAX_ADDITIONAL:]), (event,)


def described(session: CallSession, signal: PlaceDescribed) -> Changed:
    """District and jurisdiction of the leading fix; of one that leads no more it comes too late. Told is
    when the caller leaves the jurisdictions, not every fix outside them."""
    found = PlaceDescription(
        location_id=signal.location_id, standard_address=_cut(signal.standard_address),
        district=_cut(signal.district), district_code=_cut(signal.district_code),
        jurisdiction=_cut(signal.jurisdiction), outside=signal.outside,
        junctions=tuple(name[:MAX_TEXT] for name in signal.junctions[:MAX_JUNCTIONS]),
    )  # fmt: skip
    before = session.locating.description
    if signal.location_id != session.leading_location or found == before:
        return session, ()
    after = put(session, description=found)
    if before is not None and found == replace(before, stale=False):
        return after, ()
    event = LocationDescription(
        occurred_at=signal.when, inferred=signal.inferred, location_id=signal.location_id,
        standard_address=signal.standard_address, district=signal.district,
        district_code=signal.district_code, jurisdiction=signal.jurisdiction, junctions=signal.junctions,
        outside=signal.outside,
    )  # fmt: skip
    if not signal.outside or (before is not None and before.outside):
        return after, (event,)
    flag = LocationFlag(
        occurred_at=signal.when, inferred=signal.inferred, code="outside_jurisdiction",
        zh="位置不在本辖区内", en="the place is outside this site's jurisdictions",
        locations=(signal.location_id,), distance_m=None,
    )  # fmt: skip
    return after, (event, flag)


def put(session: CallSession, **changes: Any) -> CallSession:
    """The call with other parts of `locating`."""
    return replace(session, locating=replace(session.locating, **changes))
