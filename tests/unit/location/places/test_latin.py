"""Chinese names in Latin letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.location.places.latin import heard_latin
from gateway.location.places.model import Kind, Place
from gateway.location.places.names import Name, Names, plain

NAMES = ["建国路", "中山东路", "和平街", "滨江大道", "西安路", "绿水巷", "朝阳公园", "第三中学", "人民医院"]
CITY = Names(Name(plain(name), Place(name, Kind.ROAD, name), 1.0) for name in NAMES)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("on jianguo road now", "建国路"),
        ("jian guo road", "建国路"),
        ("jianguo lu", "建国路"),
        ("east zhongshan road", "中山东路"),
        ("zhongshan east road", "中山东路"),
        ("zhongshan dong lu", "中山东路"),
        ("heping street", "和平街"),
        ("binjiang boulevard", "滨江大道"),
        ("binjiang road", "滨江大道"),
        ("xi'an road", "西安路"),
        ("xian road", "西安路"),
        ("chaoyang park", "朝阳公园"),
        ("no.三 middle school", "第三中学"),
        ("third high school", "第三中学"),
        ("people's hospital", "人民医院"),
        ("lvshui lane", "绿水巷"),
        ("我在jianguo road上", "建国路"),
    ],
)
def test_a_name_in_letters_is_found_by_its_sound(text: str, name: str) -> None:
    (hit,) = heard_latin(text, CITY)
    assert hit.name.text == name
    assert 0.5 < hit.likeness < 1


@pytest.mark.parametrize(
    "text", ["", "the road", "down the road", "broad street", "roadside", "jianguo", "my hotel", "a a a road"]
)
def test_what_is_no_name_of_the_city_is_none(text: str) -> None:
    assert heard_latin(text, CITY) == []


@given(st.text(alphabet="jianguo lu road'-.三zhongs", max_size=60))
def test_any_letters_give_an_answer_within_the_text(text: str) -> None:
    for hit in heard_latin(text, CITY):
        assert 0 <= hit.start < hit.end <= len(text)
