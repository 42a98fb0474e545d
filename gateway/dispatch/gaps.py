"""Finds what is missing, doubled or out of order in a stream of events, by their sequence numbers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MAX_STREAMS = 10_000
"""Calls followed at once; the one that was silent longest is forgotten first."""
MAX_MISSING = 10_000
"""Missing numbers remembered a stream, to tell a late event from one sent twice; the lowest are forgotten
first.
"""


class Kind(StrEnum):
    """gap: numbers are missing; late: one of them came after all; duplicate: seen before (QoS 1 may)."""

    GAP = "gap"
    LATE = "late"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Irregularity:
    """`stream` is a call_id, or `site:<source>`. `first` and `last` included."""

    kind: Kind
    stream: str
    first: int
    last: int


@dataclass(slots=True)
class _Stream:
    last: int
    missing: set[int] = field(default_factory=set)


class GapDetector:
    """Feed it events as they arrive; `missing` is what has not come so far.

    A stream is followed from its first event on: a subscriber that joins in the middle misses nothing it was
    promised.
    """

    def __init__(self, *, per_site: bool = True) -> None:
        """`per_site` False: only some calls are subscribed to, so the site's numbers have holes by design."""
        self._per_site = per_site
        self._streams: OrderedDict[str, _Stream] = OrderedDict()
        self.counts: dict[Kind, int] = dict.fromkeys(Kind, 0)

    def feed(self, event: Mapping[str, Any]) -> tuple[Irregularity, ...]:
        """Take one CloudEvent of ours. Raises KeyError or TypeError when it has no sequence numbers."""
        found: list[Irregularity] = []
        if "subject" in event:
            found.extend(self._follow(str(event["subject"]), int(event["callseq"])))
        if self._per_site:
            found.extend(self._follow(f"site:{event['source']}", int(event["siteseq"])))
        for irregularity in found:
            self.counts[irregularity.kind] += 1
        return tuple(found)

    @property
    def missing(self) -> int:
        """Numbers that have not come."""
        return sum(len(stream.missing) for stream in self._streams.values())

    def _follow(self, name: str, number: int) -> Iterable[Irregularity]:
        stream = self._streams.get(name)
        if stream is None:
            self._remember(name, number)
            return
        self._streams.move_to_end(name)
        if number > stream.last:
            if number > stream.last + 1:
                yield Irregularity(kind=Kind.GAP, stream=name, first=stream.last + 1, last=number - 1)
                stream.missing.update(range(max(stream.last + 1, number - MAX_MISSING), number))
                if len(stream.missing) > MAX_MISSING:
                    stream.missing = set(sorted(stream.missing)[-MAX_MISSING:])
            stream.last = number
            return
        kind = Kind.LATE if number in stream.missing else Kind.DUPLICATE
        stream.missing.discard(number)
        yield Irregularity(kind=kind, stream=name, first=number, last=number)

    def _remember(self, name: str, number: int) -> None:
        self._streams[name] = _Stream(number)
        if len(self._streams) > MAX_STREAMS:
            self._streams.popitem(last=False)
