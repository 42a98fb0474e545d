"""Leaves the silence between utterances unheard: half of every leg is the other side speaking.

Pure. Only silence that no word can be in is left out: so low that a telephone's coding has three steps for
it, and only while the recognizer holds nothing (before the first sound, and after the end of an utterance
that it found itself). Short words lose nothing: once something was heard, all that follows is given until the
recognizer has closed the utterance, and the silence just before a sound is given with it.
"""

from __future__ import annotations

import audioop
from bisect import bisect_right

from gateway.speech.assemble import BYTES_PER_MS

QUIET_PEAK = 40
"""No sample is larger: the three lowest steps of G.711, 58 dB below full scale."""
LEAD_MS = 200
"""Of the silence so much is given before the sound that ends it."""
STRIDE_MS = 30
"""Left out in whole strides: what a recognizer computes of three frames together stays together."""

_LEAD_BYTES, _STRIDE_BYTES = LEAD_MS * BYTES_PER_MS, STRIDE_MS * BYTES_PER_MS


class Hush:
    """One leg. `give` says what of its sound is to be heard, `placed_ms` where in the leg that stands."""

    def __init__(self) -> None:
        self._resting = True
        self._kept = b""
        self._given_bytes = self._left_bytes = 0
        self._given_at_ms: list[float] = []
        self._left_ms: list[float] = []

    def give(self, pcm: bytes) -> bytes:
        """What the recognizer shall hear now; empty while nothing has to be heard."""
        if self._resting and audioop.max(pcm, 2) <= QUIET_PEAK:
            self._kept += pcm
            self._leave(max(0, len(self._kept) - _LEAD_BYTES) // _STRIDE_BYTES * _STRIDE_BYTES)
            return b""
        self._resting = False
        given, self._kept = self._kept + pcm, b""
        self._given_bytes += len(given)
        return given

    def closed(self) -> None:
        """The recognizer found the end of an utterance: it holds nothing."""
        self._resting = True

    def placed_ms(self, given_ms: float) -> float:
        """Milliseconds of the leg, of milliseconds of the sound that was given."""
        at = bisect_right(self._given_at_ms, given_ms)
        return given_ms + (self._left_ms[at - 1] if at else 0.0)

    def _leave(self, size: int) -> None:
        if size == 0:
            return
        self._kept = self._kept[size:]
        self._left_bytes += size
        at_ms, left_ms = self._given_bytes / BYTES_PER_MS, self._left_bytes / BYTES_PER_MS
        if self._given_at_ms and self._given_at_ms[-1] == at_ms:
            self._left_ms[-1] = left_ms
        else:
            self._given_at_ms.append(at_ms)
            self._left_ms.append(left_ms)
