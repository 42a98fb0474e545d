"""Where the caller is, as the card shows it: every fix's position and address side by side, what the
gazetteer says of the leading one, what network and phone say of the subscriber, and what contradicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from gateway.calls.located import AdditionalDataAnswered
from gateway.calls.model import CallSession
from gateway.calls.places import contradictions, selection
from gateway.calls.signals import CallSignal
from gateway.location.drift import drift
from gateway.location.model import Additional, Location
from gateway.location.pidf_out import document

BLOCK_FIELDS = {
    "SubscriberInfo": "subscriber",
    "ProviderInfo": "provider",
    "DeviceInfo": "device",
    "ServiceInfo": "service",
    "Comment": "comment",
}
"""RFC 7852 blocks and the fields of the card that show them; other blocks are published only."""
FIX_FIELDS = ("position", "address")
"""What a fix fills."""
DESCRIBED_FIELDS = ("standard_address", "jurisdiction", "district", "junctions")
NOTE_FIELD = "location_note"
"""What needs a person's eye: one line in Chinese, one in English, for each contradiction and movement."""
MAX_NOTES = 3
_CIVIC_ORDER = (
    *("A1", "A2", "A3", "A4", "A5", "A6", "RD", "STS", "HNO", "HNS", "LMK", "BLD", "UNIT", "FLR", "ROOM"),
    *("LOC", "NAM"),
)


def position_text(location: Location) -> str:
    """`31.23040,121.47370 WGS-84 ± 50 m`: never a coordinate without its datum and its uncertainty."""
    radius = "" if location.uncertainty_m is None else f" ± {location.uncertainty_m:.0f} m"
    return f"{location.latitude:.5f},{location.longitude:.5f} {location.datum}{radius}"


def civic_text(location: Location) -> str:
    """The civic address as one line, large to small as Chinese addresses are read (RFC 5139 element
    names)."""
    if location.address:
        return location.address
    civic = dict(location.civic)
    return "".join(civic[name] for name in _CIVIC_ORDER if civic.get(name))


def texts(location: Location) -> dict[str, str]:
    """The fields of the card that a fix fills."""
    found = {"position": position_text(location)} if location.latitude is not None else {}
    if address := civic_text(location):
        found["address"] = address
    return found


def leading_texts(session: CallSession) -> dict[str, str]:
    """What the leading fix says: it stands first in its fields."""
    for fix in session.locations:
        if fix.location_id == session.leading_location:
            return texts(fix)
    return {}


def described(session: CallSession) -> Iterator[tuple[str, str]]:
    """(field, text) out of the gazetteer; an empty text takes the one before away."""
    known = session.locating.description
    if known is None:
        return
    outside = "辖区外 outside the jurisdictions" if known.outside else ""
    yield "standard_address", known.standard_address or ""
    yield "jurisdiction", known.jurisdiction or outside
    yield "district", " ".join(filter(None, (known.district, known.district_code)))
    yield "junctions", "、".join(known.junctions)


def additional(signal: AdditionalDataAnswered) -> Iterable[tuple[str, str]]:
    """(field, text) of RFC 7852 blocks; several of one kind stand in one line."""
    found: dict[str, list[str]] = {}
    for block in signal.blocks:
        if (name := BLOCK_FIELDS.get(block.block)) is not None:
            found.setdefault(name, []).append(_block_text(block))
    return [(name, " ｜ ".join(lines)) for name, lines in found.items()]


def _block_text(block: Additional) -> str:
    return " · ".join(f"{name} {value}" for name, value in block.fields)


def pidf_lo(session: CallSession, at: datetime) -> str:
    """All fixes of the call as PIDF-LO, the leading one first with its reason: what another centre takes
    over."""
    if not session.locations:
        return document((), entity=session.call_id)
    chosen = selection(session, at)
    return document(
        session.locations, entity=session.call_id, leading=chosen.leading.location_id, reason=chosen.sentence
    )


def note(session: CallSession, signal: CallSignal) -> str:
    """Contradictions and movement as they are now; empty where there are none."""
    pairs = [(each.zh, each.en) for each in contradictions(session, signal.when)]
    if (moved := drift(session.locating.trail)) is not None:
        pairs.append((moved.zh, moved.en))
    return _lines([*pairs[: MAX_NOTES - 1], *pairs[MAX_NOTES - 1 :][-1:]])


def _lines(pairs: Sequence[tuple[str, str]]) -> str:
    """All of one language in one line, as `next_question` does."""
    return "\n".join(("；".join(zh for zh, _ in pairs), "; ".join(en for _, en in pairs))) if pairs else ""
