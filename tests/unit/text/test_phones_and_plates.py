from __future__ import annotations

import pytest

from gateway.text.fold import fold
from gateway.text.phones import find_phones
from gateway.text.plates import find_plates


def phones(text: str) -> list[str]:
    return [found.value for found in find_phones(fold(text))]


def plates(text: str) -> list[str]:
    return [found.value for found in find_plates(fold(text))]


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("我电话幺三八零零幺三零零零幺", ["13800130001"]),
        ("幺三八，零零幺三，零零零二。", ["13800130002"]),
        ("13800130003", ["13800130003"]),
        ("one three eight, double zero one three, zero zero zero four", ["13800130004"]),
        ("幺三八，零零幺三，零零零二，不对，零零零五", ["13800130005"]),
        ("座机是零二一六五四三二一零零", ["02165432100"]),
        ("电话六五四三二一零零", ["65432100"]),
        ("一百二十八公里加五百", []),
        ("我打12345没人接", []),
    ],
)
def test_a_phone_number_is_read_with_its_slips_mended(said: str, numbers: list[str]) -> None:
    assert phones(said) == numbers


@pytest.mark.parametrize(
    ("said", "numbers"),
    [
        ("车牌是沪A，幺二三四五", ["沪A12345"]),
        ("沪A……沪A三二，啊不，三三，三三B六零", ["沪A33B60"]),
        ("京A，D幺二三四五，绿牌", ["京AD12345"]),
        ("the plate is Su E, one two B four five", ["苏E12B45"]),
        ("只看到车牌后面是三七九", ["*379"]),
        ("车牌没看见", []),
        ("银行卡尾号三七九", []),
    ],
)
def test_a_plate_is_read_whole_or_in_part(said: str, numbers: list[str]) -> None:
    assert plates(said) == numbers
