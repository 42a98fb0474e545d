"""The numbers of a leg's final segments, when several listeners have heard it one after the other.

A listener numbers what it hears by itself, for it goes on hearing when nobody can be asked. So that two
never use the same number, each has INDEXES_EACH of its own (`gateway.speech.model`): the numbers of a leg
then have long holes, and a hole is remembered as a whole, whatever its length.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.calls.model import CallSession
from gateway.speech.model import INDEXES_EACH, Leg

MAX_SKIPPED = 64
"""Holes in the numbers of a call that are remembered; beyond, the shortest counts as lost for good."""

Hole = tuple[int, int, int]
"""(leg, first, last): numbers below the next one that have not come yet."""


def taken(session: CallSession, speaker: Leg, index: int) -> bool:
    """Whether this segment is here already (or was given up as lost)."""
    leg = tuple(Leg).index(speaker)
    return index < session.next_index[leg] and _around(session, leg, index) is None


def take(session: CallSession, speaker: Leg, index: int) -> CallSession:
    """The session that has this segment. It must not be `taken`."""
    leg = tuple(Leg).index(speaker)
    upcoming, holes = session.next_index[leg], _holes(session)
    hole = (leg, upcoming, index) if index >= upcoming else _around(session, leg, index)
    if hole is None:
        return session
    _, first, last = hole
    rest = [known for known in holes if known != hole]
    if first < index:
        rest.append((leg, first, index - 1))
    if index < last:
        rest.append((leg, index + 1, last))
    if len(rest) > MAX_SKIPPED:
        rest.remove(min(rest, key=lambda known: known[2] - known[1]))
    indexes = list(session.next_index)
    indexes[leg] = max(upcoming, index + 1)
    return replace(session, next_index=(indexes[0], indexes[1]), skipped=tuple(rest))


def first_index(session: CallSession, speaker: Leg, origin: int) -> int:
    """From where on a listener of this origin may number a leg: behind all that came from it so far."""
    leg, base = tuple(Leg).index(speaker), origin * INDEXES_EACH
    upcoming, end = session.next_index[leg], base + INDEXES_EACH - 1
    if upcoming <= end:
        return max(base, upcoming)
    hole = _around(session, leg, end)
    return max(base, hole[1]) if hole else base


def _around(session: CallSession, leg: int, index: int) -> Hole | None:
    return next((hole for hole in _holes(session) if hole[0] == leg and hole[1] <= index <= hole[2]), None)


def _holes(session: CallSession) -> list[Hole]:
    """A hole of two numbers was written by an earlier version: (leg, the one that is missing)."""
    return [(hole[0], hole[1], hole[-1]) for hole in session.skipped]
