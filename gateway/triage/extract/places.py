# ruff: noqa: E501 (tables and expressions are read more easily in one line)
"""The places a caller names: elements of addresses (`text.address`) and suffixes of names (`text.addresses`)
chained into the words as they were said, each with how surely it is where help is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from gateway.text.address import Kind, parse
from gateway.text.addresses import find_parts
from gateway.text.fold import script
from gateway.text.normalise import normalise
from gateway.triage.extract.found import Found
from gateway.triage.extract.places_en import places as english

SURE = 0.5
"""Confidence from which a place stands on the card by itself; a weaker one only as the answer to where."""
MAX_READ = 300
"""Characters of one utterance that are cut into elements; in a longer text the place stands at the head."""

_WORTH = {
    Kind.PROV: 0.5, Kind.CITY: 1.0, Kind.DISTRICT: 1.0, Kind.DEV_ZONE: 1.0, Kind.TOWN: 1.0, Kind.COMMUNITY: 1.5,
    Kind.ROAD: 2.0, Kind.SUB_ROAD: 1.5, Kind.POI: 1.5, Kind.SUB_POI: 1.0, Kind.ROAD_NO: 1.5, Kind.SUB_ROAD_NO: 1.0,
    Kind.HOUSE_NO: 1.5, Kind.CELL_NO: 1.5, Kind.FLOOR_NO: 0.7, Kind.ROOM_NO: 1.5, Kind.ASSIST: 0.5,
}  # fmt: skip
_PART_WORTH = {"numbered": 1.2, "road": 1.5, "poi": 1.5, "admin": 1.0, "relation": 0.5, "room": 1.0}
_FILL = (
    r"[，,、\s…—.·]|[的在是跟和与往上到离就那呃嗯]|那个|那块|就是|靠近|挨着|这边|那边|这里|那里|这儿|那儿|里头|里面|边上|进去|再|大概|过了|"
    r"快到|刚过|有个|有家|一家|一个|新开|出来|过去|一点|对面是|叫|应该|好像|从|然后"
)
_GLUE = re.compile(rf"(?:{_FILL}){{0,6}}")
_TAIL = re.compile(
    r"(?:[，,、\s的]|那个|这个|那|这|就是|大概|差不多|靠|挨着|有个|是个){0,3}"
    r"(?:十字路口|交叉路?口|丁字路口|路口|门口|门前|旁边|边上|对面|附近|后面|后头|前面|前头|隔壁|底下|楼[上下顶道]|里头|里面|地下室|地库|负[一二三]层|"
    r"站台|桥[上下头]|河边|江边|湖边|出口|入口|出站口|进站口|[东南西北]{1,2}[门口边侧头]|正门|后门|侧门|大门|匝道|口子|拐弯|拐角|转角|红绿灯|斑马线|人行道|天桥|"
    r"辅路|应急车道|中间|上游|下游|车棚|停车场|小路|岔口|[往朝向]?[东南西北]{1,2}(?:方向)?(?:[零一二两三四五六七八九十百千几多\d]{1,5}米)?|"
    r"[往朝向][^，。！？,\s]{1,5}方向|方向|(?:过去|往前)?[零一二两三四五六七八九十百千几多\d]{1,5}米|过去一点|那[边块儿里]|这[边块儿里])"
)
_GENERIC = re.compile(
    r"(?:那个?|这个?|一个|家|个|门口的?|楼下的?|对面的?|我们?|旁边的?|附近的?|孩子|哪个?|什么|回拨)?(?:小区|公寓|宿舍|大厦|广场|商场|超市|市场|菜市场|医院|学校|小学|中学|大学|学院|"
    r"幼儿园|酒店|宾馆|饭店|饭馆|便利店|药房|药店|银行|网吧|酒吧|ktv|公园|汽车站|火车站|地铁站?|车站|公交站?|机场|码头|加油站|收费站|服务区|派出所|公安局|法院|工地|仓库|"
    r"停车场|车棚|营业厅|夜市|公司|保险公司|开锁公司|燃气公司|物业|快递|4s店|店|厂|村|社区|城|园区|办公室|咖啡馆|理发店|检察院|政府|居委会|房东|门卫|楼房|民房|民警)(?:门口|里|上)?"
)
"""A kind of place without a name of its own."""
_MAYBE = re.compile(
    "[省市区县镇乡村路街巷道桥弄里园苑城楼栋幢座号室站场院校店馆厂寺庙塔河湖江港坝寨湾庄屯口门大厦超ktv]"
)
"""Without one of these nothing is cut: a text names no place."""
_BARE_STOP = re.compile(
    r"[我你您他她它们了吗呢吧啊哦呀嘛咱俺没把被让给很也着不想要会能敢说叫喊打骂跑追抢偷撞砸烧哭疼死伤血]|有人|着火|起火|就行|一眨眼|全是|放|门口就|没事|冒烟|一个男|一个女|男的|女的|[黑白红灰蓝银黄绿]色?(?:的|车|衣|上衣|裤|帽|小|轿|面包|越野|suv)|"
    r"车牌|电话|号码|手机|喂|你好|快来|快点|救命|谢谢|对对|好的|现在|刚才|刚刚|今天|昨天|昨晚|早上|晚上|下午|上午|分钟|小时|点钟|[零一二两三四五六七八九十几\d]+(?:个|块|岁|位|名|辆|点|年|月|天|次)|[?？]"
)
"""A clause with one of these tells something else than where."""
MAX_CLAUSE = 12
"""Characters of a clause that, beside a place, may be a name without a suffix (鸿运钢构)."""
_HEAD_JUNK = re.compile(
    r"(?:[，,、\s…]|就|那个|这个|应该|大概|好像|在|是|呃|嗯|那|到了?|喂|哎)+(?!边|[块里儿]|头)"
)
_LAND = re.compile(
    r"(?:[\u4e00-\u9fffa-z]{1,8}[岭沟崖屯塘堡坝洼坳坡湾岛峪坪铺营庄寨楼堂阁轩苑城厂站行处院馆场池库港桥河湖江山洞溪滩集弯垄期栋幢座厅室房道村镇乡口门街巷路店园圈井棚碑])(?:[上下里外边头后前旁][面边头]?|[东南西北]{1,2}[头边侧面]?|背后|底下|[那这][块片排边里儿个]|\S{0,4}第[一二三四五六七八九十]\S{1,5})?|[^，。]{2,8}(?:后面|前面|旁边|对面|背后|底下|边上|下头|西头|东头|南头|北头|南面|北面|东面|西面|对过|斜对面|往[东南西北])(?:那[片块排个]\S{0,3})?"
)
"""A whole clause that ends as names of places do (柳树屯, 老祠堂背后)."""
_NO_LAND = re.compile(
    r"(?:.*(?:网|手|身|脸|头|晚|早|马|加|以|际|不|心|家|电话|群|嘴|眼|车|路|世|事|社会|生活|天|地|背)(?:上|里|下|头)|.*[那这]个|.*下班后|以后|之后|然后|最后|今后|以前|之前|目前|.*(?:道|处)理|知道|味道|报道|人行道|一道|家里头|到处|里头|后头|前头|外头|.*银行|不行|还行|才行|内行|例行|自行|.*出口|.*借口|.*户口|门口|路口|.*现场|立场|.*问题|.*市场)"
)
_SMALL = re.compile(
    r"[，,、。…\s—]+|就?那个|就是|就(?=那|在)|呃|嗯|应该是|大概|这里|那里|那边|这边|那块|这块|的(?!士)"
)
"""Small words in the middle of a place that say nothing."""
_CLAUSE = re.compile(r"[^，,、。！？!?；;\n]+")
_SENTENCE_END = "。！？!?；;\n"
_NO_ROAD = re.compile(
    r"(?:.*(?:过马|绕|顺|认|迷|走|修|铺|堵|拦|问|带|让|赶|半|大马|老|小|这条|那条|哪条|条|辅|网|线|出|思|退|同|一|车停|马|铁|公|高速公)|高速|公|铁)路|.*[坐乘]\S{0,3}路|.*非弄|(?:.*[满管炸逛])街|.*自己弄|.*线路|几楼|[这那哪].*"
)
_HERE = re.compile(
    r"(?:我(?:们|家)?(?:现在|就|是)?(?:在|住|住在|这儿?|这里|这边)|位置(?:是|在)?|地址(?:是|在)?|家住|这里是|这边是|这是|家在|人在|现场在|地点(?:是|在)?|发生在|就在|住|位于|在)[^，。！？,]{0,4}$"
)
_ELSEWHERE = re.compile(
    r"(?:去过?|回|打到|问|找过?|打给|路过|送到|发到|转到|来自|毕业|从前在|[考报]|户口在|老家|听说|上次在|贷款|投诉|起诉|告)[^，。！？,]{0,6}$"
)


_INNER = re.compile(
    r".{0,2}(?:电话|心|群|眼|手|梦|信息?|家|店|车|嘴|包|柜子?|游戏|屋|厕所|镜子|房间|院子|班|单位|厂|视频|微信|锅|口袋|村|城|沟|库|洞|山|水|河|圈|国|省|市|县)里|[东南西北]门"
)
_NUMBER_NEXT = re.compile(r"[，,\s]{0,2}[零一二两三四五六七八九十百\d]{1,4}(?:号|栋|幢|弄|座|单元)")
_TOLD = 1.0
"""Points from which a place is worth a line of its own; a weaker one is kept in its words."""
_NAMED = 2.0
"""Points of a place with a name of its own, a road or a point and something beside it."""


class _Part(NamedTuple):
    start: int
    end: int
    worth: float
    generic: bool


def places(text: str) -> Iterator[Found]:
    """Every place of one folded utterance. English is found by its street words."""
    if script(text) == "en":
        yield from english(text)
        return
    for chain in _chains(text):
        chain = _once(text, chain)
        start, end = chain[0].start, _ended(text, chain)
        score = sum(part.worth for part in chain) + _cue(text, start, end)
        if all(part.generic for part in chain):
            score -= 1.0
        if score >= _NAMED:
            start, end = _widened(text, start, end)
        start, end = _trimmed(text, start, end)
        value = line(text[start:end]) if score >= _TOLD else text[start:end]
        yield Found("address_text", value, start, end, _confidence(score))


def _once(text: str, chain: list[_Part]) -> list[_Part]:
    """Without a beginning that is said again in what follows (文昌街，文昌街跟学士路)."""
    while len(chain) > 1 and text[chain[0].start : chain[0].end] in text[chain[1].start : chain[-1].end]:
        chain = chain[1:]
    return chain


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without small words at both ends."""
    if head := _HEAD_JUNK.match(text, start, end):
        start = head.end()
    while end > start and text[end - 1] in "的，,、… ":
        end -= 1
    return start, end


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """With the clauses beside it in the same sentence that only name: 工业四路，鸿运钢构，二号车间."""
    clauses = [match.span() for match in _CLAUSE.finditer(text)]
    at = next((at for at, (first, last) in enumerate(clauses) if first <= start < last), None)
    upto = next((at for at, (first, last) in enumerate(clauses) if first < end <= last), None)
    if at is None or upto is None or not _blank(text[clauses[at][0] : start]):
        return start, end
    if _blank(text[end : clauses[upto][1]]) or _bare(text[end : clauses[upto][1]]):
        end = clauses[upto][1]
        for first, last in clauses[upto + 1 :]:
            if any(char in _SENTENCE_END for char in text[end:first]) or not _bare(text[first:last]):
                break
            end = last
    for first, last in reversed(clauses[:at]):
        said = text[first:last]
        if (
            any(char in _SENTENCE_END for char in text[last:start])
            or not _bare(said)
            or said in text[start:end]
        ):
            break
        start = first
    return start, end


def _blank(text: str) -> bool:
    return _GLUE.fullmatch(text) is not None


def _bare(clause: str) -> bool:
    return 1 < len(clause.strip()) <= MAX_CLAUSE and not _BARE_STOP.search(clause)


def line(words: str) -> str:
    """The words of a place in one line, with figures and without small words; what the speaker took back is
    left out."""
    read = parse(words)
    if any(one.replaced for one in read.elements) and read.normalised:
        return read.normalised
    return _SMALL.sub("", normalise(words).text)


def _confidence(score: float) -> float:
    """2 points, a road or a name and its district, are SURE; eight are all one can say."""
    return round(max(0.1, min(0.95, 0.3 + score / 10)), 2)


def _cue(text: str, start: int, end: int) -> float:
    """What stands before it: here (我在…), or a place that is only spoken of (去…); half a point for words that
    are a clause of their own."""
    before = text[max(0, start - 14) : start]
    if _HERE.search(before):
        return 1.0
    if _ELSEWHERE.search(before):
        return -1.0
    alone = not before.strip() or before[-1] in "，,。！？!?；;、…"
    return 0.5 if alone and text[end : end + 1] in "，,。！？!?；;…" else 0.0


def _ended(text: str, chain: list[_Part]) -> int:
    """Where the words of a place end, with the small words behind it that say where at the place."""
    end = chain[-1].end
    for _ in range(3):
        tail = _TAIL.match(text, end)
        if tail is None:
            break
        end = tail.end()
    return end


def _chains(text: str) -> list[list[_Part]]:
    made: list[list[_Part]] = []
    for part in _parts(text[:MAX_READ]):
        if (made and _GLUE.fullmatch(text, made[-1][-1].end, part.start)) or (
            made
            and (tail := _TAIL.match(text, made[-1][-1].end))
            and _GLUE.fullmatch(text, tail.end(), part.start)
        ):
            made[-1].append(part)
        else:
            made.append([part])
    return made


def _parts(text: str) -> list[_Part]:
    """Elements of addresses, and where they say nothing names by their suffix."""
    if not _MAYBE.search(text):
        return []
    parts: list[_Part] = []
    names: dict[str, float] = {}
    for one in parse(text).elements:
        said = text[one.start : one.end]
        worth = names.get(said, 0.0) if one.kind is Kind.REDUNDANT else _WORTH.get(one.kind, 0.0)
        road = one.kind in (Kind.ROAD, Kind.SUB_ROAD)
        if one.replaced or not worth or (road and _NO_ROAD.fullmatch(said)) or _INNER.fullmatch(said):
            continue
        generic = one.kind in (Kind.POI, Kind.SUB_POI) and bool(_GENERIC.fullmatch(said))
        parts.append(_Part(one.start, one.end, 0.5 if generic else worth, generic))
        names[said] = worth
    for start, end in _land(text):
        if not any(part.start < end and start < part.end for part in parts):
            parts.append(_Part(start, end, 1.2, generic=False))
    for start, end, kind in find_parts(text):
        if not any(part.start < end and start < part.end for part in parts) and _suffix_counts(
            text, start, end, kind
        ):
            generic = kind == "poi" and bool(_GENERIC.fullmatch(text[start:end]))
            worth = 0.5 if generic else _PART_WORTH[kind]
            parts.append(_Part(start, end, worth, generic or kind == "relation"))
    return sorted(parts)


def _land(text: str) -> Iterator[tuple[int, int]]:
    """Clauses that are nothing but the name of a place."""
    for clause in _CLAUSE.finditer(text):
        said = clause[0].strip(" …")
        start = clause.start() + len(clause[0]) - len(clause[0].lstrip(" …"))
        if _bare(said) and _LAND.fullmatch(said) and not _NO_LAND.fullmatch(said):
            yield start, start + len(said)


def _suffix_counts(text: str, start: int, end: int, kind: str) -> bool:
    """Whether a suffix alone makes a name: where a clause or a place begins, and no mere 里 (心里, 群里)."""
    said = text[start:end]
    if kind in ("road", "admin"):
        return not _NO_ROAD.fullmatch(said) and (
            start == 0 or text[start - 1] in "，,。！？、… 在到住从是区县市镇的"
        )
    if kind == "room":
        return text[start - 1 : start] not in "，, "
    return kind != "poi" or not said.endswith("里") or _NUMBER_NEXT.match(text, end) is not None
