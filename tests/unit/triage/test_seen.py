"""What was found in order before is not checked again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.speech.model import Leg
from gateway.triage import compile as compiling
from gateway.triage import seen as noting
from gateway.triage import veto as vetoing
from gateway.triage.engine import Triage, read_sources
from gateway.triage.packfile import content_hash
from gateway.triage.problem import RulePackError
from gateway.triage.seen import MAX_NOTES, Seen

RULES = Path(__file__).parents[3] / "conf" / "rules"
PACK = b"""
rules:
  - {id: zh.fight, class: valid_alarm, nature: fight, any: [WORD],
     explanation: {zh: a, en: b}, examples: {match: [EXAMPLE]}}
"""


def sources(word: str, example: str) -> dict[str, bytes]:
    pack = PACK.decode().replace("WORD", word).replace("EXAMPLE", example)
    vetoes = {name: content for name, content in read_sources(RULES).items() if name.startswith("veto/")}
    return {"zh.yaml": pack.encode(), **vetoes}


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of rules and lists whose examples were tried."""
    made: list[str] = []
    rules, vetoes = compiling._check_examples, vetoing._check_examples
    monkeypatch.setattr(
        compiling, "_check_examples", lambda *told: (made.append(told[2].rule.id), rules(*told))[1]
    )
    monkeypatch.setattr(
        vetoing, "_check_examples", lambda *told: (made.append(told[1].code), vetoes(*told))[1]
    )
    return made


def test_a_pack_that_was_in_order_is_not_checked_again(tried: list[str], tmp_path: Path) -> None:
    seen = Seen(tmp_path / "notes")
    pack = sources("打人", "有人打人")
    first = Triage.build(pack, seen)
    assert "zh.fight" in tried
    tried.clear()
    again = Triage.build(pack, seen)
    assert (tried, again.pack_hash, again.rule_ids) == ([], first.pack_hash, first.rule_ids)
    Triage.build(pack)
    assert "zh.fight" in tried


def test_a_pack_with_a_fault_is_refused_every_time(tmp_path: Path) -> None:
    seen = Seen(tmp_path)
    for _ in range(2):
        with pytest.raises(RulePackError):
            Triage.build(sources("打人", "没有事"), seen)


def test_another_content_or_another_program_is_checked(
    tried: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Seen(tmp_path)
    Triage.build(sources("打人", "有人打人"), seen)
    tried.clear()
    Triage.build(sources("打人", "有人打人了"), seen)
    assert "zh.fight" in tried
    tried.clear()
    monkeypatch.setattr(noting, "program", lambda: "another")
    Triage.build(sources("打人", "有人打人"), seen)
    assert "zh.fight" in tried


def test_a_folder_that_cannot_be_used_costs_time_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    seen = Seen(tmp_path / "file")
    pack = sources("打人", "有人打人")
    assert Triage.build(pack, seen).rule_ids == Triage.build(pack, seen).rule_ids
    assert not seen.has("key")


def test_notes_are_few_and_the_oldest_go_first(tmp_path: Path) -> None:
    seen = Seen(tmp_path)
    (tmp_path / "not ours").touch()
    for number in range(MAX_NOTES + 3):
        seen.note(str(number))
        os.utime(seen._note(str(number)), (number, number))
    seen.note("last")
    assert len(list(tmp_path.iterdir())) == MAX_NOTES + 1
    assert [seen.has(name) for name in ("0", "3", "4", "last")] == [False, False, True, True]


def unchecked(folder: Path) -> Triage:
    seen = Seen(folder)
    seen.note(content_hash(read_sources(RULES)))
    return Triage.load(RULES, seen)


def test_what_was_not_checked_finds_the_same(tmp_path: Path, triage: Triage) -> None:
    said = "我被人打了，他手里拿着一把菜刀，鼻子流血了"
    found = []
    for made in (unchecked(tmp_path), triage):
        growing = made.growing(Leg.CALLER)
        growing.grow(said)
        found.append([(rule.rule.id, hit.start, hit.end) for rule, hit, _ in growing.found()])
    assert found[0] == found[1] != []


def test_warming_leaves_nothing_to_be_made_in_a_call(tmp_path: Path) -> None:
    made = unchecked(tmp_path)
    assert not all(one.made for one in made.rules.words)
    made.warm()
    assert all(one.made for one in (*made.rules.words, *made.veto_lists.words))
