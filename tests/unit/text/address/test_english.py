# ruff: noqa: E501, SIM905 (an example is read more easily in one line)
"""Addresses and places in English: written lines, and what a caller says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.text.address import Kind, parse

CUT = (
    ("Flat 3, 88 Jianguo Road, near Central Hospital", "Flat 3/roomno 88/roadno Jianguo Road/road near/assist Central Hospital/poi"),
    ("corner of Zhongshan Road and Renmin Road", "corner of/assist Zhongshan Road/road and/assist Renmin Road/subRoad"),
    ("the third floor of building 5, Sunshine Garden", "third floor/floorno building 5/houseno Sunshine Garden/poi"),
    ("kilometre 36 on the G42 northbound", "kilometre 36/roadno G42/road northbound/assist"),
    ("Room 1203, Unit 2, Building 7, Riverside Garden, 256 Binjiang Road, Liutang District", "Room 1203/roomno Unit 2/cellno Building 7/houseno Riverside Garden/poi 256/roadno Binjiang Road/road Liutang District/district"),
    ("No. 18 Heping Street, Jingkou Town, Linhe County", "No. 18/roadno Heping Street/road Jingkou Town/town Linhe County/district"),
    ("I'm at eighty-eight Jianguo Road, room one two oh three", "eighty-eight/roadno Jianguo Road/road room one two oh three/roomno"),
    ("please hurry, we're in the Golden Lion Hotel on the twelfth floor", "Golden Lion Hotel/poi twelfth floor/floorno"),
    ("there's a man with a knife outside the Wanda Plaza, opposite the police station", "outside/assist Wanda Plaza/poi opposite/assist police station/subpoi"),
    ("um, it's, it's building three, no wait, building four, Lakeside Apartments", "building three/redundant building four/houseno Lakeside Apartments/poi"),
    ("on the G60 expressway heading towards Hangzhou, kilometre three two six", "G60 expressway/road heading towards Hangzhou/assist kilometre three two six/roadno"),
    ("exit C of Guanghua Road metro station", "exit C/poi Guanghua Road metro station/subpoi"),
    ("we crashed on the airport expressway, eastbound, just past the toll gate", "airport expressway/road eastbound/assist just past/assist toll gate/poi"),
    ("behind the No. 2 Middle School on Xinhua Street", "behind/assist No. 2 Middle School/poi Xinhua Street/road"),
    ("at the intersection of Fengle Road and Xinhua Avenue, on the southeast corner", "intersection of/assist Fengle Road/road and/assist Xinhua Avenue/subRoad southeast corner/assist"),
    ("two hundred metres north of the Red Star Bridge", "two hundred metres north of/assist Red Star Bridge/poi"),
    ("Liuwan Village, group 3, Qingshi Town", "Liuwan Village/community group 3/road Qingshi Town/town"),
    ("my flat is on the ninth floor, block B, Jade Court", "ninth floor/floorno block B/houseno Jade Court/poi"),
    ("12F, Tower A, Jinqiao International Center, 1500 Century Avenue, Donggang City", "12F/floorno Tower A/houseno Jinqiao International Center/poi 1500/roadno Century Avenue/road Donggang City/city"),
    ("he's in the car park under Times Square", "car park/poi under/assist Times Square/subpoi"),
    ("national highway 312, kilometre 62 plus 500", "national highway 312/road kilometre 62 plus 500/roadno"),
    ("K136+200 on the S20 outer ring road", "K136+200/roadno S20 outer ring road/road"),
    ("it's 27 Mulan Lane, not 25", "27/roadno Mulan Lane/road"),
    ("number 14 Xuefu Road, sorry, number 40 Xuefu Road", "number 14/redundant Xuefu Road/road number 40/roadno Xuefu Road/redundant"),
    ("the KFC next to the train station", "KFC/poi next to/assist train station/subpoi"),
    ("basement of the Tiancheng Building", "basement/floorno Tiancheng Building/poi"),
    ("Lane 579, Guoquan Road", "Lane 579/subRoad Guoquan Road/road"),
    ("Sunshine Garden phase 2, building 8, unit 1, 12th floor, 1202", "Sunshine Garden/poi phase 2/subpoi building 8/houseno unit 1/cellno 12th floor/floorno 1202/roomno"),
    ("No. 22, Lane 108, Fuxing Middle Road, Shanghai", "No. 22/roadno Lane 108/subRoad Fuxing Middle Road/road Shanghai/city"),
    ("about 300 meters east of the toll gate on the Airport Expressway", "about 300 meters east of/assist toll gate/poi Airport Expressway/road"),
    ("the parking lot behind Xinhua Bookstore on People's Road", "parking lot/poi behind/assist Xinhua Bookstore/subpoi People's Road/road"),
    ("at the north gate of People's Park", "north gate/poi People's Park/subpoi"),
)  # fmt: skip


def cut(text: str) -> str:
    return " ".join(f"{one.text}/{one.kind}" for one in parse(text).elements)


@pytest.mark.parametrize(("text", "pieces"), CUT)
def test_an_english_address_is_cut_into_its_elements(text: str, pieces: str) -> None:
    assert cut(text) == pieces


@pytest.mark.parametrize(
    "text",
    [
        "help me please",
        "somebody stole my phone",
        "he is on his way",
        "two men are fighting",
        "I was on the road to work",
        "my number is one three eight double zero",
        "he said no",
        "there is a fire in my kitchen",
        "",
    ],
)
def test_english_without_a_place_has_no_elements(text: str) -> None:
    assert parse(text).elements == ()
    assert parse(text).normalised is None


def test_english_numbers_are_figures_for_machines_and_the_line_is_as_it_was_said() -> None:
    found = parse("um, flat three, eighty-eight Jianguo Road, on the third floor, near the Central Hospital")
    assert found.first(Kind.ROOM_NO) == "flat 3"
    assert found.number == "88"
    assert found.first(Kind.FLOOR_NO) == "floor 3"
    assert found.normalised == "flat 3, 88 Jianguo Road, floor 3, near Central Hospital"


WORDS = (
    "Flat 3, 88 Jianguo Road near Central Hospital corner of and building five no wait sorry kilometre 36 G42 northbound third floor "
    "room one two oh three the of at I'm opposite Sunshine Garden , . ' 312 exit C"
).split(" ")


@given(st.lists(st.sampled_from(WORDS), max_size=16).map(" ".join))
def test_any_row_of_english_words_has_elements_that_lie_in_it_apart(text: str) -> None:
    end = 0
    for one in parse(text).elements:
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        assert one.value
        end = one.end


@given(st.text(alphabet="abcdefgr ao1,.'-#+", max_size=60))
def test_any_english_letters_have_an_answer(text: str) -> None:
    assert all(text[one.start : one.end] == one.text for one in parse(text).elements)
