"""Rule packs and the second opinion, as `intake110 check` tries them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.checks.content import rules
from gateway.checks.line import State
from gateway.config import Config, load
from gateway.testing.judged_calls import examples
from gateway.triage.classifier import CARD, WEIGHTS
from gateway.triage.learn import train

RULES = Path(__file__).parents[3] / "conf" / "rules"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    toml = tmp_path / "gateway.toml"
    toml.write_text(f'[triage]\nrules = "{RULES}"\nsecond_opinion = "model"\n')
    (tmp_path / "model").mkdir()
    return load(toml)


async def test_a_second_opinion_that_loads_tells_with_how_many_calls_it_was_taught(
    config: Config, tmp_path: Path
) -> None:
    made = train(examples(), name="test")
    (tmp_path / "model" / WEIGHTS).write_bytes(made.weights)
    (tmp_path / "model" / CARD).write_text(made.card_text, encoding="utf-8")
    lines = [line async for line in rules(config)]
    assert [line.state for line in lines] == [State.OK, State.OK, State.OK]
    assert f"taught with {made.card['examples']['learnt']} calls" in lines[-1].en


async def test_one_that_does_not_is_a_warning_with_its_cure(config: Config) -> None:
    lines = [line async for line in rules(config)]
    assert [line.state for line in lines] == [State.OK, State.OK, State.WARN]
    assert "card.json" in lines[-1].en
