# ruff: noqa: E501 (an expression is read more easily in one line)
"""Readings that a list knows: divisions, townships, villages, small words; and numbers by their form."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.text.address.chunks import Chunks
from gateway.text.address.divisions import Villages, divisions, villages_of
from gateway.text.address.model import Kind
from gateway.text.address.numbers import BEGINNINGS, numbered
from gateway.text.address.speech import CUES, FILLERS
from gateway.text.address.words import (
    AREA,
    ASSIST,
    BRANDS,
    FIRM_ASSIST,
    GENERIC,
    JOINING,
    JUNK,
    LANDMARKS,
    PERSONS,
    ROADISH,
    ROADS,
    WEAK_ASSIST,
    WEAK_BEGINNING,
    WEAK_JUNK,
    begins_with,
    by_first,
)
from gateway.text.doors import find_posts

_FILLER = 0.25
_UNSURE_JOINING = frozenset("和跟同")
_JOINED = 9
"""和 joins two roads when another one ends within so many characters."""
_SURE_CUES = frozenset("在从住离")
"""Other words of one character (到, 来) are cues only where no name goes on before them."""
_SAID = 0.7
"""A small word like 对面 is that much likelier in speech, where it costs two characters to leave it out."""
_SHORT_TOWN, _TOWN_AGAIN = 0.6, 1.2
_TOWN_FITS = (0.5, 1.0, 1.4, 2.0, 3.0)
"""A township by its short name: its county is named beside it, its prefecture, nothing, its province, another."""
_KNOWN = 3.0
"""What it costs at most to read over a listed name."""
MAX_HEADING = 4
"""Characters of a place that a carriageway leads to."""
_POST_TOLD = re.compile(
    r"桩号(?:[\s，,是为在]|大概|应该|好像|那个)*(?P<post>k?[零〇一二两三四五六七八九十百千幺\d]{1,7}(?:[+加][零〇一二两三四五六七八九十百千幺\d]{1,5}米?)?)"
)
MAX_PREFECTURES = 3
"""A text that names more prefectures is asked for no villages."""
_GENERIC_AFTER, _AREA_AFTER = 2.0, 4.0
"""More when a word for a kind of place follows: 柳湾工业园 is one name, and so is 柳湾二区."""
_ROAD_AFTER = 3.0
_FEW_COUNTIES = 2
_VILLAGE, _VILLAGE_IN_PREFECTURE, _VILLAGE_IN_COUNTY = (2.4, 1.6), (2.2, 1.4), (1.4, 0.8)
"""A village without its suffix, of two characters and of more: borne by several, in a prefecture or in a county
that is named."""
_LANDMARK = 0.6
_WORDS = by_first(ASSIST | BRANDS | JUNK | LANDMARKS | PERSONS)
_SPOKEN_WORDS = by_first(CUES | FILLERS)


def list_divisions(chunks: Chunks) -> None:
    """Provinces to villages; those that lie in one another are the likelier."""
    text, table = chunks.text, divisions()
    found = []
    context: set[str] = set()
    for at in range(len(text) - 1):
        if text[at : at + 2] not in table.beginnings:
            continue
        for end in range(at + 2, min(at + table.longest, len(text)) + 1):
            for kind, full, codes in table.names.get(text[at:end], ()):
                found.append((at, end, kind, full, codes))
                if full or kind is not Kind.DISTRICT:
                    context.update(_context(codes))
    for at, end, kind, full, codes in found:
        cost = 0.2 if full else fit(codes, kind, context)
        chunks.names[at].append((end, kind, cost, 0.0, 0.0))
        chunks.known[at] = max(chunks.known[at], (_KNOWN - cost, end))
        if kind is Kind.CITY:
            chunks.cities.add(text[at:end])
        if full and kind is not Kind.DISTRICT:
            chunks.larger.add(text[at:end])
    at = text.find("中国")
    while at >= 0:
        chunks.names[at].append((at + 2, Kind.COUNTRY, 0.2, 0.0, 0.0))
        at = text.find("中国", at + 2)
    _stems(chunks, context)


def _stems(chunks: Chunks, context: set[str]) -> None:
    """Townships and villages, with their suffix (their body alone is in the table) and without."""
    text, table = chunks.text, divisions()
    context = context | _towns_around(text)
    prefectures = [code for code in context if len(code) == 4]
    near = [villages_of(code) for code in prefectures] if len(prefectures) <= MAX_PREFECTURES else []
    longest = table.longest_stem
    for at in range(len(text) - 1):
        pair = text[at : at + 2]
        ends = range(at + 2, min(at + longest, len(text)) + 1)
        if pair in table.town_beginnings:
            for end in ends:
                stem = text[at:end]
                if stem in table.town_stems or stem in table.unsure_stems:
                    _town(chunks, at, stem, context)
        local = [villages for villages in near if pair in villages[0]]
        if not local and pair not in table.village_beginnings:
            continue
        for end in ends:
            stem = text[at:end]
            cost = _village_cost(stem, local, context)
            if cost is None and stem in table.villages:
                cost = _VILLAGE[end - at > 2]
            if cost is not None:
                _village(chunks, at, stem, cost)


def _towns_around(text: str) -> set[str]:
    """What townships that few counties have, named in full, tell of where the rest lies."""
    table, made = divisions(), set()
    for suffix in ("街道", "镇", "乡"):
        end = text.find(suffix, 2)
        while end >= 0:
            for start in range(max(0, end - 4), end - 1):
                counties = table.towns.get(text[start : end + len(suffix)], ())
                if 0 < len(counties) <= _FEW_COUNTIES:
                    made |= _context(counties)
                    break
            end = text.find(suffix, end + 1)
    return made


def _town(chunks: Chunks, at: int, stem: str, context: set[str]) -> None:
    text, table = chunks.text, divisions()
    counties = table.town_stems.get(stem)
    if counties is None:
        counties = table.unsure_stems.get(stem, ())
        if context.isdisjoint(counties):
            return
    end = at + len(stem)
    own = fit(counties, Kind.TOWN, context)
    cost = own + (_SHORT_TOWN if len(stem) == 2 else 0.0)
    cost += _TOWN_AGAIN if text.find(stem, 0, at) >= 0 else 0.0
    cost += _ROAD_AFTER if begins_with(ROADISH, text, end) else 0.0
    chunks.names[at].append((end, Kind.TOWN, cost, 0.0, 0.0))
    chunks.known[at] = max(chunks.known[at], (_KNOWN - cost, end))
    for suffix in _TOWN_SUFFIXES:
        if text.startswith(suffix, end):
            chunks.names[at].append((end + len(suffix), Kind.TOWN, 0.1 + 0.2 * own, 0.0, 0.0))


def _village_cost(stem: str, near: list[Villages], context: set[str]) -> float | None:
    """What a village costs that lies in a county, or at least a prefecture, named beside it."""
    best = None
    for _, everywhere, counties in near:
        if stem in everywhere:
            for county in context:
                if stem in counties.get(county, ()):
                    return _VILLAGE_IN_COUNTY[len(stem) > 2]
            best = _VILLAGE_IN_PREFECTURE[len(stem) > 2]
    return best


def _village(chunks: Chunks, at: int, stem: str, cost: float) -> None:
    end = at + len(stem)
    cost += WEAK_BEGINNING.get(stem[0], 0.0)
    bare = cost
    if AREA.match(chunks.text, end):
        bare += _AREA_AFTER
    elif begins_with(GENERIC, chunks.text, end):
        bare += _GENERIC_AFTER
    bare += _ROAD_AFTER if begins_with(ROADISH, chunks.text, end) else 0.0
    chunks.names[at].append((end, Kind.COMMUNITY, bare, 0.0, 0.0))
    chunks.village[at] = max(chunks.village[at], (_KNOWN - cost, end))
    for suffix in ("村", "社区"):
        if chunks.text.startswith(suffix, end):
            whole = end + len(suffix)
            chunks.names[at].append((whole, Kind.COMMUNITY, 0.5, *chunks.read_over(at, end)))


_TOWN_SUFFIXES = ("街道", "镇", "乡", "街道办事处", "街道办", "民族乡", "苏木")


def fit(codes: Iterable[str], kind: Kind, context: set[str]) -> float:
    """How dear a short name is by the divisions named beside it (`context`: prefixes of their codes)."""
    if kind is Kind.TOWN:
        county, prefecture, unsaid, province, elsewhere = _TOWN_FITS
        if any(code in context for code in codes):
            return county
        if any(code[:4] in context for code in codes):
            return prefecture
        return (
            unsaid if not context else province if any(code[:2] in context for code in codes) else elsewhere
        )
    if kind is Kind.DISTRICT:
        if any(code[:4] in context or code[:2] + "*" in context for code in codes):
            return 0.7
        if any(len(code) == 6 for code in context):
            return 4.0  # a county is named in full; another one by its short name is no county
        return 1.6 if not context or any(code[:2] in context for code in codes) else 3.0
    return 0.8 if kind is Kind.PROV else 1.0


def _context(codes: tuple[str, ...]) -> set[str]:
    """The prefixes of codes that say where the rest of an address lies. `33*`: the province alone is told."""
    made: set[str] = set()
    if len({code[:4] for code in codes}) > 2:
        return made
    for code in codes:
        made.add(code[:2])
        if code.endswith("0000"):
            made.add(code[:2] + "*")
        else:
            made.add(code[:4])
            if not code.endswith("00"):
                made.add(code)
    return made


def list_words(chunks: Chunks) -> None:
    """Small words, numbers, separators, and where they let a name end."""
    text, edges = chunks.text, chunks.edges
    edges[len(text)] = 1
    chunks.fresh[0] = chunks.spoken
    for at, char in enumerate(text):
        pair = text[at - 1 : at + 1] if at else ""
        chunks.inside[at] = pair in ("门口", "街道") or (pair in FIRM_ASSIST and char != "口")
        if chunks.spoken:
            _said(chunks, at)
        if chunks.separators[at]:
            edges[at] = edges[at + 1] = 1
            chunks.fresh[at + 1] = chunks.spoken
            continue
        if char in BEGINNINGS and (found := numbered(text, at)):
            chunks.numbers[at] = found
            if not (at and text[at - 1].isdigit() and char.isdigit()):
                edges[at] = 1
        for word in _WORDS.get(char, ()):
            if text.startswith(word, at):
                _word(chunks, at, at + len(word), word)


def list_posts(chunks: Chunks) -> None:
    """Kilometre posts, as `gateway.text` reads them: nothing else begins where one does, no room is K88."""
    text = chunks.text
    if "桩号" in text:
        for told in _POST_TOLD.finditer(text):
            chunks.numbers[told.start("post")] = [(told.end("post"), "post")]
    if "k" in text or "公里" in text or "千米" in text:
        for fact in find_posts(text):
            chunks.numbers[fact.start] = [(fact.end, "post")]


def list_headings(chunks: Chunks) -> None:
    """Of two carriageways the one that goes there: 北京方向, 出城方向."""
    text = chunks.text
    end = text.find("方向")
    while end >= 0:
        for start in range(max(0, end - MAX_HEADING), end - 1):
            if not any(chunks.separators[start:end]):
                chunks.numbers[start].append((end + 2, "heading"))
        end = text.find("方向", end + 2)


def _said(chunks: Chunks, at: int) -> None:
    """Small words of speech; a name may begin after a cue."""
    for word in _SPOKEN_WORDS.get(chunks.text[at], ()):
        if not chunks.text.startswith(word, at):
            continue
        end = at + len(word)
        chunks.fresh[end] = 1
        if word in FILLERS:
            chunks.words[at].append((end, _FILLER))
        if word in CUES and (len(word) > 1 or word in _SURE_CUES or at == 0 or chunks.fresh[at]):
            chunks.cues[at].append(end)
            chunks.edges[end] = 1


def _word(chunks: Chunks, at: int, end: int, word: str) -> None:
    if word in ASSIST and (
        word not in _UNSURE_JOINING or not ROADS.isdisjoint(chunks.text[end : end + _JOINED])
    ):
        pause = at > 1 and chunks.spoken and chunks.text[at - 1] in "，, 、"
        after_road = at > 0 and chunks.text[at - 2 if pause else at - 1] in ROADS
        cost = WEAK_ASSIST.get(word, 0.0)
        if after_road:
            cost = min(cost, 0.3)
        if chunks.spoken and (end - at > 1 or ((word in JOINING or word == "口") and after_road)):
            cost -= _SAID
        chunks.names[at].append((end, Kind.ASSIST, cost, 0.0, 0.0))
        if end - at > 1 or word in "旁内与" or (word == "口" and after_road):
            chunks.edges[at] = 1
    if word in PERSONS:
        chunks.names[at].append((end, Kind.PERSON, 0.0, 0.0, 0.0))
        chunks.edges[at] = 1
    if word in BRANDS:
        chunks.names[at].append((end, Kind.POI, 0.4, 0.0, 0.0))
    if word in LANDMARKS and chunks.spoken:
        chunks.names[at].append((end, Kind.POI, _LANDMARK, 0.0, 0.0))
    if word in JUNK and not chunks.spoken:
        chunks.words[at].append((end, WEAK_JUNK.get(word, 0.2)))
        chunks.edges[at] = 1
