"""The JSON form of a dataclass, by its type hints.

Datetimes as ISO 8601 in UTC with microseconds and Z, enumerations by value, tuples as lists, bytes as base64,
a union of several dataclasses by a "$type" beside the fields. A field missing in an old row takes its
default; a field the class does not know is refused. Each class is compiled once.
"""

from __future__ import annotations

import base64
import binascii
import types
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

Json = Any
"""None, bool, int, float, str, list or dict with text keys."""
TAG = "$type"
"""Names the class where several dataclasses may stand in one place."""


class CodecError(ValueError):
    """A value does not fit its type, or a stored row does not fit any class this version knows."""


@dataclass(frozen=True, slots=True)
class _Form:
    """How values of one type hint are written and read. `encode` None: the value is its own JSON."""

    encode: Callable[[Any], Json] | None
    decode: Callable[[Json], Any]


def encode(obj: object) -> dict[str, Json]:
    """The fields of a dataclass instance as plain JSON values, in the order of the class."""
    if not is_dataclass(obj) or isinstance(obj, type):
        raise CodecError(f"only dataclass instances have a JSON form here, not {type(obj).__name__}")
    return _plan(type(obj)).encode(obj)


def encode_lean(obj: object) -> dict[str, Json]:
    """Like `encode`, at any depth without the fields that have their default: for states, which are written
    with every commit and read back by `decode`. Never for what others read, or what is hashed. A default of a
    class that stands in a state must not be changed: old rows would change their meaning.
    """
    token = _LEAN.set(True)
    try:
        return encode(obj)
    finally:
        _LEAN.reset(token)


_LEAN: ContextVar[bool] = ContextVar("lean", default=False)


def encode_as(hint: Any, value: object) -> Json:
    """`value` by a type hint that is no dataclass itself, such as `tuple[CardValue, ...]`."""
    write = _form(hint).encode
    return value if write is None else write(value)


def decode(hint: Any, data: Json) -> Any:
    """The value of type `hint` that `data` stands for. Raises CodecError that names the place."""
    return _form(hint).decode(data)


# ---- one dataclass


class _Plan:
    """A dataclass taken apart once: how each field is written and read, and which may be missing."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        hints = get_type_hints(cls)
        own: Sequence[Field[Any]] = [field for field in fields(cls) if field.init]
        self._forms = {field.name: _form(hints[field.name]) for field in own}
        self._writers = [(name, form.encode) for name, form in self._forms.items()]
        self._defaults = {
            field.name: field.default if field.default_factory is MISSING else field.default_factory()
            for field in own
        }
        """MISSING where there is none."""
        self._required = frozenset(
            field.name for field in own if field.default is MISSING and field.default_factory is MISSING
        )

    def encode(self, obj: object) -> dict[str, Json]:
        out: dict[str, Json] = {}
        lean, defaults = _LEAN.get(), self._defaults
        for name, write in self._writers:
            value = getattr(obj, name)
            if lean and value == defaults[name]:
                continue
            try:
                out[name] = value if write is None else write(value)
            except CodecError as error:
                raise CodecError(f"{self._cls.__name__}.{name}: {error}") from error
        return out

    def decode(self, data: Json) -> Any:
        name = self._cls.__name__
        if not isinstance(data, dict):
            raise CodecError(f"{name}: an object is expected, not {_kind(data)}")
        if missing := self._required - data.keys():
            raise CodecError(f"{name}: missing {', '.join(sorted(missing))}")
        values: dict[str, Any] = {}
        for key, value in data.items():
            form = self._forms.get(key)
            if form is None:
                raise CodecError(f"{name}: unknown field {key!r}; an upcaster must drop it")
            try:
                values[key] = form.decode(value)
            except CodecError as error:
                raise CodecError(f"{name}.{key}: {error}") from error
        try:
            return self._cls(**values)
        except (TypeError, ValueError) as error:
            raise CodecError(f"{name}: {error}") from error


_PLANS: dict[type, _Plan] = {}


def _plan(cls: type) -> _Plan:
    """Compiled at the first use, so that classes may contain each other."""
    if (plan := _PLANS.get(cls)) is None:
        plan = _PLANS[cls] = _Plan(cls)
    return plan


def _dataclass_form(cls: type) -> _Form:
    def write(value: Any) -> Json:
        if type(value) is not cls:
            raise CodecError(f"{cls.__name__} is expected, not {type(value).__name__}")
        return _plan(cls).encode(value)

    return _Form(write, lambda data: _plan(cls).decode(data))


# ---- every other hint


@cache
def _form(hint: Any) -> _Form:
    """The form of a type hint. Raises CodecError at compile time for one that has no safe JSON form."""
    if isinstance(hint, NewType):
        return _form(hint.__supertype__)
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _union_form(get_args(hint))
    if origin is Literal:
        return _literal_form(get_args(hint))
    if origin in (tuple, list, Sequence):
        return _sequence_form(origin, get_args(hint))
    if origin in (dict, Mapping):
        return _mapping_form(get_args(hint))
    if hint is Any or hint is object:
        return _Form(None, _as_it_is)
    if isinstance(hint, type):
        return _class_form(hint)
    raise CodecError(f"no JSON form for the type {hint!r}")


def _class_form(cls: type) -> _Form:
    if is_dataclass(cls):
        return _dataclass_form(cls)
    if issubclass(cls, Enum):
        return _enum_form(cls)
    if cls is datetime:
        return _Form(_write_datetime, _read_datetime)
    if cls is bytes:
        return _Form(lambda value: base64.b64encode(value).decode("ascii"), _read_bytes)
    if cls in _SCALARS:
        return _Form(None, _scalar_reader(cls))
    raise CodecError(f"no JSON form for the class {cls.__name__}")


_SCALARS: Mapping[type, tuple[type, ...]] = {
    str: (str,),
    int: (int,),
    float: (float, int),
    bool: (bool,),
    types.NoneType: (types.NoneType,),
}
"""Types that are their own JSON, and what may be read as each."""


def _scalar_reader(cls: type) -> Callable[[Json], Any]:
    accepted = frozenset(_SCALARS[cls])

    def read(data: Json) -> Any:
        if type(data) not in accepted:
            raise CodecError(f"{cls.__name__} is expected, not {_kind(data)}")
        return float(data) if cls is float else data

    return read


def _enum_form(cls: type[Enum]) -> _Form:
    by_value = {member.value: member for member in cls}

    def read(data: Json) -> Any:
        try:
            return by_value[data]
        except (KeyError, TypeError):
            raise CodecError(f"{data!r} is no {cls.__name__} ({', '.join(map(str, by_value))})") from None

    def write(value: Any) -> Json:
        try:
            return by_value[value].value
        except (KeyError, TypeError):
            raise CodecError(f"{value!r} is no {cls.__name__}") from None

    return _Form(write, read)


def _write_datetime(value: Any) -> Json:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise CodecError(f"an aware time is expected, not {value!r}")
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def _read_datetime(data: Json) -> datetime:
    try:
        moment = datetime.fromisoformat(data)
    except (TypeError, ValueError):
        raise CodecError(f"no ISO 8601 time: {data!r}") from None
    if moment.tzinfo is None:
        raise CodecError(f"a time without its zone: {data!r}")
    return moment.astimezone(UTC)


def _read_bytes(data: Json) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise CodecError("no base64 text") from None


def _literal_form(values: tuple[Any, ...]) -> _Form:
    def check(data: Json) -> Any:
        if data not in values:
            raise CodecError(f"{data!r} is none of {', '.join(map(repr, values))}")
        return data

    return _Form(check, check)


def _sequence_form(origin: Any, args: tuple[Any, ...]) -> _Form:
    if origin is tuple and not (len(args) == 2 and args[1] is Ellipsis):
        return _fixed_tuple_form(args)
    item = _form(args[0])
    make: type = list if origin is list else tuple
    write = item.encode

    def read(data: Json) -> Any:
        if not isinstance(data, list):
            raise CodecError(f"a list is expected, not {_kind(data)}")
        return make(map(item.decode, data))

    return _Form(list if write is None else lambda value: [write(one) for one in value], read)


def _fixed_tuple_form(args: tuple[Any, ...]) -> _Form:
    items = [_form(arg) for arg in args]
    writers = [item.encode or _as_it_is for item in items]

    def sized(value: Any) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(items):
            raise CodecError(f"{len(items)} values are expected")
        return value

    return _Form(
        lambda value: [write(one) for write, one in zip(writers, sized(value), strict=True)],
        lambda data: tuple(item.decode(one) for item, one in zip(items, sized(data), strict=True)),
    )


def _as_it_is(value: Any) -> Any:
    return value


def _mapping_form(args: tuple[Any, ...]) -> _Form:
    if args[0] is not str:
        raise CodecError("only text keys have a JSON form")
    item = _form(args[1])
    write = item.encode

    def read(data: Json) -> Any:
        if not isinstance(data, dict):
            raise CodecError(f"an object is expected, not {_kind(data)}")
        return {key: item.decode(value) for key, value in data.items()}

    return _Form(dict if write is None else lambda value: {k: write(v) for k, v in value.items()}, read)


def _union_form(args: tuple[Any, ...]) -> _Form:
    """`X | None`, dataclasses told apart by "$type", or scalars told apart by their own JSON kind."""
    others = [arg for arg in args if arg is not types.NoneType]
    if len(others) == 1 and len(args) == 2:
        return _optional(_form(others[0]))
    if all(is_dataclass(arg) for arg in others):
        tagged = _tagged_form(others)
        return _optional(tagged) if len(others) < len(args) else tagged
    if all(arg in _SCALARS for arg in args):
        return _scalar_union(args)
    raise CodecError(f"the union {args!r} is ambiguous in JSON")


def _optional(form: _Form) -> _Form:
    write, read = form.encode, form.decode
    return _Form(
        None if write is None else lambda value: None if value is None else write(value),
        lambda data: None if data is None else read(data),
    )


def _scalar_union(args: tuple[type, ...]) -> _Form:
    def read(data: Json) -> Any:
        if type(data) not in args:
            raise CodecError(f"{' or '.join(arg.__name__ for arg in args)} is expected, not {_kind(data)}")
        return data

    return _Form(None, read)


def _tagged_form(classes: Sequence[type]) -> _Form:
    by_name = {cls.__name__: cls for cls in classes}

    def write(value: Any) -> Json:
        if by_name.get(type(value).__name__) is not type(value):
            raise CodecError(f"{' or '.join(by_name)} is expected, not {type(value).__name__}")
        return {TAG: type(value).__name__, **_plan(type(value)).encode(value)}

    def read(data: Json) -> Any:
        cls = by_name.get(str(data.get(TAG))) if isinstance(data, dict) else None
        if cls is None:
            raise CodecError(f"{TAG} must name one of {', '.join(by_name)}")
        return _plan(cls).decode({key: value for key, value in data.items() if key != TAG})

    return _Form(write, read)


def _kind(data: object) -> str:
    if isinstance(data, dict | list):
        return "an object" if isinstance(data, dict) else "a list"
    return type(data).__name__
