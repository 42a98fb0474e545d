from __future__ import annotations

import pytest

from gateway.triage.compile import build
from gateway.triage.terms import TermError
from gateway.triage.wordgroups import MAX_EXPANDED, expand

GROUPS = {"家人": ("老公", "<长辈>"), "长辈": ("我爸", "我妈"), "圈": ("<圈>",), "大": ("字" * MAX_EXPANDED,)}


def test_a_group_stands_for_any_of_its_words() -> None:
    assert expand("<长辈>…打", GROUPS) == "(我爸|我妈)…打"


def test_a_group_may_be_made_of_others() -> None:
    assert expand("<家人>打", GROUPS) == "(老公|(我爸|我妈))打"


def test_a_name_nobody_gave_is_refused_with_the_nearest() -> None:
    with pytest.raises(TermError, match="no group of words <长幼>; did you mean <长辈>"):
        expand("<长幼>打", GROUPS)


def test_groups_that_hold_one_another_are_refused() -> None:
    with pytest.raises(TermError, match="hold one another"):
        expand("<圈>", GROUPS)


def test_a_word_that_grows_too_long_is_refused() -> None:
    with pytest.raises(TermError, match="at most"):
        expand("<大>", GROUPS)


def test_rules_of_one_file_use_the_groups_of_another() -> None:
    rule = """
rules:
  - id: x.blow
    class: valid_alarm
    nature: fight
    any: [<who>…hits]
    explanation: {zh: z, en: e}
    examples: {match: [the man hits me], not: [the sun shines]}
"""
    assert len(build({"a.yaml": rule.encode(), "b.yaml": b"words: {who: [man, woman]}"}).rules) == 1
