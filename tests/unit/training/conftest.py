"""A model made by the recipe on two minutes of speech, for whoever tests a step of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.testing.lab.cache import Cache
from gateway.training import recipe
from gateway.training.ears import random_network, write_network
from gateway.training.languages import Sources
from gateway.training.plan import size_for
from gateway.training.recipe import Kitchen
from gateway.training.tools import voice_environment
from gateway.training.wording import Amounts

FREE = """我要报警，有人打架。
中山路着火了，你们快来！
对，是的。
我家门口有人砸门。
我要报警！我的手机被偷了。
"""
PATTERNS = '''
[slots]
place = "门口 楼下"
[common]
lines = """
我在{place}
{number}号
"""
[held_out]
lines = """
{place}有人打架
"""
'''


@pytest.fixture(scope="session")
def voice() -> Mapping[str, str]:
    return voice_environment(Cache())


@pytest.fixture(scope="session")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("text")
    (folder / "zh").mkdir()
    (folder / "zh/calls.txt").write_text(FREE)
    (folder / "zh/heldout.txt").write_text("鼬獾跑了。\n")
    (folder / "zh-patterns.toml").write_text(PATTERNS)
    return folder


@pytest.fixture(scope="session")
def kitchen(texts: Path, voice: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    """Two minutes of speech, a network that learned nothing, a model for it."""
    amounts = Amounts(patterns=60, ngrams=20_000)
    size = replace(size_for("zh", 3), shards=2, clips=16, exam=3, amounts=amounts)
    work = tmp_path_factory.mktemp("kitchen")
    made = Kitchen(Sources(texts), voice, work, size, lambda step, done: None)
    reports = {name: getattr(recipe, name)(made) for name in ("speech", "frames")}
    outputs = len(made.language.phones.pdfs)
    write_network(work / "ear.npz", random_network(size.mfcc.bins, outputs))
    reports |= {name: getattr(recipe, name)(made) for name in ("wording", "graph", "model")}
    (work / "reports.json").write_text(json.dumps(reports))
    return made
