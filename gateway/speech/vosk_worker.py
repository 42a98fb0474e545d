"""Vosk behind the recognizer's port. Runs in a worker process alone: a Kaldi assertion ends the whole
process.

What kills or hangs vosk 0.3.45 and is kept from it here: rates outside a fixed list (0 hangs, NaN aborts),
half samples (all that follows is noise), a grammar set while running (aborts), downloads
(`Model(lang=…)`).
"""

from __future__ import annotations

import audioop
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soxr
import vosk

from gateway.speech.assemble import BYTES_PER_MS, RATE_HZ
from gateway.speech.hush import Hush
from gateway.speech.model import Word
from gateway.speech.models import ModelCard, check
from gateway.speech.recognizer import UNKNOWN, Final, Partial, RecognizerError, joined, span_ms, whole_samples

STEP_BYTES = 100 * BYTES_PER_MS
WAITING_STEP_BYTES = 200 * BYTES_PER_MS
"""The step when so much sound comes at once: it has been waiting, and larger steps are cheaper."""

PARTIAL_EVERY_MS = 200
"""Partial text at most this often, in time of sound."""

QUIET_MS = 200
QUIET_RMS, QUIET_SHARE = 60.0, 0.03
"""A line quieter than this (-55 dBFS, or 30 dB below the utterance's loudest) for QUIET_MS says nothing: a
new last word then is the decoder's guess at what may follow, held back until sound goes on or the
utterance ends without it."""

PARTIAL_LAG_MS = 500
"""About how long a word has been spoken when it first stands in partial text."""


class VoskEngine:
    """One loaded model, shared by the ears of a worker."""

    def __init__(self, model: Path) -> None:
        self.card: ModelCard = check(model)
        vosk.SetLogLevel(0)
        try:
            self._model = vosk.Model(str(model.resolve()))
            self._recognizer().AcceptWaveform(bytes(RATE_HZ // 5))
        except Exception as error:  # vosk raises bare Exceptions; the reason stands on standard error
            raise RecognizerError(f"{model}: vosk cannot use this model ({error})") from error
        vosk.SetLogLevel(-1)

    def open(self, started_ms: int) -> VoskEar:
        return VoskEar(
            self._recognizer(), started_ms, resample_to_hz=self._rate_hz if self._rate_hz != RATE_HZ else None
        )

    @property
    def _rate_hz(self) -> int:
        return RATE_HZ if self.card.takes_telephone_rate else self.card.sample_rate_hz

    def _recognizer(self) -> Any:
        recognizer = vosk.KaldiRecognizer(self._model, float(self._rate_hz))
        recognizer.SetWords(True)
        return recognizer


class VoskEar:
    """One leg. Vosk counts word times in the sound it was given; `started_ms` and what was left out (hush.py)
    put them on the call's line."""

    def __init__(self, recognizer: Any, started_ms: int, *, resample_to_hz: int | None) -> None:
        self._recognizer, self._started_ms = recognizer, started_ms
        self._resampler = (
            soxr.ResampleStream(RATE_HZ, resample_to_hz, 1, dtype="int16") if resample_to_hz else None
        )
        self._hush = Hush()
        self._heard_bytes = 0
        self._recent = b""
        self._loudest = 0
        self._text, self._text_from_ms, self._looked_ms = "", started_ms, started_ms

    @property
    def _now_ms(self) -> int:
        return self._started_ms + span_ms(self._heard_bytes)

    def hear(self, pcm: bytes) -> Sequence[Partial | Final]:
        """In small steps: vosk looks for an utterance's end once a call, text must not depend on our
        pieces."""
        pcm = whole_samples(pcm)
        step = WAITING_STEP_BYTES if len(pcm) >= WAITING_STEP_BYTES else STEP_BYTES
        return [item for at in range(0, len(pcm), step) for item in self._step(pcm[at : at + step])]

    def _step(self, pcm: bytes) -> Sequence[Partial | Final]:
        self._heard_bytes += len(pcm)
        self._recent = (self._recent + pcm)[-QUIET_MS * BYTES_PER_MS :]
        if not (given := self._hush.give(pcm)):
            return ()
        if self._recognizer.AcceptWaveform(self._resampled(given)):
            self._text, self._loudest = "", 0
            self._hush.closed()
            return [self._final(self._recognizer.Result())]
        return list(self._partial())

    def finish(self) -> Sequence[Partial | Final]:
        if self._resampler is not None:
            self._recognizer.AcceptWaveform(
                self._resampler.resample_chunk(np.zeros(0, np.int16), last=True).tobytes()
            )
        return [self._final(self._recognizer.FinalResult())]

    def weight(self) -> tuple[float, int]:
        self._recognizer.SetPartialWords(True)
        words = json.loads(self._recognizer.PartialResult()).get("partial_result", ())
        self._recognizer.SetPartialWords(False)
        found = [self._word(item) for item in words]
        spans = [word.ended_ms - word.started_ms for word in found]
        return sum(word.confidence * span for word, span in zip(found, spans, strict=True)), sum(spans)

    def _partial(self) -> Iterator[Partial]:
        """Looked for at every step until there is a first word, then every PARTIAL_EVERY_MS."""
        now = self._now_ms
        if self._quiet() or (self._text and now - self._looked_ms < PARTIAL_EVERY_MS):
            return
        self._looked_ms = now
        words = json.loads(self._recognizer.PartialResult()).get("partial", "").split()
        text = joined([Word(text=w, started_ms=0, ended_ms=0, confidence=0.0) for w in words if w != UNKNOWN])
        if not text or text == self._text:
            return
        if not self._text:
            self._text_from_ms = max(self._started_ms, now - PARTIAL_LAG_MS)
        self._text = text
        yield Partial(text=text, started_ms=self._text_from_ms, ended_ms=now)

    def _quiet(self) -> bool:
        rms = audioop.rms(self._recent, 2)
        self._loudest = max(self._loudest, rms)
        return rms < max(QUIET_RMS, QUIET_SHARE * self._loudest)

    def _final(self, answer: str) -> Final:
        return Final(words=tuple(self._word(item) for item in json.loads(answer).get("result", ())))

    def _word(self, item: dict[str, Any]) -> Word:
        known = item["word"] != UNKNOWN
        return Word(
            text=item["word"] if known else "",
            started_ms=self._at_ms(item["start"]),
            ended_ms=self._at_ms(item["end"]),
            confidence=round(min(1.0, max(0.0, float(item["conf"]))), 3) if known else 0.0,
        )

    def _at_ms(self, given_s: float) -> int:
        return self._started_ms + round(self._hush.placed_ms(given_s * 1000))

    def _resampled(self, pcm: bytes) -> bytes:
        if self._resampler is None:
            return pcm
        resampled: bytes = self._resampler.resample_chunk(np.frombuffer(pcm, np.int16)).tobytes()
        return resampled


def make(model: Path) -> VoskEngine:
    return VoskEngine(model)
