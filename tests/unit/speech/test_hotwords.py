from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.speech.control import PartialText, Segment, SetHotWords
from gateway.speech.hotwords import MAX_WORDS, HotWords, clean
from gateway.speech.model import Word
from gateway.speech.recognizer import joined
from gateway.testing.fake_recognizer import pause, say
from gateway.testing.tap_stream import frames, named


def heard(*words: str, sure: float = 0.7) -> list[Word]:
    """Words of 200 ms a character, one after the other."""
    made, at = [], 0
    for text in words:
        span = 200 * len(text)
        made.append(Word(text=text, started_ms=at, ended_ms=at + span, confidence=sure))
        at += span
    return made


HOT = HotWords.of(["柳塘区", "新港大道", "持刀", "zhang san", "Example Road"])


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (("流淌", "去", "三号"), "柳塘区三号"),
        (("在", "新", "钢", "大", "到"), "在新港大道"),
        (("心", "港", "大道"), "新港大道"),
        (("柳塘区",), "柳塘区"),
        (("流淌", "去年",), "柳塘区年"),
        (("exampel", "rode"), "example road"),
        (("吃", "掉"), "吃掉"),
        ((), ""),
    ],
)  # fmt: skip
def test_a_hot_word_takes_the_place_of_words_that_sound_the_same(said: tuple[str, ...], text: str) -> None:
    assert joined(HOT.put_right(heard(*said))) == text


def test_what_the_recognizer_wrote_is_kept_with_its_time_and_confidence() -> None:
    right = HOT.put_right(heard("在", "流淌", "去", "八号"))
    assert [(word.text, word.heard) for word in right] == [
        ("在", ""), ("柳塘区", "流淌去"), ("八号", ""),
    ]  # fmt: skip
    assert (right[1].started_ms, right[1].ended_ms, right[1].confidence) == (200, 800, 0.7)


def test_a_word_that_is_cut_leaves_its_other_characters_where_they_were_said() -> None:
    right = HOT.put_right(heard("流淌", "去年"))
    assert (right[1].text, right[1].started_ms, right[1].ended_ms) == ("年", 600, 800)


def test_short_words_are_not_forced_on_a_recognizer_that_is_sure() -> None:
    sure = heard("赤", "道", sure=0.99)
    assert joined(HotWords.of(["持刀"]).put_right(sure)) == "赤道"
    three = heard("流淌", "去", sure=1.0)
    assert joined(HOT.put_right(three)) == "流淌去"


def test_two_syllables_need_the_same_tones() -> None:
    words = HotWords.of(["偷了"])
    assert joined(words.put_right(heard("头", "了", sure=0.5))) == "头了"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("我在流淌大街", "我在柳塘大街"),
        ("call me我在流淌大街now", "call me我在柳塘大街now"),
        ("流淌去有人打架", "流淌去有人打架"),
        ("没有这个词at all", "没有这个词at all"),
        ("", ""),
    ],
)
def test_unfinished_text_is_put_right_by_long_sounds_alone(text: str, right: str) -> None:
    assert HotWords.of(["柳塘大街", "柳塘区"]).put_right_text(text) == right
    assert HotWords().put_right_text(text) == text


def test_the_longer_of_two_overlapping_hot_words_is_taken() -> None:
    words = HotWords.of(["望江区", "望江区新港"])
    assert joined(words.put_right(heard("旺", "将", "区", "心", "港"))) == "望江区新港"


def test_a_list_is_cleaned_of_remarks_doubles_and_what_is_no_word() -> None:
    lines = ["柳塘区 # 区", "柳塘区", "", "# 今日", "我", "12345", "Zhang San", "a", "柳 塘 路"]
    assert clean(lines) == ["柳塘区", "zhang san", "柳塘路"]
    many = [
        f"{one}{two}路"
        for one in "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸"
        for two in map(chr, range(0x4E00, 0x4F00))
    ]
    assert len(many) > MAX_WORDS
    assert len(clean(many)) == MAX_WORDS


WORDS = st.lists(
    st.tuples(st.text(alphabet="流淌去柳塘区新港大道abc心钢到", min_size=0, max_size=3), st.floats(0, 1)),
    max_size=12,
)


@given(WORDS)
def test_nothing_said_is_lost_and_time_never_runs_backwards(said: list[tuple[str, float]]) -> None:
    words, at = [], 0
    for text, sure in said:
        words.append(Word(text=text, started_ms=at, ended_ms=at + 100, confidence=sure))
        at += 100
    right = HOT.put_right(words)
    assert len("".join(word.heard or word.text for word in right).replace(" ", "")) == sum(
        len(w.text) for w in words
    )
    times = [time for word in right for time in (word.started_ms, word.ended_ms)]
    assert times == sorted(times)


async def test_a_listener_writes_the_hot_words_that_its_gateway_told(make_house: Callable[..., Any]) -> None:
    house = make_house()
    led = await house.line()
    led.say(SetHotWords(words=["新港大道"]))
    tap = await house.announce(led)
    _, writer = await house.stream()
    writer.write(named(tap) + frames(say("在新钢大到") + pause()))
    segment = (await led.until(Segment)).segment
    assert segment.text == "在新港大道"
    assert segment.words[-1].heard == "新钢大到"
    partial = [told.text for told in led.seen if isinstance(told, PartialText)]
    assert partial[-1] == "在新港大道", "text that is not finished too"
    writer.close()
