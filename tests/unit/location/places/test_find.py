"""Places in running speech: which are meant, how sure, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.model import Datum
from gateway.location.places import Gazetteer, How, Kind, load
from gateway.location.places.plane import distance_m


def names(town: Gazetteer, text: str) -> list[str]:
    return [one.name for one in town.find(text)]


@pytest.mark.parametrize(
    ("text", "name", "how"),
    [
        ("我在白鹭医院", "白鹭医院", How.EXACT),
        ("快来鹭医这边", "白鹭医院", How.ALIAS),
        ("就在榆川第3中学旁边", "榆川第三中学", How.EXACT),
        ("白露一元门口", "白鹭医院", How.SOUNDS_ALIKE),
        ("听権小区", "听泉小区", How.SOUNDS_ALIKE),
        ("我在白鷺醫院", "白鹭医院", How.EXACT),
        ("我 在 白鹭 医院", "白鹭医院", How.EXACT),
        ("榆树大街八十八号", "榆树大街88号", How.NUMBER),
        ("榆树大街的门牌号是幺零幺号", "榆树大街101号", How.NUMBER),
        ("榆树大街88号", "榆树大街88号", How.NUMBER),
        ("于树大街八十八号", "榆树大街88号", How.NUMBER),
        ("榆树大街和磨坊路交叉口", "榆树岗", How.JUNCTION),
        ("磨坊路榆树大街口", "榆树岗", How.JUNCTION),
        ("榆树大街靠近窑场路的红绿灯", "榆树大街与窑场路交叉口", How.JUNCTION),
        ("外环高速十一公里处", "外环高速K11+000", How.POST),
        ("外环往东方向K10+500", "外环高速K10+500", How.POST),
        ("外环高速十点五公里", "外环高速K10+500", How.POST),
        ("外环高速十公里加五百米", "外环高速K10+500", How.POST),
    ],
)  # fmt: skip
def test_a_place_is_found_however_it_is_named(town: Gazetteer, text: str, name: str, how: How) -> None:
    best = town.find(text)[0]
    assert (best.name, best.how) == (name, how)
    assert best.datum is Datum.WGS_84
    assert 0 < best.score <= 1


def test_what_was_heard_exactly_is_surer_than_what_only_sounds_so(town: Gazetteer) -> None:
    exact, alike = town.find("白鹭医院")[0], town.find("白露一元")[0]
    assert exact.place_id == alike.place_id
    assert exact.score > alike.score + 0.1
    assert "sounds like" in alike.why[0]


def test_a_number_lies_between_its_known_neighbours_of_the_same_side(town: Gazetteer) -> None:
    odd, even = town.find("榆树大街五十一号")[0], town.find("榆树大街五十二号")[0]
    assert odd.point == pytest.approx((30.0002, 110.006), abs=1e-5)
    assert even.point == pytest.approx((29.9998, 110.006), abs=1e-5)
    assert odd.uncertainty_m > town.find("榆树大街一号")[0].uncertainty_m


def test_a_number_far_beyond_the_known_ones_leaves_the_road_alone(town: Gazetteer) -> None:
    best = town.find("榆树大街九百号")[0]
    assert (best.kind, best.name) == (Kind.ROAD, "榆树大街")
    assert any("900" in why for why in best.why)


def test_a_kilometre_lies_between_its_posts(town: Gazetteer) -> None:
    assert town.find("外环高速十公里加五百米")[0].point == pytest.approx((30.02, 110.005), abs=1e-6)


def test_the_corner_of_a_junction_is_twenty_metres_off_its_middle(town: Gazetteer) -> None:
    best = town.find("榆树大街和磨坊路十字路口东南角")[0]
    assert distance_m(best.point, (30.0, 110.01)) == pytest.approx(20, abs=0.5)
    assert best.point[0] < 30.0
    assert best.point[1] > 110.01


def test_two_hundred_metres_east_moves_the_place_and_widens_it(town: Gazetteer) -> None:
    plain, moved = town.find("白鹭医院")[0], town.find("白鹭医院往东两百米")[0]
    assert distance_m(plain.point, moved.point) == pytest.approx(200, abs=2)
    assert moved.point[1] > plain.point[1]
    assert moved.uncertainty_m > plain.uncertainty_m


def test_opposite_widens_the_place_and_says_so(town: Gazetteer) -> None:
    plain, opposite = town.find("白鹭医院")[0], town.find("白鹭医院对面")[0]
    assert opposite.uncertainty_m > plain.uncertainty_m
    assert any("对面" in why for why in opposite.why)


def test_the_district_tells_two_places_of_one_name_apart(town: Gazetteer) -> None:
    both = town.find("听泉小区")
    assert [one.place_id for one in both] == ["c1", "c2"]
    assert both[0].score == both[1].score < 0.7
    east = town.find("河东区听泉小区")
    assert east[0].place_id == "c2"
    assert east[0].score > both[0].score + 0.2


def test_a_place_named_beside_it_tells_two_roads_of_one_name_apart(town: Gazetteer) -> None:
    assert town.find("新开街，白鹭医院这边")[0].place_id in ("p2", "new-w")
    assert len(town.find("新开街")) == 2


def test_where_the_caller_is_thought_to_be_breaks_a_tie(town: Gazetteer) -> None:
    assert town.find("听泉小区", near=(30.003, 110.0171))[0].place_id == "c2"
    assert town.find("听泉小区", near=(30.003, 110.0041))[0].place_id == "c1"


@pytest.mark.parametrize(
    "text",
    ["在磨坊路，不对，是窑场路", "不是磨坊路是窑场路", "磨坊路说错了窑场路"],
)
def test_what_the_caller_takes_back_falls_behind(town: Gazetteer, text: str) -> None:
    found = town.find(text)
    assert found[0].place_id == "kiln"
    assert all(one.score < 0.3 for one in found[1:])


def test_a_number_that_is_taken_back_is_replaced(town: Gazetteer) -> None:
    assert names(town, "榆树大街八号，不对，十八号") == ["榆树大街18号"]


def test_where_somebody_only_goes_to_is_no_place_of_the_call(town: Gazetteer) -> None:
    assert names(town, "我在磨坊路，他往榆树大街方向跑了") == ["磨坊路"]


def test_the_span_is_that_of_the_words_as_they_were_said(town: Gazetteer) -> None:
    text = "喂 我 在 白鹭 医院 门口"
    start, end = town.find(text)[0].span
    assert text[start:end] == "白鹭 医院 门口"


def test_the_address_has_the_divisions_and_the_street(town: Gazetteer) -> None:
    assert town.find("榆树大街一号")[0].address == "榆川市河西区榆树大街1号"
    assert town.find("第三中学三中")[0].address == "榆川市河东区磨坊路7号榆川第三中学"


@pytest.mark.parametrize("text", ["", "救命", "我不知道这是哪里", "。。。", "8" * 5000, "\0\ud800 "])
def test_where_no_place_is_named_none_is_found(town: Gazetteer, text: str) -> None:
    assert town.find(text) == []


@given(
    st.text(
        alphabet="榆树大街磨坊路和交叉口八十号东南角往米公里K+不对，是的白鹭医院对面0123456789 ab",
        max_size=40,
    )
)
def test_any_words_give_an_answer(town: Gazetteer, text: str) -> None:
    for one in town.find(text):
        assert 0 < one.score <= 1
        assert 0 <= one.span[0] < one.span[1] <= len(text)
        assert one.uncertainty_m > 0


@pytest.mark.parametrize(
    ("text", "km"),
    [
        ("外环高速K10加五百", 10.5),
        ("外环高速10.25公里", 10.25),
        ("外环高速十公里三百米", 10.3),
        ("外环k11", 11.0),
    ],
)
def test_a_kilometre_is_understood_however_it_is_told(town: Gazetteer, text: str, km: float) -> None:
    best = town.find(text)[0]
    assert best.how is How.POST
    assert best.point[1] == pytest.approx(110.0 + (km - 10) * 0.01, abs=1e-5)


def test_a_kilometre_without_a_post_leaves_the_road_alone(town: Gazetteer) -> None:
    best = town.find("外环高速三百公里处")[0]
    assert (best.how, best.kind) == (How.ALIAS, Kind.ROAD) or best.kind is Kind.ROAD


def test_a_stretch_from_road_to_road_is_as_wide_as_it_is_long(town: Gazetteer) -> None:
    best = town.find("榆树大街磨坊路到窑场路之间那一段")[0]
    assert best.point == pytest.approx((30.0, 110.0125), abs=1e-4)
    assert 240 < best.uncertainty_m < 350


def test_close_to_another_road_is_wider_than_their_crossing(town: Gazetteer) -> None:
    crossing, close = town.find("榆树大街磨坊路口")[0], town.find("榆树大街上，靠近磨坊路")[0]
    assert crossing.place_id == close.place_id
    assert close.uncertainty_m > crossing.uncertainty_m + 100
    assert close.score < crossing.score


def test_some_number_above_eighty_is_less_sure_and_wider(town: Gazetteer) -> None:
    sure, about = town.find("榆树大街八十五号")[0], town.find("榆树大街八十多号")[0]
    assert about.point == sure.point
    assert about.score < sure.score
    assert about.uncertainty_m > sure.uncertainty_m
    assert about.name == "榆树大街80多号"


@pytest.mark.parametrize("text", ["Elm Road number 51", "at elm road, number fifty-one please"])
def test_english_callers_say_the_number_after_the_road(written: Callable[..., Path], text: str) -> None:
    town = load(written(aliases_csv="place,alias\nmain,Elm Road\n"))
    assert town.find(text)[0].name == "榆树大街51号"


def test_a_road_is_known_without_its_quarter_of_the_compass(written: Callable[..., Path]) -> None:
    roads = (
        "id,name\nmain,榆树南大街\nmill,磨坊路\nkiln,窑场东路\nring,外环高速\nnew-e,新开街\nnew-w,新开街\n"
    )
    town = load(written(roads_csv=roads))
    assert [one.how for one in town.find("窑场路")] == [How.ALIAS]
    assert town.find("窑场东路")[0].how is How.EXACT


def test_of_a_road_close_to_another_the_one_that_was_meant_leads(town: Gazetteer) -> None:
    assert town.find("新开街，靠近窑场路")[0].place_id == "new-e"


@pytest.mark.parametrize("text", ["白路西元门口", "我在百灵医院", "白鹭鸡院那个"])
def test_one_wrong_syllable_of_four_is_forgiven_but_little_believed(town: Gazetteer, text: str) -> None:
    best = town.find(text)[0]
    assert best.place_id == "p2"
    assert best.how is How.SOUNDS_ALIKE
    assert best.score < town.find("白鹭医院")[0].score - 0.1


def test_another_ending_is_another_place(town: Gazetteer) -> None:
    assert town.find("听泉小学") == town.find("白鹭中院") == []


def test_where_a_whole_name_was_heard_nothing_is_forgiven(town: Gazetteer) -> None:
    assert [one.place_id for one in town.find("磨坊路那个百灵医院")] == ["mill"]


def test_the_number_of_a_building_with_a_name_is_a_number_of_its_road(town: Gazetteer) -> None:
    best = town.find("磨坊路七号")[0]
    assert (best.how, best.point) == (How.NUMBER, (30.001, 110.0101))


def test_a_road_that_nobody_drew_is_where_its_junctions_are(written: Callable[..., Path]) -> None:
    town = load(written(roads_geojson=None, addresses_csv=None, pois_csv=None, aliases_csv=None))
    assert town.find("榆树大街")[0].point == (30.0, 110.01)
    assert town.find("窑场路") == []


@pytest.mark.parametrize(
    ("text", "spots"),
    [
        ("我在三中门口", ["三中"]),
        ("快来鹭医这边", ["鹭医"]),
        ("榆树大街八十八号有人", ["榆树大街八十八号"]),
        ("外环十一公里处追尾", ["外环十一公里处"]),
        ("我 在 白鹭 医院", ["白鹭 医院"]),
        ("河东区听泉小区和三中", ["听泉小区", "三中"]),
        ("我在榆川市河东区", []),
        ("有人拿刀", []),
        ("", []),
    ],
)
def test_the_spots_of_a_text_are_every_name_below_a_district_with_its_number(
    town: Gazetteer, text: str, spots: list[str]
) -> None:
    assert [text[start:end] for start, end in town.named_in(text)] == spots


def test_a_number_told_before_its_road_belongs_to_the_spot(written: Callable[..., Path]) -> None:
    town, text = load(written()), "a fire at 51 Yushu Street please"
    ((start, end),) = town.named_in(text)
    assert text[start:end] == "51 Yushu Street"
    assert text[slice(*town.find(text)[0].span)] == "51 Yushu Street"
