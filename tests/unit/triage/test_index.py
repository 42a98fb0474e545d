from __future__ import annotations

from gateway.triage.index import Index
from gateway.triage.match import Words
from gateway.triage.patterns import pattern_expression
from gateway.triage.terms import term_expression


def words(*terms: str) -> Words:
    return Words([term_expression(term) for term in terms])


def test_one_pass_names_every_rule_that_can_match_and_few_others() -> None:
    many = [words(f"词{index}…尾") for index in range(50)] + [words("(拿|持)…刀")]
    assert Index(many).candidates("拿着刀") == {50}
    assert Index(many).candidates("") == frozenset()
    assert Index([]).candidates("拿着刀") == frozenset()


def test_all_that_a_word_needs_must_be_there() -> None:
    index = Index([words("(拿|持)…刀…(抢|要钱)")])
    assert index.candidates("拿着刀") == frozenset()
    assert index.candidates("拿着刀要钱") == {0}


def test_a_gap_inside_brackets_still_finds_its_rule() -> None:
    index = Index([words("(露阴|对着…笑)")])
    assert index.candidates("他对着我笑") == {0}
    assert index.candidates("他笑") == frozenset()


def test_a_group_that_must_stand_near_by_is_asked_for_too() -> None:
    index = Index([words("撞")], [[words("流血", "躺…地上")]])
    assert index.candidates("撞了人") == frozenset()
    assert index.candidates("撞了人，人躺在地上") == {0}


def test_a_pattern_without_plain_strings_is_asked_in_a_pass_of_its_own() -> None:
    index = Index([words("刀"), Words([pattern_expression(r"\d{5}")])])
    assert index.sure == [1]
    assert index.candidates("电话12345") == {1}
    assert index.candidates("拿着刀") == {0}


def test_a_long_string_is_known_by_its_beginning() -> None:
    index = Index([words("中华人民共和国公民身份证")])
    assert index.candidates("我的中华人民共和国公民身份证丢了") == {0}
