"""However the text of an utterance comes in pieces, what is found is what the whole text gives."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.speech.model import Leg
from gateway.text.fold import fold
from gateway.triage.compile import build
from gateway.triage.engine import Triage
from gateway.triage.growing import PIECE, Growing
from gateway.triage.match import mask
from gateway.triage.ruleset import Ruleset

RULES = """
harmless: [火锅, 打车, 刀削面, 火…锅底]
rules:
"""
RULE = "  - {{id: zh.rule.{number}, class: {kind}, explanation: {{zh: 中, en: en}}, {words}}}\n"
ALARM, CIVIL = "valid_alarm, nature: fight", "non_police"
WORDS = [
    (ALARM, "any: [(拿|持)…刀, 打人, 火]"),
    (ALARM, "any: [刀], all: [[血, 躺…地]], distance: 12"),
    (ALARM, "any: [火], none: [不大, 灭…了], distance: 6"),
    (ALARM, "any: [刀$, ^打, (打|打人打人)]"),
    (ALARM, "patterns: ['[0-9]{2,4}', '[打砍].{0,3}(他|我)']"),
    (ALARM, "patterns: ['[^。]刀', '\\bgun'], scope: any"),
    (CIVIL, "any: [打车, 火锅…贵], sounds_alike: [停电]"),
    (ALARM, "sounds_alike: [持刀, 打人], any: [杀人]"),
    (ALARM, "any: [a gun, he…hit], all: [me]"),
]
PIECES = [
    *"拿持刀打人火锅车血躺地不大灭了停电吃达贵他我去年没有如果吗，。！？ 0189砍削面底殺著",
    "a gun", "gunner", "he ", "hit ", "me", "not ", "打人", "电视里", "躺在地上", "İ", "\ud800", "没有人",
    "x" * 30,
]  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    text = RULES + "".join(
        RULE.format(number=number, kind=kind, words=words) for number, (kind, words) in enumerate(WORDS)
    )
    return build({"pack.yaml": text.encode()})


def whole(rules: Ruleset, text: str) -> list[tuple[str, int, int, str, float]]:
    """What every rule finds by itself, tried on the whole text without any index."""
    folded = fold(text)
    masked = mask(folded, rules.harmless)
    return [
        (rule.rule.id, hit.start, hit.end, str(hit.scope), weight)
        for rule in rules.rules
        for hit, weight in rule.find(folded, masked)
    ]


def told(growing: Growing) -> list[tuple[str, int, int, str, float]]:
    return [
        (rule.rule.id, hit.start, hit.end, str(hit.scope), weight) for rule, hit, weight in growing.found()
    ]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=60), st.sets(st.integers(1, 200), max_size=12))
def test_any_pieces_give_exactly_what_the_whole_gives(
    rules: Ruleset, pieces: list[str], cuts: set[int]
) -> None:
    text = "".join(pieces)
    growing = Growing(rules.sides[Leg.CALLER])
    for cut in sorted(cuts):
        growing.grow(text[:cut])
        assert told(growing) == whole(rules, text[:cut])
    growing.grow(text)
    assert told(growing) == whole(rules, text)


@settings(max_examples=25)
@given(st.lists(st.sampled_from(PIECES), min_size=300, max_size=700), st.integers(1, 90))
def test_long_text_word_by_word_gives_what_the_whole_gives(
    rules: Ruleset, pieces: list[str], step: int
) -> None:
    text = "".join(pieces)
    growing = Growing(rules.sides[Leg.CALLER])
    for start, _ in pairwise([*range(0, len(text), step), len(text)]):
        growing.grow(text[:start])
    growing.grow(text)
    assert told(growing) == whole(rules, text)
    at_once = Growing(rules.sides[Leg.CALLER])
    at_once.grow(text)
    assert told(at_once) == told(growing)


def test_the_shipped_packs_find_the_same_in_growing_text(triage: Triage) -> None:
    examples = [text for rule in triage.rules.rules for text in rule.rule.examples.match]
    text = "，".join(examples[::3])
    assert len(text) > 2 * PIECE
    growing = triage.growing(Leg.CALLER)
    for end in range(0, len(text), 17):
        growing.grow(text[:end])
    growing.grow(text)
    of_caller = {rule.rule.id for rule in triage.rules.sides[Leg.CALLER].rules}
    assert told(growing) == [one for one in whole(triage.rules, text) if one[0] in of_caller]


def test_text_that_does_not_continue_is_read_anew(rules: Ruleset) -> None:
    growing = Growing(rules.sides[Leg.CALLER])
    growing.grow("他拿着刀打人")
    growing.grow("他拿着")
    assert told(growing) == whole(rules, "他拿着")
    assert growing.text == "他拿着"


def test_growing_text_costs_only_its_new_characters(rules: Ruleset) -> None:
    """What is kept to be looked at again does not grow with the text."""
    growing = Growing(rules.sides[Leg.CALLER])
    kept = []
    text = ""
    for _ in range(200):
        text += "他拿着刀打人，吃火锅，血流了一地。"
        growing.grow(text)
        kept.append(growing.unsettled)
    assert max(kept[50:]) <= max(kept[:50])
