from __future__ import annotations

from pathlib import Path

import pytest

from gateway.triage.engine import Triage, problems, read_sources
from gateway.triage.problem import MAX_PROBLEMS, Mark, Problem, Report, RulePackError, Said, Severity

RULES = Path(__file__).parents[3] / "conf" / "rules"

RULE = """  - id: {id}
    class: valid_alarm
    nature: fire
    any: [{words}]
    explanation: {{zh: 火情, en: Fire}}
    examples:
      match: [{match}]
      not: [没有着火]
"""


def rule(name: str = "zh.a.rule", words: str = "着火", match: str = "着火了") -> str:
    return RULE.format(id=name, words=words, match=match)


def pack(*rules: str) -> dict[str, bytes]:
    return {"zh-a.yaml": ("rules:\n" + "".join(rules)).encode()}


def of_packs(sources: dict[str, bytes]) -> list[Problem]:
    """Problems of the packs alone: the veto lists are the shipped ones."""
    vetoes = {name: content for name, content in read_sources(RULES).items() if name.startswith("veto/")}
    return list(problems(sources | vetoes))


def warnings(*rules: str, extra: str = "") -> list[Problem]:
    sources = {"zh-a.yaml": ("rules:\n" + "".join(rules) + extra).encode()}
    told = of_packs(sources)
    assert all(one.severity is Severity.WARNING for one in told), told
    return told


def test_the_shipped_set_has_no_fault_and_builds_the_same_as_its_folder_loads() -> None:
    sources = read_sources(RULES)
    assert problems(sources) == ()
    assert Triage.build(sources).pack_hash == Triage.load(RULES).pack_hash


def test_every_fault_of_every_file_is_told_at_once_with_its_place() -> None:
    broken = pack(
        rule().replace("nature: fire", "nature: fires"),
        rule("zh.b.rule", words="'(着火'"),
        rule("zh.c.rule", match="漏水了"),
        rule("zh.d.rule", words="'着火)'").replace("    nature:", "    natur:"),
    )
    told = of_packs(broken | {"zh-b.yaml": b"rules: [\n", "zh-c.yaml": b"harmless: [\xff]\n"})
    places = [(one.file, one.line, one.column) for one in told]
    assert places == [
        ("zh-a.yaml", 4, 13),
        ("zh-a.yaml", 13, 11),
        ("zh-a.yaml", 24, 15),
        ("zh-a.yaml", 28, 12),
        ("zh-a.yaml", 29, 11),
        ("zh-b.yaml", 2, 1),
        ("zh-c.yaml", 1, 12),
    ]
    assert all(one.what_zh and one.what_en and one.cure_zh and one.cure_en for one in told)
    assert told[0].cure_zh == "是不是“fire”？"
    assert told[2].rule_id == "zh.c.rule"


def test_build_refuses_with_all_errors_and_the_first_in_its_words() -> None:
    broken = read_sources(RULES) | pack(rule(match="漏水了"), rule("zh.b.rule", words="''"))
    with pytest.raises(RulePackError) as caught:
        Triage.build(broken)
    assert len(caught.value.problems) == 2
    assert str(caught.value).startswith(
        "zh-a.yaml, line 8: the rule “zh.a.rule” does not match its own example"
    )
    assert "另有1处" in caught.value.zh


def test_problems_are_bounded_and_the_rest_is_counted() -> None:
    many = pack(*(rule(f"zh.rule.{number}").replace("fire", "fires") for number in range(MAX_PROBLEMS + 50)))
    told = of_packs(many)
    assert len(told) == MAX_PROBLEMS + 1
    assert told[-1].what_en == "50 more problems are not listed"


def test_rules_with_the_same_words_and_another_outcome_are_told() -> None:
    other = rule("zh.b.rule").replace("nature: fire", "nature: theft")
    (told,) = warnings(rule(), other)
    assert told.what_en.startswith("it contradicts the rule “zh.a.rule” (zh-a.yaml, line 2)")
    assert (told.line, told.rule_id) == (10, "zh.b.rule")
    (told,) = warnings(rule(), rule("zh.b.rule"))
    assert told.what_en.startswith("it says the same as")
    (told,) = warnings(
        rule(),
        other.replace("    examples", "    all: [[店]]\n    examples").replace("[着火了]", "[店着火了]"),
    )
    assert "its any is that of the rule “zh.a.rule”" in told.what_en


def test_a_word_that_means_the_opposite_elsewhere_is_told() -> None:
    civil = rule("zh.b.rule", words="路灯, 着火").replace("valid_alarm\n    nature: fire", "non_police")
    civil = civil.replace("没有着火", "天黑")
    (told,) = warnings(rule(), civil)
    assert told.what_en == "“着火” means the opposite in the rule “zh.a.rule” (zh-a.yaml, line 2)"


def test_a_rule_that_its_own_none_forbids_is_told() -> None:
    shadowed = rule(words="(房子|楼)着火").replace("    examples", "    none: [着火]\n    examples")
    (told,) = warnings(shadowed.replace("[着火了]", "[]"))[1:]
    assert told.what_en == "its own none forbids all its words: it never speaks"


def test_a_rule_or_sound_that_harmless_covers_is_told() -> None:
    covered = rule(words="火锅着火").replace("    examples", "    sounds_alike: [火锅]\n    examples")
    told = warnings(covered.replace("[着火了]", "[]"), extra="harmless: [火锅]\n")
    assert [one.what_en for one in told[1:]] == [
        "harmless covers all its words: it never speaks",
        "harmless covers “火锅” of sounds_alike: it never speaks",
    ]


def test_a_rule_without_examples_and_poor_sounds_are_told() -> None:
    bare = rule().split("    examples")[0] + "    sounds_alike: [火, 着火, 这火]\n"
    assert [one.what_en.split(":")[0] for one in warnings(bare)] == [
        "the rule has no examples (match, not)",
        "“火” of sounds_alike has one character",
        "“这火” of sounds_alike sounds as “着火” does",
    ]


def test_a_file_whose_name_is_no_pack_is_refused() -> None:
    for name in ("../zh.yaml", "veto/a/b.yaml", "zh.txt", ".yaml"):
        (told,) = of_packs(pack(rule()) | {name: b""})
        assert "is not the name of a pack" in told.what_en


def test_the_rule_in_the_readme_is_one() -> None:
    text = (RULES / "README.md").read_text(encoding="utf-8")
    example = text.split("```yaml")[1].split("```")[0]
    assert of_packs({"zh-a.yaml": example.encode()}) == []


def test_faults_of_kept_veto_lists_are_told_every_time() -> None:
    sources = read_sources(RULES) | {"veto/fire.yaml": b"code: fire\n"}
    first = problems(sources)
    assert {one.file for one in first} == {"veto/fire.yaml"}
    assert problems(sources) == first
    assert problems(read_sources(RULES)) == ()


def test_a_report_takes_another_ones_problems_up_to_its_limit() -> None:
    one, other = Report(), Report()
    for number in range(MAX_PROBLEMS):
        one.error("a.yaml", Mark(number + 1), Said("错", "wrong"), Said("改", "mend"))
        other.error("b.yaml", Mark(number + 1), Said("错", "wrong"), Said("改", "mend"))
    one.take(other)
    told = one.told()
    assert len(told) == MAX_PROBLEMS + 1
    assert told[-1].what_en == f"{MAX_PROBLEMS} more problems are not listed"
