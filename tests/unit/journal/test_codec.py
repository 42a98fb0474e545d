from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, Literal, NewType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.calls import hall, heard, located, signals
from gateway.calls.hall import HallSignal
from gateway.calls.model import CallSession
from gateway.calls.signals import CallSignal
from gateway.journal.codec import (
    Codec,
    CodecError,
    decode,
    encode,
    encode_as,
    encode_lean,
    from_text,
    to_text,
)
from gateway.location.model import Location

SIGNALS = [
    cls
    for module in (signals, heard, located, hall)
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, CallSignal | HallSignal)
]
NOON = datetime(2026, 1, 5, 12, 0, 0, 250, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


Name = NewType("Name", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    x: int
    y: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    name: Name
    at: datetime
    colour: Colour
    raw: bytes = b""
    dots: tuple[Dot, ...] = ()
    pair: tuple[int, str] = (0, "")
    shape: Dot | Ring | None = None
    maybe: datetime | None = None
    mode: Literal["on", "off"] = "on"
    number: int | str = 0
    table: dict[str, Dot] = field(default_factory=dict)


WHOLE = Everything(
    name=Name("张三"),
    at=NOON,
    colour=Colour.RED,
    raw=b"\x00\xff",
    dots=(Dot(x=1), Dot(x=2, y=0.5)),
    pair=(7, "seven"),
    shape=Ring(radius=2.0),
    maybe=NOON,
    mode="off",
    number="eleven",
    table={"a": Dot(x=3)},
)


def test_every_kind_of_field_comes_back_as_it_was() -> None:
    text = to_text(encode(WHOLE))
    assert decode(Everything, from_text(text)) == WHOLE


def test_the_text_is_canonical() -> None:
    text = to_text(encode(Everything(name=Name("张"), at=NOON, colour=Colour.RED)))
    assert text == (
        '{"at":"2026-01-05T12:00:00.000250Z","colour":"red","dots":[],"maybe":null,"mode":"on","name":"张",'
        '"number":0,"pair":[0,""],"raw":"","shape":null,"table":{}}'
    )


def test_a_union_of_dataclasses_names_its_member() -> None:
    assert encode(WHOLE)["shape"] == {"$type": "Ring", "radius": 2.0}


def test_times_of_another_zone_are_written_in_utc() -> None:
    shanghai = NOON.astimezone(timezone(timedelta(hours=8)))
    assert encode_as(datetime, shanghai) == "2026-01-05T12:00:00.000250Z"


def test_half_a_surrogate_pair_from_hostile_bytes_is_kept() -> None:
    hostile = "张\udc80三\x00"
    text = to_text({"name": hostile})
    assert text.encode()
    assert from_text(text) == {"name": hostile}


def test_a_list_of_values_has_a_form_of_its_own() -> None:
    dots = (Dot(x=1), Dot(x=2))
    assert decode(tuple[Dot, ...], encode_as(tuple[Dot, ...], dots)) == dots


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"extra": 1}, "Everything: unknown field 'extra'"),
        ({"name": 5}, "Everything.name: str is expected, not int"),
        ({"name": None}, "Everything.name: str is expected"),
        ({"at": "2026-01-05T12:00:00"}, "Everything.at: a time without its zone"),
        ({"at": "noon"}, "Everything.at: no ISO 8601 time"),
        ({"colour": "green"}, "Everything.colour: 'green' is no Colour (red)"),
        ({"raw": "%%"}, "Everything.raw: no base64"),
        ({"dots": [{"x": 1}, {"y": 1.0}]}, "Everything.dots: Dot: missing x"),
        ({"dots": {}}, "Everything.dots: a list is expected, not an object"),
        ({"pair": [1]}, "Everything.pair: 2 values are expected"),
        ({"shape": {"$type": "Square"}}, "$type must name one of Dot, Ring"),
        ({"shape": {"radius": 1.0}}, "$type must name one of Dot, Ring"),
        ({"mode": "dim"}, "Everything.mode: 'dim' is none of 'on', 'off'"),
        ({"number": 1.5}, "Everything.number: int or str is expected, not float"),
        ({"table": []}, "Everything.table: an object is expected, not a list"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change: dict[str, Any], words: str) -> None:
    with pytest.raises(CodecError) as caught:
        decode(Everything, {**encode(WHOLE), **change})
    assert words in str(caught.value)


@pytest.mark.parametrize("data", [None, [], "text", 5])
def test_something_that_is_no_object_is_no_dataclass(data: object) -> None:
    with pytest.raises(CodecError, match="an object is expected"):
        decode(Dot, data)


def test_a_value_of_another_type_is_not_written() -> None:
    with pytest.raises(CodecError, match=r"Everything.shape: Dot or Ring is expected"):
        encode(Everything(name=Name("a"), at=NOON, colour=Colour.RED, shape="round"))  # type: ignore[arg-type]
    with pytest.raises(CodecError, match="an aware time is expected"):
        encode(Everything(name=Name("a"), at=datetime(2026, 1, 5), colour=Colour.RED))  # noqa: DTZ001
    with pytest.raises(CodecError, match="no JSON form"):
        to_text({"y": float("nan")})


def test_an_old_row_takes_the_defaults_of_fields_it_never_had() -> None:
    assert decode(Dot, {"x": 1}) == Dot(x=1, y=0.0)


def test_upcasters_lift_an_old_row_step_by_step() -> None:
    codec = Codec()
    codec.register(Dot, version=3, upcast={1: lambda d: {"x": d["left"]}, 2: lambda d: {**d, "y": 9.0}})
    assert codec.load("Dot", 1, '{"left":4}') == Dot(x=4, y=9.0)
    assert codec.load("Dot", 3, '{"x":4}') == Dot(x=4)
    assert codec.dump(Dot(x=4)) == ("Dot", 3, '{"x":4,"y":0.0}')


def test_a_missing_upcaster_is_found_at_once() -> None:
    with pytest.raises(CodecError, match="needs upcasters from 1 to 2"):
        Codec().register(Dot, version=3, upcast={2: dict})


def test_a_row_of_a_newer_program_is_refused() -> None:
    with pytest.raises(CodecError, match="Dot version 2 is newer than this program"):
        Codec([Dot]).load("Dot", 2, "{}")


def test_an_unregistered_class_is_refused() -> None:
    with pytest.raises(CodecError, match="no class named Ring"):
        Codec([Dot]).dump(Ring(radius=1.0))
    with pytest.raises(CodecError, match="two classes named Dot"):
        Codec([Dot, Dot])


PLACES = st.builds(
    Location,
    latitude=st.none(),
    longitude=st.none(),
    address=st.text(min_size=1),
    uncertainty_m=st.none() | st.floats(0, 1e6),
)


@pytest.fixture(scope="module", autouse=True)
def _drawable() -> None:
    """What hypothesis may draw for types whose values are not all allowed."""
    st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))
    st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
    st.register_type_strategy(Location, PLACES)


@pytest.mark.parametrize("cls", [*SIGNALS, CallSession], ids=lambda cls: cls.__name__)
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_signal_and_the_call_itself_survive_the_journal(cls: type, data: st.DataObject) -> None:
    one = data.draw(st.from_type(cls))
    codec = Codec([cls])
    assert codec.load(*codec.dump(one)) == one


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    number: int
    dot: Dot = field(default_factory=lambda: Dot(x=0))
    others: tuple[Dot, ...] = ()
    nothing: str | None = None


def test_a_state_is_written_without_its_defaults_at_any_depth_and_comes_back_whole() -> None:
    whole = Shelf(number=0, dot=Dot(x=1, y=0.0), others=(Dot(x=2), Dot(x=3, y=1.5)))
    lean = encode_lean(whole)
    assert lean == {"number": 0, "dot": {"x": 1}, "others": [{"x": 2}, {"x": 3, "y": 1.5}]}
    assert decode(Shelf, lean) == whole
    assert encode(whole)["nothing"] is None  # what others read is written whole, also right afterwards
    with pytest.raises(CodecError):
        encode_lean(Shelf)
    assert encode(whole)["others"][0]["y"] == 0.0
