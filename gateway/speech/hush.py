"""Leaves the silence between utterances unheard: half of every leg is the other side speaking.

Pure. Only silence that no word can be in is left out, and only while the recognizer holds nothing (before
the first sound, and after the end of an utterance that it found itself). Silence is what a telephone's coding
has three steps for; and the line's own noise, as long as it is quiet and steady: a voice that adds less to it
than chance does lies below the noise, where no recognizer finds a word. Whatever rises, in energy or by a
single peak, is given at once. Short words lose nothing: once something was heard, all that follows is given
until the recognizer has closed the utterance, and the silence just before a sound is given with it.
"""

from __future__ import annotations

import audioop
from bisect import bisect_right
from collections import deque

from gateway.speech.assemble import BYTES_PER_MS

QUIET_PEAK = 40
"""No sample is larger: the three lowest steps of G.711, 58 dB below full scale."""
STEADY_RMS = 80
"""A line's noise that may be left out is at least so quiet: 52 dB below full scale, 4 dB below what the watch
(watch.py) takes for speech at all."""
RISE_RMS, RISE_PEAK = 1.25, 2.0
"""A step with so much more energy, or so much higher a peak, than the quietest one is no steady noise: 2 dB,
which a voice 2 dB below the noise brings."""
STEPS_KNOWN, STEPS_LOOKED_AT = 5, 20
"""Before the noise of a line is known, and of how many steps the quietest one counts: a noise that rises is
heard for so long, one that falls is known at once."""
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
        self._steps: deque[tuple[int, int]] = deque(maxlen=STEPS_LOOKED_AT)

    def give(self, pcm: bytes) -> bytes:
        """What the recognizer shall hear now; empty while nothing has to be heard."""
        if self._silent(pcm) and self._resting:
            self._kept += pcm
            self._leave(max(0, len(self._kept) - _LEAD_BYTES) // _STRIDE_BYTES * _STRIDE_BYTES)
            return b""
        self._resting = False
        given, self._kept = self._kept + pcm, b""
        self._given_bytes += len(given)
        return given

    def _silent(self, pcm: bytes) -> bool:
        peak, rms = audioop.max(pcm, 2), audioop.rms(pcm, 2)
        self._steps.append((rms, peak))
        if peak <= QUIET_PEAK:
            return True
        if rms > STEADY_RMS or len(self._steps) < STEPS_KNOWN:
            return False
        return rms <= RISE_RMS * min(self._steps)[0] and peak <= RISE_PEAK * min(p for _, p in self._steps)

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
