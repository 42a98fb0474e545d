"""Why two calls may be one incident, and why a call is suspected, in the reader's languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.calls.together import FloodKind, Reason, Suspicion, Why
from gateway.triage.model import Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    zh: str
    en: str


def _span(seconds: str) -> Sentence:
    """`seconds` is what `suggest` states."""
    whole = round(float(seconds))
    if whole < 60:
        return Sentence(zh=f"{whole} 秒", en=f"{whole} s")
    return Sentence(zh=f"{whole // 60} 分钟", en=f"{whole // 60} min")


def _soon(value: str) -> Sentence:
    span = _span(value)
    return Sentence(zh=f"相隔 {span.zh}", en=f"{span.en} apart")


def _same(zh: str, en: str) -> Callable[[str], Sentence]:
    return lambda value: Sentence(zh=f"{zh}{value}", en=f"{en} {value}")


PLACES = frozenset({Why.SAME_ADDRESS, Why.SAME_JUNCTION, Why.SAME_ROAD, Why.NEAR})
"""Reasons that say where a caller is."""
NUMBERS = frozenset({Why.PHONE})
"""Reasons that hold a telephone number."""
_SAID: Mapping[Why, Callable[[str], Sentence]] = {
    Why.SAME_ADDRESS: _same("同一地址：", "same address:"),
    Why.SAME_JUNCTION: _same("同一路口：", "same junction:"),
    Why.SAME_ROAD: _same("同一道路：", "same road:"),
    Why.NEAR: lambda value: Sentence(zh=f"相距 {value} 米", en=f"{value} m apart"),
    Why.PLATE: _same("同一车牌：", "same plate:"),
    Why.PHONE: _same("提到同一电话：", "same number said:"),
    Why.NAME: _same("同一姓名：", "same name:"),
    Why.WORDS: _same("都提到：", "both speak of:"),
    Why.SAME_NUMBER: lambda value: Sentence(zh="同一来电号码", en="same caller's number"),
    Why.SAME_NATURE: lambda value: Sentence(zh="警情相同", en="same nature"),
    Why.LIKE_NATURE: lambda value: Sentence(zh="警情相近", en="natures that go together"),
    Why.SOON: _soon,
}


def sentence(reason: Reason, *, covered: bool = False) -> Sentence:
    """`covered`: without what it rests on, for who may not see places or numbers."""
    if covered and reason.code is Why.NEAR:
        return Sentence(zh="位置相近", en="near each other")
    if covered:
        said = _SAID[reason.code]("")
        return Sentence(zh=said.zh.rstrip("："), en=said.en.rstrip(": "))
    return _SAID[reason.code](reason.value)


_FLOODS: Mapping[FloodKind, Sentence] = {
    FloodKind.ONE_RING: Sentence(zh="反复响一声就挂", en="hangs up after one ring, again and again"),
    FloodKind.SAME_NUMBER: Sentence(zh="同一号码反复拨打", en="one number rings again and again"),
    FloodKind.PREFIX: Sentence(zh="同一号段的号码轮番拨打", en="numbers of one range ring in turn"),
    FloodKind.SOURCE: Sentence(zh="同一 SIP 来源大量拨打", en="very many calls from one SIP address"),
    FloodKind.TRUNK: Sentence(zh="同一中继大量秒挂", en="very many short calls over one trunk"),
}


def flood(kind: FloodKind) -> Sentence:
    return _FLOODS[kind]


def suspicion(found: Suspicion) -> Sentence:
    """Never said without what is done: a person answers."""
    said = flood(found.kind)
    return Sentence(
        zh=f"疑似恶意占线：{said.zh}（{found.calls} 次）。不会丢弃；照常问清。",
        en=f"Looks like a flood: {said.en} ({found.calls}). It is never dropped; ask as usual.",
    )


PRANK = Sentence(zh="反复来电可能是骚扰", en="who rings again and again may be a prankster")
VIOLENCE = Sentence(
    zh="也可能是家庭暴力：受害人常多次拨打、说不出口或被迫挂断",
    en="it may be violence at home: victims often ring again, cannot speak, or are made to hang up",
)
"""Of a repeat caller both risks are named, always: the machine never weighs one against the other."""

_WHAT_IS_NEW = (
    Sentence(zh="有没有人受伤或被困？", en="Is anybody hurt or trapped?"),
    Sentence(zh="现在跟刚才相比有什么变化？", en="What has changed since?"),
    Sentence(zh="您是当事人还是路过看到？", en="Are you involved, or passing by?"),
)
_BY_NATURE: Mapping[Nature, tuple[Sentence, ...]] = {
    Nature.TRAFFIC_ACCIDENT: (
        Sentence(zh="有没有起火、漏油或冒烟？", en="Is there fire, smoke or leaking fuel?"),
        Sentence(zh="几车道被堵？车牌看得见吗？", en="Which lanes are blocked? Can you read a plate?"),
    ),
    Nature.FIRE: (
        Sentence(zh="火在几楼？里面还有人吗？", en="On which floor? Is anybody still inside?"),
        Sentence(zh="有没有煤气罐、化学品？", en="Are there gas bottles or chemicals?"),
    ),
    Nature.FIGHT: (
        Sentence(zh="有没有人拿凶器？", en="Does anybody have a weapon?"),
        Sentence(zh="动手的人往哪里去了？什么穿着？", en="Where did they go? What do they wear?"),
    ),
    Nature.ROBBERY: (
        Sentence(zh="嫌疑人往哪里跑了？什么穿着、什么车？", en="Which way, what clothes, what vehicle?"),
    ),
    Nature.MASS_EVENT: (
        Sentence(zh="大约多少人？有没有人带头或动手？", en="How many people? Is anybody violent?"),
    ),
}


def questions(nature: Nature) -> tuple[Sentence, ...]:
    """What to ask a caller who very likely tells of an incident of that nature that is known already."""
    return (*_WHAT_IS_NEW[:1], *_BY_NATURE.get(nature, ()), *_WHAT_IS_NEW[1:])
