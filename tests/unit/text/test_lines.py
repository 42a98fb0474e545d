"""One telephone line under the many forms in which networks write it."""

from __future__ import annotations

import pytest

from gateway.text.phones import forms_of, line_of


@pytest.mark.parametrize(
    ("number", "line"),
    [
        ("13800138000", "13800138000"),
        ("+8613800138000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("013800138000", "13800138000"),
        ("tel:+86-138-0013-8000;phone-context=x", "13800138000"),
        ("02112345678", "02112345678"),
        ("+862112345678", "02112345678"),
        ("+86 571 8888 0000", "057188880000"),
        ("057188880000", "057188880000"),
        ("+85291234567", "+85291234567"),
        ("0085291234567", "+85291234567"),
        ("1101", "1101"),
    ],
)
def test_every_form_of_a_number_is_the_same_line(number: str, line: str) -> None:
    assert line_of(number) == line


@pytest.mark.parametrize("number", ["", "anonymous", "1", "9" * 30, "+"])
def test_what_is_no_number_is_no_line(number: str) -> None:
    assert line_of(number) is None


@pytest.mark.parametrize("line", ["13800138000", "02112345678", "+85291234567"])
def test_every_form_that_is_searched_for_is_that_line_again(line: str) -> None:
    assert {line_of(form) for form in forms_of(line)} == {line}
