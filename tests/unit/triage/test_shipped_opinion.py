"""The second opinion that is shipped: taught with our own invented calls, and with nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.cli.rules import app
from gateway.triage.classifier import load
from gateway.triage.model import AlarmClass

CONF = Path(__file__).parents[3] / "conf"
SHIPPED = CONF / "second_opinion"
TAUGHT = (*sorted((CONF / "rules" / "corpus").glob("*calls*.jsonl")), SHIPPED / "calls.jsonl")
SAID = (
    "我要报警，刚才有人拿刀把我的包抢走了，他往桥那边跑了，你们快来人",
    "你好，我们小区门口的路灯坏了一个星期没人修，物业说不归他们管",
    "老板拖欠我三个月工资，找他他就说再等等",
    "my landlord kept my deposit",
)


def alarm(folder: Path, text: str) -> float:
    model = load(folder)
    opinion = model.opine([model.hear(text)])
    return dict(opinion.classes)[AlarmClass.VALID_ALARM] if opinion is not None else -1.0


def test_it_is_made_again_from_the_calls_that_lie_beside_it(tmp_path: Path) -> None:
    corpora = [option for path in TAUGHT for option in ("--corpus", str(path))]
    made = CliRunner().invoke(
        app, ["train", *corpora, "--name", "invented-calls", "--out", str(tmp_path / "again"), "--json"]
    )
    assert made.exit_code == 0, made.output
    assert load(tmp_path / "again").card["sources"] == load(SHIPPED).card["sources"]
    for text in SAID:
        assert alarm(tmp_path / "again", text) == pytest.approx(alarm(SHIPPED, text), abs=0.01)


def test_it_tells_a_robbery_from_a_street_lamp() -> None:
    assert alarm(SHIPPED, SAID[0]) > 0.6 > alarm(SHIPPED, SAID[1])
