"""What people are likely to say: free text, patterns and a dictionary made into one language model."""

from __future__ import annotations

import argparse
import json
import pickle
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.training.languages import LANGUAGES, Language, Sources
from gateway.training.ngram import END, Backoff, best_shares, kneser_ney, mixed, perplexity, pruned

HELD_OUT = 12
"""Every so manieth line of free text only tunes the mixture; afterwards it teaches too."""
ENDING = 0.1
"""How often any word is the last of an utterance, before any text is seen."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much text patterns make, how large the model may become, how far the dictionary is believed."""

    patterns: int = 80_000
    ngrams: int = 315_000
    pattern_share: float = 0.1
    """The least that patterns weigh: they alone know every number."""
    extra: float = 20.0
    """Added to each word's count in the dictionary …"""
    flattened: float = 0.8
    """… and the sum raised to this power: newspapers are not calls."""
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Wording:
    """The language model and figures about it."""

    model: Backoff
    report: dict[str, Any]


def language_model(language: Language, amounts: Amounts) -> Wording:
    """Tune on held-out lines, then learn from all of them."""
    lines = language.sources.lines(language.code)
    if not lines:
        raise ValueError(f"no text in {language.sources.texts / language.code}")
    dictionary = language.dictionary()
    sentences = language.patterns().sentences(amounts.patterns, amounts.seed)
    made = [words for sentence in sentences if (words := language.words_of(sentence))]
    held_out = lines[::HELD_OUT]
    taught = [line for n, line in enumerate(lines) if n % HELD_OUT]
    tuning = _models(language.utterances(taught, amounts.seed), made, dictionary, amounts)
    vocabulary = set(tuning[0].listed[()])
    check = known(language.utterances(held_out, amounts.seed + 1), vocabulary)
    shares = _with_floor(best_shares(tuning, check), amounts.pattern_share)
    unsure = perplexity(mixed(tuning, shares), check)
    whole = mixed(_models(language.utterances(lines, amounts.seed), made, dictionary, amounts), shares)
    model = pruned(whole, amounts.ngrams)
    report = {
        "lines": len(lines),
        "words": len(model.listed[()]) - 1,
        "shares": [round(share, 3) for share in shares],
        "held_out_perplexity": round(unsure, 1),
        "ngrams": model.size(),
        "ngrams_before_pruning": whole.size(),
    }
    return Wording(model, report)


def _models(
    free: Sequence[Sequence[str]],
    made: Sequence[Sequence[str]],
    dictionary: Mapping[str, float],
    amounts: Amounts,
) -> list[Backoff]:
    vocabulary = sorted({*dictionary, *(w for s in free for w in s), *(w for s in made for w in s)})
    weights = {w: (dictionary.get(w, 0) + amounts.extra) ** amounts.flattened for w in vocabulary}
    whole = sum(weights.values())
    background = {word: (1 - ENDING) * weight / whole for word, weight in weights.items()}
    background[END] = ENDING
    return [kneser_ney(free, background), kneser_ney(made, background), Backoff({(): background})]


def known(utterances: Iterable[Sequence[str]], vocabulary: set[str]) -> list[list[str]]:
    """Words outside the vocabulary become their characters, where these are inside."""
    return [
        [part for word in words for part in ((word,) if word in vocabulary else word) if part in vocabulary]
        for words in utterances
    ]


def _with_floor(shares: Sequence[float], floor: float) -> list[float]:
    free, made, background = shares
    if made >= floor:
        return list(shares)
    rest = (1 - floor) / (free + background)
    return [free * rest, floor, background * rest]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a language model and the readings of its words; figures go to standard output."""
    parser = argparse.ArgumentParser(prog="python -m gateway.training.wording", description=__doc__)
    parser.add_argument("language", choices=sorted(LANGUAGES))
    parser.add_argument("out", type=Path)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--dictionary", type=Path)
    parser.add_argument("--amounts", type=json.loads, default={}, help="JSON: fields of Amounts")
    options = parser.parse_args(arguments)
    language = LANGUAGES[options.language](Sources(options.texts, options.dictionary))
    worded = language_model(language, Amounts(**options.amounts))
    words = [word for word in worded.model.listed[()] if word != END]
    readings = language.readings(words, language.sources.lines(language.code))
    with options.out.open("wb") as file:
        pickle.dump((worded.model, readings), file)
    print(json.dumps(worded.report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
