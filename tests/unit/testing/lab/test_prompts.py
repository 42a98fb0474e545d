"""The shipped prompts are sounds that Asterisk plays, and short: whoever hides listens to them."""

from __future__ import annotations

import wave

import pytest

from gateway.testing.lab.pbx import DIALPLANS, SILENCE_SOUND
from gateway.testing.lab.prompts import PROMPTS

LONGEST_S = 6.0


@pytest.mark.parametrize("name", PROMPTS)
def test_a_shipped_prompt_is_8_khz_mono_and_short(name: str) -> None:
    with wave.open(str(DIALPLANS / f"sounds/{name}.wav")) as file:
        shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
        seconds = file.getnframes() / file.getframerate()
    assert shape == (8000, 1, 2)
    assert 1.0 < seconds < LONGEST_S


def test_the_dialplan_plays_exactly_these() -> None:
    shipped = (DIALPLANS / "intake110-globals.conf").read_text(encoding="utf-8")
    assert f"I110_SILENCE_SOUND={'&'.join(PROMPTS)}" in shipped
    assert [path.rsplit("/", 1)[1] for path in SILENCE_SOUND.split("&")] == list(PROMPTS)
