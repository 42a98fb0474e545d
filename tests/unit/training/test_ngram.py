"""A language model is a probability: whatever was said before, all words together have one."""

from __future__ import annotations

import pytest

from gateway.training.ngram import BEGIN, END, Backoff, best_shares, kneser_ney, mixed, perplexity, pruned
from gateway.training.wording import known

SAID = [line.split() for line in ("a b c", "a b d", "a c", "b a", "a b c d", "d a b", "c", "a b")]
OTHER = [line.split() for line in ("d d a", "d c", "c d a")]
WORDS = ["a", "b", "c", "d", "e", END]
BACKGROUND = dict.fromkeys(WORDS, 1 / len(WORDS))
HISTORIES = [(), (BEGIN,), ("a",), ("e",), (BEGIN, "a"), ("a", "b"), ("d", "e"), ("d", "d")]


def models() -> list[Backoff]:
    free, made = kneser_ney(SAID, BACKGROUND), kneser_ney(OTHER, BACKGROUND)
    whole = mixed([free, made], [0.7, 0.3])
    return [free, made, whole, pruned(whole, 18)]


@pytest.mark.parametrize("history", HISTORIES)
def test_probabilities_after_every_history_sum_to_one(history: tuple[str, ...]) -> None:
    for model in models():
        assert sum(model.probability(history, word) for word in WORDS) == pytest.approx(1, abs=1e-6)


def test_what_was_said_is_likelier_than_what_was_not() -> None:
    model = models()[0]
    assert model.probability(("a", "b"), "c") > model.probability(("a", "b"), "a") > 0
    assert model.probability(("a", "b"), "e") > 0


def test_a_mixture_of_single_words_is_the_weighted_mean() -> None:
    free, made, whole, _ = models()
    wanted = 0.7 * free.probability((), "c") + 0.3 * made.probability((), "c")
    assert whole.probability((), "c") == pytest.approx(wanted)


def test_after_a_history_the_model_that_finds_it_likely_weighs_more() -> None:
    free, made = models()[:2]
    known_to_free, known_to_made = ("a", "b"), ("d", "d")
    for history, near, far in ((known_to_free, free, made), (known_to_made, made, free)):
        word = max(near.listed[history], key=near.listed[history].__getitem__)
        evenly = 0.5 * near.probability(history, word) + 0.5 * far.probability(history, word)
        turned = mixed([near, far], [0.5, 0.5]).probability(history, word)
        assert evenly < turned < near.probability(history, word)


def test_shares_go_to_the_model_that_knows_the_text() -> None:
    free, made, _, _ = models()
    shares = best_shares([free, made], SAID)
    assert sum(shares) == pytest.approx(1)
    assert shares[0] > 0.8


def test_pruning_keeps_the_size_all_words_and_most_of_what_is_known() -> None:
    whole, small = models()[2:]
    assert small.size() <= 18 < whole.size()
    assert set(small.listed[()]) == set(WORDS)
    assert perplexity(whole, SAID) < perplexity(small, SAID) < len(WORDS)


def test_the_same_text_makes_the_same_model() -> None:
    assert models()[3] == models()[3]


def test_words_outside_the_vocabulary_become_their_characters() -> None:
    assert known([["报警", "鼬獾", "了"]], {"报警", "獾", "了"}) == [["报警", "獾", "了"]]
