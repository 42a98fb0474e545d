"""The recipe on two minutes of speech, without teaching: what it makes is loaded and used by real vosk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gateway.training import children, recipe
from gateway.training.card import Card, write_card
from gateway.training.children import StepError
from gateway.training.languages import LANGUAGES, Sources
from gateway.training.plan import Size, size_for
from gateway.training.recipe import Kitchen

ROOT = Path(__file__).parents[3]
HEARING = """
import json, sys
import vosk
vosk.SetLogLevel(-1)
model = vosk.Model(sys.argv[1])
sound = open(sys.argv[2], "rb").read()
def hear(*grammar):
    ear = vosk.KaldiRecognizer(model, 8000, *grammar)
    ear.SetWords(True)
    ear.AcceptWaveform(sound)
    return json.loads(ear.FinalResult())
known = [word for word in ("报警", "打架", "一", "犇") if model.vosk_model_find_word(word) >= 0]
grammar = json.dumps(["报警", "打架", "[unk]"], ensure_ascii=False)
print(json.dumps({"free": hear(), "grammar": hear(grammar), "known": known}))
"""


@pytest.mark.system
def test_speech_comes_with_the_answer_for_every_frame(kitchen: Kitchen) -> None:
    frames, labels = np.load(kitchen.work / "frames.npy"), np.load(kitchen.work / "labels.npy")
    assert frames.shape == (len(labels), kitchen.size.mfcc.bins)
    assert len(labels) > 9_000, "less than a minute and a half of speech"
    spoken = np.mean(labels > 1)
    assert 0.4 < spoken < 0.9
    assert labels.max() < len(kitchen.language.phones.pdfs)


@pytest.mark.system
def test_the_model_is_loaded_by_vosk_hears_and_takes_a_grammar(kitchen: Kitchen, tmp_path: Path) -> None:
    sound = tmp_path / "sound.raw"
    with np.load(next((kitchen.work / "speech-3-16").glob("*.npz"))) as shard:
        sound.write_bytes(shard["sound"][:80_000].tobytes())
    done = subprocess.run(
        [sys.executable, "-c", HEARING, str(kitchen.model), str(sound)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    heard = json.loads(done.stdout)
    assert heard["known"] == ["报警", "打架", "一"]
    assert set(heard["grammar"]["text"].split()) <= {"报警", "打架", "[unk]"}
    assert "text" in heard["free"]


@pytest.mark.system
def test_the_exam_is_spoken_by_other_voices_and_scored(kitchen: Kitchen) -> None:
    result = recipe.exam(kitchen)
    for name in ("patterns", "free"):
        paper = (kitchen.work / f"exam-{name}.txt").read_text()
        assert result[name]["units"] == sum("\u4e00" <= char <= "\u9fff" for char in paper)
        assert result[name]["error_percent"] > 0, "a network that learned nothing cannot be right"


@pytest.mark.system
def test_each_step_makes_the_same_from_the_same_seed(kitchen: Kitchen, tmp_path: Path) -> None:
    again = replace(kitchen, work=tmp_path)
    for name in ("speech", "frames", "wording"):
        getattr(recipe, name)(again)
    (tmp_path / "ear.npz").write_bytes((kitchen.work / "ear.npz").read_bytes())
    for name in ("graph", "model"):
        getattr(recipe, name)(again)
    for file in sorted(
        path.relative_to(kitchen.model) for path in kitchen.model.rglob("*") if path.is_file()
    ):
        assert (tmp_path / "model" / file).read_bytes() == (kitchen.model / file).read_bytes(), file


@pytest.mark.system
def test_a_finished_step_is_not_made_twice_and_new_text_makes_the_wording_anew(kitchen: Kitchen) -> None:
    made: list[str] = []

    def step(name: str) -> dict[str, int]:
        made.append(name)
        return {"n": len(made)}

    first = recipe._once(kitchen, "try", lambda k: step("first"), {"seed": 1})
    assert recipe._once(kitchen, "try", lambda k: step("again"), {"seed": 1}) == first
    recipe._once(kitchen, "try", lambda k: step("other seed"), {"seed": 2})
    assert made == ["first", "other seed"]


@pytest.mark.system
def test_the_finished_model_carries_its_card(kitchen: Kitchen, tmp_path: Path) -> None:
    reports = json.loads((kitchen.work / "reports.json").read_text())
    reports["exam"] = {"patterns": {"error_percent": 3.2}, "free": {"error_percent": 7.5}}
    write_card(kitchen.model, Card("demo-try", kitchen.size, reports))
    recipe.keep(kitchen, tmp_path / "demo-try")
    card = (tmp_path / "demo-try/CARD.toml").read_text()
    assert "synthetic_only = true" in card
    assert "3.2 % on" in card
    assert "7.5 % on held-out free text" in card
    assert (tmp_path / "demo-try/am/final.mdl").stat().st_size > 1000


@pytest.mark.system
def test_a_voice_that_does_not_exist_is_named(texts: Path, voice: Mapping[str, str], tmp_path: Path) -> None:
    code = "from gateway.training.voice import *\nEspeak().say('hi', 'nobody', Manner())"
    done = subprocess.run([sys.executable, "-c", code], env=dict(voice), capture_output=True, text=True)
    assert "it has no voice 'nobody'" in done.stderr


def test_without_espeak_the_error_says_what_to_install() -> None:
    code = "import gateway.training.voice as voice\nvoice.LIBRARY = 'libnowhere.so.9'\nvoice.Espeak()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ})
    assert done.returncode
    assert "libnowhere.so.9 does not load" in done.stderr
    assert "Cure: apt-get install espeak-ng" in done.stderr


def test_a_child_that_fails_is_quoted() -> None:
    told = r"(?s)gateway\.training\.score ended with 2: .*required: model, tests"
    with pytest.raises(StepError, match=told):
        children.run("gateway.training.score", [])


def test_a_shard_that_fails_for_our_own_fault_is_not_tried_again(tmp_path: Path) -> None:
    paths = [tmp_path / "00.npz"]
    with pytest.raises(StepError, match="invalid choice: 'xx'"):
        children.make_shards(paths, ["xx", "--texts", tmp_path, "--count", "1"], 1, dict(os.environ))


def test_english_without_its_word_lists_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--dictionary"):
        LANGUAGES["en"](Sources(tmp_path)).dictionary()


def test_sizes_keep_the_seed_everywhere() -> None:
    size = size_for("en", 5, clips=10)
    assert isinstance(size, Size)
    assert (size.seed, size.amounts.seed, size.clips) == (5, 5, 10)


def test_held_out_text_teaches_nothing(texts: Path) -> None:
    sources = Sources(texts)
    assert sources.held_out("zh") == ["鼬獾跑了。"]
    assert not any("鼬" in line for line in sources.lines("zh"))
    assert len(sources.lines("zh")) == 5
