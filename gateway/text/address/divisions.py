# ruff: noqa: E501 (word lists are read more easily in one line)
"""Chinese administrative divisions by name: GB/T 2260 provinces, prefectures and counties, their townships,
and the villages and communities that bear a name borne elsewhere too.

`divisions.tsv.xz` is read once. Its lines: code, name, and for a county its townships (`*`: abolished, still
said and written by people); the last line holds names of villages and communities without their suffix. The
sources and licences stand in NOTICE beside it. `villages.tsv.xz`, all villages and communities by county, is
read when a text names a county or a prefecture.
"""

from __future__ import annotations

import lzma
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from gateway.text.address.model import Kind

_DATA = "divisions.tsv.xz"
_VILLAGES = "villages.tsv.xz"
_PREFECTURES_KEPT = 200
"""Prefectures whose villages are held ready (0.4 MB each); those asked for least recently are forgotten."""
_PROVINCE = (
    "特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市",
)  # fmt: skip
_PEOPLES = (
    "蒙古", "回", "藏", "维吾尔", "苗", "彝", "壮", "布依", "朝鲜", "满", "侗", "瑶", "白", "土家", "哈尼", "哈萨克", "傣", "黎",
    "傈僳", "佤", "畲", "拉祜", "水", "东乡", "纳西", "景颇", "柯尔克孜", "土", "达斡尔", "仫佬", "羌", "布朗", "撒拉", "毛南",
    "仡佬", "锡伯", "普米", "塔吉克", "怒", "鄂温克", "保安", "裕固", "独龙", "各",
)  # fmt: skip
_TOWN = ("街道", "民族乡", "苏木", "镇", "乡")
_NO_STEM = frozenset("路街巷弄道区市县镇乡村园苑城桥南北东西中")
"""A township or village whose short name ends so is not told from a road or an estate by it."""
_LONGEST_STEM = 5
_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")

Named = tuple[Kind, bool, tuple[str, ...]]
"""What a name may be, whether it is the full name, and the GB/T 2260 codes of the divisions that bear it."""

Villages = tuple[frozenset[str], frozenset[str], dict[str, frozenset[str]]]
"""The short names of the villages of a prefecture: their first two characters, all of them, and by county."""


@dataclass(frozen=True, slots=True)
class Divisions:
    """`names`: provinces, prefectures and counties by full and short name. `towns`: full names of townships,
    and `town_stems`: without their suffix, with the codes of their counties; `unsure_stems`: those that end like
    a road or an estate, names only beside their county. `villages`: without their suffix.
    `titles`: code to full name. `beginnings` and the like: their first two characters.
    """

    names: dict[str, tuple[Named, ...]]
    towns: dict[str, tuple[str, ...]]
    town_stems: dict[str, tuple[str, ...]]
    unsure_stems: dict[str, tuple[str, ...]]
    villages: frozenset[str]
    longest: int
    longest_stem: int
    beginnings: frozenset[str]
    town_beginnings: frozenset[str]
    village_beginnings: frozenset[str]
    titles: dict[str, str]


def short(
    name: str, suffixes: tuple[str, ...] = ("自治州", "地区", "自治县", "市", "区", "县", "盟", "旗")
) -> str:
    """A division's name as people shorten it (杭州市: 杭州, 景宁畲族自治县: 景宁); the name itself when what
    is left is one character."""
    for suffix in suffixes:
        if name.endswith(suffix):
            left = name[: -len(suffix)]
            if suffix.startswith("自治"):
                left = _without_peoples(left)
            return left if len(left) > 1 else name
    return name


def _without_peoples(name: str) -> str:
    while name.endswith("族"):
        people = next((p for p in sorted(_PEOPLES, key=len, reverse=True) if name[:-1].endswith(p)), None)
        if people is None or len(name) - len(people) - 1 < 2:
            break
        name = name[: -len(people) - 1]
    return name


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """The table, read at the first use (about 0.2 s)."""
    made = _Table()
    for line in lzma.decompress((files(__package__) / _DATA).read_bytes()).decode().splitlines():
        code, name, *more = line.split("\t")
        if code == "V":
            made.villages = frozenset(name.split(" "))
        else:
            made.add_division(code, name)
            for town in more[0].split(" ") if more and more[0] not in ("", "*") else ():
                made.add_town(town, code)
    return made.done()


@lru_cache(maxsize=1)
def _village_lines() -> dict[str, list[tuple[str, str]]]:
    """By prefecture: its counties with their line of villages (0.1 s and 4 MB, once)."""
    text = lzma.decompress((files(__package__) / _VILLAGES).read_bytes()).decode()
    made: dict[str, list[tuple[str, str]]] = {}
    for line in text.splitlines():
        made.setdefault(line[:4], []).append((line[:6], line[7:]))
    return made


@lru_cache(maxsize=_PREFECTURES_KEPT)
def villages_of(prefecture: str) -> Villages:
    """Of a prefecture by the first four figures of its code; empty for an unknown one."""
    counties = {county: frozenset(line.split(" ")) for county, line in _village_lines().get(prefecture, ())}
    everywhere = frozenset().union(*counties.values())
    return frozenset(name[:2] for name in everywhere), everywhere, counties


class _Table:
    """The table while it is being read."""

    def __init__(self) -> None:
        self.names: dict[str, dict[tuple[Kind, bool], list[str]]] = {}
        self.towns: dict[str, list[str]] = {}
        self.stems: dict[str, list[str]] = {}
        self.unsure: dict[str, list[str]] = {}
        self.villages: frozenset[str] = frozenset()
        self.titles: dict[str, str] = {}

    def add_division(self, code: str, name: str) -> None:
        """A division under its full name, its short one, and with suffixes it had or people give it."""
        self.titles[code] = name
        if code.endswith("0000"):
            stem = short(name, _PROVINCE)
            kind = Kind.CITY if stem in _MUNICIPALITIES else Kind.PROV
            full = {name} if kind is Kind.CITY else {name, stem + "省"}
        elif code.endswith("00"):
            kind, stem = Kind.CITY, short(name)
            full = {name, stem + "市"}
        else:
            kind, stem = Kind.DISTRICT, short(name)
            full = {name, *(stem + suffix for suffix in "区县市")} if len(stem) > 1 else {name}
        for one in full | {stem}:
            kinds = self.names.setdefault(one, {})
            kinds.setdefault((kind, one in full), []).append(code)

    def add_town(self, name: str, county: str) -> None:
        """A township; farms and zones that are counted as one are no names people use so."""
        stem = next((name[: -len(end)] for end in _TOWN if name.endswith(end)), name)
        if stem == name and name.endswith(("区", "场", "基地", "管理处", "中心", "公司")):
            return
        self.towns.setdefault(name, []).append(county)
        if len(stem) > 1:
            stems = self.stems if stem[-1] not in _NO_STEM else self.unsure
            stems.setdefault(stem, []).append(county)

    def done(self) -> Divisions:
        for kinds in self.names.values():
            if (
                Kind.CITY,
                True,
            ) in kinds:  # 绍兴市 is the city, not the county of that name with a new suffix
                kinds.pop((Kind.DISTRICT, True), None)
        return Divisions(
            names={
                name: tuple((kind, full, tuple(codes)) for (kind, full), codes in kinds.items())
                for name, kinds in self.names.items()
            },
            towns={name: tuple(codes) for name, codes in self.towns.items()},
            town_stems={name: tuple(codes) for name, codes in self.stems.items()},
            unsure_stems={name: tuple(codes) for name, codes in self.unsure.items()},
            villages=frozenset(name for name in self.villages if name[-1] not in _NO_STEM),
            longest=max(map(len, self.names)),
            longest_stem=_LONGEST_STEM,
            beginnings=frozenset(name[:2] for name in self.names),
            town_beginnings=frozenset(name[:2] for name in (*self.stems, *self.unsure)),
            village_beginnings=frozenset(name[:2] for name in self.villages),
            titles=self.titles,
        )
