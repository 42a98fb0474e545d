"""The model of the second opinion: read with care, asked in parts, silent where it knows nothing."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gateway.testing.judged_calls import examples
from gateway.triage import classifier
from gateway.triage.classifier import CARD, WEIGHTS, Classifier, ModelFileError, load
from gateway.triage.learn import Trained, train
from gateway.triage.model import AlarmClass, Department, Nature

ALARM = "我舅舅下午在公园里被人抢走了背包，抢劫的往东跑了"
CIVIL = "我舅舅说公园里路灯坏了一个星期没人修"


@pytest.fixture(scope="module")
def made() -> Trained:
    return train(examples(), name="test", seed=1)


@pytest.fixture
def folder(made: Trained, tmp_path: Path) -> Path:
    (tmp_path / WEIGHTS).write_bytes(made.weights)
    (tmp_path / CARD).write_text(made.card_text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def model(folder: Path) -> Classifier:
    return load(folder)


def test_it_says_class_nature_and_department_with_probabilities(model: Classifier) -> None:
    alarm = model.opine([model.hear(ALARM)])
    civil = model.opine([model.hear(CIVIL)])
    assert alarm is not None
    assert civil is not None
    assert (alarm.classes[0][0], alarm.natures[0][0]) == (AlarmClass.VALID_ALARM, Nature.ROBBERY)
    assert (civil.classes[0][0], civil.departments[0][0]) == (
        AlarmClass.NON_POLICE,
        Department.URBAN_CONSTRUCTION,
    )
    assert sum(share for _, share in alarm.classes) == pytest.approx(1, abs=0.002)
    assert alarm.model == f"test:{model.hash[:12]}"
    assert alarm.raised is False


def test_what_was_said_before_is_summed_up_once(model: Classifier) -> None:
    parts = [model.hear(said) for said in (ALARM[:12], ALARM[12:])]
    told = model.opine(parts)
    assert told is not None
    assert told.classes[0][0] is AlarmClass.VALID_ALARM
    assert told.classes[0][1] > 0.7


@pytest.mark.parametrize(
    "said", ["", "嗯", "a language it was never taught, spoken at some length", "1380013800"]
)
def test_of_words_that_it_does_not_know_it_says_nothing(model: Classifier, said: str) -> None:
    assert model.opine([model.hear(said)]) is None
    assert model.opine([]) is None


# ---- files that are not as they should be

Spoil = Callable[[dict[str, Any], dict[str, Any]], None]


def respoilt(folder: Path, spoil: Spoil) -> None:
    """Card and arrays changed by `spoil`, and the card's hash made right again."""
    card = json.loads((folder / CARD).read_text())
    arrays = dict(np.load(folder / WEIGHTS))
    spoil(card, arrays)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    (folder / WEIGHTS).write_bytes(out.getvalue())
    if "weights" in card:
        card["weights"]["sha256"] = hashlib.sha256(out.getvalue()).hexdigest()
    (folder / CARD).write_text(json.dumps(card))


def _old(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    card["format"] = 99


def _nameless(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    del card["name"]


def _uncounted(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    del card["examples"]["learnt"]


def _strange(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    card["heads"]["class"]["labels"] = ["fine", "bad"]


def _classless(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    del card["heads"]["class"]


def _hot(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    card["heads"]["class"]["temperature"] = 0


def _headless(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    card["heads"] = [1]


def _gone(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    del arrays["class.bias"]


def _short(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    arrays["class.weights"] = arrays["class.weights"][:-1]


def _wide(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    arrays["class.weights"] = arrays["class.weights"].astype(np.float64)


def _odd(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    arrays["class.weights"][0, 0] = np.nan


def _wordless(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    del arrays["vocabulary"]


def _unsorted(card: dict[str, Any], arrays: dict[str, Any]) -> None:
    arrays["vocabulary"] = arrays["vocabulary"][::-1].copy()


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_old, "another version"), (_nameless, "no card"), (_uncounted, "no card"),
        (_strange, "does not know"), (_classless, "no class"), (_hot, "does not know"),
        (_headless, "cannot be read"),
        (_gone, "without class"), (_short, "do not fit"), (_wide, "float32"), (_odd, "numbers that are none"),
        (_wordless, "without a vocabulary"), (_unsorted, "ascending"),
    ],
)  # fmt: skip
def test_a_model_that_is_not_as_it_should_be_is_refused_with_file_and_cure(
    folder: Path, spoil: Spoil, told: str
) -> None:
    respoilt(folder, spoil)
    with pytest.raises(ModelFileError, match=told) as error:
        load(folder)
    assert "rules train" in str(error.value)


def test_other_weights_than_the_cards_are_refused(folder: Path) -> None:
    with (folder / WEIGHTS).open("ab") as file:
        file.write(b"\0")
    with pytest.raises(ModelFileError, match="SHA-256"):
        load(folder)


@pytest.mark.parametrize("name", [CARD, WEIGHTS])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelFileError, match=f"{name}: No such file"):
        load(folder)


def test_a_card_that_is_no_json_is_refused(folder: Path) -> None:
    for text in ("{", "[1]", "[" * 100_000):
        (folder / CARD).write_text(text)
        with pytest.raises(ModelFileError, match="no card"):
            load(folder)


def _with_weights(folder: Path, data: bytes) -> None:
    card = json.loads((folder / CARD).read_text())
    card["weights"]["sha256"] = hashlib.sha256(data).hexdigest()
    (folder / WEIGHTS).write_bytes(data)
    (folder / CARD).write_text(json.dumps(card))


def test_nothing_in_it_is_executed(folder: Path) -> None:
    _with_weights(folder, pickle.dumps({"vocabulary": 1}))
    with pytest.raises(ModelFileError, match="no file of plain arrays"):
        load(folder)
    out = io.BytesIO()
    np.savez(out, vocabulary=np.array([{"an": "object"}], dtype=object))
    _with_weights(folder, out.getvalue())
    with pytest.raises(ModelFileError, match="no file of plain arrays"):
        load(folder)


def test_what_unpacks_to_too_much_is_refused_unread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier, "MAX_WEIGHTS_BYTES", 100_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("vocabulary.npy", b"\0" * 1_000_000)
    _with_weights(folder, out.getvalue())
    with pytest.raises(ModelFileError, match="unpacks to more"):
        load(folder)
    _with_weights(folder, b"\0" * 100_001)
    with pytest.raises(ModelFileError, match="more than 100000 bytes"):
        load(folder)
