from __future__ import annotations

import shutil
import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gateway.clock import SystemClock
from gateway.speech import wav
from gateway.speech.model import Leg, TranscriptSegment, Word
from gateway.speech.models import ModelError
from gateway.speech.recordings import Transcript, choose_models, confidence, transcribe_files

ROOT = Path(__file__).parents[3]
DEMO, VOICES = ROOT / "asr_models/demo-cn", ROOT / "tests/data/speech"


async def heard(*files: Path) -> list[Transcript]:
    models = {"": DEMO}
    return [t async for t in transcribe_files(files, models, clock=SystemClock(), workers=2)]


def write(file: Path, *sides: bytes, rate: int = 8000) -> Path:
    samples = [np.frombuffer(side, np.int16) for side in sides]
    longest = max(len(side) for side in samples)
    frames = np.stack([np.pad(side, (0, longest - len(side))) for side in samples], axis=1)
    with wave.open(str(file), "wb") as out:
        out.setparams((len(sides), 2, rate, 0, "NONE", ""))
        out.writeframes(frames.tobytes())
    return file


async def test_files_come_in_the_order_given_and_one_that_cannot_be_read_stops_nobody(tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"<html>")
    files = (VOICES / "fight.wav", bad, VOICES / "wage.wav", tmp_path / "none.wav", tmp_path)
    found = await heard(*files)
    assert [t.file for t in found] == list(files)
    assert [[s.text for s in t.segments] for t in found] == [
        ["你好我要报警", "中山路二号有人打架"], [], ["老板拖欠工资"], [], [],
    ]  # fmt: skip
    assert [t.error is not None for t in found] == [False, True, False, True, True]
    assert found[1].facts() == {"type": "file", "file": str(bad), "segments": 0, "error": found[1].error}


async def test_left_is_the_caller_and_right_the_call_taker(tmp_path: Path) -> None:
    sides = [wav.read(VOICES / f"{name}.wav")[0] for name in ("wage", "fight")]
    (both,) = await heard(write(tmp_path / "a.wav", *sides))
    by_side = {leg: "".join(s.text for s in both.segments if s.speaker is leg) for leg in Leg}
    assert by_side == {Leg.CALLER: "老板拖欠工资", Leg.CALL_TAKER: "你好我要报警中山路二号有人打架"}
    assert both.sides == 2
    assert [s.started_ms for s in both.segments] == sorted(s.started_ms for s in both.segments)


async def test_of_several_models_the_surest_hears_and_segments_say_which(tmp_path: Path) -> None:
    model(tmp_path, "other", "en-US", synthetic=True)
    models = {"": DEMO, "en": tmp_path / "other"}
    files = [VOICES / "wage.wav"]
    (found,) = [t async for t in transcribe_files(files, models, clock=SystemClock(), workers=1)]
    assert [(s.text, s.model_id.split(":")[1]) for s in found.segments] == [("老板拖欠工资", "demo-cn")]


async def test_silence_is_said_and_its_file_is_not_lost(tmp_path: Path) -> None:
    (silent,) = await heard(write(tmp_path / "a.wav", bytes(16_000)))
    assert silent.facts() == {
        "type": "file", "file": str(tmp_path / "a.wav"), "segments": 0, "seconds": 1.0, "sides": 1,
        "faults": ["nothing was heard"],
    }  # fmt: skip


async def test_third_channel_and_an_unfinished_header_are_told(tmp_path: Path) -> None:
    side = wav.read(VOICES / "wage.wav")[0]
    file = write(tmp_path / "a.wav", side, bytes(len(side)), bytes(len(side)))
    data = bytearray(file.read_bytes())
    data[40:44] = bytes(4)
    file.write_bytes(data)
    (found,) = await heard(file)
    assert [s.text for s in found.segments] == ["老板拖欠工资"]
    assert found.faults[0].startswith("its header was never finished: 0 bytes")
    assert found.faults[1] == "3 channels: only the first two were heard"


def test_segment_has_its_words_and_the_mean_of_their_confidence() -> None:
    words = [Word(text=t, started_ms=0, ended_ms=10, confidence=c) for t, c in (("你", 1.0), ("", 0.0))]
    segment = TranscriptSegment(
        index=0, speaker=Leg.CALLER, started_ms=0, ended_ms=10, text="你", words=tuple(words), model_id="m"
    )
    facts = Transcript(file=Path("a.wav")).segment_facts(segment)
    assert facts["confidence"] == 0.5
    assert facts["words"][0] == {"text": "你", "started_ms": 0, "ended_ms": 10, "confidence": 1.0}
    assert set(facts) == {
        "type", "file", "speaker", "index", "started_ms", "ended_ms", "text", "confidence", "words",
        "model_id",
    }  # fmt: skip
    assert confidence(replace(segment, words=())) == 0.0


def model(folder: Path, name: str, language: str, *, synthetic: bool) -> None:
    shutil.copytree(DEMO, folder / name, copy_function=lambda a, b: Path(b).hardlink_to(a))
    (folder / name / "CARD.toml").unlink()
    told = f'name = "{name}"\nlanguage = "{language}"\nsynthetic_only = {str(synthetic).lower()}\n'
    (folder / name / "CARD.toml").write_text(told)


def test_model_is_chosen_by_language_and_a_real_one_before_a_synthetic_one(tmp_path: Path) -> None:
    model(tmp_path, "a-demo", "zh-CN", synthetic=True)
    model(tmp_path, "b-real", "zh-CN", synthetic=False)
    model(tmp_path, "c-english", "en-US", synthetic=True)
    (tmp_path / "text").mkdir()
    (tmp_path / "broken/am").mkdir(parents=True)
    names = {
        language: {key: card.name for key, card in choose_models(tmp_path, language).items()}
        for language in (None, "zh", "en-GB", "auto")
    }
    assert names == {
        None: {"": "b-real"}, "zh": {"": "b-real"}, "en-GB": {"": "c-english"},
        "auto": {"": "b-real", "en": "c-english"},
    }  # fmt: skip
    with pytest.raises(ModelError, match=r"am/final.mdl is missing[\s\S]*no model for 'ug'.*: en, zh"):
        choose_models(tmp_path, "ug")


def test_only_model_there_is_taken_when_nothing_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model for 'zh', there are: none; install one"):
        choose_models(tmp_path, None)
    model(tmp_path, "english", "en-US", synthetic=True)
    assert choose_models(tmp_path, None)[""].name == "english"
