"""One form for a caller's number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.numbering import forms, national


@pytest.mark.parametrize(
    ("number", "home"),
    [
        ("+8613800000000", "13800000000"),
        ("008613800000000", "13800000000"),
        ("8613800000000", "13800000000"),
        ("138 0000 0000", "13800000000"),
        ("+862161234567", "02161234567"),
        ("86-21-6123-4567", "02161234567"),
        ("021-61234567", "02161234567"),
        ("+867551234567", "07551234567"),
        ("+8675512345678", "075512345678"),
        ("61234567", "61234567"),
        ("+864001234567", "4001234567"),
        ("+8695588", "95588"),
        ("110", "110"),
        ("+14155550100", "0014155550100"),
        ("0014155550100", "0014155550100"),
        ("anonymous", ""),
        ("", ""),
        ("+", ""),
    ],
)
def test_every_way_of_writing_a_number_means_the_same(number: str, home: str) -> None:
    assert national(number) == home


@given(st.text(max_size=30))
def test_the_form_is_stable(number: str) -> None:
    assert national(national(number)) == national(number) or national(number).startswith("86")


@pytest.mark.parametrize("number", ["13800138000", "02112345678", "057188880000", "0085291234567"])
def test_every_form_that_is_searched_for_is_that_number_again(number: str) -> None:
    assert {national(form) for form in forms(number)} == {number}
