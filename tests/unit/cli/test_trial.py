"""`intake110 rules diff` and `backtest` on folders: no gateway needed, honest exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli import build
from gateway.triage.classifier import load

RULES = Path(__file__).parents[3] / "conf" / "rules"
OPINION = RULES.parent / "second_opinion"
SENTENCES = (
    ("v1", "zh", "家里着火了快来", "fire"),
    ("v2", "zh", "他拿刀砍人", "weapon"),
    ("v3", "en", "there is a fire in my kitchen", "fire"),
)
CALL = {
    "id": "c1",
    "turns": [{"s": "caller", "t": "楼下有人打架，打得很凶"}],
    "gold": {"class": "valid_alarm"},
}


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(build(["rules"]), ["rules", *arguments])
    return result.exit_code, result.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "rules"
    shutil.copytree(RULES, made, ignore=shutil.ignore_patterns("corpus"))
    return made


@pytest.fixture
def corpora(tmp_path: Path) -> list[str]:
    vetoes, calls = tmp_path / "vetoes.jsonl", tmp_path / "calls-a.jsonl"
    rows = [
        {"id": name, "lang": lang, "text": text, "vetoes": [code]} for name, lang, text, code in SENTENCES
    ]
    vetoes.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    calls.write_text(json.dumps(CALL), encoding="utf-8")
    return ["--corpus", str(vetoes), "--corpus", str(calls)]


def test_the_packs_we_ship_pass_on_three_sentences_and_a_call(corpora: list[str]) -> None:
    code, out = run("backtest", *corpora, "--rules", str(RULES), "--against", str(RULES), "--json")
    told = json.loads(out)
    assert (code, told["ok"], told["texts"], told["vetoes"], told["flipped"]) == (0, True, 1, 3, 0)
    assert told["speed"]["texts_a_s"] > 0


def test_both_packs_are_judged_beside_the_model_of_a_gateway_unless_none_is_wanted(
    corpora: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(RULES.parents[1])
    assert json.loads(run("backtest", *corpora, "--json")[1])["opinion"] == load(OPINION).hash
    alone = run("backtest", *corpora, "--second-opinion", "none", "--json")
    assert json.loads(alone[1])["opinion"] is None
    code, out = run("backtest", *corpora, "--second-opinion", "/nowhere", "--json")
    assert (code, "rules train" in json.loads(out)["error"]) == (1, True)


def test_a_veto_that_grew_quiet_ends_with_code_1_and_names_its_sentence(
    folder: Path, corpora: list[str]
) -> None:
    weapon = folder / "veto" / "weapon.yaml"
    weapon.write_text(
        "code: weapon\ncaller: [原子弹]\nexamples: {must: [他有原子弹], must_not: [没事]}\n", encoding="utf-8"
    )
    code, out = run("backtest", *corpora, "--rules", str(folder), "--against", str(RULES))
    assert code == 1
    assert "QUIET  v2  weapon  “他拿刀砍人”" in out


def test_folders_are_compared_rule_by_rule(folder: Path) -> None:
    more = folder / "zh-more.yaml"
    more.write_text(
        "rules:\n  - {id: zh.more.one, class: unsure, any: [某某], explanation: {zh: 一, en: one}}\n",
        encoding="utf-8",
    )
    code, out = run("diff", str(RULES), str(folder))
    assert (code, "+ zh.more.one  (zh-more.yaml:2)" in out) == (0, True)
    told = json.loads(run("diff", str(folder), "--rules", str(RULES), "--json")[1])
    assert [(one["name"], one["kind"]) for one in told["changes"]] == [("zh.more.one", "removed")]
    assert told["files"] == ["zh-more.yaml"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("diff", str(RULES), "--json"), "Name two packs"),
        (("backtest", "--json"), "Name a draft"),
        (("backtest", "--corpus", "/nowhere.jsonl", "--json"), "nowhere"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_cure(arguments: tuple[str, ...], word: str) -> None:
    code, out = run(*arguments)
    assert (code, word in json.loads(out)["error"]) == (1, True)


def test_every_command_has_examples() -> None:
    for name in ("diff", "backtest", "import", "submit", "approve", "activate", "rollback", "history"):
        code, out = run(name, "--help")
        assert (code, f"intake110 rules {name}" in out.replace("\n", " ")) == (0, True), name


def test_where_nobody_decided_it_says_so_and_claims_no_truth(tmp_path: Path) -> None:
    calls = tmp_path / "calls.jsonl"
    calls.write_text(json.dumps({**CALL, "gold": {}}), encoding="utf-8")
    _, out = run("backtest", "--corpus", str(calls), "--rules", str(RULES), "--against", str(RULES))
    assert "nobody decided any" in out
    assert "class as decided" not in out
    assert "no sentence for the veto" in out
