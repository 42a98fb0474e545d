"""Which sides of a call must be heard, and the taps that hear them."""

from __future__ import annotations

from uuid import UUID, uuid5

from gateway.calls.model import CallSession, CallState, Medium, PartyRole, Tap, TapStatus
from gateway.ids import CallId
from gateway.speech.model import Leg

MAX_TAP_ATTEMPTS = 5
"""Live taps tried on one leg, one after another; then the leg is DEAD: no text, the recording is whole."""
MAX_TAPS = 16
"""Taps of one call that are followed; beyond, the oldest is forgotten (its leg has left long ago)."""

_TAPS = UUID("6f0d2c63-5a0e-5d0b-9a3e-110110110110")


def tap_id(call_id: CallId, leg: Leg, line: str, attempt: int) -> str:
    """The UUID a tap is announced under: derived, so that a restart names the same tap."""
    return str(uuid5(_TAPS, f"{call_id}/{leg.value}/{line}/{attempt}"))


def heard_legs(session: CallSession) -> tuple[tuple[Leg, str], ...]:
    """The legs that must be heard now: the caller's from the queue on, a call-taker's while connected."""
    if session.state in (CallState.SEIZED, CallState.ENDED) or session.medium is Medium.TEXT:
        return ()
    desks = (
        (Leg.CALL_TAKER, party.line)
        for party in session.parties
        if party.role is PartyRole.CALL_TAKER and party.left_at is None
    )
    return ((Leg.CALLER, session.line), *desks)


def with_taps(session: CallSession) -> tuple[Tap, ...]:
    """The taps as they should stand: one WANTED for each leg that lacks one, none wanted for a leg that is
    gone, none at all after the end.
    """
    if session.state is CallState.ENDED:
        return ()
    heard = heard_legs(session)
    kept = [tap for tap in session.taps if tap.status is TapStatus.LIVE or (tap.leg, tap.line) in heard]
    known = {(tap.leg, tap.line) for tap in kept}
    fresh = [
        Tap(leg=leg, line=line, tap_id=tap_id(session.call_id, leg, line, 1))
        for leg, line in heard
        if (leg, line) not in known
    ]
    return tuple([*kept, *fresh][-MAX_TAPS:])
