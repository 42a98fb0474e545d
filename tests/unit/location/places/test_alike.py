"""Names that were not said but nearly."""

from __future__ import annotations

import pytest

from gateway.location.places.alike import further
from gateway.location.places.model import Kind, Place
from gateway.location.places.names import NEARLY_NAMED, Name, Names, plain

ROADS = ("中山路", "中山东路", "太平南路", "建设路", "解放路", "人民路", "中山一路")
CITY = Names(
    [
        *(Name(plain(name), Place(name, Kind.ROAD, name), 1.0) for name in ROADS),
        Name("第三医院", Place("h", Kind.POI, "第三医院"), 1.0),
        Name("建设大道小学", Place("s", Kind.POI, "建设大道小学"), 1.0),
    ]
)


def found(text: str) -> dict[str, float]:
    return {hit.name.place.name: hit.name.worth for hit in further(text, CITY.heard(text), CITY)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("在中山东路", {"中山东路": 1.0, "中山路": NEARLY_NAMED}),
        ("在中山西路", {"中山路": NEARLY_NAMED, "中山东路": NEARLY_NAMED}),
        ("在东中山路", {"中山路": 1.0, "中山东路": NEARLY_NAMED}),
        ("在太平北路", {"太平南路": NEARLY_NAMED}),
        ("在建设大道", {"建设路": NEARLY_NAMED}),
        ("在建设东路", {"建设路": NEARLY_NAMED}),
        ("在建设路", {"建设路": 1.0}),
        ("在建设大道小学", {"建设大道小学": 1.0}),
        ("在中山二路", {}),
        ("在大道上", {}),
        ("解放人民路口", {"解放路": 0.85, "人民路": 1.0}),
        ("解放和人民路交叉口", {"解放路": 0.85, "人民路": 1.0}),
        ("解放人民路", {"人民路": 1.0}),
        ("小王人民路口", {"人民路": 1.0}),
    ],
)
def test_roads_that_are_nearly_called_so_are_added(text: str, names: dict[str, float]) -> None:
    assert found(text) == names


def test_what_belongs_to_another_city_counts_for_less() -> None:
    assert found("江北市第三医院")["第三医院"] < found("在第三医院")["第三医院"] == 1.0


def test_all_hits_stand_in_the_order_of_the_text() -> None:
    hits = further("解放人民路口在中山西路", CITY.heard("解放人民路口在中山西路"), CITY)
    assert [hit.start for hit in hits] == sorted(hit.start for hit in hits)


@pytest.mark.parametrize("text", ["在第四第三医院", "第十二第三医院"])
def test_behind_another_number_a_name_is_another_place(text: str) -> None:
    assert found(text)["第三医院"] == 0.5
