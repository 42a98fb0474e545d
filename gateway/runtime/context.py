"""What a call knows beside its words, for the rules that make a condition of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from gateway.calls.model import CallSession, CallState, Medium, TapStatus
from gateway.calls.speech import doubtful
from gateway.speech.model import Leg

REPEATS_WITHIN = timedelta(days=30)
"""How far back earlier calls of the same number count."""
WIDE_M = 500.0
"""A fix whose caller can be further away than this is an area: a mobile cell, not a door."""


class LocationKind(StrEnum):
    """What is known of the place: nothing yet, an address, a point, an area as wide as a mobile cell, or a
    place outside the site's jurisdiction, whatever it is."""

    NONE = "none"
    ADDRESS = "address"
    POINT = "point"
    AREA = "area"
    OUTSIDE = "outside"


def location_kind(session: CallSession) -> LocationKind:
    """Of the fix that leads."""
    leading = next((fix for fix in session.locations if fix.location_id == session.leading_location), None)
    if leading is None:
        return LocationKind.NONE
    described = session.locating.description
    if described is not None and described.location_id == leading.location_id and described.outside:
        return LocationKind.OUTSIDE
    if leading.address or leading.civic:
        return LocationKind.ADDRESS
    wide = leading.uncertainty_m is not None and leading.uncertainty_m > WIDE_M
    return LocationKind.AREA if wide else LocationKind.POINT


def silent_ms(session: CallSession, last_word_ms: int | None, now: datetime) -> int | None:
    """How long the caller has said nothing: since the last recognised word (`last_word_ms` after the call
    was seized), or since the answer. None before the answer, of a text call, and while nobody
    hears the caller: that is not silence."""
    until = session.ended_at or now
    if session.answered_at is None or session.medium is Medium.TEXT or doubtful(session):
        return None
    heard = session.state is CallState.ENDED or any(
        tap.leg is Leg.CALLER and tap.status is TapStatus.LIVE for tap in session.taps
    )
    if not heard:
        return None
    since = session.answered_at
    if last_word_ms is not None:
        since = max(since, session.seized_at + timedelta(milliseconds=last_word_ms))
    return max(0, round((until - since).total_seconds() * 1000))
