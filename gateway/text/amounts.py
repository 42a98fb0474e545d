# ruff: noqa: E501 (an expression is read more easily in one line)
"""Money, counted things and bare digits in speech: 三千二百块, 三个人, 尾号三七二, an identity card's number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from gateway.text.facts import Fact, FactKind
from gateway.text.numerals import DIGITS, NUMBER_EN, chinese_number, english_number, is_estimate
from gateway.text.spoken import runs

_N = r"[零〇一二两俩三仨四五六七八九十百千万亿\d]+(?:\.\d+|点[零一二三四五六七八九]+)?[万千亿]?"
_ABOUT = "多|来|几|余"
_MONEY = re.compile(
    rf"(?P<n>{_N})(?P<about>{_ABOUT})?(?P<scale>万|千|百)?(?:(?:块钱?|元|人民币|圆)(?P<more>[一二三四五六七八九\d](?!个|人|天|名|位|点|年|号|次))?(?P<dime>[一二三四五六七八九\d]?毛)?|(?P<cents>毛)钱?|(?=现金|的?现金|定金|押金|货款|工资))(?P<about2>左右|上下|出头)?"
)
_PAID = re.compile(
    r"(?:转|汇|骗|借|欠|偷|丢|损失|价值|值|充|交|付|存|抢|收|赔|要|花|扣|贷|罚|买|卖)(?:了|走|给|去|过|着|我|他|她|你|掉|出去|进去|个|差不多|大概|有|总共|一共|将近){0,4}$"
)
_BARE = re.compile(
    rf"(?P<n>{_N}[万千百](?:[一二三四五六七八九])?)(?P<about>{_ABOUT})?(?![公平多]|人|米|户|个|名|位|块|元|年|次|字|步|斤|吨|平|亩)"
)
_MONEY_EN = re.compile(
    rf"\b(?P<n>{NUMBER_EN})\s(?P<unit>yuan|kuai|rmb|renminbi|dollars|bucks|euros|pounds)\b"
)
_CURRENCY = {"dollars": "USD", "bucks": "USD", "euros": "EUR", "pounds": "GBP"}
_MEASURE = "个人|个男的|个女的|个小孩|个孩子|个老人|个小伙子|个|名|位|口人|人|辆|台|部|架|艘|条|只|头|匹|把|根|瓶|箱|袋|包|件|张|栋房|间|家|户|层楼高|公里|千米|米|公分|厘米|里地|里路|公斤|斤|吨|克|升|平米|平方米|平方|亩|岁|度|次|遍|趟|回|颗|块砖|伙|拨|群|处|刀|下子"
_COUNT = re.compile(
    rf"(?P<n>(?<![第一零〇\d])(?:{_N}))(?P<about>{_ABOUT})?(?P<unit>{_MEASURE})(?P<more>(?<=米)[一二三四五六七八九]{{1,2}})?(?P<about2>左右|上下|出头|多)?"
)
_LITERAL_ONE = re.compile(
    r"^(?:人|名|位|辆|台|部|个人|个男的|个女的|个小孩|个孩子|个老人|岁|家|户|米|公里|斤|刀)$"
)
"""一 before other measures is often no count: 一个, 一下, 一次."""
_COUNT_EN = re.compile(
    rf"\b(?P<n>{NUMBER_EN})\s(?P<unit>(?:other |more |young |old )?(?:people|persons?|men|man|women|woman|guys?|kids?|children|child|cars?|vehicles?|meters?|metres?|kilometers?|kilometres?|miles?|years old|times))\b"
)
_PERCENT = re.compile(rf"百分之(?P<n>{_N})")
_NUMBER = re.compile(
    "(?<![第点零〇一二两三四五六七八九十百千万亿])(?:[一二两三四五六七八九][十百千万亿]|十[一二三四五六七八九])[零〇一二两三四五六七八九十百千万亿]*(?!字|分之|成|里屯|全|足|一假|一长假)"
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SPOKEN_DIGIT = re.compile(r"[零〇洞幺拐\d]")
_CUE = re.compile(
    r"(?:尾号|后[三四几]位|最后|验证码|密码|卡号|账号|工号|警号|编号|号码|单号|订单|代码|邮编|分机|转)[^。！？]{0,6}$"
)
MIN_DIGITS = 3


def find_money(text: str) -> Iterator[Fact]:
    """Amounts in yuan as a plain decimal (`unit` CNY unless another currency was said)."""
    for match in _MONEY.finditer(text):
        amount = _amount(match["n"], match["scale"])
        if amount is None:
            continue
        if match["cents"]:
            amount /= 10
        elif match["more"]:
            amount += Decimal(DIGITS.get(match["more"], match["more"])) / 10
        if match["dime"] and (dimes := match["dime"][:-1]):
            amount += Decimal(DIGITS.get(dimes, dimes)) / 10
        yield _money(match.start(), match.end(), amount, about=bool(match["about"] or match["about2"]))
    for match in _BARE.finditer(text):
        amount = _amount(match["n"], None)
        if amount is not None and _PAID.search(text[max(0, match.start() - 14) : match.start()]):
            yield _money(match.start(), match.end(), amount, about=bool(match["about"]))
    for match in _MONEY_EN.finditer(text):
        number = english_number(match["n"])
        if number is not None:
            unit = _CURRENCY.get(match["unit"], "CNY")
            fact = _money(match.start(), match.end(), Decimal(number), about=False, unit=unit)
            yield replace(fact, written=f"{number} {match['unit']}")


def _amount(spoken: str, scale: str | None) -> Decimal | None:
    if is_estimate(spoken):
        return None
    whole, point, part = spoken.partition("点")
    tail = spoken[-1] if spoken[-1] in "万千亿" else ""
    if point:
        part = part.rstrip("万千亿")
        value = chinese_number(whole)
        if value is None:
            return None
        amount = Decimal(f"{value}.{''.join(DIGITS.get(char, char) for char in part)}")
        amount *= {"": 1, "千": 1000, "万": 10_000, "亿": 100_000_000}[tail]
    else:
        plain = re.fullmatch(r"(\d+\.\d+)([千万亿]?)", spoken)
        value = None if plain else chinese_number(spoken)
        if plain:
            amount = Decimal(plain[1]) * {"": 1, "千": 1000, "万": 10_000, "亿": 100_000_000}[plain[2]]
        elif value is None:
            return None
        else:
            amount = Decimal(value)
    return amount * {None: 1, "百": 100, "千": 1000, "万": 10_000}[scale]


def _money(start: int, end: int, amount: Decimal, *, about: bool, unit: str = "CNY") -> Fact:
    value = f"{amount.normalize():f}"
    return Fact(
        kind=FactKind.MONEY, start=start, end=end, value=value, unit=unit, approximate=about,
        written=f"{value}{'多' if about else ''}元",
    )  # fmt: skip


def find_quantities(text: str) -> Iterator[Fact]:
    """Counted people and things: `unit` is the measure as it was said."""
    for match in _COUNT.finditer(text):
        said = match["n"]
        if said == "一" and not _LITERAL_ONE.match(match["unit"]):
            continue
        pair = {"俩": "2", "仨": "3"}.get(said)
        number = _amount(said, None) if pair is None else Decimal(pair)
        if number is None:
            continue
        if match["more"]:
            number += Decimal("0." + "".join(DIGITS[char] for char in match["more"]))
        value = f"{number.normalize():f}"
        figures = match[0] if match["about"] == "几" else value + match[0][len(said) :]  # 十几个
        yield Fact(
            kind=FactKind.QUANTITY, start=match.start(), end=match.end(), value=value, unit=match["unit"],
            written=value + match["unit"] if match["more"] else figures, approximate=bool(match["about"] or match["about2"]),
        )  # fmt: skip
    for match in _COUNT_EN.finditer(text):
        count = english_number(match["n"])
        if count is not None:
            yield Fact(
                kind=FactKind.QUANTITY, start=match.start(), end=match.end(), value=str(count),
                unit=match["unit"], written=f"{count} {match['unit']}",
            )  # fmt: skip


def find_numbers(text: str) -> Iterator[Fact]:
    """Numbers with 十, 百, 千 or 万 in them that count nothing we know, and percentages (`unit` %)."""
    for match in _PERCENT.finditer(text):
        amount = _amount(match["n"], None)
        if amount is not None:
            value = f"{amount.normalize():f}"
            yield Fact(
                kind=FactKind.NUMBER,
                start=match.start(),
                end=match.end(),
                value=value,
                unit="%",
                written=f"{value}%",
            )
    for match in _NUMBER.finditer(text):
        number = chinese_number(match[0])
        if number is not None:
            yield Fact(
                kind=FactKind.NUMBER,
                start=match.start(),
                end=match.end(),
                value=str(number),
                written=str(number),
            )


def find_id_cards(text: str) -> Iterator[Fact]:
    """Numbers of identity cards: 17 digits and a check character (GB 11643)."""
    for run in runs(text, letters=True, glued=True):
        if len(run.value) == 18 and _checks(run.value):
            yield Fact(
                kind=FactKind.ID_CARD, start=run.start, end=run.end, value=run.value, written=run.value
            )


def _checks(number: str) -> bool:
    if not number[:17].isdigit():
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return "10X98765432"[total % 11] == number[17]


def find_digits(text: str) -> Iterator[Fact]:
    """Digits read out one by one that are nothing else: the end of a card, a code, a short number."""
    for run in runs(text):
        spoken = text[run.start : run.end]
        told = _SPOKEN_DIGIT.search(spoken) or _CUE.search(text[max(0, run.start - 12) : run.start])
        if (
            len(run.value) >= MIN_DIGITS
            and run.value.isdigit()
            and (told or len(run.value) > 4 or spoken.isascii())
        ):
            yield Fact(kind=FactKind.DIGITS, start=run.start, end=run.end, value=run.value, written=run.value)
