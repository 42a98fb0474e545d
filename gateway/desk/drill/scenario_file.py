"""A file of `conf/training` as a scenario; what is wrong in it is told with its line, key and cure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from gateway.desk.calendar import Words
from gateway.desk.card import FIELDS
from gateway.desk.drill.model import (
    MAX_CALLS,
    MAX_EVENTS,
    Act,
    Answered,
    Event,
    Gold,
    GoldField,
    OrderAct,
    Reply,
    Scenario,
    ScriptedCall,
)
from gateway.triage.model import AlarmClass, Department, EmergencyPartner, Nature, VetoCode

MAX_SCENARIOS = 200
"""More files than this are refused, so that a list stays one."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,32}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{3,20}$")]
Seconds = Annotated[float, Field(ge=0, le=3600)]


class ScenarioError(Exception):
    """A scenario cannot be used: each line says where, what is wrong and what to write instead."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Event(_Part):
    at_s: Seconds
    say: Text | None = None
    desk: Text | None = None
    key: Annotated[str, Field(pattern=r"^[0-9*#]{1,8}$")] | None = None
    fix: tuple[float, float, float] | None = None
    sound: Literal[True] | None = None
    hang_up: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_act(self) -> Self:
        told = [act.value for act in Act if getattr(self, act.value) is not None]
        if len(told) != 1:
            raise ValueError(
                f"an event is one of {', '.join(Act)}, here: {', '.join(told) or 'none'}; "
                "write one beside at_s"
            )
        if self.fix is not None and not (
            -90 <= self.fix[0] <= 90 and -180 <= self.fix[1] <= 180 and 0 < self.fix[2] <= 100_000
        ):
            raise ValueError("fix: latitude, longitude (WGS-84 degrees) and radius in metres")
        return self

    def made(self) -> Event:
        act = next(act for act in Act if getattr(self, act.value) is not None)
        if self.fix is not None:
            latitude, longitude, radius = self.fix
            return Event(at_s=self.at_s, act=act, latitude=latitude, longitude=longitude, radius_m=radius)
        return Event(at_s=self.at_s, act=act, text=self.say or self.desk or self.key or "")


class _Reply(_Part):
    asks: Annotated[tuple[Text, ...], Field(min_length=1, max_length=40)]
    say: Text
    field: str = ""


class _Call(_Part):
    id: Key
    number: Number | None = None
    answered: Answered = Answered.TRAINEE
    starts_s: Seconds = 0.0
    rings_s: Annotated[float, Field(ge=1, le=600)] = 60.0
    otherwise: Text | None = None
    event: Annotated[tuple[_Event, ...], Field(max_length=MAX_EVENTS)] = ()
    reply: Annotated[tuple[_Reply, ...], Field(max_length=MAX_EVENTS)] = ()
    back: Annotated[tuple[_Event, ...], Field(max_length=MAX_EVENTS)] = ()


class _Order(_Part):
    after_s: Seconds
    act: Literal["accept", "return", "answer"]
    department: Department
    text: Text


class _GoldField(_Part):
    name: str
    any: Annotated[tuple[Text, ...], Field(min_length=1, max_length=20)]


class _Gold(_Part):
    classes: Annotated[tuple[AlarmClass, ...], Field(min_length=1)]
    natures: tuple[Nature, ...] = ()
    department: Department | None = None
    dangers: tuple[VetoCode, ...] = ()
    hand_over: tuple[Department | EmergencyPartner, ...] = ()
    never: tuple[Department | EmergencyPartner, ...] = ()
    call_back: bool = False
    reassign: Department | None = None
    linked: Annotated[int, Field(ge=0, le=MAX_CALLS)] = 0
    field: Annotated[tuple[_GoldField, ...], Field(max_length=len(FIELDS))] = ()


class _File(_Part):
    code: Key
    title_zh: Text
    title_en: Text
    brief_zh: Text
    brief_en: Text
    language: Literal["zh", "en"] = "zh"
    gold: _Gold
    call: Annotated[tuple[_Call, ...], Field(max_length=MAX_CALLS)] = ()
    order: Annotated[tuple[_Order, ...], Field(max_length=20)] = ()


def read_scenarios(texts: Mapping[str, str]) -> tuple[Scenario, ...]:
    """All of a folder, by name of file. Raises ScenarioError with every fault, one a line."""
    if len(texts) > MAX_SCENARIOS:
        raise ScenarioError(f"more than {MAX_SCENARIOS} scenarios; is it the right folder?")
    made: dict[str, Scenario] = {}
    faults: list[str] = []
    for name, text in texts.items():
        try:
            one = read_scenario(text, name)
        except ScenarioError as error:
            faults.append(str(error))
            continue
        if one.code in made:
            line = _place(text.splitlines(), ("code",))
            faults.append(
                f"{name}, line {line}: code: {one.code!r} stands in another file too; give each its own"
            )
        made[one.code] = one
    if faults:
        raise ScenarioError("\n".join(faults))
    return tuple(made.values())


def read_scenario(text: str, name: str) -> Scenario:
    """Raises ScenarioError with every fault of the file, one a line."""
    lines = text.splitlines()
    try:
        told = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{name}: not TOML: {error}; mend that place") from error
    except ValidationError as error:
        said = [
            f"{name}, line {_place(lines, each['loc'])}: {_keys(each['loc'])}: {_said(dict(each))}"
            for each in error.errors()
        ]
        raise ScenarioError("\n".join(said)) from error
    faults = [f"{name}, line {_place(lines, where)}: {what}" for where, what in _crossed(told)]
    if faults:
        raise ScenarioError("\n".join(faults))
    gold = told.gold
    return Scenario(
        code=told.code, title=Words(zh=told.title_zh, en=told.title_en),
        brief=Words(zh=told.brief_zh, en=told.brief_en), language=told.language,
        calls=tuple(map(_call, told.call)),
        orders=tuple(
            OrderAct(after_s=one.after_s, act=one.act, department=one.department.value, text=one.text)
            for one in told.order
        ),
        gold=Gold(
            classes=gold.classes, natures=gold.natures, dangers=gold.dangers, call_back=gold.call_back,
            department=gold.department.value if gold.department else None, linked=gold.linked,
            hand_over=tuple(map(str, gold.hand_over)), never=tuple(map(str, gold.never)),
            reassign=gold.reassign.value if gold.reassign else None,
            fields=tuple(GoldField(name=one.name, any=one.any) for one in gold.field),
        ),
    )  # fmt: skip


def _call(told: _Call) -> ScriptedCall:
    return ScriptedCall(
        id=told.id, number=told.number, answered=told.answered, starts_s=told.starts_s, rings_s=told.rings_s,
        otherwise=told.otherwise or "", events=_events(told.event), back=_events(told.back),
        replies=tuple(Reply(asks=one.asks, say=one.say, field=one.field) for one in told.reply),
    )  # fmt: skip


def _events(told: Sequence[_Event]) -> tuple[Event, ...]:
    return tuple(sorted((one.made() for one in told), key=lambda event: event.at_s))


Where = tuple[str | int, ...]


def _crossed(told: _File) -> Iterator[tuple[Where, str]]:
    """What only the whole file shows."""
    if not told.call:
        yield ("code",), "call: nobody rings; add a [[call]]"
        return
    names = [call.id for call in told.call]
    for index, call in enumerate(told.call):
        if names.count(call.id) > 1:
            yield ("call", index, "id"), f"call.id: {call.id!r} stands twice; give each call its own"
        for at, reply in enumerate(call.reply):
            if reply.field and reply.field not in FIELDS:
                yield ("call", index, "reply", at, "field"), _no_field(reply.field)
        if call.answered is Answered.NOBODY and (call.event or (call.reply and not call.back)):
            told_back = "call.answered: nobody hears this caller; write its words as back"
            yield ("call", index, "answered"), told_back
    for index, one in enumerate(told.gold.field):
        if one.name not in FIELDS:
            yield ("gold", "field", index, "name"), _no_field(one.name)
    if not any(call.answered is Answered.TRAINEE for call in told.call) and not told.gold.call_back:
        yield ("call", 0, "answered"), "call.answered: the trainee has nothing to do; let one call be trainee"
    if told.gold.reassign and not any(one.act == "return" for one in told.order):
        cure = 'gold.reassign: no department returns anything; add an [[order]] with act = "return"'
        yield ("gold", "reassign"), cure


def _no_field(name: str) -> str:
    return f"field: the card has no {name!r}; it has {', '.join(FIELDS)}"


def _said(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key; leave it out or see conf/training/README.md"
    told = error["type"] in ("missing", "value_error") or isinstance(error["input"], dict | list)
    given = "" if told else f" (found {error['input']!r})"
    return f"{error['msg'].removeprefix('Value error, ')}{given}"


def _keys(where: Where) -> str:
    return ".".join(str(part) for part in where)


def _place(lines: Sequence[str], where: Where) -> int:
    """The line, as near as the keys lead: block by block, then the key in it."""
    low, high, path = 0, len(lines), ""
    parts = [(part, where[n + 1] if n + 1 < len(where) and isinstance(where[n + 1], int) else 0)
             for n, part in enumerate(where) if isinstance(part, str)]  # fmt: skip
    for part, number in parts:
        path = f"{path}.{part}" if path else str(part)
        heads = [n for n in range(low, high) if lines[n].strip() in (f"[[{path}]]", f"[{path}]")]
        if isinstance(number, int) and number < len(heads):
            low = heads[number]
            high = next((n for n in range(low + 1, high) if _ends(lines[n].strip(), path)), high)
    key = next((str(part) for part, _ in reversed(parts)), "")
    wanted = re.compile(rf"(^|[\s{{,\"]){re.escape(key)}\"?\s*=")
    found = next((n for n in range(low, high) if wanted.search(lines[n])), low)
    within = found + 1 + (int(parts[-1][1]) if parts else 0)
    inline = lines[found].rstrip().endswith("[") and within < high
    return (within if inline else found) + 1


def _ends(line: str, path: str) -> bool:
    """A head that is not below `path`."""
    return line.startswith("[") and not line.lstrip("[").startswith(f"{path}.")
