from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.speech.model import Leg, Word
from gateway.triage.engine import Scan, Triage
from gateway.triage.match import Words
from gateway.triage.model import Context, Utterance, Veto, VetoCode
from gateway.triage.problem import RulePackError
from gateway.triage.sieve import Sieve
from gateway.triage.veto import AFTER, BEFORE, WINDOW, load_vetoes

LISTS = Path(__file__).parents[3] / "conf" / "rules" / "veto"


def said(text: str, speaker: Leg = Leg.CALLER, words: tuple[Word, ...] = ()) -> Utterance:
    return Utterance(segment_index=0, speaker=speaker, text=text, started_ms=0, ended_ms=2_000, words=words)


def weapon(vetoes: Sequence[Veto]) -> Veto:
    (found,) = [veto for veto in vetoes if veto.code is VetoCode.WEAPON]
    return found


def codes(triage: Triage, text: str, speaker: Leg = Leg.CALLER) -> set[VetoCode]:
    return {veto.code for veto in triage.vetoes(said(text, speaker))}


@pytest.mark.parametrize("code", [*VetoCode])
def test_every_list_has_enough_examples_in_both_languages(code: VetoCode) -> None:
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in LISTS.glob("*.yaml")]
    tried = [file["examples"] for file in read if file.get("code") == code and "examples" in file]
    for kind in ("must", "must_not"):
        texts = [text for examples in tried for text in examples[kind]]
        assert len(texts) >= 10
        assert sum(text.isascii() for text in texts) >= 3
        assert sum(not text.isascii() for text in texts) >= 5


def test_a_veto_on_partial_text_says_so_and_names_its_words_and_list(triage: Triage) -> None:
    (veto,) = [veto for veto in triage.vetoes(said("他手里拿着菜刀")) if veto.code is VetoCode.WEAPON]
    assert veto.partial
    assert veto.quote == "手里拿着菜刀"
    assert veto.list_hash == triage.veto_hash


def test_a_veto_points_to_the_words_in_the_recording(triage: Triage) -> None:
    words = (
        Word(text="他", started_ms=100, ended_ms=200, confidence=1.0),
        Word(text="拿着", started_ms=300, ended_ms=500, confidence=0.9),
        Word(text="菜刀", started_ms=600, ended_ms=900, confidence=0.9),
    )
    (veto,) = [
        veto for veto in triage.vetoes(said("他拿着菜刀", words=words)) if veto.code is VetoCode.WEAPON
    ]
    assert (veto.started_ms, veto.ended_ms) == (300, 900)


def test_a_call_takers_question_does_not_fire_and_a_statement_does(triage: Triage) -> None:
    assert codes(triage, "有没有人受伤，他拿刀了吗", Leg.CALL_TAKER) == set()
    assert codes(triage, "救护车马上到", Leg.CALL_TAKER) == {VetoCode.INJURY}


def test_a_denied_danger_is_quiet_and_a_feared_one_fires(triage: Triage) -> None:
    assert VetoCode.INJURY not in codes(triage, "没有人受伤")
    assert VetoCode.SUICIDE in codes(triage, "她会不会跳楼啊")


def test_a_missing_list_is_refused(tmp_path: Path) -> None:
    shutil.copytree(LISTS, tmp_path / "veto")
    (tmp_path / "veto" / "fire.yaml").unlink()
    with pytest.raises(RulePackError, match="missing: fire"):
        load_vetoes(tmp_path / "veto")


def test_a_list_of_which_only_harmless_words_are_left_is_refused(tmp_path: Path) -> None:
    shutil.copytree(LISTS, tmp_path / "veto")
    (tmp_path / "veto" / "fire.yaml").write_text("code: fire\nharmless: [火锅]\n", encoding="utf-8")
    with pytest.raises(RulePackError, match="the veto “fire” has no words of the caller"):
        load_vetoes(tmp_path / "veto")


def test_two_files_of_one_code_are_one_list(tmp_path: Path) -> None:
    shutil.copytree(LISTS, tmp_path / "veto")
    more = (
        "code: fire\nwords: {灶: [灶王爷]}\ncaller: [<灶>生气了]\nharmless: [着火的心]\n"
        "examples: {must: [灶王爷生气了], must_not: [我有一颗着火的心]}\n"
    )
    (tmp_path / "veto" / "fire-more.yaml").write_text(more, encoding="utf-8")
    lists = load_vetoes(tmp_path / "veto")
    assert len(lists.lists) == len(VetoCode)
    for text in ("灶王爷生气了", "楼上着火了"):
        assert VetoCode.FIRE in {veto.code for veto in lists.find(said(text))}
    assert VetoCode.FIRE not in {veto.code for veto in lists.find(said("我有一颗着火的心"))}


def test_a_list_whose_own_example_fails_is_refused_with_its_line(tmp_path: Path) -> None:
    shutil.copytree(LISTS, tmp_path / "veto")
    path = tmp_path / "veto" / "fire.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("    - 着火了楼上着火了", "    - 天气很好"), encoding="utf-8"
    )
    with pytest.raises(
        RulePackError, match=r"fire\.yaml, line \d+: the veto “fire” stays quiet on its example “天气很好”"
    ):
        load_vetoes(tmp_path / "veto")


LETTER = (
    "尊敬的局长您好，我们小区楼道堆满杂物，容易着火，孩子天天从这里走，"
    "去年还有人被打伤，恳请有关部门尽快处理。"
)


def test_what_a_letter_to_an_office_tells_as_background_does_not_fire(triage: Triage) -> None:
    assert codes(triage, LETTER) == set()


def test_danger_said_outright_fires_in_a_letter_too(triage: Triage) -> None:
    assert VetoCode.SUICIDE in codes(triage, LETTER + "再不解决我就不想活了")
    assert VetoCode.THREAT_TO_LIFE in codes(triage, LETTER + "杀人了快来")


def corpus() -> list[dict[str, Any]]:
    lines = (LISTS.parent / "corpus" / "vetoes-kinds.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_danger_sentence_of_the_corpus_fires_its_code(triage: Triage) -> None:
    quiet = [
        (row["text"], code)
        for row in corpus()
        for code in row["vetoes"]
        if code not in codes(triage, row["text"])
    ]
    assert quiet == []


def test_no_everyday_matter_of_the_corpus_fires(triage: Triage) -> None:
    loud = [(row["text"], codes(triage, row["text"])) for row in corpus() if not row["vetoes"]]
    assert [(text, fired) for text, fired in loud if fired] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("没有人受伤，他现在拿着刀进来了", VetoCode.WEAPON),
        ("没有没有他拿着刀呢", VetoCode.WEAPON),
        ("没打架就是孩子不见了", VetoCode.CHILD),
        ("别杀我求求你", VetoCode.THREAT_TO_LIFE),
        ("不要再打我妈了", VetoCode.INJURY),
        ("我在看电视外面有人喊救命", VetoCode.THREAT_TO_LIFE),
        ("这不是演习真的着火了", VetoCode.FIRE),
        ("孩子打游戏被说了两句就要跳楼", VetoCode.SUICIDE),
        ("他说如果我走就弄死我", VetoCode.THREAT_TO_LIFE),
        ("去年就打过我今天又拿皮带抽我", VetoCode.INJURY),
        ("万一他拿刀砍我怎么办", VetoCode.WEAPON),
        ("I'm not joking he has a knife", VetoCode.WEAPON),
        ("no he is bleeding", VetoCode.INJURY),
        ("please don't hurt my son", VetoCode.CHILD),
        ("if I leave he will kill me", VetoCode.THREAT_TO_LIFE),
    ],
)
def test_in_doubt_it_fires(triage: Triage, text: str, code: VetoCode) -> None:
    assert code in codes(triage, text)


@pytest.mark.parametrize(
    "text",
    [
        "没有人受伤",
        "他没拿刀",
        "新闻上说有人跳楼了",
        "电影里那个人把他杀了",
        "游戏里有人拿刀追我",
        "比方说家里着火了怎么算",
        "我去年被车撞过",
        "以后万一塌了谁负责",
        "nobody is hurt",
        "he doesn't have a knife",
        "in the movie a man was stabbed",
    ],
)
def test_what_is_plainly_denied_invented_or_past_is_quiet(triage: Triage, text: str) -> None:
    assert codes(triage, text) == set()


@settings(max_examples=60)
@given(
    fired=st.sampled_from([row["text"] for row in corpus() if row["vetoes"]]),
    more=st.sampled_from([row["text"] for row in corpus()])
    | st.text("没有不是人去年电视里说着火了吗打手机", max_size=30),
)
def test_what_is_said_after_a_final_sentence_never_silences_it(triage: Triage, fired: str, more: str) -> None:
    ended = fired + (". " if fired.isascii() else "。")
    assert codes(triage, ended) <= codes(triage, ended + more)


@settings(max_examples=40)
@given(turns=st.lists(st.sampled_from([row["text"] for row in corpus()]), min_size=1, max_size=6))
def test_vetoes_only_grow_while_a_call_goes_on(triage: Triage, turns: list[str]) -> None:
    """What fired on half a sentence stands as well, whatever the final text is."""
    standing: list[Veto] = []
    scans: list[Scan] = []
    before: set[VetoCode] = set()
    for text in turns:
        standing += triage.vetoes(said(text[: len(text) // 2]))
        scans.append(triage.scan(said(text)))
        now = {veto.code for veto in triage.judge(scans, Context(), standing=standing).vetoes}
        assert before | {veto.code for veto in standing} | codes(triage, text) <= now
        before = now


@settings(max_examples=60)
@given(
    texts=st.lists(st.sampled_from([row["text"] for row in corpus()]), min_size=2, max_size=30),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=20),
)
def test_danger_in_growing_text_is_found_though_only_what_is_new_is_looked_through(
    triage: Triage, texts: list[str], cuts: list[int]
) -> None:
    """Every code that the whole text fires has fired by then on some hypothesis."""
    text, before, fired, end, step = "，".join(texts), "", set[VetoCode](), 0, 0
    while end < len(text):
        end += cuts[step % len(cuts)]
        step += 1
        fired |= {veto.code for veto in triage.vetoes(said(text[:end]), before)}
        before = text[:end]
    assert codes(triage, text) <= fired


def test_a_hypothesis_that_takes_words_back_is_looked_through_from_there(triage: Triage) -> None:
    text = "你好我要说个事" * 60
    assert triage.vetoes(said(text + "他没有拿着菜刀"), text) == ()
    veto = weapon(triage.vetoes(said(text + "他手里拿着菜刀"), text + "他没有拿着菜刀"))
    assert (text + "他手里拿着菜刀")[veto.span.start : veto.span.end] == veto.quote


def test_a_letter_that_turns_out_to_be_none_is_looked_through_from_its_beginning(triage: Triage) -> None:
    danger = "他手里拿着菜刀要砍我们，"
    letter = danger + "尊敬的市长，我们小区居民反映的问题希望有关部门能够重视并且尽快解决，谢谢领导。"
    call = danger + "我在家里，孩子也在家里，我们都不敢出去，门被他踢坏了，快点来人，他喝了很多酒，还在骂人。"
    assert VetoCode.WEAPON in {veto.code for veto in triage.vetoes(said(call), letter)}


def test_what_is_looked_at_of_growing_text_does_not_grow_with_it(
    triage: Triage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in characters that the plain strings are looked for in."""
    read: list[int] = []
    through = Sieve.through

    def counted(self: Sieve, text: str) -> set[Words]:
        read.append(len(text))
        return through(self, text)

    monkeypatch.setattr(Sieve, "through", counted)
    text = "我要反映一个情况" * 1_000
    for end in range(10, len(text), 10):
        triage.vetoes(said(text[:end]), text[: end - 10])
    assert max(read) <= BEFORE + AFTER + 12 < 600


def test_a_text_of_any_length_is_looked_through_in_windows_that_miss_no_danger(triage: Triage) -> None:
    for shift in range(-30, 30, 7):
        text = "啊" * (WINDOW + shift) + "他手里拿着菜刀" + "啊" * (2 * WINDOW)
        veto = weapon(triage.vetoes(said(text)))
        assert text[veto.span.start : veto.span.end] == veto.quote
        assert "刀" in veto.quote
    assert triage.vetoes(said("啊" * WINDOW + "电影里他手里拿着菜刀")) == ()
