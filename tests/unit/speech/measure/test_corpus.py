from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.speech.measure import corpus as corpora
from gateway.speech.measure.corpus import CorpusError, read
from gateway.speech.model import Leg


def told(folder: Path, **sides: object) -> list[tuple[str, str, str, str]]:
    return [(u.name, u.text, u.speaker.value, u.group) for u in read(folder, **sides)]  # type: ignore[arg-type]


def test_text_beside_each_recording_and_the_folder_is_the_group(tmp_path: Path) -> None:
    (tmp_path / "quiet").mkdir()
    for name in ("a", "quiet/b", "no-text"):
        (tmp_path / f"{name}.wav").touch()
    (tmp_path / "a.txt").write_text("你好\n我要报警\n")
    (tmp_path / "quiet/b.txt").write_text("help me")
    assert told(tmp_path) == [
        ("a.wav", "你好 我要报警", "caller", ""),
        ("quiet/b.wav", "help me", "caller", "quiet"),
    ]
    assert [u.language for u in read(tmp_path)] == ["zh", "en"]
    assert read(tmp_path)[1].file == tmp_path / "quiet/b.wav"


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_table_of_recordings(tmp_path: Path, ending: str) -> None:
    row = {"file": "a.wav", "text": "你好, 警察", "speaker": "call_taker", "group": "早班"}
    file = tmp_path / f"transcripts.{ending}"
    if ending == "jsonl":
        file.write_text(json.dumps(row) + "\n\n")
    elif ending == "csv":
        file.write_text('\ufefffile,text,speaker,group\na.wav,"你好, 警察",call_taker,早班\n')
    else:
        file.write_text("file\ttext\tspeaker\tgroup\na.wav\t你好, 警察\tcall_taker\t早班\n")
    assert told(tmp_path) == [("a.wav", "你好, 警察", "call_taker", "早班")]
    assert read(tmp_path)[0].file == tmp_path / "a.wav"
    with pytest.raises(CorpusError, match="no utterances"):
        read(tmp_path, sides=[Leg.CALLER])


def test_texts_json_names_recordings_without_their_ending(tmp_path: Path) -> None:
    (tmp_path / "fight.flac").touch()
    (tmp_path / "texts.json").write_text('{"fight": ["你好", "有人打架"], "gone": "喂"}')
    assert told(tmp_path)[0] == ("fight", "你好 有人打架", "caller", "")
    assert [u.file for u in read(tmp_path)] == [tmp_path / "fight.flac", tmp_path / "gone"]


def test_calls_with_turns_are_read_by_side(tmp_path: Path) -> None:
    turns = [{"s": "taker", "t": "110，您好"}, {"s": "caller", "t": "有人打架"}, {"s": "caller", "t": "……"}]
    (tmp_path / "calls.jsonl").write_text(json.dumps({"id": "c1", "turns": turns}) + '\n{"text": "help"}\n')
    assert told(tmp_path / "calls.jsonl", sides=[Leg.CALLER]) == [
        ("c1:1", "有人打架", "caller", ""),
        ("2", "help", "caller", ""),
    ]
    assert told(tmp_path / "calls.jsonl", sides=[Leg.CALL_TAKER]) == [("c1:0", "110，您好", "call_taker", "")]


def test_lines_and_columns_of_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("# 说明\n你好\n\n110\n")
    assert told(tmp_path / "a.txt") == [("2", "你好", "caller", ""), ("4", "110", "caller", "")]
    (tmp_path / "a.csv").write_text("id,text,group\nx,你好,g\n")
    assert told(tmp_path / "a.csv") == [("x", "你好", "caller", "g")]
    assert read(tmp_path / "a.csv")[0].file is None


@pytest.mark.parametrize(
    ("name", "data", "fault"),
    [
        ("a.txt", "", "no utterances in it"),
        ("a.jsonl", "{broken", "is not understood"),
        ("a.jsonl", '{"turns": [{"s": "dog", "t": "wau"}]}', "speaker 'dog' is none of caller"),
        ("a.jsonl", "[1]", "is not understood"),
        ("a.csv", "id,words\n1,x\n", "KeyError.*text"),
    ],
)
def test_what_is_no_corpus_is_told_with_what_is_expected(
    tmp_path: Path, name: str, data: str, fault: str
) -> None:
    (tmp_path / name).write_text(data)
    with pytest.raises(CorpusError, match=f"{fault}.*Give a folder of recordings"):
        read(tmp_path / name)


def test_corpus_without_bounds_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("你好\n警察\n")
    monkeypatch.setattr(corpora, "MAX_UTTERANCES", 1)
    with pytest.raises(CorpusError, match="2 utterances; at most 1"):
        read(tmp_path / "a.txt")
    monkeypatch.setattr(corpora, "MAX_FILE_BYTES", 5)
    with pytest.raises(CorpusError, match="of text; cut it"):
        read(tmp_path / "a.txt")
