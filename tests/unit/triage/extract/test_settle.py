from __future__ import annotations

import pytest

from gateway.speech.model import Leg
from gateway.triage.corpus import utterances
from gateway.triage.extract import extract, settle


def settled(*turns: str) -> dict[str, list[str]]:
    """The values of a call by field; a turn that begins with > is the call-taker's."""
    spoken = utterances(
        (Leg.CALL_TAKER, turn[1:]) if turn.startswith(">") else (Leg.CALLER, turn) for turn in turns
    )
    found: dict[str, list[str]] = {}
    for one in settle(spoken, [value for each in spoken for value in extract(each)]):
        found.setdefault(one.field, []).append(one.value)
    return found


@pytest.mark.parametrize(
    ("asked", "answer", "count"),
    [
        ("有没有人受伤", "没有，你们快来", ["0"]),
        ("有人受伤吗", "就我一个", ["1"]),
        ("几个人受伤", "两个", ["2"]),
        ("Is anyone injured?", "No, we're fine", ["0"]),
        ("您在哪里", "没有看见路牌", None),
    ],
)
def test_an_answer_to_the_question_after_injuries_counts(
    asked: str, answer: str, count: list[str] | None
) -> None:
    assert settled(">" + asked, answer).get("people_injured") == count


def test_an_injury_that_was_told_outweighs_a_no() -> None:
    assert settled("他头上流血了", ">有没有人受伤", "没有别人")["people_injured"] == ["1"]


def test_the_largest_number_stands() -> None:
    assert settled("有人受伤了", "两个人受伤")["people_injured"] == ["2"]


def test_what_was_taken_back_falls_away() -> None:
    said = settled("电话幺三八零零幺三零零零幺", "不对，是幺三八零零幺三零零零二")
    assert said["phone"] == ["13800130002"]


def test_a_closer_word_for_a_weapon_replaces_the_general_one() -> None:
    assert settled("他拿着刀", "他手里是水果刀")["weapon"] == ["水果刀"]


def test_a_whole_plate_replaces_the_part_that_was_heard_first() -> None:
    assert settled("车牌尾号三四五", "苏E一二三四五")["plate"] == ["苏E12345"]


def test_a_film_gives_no_weapon_and_no_injury() -> None:
    said = settled("他拿枪打中了人，流血了", "对不起，看电视呢，没事")
    assert "weapon" not in said
    assert said.get("people_injured") != ["1"]


def test_an_address_told_in_pieces_is_joined() -> None:
    assert settled(">哪里", "样例区建国路八十八号", ">几楼", "三楼，幺零二室")["address_text"] == [
        "样例区建国路88号3楼102室"
    ]


def test_a_bare_place_counts_when_it_answers_where() -> None:
    assert settled(">您在哪里", "望江二桥，你们快点")["address_text"] == ["望江二桥"]
    assert "address_text" not in settled("我刚从银行回来")
