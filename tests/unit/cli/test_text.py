from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli.text import app

SAID = "我在建国路八十八号，不对，八十六号"


def test_every_line_becomes_one_object_with_words_and_places(tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    said.write_text(f"{SAID}\n\n十点半\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["normalise", "--file", str(said), "--json"])
    first, second = map(json.loads, done.stdout.splitlines())
    assert first == {
        "text": SAID,
        "normalised": "我在建国路86号",
        "facts": [
            {"type": "house_number", "text": "八十六号", "value": "86", "written": "86号",
             "start": 13, "end": 17, "corrected": ["88"]},
        ],
    }  # fmt: skip
    assert second["facts"][0]["value"] == "10:30"


def test_standard_input_is_read_by_a_dash_and_a_broken_line_is_named_not_lost() -> None:
    done = CliRunner().invoke(
        app, ["normalise", "-"], input=b"\xff\xfe\xe4\xb8\x89\xe5\x8f\xb7\xe6\xa5\xbc\n"
    )
    assert done.exit_code == 0
    assert "3号楼" in done.stdout
    assert "standard input:1: not UTF-8" in done.stderr


def test_nothing_to_normalise_is_said_with_the_cure() -> None:
    done = CliRunner().invoke(app, ["normalise"])
    assert done.exit_code == 2
    assert "--file" in done.output
