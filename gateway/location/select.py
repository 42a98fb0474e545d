"""Which of a call's fixes leads, and why."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.location.model import Location, LocationSource

UNKNOWN_UNCERTAINTY_M = 100_000.0
"""What a position without an uncertainty is ranked as: anywhere in the city."""

_TRUST = {
    LocationSource.PERSON: 0,
    LocationSource.AML: 1,
    LocationSource.HELD: 2,
    LocationSource.PIDF: 3,
    LocationSource.ALI: 4,
    LocationSource.SPEECH: 5,
}
"""Lower leads where two are equally exact: a person's entry, the phone itself, the network, the database,
the words.
"""


def select(locations: Sequence[Location]) -> tuple[Location, str]:
    """The leading fix and the reason in words. A person's entry always leads; else the smallest
    uncertainty, then the source, then the newest. Raises ValueError for none at all.
    """
    if not locations:
        raise ValueError("no location to select from")
    leading = min(enumerate(locations), key=lambda pair: (*_rank(pair[1]), -pair[0]))[1]
    if len(locations) == 1:
        return leading, "the only one"
    if leading.source is LocationSource.PERSON:
        return leading, "entered by a person"
    if leading.latitude is None and leading.civic:
        return leading, f"a street address ({leading.source.value})"
    if leading.uncertainty_m is None:
        return leading, f"best source ({leading.source.value}); none gives an uncertainty"
    return leading, f"smallest uncertainty ({leading.uncertainty_m:.0f} m, {leading.source.value})"


def _rank(location: Location) -> tuple[bool, float, int]:
    uncertainty = location.uncertainty_m
    if location.latitude is None:
        uncertainty = 0.0 if location.civic else UNKNOWN_UNCERTAINTY_M
    exact = UNKNOWN_UNCERTAINTY_M if uncertainty is None else uncertainty
    return (location.source is not LocationSource.PERSON, exact, _TRUST[location.source])
