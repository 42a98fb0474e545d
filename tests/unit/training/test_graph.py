"""The tree of words, what it looks ahead to, and the files around it."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from gateway.training.fst import ARC, STATE, Fst, const, look_ahead
from gateway.training.grammar import language_graph
from gateway.training.graph import Lexicon, lexicon
from gateway.training.kaldi import Transitions
from gateway.training.mandarin import PHONES, pronunciation
from gateway.training.ngram import END, kneser_ney

WORDS = [*"报抱爆就嗯是事市", "报警", "保证", "警察", "救命", "着火", "打架", "大家"]


@pytest.fixture(scope="module")
def tree() -> Lexicon:
    said = {word: [(PHONES.with_places(pronunciation(word)), 0.0)] for word in WORDS}
    said["大家"].append((PHONES.with_places(("d", "ai4", "j", "ia1")), 1.5))
    return lexicon(said, Transitions(PHONES))


def reachable(tree: Lexicon, state: int) -> set[int]:
    """Labels on the first word of every way out of a state, the end counting as one."""
    seen, found, todo = {state}, set(), [state]
    while todo:
        here = todo.pop()
        if here in tree.fst.finals:
            found.add(tree.final_label)
        for _, word, _, to in tree.fst.arcs[here]:
            if word:
                found.add(word)
            elif to not in seen:
                seen.add(to)
                todo.append(to)
    return found


def test_look_ahead_names_exactly_the_words_that_can_still_come(tree: Lexicon) -> None:
    for state, intervals in enumerate(tree.reached):
        named = {label for begin, end in intervals for label in range(begin, end)}
        assert named == reachable(tree, state), f"state {state}"


def test_each_word_has_a_number_and_a_way_of_its_own_sounds(tree: Lexicon) -> None:
    assert sorted(tree.words.values()) == list(range(1, len(WORDS) + 1))
    on_arcs = {word for arcs in tree.fst.arcs for _, word, _, _ in arcs}
    assert on_arcs == {0, *tree.words.values()}


def test_words_of_one_sound_part_after_it(tree: Lexicon) -> None:
    same = [tree.words[word] for word in ("是", "事", "市")]
    ways = [{arc[1] for arc in arcs} for arcs in tree.fst.arcs]
    assert {0, *same} in ways


def test_a_const_fst_lists_states_and_sorted_arcs() -> None:
    fst = Fst()
    for _ in range(2):
        fst.state()
    for arc in ((9, 3, 0.5, 1), (4, 8, 0.25, 1), (0, 0, 1.0, 1)):
        fst.arc(0, arc)
    fst.finals[1] = 2.0
    data = const(fst, "input")
    body = data[-(2 * STATE.itemsize + 3 * ARC.itemsize) :]
    states = np.frombuffer(body[: 2 * STATE.itemsize], STATE)
    arcs = np.frombuffer(body[2 * STATE.itemsize :], ARC)
    assert arcs["input"].tolist() == [0, 4, 9]
    assert states["arcs"].tolist() == [3, 0]
    assert states["in_eps"].tolist() == [1, 0]
    assert math.isinf(states["final"][0])
    assert states["final"][1] == 2.0
    assert struct.unpack_from("<i", data)[0] == 2125659606


def test_a_look_ahead_file_needs_the_intervals_of_every_state() -> None:
    fst = Fst()
    fst.state()
    with pytest.raises(ValueError, match="1 states, but intervals of 0"):
        look_ahead(fst, [], 1)


def test_the_language_graph_backs_off_without_a_sound() -> None:
    background = {"a": 0.4, "b": 0.4, END: 0.2}
    model = kneser_ney([["a", "b"], ["a", "a", "b"]], background)
    fst = language_graph(model, {"a": 1, "b": 2})
    for state, arcs in enumerate(fst.arcs):
        backing = [arc for arc in arcs if arc[0] == 0]
        assert len(backing) == (0 if state == 1 else 1)
        assert all(begin == word for begin, word, _, _ in arcs)
    assert fst.finals[1] == pytest.approx(-math.log(model.probability((), END)))


def test_transition_ids_count_stay_before_leave() -> None:
    transitions = Transitions(PHONES)
    ids = sorted([*transitions.stay.values(), *transitions.leave.values()])
    assert ids == list(range(1, len(transitions.costs)))
    for state, stay in transitions.stay.items():
        assert transitions.leave[state] == stay + 1
        total = math.exp(-transitions.costs[stay]) + math.exp(-transitions.costs[stay + 1])
        assert total == pytest.approx(1)
