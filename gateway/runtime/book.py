"""What memory holds of the open aggregates, and what each kind of aggregate brings to the loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from gateway.calls.effects import Effect
from gateway.desk.card import Card
from gateway.ports import Commit
from gateway.runtime.answers import Answer
from gateway.speech.model import TranscriptSegment

Address = tuple[str, str]
"""(kind, key) of an aggregate."""

MAX_LET_GO = 50_000
"""Closed aggregates whose names are remembered; what is older is never told again as new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """One open aggregate in memory. `card` and `last` (its newest final segment) are a call's alone."""

    state: Any
    card: Card = field(default_factory=dict)
    last: TranscriptSegment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What one signal made of one aggregate. `after` None: it concerns nothing that exists, and changes
    nothing."""

    after: Live | None
    events: tuple[Any, ...] = ()
    tells: tuple[Any, ...] = ()
    answer: Answer | None = None
    card_fields: tuple[str, ...] = ()
    erased: Any = None
    """The state before an erasure: the store needs its keys to find what goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One signal's mark on one aggregate, for the rows of the commit, the pages and the relay."""

    address: Address
    signal: Any
    after: Live
    events: tuple[Any, ...]
    card_fields: tuple[str, ...]
    before: Any = None
    """Of an erasure alone: what the aggregate was."""


class Machine(Protocol):
    """One kind of aggregate: its pure functions, and the rows that its changes fill beside journal and
    outbox."""

    kind: str
    state_type: type
    signals: type
    """What all signals of this kind of aggregate are."""

    def key(self, signal: Any) -> str: ...

    def begins(self, signal: Any) -> bool:
        """Nothing of the aggregate can have been told before: unless this memory let it go, the store has
        none."""
        ...

    def move(self, live: Live | None, signal: Any) -> Moved: ...

    def owed(self, state: Any) -> frozenset[Effect]: ...

    def closed(self, state: Any) -> bool: ...

    def rev(self, state: Any) -> int: ...

    def numbered(self, live: Live, published: int) -> tuple[Live, int]:
        """The aggregate after `published` events more, and the sequence number before the first of them."""
        ...

    def rows(self, changes: Sequence[Change], now: datetime) -> Commit:
        """The aggregate's own tables: calls, segments, card fields, assessments."""
        ...


class Book:
    """The open aggregates. Only the loop writes it, and only after the commit."""

    def __init__(self) -> None:
        self._live: dict[Address, Live] = {}
        self._let_go: dict[Address, None] = {}

    def get(self, address: Address) -> Live | None:
        return self._live.get(address)

    def put(self, address: Address, live: Live, *, closed: bool = False) -> None:
        """Keep it, or let it go from memory when it is closed: the store has it."""
        if closed:
            self._live.pop(address, None)
            self._let_go[address] = None
            if len(self._let_go) > MAX_LET_GO:
                del self._let_go[next(iter(self._let_go))]
        else:
            self._live[address] = live

    def let_go(self, address: Address) -> bool:
        """It was here and is closed; only the store knows it."""
        return address in self._let_go

    def of_kind(self, kind: str) -> Mapping[str, Live]:
        return {key: live for (its_kind, key), live in self._live.items() if its_kind == kind}

    def items(self) -> Iterable[tuple[Address, Live]]:
        return tuple(self._live.items())

    def count(self, kind: str, where: Callable[[Any], bool] = lambda _: True) -> int:
        return sum(1 for (its_kind, _), live in self._live.items() if its_kind == kind and where(live.state))
