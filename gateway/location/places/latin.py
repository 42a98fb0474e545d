# ruff: noqa: E501 (tables are read more easily in one line)
"""Chinese names in Latin letters, as foreigners say and messages write them: Renmin Road, jianguo lu, Chaoyang
Park, East Zhongshan Road, No. 3 Middle School.

What stands before a word for a kind of place is cut into syllables of pinyin and looked up by its sound, so
every name of the city is found, whether a list has its English form or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from gateway.location.places.names import SOUND, Hit, Names, apart
from gateway.text.sounds import wide

LIKENESS = 0.85
"""Of a name in letters: without tones, so 人民 and 仁民 are the same."""
MAX_WORDS = 4
"""Latin words before the word for the kind that may be the name: Zhong Shan East Road."""
MAX_WAYS = 12
"""Ways to cut letters into syllables that are tried: fangan is fan-gan and fang-an."""
MAX_LETTERS = 30

_KINDS = {
    "路 大道 街": "road|rd|lu", "街 大街 路": "street|st|jie|dajie", "大道 路 大街": "avenue|ave|boulevard|blvd|dadao",
    "巷 胡同 弄 街": "lane|alley|xiang|hutong", "高速 高速公路 公路": "expressway|motorway|highway|freeway|gaosu",
    "火车站 站": "railway station|train station|huochezhan", "汽车站 客运站": "bus station|coach station|qichezhan",
    "地铁站 站": "metro station|subway station|metro|ditiezhan", "派出所": "police station|paichusuo", "站 火车站": "station|zhan",
    "小学": "primary school|elementary school|xiaoxue", "中学": "middle school|high school|secondary school|zhongxue",
    "小学 中学 学校": "school", "幼儿园": "kindergarten|nursery|youeryuan", "大学": "university|daxue", "学院": "college|xueyuan",
    "医院 人民医院": "hospital|yiyuan", "公园": "park|gongyuan", "广场": "square|plaza|guangchang", "大桥 桥": "bridge|daqiao|qiao",
    "购物中心 商场": "shopping mall|shopping cent(?:er|re)|mall", "超市": "supermarket|chaoshi", "市场 菜市场 批发市场": "market|shichang",
    "酒店 大酒店 宾馆 国际大酒店": "hotel|jiudian|binguan", "花园": "gardens?|huayuan", "大厦": "tower|building|mansion|dasha",
    "小区 花园 苑": "residential (?:quarter|area|compound)|community|compound|estate|xiaoqu", "新村": "new village|xincun",
    "村 庄": "village|cun", "区": "district|qu", "镇": "town|zhen", "机场": "airport|jichang", "水库": "reservoir|shuiku",
    "寺": "temple", "银行": "bank", "收费站": "toll (?:gate|station)", "服务区": "service area",
}  # fmt: skip
"""Chinese words for a kind, the likeliest first, and how they are said in Latin letters."""
_WORDS = {
    "people's": "人民", "peoples": "人民", "children's": "儿童", "experimental": "实验", "central": "中", "international": "国际",
    "first": "第一", "second": "第二", "third": "第三", "fourth": "第四", "fifth": "第五", "sixth": "第六",
    "seventh": "第七", "eighth": "第八", "ninth": "第九", "tenth": "第十", "city": "市",
    "east": "东", "south": "南", "west": "西", "north": "北", "middle": "中",
}  # fmt: skip
_COMPASS = ("east", "south", "west", "north", "middle", "central")
_ENDING = re.compile(r"(?<![a-z])(?:" + "|".join(f"({said})" for said in _KINDS.values()) + r")(?![a-z])")
_ENDINGS = [tuple(kinds.split()) for kinds in _KINDS]
_STEM = re.compile(
    rf"(?:(?:no\.?|number)\s*(?P<n>[一二三四五六七八九十]{{1,3}})\s*)?(?P<words>(?:[a-z']{{1,{MAX_LETTERS}}}[ -]+){{0,{MAX_WORDS}}})$"
)
_FINAL = "iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|ei|ao|ou|an|en|in|ia|ie|iu|ua|uo|ui|un|ue|ve|er|a|o|e|i|u|v"
_SYLLABLE = re.compile(rf"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:{_FINAL})|ai|ei|ao|ou|ang|eng|an|en|er|a|o|e")


def heard_latin(text: str, names: Names) -> list[Hit]:
    """Names in Latin letters in plain text; in the order of the text."""
    hits: list[Hit] = []
    for match in _ENDING.finditer(text):
        stem = _STEM.search(text, max(0, match.start() - (MAX_LETTERS + 1) * MAX_WORDS), match.start())
        if stem is None or not (stem["words"] or stem["n"]):
            continue
        endings = _ENDINGS[(match.lastindex or 1) - 1]
        hits += _named(stem, match.end(), endings, names)
    return apart(hits)


def _named(stem: re.Match[str], end: int, endings: Sequence[str], names: Names) -> list[Hit]:
    """The longest run of words before the ending that is a name with it."""
    words = [(one.start() + stem.start("words"), one[0]) for one in re.finditer(r"[a-z']+", stem["words"])]
    if stem["n"]:
        words.insert(0, (stem.start(), "第" + stem["n"]))
    for begin in range(len(words)):
        start, told = words[begin][0], [word for _, word in words[begin:]]
        for ending in endings:
            found = [
                Hit(start, end, name, LIKENESS)
                for sound in dict.fromkeys(_ways(told))
                for name in names.called(sound + ending.translate(SOUND))
            ]
            if found:
                return found
    return []


def _ways(words: Sequence[str]) -> Iterator[str]:
    """The sounds that the words may be: each way to cut them, a quarter of the compass behind the name."""
    if len(words) > 1 and words[0] in _COMPASS:
        words = [*words[1:], words[0]]
    joined: list[list[str]] = []
    for word in words:
        known = _WORDS.get(word)
        if known or not word.isascii():
            joined.append([(known or word).translate(SOUND)])
        else:
            joined.append(_cut(word.replace("'", "")))
    for _, parts in zip(range(MAX_WAYS), product(*joined), strict=False):
        yield "".join(parts)


def _cut(letters: str) -> list[str]:
    """Every way to cut letters into syllables, as letters of `SOUND`; none when they are no pinyin."""
    ways: list[list[str]] = [[] for _ in range(len(letters) + 1)]
    ways[0] = [""]
    for at in range(len(letters)):
        if not ways[at]:
            continue
        for size in range(1, 7):
            piece = letters[at : at + size]
            if len(piece) == size and _SYLLABLE.fullmatch(piece):
                ways[at + size] += [way + SOUND.letter(wide(piece)) for way in ways[at]][:MAX_WAYS]
    return ways[-1][:MAX_WAYS]
