"""Language models: modified Kneser-Ney trigrams over a wide background, mixed and pruned.

A model is kept as a back-off table: the probability of each n-gram that is listed, and of each history the
weight of what the shorter history says of all other words. Both together sum to one for every history.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

BEGIN, END = "<s>", "</s>"
ORDER = 3
TRUST = 0.7
"""How far a history turns a mixture to the models that find it likely: 0 not at all, 1 as Bayes would."""

History = tuple[str, ...]
Sentences = Sequence[Sequence[str]]


@dataclass
class Backoff:
    """`listed[h][w]`: probability of w after h; `weight[h]`: share of h[1:] for words not listed after h."""

    listed: dict[History, dict[str, float]] = field(default_factory=dict)
    weight: dict[History, float] = field(default_factory=dict)

    def probability(self, history: History, word: str) -> float:
        """Of a word after up to two others (or BEGIN and one other)."""
        factor = 1.0
        while True:
            found = self.listed.get(history, {}).get(word)
            if found is not None:
                return factor * found
            if not history:
                return 0.0
            factor *= self.weight.get(history, 1.0)
            history = history[1:]

    def size(self) -> int:
        """How many n-grams are listed."""
        return sum(len(words) for words in self.listed.values())


def kneser_ney(sentences: Sentences, background: Mapping[str, float]) -> Backoff:
    """A trigram model; what is left of single words goes to `background` (word -> probability, END too)."""
    counts = _counts(sentences)
    model = Backoff({(): dict(background)}, {})
    for order in range(1, ORDER + 1):
        table: dict[History, dict[str, int]] = defaultdict(dict)
        for gram, count in counts[order].items():
            table[gram[:-1]][gram[-1]] = count
        discounts = _discounts(counts[order].values())
        for history in sorted(table):
            listed, weight = _discounted(table[history], discounts)
            lower = history[1:] if history else ()
            for word in listed:
                listed[word] += weight * model.probability(lower, word)
            if history:
                model.weight[history] = weight
                model.listed[history] = listed
            else:
                rest = {w: weight * p for w, p in background.items() if w not in listed}
                model.listed[()] = {**listed, **rest}
    return model


def _counts(sentences: Sentences) -> list[Counter[History]]:
    """Of the longest n-grams how often they came; of shorter ones after how many different words."""
    counts: list[Counter[History]] = [Counter() for _ in range(ORDER + 1)]
    for sentence in sentences:
        words = (BEGIN, *sentence, END)
        for at in range(1, len(words)):
            counts[ORDER][words[max(0, at - ORDER + 1) : at + 1]] += 1
    # an n-gram that begins a sentence has nothing before it: it keeps its own count
    shorter = [gram for gram in counts[ORDER] if len(gram) < ORDER]
    for gram in shorter:
        counts[len(gram)][gram] = counts[ORDER].pop(gram)
    for order in range(ORDER - 1, 0, -1):
        for gram in counts[order + 1]:
            if not (order == 1 and gram[1:] == (BEGIN,)):
                counts[order][gram[1:]] += 1
    return counts


def _discounts(counts: Iterable[int]) -> tuple[float, float, float]:
    """What is taken from n-grams seen once, twice, more often (Chen and Goodman)."""
    times = Counter(counts)
    one, two, three, four = (max(times[n], 1) for n in (1, 2, 3, 4))
    share = one / (one + 2 * two)
    return (
        min(max(1 - 2 * share * two / one, 0.1), 0.95),
        min(max(2 - 3 * share * three / two, 0.1), 1.9),
        min(max(3 - 4 * share * four / three, 0.1), 2.8),
    )


def _discounted(counts: Mapping[str, int], discounts: Sequence[float]) -> tuple[dict[str, float], float]:
    total = sum(counts.values())
    taken = {word: discounts[min(count, 3) - 1] for word, count in counts.items()}
    listed = {word: (count - taken[word]) / total for word, count in counts.items()}
    return listed, sum(taken.values()) / total


def mixed(models: Sequence[Backoff], shares: Sequence[float]) -> Backoff:
    """One model that gives each n-gram listed anywhere the weighted mean of what the models say.

    After "unit 3, room" the patterns, which know every number, weigh more than free text does.
    """
    histories = sorted({h for model in models for h in model.listed}, key=lambda h: (len(h), h))
    whole = Backoff()
    for history in histories:
        words = sorted({w for model in models for w in model.listed.get(history, ())})
        trusted = [s * t for s, t in zip(shares, _trust(models, history), strict=True)]
        here = [(t / sum(trusted), model) for t, model in zip(trusted, models, strict=True) if t]
        whole.listed[history] = {
            word: sum(share * model.probability(history, word) for share, model in here) for word in words
        }
        if history:
            whole.weight[history] = _left_over(whole, history)
    return whole


def _trust(models: Sequence[Backoff], history: History) -> list[float]:
    return [max(_share(model, history), 1e-30) ** TRUST for model in models]


def _left_over(model: Backoff, history: History) -> float:
    """The back-off weight that makes this history's probabilities sum to one."""
    listed = model.listed[history]
    above = 1 - sum(listed.values())
    below = 1 - sum(model.probability(history[1:], word) for word in listed)
    return max(above, 1e-7) / max(below, 1e-7)


def best_shares(models: Sequence[Backoff], held_out: Sentences, rounds: int = 15) -> list[float]:
    """Shares under which held-out sentences are likeliest: each grows by what it explains."""
    places = [
        (words[max(0, at - ORDER + 1) : at], words[at])
        for words in ((BEGIN, *sentence, END) for sentence in held_out)
        for at in range(1, len(words))
    ]
    events = [(_trust(models, h), [model.probability(h, word) for model in models]) for h, word in places]
    shares = [1 / len(models)] * len(models)
    for _ in range(rounds):
        explained, expected = [0.0] * len(models), [0.0] * len(models)
        for trust, said in events:
            weights = [share * t for share, t in zip(shares, trust, strict=True)]
            parts = [weight * p for weight, p in zip(weights, said, strict=True)]
            if not sum(parts):
                continue
            explained = [e + part / sum(parts) for e, part in zip(explained, parts, strict=True)]
            expected = [e + weight / sum(weights) for e, weight in zip(expected, weights, strict=True)]
        grown = [s * e / max(x, 1e-30) for s, e, x in zip(shares, explained, expected, strict=True)]
        shares = [share / sum(grown) for share in grown]
    return shares


def perplexity(model: Backoff, sentences: Sentences) -> float:
    """How many words a model wavers between, on average."""
    logs = [
        math.log(max(model.probability(words[max(0, at - ORDER + 1) : at], words[at]), 1e-12))
        for words in ((BEGIN, *sentence, END) for sentence in sentences)
        for at in range(1, len(words))
    ]
    return math.exp(-sum(logs) / max(1, len(logs)))


def pruned(model: Backoff, size: int) -> Backoff:
    """The model without the n-grams that say least beyond their shorter history, `size` left at most.

    Stolcke's relative entropy, simplified: each n-gram is judged alone. Single words all stay.
    """
    losses: list[tuple[float, History, str]] = []
    for history, listed in model.listed.items():
        if not history:
            continue
        share = _share(model, history)
        weight = model.weight[history]
        for word, p in listed.items():
            lower = weight * model.probability(history[1:], word)
            losses.append((share * p * (math.log(p) - math.log(lower)), history, word))
    surplus = model.size() - size
    if surplus <= 0:
        return model
    losses.sort()
    kept = {history: dict(listed) for history, listed in model.listed.items()}
    needed = {history for history in kept if len(history) == ORDER - 1}
    for _, history, word in losses:
        if surplus <= 0:
            break
        if (*history, word) in needed and kept.get((*history, word)):
            continue
        del kept[history][word]
        surplus -= 1
    smaller = Backoff({h: kept[h] for h in sorted(kept, key=lambda h: (len(h), h)) if kept[h] or not h})
    for history in smaller.listed:
        if history:
            smaller.weight[history] = _left_over(smaller, history)
    return smaller


def _share(model: Backoff, history: History) -> float:
    """How often a history comes."""
    share = 1.0
    before: History = ()
    for word in history:
        share *= 1.0 if word == BEGIN else model.probability(before, word)
        before = (*before, word)
    return share
