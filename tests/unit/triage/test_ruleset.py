from __future__ import annotations

import pytest

from gateway.triage.compile import build
from gateway.triage.engine import Triage
from gateway.triage.model import Context
from gateway.triage.packfile import content_hash
from gateway.triage.problem import RulePackError
from gateway.triage.ruleset import MAX_WHEN_CHARACTERS, variables

GOOD = """rules:
  - id: zh.example.rule
    class: valid_alarm
    nature: fire
    priority: 1
    any: [着火]
    explanation: {zh: 火情, en: Fire}
    examples:
      match: [着火了]
      not: [没有着火]
"""


def fault(text: str | bytes) -> RulePackError:
    with pytest.raises(RulePackError) as caught:
        build({"pack.yaml": text.encode() if isinstance(text, str) else text})
    return caught.value


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def test_a_good_pack_is_compiled() -> None:
    rules = build({"pack.yaml": GOOD.encode()})
    assert [rule.rule.id for rule in rules.rules] == ["zh.example.rule"]
    assert rules.rules[0].line == 2


def test_a_misspelt_key_names_file_line_and_the_nearest_right_word() -> None:
    error = fault(changed("    priority: 1", "    prioritty: 1"))
    assert (error.file, error.line) == ("pack.yaml", 5)
    assert "Did you mean “priority”" in str(error)


def test_a_wrong_code_names_the_nearest_right_one() -> None:
    error = fault(changed("nature: fire", "nature: fires"))
    assert error.line == 4
    assert "Did you mean “fire”" in str(error)


def test_a_pack_whose_own_example_fails_is_refused() -> None:
    error = fault(changed("match: [着火了]", "match: [漏水了]"))
    assert "does not match its own example: “漏水了”" in str(error)
    assert "matches what it must not" in str(fault(changed("not: [没有着火]", "not: [楼上着火]")))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("any: [着火]", "any: ['(着火']", "brackets"),
        ("any: [着火]", "patterns: ['着.*火']", "run on for ever"),
        ("any: [着火]", "patterns: ['着(火']", "not understood"),
        ("    any: [着火]\n", "", "no words and no condition"),
        ("    nature: fire\n", "", "needs its nature"),
        ("class: valid_alarm", "class: non_police", "no nature"),
        ("priority: 1", "priority: 7", "less than or equal to 4"),
        ("priority: 1", "when: silent_ms >", "not understood"),
        ("priority: 1", "when: silent", "not understood"),
        ("priority: 1", "when: silent_ms", "gives -1"),
        ("priority: 1", "when: '[1,2].exists(x, x > 1)'", "plain comparison"),
        ("priority: 1", "when: " + "(" * 9 + "ended" + ")" * 9, "plain comparison"),
        ("priority: 1", "when: " + "ended || " * 30 + "ended", str(MAX_WHEN_CHARACTERS)),
        ("priority: 1", "priority: 1\n    priority: 2", "given twice"),
        ("any: [着火]", "any: [着火", "not YAML"),
    ],
)
def test_a_wrong_pack_is_refused_with_what_is_wrong(old: str, new: str, told: str) -> None:
    error = fault(changed(old, new))
    assert told in str(error)
    assert error.file == "pack.yaml"
    assert error.line >= 1
    assert error.cure


def test_bytes_that_are_not_utf8_are_refused_with_their_line() -> None:
    error = fault(b"rules: []\nharmless: [\xff]\n")
    assert (error.line, error.what) == (2, "a byte is not UTF-8")


def test_an_id_used_twice_names_both_places() -> None:
    with pytest.raises(
        RulePackError,
        match=r"b\.yaml, line 2: the rule id “zh.example.rule” is already used in a\.yaml, line 2",
    ):
        build({"a.yaml": GOOD.encode(), "b.yaml": GOOD.encode()})


def test_an_empty_folder_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(RulePackError, match="no rule packs"):
        Triage.load(tmp_path)


def test_the_hash_changes_with_every_byte_and_not_with_the_order() -> None:
    one = content_hash({"a": b"1", "b": b"2"})
    assert one == content_hash({"b": b"2", "a": b"1"})
    assert one != content_hash({"a": b"1", "b": b"3"})
    assert one != content_hash({"ab": b"12"})


def test_what_is_not_known_is_minus_one_in_a_condition() -> None:
    known = variables(Context(silent_ms=0), has_text=False)
    assert (known["silent_ms"], known["local_hour"], known["language"]) == (0, -1, "")


@pytest.mark.parametrize(
    ("scope", "counted"),
    [
        ("said", ["着火", "去年着火", "听说着火"]),
        ("[said]", ["着火"]),
        ("[asked, supposed]", ["是不是着火", "如果着火"]),
        ("any", ["着火", "去年着火", "听说着火", "没有着火", "是不是着火", "如果着火", "电影里着火"]),
    ],
)
def test_a_rule_chooses_how_its_words_must_be_meant(scope: str, counted: list[str]) -> None:
    bare = GOOD.split("    examples")[0] + f"    scope: {scope}\n"
    (rule,) = build({"pack.yaml": bare.encode()}).rules
    said = ["着火", "去年着火", "听说着火", "没有着火", "是不是着火", "如果着火", "电影里着火"]
    assert [text for text in said if rule.find(text, text)] == counted


def test_a_scope_that_is_none_names_those_there_are() -> None:
    error = fault(changed("    priority: 1", "    scope: [sayd]"))
    assert "Did you mean “said”" in str(error)
