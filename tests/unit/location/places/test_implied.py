"""Names that follow from official ones."""

from __future__ import annotations

import pytest

from gateway.location.places.implied import MAX_SHARED, named
from gateway.location.places.model import Division, Kind, Place, PlaceSet


def of(name: str, kind: Kind = Kind.POI, *others: str, aliases: tuple[str, ...] = ()) -> dict[str, float]:
    """Every name of the first place, with its worth."""
    places = PlaceSet(
        city="云渡市",
        divisions={
            "1": Division("1", "云渡市"),
            "2": Division("2", "西岭区", "1"),
            "3": Division("3", "石鼓县", "1"),
        },
        places=[Place("x", kind, name), *(Place(other, kind, other) for other in others)],
        aliases=[("x", alias) for alias in aliases],
    )
    found = named(places, {place.place_id: place for place in places.places})
    return {name.text: name.worth for name in found if name.place.place_id == "x"}


@pytest.mark.parametrize(
    ("name", "kind", "called"),
    [
        ("云渡市第三中学", Kind.POI, {"第三中学", "三中", "市三中", "云渡三中", "云渡第三中学"}),
        ("西岭区第二小学", Kind.POI, {"二小", "区二小", "西岭二小"}),
        ("云渡市第一人民医院", Kind.POI, {"一院", "市一院", "第一医院"}),
        ("云渡市人民医院", Kind.POI, {"人民医院", "市人民医院", "市医院"}),
        ("石鼓县人民医院", Kind.POI, {"人民医院", "县人民医院", "县医院", "石鼓人民医院"}),
        ("云渡汽车客运站", Kind.POI, {"汽车客运站", "汽车站", "客运站", "云渡市汽车客运站"}),
        ("地铁文昌路站", Kind.POI, {"文昌路地铁站", "文昌路站", "文昌路地铁口"}),
        ("工商银行朝阳支行", Kind.POI, {"工商银行", "朝阳工商银行", "朝阳支行"}),
        ("惠民超市（工业园店）", Kind.POI, {"惠民超市工业园店", "惠民超市", "工业园惠民超市"}),
        ("中油解放路加油站", Kind.POI, {"解放路加油站"}),
        ("云石高速云渡东收费站", Kind.POI, {"云渡东收费站", "东收费站"}),
        ("听泉花园小区", Kind.COMMUNITY, {"听泉花园"}),
        ("王家庄村", Kind.COMMUNITY, {"王家庄"}),
        ("鼓楼区", Kind.DIVISION, {"鼓楼"}),
        ("太平南路", Kind.ROAD, {"太平路"}),
        ("人民北大街", Kind.ROAD, {"人民大街"}),
        ("999国道", Kind.ROAD, {"国道九九九", "g九九九", "g九九九国道"}),
        ("G9901云石高速公路", Kind.ROAD, {"云石高速", "云石高速公路", "g九九零一"}),
    ],
)
def test_a_place_is_called_by_what_follows_from_its_name(name: str, kind: Kind, called: set[str]) -> None:
    assert called <= of(name, kind).keys()


@pytest.mark.parametrize(
    ("name", "kind", "never"),
    [
        ("石鼓派出所", Kind.POI, "派出所"),
        ("云渡广场", Kind.POI, "广场"),
        ("石鼓建材商行", Kind.POI, "建材商行"),
        ("999国道加油站", Kind.POI, "加油站"),
        ("上河村", Kind.COMMUNITY, "上河"),
        ("双东路", Kind.ROAD, "双路"),
    ],
)
def test_what_is_in_every_town_is_a_name_of_no_place(name: str, kind: Kind, never: str) -> None:
    assert never not in of(name, kind)


def test_an_official_name_of_another_place_follows_from_none() -> None:
    assert "第三中学" not in of("云渡市第三中学", Kind.POI, "第三中学")


def test_a_road_whose_short_name_another_road_bears_is_only_nearly_called_so() -> None:
    assert of("中山东路", Kind.ROAD)["中山路"] > 0.8
    assert of("中山东路", Kind.ROAD, "中山路")["中山路"] == 0.5


def test_a_name_from_the_list_is_worth_more_than_one_that_follows() -> None:
    assert of("云渡市人民医院", aliases=("人医",))["人医"] > of("云渡市人民医院")["人民医院"]


def test_the_city_s_own_is_worth_more_than_a_district_s() -> None:
    assert of("云渡市人民医院")["人民医院"] > of("石鼓县人民医院")["人民医院"] + 0.1


def test_a_brand_of_too_many_branches_is_no_name() -> None:
    branches = [f"惠民超市{first}{second}店" for first in "东南西北" for second in "一二三四五六七八九十甲乙"]
    assert len(branches) > MAX_SHARED
    assert "惠民超市" not in of(*branches[:1], Kind.POI, *branches[1:])
    assert "惠民超市" in of(*branches[:1], Kind.POI, *branches[1:MAX_SHARED])
