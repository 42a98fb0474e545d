"""What callers say, over all kinds, against two invented cities: the place that is meant leads, and what is
wrong is never sure.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.location.places import Candidate, Gazetteer, How, load
from gateway.location.places.plane import bearing_word, distance_m
from tests.unit.location.places import yundu
from tests.unit.location.places.spoken import CALLS
from tests.unit.location.places.spoken_later import DEMO, LATER

SURE = 0.7
"""From this score on a candidate is taken for the place by what describes an address."""
BELIEVED = 0.5
"""Below it nothing becomes a fix of the call."""
Table = dict[str, list[tuple[str, str]]]


@pytest.fixture(scope="module")
def yundu_city(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return load(yundu.written(tmp_path_factory.mktemp("yundu")))


@pytest.fixture(scope="module")
def demo_city() -> Gazetteer:
    return load(Path(__file__).parents[4] / "conf" / "places")


def rows(table: Table) -> Iterator[object]:
    for kind, calls in table.items():
        for text, meant in calls:
            yield pytest.param(text, meant, id=f"{kind}: {text}")


def judge(found: list[Candidate], meant: str) -> None:
    ids = [one.place_id for one in found]
    wanted = [one for one in meant.rstrip("~?").split("|") if one]
    sure = bool(found) and found[0].score >= SURE
    if not wanted or meant.endswith("?"):
        assert not sure, found
    elif len(wanted) > 1:
        assert set(ids[: len(wanted)]) == set(wanted), found
        assert not sure, found
    elif meant.endswith("~"):
        assert wanted[0] in ids[:3], found
        assert ids[0] == wanted[0] or not sure, found
    else:
        assert ids[:1] == wanted, found


@pytest.mark.parametrize(("text", "meant"), [*rows(CALLS), *rows(LATER)])
def test_a_caller_in_a_city_of_traps_is_understood(yundu_city: Gazetteer, text: str, meant: str) -> None:
    judge(yundu_city.find(text), meant)


@pytest.mark.parametrize(("text", "meant"), rows(DEMO))
def test_a_caller_in_the_demonstrations_city_is_understood(
    demo_city: Gazetteer, text: str, meant: str
) -> None:
    judge(demo_city.find(text), meant)


def test_the_tables_hold_every_kind_and_enough_of_each() -> None:
    assert sum(map(len, CALLS.values())) >= 200
    assert all(len(calls) >= 6 for calls in CALLS.values())
    assert len({text for calls in CALLS.values() for text, _ in calls}) == sum(map(len, CALLS.values()))


@pytest.mark.parametrize(
    ("told", "start", "bearing", "metres"),
    [
        ("从人民医院往北走两百米", "人民医院", "北", 200),
        ("解放路人民路路口往北走两百米", "解放路人民路路口", "北", 200),
        ("云渡大学南门口往西一百米", "云渡大学", "西", 100),
        ("人民公园东北方向一里地", "人民公园", "东北", 500),
        ("解放路八十八号往东五十米", "解放路八十八号", "东", 50),
        ("三中东边一公里", "三中", "东", 1000),
        ("人民路和解放路东南角", "人民路和解放路路口", "东南", 20),
    ],
)
def test_so_many_metres_in_a_direction_move_the_place(
    yundu_city: Gazetteer, told: str, start: str, bearing: str, metres: float
) -> None:
    there, here = yundu_city.find(told)[0], yundu_city.find(start)[0]
    assert there.place_id == here.place_id
    assert distance_m(here.point, there.point) == pytest.approx(metres, rel=0.02)
    assert bearing_word(here.point, there.point) == bearing


def test_between_two_places_is_the_middle_and_as_wide_as_they_are_apart(yundu_city: Gazetteer) -> None:
    one, other = yundu_city.find("三中")[0], yundu_city.find("人民公园")[0]
    between = yundu_city.find("在三中和人民公园之间")[0]
    assert between.name == "云渡市第三中学与人民公园之间"
    assert distance_m(one.point, between.point) == pytest.approx(
        distance_m(other.point, between.point), abs=1
    )
    assert between.uncertainty_m >= distance_m(one.point, between.point)


@pytest.mark.parametrize(
    ("text", "leads", "near"),
    [
        ("中山路二十五号", "zhongshan#25", "zhongshan-e#25"),
        ("中山东路二十五号", "zhongshan-e#25", "zhongshan#25"),
        ("中山路文昌路路口", "wenchang×zhongshan#1", ""),
    ],
)
def test_a_road_of_nearly_that_name_is_a_lower_candidate(
    yundu_city: Gazetteer, text: str, leads: str, near: str
) -> None:
    found = yundu_city.find(text)
    assert [one.place_id for one in found] == [one for one in (leads, near) if one]
    assert found[0].score >= SURE
    assert all(one.score < BELIEVED for one in found[1:])
    assert all("is nearly" in one.why[0] for one in found[1:])


@pytest.mark.parametrize(
    "text", ["中山西路", "人民南路五十号", "解放东路", "建设大道四十五号", "中山大道", "东中山大道"]
)
def test_where_only_a_road_of_nearly_that_name_is_known_it_is_shown_and_not_believed(
    yundu_city: Gazetteer, text: str
) -> None:
    found = yundu_city.find(text)
    assert found
    assert found[0].score < BELIEVED
    assert found[0].how in (How.NEAR_NAME, How.NUMBER)
    assert "is nearly" in found[0].why[0]


def test_a_name_behind_another_city_s_is_not_believed(yundu_city: Gazetteer) -> None:
    assert yundu_city.find("江北市第三医院")[0].score < 0.6 < yundu_city.find("第三医院")[0].score
