"""Rules and speech for the benchmark of triage, made from words of its own: gaps, choices, words that must or
must not stand near by, in both languages. The same seed gives the same rules and texts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product

SEED = 110
ENGLISH = 0.25
"""Share of rules and sentences in English."""
_ACTS = "砸烧偷抢撬踹拆挖堵泼扔锁埋拖赶卖骗压撞割"
_HOW = "了着过掉走开坏碎翻倒光住"
_THINGS = "门窗车店箱墙灯井管棚摊船树桥库炉锅柜钟牌"
_KINDS = "铁木石玻塑旧新红蓝黑大小前后东西南北老公"
_WHO = ("房东", "老板", "司机", "保安", "邻居", "亲戚", "同事", "房客", "工头", "店员", "醉汉", "路人")
_WHERE = ("楼道", "院子", "路口", "市场", "车库", "天台", "河边", "工地", "地铁口", "菜场", "小区", "医院")
_FILLER = (
    "然后",
    "就是",
    "那个",
    "我也说不清",
    "好像",
    "刚才看见",
    "一直在",
    "你们快来",
    "真的没办法",
    "大概",
)
_VERBS = ("smash", "burn", "steal", "break", "drag", "block", "throw", "lock", "cut", "dump", "hit", "push")
_NOUNS = ("window", "door", "truck", "fence", "lamp", "engine", "basket", "ladder", "bottle", "cable", "cart")
_COLOURS = ("red", "old", "metal", "wooden", "small", "big", "rusty", "yellow")
_PLACES = ("yard", "corner", "market", "garage", "roof", "river", "station", "hallway", "school", "park")
_SMALL = ("and then", "over there", "i think", "right now", "you know", "by the", "near the", "he was")


def rules(count: int, seed: int = SEED) -> bytes:
    """One pack of `count` rules, as YAML."""
    chance = random.Random(seed)
    acts = ["".join(pair) for pair in product(_ACTS, _HOW)]
    things = ["".join(pair) for pair in product(_KINDS, _THINGS)]
    lines = ["rules:"]
    for number in range(count):
        english = chance.random() < ENGLISH
        make = _english if english else _chinese
        lines += [
            f"  - id: bench.rule.{number:05d}",
            "    class: valid_alarm",
            f"    nature: {chance.choice(('theft', 'fight', 'robbery', 'fire'))}",
            "    explanation: {zh: 测试, en: test}",
            *make(chance, acts, things),
        ]
    return "\n".join(lines).encode()


def _chinese(chance: random.Random, acts: Sequence[str], things: Sequence[str]) -> list[str]:
    act, other = chance.sample(acts, 2)
    first, second, third = chance.sample(things, 3)
    words = [
        f"({act}|{other})…({first}|{second})",
        f"(把|将|给){third}{act[0]}",
        f"{second}(被|让|叫)…{other}",
    ]
    lines = [f"    any: [{', '.join(chance.sample(words, chance.randint(1, 3)))}]"]
    if chance.random() < 0.3:
        lines.append(f"    all: [[{', '.join(chance.sample(_WHO, 4))}]]")
    if chance.random() < 0.3:
        lines.append(f"    none: [{', '.join(chance.sample(_WHERE, 2))}]")
    return lines


def _english(chance: random.Random, acts: Sequence[str], things: Sequence[str]) -> list[str]:
    verb, noun, other = chance.choice(_VERBS), *chance.sample(_NOUNS, 2)
    colour = chance.choice(_COLOURS)
    words = [f"{verb}(s|ed|ing|)…{colour} ({noun}|{other})", f"{colour} {noun}…{chance.choice(_PLACES)}"]
    lines = [f"    any: ['{chance.choice(words)}']"]
    if chance.random() < 0.3:
        lines.append(f"    all: [[{', '.join(chance.sample(_PLACES, 3))}]]")
    if chance.random() < 0.3:
        lines.append(f"    none: ['{chance.choice(_SMALL)}']")
    return lines


def speech(characters: int, seed: int) -> str:
    """What somebody says who speaks of such things, without punctuation, as a recognizer writes it."""
    chance = random.Random(seed)
    said: list[str] = []
    length = 0
    while length < characters:
        if chance.random() < ENGLISH:
            sentence = (
                f" {chance.choice(_SMALL)} {chance.choice(_COLOURS)} {chance.choice(_NOUNS)} "
                f"{chance.choice(_VERBS)} {chance.choice(_SMALL)} {chance.choice(_PLACES)} "
            )
        else:
            thing = chance.choice(_KINDS) + chance.choice(_THINGS)
            act = chance.choice(_ACTS) + chance.choice(_HOW)
            words = [chance.choice(_WHO), chance.choice(_WHERE), chance.choice(_FILLER), thing, act]
            chance.shuffle(words)
            sentence = "".join(words)
        said.append(sentence)
        length += len(sentence)
    return "".join(said)[:characters]
