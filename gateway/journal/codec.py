"""Objects to journal rows and back: (type name, version, canonical JSON); upcasters lift old versions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.journal.forms import CodecError, Json, decode, encode, encode_as, encode_lean

__all__ = [
    "Codec",
    "CodecError",
    "Json",
    "Upcast",
    "decode",
    "encode",
    "encode_as",
    "encode_lean",
    "from_text",
    "to_text",
]

_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_ESCAPED = json.JSONEncoder(ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def to_text(data: Json) -> str:
    """Canonical JSON: sorted keys, no blanks, Chinese as it is; what UTF-8 cannot hold is escaped."""
    try:
        text = _PLAIN.encode(data)
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair out of hostile bytes
        return _ESCAPED.encode(data)
    except ValueError as error:
        raise CodecError(f"no JSON form: {error}") from error
    return text


def from_text(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CodecError(f"not JSON: {error}") from error


Upcast = Callable[[dict[str, Json]], dict[str, Json]]
"""Turns the fields of one version into those of the next."""


@dataclass(frozen=True, slots=True)
class _Entry:
    cls: type
    version: int
    upcast: Mapping[int, Upcast]


class Codec:
    """The classes a journal may hold. The newest version is written, every older one is read."""

    def __init__(self, classes: Iterable[type] = ()) -> None:
        self._entries: dict[str, _Entry] = {}
        for cls in classes:
            self.register(cls)

    def register(self, cls: type, *, version: int = 1, upcast: Mapping[int, Upcast] | None = None) -> None:
        """Know `cls` by its name. `upcast[n]` lifts fields of version n to n + 1; none may be missing."""
        steps = dict(upcast or {})
        if sorted(steps) != list(range(1, version)):
            raise CodecError(f"{cls.__name__} version {version} needs upcasters from 1 to {version - 1}")
        if cls.__name__ in self._entries:
            raise CodecError(f"two classes named {cls.__name__} in one journal")
        self._entries[cls.__name__] = _Entry(cls, version, steps)

    def dump(self, obj: object) -> tuple[str, int, str]:
        """(type name, version, JSON text)."""
        entry = self._entry(type(obj).__name__)
        if entry.cls is not type(obj):
            raise CodecError(f"not the registered class of that name: {type(obj)!r}")
        return type(obj).__name__, entry.version, to_text(encode(obj))

    def load(self, name: str, version: int, text: str) -> Any:
        """The object a row stands for, lifted to the present version of its class."""
        entry = self._entry(name)
        if not 1 <= version <= entry.version:
            raise CodecError(
                f"{name} version {version} is newer than this program (it knows {entry.version})"
            )
        data = from_text(text)
        for step in range(version, entry.version):
            data = entry.upcast[step](data)
        return decode(entry.cls, data)

    @property
    def names(self) -> Sequence[str]:
        return sorted(self._entries)

    def _entry(self, name: str) -> _Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise CodecError(f"no class named {name} is registered with this journal") from None
