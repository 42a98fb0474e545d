"""Rows as earlier versions wrote them must load for ever.

A golden file is written once, when its signal type is new: `python tests/unit/journal/test_golden.py`. It is
never written again; when a type changes, its version goes up, an upcaster is registered, and it still loads.
"""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from gateway.calls.model import CallSession
from gateway.desk.incidents.flood import Floods
from gateway.desk.incidents.model import Incident
from gateway.desk.orders.model import Order
from gateway.desk.plans.model import PlanRun
from gateway.journal.codec import Codec, encode
from gateway.rulebook.model import Rulebook
from gateway.runtime.machines import BASES, JOURNALED, KINDS, journal_codec

GOLDEN = Path(__file__).with_name("golden")
STATES = [CallSession, Rulebook, Order, Incident, Floods, PlanRun]
NAMED = [cls for module in JOURNALED for cls in vars(module).values() if isinstance(cls, type)]
TYPES = [cls for cls in dict.fromkeys(NAMED) if issubclass(cls, KINDS) and cls not in BASES] + STATES


@pytest.mark.parametrize("cls", TYPES, ids=lambda cls: cls.__name__)
def test_a_row_written_long_ago_still_loads(cls: type) -> None:
    row = json.loads((GOLDEN / f"{cls.__name__}.json").read_text(encoding="utf-8"))
    again = encode(Codec(TYPES).load(row["type"], row["version"], json.dumps(row["payload"])))
    assert written_before(again, row["payload"]) == row["payload"]


def written_before(again: Any, then: Any) -> Any:
    """`again` without the fields, at any depth, that the row of then did not have yet."""
    if isinstance(then, dict) and isinstance(again, dict):
        return {name: written_before(again[name], then[name]) for name in then if name in again}
    if isinstance(then, list) and isinstance(again, list) and len(then) == len(again):
        return [written_before(new, old) for new, old in zip(again, then, strict=True)]
    return again


def test_no_golden_file_is_without_its_type() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == {cls.__name__ for cls in TYPES}


def test_everything_the_journal_may_hold_has_a_golden_file() -> None:
    assert set(journal_codec().names) == {cls.__name__ for cls in TYPES if cls not in STATES}


def sample(hint: Any, name: str = "") -> Any:
    """A plain value of a type, every optional part filled."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return sample(next(arg for arg in args if arg is not types.NoneType), name)
    if origin is Literal:
        return args[0]
    if origin is tuple:
        inner = args[:1] if len(args) == 2 and args[1] is Ellipsis else args
        return tuple(sample(arg, name) for arg in inner)
    if hasattr(hint, "__supertype__"):
        return sample(hint.__supertype__, name)
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{field.name: sample(hints[field.name], field.name) for field in fields(hint)})
    if issubclass(hint, Enum):
        return next(iter(hint))
    plain = {
        str: f"{name} 某",
        int: 7,
        float: 30.5,
        bool: True,
        datetime: datetime(2026, 1, 5, 8, 0, 0, 125000, tzinfo=UTC),
    }
    return plain[hint]


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for each in TYPES:
        path = GOLDEN / f"{each.__name__}.json"
        if not path.exists():
            kind, version, text = Codec([each]).dump(sample(each))
            document = {"type": kind, "version": version, "payload": json.loads(text)}
            path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
