"""`intake110 training`: its scenarios checked, its results read without the training running."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import build
from gateway.store.drill_runs import KEPT, FiledRuns
from gateway.web.accounts import AccountError

CONF = Path(__file__).parents[3] / "conf"


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    file = tmp_path / "gateway.toml"
    file.write_text(
        f'[gateway]\nstate_dir = "state"\n[training]\nfolder = "{CONF / "training"}"\n', encoding="utf-8"
    )
    return file


def run(conf: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(build(["training"]), ["training", "-c", str(conf), *arguments])
    return result.exit_code, result.stdout


RECORD = {
    "run_id": "018f-one", "trainee": "wang", "scenario": "child", "title_zh": "儿童", "title_en": "A child",
    "state": "done", "started_at": "2026-01-05T08:00:00Z",
    "sheet": {
        "right": 1, "of": 2, "percent": 50, "times": {"answer": 3.2, "first_field": None},
        "checks": [{"what": "class", "wanted": ["valid_alarm"], "found": "unsure", "right": False}],
        "asked": [{"field": "address", "question": "哪里", "asked": False}],
    },
}  # fmt: skip


def test_scenarios_are_listed_and_checked(conf: Path) -> None:
    code, text = run(conf, "scenarios", "--json")
    assert (code, len(json.loads(text)["scenarios"]) >= 12) == (0, True)
    assert run(conf, "check") == (0, "17 scenarios are in order\n")
    folder = conf.parent / "mine"
    folder.mkdir()
    (folder / "bad.toml").write_text('code = "x"\n', encoding="utf-8")
    conf.write_text('[training]\nfolder = "mine"\n', encoding="utf-8")
    code, text = run(conf, "check", "--json")
    told = json.loads(text)
    assert (code, told["ok"]) == (1, False)
    assert told["faults"][0].startswith("bad.toml, line 1: ")


def test_results_are_read_as_a_table_and_as_json(conf: Path) -> None:
    FiledRuns(conf.parent / "state" / "training" / "runs").keep(RECORD)
    code, text = run(conf, "runs", "--json")
    told = json.loads(text)
    assert (code, told["training"], told["progress"]["wang"]["percent_last"]) == (0, True, 50)
    assert "right at first 50 %" in run(conf, "runs", "--trainee", "wang")[1]
    code, text = run(conf, "show", "018f")
    assert code == 0
    assert "演练 TRAINING" in text
    assert "NO  class: unsure" in text
    assert "missed address" in text
    assert json.loads(run(conf, "show", "018f", "--json")[1])["run_id"] == "018f-one"
    assert run(conf, "show", "999")[0] == 1


def test_a_record_that_cannot_be_read_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = FiledRuns(tmp_path)
    shelf.keep(RECORD)
    (tmp_path / "018f-two.json").write_text("{", encoding="utf-8")
    assert [one["run_id"] for one in shelf.all()] == ["018f-one"]
    assert KEPT > 1_000
    monkeypatch.setattr("gateway.store.drill_runs.KEPT", 1)
    shelf.keep({**RECORD, "run_id": "018f-three"})
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_a_person_is_let_in_once(conf: Path) -> None:
    code, text = run(conf, "user", "wang", "--role", "call_taker", "--name", "王警官", "--json")
    told = json.loads(text)
    assert (code, told["username"], len(told["password"]) >= 10) == (0, "wang", True)
    assert isinstance(CliRunner().invoke(
        build(["training"]), ["training", "-c", str(conf), "user", "wang", "--role", "call_taker"]
    ).exception, AccountError)  # fmt: skip
