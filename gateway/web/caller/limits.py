"""How often strangers may ask: by their address, and all of them together."""

from __future__ import annotations

from collections import OrderedDict


class Buckets:
    """Each key may ask `burst` times at once and `per_s` times a second in the long run. At `size` keys the
    one not heard of longest is forgotten."""

    def __init__(self, *, burst: float, per_s: float, size: int = 10_000) -> None:
        self._burst, self._per_s, self._size = burst, per_s, size
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float) -> bool:
        """False: too often. `now` in seconds that never go back."""
        left, at = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_s)
        may = left >= 1.0
        self._left[key] = (left - 1.0 if may else left, now)
        while len(self._left) > self._size:
            self._left.popitem(last=False)
        return may
