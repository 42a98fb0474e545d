"""What one reading of a source means for a call: its fixes, references, data and faults as signals."""

from __future__ import annotations

from datetime import datetime

from gateway.calls.located import AdditionalDataAnswered, LocationReferenced
from gateway.calls.signals import CallSignal, LocationAnswered, LocationRefused
from gateway.ids import CallId
from gateway.location.fix import fixes
from gateway.location.model import BodyReading, Datum, Location, LocationSource, Shape

MAX_FAULTS = 8
"""Faults of one body that are journaled with its call; the last one says how many more there were."""
MAX_REFERENCES = 8
"""References of one body that are followed; others are told as a fault."""
MAX_BLOCKS = 32
"""Blocks of additional data that are taken from one body; a call has some six."""
MAX_RAW = 200
"""Characters that say where in a body a fault stands."""

_BY_KIND = {"aml": LocationSource.AML, "held": LocationSource.HELD, "ali": LocationSource.ALI}


def source_of(reading: BodyReading) -> LocationSource:
    """Who speaks through a body that was handed in: its kind says so; a presence document and what a SIP
    message carries are the network's (PIDF)."""
    return _BY_KIND.get(reading.kind.partition("-")[0], LocationSource.PIDF)


def signals_of(
    call_id: str,
    reading: BodyReading,
    *,
    source: LocationSource,
    at: datetime,
    obtained_at: datetime,
    datum: Datum | None = None,
    query_id: str | None = None,
) -> list[CallSignal]:
    """All that a call learns from `reading`. `datum`: that of the source's coordinates which name none.

    The same reading gives the same fixes again, so that telling it twice changes nothing.
    """
    call = CallId(call_id)
    signals: list[CallSignal] = []
    for found in fixes(reading, source=source, obtained_at=obtained_at, datum=datum):
        if isinstance(found, Location):
            signals.append(LocationAnswered(call_id=call, at=at, location=found, query_id=query_id))
        else:
            signals.append(_refused(call, at, found.source, found.reason, ""))
    signals += _references(call, reading, source, at, obtained_at)
    if reading.additional:
        signals.append(
            AdditionalDataAnswered(
                call_id=call, at=at, blocks=reading.additional[:MAX_BLOCKS], source=source,
                provided_by=next((one.provided_by for one in reading.locations if one.provided_by), None),
                query_id=query_id,
            )
        )  # fmt: skip
    return [*signals, *_faults(call, reading, source, at)]


def _references(
    call: CallId, reading: BodyReading, source: LocationSource, at: datetime, obtained_at: datetime
) -> list[CallSignal]:
    """Those that may still be fetched; of an expired one `fixes` says so."""
    found = [
        one
        for one in reading.locations
        if one.shape is Shape.REFERENCE
        and one.uri
        and not (one.expires_at is not None and one.expires_at <= obtained_at)
    ]
    told: list[CallSignal] = [
        LocationReferenced(call_id=call, at=at, uri=one.uri or "", source=source, expires_at=one.expires_at)
        for one in found[:MAX_REFERENCES]
    ]
    if len(found) > MAX_REFERENCES:
        reason = f"{len(found)} references in one body; only the first {MAX_REFERENCES} are fetched"
        told.append(_refused(call, at, source, reason, ""))
    return told


def _faults(call: CallId, reading: BodyReading, source: LocationSource, at: datetime) -> list[CallSignal]:
    told: list[CallSignal] = [
        _refused(call, at, source, fault.what, fault.where) for fault in reading.faults[:MAX_FAULTS]
    ]
    if (more := len(reading.faults) - MAX_FAULTS) > 0:
        told.append(_refused(call, at, source, f"and {more} more faults in the same body", ""))
    return told


def _refused(call: CallId, at: datetime, source: LocationSource, reason: str, where: str) -> LocationRefused:
    return LocationRefused(
        call_id=call, at=at, source=source.value, reason=reason[:MAX_RAW], raw=where[:MAX_RAW]
    )
