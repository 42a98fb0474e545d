from __future__ import annotations

from gateway.speech.measure.corpus import Utterance
from gateway.speech.measure.score import Heard, Score, judge
from gateway.speech.model import Word


def heard(
    said: str, *words: tuple[str, float], language: str = "zh", group: str = "", voice: str = ""
) -> Heard:
    spoken = [Word(text=text, started_ms=0, ended_ms=0, confidence=sure) for text, sure in words]
    return judge(Utterance(name="u", text=said, language=language, group=group), spoken, voice)


def test_characters_of_chinese_and_words_of_english_are_counted_apart() -> None:
    score = Score()
    score.add(heard("有人打架", ("有人", 1.0), ("大", 0.6), ("架了", 0.9)))
    score.add(heard("help me please", ("help", 1.0), ("please", 0.9), language="en"))
    assert (score.cer.said, score.cer.substituted, score.cer.deleted, score.cer.inserted) == (4, 1, 0, 1)
    assert score.cer.rate == 0.5
    assert (score.wer.said, score.wer.deleted, score.wer.wrong) == (3, 1, 1)
    assert score.facts()["cer"]["rate"] == 0.5


def test_word_is_right_only_when_all_of_it_is() -> None:
    one = heard("有人打架", ("有人", 1.0), ("打价", 0.4))
    assert one.sure == ((1.0, True), (0.4, False))
    score = Score()
    score.add(one)
    sure = score.confidence()
    assert (sure["right"], sure["wrong"], sure["words"]) == (1.0, 0.4, 2)
    assert [b["words"] for b in sure["buckets"]] == [1, 0, 0, 0, 0, 1]
    assert sure["buckets"][-1]["right"] == 1.0


def test_digits_on_both_sides_agree_and_belong_to_their_word() -> None:
    one = heard("在260号", ("在", 1.0), ("二百六十", 0.9), ("号", 1.0))
    assert one.wrong == 0
    assert [right for _, right in one.sure] == [True] * 3
    assert heard("二百六十号", ("260", 0.9), ("号", 1.0)).wrong == 0
    assert heard("打110", ("打", 1.0), ("110", 0.9)).wrong == 0


def test_groups_and_voices_have_their_own_figures_and_the_worst_come_first() -> None:
    score = Score()
    for number in range(12):
        words = [("错", 0.5)] * (number % 4 + 1)
        score.add(heard("对", *words, group="夜" if number % 2 else "日", voice="f2"))
    facts = score.facts()
    assert set(facts["groups"]) == {"日", "夜"}
    assert facts["voices"]["f2"]["utterances"] == 12
    assert len(facts["worst"]) == 10
    assert facts["worst"][0]["wrong"] == 4


def test_differences_stand_below_each_other_in_brackets() -> None:
    assert heard("二号", ("二", 1.0), ("号了", 1.0)).lines() == ("二号[·]", "二号[了]")
    assert heard("山路二号", ("三路号", 1.0)).lines() == ("[山]路[二]号", "[三]路[·]号")


def test_silence_where_nothing_was_said_is_faultless_and_invention_is_not() -> None:
    score = Score()
    score.add(heard("…"))
    assert (score.cer.rate, score.cer.faultless) == (0.0, 1)
    score.add(heard("…", ("啊", 0.3)))
    assert score.cer.rate == 1.0
    assert Score().confidence()["right"] is None
