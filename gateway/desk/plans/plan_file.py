"""A file of `conf/plans` as a plan; what is wrong in it is told with its line, its key and the cure."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from gateway.desk.plans.model import (
    MAX_ANNOUNCEMENTS,
    MAX_ITEMS,
    MAX_WORDS,
    Condition,
    Item,
    ItemKind,
    Plan,
    Words,
)
from gateway.triage.model import Nature, VetoCode

MAX_PLANS = 100
"""More files than this are refused, so that no page drowns in plans."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_WORDS)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9*#+-]{0,20}$")]
Count = Annotated[int, Field(ge=1, le=1_000)]


class PlanError(Exception):
    """A plan cannot be used: each line says where, what is wrong and what to write instead."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Suggest(_Part):
    natures: tuple[Nature, ...] = ()
    vetoes: tuple[VetoCode, ...] = ()
    priority: Annotated[int, Field(ge=1, le=4)] | None = None
    injured: Count | None = None
    calls: Count | None = None


class _Words(_Part):
    zh: Text
    en: Text


class _Do(_Words):
    id: Key


class _Tell(_Do):
    number: Number = ""


class _File(_Part):
    code: Key
    title_zh: Text
    title_en: Text
    major: bool = False
    suggest: Annotated[tuple[_Suggest, ...], Field(max_length=20)] = ()
    do: Annotated[tuple[_Do, ...], Field(min_length=1, max_length=MAX_ITEMS)]
    tell: Annotated[tuple[_Tell, ...], Field(max_length=MAX_ITEMS)] = ()
    announcement: Annotated[tuple[_Words, ...], Field(max_length=MAX_ANNOUNCEMENTS)] = ()


_KEYS: Mapping[str, type[BaseModel]] = {
    "suggest": _Suggest, "do": _Do, "tell": _Tell, "announcement": _Words
}  # fmt: skip


def read_plan(text: str, name: str) -> Plan:
    """The plan in `text`. Raises PlanError with every fault, one a line."""
    try:
        told = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"{name}: not TOML: {error}; mend that place") from error
    except ValidationError as error:
        lines = [_line(name, text, each["loc"], _said(dict(each))) for each in error.errors()]
        raise PlanError("\n".join(lines)) from error
    if faults := [_line(name, text, where, what) for where, what in _crossed(told)]:
        raise PlanError("\n".join(faults))
    return _plan(told)


def read_plans(files: Mapping[str, str]) -> tuple[Plan, ...]:
    """Every file, by name to text, in the order of names. Raises PlanError with the faults of all of them."""
    if len(files) > MAX_PLANS:
        raise PlanError(f"{len(files)} plans; at most {MAX_PLANS} are read: take some away")
    plans: list[Plan] = []
    faults: list[str] = []
    where: dict[str, str] = {}
    for name in sorted(files):
        try:
            plan = read_plan(files[name], name)
        except PlanError as error:
            faults.append(str(error))
            continue
        if plan.code in where:
            told = f"{plan.code!r} stands in {where[plan.code]} too; give one of them another code"
            faults.append(_line(name, files[name], ("code",), told))
        where[plan.code] = name
        plans.append(plan)
    if faults:
        raise PlanError("\n".join(faults))
    return tuple(plans)


def _plan(told: _File) -> Plan:
    steps = [Item(item_id=one.id, kind=ItemKind.DO, zh=one.zh, en=one.en) for one in told.do]
    people = [
        Item(item_id=one.id, kind=ItemKind.TELL, zh=one.zh, en=one.en, number=one.number) for one in told.tell
    ]
    return Plan(
        code=told.code, title=Words(zh=told.title_zh, en=told.title_en), major=told.major,
        suggest=tuple(Condition(**one.model_dump()) for one in told.suggest), items=(*steps, *people),
        announcements=tuple(Words(zh=one.zh, en=one.en) for one in told.announcement),
    )  # fmt: skip


def _crossed(told: _File) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if len(told.do) + len(told.tell) > MAX_ITEMS:
        yield ("do",), f"{len(told.do)} steps and {len(told.tell)} people; together at most {MAX_ITEMS}"
    often = Counter(one.id for one in (*told.do, *told.tell))
    for kind, rows in (("do", told.do), ("tell", told.tell)):
        for index, one in enumerate(rows):
            if often[one.id] > 1:
                yield (kind, index, "id"), f"{one.id!r} stands {often[one.id]} times; each item has its own"
    for index, way in enumerate(told.suggest):
        if not any((way.natures, way.vetoes, way.priority, way.injured, way.calls)):
            yield ("suggest", index), "is empty; name natures, vetoes, priority, injured or calls, or drop it"


# ---- faults


def _said(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        where = [part for part in error["loc"] if isinstance(part, str)]
        known = list((_KEYS.get(where[0], _File) if len(where) > 1 else _File).model_fields)
        near = difflib.get_close_matches(where[-1], known, n=1, cutoff=0.5)
        return (
            f"unknown key; did you mean {near[0]!r}?" if near else f"unknown key; known: {', '.join(known)}"
        )
    if error["type"] == "missing":
        return "is missing; write it"
    return f"{error['msg'].removeprefix('Value error, ')} (found {error['input']!r})"


def _line(name: str, text: str, where: Sequence[str | int], what: str) -> str:
    keys = ".".join(str(part) for part in where)
    place = _place(text.splitlines(), where)
    return f"{name}, line {place}: {keys}: {what}" if place else f"{name}: {keys}: {what}"


def _place(lines: Sequence[str], where: Sequence[str | int]) -> int | None:
    """The line of the key, else of its block; None: it is not there."""
    low, high = 0, len(lines)
    if len(where) > 1 and isinstance(where[1], int):
        heads = [n for n, line in enumerate(lines) if line.strip() == f"[[{where[0]}]]"]
        if where[1] < len(heads):
            low = heads[where[1]]
            high = heads[where[1] + 1] if where[1] + 1 < len(heads) else high
    names = [part for part in where if isinstance(part, str)]
    wanted = re.compile(rf"\s*{re.escape(names[-1])}\s*=") if names else None
    found = next((n for n in range(low, high) if wanted and wanted.match(lines[n])), None)
    return (found if found is not None else low if low else -1) + 1 or None
