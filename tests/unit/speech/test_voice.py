from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest

from gateway.programs import Program
from gateway.speech.voice import Voice, VoiceError, pinyin, speak


def test_chinese_becomes_numbered_pinyin_with_pauses() -> None:
    assert pinyin("你好，有人打架了！") == "ni3 hao3, you3 ren2 da3 jia4 le5"
    assert pinyin("绿") == "lv4"


def script(folder: Path, text: str) -> Program:
    file = folder / "espeak-ng"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return Program(argv=(str(file),))


def test_mandarin_is_given_as_pinyin_and_other_voices_read_plain_text(tmp_path: Path) -> None:
    said = tmp_path / "said"
    program = script(tmp_path, f'printf "%s " "$@" >{said}; exit 1')
    for voice, text in (Voice(variant="f2", speed=150, pitch=60), "你好"), (Voice(base="en-gb"), "Help 2"):
        with pytest.raises(VoiceError, match="espeak-ng cannot say"):
            speak(text, voice, program)
    assert said.read_text() == "-v en-gb -s 165 -p 50 --stdout Help 2 "
    with pytest.raises(VoiceError):
        speak("你好", Voice(variant="f2", speed=150, pitch=60), program)
    assert said.read_text() == "-v cmn-latn-pinyin+f2 -s 150 -p 60 --stdout ni3 hao3 "


def test_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="cannot say"):
        speak("你好", Voice(), Program(argv=(str(tmp_path / "none"),)))


@pytest.mark.system
def test_real_espeak_speaks_mandarin_and_english() -> None:
    from gateway.testing.lab import Cache

    program = Cache().program("espeak-ng")
    for voice, text in (Voice(), "有人打架"), (Voice(base="en-us"), "I need the police"):
        samples = speak(text, voice, program)
        assert 4000 < len(samples) < 40_000
        assert np.abs(samples).max() > 3000
