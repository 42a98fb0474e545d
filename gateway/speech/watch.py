"""Is this leg heard? Speech that no recognizer turns into words is found by its energy. Pure: fed with sound,
text and time, it decides; the ward acts.

What counts as speech energy is what speech alone does for long: it rises and falls several times a second,
well above what is quietest around it, and is no tone. Steady noise raises the floor, ring-back, busy tone and
keys are tones, and music may deceive once: then a second recognizer hears the same, and when it finds no
words either the watch is quiet until words come.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from gateway.speech.assemble import BYTES_PER_MS, RATE_HZ
from gateway.speech.model import HearingState

DEAF_AFTER_MS = 8_000
"""So much speech energy without a word: the ear is deaf."""
BLOCK_MS = 100
SILENT_DB = -100.0
"""As loud a tone counts: ring-back, busy, a key."""
MIN_DB = -48.0
"""Quieter blocks (dB below full scale) are no speech on any telephone line."""
ABOVE_FLOOR_DB = 8.0
"""Speech stands so far above the quietest tenth of the same 8 s."""
LOUD_SHARE = 0.35
"""Of 8 s of somebody speaking with ordinary pauses at least this much is loud."""
TURNS = 4
"""Speech rises above and falls below that line so often in 8 s; a noise that begins does it once."""
TONE_SHARE = 0.9
"""A block whose two strongest frequencies hold so much of its energy is a tone: ring-back, busy, a key."""
SECOND_OPINION_MS = 3_000
"""The second recognizer has heard the 8 s again, and so much beyond, without a word: there are none."""
CALM_MS = 30_000
"""After so long without speech energy, sound without words is forgotten."""
NO_FRAMES_S = 3.0
"""A live tap sends every 20 ms, silence too: without a frame for so long it is told."""
MAX_MENDS = 5
"""Recognizers of one leg that are replaced for deafness; then it stays as it is."""
KEPT_BLOCKS = CALM_MS // BLOCK_MS + 100

_BLOCK_BYTES = BLOCK_MS * BYTES_PER_MS
_WINDOW = DEAF_AFTER_MS // BLOCK_MS
_UNWEIGHED_BYTES = DEAF_AFTER_MS * BYTES_PER_MS
"""While words come nobody asks how loud it was: so much sound is weighed at once, at a tenth of the cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How the leg is heard from `since_ms` of the call on. `mend`: replace its recognizer, and let the new
    one hear again from there."""

    state: HearingState
    reason: str | None
    since_ms: int
    mend: bool = False


_WHY = {
    HearingState.BEHIND: "more legs than this machine can follow",
    HearingState.SET_ASIDE: "more legs than this machine can follow",
    HearingState.NO_MODEL: "the model of its language cannot be used, the default one hears",
}


class _Phase(Enum):
    FINE = auto()
    MENDING = auto()
    NO_WORDS = auto()


class Watch:
    """One live leg, whose first sample lies at `base_ms` of the call."""

    def __init__(self, base_ms: int) -> None:
        self._base_ms, self._text_ms = base_ms, base_ms
        self._rest = bytearray()
        self._blocks: deque[float] = deque(maxlen=KEPT_BLOCKS)
        self._weighed = 0
        self._phase, self._since_ms, self._asked_ms = _Phase.FINE, base_ms, base_ms
        self._mends = 0
        self._told = HearingState.LIVE

    def sound(self, pcm: bytes) -> None:
        """Placed sound, in order."""
        self._rest += pcm
        if len(self._rest) >= _UNWEIGHED_BYTES:
            self._weigh()

    @property
    def _count(self) -> int:
        """Whole blocks so far."""
        return self._weighed + len(self._rest) // _BLOCK_BYTES

    def _weigh(self) -> None:
        whole = len(self._rest) // _BLOCK_BYTES * _BLOCK_BYTES
        if whole:
            samples = np.frombuffer(bytes(self._rest[:whole]), np.int16).reshape(-1, _BLOCK_BYTES // 2)
            del self._rest[:whole]
            self._blocks.extend(loudness(samples).tolist())
            self._weighed += len(samples)

    def text(self, ended_ms: int) -> None:
        """Words were found, up to there; partial ones count."""
        self._text_ms = max(self._text_ms, ended_ms)

    def look(self, *, heard_ms: int, silent_s: float = 0.0, late: HearingState | None = None) -> Told | None:
        """What is new. `heard_ms`: up to where the recognizer has heard; `silent_s`: since the last frame;
        `late`: the leg's text is behind, set aside, or in doubt because its language has no model here."""
        found, ends_ms = self._found(heard_ms), self._base_ms + self._count * BLOCK_MS
        if silent_s >= NO_FRAMES_S:
            found = Told(
                state=HearingState.NO_FRAMES, reason=f"no frame for {NO_FRAMES_S:.0f} s", since_ms=ends_ms
            )
        elif found.state is HearingState.LIVE and late is not None:
            found = Told(state=late, reason=_WHY[late], since_ms=heard_ms)
        if found.state is self._told and not found.mend:
            return None
        if self._told is HearingState.NO_FRAMES:
            found = replace(found, since_ms=ends_ms)
        self._told = found.state
        return found

    def _found(self, heard_ms: int) -> Told:
        if self._phase is not _Phase.FINE and self._text_ms > self._since_ms:
            self._phase = _Phase.FINE
        match self._phase:
            case _Phase.FINE:
                return self._fine(heard_ms)
            case _Phase.MENDING:
                if heard_ms >= self._asked_ms + SECOND_OPINION_MS:
                    self._phase = _Phase.NO_WORDS
            case _Phase.NO_WORDS:
                if not self._speech(heard_ms, CALM_MS, share=0.05):
                    self._phase, self._text_ms = _Phase.FINE, heard_ms
        return self._told_in(self._phase, heard_ms)

    def _fine(self, heard_ms: int) -> Told:
        lasted = heard_ms - self._text_ms >= DEAF_AFTER_MS
        if not lasted or self._mends >= MAX_MENDS or not self._speech(heard_ms, DEAF_AFTER_MS, LOUD_SHARE):
            return self._told_in(_Phase.FINE, heard_ms)
        self._phase, self._mends = _Phase.MENDING, self._mends + 1
        self._since_ms, self._asked_ms = heard_ms - DEAF_AFTER_MS, heard_ms
        self._text_ms = min(self._text_ms, self._since_ms)
        return Told(
            state=HearingState.DEAF, reason="8 s of speech without a word", since_ms=self._since_ms, mend=True
        )

    def _told_in(self, phase: _Phase, heard_ms: int) -> Told:
        match phase:
            case _Phase.MENDING:
                return Told(state=HearingState.DEAF, reason=None, since_ms=self._since_ms)
            case _Phase.NO_WORDS:
                return Told(
                    state=HearingState.NO_WORDS, reason="two recognizers found no words in it",
                    since_ms=self._since_ms,
                )  # fmt: skip
            case _:
                return Told(state=HearingState.LIVE, reason=None, since_ms=max(self._text_ms, self._base_ms))

    def _speech(self, heard_ms: int, span_ms: int, share: float) -> bool:
        """Whether the last `span_ms` that were heard look like somebody speaking."""
        self._weigh()
        first = self._count - len(self._blocks)
        ends = min((heard_ms - self._base_ms) // BLOCK_MS, self._count) - first
        blocks = np.fromiter(self._blocks, float)[max(0, ends - span_ms // BLOCK_MS) : max(0, ends)]
        if len(blocks) < min(_WINDOW, span_ms // BLOCK_MS):
            return False
        line = max(MIN_DB, float(np.percentile(blocks, 10)) + ABOVE_FLOOR_DB)
        loud = blocks > line
        turns = int(np.count_nonzero(loud[1:] != loud[:-1]))
        return bool(loud.mean() >= share and turns >= TURNS)


def loudness(blocks: NDArray[np.int16]) -> NDArray[np.float64]:
    """Of each block in dB below full scale; of a tone, as if it were silence."""
    sound = blocks.astype(np.float64) / 32768
    power = np.mean(sound**2, axis=1)
    decibels = 10 * np.log10(np.maximum(power, 1e-10))
    return np.where(_tones(sound), SILENT_DB, decibels)


def _tones(sound: NDArray[np.float64]) -> NDArray[np.bool_]:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.shape[1]), axis=1)) ** 2
    spectrum[:, : round(80 * sound.shape[1] / RATE_HZ)] = 0.0
    total = np.maximum(spectrum.sum(axis=1), 1e-12)
    found = np.zeros(len(sound))
    rows = np.arange(len(sound))
    for _ in range(2):
        peak = spectrum.argmax(axis=1)
        for beside in range(-2, 3):
            at = np.clip(peak + beside, 0, spectrum.shape[1] - 1)
            found += spectrum[rows, at]
            spectrum[rows, at] = 0.0
    share: NDArray[np.bool_] = found / total >= TONE_SHARE
    return share
