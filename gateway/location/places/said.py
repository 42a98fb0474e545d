# ruff: noqa: E501 (expressions are read more easily in one line)
"""What callers say around a place's name: house numbers, kilometre posts, which road meets which, beside and
opposite, so many metres east, and what they take back.

All expressions read `plain` text (`names.plain`): simplified, lower case, figures as characters.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from typing import NamedTuple

from gateway.location.places.plane import BEARINGS
from gateway.text.numerals import NUMBER_EN, chinese_number, digits_or_number, english_number

_N = "[零一二三四五六七八九十百千]"
_GAP = r"[\s，,、。.…]*(?:(?:的|那个|那边|这边|呃|嗯|啊|大概|门牌号?|门牌|就是|上|应该是|是|好像是|第)[\s，,、…]*){0,3}"
_SLIP_WORDS = r"(?:啊?不对+|不对不对|啊?不是|哦不|说错了?|讲错了?|错了|搞错了?|记错了?|等等|等一下|更正)"
NUMBER = re.compile(
    rf"{_GAP}(?P<before>[甲乙丙丁])?(?P<n>{_N}{{1,7}})(?:[-之杠](?P<sub>{_N}{{1,4}})|(?P<after>[甲乙丙丁]))?"
    rf"(?P<about>多|几|来)?(?P<mark>号(?!线|码头|出口|入口|门[^口牌面前]|桥|国道|省道|高速)|弄|[^\w.+]|$|门口|对面|旁|附近|这里|这边|那里|，|的)"
)
"""Directly after a road: 八十八号, 八十八弄, 八八, 一百二十之三."""
_RANGE = re.compile(rf"{_GAP}(?P<n>{_N}{{1,7}})号?(?:到|至|~|—)(?P<upto>{_N}{{1,7}})号")
"""八十八到九十二号, 一百号至一百二十号."""
_UPTO = frozenset("到至~—")
_ANNEX = re.compile(rf"(?:附|之)(?P<n>{_N}{{1,4}})号?")
_MENDED = re.compile(
    rf"(?:号|弄)?[\s，,、。.…啊呃嗯哦]*{_SLIP_WORDS}[\s，,、。.…啊呃嗯哦是应该]*(?P<n>{_N}{{1,7}})(?:号|弄)"
)
_TO_POST = rf"(?:(?:(?!开了|走了|跑了|还有|离|距)[^。！？；]){{0,14}}?(?<!{_N}))??"
POST = re.compile(
    rf"{_TO_POST}(?:k\s?(?P<k>{_N}{{1,5}})(?:\s?(?:\+|加)\s?(?P<km_m>{_N}{{1,5}})米?)?"
    rf"|桩号?(?P<stake>{_N}{{1,5}})(?:\+|加|点)(?P<stake_m>{_N}{{1,5}})米?"
    rf"|(?P<km>{_N}{{1,6}})(?P<half>[点.]{_N}{{1,3}})?(?:公里|千米)(?:处|加|零|多)?(?P<m>{_N}{{1,5}})?(?P<metres>米)?)"
)
_UPTO_POST = re.compile(
    rf"(?:处)?(?:到|至|和)(?:第)?(?P<km>{_N}{{1,5}})(?:公里|千米)(?:处)?(?:之间|中间|这一?段|那一?段)?"
)
"""On a road: 十二公里处, k一二+三零零, 一百二十八公里加五百米."""
BETWEEN = re.compile(
    r"(?:[\s，,、×x/&—-]|和|与|跟|同|到|交|还有|以及|及|靠近|近|接|穿过|的|上|在|交叉|相交|路口|口|挨着|快到|旁边的?|往|走|从|自|由|拐|转|过了?|前面|是|这个|那个|呃|嗯|啊|以[东南西北]|[东南西北]侧|near|and|with|at|close to|by)*"
)
"""What may stand between two roads that meet."""
CLOSE_TO = re.compile("靠近|挨着|快到|旁边|near|close to")
"""On the first road, not far from the second: no crossing was named."""
STRETCH = re.compile(r"[\s，,的]*(?:之间|中间|这一?段|那一?段|路段)")
"""After the third road: from there to there on the first."""
AND = re.compile(r"[\s，,、]*(?:和|与|跟|同|到|、|及)?[\s，,、]*(?:那个)?")
AMID = re.compile("(?:这|那)?(?:之间|中间|两个?中间|之中)")
"""After the second of two places: between them."""
CROSSING = re.compile(
    r"[\s，,、]*(?:的|那个|这个|这里|这边|那边|那里|在|有个|是个|一个|呃|交汇|交界|相交|交叉|中间|两条路)*[\s，,、]*(?:十字路口|丁字路口|三岔路口|三叉路口|岔路口|t字路口|红绿灯路口|红绿灯|路口|道口|交叉路?口|交叉处|交叉的地方|交叉|相交处|相交|交汇处?|交界处?|转角处?|拐角处?|街角|口子?(?!味|袋|音|罩|红)|[东南西北]{1,2}角|立交桥?|互通)"
)
CORNER = re.compile(r"(?P<side>东南|东北|西南|西北|东侧?|南侧?|西侧?|北侧?)(?:面)?(?:的)?(?:拐|转|街)?角")
MOVE = re.compile(
    rf"(?:往|向|朝|以|偏|再往|再向|的|到)?(?P<way>东北|东南|西北|西南|东|南|西|北)(?:边|面|方向?|侧|走|去|开|行|大概|大约|差不多|约|过去|面?的|头|[\s，,])*(?P<n>{_N}{{1,6}})(?:多|来|几)?(?P<unit>米|公里|千米|里地?)"
)
"""往东两百米, 北边一公里."""
_OFF = re.compile(
    rf"(?P<n>{_N}{{1,6}})(?:多|来|几)?(?P<unit>米|公里|千米|里地?)(?:左右|的地方|处|远|开外|外)?"
)
RELATION = re.compile(
    r"(?P<opposite>对面|对过|马路对面|斜对面|对门)|(?P<beside>旁边?|边上|隔壁|挨着|紧挨|一旁|跟前|旁的)|(?P<near>附近|周围|周边|一带|这一片|这片|那一片|那片|不远)|(?P<behind>后面|后头|后边|背后|背面)|(?P<front>前面|前头|前边|正前方|门前)|(?P<door>门口|大门|正门|[东南西北后侧]门)|(?P<inside>里面|里头|院内|内|楼上|楼下|楼顶|大厅|地下)"
)
_TURNS = re.compile("[米里对过旁边隔挨跟附周带片远后背前门院内楼大下]")
"""One of these stands in everything that moves or widens a place."""
RELATION_M = {
    "opposite": 40.0,
    "beside": 50.0,
    "near": 200.0,
    "behind": 80.0,
    "front": 80.0,
    "door": 20.0,
    "inside": 0.0,
}
"""By how many metres a relation widens the place."""
SLIP = re.compile(rf"{_SLIP_WORDS}[\s，,、。.…啊呃嗯哦]*(?:应该是?|是|在)*")
HOME = re.compile("(?:家|住处|单位|老家|户口)(?:就?是|住)?在?(?:那个)?$|住在?$")
NOW = re.compile("(?:现在|目前|人)(?:我|人|就|是)*在|(?:但|可|不过)[^，,。]{0,6}在")
"""我家在锦绣花园，但是现在我在万象汇: the first is not where the caller is."""
_DENIED = re.compile(r"(?:不是|别去|不在|没在|不是在)$")
_TOWARDS = re.compile("(?:往|向|朝|奔|开往|去往)$")
_PLANNED = re.compile("(?:准备|打算|正要|想要?|要|本来|原来)(?:是)?(?:去|到|往)(?:那个)?$")
"""准备去解放路: not there yet."""
_GOES = re.compile("(?:那边|那里|那个)?(?:方向|方面|跑|逃|走|去了|开走|开了|开去|溜)")
_PLANNED_ENDS = frozenset("去到往个")
_GOES_BEGIN = frozenset("那方跑逃走去开溜")
MAX_OFF_M = 5_000.0
"""Farther away without a direction is no place any more."""
REACH = 10
"""Characters after a name in which a relation still speaks of it."""


class Shift(NamedTuple):
    """How a place that was named must be moved or widened: `why` in words for people."""

    bearing_deg: float | None
    metres: float
    wider_m: float
    why: str
    end: int


_SIMPLE = re.compile(
    rf"({_N}{{1,7}})号(?=[^线码出入门桥国省高\s，,、。.…啊呃嗯哦不说讲错搞记等更到至附之~]|$)"
)
"""八十八号 and nothing after it that could make it another thing: most of what is told of a road."""


_ENGLISH = re.compile(
    rf"[\s,，]*(?:(?:number|no\.?|#)\s*(?P<n>{_N}{{1,6}}|{NUMBER_EN})|(?P<bare>{NUMBER_EN})(?=\s*(?:[,.，。]|$)))"
)
_ENGLISH_BEFORE = re.compile(
    rf"(?<![a-z])(?:(?:number|no\.?|#)\s*)?(?P<n>{_N}{{1,6}}|{NUMBER_EN})(?:号)?[\s,，]*$"
)
_NO_HOUSE = re.compile(r"(?:room|flat|unit|building|block|floor|level|apartment|路|街|道|第)\s*$")
MAX_BEFORE = 60
"""Characters before an English name in which its number may be told."""
_AS_FIGURES = str.maketrans("零一二三四五六七八九", "0123456789")
_COUNTED = frozenset("米公个点分岁年月")
MAX_DIGITS = 6


@lru_cache(maxsize=20_000)
def _figures(spoken: str) -> str | None:
    """A number that names something; the same few thousand are told again and again."""
    return digits_or_number(spoken)


class Door(NamedTuple):
    """A house number as it was told. `about` is how many numbers up from it may be meant: 四百多号 is 400, 100;
    `upto` the last one of several: 八十八到九十二号; `begin` where one that was told before its road begins.
    """

    number: str
    end: int
    about: int = 0
    upto: str = ""
    begin: int = sys.maxsize


def house_number(text: str, at: int) -> Door | None:
    """The number told directly after a road, and where its words end; what was taken back is left out."""
    simple = _SIMPLE.match(text, at)
    if simple is not None and (value := _figures(simple[1])) is not None and len(value) <= MAX_DIGITS:
        return Door(value, simple.end())
    several = None if _UPTO.isdisjoint(text) else _RANGE.match(text, at)
    if several is not None and (door := _several(several)) is not None:
        return door
    match = NUMBER.match(text, at)
    if match is None:
        return _english_number(text, at)
    spoken, sub, end = match["n"], match["sub"], match.end("n")
    marked = match["mark"] in ("号", "弄")
    if not marked and (len(spoken) > 5 or text[end : end + 1] in _COUNTED or match["about"]):
        return None
    mended = _MENDED.match(text, end)
    end = match.end("mark") if marked else max(match.end("n"), match.end("sub"))
    if mended is not None:
        spoken, sub, end = mended["n"], None, mended.end()
    value = _figures(spoken)
    if value is None or len(value) > MAX_DIGITS:
        return None
    if match["about"] and mended is None:
        span = 10 ** (len(value) - len(value.rstrip("0")))
        return Door(value, end, max(1, span // 5) if match["about"] == "来" else span)
    annex = _ANNEX.match(text, end) if marked and mended is None else None
    if annex is not None:
        sub, end = annex["n"], annex.end()
    part = _figures(sub) if sub else None
    return Door(f"{value}-{part}" if part else value, end)


def _several(match: re.Match[str]) -> Door | None:
    """The first and the last of several houses; None when they are no row of numbers."""
    first, last = _figures(match["n"]), _figures(match["upto"])
    if first is None or last is None or len(last) > MAX_DIGITS or not int(first) < int(last):
        return None
    return Door(first, match.end(), 0, last)


def _english_number(text: str, at: int) -> Door | None:
    """Jianguo Road, number eighty-eight."""
    match = _ENGLISH.match(text, at)
    if match is None:
        return None
    return _english_door(match["n"] or match["bare"], match.end())


def number_before(text: str, start: int, end: int) -> Door | None:
    """88 Jianguo Road: the number told before a name in Latin letters that stands at `start` to `end`."""
    if not text[start].isascii():
        return None
    match = _ENGLISH_BEFORE.search(text[max(0, start - MAX_BEFORE) : start])
    if match is None or _NO_HOUSE.search(match.string[: match.start()]):
        return None
    door = _english_door(match["n"], end)
    return door and door._replace(begin=start - len(match.string) + match.start())


def _english_door(said: str, end: int) -> Door | None:
    told = said.translate(_AS_FIGURES)
    value = told if told.isdigit() else english_number(told)
    return None if value is None or len(str(value)) > MAX_DIGITS else Door(str(value), end)


class Post(NamedTuple):
    """The kilometre as it was told, where its words end, and half the length of the stretch it is the middle
    of: 三公里到四公里之间 is 3.5, 0.5.
    """

    km: float
    end: int
    half: float = 0.0


def post(text: str, at: int, until: int) -> Post | None:
    """The kilometre told after a road (not beyond `until`)."""
    match = POST.match(text[:until], at)
    if match is None:
        return None
    whole = digits_or_number(match["k"] or match["stake"] or match["km"])
    metres = digits_or_number(match["km_m"] or match["stake_m"] or match["m"] or "零")
    if whole is None or metres is None:
        return None
    part = digits_or_number(match["half"][1:]) if match["half"] else None
    km = int(whole) + int(metres) / 1000 + (float(f"0.{part}") if part else 0.0)
    further = _UPTO_POST.match(text[:until], match.end())
    last = digits_or_number(further["km"]) if further else None
    if further is None or last is None or int(last) <= km:
        return Post(km, match.end())
    return Post((km + int(last)) / 2, further.end(), (int(last) - km) / 2)


def denied(text: str, start: int) -> bool:
    """不是建国路: named only to be ruled out."""
    return _DENIED.search(text[max(0, start - 4) : start]) is not None


def heading(text: str, start: int, end: int) -> bool:
    """往机场方向, 往人民路跑了: where somebody goes to, not where the caller is."""
    if text[start - 1 : start] in _PLANNED_ENDS and _PLANNED.search(text[max(0, start - 6) : start]):
        return True
    if text[end : end + 1] not in _GOES_BEGIN:
        return False
    goes = _GOES.match(text, end)
    told = goes is not None and (goes[0].endswith("方向") or _TOWARDS.search(text[max(0, start - 3) : start]))
    return bool(told)


def shift(text: str, at: int, until: int) -> Shift | None:
    """What is told of the place that ends at `at`, before the next name begins at `until`."""
    if at >= until or _TURNS.search(text, at, min(until, at + REACH + 8)) is None:
        return None
    near = text[at : min(until, at + REACH)]
    if "米" in text or "里" in text:
        moved = _moved(text, at, until, near)
        if moved is not None:
            return moved
    found = RELATION.search(near)
    if found is not None:
        kind = str(found.lastgroup)
        return Shift(None, 0.0, RELATION_M[kind], f"{found[0]}: {kind}", at + found.end())
    return None


def _moved(text: str, at: int, until: int, near: str) -> Shift | None:
    """往东两百米, 两百米左右."""
    move = MOVE.search(text[at : min(until, at + REACH + 8)])
    if move is not None and (metres := _length(move["n"], move["unit"])) is not None:
        why = f"{move[0].lstrip('的，, ')}: {metres:.0f} m {move['way']}"
        return Shift(BEARINGS[move["way"]], metres, 30 + metres * 0.3, why, at + move.end())
    off = _OFF.search(near)
    if off is not None and (metres := _length(off["n"], off["unit"])) is not None and metres <= MAX_OFF_M:
        why = f"{off[0]}: {metres:.0f} m away, no direction told"
        return Shift(None, 0.0, metres + 30, why, at + off.end())
    return None


def _length(said: str, unit: str) -> float | None:
    number = chinese_number(said)
    if number is None or number > 100_000:
        return None
    return float(number) * (1.0 if unit == "米" else 500.0 if unit.startswith("里") else 1000.0)


def corner(text: str, at: int, until: int) -> tuple[str, float, int] | None:
    """The corner of a junction: its word, its direction in degrees, where its words end."""
    match = CORNER.search(text[at : min(until, at + 14)])
    if match is None:
        return None
    word = match["side"].removesuffix("侧")
    return word, BEARINGS[word], at + match.end()
