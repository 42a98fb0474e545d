"""`intake110 trace`: play, scrub, the diagram; what is said when something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.calls.transitions import diagram
from gateway.cli.trace import BEGIN, END, NoDiagramMarks, app, with_diagram
from gateway.config import ConfigError

TRACES = Path(__file__).parents[2] / "traces"
ANSWERED = TRACES / "answered" / "stream.ami.txt"
README = Path(__file__).parents[3] / "gateway" / "README.md"


def run(*arguments: str, stdin: bytes | None = None) -> str:
    result = CliRunner().invoke(app, list(arguments), input=stdin, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_trace_is_played_as_one_json_object() -> None:
    told = json.loads(run("play", str(ANSWERED), "--json"))
    assert told == json.loads((TRACES / "answered" / "story.json").read_text(encoding="utf-8"))


def test_standard_input_is_played_too() -> None:
    assert json.loads(run("play", "-", "--json", stdin=ANSWERED.read_bytes()))["calls"][0]["agents"] == [
        "1101"
    ]
    assert json.loads(run("play", "--json", stdin=b"")) == {"calls": [], "malformed": 0}


def test_several_traces_are_one_list_by_seizure() -> None:
    names = ("pbx_killed", "answered", "hostile")
    told = json.loads(run("play", "--json", *(str(TRACES / name / "stream.ami.txt") for name in names)))
    assert len(told["calls"]) == 4
    assert told["malformed"] == 2
    ids = [call["linkedid"] for call in told["calls"]]
    assert ids == sorted(ids)


def test_a_trace_is_told_to_people_as_a_table_with_the_calls_own_clock() -> None:
    told = run("play", str(TRACES / "hostile" / "stream.ami.txt"))
    assert "CallStart" in told
    assert "2 messages do not hang together" in told


def test_another_dialplans_lines_can_be_named() -> None:
    told = json.loads(run("play", str(ANSWERED), "--json", "--context", "elsewhere", "--number", "110"))
    assert told["calls"] == []


def test_a_trace_is_scrubbed_in_place_or_into_another_file(tmp_path: Path) -> None:
    trace, out = tmp_path / "a.ami.txt", tmp_path / "b.ami.txt"
    trace.write_bytes(ANSWERED.read_bytes().replace(b"13800130001", b"13912345678"))
    run("scrub", str(trace), "--out", str(out))
    assert b"13912345678" in trace.read_bytes()
    assert b"13912345678" not in out.read_bytes()
    run("scrub", str(trace))
    assert trace.read_bytes() == out.read_bytes()


def test_the_diagram_in_the_readme_is_fresh() -> None:
    run("diagram", "--check", str(README))


def test_a_stale_diagram_is_told_and_mended(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["diagram", "--check", str(page)])
    assert result.exit_code == 1
    assert f"trace diagram --write {page}" in result.output
    run("diagram", "--write", str(page))
    run("diagram", "--check", str(page))
    assert page.read_text(encoding="utf-8").startswith("before\n")
    assert diagram() in page.read_text(encoding="utf-8")


def test_the_diagram_alone_is_printed() -> None:
    assert run("diagram").startswith("stateDiagram-v2")


def test_a_page_without_a_place_for_the_diagram_is_told() -> None:
    with pytest.raises(NoDiagramMarks, match="state diagram: begin"):
        with_diagram("no marks")


def test_which_pbx_to_record_must_be_clear(tmp_path: Path) -> None:
    config = tmp_path / "gateway.toml"
    secret = 'secret_env = "NONE"'
    config.write_text(
        f'[[pbx]]\nname = "north"\n{secret}\n[[pbx]]\nname = "south"\n{secret}\n', encoding="utf-8"
    )
    for arguments in ([], ["--pbx", "east"]):
        with pytest.raises(ConfigError, match="north, south"):
            run("record", str(tmp_path / "x.ami.txt"), "-c", str(config), *arguments)
