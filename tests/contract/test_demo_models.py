"""What the two demonstration models must do: hear their own kind of voice, short words too, and no noise."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest
import soxr

from gateway.speech.recognizer import Engine, Final, joined
from gateway.speech.vosk_worker import make
from gateway.testing.lab.cache import Cache
from gateway.training.reader import reader_for
from gateway.training.tones import KINDS, no_speech

MODELS = Path(__file__).parents[2] / "asr_models"
RATE = 8000
VOICES = {"demo-cn": "cmn-latn-pinyin", "demo-en": "en-us"}
SAID = {
    "demo-cn": ["我要报警，有人在打架", "我的手机被偷了", "请问你在什么位置", "嗯", "对", "没有"],
    "demo-en": ["there is a fire in the kitchen", "my wallet was stolen", "where are you now", "yes", "no"],
}


@pytest.fixture(scope="module", params=sorted(VOICES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine(name: str) -> Engine:
    return make(MODELS / name)


def spoken(name: str, text: str) -> bytes:
    """The plain voice, which never taught, in a quiet room with a second of silence after it."""
    program = Cache().program("espeak-ng")
    told = reader_for("zh" if name == "demo-cn" else "en").aloud(text)
    command = [*program.argv, "-v", VOICES[name], "-s", "165", "--stdout", told]
    wav = subprocess.run(command, env=program.environment(), capture_output=True, timeout=30).stdout
    sound = soxr.resample(np.frombuffer(wav[44 : len(wav) // 2 * 2], np.int16).astype(float), 22050, RATE)
    quiet = np.random.default_rng(1).normal(0, 24, len(sound) + 2 * RATE)
    quiet[RATE : RATE + len(sound)] += 0.6 * sound
    return np.clip(quiet, -32768, 32767).astype(np.int16).tobytes()


def heard(engine: Engine, sound: bytes) -> str:
    ear = engine.open(0)
    items = [item for at in range(0, len(sound), 1600) for item in ear.hear(sound[at : at + 1600])]
    items += ear.finish()
    words = [word for item in items if isinstance(item, Final) for word in item.words]
    return joined(words)


@pytest.mark.system
def test_what_the_plain_voice_says_is_heard_short_words_too(name: str, engine: Engine) -> None:
    for text in SAID[name]:
        wanted = text.replace("，", "")
        assert heard(engine, spoken(name, text)) == wanted


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_nobody_says_is_no_text(name: str, engine: Engine, kind: str) -> None:
    """Music alone is now and then taken for one short word: a quarter of these twelve at most."""
    times = np.arange(4 * RATE) / RATE
    texts = []
    for seed in range(70, 82):
        sound = KINDS[kind](times, np.random.default_rng(seed))
        sound = sound / (np.abs(sound).max() + 1e-9) * 6000
        texts.append(heard(engine, sound.astype(np.int16).tobytes()))
    assert sum(map(bool, texts)) <= (3 if kind == "music" else 0), texts
    assert all(len(text.split()) <= 1 for text in texts)


def test_clips_without_speech_seldom_become_text(name: str, engine: Engine) -> None:
    rng = np.random.default_rng(71)
    texts = [heard(engine, no_speech(rng).tobytes()) for _ in range(60)]
    assert sum(map(bool, texts)) <= {"demo-cn": 1, "demo-en": 3}[name], texts
    assert all(len(text.split()) <= 2 for text in texts)


def test_card_tells_what_the_model_is_and_that_it_must_be_replaced(name: str) -> None:
    card = tomllib.loads((MODELS / name / "CARD.toml").read_text())
    assert card["name"] == name
    assert card["synthetic_only"] is True
    assert (card["sample_rate_hz"], card["seed"]) == (8000, 1)
    assert "Replace it" in card["en"]
    assert "真人" in card["zh"]
    assert "espeak-ng" in card["made_of"]
    assert "%" in card["tested"]


def test_model_is_small(name: str) -> None:
    size = sum(path.stat().st_size for path in (MODELS / name).rglob("*") if path.is_file())
    assert size <= 15_000_000


def test_grammar_holds_the_model_to_its_words(name: str) -> None:
    import vosk

    model = vosk.Model(str(MODELS / name))
    words = ["报警", "着火 了"] if name == "demo-cn" else ["fire", "my wallet"]
    ear = vosk.KaldiRecognizer(model, RATE, json.dumps([*words, "[unk]"], ensure_ascii=False))
    ear.AcceptWaveform(np.random.default_rng(2).normal(0, 24, RATE).astype(np.int16).tobytes())
    assert set(json.loads(ear.FinalResult())["text"].split()) <= {
        w for line in words for w in line.split()
    } | {"[unk]"}
