"""Puts a model's folder together in the layout that vosk reads, and checks that the parts fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gateway.training.features import Mfcc
from gateway.training.fst import const, look_ahead
from gateway.training.grammar import language_graph
from gateway.training.graph import lexicon
from gateway.training.kaldi import Network, Transitions, acoustic_model
from gateway.training.ngram import BEGIN, END, Backoff
from gateway.training.phones import NOISE, SILENCE, PhoneSet

UNKNOWN = "[unk]"
"""Speech that is no word: for run-time grammars, never in free listening."""
PLACE_NAMES = {"B": "begin", "I": "internal", "E": "end", "S": "singleton"}
PRIOR_FLOOR = 1e-4

Readings = Mapping[str, Sequence[tuple[tuple[str, ...], float]]]
"""Of each word its readings as phones, each with its share."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How vosk searches with this model; seconds of silence after which an utterance is over."""

    acoustic_scale: float = 0.33
    beam: float = 9.0
    lattice_beam: float = 3.0
    max_active: int = 700
    min_active: int = 20
    """Few: vosk's own 200 keep hopeless paths alive through every silence, at twice the processor's time."""
    silences: tuple[float, float, float] = (0.5, 0.6, 0.7)

    def config(self, silence_phones: Sequence[int]) -> str:
        """conf/model.conf."""
        phones = ":".join(map(str, silence_phones))
        rules = zip((2, 3, 4), self.silences, strict=True)
        return (
            f"--min-active={self.min_active}\n--max-active={self.max_active}\n--beam={self.beam}\n"
            f"--lattice-beam={self.lattice_beam}\n--acoustic-scale={self.acoustic_scale}\n"
            f"--frame-subsampling-factor=3\n--endpoint.silence-phones={phones}\n"
            + "".join(f"--endpoint.rule{n}.min-trailing-silence={seconds}\n" for n, seconds in rules)
        )


def write_graph(folder: Path, phones: PhoneSet, readings: Readings, model: Backoff) -> dict[str, int]:
    """graph/: words, lexicon (HCLr), language model (Gr). Answers how large they are."""
    (folder / "graph/phones").mkdir(parents=True, exist_ok=True)
    transitions = Transitions(phones)
    words = [word for word in model.listed[()] if word not in (BEGIN, END)]
    said = {
        word: [(phones.with_places(sounds), -math.log(share)) for sounds, share in readings[word]]
        for word in words
    }
    said[UNKNOWN] = [(phones.with_places((NOISE,)), 0.0)]
    built = lexicon(said, transitions)
    hclr = look_ahead(built.fst, built.reached, built.final_label)
    (folder / "graph/HCLr.fst").write_bytes(hclr)
    gr = const(language_graph(model, built.words), "input")
    (folder / "graph/Gr.fst").write_bytes(gr)
    ordered = sorted(built.words, key=built.words.__getitem__)
    lines = ["<eps> 0", *(f"{word} {built.words[word]}" for word in ordered), f"#0 {built.final_label + 1}"]
    (folder / "graph/words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "graph/disambig_tid.int").write_text(f"{len(transitions.costs)}\n")
    (folder / "graph/phones/word_boundary.int").write_text(_boundaries(phones))
    return {"words": len(words), "ngrams": model.size(), "HCLr": len(hclr), "Gr": len(gr)}


def _boundaries(phones: PhoneSet) -> str:
    kinds = ["nonword", *(PLACE_NAMES[placed[-1]] for placed in phones.placed[2:])]
    return "".join(f"{number} {kind}\n" for number, kind in enumerate(kinds, start=1))


def write_ear(
    folder: Path, phones: PhoneSet, mfcc: Mfcc, network: Network, counts: ArrayLike, power: float = 1.0
) -> None:
    """am/final.mdl and conf/mfcc.conf; `counts`: how often each output was the wanted one."""
    (folder / "am").mkdir(parents=True, exist_ok=True)
    (folder / "conf").mkdir(exist_ok=True)
    model = acoustic_model(Transitions(phones), network, priors(counts, power))
    (folder / "am/final.mdl").write_bytes(model)
    (folder / "conf/mfcc.conf").write_text(mfcc.config())


def priors(counts: ArrayLike, power: float = 1.0) -> NDArray[np.float64]:
    """Share of each output in the lesson, to a power, never nothing."""
    shares = np.asarray(counts, float) / np.sum(counts)
    raised = np.maximum(shares**power, PRIOR_FLOOR)
    even: NDArray[np.float64] = raised / raised.sum()
    return even


def write_decoding(folder: Path, phones: PhoneSet, decoding: Decoding, quiet: Sequence[str] = ()) -> None:
    """conf/model.conf; `quiet`: phones (without place) that also count as silence at a word's begin."""
    (folder / "conf").mkdir(parents=True, exist_ok=True)
    ids = [phones.ids[SILENCE], *(phones.ids[f"{phone}_B"] for phone in quiet)]
    (folder / "conf/model.conf").write_text(decoding.config(ids))
