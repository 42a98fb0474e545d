from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.testing.lab import SCENES
from gateway.testing.lab.scenes import load_scenes


def test_the_eight_callers_of_the_demonstration_are_there() -> None:
    wanted = {"robbery", "crash", "domestic", "wages", "fake_goods", "street_lamp", "silent", "abandoned"}
    assert {scene.id for scene in SCENES} >= wanted


def test_numbers_are_invented_and_nobody_rings_twice() -> None:
    numbers = [scene.caller for scene in SCENES]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"1380013\d{4}", number) for number in numbers)


def test_every_call_brings_a_place() -> None:
    assert all(scene.place or scene.x_ali for scene in SCENES)


def test_a_key_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "scenes.toml"
    file.write_text(
        '[[scene]]\nid = "x"\ntitle_zh = "x"\ntitle_en = "x"\ncaller = "13800130001"\nturnz = []\n'
        'expected = { alarm_class = "unsure", nature = "none" }\n'
    )
    with pytest.raises(ValidationError, match="turnz"):
        load_scenes(file)
