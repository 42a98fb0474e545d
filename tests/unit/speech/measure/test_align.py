from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.speech.measure.align import Op, align
from gateway.speech.measure.spelling import Slot

TOKENS = st.lists(st.sampled_from("abcd"), max_size=8)


def plain(tokens: list[str]) -> list[Slot]:
    return [((token,),) for token in tokens]


def distance(a: list[str], b: list[str]) -> int:
    """The textbook's, by recursion over a table."""
    table = [[i + j if not i * j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (x != y))
    return table[len(a)][len(b)]


@given(TOKENS, TOKENS)
def test_as_few_errors_as_the_textbook_and_nothing_lost(said: list[str], heard: list[str]) -> None:
    steps = align(plain(said), heard)
    assert sum(step.op is not Op.RIGHT for step in steps) == distance(said, heard)
    assert [step.said for step in steps if step.said] == said
    assert [step.heard for step in steps if step.heard] == heard


@given(st.lists(st.lists(TOKENS.filter(bool), min_size=1, max_size=3), max_size=4), TOKENS)
def test_of_several_readings_the_nearest_counts(places: list[list[list[str]]], heard: list[str]) -> None:
    slots = [tuple(tuple(reading) for reading in place) for place in places]
    whole: list[list[str]] = [[]]
    for place in places:
        whole = [before + reading for before in whole for reading in place]
    steps = align(slots, heard)
    assert sum(step.op is not Op.RIGHT for step in steps) == min(distance(one, heard) for one in whole)
    assert [step.said for step in steps if step.said] in whole


def test_kinds_of_errors_are_told_apart() -> None:
    steps = align(plain(list("abcd")), list("axcde"))
    assert [step.op for step in steps] == [Op.RIGHT, Op.SUBSTITUTED, Op.RIGHT, Op.RIGHT, Op.INSERTED]
    assert [step.op for step in align(plain(list("ab")), [])] == [Op.DELETED, Op.DELETED]
