"""Packs compared rule by rule, as written."""

from __future__ import annotations

from pathlib import Path

from gateway.triage.engine import read_sources
from gateway.triage.packdiff import ChangeKind, compare, parts

RULES = Path(__file__).parents[3] / "conf" / "rules"
BEFORE = {
    "zh-a.yaml": b"harmless: [x]\nrules:\n  - {id: a.one, weight: 0.5, any: [p, q]}\n"
    b"  - {id: a.two, any: [r]}\n",
    "veto/fire.yaml": b"code: fire\ncaller: [fire]\n",
}


def test_rules_that_are_new_gone_or_changed_are_told_with_their_fields() -> None:
    after = {
        "zh-a.yaml": b"harmless: [x]\nrules:\n  - {id: a.three, any: [r]}\n\n"
        b"  - {id: a.one, weight: 0.7, any: [q, s]}\n",
        "veto/fire.yaml": b"code: fire\ncaller: [fire, smoke]\n",
    }
    found = compare(BEFORE, after)
    assert [(one.name, one.kind, one.line) for one in found.changes] == [
        ("a.one", ChangeKind.CHANGED, 5), ("a.three", ChangeKind.ADDED, 3), ("a.two", ChangeKind.REMOVED, 4),
        ("veto/fire", ChangeKind.CHANGED, 1),
    ]  # fmt: skip
    weight, words = found.changes[0].fields
    assert (weight.field, weight.before, weight.after) == ("weight", "0.5", "0.7")
    assert (words.field, words.added, words.removed) == ("any", ("s",), ("p",))
    assert (found.count, found.same) == (4, 1)


def test_a_rule_that_only_moved_is_the_same() -> None:
    moved = {
        "zh-a.yaml": b"harmless: [x]\nrules:\n  - {id: a.two, any: [r]}\n",
        "zh-b.yaml": b"rules:\n  - {id: a.one, any: [p, q], weight: 0.5}\n",
        "veto/fire.yaml": BEFORE["veto/fire.yaml"],
    }
    assert compare(BEFORE, moved).changes == ()


def test_a_file_that_is_no_yaml_is_named_and_the_rest_compared() -> None:
    found = compare(BEFORE, {**BEFORE, "zh-a.yaml": b"rules: {"})
    assert found.unread == ("zh-a.yaml",)
    assert {one.kind for one in found.changes} == {ChangeKind.REMOVED}


def test_groups_of_words_and_duties_are_parts_too() -> None:
    held, unread = parts(
        {"a.yaml": b"words:\n  kin: [x]\nrules: [5, {id: [7]}]\nduties: none\n", "b.yaml": b"[1]"}
    )
    assert [(name, part.line) for name, part in held.items()] == [("a.yaml#words", 2), ("a.yaml#duties", 4)]
    assert unread == ("b.yaml",)


def test_the_packs_we_ship_have_no_difference_from_themselves() -> None:
    sources = read_sources(RULES)
    held, unread = parts(sources)
    assert unread == ()
    assert sum(part.is_rule for part in held.values()) > 100
    assert (compare(sources, sources).changes, compare(sources, sources).same) == ((), len(held))
