# ruff: noqa: E501 (an expression is read more easily in one line)
"""The caller's own words for a place. A gazetteer is another stage's work; here only the way people say a
place counts.

A place is a chain of parts, each a name with a suffix (柳塘区 · 新港大道 · 八号楼 · 门口), with small words
and pauses in between. The chain is kept as it was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.text.numerals import NUMBER_EN
from gateway.text.phones import FoundText

MAX_ADDRESS = 60
"""Characters of one spoken address; a longer chain is cut at its parts."""

_NAME = r"[^\s，,。！？!?；;、….:：我你他她它们在是了到从往有着来去这那没要把被让给说叫快请啊呃嗯哦呀吧呢吗喂哎您打也都还又很就跟和与啥哪谁个的]"
_NUM = r"[零〇一二两三四五六七八九十百千幺0-9]{1,6}"
_ADMIN = "街道办|街道|自治县|开发区|新区|[省市区县镇乡村]"
_ROAD = "高速公路|大道|大街|公路|高速|省道|国道|环路|环线|立交桥|立交|互通|隧道|胡同|转盘|环岛|[路街巷弄桥]"
_POI = (
    "小区|花园|家园|新村|新居|公寓|宿舍|大厦|广场|商场|商城|超市|批发市场|菜市场|市场|医院|学校|小学|中学|大学|学院|幼儿园|酒店|"
    "宾馆|饭店|便利店|药房|药店|银行|支行|网吧|酒吧|ktv|公园|汽车站|火车站|地铁站|车站|机场|码头|加油站|收费站|服务区|派出所|工地|"
    "仓库|停车场|车棚|园区|苑|城|湾|厂|营业厅|俱乐部|教堂|体育馆|体育场|夜市|水库|养老院|大院|美容院|饭馆|烧烤|里|庄|寨|坝|社区|家属院"
)
_NUMBERED = "号楼|号院|号线|号门(?!口)|号码头|号坑|单元|公里|号|栋|幢|座|弄|楼|层|室|期|区|排|站台|出口"
_RELATION = (
    "十字路口|交叉口|路口|门口|旁边|对面|附近|后面|后头|后边|前面|前头|隔壁|楼下|楼上|楼顶|楼道|地下室|地库|负[一二三]层|站台|桥上|桥下|"
    "河边|江边|出口|入口|[东南西北]门|[东南西北]边|[东南西北]侧|[东南西北]段|[东南西北]头|正门|后门|侧门|匝道|口子|上游|下游|方向"
)
_PART = re.compile(
    rf"(?P<numbered>(?:负|[a-z])?{_NUM}(?:{_NUMBERED})(?:[零〇幺一二三四五六七八九0-9]{{3,4}}(?![零〇幺一二三四五六七八九十百千万0-9年月日点分个块室号栋楼]))?)"
    rf"|(?P<road>{_NAME}{{1,6}}?(?:{_ROAD})(?:[路街巷道](?!口|边))?(?![上下]?[车灯人线过费]))"
    rf"|(?P<poi>{_NAME}{{1,7}}?(?:{_POI})(?!长|局|部门|人员|公司))"
    rf"|(?P<admin>{_NAME}{{1,4}}?(?:{_ADMIN})(?!长|民|政|委|别|域|场|面|友|里的人))"
    rf"|(?P<relation>{_RELATION})"
    rf"|(?P<room>(?<=[元楼栋号层座院])[，,、\s]{{0,2}}[零〇幺一二三四五六七八九0-9]{{3,4}}(?![0-9零幺一二三四五六七八九十百千万个块点年分]))"
)
_WORTH = {"numbered": 1.5, "road": 2.0, "poi": 1.5, "admin": 1.0, "relation": 0.5, "room": 1.0}
_ENOUGH = 2.0
_GLUE = re.compile(
    r"(?:[，,、\s…—]|的|那个|就是|跟|和|与|靠近|挨着|往|这边|那边|这里|里头|里面|边上|进去|再|大概|呃|上|到|过了){0,4}"
)
_HEAD_JUNK = re.compile(
    r"^(?:喂|问题|那个|就是|地址|位置|这里|这边|家住|住|靠近|挨着|不对|不是|对面|报警|你好|您好|同志|大概|应该|路过|附近|现场|好像|然后|[是在到从往叫的了])+"
)


def find_addresses(text: str) -> list[tuple[FoundText, float]]:
    """Places named in folded text with a score (2 and more); Chinese by suffixes, English by street words."""
    chains = _chains(text)
    found = [(_trimmed(text, start, end), score) for start, end, score in chains if score >= _ENOUGH]
    return [(place, score) for place, score in found if place.value] or _english(text)


def find_parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Parts of Chinese places by their suffix: start, end, and what it is (numbered, road, poi, admin,
    relation, room)."""
    for part in _PART.finditer(text):
        yield part.start(), part.end(), str(part.lastgroup)


def _chains(text: str) -> list[tuple[int, int, float]]:
    made: list[tuple[int, int, float]] = []
    for part in _PART.finditer(text):
        worth = _WORTH[str(part.lastgroup)]
        if made:
            start, end, score = made[-1]
            glued = _GLUE.fullmatch(text, end, part.start())
            if glued and part.end() - start <= MAX_ADDRESS:
                made[-1] = (start, part.end(), score + worth)
                continue
        made.append((part.start(), part.end(), worth))
    return made


def _trimmed(text: str, start: int, end: int) -> FoundText:
    junk = _HEAD_JUNK.match(text[start:end])
    start += junk.end() if junk else 0
    return FoundText(text[start:end].strip("，,、 "), start, end)


_STREET_EN = (
    r"road|street|avenue|lane|boulevard|highway|station|plaza|gardens?|mall|building|block|flat|apartment|hotel|market|bar|club|mart|"
    r"park|school|hospital|university|bridge|metro|pier|gate|exit|floor|level|airport|square|service area|office|compound|tower|village"
)
_PLACE_EN = re.compile(
    rf"(?:\b(?:at|on|in|outside|near|opposite|behind|inside|along|address is|it's|this is|i'm)\s+)?"
    rf"(?P<place>(?:[\w'’-]+[ ,]+){{0,5}}\b(?:{_STREET_EN})\b(?:[ ,]+(?:{NUMBER_EN}|[a-z]\b|of|the|on|in|near|by|next to|right|front|opposite|(?:[\w'-]+[ ,]+){{0,3}}(?:{_STREET_EN})\b)){{0,8}})"
)
_HEAD_JUNK_EN = re.compile(
    r"^(?:(?:i'm|i am|it's|it is|we're|he's|she's|at|on|in|a|an|the|is|are|here|just|like|um|yeah|and|so|hi|hello|address|my|outside|near|by|this|that|there's|there|going|inside)\b[ ,]*)+"
)


def _english(text: str) -> list[tuple[FoundText, float]]:
    found = []
    for match in _PLACE_EN.finditer(text):
        start, end = match.span("place")
        junk = _HEAD_JUNK_EN.match(text[start:end])
        start += junk.end() if junk else 0
        place = text[start:end].strip(" ,")
        words = len(re.findall(rf"\b(?:{_STREET_EN})\b|{NUMBER_EN}", place))
        if place and " " in place:
            found.append((FoundText(place, start, end), 1.0 + words))
    return found
