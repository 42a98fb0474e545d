from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from gateway.clock import SystemClock
from gateway.programs import Program
from gateway.speech import wav
from gateway.speech.measure import run
from gateway.speech.measure.channel import BAND_HZ, LEVEL, on_the_line
from gateway.speech.measure.corpus import Utterance, read
from gateway.speech.measure.run import MeasureError, Report, Speakers, measure, voice

ROOT = Path(__file__).parents[4]
DEMO, VOICES = ROOT / "asr_models/demo-cn", ROOT / "tests/data/speech"


async def through(utterances: list[Utterance], speakers: Speakers | None = None) -> Report:
    return await measure(
        DEMO,
        utterances,
        speakers or Speakers(),
        clock=SystemClock(),
        workers=1,
        on_progress=print,
    )


async def test_recordings_with_their_words_are_heard_and_scored(tmp_path: Path) -> None:
    shutil.copytree(VOICES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "transcripts.csv").write_text(
        "file,text,group\nfight.wav,你好我要报警，中山路2号有人打架,a\nwage.wav,老板拖欠工资了,b\n"
        "none.wav,没有,b\nyes.wav,help,b\n"
    )
    report = await through(read(tmp_path))
    facts = report.facts()
    assert (facts["cer"]["said"], facts["cer"]["deleted"], facts["cer"]["inserted"]) == (22, 1, 0)
    assert facts["groups"]["a"]["rate"] == 0.0
    assert facts["groups"]["b"]["rate"] == pytest.approx(1 / 7, abs=1e-3)
    assert facts["skipped_language"] == 1
    assert [fault.partition("none.wav")[1] for fault in facts["faults"]] == ["none.wav"]
    assert (facts["spoken_aloud"], facts["synthetic_only"]) == (False, True)
    assert facts["real_time_factor"] > 0
    assert facts["confidence"]["right"] > 0.8


def parrot(folder: Path) -> Program:
    """Stands for espeak-ng: whatever it shall say, it says that the boss owes wages, and writes it down."""
    script = folder / "parrot.py"
    script.write_text(
        f"import sys\nopen({str(folder / 'said')!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        f"sys.stdout.buffer.write(open({str(VOICES / 'wage.wav')!r}, 'rb').read())\n"
    )
    return Program(argv=(sys.executable, str(script)))


async def test_texts_are_read_aloud_by_the_voices_that_were_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "find_espeak", lambda: parrot(tmp_path))
    lines = [Utterance(name=str(n), text="老板拖欠工资", language="zh") for n in range(6)]
    report = await through(lines, Speakers(voices=("f2:170:40", "m3"), seed=3, noise_db=40.0))
    assert report.score.cer.rate <= 1 / 6, "one character of six, whatever model is shipped"
    assert set(report.score.voices) == {"f2:170:40", "m3"}
    said = (tmp_path / "said").read_text()
    assert "-v cmn-latn-pinyin+f2 -s 170 -p 40 --stdout lao3 ban3 tuo1 qian4 gong1 zi1" in said
    assert report.spoken_aloud


async def test_without_espeak_the_cure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "find_espeak", lambda: None)
    with pytest.raises(MeasureError, match="apt-get install espeak-ng"):
        await through([Utterance(name="1", text="你好", language="zh")])


async def test_corpus_in_another_language_than_the_model_is_told() -> None:
    with pytest.raises(MeasureError, match=r"no utterance in the model's language \(zh-CN\)"):
        await through([Utterance(name="1", text="help", language="en")])


def test_voice_tells_base_variant_speed_and_pitch_or_they_are_drawn() -> None:
    chance = np.random.default_rng(1)
    made = voice("en-gb+f3:150:40", chance, chinese=True)
    assert (made.base, made.variant, made.speed, made.pitch) == ("en-gb", "f3", 150, 40)
    assert voice("", chance, chinese=False).base == "en-us"
    drawn = voice("m3", chance, chinese=True)
    assert (drawn.base, drawn.variant) == ("cmn-latn-pinyin", "m3")
    assert 145 <= drawn.speed < 185
    with pytest.raises(MeasureError, match="write VARIANT"):
        voice("f2:fast", chance, chinese=True)


def line(spoken: np.ndarray, noise_db: float, seed: int = 1) -> np.ndarray:
    pcm = on_the_line(spoken, noise_db=noise_db, chance=np.random.default_rng(seed))
    return np.frombuffer(pcm, np.int16)


def test_telephone_line_is_narrow_loud_enough_and_noisy_as_told() -> None:
    spoken = np.frombuffer(wav.read(VOICES / "wage.wav")[0], np.int16)
    clean, noisy = (line(spoken, db).astype(float) for db in (60.0, 10.0))
    power = np.abs(np.fft.rfft(noisy)) ** 2
    hertz = np.fft.rfftfreq(len(noisy), 1 / 8000)
    inside = (hertz >= BAND_HZ[0]) & (hertz <= BAND_HZ[1])
    assert power[inside].sum() > 10 * power[~inside].sum()
    hiss = np.sqrt(np.mean(noisy[:2000] ** 2))
    assert pytest.approx(hiss, rel=0.35) == LEVEL * 10 ** (-10 / 20)
    assert np.sqrt(np.mean(clean[:2000] ** 2)) < LEVEL / 50


def test_line_is_the_same_for_the_same_seed() -> None:
    spoken = np.frombuffer(wav.read(VOICES / "yes.wav")[0], np.int16)
    assert np.array_equal(line(spoken, 15.0, 7), line(spoken, 15.0, 7))
    assert not np.array_equal(line(spoken, 15.0, 7), line(spoken, 15.0, 8))
