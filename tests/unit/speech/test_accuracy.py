from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.speech.accuracy import FieldCheck, distance, measured, model_of


def check(heard: str, said: str, *, field: str = "phone", trunk: str = "trunk") -> FieldCheck:
    return FieldCheck(
        engine="vosk",
        model="demo",
        pbx="p",
        trunk=trunk,
        speaker="caller",
        field=field,
        heard=heard,
        said=said,
    )


def test_confirmed_and_corrected_fields_give_shares_of_fields_and_of_characters() -> None:
    (line,) = measured(
        [check("13800138000", "13800138000"), check("13800138001", "13800138000")], lambda c: ("a",)
    )
    assert (line.confirmed, line.corrected) == (1, 1)
    assert line.fields == 0.5
    assert line.letters == pytest.approx(21 / 22)


def test_blanks_width_and_script_are_no_mistake() -> None:
    assert check("苏E 12345", "苏Ｅ12345").right
    assert check("建國路", "建国路").right


def test_groups_stand_with_the_most_fields_first() -> None:
    checks = [check("1", "1", trunk="a"), check("1", "2", trunk="b"), check("1", "1", trunk="b")]
    assert [line.key for line in measured(checks, lambda c: (c.trunk,))] == [("b",), ("a",)]
    assert measured([], lambda c: ()) == []


def test_a_field_wholly_wrong_costs_its_length_and_no_more() -> None:
    (line,) = measured([check("完全不一样的很长的文字", "短的")], lambda c: ())
    assert line.letters == 0.0


@pytest.mark.parametrize(
    ("model_id", "told"),
    [
        ("vosk:demo-cn:abc", ("vosk", "demo-cn")),
        ("", ("", "")),
        ("gateway.testing.fake", ("gateway.testing.fake", "")),
    ],
)
def test_a_model_id_tells_engine_and_model(model_id: str, told: tuple[str, str]) -> None:
    assert model_of(model_id) == told


@given(st.text(max_size=8), st.text(max_size=8))
def test_the_distance_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)
