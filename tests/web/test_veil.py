"""Words of a call for readers who may not see places."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gateway.web.push import Push, shown
from gateway.web.roles import ROLES, Sight, masked_call, masked_event, masked_fields
from gateway.web.veil import COVER, veiled, veiled_segment

AUDITOR, DESK = ROLES["auditor"], ROLES["call_taker"]
SAID = "我在青桐区建国路八十八号三单元有人拿刀"


def segment(text: str, *words: str) -> dict[str, Any]:
    return {
        "index": 0,
        "text": text,
        "words": [
            {"text": word, "started_ms": at, "ended_ms": at + 1, "confidence": 1.0, "heard": word}
            for at, word in enumerate(words)
        ],
    }


def test_road_and_number_are_covered_and_the_danger_stays() -> None:
    seen = veiled(SAID)
    assert len(seen) == len(SAID)
    assert "建国路" not in seen
    assert "八十八" not in seen
    assert "三单元" not in seen
    assert seen.endswith("有人拿刀")


def test_a_district_stays_as_it_does_on_the_card() -> None:
    assert veiled("在杭州市西湖区文三路二十号").startswith("在杭州市西湖区" + COVER)


def test_words_without_a_place_are_as_they_were() -> None:
    assert veiled("有人拿刀抢了我的包快来") == "有人拿刀抢了我的包快来"


def test_an_address_in_english_is_covered_too() -> None:
    assert "Main" not in veiled("there is a fire at 88 Main Street please hurry")


@pytest.mark.parametrize(
    "text",
    [
        "往建国路方向跑了", "我在31.2304,121.4737", "北纬三十一度十四分东经一百二十一度二十八分",
        "31°14'10\" 121°28'", "G15高速1204公里处",
    ],
)  # fmt: skip
def test_where_somebody_went_and_coordinates_are_places_too(text: str) -> None:
    seen = veiled(text)
    assert len(seen) == len(text)
    assert not re.search(r"建国|31|121|三十一|1204", seen), seen


@pytest.mark.parametrize(
    "text",
    [
        "老公", "白色面包车", "王建国", "菜刀", "已联系施工方停工", "2026-01-05T12:00:00.000Z",
        "p1-1767614400.1", "他朝我打了一拳",
    ],
)  # fmt: skip
def test_few_words_that_name_no_spot_stay(text: str) -> None:
    """A line of them would be read as a shop's address."""
    assert veiled(text) == text


def test_names_that_the_sites_places_know_are_covered_whatever_they_look_like() -> None:
    def known(text: str) -> list[tuple[int, int]]:
        return [found.span() for found in re.finditer("样大", text)]

    may = Sight.of(["auditor"], known)
    said = "我在样大有人拿刀"
    for seen in (
        veiled(said, known),
        masked_event({"text": said}, may)["text"],
        masked_event({"title": said}, may)["title"],
        masked_fields({"goods": [{"value": said}]}, may)["goods"][0]["value"],
        masked_call({"last_text": said}, may)["last_text"],
    ):
        assert seen == "我在▇▇有人拿刀"
    assert masked_event({"text": said}, AUDITOR)["text"] == said, "nobody knows that name here"


def test_sentences_of_the_program_and_names_of_people_stay() -> None:
    told = {"by": "建国路", "explanation_zh": "提到建国路", "unit": "建国路派出所", "department": "urban"}
    assert masked_event(told, AUDITOR) == told


def test_a_sentence_about_a_distance_and_what_a_source_could_not_give_are_left_out() -> None:
    flag = {"code": "conflict_spoken", "zh": "相距3.2公里", "en": "3.2 km apart", "locations": ["a", "b"]}
    assert masked_event(flag, AUDITOR) == {**flag, "zh": None, "en": None}
    fault = {"query_id": "q", "outcome": "failed", "fault": "no digits: Hill 88"}
    assert masked_event(fault, AUDITOR)["fault"] is None
    assert masked_event(fault, DESK) == fault


def test_which_way_somebody_went_is_no_field_for_who_may_not_see_places() -> None:
    fields = {"direction": [{"value": "往东"}], "suspect": [{"value": "住在建国路的男子"}]}
    assert masked_fields(fields, AUDITOR) == {"suspect": [{"value": "住在▇▇▇的男子"}]}


def test_single_words_are_covered_where_their_text_is() -> None:
    seen = veiled_segment(segment("在建国路八十八号打架", "在", "建国路", "八十八", "号", "打架"))
    assert [word["text"] for word in seen["words"]] == ["在", COVER * 3, COVER * 3, COVER, "打架"]
    assert [word["heard"] for word in seen["words"]][1:4] == ["", "", ""]


def test_a_word_that_the_text_does_not_hold_is_covered() -> None:
    (word,) = veiled_segment(segment("在建国路", "人民路"))["words"]
    assert word["text"] == COVER * 3


def test_what_two_hearings_told_differently_is_covered_whole() -> None:
    change = {"started_ms": 1, "ended_ms": 2, "live": "八百", "review": "八十八"}
    seen = masked_event({"sides": [{"changes": [change]}]}, AUDITOR)["sides"][0]["changes"][0]
    assert (seen["live"], seen["review"]) == (COVER * 2, COVER * 3)
    assert masked_event(change, DESK) == change


def test_news_events_and_the_board_cover_the_same_words() -> None:
    news = Push(kind="segment", call_id="c", data={"call_id": "c", "segment": segment(SAID)})
    for seen in (
        shown(news, "c", AUDITOR),
        masked_event({"segment": segment(SAID)}, AUDITOR),
        masked_event({"quote": SAID}, AUDITOR),
        masked_call({"last_text": SAID}, AUDITOR),
    ):
        assert "建国路" not in str(seen)
        assert "拿刀" in str(seen)
    assert shown(news, "c", DESK) == news.data


def test_what_a_person_summed_up_shows_neither_places_nor_numbers_to_who_may_not_see_them() -> None:
    summary = {"summary": [{"value": "建国路88号被抢，回拨13800138000", "source": "person"}]}
    told = {"note": "建国路88号被抢，回拨13800138000", "by": "wang"}
    for words in (
        masked_fields(summary, ROLES["rule_operator"])["summary"][0]["value"],
        masked_event(told, ROLES["rule_operator"])["note"],
    ):
        assert "建国路" not in words
        assert "13800138000" not in words
        assert "被抢" in words
    assert masked_fields(summary, ROLES["call_taker"]) == summary
