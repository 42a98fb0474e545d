# ruff: noqa: E501 (word lists and expressions are read more easily in one line)
"""An address inside what somebody says: the words that are none, pauses and cues, numbers that mean something
else, and what the speaker takes back.
"""

from __future__ import annotations

import re

from gateway.text.address.model import Kind, Piece
from gateway.text.address.words import words
from gateway.text.facts import FactKind
from gateway.text.normalise import DENIED, SLIP, normalise

_SPOKEN = re.compile(
    r"我|你们|您|他们|她|这里|这边|那边|那个|就是|不对|不是|说错|报警|喂|救命|快来|快点|呃|嗯|一下|有人|有个|打架|着火|起火|火灾|冒烟|发生|事故|车祸|撞了|撞车|抢劫|被偷|被抢|被打|晕倒|吵架|噪音|扰民|求助|报案|"
    r"地址|位置|不清楚|这儿|那儿|(?<![网酒书茶氧话贴水])吧|[吗呢啊呀哦]|了|(?<!美)的(?!士)|幺|[一二三四五六七八九十百]{2}号|块钱|点钟|^[从离]|(?<!自)在(?!线)|那[个栋边里儿条家]|进来|出来|进去|拐|，|[。？?！!]|出事|方向|车道|拿着|丢失|偷了|杀人|死了|救人|找不到|怎么|什么|为什么|知道|没有|可以|帮我|跑了|喝多|喝醉|吵|骗|摔|烧|漏水|漏气|堵车|困在|被困|走失|迷路|跟踪|威胁|家暴|赌博|吸毒|打人|男的|女的|小孩|老人|孩子|昨天|今天|昨晚|晚上|早上|凌晨|下午|刚刚|受伤|跳楼|闹事|醉酒|小偷|警察|马上|赶紧|现在|刚才|旁边有"
)
"""Words that no written address has."""

FUNCTION = frozenset("我你您他她它们的了吗呢吧啊呃嗯哦呀喂哎在这那哪谁啥么什怎咱俺是没把被让就很也着不坐")
"""No name in speech holds these."""
WEAK_FUNCTION = frozenset(
    "翻撞追掉跳躺砸堵有要说叫请快都还又打来去到从往着个跟看见给偷抢吵走过离管拨姐妈爸哥妹对想知道能写"
)
"""Few names do."""

CUES = words(
    "快到 到了 刚到 刚过 过了 那家 有家 一家 那个 有个 叫做 在 位于 地址是 地址在 地址 位置是 位置在 位置 住 住在 家在 家住 我在 到 去 从 离 来 靠近 叫 说 找 开到 走到 坐在 停在 路过 我是 沿着 顺着 这里是 这是 这边是 那个叫 小区叫"
)
"""After these an address begins."""
FILLERS = words(
    "一下 里程桩号 里程 桩号 是个 有家 是一个 是一家 那个 这个 就是 就 呃 嗯 啊 的 是 有个 有一个 那边 这边 里面的 一直 直走 然后 大概 应该 好像 哪个 什么 叫 还有 里的 那 这 上的 上 里 对对 对对对 不对 不是 说错了 错了 哦 吧 呢 嘛 在 再 进去 进来 出来 过来 过去 下来 出去 左右 这里 这儿 那儿 那里 位置 一个 那一个 最 靠近 嘞 哈 诶 哎 到 应该是 好像是 大概是 大概在 也就是 具体是 具体 具体在 先 说"
)
"""Small words inside a spoken address; what follows goes on with it."""

_NOT_PLACES = frozenset(
    (FactKind.PHONE, FactKind.PLATE, FactKind.ID_CARD, FactKind.DATE, FactKind.TIME, FactKind.DURATION, FactKind.MONEY, FactKind.QUANTITY)
)  # fmt: skip
_DISTANCE = re.compile("米|公里")
_HOUSE = re.compile("酒店|连锁|宾馆|便利|超市|假日|旅馆|网吧|咖啡|药房|大药房")
_ROOMS = ("包厢", "包间", "包房", "床位")
_GAP = 14
"""Between what is taken back and what replaces it, no more characters than this."""


def is_spoken(text: str) -> bool:
    """Whether folded text is speech with an address in it, rather than a written address line."""
    return _SPOKEN.search(text) is not None


def other_numbers(text: str) -> list[tuple[int, int]]:
    """Spans of numbers that are no part of an address: phones, plates, times, money, counted people."""
    spans = []
    for fact in normalise(text).facts:
        if _HOUSE.match(text, fact.end) or text[fact.end - 1 : fact.end + 1] in _ROOMS:
            continue  # 七天酒店, 二零八包厢
        if fact.kind in _NOT_PLACES and not (fact.kind is FactKind.QUANTITY and _DISTANCE.search(fact.unit)):
            spans.append((fact.start, fact.end))
    return spans


_SLIPS = re.compile(
    r"(?:不对+|不是|[说讲搞记弄]错了?|错了|更正|等等|等一下|no,? wait|sorry|i mean)(?:[\s，,、。.…—!！]|呃|嗯|不对|不是|应该|是|[说讲]错了?|啊|对)*"
)


def slips(text: str) -> list[int]:
    """Where words end that take back what was said before them."""
    return [slip.end() for slip in _SLIPS.finditer(text)]


_NAMED = frozenset(
    (Kind.PROV, Kind.CITY, Kind.DISTRICT, Kind.TOWN, Kind.DEV_ZONE, Kind.COMMUNITY, Kind.ROAD, Kind.SUB_ROAD, Kind.POI, Kind.SUB_POI,
     Kind.ROAD_NO, Kind.HOUSE_NO, Kind.CELL_NO, Kind.FLOOR_NO, Kind.ROOM_NO)
)  # fmt: skip
_COUNTED = frozenset(
    (Kind.ROAD_NO, Kind.SUB_ROAD_NO, Kind.HOUSE_NO, Kind.CELL_NO, Kind.FLOOR_NO, Kind.ROOM_NO)
)


def names_a_place(pieces: list[Piece]) -> bool:
    """Small words with no place beside them (前面, 两百米) are no address."""
    return any(kind in _NAMED for _, _, kind in pieces)


def taken_back(text: str, pieces: list[Piece]) -> tuple[list[Piece], set[int]]:
    """The pieces, and which of them the speaker took back: named as the wrong one (不是建国路), or replaced
    after a slip by one of the same kind (建国路,不对,建设路) or of the same unit (八号,不对,十八号).
    """
    pieces = list(pieces)
    wrong: set[int] = set()
    slip = 0
    for at, (start, end, kind) in enumerate(pieces):
        if kind not in _NAMED:
            continue
        if DENIED.search(text[max(0, start - 4) : start]) and not _said_on(text, start, pieces[:at]):
            wrong.add(at)
            continue
        earlier = [one for one in range(at) if pieces[one][2] in _NAMED and one not in wrong]
        before = pieces[earlier[-1]] if earlier else (0, 0, Kind.OTHER)
        between = text[before[1] : start]
        if earlier and len(between) <= _GAP and _slipped(between, same=kind is before[2]):
            slip = at
            if (
                kind is not before[2]
                and text[before[1] - 1] == text[end - 1]
                and {kind, before[2]} <= _COUNTED
            ):
                kind = before[2]
                pieces[at] = (start, end, kind)
        if slip:
            said = text[start:end]
            wrong.update(
                one
                for one in earlier
                if one < slip and pieces[one][2] is kind and text[slice(*pieces[one][:2])] != said
            )
    return pieces, wrong


def _slipped(between: str, *, same: bool) -> bool:
    """Whether words between two pieces take back the first; before one of the same kind the wrong one may be
    said again (三百三十二号，不是三百三十二，是三百二十三号)."""
    return (SLIP.match(between) if same else SLIP.fullmatch(between)) is not None


def _said_on(text: str, start: int, before: list[Piece]) -> bool:
    """建国路,不是,建设路: the word takes back what stands before it."""
    return (
        bool(before)
        and SLIP.fullmatch(text, before[-1][1], start) is not None
        and text[start - 1] in " ,，、。是"
    )
