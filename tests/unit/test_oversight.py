"""The second opinion beside the rules: used when its files are in order, told and left out when not."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from gateway.config import Config, load
from gateway.oversight import SERVICE, Oversight
from gateway.runtime.health import Health, ServiceState
from gateway.store.store import SqlStore
from gateway.testing.clock import ManualClock
from gateway.testing.judged_calls import examples
from gateway.triage.classifier import CARD, WEIGHTS
from gateway.triage.engine import Triage, read_sources
from gateway.triage.learn import train
from gateway.triage.second import Seconded


@pytest.fixture
def model(tmp_path: Path) -> Path:
    made, folder = train(examples(), name="test"), tmp_path / "model"
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(made.weights)
    (folder / CARD).write_text(made.card_text, encoding="utf-8")
    return folder


def configured(folder: Path, line: str = 'second_opinion = "model"') -> Config:
    (folder / "gateway.toml").write_text(f"[triage]\n{line}\n")
    return load(folder / "gateway.toml")


class Nowhere:
    """A store that nobody opens."""

    database = None


def oversight(config: Config) -> Oversight:
    return Oversight(config, cast(SqlStore, Nowhere()))


def told(by: Oversight) -> Health:
    health = Health(ManualClock())
    by.tell(health)
    return health


RULES = Path(__file__).parents[2] / "conf" / "rules"
_FEW = ("veto/", "duties", "zh-unsure")
SOURCES = {name: content for name, content in read_sources(RULES).items() if name.startswith(_FEW)}


def test_a_model_judges_beside_whatever_pack_is_built(model: Path, tmp_path: Path) -> None:
    by = oversight(configured(tmp_path))
    engine = by.build(SOURCES)
    assert isinstance(engine, Seconded)
    assert engine.rule_ids == engine.rules.rule_ids != ()
    assert engine.spoken_words == engine.rules.spoken_words
    service = told(by).get(SERVICE)
    assert service is not None
    assert (service.state, service.figures["examples"]) == (ServiceState.UP, 360)


def test_a_broken_model_is_told_with_its_cure_and_the_rules_judge_alone(model: Path, tmp_path: Path) -> None:
    (model / WEIGHTS).write_bytes(b"spoilt")
    by = oversight(configured(tmp_path))
    assert isinstance(by.build(SOURCES), Triage)
    service = told(by).get(SERVICE)
    assert service is not None
    assert service.state is ServiceState.DEGRADED
    assert service.fault is not None
    assert "SHA-256" in service.fault.fault_en
    assert "rules train" in service.fault.cure_zh


def test_without_a_model_nothing_is_said_of_one(tmp_path: Path) -> None:
    by = oversight(configured(tmp_path, ""))
    assert isinstance(by.build(SOURCES), Triage)
    assert told(by).get(SERVICE) is None
