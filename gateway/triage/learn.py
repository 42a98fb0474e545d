"""Trains the second opinion: multinomial logistic regression over hashed pieces, in numpy alone.

The same examples and seed give the same files, byte for byte. Examples of one group (a caller's number, a
family of texts) are never in two parts: a model learns from one part, is tempered on the second, and its
figures are of the third, which it has never seen. What is kept then learns from all of them, as strictly as
was found best: its figures are those of the model that saw less. Nothing of the running gateway imports
this.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gateway.triage.classifier import FORMAT, WEIGHTS, Head, softmax
from gateway.triage.descent import Rows, fit
from gateway.triage.model import AlarmClass, Department, Nature
from gateway.triage.ngrams import KIND, pieces

MIN_EXAMPLES = 300
MIN_OF_CLASS = 60
"""Fewer examples, or fewer of either class, teach nothing that could be measured: training is refused."""
MIN_OF_CODE = 12
"""Natures and departments with fewer examples are left out: the model never names them."""
MAX_EXAMPLES = 20_000
"""The first ones given; further ones are left out, and the card says so."""
MIN_GROUPS = 2
"""A piece that only one group has said is not learnt: it may be a name."""
PARTS = (70, 85)
"""Of a hundred: to learn from, to temper with, the rest to measure on."""
PENALTIES = (1e-3, 3e-4, 1e-4, 3e-5, 1e-5)
"""Weight decay that is tried; the best on the second part is kept."""
FAMILIAR = 0.1
"""Of the calls kept apart, so many know fewer of their words than `familiar_from` of the card says: words
that are stranger than that are of another kind (letters, files, another language)."""
CONFIDENT = 0.9
"""Of the figures: how right it is where it says at least this."""

Floats = NDArray[np.float64]


class TooLittle(Exception):
    """There are too few calls with a person's decision to teach a second opinion; the message says how many
    there are and how many it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """The caller's turns of one call, and what a person said it was. `group`: see the module."""

    name: str
    group: str
    turns: tuple[str, ...]
    alarm_class: AlarmClass
    nature: Nature | None = None
    department: Department | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """What the two files hold."""

    card: Mapping[str, Any]
    weights: bytes

    @property
    def card_text(self) -> str:
        return json.dumps(self.card, ensure_ascii=False, indent=1) + "\n"


@dataclass(slots=True)
class _Set:
    """The examples of one part."""

    examples: list[Example] = field(default_factory=list)
    pieces: list[NDArray[np.int32]] = field(default_factory=list)


def train(
    examples: Iterable[Example],
    *,
    name: str,
    seed: int = 110,
    sources: Sequence[Mapping[str, Any]] = (),
    notice: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = lambda what: None,
) -> Trained:
    """Raises TooLittle. Calls that people left unsure teach the class "unsure" where there are at least
    MIN_OF_CLASS of them, else nothing. `sources` and `notice` (zh, en) go into the card; `tell` hears of
    each step."""
    every = list(examples)
    doubtful = sum(one.alarm_class is AlarmClass.UNSURE for one in every) >= MIN_OF_CLASS
    usable = [one for one in every if doubtful or one.alarm_class is not AlarmClass.UNSURE]
    given, usable = len(usable), usable[:MAX_EXAMPLES]
    _enough(usable)
    parts = _parted(usable, seed)
    if any(len({one.alarm_class for one in part.examples}) < 2 for part in parts):
        raise TooLittle("too few different callers to measure a model on: go on deciding and labelling calls")
    vocabulary = _vocabulary(parts[0])
    rows = [_rows(part, vocabulary) for part in parts]
    heads: dict[Head, dict[str, Any]] = {}
    for head in Head:
        labels = _labels(parts[0].examples, head)
        tell(f"{head}: {len(labels)} codes")
        if len(labels) >= 2 and (told := _measured(head, labels, parts, rows)) is not None:
            heads[head] = told
    familiar_from = _familiar_from(parts[1:], vocabulary)
    tell("all calls together")
    vocabulary, arrays = _whole(parts, heads)
    weights = _packed(arrays)
    card = {
        "format": FORMAT, "name": name, "pieces": KIND, "seed": seed, "vocabulary": len(vocabulary),
        "examples": {"given": given, "used": len(usable)} | dict(
            zip(("learnt", "tempered", "held_out"), (len(part.examples) for part in parts), strict=True)
        ),
        "familiar_from": familiar_from, "sources": list(sources),
        "notice": dict(notice or {}), "heads": heads,
        "weights": {
            "file": WEIGHTS, "sha256": hashlib.sha256(weights).hexdigest(), "size_bytes": len(weights),
        },
    }  # fmt: skip
    return Trained(card=card, weights=weights)


def _enough(examples: Sequence[Example]) -> None:
    found = Counter(one.alarm_class for one in examples)
    few = min(found[AlarmClass.VALID_ALARM], found[AlarmClass.NON_POLICE])
    if len(examples) < MIN_EXAMPLES or few < MIN_OF_CLASS:
        told = ", ".join(f"{found[code]} {code}" for code in (AlarmClass.VALID_ALARM, AlarmClass.NON_POLICE))
        raise TooLittle(
            f"{len(examples)} calls with a person's decision ({told}): it takes {MIN_EXAMPLES}, at least "
            f"{MIN_OF_CLASS} of either class. Go on deciding and labelling calls"
        )


def _parted(examples: Sequence[Example], seed: int) -> tuple[_Set, _Set, _Set]:
    parts = (_Set(), _Set(), _Set())
    for one in examples:
        digest = hashlib.sha256(f"{seed}:{one.group}".encode("utf-8", "surrogatepass")).digest()
        lot = int.from_bytes(digest[:4]) % 100
        part = parts[sum(lot >= bound for bound in PARTS)]
        part.examples.append(one)
        part.pieces.append(_said(one))
    return parts


def _said(one: Example) -> NDArray[np.int32]:
    """The pieces of all turns; one that several turns have is there several times."""
    return np.concatenate([pieces(turn) for turn in one.turns] or [np.zeros(0, np.int32)])


def _vocabulary(part: _Set) -> NDArray[np.int32]:
    groups: dict[str, set[int]] = {}
    for one, found in zip(part.examples, part.pieces, strict=True):
        groups.setdefault(one.group, set()).update(found.tolist())
    seen = Counter(piece for said in groups.values() for piece in said)
    return np.array(sorted(piece for piece, n in seen.items() if n >= MIN_GROUPS), dtype=np.int32)


def _rows(part: _Set, vocabulary: NDArray[np.int32]) -> Rows:
    """Known pieces of each example, each worth 1 / sqrt(how many there are), as `Classifier` reads them."""
    columns = []
    for found in part.pieces:
        at = np.searchsorted(vocabulary, found)
        at[at == len(vocabulary)] = 0
        columns.append(at[vocabulary[at] == found])
    return Rows.of(columns, len(vocabulary))


def _familiar_from(parts: Sequence[_Set], vocabulary: NDArray[np.int32]) -> float:
    """The share of known words below which only `FAMILIAR` of the calls kept apart lie."""
    shares = [
        float(np.isin(found, vocabulary).mean()) for part in parts for found in part.pieces if len(found)
    ]
    return round(float(np.quantile(shares, FAMILIAR)), 3) if shares else 1.0


def _labels(examples: Sequence[Example], head: Head) -> tuple[str, ...]:
    found = Counter(code for one in examples if (code := _truth(one, head)) is not None)
    least = 1 if head is Head.CLASS else MIN_OF_CODE
    return tuple(sorted(code for code, number in found.items() if number >= least))


def _truth(one: Example, head: Head) -> str | None:
    if head is Head.CLASS:
        return one.alarm_class.value
    if head is Head.NATURE:
        named = one.alarm_class is AlarmClass.VALID_ALARM and one.nature not in (None, Nature.NONE)
        return one.nature.value if named and one.nature else None
    civil = one.alarm_class is AlarmClass.NON_POLICE
    return one.department.value if civil and one.department else None


def _measured(
    head: Head, labels: tuple[str, ...], parts: Sequence[_Set], rows: Sequence[Rows]
) -> dict[str, Any] | None:
    """What the card says of one head; None: there is nothing to measure it on."""
    (x, y), (x_temper, y_temper), (x_held, y_held) = (
        _chosen(part, each, head, labels) for part, each in zip(parts, rows, strict=True)
    )
    if not len(y_temper) or not len(y_held):
        return None
    tried, start = [], None
    for penalty in PENALTIES:
        weights, bias = start = fit(x, y, len(labels), penalty, start)
        scores = x_temper.times(weights) + bias
        temperature = _temperature(scores, y_temper)
        tried.append((_loss(scores / temperature, y_temper), penalty, weights, bias, temperature))
    _, penalty, weights, bias, temperature = min(tried, key=lambda one: one[:2])
    shares = softmax((x_held.times(weights) + bias) / temperature)
    return {
        "labels": labels, "temperature": round(temperature, 4), "penalty": penalty, "learnt": len(y),
        "held_out": _figures(shares, y_held, labels),
    }  # fmt: skip


def _whole(
    parts: Sequence[_Set], heads: Mapping[Head, Mapping[str, Any]]
) -> tuple[NDArray[np.int32], dict[str, NDArray[Any]]]:
    """The vocabulary of all parts together, and the arrays of the model that learns from them."""
    every = _Set(
        [one for part in parts for one in part.examples], [said for part in parts for said in part.pieces]
    )
    vocabulary = _vocabulary(every)
    rows = _rows(every, vocabulary)
    arrays: dict[str, NDArray[Any]] = {"vocabulary": vocabulary}
    for head, told in heads.items():
        x, y = _chosen(every, rows, head, told["labels"])
        weights, bias = fit(x, y, len(told["labels"]), told["penalty"])
        arrays[f"{head}.weights"], arrays[f"{head}.bias"] = (
            weights.astype(np.float16),
            bias.astype(np.float32),
        )
    return vocabulary, arrays


def _chosen(part: _Set, rows: Rows, head: Head, labels: tuple[str, ...]) -> tuple[Rows, NDArray[np.int64]]:
    """The examples that this head is asked of."""
    truths = [_truth(one, head) for one in part.examples]
    kept = [at for at, code in enumerate(truths) if code in labels]
    return rows.only(kept), np.array([labels.index(str(truths[at])) for at in kept], dtype=np.int64)


def _loss(scores: Floats, truth: NDArray[np.int64]) -> float:
    shares = softmax(scores)[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(shares, 1e-12)).mean())


def _temperature(scores: Floats, truth: NDArray[np.int64]) -> float:
    """The one that makes the second part likeliest, of a fine grid between 0.1 and 10."""
    return min(
        (float(one) for one in np.geomspace(0.1, 10.0, 121)), key=lambda one: _loss(scores / one, truth)
    )


def _figures(shares: Floats, truth: NDArray[np.int64], labels: tuple[str, ...]) -> dict[str, Any]:
    """How right, and how honest about it, on the part that was kept apart."""
    said, sure = shares.argmax(axis=1), shares.max(axis=1)
    right = said == truth
    matrix = Counter(zip(said.tolist(), truth.tolist(), strict=True))
    bins = np.minimum((sure * 10).astype(int), 9)
    gaps = [
        abs(float(right[bins == one].mean()) - float(sure[bins == one].mean())) * int((bins == one).sum())
        for one in range(10) if (bins == one).any()
    ]  # fmt: skip
    confident = sure >= CONFIDENT
    return {
        "examples": len(truth), "accuracy": round(float(right.mean()), 4),
        "log_loss": round(float(-np.log(np.maximum(shares[np.arange(len(truth)), truth], 1e-12)).mean()), 4),
        "calibration_error": round(sum(gaps) / len(truth), 4),
        "confident": int(confident.sum()),
        "accuracy_where_confident": round(float(right[confident].mean()), 4) if confident.any() else None,
        "matrix": [
            {"said": labels[one], "true": labels[other], "examples": number}
            for (one, other), number in sorted(matrix.items())
        ],
    }  # fmt: skip


def _packed(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **dict(sorted(arrays.items())))
    return out.getvalue()
