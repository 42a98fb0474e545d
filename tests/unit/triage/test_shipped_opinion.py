"""The second opinion that is shipped: taught with our own invented calls, and with nothing else."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gateway.triage.classifier import load
from gateway.triage.model import AlarmClass

CONF = Path(__file__).parents[3] / "conf"
SHIPPED = CONF / "second_opinion"
TAUGHT = (
    *sorted((CONF / "rules" / "corpus").glob("*calls*.jsonl")),
    SHIPPED / "calls.jsonl",
    SHIPPED / "sayings.jsonl",
)
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


def test_it_was_taught_with_the_calls_that_lie_beside_it_and_with_nothing_else() -> None:
    told = {source["file"]: source["sha256"] for source in load(SHIPPED).card["sources"]}
    assert told == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in TAUGHT}


def test_it_tells_a_robbery_from_a_street_lamp() -> None:
    assert alarm(SHIPPED, SAID[0]) > 0.6 > alarm(SHIPPED, SAID[1])
