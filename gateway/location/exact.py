"""How far from a fix the caller may be now: every fix brought to metres at the same confidence.

A source states a radius at some confidence (RFC 7459); it is brought to 95 %. A place that can move is the
less exact the older it is. A civic address is as exact as its smallest element. What states nothing is
taken for what its method usually gives.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime

from gateway.location.model import Location, LocationSource

CONFIDENCE_PERCENT = 95.0
WALKING_MPS = 1.5
"""Metres a second by which a fix of something that moves grows: a person on foot; drift tells of others."""
OLDEST_S = 3600.0
"""Age beyond which nothing is gained by growing further."""
MAX_SCALE = 12.0
"""A stated radius is stretched at most so many times: a source that is sure of nothing says nothing."""
ANYWHERE_M = 100_000.0
"""What nothing is known of: anywhere in the city."""
_STILL_WORDS = ("civic", "manual", "dhcp", "lldp", "wiremap", "derived")
USUAL_M: tuple[tuple[tuple[str, ...], float], ...] = (
    (("gps", "gnss", "rtk", "fused"), 50.0),
    (("802.11", "wifi", "wlan", "wi-fi"), 150.0),
    (_STILL_WORDS, 100.0),
    (("rtt", "tdoa", "otdoa", "ecid", "aoa", "eotd", "aflt", "triangulation"), 300.0),
    (("cell", "sector", "mpl"), 2_000.0),
)
"""Words of a method (RFC 4119 registry, ETSI TS 103 625) and the radius it usually gives, by word."""
USUAL_SPOKEN_M = 200.0
CIVIC_M: Mapping[str, float] = {
    "ROOM": 20.0, "SEAT": 20.0, "UNIT": 25.0, "FLR": 25.0, "BLD": 40.0, "HNO": 40.0, "HNS": 40.0,
    "NAM": 100.0, "LMK": 100.0, "LOC": 200.0, "RDSEC": 500.0, "INT": 100.0,
    "RD": 1_500.0, "A6": 1_500.0, "STS": 1_500.0, "A5": 2_000.0, "A4": 4_000.0,
    "A3": 15_000.0, "A2": 60_000.0, "A1": 300_000.0,
}  # fmt: skip
"""How much room an address leaves whose smallest element this is (RFC 5139, 6848)."""
_MOBILE = re.compile(r"(?:\+86|0086|86|0)?1[3-9][0-9]{9}")
_MOVING = (LocationSource.SHARED, LocationSource.AML, LocationSource.HELD, LocationSource.PIDF)
_DEVICE_WORDS = ("gps", "gnss", "fused", "802.11", "wifi", "wlan", "wi-fi")


def has_position(fix: Location) -> bool:
    return fix.latitude is not None


def by_device(fix: Location) -> bool:
    """Measured by the phone itself: satellites or radio networks around it."""
    method = (fix.method or "").casefold()
    return has_position(fix) and any(word in method for word in _DEVICE_WORDS)


def moves(fix: Location) -> bool:
    """A measured place, not one out of a register, of a line in a wall, of words or of a person. What an ALI
    database states with a method (a cell, say) was measured too.
    """
    method = (fix.method or "").casefold()
    still = bool(fix.civic) or any(word in method for word in _STILL_WORDS)
    measured = fix.source in _MOVING or (fix.source is LocationSource.ALI and bool(method))
    return has_position(fix) and not still and measured


def registered(fix: Location) -> bool:
    """An address out of a register by the number, not measured: where the line, or the bill, belongs."""
    return fix.source is LocationSource.ALI and not fix.method and bool(fix.civic or fix.address)


def is_mobile(number: str | None) -> bool:
    """A Chinese mobile number: eleven digits from 13 to 19, with or without the country's code."""
    return number is not None and _MOBILE.fullmatch(number) is not None


def age_s(fix: Location, at: datetime) -> float:
    """Seconds since it was obtained; of one from the future none."""
    return max(0.0, (at - fix.obtained_at).total_seconds())


def expired(fix: Location, at: datetime) -> bool:
    """Past its retention-expiry (RFC 4119, section 2.2.2)."""
    return fix.expires_at is not None and fix.expires_at <= at


def radius_m(fix: Location) -> float:
    """Metres that held the caller with 95 % when the fix was made."""
    if fix.uncertainty_m is not None:
        return fix.uncertainty_m * _scale(fix.confidence_percent)
    if not has_position(fix):
        return civic_m(fix)
    if fix.civic:
        return min(civic_m(fix), ANYWHERE_M)
    if fix.source is LocationSource.SPEECH:
        return USUAL_SPOKEN_M
    method = (fix.method or "").casefold()
    return next((usual for words, usual in USUAL_M if any(word in method for word in words)), ANYWHERE_M)


def radius_now_m(fix: Location, at: datetime) -> float:
    """Metres that hold the caller at `at`."""
    grown = WALKING_MPS * min(age_s(fix, at), OLDEST_S) if moves(fix) else 0.0
    return radius_m(fix) + grown


def civic_m(fix: Location) -> float:
    return min((CIVIC_M[name] for name, value in fix.civic if value and name in CIVIC_M), default=ANYWHERE_M)


def _scale(confidence_percent: float) -> float:
    """From the stated confidence to 95 %: the error is normal in two dimensions (RFC 7459, section 4)."""
    stated = min(max(confidence_percent / 100, 1e-6), CONFIDENCE_PERCENT / 100)
    return min(MAX_SCALE, math.sqrt(math.log(1 - CONFIDENCE_PERCENT / 100) / math.log(1 - stated)))
