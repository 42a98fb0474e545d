"""Two packs compared rule by rule, and what a pack holds: read as written, so that a pack with faults can be
shown too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.triage.packfile import read_yaml
from gateway.triage.problem import Report

VETO_PREFIX = "veto/"
RULES, ID = "rules", "id"
MAX_CHANGES = 2_000
"""Changed rules that a comparison tells; of further ones only the number."""


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One rule (by its id), one veto list (`veto/fire`) or another part of a file
    (`zh-harmless.yaml#harmless`), as written."""

    name: str
    file: str
    line: int
    value: Mapping[str, Any]

    @property
    def is_rule(self) -> bool:
        return ID in self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a part. Of a list `added` and `removed` are its words; else `before` and `after`."""

    field: str
    before: Any = None
    after: Any = None
    added: tuple[Any, ...] = ()
    removed: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartChange:
    """`file` and `line`: where it stands now, or stood before it was removed. A part that moved to another
    file and is the same else is not changed."""

    name: str
    kind: ChangeKind
    file: str
    line: int
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`unread`: files that are no YAML, in either pack; their rules count as missing there."""

    changes: tuple[PartChange, ...]
    count: int
    same: int
    unread: tuple[str, ...]


def parts(sources: Mapping[str, bytes]) -> tuple[dict[str, Part], tuple[str, ...]]:
    """Everything that a pack holds, by name; and the files that cannot be read."""
    found: dict[str, Part] = {}
    unread: list[str] = []
    for name, content in sorted(sources.items()):
        source = read_yaml(name, content, Report())
        if source is None or not isinstance(source.value, dict):
            unread.append(name)
            continue
        for part in _parts(name, source.value, lambda path, source=source: source.mark(path).line):
            found.setdefault(part.name, part)
    return found, tuple(unread)


def _parts(file: str, value: Mapping[str, Any], line: Any) -> Iterator[Part]:
    if file.startswith(VETO_PREFIX):
        yield Part(name=file.removesuffix(".yaml"), file=file, line=1, value=value)
        return
    for key, held in value.items():
        if key == RULES and isinstance(held, list):
            for index, rule in enumerate(held):
                if isinstance(rule, dict) and isinstance(rule.get(ID), str):
                    yield Part(name=rule[ID], file=file, line=line((RULES, index)), value=rule)
        elif isinstance(held, dict):
            yield Part(name=f"{file}#{key}", file=file, line=line((key,)), value=held)
        else:
            yield Part(name=f"{file}#{key}", file=file, line=line((key,)), value={key: held})


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Difference:
    """What `after` has otherwise than `before`, in the order of names."""
    old, unread_before = parts(before)
    new, unread_after = parts(after)
    changes = [
        change
        for name in sorted(old.keys() | new.keys())
        if (change := _changed(old.get(name), new.get(name)))
    ]
    return Difference(
        changes=tuple(changes[:MAX_CHANGES]), count=len(changes), same=len(new.keys() & old.keys()) - sum(
            change.kind is ChangeKind.CHANGED for change in changes
        ),
        unread=tuple(sorted({*unread_before, *unread_after})),
    )  # fmt: skip


def _changed(old: Part | None, new: Part | None) -> PartChange | None:
    if old is None and new is not None:
        return PartChange(name=new.name, kind=ChangeKind.ADDED, file=new.file, line=new.line)
    if new is None and old is not None:
        return PartChange(name=old.name, kind=ChangeKind.REMOVED, file=old.file, line=old.line)
    assert old is not None
    assert new is not None
    fields = tuple(
        _field(name, old.value.get(name), new.value.get(name))
        for name in dict.fromkeys((*old.value, *new.value))
        if old.value.get(name) != new.value.get(name)
    )
    if not fields:
        return None
    return PartChange(name=new.name, kind=ChangeKind.CHANGED, file=new.file, line=new.line, fields=fields)


def _field(name: str, before: Any, after: Any) -> FieldChange:
    if isinstance(before, list) or isinstance(after, list):
        was, now = before or [], after or []
        if isinstance(was, list) and isinstance(now, list):
            return FieldChange(
                field=name, added=tuple(one for one in now if one not in was),
                removed=tuple(one for one in was if one not in now),
            )  # fmt: skip
    return FieldChange(field=name, before=before, after=after)
