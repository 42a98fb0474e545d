from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from gateway.speech.model import Leg, Word
from gateway.triage.engine import Triage
from gateway.triage.model import Utterance, VetoCode
from gateway.triage.problem import RulePackError
from gateway.triage.veto import load_vetoes

LISTS = Path(__file__).parents[3] / "conf" / "rules" / "veto"


def said(text: str, speaker: Leg = Leg.CALLER, words: tuple[Word, ...] = ()) -> Utterance:
    return Utterance(segment_index=0, speaker=speaker, text=text, started_ms=0, ended_ms=2_000, words=words)


def codes(triage: Triage, text: str, speaker: Leg = Leg.CALLER) -> set[VetoCode]:
    return {veto.code for veto in triage.vetoes(said(text, speaker))}


@pytest.mark.parametrize("code", [*VetoCode])
def test_every_list_has_enough_examples_in_both_languages(code: VetoCode) -> None:
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in LISTS.glob("*.yaml")]
    (one,) = [file for file in read if file.get("code") == code]
    for kind in ("must", "must_not"):
        texts = one["examples"][kind]
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
