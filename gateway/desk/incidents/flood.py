"""The floods of one site, kept as state: pages and a restart know them. Detectors stand in `shield`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.calls.together import FloodKind
from gateway.dispatch.site_events import FloodStep, FloodSuspected

MAX_FLOODS = 20
"""Floods under way; further ones are counted (`beyond`) and their calls are suspected all the same."""
MAX_PAST = 20
"""Floods that are over and still shown: the last ones."""
MAX_KEY_CHARS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """Calls of one number, range, SIP address or trunk that keep lines busy. `calls`, `numbers`: since it
    began; `per_minute`: when it was looked at last."""

    kind: FloodKind
    key: str
    since: datetime
    seen_at: datetime
    calls: int
    numbers: int
    per_minute: float
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Floods:
    site: str
    now: tuple[Flood, ...] = ()
    past: tuple[Flood, ...] = ()
    beyond: int = 0
    rev: int = 0

    def flood(self, kind: FloodKind, key: str) -> Flood | None:
        return next((each for each in self.now if (each.kind, each.key) == (kind, key)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodSignal:
    """What a detector of the site found."""

    site: str
    at: datetime
    inferred: bool = False

    @property
    def when(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodSeen(FloodSignal):
    """A flood as it is now; `over`: its rate has fallen."""

    kind: FloodKind
    key: str
    since: datetime
    calls: int
    numbers: int
    per_minute: float
    over: bool = False


def reduce(floods: Floods, signal: FloodSignal) -> tuple[Floods, tuple[FloodSuspected, ...]]:
    """Pure and total. Told when one begins, has doubled, or is over."""
    if not isinstance(signal, FloodSeen):
        return floods, ()
    known = floods.flood(signal.kind, signal.key)
    if known is None and (signal.over or len(floods.now) >= MAX_FLOODS):
        more = 0 if signal.over else 1
        return (replace(floods, beyond=floods.beyond + 1, rev=floods.rev + 1) if more else floods), ()
    seen = Flood(
        kind=signal.kind, key=signal.key[:MAX_KEY_CHARS], since=signal.since, seen_at=signal.when,
        calls=signal.calls, numbers=signal.numbers, per_minute=signal.per_minute,
        ended_at=signal.when if signal.over else None,
    )  # fmt: skip
    rest = tuple(each for each in floods.now if each is not known)
    if signal.over:
        after = replace(floods, now=rest, past=(seen, *floods.past)[:MAX_PAST])
    else:
        after = replace(floods, now=(*rest, seen))
    step = _step(known, seen)
    return replace(after, rev=floods.rev + 1), () if step is None else (_told(seen, signal, step),)


def _step(known: Flood | None, seen: Flood) -> FloodStep | None:
    if seen.ended_at is not None:
        return FloodStep.ENDED
    if known is None:
        return FloodStep.BEGAN
    doubled = seen.calls.bit_length() > known.calls.bit_length()
    return FloodStep.GREW if doubled else None


def _told(flood: Flood, signal: FloodSeen, step: FloodStep) -> FloodSuspected:
    return FloodSuspected(
        occurred_at=signal.when, step=step, kind=flood.kind.value, key=flood.key, since=flood.since,
        calls=flood.calls, numbers=flood.numbers, per_minute=flood.per_minute,
    )  # fmt: skip
