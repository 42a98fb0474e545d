from __future__ import annotations

import pytest

from gateway.triage.match import (
    MASK,
    MAX_REACH,
    Matcher,
    Prefilter,
    TermError,
    Words,
    mask,
    pattern_expression,
    sound_expression,
    sound_text,
    term_expression,
)


def words(*terms: str) -> Words:
    return Words([term_expression(term) for term in terms])


def found(term: str, text: str) -> list[str]:
    return [text[place.start : place.end] for place in words(term).places(text)]


def test_a_gap_and_a_choice_find_what_stands_between() -> None:
    assert found("(拿|持)…刀", "他手里拿着一把菜刀") == ["拿着一把菜刀"]


def test_a_gap_does_not_cross_the_end_of_a_sentence() -> None:
    assert found("拿…刀", "他拿。刀") == []


def test_english_words_match_whole_words_only() -> None:
    assert found("gun", "the gunner begun") == []
    assert found("(gun|knife)", "a gun and a knife") == ["gun", "knife"]


def test_a_gap_that_ends_in_a_denial_denies_the_whole() -> None:
    (place,) = words("孩子…受伤").places("孩子没有受伤")
    assert place.denied


def test_the_ends_of_what_was_said_can_be_named() -> None:
    assert found("跳$", "我就跳") == ["跳"]
    assert found("跳$", "我跳舞") == []


@pytest.mark.parametrize("term", ["", "…", "(拿|持", "  "])
def test_a_word_that_cannot_be_read_is_refused(term: str) -> None:
    with pytest.raises(TermError):
        term_expression(term)


@pytest.mark.parametrize("pattern", ["刀.*", "刀+", "(a{2,})", "(unbalanced", r"(?P<x>a)\1"])
def test_an_unbounded_or_unreadable_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(TermError):
        pattern_expression(pattern)


def test_a_match_never_reaches_further_than_the_limit() -> None:
    long = Words([pattern_expression("a.{0,300}b")])
    assert long.places("a" + "x" * (MAX_REACH + 20) + "b") == []
    assert len(long.places("a" + "x" * 100 + "b")) == 1


def test_groups_and_forbidden_words_are_looked_for_near_by() -> None:
    rule = Matcher(words=words("撞"), every=(words("流血", "躺"),), none=words("游戏"), reach=10)
    assert rule.find("撞倒了人在流血", "撞倒了人在流血")
    assert rule.find("撞倒了人", "撞倒了人") == []
    assert rule.find("游戏里撞倒了人在流血", "游戏里撞倒了人在流血") == []


def test_a_denied_word_does_not_speak_and_a_later_one_does() -> None:
    rule = Matcher(words=words("打人"))
    (hit,) = rule.find("没有打人。后来他打人", "没有打人。后来他打人")
    assert hit.start == 8


def test_harmless_words_are_covered_and_nothing_moves() -> None:
    covered = mask("去吃火锅着火了", words("火锅"))
    assert covered == f"去吃{MASK}{MASK}着火了"
    assert mask("火锅", None) == "火锅"


def test_the_prefilter_names_every_rule_that_can_match_and_few_others() -> None:
    many = [words(f"词{index}…尾") for index in range(50)] + [words("(拿|持)…刀")]
    assert Prefilter(many).candidates("拿着刀") == [50]
    assert Prefilter([]).candidates("拿着刀") == []
    assert Prefilter(many).candidates("") == []


def test_a_gap_inside_brackets_still_finds_its_rule() -> None:
    rule = words("(露阴|对着…笑)")
    assert Prefilter([rule]).candidates("他对着我笑") == [0]


def test_a_word_is_found_by_its_sound_in_its_place() -> None:
    sounds, origin = sound_text("他吃刀抢节")
    (place,) = Words([sound_expression("持刀抢劫")]).places(sounds)
    assert (origin[place.start + 1], origin[place.end - 2]) == (1, 4)
