from __future__ import annotations

import pytest

from gateway.text.addresses import find_addresses
from gateway.text.fold import fold


def best(text: str) -> str | None:
    found = find_addresses(fold(text))
    return max(found, key=lambda one: one[1])[0].value if found else None


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("我在样例区建国路八十八号门口", "样例区建国路八十八号门口"),
        ("阳光花园十二号楼三单元五零二室", "阳光花园十二号楼三单元五零二室"),
        ("在人民路和中山路交叉口", "人民路和中山路交叉口"),
        ("就在火车站旁边", "火车站旁边"),
        ("他打我", None),
    ],
)
def test_a_place_is_kept_as_the_caller_said_it(said: str, place: str | None) -> None:
    assert best(said) == place


def test_an_english_place_is_found_by_its_street_word() -> None:
    found = best("I'm at the corner of Example Road, near the bank")
    assert found is not None
    assert "example road" in found
