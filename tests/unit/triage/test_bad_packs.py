"""Packs made to break the gateway: each is refused with a clear word, or costs a bounded time."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from gateway.speech.model import Leg
from gateway.testing.bench.invented_rules import rules
from gateway.triage.compile import MAX_RULES, MAX_SET_BYTES, build, compile_packs
from gateway.triage.engine import Triage
from gateway.triage.model import Context, Utterance
from gateway.triage.packfile import MAX_DEPTH, MAX_PACK_BYTES
from gateway.triage.problem import Problem, Report
from gateway.triage.ruleset import MAX_TERM_CHARACTERS, MAX_TERMS, variables
from gateway.triage.terms import TermError
from gateway.triage.wordgroups import Spelling

RULE = "rules:\n  - id: zh.a.rule\n    class: unsure\n    %s\n    explanation: {zh: a, en: b}\n"
WITHIN_S = 20.0
"""CPU seconds that no bad set may cost; most cost a few milliseconds."""


def faults(sources: bytes | dict[str, bytes]) -> tuple[Problem, ...]:
    began, report = time.process_time(), Report()
    compile_packs({"zh-a.yaml": sources} if isinstance(sources, bytes) else sources, report)
    assert time.process_time() - began < WITHIN_S
    return report.told()


def rule(line: str) -> bytes:
    return (RULE % line).encode()


def bomb() -> bytes:
    """Nine aliases of nine aliases of …: a few lines that unfold to gigabytes."""
    names = "abcdefghij"
    lines = ["a: &a [x]"] + [f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]" for old, new in pairwise(names)]
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("content", "line", "told"),
    [
        pytest.param(bomb(), 1, "anchor or alias (a)", id="aliases of aliases"),
        pytest.param(b"rules: " + b"[" * 2_000_000, 1, f"more than {MAX_DEPTH} lists", id="deep brackets"),
        pytest.param(b"{a: " * 500_000, 1, f"more than {MAX_DEPTH} lists", id="deep mappings"),
        pytest.param(
            b"".join(b" " * depth + b"a:\n" for depth in range(2_000)), MAX_DEPTH + 2, "within one another",
            id="deep indentation",
        ),
        pytest.param(b"x" * (MAX_PACK_BYTES + 1), 1, f"the file has {MAX_PACK_BYTES + 1} bytes", id="huge"),
        pytest.param("rules: []".encode("utf-16"), 1, "a byte is not UTF-8", id="another encoding"),
        pytest.param(b"rules: []\n# \xc3\x28\n", 2, "a byte is not UTF-8", id="a broken character"),
        pytest.param(b"rules:\n  - id: a\x00\n", 1, "this is not YAML", id="a control character"),
        pytest.param(b"rules: !!python/object:os.system x", 1, "the tag", id="a tag"),
        pytest.param(b"rules: []\n---\nrules: []\n", 2, "a second YAML document", id="two documents"),
        pytest.param(b"? [a, b]\n: c\n", 1, "a key is not a plain word", id="a list as key"),
        pytest.param(b"- a\n", 1, "not made of keys", id="a list"),
        pytest.param(b"rules: {a: 1}", 1, "rules should be a list", id="rules as a mapping"),
        pytest.param(b"rules: [1]", 1, "keys and values should stand here", id="a word as rule"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_pack_is_refused_where_it_goes_wrong(content: bytes, line: int, told: str) -> None:
    first = faults(content)[0]
    assert told in first.what_en
    assert first.line == line


def test_a_hundred_thousand_rules_are_refused_with_their_number() -> None:
    (told,) = faults(
        b"rules:\n" + b"".join(b"- {id: r%06d, any: [a]}\n" % number for number in range(100_000))
    )
    assert told.what_en == "100000 rules"
    assert str(MAX_RULES) in told.cure_en
    parts = {
        f"{part}.yaml": b"rules:\n" + b"".join(b"- {id: r%d}\n" % number for number in range(9_000))
        for part in "abc"
    }
    assert [one.what_en for one in faults(parts)] == ["27000 rules"]


def test_files_that_are_too_large_together_are_refused() -> None:
    many = {f"a{number}.yaml": b"#" * MAX_PACK_BYTES for number in range(MAX_SET_BYTES // MAX_PACK_BYTES + 1)}
    (told,) = faults(many)
    assert "bytes together" in told.what_en


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("any: [" + ", ".join(["a"] * 300_000) + "]", f"at most {MAX_TERMS} are read"),
        ("any: [" + "火" * (MAX_TERM_CHARACTERS + 1) + "]", f"at most {MAX_TERM_CHARACTERS} characters"),
        ("any: [" + "a…" * 20 + "b]", "at most 200 may be matched"),
        ("any: ['" + "(" * 30 + "a" + ")" * 30 + "']", "within one another"),
        ("patterns: ['(a{0,1000}){0,1000}']", "invalid repetition size"),
        ("patterns: ['(a+)+b']", "may run on for ever"),
        ("patterns: ['((a{1,20}){1,20}){1,20}b']", "invalid repetition size"),
        ("patterns: ['(a{1,20}){1,20}b']", "at most 200 may be matched"),
        ("patterns: ['(?=(a+))a']", "may run on for ever"),
    ],
)
def test_words_and_patterns_that_explode_are_refused_with_the_reason(line: str, told: str) -> None:
    assert told in faults(rule(line))[0].what_en


def test_groups_of_words_that_unfold_without_end_are_refused() -> None:
    nested = "words:\n" + "".join(f"  g{one}: [{', '.join([f'<g{one + 1}>'] * 400)}]\n" for one in range(9))
    assert "hold one another" in faults((nested + "  g9: [a]\n").encode() + rule("any: [<g0>]"))[0].what_en


def test_groups_that_make_a_set_too_large_are_refused() -> None:
    spelling = Spelling({"g": ["刀" * 50, "枪" * 50]}, characters=300)
    assert len(spelling.spelt("<g>a")) == 104
    spelling.spelt("<g><g>")
    with pytest.raises(TermError, match="more than 300 characters"):
        spelling.spelt("刀")


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("silent_ms / repeat_calls_30d > 1", "division by zero"),
        ("has_text ? true : 1", "gives 1"),
        ("[1, 2].map(x, [1, 2].map(y, x * y)).size() > 0", "more than a plain comparison"),
        ("{1: 2}.size() > 0", "more than a plain comparison"),
        ("(" * 9 + "true" + ")" * 9, "more than a plain comparison"),
        (" || ".join(["true"] * 40), "at most 200 characters"),
        ("9223372036854775807 + silent_ms > 0", "not understood"),
        ("nobody_knows > 1", "not understood"),
        ("silent_ms.matches('(a+)+')", "not understood"),
    ],
)
def test_a_condition_that_is_no_plain_question_is_refused(when: str, told: str) -> None:
    (fault,) = faults(rule(f'any: [a]\n    when: "{when}"'))
    assert told in fault.what_en
    assert fault.line == 5


def test_a_condition_that_cannot_be_computed_is_not_met() -> None:
    made = build({"a.yaml": rule("when: 100 / (repeat_calls_30d - 7) > 3")})
    (condition,) = made.conditions
    assert not condition.holds(variables(Context(repeat_calls_30d=7), has_text=True))
    assert condition.holds(variables(Context(repeat_calls_30d=10), has_text=True))


def test_twenty_thousand_good_rules_are_compiled_in_bounded_time() -> None:
    assert (
        faults({"a.yaml": rules(5_000), "b.yaml": rules(5_000, seed=2).replace(b"bench.", b"other.")}) == ()
    )


@pytest.mark.parametrize(
    "piece", ["他拿着刀打人抢了我的钱", "救命", "a gun ", "没有", "\ud800", "1", "是不是打人吗"]
)
def test_a_text_of_a_hundred_thousand_characters_is_scanned_in_bounded_time(
    triage: Triage, piece: str
) -> None:
    text = (piece * 100_000)[:100_000]
    began = time.process_time()
    growing = triage.growing(Leg.CALLER)
    growing.grow(text)
    growing.found()
    said = Utterance(segment_index=0, speaker=Leg.CALLER, text=text, started_ms=0, ended_ms=1_000)
    triage.vetoes(said)
    assert time.process_time() - began < WITHIN_S
