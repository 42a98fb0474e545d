"""Keys of the card as its families declare them, read from the sources: no one call offers all of them."""

from __future__ import annotations

import re
from collections import Counter

from gateway.web.build import WEB

SOURCES = WEB / "ui/src"
DECLARED = re.compile(r"combo: '([^']+)'|outcome\('[^']+', '([^']+)'")


def keys_of(text: str) -> list[str]:
    return [key for pair in DECLARED.findall(text) for both in pair for key in both.split()]


def test_one_key_means_one_thing_on_every_card_and_everywhere() -> None:
    card = [key for file in (SOURCES / "card").glob("*.ts") for key in keys_of(file.read_text("utf-8"))]
    frame = keys_of((SOURCES / "App.vue").read_text("utf-8"))
    assert len(card) > 30
    assert len(frame) > 12
    assert [key for key, times in Counter(card + frame).items() if times > 1] == []
