from __future__ import annotations

from pathlib import Path

from gateway.testing.bench.invented_rules import rules, speech
from gateway.testing.bench.triage import AT, triage
from gateway.triage.compile import build

RULES = Path(__file__).parents[4] / "conf" / "rules"


async def test_every_measure_is_told_and_the_findings_are_those_of_the_loop() -> None:
    told = {
        measure.name: measure async for measure in triage(count=100, packs=RULES, say=lambda sentence: None)
    }
    assert {f"triage_100_characters_at_{at}" for at in AT} < set(told)
    assert told["triage_same_as_loop"].ours == 1.0
    assert told["triage_whole_text"].goal is not None


def test_the_invented_rules_are_a_pack_and_the_same_every_time() -> None:
    assert rules(50) == rules(50) != rules(50, seed=1)
    assert len(build({"a.yaml": rules(300)}).rules) == 300
    assert len(speech(500, seed=1)) == 500
    assert speech(500, seed=1) != speech(500, seed=2)
