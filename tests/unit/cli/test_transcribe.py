from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import build

VOICES = Path(__file__).parents[2] / "data/speech"


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(build(["transcribe"]), ["transcribe", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_text_is_readable_and_the_synthetic_model_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(str(VOICES / "fight.wav"))
    assert code == 0
    assert [line.split() for line in out.splitlines()] == [
        ["0:00.39", "caller", "你好我要报警"],
        ["0:02.64", "caller", "中山路二号有人打架"],
    ]
    assert "does not understand people" in err
    assert "听不懂真人" in err


def test_json_has_a_line_a_segment_and_one_a_file_and_the_code_tells_that_one_was_unreadable(
    tmp_path: Path,
) -> None:
    (tmp_path / "bad.wav").write_bytes(b"<html>")
    code, out, err = run("--json", str(tmp_path / "bad.wav"), str(VOICES / "wage.wav"), "--language", "zh")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 2
    assert [line["type"] for line in lines] == ["file", "segment", "file"]
    assert "not a WAV file" in lines[0]["error"]
    assert (lines[1]["text"], lines[1]["speaker"]) == ("老板拖欠工资", "caller")
    assert lines[2]["segments"] == 1
    assert f"intake110: {tmp_path / 'bad.wav'}: not a WAV file" in err
