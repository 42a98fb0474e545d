# ruff: noqa: E501 (a table is read more easily in one line)
"""Words that few calls speak of: vehicles, places of danger, weapons, what happened. Two calls that share one
have something to do with each other more often than not."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.calls.together import MAX_WORD_CHARS, MAX_WORDS

_TELLING_ZH = (
    *("油罐车", "罐车", "校车", "大巴", "公交车", "货车", "卡车", "挂车", "拖车", "水泥车", "渣土车", "救护车", "出租车"),
    *("三轮车", "电动车", "摩托车", "自行车", "面包车", "轿车", "越野车", "吊车", "挖掘机", "火车", "地铁", "轮船", "快艇"),
    *("煤气罐", "液化气", "天然气", "燃气", "化学品", "汽油", "鞭炮", "烟花", "电瓶", "变压器", "高压线", "电线杆"),
    *("电梯", "塔吊", "脚手架", "屋顶", "天台", "阳台", "窗台", "烟囱", "护栏", "隔离带", "匝道", "隧道", "高架", "天桥"),
    *("河里", "水库", "井里", "码头", "悬崖", "斑马线", "加油站", "收费站", "站台", "仓库", "厂房", "工棚", "菜市场"),
    *("砍刀", "菜刀", "水果刀", "匕首", "铁棍", "钢管", "棒球棍", "斧头", "枪", "面具", "头盔", "蒙面", "横幅"),
    *("侧翻", "翻车", "追尾", "逆行", "冲上人行道", "爆炸", "浓烟", "坍塌", "塌方", "漏气", "漏油", "连环", "起火", "着火"),
    *("红色", "白色", "黑色", "蓝色", "黄色", "绿色", "银色", "灰色", "孕妇", "轮椅", "婴儿", "小狗", "大狗"),
)  # fmt: skip
_TELLING_EN = (
    *("tanker", "school bus", "coach", "bus", "truck", "lorry", "trailer", "taxi", "ambulance", "scooter", "motorbike"),
    *("motorcycle", "bicycle", "van", "suv", "crane", "excavator", "train", "subway", "boat", "ferry", "gas bottle"),
    *("propane", "chemical", "acid", "petrol", "gasoline", "fireworks", "battery", "transformer", "power line", "pylon"),
    *("elevator", "lift", "scaffold", "roof", "balcony", "chimney", "guardrail", "ramp", "tunnel", "overpass", "river"),
    *("reservoir", "pier", "cliff", "crosswalk", "gas station", "toll", "warehouse", "factory", "machete"),
    *("kitchen knife", "dagger", "iron bar", "bat", "axe", "gun", "mask", "helmet", "banner", "overturned", "rolled over"),
    *("rear-ended", "wrong way", "explosion", "smoke", "collapse", "leak", "pile-up", "on fire", "pregnant", "wheelchair"),
)  # fmt: skip
_COLOURS = frozenset({"红色", "白色", "黑色", "蓝色", "黄色", "绿色", "银色", "灰色"})
_ZH = re.compile("|".join(sorted(map(re.escape, _TELLING_ZH), key=len, reverse=True)))
_EN = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _TELLING_EN), key=len, reverse=True)) + r")s?\b")
_TOKEN = re.compile(r"(?<![a-z0-9-])(?=[a-z]+-?[0-9]|[0-9]+-[0-9])[a-z0-9-]{2,12}(?![a-z0-9-])")
"""Names with figures in them: k35, g4, 3-102."""


def telling_words(texts: Iterable[str]) -> tuple[str, ...]:
    """Things that few calls speak of, in the order in which they were first said; a colour alone says little
    and comes last."""
    found: dict[str, None] = {}
    for text in texts:
        low = text.lower()
        for pattern in (_ZH, _EN, _TOKEN):
            for match in pattern.finditer(low):
                found.setdefault((match[1] if pattern is _EN else match[0])[:MAX_WORD_CHARS], None)
    ranked = sorted(found, key=lambda word: word in _COLOURS)
    return tuple(ranked[:MAX_WORDS])
