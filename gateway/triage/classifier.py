"""The statistical second opinion: a linear model over pieces of the caller's words, read from two files.

`weights.npz` has plain arrays, `card.json` says what the model is and how right it was on calls it had not
seen. Nothing in them can be executed; sizes, hash, shapes and codes are checked before a number is used.
What a call costs grows with its new words alone: each utterance is summed up once.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.triage.model import AlarmClass, Department, Nature, Opinion
from gateway.triage.ngrams import BUCKETS, KIND, pieces
from gateway.triage.packfile import content_hash

CARD, WEIGHTS = "card.json", "weights.npz"
FORMAT = 2
MAX_CARD_BYTES = 1 << 20
MAX_WEIGHTS_BYTES = 128 << 20
"""Of the file, and of all its arrays unpacked; a larger one is refused unread."""
MIN_KNOWN = 8
"""Pieces that the model was taught with, below which it has no opinion."""
MIN_FAMILIAR = 60
"""Pieces that it knows, some twenty-five characters, below which its words move nothing: in a short sentence
the rules' own words say it better."""
KNOWN_AT_LEAST = 0.3
"""Share of such pieces below which the words are of a kind, or a language, that it does not know."""
MAX_SHOWN = 5
"""Codes of each kind in an opinion."""
Files = Mapping[str, bytes]
"""A model as it is kept: its card and its weights, by their names."""


class Head(StrEnum):
    """What is asked: the class; the nature, given an alarm; the department, given a non-police request."""

    CLASS = "class"
    NATURE = "nature"
    DEPARTMENT = "department"


CODES: Mapping[Head, type[StrEnum]] = {
    Head.CLASS: AlarmClass,
    Head.NATURE: Nature,
    Head.DEPARTMENT: Department,
}


class ModelFileError(Exception):
    """The model of the second opinion cannot be used; the message says which file, why, and what to do."""

    def __init__(self, path: Path, what: str) -> None:
        cure = "train it anew with `intake110 rules train`, or take it out of gateway.toml"
        super().__init__(f"{path}: {what}; {cure}")
        self.path, self.what, self.cure = path, what, cure


@dataclass(frozen=True, slots=True)
class Layer:
    """One head. Row i of `weights` belongs to piece i of the vocabulary; `temperature` makes the
    probabilities honest (Guo et al. 2017, on calls kept apart)."""

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What one utterance adds: sums of weights, by head; how many of its pieces are known, of how many."""

    sums: Mapping[Head, NDArray[np.float64]]
    known: int
    of: int


class Classifier:
    """Immutable; one serves every call. `hash` is that of both files; every opinion cites its beginning."""

    def __init__(
        self,
        vocabulary: NDArray[np.int32],
        layers: Mapping[Head, Layer],
        card: Mapping[str, Any],
        digest: str,
    ) -> None:
        self.layers, self.card, self.hash = layers, card, digest
        self.name = f"{card['name']}:{digest[:12]}"
        self._familiar_from = float(card["familiar_from"])
        self._row = np.full(BUCKETS, -1, dtype=np.int32)
        self._row[vocabulary] = np.arange(len(vocabulary), dtype=np.int32)

    def hear(self, text: str) -> Heard:
        """Sum up one utterance of the caller."""
        rows = self._row[found := pieces(text)]
        rows = rows[rows >= 0]
        sums = {
            head: layer.weights[rows].sum(axis=0, dtype=np.float64) for head, layer in self.layers.items()
        }
        return Heard(sums=sums, known=len(rows), of=len(found))

    def opine(self, heard: Iterable[Heard]) -> Opinion | None:
        """Of all utterances so far; None: too few words, or too few that it knows."""
        parts = list(heard)
        known, of = sum(part.known for part in parts), sum(part.of for part in parts)
        if known < MIN_KNOWN or known < KNOWN_AT_LEAST * of:
            return None
        told = {head: self._told(head, parts, known) for head in self.layers}
        return Opinion(
            model=self.name,
            classes=tuple((AlarmClass(code), p) for code, p in told[Head.CLASS]),
            natures=tuple((Nature(code), p) for code, p in told.get(Head.NATURE, ())),
            departments=tuple((Department(code), p) for code, p in told.get(Head.DEPARTMENT, ())),
            known=round(known / of, 3),
            familiar=known >= max(MIN_FAMILIAR, self._familiar_from * of),
        )

    def _told(self, head: Head, parts: Sequence[Heard], known: int) -> list[tuple[str, float]]:
        layer = self.layers[head]
        summed = np.sum([part.sums[head] for part in parts], axis=0)
        shares = softmax((summed / np.sqrt(known) + layer.bias) / layer.temperature)
        order = np.argsort(-shares, kind="stable")[:MAX_SHOWN]
        return [(layer.labels[at], round(float(shares[at]), 3)) for at in order]


def softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    made: NDArray[np.float64] = raised / raised.sum(axis=-1, keepdims=True)
    return made


# ---- files


def load(folder: Path) -> Classifier:
    """Raises ModelFileError."""
    return made_of(files_of(folder), folder)


def files_of(folder: Path) -> Files:
    """Both files as they lie there, unchecked. Raises ModelFileError."""
    return {
        CARD: _bytes(folder / CARD, MAX_CARD_BYTES), WEIGHTS: _bytes(folder / WEIGHTS, MAX_WEIGHTS_BYTES)
    }  # fmt: skip


def made_of(files: Files, folder: Path = Path()) -> Classifier:
    """The model of these files; `folder` is where a fault is told to lie. Raises ModelFileError."""
    path = folder / WEIGHTS
    if CARD not in files or WEIGHTS not in files:
        raise ModelFileError(folder, f"a model is {CARD} and {WEIGHTS}: one of them is missing")
    card, data = _card(folder / CARD, files[CARD]), files[WEIGHTS]
    if hashlib.sha256(data).hexdigest() != card["weights"]["sha256"]:
        raise ModelFileError(path, "it is not the file that its card describes (SHA-256)")
    arrays = _arrays(path, data)
    vocabulary = _vocabulary(path, arrays)
    layers = {head: _layer(path, head, told, arrays, len(vocabulary)) for head, told in _heads(folder, card)}
    return Classifier(vocabulary, layers, card, content_hash({name: files[name] for name in (CARD, WEIGHTS)}))


def _bytes(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise ModelFileError(path, error.strerror or repr(error)) from error
    if len(data) > limit:
        raise ModelFileError(path, f"more than {limit} bytes")
    return data


def _card(path: Path, data: bytes) -> dict[str, Any]:
    try:
        card = json.loads(data)
        named = isinstance(card["name"], str) and isinstance(card["weights"]["sha256"], str)
        named = named and all(isinstance(card["examples"][key], int) for key in ("used", "learnt"))
        named = named and 0.0 <= float(card["familiar_from"]) <= 1.0
        made = (card["format"], card["pieces"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelFileError(path, f"no card of a model ({error!r})") from error
    if not named or made != (FORMAT, KIND):
        raise ModelFileError(
            path, f"made for another version: {made!r}, this program reads {(FORMAT, KIND)!r}"
        )
    return dict(card)


def _arrays(path: Path, data: bytes) -> dict[str, NDArray[Any]]:
    """Plain arrays only: an object in them would need pickle, and is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(member.file_size for member in packed.infolist()) > MAX_WEIGHTS_BYTES:
                raise ModelFileError(path, f"unpacks to more than {MAX_WEIGHTS_BYTES} bytes")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, MemoryError) as error:
        raise ModelFileError(path, f"no file of plain arrays ({error})") from error


def _vocabulary(path: Path, arrays: Mapping[str, NDArray[Any]]) -> NDArray[np.int32]:
    found = arrays.get("vocabulary")
    if found is None or found.dtype != np.int32 or found.ndim != 1 or not len(found):
        raise ModelFileError(path, "without a vocabulary")
    if found[0] < 0 or found[-1] >= BUCKETS or bool((np.diff(found) <= 0).any()):
        raise ModelFileError(path, "its vocabulary is not ascending numbers of pieces")
    return found


def _heads(folder: Path, card: Mapping[str, Any]) -> list[tuple[Head, Mapping[str, Any]]]:
    try:
        heads = [(Head(name), told) for name, told in card["heads"].items()]
        labels = [{*told["labels"]} <= {*map(str, CODES[head])} for head, told in heads]
        hot = [0.05 <= float(told["temperature"]) <= 100 for _, told in heads]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelFileError(folder / CARD, f"its heads cannot be read ({error!r})") from error
    if not all((*labels, *hot)) or Head.CLASS not in dict(heads):
        raise ModelFileError(folder / CARD, "it has codes that this program does not know, or no class")
    return heads


def _layer(
    path: Path, head: Head, told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], rows: int
) -> Layer:
    labels, weights, bias = tuple(told["labels"]), arrays.get(f"{head}.weights"), arrays.get(f"{head}.bias")
    if weights is None or bias is None or len(labels) < 2:
        raise ModelFileError(path, f"without {head}")
    if weights.shape != (rows, len(labels)) or bias.shape != (len(labels),):
        raise ModelFileError(path, f"{head}: {weights.shape} weights do not fit {rows} pieces and its labels")
    if weights.dtype != np.float16 or bias.dtype != np.float32:
        raise ModelFileError(path, f"{head}: {weights.dtype} and {bias.dtype} instead of float16 and float32")
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        raise ModelFileError(path, f"{head}: numbers that are none")
    return Layer(labels, weights.astype(np.float32), bias, float(told["temperature"]))
