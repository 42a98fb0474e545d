"""The language model as the graph that vosk composes (Gr): a state a history, back-off without sound."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gateway.training.fst import Fst
from gateway.training.ngram import BEGIN, END, ORDER, Backoff, History


def language_graph(model: Backoff, words: Mapping[str, int]) -> Fst:
    """Words as their numbers; words without a number are left out."""
    fst = Fst()
    states: dict[History, int] = {(BEGIN,): fst.state(), (): fst.state()}
    for history in sorted(model.listed, key=lambda h: (len(h), h)):
        if history not in states:
            states[history] = fst.state()
    for history, state in states.items():
        for word, p in sorted(model.listed.get(history, {}).items()):
            if word == END:
                fst.finals[state] = -math.log(p)
            elif word in words:
                to = states[_longest((*history, word)[1 - ORDER :], states)]
                fst.arc(state, (words[word], words[word], -math.log(p), to))
        if history:
            weight = -math.log(model.weight.get(history, 1.0))
            fst.arc(state, (0, 0, weight, states[_longest(history[1:], states)]))
    return fst


def _longest(history: History, states: Mapping[History, int]) -> History:
    while history not in states:
        history = history[1:]
    return history
