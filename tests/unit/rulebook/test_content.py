"""What names a pack, what may be in one, and a draft put onto a newer pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.rulebook.content import (
    MAX_FILES,
    MAX_PACK_BYTES,
    BadPack,
    changed_files,
    checked,
    content_of,
    taken_over,
)
from gateway.triage.engine import Triage, read_sources

RULES = Path(__file__).parents[3] / "conf" / "rules"
BASE = {"a.yaml": b"1", "b.yaml": b"1", "veto/fire.yaml": b"1"}


def test_the_hashes_are_those_that_verdicts_cite() -> None:
    sources = read_sources(RULES)
    triage, content = Triage.build(sources), content_of(sources)
    assert (content.pack_hash, content.veto_hash) == (triage.pack_hash, triage.veto_hash)
    assert content.hash not in (content.pack_hash, content.veto_hash)


def test_new_gone_and_different_files_are_changes() -> None:
    assert changed_files(BASE, {"a.yaml": b"2", "b.yaml": b"1", "c.yaml": b""}) == (
        "a.yaml", "c.yaml", "veto/fire.yaml",
    )  # fmt: skip


def test_the_packs_we_ship_may_be_kept() -> None:
    checked(read_sources(RULES))


@pytest.mark.parametrize(
    ("sources", "fault"),
    [
        ({f"f{number}.yaml": b"" for number in range(MAX_FILES + 1)}, "at most 100"),
        ({"a.yaml": b"x" * (MAX_PACK_BYTES + 1)}, "bytes together"),
        ({"../a.yaml": b""}, "is no name of a file"),
        ({"sub/a.yaml": b""}, "is no name of a file"),
        ({"a.yaml": "一\n二".encode() + b"\xff"}, "line 2: a byte is not UTF-8"),
        ({"a.yaml": b"a\0b"}, "NUL"),
    ],
)
def test_what_could_not_even_be_kept_is_refused_with_its_place(sources: dict[str, bytes], fault: str) -> None:
    with pytest.raises(BadPack, match=fault):
        checked(sources)


def test_a_draft_is_put_onto_the_newer_pack_and_files_that_both_changed_are_named() -> None:
    draft = {"a.yaml": b"draft", "b.yaml": b"draft", "new.yaml": b"draft"}
    active = {"a.yaml": b"active", "b.yaml": b"1", "veto/fire.yaml": b"1", "other.yaml": b"active"}
    assert taken_over(BASE, draft, active) == (
        {"a.yaml": b"draft", "b.yaml": b"draft", "new.yaml": b"draft", "other.yaml": b"active"}, ("a.yaml",),
    )  # fmt: skip
