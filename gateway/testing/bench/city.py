"""A made-up city of any size, and what callers in it say: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

from gateway.location.places.model import Division, Kind, Known, Place, PlaceSet, Road

_USUAL = (
    "东西南北中新老大小上下前金银玉龙凤虎鹤马江河湖海山桥林港湾溪泉池塘洲岭峰岩石沙田园花柳桃梅杏桂松柏竹兰荷莲桐槐枫樱梧云星月天阳春秋红白青"
    "黄清明永安宁和平顺福康泰兴富昌盛华荣文武德仁义礼信学民建设光辉景望迎宾长高丰双三五八庙塔寺城关门井坝堤滨渡丽翠锦秀瑞祥嘉铁钢盐茶布机电科创"
)
"""Characters that names of places are mostly made of; every third one is any common character instead."""
_POI_ENDS = (
    "小学", "中学", "幼儿园", "医院", "公园", "超市", "市场", "大厦", "酒店", "宾馆", "饭店", "药店", "网吧",
    "加油站", "停车场", "广场", "银行", "茶楼", "影城", "养老院",
)  # fmt: skip
_HOME_ENDS = ["小区", "花园", "家园", "新村", "苑", "公寓", "名邸", "村"]
_ROAD_ENDS = ["路", "街", "大道", "巷", "东路", "西路", "南路", "北路"]
_BEFORE = (
    "我在",
    "喂你好我这里是",
    "我要报警在",
    "你们快来人啊就在",
    "有人打架在",
    "刚才在",
    "呃我现在的位置是",
    "",
)
_AFTER = (
    "这边有人受伤了",
    "你们快点来",
    "门口有人打架",
    "车被撞了人没事",
    "旁边有人闹事",
    "对面着火了",
    "楼下太吵了",
    "",
)
_DIGITS = "零一二三四五六七八九"
ROADS_SHARE, HOMES_SHARE, DISTRICTS = 0.06, 0.24, 12


def city(size: int, seed: int = 110) -> PlaceSet:
    """So many places with names of their own: of a hundred 6 roads, 24 communities, 70 other things."""
    rng = random.Random(seed)
    made = PlaceSet(city="量测市", version="bench")
    names = _names(rng)
    for number in range(DISTRICTS):
        code = f"9900{number + 10}"
        made.divisions[code] = Division(code, f"{next(names)}区")
        made.places.append(Place(code, Kind.DIVISION, made.divisions[code].name, _point(rng)))
    for number in range(size - DISTRICTS):
        share = number / size
        if share < ROADS_SHARE:
            road = Road(f"r{number}", next(names) + rng.choice(_ROAD_ENDS))
            start = _point(rng)
            road.numbers = [
                Known(at, (start[0], start[1] + at * 1e-5), str(at)) for at in (1, 2, 101, 102, 301, 302)
            ]
            made.roads[road.road_id] = road
            made.places.append(Place(road.road_id, Kind.ROAD, road.name))
        elif share < ROADS_SHARE + HOMES_SHARE:
            made.places.append(
                Place(f"c{number}", Kind.COMMUNITY, next(names) + rng.choice(_HOME_ENDS), _point(rng))
            )
        else:
            made.places.append(
                Place(f"p{number}", Kind.POI, next(names) + rng.choice(_POI_ENDS), _point(rng))
            )
    return made


def said(places: PlaceSet, count: int, seed: int = 1) -> list[tuple[str, str]]:
    """What so many callers say, and the id of the place that each of them means: half of them a house
    number, half a community or another thing.
    """
    rng = random.Random(seed)
    roads, others = (
        list(places.roads.values()),
        [one for one in places.places if one.kind in (Kind.POI, Kind.COMMUNITY)],
    )
    made: list[tuple[str, str]] = []
    for number in range(count):
        before, after = rng.choice(_BEFORE), rng.choice(_AFTER)
        if number % 2:
            one = rng.choice(others)
            made.append((f"{before}{one.name}{after}", one.place_id))
        else:
            road, door = rng.choice(roads), rng.randint(1, 300)
            made.append((f"{before}{road.name}{_spoken(door)}号{after}", f"{road.road_id}#{door}"))
    return made


def _spoken(number: int) -> str:
    """八十八, 二百零六: as it is said."""
    if number < 10:
        return _DIGITS[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")
    hundreds, rest = divmod(number, 100)
    middle = "" if not rest else f"零{_DIGITS[rest]}" if rest < 10 else f"{_DIGITS[rest // 10]}十"
    return f"{_DIGITS[hundreds]}百{middle}{_DIGITS[rest % 10] if rest > 9 and rest % 10 else ''}"


def _point(rng: random.Random) -> tuple[float, float]:
    return rng.uniform(31.0, 31.4), rng.uniform(121.2, 121.8)


def _names(rng: random.Random) -> Iterator[str]:
    """First parts of names, none twice."""
    common = [
        bytes((row, cell)).decode("gb2312", "ignore")
        for row in range(0xB0, 0xD8)
        for cell in range(0xA1, 0xFF)
    ]
    common = [char for char in common if char]
    given: set[str] = set()
    while True:
        length = rng.choices((2, 3, 4), (5, 4, 2))[0]
        name = "".join(rng.choice(common if rng.random() < 0.33 else _USUAL) for _ in range(length))
        if name not in given:
            given.add(name)
            yield name
