"""Names that follow from an official one: 三中 from 样例市第三中学, 工商银行 from 工商银行朝阳支行.

Lists seldom have them and callers seldom say anything else. A name that follows is worth less than one that
a list has; what follows from several places stays several candidates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gateway.location.places.model import Division, Kind, Place, PlaceSet
from gateway.location.places.names import NEARLY_NAMED, Name, plain, without_compass

ALIAS = 0.95
"""Worth of a name from aliases.csv …"""
SHORT = 0.9
"""… of an official name without the city's: 人民医院, 三中 …"""
IMPLIED = 0.85
"""… of one without its ending or turned round (鼓楼 for 鼓楼区, 文昌路地铁站) …"""
LOCAL = 0.72
"""… and of one without the name of a district, for the city has another one as a rule."""
MAX_SHARED = 40
"""A name that follows from more places than this says nothing and is left out: half of all 超市 there are."""

_DIVISION_END = re.compile(
    "(?:特别行政区|自治区|自治州|自治县|街道办事处|街道|地区|开发区|新区|省|市|区|县|旗|镇|乡)$"
)
_COMMUNITY_END = re.compile("(?:小区|社区|居委会|村委会|(?<=庄|寨|营|堡|屯|沟|湾|店|坪|坝|岭|塘|坑|冲)村)$")
SHORTEST = {Kind.DIVISION: 2, Kind.COMMUNITY: 3, Kind.POI: 3}
"""Characters that must be left for a name to stand alone."""

_ORDINAL = re.compile(
    "第?(?P<n>[一二三四五六七八九十]{1,3})(?P<what>人民医院|高级中学|初级中学|中学|小学|幼儿园|医院)$"
)
_NUMBERED = re.compile("[市区县]?[一二三四五六七八九十]{1,3}(?:中|小|院|幼|医院|中学|小学)|[东南西北]站")
"""Too short and too much like other words to be found by its sound: 十三中 is no 是三中."""
_SPOKEN = {
    "人民医院": ("{n}院", "{n}医院", "第{n}医院"), "医院": ("{n}院", "{n}医院"), "小学": ("{n}小", "{n}小学"),
    "中学": ("{n}中", "{n}中学"), "高级中学": ("{n}中", "第{n}中学"), "初级中学": ("{n}中", "第{n}中学"),
    "幼儿园": ("{n}幼",),
}  # fmt: skip
"""What is numbered, and how it is called."""
_SWAPPED = (
    ("汽车客运站", ("汽车站", "客运站")), ("客运站", ("汽车站",)), ("政务服务中心", ("政务中心", "政务大厅")),
    ("人民医院", ("医院",)), ("妇幼保健院", ("妇幼医院", "妇保院")), ("奥林匹克体育中心", ("奥体中心",)),
    ("购物中心", ("",)), ("火车站", ("站",)), ("菜市场", ("菜场",)),
    ("农贸市场", ("菜市场", "菜场")), ("国际大酒店", ("大酒店", "国际酒店")),
)  # fmt: skip
"""Endings that are said in another way; an empty one is left out."""
_METRO = re.compile("^(?:地铁|轻轨)(?P<a>.{2,})站$|^(?P<b>.{2,}?)(?:地铁|轻轨)站$")
_BRANCH = re.compile(
    "^(?P<brand>.{0,8}?(?:超市|银行|药店|药房|酒店|宾馆|饭店|便利店|商场|影城|书店|网吧|茶楼|医院|中学|小学|大学|学院|幼儿园|ktv))"
    "(?P<where>.{2,7}?)(?P<what>分店|店|支行|分行|分理处|营业部|分院|院区|校区|分校)$"
)
_BRANDED = re.compile(
    "^.{2,4}?(?P<rest>.{2,4}(?:路|街|大道)(?:加油站|加气站|充电站|停车场|菜市场|农贸市场|公交站))$"
)
_ON_ROAD = re.compile("^.{1,6}?(?:高速公路|高速|国道|省道)(?P<rest>.{3,})$")
"""What belongs to a motorway is called without it: 云东收费站."""
_NUMBERED_ROAD = re.compile("[gsxy]?(?P<n>[零一二三四五六七八九]{2,4})(?P<what>国道|省道|县道|乡道)")
_LETTERS = {"国道": "g", "省道": "s", "县道": "x", "乡道": "y"}
"""999国道, 国道999, G999 and G999国道 are one road."""
_MOTORWAY = re.compile(
    "(?P<code>[gs][零一二三四五六七八九]{1,4})?(?P<name>(?P<short>.{2,6}(?:高速|快速))(?:公路|路)?)"
)
"""G9901云石高速公路 is called 云石高速, and by its number."""
_BRACKETS = str.maketrans("", "", "（）()【】[]·")


_WORDS_ALONE = frozenset(
    [
        "派出所",
        "警务站",
        "服务区",
        "收费站",
        "加油站",
        "加气站",
        "大酒店",
        "快捷酒店",
        "酒店",
        "宾馆",
        "饭店",
        "大厦",
        "广场",
        "公园",
        "小学",
        "中学",
        "幼儿园",
        "医院",
        "大学",
        "学院",
        "职业技术学院",
        "超市",
        "市场",
        "菜市场",
        "农贸市场",
        "批发市场",
        "水库",
        "码头",
        "大桥",
        "隧道",
        "小区",
        "花园",
        "新村",
        "停车场",
        "卫生院",
        "养老院",
        "敬老院",
        "村委会",
        "居委会",
        "网吧",
        "银行",
        "药店",
        "工业园",
        "产业园",
    ]
)
"""What is in every town: none of them is a name of one place."""
_OF_A_DISTRICT = re.compile("第|人民|中医|妇幼|实验|政务|行政|[一二三四五六七八九十]{1,3}[中小院幼]")
"""What a district has beside the city, and what is called there without the district's name."""


class _Prefix(NamedTuple):
    """How a name may begin, what stands in its place, and what the rest alone is worth."""

    whole: str
    others: tuple[str, ...]
    rest: float


def named(places: PlaceSet, by_id: dict[str, Place]) -> Iterator[Name]:
    """All names of a set: official, listed, and those that follow."""
    official = {plain(place.name) for place in places.places}
    for place in places.places:
        yield Name(plain(place.name), place, 1.0)
    for place_id, alias in places.aliases:
        yield Name(plain(alias), by_id[place_id], ALIAS)
    found = list(_following(places.places, official, _prefixes(places.divisions.values())))
    shared = Counter(name.text for name in found)
    yield from (name for name in found if shared[name.text] <= MAX_SHARED)


def without_end(name: str, kind: Kind) -> str:
    """An official name without the word for what it is: 鼓楼 for 鼓楼区, 听泉花园 for 听泉花园小区."""
    if kind is Kind.ROAD:
        return without_compass(name)
    end = {Kind.DIVISION: _DIVISION_END, Kind.COMMUNITY: _COMMUNITY_END}.get(kind)
    short = end.sub("", name, count=1) if end else name
    return short if len(short) >= SHORTEST[kind] else name


def _prefixes(divisions: Iterable[Division]) -> list[_Prefix]:
    """The longest first. A name begins with the division's name or its short one; the rest stands alone."""
    made = []
    for one in divisions:
        whole, short = plain(one.name), plain(without_end(one.name, Kind.DIVISION))
        rest = LOCAL if one.parent else SHORT
        level = whole[-1] if whole[-1] in "市区县" else ""
        made.append(_Prefix(whole, (short, level) if level else (short,), rest))
        if short != whole:
            made.append(_Prefix(short, (whole,), rest))
    return sorted(made, key=lambda one: -len(one.whole))


def _following(places: Sequence[Place], official: set[str], prefixes: Sequence[_Prefix]) -> Iterator[Name]:
    begins: dict[str, list[_Prefix]] = {}
    for prefix in prefixes:
        begins.setdefault(prefix.whole[0], []).append(prefix)
    for place in places:
        name = plain(place.name)
        if place.kind is Kind.ROAD:
            yield from _of_road(name, place, official)
            continue
        worths: dict[str, float] = {}
        for text, worth in _said(name, place.kind, begins) if place.kind in SHORTEST else ():
            worths[text] = max(worth, worths.get(text, 0.0))
        for text, worth in worths.items():
            if text != name and text not in official and text not in _WORDS_ALONE:
                yield Name(text, place, worth, _NUMBERED.fullmatch(text) is not None)


def _of_road(name: str, place: Place, official: set[str]) -> Iterator[Name]:
    short = without_end(name, place.kind)
    if short != name:
        yield Name(short, place, NEARLY_NAMED if short in official else IMPLIED)
    if numbered := _NUMBERED_ROAD.fullmatch(name):
        number, what = numbered["n"], numbered["what"]
        letter = _LETTERS[what]
        for text in (f"{number}{what}", f"{what}{number}", f"{letter}{number}", f"{letter}{number}{what}"):
            if text not in official:
                yield Name(text, place, ALIAS)
    if motorway := _MOTORWAY.fullmatch(name):
        for text in filter(None, (motorway["code"], motorway["name"], motorway["short"])):
            if text not in official:
                yield Name(text, place, SHORT)


def _said(name: str, kind: Kind, begins: Mapping[str, Sequence[_Prefix]]) -> Iterator[tuple[str, float]]:
    """Every way in which one place is called, with its worth."""
    if kind in (Kind.DIVISION, Kind.COMMUNITY):
        yield without_end(name, kind), IMPLIED
    if kind is Kind.DIVISION:
        return
    bare = name.translate(_BRACKETS)
    if bare != name:
        yield bare, 1.0
    yield from ((said, worth) for said, worth in _other_words(bare) if len(said) > 2)
    if on_road := _ON_ROAD.match(bare):
        rest = on_road["rest"]
        yield from ((said, IMPLIED * worth) for said, worth in ((rest, 1.0), *_said(rest, kind, begins)))
    prefix = next((one for one in begins.get(bare[:1], ()) if bare.startswith(one.whole)), None)
    if prefix is not None:
        yield from _without(prefix, bare[len(prefix.whole) :], kind)


def _without(prefix: _Prefix, rest: str, kind: Kind) -> Iterator[tuple[str, float]]:
    """With another word for its city or district, and with none."""
    if len(rest) < 2:
        return
    turned = [(rest, 1.0), *_other_words(rest)]
    for head in (prefix.whole, *prefix.others):
        yield from ((head + said, SHORT * own) for said, own in turned if len(head + said) > 2)
    for said, own in turned:
        local = prefix.rest < SHORT and not _OF_A_DISTRICT.match(said)
        if not local and (len(said) >= SHORTEST[kind] or _NUMBERED.fullmatch(said)):
            yield said, prefix.rest * own


def _other_words(name: str) -> Iterator[tuple[str, float]]:
    """The same place in other words; the city's name is left as it is."""
    ordinal = _ORDINAL.search(name)
    if ordinal:
        head = name[: ordinal.start()]
        yield from ((head + form.format(n=ordinal["n"]), 1.0) for form in _SPOKEN[ordinal["what"]])
    for end, others in _SWAPPED:
        if name.endswith(end) and not ordinal:
            head = name[: -len(end)]
            yield from ((head + other, IMPLIED) for other in others if head + other)
    if metro := _METRO.match(name):
        where = metro["a"] or metro["b"]
        forms = (f"地铁{where}站", f"{where}地铁站", f"{where}站", f"{where}地铁口")
        yield from ((said, IMPLIED) for said in forms)
    if branch := _BRANCH.match(name):
        yield branch["brand"], LOCAL
        yield branch["where"] + branch["brand"], IMPLIED
        if branch["what"] != "店":
            yield branch["where"] + branch["what"], LOCAL
    if branded := _BRANDED.match(name):
        yield branded["rest"], LOCAL
