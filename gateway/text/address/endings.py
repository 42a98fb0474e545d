"""Names by how they end: a road, a village, an estate; and places whose name ends in no known suffix."""

from __future__ import annotations

from gateway.text.address.chunks import Chunks
from gateway.text.address.model import Kind
from gateway.text.address.speech import WEAK_FUNCTION
from gateway.text.address.words import (
    BEFORE_PLACES,
    BRANCHES,
    FIRM_ASSIST,
    JOINING,
    LAST_CHARACTERS,
    LONGEST_SUFFIX,
    NO_BEGINNING,
    NO_BODIES,
    NO_DISTRICTS,
    NO_ENDS,
    NOT_BARE,
    ROADS,
    STATIONS,
    STRONG,
    SUFFIXES,
    UNFINISHED,
    WEAK_BEGINNING,
)

MAX_NAME = 16
"""Characters of one name with its suffix; a longer one is cut."""
_BODY = (9.0, 2.2, 0.6, 1.0, 2.4, 3.6, 4.8, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0)
"""What a body of so many characters before its suffix costs: 文三 + 路 is usual, eight characters are not."""
_BODY_OF_WAY = 0.9
"""Of one character before 中路 and the like, which may be the body's second: 兴中路."""
_CITY_OF_ZONE = 2.0
_SAID_TWICE = 3.0
"""A name that says its beginning twice (大石大石路) is two."""
_BODY_POI = (5.0, 1.6, 0.5, 0.7, 0.9, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0)
_KNOWN_SAID = 0.5
"""How much of the cost of beginning with a listed name counts in speech, where divisions are seldom said."""
_LONG_SAID = 0.7
"""Less for a long one in speech: the words around it are set apart by small words."""
_DIGIT, _DIGIT_POI, _DIGIT_OPEN = 2.0, 0.8, 1.2
_TOO_DEAR = 11.0
"""A reading that costs more leads nowhere."""
_OPEN, _OPEN_EACH = 3.0, 0.45
"""A place whose name ends in no known suffix: to begin it, and each of its characters."""
_OPEN_SAID = 3.0
"""More in speech, where most words are no place."""
_TOLD_ON, _TOLD_ON_EACH = 4.5, 0.15
"""Less when a building or a small word like 对面 follows it."""
_OF_PLACES = frozenset(("building", "cell", "yard", "floor"))
_FIRM = frozenset(("building", "cell", "floor", "room", "hao3"))
_COUNTED = _FIRM | {"hao", "haos"}
_AFTER_NUMBER = 1.5
"""To begin a name with a number that has its unit (一号国贸)."""
_OVER_NUMBER = 4.0
"""To read a number with its unit as part of a name."""
_OVER_FUNCTION = 0.8
_OVER_WHOLE = 0.3
"""How much of that counts for a branch, which is named after the whole."""
_UNFINISHED = 1.5
"""An end like 国际 with more of a name after it."""
_ALONE = 0.8
"""Less for a name that is all that is said between two pauses."""
_WITHIN_END = 1.5
"""To begin in the middle of an end like 大学."""
_DISTRICT_SAID = -1.4
"""A county whose name no list has, where a place begins in speech (the city may be any)."""
_VAGUE_SAID = 0.8
"""More for a vague ending (门, 头, 家) in speech."""
_AFTER_ROAD, _TWICE = 3.0, 2.0
_WAYS = frozenset("东西南北中")
_SIDES = frozenset("内外东西南北中前后上下")
_GOES_ON = frozenset("卡长")
"""银行卡, 站长: no place."""
_DIVIDING = frozenset("镇乡村区县市道路街巷")
_STRONG_LAST = frozenset(word[-1] for word in STRONG)
_WRONG_END = frozenset("内旁口")


def list_endings(chunks: Chunks) -> None:
    """All names by their suffix, then places without one."""
    over = _ends_inside(chunks)
    begin = [_beginning(chunks, at) for at in range(len(chunks.text))]
    text = chunks.text
    for last, char in enumerate(text):
        if char not in LAST_CHARACTERS:
            continue
        end = last + 1
        pair = text[end - 2 : end]
        if pair in FIRM_ASSIST or chunks.inside[end] or (chunks.spoken and pair in NO_ENDS):
            continue
        for size in range(min(LONGEST_SUFFIX, end), 0, -1):
            kinds = SUFFIXES.get(text[end - size : end])
            if kinds:
                _bare(chunks, end, size, kinds)
                _bodies(chunks, over, begin, end, size, kinds)
                break
    _open(chunks, over, begin)


def _ends_inside(chunks: Chunks) -> list[float]:
    """By position: what it costs to read over the ends of names and the numbers up to here."""
    text = chunks.text
    sums = [0.0] * (len(text) + 1)
    total = 0.0
    for at, char in enumerate(text):
        end = at + 1
        pair = text[at - 1 : end] if at else char
        if char in _STRONG_LAST:
            total += max(STRONG.get(text[max(0, end - size) : end], 0.0) for size in (1, 2, 3))
        if chunks.spoken and char in WEAK_FUNCTION:
            total += _OVER_FUNCTION
        if char == "旁" or pair in FIRM_ASSIST:
            total += _OVER_NUMBER
        if (
            chunks.numbers[at]
            and not pair.isdecimal()
            and any(form in _FIRM for _, form in chunks.numbers[at])
        ):
            total += _OVER_NUMBER
        sums[end] = total
    return sums


def _bare(chunks: Chunks, end: int, size: int, kinds: tuple[tuple[Kind, float], ...]) -> None:
    """A suffix that is a name by itself: 派出所, 步行街, 开发区."""
    at = end - size
    if end < len(chunks.text) and chunks.text[end] in _GOES_ON:
        return
    if size == 1 or chunks.text[at:end] in NOT_BARE or chunks.joined[at]:
        return
    for kind, base in kinds:
        if kind is Kind.POI:
            cost = (
                base
                + (1.6 if size == 2 else 1.0)
                - (1.0 if chunks.fresh[at] else 0.6 if chunks.spoken else 0.0)
            )
        elif size > 2 and kind in (Kind.ROAD, Kind.DEV_ZONE):
            cost = base + (1.2 if kind is Kind.ROAD else 0.5)
        else:
            continue
        chunks.names[at].append((end, kind, cost, 0.0, 0.0))


def _bodies(
    chunks: Chunks,
    over: list[float],
    begin: list[float],
    end: int,
    size: int,
    kinds: tuple[tuple[Kind, float], ...],
) -> None:
    text, spoken, figures = chunks.text, chunks.spoken, chunks.figures
    body_end = end - size
    branch = text[body_end:end] in BRANCHES
    motorway = text[end - 1] in "速道路"
    way = size == 2 and text[body_end] in _WAYS
    if text[end - 2 : end] == "号线":  # of the metro
        kinds = tuple(one for one in kinds if one[0] is not Kind.ROAD)
    station = text[body_end:end] in STATIONS
    goes_on = text[end : end + 1] >= "\u4e00"
    unfinished = _UNFINISHED if goes_on and text[body_end:end] in UNFINISHED else 0.0
    twice = _TWICE if body_end and text[body_end - 1] == text[body_end] else 0.0
    """解放桥桥下: the second is no suffix."""
    for at in range(body_end - 1, max(-1, end - MAX_NAME - 1), -1):
        char = text[at]
        if chunks.breaks[at] < body_end:
            break
        if char in NO_BEGINNING or chunks.joined[at]:
            continue
        if spoken and size < 3 and text[at:body_end] in NO_BODIES:
            continue
        length = body_end - at
        own = begin[at] + twice
        if body_end - at > 1:
            own += (over[body_end] - over[at + 1]) * (_OVER_WHOLE if branch else 1.0)
        if station and text[body_end - 1] in _DIVIDING:
            own -= over[body_end] - over[body_end - 1]  # 光华路地铁站 is named after a road
        digits = figures[body_end] - figures[at]
        if digits and motorway and char in "gs":
            digits = 0  # G2京沪高速
        if spoken and chunks.fresh[at] and length < 5 and chunks.breaks[body_end] <= end:
            own -= _ALONE
        if length > 3 and text[at : at + 2] == text[at + 2 : at + 4]:
            own += _SAID_TWICE
        known, village = chunks.read_over(at, body_end)
        if spoken:
            known *= _KNOWN_SAID
        if text[body_end - 1] in _SIDES and chunks.known[at][1] == body_end - 1:
            known = 0.0  # 东直门内大街 begins with a township, as a whole
        for kind, base in kinds:
            if kind is Kind.POI:
                cost = base + own + _BODY_POI[length] + _DIGIT_POI * digits + unfinished
                cost += _VAGUE_SAID if spoken and base >= 1.0 else 0.0
            elif kind is Kind.DISTRICT and text[at:end] in chunks.larger:
                continue  # 温州市 is no county
            else:
                short = way and length == 1 and kind is Kind.ROAD
                cost = base + own + (_BODY_OF_WAY if short else _BODY[length]) + _DIGIT * digits
                if kind is Kind.DEV_ZONE and chunks.known[at][1] == body_end:
                    cost += _zone_of(chunks, over, at, body_end)
                cost -= _LONG_SAID if spoken and length > 3 else 0.0
                if kind is Kind.DISTRICT and spoken and chunks.fresh[at] and length in (2, 3):
                    cost += 0.0 if text[body_end - 1] in NO_DISTRICTS else _DISTRICT_SAID
                if kind is Kind.ROAD and length == 2 and text[body_end - 1] not in _DIVIDING:
                    cost -= over[body_end] - over[body_end - 1]  # 学院路, 车站路 are named after a place
            if cost < _TOO_DEAR:
                chunks.names[at].append((end, kind, cost, known, village))


def _zone_of(chunks: Chunks, over: list[float], at: int, end: int) -> float:
    """What a zone costs more that begins with a division: 温州 is the city of 温州经济开发区, a county is
    part of the name (永康市经济开发区)."""
    return _CITY_OF_ZONE if chunks.text[at:end] in chunks.cities else over[at + 1] - over[end]


def _beginning(chunks: Chunks, at: int) -> float:
    """What it costs that a name begins with this character."""
    char = chunks.text[at]
    cost = 0.0 if chunks.fresh[at] else WEAK_BEGINNING.get(char, 0.0)
    if chunks.spoken and char in WEAK_FUNCTION:
        cost += 1.0
    if at and chunks.text[at - 1 : at + 1] in STRONG:
        cost += _WITHIN_END
    if chunks.text[at : at + 2] in BEFORE_PLACES or (chunks.spoken and char == "个"):
        cost += _AFTER_ROAD
    if char in JOINING and at and chunks.text[at - 1] in ROADS:
        cost += _AFTER_ROAD
    if any(form in _COUNTED for _, form in chunks.numbers[at]):
        cost += _AFTER_NUMBER
    return cost


def _open(chunks: Chunks, over: list[float], begin: list[float]) -> None:
    """Places without a suffix: from any character to where something else begins."""
    text, size, figures = chunks.text, len(chunks.text), chunks.figures
    ends = [at for at in range(2, size + 1) if chunks.edges[at] and not chunks.inside[at]]
    more = [_ending(chunks, end) for end in ends]
    first = 0
    for at in range(size - 1):
        while first < len(ends) and ends[first] < at + 2:
            first += 1
        if chunks.separators[at] or text[at] in NO_BEGINNING or chunks.joined[at]:
            continue
        own = _OPEN + begin[at] - over[at + 1] + (_OPEN_SAID if chunks.spoken else 0.0)
        last = min(chunks.breaks[at], at + MAX_NAME)
        for number in range(first, len(ends)):
            end = ends[number]
            if end > last:
                break
            flat, each = more[number]
            cost = own + flat + each * (end - at) + over[end] + _DIGIT_OPEN * (figures[end] - figures[at])
            if cost < _TOO_DEAR:
                chunks.names[at].append((end, Kind.POI, cost, *chunks.read_over(at, end)))


def _ending(chunks: Chunks, end: int) -> tuple[float, float]:
    """What a place without a suffix costs more for ending here, and for each of its characters."""
    flat = 1.5 if chunks.text[end - 1] in _WRONG_END else 0.0
    if not chunks.spoken or end >= len(chunks.text):
        return flat, _OPEN_EACH
    told = chunks.text[end : end + 2] in FIRM_ASSIST or any(
        form in _OF_PLACES for _, form in chunks.numbers[end]
    )
    return (flat - _TOLD_ON, _OPEN_EACH - _TOLD_ON_EACH) if told else (flat, _OPEN_EACH)
