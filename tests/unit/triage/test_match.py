from __future__ import annotations

import pytest

from gateway.triage.match import MASK, Matcher, Words, mask
from gateway.triage.patterns import pattern_expression
from gateway.triage.sounding import Sounds
from gateway.triage.terms import MAX_REACH, TermError, term_expression


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


@pytest.mark.parametrize("term", ["", "…", "(拿|持", "  ", ")拿(", "(" * 21 + "刀" + ")" * 21])
def test_a_word_that_cannot_be_read_is_refused(term: str) -> None:
    with pytest.raises(TermError):
        term_expression(term)


@pytest.mark.parametrize(
    "pattern",
    [
        "刀.*",
        "刀+",
        "(a{2,})",
        "(unbalanced",
        r"(?P<x>a)\1",
        "(?i)a",
        r"\x41",
        "(a{1,100}){1,100}",
        "(?=刀)刀",
        "刀" * 1001,
    ],
)
def test_an_unbounded_or_unreadable_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(TermError):
        pattern_expression(pattern)


@pytest.mark.parametrize("pattern", ["a.{0,300}b", "(刀.{0,100}){1,3}"])
def test_what_could_match_further_than_the_limit_is_refused(pattern: str) -> None:
    with pytest.raises(TermError, match=f"at most {MAX_REACH}"):
        pattern_expression(pattern)
    with pytest.raises(TermError, match=f"at most {MAX_REACH}"):
        term_expression("刀" * (MAX_REACH + 1))


@pytest.mark.parametrize(
    ("pattern", "longest", "needs"),
    [
        (r"\d{3,5}(元|块)", 6, [{"元", "块"}]),
        ("(?:砍|捅)了?他", 3, [{"砍他", "砍了他", "捅他", "捅了他"}]),
        ("[刀枪]在(?P<who>他|她)手.{0,3}上", 8, [{"刀在他手", "刀在她手", "枪在他手", "枪在她手"}, {"上"}]),
        ("(刀|\\d)", 1, []),
        ("^喂{2}$", 2, [{"喂"}]),
        ("[^。]{1,3}", 3, []),
        (r"\.刀", 2, [{".刀"}]),
    ],
)
def test_how_far_a_pattern_reaches_and_what_it_needs_is_known(
    pattern: str, longest: int, needs: list[set[str]]
) -> None:
    read = pattern_expression(pattern)
    assert read.longest == longest
    assert sorted(map(sorted, read.clauses)) == sorted(map(sorted, needs))


def test_brackets_of_a_pattern_are_no_gaps() -> None:
    (place,) = Words([pattern_expression("火(没有)灭")]).places("火没有灭")
    assert not place.denied


def test_places_between_two_characters_know_what_stands_around_them() -> None:
    gun = words("gun")
    assert list(gun.between("a gunner", 2, 5)) == []
    assert [place[:2] for place in gun.between("a gun!", 2, 5)] == [(2, 5)]
    assert list(words("刀$").between("刀刀", 0, 1)) == []
    assert list(words("^刀").between("刀刀", 1, 2)) == []


def test_groups_and_forbidden_words_are_looked_for_near_by() -> None:
    rule = Matcher(words=words("撞"), every=(words("流血", "躺"),), none=words("游戏"), distance=10)
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


def test_a_word_is_found_by_its_sound_in_its_place() -> None:
    sounds = Sounds([("持刀抢劫", 7), ("抢劫", 8)])
    assert sorted(sounds.find("他吃刀抢节")) == [(7, 1, 5), (8, 3, 5)]
    assert sounds.find("他吃刀抢节", known=5) == []
    assert Sounds([]).find("他吃刀抢节") == []
