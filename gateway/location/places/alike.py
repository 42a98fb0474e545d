"""Names that were not said but nearly: another quarter of the compass, 大道 for 路, a road cut short before
the next one, Latin letters.

Nothing here is in the index: the few words that look like a road are turned and looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gateway.location.places import said as spoken
from gateway.location.places.latin import heard_latin
from gateway.location.places.model import Kind
from gateway.location.places.names import (
    COMPASS,
    NEARLY_NAMED,
    SOUND,
    Hit,
    Name,
    Names,
    apart,
)
from gateway.text.fold import is_han

CUT_SHORT = 0.85
"""Of a road without its ending: 解放 before 人民路口."""
OF_ANOTHER = 0.7
"""What is left of a name behind the word for a city or a district that is none of these."""
ANOTHER_NUMBER = 0.5
"""… and behind a number that it has not: 第四人民医院 is not 人民医院."""
_NUMBERED = re.compile("第[零一二三四五六七八九十]{1,3}$")
STEM = (4, 3, 2)
"""Characters before a road's ending that are tried as its name, the most first."""
_ENDINGS = ("路", "大道", "街", "大街")
_DIVISIONS = frozenset("市县区镇乡州")
_COMMON = frozenset("在是到去从往离的了有就说叫来找住送跟和与过进出里啊呃嗯那这个边我他她们家上下给")
"""What stands before a name in speech, and is no part of another one."""
_BEFORE = _DIVISIONS | COMPASS | frozenset("一二三四五六七八九十")
_CROSSING_BEGINS = frozenset("的那这在有呃交相中丁岔t红路道转拐街口东南西北立互 ，,、")
_CROSSING_NUMBERS = ("十字", "三岔", "三叉", "两条")
"""What `said.CROSSING` may begin with."""
_ENDS = frozenset("路街道")
_ROAD = re.compile(r"(?P<compass>[东南西北中])?(?P<end>大道|大街|路|街)(?!口味|边摊)")
_LETTERS = re.compile("[a-z]{2}")


def further(text: str, hits: list[Hit], names: Names) -> list[Hit]:
    """All hits, with those that were not heard as they stand; in the order of the text."""
    if hits and hits[-1].end == hits[0].end and _plain(text, hits[0], names):
        return hits
    found = [_of_another(text, hit, hits) for hit in hits]
    if _LETTERS.search(text):
        found = apart([*found, *heard_latin(text, names)])
    more = [*_nearly(text, found, names), *_cut_short(text, found, names)]
    return sorted([*found, *more], key=lambda hit: (hit.start, -hit.name.worth)) if more else found


def _plain(text: str, hit: Hit, names: Names) -> bool:
    """Whether names stand in one spot of the text and nothing else looks like a road, the commonest case:
    there is nothing to turn.
    """
    start, end, name, _ = hit
    if " " in text or text[start - 1 : start] in _BEFORE or text[start] in _DIVISIONS:
        return False
    roads = text.count("路") + text.count("街") + text.count("大道")
    if name.place.kind is not Kind.ROAD:
        return roads == 0
    if roads > 1 or text[end : end + 1] in _CROSSING_BEGINS or text[end : end + 2] in _CROSSING_NUMBERS:
        return False
    return (roads == 0 or text[end - 1] in _ENDS) and name.text not in names.related


def _of_another(text: str, hit: Hit, hits: Sequence[Hit]) -> Hit:
    """江北县人民医院 is not this city's 人民医院, nor is 江北市医院 its 市医院, when nobody knows 江北: such
    a name counts for less.
    """
    if hit.name.place.kind is not Kind.POI:
        return hit
    before, first = text[hit.start - 1 : hit.start], text[hit.start]
    if _NUMBERED.search(text, max(0, hit.start - 4), hit.start):
        return hit._replace(name=hit.name._replace(worth=hit.name.worth * ANOTHER_NUMBER))
    behind = before in _DIVISIONS and not any(other.end == hit.start for other in hits)
    begun = first in _DIVISIONS and bool(before) and is_han(before) and before not in _COMMON
    if not behind and (not begun or hit.name.worth == 1):
        return hit
    return hit._replace(name=hit.name._replace(worth=hit.name.worth * OF_ANOTHER))


def _nearly(text: str, hits: Sequence[Hit], names: Names) -> Iterator[Hit]:
    """Roads whose name differs by a quarter of the compass; where none was heard, by the word for road."""
    for match in _ROAD.finditer(text):
        start, end, ending = match.start("end"), match.end(), match["end"]
        over = [hit for hit in hits if hit.start < end and match.start() < hit.end]
        whole = next((hit for hit in over if hit.end == end and hit.name.place.kind is Kind.ROAD), None)
        if over and whole is None:
            continue
        if match["compass"] and (whole is None or whole.name.text in names.related):
            others = tuple(one + ending for one in COMPASS if one != match["compass"])
            yield from _stems(text, match.start(), end, (ending, *others), names, whole)
        if whole is not None and text[whole.start - 1 : whole.start] in COMPASS:
            turned = text[whole.start : start] + text[whole.start - 1] + ending
            yield from _roads(turned, whole.start, end, names)
        if whole is None:
            others = tuple(other for other in _ENDINGS if other != ending)
            yield from _stems(text, start, end, others, names, None)


def _stems(
    text: str, at: int, end: int, endings: Sequence[str], names: Names, whole: Hit | None
) -> Iterator[Hit]:
    """The longest of the words before `at` that is a road with one of the endings."""
    for length in STEM:
        start = at - length
        if start < 0 or (whole is not None and start != whole.start):
            continue
        found = [hit for ending in endings for hit in _roads(text[start:at] + ending, start, end, names)]
        if found:
            yield from found
            return


def _roads(name: str, start: int, end: int, names: Names, worth: float = NEARLY_NAMED) -> Iterator[Hit]:
    for one in names.called(name.translate(SOUND)):
        if one.text == name and one.worth == 1 and one.place.kind is Kind.ROAD:
            yield Hit(start, end, Name(name, one.place, worth), 1.0)


def _cut_short(text: str, hits: Sequence[Hit], names: Names) -> Iterator[Hit]:
    """解放人民路口: of two roads that meet the first loses its ending."""
    roads = [hit for hit in hits if hit.name.place.kind is Kind.ROAD]
    if len({(hit.start, hit.end) for hit in roads}) != 1 or not spoken.CROSSING.match(text, roads[0].end):
        return
    at = roads[0].start
    at -= 1 if text[at - 1 : at] in ("和", "与", "跟", "、") else 0
    if any(hit.end > at - STEM[-1] and hit.start < at for hit in hits):
        return
    for length in STEM:
        found = [
            hit
            for ending in _ENDINGS
            if at >= length
            for hit in _roads(text[at - length : at] + ending, at - length, at, names, CUT_SHORT)
        ]
        if found:
            yield from found
            return
