"""One key means one thing on a call's card: two actions under one key would answer to whichever came last."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

CARD = Path(__file__).parents[2] / "gateway/web/ui/src/card"
COMBO = re.compile(r"\bcombo: '([^']+)'|outcome\('[^']+', '([^']+)'")


def test_no_two_actions_of_a_card_have_the_same_key() -> None:
    found = Counter(
        one or other
        for file in sorted(CARD.glob("*.ts"))
        for one, other in COMBO.findall(file.read_text(encoding="utf-8"))
    )
    assert found["Alt+l"] == 1
    assert [key for key, times in found.items() if times > 1] == []


def test_no_key_of_a_card_is_one_of_those_that_work_everywhere() -> None:
    frame = COMBO.findall((CARD.parent / "App.vue").read_text(encoding="utf-8"))
    everywhere = {key for one, _ in frame for key in one.split()}
    card = {
        one or other for file in CARD.glob("*.ts") for one, other in COMBO.findall(file.read_text("utf-8"))
    }
    assert len(everywhere) > 12
    assert everywhere & card == set()
