"""What a piece is by the company it keeps: a second road crosses the first, a place in a place is a part of
it, a division said twice is redundant.
"""

from __future__ import annotations

import re

from gateway.text.address.grammar import COUNTED
from gateway.text.address.model import Kind, Piece
from gateway.text.address.words import BEFORE_PLACES

_DIVISIONS = (Kind.COUNTRY, Kind.PROV, Kind.CITY, Kind.DISTRICT)
_BUILDING = re.compile(r"[a-z]?\d{1,3}(?:号楼|幢|栋|座)|[一二三四五六七八九十]{1,3}(?:号楼|幢|栋|座)")
_PART = re.compile(rf"{_BUILDING.pattern}|[a-z\d一二三四五六七八九十东西南北]{{1,2}}[区期]|\d{{1,3}}[-—]")
_ROADS = frozenset((Kind.ROAD, Kind.SUB_ROAD))
_JOINT = re.compile(
    r"(?:[\s，,、…]|那个|这个|嗯|呃|的)*(?P<word>和|跟|与|同|靠近)(?:[\s，,、…]|那个|这个|嗯|呃|啊|那条|就是)*"
)
_COMMITTEES = ("社区", "委会", "委员会", "嘎查")
_NUMBER = re.compile(r"[a-z]?\d{3,4}|[a-z]\d{2}")
_TOWERS = frozenset("厦场心楼港")
"""A place that is one building: a number of three figures in it is a room."""
_ESTATES = tuple("苑园区城府厦寓场庭居阁心楼墅司厂店村")
_PERSONAL = ("专柜", "快递", "柜", "办公室", "部", "工作室", "店面", "仓库", "门卫")
_SPEAKS_OF = 8
"""Characters after a place in which a small word still speaks of it."""
_PLACES = frozenset((Kind.ROAD, Kind.SUB_ROAD, Kind.POI, Kind.SUB_POI, Kind.COMMUNITY))
_TOLD = 3
"""Characters of a name that tell it is the same place."""
_FAR = 16
"""Characters of speech after which another place may be meant."""
_NAMES = frozenset((Kind.TOWN, Kind.DEV_ZONE, Kind.COMMUNITY, Kind.ROAD, Kind.POI))
"""Said twice in the same words, they are said once."""
_TRANSPARENT = (Kind.REDUNDANT,)


def settled(text: str, pieces: list[Piece], *, spoken: bool = False) -> list[Piece]:
    """The pieces with their final kinds; in speech what is no address is left out."""
    named = {(start, end) for start, end, kind in pieces if kind is not Kind.REDUNDANT}
    pieces = whole_marks(text, _without_repeats(text, pieces))
    if spoken:
        pieces = _near(text, _joined_roads(text, pieces))
    made: list[Piece] = []
    seen: set[Kind] = set()
    last = Kind.OTHER
    said: set[str] = set()
    for start, end, kind in pieces:
        if spoken and kind is Kind.REDUNDANT and (start, end) not in named:
            continue
        word = text[start:end]
        if spoken and made and start - made[-1][1] > _FAR:
            seen, last = set(), Kind.OTHER
        if word in said and (kind in _NAMES or (spoken and kind in COUNTED)):
            made.append((start, end, Kind.REDUNDANT))
            continue
        if kind in (Kind.POI, Kind.SUB_POI) and not spoken and _told(word, said):
            made.append((start, end, Kind.REDUNDANT))
            continue
        said.add(word)
        if kind is Kind.COMMUNITY and _is_estate(text, word, end):
            kind = Kind.POI
        if spoken and kind is Kind.PERSON:
            kind = Kind.POI  # a desk, a guard's room: callers tell places
        kind = _role(kind, last, seen, made, text, word, end, spoken=spoken)
        made.append((start, end, kind))
        if kind not in _TRANSPARENT:
            seen.add(kind)
            last = kind
    return made


def _told(word: str, said: set[str]) -> bool:
    """Whether a place was named already, with more words or less: 东新工业园, 青石东新工业园."""
    return len(word) >= _TOLD and any(
        one.endswith(word) or (word.endswith(one) and len(one) >= _TOLD) for one in said
    )


def _is_estate(text: str, word: str, end: int) -> bool:
    """A village of numbered blocks is named as an estate; a village's bare name is one too when parts of an
    estate follow."""
    if word.endswith("村"):
        return _BUILDING.match(text, end) is not None
    return not word.endswith(_COMMITTEES) and _PART.match(text, end) is not None


def _role(
    kind: Kind,
    last: Kind,
    seen: set[Kind],
    made: list[Piece],
    text: str,
    word: str,
    end: int,
    *,
    spoken: bool,
) -> Kind:
    if kind is Kind.ROAD and (last in (Kind.ROAD, Kind.SUB_ROAD) or (last is Kind.ASSIST and _joined(made))):
        return Kind.SUB_ROAD
    if kind is Kind.SUB_ROAD and last not in (Kind.ROAD, Kind.SUB_ROAD, Kind.POI, Kind.ASSIST):
        return Kind.ROAD
    if kind is Kind.SUB_ROAD and last is Kind.POI and Kind.ROAD not in seen and word[-1] in "路街道":
        return Kind.ROAD  # 三号路 in an industrial estate
    if kind is Kind.ROAD_NO and last is Kind.SUB_ROAD:
        return Kind.SUB_ROAD_NO
    if kind is Kind.HOUSE_NO and last is Kind.POI:
        if word.endswith("号") and _hamlet(made, text):
            return Kind.ROAD_NO
        if (
            _NUMBER.fullmatch(word)
            and text[made[-1][1] - 1] in _TOWERS
            and text[end : end + 1] not in ("-", "—")
        ):
            return Kind.ROOM_NO
    if kind is Kind.POI:
        if word.endswith(_PERSONAL) and not spoken and (Kind.POI in seen or Kind.HOUSE_NO in seen):
            return Kind.PERSON
        told_on = last in (Kind.FLOOR_NO, Kind.ROOM_NO) or (last is Kind.CELL_NO and Kind.POI in seen)
        if told_on and not spoken:
            return Kind.PERSON
        if last in (Kind.SUB_POI, Kind.PERSON) and not spoken:
            return Kind.PERSON
        if Kind.POI in seen:
            return Kind.SUB_POI
    if kind is Kind.SUB_POI and last is Kind.SUB_POI and not spoken:
        return Kind.PERSON
    if kind is Kind.SUB_POI and Kind.POI not in seen and last is not Kind.ROAD_NO:
        return Kind.POI
    return kind


def _joined_roads(text: str, pieces: list[Piece]) -> list[Piece]:
    """The word between two roads that says they meet, pauses and small words beside it (跟那个，梅园路)."""
    made: list[Piece] = []
    before: Piece | None = None  # the last that says something
    for piece in pieces:
        if before is not None and piece[2] in _ROADS and before[2] in _ROADS:
            joint = _JOINT.fullmatch(text, before[1], piece[0])
            if joint is not None:
                made = [one for one in made if one[1] <= joint.start("word")]
                made.append((joint.start("word"), joint.end("word"), Kind.ASSIST))
        made.append(piece)
        before = before if piece[2] is Kind.REDUNDANT else piece
    return made


def _near(text: str, pieces: list[Piece]) -> list[Piece]:
    """The word that says a place is close stands before it (靠近图书馆); a small word far from every place is
    none of it."""
    made: list[Piece] = []
    for start, end, kind in pieces:
        last = made[-1][1] if made else 0
        if (
            kind is Kind.ASSIST
            and text[start:end] not in BEFORE_PLACES
            and made
            and start - last > _SPEAKS_OF
        ):
            continue
        told = kind in _PLACES or (kind is Kind.ASSIST and text[start:end] not in BEFORE_PLACES)
        if told and start - 2 >= last and text[start - 2 : start] in BEFORE_PLACES:
            made.append((start - 2, start, Kind.ASSIST))
        if kind is not Kind.REDUNDANT:
            made.append((start, end, kind))
    return made


def _hamlet(made: list[Piece], text: str) -> bool:
    """Whether the place before is a hamlet of a village or the like, whose houses are numbered as along a
    road."""
    kept = [piece for piece in made if piece[2] is not Kind.REDUNDANT]
    start, end, _ = kept[-1]
    before = kept[-2][2] if len(kept) > 1 else Kind.OTHER
    natural = not text[start:end].endswith(_ESTATES)
    return before is Kind.COMMUNITY or (before in (Kind.ROAD, Kind.TOWN) and natural)


def _joined(made: list[Piece]) -> bool:
    """Whether the small word before joins two roads (与)."""
    kinds = [kind for _, _, kind in made if kind is not Kind.REDUNDANT]
    return len(kinds) >= 2 and kinds[-2] in (Kind.ROAD, Kind.SUB_ROAD)


def _without_repeats(text: str, pieces: list[Piece]) -> list[Piece]:
    """A division of a kind that stands twice: the last when the whole line begins again or another one is
    named, else the first.
    """
    made = list(pieces)
    larger = [at for at, piece in enumerate(made) if piece[2] in _DIVISIONS]
    if larger:
        made = [
            (start, end, Kind.REDUNDANT) if kind is Kind.TOWN and at < larger[-1] else (start, end, kind)
            for at, (start, end, kind) in enumerate(made)
        ]
    made = _from_province(made)
    again = _said_again(made)
    for kind in _DIVISIONS:
        places = [at for at, piece in enumerate(made) if piece[2] is kind]
        if len(places) < 2:
            continue
        words = [text[made[at][0] : made[at][1]] for at in places]
        same = len({word[:2] for word in words}) == 1
        doubled = kind is Kind.CITY and _completed(text, made, places)
        keep = places[0] if same and not again and not doubled else places[-1]
        for at in places:
            if at != keep:
                start, end, _ = made[at]
                made[at] = (start, end, Kind.REDUNDANT)
    return made


def _completed(text: str, made: list[Piece], places: list[int]) -> bool:
    """苏州苏州市吴中区: the short name, then the whole one."""
    first, second = places[:2]
    (start, end, _), (next_start, next_end, _) = made[first], made[second]
    return second == first + 1 and (first == 0 or text[start:end] + "市" == text[next_start:next_end])


def _from_province(pieces: list[Piece]) -> list[Piece]:
    """A line that has its only province after other divisions begins anew there."""
    provinces = [at for at, piece in enumerate(pieces) if piece[2] is Kind.PROV]
    smaller = (Kind.CITY, Kind.DISTRICT)
    if len(provinces) != 1 or not any(piece[2] in smaller for piece in pieces[provinces[0] + 1 :]):
        return pieces
    return [
        (start, end, Kind.REDUNDANT) if kind in smaller and at < provinces[0] else (start, end, kind)
        for at, (start, end, kind) in enumerate(pieces)
    ]


def _said_again(pieces: list[Piece]) -> bool:
    """Whether a line of divisions begins anew with its province, as whole as before."""
    provinces = [at for at, piece in enumerate(pieces) if piece[2] is Kind.PROV]
    if len(provinces) < 2:
        return False
    first = {kind for _, _, kind in pieces[provinces[0] : provinces[1]]} - {Kind.REDUNDANT}
    second: set[Kind] = set()
    for _, _, kind in pieces[provinces[1] :]:
        if kind not in (*_DIVISIONS, Kind.REDUNDANT):
            break
        second.add(kind)
    return Kind.DISTRICT in first <= set(_DIVISIONS) and first <= second


def whole_marks(text: str, pieces: list[Piece]) -> list[Piece]:
    """Separators in a row are one (--), save at the start, where each stands for a part that is missing."""
    made: list[Piece] = []
    for piece in pieces:
        start, end, kind = piece
        before = made[-1] if made else None
        if (
            before is not None
            and kind is Kind.REDUNDANT is before[2]
            and before[1] == start
            and before[0] > 0
            and text[before[0]] == text[start] == text[end - 1]
            and not text[start].isalnum()
        ):
            made[-1] = (before[0], end, kind)
        else:
            made.append(piece)
    return made
