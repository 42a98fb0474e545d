from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from gateway.cli.rules import app

RULES = Path(__file__).parents[3] / "conf" / "rules"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--rules", str(RULES)])


def test_check_counts_the_packs() -> None:
    report = json.loads(run("check", "--json").output)
    assert report["ok"]
    assert report["veto_lists"] == 8
    assert report["examples"] > 1_000


def test_check_of_a_wrong_pack_says_where_and_fails(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("rules: [\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["check", "--json", "--rules", str(tmp_path)])
    assert result.exit_code == 1
    report = json.loads(result.output)
    assert report["error"].startswith("bad.yaml, line ")
    assert [one["file"] for one in report["problems"]] == ["bad.yaml", "veto"]


def test_check_names_file_line_and_column_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("rules:\n  - id: zh.a.rule\n    clas: unsure\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["check", "--rules", str(tmp_path)]).stderr
    assert f"{tmp_path}/bad.yaml:3:11: error: clas: there is no such key. Did you mean “class”?" in told
    assert "clas：没有这个键。是不是“class”？" in told


def test_explain_shows_the_words_a_verdict_rests_on() -> None:
    told = run("explain", "有人拿刀抢了我的包").output
    assert "valid_alarm  robbery  priority 1" in told
    assert "zh.robbery.weapon" in told
    assert "veto  weapon" in told


def test_texts_of_a_csv_come_out_with_class_category_and_department(tmp_path: Path) -> None:
    corpus, out = tmp_path / "texts.csv", tmp_path / "pred.csv"
    corpus.write_text("id,text\n1,老板拖欠我们三个月工资\n2,着火了\n", encoding="utf-8")
    assert json.loads(run("test", "--corpus", str(corpus), "--out", str(out), "--json").output)["texts"] == 2
    with out.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows[0]["department"] == "labour_bureau"
    assert (rows[1]["class"], rows[1]["category"]) == ("valid_alarm", "fire")


@pytest.mark.parametrize(("both", "department"), [(False, None), (True, "market_supervision")])
def test_a_call_takers_turns_count_only_when_asked_for(
    tmp_path: Path, both: bool, department: str | None
) -> None:
    corpus, out = tmp_path / "calls.jsonl", tmp_path / "pred.jsonl"
    turns = [{"s": "caller", "t": "那个东西不太对"}, {"s": "taker", "t": "您打12315市场监管，再找消协"}]
    corpus.write_text(json.dumps({"id": "a", "turns": turns}, ensure_ascii=False) + "\n", encoding="utf-8")
    extra = ["--both-sides"] if both else []
    assert run("test", "--corpus", str(corpus), "--out", str(out), *extra).exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8"))["department"] == department


def test_a_corpus_that_cannot_be_read_is_told_with_its_cure(tmp_path: Path) -> None:
    corpus = tmp_path / "calls.jsonl"
    corpus.write_text("{broken\n", encoding="utf-8")
    result = run("test", "--corpus", str(corpus), "--json")
    assert result.exit_code == 1
    assert "Give a CSV" in json.loads(result.output)["error"]


def test_a_gold_file_is_compared_field_by_field_and_bad_rows_are_told(tmp_path: Path) -> None:
    corpus, out = tmp_path / "calls.jsonl", tmp_path / "pred.jsonl"
    gold = {"class": "valid_alarm", "weapon": "菜刀", "plates": ["沪A12345"], "people_injured": 2}
    said = "他拿菜刀砍人，两个人受伤了，车牌沪A，幺二三四五"
    call = {"id": "a", "turns": [{"s": "caller", "t": said}], "gold": gold}
    corpus.write_text(json.dumps(call, ensure_ascii=False) + "\nnot json\n", encoding="utf-8")
    result = run("test", "--corpus", str(corpus), "--out", str(out), "--json")
    report = json.loads(result.stdout)
    assert report["left_out"] == 1
    assert "line 2" in result.stderr
    assert {name: figures["accuracy"] for name, figures in report["agreement"].items()} == dict.fromkeys(
        gold, 1.0
    )
    written = json.loads(out.read_text(encoding="utf-8"))
    assert {name: written[name] for name in gold} == gold
    assert "people_inj" in run("test", "--corpus", str(corpus)).stdout


def test_a_csv_holds_the_extracted_fields_too(tmp_path: Path) -> None:
    corpus, out = tmp_path / "texts.csv", tmp_path / "pred.csv"
    corpus.write_text(
        "id,text\n1,白色轿车撞了，车牌沪A一二三四五和苏E六七八九零，没人受伤\n", encoding="utf-8"
    )
    run("test", "--corpus", str(corpus), "--out", str(out))
    with out.open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert (row["plates"], row["people_injured"], row["vehicle"]) == ("沪A12345;苏E67890", "0", "白色轿车")


def test_explain_judges_as_a_call_is_judged_with_the_second_opinion_unless_none_is_wanted() -> None:
    said = ("explain", "公交车急刹车我差点摔了，没摔，就要投诉司机")
    assert "second-opinion" in run(*said).stdout
    assert "second-opinion" not in run(*said, "--second-opinion", "none").stdout
