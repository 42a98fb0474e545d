"""Evidence made of several utterances."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.speech.model import Leg
from gateway.triage.across import BACK, KEPT_CHARACTERS, NEAR
from gateway.triage.compile import build
from gateway.triage.engine import Triage
from gateway.triage.model import Context, Finding, Utterance

Spoken = Callable[..., list[Utterance]]
Turn = str | tuple[Leg, str]
Found = Callable[..., list[Finding]]

PACK = """
harmless: [打车]
rules:
  - {id: zh.home, class: valid_alarm, nature: domestic_violence, any: [老公…打], none: [游戏],
     explanation: {zh: 家暴, en: beaten at home}}
  - {id: zh.armed, class: valid_alarm, nature: fight, any: [砍, 捅], all: [[刀, 斧头]], distance: 10,
     explanation: {zh: 持刀, en: armed}}
  - {id: zh.stolen, class: valid_alarm, nature: theft, any: [(手机|钱包)…(被偷|不见)],
     explanation: {zh: 被盗, en: stolen}}
  - {id: zh.wages, class: non_police, department: labour_bureau, any: [老板…工资],
     explanation: {zh: 欠薪, en: wages}}
  - {id: en.home, class: valid_alarm, nature: domestic_violence, any: ["my husband…hit me"],
     explanation: {zh: 家暴, en: beaten at home}}
"""
TAKER = Leg.CALL_TAKER


@pytest.fixture(scope="module")
def found(triage: Triage, spoken: Spoken) -> Found:
    made = Triage(build({"zh.yaml": PACK.encode()}), triage.veto_lists)

    def find(*turns: Turn) -> list[Finding]:
        return list(made.assess(spoken(*turns), Context()).findings)

    return find


def rules_of(findings: list[Finding]) -> list[str]:
    return [one.rule_id for one in findings]


@pytest.mark.parametrize(
    "turns",
    [
        ("我老公他", "他又打我了"),
        ("我老公他……", "喂", "又打我"),
        ("我老公他。", "他又打我了。"),
        ("我老公", (TAKER, "您慢慢说"), "在打我"),
        ("my husband", "he hit me again"),
    ],
)
def test_what_begins_in_one_utterance_and_ends_in_the_next_is_evidence(
    found: Found, turns: tuple[Turn, ...]
) -> None:
    assert len(found(*turns)) == 1


def test_evidence_of_two_utterances_names_the_words_of_both_and_when_each_was_said(found: Found) -> None:
    [one] = found("喂，我老公他", "他又打我了")
    assert (one.segment_index, one.quote, one.span.start, one.span.end) == (1, "他又打", 0, 3)
    [before] = one.further
    assert (before.segment_index, before.speaker, before.quote) == (0, Leg.CALLER, "老公他")
    assert "喂，我老公他"[before.span.start : before.span.end] == before.quote
    assert before.started_ms < before.ended_ms <= 3_000 <= one.started_ms < one.ended_ms <= 6_000


def test_words_that_must_stand_by_may_stand_in_the_utterance_before(found: Found) -> None:
    [one] = found("他手里有刀", "要砍我")
    assert (one.rule_id, one.quote, [each.quote for each in one.further]) == ("zh.armed", "砍", ["刀"])
    assert not found("他手里有刀", "我特别害怕你们快点来吧要砍我")


def test_what_one_utterance_says_alone_is_told_once(found: Found) -> None:
    [one] = found("我老公他", "我老公他又打我了")
    assert one.further == ()


@pytest.mark.parametrize(
    "turns",
    [
        ("如果我老公", "打我怎么办"),
        ("我老公", "没有打我"),
        ("我没有老公", "打我的是别人"),
        ("电影里老公", "打人"),
        ("我老公喜欢", "打车"),
        ("我老公", "在打游戏"),
        ("是我老公吗？", "打电话来的"),
        ("我老公", "没有，打错了"),
        ("我老公今天在单位上班呢。", "打人的不知道是谁。"),
        ("我老公", "喂", "喂听得到吗", "喂喂", "打我"),
    ],
)
def test_no_evidence_is_made_of_what_was_meant_otherwise_or_stands_apart(
    found: Found, turns: tuple[Turn, ...]
) -> None:
    assert "zh.home" not in rules_of(found(*turns))


def test_a_word_of_doubt_scopes_its_own_utterance_only(found: Found) -> None:
    """The “if” before is of another matter: the words that are evidence do not stand under it."""
    assert rules_of(found("如果方便的话你们来一趟", "我老公在打我")) == ["zh.home"]
    assert rules_of(found("没有受伤", "我老公他", "又打我了")) == ["zh.home"]


def test_no_civil_wish_is_made_of_pieces(found: Found) -> None:
    assert rules_of(found("我老板他", "工资没给")) == []
    assert rules_of(found("我老板工资没给")) == ["zh.wages"]


def test_evidence_reaches_back_over_a_named_number_of_utterances_and_characters(found: Found) -> None:
    assert found("他手里有刀", *["嗯"] * (BACK - 1), "要砍我")
    assert not found("他手里有刀", *["嗯"] * BACK, "要砍我")
    assert not found("刀" + "啊" * NEAR, "砍我")


def test_spans_are_right_in_utterances_too_long_to_be_read_whole(found: Found) -> None:
    long, longer = "啊" * KEPT_CHARACTERS + "我老公他", "又打我了" + "啊" * KEPT_CHARACTERS
    [one] = found(long, longer)
    assert longer[one.span.start : one.span.end] == one.quote == "又打"
    assert long[one.further[0].span.start : one.further[0].span.end] == one.further[0].quote == "老公他"


@pytest.mark.parametrize(
    ("question", "answer", "rule", "quotes"),
    [
        ("谁打你？", "我老公", "zh.home", ("老公", ["打"])),
        ("您慢慢说，谁打您了", "是我老公。", "zh.home", ("老公", ["打"])),
        ("什么东西被偷了", "手机", "zh.stolen", ("手机", ["被偷"])),
        ("手机被偷了吗？", "对", "zh.stolen", ("对", ["手机被偷"])),
        ("有没有手机不见", "有", "zh.stolen", ("有", ["手机不见"])),
        ("手机不见了吗", "不见了", "zh.stolen", ("不见了", ["手机不见"])),
        ("Who hit you?", "my husband", "en.home", ("my husband", ["hit you"])),
    ],
)
def test_a_short_answer_takes_its_subject_from_the_question(
    found: Found, question: str, answer: str, rule: str, quotes: tuple[str, list[str]]
) -> None:
    [one] = [each for each in found((TAKER, question), answer) if each.rule_id == rule]
    assert (one.quote, [each.quote for each in one.further]) == quotes
    assert (one.speaker, one.further[0].speaker) == (Leg.CALLER, TAKER)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("谁打你？", "没人"),
        ("谁打你？", "不知道"),
        ("手机被偷了吗？", "没有"),
        ("手机被偷了吗？", "我不清楚"),
        ("手机被偷了吗？", "等一下"),
        ("为什么打你", "我老公"),
        ("如果谁打你", "我老公"),
        ("谁打你？", "我老公这个人平时在外地今天不在家里面"),
        ("谁打你？", "我不知道是不是老公"),
        ("谁打你？", "？？"),
        ("手机被偷要先挂失。", "嗯"),
        ("老板欠你工资吗", "对"),
        ("？", "对"),
    ],
)
def test_no_a_long_answer_or_no_question_say_nothing_by_the_words_of_the_other(
    found: Found, question: str, answer: str
) -> None:
    assert found((TAKER, question), answer) == []


def test_a_question_that_another_utterance_parts_from_the_answer_is_not_answered(found: Found) -> None:
    assert found((TAKER, "谁打你？"), "喂", "我老公") == []
    assert found((TAKER, "谁打你？"), (TAKER, "喂您好"), "我老公") == []


def test_neighbours_are_looked_at_once(triage: Triage, spoken: Spoken) -> None:
    made = Triage(triage.rules, triage.veto_lists)
    said = spoken(*(f"第{number}句话说的事" for number in range(30)))
    for count in range(1, len(said) + 1):
        made.assess(said[:count], Context())
    looked = made._across[Leg.CALLER].continued.cache_info()
    assert looked.misses == len(said) - 1
