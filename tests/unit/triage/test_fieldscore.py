from __future__ import annotations

import pytest

from gateway.triage.fieldscore import compare, overlap


def test_lists_are_counted_value_by_value() -> None:
    score = compare([({"plates": ["沪A1", "沪A2"]}, {"plates": ["沪A2", "沪A3"]})])["plates"]
    assert score.figures() == {"rows": 1, "accuracy": 0.0, "gold": 2, "recall": 0.5, "precision": 0.5}


def test_every_veto_code_has_a_score_of_its_own() -> None:
    scores = compare([({"vetoes": ["fire", "child"]}, {"vetoes": ["fire", "weapon"]}), ({"vetoes": []}, {})])
    assert scores["vetoes.fire"].figures()["recall"] == 1.0
    assert scores["vetoes.child"].figures()["recall"] == 0.0
    assert scores["vetoes.weapon"].figures()["precision"] == 0.0
    assert scores["vetoes.suicide"].figures()["recall"] is None


def test_a_row_without_a_value_on_either_side_agrees() -> None:
    scores = compare([({"weapon": None, "people_injured": 0}, {"weapon": None, "people_injured": None})])
    assert scores["weapon"].figures()["accuracy"] == 1.0
    assert scores["people_injured"].figures()["recall"] == 0.0


def test_what_the_gold_leaves_out_is_not_counted() -> None:
    assert set(compare([({"class": "unsure"}, {"class": "unsure", "weapon": "刀"})])) == {"class"}


@pytest.mark.parametrize(
    ("gold", "said", "right"),
    [
        ("建国路八十八号，三楼", "建国路，八十八号三楼", 1),
        ("建国路八十八号", "解放路", 0),
        ("建国路", None, 0),
    ],
)
def test_an_address_agrees_when_it_is_nearly_the_same(gold: str, said: str | None, right: int) -> None:
    score = compare([({"address": {"text": gold, "normalised": None}}, {"address": {"text": said}})])[
        "address"
    ]
    assert (score.right, score.agree) == (right, right)


def test_signs_and_width_make_no_difference() -> None:
    assert overlap("ＫＴＶ，三楼。", "ktv三楼") == 1.0
    assert overlap("，", "三楼") == 0.0
