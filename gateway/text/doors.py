# ruff: noqa: E501 (an expression is read more easily in one line)
"""House numbers, buildings, units, floors, rooms and kilometre posts in speech: 八十八号, 三号楼二单元五零二."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.text.facts import Fact, FactKind
from gateway.text.numerals import NUMBER_EN, digits_or_number, english_digits, english_number

_N = r"[零〇一二两三四五六七八九十百千幺洞\d]{1,7}"
_PART = re.compile(
    rf"(?P<building>(?P<b>[a-z甲乙丙丁]|(?![一两](?:座|幢|栋)){_N}(?=[号#栋幢座]))(?:号|#)?(?:楼(?!上|下|道|梯|顶|层|房)|栋|幢|座)(?!位|机|谈|桥|山|楼|房|塔))"
    rf"|(?P<house>(?P<h>{_N})(?P<gate>号(?:院|大院|门|口|线|坑|码头|桥|厂房|店|商铺|铺)?|弄|巷|支弄)(?:之(?P<sub>{_N})号?|(?P<suffix>[甲乙丙丁戊]))?(?!线路|文件|人物))"
    rf"|(?P<unit>(?P<u>{_N}|[a-z])单元)"
    rf"|(?P<floor>(?P<below>负|地下)?(?P<f>{_N})(?:层|楼(?!盘|房|宇|市|兰|板|主)))"
    rf"|(?P<room>(?P<r>[零〇一二两三四五六七八九幺\d]{{3,4}})(?:室|房间|房|号房))"
)
_FOLLOWS = re.compile(
    r"[，,、\s的]{0,3}(?P<r>[零〇一二两三四五六七八九幺\d]{3,4})(?![零〇一二两三四五六七八九幺\d十百千万亿]|[号块元点分年月米层楼栋幢]|公里)"
)
"""A room is often told as bare digits after a building, unit or floor: 三单元五零二."""
_POST = re.compile(
    rf"(?<![a-z\d])k?(?P<km>{_N})(?:公里|千米|k)(?:处|的地方)?(?:[，,\s]*(?:加|零|多|过)?(?P<m>{_N})(?P<metres>米)?)?(?P<place>处|路段|的位置|位置|左右|附近|那|桩|的地方|往|这)?"
)
_POST_WRITTEN = re.compile(rf"(?<![a-z\d])k(?P<km>{_N})\s?(?:\+|加)\s?(?P<m>{_N})(?![\d百千])(?:米处?|处)?")
_ROAD_BEFORE = re.compile(r"(?:高速|国道|省道|县道|公路|环线|快速路|绕城|线|方向|桩号)[^。！？，,]{0,6}$")
_EN = re.compile(
    rf"\b(?P<word>building|block|tower|unit|entrance|flat|apartment|room|floor|level|number)\s(?P<below>minus )?(?P<n>{NUMBER_EN}(?:[ -](?:oh|o)?[ -]?(?:{NUMBER_EN}))*|[b-hj-z]\b)"
)
_KINDS_EN = {
    "building": FactKind.BUILDING, "block": FactKind.BUILDING, "tower": FactKind.BUILDING, "unit": FactKind.UNIT,
    "entrance": FactKind.UNIT, "flat": FactKind.ROOM, "apartment": FactKind.ROOM, "room": FactKind.ROOM,
    "floor": FactKind.FLOOR, "level": FactKind.FLOOR, "number": FactKind.HOUSE_NUMBER,
}  # fmt: skip


def find_doors(text: str) -> Iterator[Fact]:
    """Everything from the house number in the street to the room, in the order of the kinds."""
    for match in _PART.finditer(text):
        fact = _door(match)
        if fact is None:
            continue
        yield fact
        after = _FOLLOWS.match(text, fact.end)
        if after and fact.kind in (FactKind.UNIT, FactKind.BUILDING, FactKind.FLOOR):
            room = digits_or_number(after["r"]) or ""
            yield Fact(kind=FactKind.ROOM, start=after.start("r"), end=after.end(), value=room, written=room)
    yield from _english(text)


def _door(match: re.Match[str]) -> Fact | None:
    kind, spoken = next(
        (kind, match[group])
        for kind, group in (
            (FactKind.BUILDING, "b"), (FactKind.HOUSE_NUMBER, "h"), (FactKind.UNIT, "u"),
            (FactKind.FLOOR, "f"), (FactKind.ROOM, "r"),
        )
        if match[group]
    )  # fmt: skip
    number = (
        spoken.upper()
        if spoken.isascii() and spoken.isalpha()
        else spoken
        if spoken in "甲乙丙丁"
        else digits_or_number(spoken)
    )
    if number is None:
        return None
    value = number
    if kind is FactKind.FLOOR and match["below"]:
        value = f"-{number}"
    written = match[0].replace(spoken, number, 1)
    if kind is FactKind.HOUSE_NUMBER and match["sub"] and (sub := digits_or_number(match["sub"])):
        value, written = f"{number}-{sub}", written.replace(match["sub"], sub, 1)
    elif kind is FactKind.HOUSE_NUMBER and match["suffix"]:
        value = number + match["suffix"]
    return Fact(kind=kind, start=match.start(), end=match.end(), value=value, written=written)


def find_posts(text: str) -> Iterator[Fact]:
    """Kilometre posts of roads (K128+500): a place, not a distance, so a road or the word for a place is near."""
    for match in (*_POST_WRITTEN.finditer(text), *_POST.finditer(text)):
        on_road = _ROAD_BEFORE.search(text[max(0, match.start() - 24) : match.start()])
        told = (
            match.re is _POST_WRITTEN
            or match["m"]
            or (match["place"] in ("处", "路段", "桩", "位置", "的位置", "的地方"))
        )
        km = digits_or_number(match["km"])
        if km is None or not (on_road or told):
            continue
        metres = digits_or_number(match["m"]) if match["m"] else "0"
        value = f"K{int(km)}+{int(metres or 0):03}"
        stays = match.re is _POST and match["place"] not in (None, "处", "桩")
        end = match.start("place") if stays else match.end()
        yield Fact(kind=FactKind.KILOMETRE_POST, start=match.start(), end=end, value=value, written=value)


def _english(text: str) -> Iterator[Fact]:
    for match in _EN.finditer(text):
        said = match["n"]
        if len(said) == 1 and said.isalpha():
            number: str | None = said.upper()
        else:
            parts = [part for part in re.split(r"[ -]", said) if part]
            plain = english_number(said)
            read_out = any(part in ("oh", "o") for part in parts) or len(parts) > 2
            number = english_digits(said) if read_out or plain is None else str(plain)
        if number:
            number = f"-{number}" if match["below"] else number
            yield Fact(
                kind=_KINDS_EN[match["word"]], start=match.start(), end=match.end(), value=number,
                written=f"{match['word']} {number}",
            )  # fmt: skip
