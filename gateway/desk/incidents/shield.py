"""Detectors of floods over arrivals: pure, without a clock, in bounded memory.

They only say which calls look like part of a flood. Nobody is blocked and no call is dropped: a suspected one
is answered after the others. A number that ever spoke of danger, has a history of violence at home, or once
waited for us in vain (longer than we promise to answer within) is never suspected. Who hangs up sooner than
that is neither: it is no one-ring call, and it protects nobody, or a flooder had only to ring a little
longer.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.calls.together import FloodKind, Suspicion
from gateway.desk.incidents.flood import FloodSeen

MAX_KEYS = 5_000
"""Numbers, ranges, addresses and trunks watched at once: the one that rang longest ago is forgotten."""
MAX_IN_WINDOW = 2_000
"""Calls kept of one of them: with more the figures are those of the newest."""
MAX_PROTECTED = 20_000
"""Numbers known as protected; the oldest are asked of the store again."""
MAX_OPEN = 20_000
"""Calls whose end is awaited; the oldest are forgotten and count for nothing more."""
RANGE_DIGITS = 4
"""Numbers alike but for their last digits are of one range: ten thousand numbers."""
LEAST_DIGITS = 7
WAITED_IN_VAIN_S = 15.0
"""Who hung up unanswered after that had a right to be answered: the hall's promise is missed
(NENA-STA-020.1: 90 % within 15 s), and the caller is never suspected."""
CLEARED_BY = 2
"""So many calls with words of danger, and a range, address or trunk is suspected no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodLimits:
    """Thresholds, from [together.flood] of gateway.toml; each with its window in seconds."""

    one_ring_s: float = 6.0
    one_ring_calls: int = 4
    one_ring_within_s: float = 600.0
    same_number_calls: int = 10
    same_number_within_s: float = 1800.0
    range_numbers: int = 8
    range_within_s: float = 120.0
    source_calls: int = 40
    source_within_s: float = 60.0
    short_share: float = 0.6
    over_after_s: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A call whose number has just become known. `number` None: withheld. `trunk`: PBX and endpoint."""

    call_id: str
    at: datetime
    number: str | None
    source: str | None = None
    trunk: str | None = None


Key = tuple[FloodKind, str]


@dataclass(slots=True)
class _Window:
    """Calls of one key: (at, call_id, number), and how those that are over went. `since`: it is a flood."""

    calls: deque[tuple[datetime, str, str]] = field(default_factory=lambda: deque(maxlen=MAX_IN_WINDOW))
    short: deque[datetime] = field(default_factory=lambda: deque(maxlen=MAX_IN_WINDOW))
    ended: deque[datetime] = field(default_factory=lambda: deque(maxlen=MAX_IN_WINDOW))
    danger: deque[datetime] = field(default_factory=lambda: deque(maxlen=CLEARED_BY))
    since: datetime | None = None
    total: int = 0
    numbers: set[str] = field(default_factory=set)
    told: int = 0

    def cut(self, before: datetime) -> None:
        while self.calls and self.calls[0][0] <= before:
            self.calls.popleft()
        for times in (self.short, self.ended, self.danger):
            while times and times[0] <= before:
                times.popleft()

    def forget(self) -> None:
        self.calls.clear()
        self.short.clear()
        self.ended.clear()


class Shield:
    """All detectors of one site. Every method says which floods changed by it."""

    def __init__(self, site: str, limits: FloodLimits) -> None:
        self._site, self.limits = site, limits
        self._windows: OrderedDict[Key, _Window] = OrderedDict()
        self._protected: OrderedDict[str, bool] = OrderedDict()
        self._open: OrderedDict[str, tuple[Arrival, tuple[Key, ...]]] = OrderedDict()

    # ---- what happens

    def arrived(self, arrival: Arrival) -> tuple[FloodSeen, ...]:
        keys = tuple(self._counted(arrival))
        self._open[arrival.call_id] = (arrival, keys)
        if len(self._open) > MAX_OPEN:
            self._open.popitem(last=False)
        for key in keys:
            window = self._window(key, arrival.at)
            window.calls.append((arrival.at, arrival.call_id, arrival.number or arrival.call_id))
            if window.since is not None:
                window.total += 1
                if len(window.numbers) < MAX_KEYS:
                    window.numbers.add(arrival.number or arrival.call_id)
        return self._looked(keys, arrival.at)

    def ended(self, call_id: str, at: datetime, *, answered: bool) -> tuple[FloodSeen, ...]:
        """`answered`: by a call-taker; a call that hung up before that, and soon, is a short one."""
        arrival, keys = self._open.pop(call_id, (None, ()))
        if arrival is None:
            return ()
        lasted = (at - arrival.at).total_seconds()
        for key in keys:
            window = self._window(key, at)
            window.ended.append(at)
            if not answered and lasted <= self.limits.one_ring_s:
                window.short.append(at)
        if not answered and lasted > max(WAITED_IN_VAIN_S, self.limits.one_ring_s) and arrival.number:
            self.protect(arrival.number)
        return self._looked(keys, at)

    def spoke_of_danger(self, call_id: str, at: datetime) -> tuple[FloodSeen, ...]:
        """The caller's number is suspected no more; nor, when another one did so too, is what it belongs
        to."""
        arrival, _ = self._open.get(call_id, (None, ()))
        if arrival is None:
            return ()
        if arrival.number:
            self.protect(arrival.number)
        over = []
        for key in self._keys(arrival):
            window = self._window(key, at)
            window.danger.append(at)
            if window.since is not None and self._cleared(key, window):
                over.append(self._over(key, window, at))
        return tuple(over)

    def protect(self, number: str, protected: bool = True) -> None:
        """From now on its calls are never suspected; False: the store was asked and knows no reason."""
        self._protected[number] = protected or self._protected.get(number, False)
        self._protected.move_to_end(number)
        if len(self._protected) > MAX_PROTECTED:
            self._protected.popitem(last=False)

    def unasked(self, number: str) -> bool:
        """It rang before, and nobody knows yet whether it is protected."""
        return number not in self._protected and (FloodKind.SAME_NUMBER, number) in self._windows

    def is_protected(self, number: str) -> bool | None:
        """None: the store was not asked yet."""
        return self._protected.get(number)

    def time_passed(self, at: datetime) -> tuple[FloodSeen, ...]:
        """Floods that are over, and how those that go on are now."""
        told = []
        for key, window in list(self._windows.items()):
            window.cut(at - self._within(key))
            if window.since is None:
                if not window.calls:
                    del self._windows[key]
            elif window.calls and (at - window.calls[-1][0]).total_seconds() < self.limits.over_after_s:
                if window.total != window.told:
                    told.append(self._seen(key, window, at))
            else:
                told.append(self._over(key, window, at))
        return tuple(told)

    # ---- what it makes of a call

    def suspicion(self, arrival: Arrival) -> Suspicion | None:
        """Of a call that has come: the flood it looks like part of, the narrowest first."""
        if arrival.number is not None and self._protected.get(arrival.number, False):
            return None
        for key in self._keys(arrival):
            if self._under_way(key):
                calls = self._windows[key].total
                return Suspicion(kind=key[0], key=key[1], calls=calls, at=arrival.at)
        return None

    def waiting_calls(self, key: Key) -> tuple[Arrival, ...]:
        """Calls of a flood that are not over: those that came before it was noticed."""
        return tuple(arrival for arrival, keys in self._open.values() if key in keys)

    def floods(self) -> tuple[Key, ...]:
        return tuple(key for key, window in self._windows.items() if window.since is not None)

    # ---- inside

    def _keys(self, arrival: Arrival) -> Iterator[Key]:
        number = arrival.number
        if number:
            yield FloodKind.ONE_RING, number
            yield FloodKind.SAME_NUMBER, number
            if len(number) >= LEAST_DIGITS:
                yield FloodKind.PREFIX, number[:-RANGE_DIGITS]
        if arrival.source:
            yield FloodKind.SOURCE, arrival.source
        if arrival.trunk:
            yield FloodKind.TRUNK, arrival.trunk

    def _counted(self, arrival: Arrival) -> Iterator[Key]:
        """Up to the narrowest one that is a flood: what explains the call. A wider one must not be taken for
        a flood because of it, or everybody who rings over the same trunk would be suspected."""
        for key in self._keys(arrival):
            yield key
            if self._under_way(key):
                return

    def _under_way(self, key: Key) -> bool:
        window = self._windows.get(key)
        return window is not None and window.since is not None

    def _window(self, key: Key, at: datetime) -> _Window:
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window()
            if len(self._windows) > MAX_KEYS:
                self._windows.popitem(last=False)
        self._windows.move_to_end(key)
        window.cut(at - self._within(key))
        return window

    def _within(self, key: Key) -> timedelta:
        limits = self.limits
        seconds = {
            FloodKind.ONE_RING: limits.one_ring_within_s, FloodKind.SAME_NUMBER: limits.same_number_within_s,
            FloodKind.PREFIX: limits.range_within_s,
        }.get(key[0], limits.source_within_s)  # fmt: skip
        window = self._windows.get(key)
        return timedelta(seconds=max(seconds, limits.over_after_s if window and window.since else 0.0))

    def _looked(self, keys: tuple[Key, ...], at: datetime) -> tuple[FloodSeen, ...]:
        """The narrowest one that has become a flood: wider ones begin to count anew without its calls."""
        for place, key in enumerate(keys):
            if self._under_way(key):
                return ()
            window = self._windows.get(key)
            if window is None or not self._flooded(key, window):
                continue
            window.since = window.calls[0][0]
            window.total = len(window.calls)
            window.numbers = {number for _, _, number in window.calls}
            for wider in keys[place + 1 :]:
                self._window(wider, at).forget()
            return (self._seen(key, window, at),)
        return ()

    def _flooded(self, key: Key, window: _Window) -> bool:
        limits, number = self.limits, key[1]
        if self._cleared(key, window):
            return False
        match key[0]:
            case FloodKind.ONE_RING:
                return len(window.short) >= limits.one_ring_calls and not self._protected.get(number, False)
            case FloodKind.SAME_NUMBER:
                return len(window.calls) >= limits.same_number_calls and not self._protected.get(
                    number, False
                )
            case FloodKind.PREFIX:
                numbers = len({each for _, _, each in window.calls})
                sure = numbers >= 3 * limits.range_numbers
                return numbers >= limits.range_numbers and (sure or self._short(window))
        return len(window.calls) >= limits.source_calls and self._short(window)

    def _short(self, window: _Window) -> bool:
        """Most of those that are over hung up at once."""
        return bool(window.ended) and len(window.short) >= self.limits.short_share * len(window.ended)

    def _cleared(self, key: Key, window: _Window) -> bool:
        alone = key[0] in (FloodKind.ONE_RING, FloodKind.SAME_NUMBER)
        return len(window.danger) >= (1 if alone else CLEARED_BY)

    def _seen(self, key: Key, window: _Window, at: datetime, *, over: bool = False) -> FloodSeen:
        window.told = window.total
        newest = [each[0] for each in window.calls if each[0] > at - timedelta(seconds=60)]
        return FloodSeen(
            site=self._site, at=at, kind=key[0], key=key[1], since=window.since or at, calls=window.total,
            numbers=len(window.numbers), per_minute=float(len(newest)),
            over=over,
        )  # fmt: skip

    def _over(self, key: Key, window: _Window, at: datetime) -> FloodSeen:
        told = self._seen(key, window, at, over=True)
        window.since, window.total, window.numbers = None, 0, set()
        window.forget()
        return told
