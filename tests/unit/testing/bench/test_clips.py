"""The legs of the benchmark: what a conversation's leg is made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gateway.speech.hush import STEADY_RMS
from gateway.testing.bench.speech.clips import Clip, with_pauses


def test_a_leg_of_a_conversation_is_silent_for_as_long_as_it_speaks_in_the_hiss_of_a_room(
    tmp_path: Path,
) -> None:
    said = (3000 * np.sin(np.arange(16_000) / 5)).astype(np.int16)
    (tmp_path / "clip0.pcm").write_bytes(said.tobytes())
    clip = Clip(file=str(tmp_path / "clip0.pcm"), seconds=2.0, first_word_ms=300, text="喂")
    (leg,) = with_pauses([clip], tmp_path)
    heard = np.frombuffer(Path(leg.file).read_bytes(), np.int16).astype(float)
    assert (leg.seconds, len(heard), leg.text) == (4.0, 32_000, "喂")
    assert np.abs(heard[:16_000] - said).max() < 200
    pause = float(np.sqrt(np.mean(heard[16_000:] ** 2)))
    assert 20 < pause < STEADY_RMS
    assert with_pauses([clip], tmp_path) == [leg]
