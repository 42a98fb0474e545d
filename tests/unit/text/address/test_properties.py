# ruff: noqa: E501, SIM905 (a list of words is read more easily in long lines)
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.text.address import MAX_CHARACTERS, parse
from gateway.text.fold import fold

PIECES = (
    "浙江省 杭州市 西湖区 柳市镇 石桥村 建国路 八十八号 88号 3幢 三单元 幺零二室 - ， 。 我在 那个 不对 不是 对面 路口 往东两百米 花园 "
    "大厦 一楼 K12+300 A座 12-3-401 與 區 ＡＢ ① \U00020000 \n \t 的 有人打架"
).split(" ")


def checked(text: str) -> None:
    found = parse(text)
    end = 0
    for one in found.elements:
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        assert one.value
        end = one.end
    assert (found.normalised is None) == (
        not any(one.kind not in ("redundant", "otherinfo", "assist") for one in found.elements)
    )


@given(st.text(max_size=80))
def test_any_text_has_an_answer_whose_elements_lie_in_it_apart(text: str) -> None:
    checked(text)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_row_of_address_words_has_an_answer_whose_elements_lie_in_it_apart(text: str) -> None:
    checked(text)


@pytest.mark.parametrize(
    "text", ["路" * 100_000, "1" * 100_000, "建国路88号" * 20_000, "我" * 100_000, "a-" * 50_000]
)
def test_a_text_beyond_the_limit_is_read_up_to_it(text: str) -> None:
    found = parse(text)
    assert all(one.end <= MAX_CHARACTERS for one in found.elements)


@given(st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_folding_first_changes_no_span(text: str) -> None:
    spans = [(one.start, one.end, one.kind) for one in parse(text).elements]
    assert spans == [(one.start, one.end, one.kind) for one in parse(fold(text)).elements]
